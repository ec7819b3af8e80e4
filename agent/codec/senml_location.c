/*
 * A latitude record and a longitude record of one group and one instant become one location reading, which
 * stands where the first of them stood. Halves find each other first come, first served, so a pack may pair
 * them one by one or send all latitudes before all longitudes.
 */
#include "codec/senml.h"
#include "codec/values.h"

enum { HALVES_MIN = 16 };

static bool grow(otr_senml *s)
{
    size_t capacity = s->half_capacity == 0 ? HALVES_MIN : s->half_capacity * 2;
    otr_senml_half *halves = otr_arena_array(s->arena, capacity, sizeof *halves);
    if (halves == NULL)
        return false;
    if (s->half_count > 0)
        memcpy(halves, s->halves, s->half_count * sizeof *halves);
    s->halves = halves;
    s->half_capacity = capacity;
    return true;
}

static otr_senml_half *find_other(otr_senml *s, const otr_metric_name *meaning, otr_time at_us,
                                  otr_stamp stamp)
{
    for (size_t i = s->half_first; i < s->half_count; i++) {
        otr_senml_half *half = &s->halves[i];
        const otr_reading *reading = &s->readings[half->reading];
        if (!half->done && half->part != meaning->part && reading->at_us == at_us &&
            reading->stamp == stamp && otr_str_equal(half->group, meaning->group))
            return half;
    }
    return NULL;
}

static void set_part(otr_reading *reading, otr_name_part part, double degrees)
{
    if (part == OTR_NAME_LATITUDE)
        reading->location.latitude = degrees;
    else
        reading->location.longitude = degrees;
}

static otr_status open_half(otr_senml *s, const otr_metric_name *meaning, double degrees, otr_time at_us,
                            otr_stamp stamp)
{
    otr_reading *reading = otr_senml_reading_next(s);
    if (reading == NULL || (s->half_count == s->half_capacity && !grow(s)))
        return otr_fail(s->error, OTR_MEMORY, "out of memory");
    reading->metric = meaning->metric;
    reading->unit = OTR_STR("");
    reading->at_us = at_us;
    reading->stamp = (uint8_t)stamp;
    reading->kind = OTR_KIND_LOCATION;
    set_part(reading, meaning->part, degrees);
    s->halves[s->half_count++] = (otr_senml_half){.group = meaning->group,
                                                  .record = s->record,
                                                  .reading = (uint32_t)s->count,
                                                  .part = (uint8_t)meaning->part};
    s->count++;
    return OTR_OK;
}

otr_status otr_senml_location_add(otr_senml *s, const otr_senml_name *name, double degrees, otr_time at_us,
                                  otr_stamp stamp)
{
    const otr_metric_name *meaning = &name->meaning;
    otr_status status = meaning->part == OTR_NAME_LATITUDE ? otr_value_latitude(degrees, s->error)
                                                           : otr_value_longitude(degrees, s->error);
    if (status != OTR_OK)
        return status;
    otr_senml_half *other = find_other(s, meaning, at_us, stamp);
    if (other == NULL)
        return open_half(s, meaning, degrees, at_us, stamp);
    set_part(&s->readings[other->reading], meaning->part, degrees);
    other->done = true;
    while (s->half_first < s->half_count && s->halves[s->half_first].done)
        s->half_first++;
    return OTR_OK;
}

otr_status otr_senml_location_end(otr_senml *s)
{
    if (s->half_first == s->half_count)
        return OTR_OK;
    const otr_senml_half *half = &s->halves[s->half_first];
    bool latitude = half->part == OTR_NAME_LATITUDE;
    return otr_fail(s->error, OTR_INVALID, "record %zu: a %s without a %s of the same name and time",
                    half->record, latitude ? "latitude" : "longitude", latitude ? "longitude" : "latitude");
}
