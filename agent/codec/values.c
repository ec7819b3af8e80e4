#include "codec/values.h"

#include "base/limits.h"
#include "codec/names.h"

#include <math.h>
#include <stdio.h>

static const char *const kind_words[] = {"any value", "a number", "a bool", "a text", "a location"};

static otr_status wrong_kind(const otr_metric *known, otr_kind given, otr_error *error)
{
    return otr_fail(error, OTR_INVALID, "%s takes %s, not %s", known->name, kind_words[known->kind],
                    kind_words[given]);
}

static bool wants(const otr_metric *known, otr_kind kind)
{
    return known == NULL || known->kind == kind || known->kind == OTR_KIND_ANY;
}

static otr_status number_as_text(otr_arena *arena, const otr_metric *known, double number, otr_reading *out,
                                 otr_error *error)
{
    char text[32];
    if (!(fabs(number) < 9007199254740992.0) || number != floor(number))
        return wrong_kind(known, OTR_KIND_NUMBER, error);
    int size = snprintf(text, sizeof text, "%lld", (long long)number);
    otr_str copy = otr_arena_copy(arena, (otr_str){text, (size_t)size});
    if (copy.data == NULL)
        return otr_fail(error, OTR_MEMORY, "out of memory");
    return otr_value_text(known, copy, out, error);
}

otr_status otr_value_number(otr_arena *arena, const otr_metric *known, const otr_conversion *conversion,
                            double number, otr_reading *out, otr_error *error)
{
    if (!wants(known, OTR_KIND_NUMBER)) {
        if (known->kind == OTR_KIND_BOOL && (number == 0 || number == 1))
            return otr_value_flag(known, number != 0, out, error);
        if (known->kind == OTR_KIND_TEXT)
            return number_as_text(arena, known, number, out, error);
        return wrong_kind(known, OTR_KIND_NUMBER, error);
    }
    double value = number;
    if (!otr_unit_convert(conversion, number, &value)) {
        if (conversion->ratio && isfinite(number))
            return otr_fail(error, OTR_INVALID, "%g is no ratio of 0 to 1; send per cent in %.*s", number,
                            OTR_STR_ARG(conversion->unit));
        return otr_fail(error, OTR_INVALID, "the value is not a finite number");
    }
    out->kind = OTR_KIND_NUMBER;
    out->unit = conversion->unit;
    out->number = value;
    return OTR_OK;
}

otr_status otr_value_flag(const otr_metric *known, bool flag, otr_reading *out, otr_error *error)
{
    if (!wants(known, OTR_KIND_BOOL))
        return wrong_kind(known, OTR_KIND_BOOL, error);
    out->kind = OTR_KIND_BOOL;
    out->unit = OTR_STR("");
    out->flag = flag;
    return OTR_OK;
}

otr_status otr_value_text(const otr_metric *known, otr_str text, otr_reading *out, otr_error *error)
{
    if (!wants(known, OTR_KIND_TEXT))
        return wrong_kind(known, OTR_KIND_TEXT, error);
    if (text.size > OTR_LIMIT_TEXT_VALUE_BYTES)
        return otr_fail(error, OTR_LIMIT, "a text of %zu bytes is over the limit of %d", text.size,
                        OTR_LIMIT_TEXT_VALUE_BYTES);
    if (!otr_str_is_utf8(text))
        return otr_fail(error, OTR_INVALID, "the text is not UTF-8 without NUL");
    out->kind = OTR_KIND_TEXT;
    out->unit = OTR_STR("");
    out->text = text;
    return OTR_OK;
}

otr_status otr_value_latitude(double degrees, otr_error *error)
{
    if (degrees >= -90 && degrees <= 90)
        return OTR_OK;
    return otr_fail(error, OTR_INVALID, "latitude %g is outside -90..90", degrees);
}

otr_status otr_value_longitude(double degrees, otr_error *error)
{
    if (degrees >= -180 && degrees <= 180)
        return OTR_OK;
    return otr_fail(error, OTR_INVALID, "longitude %g is outside -180..180", degrees);
}

otr_status otr_value_location(const otr_metric *known, double latitude, double longitude, otr_reading *out,
                              otr_error *error)
{
    if (!wants(known, OTR_KIND_LOCATION))
        return wrong_kind(known, OTR_KIND_LOCATION, error);
    otr_status status = otr_value_latitude(latitude, error);
    if (status == OTR_OK)
        status = otr_value_longitude(longitude, error);
    out->kind = OTR_KIND_LOCATION;
    out->unit = OTR_STR("");
    out->location.latitude = latitude;
    out->location.longitude = longitude;
    return status;
}

otr_status otr_value_check(const otr_reading *r, otr_error *error)
{
    if (!otr_metric_name_ok(r->metric) || r->kind < OTR_KIND_NUMBER || r->kind > OTR_KIND_LOCATION)
        return otr_fail(error, OTR_INVALID, "a reading has no normal metric name or no kind");
    if (otr_name_part_of(r->metric, r->kind == OTR_KIND_NUMBER ? r->unit : OTR_STR("")) != OTR_NAME_WHOLE)
        return otr_fail(error, OTR_INVALID, "%.*s is half a location", OTR_STR_ARG(r->metric));
    if (r->kind == OTR_KIND_NUMBER && !isfinite(r->number))
        return otr_fail(error, OTR_INVALID, "%.*s is not a finite number", OTR_STR_ARG(r->metric));
    if (r->kind == OTR_KIND_TEXT && (r->text.size > OTR_LIMIT_TEXT_VALUE_BYTES || !otr_str_is_utf8(r->text)))
        return otr_fail(error, OTR_INVALID, "%.*s is no UTF-8 of at most %d bytes", OTR_STR_ARG(r->metric),
                        OTR_LIMIT_TEXT_VALUE_BYTES);
    return OTR_OK;
}

otr_status otr_value_where(otr_error *error, otr_status status, const char *what, size_t number)
{
    if (error == NULL)
        return status;
    otr_error inner = *error;
    return otr_fail(error, status, "%s %zu: %s", what, number, inner.text);
}
