#include "core/window/window.h"

#include "core/window/window_kinds.h"

#include <math.h>

static const otr_window_ops *const kinds[OTR_WINDOW_KINDS] = {
    [OTR_WINDOW_CELLS] = &otr_window_stats_ops,     [OTR_WINDOW_MEDIAN] = &otr_window_median_ops,
    [OTR_WINDOW_CHANGE] = &otr_window_change_ops,   [OTR_WINDOW_TREND] = &otr_window_trend_ops,
    [OTR_WINDOW_LIMIT] = &otr_window_limit_ops,     [OTR_WINDOW_MKT] = &otr_window_mkt_ops,
    [OTR_WINDOW_PLACE] = &otr_window_place_ops,     [OTR_WINDOW_TRACK] = &otr_window_track_ops,
    [OTR_WINDOW_PULSE] = &otr_window_pulse_ops,     [OTR_WINDOW_FALL] = &otr_window_pulse_ops,
    [OTR_WINDOW_ANOMALY] = &otr_window_anomaly_ops, [OTR_WINDOW_ROUTE] = &otr_window_route_ops,
    [OTR_WINDOW_STILL] = &otr_window_still_ops,
};

const otr_window_ops *otr_window_ops_of(const otr_window_shape *shape)
{
    return kinds[shape->kind];
}

size_t otr_window_words(const otr_window_layout *layout)
{
    size_t words = 1 + layout->head_count + layout->own_count;
    for (uint32_t i = 0; i < layout->ring_count; i++)
        words += otr_cells_size(&layout->rings[i].shape);
    return words;
}

size_t otr_window_bytes(const otr_window_shape *shape)
{
    const otr_window_ops *ops = otr_window_ops_of(shape);
    otr_window_layout layout = {0};
    if (ops == NULL)
        return 0;
    ops->layout(shape, &layout);
    return otr_window_words(&layout) * sizeof(otr_word);
}

void otr_window_init(const otr_window_shape *shape, void *state)
{
    size_t size = otr_window_bytes(shape);
    if (size == 0)
        return;
    memset(state, 0, size);
    ((otr_window_state *)state)->newest = OTR_TIME_NONE;
    if (otr_window_ops_of(shape)->init != NULL)
        otr_window_ops_of(shape)->init(state);
}

bool otr_window_is_place(double latitude, double longitude)
{
    return fabs(latitude) <= 90 && fabs(longitude) <= 360;
}

static bool is_readable(const otr_value *value)
{
    switch (value->type) {
    case OTR_TYPE_DOUBLE:
        return fabs(value->number) <= OTR_WINDOW_NUMBER_MAX;
    case OTR_TYPE_LOCATION:
        return otr_window_is_place(value->location.latitude, value->location.longitude);
    default:
        return value->type == OTR_TYPE_BOOL || value->type == OTR_TYPE_STRING;
    }
}

static bool takes(const otr_window_shape *shape, const otr_window_ops *ops, const otr_value *value)
{
    bool any = ops->takes == OTR_TYPE_DYN ||
               (shape->kind == OTR_WINDOW_CELLS && shape->needs == UINT32_C(1) << OTR_FUNCTION_COUNT);
    return is_readable(value) && (any || value->type == ops->takes);
}

static bool is_in_time(const otr_window_state *state, otr_time at)
{
    return at >= state->newest && at > -OTR_WINDOW_TIME_MAX && at < OTR_WINDOW_TIME_MAX;
}

void otr_window_add(const otr_window_shape *shape, void *state, const otr_window_reading *reading)
{
    const otr_window_ops *ops = otr_window_ops_of(shape);
    otr_window_state *base = state;
    if (ops == NULL || !takes(shape, ops, &reading->value) || !is_in_time(base, reading->at))
        return;
    ops->add(shape, state, reading);
    base->newest = reading->at;
}

static otr_time within_range(otr_time now)
{
    return now < OTR_WINDOW_TIME_MAX ? now : OTR_WINDOW_TIME_MAX - 1;
}

otr_status otr_window_ask(const otr_window_shape *shape, const void *state, const otr_use *use,
                          const otr_window_place *place, otr_time now, otr_value *out)
{
    const otr_window_ops *ops = otr_window_ops_of(shape);
    OTR_ASSERT(ops != NULL);
    if (((const otr_window_state *)state)->newest == OTR_TIME_NONE)
        return OTR_UNKNOWN;
    otr_status status = ops->ask(shape, state, use, place, within_range(now), out);
    if (status == OTR_OK && out->type == OTR_TYPE_DOUBLE && !isfinite(out->number))
        return OTR_UNKNOWN;
    return status;
}

otr_time otr_window_ramp(otr_time since, const otr_time *spans, size_t span_count, otr_time now)
{
    otr_time next = OTR_TIME_NEVER;
    for (size_t i = 0; i < span_count; i++) {
        next = otr_window_soonest(next, otr_time_add(since, spans[i]), now);
        next = otr_window_soonest(next, otr_time_add(otr_time_add(since, spans[i]), 1), now);
    }
    return next;
}

otr_time otr_window_until(const otr_window_reading *reading)
{
    if (reading->valid_for <= 0)
        return OTR_WINDOW_TIME_MAX;
    return otr_window_earlier(otr_time_add(reading->at, reading->valid_for), OTR_WINDOW_TIME_MAX);
}

otr_time otr_window_next(const otr_window_shape *shape, const void *state, const otr_use *use,
                         const otr_window_reading *newest, const otr_time *spans, size_t span_count,
                         otr_time now)
{
    if (use->function == OTR_FUNCTION_AGE)
        return newest == NULL ? OTR_TIME_NEVER : otr_window_ramp(newest->at, spans, span_count, now);
    const otr_window_ops *ops = otr_window_ops_of(shape);
    if (ops == NULL || now >= OTR_WINDOW_TIME_MAX ||
        ((const otr_window_state *)state)->newest == OTR_TIME_NONE)
        return OTR_TIME_NEVER;
    otr_time next = ops->next(shape, state, use, spans, span_count, now);
    return next < OTR_WINDOW_TIME_MAX ? next : OTR_TIME_NEVER;
}
