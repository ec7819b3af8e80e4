/*
 * delta_v and drop_height: runs of close samples in which the acceleration is above the limit, or near none
 * as in free fall. A run has a size, the change of velocity or the seconds it took, and counts until its
 * newest sample leaves the window. Kept are the ended runs that are larger than all after them, since no
 * other can ever be the largest.
 */
#include "core/window/window_kinds.h"

#include <math.h>

static const double standard_gravity = 9.80665;
static const double free_fall_below = 0.4 * 9.80665; /* m/s2: a tumbling parcel feels its own turning */
/* Further apart, samples are no waveform. */
static const otr_time apart_max = 250 * OTR_MS;

typedef struct pulse {
    otr_time newest;
    uint64_t inside; /* the newest sample belongs to a run */
    double last;     /* its magnitude, m/s2, 0 outside */
    double size;     /* of the run so far, 0 outside */
} pulse;

enum { END, SIZE, WORDS };
enum { HEAD = sizeof(pulse) / sizeof(otr_word) - 1 };

static otr_cells_shape ring_shape(const otr_window_shape *shape)
{
    return (otr_cells_shape){.span = shape->span, .words = WORDS, .resolution = OTR_CELLS_RESOLUTION};
}

static const otr_cells *ring_of(const void *state)
{
    return otr_window_see_ring(state, sizeof(pulse));
}

static void layout(const otr_window_shape *shape, otr_window_layout *out)
{
    static const uint8_t head[HEAD] = {OTR_WORD_FLAG, OTR_WORD_POSITIVE, OTR_WORD_POSITIVE};
    out->head_count = HEAD;
    memcpy(out->head, head, sizeof head);
    out->ring_count = 1;
    out->rings[0] =
        (otr_window_ring){.shape = ring_shape(shape), .words = {OTR_WORD_TIME, OTR_WORD_POSITIVE}};
}

static void keep_larger(const void *context, otr_word *older, const otr_word *newer)
{
    (void)context;
    older[END] = newer[END];
    if (newer[SIZE].number > older[SIZE].number)
        older[SIZE] = newer[SIZE];
}

static void end_run(const otr_window_shape *shape, pulse *self)
{
    otr_cells_shape ring = ring_shape(shape);
    otr_cells *cells = otr_window_own_ring(self, sizeof *self);
    otr_word cell[WORDS] = {[END] = {.time = self->newest}, [SIZE] = {.number = self->size}};
    const otr_word *last;
    while ((last = otr_cells_newest(&ring, cells)) != NULL && last[SIZE].number <= self->size)
        otr_cells_drop_newest(&ring, cells);
    otr_cells_add(&ring, cells, cell, keep_larger, NULL);
}

static void add(const otr_window_shape *shape, void *state, const otr_window_reading *reading)
{
    pulse *self = state;
    otr_cells_shape ring = ring_shape(shape);
    otr_time start = otr_window_start(shape->span, reading->at);
    double magnitude = fabs(reading->value.number);
    double metres = otr_window_bound_positive(magnitude * shape->unit);
    bool pulses = shape->kind == OTR_WINDOW_PULSE;
    bool inside = pulses ? magnitude > shape->limit : metres < free_fall_below;
    otr_cells_expire(&ring, otr_window_own_ring(state, sizeof *self), start);
    if (self->inside != 0 && (!inside || reading->at - self->newest > apart_max)) {
        if (self->size > 0 && self->newest > start)
            end_run(shape, self);
        self->inside = 0;
        self->size = 0;
    }
    if (self->inside != 0) {
        double passed = (double)(reading->at - self->newest) / OTR_SECOND;
        self->size =
            otr_window_bound_positive(self->size + (pulses ? (self->last + metres) / 2 * passed : passed));
    }
    self->inside = inside;
    self->last = inside ? metres : 0;
}

static otr_status ask(const otr_window_shape *shape, const void *state, const otr_use *use,
                      const otr_window_place *place, otr_time now, otr_value *out)
{
    (void)use, (void)place;
    const pulse *self = state;
    otr_cells_shape ring = ring_shape(shape);
    otr_time start = otr_window_start(shape->span, now);
    if (self->newest <= start)
        return OTR_UNKNOWN;
    double size = self->size;
    uint32_t live = otr_cells_live(&ring, ring_of(state), start);
    if (live < ring_of(state)->count && otr_cells_see(&ring, ring_of(state), live)[SIZE].number > size)
        size = otr_cells_see(&ring, ring_of(state), live)[SIZE].number;
    return otr_window_number(shape->kind == OTR_WINDOW_PULSE ? size : standard_gravity * size * size / 2,
                             out);
}

static otr_time next(const otr_window_shape *shape, const void *state, const otr_use *use,
                     const otr_time *spans, size_t span_count, otr_time now)
{
    (void)use, (void)spans, (void)span_count;
    const pulse *self = state;
    otr_cells_shape ring = ring_shape(shape);
    if (shape->span == 0)
        return OTR_TIME_NEVER;
    return otr_window_soonest(otr_window_leaves(&ring, ring_of(state), now), self->newest + shape->span, now);
}

static bool valid(const otr_window_shape *shape, const void *state)
{
    const pulse *self = state;
    otr_cells_shape ring = ring_shape(shape);
    double before = INFINITY;
    for (uint32_t i = 0; i < ring_of(state)->count; i++) {
        double size = otr_cells_see(&ring, ring_of(state), i)[SIZE].number;
        if (size <= 0 || size >= before)
            return false;
        before = size;
    }
    return self->inside != 0 || (self->last == 0 && self->size == 0);
}

const otr_window_ops otr_window_pulse_ops = {
    .layout = layout, .add = add, .ask = ask, .next = next, .valid = valid, .takes = OTR_TYPE_DOUBLE};
