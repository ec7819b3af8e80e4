/*
 * When a burst is over: much came, and then little for two seconds. What its memory was can be given back
 * then, and not between its parts, each of which would fetch it again.
 */
#ifndef OTR_DAEMON_BURST_H
#define OTR_DAEMON_BURST_H

#include "base/time.h"

/* So many readings or messages are a burst: less leaves little behind. */
enum { OTR_BURST_COUNT = 50000 };
/* Little: a gateway with 1,000 devices that report every second never rests, and its bursts end all the same.
 */
enum { OTR_BURST_REST_COUNT = 3000 };
#define OTR_BURST_REST (2 * OTR_SECOND)

/* Zero-initialise to use. */
typedef struct otr_burst {
    uint64_t settled; /* all that was done when the last one was over */
    uint64_t seen;    /* when the current span began, */
    otr_time until;   /* which ends then; 0: none has begun */
} otr_burst;

/* done counts up for ever. True once for each burst. */
bool otr_burst_is_over(otr_burst *burst, uint64_t done, otr_time now);
/* How long it may be until the next question, INT64_MAX when nothing is to be asked. */
int64_t otr_burst_wait_us(const otr_burst *burst, otr_time now);

#endif
