/* Places: a circle, or a polygon as GeoJSON (RFC 7946) has it, longitude first. */
#include "base/limits.h"
#include "core/asset/assignment_build.h"
#include "rules/load/words.h"

static const double default_radius_m = 100.0;
enum { RING_POINTS_MIN = 4 }; /* three corners, and the first again */

static otr_status read_degrees(const otr_assignment_build *build, const otr_yaml *node, const char *what,
                               double limit, double *out)
{
    otr_status status = otr_yaml_double(node, out, build->error);
    if (status == OTR_OK && !(*out >= -limit && *out <= limit))
        return otr_build_fail(build, node, "%s is out of range, expected %g to %g degrees", what, -limit,
                              limit);
    return status;
}

static otr_status need_degrees(const otr_assignment_build *build, const otr_yaml *place, const char *key,
                               double limit, double *out)
{
    const otr_yaml *node;
    otr_status status = otr_yaml_need(place, key, &node, build->error);
    return status == OTR_OK ? read_degrees(build, node, key, limit, out) : status;
}

static otr_status read_point(const otr_assignment_build *build, const otr_yaml *node, bool longitude_first,
                             otr_geo_point *out)
{
    if (node->kind != OTR_YAML_LIST || otr_yaml_count(node) != 2)
        return otr_build_fail(build, node, "a point is %s",
                              longitude_first ? "[longitude, latitude]" : "[latitude, longitude]");
    const otr_yaml *latitude = longitude_first ? node->first->next : node->first;
    const otr_yaml *longitude = longitude_first ? node->first : node->first->next;
    otr_status status = read_degrees(build, latitude, "latitude", 90, &out->latitude);
    return status == OTR_OK ? read_degrees(build, longitude, "longitude", 180, &out->longitude) : status;
}

otr_status otr_build_points(const otr_assignment_build *build, const otr_yaml *node, bool longitude_first,
                            size_t count_min, size_t count_max, otr_geo_point *out)
{
    otr_status status = otr_yaml_kind_is(node, OTR_YAML_LIST, build->error);
    size_t count = otr_yaml_count(node);
    if (status == OTR_OK && (count < count_min || count > count_max))
        return otr_build_fail(build, node, "%zu points, expected %zu to %zu", count, count_min, count_max);
    for (const otr_yaml *entry = node->first; entry != NULL && status == OTR_OK; entry = entry->next)
        status = read_point(build, entry, longitude_first, out++);
    return status;
}

/* Where one edge is wider than half the Earth, the other way round was meant: across the 180th meridian. */
static otr_status check_ring(const otr_assignment_build *build, const otr_yaml *node,
                             const otr_geo_point *points, size_t count)
{
    if (points[0].latitude != points[count - 1].latitude ||
        points[0].longitude != points[count - 1].longitude)
        return otr_build_fail(build, node, "a ring of a polygon ends at the point where it begins");
    for (size_t i = 1; i < count; i++)
        if (points[i].longitude - points[i - 1].longitude > 180 ||
            points[i].longitude - points[i - 1].longitude < -180)
            return otr_build_fail(build, node, "a polygon does not cross the 180th meridian");
    return OTR_OK;
}

static otr_status build_rings(const otr_assignment_build *build, const otr_yaml *node, otr_polygon *out)
{
    size_t total = 0;
    size_t used = 0;
    for (const otr_yaml *ring = node->first; ring != NULL; ring = ring->next) {
        total += otr_yaml_count(ring);
        if (total > OTR_LIMIT_POLYGON_POINTS)
            return otr_build_fail(build, ring, "a polygon has at most %d points", OTR_LIMIT_POLYGON_POINTS);
    }
    otr_geo_point *points = otr_arena_array(build->memory, total, sizeof *points);
    uint32_t *ends = otr_arena_array(build->memory, otr_yaml_count(node), sizeof *ends);
    if (points == NULL || ends == NULL)
        return otr_build_memory(build);
    out->points = points;
    out->ends = ends;
    for (const otr_yaml *ring = node->first; ring != NULL; ring = ring->next) {
        size_t count = otr_yaml_count(ring);
        otr_status status = otr_build_points(build, ring, true, RING_POINTS_MIN, total, points + used);
        if (status == OTR_OK)
            status = check_ring(build, ring, points + used, count);
        if (status != OTR_OK)
            return status;
        used += count;
        ends[out->ring_count++] = (uint32_t)used;
    }
    return OTR_OK;
}

/* The middle of the box around it: what a map would be centred on. */
static void find_middle(otr_place *place)
{
    const otr_polygon *polygon = place->polygon;
    OTR_ASSERT(polygon->points != NULL && polygon->ends != NULL);
    otr_geo_point low = polygon->points[0];
    otr_geo_point high = low;
    for (uint32_t i = 1; i < polygon->ends[0]; i++) {
        const otr_geo_point *point = &polygon->points[i];
        low.latitude = point->latitude < low.latitude ? point->latitude : low.latitude;
        low.longitude = point->longitude < low.longitude ? point->longitude : low.longitude;
        high.latitude = point->latitude > high.latitude ? point->latitude : high.latitude;
        high.longitude = point->longitude > high.longitude ? point->longitude : high.longitude;
    }
    place->latitude = (low.latitude + high.latitude) / 2;
    place->longitude = (low.longitude + high.longitude) / 2;
}

/* {type: Polygon, coordinates: [[[longitude, latitude], ...], holes ...]} */
static otr_status build_polygon(const otr_assignment_build *build, const otr_yaml *node, otr_place *out)
{
    static const char *const known[] = {"type", "coordinates", NULL};
    const otr_yaml *type = NULL;
    const otr_yaml *coordinates = NULL;
    otr_status status = otr_yaml_need(node, "type", &type, build->error);
    if (status == OTR_OK)
        status = otr_yaml_need(node, "coordinates", &coordinates, build->error);
    if (status == OTR_OK)
        status = otr_yaml_only(node, known, build->error);
    if (status != OTR_OK)
        return status;
    if (!otr_str_is(type->text, "Polygon"))
        return otr_build_fail(build, type, "a place's geometry is of the type Polygon");
    status = otr_yaml_kind_is(coordinates, OTR_YAML_LIST, build->error);
    if (status == OTR_OK && coordinates->first == NULL)
        return otr_build_fail(build, coordinates, "a polygon has one ring at the least");
    otr_polygon *polygon = otr_arena_array(build->memory, 1, sizeof *polygon);
    if (polygon == NULL)
        return otr_build_memory(build);
    *polygon = (otr_polygon){0};
    if (status == OTR_OK)
        status = build_rings(build, coordinates, polygon);
    if (status != OTR_OK)
        return status;
    out->polygon = polygon;
    out->radius_m = 0;
    find_middle(out);
    return OTR_OK;
}

static otr_status build_circle(const otr_assignment_build *build, const otr_yaml *node, otr_place *out)
{
    const otr_yaml *radius = otr_yaml_get(node, "radius");
    otr_status status = need_degrees(build, node, "latitude", 90, &out->latitude);
    if (status == OTR_OK)
        status = need_degrees(build, node, "longitude", 180, &out->longitude);
    out->radius_m = default_radius_m;
    if (status == OTR_OK && radius != NULL)
        status = otr_yaml_double(radius, &out->radius_m, build->error);
    if (status == OTR_OK && radius != NULL && !(out->radius_m > 0))
        return otr_build_fail(build, radius, "a radius is more than 0 metres");
    return status;
}

otr_status otr_build_area(const otr_assignment_build *build, const otr_yaml *node, otr_place *out)
{
    const otr_yaml *polygon = otr_yaml_get(node, "polygon");
    *out = (otr_place){.name = out->name};
    if (polygon == NULL)
        return build_circle(build, node, out);
    if (otr_yaml_get(node, "latitude") != NULL || otr_yaml_get(node, "longitude") != NULL ||
        otr_yaml_get(node, "radius") != NULL)
        return otr_build_fail(build, polygon, "a place is a polygon, or a circle, not both");
    return build_polygon(build, polygon, out);
}

otr_status otr_build_place_name(const otr_assignment_build *build, otr_str text, int line, int column,
                                otr_str *out)
{
    if (!otr_word_is_slug(text))
        return otr_fail_at(build->error, OTR_INVALID, line, column,
                           "a place's name has small letters, digits, _ and - only, at most 64");
    *out = otr_arena_copy(build->memory, text);
    return out->data != NULL ? OTR_OK : otr_build_memory(build);
}

static otr_status build_place(const otr_assignment_build *build, const otr_yaml *node, otr_place *out)
{
    static const char *const known[] = {"latitude", "longitude", "radius", "polygon", NULL};
    otr_status status = otr_build_place_name(build, node->key, node->key_line, node->key_column, &out->name);
    if (status == OTR_OK)
        status = otr_build_area(build, node, out);
    return status == OTR_OK ? otr_yaml_only(node, known, build->error) : status;
}

otr_status otr_build_places(const otr_assignment_build *build, const otr_yaml *node, size_t room,
                            otr_place_list *out)
{
    otr_status status = node != NULL ? otr_yaml_kind_is(node, OTR_YAML_MAP, build->error) : OTR_OK;
    if (status != OTR_OK)
        return status;
    size_t count = node != NULL ? otr_yaml_count(node) : 0;
    out->list = otr_arena_array(build->memory, count + room, sizeof *out->list);
    if (out->list == NULL)
        return otr_build_memory(build);
    for (const otr_yaml *entry = node != NULL ? node->first : NULL; entry != NULL && status == OTR_OK;
         entry = entry->next)
        status = build_place(build, entry, &out->list[out->count++]);
    return status;
}
