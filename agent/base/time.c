#include "base/time.h"

#include "base/date.h"

#include <stdio.h>

otr_time otr_time_add(otr_time a, otr_time b)
{
    otr_time sum;
    if (a == OTR_TIME_NEVER || b == OTR_TIME_NEVER)
        return OTR_TIME_NEVER;
    if (__builtin_add_overflow(a, b, &sum))
        return a > 0 ? OTR_TIME_NEVER : OTR_TIME_NONE + 1;
    return sum;
}

otr_time otr_time_whole(otr_time at, otr_time span)
{
    otr_time over = at % span;
    if (over < 0)
        over += span;
    return over == 0 ? at : otr_time_add(at, span - over);
}

size_t otr_time_format(otr_time at, char out[OTR_TIME_TEXT_BYTES])
{
    int64_t days = otr_date_divide(at, OTR_DAY);
    int64_t rest = at % OTR_DAY + (at % OTR_DAY < 0 ? OTR_DAY : 0);
    otr_date date = otr_date_of(days);
    if (date.year < 1 || date.year > 9999) {
        memcpy(out, "-", 2);
        return 1;
    }
    int seconds = (int)(rest / OTR_SECOND);
    int micros = (int)(rest % OTR_SECOND);
    int n = snprintf(out, OTR_TIME_TEXT_BYTES, "%04d-%02d-%02dT%02d:%02d:%02d", (int)date.year, date.month,
                     date.day, seconds / 3600, seconds / 60 % 60, seconds % 60);
    if (micros % 1000 != 0)
        n += snprintf(out + n, OTR_TIME_TEXT_BYTES - (size_t)n, ".%06d", micros);
    else if (micros != 0)
        n += snprintf(out + n, OTR_TIME_TEXT_BYTES - (size_t)n, ".%03d", micros / 1000);
    n += snprintf(out + n, OTR_TIME_TEXT_BYTES - (size_t)n, "Z");
    return (size_t)n;
}

/* Exactly width digits at *at; -1 when they are not there. */
static int digits(otr_str text, size_t *at, int width)
{
    int value = 0;
    for (int i = 0; i < width; i++, (*at)++) {
        if (*at >= text.size || text.data[*at] < '0' || text.data[*at] > '9')
            return -1;
        value = value * 10 + (text.data[*at] - '0');
    }
    return value;
}

static bool literal(otr_str text, size_t *at, char wanted)
{
    if (*at >= text.size || text.data[*at] != wanted)
        return false;
    (*at)++;
    return true;
}

static bool parse_fraction(otr_str text, size_t *at, otr_time *micros)
{
    otr_time scale = OTR_SECOND / 10;
    size_t first = *at;
    for (; *at < text.size && text.data[*at] >= '0' && text.data[*at] <= '9'; (*at)++) {
        *micros += (text.data[*at] - '0') * scale;
        scale /= 10;
    }
    return *at > first;
}

static bool parse_offset(otr_str text, size_t *at, otr_time *offset)
{
    otr_str rest = {text.data + *at, text.size - *at};
    if (rest.size == 0 || otr_str_is(rest, "Z") || otr_str_is(rest, "z") || otr_str_is(rest, " UTC")) {
        *at = text.size;
        return true;
    }
    bool negative = rest.data[0] == '-';
    if (!negative && rest.data[0] != '+')
        return false;
    (*at)++;
    int hours = digits(text, at, 2);
    (void)literal(text, at, ':');
    int minutes = digits(text, at, 2);
    if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59)
        return false;
    *offset = (hours * OTR_HOUR + minutes * OTR_MINUTE) * (negative ? -1 : 1);
    return true;
}

bool otr_time_parse(otr_str text, otr_time *out)
{
    size_t at = 0;
    int year = digits(text, &at, 4);
    bool ok = literal(text, &at, '-');
    int month = digits(text, &at, 2);
    ok = ok && literal(text, &at, '-');
    int day = digits(text, &at, 2);
    if (!ok || year < 1 || month < 1 || month > 12 || day < 1 || day > otr_date_month_days(year, month))
        return false;
    if (!literal(text, &at, 'T') && !literal(text, &at, 't') && !literal(text, &at, ' '))
        return false;
    int hour = digits(text, &at, 2);
    ok = literal(text, &at, ':');
    int minute = digits(text, &at, 2);
    ok = ok && literal(text, &at, ':');
    int second = digits(text, &at, 2);
    if (!ok || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60)
        return false;
    otr_time micros = 0;
    if (literal(text, &at, '.') && !parse_fraction(text, &at, &micros))
        return false;
    otr_time offset = 0;
    if (!parse_offset(text, &at, &offset) || at != text.size)
        return false;
    *out = otr_date_day(year, month, day) * OTR_DAY + hour * OTR_HOUR + minute * OTR_MINUTE +
           second * OTR_SECOND + micros - offset;
    return true;
}

static const struct {
    const char *name;
    otr_time span;
} units[] = {{"w", 7 * OTR_DAY}, {"d", OTR_DAY}, {"h", OTR_HOUR}, {"m", OTR_MINUTE},
             {"s", OTR_SECOND},  {"ms", OTR_MS}, {"us", 1}};
enum { UNITS = sizeof units / sizeof units[0] };

bool otr_span_parse(otr_str text, otr_time *out)
{
    size_t at = 0;
    unsigned seen = 0;
    double total = 0;
    while (at < text.size) {
        size_t number = at;
        while (at < text.size && ((text.data[at] >= '0' && text.data[at] <= '9') || text.data[at] == '.'))
            at++;
        double value;
        if (!otr_str_to_double((otr_str){text.data + number, at - number}, &value))
            return false;
        size_t name = at;
        while (at < text.size && text.data[at] >= 'a' && text.data[at] <= 'z')
            at++;
        otr_str unit = {text.data + name, at - name};
        int found = -1;
        for (int i = 0; i < UNITS; i++)
            if (otr_str_is(unit, units[i].name))
                found = i;
        if (found < 0 || (seen & (1U << found)) != 0)
            return false;
        seen |= 1U << found;
        total += value * (double)units[found].span;
    }
    if (seen == 0 || total > 9e18)
        return false;
    *out = (otr_time)(total + 0.5);
    return true;
}

size_t otr_span_format(otr_time span, char out[OTR_TIME_TEXT_BYTES])
{
    int n = 0;
    int parts = 0;
    if (span < 0)
        span = 0;
    if (span >= OTR_SECOND)
        span -= span % OTR_SECOND;
    for (int i = 1; i < UNITS && parts < 2; i++) {
        otr_time count = span / units[i].span;
        if (count == 0) {
            if (parts > 0)
                break;
            continue;
        }
        n += snprintf(out + n, OTR_TIME_TEXT_BYTES - (size_t)n, "%s%lld%s", parts > 0 ? " " : "",
                      (long long)count, units[i].name);
        span -= count * units[i].span;
        parts++;
    }
    if (parts == 0)
        n = snprintf(out, OTR_TIME_TEXT_BYTES, "0s");
    return (size_t)n;
}
