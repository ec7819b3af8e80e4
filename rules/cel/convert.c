/* Conversions between scalar types: int(), uint(), double(), bool(), string(), bytes(), timestamp(),
 * duration(). */
#include "rules/cel/operate.h"

static const int64_t TIMESTAMP_SECONDS_MIN = -62135596800;
static const int64_t TIMESTAMP_SECONDS_MAX = 253402300799;

static const struct {
    const char *name;
    uint64_t ns;
} units[] = {{"w", 604800000000000}, {"d", 86400000000000}, {"h", 3600000000000}, {"m", 60000000000},
             {"s", 1000000000},      {"ms", 1000000},       {"us", 1000},         {"ns", 1}};

static uint64_t unit_ns(otr_str name)
{
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (otr_str_is(name, units[i].name))
            return units[i].ns;
    return 0;
}

static bool is_digit(otr_str text, size_t at)
{
    return at < text.size && text.data[at] >= '0' && text.data[at] <= '9';
}

/* Digits before the point, as many as the nanoseconds of the longest span have, and after it. */
enum { DIGITS_MAX = 19, DECIMALS_MAX = 18 };

/* The share part / 10^DECIMALS_MAX of a unit in nanoseconds, cut off. A unit is whole seconds or a whole part
 * of one, which keeps every product below 64 bits. */
static uint64_t share(uint64_t part, uint64_t unit)
{
    const uint64_t second = 1000000000;
    if (unit < second)
        return part / (second * (second / unit));
    return part / second * (unit / second) + part % second * (unit / second) / second;
}

/* One number with its unit; *total grows by its nanoseconds, at most to UINT64_MAX. */
static bool take_span(otr_str text, size_t *at, uint64_t *total)
{
    uint64_t whole = 0;
    uint64_t part = 0;
    size_t decimals = 0;
    size_t first = *at;
    for (; is_digit(text, *at); (*at)++) {
        if (*at - first >= DIGITS_MAX)
            return false;
        whole = whole * 10 + (uint64_t)(text.data[*at] - '0');
    }
    size_t digits = *at - first;
    if (*at < text.size && text.data[*at] == '.') {
        first = ++*at;
        for (; is_digit(text, *at); (*at)++)
            if (decimals < DECIMALS_MAX) {
                part = part * 10 + (uint64_t)(text.data[*at] - '0');
                decimals++;
            }
        digits += *at - first;
    }
    if (digits == 0)
        return false;
    size_t name = *at;
    while (*at < text.size && text.data[*at] >= 'a' && text.data[*at] <= 'z')
        (*at)++;
    uint64_t unit = unit_ns((otr_str){text.data + name, *at - name});
    if (unit == 0)
        return false;
    for (; decimals > 0 && decimals < DECIMALS_MAX; decimals++)
        part *= 10;
    if (__builtin_mul_overflow(whole, unit, &whole) || __builtin_add_overflow(*total, whole, total) ||
        __builtin_add_overflow(*total, share(part, unit), total))
        *total = UINT64_MAX;
    return true;
}

otr_reason otr_duration_parse(otr_str text, otr_value *out)
{
    size_t at = 0;
    bool negative = text.size > 0 && text.data[0] == '-';
    if (text.size > 0 && (negative || text.data[0] == '+'))
        at = 1;
    if (at == text.size)
        return OTR_REASON_FORMAT;
    if (at + 1 == text.size && text.data[at] == '0') {
        *out = (otr_value){.type = OTR_TYPE_DURATION, .time = 0};
        return OTR_REASON_NONE;
    }
    uint64_t total = 0;
    while (at < text.size) {
        if (!take_span(text, &at, &total))
            return OTR_REASON_FORMAT;
        if (total > (uint64_t)INT64_MAX + 1)
            return OTR_REASON_RANGE;
    }
    otr_value result = {.type = OTR_TYPE_DURATION, .time = (otr_time)(total / 1000)};
    result.below_ns = (int32_t)(total % 1000);
    if (negative) {
        result.time = -result.time - (result.below_ns > 0);
        result.below_ns = result.below_ns > 0 ? 1000 - result.below_ns : 0;
    }
    if (!otr_value_fits(&result))
        return OTR_REASON_RANGE;
    *out = result;
    return OTR_REASON_NONE;
}

static otr_reason double_to_int(double number, int64_t *out)
{
    /* Both limits are left out, as CEL has it. */
    if (!(number > -0x1p63 && number < 0x1p63))
        return OTR_REASON_RANGE;
    *out = (int64_t)number;
    return OTR_REASON_NONE;
}

static otr_reason to_int(const otr_value *from, int64_t *out)
{
    switch (from->type) {
    case OTR_TYPE_INT:
        *out = from->integer;
        return OTR_REASON_NONE;
    case OTR_TYPE_UINT:
        *out = (int64_t)(from->natural & INT64_MAX);
        return from->natural > INT64_MAX ? OTR_REASON_RANGE : OTR_REASON_NONE;
    case OTR_TYPE_DOUBLE:
        return double_to_int(from->number, out);
    case OTR_TYPE_STRING:
        return otr_str_to_i64(from->text, out) ? OTR_REASON_NONE : OTR_REASON_FORMAT;
    case OTR_TYPE_TIMESTAMP:
        *out = from->time / OTR_SECOND - (from->time % OTR_SECOND < 0);
        return OTR_REASON_NONE;
    default:
        return OTR_REASON_NO_OVERLOAD;
    }
}

static otr_reason text_to_uint(otr_str text, uint64_t *out)
{
    uint64_t value = 0;
    for (size_t i = 0; i < text.size; i++) {
        if (!is_digit(text, i) || __builtin_mul_overflow(value, (uint64_t)10, &value) ||
            __builtin_add_overflow(value, (uint64_t)(text.data[i] - '0'), &value))
            return OTR_REASON_FORMAT;
    }
    *out = value;
    return text.size > 0 ? OTR_REASON_NONE : OTR_REASON_FORMAT;
}

static otr_reason to_uint(const otr_value *from, uint64_t *out)
{
    switch (from->type) {
    case OTR_TYPE_UINT:
        *out = from->natural;
        return OTR_REASON_NONE;
    case OTR_TYPE_INT:
        *out = (uint64_t)from->integer;
        return from->integer < 0 ? OTR_REASON_RANGE : OTR_REASON_NONE;
    case OTR_TYPE_DOUBLE:
        if (!(from->number >= 0 && from->number < 0x1p64))
            return OTR_REASON_RANGE;
        *out = (uint64_t)from->number;
        return OTR_REASON_NONE;
    case OTR_TYPE_STRING:
        return text_to_uint(from->text, out);
    default:
        return OTR_REASON_NO_OVERLOAD;
    }
}

static otr_reason to_double(const otr_value *from, double *out)
{
    switch (from->type) {
    case OTR_TYPE_DOUBLE:
        *out = from->number;
        return OTR_REASON_NONE;
    case OTR_TYPE_INT:
        *out = (double)from->integer;
        return OTR_REASON_NONE;
    case OTR_TYPE_UINT:
        *out = (double)from->natural;
        return OTR_REASON_NONE;
    case OTR_TYPE_STRING:
        return otr_str_to_double(from->text, out) ? OTR_REASON_NONE : OTR_REASON_FORMAT;
    default:
        return OTR_REASON_NO_OVERLOAD;
    }
}

static otr_reason to_bool(const otr_value *from, bool *out)
{
    static const char *const yes[] = {"1", "t", "T", "true", "TRUE", "True"};
    static const char *const no[] = {"0", "f", "F", "false", "FALSE", "False"};
    if (from->type == OTR_TYPE_BOOL) {
        *out = from->flag;
        return OTR_REASON_NONE;
    }
    if (from->type != OTR_TYPE_STRING)
        return OTR_REASON_NO_OVERLOAD;
    for (size_t i = 0; i < sizeof yes / sizeof yes[0]; i++) {
        *out = otr_str_is(from->text, yes[i]);
        if (*out || otr_str_is(from->text, no[i]))
            return OTR_REASON_NONE;
    }
    return OTR_REASON_FORMAT;
}

static otr_reason to_bytes(const otr_value *from, otr_str *out)
{
    if (from->type != OTR_TYPE_STRING && from->type != OTR_TYPE_BYTES)
        return OTR_REASON_NO_OVERLOAD;
    *out = from->text;
    return OTR_REASON_NONE;
}

/* Digits of a nanosecond fraction from the seventh on, which otr_time does not hold. */
static int32_t below_us(otr_str text)
{
    const char *point = text.size > 0 ? memchr(text.data, '.', text.size) : NULL;
    if (point == NULL)
        return 0;
    size_t at = (size_t)(point - text.data) + 1;
    int32_t ns = 0;
    int32_t scale = 100000000;
    for (; is_digit(text, at) && scale > 0; at++, scale /= 10)
        ns += (text.data[at] - '0') * scale;
    return ns % 1000;
}

static otr_reason to_timestamp(const otr_value *from, otr_value *out)
{
    if (from->type == OTR_TYPE_TIMESTAMP) {
        *out = *from;
        return OTR_REASON_NONE;
    }
    otr_value result = {.type = OTR_TYPE_TIMESTAMP, .time = 0};
    if (from->type == OTR_TYPE_INT) {
        if (from->integer < TIMESTAMP_SECONDS_MIN || from->integer > TIMESTAMP_SECONDS_MAX)
            return OTR_REASON_RANGE;
        result.time = from->integer * OTR_SECOND;
        *out = result;
        return OTR_REASON_NONE;
    }
    if (from->type != OTR_TYPE_STRING)
        return OTR_REASON_NO_OVERLOAD;
    if (!otr_time_parse(from->text, &result.time))
        return OTR_REASON_FORMAT;
    result.below_ns = below_us(from->text);
    if (!otr_value_fits(&result))
        return OTR_REASON_RANGE;
    *out = result;
    return OTR_REASON_NONE;
}

static otr_reason to_duration(const otr_value *from, otr_value *out)
{
    if (from->type == OTR_TYPE_DURATION) {
        *out = *from;
        return OTR_REASON_NONE;
    }
    return from->type == OTR_TYPE_STRING ? otr_duration_parse(from->text, out) : OTR_REASON_NO_OVERLOAD;
}

otr_reason otr_operate_convert(otr_type to, const otr_value *from, otr_room *room, otr_value *out)
{
    otr_value result = {.type = to};
    otr_reason reason = OTR_REASON_NO_OVERLOAD;
    if (to == OTR_TYPE_INT)
        reason = to_int(from, &result.integer);
    else if (to == OTR_TYPE_UINT)
        reason = to_uint(from, &result.natural);
    else if (to == OTR_TYPE_DOUBLE)
        reason = to_double(from, &result.number);
    else if (to == OTR_TYPE_BOOL)
        reason = to_bool(from, &result.flag);
    else if (to == OTR_TYPE_STRING)
        reason = otr_text_of(from, room, &result.text);
    else if (to == OTR_TYPE_BYTES)
        reason = to_bytes(from, &result.text);
    else if (to == OTR_TYPE_TIMESTAMP)
        reason = to_timestamp(from, &result);
    else if (to == OTR_TYPE_DURATION)
        reason = to_duration(from, &result);
    if (reason == OTR_REASON_NONE)
        *out = result;
    return reason;
}
