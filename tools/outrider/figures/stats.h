/* Three views of the same sums. No I/O in here. */
#ifndef OTR_TOOLS_STATS_H
#define OTR_TOOLS_STATS_H

#include <jansson.h>

#include "base/buffer.h"
#include "codec/bucket.h"

typedef enum otr_stats_view {
    OTR_STATS_DESK,
    OTR_STATS_MANAGER,
    OTR_STATS_ANALYST,
    OTR_STATS_VIEWS
} otr_stats_view;

/* desk, manager, analyst. */
bool otr_stats_view_parse(otr_str word, otr_stats_view *out);

/* by: of the analyst. now: UTC, for the age of the oldest ticket. */
void otr_stats_say(const otr_bucket *sum, otr_stats_view view, otr_bucket_dimension by, otr_time now,
                   otr_buffer *out);
/* The same as members of root; ages as the time of the oldest. */
void otr_stats_put(const otr_bucket *sum, otr_stats_view view, otr_bucket_dimension by, json_t *root);
/* A head line and a line a key (RFC 4180). */
void otr_stats_csv(const otr_bucket *sum, otr_bucket_dimension by, otr_buffer *out);

#endif
