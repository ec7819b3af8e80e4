/*
 * A customer's action as a relay sends it, over MQTT or the control socket:
 *   {"id": 32 hex digits, "action": "stop", "notification": 32 hex digits, "token": "...",
 *    "category": "journey", "from": RFC 3339, "to": RFC 3339}
 * The first four are needed. Names that are not known are passed over; "command" is kept for operators and
 * refused.
 */
#ifndef OTR_DRIVER_ACT_H
#define OTR_DRIVER_ACT_H

#include "base/arena.h"
#include "core/command.h"

/* Views into the arena. */
typedef struct otr_act {
    otr_id id; /* zero: it was not read so far */
    otr_customer_act customer;
    otr_str action; /* its word */
    otr_str token;
} otr_act;

/* INVALID or LIMIT with the reason; the id is there whenever it could be read. */
otr_status otr_act_parse(otr_arena *arena, otr_bytes payload, otr_act *out, otr_error *error);

#endif
