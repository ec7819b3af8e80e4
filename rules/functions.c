#include "rules/functions.h"

#define CONVERSION(name, type)                                                                               \
    {                                                                                                        \
        name, OTR_CALL_CONVERT, true, false, 1, type                                                         \
    }
#define TEXT(name, call)                                                                                     \
    {                                                                                                        \
        name, call, false, true, 2, OTR_TYPE_BOOL                                                            \
    }
#define MACRO(name, global)                                                                                  \
    {                                                                                                        \
        name, OTR_CALL_MACRO, global, !(global), 0, OTR_TYPE_DYN                                             \
    }
#define LATER(name, global, member)                                                                          \
    {                                                                                                        \
        name, OTR_CALL_UNSUPPORTED, global, member, 0, OTR_TYPE_DYN                                          \
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
    {"dyn", OTR_CALL_DYN, true, false, 1, OTR_TYPE_DYN},
    {"size", OTR_CALL_SIZE, true, true, 1, OTR_TYPE_INT},
    TEXT("startsWith", OTR_CALL_STARTS),
    TEXT("endsWith", OTR_CALL_ENDS),
    TEXT("contains", OTR_CALL_CONTAINS),
    {"distance", OTR_CALL_DISTANCE, false, true, 2, OTR_TYPE_DOUBLE},
    /* CEL's macros */
    MACRO("has", true),
    MACRO("all", false),
    MACRO("exists", false),
    MACRO("exists_one", false),
    MACRO("map", false),
    MACRO("filter", false),
    /* the rest of CEL's standard functions */
    LATER("matches", true, true),
    LATER("type", true, false),
    LATER("getDate", false, true),
    LATER("getDayOfMonth", false, true),
    LATER("getDayOfWeek", false, true),
    LATER("getDayOfYear", false, true),
    LATER("getFullYear", false, true),
    LATER("getHours", false, true),
    LATER("getMilliseconds", false, true),
    LATER("getMinutes", false, true),
    LATER("getMonth", false, true),
    LATER("getSeconds", false, true),
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
