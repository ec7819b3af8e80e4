/* The parts of loading an assignments file; used by assignment*.c alone. */
#ifndef OTR_CORE_ASSIGNMENT_BUILD_H
#define OTR_CORE_ASSIGNMENT_BUILD_H

#include "core/asset/assignment.h"
#include "rules/load/yaml.h"

/* A name with the place that gave it, for finding repeated and unknown ones. */
typedef struct otr_named {
    otr_str name;
    uint32_t number; /* in the order of the file */
    const otr_yaml *node;
} otr_named;

/* Everything that lives while one file is loaded. */
typedef struct otr_assignment_build {
    otr_arena *memory;  /* of the result */
    otr_arena *scratch; /* gone after loading, with the YAML tree in it */
    otr_error *error;
    otr_assignment_terms terms;
    const otr_profile *profiles;
    otr_named *profile_names; /* sorted */
    size_t profile_count;
    const otr_contact *customers;
    otr_named *customer_names; /* sorted */
    size_t customer_count;
    const otr_contact *staff;
    size_t staff_count;
    otr_zone_use *zones; /* so far; room for OTR_LIMIT_ZONES */
    size_t zone_count;
} otr_assignment_build;

/* INVALID at the node's place. */
#define otr_build_fail(build, node, ...)                                                                     \
    otr_fail_at((build)->error, OTR_INVALID, (node)->line, (node)->column, __VA_ARGS__)
otr_status otr_build_memory(const otr_assignment_build *build);
/* A copy in the result's memory. */
otr_status otr_build_text(const otr_assignment_build *build, const otr_yaml *node, otr_str *out);
/* The same for a name of a device, asset, customer or profile. */
otr_status otr_build_name(const otr_assignment_build *build, const otr_yaml *node, otr_str *out);

/* Sorts by name, then number; INVALID at the first repeated name in the order of the file. */
otr_status otr_named_sort(const otr_assignment_build *build, otr_named *list, size_t count, const char *what);
/* What the node refers to; INVALID with the nearest name when there is no such one. */
otr_status otr_named_find(const otr_assignment_build *build, const otr_named *list, size_t count,
                          const otr_yaml *node, const char *what, uint32_t *number);

/* The commands of a profile; node is the map behind the key. */
otr_status otr_build_commands(const otr_assignment_build *build, const otr_yaml *node, otr_profile *out);
otr_status otr_build_profiles(otr_assignment_build *build, const otr_yaml *node);
/* The key assignment of one by command. */
otr_status otr_build_terms(otr_assignment_build *build, const otr_yaml *node);
otr_status otr_build_customers(otr_assignment_build *build, const otr_yaml *node);
otr_status otr_build_staff(otr_assignment_build *build, const otr_yaml *node);
/* After both: each second contact is somebody. */
otr_status otr_build_seconds(const otr_assignment_build *build);
otr_status otr_build_asset_contacts(const otr_assignment_build *build, const otr_yaml *node, otr_asset *out);
/* The name of a time zone, which is listed too. */
otr_status otr_build_zone(otr_assignment_build *build, const otr_yaml *node, otr_str *out);

/* ---- places and routes ---- */

/* The places of one asset while they are gathered; list has room for all of them. */
typedef struct otr_place_list {
    otr_place *list;
    size_t count;
} otr_place_list;

/* node is the map behind the key, or NULL; room is left for so many more places. */
otr_status otr_build_places(const otr_assignment_build *build, const otr_yaml *node, size_t room,
                            otr_place_list *out);
/* One place from its latitude, longitude and radius, or its polygon; which other keys the map has is the
 * caller's to check. All of it but the name. */
otr_status otr_build_area(const otr_assignment_build *build, const otr_yaml *node, otr_place *out);
/* A place's name: the text at that place of the file. */
otr_status otr_build_place_name(const otr_assignment_build *build, otr_str text, int line, int column,
                                otr_str *out);
/* Pairs of degrees, at least count_min and at most count_max. */
otr_status otr_build_points(const otr_assignment_build *build, const otr_yaml *node, bool longitude_first,
                            size_t count_min, size_t count_max, otr_geo_point *out);

/* How many places the route may add; node may be NULL. */
size_t otr_build_route_room(const otr_yaml *node);
otr_status otr_build_route(const otr_assignment_build *build, const otr_yaml *node, otr_place_list *places,
                           otr_asset *out);
/* What rules may read of it: asset.route.stops and the like. */
enum { OTR_ROUTE_FIELDS = 4 };
otr_status otr_build_route_fields(otr_field_list *fields, const otr_route *route);

/* ---- what an asset is and holds ---- */

/* What was promised is a time, a warranty ends on a date. */
otr_status otr_build_details(const otr_assignment_build *build, const otr_yaml *asset);
/* The list of contents as one text: "12 × Insulin (7A), 2 × Needles". */
otr_status otr_build_contents(const otr_assignment_build *build, const otr_yaml *node, otr_str *out);

otr_status otr_build_asset(otr_assignment_build *build, const otr_yaml *node, otr_asset *out);

#endif
