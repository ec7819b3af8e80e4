#include "base/area.h"

#include "base/geo.h"
#include "base/hash.h"

#include <math.h>
#include <string.h>

static const double radians_per_degree = 3.14159265358979323846 / 180;
static const double metres_per_degree = 6371008.8 * 3.14159265358979323846 / 180;

static double short_way(double longitude)
{
    return longitude - 360 * round(longitude / 360);
}

/* In a plane that touches at the point: exact near it, and only the nearest part of a line counts. */
double otr_geo_line_m(otr_geo_point a, otr_geo_point b, double latitude, double longitude, double *share)
{
    double shrink = cos(latitude * radians_per_degree);
    double from_x = short_way(a.longitude - longitude) * shrink;
    double from_y = a.latitude - latitude;
    double way_x = short_way(b.longitude - a.longitude) * shrink;
    double way_y = b.latitude - a.latitude;
    double square = way_x * way_x + way_y * way_y;
    double at = square > 0 ? -(from_x * way_x + from_y * way_y) / square : 0;
    at = at > 0 ? fmin(at, 1) : 0;
    if (share != NULL)
        *share = at;
    return metres_per_degree * hypot(from_x + at * way_x, from_y + at * way_y);
}

/* Crossings of the ring by the parallel to the east of the point: odd inside. */
static bool ring_holds(const otr_geo_point *ring, uint32_t count, double latitude, double longitude)
{
    bool inside = false;
    for (uint32_t i = 1; i < count; i++) {
        const otr_geo_point *a = &ring[i - 1];
        const otr_geo_point *b = &ring[i];
        if ((a->latitude > latitude) == (b->latitude > latitude))
            continue;
        double share = (latitude - a->latitude) / (b->latitude - a->latitude);
        if (longitude < a->longitude + share * (b->longitude - a->longitude))
            inside = !inside;
    }
    return inside;
}

static bool polygon_holds(const otr_polygon *polygon, double latitude, double longitude)
{
    bool inside = false;
    uint32_t from = 0;
    for (uint32_t i = 0; i < polygon->ring_count; from = polygon->ends[i++])
        if (ring_holds(polygon->points + from, polygon->ends[i] - from, latitude, longitude))
            inside = !inside;
    return inside;
}

static double polygon_edge_m(const otr_polygon *polygon, double latitude, double longitude)
{
    double nearest = INFINITY;
    uint32_t from = 0;
    for (uint32_t ring = 0; ring < polygon->ring_count; from = polygon->ends[ring++])
        for (uint32_t i = from + 1; i < polygon->ends[ring]; i++)
            nearest = fmin(nearest, otr_geo_line_m(polygon->points[i - 1], polygon->points[i], latitude,
                                                   longitude, NULL));
    return nearest;
}

/* Readings may give 0 to 360 degrees. */
static double east_or_west(double longitude)
{
    return longitude > 180 ? longitude - 360 : longitude < -180 ? longitude + 360 : longitude;
}

bool otr_area_holds(const otr_area *area, double latitude, double longitude)
{
    if (area->polygon != NULL)
        return polygon_holds(area->polygon, latitude, east_or_west(longitude));
    return otr_area_distance_m(area, latitude, longitude) <= area->radius_m;
}

double otr_area_distance_m(const otr_area *area, double latitude, double longitude)
{
    if (area->polygon == NULL)
        return otr_geo_distance_m(latitude, longitude, area->latitude, area->longitude);
    if (polygon_holds(area->polygon, latitude, east_or_west(longitude)))
        return 0;
    return polygon_edge_m(area->polygon, latitude, longitude);
}

double otr_area_outside_m(const otr_area *area, double latitude, double longitude)
{
    return fmax(0, otr_area_distance_m(area, latitude, longitude) - area->radius_m);
}

static uint32_t point_count(const otr_polygon *polygon)
{
    return polygon->ends[polygon->ring_count - 1];
}

static bool same_polygon(const otr_polygon *a, const otr_polygon *b)
{
    if (a == NULL || b == NULL)
        return a == b;
    return a->ring_count == b->ring_count && memcmp(a->ends, b->ends, a->ring_count * sizeof *a->ends) == 0 &&
           memcmp(a->points, b->points, point_count(a) * sizeof *a->points) == 0;
}

bool otr_area_same(const otr_area *a, const otr_area *b)
{
    return a->latitude == b->latitude && a->longitude == b->longitude && a->radius_m == b->radius_m &&
           same_polygon(a->polygon, b->polygon);
}

static uint64_t hash_number(uint64_t seed, double number)
{
    uint64_t bits;
    memcpy(&bits, &number, sizeof bits);
    return otr_hash64(seed, bits, "", 0);
}

uint64_t otr_area_hash(uint64_t seed, const otr_area *area)
{
    uint64_t key = hash_number(seed, area->latitude);
    key = hash_number(key, area->longitude);
    key = hash_number(key, area->radius_m);
    const otr_polygon *polygon = area->polygon;
    if (polygon == NULL)
        return key;
    key = otr_hash64(key, polygon->ring_count, polygon->ends, polygon->ring_count * sizeof *polygon->ends);
    return otr_hash64(key, 0, polygon->points, point_count(polygon) * sizeof *polygon->points);
}
