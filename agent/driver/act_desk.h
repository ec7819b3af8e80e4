/* What the desk answers, as JSON: for requests with a token (driver/act.h), and without one where the way
 * that it came is proof enough. */
#ifndef OTR_DRIVER_ACT_DESK_H
#define OTR_DRIVER_ACT_DESK_H

#include "base/arena.h"
#include "codec/json.h"
#include "core/desk/desk_act.h"

/* The act of a request, without its id and token. Texts in the arena. INVALID or LIMIT with the reason. */
otr_status otr_act_parse_desk(otr_arena *arena, const json_t *request, otr_desk_act *out, otr_str *who,
                              otr_error *error);

#endif
