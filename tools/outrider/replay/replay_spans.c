#include "tools/outrider/replay/replay_spans.h"

#include <math.h>

/* The bucket of a span of microseconds, by its logarithm. */
static size_t bucket_of(otr_time span)
{
    size_t bucket = (size_t)(log2((double)span + 1) * OTR_REPLAY_SPAN_PARTS);
    return bucket < OTR_REPLAY_SPAN_BUCKETS ? bucket : OTR_REPLAY_SPAN_BUCKETS - 1;
}

void otr_replay_spans_add(otr_replay_spans *spans, otr_time span)
{
    if (span < 0)
        span = 0;
    if (spans->count == 0 || span < spans->shortest)
        spans->shortest = span;
    if (span > spans->longest)
        spans->longest = span;
    spans->total = otr_time_add(spans->total, span);
    spans->buckets[bucket_of(span)]++;
    spans->count++;
}

otr_time otr_replay_spans_median(const otr_replay_spans *spans)
{
    uint64_t before = 0;
    size_t bucket = 0;
    if (spans->count == 0)
        return 0;
    while (before + spans->buckets[bucket] < (spans->count + 1) / 2)
        before += spans->buckets[bucket++];
    otr_time middle = (otr_time)(exp2(((double)bucket + 0.5) / OTR_REPLAY_SPAN_PARTS) - 1);
    if (middle < spans->shortest)
        middle = spans->shortest;
    return middle < spans->longest ? middle : spans->longest;
}
