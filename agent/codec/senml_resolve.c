/* The rules of RFC 8428 section 4 that JSON and CBOR share; see senml.h. */
#include "codec/senml.h"

#include "base/limits.h"
#include "codec/values.h"

#include <math.h>
#include <stdio.h>

enum { READINGS_MIN = 16 };

/* The labels of base fields. */
static const uint32_t base_labels = ~(OTR_SENML_BIT(OTR_SENML_BVER) - 1U);

const char *const otr_senml_label_text[OTR_SENML_LABELS] = {"n",  "u",    "v",  "vs", "vb", "s",  "t", "ut",
                                                            "vd", "bver", "bn", "bt", "bu", "bv", "bs"};

otr_status otr_senml_begin(otr_senml *s, otr_arena *arena, otr_str identity, bool transient, otr_error *error)
{
    memset(s, 0, offsetof(otr_senml, names));
    s->arena = arena;
    s->error = error;
    s->transient = transient;
    if (identity.size > 0) {
        if (!otr_device_name_ok(identity))
            return otr_fail(error, OTR_DENIED, "the identity of this session is no device name");
        s->identity = otr_arena_copy(arena, identity);
        if (s->identity.data == NULL)
            return otr_fail(error, OTR_MEMORY, "out of memory");
    }
    return OTR_OK;
}

otr_status otr_senml_expect(otr_senml *s, size_t records)
{
    if (records == 0)
        return OTR_OK;
    s->readings = otr_arena_array(s->arena, records, sizeof *s->readings);
    s->capacity = s->readings != NULL ? records : 0;
    return s->readings != NULL ? OTR_OK : otr_fail(s->error, OTR_MEMORY, "out of memory");
}

otr_status otr_senml_fail(otr_senml *s, otr_status status, const char *format, ...)
{
    char reason[160];
    va_list list;
    va_start(list, format);
    if (vsnprintf(reason, sizeof reason, format, list) < 0)
        reason[0] = '\0';
    va_end(list);
    return otr_fail(s->error, status, "record %zu: %s", s->record, reason);
}

otr_reading *otr_senml_reading_next(otr_senml *s)
{
    if (s->count == s->capacity) {
        size_t capacity = s->capacity == 0 ? READINGS_MIN : s->capacity * 2;
        otr_reading *readings = otr_arena_array(s->arena, capacity, sizeof *readings);
        if (readings == NULL)
            return NULL;
        if (s->count > 0)
            memcpy(readings, s->readings, s->count * sizeof *readings);
        s->readings = readings;
        s->capacity = capacity;
    }
    return &s->readings[s->count];
}

/* To the nearest microsecond; the whole seconds apart, so that no digit is lost in the product. */
static bool to_micros(double seconds, otr_time *out)
{
    if (!(seconds >= -OTR_SENML_SECONDS_MAX && seconds <= OTR_SENML_SECONDS_MAX))
        return false;
    otr_time whole = (otr_time)seconds;
    double rest = (seconds - (double)whole) * 1e6;
    *out = whole * OTR_SECOND + (otr_time)(rest < 0 ? rest - 0.5 : rest + 0.5);
    return true;
}

static otr_status set_version(otr_senml *s, double version)
{
    if (version != floor(version) || version < 1)
        return otr_fail(s->error, OTR_INVALID, "bver is no version");
    if (version > OTR_SENML_VERSION && version != OTR_SENML_VERSION_UNITS)
        return otr_fail(s->error, OTR_INVALID, "version %g is newer than %d", version, OTR_SENML_VERSION);
    if (s->version != 0 && s->version != (int)version)
        return otr_fail(s->error, OTR_INVALID, "version %g after version %d", version, s->version);
    s->version = (int)version;
    return OTR_OK;
}

static otr_status set_base(otr_senml *s, const otr_senml_record *r)
{
    s->base_fields |= r->fields & base_labels;
    if ((r->fields & OTR_SENML_BIT(OTR_SENML_BN)) != 0)
        s->base_name = r->base_name;
    if ((r->fields & OTR_SENML_BIT(OTR_SENML_BU)) != 0)
        s->base_unit = r->base_unit;
    if ((r->fields & OTR_SENML_BIT(OTR_SENML_BV)) != 0)
        s->base_value = r->base_value;
    if ((r->fields & OTR_SENML_BIT(OTR_SENML_BT)) != 0 && !to_micros(r->base_time, &s->base_time))
        return otr_fail(s->error, OTR_INVALID, "bt is out of range");
    if ((r->fields & OTR_SENML_BIT(OTR_SENML_BVER)) != 0)
        return set_version(s, r->version);
    return OTR_OK;
}

static bool name_is(const otr_senml_name *known, otr_str base, otr_str name, otr_str unit)
{
    return otr_str_equal(known->name, name) && otr_str_equal(known->base, base) &&
           otr_str_equal(known->unit, unit);
}

/* A pack repeats one name, or walks through several in turn; the rest is a search. */
static otr_senml_name *find_name(otr_senml *s, otr_str base, otr_str name, otr_str unit)
{
    if (s->name_count == 0)
        return NULL;
    if (name_is(&s->names[s->name_last], base, name, unit))
        return &s->names[s->name_last];
    unsigned next = s->name_last + 1 < s->name_count ? s->name_last + 1 : 0;
    for (unsigned i = 0; i < s->name_count; i++) {
        if (name_is(&s->names[next], base, name, unit)) {
            s->name_last = next;
            return &s->names[next];
        }
        next = next + 1 < s->name_count ? next + 1 : 0;
    }
    return NULL;
}

static otr_status set_conversion(otr_senml *s, otr_senml_name *name)
{
    otr_str unit = name->unit.size > 0 ? name->unit : otr_str_of(name->meaning.unit);
    if (name->meaning.part != OTR_NAME_WHOLE) {
        const char *own = name->meaning.part == OTR_NAME_LATITUDE ? "lat" : "lon";
        if (unit.size > 0 && !otr_str_is(unit, own) && !otr_str_is(unit, "deg"))
            return otr_fail(s->error, OTR_INVALID, "unit %.*s does not fit a %s",
                            unit.size < 32 ? (int)unit.size : 32, unit.data, own);
        return OTR_OK;
    }
    otr_status status = otr_unit_conversion(unit, name->meaning.known, &name->conversion, s->error);
    if (status == OTR_OK && s->transient && unit.size > 0 && name->conversion.unit.data == unit.data) {
        name->conversion.unit = otr_arena_copy(s->arena, unit);
        if (name->conversion.unit.data == NULL)
            return otr_fail(s->error, OTR_MEMORY, "out of memory");
    }
    return status;
}

/* Readings of one metric share its view even when their units differ. */
static void share_metric(const otr_senml *s, otr_senml_name *name)
{
    for (unsigned i = 0; i < s->name_count; i++) {
        if (otr_str_equal(s->names[i].meaning.metric, name->meaning.metric)) {
            name->meaning.metric = s->names[i].meaning.metric;
            return;
        }
    }
}

static otr_status add_name(otr_senml *s, otr_str base, otr_str name, otr_str unit, otr_senml_name **out)
{
    otr_senml_name fresh;
    otr_status status = otr_senml_name_resolve(s, base, name, unit, &fresh);
    if (status != OTR_OK)
        return status;
    fresh.unit = unit;
    status = set_conversion(s, &fresh);
    if (status != OTR_OK)
        return status;
    share_metric(s, &fresh);
    unsigned at = s->name_count;
    if (at < OTR_SENML_NAMES)
        s->name_count++;
    else
        at = s->name_next++ % OTR_SENML_NAMES;
    s->names[at] = fresh;
    s->name_last = at;
    *out = &s->names[at];
    return OTR_OK;
}

static otr_status add_number(otr_senml *s, const otr_senml_name *name, double number, otr_reading *out)
{
    const otr_metric *known = name->meaning.known;
    if (name->conversion.plain && (known == NULL || known->kind == OTR_KIND_NUMBER) && isfinite(number)) {
        out->kind = OTR_KIND_NUMBER;
        out->unit = name->conversion.unit;
        out->number = number;
        return OTR_OK;
    }
    return otr_value_number(s->arena, known, &name->conversion, number, out, s->error);
}

static otr_status add_text(otr_senml *s, const otr_senml_name *name, otr_str text, otr_reading *out)
{
    otr_status status = otr_value_text(name->meaning.known, text, out, s->error);
    if (status != OTR_OK)
        return status;
    if (name->meaning.unit_resource && name->meaning.object_unit.size > 0 &&
        !otr_str_equal(text, name->meaning.object_unit))
        return otr_fail(s->error, OTR_INVALID, "the object is in %.*s; send %.*s",
                        text.size < 32 ? (int)text.size : 32, text.data,
                        OTR_STR_ARG(name->meaning.object_unit));
    if (s->transient) {
        out->text = otr_arena_copy(s->arena, text);
        if (out->text.data == NULL)
            return otr_fail(s->error, OTR_MEMORY, "out of memory");
    }
    return OTR_OK;
}

enum {
    V = OTR_SENML_BIT(OTR_SENML_V),
    VS = OTR_SENML_BIT(OTR_SENML_VS),
    VB = OTR_SENML_BIT(OTR_SENML_VB),
    VD = OTR_SENML_BIT(OTR_SENML_VD),
};

/* Which of the value fields the record has; a base value in force stands for a missing number. */
static otr_status value_of(otr_senml *s, const otr_senml_record *r, uint32_t *given)
{
    *given = r->fields & (V | VS | VB | VD);
    if (*given == 0 && (s->base_fields & OTR_SENML_BIT(OTR_SENML_BV)) != 0)
        *given = V;
    if (*given != 0 && (*given & (*given - 1)) == 0)
        return OTR_OK;
    if (*given != 0)
        return otr_fail(s->error, OTR_INVALID, "more than one value");
    if (((s->base_fields | r->fields) & (OTR_SENML_BIT(OTR_SENML_BS) | OTR_SENML_BIT(OTR_SENML_S))) != 0)
        return otr_fail(s->error, OTR_INVALID, "a sum alone is not kept; send a value");
    return otr_fail(s->error, OTR_INVALID, "no value");
}

static double number_of(const otr_senml *s, const otr_senml_record *r)
{
    if ((s->base_fields & OTR_SENML_BIT(OTR_SENML_BV)) == 0)
        return r->value;
    return (r->fields & V) != 0 ? r->value + s->base_value : s->base_value;
}

static bool time_of(const otr_senml *s, const otr_senml_record *r, otr_time *out)
{
    if ((r->fields & OTR_SENML_BIT(OTR_SENML_T)) != 0 && !to_micros(r->time, out))
        return false;
    *out += s->base_time;
    return *out >= -OTR_SENML_OFFSET_MAX && *out <= (otr_time)OTR_SENML_SECONDS_MAX * OTR_SECOND;
}

static otr_status add(otr_senml *s, const otr_senml_record *r)
{
    otr_status status = OTR_OK;
    if ((r->fields & base_labels) != 0 && (status = set_base(s, r)) != OTR_OK)
        return status;
    uint32_t given = 0;
    status = value_of(s, r, &given);
    if (status != OTR_OK)
        return status;
    otr_time at_us = 0;
    if (!time_of(s, r, &at_us))
        return otr_fail(s->error, OTR_INVALID, "the time is out of range");
    otr_stamp stamp = at_us < OTR_SENML_ABSOLUTE * OTR_SECOND ? OTR_STAMP_RELATIVE : OTR_STAMP_ABSOLUTE;
    otr_str own = (r->fields & OTR_SENML_BIT(OTR_SENML_N)) != 0 ? r->name : (otr_str){NULL, 0};
    otr_str unit = (r->fields & OTR_SENML_BIT(OTR_SENML_U)) != 0 ? r->unit : s->base_unit;
    otr_senml_name *name = find_name(s, s->base_name, own, unit);
    if (name == NULL && (status = add_name(s, s->base_name, own, unit, &name)) != OTR_OK)
        return status;
    if (name->meaning.part != OTR_NAME_WHOLE && given == V)
        return otr_senml_location_add(s, name, number_of(s, r), at_us, stamp);
    otr_reading *out = otr_senml_reading_next(s);
    if (out == NULL)
        return otr_fail(s->error, OTR_MEMORY, "out of memory");
    out->metric = name->meaning.metric;
    out->at_us = at_us;
    out->stamp = (uint8_t)stamp;
    if (given == V)
        status = add_number(s, name, number_of(s, r), out);
    else if (given == VB)
        status = otr_value_flag(name->meaning.known, r->flag, out, s->error);
    else if (given == VS)
        status = add_text(s, name, r->text, out);
    else
        status = otr_fail(s->error, OTR_INVALID, "a data value (vd) is not kept");
    s->count += status == OTR_OK;
    return status;
}

otr_status otr_senml_add(otr_senml *s, const otr_senml_record *record)
{
    if (s->record >= OTR_LIMIT_UPLOAD_READINGS)
        return otr_fail(s->error, OTR_LIMIT, "more than %d records", OTR_LIMIT_UPLOAD_READINGS);
    otr_status status = add(s, record);
    if (status != OTR_OK)
        return otr_value_where(s->error, status, "record", s->record);
    s->record++;
    return OTR_OK;
}

otr_status otr_senml_end(otr_senml *s, otr_message *out)
{
    if (s->record == 0)
        return otr_fail(s->error, OTR_INVALID, "a pack without records");
    otr_status status = otr_senml_location_end(s);
    if (status != OTR_OK)
        return status;
    *out = (otr_message){
        .device = s->identity.size > 0 ? s->identity : s->device, .readings = s->readings, .count = s->count};
    return OTR_OK;
}
