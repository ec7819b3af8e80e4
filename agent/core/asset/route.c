#include "core/asset/route.h"

#include "base/hash.h"

#include <math.h>
#include <string.h>

/* The part of one leg that lies within the bounds: shares of the leg. */
static bool cut_leg(const otr_route *route, size_t leg, double from_m, double to_m, double *first,
                    double *last)
{
    double begin = route->along_m[leg];
    double length = route->along_m[leg + 1] - begin;
    if (begin > to_m || begin + length < from_m)
        return false;
    *first = length > 0 ? fmax(0, (from_m - begin) / length) : 0;
    *last = length > 0 ? fmin(1, (to_m - begin) / length) : 0;
    return true;
}

static otr_geo_point between(const otr_route *route, size_t leg, double share)
{
    const otr_geo_point *a = &route->line[leg];
    const otr_geo_point *b = &route->line[leg + 1];
    double turn = b->longitude - a->longitude;
    turn -= 360 * round(turn / 360);
    return (otr_geo_point){a->latitude + share * (b->latitude - a->latitude), a->longitude + share * turn};
}

otr_route_spot otr_route_nearest(const otr_route *route, double from_m, double to_m, double latitude,
                                 double longitude)
{
    otr_route_spot nearest = {.along_m = from_m, .off_m = INFINITY};
    for (size_t leg = 0; leg + 1 < route->line_count; leg++) {
        double first;
        double last;
        double share;
        if (!cut_leg(route, leg, from_m, to_m, &first, &last))
            continue;
        double off = otr_geo_line_m(between(route, leg, first), between(route, leg, last), latitude,
                                    longitude, &share);
        if (off >= nearest.off_m)
            continue;
        double length = route->along_m[leg + 1] - route->along_m[leg];
        nearest.off_m = off;
        nearest.along_m = route->along_m[leg] + (first + share * (last - first)) * length;
    }
    return nearest;
}

static bool same_stop(const otr_route_stop *a, const otr_route_stop *b)
{
    return otr_area_same(&a->area, &b->area) && a->dwell == b->dwell && a->dwell_max == b->dwell_max;
}

bool otr_route_same(const otr_route *a, const otr_route *b)
{
    if (a == NULL || b == NULL)
        return a == b;
    if (a->line_count != b->line_count || a->stop_count != b->stop_count || a->corridor_m != b->corridor_m ||
        a->speed_mps != b->speed_mps || memcmp(a->line, b->line, a->line_count * sizeof *a->line) != 0)
        return false;
    for (size_t i = 0; i < a->stop_count; i++)
        if (!same_stop(&a->stops[i], &b->stops[i]))
            return false;
    return true;
}

uint64_t otr_route_hash(uint64_t seed, const otr_route *route)
{
    double numbers[2] = {route->corridor_m, route->speed_mps};
    uint64_t key = otr_hash64(seed, route->line_count, route->line, route->line_count * sizeof *route->line);
    key = otr_hash64(key, route->stop_count, numbers, sizeof numbers);
    for (size_t i = 0; i < route->stop_count; i++) {
        otr_time spans[2] = {route->stops[i].dwell, route->stops[i].dwell_max};
        key = otr_hash64(otr_area_hash(key, &route->stops[i].area), i, spans, sizeof spans);
    }
    return key;
}
