/* JSON from outside, through Jansson: duplicate keys refused, depth capped before it parses, errors with
 * their place. */
#ifndef OTR_CODEC_JSON_H
#define OTR_CODEC_JSON_H

#include "base/status.h"
#include "base/str.h"

#include <jansson.h>

/* NULL and *error, or the value, which the caller gives back with json_decref. Integers are read as reals. */
json_t *otr_json_load(otr_bytes payload, otr_error *error);
/* The same of an object or array, in which integers stay what they are: one beyond 64 bits is an error. */
json_t *otr_json_load_whole(otr_bytes payload, otr_error *error);
/* A view that lives as long as value, which is a string. */
otr_str otr_json_text(const json_t *value);

#endif
