/*
 * A customer's action as a relay sends it, over MQTT or the control socket:
 *   {"id": 32 hex digits, "action": "stop", "notification": 32 hex digits, "token": "...",
 *    "category": "journey", "from": RFC 3339, "to": RFC 3339, "score": 4, "reason": "late"}
 * and what the desk answers to a ticket:
 *   {"id": 32 hex digits, "action": "promised", "ticket": 32 hex digits, "token": "...", "who": "kim",
 *    "what": "callback", "by": RFC 3339, "to", "queue", "text", "fields": "serial,lot", "revision": 2}
 * The first four are needed; which others, core/desk/desk_act.h says. Names that are not known are passed
 * over; "command" is kept for operators and refused.
 */
#ifndef OTR_DRIVER_ACT_H
#define OTR_DRIVER_ACT_H

#include "base/arena.h"
#include "core/command/command.h"

/* Views into the arena. */
typedef struct otr_act {
    otr_id id; /* zero: it was not read so far */
    otr_customer_act customer;
    bool of_desk; /* then it has desk and who, and no customer */
    otr_desk_act desk;
    otr_str who;
    otr_str action; /* its word; what the token is for, OTR_DESK_TOKEN for all acts of the desk */
    otr_str token;
} otr_act;

#define OTR_DESK_TOKEN "desk"

/* INVALID or LIMIT with the reason; the id is there whenever it could be read. */
otr_status otr_act_parse(otr_arena *arena, otr_bytes payload, otr_act *out, otr_error *error);

#endif
