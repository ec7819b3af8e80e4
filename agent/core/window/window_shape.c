#include "core/window/window.h"

/* One row a function that keeps something. */
typedef struct shape_row {
    otr_window_kind kind;
    bool needs; /* says which of the kind's functions is asked */
    bool spans; /* its state depends on the span */
} shape_row;

static const shape_row rows[OTR_FUNCTIONS] = {
    [OTR_FUNCTION_AVG] = {OTR_WINDOW_CELLS, true, true},
    [OTR_FUNCTION_MIN] = {OTR_WINDOW_CELLS, true, true},
    [OTR_FUNCTION_MAX] = {OTR_WINDOW_CELLS, true, true},
    [OTR_FUNCTION_COUNT] = {OTR_WINDOW_CELLS, true, true},
    [OTR_FUNCTION_SUM] = {OTR_WINDOW_CELLS, true, true},
    [OTR_FUNCTION_DELTA] = {OTR_WINDOW_CELLS, true, true},
    [OTR_FUNCTION_RATE] = {OTR_WINDOW_CELLS, true, true},
    [OTR_FUNCTION_STDDEV] = {OTR_WINDOW_CELLS, true, true},
    [OTR_FUNCTION_MEDIAN] = {OTR_WINDOW_MEDIAN, false, true},
    [OTR_FUNCTION_CHANGED] = {OTR_WINDOW_CHANGE, false, false},
    [OTR_FUNCTION_PREDICT] = {OTR_WINDOW_TREND, false, true},
    [OTR_FUNCTION_TIME_ABOVE] = {OTR_WINDOW_LIMIT, true, true},
    [OTR_FUNCTION_TIME_BELOW] = {OTR_WINDOW_LIMIT, true, true},
    [OTR_FUNCTION_LONGEST_ABOVE] = {OTR_WINDOW_LIMIT, true, true},
    [OTR_FUNCTION_LONGEST_BELOW] = {OTR_WINDOW_LIMIT, true, true},
    [OTR_FUNCTION_MKT] = {OTR_WINDOW_MKT, false, true},
    [OTR_FUNCTION_ANOMALY] = {OTR_WINDOW_ANOMALY, false, false},
    [OTR_FUNCTION_DWELL] = {OTR_WINDOW_PLACE, false, false},
    [OTR_FUNCTION_SPEED] = {OTR_WINDOW_TRACK, true, true},
    [OTR_FUNCTION_HEADING] = {OTR_WINDOW_TRACK, true, true},
    [OTR_FUNCTION_ETA] = {OTR_WINDOW_TRACK, true, true},
    [OTR_FUNCTION_PEAK] = {OTR_WINDOW_CELLS, true, true},
    [OTR_FUNCTION_DURATION] = {OTR_WINDOW_LIMIT, true, true},
    [OTR_FUNCTION_DELTA_V] = {OTR_WINDOW_PULSE, false, true},
    [OTR_FUNCTION_DROP_HEIGHT] = {OTR_WINDOW_FALL, false, true},
    [OTR_FUNCTION_PROGRESS] = {OTR_WINDOW_ROUTE, false, false},
    [OTR_FUNCTION_OFF_ROUTE] = {OTR_WINDOW_ROUTE, false, false},
    [OTR_FUNCTION_AT_STOP] = {OTR_WINDOW_ROUTE, false, false},
    [OTR_FUNCTION_STOP] = {OTR_WINDOW_ROUTE, false, false},
    [OTR_FUNCTION_OVERSTAY] = {OTR_WINDOW_ROUTE, false, false},
    [OTR_FUNCTION_ARRIVAL] = {OTR_WINDOW_ROUTE, false, false},
    [OTR_FUNCTION_ARRIVAL_ERROR] = {OTR_WINDOW_ROUTE, false, false},
    [OTR_FUNCTION_STOPPED] = {OTR_WINDOW_STILL, false, false},
};

otr_window_shape otr_window_shape_of(const otr_use *use, double limit, const otr_window_place *place,
                                     double unit)
{
    const shape_row *row = &rows[use->function];
    otr_window_shape shape = {.kind = row->kind};
    if (row->needs)
        shape.needs = UINT32_C(1) << use->function;
    if (row->spans)
        shape.span = use->span;
    shape.below = use->function == OTR_FUNCTION_TIME_BELOW || use->function == OTR_FUNCTION_LONGEST_BELOW;
    shape.magnitude = use->function == OTR_FUNCTION_DURATION;
    if (row->kind == OTR_WINDOW_LIMIT || row->kind == OTR_WINDOW_PULSE)
        shape.limit = limit;
    if (row->kind == OTR_WINDOW_PULSE || row->kind == OTR_WINDOW_FALL)
        shape.unit = unit;
    if (row->kind == OTR_WINDOW_PLACE && place != NULL)
        shape.place = *place;
    return shape;
}

bool otr_window_join(otr_window_shape *shape, const otr_window_shape *other)
{
    if (shape->kind != other->kind || shape->span != other->span || shape->below != other->below ||
        shape->magnitude != other->magnitude || shape->limit != other->limit || shape->unit != other->unit ||
        shape->route != other->route || !otr_area_same(&shape->place, &other->place))
        return false;
    shape->needs |= other->needs;
    return true;
}
