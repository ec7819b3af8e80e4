/* Conversions, each text read by a grammar of its own. */
#include "evaluate.h"

#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <time.h>

outcome ref_string(otr_str text)
{
    return ref_ok((otr_value){.type = OTR_TYPE_STRING, .text = text});
}

otr_str ref_print(evaluation *e, const char *format, ...)
{
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (size < 0 || (size_t)size >= sizeof text)
        __builtin_trap();
    return otr_arena_copy(e->arena, (otr_str){text, (size_t)size});
}

/* Digits with at most one sign before them; false for anything else or above 20 digits. */
static bool read_whole(const char *text, bool sign_allowed, __int128 *out)
{
    bool negative = sign_allowed && *text == '-';
    text += sign_allowed && (*text == '-' || *text == '+');
    if (*text == '\0' || strlen(text) > 20)
        return false;
    *out = 0;
    for (; *text != '\0'; text++) {
        if (!isdigit((unsigned char)*text))
            return false;
        *out = *out * 10 + (*text - '0');
    }
    if (negative)
        *out = -*out;
    return true;
}

static bool read_double(const char *text, double *out)
{
    const char *at = text + (*text == '-' || *text == '+');
    static const char *const names[] = {"nan", "inf", "infinity"};
    for (int i = 0; i < 3; i++)
        if (strcasecmp(at, names[i]) == 0) {
            *out = i == 0 ? NAN : *text == '-' ? -INFINITY : INFINITY;
            return true;
        }
    int digits = 0;
    for (; isdigit((unsigned char)*at); at++)
        digits++;
    if (*at == '.')
        for (at++; isdigit((unsigned char)*at); at++)
            digits++;
    if (digits > 0 && (*at == 'e' || *at == 'E')) {
        at += 1 + (at[1] == '-' || at[1] == '+');
        digits = isdigit((unsigned char)*at) ? digits : 0;
        while (isdigit((unsigned char)*at))
            at++;
    }
    if (digits == 0 || *at != '\0')
        return false;
    *out = strtod(text, NULL);
    return isfinite(*out);
}

static outcome fit(__int128 whole, bool natural)
{
    if (natural)
        return whole >= 0 && whole <= UINT64_MAX ? ref_uint((uint64_t)whole) : ref_invalid();
    return whole >= INT64_MIN && whole <= INT64_MAX ? ref_int((int64_t)whole) : ref_invalid();
}

/* int() and uint(). */
static outcome to_whole(const evaluation *e, const otr_value *from, const char *text, bool natural)
{
    __int128 whole = 0;
    switch (from->type) {
    case OTR_TYPE_INT:
        if (natural && e->bug == REF_BUG_UINT_OF_NEGATIVE)
            return ref_uint((uint64_t)from->integer);
        return fit(from->integer, natural);
    case OTR_TYPE_UINT:
        return fit(from->natural, natural);
    case OTR_TYPE_DOUBLE: {
        double number = e->bug == REF_BUG_INT_ROUNDS ? round(from->number) : from->number;
        if (!isfinite(number) || fabs(number) > 1e20 || (natural && number < 0) ||
            (!natural && number <= -0x1p63))
            return ref_invalid();
        return fit((__int128)trunc(number), natural);
    }
    case OTR_TYPE_STRING:
        return read_whole(text, !natural, &whole) ? fit(whole, natural) : ref_invalid();
    case OTR_TYPE_TIMESTAMP: {
        __int128 ns = ref_ns(from);
        return natural ? ref_invalid()
                       : fit((ns - (ns % 1000000000 + 1000000000) % 1000000000) / 1000000000, false);
    }
    default:
        return ref_invalid();
    }
}

static outcome to_double(const otr_value *from, const char *text)
{
    double number = 0;
    if (from->type == OTR_TYPE_STRING)
        return read_double(text, &number) ? ref_double(number) : ref_invalid();
    if (from->type == OTR_TYPE_INT)
        return ref_double((double)from->integer);
    if (from->type == OTR_TYPE_UINT)
        return ref_double((double)from->natural);
    return from->type == OTR_TYPE_DOUBLE ? ref_ok(*from) : ref_invalid();
}

static outcome to_bool(const otr_value *from)
{
    static const char *const texts[] = {"1", "t", "T", "true",  "TRUE",  "True",
                                        "0", "f", "F", "false", "FALSE", "False"};
    if (from->type == OTR_TYPE_BOOL)
        return ref_ok(*from);
    for (int i = 0; i < 12 && from->type == OTR_TYPE_STRING; i++)
        if (otr_str_is(from->text, texts[i]))
            return ref_bool(i < 6);
    return ref_invalid();
}

/* Numbers with a unit each, summed up in tenths of attoseconds so that no fraction is lost. */
static outcome to_duration(const evaluation *e, const char *text)
{
    static const struct {
        const char *name;
        int64_t ns;
    } units[] = {{"ns", 1},          {"us", 1000},         {"ms", 1000000},       {"s", 1000000000},
                 {"m", 60000000000}, {"h", 3600000000000}, {"d", 86400000000000}, {"w", 604800000000000}};
    bool negative = *text == '-';
    text += *text == '-' || *text == '+';
    if (strcmp(text, "0") == 0)
        return ref_from_ns(e, OTR_TYPE_DURATION, 0);
    __int128 total = 0;
    if (*text == '\0')
        return ref_invalid();
    while (*text != '\0') {
        __int128 digits = 0;
        __int128 scale = 1;
        int count = 0;
        bool point = false;
        for (; isdigit((unsigned char)*text) || (*text == '.' && !point); text++) {
            point = point || *text == '.';
            if (*text == '.')
                continue;
            digits = digits * 10 + (*text - '0');
            scale *= point ? 10 : 1;
            count++;
        }
        int letters = (int)strspn(text, "abcdefghijklmnopqrstuvwxyz");
        int64_t unit = 0;
        for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
            if ((int)strlen(units[i].name) == letters && strncmp(text, units[i].name, (size_t)letters) == 0)
                unit = units[i].ns;
        if (count == 0 || count > 20 || unit == 0)
            return ref_invalid();
        total += digits * unit / scale;
        text += letters;
    }
    return ref_from_ns(e, OTR_TYPE_DURATION, negative ? -total : total);
}

/* RFC 3339 to the letter, which may be a small one. */
static outcome to_timestamp(const evaluation *e, const char *text)
{
    static const char shape[] = "dddd-dd-ddTdd:dd:dd";
    for (int i = 0; shape[i] != '\0'; i++)
        if (shape[i] == 'd' ? !isdigit((unsigned char)text[i]) : toupper((unsigned char)text[i]) != shape[i])
            return ref_invalid();
    struct tm parts = {.tm_year = atoi(text) - 1900,
                       .tm_mon = atoi(text + 5) - 1,
                       .tm_mday = atoi(text + 8),
                       .tm_hour = atoi(text + 11),
                       .tm_min = atoi(text + 14),
                       .tm_sec = atoi(text + 17)};
    struct tm back = parts;
    time_t seconds = timegm(&back);
    if (back.tm_mday != parts.tm_mday || back.tm_mon != parts.tm_mon || parts.tm_hour > 23 ||
        parts.tm_min > 59 || parts.tm_sec > 59)
        return ref_invalid();
    text += strlen(shape);
    __int128 ns = (__int128)seconds * 1000000000;
    if (*text == '.') {
        __int128 scale = 100000000;
        for (text++; isdigit((unsigned char)*text); text++, scale /= 10)
            ns += scale * (*text - '0');
    }
    if (strcasecmp(text, "Z") != 0) {
        if (strlen(text) != 6 || (*text != '+' && *text != '-'))
            return ref_invalid();
        __int128 ahead = (atoi(text + 1) * 60 + atoi(text + 4)) * (__int128)60000000000;
        ns -= *text == '-' ? -ahead : ahead;
    }
    return ref_from_ns(e, OTR_TYPE_TIMESTAMP, ns);
}

/* The fewest digits that read back, laid out plainly from 1e-4 to below 1e21. */
static otr_str text_of_double(evaluation *e, double number)
{
    char digits[40];
    char sign = signbit(number) ? '-' : '+';
    if (isnan(number))
        return OTR_STR("NaN");
    if (isinf(number))
        return ref_print(e, "%cInf", sign);
    int count = 0;
    do
        (void)snprintf(digits, sizeof digits, "%.*e", count, fabs(number));
    while (strtod(digits, NULL) != fabs(number) && ++count < 17);
    int exponent = atoi(strchr(digits, 'e') + 1);
    const char *minus = sign == '-' ? "-" : "";
    if (exponent < -4 || exponent > 20)
        return ref_print(e, "%s%s", minus, digits);
    int decimals = count > exponent ? count - exponent : 0;
    return ref_print(e, "%s%.*f", minus, decimals, fabs(number));
}

static otr_str text_of_time(evaluation *e, const otr_value *time)
{
    __int128 ns = ref_ns(time);
    bool instant = time->type == OTR_TYPE_TIMESTAMP;
    const char *minus = !instant && ns < 0 ? "-" : "";
    if (!instant && ns < 0)
        ns = -ns;
    int64_t below = (int64_t)((ns % 1000000000 + 1000000000) % 1000000000);
    time_t seconds = (time_t)((ns - below) / 1000000000);
    char fraction[16] = "";
    if (below > 0) {
        (void)snprintf(fraction, sizeof fraction, ".%09" PRId64, below);
        for (size_t end = strlen(fraction); end > 0 && fraction[end - 1] == '0';)
            fraction[--end] = '\0';
    }
    if (!instant)
        return ref_print(e, "%s%lld%ss", minus, (long long)seconds, fraction);
    struct tm at;
    (void)gmtime_r(&seconds, &at);
    return ref_print(e, "%04d-%02d-%02dT%02d:%02d:%02d%sZ", at.tm_year + 1900, at.tm_mon + 1, at.tm_mday,
                     at.tm_hour, at.tm_min, at.tm_sec, fraction);
}

bool ref_to_text(evaluation *e, const otr_value *value, otr_str *out)
{
    uint32_t *points;
    int count;
    *out = value->text;
    switch (value->type) {
    case OTR_TYPE_STRING:
    case OTR_TYPE_TYPE:
        return true;
    case OTR_TYPE_BYTES:
        return ref_points(e, value->text, &points, &count);
    case OTR_TYPE_BOOL:
        *out = value->flag ? OTR_STR("true") : OTR_STR("false");
        return true;
    case OTR_TYPE_INT:
        *out = ref_print(e, "%" PRId64, value->integer);
        return true;
    case OTR_TYPE_UINT:
        *out = ref_print(e, "%" PRIu64, value->natural);
        return true;
    case OTR_TYPE_DOUBLE:
        *out = text_of_double(e, value->number);
        return true;
    case OTR_TYPE_TIMESTAMP:
    case OTR_TYPE_DURATION:
        *out = text_of_time(e, value);
        return true;
    default:
        return false;
    }
}

static outcome type_of(const otr_value *value)
{
    static const char *const names[] = {[OTR_TYPE_NULL] = "null_type",
                                        [OTR_TYPE_BOOL] = "bool",
                                        [OTR_TYPE_INT] = "int",
                                        [OTR_TYPE_UINT] = "uint",
                                        [OTR_TYPE_DOUBLE] = "double",
                                        [OTR_TYPE_STRING] = "string",
                                        [OTR_TYPE_BYTES] = "bytes",
                                        [OTR_TYPE_TIMESTAMP] = "google.protobuf.Timestamp",
                                        [OTR_TYPE_DURATION] = "google.protobuf.Duration",
                                        [OTR_TYPE_LIST] = "list",
                                        [OTR_TYPE_MAP] = "map",
                                        [OTR_TYPE_TYPE] = "type",
                                        [OTR_TYPE_LOCATION] = "location"};
    return ref_ok((otr_value){.type = OTR_TYPE_TYPE, .text = otr_str_of(names[value->type])});
}

bool ref_convert(evaluation *e, const char *name, const otr_value *operands, int count, outcome *out)
{
    const otr_value *from = operands;
    /* NUL-terminated for the readers; one inside makes it no number at all. */
    const char *text = "\x01";
    (void)count;
    if (from->type == OTR_TYPE_STRING &&
        (from->text.size == 0 || memchr(from->text.data, 0, from->text.size) == NULL))
        text = from->text.size == 0 ? "" : otr_arena_copy(e->arena, from->text).data;
    otr_str made;
    *out = ref_invalid();
    if (strcmp(name, "int") == 0 || strcmp(name, "uint") == 0)
        *out = to_whole(e, from, text, name[0] == 'u');
    else if (strcmp(name, "double") == 0)
        *out = to_double(from, text);
    else if (strcmp(name, "bool") == 0)
        *out = to_bool(from);
    else if (strcmp(name, "string") == 0)
        *out = ref_to_text(e, from, &made) ? ref_string(made) : ref_invalid();
    else if (strcmp(name, "bytes") == 0 && (from->type == OTR_TYPE_STRING || from->type == OTR_TYPE_BYTES))
        *out = ref_ok((otr_value){.type = OTR_TYPE_BYTES, .text = from->text});
    else if (strcmp(name, "duration") == 0 && from->type != OTR_TYPE_STRING)
        *out = from->type == OTR_TYPE_DURATION ? ref_ok(*from) : ref_invalid();
    else if (strcmp(name, "duration") == 0)
        *out = to_duration(e, text);
    else if (strcmp(name, "timestamp") == 0 && from->type == OTR_TYPE_INT)
        *out = ref_from_ns(e, OTR_TYPE_TIMESTAMP, (__int128)from->integer * 1000000000);
    else if (strcmp(name, "timestamp") == 0 && from->type != OTR_TYPE_STRING)
        *out = from->type == OTR_TYPE_TIMESTAMP ? ref_ok(*from) : ref_invalid();
    else if (strcmp(name, "timestamp") == 0)
        *out = to_timestamp(e, text);
    else if (strcmp(name, "type") == 0)
        *out = type_of(from);
    else
        return strcmp(name, "bytes") == 0;
    return true;
}
