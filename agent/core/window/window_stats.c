/*
 * avg min max count sum delta rate stddev peak: a cell has the words that its functions need and no others.
 * Deviations are summed around the mean of their cell and cells are joined as Chan, Golub and LeVeque do, so
 * that a small deviation on a large mean is not lost.
 */
#include "core/window/window_kinds.h"

#include <math.h>

/* Where the words are in a cell; 0 for what is not kept. */
typedef struct fields {
    otr_cells_shape shape;
    uint8_t count;
    uint8_t sum;
    uint8_t mean;
    uint8_t deviation; /* sum of squared differences from the mean */
    uint8_t least;
    uint8_t most;
    uint8_t peak;
    uint8_t first; /* the oldest value in the cell */
    uint8_t first_at;
} fields;

#define BIT(function) (UINT32_C(1) << OTR_FUNCTION_##function)

static uint8_t field(fields *at, bool needed)
{
    return needed ? (uint8_t)at->shape.words++ : 0;
}

static fields fields_of(const otr_window_shape *shape)
{
    uint32_t needs = shape->needs;
    fields at = {.shape = {.span = shape->span, .words = 1, .resolution = OTR_CELLS_RESOLUTION}};
    at.count = field(&at, (needs & (BIT(AVG) | BIT(COUNT) | BIT(STDDEV))) != 0);
    at.sum = field(&at, (needs & (BIT(AVG) | BIT(SUM))) != 0);
    at.mean = field(&at, (needs & BIT(STDDEV)) != 0);
    at.deviation = field(&at, (needs & BIT(STDDEV)) != 0);
    at.least = field(&at, (needs & BIT(MIN)) != 0);
    at.most = field(&at, (needs & BIT(MAX)) != 0);
    at.peak = field(&at, (needs & BIT(PEAK)) != 0);
    at.first = field(&at, (needs & (BIT(DELTA) | BIT(RATE))) != 0);
    at.first_at = field(&at, (needs & BIT(RATE)) != 0);
    return at;
}

typedef struct stats {
    otr_time newest;
    double last; /* the newest value, for delta and rate */
} stats;

static const otr_cells *ring_of(const void *state)
{
    return otr_window_see_ring(state, sizeof(stats));
}

static void layout(const otr_window_shape *shape, otr_window_layout *out)
{
    fields at = fields_of(shape);
    out->head_count = 1;
    out->head[0] = OTR_WORD_NUMBER;
    out->ring_count = 1;
    out->rings[0].shape = at.shape;
    uint8_t *words = out->rings[0].words;
    const struct {
        uint8_t place;
        uint8_t word;
    } kept[] = {
        {at.count, OTR_WORD_COUNT},        {at.sum, OTR_WORD_NUMBER},   {at.mean, OTR_WORD_NUMBER},
        {at.deviation, OTR_WORD_POSITIVE}, {at.least, OTR_WORD_NUMBER}, {at.most, OTR_WORD_NUMBER},
        {at.peak, OTR_WORD_POSITIVE},      {at.first, OTR_WORD_NUMBER}, {at.first_at, OTR_WORD_TIME},
    };
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++)
        if (kept[i].place != 0)
            words[kept[i].place] = kept[i].word;
    words[0] = OTR_WORD_TIME;
}

/* The same for two groups of readings: count, mean and deviation of both together. */
static void join(otr_word *count, otr_word *mean, otr_word *deviation, const otr_word *cell, const fields *at)
{
    double mine = (double)count->bits;
    double theirs = (double)cell[at->count].bits;
    double share = theirs / (mine + theirs);
    double apart = cell[at->mean].number - mean->number;
    mean->number = otr_window_bound(mean->number + apart * share);
    deviation->number = otr_window_bound_positive(deviation->number + cell[at->deviation].number +
                                                  apart * apart * mine * share);
}

static void merge(const void *context, otr_word *older, const otr_word *newer)
{
    const fields *at = context;
    older[0] = newer[0];
    if (at->mean != 0)
        join(&older[at->count], &older[at->mean], &older[at->deviation], newer, at);
    if (at->count != 0)
        older[at->count].bits = otr_window_bound_count(older[at->count].bits + newer[at->count].bits);
    if (at->sum != 0)
        older[at->sum].number = otr_window_bound(older[at->sum].number + newer[at->sum].number);
    if (at->least != 0 && newer[at->least].number < older[at->least].number)
        older[at->least] = newer[at->least];
    if (at->most != 0 && newer[at->most].number > older[at->most].number)
        older[at->most] = newer[at->most];
    if (at->peak != 0 && newer[at->peak].number > older[at->peak].number)
        older[at->peak] = newer[at->peak];
}

static void add(const otr_window_shape *shape, void *state, const otr_window_reading *reading)
{
    fields at = fields_of(shape);
    stats *self = state;
    otr_cells *cells = otr_window_own_ring(state, sizeof *self);
    double value = reading->value.type == OTR_TYPE_DOUBLE ? reading->value.number : 0;
    otr_word cell[OTR_CELLS_WORDS_MAX];
    /* Words that are not kept go to the first, which is written last. */
    cell[at.count].bits = 1;
    cell[at.sum].number = value;
    cell[at.mean].number = value;
    cell[at.deviation].number = 0;
    cell[at.least].number = value;
    cell[at.most].number = value;
    cell[at.peak].number = fabs(value);
    cell[at.first].number = value;
    cell[at.first_at].time = reading->at;
    cell[0].time = reading->at;
    if (at.first != 0)
        self->last = value;
    otr_cells_expire(&at.shape, cells, otr_window_start(shape->span, reading->at));
    otr_cells_add(&at.shape, cells, cell, merge, &at);
}

static double total(const fields *at, const otr_cells *cells, uint32_t live)
{
    double sum = 0;
    for (uint32_t i = live; i < cells->count; i++)
        sum += otr_cells_see(&at->shape, cells, i)[at->sum].number;
    return sum;
}

static uint64_t count_of(const fields *at, const otr_cells *cells, uint32_t live)
{
    uint64_t count = 0;
    for (uint32_t i = live; i < cells->count; i++)
        count += otr_cells_see(&at->shape, cells, i)[at->count].bits;
    return count;
}

/* Two sums side by side, because each addition waits for the one before; the ring in its straight parts. */
static double average(const fields *at, const otr_cells *cells, uint32_t live)
{
    double even = 0;
    double odd = 0;
    uint64_t count = 0;
    const uint32_t words = at->shape.words;
    while (live < cells->count) {
        uint32_t straight = otr_cells_straight(&at->shape, cells, live);
        const otr_word *cell = otr_cells_see(&at->shape, cells, live);
        live += straight;
        for (; straight > 1; straight -= 2, cell += 2 * (size_t)words) {
            even += cell[at->sum].number;
            odd += cell[words + at->sum].number;
            count += cell[at->count].bits + cell[words + at->count].bits;
        }
        if (straight > 0) {
            even += cell[at->sum].number;
            count += cell[at->count].bits;
        }
    }
    return (even + odd) / (double)count;
}

static double least_of(const fields *at, const otr_cells *cells, uint32_t live)
{
    double least = INFINITY;
    for (uint32_t i = live; i < cells->count; i++) {
        double value = otr_cells_see(&at->shape, cells, i)[at->least].number;
        least = value < least ? value : least;
    }
    return least;
}

/* Of the words of that place, the most or the peak. */
static double most_of(const fields *at, const otr_cells *cells, uint32_t live, uint8_t place)
{
    double most = -INFINITY;
    for (uint32_t i = live; i < cells->count; i++) {
        double value = otr_cells_see(&at->shape, cells, i)[place].number;
        most = value > most ? value : most;
    }
    return most;
}

static otr_status deviation_of(const fields *at, const otr_cells *cells, uint32_t live, otr_value *out)
{
    const otr_word *cell = otr_cells_see(&at->shape, cells, live);
    otr_word count = cell[at->count];
    otr_word mean = cell[at->mean];
    otr_word deviation = cell[at->deviation];
    for (uint32_t i = live + 1; i < cells->count; i++) {
        cell = otr_cells_see(&at->shape, cells, i);
        join(&count, &mean, &deviation, cell, at);
        count.bits += cell[at->count].bits;
    }
    if (count.bits < 2)
        return OTR_UNKNOWN;
    return otr_window_number(sqrt(deviation.number / (double)(count.bits - 1)), out);
}

static otr_status ask(const otr_window_shape *shape, const void *state, const otr_use *use,
                      const otr_window_place *place, otr_time now, otr_value *out)
{
    (void)place;
    fields at = fields_of(shape);
    const stats *self = state;
    const otr_cells *cells = ring_of(state);
    uint32_t live = otr_cells_live(&at.shape, cells, otr_window_start(shape->span, now));
    if (use->function == OTR_FUNCTION_COUNT) {
        out->type = OTR_TYPE_INT;
        out->integer = (int64_t)count_of(&at, cells, live);
        return OTR_OK;
    }
    if (live == cells->count)
        return OTR_UNKNOWN;
    const otr_word *oldest = otr_cells_see(&at.shape, cells, live);
    switch (use->function) {
    case OTR_FUNCTION_AVG:
        return otr_window_number(average(&at, cells, live), out);
    case OTR_FUNCTION_SUM:
        return otr_window_number(total(&at, cells, live), out);
    case OTR_FUNCTION_MIN:
        return otr_window_number(least_of(&at, cells, live), out);
    case OTR_FUNCTION_MAX:
        return otr_window_number(most_of(&at, cells, live, at.most), out);
    case OTR_FUNCTION_PEAK:
        return otr_window_number(most_of(&at, cells, live, at.peak), out);
    case OTR_FUNCTION_STDDEV:
        return deviation_of(&at, cells, live, out);
    case OTR_FUNCTION_DELTA:
        return otr_window_number(self->last - oldest[at.first].number, out);
    default: {
        OTR_ASSERT(use->function == OTR_FUNCTION_RATE);
        otr_time apart = self->newest - oldest[at.first_at].time;
        if (apart == 0)
            return OTR_UNKNOWN;
        return otr_window_number((self->last - oldest[at.first].number) / ((double)apart / OTR_SECOND), out);
    }
    }
}

static otr_time next(const otr_window_shape *shape, const void *state, const otr_use *use,
                     const otr_time *spans, size_t span_count, otr_time now)
{
    (void)use, (void)spans, (void)span_count;
    fields at = fields_of(shape);
    return otr_window_leaves(&at.shape, ring_of(state), now);
}

static bool valid(const otr_window_shape *shape, const void *state)
{
    fields at = fields_of(shape);
    const stats *self = state;
    const otr_cells *cells = ring_of(state);
    otr_time before = OTR_TIME_NONE;
    for (uint32_t i = 0; i < cells->count; i++) {
        const otr_word *cell = otr_cells_see(&at.shape, cells, i);
        if (at.first_at != 0 && (cell[at.first_at].time > cell[0].time || cell[at.first_at].time < before))
            return false;
        before = cell[0].time;
    }
    return cells->count > 0 && before == self->newest && (at.first != 0 || self->last == 0);
}

const otr_window_ops otr_window_stats_ops = {
    .layout = layout, .add = add, .ask = ask, .next = next, .valid = valid, .takes = OTR_TYPE_DOUBLE};
