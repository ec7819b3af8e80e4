/* The gateway's time, as a device asks for it: GET /time over a DTLS session of its own. */
#ifndef OTR_TOOLS_FLEET_ASK_TIME_H
#define OTR_TOOLS_FLEET_ASK_TIME_H

#include "base/status.h"
#include "base/time.h"

typedef struct otr_gateway_time {
    otr_time utc;     /* the gateway's */
    int64_t clock_us; /* CLOCK_MONOTONIC when it was so, give or take error_us */
    int64_t error_us;
} otr_gateway_time;

/* Asks until it has a few answers, at most wait_s seconds, and takes the one with the shortest way. Before or
 * after, not while, an otr_feed_sender lives: both begin and end libcoap. IO when there is no answer. */
otr_status otr_ask_time(otr_str to, otr_str keys_folder, otr_str device, unsigned wait_s,
                        otr_gateway_time *out, otr_error *error);

#endif
