/* string(): values as text. Instants as RFC 3339 in UTC, durations in seconds. */
#include "rules/cel/operate.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

bool otr_text_is_utf8(otr_str text)
{
    size_t at = 0;
    while (at < text.size) {
        const char *end = memchr(text.data + at, '\0', text.size - at);
        size_t size = end != NULL ? (size_t)(end - text.data) - at : text.size - at;
        if (!otr_str_is_utf8((otr_str){text.data + at, size}))
            return false;
        at += size + 1;
    }
    return true;
}

/* Plain notation for exponents from -4 to 20, else d.ddde+XX. */
size_t otr_number_format(double number, char out[OTR_NUMBER_TEXT_BYTES])
{
    if (__builtin_isnan(number) || __builtin_isinf(number))
        return (size_t)snprintf(out, OTR_NUMBER_TEXT_BYTES, "%s",
                                __builtin_isnan(number) ? "NaN"
                                : number > 0            ? "+Inf"
                                                        : "-Inf");
    int digits = 1;
    for (; digits < 17; digits++) {
        (void)snprintf(out, OTR_NUMBER_TEXT_BYTES, "%.*e", digits - 1, number);
        if (strtod(out, NULL) == number)
            break;
    }
    int size = snprintf(out, OTR_NUMBER_TEXT_BYTES, "%.*e", digits - 1, number);
    int exponent = atoi(strchr(out, 'e') + 1);
    if (exponent >= -4 && exponent < 21)
        size = snprintf(out, OTR_NUMBER_TEXT_BYTES, "%.*f", digits - 1 > exponent ? digits - 1 - exponent : 0,
                        number);
    return (size_t)size;
}

/* .123456789 without the zeros at its end; nothing when there is no fraction. */
static int fraction_format(int64_t ns, char out[12])
{
    if (ns == 0) {
        out[0] = '\0';
        return 0;
    }
    int size = snprintf(out, 12, ".%09d", (int)ns);
    while (out[size - 1] == '0')
        out[--size] = '\0';
    return size;
}

static int timestamp_format(const otr_value *at, char out[OTR_TIME_TEXT_BYTES])
{
    int64_t rest = at->time % OTR_SECOND;
    if (rest < 0)
        rest += OTR_SECOND;
    char fraction[12];
    (void)fraction_format(rest * 1000 + at->below_ns, fraction);
    char seconds[OTR_TIME_TEXT_BYTES];
    size_t size = otr_time_format(at->time - rest, seconds);
    return snprintf(out, OTR_TIME_TEXT_BYTES, "%.*s%sZ", (int)(size - 1), seconds, fraction);
}

static int duration_format(const otr_value *span, char out[OTR_TIME_TEXT_BYTES])
{
    otr_time us = otr_value_whole_us(span);
    int64_t seconds = us / OTR_SECOND;
    int64_t below_s_us = us % OTR_SECOND;
    int64_t below_us_ns = span->below_ns;
    const char *sign = "";
    if (span->time < 0) {
        sign = "-";
        seconds = -seconds;
        below_s_us = -below_s_us;
        below_us_ns = below_us_ns > 0 ? 1000 - below_us_ns : 0;
    }
    char fraction[12];
    (void)fraction_format(below_s_us * 1000 + below_us_ns, fraction);
    return snprintf(out, OTR_TIME_TEXT_BYTES, "%s%" PRId64 "%ss", sign, seconds, fraction);
}

static otr_reason keep(const char *text, int size, otr_room *room, otr_str *out)
{
    char *copy = otr_room_take(room, (size_t)size);
    if (copy == NULL)
        return OTR_REASON_ROOM;
    memcpy(copy, text, (size_t)size);
    *out = (otr_str){copy, (size_t)size};
    return OTR_REASON_NONE;
}

otr_reason otr_text_of(const otr_value *from, otr_room *room, otr_str *out)
{
    char text[OTR_TIME_TEXT_BYTES + OTR_NUMBER_TEXT_BYTES];
    int size = 0;
    switch (from->type) {
    case OTR_TYPE_STRING:
    case OTR_TYPE_TYPE:
        *out = from->text;
        return OTR_REASON_NONE;
    case OTR_TYPE_BYTES:
        *out = from->text;
        return otr_text_is_utf8(from->text) ? OTR_REASON_NONE : OTR_REASON_FORMAT;
    case OTR_TYPE_BOOL:
        *out = from->flag ? OTR_STR("true") : OTR_STR("false");
        return OTR_REASON_NONE;
    case OTR_TYPE_INT:
        size = snprintf(text, sizeof text, "%" PRId64, from->integer);
        break;
    case OTR_TYPE_UINT:
        size = snprintf(text, sizeof text, "%" PRIu64, from->natural);
        break;
    case OTR_TYPE_DOUBLE:
        size = (int)otr_number_format(from->number, text);
        break;
    case OTR_TYPE_TIMESTAMP:
        if (!otr_value_fits(from))
            return OTR_REASON_RANGE; /* a host may give any instant */
        size = timestamp_format(from, text);
        break;
    case OTR_TYPE_DURATION:
        size = duration_format(from, text);
        break;
    default:
        return OTR_REASON_NO_OVERLOAD;
    }
    return keep(text, size, room, out);
}
