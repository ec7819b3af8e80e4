/*
 * mkt, the mean kinetic temperature: the constant temperature that would do the same harm, by Arrhenius. Each
 * reading is a stretch of time with the harm done in it. Stretches that are joined are pushed together
 * towards the end; what is cut at the window's start leaves in proportion.
 */
#include "core/window/window_kinds.h"

#include <math.h>

static const double activation_kelvin = 83144.0 / 8.3144; /* 83.144 kJ/mol over the gas constant */
static const double zero_celsius = 273.15;

typedef struct mkt {
    otr_time newest;
    otr_time until; /* the newest reading holds at most so long */
    double rate;    /* of harm, at the newest reading */
    otr_time total; /* without a span only: time covered, and the harm done in it */
    double harm;
} mkt;

enum { END, START, HARM, WORDS };
enum { HEAD = sizeof(mkt) / sizeof(otr_word) - 1 };

static otr_cells_shape ring_shape(const otr_window_shape *shape)
{
    return (otr_cells_shape){.span = shape->span, .words = WORDS, .resolution = OTR_CELLS_RESOLUTION};
}

static const otr_cells *ring_of(const void *state)
{
    return otr_window_see_ring(state, sizeof(mkt));
}

static void layout(const otr_window_shape *shape, otr_window_layout *out)
{
    static const uint8_t head[HEAD] = {OTR_WORD_TIME, OTR_WORD_POSITIVE, OTR_WORD_TIME, OTR_WORD_POSITIVE};
    out->head_count = HEAD;
    memcpy(out->head, head, sizeof head);
    out->ring_count = shape->span > 0;
    out->rings[0] = (otr_window_ring){.shape = ring_shape(shape),
                                      .words = {OTR_WORD_TIME, OTR_WORD_TIME, OTR_WORD_POSITIVE}};
}

/* Nothing is colder than 0 K, and there nothing happens. */
double otr_window_mkt_rate(double celsius)
{
    double kelvin = celsius + zero_celsius;
    return kelvin > 0 ? exp(-activation_kelvin / kelvin) : 0;
}

double otr_window_mkt_celsius(double rate)
{
    return activation_kelvin / -log(rate) - zero_celsius;
}

static double seconds(otr_time span)
{
    return (double)span / OTR_SECOND;
}

static void push_together(const void *context, otr_word *older, const otr_word *newer)
{
    (void)context;
    older[START].time = newer[START].time - (older[END].time - older[START].time);
    older[END] = newer[END];
    older[HARM].number = otr_window_bound_positive(older[HARM].number + newer[HARM].number);
}

static void add(const otr_window_shape *shape, void *state, const otr_window_reading *reading)
{
    mkt *self = state;
    otr_cells *cells = otr_window_own_ring(state, sizeof *self);
    otr_cells_shape ring = ring_shape(shape);
    otr_time start = otr_window_start(shape->span, reading->at);
    otr_time end = otr_window_earlier(reading->at, self->until);
    if (shape->span > 0)
        otr_cells_expire(&ring, cells, start);
    if (self->newest != OTR_TIME_NONE && end > self->newest && end > start) {
        double harm = otr_window_bound_positive(self->rate * seconds(end - self->newest));
        otr_word cell[WORDS] = {
            [END] = {.time = end}, [START] = {.time = self->newest}, [HARM] = {.number = harm}};
        if (shape->span > 0) {
            otr_cells_add(&ring, cells, cell, push_together, NULL);
        } else {
            self->total += end - self->newest;
            self->harm = otr_window_bound_positive(self->harm + harm);
        }
    }
    self->until = otr_window_until(reading);
    self->rate = otr_window_mkt_rate(reading->value.number);
}

/* Covered time since start, and the harm done in it, of which the ring knows. */
static double harm_in_ring(const otr_window_shape *shape, const void *state, otr_time start,
                           otr_time *covered)
{
    otr_cells_shape ring = ring_shape(shape);
    const otr_cells *cells = ring_of(state);
    double harm = 0;
    for (uint32_t i = otr_cells_live(&ring, cells, start); i < cells->count; i++) {
        const otr_word *cell = otr_cells_see(&ring, cells, i);
        otr_time whole = cell[END].time - cell[START].time;
        otr_time inside = cell[END].time - (cell[START].time > start ? cell[START].time : start);
        *covered += inside < whole ? inside : whole;
        harm += inside < whole ? cell[HARM].number * ((double)inside / (double)whole) : cell[HARM].number;
    }
    return harm;
}

static otr_status ask(const otr_window_shape *shape, const void *state, const otr_use *use,
                      const otr_window_place *place, otr_time now, otr_value *out)
{
    (void)use, (void)place;
    const mkt *self = state;
    otr_time start = otr_window_start(shape->span, now);
    otr_time covered = self->total;
    double harm = self->harm;
    if (shape->span > 0)
        harm += harm_in_ring(shape, state, start, &covered);
    otr_time from = self->newest > start ? self->newest : start;
    otr_time held = otr_window_earlier(now, self->until) - from;
    if (held > 0) {
        covered += held;
        harm += self->rate * seconds(held);
    }
    if (covered > 0)
        return otr_window_number(otr_window_mkt_celsius(harm / seconds(covered)), out);
    return self->newest > start ? otr_window_number(otr_window_mkt_celsius(self->rate), out) : OTR_UNKNOWN;
}

static otr_time next(const otr_window_shape *shape, const void *state, const otr_use *use,
                     const otr_time *spans, size_t span_count, otr_time now)
{
    (void)use, (void)spans, (void)span_count;
    const mkt *self = state;
    otr_cells_shape ring = ring_shape(shape);
    if (shape->span == 0)
        return OTR_TIME_NEVER;
    return otr_window_soonest(otr_window_leaves(&ring, ring_of(state), now), self->until + shape->span, now);
}

/* Stretches come in order and end before the newest reading. */
static bool valid(const otr_window_shape *shape, const void *state)
{
    const mkt *self = state;
    if (self->until <= self->newest || self->total < 0 || self->total > self->newest + OTR_WINDOW_TIME_MAX ||
        self->rate > 1 || (shape->span > 0 && (self->total != 0 || self->harm != 0)))
        return false;
    if (shape->span == 0)
        return true;
    otr_cells_shape ring = ring_shape(shape);
    otr_time before = -OTR_WINDOW_TIME_MAX;
    for (uint32_t i = 0; i < ring_of(state)->count; i++) {
        const otr_word *cell = otr_cells_see(&ring, ring_of(state), i);
        if (cell[START].time < before || cell[END].time <= cell[START].time)
            return false;
        before = cell[END].time;
    }
    return true;
}

const otr_window_ops otr_window_mkt_ops = {
    .layout = layout, .add = add, .ask = ask, .next = next, .valid = valid, .takes = OTR_TYPE_DOUBLE};
