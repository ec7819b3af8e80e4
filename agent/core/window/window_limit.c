/*
 * time_above, time_below, longest_above, longest_below, duration: runs of time during which the value is
 * beyond the limit. The run under way is in the head; ended runs are in rings of their own, by their end and
 * start. time:    every run. Joined ones count with their sum, pushed together towards the end. longest:
 * those that are longer than all after them, since no other can ever be the longest. Joined ones count with
 *            the longer one.
 * So up to 32 runs of a span are exact, however many readings there are, and beyond that a cell of the span
 * is the most that an answer is off. Since the beginning, the sum and the longest are enough.
 */
#include "core/window/window_kinds.h"

#include <math.h>

typedef struct limit {
    otr_time newest;
    otr_time until;  /* the newest reading holds at most so long */
    uint64_t beyond; /* as of the newest reading; 0 too before the first */
    otr_time start;  /* of the run under way; 0 while not beyond */
    otr_time total;  /* of ended runs; total and longest without a span only */
    otr_time longest;
} limit;

enum { END, START, WORDS };
enum { HEAD = sizeof(limit) / sizeof(otr_word) - 1 };

typedef struct run {
    otr_time start;
    otr_time end;
} run;

static const uint32_t needs_longest = UINT32_C(1) << OTR_FUNCTION_LONGEST_ABOVE |
                                      UINT32_C(1) << OTR_FUNCTION_LONGEST_BELOW |
                                      UINT32_C(1) << OTR_FUNCTION_DURATION;
static const uint32_t needs_time = UINT32_C(1) << OTR_FUNCTION_TIME_ABOVE | UINT32_C(1)
                                                                                << OTR_FUNCTION_TIME_BELOW;

static bool keeps_time(const otr_window_shape *shape)
{
    return shape->span > 0 && (shape->needs & needs_time) != 0;
}

static bool keeps_longest(const otr_window_shape *shape)
{
    return shape->span > 0 && (shape->needs & needs_longest) != 0;
}

static otr_cells_shape ring_shape(const otr_window_shape *shape)
{
    return (otr_cells_shape){.span = shape->span, .words = WORDS, .resolution = OTR_CELLS_RESOLUTION};
}

/* Where the rings begin in the state: the second one after the first where both are kept. */
static const size_t time_at = sizeof(limit);

static size_t longest_at(const otr_window_shape *shape)
{
    otr_cells_shape ring = ring_shape(shape);
    return time_at + (keeps_time(shape) ? otr_cells_size(&ring) * sizeof(otr_word) : 0);
}

static void layout(const otr_window_shape *shape, otr_window_layout *out)
{
    static const uint8_t head[HEAD] = {OTR_WORD_TIME, OTR_WORD_FLAG, OTR_WORD_TIME, OTR_WORD_TIME,
                                       OTR_WORD_TIME};
    out->head_count = HEAD;
    memcpy(out->head, head, sizeof head);
    out->ring_count = (uint32_t)keeps_time(shape) + keeps_longest(shape);
    for (uint32_t i = 0; i < out->ring_count; i++)
        out->rings[i] =
            (otr_window_ring){.shape = ring_shape(shape), .words = {OTR_WORD_TIME, OTR_WORD_TIME}};
}

static bool is_beyond(const otr_window_shape *shape, double value)
{
    if (shape->magnitude)
        value = fabs(value);
    return shape->below ? value < shape->limit : value > shape->limit;
}

static run run_of(const otr_word *cell)
{
    return (run){cell[START].time, cell[END].time};
}

static otr_time length(run r)
{
    return r.end - r.start;
}

static void push_together(const void *context, otr_word *older, const otr_word *newer)
{
    (void)context;
    older[START].time = newer[START].time - length(run_of(older));
    older[END] = newer[END];
}

static void keep_longer(const void *context, otr_word *older, const otr_word *newer)
{
    (void)context;
    older[START].time = newer[END].time - length(run_of(older));
    older[END] = newer[END];
}

static void end_run(const otr_window_shape *shape, limit *self, run ended, otr_time now)
{
    otr_cells_shape ring = ring_shape(shape);
    otr_word cell[WORDS] = {[END] = {.time = ended.end}, [START] = {.time = ended.start}};
    if (shape->span == 0) {
        self->total += length(ended);
        if (length(ended) > self->longest)
            self->longest = length(ended);
        return;
    }
    if (ended.end <= otr_window_start(shape->span, now))
        return;
    if (keeps_time(shape))
        otr_cells_add(&ring, otr_window_own_ring(self, time_at), cell, push_together, NULL);
    if (keeps_longest(shape)) {
        otr_cells *cells = otr_window_own_ring(self, longest_at(shape));
        const otr_word *last;
        while ((last = otr_cells_newest(&ring, cells)) != NULL && length(run_of(last)) <= length(ended))
            otr_cells_drop_newest(&ring, cells);
        otr_cells_add(&ring, cells, cell, keep_longer, NULL);
    }
}

static void expire(const otr_window_shape *shape, void *state, otr_time now)
{
    otr_cells_shape ring = ring_shape(shape);
    otr_time start = otr_window_start(shape->span, now);
    if (keeps_time(shape))
        otr_cells_expire(&ring, otr_window_own_ring(state, time_at), start);
    if (keeps_longest(shape))
        otr_cells_expire(&ring, otr_window_own_ring(state, longest_at(shape)), start);
}

static void add(const otr_window_shape *shape, void *state, const otr_window_reading *reading)
{
    limit *self = state;
    bool beyond = is_beyond(shape, reading->value.number);
    bool gap = self->newest != OTR_TIME_NONE && reading->at > self->until;
    expire(shape, state, reading->at);
    if (self->beyond != 0 && (gap || !beyond)) {
        run ended = {self->start, otr_window_earlier(reading->at, self->until)};
        if (length(ended) > 0)
            end_run(shape, self, ended, reading->at);
    }
    if (!beyond)
        self->start = 0;
    else if (self->beyond == 0 || gap)
        self->start = reading->at;
    self->beyond = beyond;
    self->until = otr_window_until(reading);
}

/* The run under way as far as it has come; empty when there is none. */
static run under_way(const limit *self, otr_time now)
{
    return self->beyond != 0 ? (run){self->start, otr_window_earlier(now, self->until)} : (run){0, 0};
}

/* What of it lies after start. */
static otr_time inside(run r, otr_time start)
{
    otr_time from = r.start > start ? r.start : start;
    return r.end > from ? r.end - from : 0;
}

static otr_time time_beyond(const otr_window_shape *shape, const limit *self, otr_time now)
{
    otr_time start = otr_window_start(shape->span, now);
    otr_time total = self->total + inside(under_way(self, now), start);
    if (shape->span == 0)
        return total;
    otr_cells_shape ring = ring_shape(shape);
    const otr_cells *cells = otr_window_see_ring(self, time_at);
    for (uint32_t i = otr_cells_live(&ring, cells, start); i < cells->count; i++)
        total += inside(run_of(otr_cells_see(&ring, cells, i)), start);
    return total;
}

static otr_time longest_beyond(const otr_window_shape *shape, const limit *self, otr_time now)
{
    otr_time start = otr_window_start(shape->span, now);
    otr_time longest = inside(under_way(self, now), start);
    if (self->longest > longest)
        longest = self->longest;
    if (shape->span == 0)
        return longest;
    otr_cells_shape ring = ring_shape(shape);
    const otr_cells *cells = otr_window_see_ring(self, longest_at(shape));
    /* The oldest may be cut shorter than the one after it. */
    for (uint32_t i = otr_cells_live(&ring, cells, start); i < cells->count; i++) {
        otr_time span = inside(run_of(otr_cells_see(&ring, cells, i)), start);
        if (span > longest)
            longest = span;
    }
    return longest;
}

static bool is_time(otr_function function)
{
    return (needs_time >> function & 1) != 0;
}

static otr_status ask(const otr_window_shape *shape, const void *state, const otr_use *use,
                      const otr_window_place *place, otr_time now, otr_value *out)
{
    (void)place;
    const limit *self = state;
    if (self->until <= otr_window_start(shape->span, now))
        return OTR_UNKNOWN;
    return otr_window_duration(
        is_time(use->function) ? time_beyond(shape, self, now) : longest_beyond(shape, self, now), out);
}

/* The sum goes up while a run is under way and down while one is cut; next is where that may change, or where
 * the sum meets a span before. */
static otr_time next_time(const otr_window_shape *shape, const limit *self, const otr_time *spans,
                          size_t span_count, otr_time now, otr_time next)
{
    otr_cells_shape ring = ring_shape(shape);
    otr_time start = otr_window_start(shape->span, now);
    run current = under_way(self, OTR_WINDOW_TIME_MAX);
    int slope = self->beyond != 0 && now < self->until;
    if (slope > 0)
        next = otr_window_soonest(next, self->until, now);
    if (shape->span > 0) {
        const otr_cells *cells = otr_window_see_ring(self, time_at);
        for (uint32_t i = otr_cells_live(&ring, cells, start); i <= cells->count; i++) {
            run r = i < cells->count ? run_of(otr_cells_see(&ring, cells, i)) : current;
            if (length(r) == 0)
                continue;
            slope -= r.start <= start && start < r.end;
            next = otr_window_soonest(next, r.start + shape->span, now);
            next = otr_window_soonest(next, r.end + shape->span, now);
        }
    }
    otr_time total = time_beyond(shape, self, now);
    for (size_t i = 0; i < span_count && slope != 0; i++) {
        otr_time left = slope > 0 ? spans[i] - total : total - spans[i];
        if (left >= 0)
            next = otr_window_earlier(next, otr_time_add(now, left > 0 ? left : 1));
    }
    return next;
}

/* Whether the longest is above a span changes only when one of the runs comes to be so, or ceases to be. */
static otr_time next_longest(const otr_window_shape *shape, const limit *self, const otr_time *spans,
                             size_t span_count, otr_time now, otr_time next)
{
    otr_cells_shape ring = ring_shape(shape);
    if (self->beyond != 0 && now < self->until)
        next = otr_window_earlier(next, otr_window_ramp(self->start, spans, span_count, now));
    if (shape->span == 0)
        return next;
    const otr_cells *cells = otr_window_see_ring(self, longest_at(shape));
    run current = under_way(self, OTR_WINDOW_TIME_MAX);
    for (uint32_t i = otr_cells_live(&ring, cells, now - shape->span); i <= cells->count; i++) {
        run r = i < cells->count ? run_of(otr_cells_see(&ring, cells, i)) : current;
        for (size_t s = 0; s < span_count && length(r) > 0 && spans[s] <= length(r); s++) {
            next = otr_window_soonest(next, r.end + shape->span - spans[s], now);
            next = otr_window_soonest(next, r.end + shape->span - spans[s] + 1, now);
        }
    }
    return next;
}

static otr_time next(const otr_window_shape *shape, const void *state, const otr_use *use,
                     const otr_time *spans, size_t span_count, otr_time now)
{
    const limit *self = state;
    otr_time known = OTR_TIME_NEVER; /* so long there is an answer */
    if (shape->span > 0)
        known = otr_window_soonest(known, self->until + shape->span, now);
    if (span_count == 0)
        return known;
    return is_time(use->function) ? next_time(shape, self, spans, span_count, now, known)
                                  : next_longest(shape, self, spans, span_count, now, known);
}

/* Runs come in order and end before the one under way. */
static bool valid_ring(const otr_window_shape *shape, const limit *self, const otr_cells *cells,
                       bool shrinking)
{
    otr_cells_shape ring = ring_shape(shape);
    otr_time before = -OTR_WINDOW_TIME_MAX;
    otr_time longest = OTR_TIME_NEVER;
    for (uint32_t i = 0; i < cells->count; i++) {
        run r = run_of(otr_cells_see(&ring, cells, i));
        if (r.start < before || r.end <= r.start || (shrinking && length(r) >= longest))
            return false;
        before = r.end;
        longest = length(r);
    }
    return self->beyond == 0 || before <= self->start;
}

static bool valid(const otr_window_shape *shape, const void *state)
{
    const limit *self = state;
    if (self->until <= self->newest || (self->beyond != 0 ? self->start > self->newest : self->start != 0))
        return false;
    /* No more can have passed since the first instant there is. */
    otr_time passed = (self->beyond != 0 ? self->start : self->newest) + OTR_WINDOW_TIME_MAX;
    if (self->longest < 0 || self->total < self->longest || self->total > passed ||
        (shape->span > 0 && self->total != 0))
        return false;
    return (!keeps_time(shape) || valid_ring(shape, self, otr_window_see_ring(state, time_at), false)) &&
           (!keeps_longest(shape) ||
            valid_ring(shape, self, otr_window_see_ring(state, longest_at(shape)), true));
}

const otr_window_ops otr_window_limit_ops = {
    .layout = layout, .add = add, .ask = ask, .next = next, .valid = valid, .takes = OTR_TYPE_DOUBLE};
