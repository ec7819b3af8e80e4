/* What a bucket's numbers are called and what they come to. */
#include "codec/bucket.h"

#include <math.h>

static const char *const dimensions[OTR_BY_COUNT] = {
#define X(number, name, word) [number] = (word),
    OTR_BUCKET_DIMENSIONS(X)
#undef X
};

static const char *const counts[OTR_COUNT_COUNT] = {
#define X(number, name, word) [number] = (word),
    OTR_BUCKET_COUNTS(X)
#undef X
};

static const char *const scores[OTR_SCORE_COUNT] = {
#define X(number, name, word, lowest, highest) [number] = (word),
    OTR_BUCKET_SCORES(X)
#undef X
};

static const struct {
    size_t lowest;
    size_t highest;
} scales[OTR_SCORE_COUNT] = {
#define X(number, name, word, lowest, highest) [number] = {lowest, highest},
    OTR_BUCKET_SCORES(X)
#undef X
};

static const char *const spreads[OTR_SPREAD_COUNT] = {
#define X(number, name, word) [number] = (word),
    OTR_BUCKET_SPREADS(X)
#undef X
};

const char *otr_bucket_dimension_text(otr_bucket_dimension dimension)
{
    OTR_ASSERT(dimension >= 0 && dimension < OTR_BY_COUNT);
    return dimensions[dimension];
}

bool otr_bucket_dimension_parse(otr_str word, otr_bucket_dimension *out)
{
    for (int i = 0; i < OTR_BY_COUNT; i++) {
        if (otr_str_is(word, dimensions[i])) {
            *out = (otr_bucket_dimension)i;
            return true;
        }
    }
    return false;
}

const char *otr_bucket_count_text(otr_bucket_count count)
{
    return count >= 0 && count < OTR_COUNT_COUNT ? counts[count] : NULL;
}

const char *otr_bucket_score_text(otr_bucket_score score)
{
    OTR_ASSERT(score >= 0 && score < OTR_SCORE_COUNT);
    return scores[score];
}

bool otr_bucket_score_has(otr_bucket_score score, size_t value)
{
    OTR_ASSERT(score >= 0 && score < OTR_SCORE_COUNT);
    return value >= scales[score].lowest && value <= scales[score].highest;
}

const char *otr_bucket_spread_text(otr_bucket_spread spread)
{
    OTR_ASSERT(spread >= 0 && spread < OTR_SPREAD_COUNT);
    return spreads[spread];
}

bool otr_bucket_count_stands(otr_bucket_count count)
{
    return count >= OTR_COUNT_BACKLOG;
}

otr_bucket_moments otr_bucket_score_moments(const otr_bucket_cell *cell, otr_bucket_score score)
{
    otr_bucket_moments moments = {0};
    double sum = 0;
    double squares = 0;
    for (int value = 0; value < OTR_BUCKET_SCORE_VALUES; value++) {
        double given = cell->scores[score][value];
        moments.n += cell->scores[score][value];
        sum += given * value;
        squares += given * value * value;
    }
    if (moments.n == 0)
        return moments;
    double n = (double)moments.n;
    moments.mean = sum / n;
    double variance = moments.n > 1 ? (squares - sum * moments.mean) / (n - 1) : 0;
    moments.deviation = variance > 0 ? sqrt(variance) : 0;
    return moments;
}

otr_bucket_moments otr_bucket_spread_moments(const otr_bucket_cell *cell, otr_bucket_spread spread)
{
    const otr_bucket_values *values = &cell->spreads[spread];
    otr_bucket_moments moments = {0};
    for (int bin = 0; bin < OTR_BUCKET_BINS; bin++)
        moments.n += values->bins[bin];
    moments.mean = moments.n > 0 ? (double)values->sum / (double)moments.n : 0;
    return moments;
}

int64_t otr_bucket_spread_share(const otr_bucket_cell *cell, otr_bucket_spread spread, double share)
{
    double wanted = share * (double)otr_bucket_spread_moments(cell, spread).n;
    double seen = 0;
    for (int bin = 0; bin < OTR_BUCKET_BINS; bin++) {
        seen += cell->spreads[spread].bins[bin];
        if (seen > 0 && seen >= wanted)
            return otr_bucket_bin_end(spread, bin);
    }
    return -1;
}
