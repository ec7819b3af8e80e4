/* What a history gives, counted again from what was put out and done, by day, dimension and key: none of the
 * core's own counting is used. */
#ifndef OTR_PROPERTY_FIGURES_RECOUNT_H
#define OTR_PROPERTY_FIGURES_RECOUNT_H

#include "history.h"

enum { RECOUNT_CELLS = 1024 };

typedef struct recount_cell {
    int32_t day;
    otr_bucket_dimension dimension;
    char key[OTR_LIMIT_BUCKET_KEY_BYTES + 1];
    uint64_t counts[OTR_COUNT_COUNT];
} recount_cell;

typedef struct recount {
    recount_cell cells[RECOUNT_CELLS];
    size_t count;
} recount;

void recount_history(recount *r, const history *h);
/* NULL when there is none. */
const recount_cell *recount_find(const recount *r, int32_t day, otr_bucket_dimension dimension,
                                 const char *key);
/* What is counted again: the others depend on what no history shows. */
bool recount_has(otr_bucket_count count, otr_bucket_dimension dimension);

#endif
