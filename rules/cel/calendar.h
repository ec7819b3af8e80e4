/* Parts of timestamps and durations. Years and days of the proleptic Gregorian calendar. */
#ifndef OTR_RULES_CALENDAR_H
#define OTR_RULES_CALENDAR_H

#include "rules/cel/expression.h"
#include "rules/cel/functions.h"
#include "rules/cel/operate.h"

/*
 * call: GET_DATE to GET_SECONDS. operands: a timestamp and perhaps a time zone, or a duration. A zone is UTC,
 * an offset such as -02:30, or a name that the host knows. Months and days count from 0, getDate from 1,
 * weeks from Sunday = 0.
 */
otr_reason otr_calendar_get(otr_call call, const otr_host *host, const otr_value *operands, size_t count,
                            otr_value *out);

/* Whether the zone is UTC or an offset. */
bool otr_calendar_fixed(otr_str zone);

#endif
