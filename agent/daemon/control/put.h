/* Parts of the JSON that the control socket answers with: what is not there is left out. */
#ifndef OTR_DAEMON_PUT_H
#define OTR_DAEMON_PUT_H

#include "base/hash.h"
#include "base/time.h"

#include <jansson.h>

void otr_put_text(json_t *object, const char *name, otr_str text);
/* RFC 3339; not when it is NONE. */
void otr_put_time(json_t *object, const char *name, otr_time at);
/* Not when it is zero. */
void otr_put_id(json_t *object, const char *name, otr_id id);
void otr_put_count(json_t *object, const char *name, uint64_t count);

#endif
