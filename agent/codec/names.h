/*
 * What a foreign metric name means here: IPSO paths (object/instance/resource) become names of the catalogue,
 * the rest is normalised to [a-z][a-z0-9_]*. Pure but for the arena.
 */
#ifndef OTR_CODEC_NAMES_H
#define OTR_CODEC_NAMES_H

#include "base/arena.h"
#include "base/metric.h"
#include "base/status.h"

/* A latitude and a longitude travel as two numbers of one group and become one location. */
typedef enum otr_name_part { OTR_NAME_WHOLE, OTR_NAME_LATITUDE, OTR_NAME_LONGITUDE } otr_name_part;

typedef struct otr_metric_name {
    otr_str metric;          /* "location" for both parts of one */
    const otr_metric *known; /* its entry in the catalogue or NULL; metric then points to the entry's name */
    otr_name_part part;
    otr_str group;       /* of a part: the path without its last segment */
    const char *unit;    /* meant when the sender gives none; "" for none */
    bool unit_resource;  /* IPSO 5701: a text that states the unit of the same object */
    otr_str object_unit; /* then the unit that the object's value is in, "" when not known */
} otr_metric_name;

/*
 * path is the name without its device: "temperature", "3303/0/5700", "cabin/Temp". unit, the unit the sender
 * gives, is "lat" or "lon" for parts of a location; else it does not matter here. The result views path,
 * static text or the arena. INVALID for a name without letter or digit, LIMIT for a long one.
 */
otr_status otr_metric_name_resolve(otr_arena *arena, otr_str path, otr_str unit, otr_metric_name *out,
                                   otr_error *error);
/* Whether path looks like IPSO: digits, then at least one more segment of digits. A leading '/' is allowed.
 */
bool otr_name_is_ipso(otr_str path);
/* OTR_NAME_WHOLE unless a number of that name, or else of that unit, is half a location. */
otr_name_part otr_name_part_of(otr_str segment, otr_str unit);

#endif
