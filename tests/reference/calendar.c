/* Parts of timestamps, as the C library's calendar has them, and of durations. */
#include "evaluate.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const struct {
    const char *name;
    bool of_span;
} functions[] = {{"getDate", false},       {"getDayOfMonth", false}, {"getDayOfWeek", false},
                 {"getDayOfYear", false},  {"getFullYear", false},   {"getMonth", false},
                 {"getHours", true},       {"getMinutes", true},     {"getSeconds", true},
                 {"getMilliseconds", true}};
enum { FUNCTIONS = sizeof functions / sizeof functions[0] };

/* +hh:mm, -hh:mm, hh:mm or UTC; there are no zones by name here. */
static bool read_offset(otr_str zone, int *seconds)
{
    char text[8] = "";
    *seconds = 0;
    if (otr_str_is(zone, "UTC"))
        return true;
    if (zone.size > 6)
        return false;
    for (size_t i = 0; i < zone.size; i++)
        text[i] = zone.data[i];
    const char *at = text + (*text == '+' || *text == '-');
    if (strlen(at) != 5 || !isdigit((unsigned char)at[0]) || !isdigit((unsigned char)at[1]) || at[2] != ':' ||
        !isdigit((unsigned char)at[3]) || !isdigit((unsigned char)at[4]) || atoi(at) > 23 ||
        atoi(at + 3) > 59)
        return false;
    *seconds = (atoi(at) * 60 + atoi(at + 3)) * (*text == '-' ? -60 : 60);
    return true;
}

static int64_t part(const evaluation *e, const char *name, const struct tm *at, int milliseconds)
{
    if (strcmp(name, "getDate") == 0)
        return at->tm_mday;
    if (strcmp(name, "getDayOfMonth") == 0)
        return at->tm_mday - 1;
    if (strcmp(name, "getDayOfWeek") == 0)
        return at->tm_wday;
    if (strcmp(name, "getDayOfYear") == 0)
        return at->tm_yday;
    if (strcmp(name, "getFullYear") == 0)
        return at->tm_year + 1900;
    if (strcmp(name, "getMonth") == 0)
        return at->tm_mon + (e->bug == REF_BUG_MONTH_FROM_ONE);
    if (strcmp(name, "getHours") == 0)
        return at->tm_hour;
    if (strcmp(name, "getMinutes") == 0)
        return at->tm_min;
    return strcmp(name, "getSeconds") == 0 ? at->tm_sec : milliseconds;
}

static int64_t span_part(const char *name, __int128 ns)
{
    if (strcmp(name, "getHours") == 0)
        return (int64_t)(ns / 3600000000000);
    if (strcmp(name, "getMinutes") == 0)
        return (int64_t)(ns / 60000000000);
    return (int64_t)(strcmp(name, "getSeconds") == 0 ? ns / 1000000000 : ns / 1000000 % 1000);
}

bool ref_calendar(evaluation *e, const char *name, const otr_value *operands, int count, outcome *out)
{
    int which = 0;
    while (which < FUNCTIONS && strcmp(functions[which].name, name) != 0)
        which++;
    *out = ref_invalid();
    if (which == FUNCTIONS)
        return false;
    __int128 ns = ref_ns(operands);
    int ahead = 0;
    if (operands->type == OTR_TYPE_DURATION && count == 1 && functions[which].of_span)
        *out = ref_int(span_part(name, ns));
    if (operands->type != OTR_TYPE_TIMESTAMP)
        return true;
    if (count == 2 && (operands[1].type != OTR_TYPE_STRING || !read_offset(operands[1].text, &ahead)))
        return true;
    if (e->bug == REF_BUG_ZONE_IGNORED && strcmp(name, "getHours") == 0)
        ahead = 0;
    __int128 below = (ns % 1000000000 + 1000000000) % 1000000000;
    time_t seconds = (time_t)((ns - below) / 1000000000) + ahead;
    struct tm at;
    if (gmtime_r(&seconds, &at) != NULL)
        *out = ref_int(part(e, name, &at, (int)(below / 1000000)));
    return true;
}
