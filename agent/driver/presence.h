/* Whether the gateway is there: the retained status event online, and offline as farewell and as the broker's
 * will. */
#ifndef OTR_DRIVER_PRESENCE_H
#define OTR_DRIVER_PRESENCE_H

#include "base/arena.h"
#include "driver/port.h"

typedef struct otr_presence {
    otr_str group;
    otr_str gateway;
    bool json_payload;
    otr_str what;      /* online, offline */
    otr_time utc;      /* now; of the will: when the connection was made */
    size_t unreceived; /* tickets that were sent again, and that the desk has not said it has */
    uint64_t nonce;    /* makes the event's id its own */
} otr_presence;

/* Everything that *out points to lives in the arena. Retained, QoS 1, token 0. */
otr_status otr_presence_build(otr_arena *arena, const otr_presence *presence, otr_publication *out);

#endif
