#include "codec/names.h"

#include "base/limits.h"

#include <stdio.h>

/* OMA LwM2M registry; unit is the one meant when the record states none. */
static const struct ipso {
    unsigned short object;
    unsigned short resource;
    const char *metric;
    const char *unit;
} ipso[] = {
    {3, 0, "maker", ""},
    {3, 1, "model", ""},
    {3, 2, "serial", ""},
    {3, 3, "firmware", ""},
    {3, 7, "voltage", "mV"},
    {3, 9, "battery", "%EL"},
    {3, 11, "fault", ""},
    {3, 13, "device_time", "s"},
    {6, 0, "lat", "lat"},
    {6, 1, "lon", "lon"},
    {6, 2, "altitude", "m"},
    {6, 3, "location_uncertainty", "m"},
    {6, 5, "location_time", "s"},
    {6, 6, "speed", "m/s"},
    {3301, 5700, "light", "lx"},
    {3303, 5700, "temperature", "Cel"},
    {3304, 5700, "humidity", "%RH"},
    {3313, 5702, "acceleration_x", "m/s2"},
    {3313, 5703, "acceleration_y", "m/s2"},
    {3313, 5704, "acceleration_z", "m/s2"},
    {3315, 5700, "pressure", "Pa"},
    {3316, 5700, "voltage", "V"},
    {3317, 5700, "current", "A"},
    {3323, 5700, "pressure", "Pa"},
    {3336, 5705, "heading", "deg"},
    {3336, 6051, "lat", "lat"},
    {3336, 6052, "lon", "lon"},
    {3336, 6053, "location_uncertainty", "m"},
};
enum { IPSO = sizeof ipso / sizeof ipso[0], RESOURCE_VALUE = 5700, RESOURCE_UNIT = 5701 };

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static otr_str last_segment(otr_str path)
{
    size_t at = path.size;
    while (at > 0 && path.data[at - 1] != '/' && path.data[at - 1] != ':')
        at--;
    return (otr_str){path.data + at, path.size - at};
}

static bool is_any_case(otr_str text, const char *word)
{
    if (text.size != strlen(word))
        return false;
    for (size_t i = 0; i < text.size; i++)
        if ((text.data[i] | 0x20) != word[i])
            return false;
    return true;
}

otr_name_part otr_name_part_of(otr_str segment, otr_str unit)
{
    if (is_any_case(segment, "lat") || is_any_case(segment, "latitude"))
        return OTR_NAME_LATITUDE;
    if (is_any_case(segment, "lon") || is_any_case(segment, "lng") || is_any_case(segment, "longitude"))
        return OTR_NAME_LONGITUDE;
    if (otr_str_is(unit, "lat"))
        return OTR_NAME_LATITUDE;
    return otr_str_is(unit, "lon") ? OTR_NAME_LONGITUDE : OTR_NAME_WHOLE;
}

/* Reads up to four numbers apart by '/'; 0 when anything else stands there or a number is over 65535. */
static size_t parse_ipso(otr_str path, unsigned out[4])
{
    size_t count = 0;
    size_t at = path.size > 0 && path.data[0] == '/' ? 1 : 0;
    while (at < path.size && count < 4) {
        unsigned value = 0;
        size_t first = at;
        for (; at < path.size && digit(path.data[at]); at++) {
            value = value * 10 + (unsigned)(path.data[at] - '0');
            if (value > 65535)
                return 0;
        }
        if (at == first)
            return 0;
        out[count++] = value;
        if (at == path.size)
            return count;
        if (path.data[at] != '/')
            return 0;
        at++;
    }
    return 0;
}

bool otr_name_is_ipso(otr_str path)
{
    unsigned numbers[4];
    return parse_ipso(path, numbers) >= 3;
}

static otr_status set_metric(otr_arena *arena, otr_str name, bool copy, otr_metric_name *out,
                             otr_error *error)
{
    if (name.size > OTR_LIMIT_METRIC_NAME_BYTES)
        return otr_fail(error, OTR_LIMIT, "a metric name of %zu bytes is over the limit of %d", name.size,
                        OTR_LIMIT_METRIC_NAME_BYTES);
    out->known = otr_metric_find(name);
    if (out->known != NULL)
        out->metric = otr_str_of(out->known->name);
    else
        out->metric = copy ? otr_arena_copy(arena, name) : name;
    return out->metric.data != NULL ? OTR_OK : otr_fail(error, OTR_MEMORY, "out of memory");
}

static otr_status set_part(otr_str path, otr_name_part part, otr_metric_name *out)
{
    size_t group = path.size - last_segment(path).size;
    out->known = otr_metric_find(OTR_STR("location"));
    out->metric = OTR_STR("location");
    out->part = part;
    out->group = (otr_str){path.data, group};
    return OTR_OK;
}

static const struct ipso *find_ipso(unsigned object, unsigned resource)
{
    for (int i = 0; i < IPSO; i++)
        if (ipso[i].object == object && ipso[i].resource == resource)
            return &ipso[i];
    return NULL;
}

static otr_status resolve_ipso(otr_arena *arena, otr_str path, otr_str unit, const unsigned *number,
                               size_t count, otr_metric_name *out, otr_error *error)
{
    char text[OTR_LIMIT_METRIC_NAME_BYTES];
    unsigned instance = number[1];
    const struct ipso *entry = find_ipso(number[0], number[2]);
    otr_name_part part = otr_name_part_of(otr_str_of(entry != NULL ? entry->metric : ""), unit);
    if (part != OTR_NAME_WHOLE)
        return set_part(path, part, out);
    if (entry != NULL) {
        out->unit = entry->unit;
        if (instance == 0)
            return set_metric(arena, otr_str_of(entry->metric), false, out, error);
        (void)snprintf(text, sizeof text, "%s_%u", entry->metric, instance);
        return set_metric(arena, otr_str_of(text), true, out, error);
    }
    if (number[2] == RESOURCE_UNIT) {
        const struct ipso *value = find_ipso(number[0], RESOURCE_VALUE);
        out->unit_resource = true;
        out->object_unit = otr_str_of(value != NULL ? value->unit : "");
    }
    int size = snprintf(text, sizeof text, "ipso");
    for (size_t i = 0; i < count; i++)
        size += snprintf(text + size, sizeof text - (size_t)size, "_%u", number[i]);
    return set_metric(arena, otr_str_of(text), true, out, error);
}

/* Lower case; each run of other characters one '_'; a name that does not begin with a letter gets "m" or
 * "m_". */
static otr_status normalise(otr_arena *arena, otr_str path, otr_metric_name *out, otr_error *error)
{
    char text[OTR_LIMIT_METRIC_NAME_BYTES];
    size_t size = 0;
    bool run = false;
    bool any = false;
    for (size_t i = 0; i < path.size; i++) {
        char c = path.data[i];
        if (c >= 'A' && c <= 'Z')
            c = (char)(c | 0x20);
        bool good = lower(c) || digit(c) || c == '_';
        any = any || lower(c) || digit(c);
        if (!good && run)
            continue;
        run = !good;
        if (!good)
            c = '_';
        if (size == 0 && !lower(c)) {
            text[size++] = 'm';
            if (c != '_')
                text[size++] = '_';
        }
        if (size >= sizeof text)
            return otr_fail(error, OTR_LIMIT, "the metric name %.*s... is over the limit of %d bytes", 16,
                            text, OTR_LIMIT_METRIC_NAME_BYTES);
        text[size++] = c;
    }
    if (!any)
        return otr_fail(error, OTR_INVALID, "the name has no metric");
    return set_metric(arena, (otr_str){text, size}, true, out, error);
}

otr_status otr_metric_name_resolve(otr_arena *arena, otr_str path, otr_str unit, otr_metric_name *out,
                                   otr_error *error)
{
    unsigned number[4];
    *out = (otr_metric_name){.unit = ""};
    size_t count = parse_ipso(path, number);
    if (count >= 3)
        return resolve_ipso(arena, path, unit, number, count, out, error);
    otr_name_part part = otr_name_part_of(last_segment(path), unit);
    if (part != OTR_NAME_WHOLE)
        return set_part(path, part, out);
    if (otr_metric_name_ok(path))
        return set_metric(arena, path, false, out, error);
    return normalise(arena, path, out, error);
}
