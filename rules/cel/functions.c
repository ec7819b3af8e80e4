#include "rules/cel/functions.h"

#include "base/status.h"

#define NO_USE OTR_FUNCTIONS

#define CONVERSION(name, type)                                                                               \
    {                                                                                                        \
        name, OTR_CALL_CONVERT, true, false, 1, 1, type, NO_USE, NULL                                        \
    }
#define TEXT(name, call)                                                                                     \
    {                                                                                                        \
        name, call, false, true, 2, 2, OTR_TYPE_BOOL, NO_USE, NULL                                           \
    }
#define MACRO(name, call, operands, operands_max)                                                            \
    {                                                                                                        \
        name, call, false, true, operands, operands_max, OTR_TYPE_BOOL, NO_USE, NULL                         \
    }
#define CALENDAR(name, call)                                                                                 \
    {                                                                                                        \
        name, call, false, true, 1, 2, OTR_TYPE_INT, NO_USE, NULL                                            \
    }
#define MEMBER(name, call, operands, operands_max, type, takes)                                              \
    {                                                                                                        \
        name, call, false, true, operands, operands_max, type, NO_USE, takes                                 \
    }
#define GLOBAL(name, call, operands, operands_max, type, takes)                                              \
    {                                                                                                        \
        name, call, true, false, operands, operands_max, type, NO_USE, takes                                 \
    }

#define USE(name, function, operands, operands_max, type, takes)                                             \
    {                                                                                                        \
        name, OTR_CALL_USE, false, true, operands, operands_max, type, OTR_FUNCTION_##function, takes        \
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
    {"dyn", OTR_CALL_DYN, true, false, 1, 1, OTR_TYPE_DYN, NO_USE, NULL},
    {"size", OTR_CALL_SIZE, true, true, 1, 1, OTR_TYPE_INT, NO_USE, NULL},
    TEXT("startsWith", OTR_CALL_STARTS),
    TEXT("endsWith", OTR_CALL_ENDS),
    TEXT("contains", OTR_CALL_CONTAINS),
    {"type", OTR_CALL_TYPE, true, false, 1, 1, OTR_TYPE_TYPE, NO_USE, NULL},
    {"matches", OTR_CALL_MATCHES, true, true, 2, 2, OTR_TYPE_BOOL, NO_USE, NULL},
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
    {"has", OTR_CALL_HAS, true, false, 1, 1, OTR_TYPE_BOOL, NO_USE, NULL},
    MACRO("all", OTR_CALL_ALL, 3, 4),
    MACRO("exists", OTR_CALL_EXISTS, 3, 4),
    MACRO("exists_one", OTR_CALL_EXISTS_ONE, 3, 4),
    MACRO("existsOne", OTR_CALL_EXISTS_ONE, 3, 4),
    MACRO("map", OTR_CALL_MAP, 3, 4),
    MACRO("filter", OTR_CALL_FILTER, 3, 3),
    MACRO("transformList", OTR_CALL_TRANSFORM_LIST, 4, 5),
    MACRO("transformMap", OTR_CALL_TRANSFORM_MAP, 4, 5),
    MEMBER("charAt", OTR_CALL_CHAR_AT, 2, 2, OTR_TYPE_STRING, "si"),
    MEMBER("indexOf", OTR_CALL_INDEX_OF, 2, 3, OTR_TYPE_INT, "ssi"),
    MEMBER("lastIndexOf", OTR_CALL_LAST_INDEX_OF, 2, 3, OTR_TYPE_INT, "ssi"),
    MEMBER("lowerAscii", OTR_CALL_LOWER_ASCII, 1, 1, OTR_TYPE_STRING, "s"),
    MEMBER("upperAscii", OTR_CALL_UPPER_ASCII, 1, 1, OTR_TYPE_STRING, "s"),
    MEMBER("trim", OTR_CALL_TRIM, 1, 1, OTR_TYPE_STRING, "s"),
    MEMBER("replace", OTR_CALL_REPLACE, 3, 4, OTR_TYPE_STRING, "sssi"),
    MEMBER("split", OTR_CALL_SPLIT, 2, 3, OTR_TYPE_LIST, "ssi"),
    MEMBER("substring", OTR_CALL_SUBSTRING, 2, 3, OTR_TYPE_STRING, "si"),
    MEMBER("join", OTR_CALL_JOIN, 1, 2, OTR_TYPE_STRING, "ls"),
    MEMBER("format", OTR_CALL_FORMAT, 2, 2, OTR_TYPE_STRING, "sl"),
    GLOBAL("strings.quote", OTR_CALL_QUOTE, 1, 1, OTR_TYPE_STRING, "s"),
    GLOBAL("math.greatest", OTR_CALL_GREATEST, 1, 64, OTR_TYPE_DYN, "a"),
    GLOBAL("math.least", OTR_CALL_LEAST, 1, 64, OTR_TYPE_DYN, "a"),
    GLOBAL("math.ceil", OTR_CALL_CEIL, 1, 1, OTR_TYPE_DOUBLE, "d"),
    GLOBAL("math.floor", OTR_CALL_FLOOR, 1, 1, OTR_TYPE_DOUBLE, "d"),
    GLOBAL("math.round", OTR_CALL_ROUND, 1, 1, OTR_TYPE_DOUBLE, "d"),
    GLOBAL("math.trunc", OTR_CALL_TRUNC, 1, 1, OTR_TYPE_DOUBLE, "d"),
    GLOBAL("math.abs", OTR_CALL_ABS, 1, 1, OTR_TYPE_DYN, "n"),
    GLOBAL("math.sign", OTR_CALL_SIGN, 1, 1, OTR_TYPE_DYN, "n"),
    GLOBAL("math.isNaN", OTR_CALL_IS_NAN, 1, 1, OTR_TYPE_BOOL, "d"),
    GLOBAL("math.isInf", OTR_CALL_IS_INF, 1, 1, OTR_TYPE_BOOL, "d"),
    GLOBAL("math.isFinite", OTR_CALL_IS_FINITE, 1, 1, OTR_TYPE_BOOL, "d"),
    GLOBAL("math.bitAnd", OTR_CALL_BIT_AND, 2, 2, OTR_TYPE_DYN, "b"),
    GLOBAL("math.bitOr", OTR_CALL_BIT_OR, 2, 2, OTR_TYPE_DYN, "b"),
    GLOBAL("math.bitXor", OTR_CALL_BIT_XOR, 2, 2, OTR_TYPE_DYN, "b"),
    GLOBAL("math.bitNot", OTR_CALL_BIT_NOT, 1, 1, OTR_TYPE_DYN, "b"),
    GLOBAL("math.bitShiftLeft", OTR_CALL_SHIFT_LEFT, 2, 2, OTR_TYPE_DYN, "bi"),
    GLOBAL("math.bitShiftRight", OTR_CALL_SHIFT_RIGHT, 2, 2, OTR_TYPE_DYN, "bi"),
    /* our functions over the past of a metric, and over places */
    USE("avg", AVG, 2, 2, OTR_TYPE_DOUBLE, "ns"),
    USE("min", MIN, 2, 2, OTR_TYPE_DOUBLE, "ns"),
    USE("max", MAX, 2, 2, OTR_TYPE_DOUBLE, "ns"),
    USE("count", COUNT, 2, 2, OTR_TYPE_INT, "as"),
    USE("sum", SUM, 2, 2, OTR_TYPE_DOUBLE, "ns"),
    USE("delta", DELTA, 2, 2, OTR_TYPE_DOUBLE, "ns"),
    USE("rate", RATE, 2, 2, OTR_TYPE_DOUBLE, "ns"),
    USE("stddev", STDDEV, 2, 2, OTR_TYPE_DOUBLE, "ns"),
    USE("median", MEDIAN, 2, 2, OTR_TYPE_DOUBLE, "ns"),
    USE("last", LAST, 1, 2, OTR_TYPE_DYN, "as"),
    USE("age", AGE, 1, 1, OTR_TYPE_DURATION, "a"),
    USE("at", AT, 1, 1, OTR_TYPE_TIMESTAMP, "a"),
    USE("changed", CHANGED, 2, 2, OTR_TYPE_BOOL, "as"),
    USE("predict", PREDICT, 3, 3, OTR_TYPE_DOUBLE, "nes"),
    USE("time_above", TIME_ABOVE, 2, 3, OTR_TYPE_DURATION, "nms"),
    USE("time_below", TIME_BELOW, 2, 3, OTR_TYPE_DURATION, "nms"),
    USE("longest_above", LONGEST_ABOVE, 2, 3, OTR_TYPE_DURATION, "nms"),
    USE("longest_below", LONGEST_BELOW, 2, 3, OTR_TYPE_DURATION, "nms"),
    USE("mkt", MKT, 1, 2, OTR_TYPE_DOUBLE, "ts"),
    USE("anomaly", ANOMALY, 1, 1, OTR_TYPE_DOUBLE, "n"),
    USE("distance", DISTANCE, 2, 2, OTR_TYPE_DOUBLE, "lp"),
    USE("inside", INSIDE, 2, 2, OTR_TYPE_BOOL, "lp"),
    USE("dwell", DWELL, 2, 2, OTR_TYPE_DURATION, "lp"),
    USE("speed", SPEED, 1, 2, OTR_TYPE_DOUBLE, "ls"),
    USE("heading", HEADING, 1, 2, OTR_TYPE_DOUBLE, "ls"),
    USE("eta", ETA, 2, 3, OTR_TYPE_DURATION, "lps"),
    USE("progress", PROGRESS, 1, 1, OTR_TYPE_DOUBLE, "l"),
    USE("off_route", OFF_ROUTE, 1, 1, OTR_TYPE_DOUBLE, "l"),
    USE("at_stop", AT_STOP, 1, 1, OTR_TYPE_BOOL, "l"),
    USE("stop", STOP, 1, 1, OTR_TYPE_INT, "l"),
    USE("overstay", OVERSTAY, 1, 1, OTR_TYPE_DURATION, "l"),
    USE("arrival", ARRIVAL, 1, 1, OTR_TYPE_TIMESTAMP, "l"),
    USE("arrival_error", ARRIVAL_ERROR, 1, 1, OTR_TYPE_DURATION, "l"),
    USE("stopped", STOPPED, 1, 1, OTR_TYPE_DURATION, "l"),
    USE("peak", PEAK, 2, 2, OTR_TYPE_DOUBLE, "gs"),
    USE("duration", DURATION, 3, 3, OTR_TYPE_DURATION, "gms"),
    USE("delta_v", DELTA_V, 3, 3, OTR_TYPE_DOUBLE, "gms"),
    USE("drop_height", DROP_HEIGHT, 2, 2, OTR_TYPE_DOUBLE, "gs"),
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

const char *otr_function_name(otr_function use)
{
    for (int i = 0; i < ENTRIES; i++)
        if (entries[i].call == OTR_CALL_USE && entries[i].use == use)
            return entries[i].name;
    OTR_ASSERT(!"every function has an entry");
    return "";
}

bool otr_function_takes(const otr_function_entry *entry, size_t operand, otr_type type)
{
    size_t letters = strlen(entry->takes);
    switch (entry->takes[operand < letters ? operand : letters - 1]) {
    case 's':
        return type == OTR_TYPE_STRING;
    case 'i':
        return type == OTR_TYPE_INT;
    case 'd':
        return type == OTR_TYPE_DOUBLE;
    case 'n':
        return type == OTR_TYPE_INT || type == OTR_TYPE_UINT || type == OTR_TYPE_DOUBLE;
    case 'b':
        return type == OTR_TYPE_INT || type == OTR_TYPE_UINT;
    case 'l':
        return type == OTR_TYPE_LIST;
    default:
        return true;
    }
}
