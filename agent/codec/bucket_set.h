/*
 * The buckets of many gateways and days, each gateway's day once, and sums of them. What comes again or in
 * another revision, in whatever order, leaves the same sums.
 */
#ifndef OTR_CODEC_BUCKET_SET_H
#define OTR_CODEC_BUCKET_SET_H

#include "codec/bucket.h"

/* One gateway's day. */
typedef struct otr_bucket_entry {
    char group[OTR_BUCKET_NAME_BYTES + 1];
    char gateway[OTR_BUCKET_NAME_BYTES + 1];
    int32_t day;
    uint32_t revision;
    bool closed;
    otr_buffer bytes; /* protobuf: a tenth of what a bucket takes in memory */
} otr_bucket_entry;

/* Zero-initialise to use. */
typedef struct otr_bucket_set {
    otr_bucket_entry *list; /* by group, gateway and day */
    size_t count;
    size_t capacity;
} otr_bucket_set;

/* A copy of the bucket, unless what is there takes its place. LIMIT beyond OTR_LIMIT_BUCKETS. */
otr_status otr_bucket_set_take(otr_bucket_set *set, const otr_bucket *bucket, otr_error *error);
/* Adds all from first to last (days, both included) to `into`. */
otr_status otr_bucket_set_sum(const otr_bucket_set *set, int32_t first, int32_t last, otr_bucket *into,
                              otr_error *error);
/* Adds the newest of each gateway, not older than first: what stands, backlog and the like, is true there. */
otr_status otr_bucket_set_newest(const otr_bucket_set *set, int32_t first, otr_bucket *into,
                                 otr_error *error);
void otr_bucket_set_done(otr_bucket_set *set);

#endif
