/*
 * predict: the line of least squares through the readings of the span, at a time ahead. A cell has the mean
 * time and value of its readings and the sums of squares and products around them, joined as in
 * window_stats.c. Nothing is dropped when cells are joined, so the line is that through all readings.
 */
#include "core/window/window_kinds.h"

enum { AT, COUNT, TIME, VALUE, SQUARES, PRODUCTS, WORDS }; /* TIME: mean, in seconds from AT, so at most 0 */
enum { READINGS_MIN = 3 };

static otr_cells_shape ring_shape(const otr_window_shape *shape)
{
    return (otr_cells_shape){.span = shape->span, .words = WORDS, .resolution = OTR_CELLS_RESOLUTION};
}

static const otr_cells *ring_of(const void *state)
{
    return otr_window_see_ring(state, sizeof(otr_window_state));
}

static void layout(const otr_window_shape *shape, otr_window_layout *out)
{
    out->ring_count = 1;
    out->rings[0] = (otr_window_ring){.shape = ring_shape(shape),
                                      .words = {OTR_WORD_TIME, OTR_WORD_COUNT, OTR_WORD_NUMBER,
                                                OTR_WORD_NUMBER, OTR_WORD_POSITIVE, OTR_WORD_NUMBER}};
}

static double seconds(otr_time span)
{
    return (double)span / OTR_SECOND;
}

static void join(const void *context, otr_word *older, const otr_word *newer)
{
    (void)context;
    double mine = (double)older[COUNT].bits;
    double theirs = (double)newer[COUNT].bits;
    double share = theirs / (mine + theirs);
    double time = older[TIME].number - seconds(newer[AT].time - older[AT].time);
    double later = newer[TIME].number - time;
    double higher = newer[VALUE].number - older[VALUE].number;
    older[SQUARES].number = otr_window_bound_positive(older[SQUARES].number + newer[SQUARES].number +
                                                      later * later * mine * share);
    older[PRODUCTS].number =
        otr_window_bound(older[PRODUCTS].number + newer[PRODUCTS].number + later * higher * mine * share);
    older[TIME].number = otr_window_bound(time + later * share);
    older[VALUE].number = otr_window_bound(older[VALUE].number + higher * share);
    older[COUNT].bits = otr_window_bound_count(older[COUNT].bits + newer[COUNT].bits);
    older[AT] = newer[AT];
}

static void add(const otr_window_shape *shape, void *state, const otr_window_reading *reading)
{
    otr_cells_shape ring = ring_shape(shape);
    otr_cells *cells = otr_window_own_ring(state, sizeof(otr_window_state));
    otr_word cell[WORDS] = {
        [AT] = {.time = reading->at}, [COUNT] = {.bits = 1}, [VALUE] = {.number = reading->value.number}};
    otr_cells_expire(&ring, cells, otr_window_start(shape->span, reading->at));
    otr_cells_add(&ring, cells, cell, join, NULL);
}

/* Half the span at least, or a line would be told from a moment. */
static otr_status ask(const otr_window_shape *shape, const void *state, const otr_use *use,
                      const otr_window_place *place, otr_time now, otr_value *out)
{
    (void)place;
    otr_cells_shape ring = ring_shape(shape);
    const otr_cells *cells = ring_of(state);
    uint32_t live = otr_cells_live(&ring, cells, otr_window_start(shape->span, now));
    if (live == cells->count)
        return OTR_UNKNOWN;
    otr_word all[WORDS];
    memcpy(all, otr_cells_see(&ring, cells, live), sizeof all);
    otr_time oldest = all[AT].time;
    for (uint32_t i = live + 1; i < cells->count; i++)
        join(NULL, all, otr_cells_see(&ring, cells, i));
    if (all[COUNT].bits < READINGS_MIN || all[AT].time - oldest < shape->span - shape->span / 2 ||
        all[SQUARES].number <= 0)
        return OTR_UNKNOWN;
    double slope = all[PRODUCTS].number / all[SQUARES].number;
    double from_mean = seconds(now - all[AT].time) + seconds(use->ahead) - all[TIME].number;
    return otr_window_number(all[VALUE].number + slope * from_mean, out);
}

static otr_time next(const otr_window_shape *shape, const void *state, const otr_use *use,
                     const otr_time *spans, size_t span_count, otr_time now)
{
    (void)use, (void)spans, (void)span_count;
    otr_cells_shape ring = ring_shape(shape);
    return otr_window_leaves(&ring, ring_of(state), now);
}

static bool valid(const otr_window_shape *shape, const void *state)
{
    otr_cells_shape ring = ring_shape(shape);
    const otr_word *newest = otr_cells_newest(&ring, ring_of(state));
    return newest != NULL && newest[AT].time == ((const otr_window_state *)state)->newest;
}

const otr_window_ops otr_window_trend_ops = {
    .layout = layout, .add = add, .ask = ask, .next = next, .valid = valid, .takes = OTR_TYPE_DOUBLE};
