/*
 * POSIX's TZ: std offset [dst [offset] , begin [/time] , end [/time]], with the times of up to a week of
 * RFC 9636. Those are why a change may fall into a neighbouring year, and the changes of five years are
 * looked at.
 */
#include "base/zone_rule.h"

#include "base/date.h"

enum {
    NAME_BYTES_MIN = 3,
    OFFSET_HOURS_MAX = 24,
    CHANGE_HOURS_MAX = 167,
    CHANGE_DEFAULT_S = 2 * 3600,
    CHANGES = 10, /* of five years */
};

/* ---- reading ---- */

typedef struct text {
    const char *at;
    const char *end;
} text;

static bool is_digit(const text *t)
{
    return t->at < t->end && *t->at >= '0' && *t->at <= '9';
}

static bool skip(text *t, char wanted)
{
    if (t->at == t->end || *t->at != wanted)
        return false;
    t->at++;
    return true;
}

/* At most three digits. */
static bool read_number(text *t, int max, int *out)
{
    *out = 0;
    const char *first = t->at;
    for (; is_digit(t) && t->at - first < 3; t->at++)
        *out = *out * 10 + (*t->at - '0');
    return t->at > first && *out <= max;
}

/* [+-]hh[:mm[:ss]] */
static bool read_time(text *t, int hours_max, int32_t *seconds)
{
    int hours = 0;
    int minutes = 0;
    int rest = 0;
    bool negative = skip(t, '-');
    if (!negative)
        (void)skip(t, '+');
    if (!read_number(t, hours_max, &hours))
        return false;
    if (skip(t, ':') && (!read_number(t, 59, &minutes) || (skip(t, ':') && !read_number(t, 59, &rest))))
        return false;
    *seconds = (hours * 3600 + minutes * 60 + rest) * (negative ? -1 : 1);
    return true;
}

static bool is_letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* Letters, or in angle brackets letters, digits and signs. */
static bool read_name(text *t, char out[OTR_ZONE_NAME_BYTES])
{
    size_t size = 0;
    bool quoted = skip(t, '<');
    for (; t->at < t->end; t->at++) {
        char c = *t->at;
        if (!is_letter(c) && !(quoted && (is_digit(t) || c == '+' || c == '-')))
            break;
        if (size + 1 == OTR_ZONE_NAME_BYTES)
            return false;
        out[size++] = c;
    }
    out[size] = '\0';
    return size >= NAME_BYTES_MIN && (!quoted || skip(t, '>'));
}

static bool read_change(text *t, otr_zone_change *out)
{
    int number = 0;
    int week = 0;
    int weekday = 0;
    *out = (otr_zone_change){.form = OTR_ZONE_DAY_OF_YEAR, .time_s = CHANGE_DEFAULT_S};
    if (skip(t, 'M')) {
        out->form = OTR_ZONE_DAY_OF_MONTH;
        if (!read_number(t, 12, &number) || number == 0 || !skip(t, '.') || !read_number(t, 5, &week) ||
            week == 0 || !skip(t, '.') || !read_number(t, 6, &weekday))
            return false;
        out->month = (uint8_t)number;
        out->week = (uint8_t)week;
        out->weekday = (uint8_t)weekday;
    } else {
        bool julian = skip(t, 'J');
        if (julian)
            out->form = OTR_ZONE_DAY_JULIAN;
        if (!read_number(t, 365, &number) || (julian && number == 0))
            return false;
        out->day = (int16_t)number;
    }
    return !skip(t, '/') || read_time(t, CHANGE_HOURS_MAX, &out->time_s);
}

const char *otr_zone_rule_parse(otr_str rule, otr_zone_rule *out)
{
    text t = {rule.data, rule.data + rule.size};
    *out = (otr_zone_rule){.summer = false};
    if (!read_name(&t, out->name[0]))
        return "its rule has no name of 3 to 15 characters";
    if (!read_time(&t, OFFSET_HOURS_MAX, &out->offset_s[0]))
        return "its rule has no offset of at most 24 hours";
    out->offset_s[0] = -out->offset_s[0]; /* POSIX counts westward */
    if (t.at == t.end)
        return NULL;
    out->summer = true;
    out->offset_s[1] = -out->offset_s[0] - 3600;
    if (!read_name(&t, out->name[1]))
        return "its rule's summer time has no name of 3 to 15 characters";
    if (t.at < t.end && *t.at != ',' && !read_time(&t, OFFSET_HOURS_MAX, &out->offset_s[1]))
        return "its rule's summer time has no offset of at most 24 hours";
    out->offset_s[1] = -out->offset_s[1];
    if (!skip(&t, ',') || !read_change(&t, &out->begin) || !skip(&t, ',') || !read_change(&t, &out->end))
        return "its rule does not say when summer time begins and ends";
    return t.at == t.end ? NULL : "its rule goes on behind its end";
}

/* ---- the changes ---- */

static int64_t change_day(const otr_zone_change *change, int64_t year)
{
    if (change->form == OTR_ZONE_DAY_OF_YEAR)
        return otr_date_day(year, 1, 1) + change->day;
    if (change->form == OTR_ZONE_DAY_JULIAN)
        return otr_date_day(year, 1, 1) + change->day - 1 + (otr_date_is_leap(year) && change->day > 59);
    int64_t first = otr_date_day(year, change->month, 1);
    int day = (change->weekday - otr_date_weekday(first) + 7) % 7 + (change->week - 1) * 7;
    return first + (day < otr_date_month_days(year, change->month) ? day : day - 7);
}

typedef struct change {
    int64_t at;
    bool summer; /* begins */
} change;

static void changes_around(const otr_zone_rule *rule, int64_t utc_s, change out[CHANGES])
{
    int64_t year = otr_date_of(otr_date_divide(utc_s + rule->offset_s[0], OTR_DAY_SECONDS)).year - 2;
    for (int i = 0; i < CHANGES; i += 2, year++) {
        int64_t begin = change_day(&rule->begin, year) * OTR_DAY_SECONDS + rule->begin.time_s;
        int64_t end = change_day(&rule->end, year) * OTR_DAY_SECONDS + rule->end.time_s;
        out[i] = (change){begin - rule->offset_s[0], true};
        out[i + 1] = (change){end - rule->offset_s[1], false};
    }
}

/* Of changes at one instant the later year's counts: summer time that ends as it begins anew lasts all year.
 */
bool otr_zone_rule_is_summer(const otr_zone_rule *rule, int64_t utc_s)
{
    change changes[CHANGES];
    const change *last = NULL;
    if (!rule->summer)
        return false;
    changes_around(rule, utc_s, changes);
    for (int i = 0; i < CHANGES; i++)
        if (changes[i].at <= utc_s && (last == NULL || changes[i].at >= last->at))
            last = &changes[i];
    return last != NULL && last->summer;
}

int64_t otr_zone_rule_next(const otr_zone_rule *rule, int64_t utc_s)
{
    change changes[CHANGES];
    int64_t next = INT64_MAX;
    if (!rule->summer)
        return next;
    changes_around(rule, utc_s, changes);
    for (int i = 0; i < CHANGES; i++)
        if (changes[i].at > utc_s && changes[i].at < next)
            next = changes[i].at;
    return next;
}
