#include "compare.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Of the largest value: what adding in another order may make of it. */
static const double close_enough = 1e-9;

static bool same_number(double a, double b, double scale)
{
    return fabs(a - b) <= close_enough * fmax(scale, fmax(fabs(a), fabs(b)));
}

static bool same_value(const scenario *made, const otr_value *is, const otr_value *should)
{
    if (is->type != should->type)
        return false;
    switch (is->type) {
    case OTR_TYPE_BOOL:
        return is->flag == should->flag;
    case OTR_TYPE_INT:
        return is->integer == should->integer;
    case OTR_TYPE_DURATION: /* of eta the last digit of a double counts */
        return made->asked.use.function == OTR_FUNCTION_ETA
                   ? same_number((double)is->time, (double)should->time, 1e9)
                   : is->time == should->time;
    default:
        return same_number(is->number, should->number, made->scale);
    }
}

/* One moment of a comparison. */
typedef struct moment {
    const scenario *made;
    history past;
    otr_time now;
    otr_status status;
    otr_value value;
    bug planted;
} moment;

static otr_time start_of(const moment *at)
{
    return at->made->asked.use.span == 0 ? OTR_TIME_NONE : at->now - at->made->asked.use.span;
}

static otr_status should_be(const moment *at, otr_time start, size_t first, otr_value *out)
{
    *out = (otr_value){.type = OTR_TYPE_NULL};
    return reference_ask(at->past, &at->made->asked, at->now, start, first, at->planted, out);
}

static bool agrees_with(const moment *at, otr_time start, size_t first, otr_value *should)
{
    otr_status status = should_be(at, start, first, should);
    return status == at->status && (status != OTR_OK || same_value(at->made, &at->value, should));
}

/* A number of seconds, or the number itself. */
static double size_of(const otr_value *value)
{
    return value->type == OTR_TYPE_DURATION ? (double)value->time : value->number;
}

/* Between what the window holds and what a window longer by a cell does, for answers that grow with it. */
static bool is_between(const moment *at, otr_time start, otr_time cell)
{
    otr_value low;
    otr_value high;
    otr_status status = should_be(at, start, 0, &low);
    if (status != OTR_OK || at->status != OTR_OK)
        return status == at->status;
    if (should_be(at, start - cell, 0, &high) != OTR_OK)
        return false;
    double slack = close_enough * fabs(size_of(&high));
    return size_of(&at->value) >= size_of(&low) - slack && size_of(&at->value) <= size_of(&high) + slack;
}

/* Time beyond a limit is off by less than a cell, and the longest is never told too short. */
static bool is_within_cell(const moment *at, otr_time start, otr_time cell)
{
    otr_value should;
    otr_status status = should_be(at, start, 0, &should);
    if (status != OTR_OK || at->status != OTR_OK)
        return status == at->status;
    otr_time off = at->value.time - should.time;
    return off <= cell && off >= 0;
}

/* The harm that is told of the covered time is off by that of two cells at the highest temperature. */
static bool is_near_mkt(const moment *at, otr_time start, size_t first, otr_time cell)
{
    const double kelvin = 83144 / 8.3144;
    otr_value should;
    otr_status status = should_be(at, start, first, &should);
    if (status != OTR_OK || at->status != OTR_OK)
        return status == at->status;
    double most = -INFINITY;
    for (size_t i = 0; i < at->past.count; i++)
        most = fmax(most, at->past.list[i].value.number);
    otr_time covered = 0;
    for (size_t i = 0; i < at->past.count; i++) {
        const otr_window_reading *reading = &at->past.list[i];
        otr_time end = i + 1 < at->past.count ? reading[1].at : at->now;
        if (reading->valid_for > 0 && reading->at + reading->valid_for < end)
            end = reading->at + reading->valid_for;
        otr_time from = reading->at > start ? reading->at : start;
        covered += end > from ? end - from : 0;
    }
    double off = exp(-kelvin / (at->value.number + 273.15)) - exp(-kelvin / (should.number + 273.15));
    double allowed = 2 * exp(-kelvin / (most + 273.15)) * (double)cell;
    return fabs(off) * (double)covered <= allowed * (1 + close_enough);
}

/* The readings that count begin within a cell of the window's start: before it where cells are summed up,
 * after it where the newest of a cell stands for it. */
static bool agrees_with_some_first(const moment *at, otr_time start, otr_time cell)
{
    otr_value should;
    bool track = at->made->shape.kind == OTR_WINDOW_TRACK;
    size_t first = history_first(at->past, start);
    size_t low = track ? first : history_first(at->past, start - cell);
    size_t high = first;
    while (track && high + 1 < at->past.count && at->past.list[high + 1].at < at->past.list[first].at + cell)
        high++;
    for (size_t i = low; i <= high; i++)
        if (agrees_with(at, start, i, &should))
            return true;
    /* The readings of half a span are told by the newest of the oldest cell. */
    return at->made->shape.kind == OTR_WINDOW_TREND && at->status == OTR_UNKNOWN && first < at->past.count &&
           at->past.list[at->past.count - 1].at - at->past.list[first].at <
               at->made->asked.use.span / 2 + cell;
}

static bool is_time(const scenario *made)
{
    return made->asked.use.function == OTR_FUNCTION_TIME_ABOVE ||
           made->asked.use.function == OTR_FUNCTION_TIME_BELOW;
}

static bool moment_agrees(const moment *at, otr_value *should)
{
    const scenario *made = at->made;
    otr_time start = start_of(at);
    size_t first = history_first(at->past, start);
    if (agrees_with(at, start, first, should))
        return true;
    if (made->density == SPARSE)
        return false;
    otr_time cell = (made->asked.use.span + 31) / 32;
    switch (made->shape.kind) {
    case OTR_WINDOW_CELLS:
    case OTR_WINDOW_TREND:
    case OTR_WINDOW_TRACK:
        return agrees_with_some_first(at, start, cell);
    case OTR_WINDOW_LIMIT:
        return is_within_cell(at, start, cell) && (is_time(made) || is_between(at, start, cell));
    case OTR_WINDOW_MKT:
        return is_near_mkt(at, start, first, cell);
    case OTR_WINDOW_PULSE:
    case OTR_WINDOW_FALL:
        return is_between(at, start, cell);
    default:
        return false;
    }
}

static void tell(const otr_value *value, otr_status status, char *text, size_t size)
{
    if (status != OTR_OK)
        (void)snprintf(text, size, "%s", otr_status_text(status));
    else if (value->type == OTR_TYPE_DOUBLE)
        (void)snprintf(text, size, "%.17g", value->number);
    else
        (void)snprintf(text, size, "%lld", (long long)value->integer);
}

static void report(const moment *at, size_t index, char *text, size_t size)
{
    char is[40];
    char wanted[40];
    otr_value should;
    otr_time start = start_of(at);
    otr_status status = should_be(at, start, history_first(at->past, start), &should);
    tell(&at->value, at->status, is, sizeof is);
    tell(&should, status, wanted, sizeof wanted);
    (void)snprintf(text, size, "%s after reading %zu, %lld us later: is %s, should be %s",
                   function_name(at->made->asked.use.function), index,
                   (long long)(at->now - at->made->readings[index].at), is, wanted);
}

bool scenario_agrees(const scenario *made, bug planted, uint64_t seed, char *text, size_t size)
{
    void *state = scenario_state(&made->shape);
    bool agrees = true;
    for (size_t i = 0; i < made->count && agrees; i++) {
        otr_window_add(&made->shape, state, &made->readings[i]);
        if (made->density == DENSE && random_between(&seed, 0, 3) != 0)
            continue;
        for (int turn = 0; turn < 3 && agrees; turn++) {
            moment at = {.made = made, .past = {made->readings, i + 1}, .planted = planted};
            otr_value should;
            at.now = scenario_now(made, i, &seed);
            at.status = scenario_ask(made, state, at.now, &at.value);
            agrees = moment_agrees(&at, &should);
            if (!agrees)
                report(&at, i, text, size);
        }
    }
    free(state);
    return agrees;
}
