/* Durations of many alarms in little memory: the sum and the longest exactly, the median within 2 %. */
#ifndef OTR_TOOLS_REPLAY_SPANS_H
#define OTR_TOOLS_REPLAY_SPANS_H

#include "base/time.h"

enum { OTR_REPLAY_SPAN_PARTS = 32, OTR_REPLAY_SPAN_BUCKETS = 64 * OTR_REPLAY_SPAN_PARTS };

/* Zero-initialise. 8 KiB. */
typedef struct otr_replay_spans {
    uint64_t count;
    otr_time total;
    otr_time shortest;
    otr_time longest;
    uint32_t buckets[OTR_REPLAY_SPAN_BUCKETS]; /* each 2.2 % longer than the one before */
} otr_replay_spans;

/* Negative spans count as none. */
void otr_replay_spans_add(otr_replay_spans *spans, otr_time span);
/* 0 when there are none. Of an even number the lower one of the two in the middle. */
otr_time otr_replay_spans_median(const otr_replay_spans *spans);

#endif
