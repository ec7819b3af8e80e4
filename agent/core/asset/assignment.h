/* The assignments: device ↔ asset ↔ customer, with limits, places and profiles. Loaded whole or refused
 * whole; immutable once loaded. */
#ifndef OTR_CORE_ASSIGNMENT_H
#define OTR_CORE_ASSIGNMENT_H

#include "base/area.h"
#include "base/arena.h"
#include "base/status.h"
#include "base/time.h"
#include "core/asset/route.h"
#include "rules/load/field.h"

/* What a profile says of one metric. */
typedef struct otr_profile_metric {
    otr_str name;
    otr_time expected_interval; /* 0: not known */
    otr_time valid_for;         /* silence beyond it is a gap; 0: no gaps */
    const double *fault_values; /* readings that the sensor gives when it fails */
    size_t fault_count;
    double low; /* outside low..high a reading is bad; -INFINITY and INFINITY by default */
    double high;
} otr_profile_metric;

/* A command that a device of the profile takes; no other is ever sent to it. */
typedef struct otr_profile_command {
    otr_str name;
    otr_type type; /* BOOL or DOUBLE */
    double low;    /* of a DOUBLE: the range, ends included */
    double high;
    otr_str unit; /* of a DOUBLE; may be empty */
} otr_profile_command;

typedef struct otr_profile {
    otr_str name;
    const otr_profile_metric *metrics; /* by name */
    size_t metric_count;
    const otr_profile_command *commands; /* by name */
    size_t command_count;
} otr_profile;

typedef struct otr_category_budget {
    otr_str category;
    uint16_t per_day; /* UINT16_MAX: no limit */
    uint16_t per_week;
} otr_category_budget;

/* Somebody who may be told: a customer, or a role of staff. */
typedef struct otr_contact {
    otr_str reference; /* opaque; of staff "staff.ROLE" */
    otr_str persona;   /* consignee, shipper, pharmacist, ...; may be empty */
    otr_str locale;    /* "en" when not given */
    otr_str zone;      /* "UTC" when not given */
    bool us_measures;  /* miles and pounds */
    bool fahrenheit;
    const otr_str *channels; /* in the order in which the contact wants them */
    size_t channel_count;
    uint16_t quiet_from; /* minutes of the local day; equal: no quiet hours */
    uint16_t quiet_to;
    uint16_t per_day; /* messages; UINT16_MAX: no limit */
    uint16_t per_week;
    const otr_category_budget *categories;
    size_t category_count;
    const otr_str *opt_outs; /* categories */
    size_t opt_out_count;
    uint16_t question_days; /* at least so many between two questions; 0: never asked */
    uint8_t question_share; /* percent of the cases that are asked about */
    otr_str second;         /* reference of whom to tell when nobody answers; empty: nobody */
    double weight;          /* how much depends on them, 1.0 when not given */
} otr_contact;

/* Who else has to do with an asset. */
typedef struct otr_asset_contact {
    otr_str persona;
    const otr_contact *contact;
} otr_asset_contact;

/* A time zone that is named, and where first. */
typedef struct otr_zone_use {
    otr_str name;
    int line;
    int column;
} otr_zone_use;

typedef struct otr_place {
    otr_str name;
    double latitude;
    double longitude;
    double radius_m;            /* of a circle */
    const otr_polygon *polygon; /* NULL: a circle around the point; else the point is its middle */
} otr_place;

typedef struct otr_asset {
    int line; /* in the YAML */
    int column;
    otr_str id;
    otr_str class;
    otr_str name;            /* the id when not given */
    const otr_field *fields; /* by path: all scalars of the asset, class, name and id included */
    size_t field_count;
    const otr_place *places;
    size_t place_count;
    const otr_route *route; /* NULL: none */
    const otr_str *devices;
    const otr_str *roles; /* of each device; empty: none */
    size_t device_count;
    const otr_profile *profile; /* NULL: none */
    /* of an assignment by command: names of what stands in another one; else empty */
    otr_str profile_name;
    otr_str customer_name;
    const otr_contact *customer;       /* NULL: none */
    const otr_asset_contact *contacts; /* besides the customer */
    size_t contact_count;
} otr_asset;

/* What an assignment by command says of itself. */
typedef struct otr_assignment_terms {
    bool given;      /* false: these are the assignments of the file */
    int64_t version; /* counts up */
    int line;        /* of the version */
    int column;
    otr_time from;  /* UTC; NONE: at once */
    otr_str after;  /* the asset whose assignment must be over first; empty: none */
    otr_time until; /* UTC; NONE: until it is ended */
} otr_assignment_terms;

typedef struct otr_assignments {
    otr_arena memory; /* owns everything below */
    otr_assignment_terms terms;
    const otr_asset *assets; /* in the order of the file */
    size_t asset_count;
    const struct otr_assigned_device {
        otr_str device;
        uint32_t asset; /* index in assets */
    } * devices;        /* by name */
    size_t device_count;
    const otr_zone_use *zones; /* each once, in the order of the file, without UTC */
    size_t zone_count;
    const otr_profile *profiles;
    size_t profile_count;
    const otr_contact *customers; /* in the order of the file */
    size_t customer_count;
    const otr_contact *staff;
    size_t staff_count;
} otr_assignments;

/* On failure *out is NULL and *error has line, column and reason. */
otr_status otr_assignments_load(otr_str yaml, otr_assignments **out, otr_error *error);
void otr_assignments_free(otr_assignments *assignments);

/* The asset of a device, or NULL. */
const otr_asset *otr_assignments_find(const otr_assignments *assignments, otr_str device);
/*
 * Whom a rule's `to` means for the asset: "customer", a persona of the asset, staff.ROLE; NULL when there is
 * nobody. *persona is what they are in this; may be empty.
 */
const otr_contact *otr_asset_addressee(const otr_assignments *assignments, const otr_asset *asset, otr_str to,
                                       otr_str *persona);
/* The asset of that id, or NULL. assignments may be NULL. */
const otr_asset *otr_assignments_asset(const otr_assignments *assignments, otr_str id);
/* The customer or staff of that reference, or NULL. */
const otr_contact *otr_assignments_contact(const otr_assignments *assignments, otr_str reference);
/* The asset's own field after "asset.", or NULL; its type is NULL where the file says none. */
const otr_value *otr_asset_field(const otr_asset *asset, otr_str path);
const otr_place *otr_asset_place(const otr_asset *asset, otr_str name);
otr_area otr_place_area(const otr_place *place);
bool otr_fields_same(const otr_field *a, size_t a_count, const otr_field *b, size_t b_count);
/* Fields, places, route, devices and their roles, and what the profile says of values are the same. */
bool otr_asset_same(const otr_asset *a, const otr_asset *b);
const otr_profile_metric *otr_profile_find(const otr_profile *profile, otr_str metric);
const otr_profile_command *otr_profile_command_find(const otr_profile *profile, otr_str command);

#endif
