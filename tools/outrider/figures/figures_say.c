#include "tools/outrider/figures/figures_say.h"

#include <math.h>
#include <stdio.h>

const char *otr_say_share(const otr_estimate *share, char out[OTR_SAY_BYTES])
{
    if (share->n == 0)
        return "-";
    (void)snprintf(out, OTR_SAY_BYTES, "%.0f %% (%.0f-%.0f)", share->value * 100, share->low * 100,
                   share->high * 100);
    return out;
}

const char *otr_say_mean(const otr_estimate *mean, char out[OTR_SAY_BYTES])
{
    if (mean->n == 0)
        return "-";
    (void)snprintf(out, OTR_SAY_BYTES, "%.1f (%.1f-%.1f)", mean->value, mean->low, mean->high);
    return out;
}

const char *otr_say_span(double seconds, char out[OTR_SAY_BYTES])
{
    if (seconds < 0 || !isfinite(seconds))
        return "-";
    if (seconds < 90)
        (void)snprintf(out, OTR_SAY_BYTES, "%.0f s", seconds);
    else if (seconds < 5400)
        (void)snprintf(out, OTR_SAY_BYTES, "%.0f min", seconds / 60);
    else if (seconds < 172800)
        (void)snprintf(out, OTR_SAY_BYTES, "%.1f h", seconds / 3600);
    else
        (void)snprintf(out, OTR_SAY_BYTES, "%.1f d", seconds / 86400);
    return out;
}

otr_estimate otr_figures_score(const otr_bucket_cell *cell, otr_bucket_score score)
{
    static const int least[OTR_SCORE_COUNT] = {
#define X(number, name, word, low, high) [number] = (low),
        OTR_BUCKET_SCORES(X)
#undef X
    };
    static const int most[OTR_SCORE_COUNT] = {
#define X(number, name, word, low, high) [number] = (high),
        OTR_BUCKET_SCORES(X)
#undef X
    };
    uint64_t n = 0;
    double sum = 0;
    double squares = 0;
    uint64_t for_us = 0;
    uint64_t against = 0;
    for (int value = 0; cell != NULL && value < OTR_BUCKET_SCORE_VALUES; value++) {
        uint32_t given = cell->scores[score][value];
        n += given;
        sum += (double)given * value;
        squares += (double)given * value * value;
        for_us += value >= 9 ? given : 0;
        against += value <= 6 ? given : 0;
    }
    return score == OTR_SCORE_NPS ? otr_estimate_balance(for_us, against, n)
                                  : otr_estimate_mean(n, sum, squares, least[score], most[score]);
}

uint64_t otr_figures_count(const otr_bucket_cell *cell, otr_bucket_count count)
{
    return cell != NULL ? cell->counts[count] : 0;
}

size_t otr_figures_cells(const otr_bucket *bucket, otr_bucket_dimension dimension,
                         const otr_bucket_cell **list)
{
    const otr_bucket_cell *rest = NULL;
    size_t count = 0;
    for (uint32_t i = 0; i < bucket->count; i++) {
        if (bucket->cells[i]->dimension != dimension)
            continue;
        if (bucket->cells[i]->key_size == 0)
            rest = bucket->cells[i];
        else
            list[count++] = bucket->cells[i];
    }
    if (rest != NULL)
        list[count++] = rest;
    return count;
}

otr_str otr_figures_key(const otr_bucket_cell *cell)
{
    return cell->key_size > 0 ? otr_bucket_key(cell) : OTR_STR("(others)");
}

json_t *otr_put_estimate(const otr_estimate *estimate)
{
    json_t *out = json_object();
    json_object_set_new(out, "n", json_integer((json_int_t)estimate->n));
    if (estimate->n == 0)
        return out;
    json_object_set_new(out, "value", json_real(estimate->value));
    json_object_set_new(out, "low", json_real(estimate->low));
    json_object_set_new(out, "high", json_real(estimate->high));
    return out;
}

json_t *otr_put_counts(const otr_bucket_cell *cell)
{
    json_t *out = json_object();
    for (int count = 0; cell != NULL && count < OTR_COUNT_COUNT; count++)
        if (cell->counts[count] > 0 && otr_bucket_count_text((otr_bucket_count)count) != NULL)
            json_object_set_new(out, otr_bucket_count_text((otr_bucket_count)count),
                                json_integer((json_int_t)cell->counts[count]));
    return out;
}
