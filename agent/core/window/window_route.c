/*
 * progress, off_route, at_stop, stop, overstay, arrival, arrival_error: how far the device has come on its
 * route. It is at a stop from the first fix inside it until the second fix in a row well outside. How far it
 * has come never shrinks; it grows with fixes within the corridor, no faster than anything on the road or, by
 * plan, in the air. Its speed is the mean of what it gained while it moved, by time, the newest half hour
 * weighing most; so is its spread.
 */
#include "core/window/window_kinds.h"

#include "base/geo.h"

#include <math.h>

static const double leave_by = 1.2; /* of the radius, and so many metres: well outside */
static const double leave_beyond_m = 50;
static const double fastest_mps = 70; /* and twice what is planned */
static const double jump_m = 1000;    /* a fix may be off by so much */
static const double back_m = 500;     /* and lie behind where it came to */
static const double moves_mps = 0.5;
static const double slowest_mps = 0.1;
static const double spread_s = 1800;         /* how long the weights of the mean reach back */
static const double settled_s = 300;         /* a mean of less says nothing */
static const double error_planned = 1.0 / 3; /* of the time that is left */
static const double error_least = 0.05;

enum { LEAVES_AFTER = 2 }; /* fixes */

typedef struct travel {
    otr_time newest;
    double latitude; /* of the newest fix */
    double longitude;
    double along_m;   /* how far it has come */
    double off_m;     /* from the line; 0 at a stop */
    otr_time on_at;   /* the last fix that was on the way */
    uint64_t stop;    /* that it visited last, 0 the origin */
    uint64_t at;      /* it is there now */
    uint64_t outside; /* fixes in a row, while it still counts as there */
    otr_time since;   /* it came to that stop or left it */
    double mean_mps;
    double variance;
    double moved_s; /* behind both, at most spread_s */
} travel;

static void layout(const otr_window_shape *shape, otr_window_layout *out)
{
    static const uint8_t head[] = {OTR_WORD_NUMBER, OTR_WORD_NUMBER,   OTR_WORD_POSITIVE, OTR_WORD_POSITIVE,
                                   OTR_WORD_TIME,   OTR_WORD_BITS,     OTR_WORD_FLAG,     OTR_WORD_BITS,
                                   OTR_WORD_TIME,   OTR_WORD_POSITIVE, OTR_WORD_POSITIVE, OTR_WORD_POSITIVE};
    (void)shape;
    out->head_count = sizeof head;
    memcpy(out->head, head, sizeof head);
}

static double seconds_of(otr_time span)
{
    return (double)span / OTR_SECOND;
}

static bool is_there(const otr_route *route, const travel *self)
{
    return self->stop + 1 == route->stop_count;
}

/* ---- stops ---- */

static bool is_well_outside(const otr_area *area, double latitude, double longitude)
{
    return otr_area_distance_m(area, latitude, longitude) > area->radius_m * leave_by + leave_beyond_m;
}

/* The stop that holds the fix, of those not before the last visited: where a route comes by twice, the one
 * nearest to how far it has come. NULL: none. */
static const otr_route_stop *stop_at(const otr_route *route, const travel *self, double latitude,
                                     double longitude)
{
    const otr_route_stop *found = NULL;
    for (size_t i = self->stop; i < route->stop_count; i++) {
        const otr_route_stop *one = &route->stops[i];
        if (found != NULL && fabs(one->along_m - self->along_m) >= fabs(found->along_m - self->along_m))
            continue;
        if (otr_area_holds(&one->area, latitude, longitude))
            found = one;
    }
    return found;
}

static void arrive(const otr_route *route, travel *self, const otr_route_stop *stop, otr_time at)
{
    self->stop = (uint64_t)(stop - route->stops);
    self->at = 1;
    self->outside = 0;
    self->since = at;
    self->along_m = fmax(self->along_m, stop->along_m);
}

/* Whether the fix belongs to a stop. */
static bool take_stop(const otr_route *route, travel *self, double latitude, double longitude, otr_time at)
{
    if (self->at != 0) {
        if (!is_well_outside(&route->stops[self->stop].area, latitude, longitude)) {
            self->outside = 0;
            return true;
        }
        if (++self->outside < LEAVES_AFTER)
            return true;
        self->at = 0;
        self->outside = 0;
        self->since = at;
    }
    const otr_route_stop *stop = stop_at(route, self, latitude, longitude);
    if (stop != NULL)
        arrive(route, self, stop, at);
    return stop != NULL;
}

/* ---- the way ---- */

/* One leg of moving time: the mean of all of it at first, later of the newest. */
static void take_speed(travel *self, double gained_m, double seconds)
{
    double speed = gained_m / seconds;
    double weight = seconds / (self->moved_s + seconds);
    double apart = speed - self->mean_mps;
    self->variance = otr_window_bound_positive((1 - weight) * (self->variance + weight * apart * apart));
    self->mean_mps = otr_window_bound_positive(self->mean_mps + weight * apart);
    self->moved_s = fmin(self->moved_s + seconds, spread_s);
}

static void take_way(const otr_route *route, travel *self, double latitude, double longitude, otr_time at)
{
    bool first = self->newest == OTR_TIME_NONE;
    double reach = jump_m + fmax(fastest_mps, 2 * route->speed_mps) * seconds_of(at - self->on_at);
    otr_route_spot nearest = otr_route_nearest(route, 0, route->length_m, latitude, longitude);
    otr_route_spot ahead =
        first ? nearest
              : otr_route_nearest(route, fmax(0, self->along_m - back_m),
                                  fmin(route->length_m, self->along_m + reach), latitude, longitude);
    self->off_m = nearest.off_m;
    if (ahead.off_m > route->corridor_m)
        return;
    double gained = fmax(0, ahead.along_m - self->along_m);
    double seconds = first ? 0 : seconds_of(at - self->on_at);
    double moved = first ? 0 : otr_geo_distance_m(self->latitude, self->longitude, latitude, longitude);
    if (seconds > 0 && moved > moves_mps * seconds_of(at - self->newest))
        take_speed(self, gained, seconds);
    self->along_m += gained;
    self->on_at = at;
}

static void add(const otr_window_shape *shape, void *state, const otr_window_reading *reading)
{
    travel *self = state;
    const otr_route *route = shape->route;
    if (route == NULL)
        return;
    double latitude = reading->value.location.latitude;
    double longitude = reading->value.location.longitude;
    bool first = self->newest == OTR_TIME_NONE;
    if (first) {
        self->on_at = reading->at;
        self->since = reading->at;
    }
    if (take_stop(route, self, latitude, longitude, reading->at)) {
        self->off_m = 0;
        /* What it gained since the last fix inside took the time since then. */
        if (self->outside == 0)
            self->on_at = reading->at;
    } else if (!is_there(route, self)) {
        take_way(route, self, latitude, longitude, reading->at);
    } else {
        self->off_m = otr_route_nearest(route, 0, route->length_m, latitude, longitude).off_m;
    }
    self->latitude = latitude;
    self->longitude = longitude;
}

/* ---- answers ---- */

/* Until the destination, and how sure that is. */
typedef struct outlook {
    double left_s;
    double error_s;
} outlook;

/* What is planned at stops ahead, and of the one where it is now. */
static double dwell_left_s(const otr_route *route, const travel *self)
{
    double left = 0;
    for (size_t i = self->stop + 1; i + 1 < route->stop_count; i++)
        if (route->stops[i].along_m > self->along_m)
            left += seconds_of(route->stops[i].dwell);
    if (self->at != 0)
        left += fmax(0, seconds_of(route->stops[self->stop].dwell - (self->newest - self->since)));
    return left;
}

static bool look_ahead(const otr_route *route, const travel *self, outlook *out)
{
    bool measured = self->moved_s >= settled_s && self->mean_mps >= slowest_mps;
    double speed = measured ? self->mean_mps : route->speed_mps;
    if (!(speed >= slowest_mps))
        return false;
    double way_s = (route->length_m - self->along_m + self->off_m) / speed;
    double dwell_s = dwell_left_s(route, self);
    /* Half hours differ by the spread, and even out over many; what is planned may be off by a third. */
    double spread = measured ? sqrt(self->variance) / speed : 0;
    double error_s = measured ? spread * sqrt(way_s * fmin(way_s, spread_s)) : way_s * error_planned;
    out->left_s = way_s + dwell_s;
    out->error_s = fmax(error_s, way_s * error_least) + dwell_s / 2;
    return true;
}

static otr_status tell_time(otr_time at, otr_value *out)
{
    *out = (otr_value){.type = OTR_TYPE_TIMESTAMP, .time = at};
    return OTR_OK;
}

static otr_status ask_arrival(const otr_route *route, const travel *self, otr_function function,
                              otr_value *out)
{
    outlook ahead = {0};
    bool arrival = function == OTR_FUNCTION_ARRIVAL;
    if (is_there(route, self))
        return arrival ? tell_time(self->at != 0 ? self->since : self->on_at, out)
                       : otr_window_duration(0, out);
    if (!look_ahead(route, self, &ahead))
        return OTR_UNKNOWN;
    if (arrival)
        return tell_time(self->newest + (otr_time)(ahead.left_s * OTR_SECOND), out);
    return otr_window_duration((otr_time)(ahead.error_s * OTR_SECOND), out);
}

static otr_time leaves_latest(const otr_route *route, const travel *self)
{
    const otr_route_stop *stop = &route->stops[self->stop];
    return self->at != 0 && stop->dwell_max > 0 ? self->since + stop->dwell_max : OTR_TIME_NEVER;
}

static bool is_between_ends(const otr_route *route, const travel *self)
{
    return self->stop > 0 && !is_there(route, self);
}

static otr_status ask(const otr_window_shape *shape, const void *state, const otr_use *use,
                      const otr_window_place *place, otr_time now, otr_value *out)
{
    (void)place;
    const travel *self = state;
    const otr_route *route = shape->route;
    if (route == NULL)
        return OTR_UNKNOWN;
    switch (use->function) {
    case OTR_FUNCTION_PROGRESS:
        return otr_window_number(is_there(route, self) ? 1 : self->along_m / route->length_m, out);
    case OTR_FUNCTION_OFF_ROUTE:
        return otr_window_number(self->off_m, out);
    case OTR_FUNCTION_AT_STOP:
        *out = (otr_value){.type = OTR_TYPE_BOOL, .flag = self->at != 0 && is_between_ends(route, self)};
        return OTR_OK;
    case OTR_FUNCTION_STOP:
        *out = (otr_value){.type = OTR_TYPE_INT, .integer = (int64_t)self->stop};
        return OTR_OK;
    case OTR_FUNCTION_OVERSTAY:
        return otr_window_duration(leaves_latest(route, self) < now ? now - leaves_latest(route, self) : 0,
                                   out);
    default:
        return ask_arrival(route, self, use->function, out);
    }
}

static otr_time next(const otr_window_shape *shape, const void *state, const otr_use *use,
                     const otr_time *spans, size_t span_count, otr_time now)
{
    const travel *self = state;
    if (shape->route == NULL || use->function != OTR_FUNCTION_OVERSTAY)
        return OTR_TIME_NEVER;
    otr_time latest = leaves_latest(shape->route, self);
    return latest == OTR_TIME_NEVER ? latest : otr_window_ramp(latest, spans, span_count, now);
}

static bool valid(const otr_window_shape *shape, const void *state)
{
    const travel *self = state;
    const otr_route *route = shape->route;
    if (route == NULL)
        return false;
    return otr_window_is_place(self->latitude, self->longitude) && self->along_m <= route->length_m &&
           self->stop < route->stop_count && self->outside < LEAVES_AFTER &&
           (self->at != 0 || self->outside == 0) && self->on_at <= self->newest &&
           self->since <= self->newest && self->moved_s <= spread_s;
}

const otr_window_ops otr_window_route_ops = {
    .layout = layout, .add = add, .ask = ask, .next = next, .valid = valid, .takes = OTR_TYPE_LOCATION};
