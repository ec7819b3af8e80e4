#include "rules/functions.h"

#define CONVERSION(name, type)                                                                               \
    {                                                                                                        \
        name, OTR_CALL_CONVERT, true, false, 1, 1, type                                                      \
    }
#define TEXT(name, call)                                                                                     \
    {                                                                                                        \
        name, call, false, true, 2, 2, OTR_TYPE_BOOL                                                         \
    }
#define MACRO(name, call, operands, operands_max)                                                            \
    {                                                                                                        \
        name, call, false, true, operands, operands_max, OTR_TYPE_BOOL                                       \
    }
#define CALENDAR(name, call)                                                                                 \
    {                                                                                                        \
        name, call, false, true, 1, 2, OTR_TYPE_INT                                                          \
    }
#define LATER(name, global, member)                                                                          \
    {                                                                                                        \
        name, OTR_CALL_UNSUPPORTED, global, member, 0, 0, OTR_TYPE_DYN                                       \
    }

static const otr_function_entry entries[] = {
    CONVERSION("bool", OTR_TYPE_BOOL),
    CONVERSION("int", OTR_TYPE_INT),
    CONVERSION("uint", OTR_TYPE_UINT),
    CONVERSION("double", OTR_TYPE_DOUBLE),
    CONVERSION("string", OTR_TYPE_STRING),
    CONVERSION("bytes", OTR_TYPE_BYTES),
    CONVERSION("timestamp", OTR_TYPE_TIMESTAMP),
    CONVERSION("duration", OTR_TYPE_DURATION),
    {"dyn", OTR_CALL_DYN, true, false, 1, 1, OTR_TYPE_DYN},
    {"size", OTR_CALL_SIZE, true, true, 1, 1, OTR_TYPE_INT},
    TEXT("startsWith", OTR_CALL_STARTS),
    TEXT("endsWith", OTR_CALL_ENDS),
    TEXT("contains", OTR_CALL_CONTAINS),
    {"distance", OTR_CALL_DISTANCE, false, true, 2, 2, OTR_TYPE_DOUBLE},
    {"type", OTR_CALL_TYPE, true, false, 1, 1, OTR_TYPE_TYPE},
    {"matches", OTR_CALL_MATCHES, true, true, 2, 2, OTR_TYPE_BOOL},
    CALENDAR("getDate", OTR_CALL_GET_DATE),
    CALENDAR("getDayOfMonth", OTR_CALL_GET_DAY_OF_MONTH),
    CALENDAR("getDayOfWeek", OTR_CALL_GET_DAY_OF_WEEK),
    CALENDAR("getDayOfYear", OTR_CALL_GET_DAY_OF_YEAR),
    CALENDAR("getFullYear", OTR_CALL_GET_FULL_YEAR),
    CALENDAR("getHours", OTR_CALL_GET_HOURS),
    CALENDAR("getMilliseconds", OTR_CALL_GET_MILLISECONDS),
    CALENDAR("getMinutes", OTR_CALL_GET_MINUTES),
    CALENDAR("getMonth", OTR_CALL_GET_MONTH),
    CALENDAR("getSeconds", OTR_CALL_GET_SECONDS),
    /* macros: the receiver, the variables, and what is said of them */
    {"has", OTR_CALL_HAS, true, false, 1, 1, OTR_TYPE_BOOL},
    MACRO("all", OTR_CALL_ALL, 3, 4),
    MACRO("exists", OTR_CALL_EXISTS, 3, 4),
    MACRO("exists_one", OTR_CALL_EXISTS_ONE, 3, 4),
    MACRO("existsOne", OTR_CALL_EXISTS_ONE, 3, 4),
    MACRO("map", OTR_CALL_MAP, 3, 4),
    MACRO("filter", OTR_CALL_FILTER, 3, 3),
    MACRO("transformList", OTR_CALL_TRANSFORM_LIST, 4, 5),
    MACRO("transformMap", OTR_CALL_TRANSFORM_MAP, 4, 5),
    /* our functions over the past of a metric */
    LATER("avg", false, true),
    LATER("min", false, true),
    LATER("max", false, true),
    LATER("count", false, true),
    LATER("delta", false, true),
    LATER("rate", false, true),
    LATER("stddev", false, true),
    LATER("last", false, true),
    LATER("age", false, true),
    LATER("changed", false, true),
    LATER("predict", false, true),
    LATER("time_above", false, true),
    LATER("mkt", false, true),
    LATER("anomaly", false, true),
    LATER("inside", false, true),
    LATER("dwell", false, true),
    LATER("speed", false, true),
    LATER("eta", false, true),
    LATER("peak", false, true),
    LATER("duration", false, true),
    LATER("delta_v", false, true),
};

enum { ENTRIES = sizeof entries / sizeof entries[0] };

int otr_function_count(void)
{
    return ENTRIES;
}

const otr_function_entry *otr_function_get(int number)
{
    return &entries[number];
}

int otr_function_find(otr_str name, bool member)
{
    for (int i = 0; i < ENTRIES; i++)
        if ((member ? entries[i].member : entries[i].global) && otr_str_is(name, entries[i].name))
            return i;
    return -1;
}
