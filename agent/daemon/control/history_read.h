/*
 * One metric of one device over time, from a gateway's store beside the daemon that writes it: buckets of
 * equal length with their extremes, so that however coarse they are no peak is lost. Cost: the rows that hold
 * the device's readings in the span, found by the store's postings; 1,440 of them take some 10 ms from
 * memory.
 */
#ifndef OTR_DAEMON_HISTORY_READ_H
#define OTR_DAEMON_HISTORY_READ_H

#include <jansson.h>
#include <stdatomic.h>

#include "base/status.h"
#include "base/str.h"
#include "base/time.h"

enum { OTR_HISTORY_BUCKETS_MAX = 20000 }; /* two weeks of minutes; 1.4 MB */

typedef struct otr_history_bucket {
    uint32_t count;
    double min;
    double max;
    double sum;
    otr_time min_at;
    otr_time max_at;
} otr_history_bucket;

typedef struct otr_history {
    otr_time from; /* UTC */
    otr_time to;
    otr_time every; /* of a bucket; the last may reach beyond `to` */
    otr_history_bucket *buckets;
    size_t count;
    uint64_t readings; /* in the buckets */
    uint64_t bad;      /* of the span, but of bad quality or without a time of their own: in no bucket */
    uint64_t rows;     /* of the journal that were read */
} otr_history;

typedef struct otr_history_asked {
    otr_str device;
    otr_str metric;
    otr_time from;
    otr_time to;
    otr_time every;
    uint64_t rows_max;       /* 0: any */
    const atomic_bool *stop; /* ends the reading with FULL; NULL: nobody does */
} otr_history_asked;

/* Numbers, and booleans as 0 and 1. NOT_FOUND: no such device or metric; INVALID: no span, or more than
 * OTR_HISTORY_BUCKETS_MAX; FULL: the device's readings of the span are in more rows than asked->rows_max;
 * else what the store says. The caller frees *out with otr_history_done. */
otr_status otr_history_read(otr_str folder, const otr_history_asked *asked, otr_history *out,
                            otr_error *error);
void otr_history_done(otr_history *history);

/* {"device", "metric", "from", "to", "every_s", "readings", "bad", "rows", "ms", "buckets": [{"from",
 * "count", "min", "min_at", "max", "max_at", "mean"}]}: buckets with nothing in them are left out. */
json_t *otr_history_json(const otr_history_asked *asked, const otr_history *history, double took_ms);
/* The same back, but for the cost; false: it is none. The caller frees *out with otr_history_done. */
bool otr_history_of_json(const json_t *object, otr_history *out);

#endif
