/*
 * What rose against the days before, and what of that is one problem: the same surge is seen by its cause, by
 * the lots that have it and by the queue that gets it. No I/O in here.
 */
#ifndef OTR_TOOLS_TRENDS_H
#define OTR_TOOLS_TRENDS_H

#include <jansson.h>

#include "base/buffer.h"
#include "codec/bucket.h"
#include "rules/load/knowledge.h"
#include "tools/outrider/figures/figures.h"
#include "tools/outrider/figures/rates.h"

enum {
    OTR_TRENDS_LEAST = 5, /* now, before anything is called a rise */
    OTR_TREND_NONE = UINT32_MAX,
};

/* A key that rose. */
typedef struct otr_trend {
    const otr_bucket_cell *cell; /* of the days now */
    otr_bucket_count count;      /* that rose */
    uint64_t now;
    double expected; /* as many as before, in as many days of gateways */
    otr_rates_ratio ratio;
    uint32_t problem; /* of which it is a part */
    bool leads;       /* the problem is about it; the others are where else it is seen */
} otr_trend;

typedef struct otr_trends {
    otr_trend *list; /* by problem, the leading one first, then by what is beyond the expected */
    size_t count;
    uint32_t problems;
} otr_trends;

/*
 * Cases by product, lot, lane, cause and queue, alarms by rule and step; `count` for all of them where it is
 * none of ALARMS and CASES. Exposures in days of gateways, above 0. Of the keys with OTR_TRENDS_LEAST or more
 * now: those where so many would come by chance so rarely that at most one in twenty of the list is wrong
 * (Benjamini and Hochberg), and that are at least 1.5 times what was expected. MEMORY.
 */
otr_status otr_trends_find(const otr_bucket *now, double now_exposure, const otr_bucket *before,
                           double before_exposure, otr_bucket_count count, otr_trends *out);
void otr_trends_done(otr_trends *trends);
double otr_trend_excess(const otr_trend *trend);

/* The problem of the file that is about the trend's key; NULL: none. knowledge may be NULL. */
const otr_problem *otr_trend_known(const otr_trend *trend, const otr_knowledge *knowledge);

/* Tables; as JSON. knowledge: problems that are known, may be NULL. */
void otr_trends_say(const otr_trends *trends, const otr_figures *figures, const otr_knowledge *knowledge,
                    otr_buffer *out);
void otr_trends_put(const otr_trends *trends, const otr_figures *figures, const otr_knowledge *knowledge,
                    json_t *root);

/*
 * The file with a proposal for each problem that it does not know, its version one up; an empty yaml begins
 * one. *added is how many. INVALID: problems is not its last key, or it would not load.
 */
otr_status otr_trends_propose(const otr_trends *trends, const otr_figures *figures, otr_str yaml,
                              otr_buffer *out, size_t *added, otr_error *error);
/* A name for the problem that is about the key: the same whenever it is proposed. */
void otr_trend_id(const otr_trend *trend, char out[65]);

#endif
