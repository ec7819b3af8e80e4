/* JSON from outside, through Jansson: duplicate keys refused, depth capped before it parses, errors with
 * their place. */
#ifndef OTR_CODEC_JSON_H
#define OTR_CODEC_JSON_H

#include "base/arena.h"
#include "base/status.h"
#include "base/str.h"

#include <jansson.h>

/* NULL and *error, or the value, which the caller gives back with json_decref. Integers are read as reals. */
json_t *otr_json_load(otr_bytes payload, otr_error *error);
/* The same of an object or array, in which integers stay what they are: one beyond 64 bits is an error. */
json_t *otr_json_load_whole(otr_bytes payload, otr_error *error);
/* A view that lives as long as value, which is a string. */
otr_str otr_json_text(const json_t *value);
/* A copy of the string of that name in an object; empty when it is not there and not needed. INVALID with the
 * name when it is missing or no string; MEMORY. */
otr_status otr_json_take_text(otr_arena *arena, const json_t *object, const char *name, bool needed,
                              otr_str *out, otr_error *error);

#endif
