/* Figures as people and programs read them: never a share or a score without its sample and interval. */
#ifndef OTR_TOOLS_FIGURES_SAY_H
#define OTR_TOOLS_FIGURES_SAY_H

#include <jansson.h>

#include "base/estimate.h"
#include "codec/bucket.h"
#include "tools/outrider/table.h"

enum { OTR_SAY_BYTES = 64 };

/* "67 % (44-84)", or "-" without a sample. */
const char *otr_say_share(const otr_estimate *share, char out[OTR_SAY_BYTES]);
/* "4.2 (3.8-4.5)", or "-". */
const char *otr_say_mean(const otr_estimate *mean, char out[OTR_SAY_BYTES]);
/* "40 s", "12 min", "3.5 h", "6 d". */
const char *otr_say_span(double seconds, char out[OTR_SAY_BYTES]);

otr_estimate otr_figures_score(const otr_bucket_cell *cell, otr_bucket_score score);
/* 0 when there is no cell. */
uint64_t otr_figures_count(const otr_bucket_cell *cell, otr_bucket_count count);
/* Of one dimension's cells, those of its keys in the order of the bucket, its rest last. Returns how many;
 * list has room for all of the bucket's. */
size_t otr_figures_cells(const otr_bucket *bucket, otr_bucket_dimension dimension,
                         const otr_bucket_cell **list);
/* Its key, or "(others)". */
otr_str otr_figures_key(const otr_bucket_cell *cell);

/* {"n", "value", "low", "high"}; without a sample n alone. */
json_t *otr_put_estimate(const otr_estimate *estimate);
/* Counts that are not 0, by their words. */
json_t *otr_put_counts(const otr_bucket_cell *cell);

#endif
