/* getFullYear() and the others: parts of a timestamp in a time zone, and a duration in whole units. */
#include "rules/cel/calendar.h"

#include "base/date.h"

/* +hh:mm, -hh:mm and hh:mm. */
static bool fixed_offset(otr_str text, int32_t *ahead_s)
{
    int32_t sign = 1;
    if (text.size > 0 && (text.data[0] == '+' || text.data[0] == '-')) {
        sign = text.data[0] == '-' ? -1 : 1;
        text = (otr_str){text.data + 1, text.size - 1};
    }
    if (text.size != 5 || text.data[2] != ':')
        return false;
    int parts[4];
    for (int i = 0; i < 4; i++) {
        char c = text.data[i + (i > 1)];
        if (c < '0' || c > '9')
            return false;
        parts[i] = c - '0';
    }
    int hours = parts[0] * 10 + parts[1];
    int minutes = parts[2] * 10 + parts[3];
    *ahead_s = sign * (hours * 3600 + minutes * 60);
    return hours < 24 && minutes < 60;
}

bool otr_calendar_fixed(otr_str zone)
{
    int32_t ahead_s;
    return otr_str_is(zone, "UTC") || otr_str_is(zone, "Z") || fixed_offset(zone, &ahead_s);
}

static bool zone_offset(const otr_host *host, otr_str zone, int64_t utc_s, int32_t *ahead_s)
{
    *ahead_s = 0;
    if (otr_calendar_fixed(zone)) {
        (void)fixed_offset(zone, ahead_s); /* UTC is none */
        return true;
    }
    return host->zone != NULL && host->zone(host->context, zone, utc_s, ahead_s) == OTR_OK;
}

static otr_reason span_part(otr_call call, const otr_value *span, int64_t *out)
{
    otr_time us = otr_value_whole_us(span);
    switch (call) {
    case OTR_CALL_GET_HOURS:
        *out = us / OTR_HOUR;
        return OTR_REASON_NONE;
    case OTR_CALL_GET_MINUTES:
        *out = us / OTR_MINUTE;
        return OTR_REASON_NONE;
    case OTR_CALL_GET_SECONDS:
        *out = us / OTR_SECOND;
        return OTR_REASON_NONE;
    case OTR_CALL_GET_MILLISECONDS:
        *out = us / 1000 % 1000;
        return OTR_REASON_NONE;
    default:
        return OTR_REASON_NO_OVERLOAD;
    }
}

static int64_t instant_part(otr_call call, int64_t local_s, int64_t below_s_us)
{
    int64_t days = otr_date_divide(local_s, OTR_DAY_SECONDS);
    int64_t seconds = local_s - days * OTR_DAY_SECONDS;
    otr_date date = otr_date_of(days);
    switch (call) {
    case OTR_CALL_GET_DATE:
        return date.day;
    case OTR_CALL_GET_DAY_OF_MONTH:
        return date.day - 1;
    case OTR_CALL_GET_DAY_OF_WEEK:
        return otr_date_weekday(days);
    case OTR_CALL_GET_DAY_OF_YEAR:
        return otr_date_day_of_year(date);
    case OTR_CALL_GET_FULL_YEAR:
        return date.year;
    case OTR_CALL_GET_MONTH:
        return date.month - 1;
    case OTR_CALL_GET_HOURS:
        return seconds / 3600;
    case OTR_CALL_GET_MINUTES:
        return seconds / 60 % 60;
    case OTR_CALL_GET_SECONDS:
        return seconds % 60;
    default:
        return below_s_us / 1000;
    }
}

otr_reason otr_calendar_get(otr_call call, const otr_host *host, const otr_value *operands, size_t count,
                            otr_value *out)
{
    const otr_value *at = operands;
    int64_t part = 0;
    if (at->type == OTR_TYPE_DURATION && count == 1) {
        otr_reason reason = span_part(call, at, &part);
        if (reason != OTR_REASON_NONE)
            return reason;
    } else if (at->type != OTR_TYPE_TIMESTAMP || (count == 2 && operands[1].type != OTR_TYPE_STRING)) {
        return OTR_REASON_NO_OVERLOAD;
    } else {
        int64_t utc_s = otr_date_divide(at->time, OTR_SECOND);
        int32_t ahead_s = 0;
        if (count == 2 && !zone_offset(host, operands[1].text, utc_s, &ahead_s))
            return OTR_REASON_ZONE;
        int64_t below_s = at->time % OTR_SECOND;
        part = instant_part(call, utc_s + ahead_s, below_s < 0 ? below_s + OTR_SECOND : below_s);
    }
    *out = (otr_value){.type = OTR_TYPE_INT, .integer = part};
    return OTR_REASON_NONE;
}
