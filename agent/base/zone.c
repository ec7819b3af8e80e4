/*
 * What a zone's clocks show. An instant's offset is that of the last transition before it, found by halves,
 * or the rule's after the last one.
 */
#include "base/zone.h"

#include "base/date.h"
#include "base/zone_inside.h"

static const int64_t AHEAD_MAX_S = 26 * 3600LL;
/* Far more days than an otr_time can hold, whose seconds can still be counted. */
static const int64_t DAY_MAX = 1000000000000;

size_t otr_zone_bytes(const otr_zone *zone)
{
    return zone->bytes;
}

/* How many transitions are not after utc_s. */
static uint32_t passed(const otr_zone *zone, int64_t utc_s)
{
    uint32_t low = 0;
    uint32_t high = zone->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (zone->at_s[middle] <= utc_s)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static int32_t offset_at(const otr_zone *zone, int64_t utc_s, const char **name)
{
    uint32_t count = passed(zone, utc_s);
    if (count == zone->count && zone->has_rule) {
        bool summer = otr_zone_rule_is_summer(&zone->rule, utc_s);
        *name = zone->rule.name[summer];
        return zone->rule.offset_s[summer];
    }
    const otr_zone_type *type = &zone->types[count > 0 ? zone->to[count - 1] : zone->first];
    *name = zone->names + type->name;
    return type->offset_s;
}

static int64_t next_change_s(const otr_zone *zone, int64_t utc_s)
{
    uint32_t count = passed(zone, utc_s);
    if (count < zone->count)
        return zone->at_s[count];
    return zone->has_rule ? otr_zone_rule_next(&zone->rule, utc_s) : INT64_MAX;
}

static otr_time instant_of(int64_t utc_s)
{
    if (utc_s >= OTR_TIME_NEVER / OTR_SECOND)
        return OTR_TIME_NEVER;
    return utc_s <= OTR_TIME_NONE / OTR_SECOND ? OTR_TIME_NONE + 1 : utc_s * OTR_SECOND;
}

int32_t otr_zone_offset(const otr_zone *zone, otr_time utc, const char **abbreviation)
{
    const char *name = "UTC";
    int32_t offset_s = zone != NULL ? offset_at(zone, otr_date_divide(utc, OTR_SECOND), &name) : 0;
    if (abbreviation != NULL)
        *abbreviation = name;
    return offset_s;
}

otr_time otr_zone_next_change(const otr_zone *zone, otr_time utc)
{
    int64_t next = zone != NULL ? next_change_s(zone, otr_date_divide(utc, OTR_SECOND)) : INT64_MAX;
    return instant_of(next);
}

static int64_t local_s(const otr_zone *zone, otr_time utc)
{
    return otr_date_divide(utc, OTR_SECOND) + otr_zone_offset(zone, utc, NULL);
}

otr_civil otr_civil_at(const otr_zone *zone, otr_time utc)
{
    int64_t local = local_s(zone, utc);
    int64_t day = otr_date_divide(local, OTR_DAY_SECONDS);
    int second = (int)(local - day * OTR_DAY_SECONDS);
    otr_date date = otr_date_of(day);
    return (otr_civil){(int)date.year, date.month,           date.day, second / 3600, second / 60 % 60,
                       second % 60,    otr_date_weekday(day)};
}

int64_t otr_civil_day(const otr_zone *zone, otr_time utc)
{
    return otr_date_divide(local_s(zone, utc), OTR_DAY_SECONDS);
}

otr_time otr_civil_instant(const otr_zone *zone, int64_t day, int minute_of_day)
{
    if (day > DAY_MAX)
        return OTR_TIME_NEVER;
    if (day < -DAY_MAX)
        return OTR_TIME_NONE + 1;
    int64_t wanted = day * OTR_DAY_SECONDS + minute_of_day * 60LL;
    if (zone == NULL)
        return instant_of(wanted);
    /* From an instant at which no clock can show it yet, span by span of one offset. */
    int64_t from = wanted - AHEAD_MAX_S;
    for (;;) {
        const char *name;
        int64_t reached = wanted - offset_at(zone, from, &name);
        if (reached <= from)
            return instant_of(from); /* jumped over */
        int64_t next = next_change_s(zone, from);
        if (reached < next)
            return instant_of(reached);
        from = next;
    }
}
