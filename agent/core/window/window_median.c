/* median: the values themselves, up to 64 of a span; beyond that the newest one of each cell. */
#include "core/window/window_kinds.h"

enum { RESOLUTION = 64, WORDS = 2, MOST = RESOLUTION + 1 };

static otr_cells_shape ring_shape(const otr_window_shape *shape)
{
    return (otr_cells_shape){.span = shape->span, .words = WORDS, .resolution = RESOLUTION};
}

static const otr_cells *ring_of(const void *state)
{
    return otr_window_see_ring(state, sizeof(otr_window_state));
}

static void layout(const otr_window_shape *shape, otr_window_layout *out)
{
    out->ring_count = 1;
    out->rings[0] = (otr_window_ring){.shape = ring_shape(shape), .words = {OTR_WORD_TIME, OTR_WORD_NUMBER}};
}

static void keep_newer(const void *context, otr_word *older, const otr_word *newer)
{
    (void)context;
    older[0] = newer[0];
    older[1] = newer[1];
}

static void add(const otr_window_shape *shape, void *state, const otr_window_reading *reading)
{
    otr_cells_shape ring = ring_shape(shape);
    otr_cells *cells = otr_window_own_ring(state, sizeof(otr_window_state));
    otr_word cell[WORDS] = {{.time = reading->at}, {.number = reading->value.number}};
    otr_cells_expire(&ring, cells, otr_window_start(shape->span, reading->at));
    otr_cells_add(&ring, cells, cell, keep_newer, NULL);
}

/* Into its place among the smaller ones: few values, and often nearly in order. */
static void insert(double *sorted, uint32_t count, double value)
{
    uint32_t at = count;
    for (; at > 0 && sorted[at - 1] > value; at--)
        sorted[at] = sorted[at - 1];
    sorted[at] = value;
}

static otr_status ask(const otr_window_shape *shape, const void *state, const otr_use *use,
                      const otr_window_place *place, otr_time now, otr_value *out)
{
    (void)use, (void)place;
    otr_cells_shape ring = ring_shape(shape);
    const otr_cells *cells = ring_of(state);
    double sorted[MOST];
    uint32_t count = 0;
    for (uint32_t i = otr_cells_live(&ring, cells, otr_window_start(shape->span, now)); i < cells->count; i++)
        insert(sorted, count++, otr_cells_see(&ring, cells, i)[1].number);
    if (count == 0)
        return OTR_UNKNOWN;
    return otr_window_number((sorted[(count - 1) / 2] + sorted[count / 2]) / 2, out);
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
    return newest != NULL && newest[0].time == ((const otr_window_state *)state)->newest;
}

const otr_window_ops otr_window_median_ops = {
    .layout = layout, .add = add, .ask = ask, .next = next, .valid = valid, .takes = OTR_TYPE_DOUBLE};
