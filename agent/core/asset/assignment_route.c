/* The route of an asset. Its places are places of the asset, under their own names and by what they are:
 * "origin", "destination". */
#include "base/geo.h"
#include "base/limits.h"
#include "core/asset/assignment_build.h"
#include "rules/load/nearest.h"

static const double default_corridor_km = 5;
static const double metres_per_km = 1000;
static const double seconds_per_hour = 3600;
static const double length_min_m = 100; /* a shorter way has no share that a fix could tell */
static const double corridor_max_km = 1000;
static const double speed_max_kmh = 2000;

enum { ENDS = 2 };

/* What is known while one route is read. */
typedef struct way {
    const otr_assignment_build *build;
    otr_place_list *places;
    otr_route_stop *stops;
    size_t stop_count;
} way;

size_t otr_build_route_room(const otr_yaml *node)
{
    const otr_yaml *stops = node != NULL ? otr_yaml_get(node, "stops") : NULL;
    if (node == NULL)
        return 0;
    return (size_t)2 * ENDS + (stops != NULL ? otr_yaml_count(stops) : 0);
}

static const otr_place *find_place(const way *self, otr_str name)
{
    for (size_t i = 0; i < self->places->count; i++)
        if (otr_str_equal(self->places->list[i].name, name))
            return &self->places->list[i];
    return NULL;
}

/* One of the asset's places, by its name. */
static otr_status take_named(const way *self, const otr_yaml *node, const otr_place **out)
{
    otr_str name;
    otr_status status = otr_yaml_text(node, &name, self->build->error);
    if (status != OTR_OK)
        return status;
    *out = find_place(self, name);
    if (*out != NULL)
        return OTR_OK;
    otr_nearest nearest = {0};
    for (size_t i = 0; i < self->places->count; i++)
        otr_nearest_offer(&nearest, name, self->places->list[i].name);
    return otr_build_fail(self->build, node, "there is no place %.*s%s%.*s%s", OTR_STR_ARG(name),
                          OTR_NEAREST_ARG(nearest));
}

/* A place that is described where the route names it. */
static otr_status make_place(const way *self, const otr_yaml *node, const otr_yaml *name,
                             const otr_place **out)
{
    otr_place *made = &self->places->list[self->places->count];
    otr_str text;
    otr_status status = otr_yaml_text(name, &text, self->build->error);
    if (status == OTR_OK)
        status = otr_build_place_name(self->build, text, name->line, name->column, &made->name);
    if (status == OTR_OK && find_place(self, text) != NULL)
        return otr_build_fail(self->build, name, "the place %.*s is here twice", OTR_STR_ARG(text));
    if (status == OTR_OK)
        status = otr_build_area(self->build, node, made);
    if (status == OTR_OK)
        self->places->count++;
    *out = made;
    return status;
}

static otr_status read_dwell(const way *self, const otr_yaml *node, const char *key, otr_time *out)
{
    const otr_yaml *span = otr_yaml_get(node, key);
    otr_status status = span != NULL ? otr_yaml_span(span, out, self->build->error) : OTR_OK;
    if (status == OTR_OK && span != NULL && *out <= 0)
        return otr_build_fail(self->build, span, "%s is more than 0", key);
    return status;
}

/* NAME, or {place: NAME}, or {name: NAME, latitude: ...}; a stop says how long it takes, too. */
static otr_status take_place(const way *self, const otr_yaml *node, bool stop, const otr_place **out)
{
    static const char *const ends[] = {"place", "name", "latitude", "longitude", "radius", "polygon", NULL};
    static const char *const stops[] = {"place",   "name",  "latitude",  "longitude", "radius",
                                        "polygon", "dwell", "dwell_max", NULL};
    const otr_yaml *named = otr_yaml_get(node, "place");
    const otr_yaml *name = NULL;
    if (node->kind == OTR_YAML_SCALAR)
        return take_named(self, node, out);
    otr_status status = otr_yaml_kind_is(node, OTR_YAML_MAP, self->build->error);
    if (status == OTR_OK)
        status = otr_yaml_only(node, stop ? stops : ends, self->build->error);
    if (status == OTR_OK && named != NULL)
        return take_named(self, named, out);
    if (status == OTR_OK)
        status = otr_yaml_need(node, "name", &name, self->build->error);
    return status == OTR_OK ? make_place(self, node, name, out) : status;
}

static otr_status add_stop(way *self, const otr_yaml *node, bool stop)
{
    const otr_place *place = NULL;
    otr_route_stop *made = &self->stops[self->stop_count++];
    otr_status status = take_place(self, node, stop, &place);
    if (status != OTR_OK)
        return status;
    *made = (otr_route_stop){.area = otr_place_area(place)};
    if (node->kind != OTR_YAML_MAP)
        return OTR_OK;
    status = read_dwell(self, node, "dwell", &made->dwell);
    return status == OTR_OK ? read_dwell(self, node, "dwell_max", &made->dwell_max) : status;
}

/* By what it is; a place of that name must be the same one. */
static otr_status add_role(const way *self, const otr_yaml *node, const char *role, const otr_area *area)
{
    const otr_place *known = find_place(self, otr_str_of(role));
    if (known != NULL) {
        otr_area other = otr_place_area(known);
        if (otr_area_same(&other, area))
            return OTR_OK;
        return otr_build_fail(self->build, node, "the asset has another place %s", role);
    }
    otr_str name = otr_arena_copy(self->build->memory, otr_str_of(role));
    if (name.data == NULL)
        return otr_build_memory(self->build);
    self->places->list[self->places->count++] =
        (otr_place){name, area->latitude, area->longitude, area->radius_m, area->polygon};
    return OTR_OK;
}

static otr_status build_stops(way *self, const otr_yaml *node)
{
    const otr_yaml *origin = NULL;
    const otr_yaml *destination = NULL;
    const otr_yaml *stops = otr_yaml_get(node, "stops");
    otr_error *error = self->build->error;
    otr_status status = otr_yaml_need(node, "origin", &origin, error);
    if (status == OTR_OK)
        status = otr_yaml_need(node, "destination", &destination, error);
    if (status == OTR_OK && stops != NULL)
        status = otr_yaml_kind_is(stops, OTR_YAML_LIST, error);
    size_t count = stops != NULL ? otr_yaml_count(stops) : 0;
    if (status == OTR_OK && count > OTR_LIMIT_ROUTE_STOPS)
        return otr_build_fail(self->build, stops, "a route has at most %d stops", OTR_LIMIT_ROUTE_STOPS);
    if (status != OTR_OK)
        return status;
    self->stops = otr_arena_array(self->build->memory, count + ENDS, sizeof *self->stops);
    if (self->stops == NULL)
        return otr_build_memory(self->build);
    status = add_stop(self, origin, false);
    for (const otr_yaml *stop = count > 0 ? stops->first : NULL; stop != NULL && status == OTR_OK;
         stop = stop->next)
        status = add_stop(self, stop, true);
    if (status == OTR_OK)
        status = add_stop(self, destination, false);
    if (status == OTR_OK)
        status = add_role(self, origin, "origin", &self->stops[0].area);
    if (status == OTR_OK)
        status = add_role(self, destination, "destination", &self->stops[self->stop_count - 1].area);
    return status;
}

static otr_geo_point middle_of(const otr_route_stop *stop)
{
    return (otr_geo_point){stop->area.latitude, stop->area.longitude};
}

/* The path with both ends before and behind it; without one straight from stop to stop. */
static otr_status build_line(const way *self, const otr_yaml *path, otr_route *out)
{
    size_t between = path != NULL ? otr_yaml_count(path) : self->stop_count - ENDS;
    otr_status status = OTR_OK;
    if (path != NULL && between > OTR_LIMIT_ROUTE_POINTS)
        return otr_build_fail(self->build, path, "a path has at most %d points", OTR_LIMIT_ROUTE_POINTS);
    otr_geo_point *line = otr_arena_array(self->build->memory, between + ENDS, sizeof *line);
    double *along = otr_arena_array(self->build->memory, between + ENDS, sizeof *along);
    if (line == NULL || along == NULL)
        return otr_build_memory(self->build);
    for (size_t i = 0; i < self->stop_count && path == NULL; i++)
        line[i] = middle_of(&self->stops[i]);
    if (path != NULL)
        status = otr_build_points(self->build, path, false, 1, OTR_LIMIT_ROUTE_POINTS, line + 1);
    line[0] = middle_of(&self->stops[0]);
    line[between + 1] = middle_of(&self->stops[self->stop_count - 1]);
    for (size_t i = 1; i < between + ENDS && status == OTR_OK; i++)
        along[i] = along[i - 1] + otr_geo_distance_m(line[i - 1].latitude, line[i - 1].longitude,
                                                     line[i].latitude, line[i].longitude);
    out->line = line;
    out->along_m = along;
    out->line_count = between + ENDS;
    out->length_m = along[between + 1];
    return status;
}

/* Without a path the stops are the line's points; with one each lies at the spot nearest to it, behind the
 * stop before. */
static void place_stops(const way *self, bool path, const otr_route *route)
{
    size_t last = self->stop_count - 1;
    OTR_ASSERT(self->stops != NULL);
    for (size_t i = 1; i < last; i++) {
        otr_route_stop *stop = &self->stops[i];
        stop->along_m = path ? otr_route_nearest(route, self->stops[i - 1].along_m, route->length_m,
                                                 stop->area.latitude, stop->area.longitude)
                                   .along_m
                             : route->along_m[i];
    }
    self->stops[last].along_m = route->length_m;
}

static otr_status read_positive(const way *self, const otr_yaml *node, const char *key, double most,
                                double *out)
{
    const otr_yaml *number = otr_yaml_get(node, key);
    otr_status status = number != NULL ? otr_yaml_double(number, out, self->build->error) : OTR_OK;
    if (status == OTR_OK && number != NULL && !(*out > 0 && *out <= most))
        return otr_build_fail(self->build, number, "%s is more than 0 and at most %g", key, most);
    return status;
}

otr_status otr_build_route(const otr_assignment_build *build, const otr_yaml *node, otr_place_list *places,
                           otr_asset *out)
{
    static const char *const known[] = {"origin", "stops",     "destination", "corridor_km",
                                        "path",   "speed_kmh", NULL};
    way self = {.build = build, .places = places};
    const otr_yaml *path = otr_yaml_get(node, "path");
    double corridor_km = default_corridor_km;
    double speed_kmh = 0;
    otr_route *route = otr_arena_array(build->memory, 1, sizeof *route);
    if (route == NULL)
        return otr_build_memory(build);
    otr_status status = otr_yaml_kind_is(node, OTR_YAML_MAP, build->error);
    if (status == OTR_OK)
        status = otr_yaml_only(node, known, build->error);
    if (status == OTR_OK)
        status = build_stops(&self, node);
    if (status == OTR_OK)
        status = read_positive(&self, node, "corridor_km", corridor_max_km, &corridor_km);
    if (status == OTR_OK)
        status = read_positive(&self, node, "speed_kmh", speed_max_kmh, &speed_kmh);
    if (status == OTR_OK)
        status = build_line(&self, path, route);
    if (status != OTR_OK)
        return status;
    if (!(route->length_m >= length_min_m))
        return otr_build_fail(build, node, "a route is %g metres long at the least", length_min_m);
    place_stops(&self, path != NULL, route);
    route->stops = self.stops;
    route->stop_count = self.stop_count;
    route->corridor_m = corridor_km * metres_per_km;
    route->speed_mps = speed_kmh * metres_per_km / seconds_per_hour;
    out->route = route;
    return OTR_OK;
}

otr_status otr_build_route_fields(otr_field_list *fields, const otr_route *route)
{
    const struct {
        const char *key;
        double number;
    } rows[OTR_ROUTE_FIELDS] = {
        {"corridor_km", route->corridor_m / metres_per_km},
        {"length_km", route->length_m / metres_per_km},
        {"stops", (double)(route->stop_count - ENDS)},
        {"speed_kmh", route->speed_mps * seconds_per_hour / metres_per_km},
    };
    otr_status status = OTR_OK;
    for (size_t i = 0; i < OTR_ROUTE_FIELDS && status == OTR_OK; i++)
        if (rows[i].number > 0 || i != OTR_ROUTE_FIELDS - 1)
            status = otr_fields_add_number(fields, "route", rows[i].key, rows[i].number);
    return status;
}
