#include <math.h>
#include <stdlib.h>

#include "tools/outrider/figures/trends.h"

static const double beyond = 1.5;       /* times the expected, at least */
static const double wrong_share = 0.05; /* of what is listed, at most */
static const double room = 1.2;         /* of a problem's excess that keys of one dimension take together */

/* What a problem is rather about first: a cause explains its lots, not the other way. */
static const otr_bucket_dimension order_of_lead[] = {OTR_BY_CAUSE, OTR_BY_RULE, OTR_BY_LOT,  OTR_BY_PRODUCT,
                                                     OTR_BY_LANE,  OTR_BY_STEP, OTR_BY_QUEUE};
enum { LEADS = sizeof order_of_lead / sizeof order_of_lead[0] };

double otr_trend_excess(const otr_trend *trend)
{
    return (double)trend->now - trend->expected;
}

static otr_bucket_count count_of(otr_bucket_dimension dimension, otr_bucket_count count)
{
    if (count != OTR_COUNT_CASES && count != OTR_COUNT_ALARMS)
        return count;
    return dimension == OTR_BY_RULE || dimension == OTR_BY_STEP ? OTR_COUNT_ALARMS : OTR_COUNT_CASES;
}

/* By dimension in the order of leading, then the greatest excess, then the key: the same each time. */
static int lead_place(otr_bucket_dimension dimension)
{
    for (int i = 0; i < LEADS; i++)
        if (order_of_lead[i] == dimension)
            return i;
    return LEADS;
}

static int by_lead(const void *a, const void *b)
{
    const otr_trend *left = a;
    const otr_trend *right = b;
    int order = lead_place(left->cell->dimension) - lead_place(right->cell->dimension);
    double more = otr_trend_excess(right) - otr_trend_excess(left);
    if (order == 0 && more != 0)
        order = more > 0 ? 1 : -1;
    return order != 0 ? order : otr_str_compare(otr_bucket_key(left->cell), otr_bucket_key(right->cell));
}

static int by_problem(const void *a, const void *b)
{
    const otr_trend *left = a;
    const otr_trend *right = b;
    if (left->problem != right->problem)
        return left->problem < right->problem ? -1 : 1;
    if (left->leads != right->leads)
        return left->leads ? -1 : 1;
    double more = otr_trend_excess(right) - otr_trend_excess(left);
    return more != 0 ? (more > 0 ? 1 : -1) : by_lead(a, b);
}

static int by_chance(const void *a, const void *b)
{
    double left = ((const otr_trend *)a)->ratio.chance;
    double right = ((const otr_trend *)b)->ratio.chance;
    return left != right ? (left < right ? -1 : 1) : by_lead(a, b);
}

/* All keys that are compared, with their ratios. */
static size_t compare(const otr_bucket *now, double now_exposure, const otr_bucket *before,
                      double before_exposure, otr_bucket_count count, otr_trend *list)
{
    size_t found = 0;
    for (uint32_t i = 0; i < now->count; i++) {
        const otr_bucket_cell *cell = now->cells[i];
        otr_bucket_count which = count_of(cell->dimension, count);
        if (cell->key_size == 0 || cell->counts[which] < OTR_TRENDS_LEAST)
            continue;
        const otr_bucket_cell *old = otr_bucket_find(before, cell->dimension, otr_bucket_key(cell));
        double was = old != NULL ? (double)old->counts[which] : 0;
        otr_rates rates = {(double)cell->counts[which], now_exposure, was, before_exposure};
        list[found++] = (otr_trend){.cell = cell,
                                    .count = which,
                                    .now = cell->counts[which],
                                    .expected = was * now_exposure / before_exposure,
                                    .ratio = otr_rates_compare(&rates),
                                    .problem = OTR_TREND_NONE};
    }
    return found;
}

/* How many of the list, by chance, are rises. */
static size_t keep_rises(otr_trend *list, size_t count)
{
    size_t kept = 0;
    size_t end = 0;
    qsort(list, count, sizeof *list, by_chance);
    for (size_t i = 0; i < count; i++)
        if (list[i].ratio.chance <= wrong_share * (double)(i + 1) / (double)count)
            end = i + 1;
    for (size_t i = 0; i < end; i++)
        if (list[i].ratio.value >= beyond)
            list[kept++] = list[i];
    return kept;
}

/* What keys of the dimension leave of the problem's excess. */
static double left_of(const otr_trend *list, size_t count, const otr_trend *lead,
                      otr_bucket_dimension dimension)
{
    double left = room * otr_trend_excess(lead);
    for (size_t i = 0; i < count; i++)
        if (list[i].problem == lead->problem && list[i].cell->dimension == dimension)
            left -= otr_trend_excess(&list[i]);
    return left;
}

/*
 * A key joins the problem that has the most left for its dimension, when that is enough for it: two lots of
 * one bad cause are one problem. Else it leads one of its own. Two causes are never one.
 */
static void group(otr_trends *out)
{
    qsort(out->list, out->count, sizeof *out->list, by_lead);
    for (size_t i = 0; i < out->count; i++) {
        otr_trend *one = &out->list[i];
        double most = 0;
        for (size_t k = 0; k < i; k++) {
            const otr_trend *lead = &out->list[k];
            if (!lead->leads || lead->cell->dimension == one->cell->dimension)
                continue;
            double left = left_of(out->list, i, lead, one->cell->dimension);
            if (left >= otr_trend_excess(one) && left > most) {
                most = left;
                one->problem = lead->problem;
            }
        }
        one->leads = one->problem == OTR_TREND_NONE;
        if (one->leads)
            one->problem = out->problems++;
    }
    qsort(out->list, out->count, sizeof *out->list, by_problem);
}

otr_status otr_trends_find(const otr_bucket *now, double now_exposure, const otr_bucket *before,
                           double before_exposure, otr_bucket_count count, otr_trends *out)
{
    *out = (otr_trends){.list = calloc(now->count + 1, sizeof *out->list)};
    if (out->list == NULL)
        return OTR_MEMORY;
    out->count = compare(now, now_exposure, before, before_exposure, count, out->list);
    out->count = keep_rises(out->list, out->count);
    group(out);
    return OTR_OK;
}

void otr_trends_done(otr_trends *trends)
{
    free(trends->list);
    *trends = (otr_trends){.count = 0};
}

const otr_problem *otr_trend_known(const otr_trend *trend, const otr_knowledge *knowledge)
{
    otr_str word = otr_str_of(otr_bucket_dimension_text(trend->cell->dimension));
    for (size_t i = 0; knowledge != NULL && i < knowledge->problem_count; i++)
        for (int key = 0; key < OTR_PROBLEM_KEY_COUNT; key++)
            if (otr_str_is(word, otr_problem_key_text((otr_problem_key)key)) &&
                otr_str_equal(knowledge->problems[i].subject.keys[key], otr_bucket_key(trend->cell)))
                return &knowledge->problems[i];
    return NULL;
}

void otr_trend_id(const otr_trend *trend, char out[65])
{
    static const char digits[] = "0123456789abcdef";
    otr_str key = otr_bucket_key(trend->cell);
    uint64_t hash = otr_hash64(0, 0, key.data, key.size);
    size_t size = 0;
    hash = otr_hash64(hash, trend->cell->dimension, key.data, key.size);
    for (size_t i = 0; i < key.size && size < 40; i++) {
        char c = key.data[i];
        c = (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
        bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (plain)
            out[size++] = c;
        else if (size > 0 && out[size - 1] != '-')
            out[size++] = '-';
    }
    if (size == 0)
        out[size++] = 'p';
    if (out[size - 1] != '-')
        out[size++] = '-';
    for (int i = 0; i < 6; i++)
        out[size++] = digits[hash >> (4 * i) & 15];
    out[size] = '\0';
}
