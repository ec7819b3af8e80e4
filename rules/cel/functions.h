/* The functions that expressions may call: CEL's and ours. */
#ifndef OTR_RULES_FUNCTIONS_H
#define OTR_RULES_FUNCTIONS_H

#include "rules/cel/expression.h"

typedef enum otr_call {
    OTR_CALL_USE, /* of a metric: the host answers; check_use.c */
    /* macros, which the checker takes apart */
    OTR_CALL_HAS,
    OTR_CALL_ALL,
    OTR_CALL_EXISTS,
    OTR_CALL_EXISTS_ONE,
    OTR_CALL_MAP,
    OTR_CALL_FILTER,
    OTR_CALL_TRANSFORM_LIST,
    OTR_CALL_TRANSFORM_MAP,
    /* instructions of their own */
    OTR_CALL_CONVERT,
    OTR_CALL_DYN,
    OTR_CALL_SIZE,
    OTR_CALL_STARTS,
    OTR_CALL_ENDS,
    OTR_CALL_CONTAINS,
    OTR_CALL_TYPE,
    OTR_CALL_MATCHES,
    /* of timestamps, some of durations too: calendar.c */
    OTR_CALL_GET_DATE,
    OTR_CALL_GET_DAY_OF_MONTH,
    OTR_CALL_GET_DAY_OF_WEEK,
    OTR_CALL_GET_DAY_OF_YEAR,
    OTR_CALL_GET_FULL_YEAR,
    OTR_CALL_GET_HOURS,
    OTR_CALL_GET_MILLISECONDS,
    OTR_CALL_GET_MINUTES,
    OTR_CALL_GET_MONTH,
    OTR_CALL_GET_SECONDS,
    /* the extensions of CEL for strings: extension_text.c, extension_format.c */
    OTR_CALL_CHAR_AT,
    OTR_CALL_INDEX_OF,
    OTR_CALL_LAST_INDEX_OF,
    OTR_CALL_LOWER_ASCII,
    OTR_CALL_UPPER_ASCII,
    OTR_CALL_TRIM,
    OTR_CALL_REPLACE,
    OTR_CALL_SPLIT,
    OTR_CALL_SUBSTRING,
    OTR_CALL_JOIN,
    OTR_CALL_QUOTE,
    OTR_CALL_FORMAT,
    /* and for numbers: extension_math.c */
    OTR_CALL_GREATEST,
    OTR_CALL_LEAST,
    OTR_CALL_CEIL,
    OTR_CALL_FLOOR,
    OTR_CALL_ROUND,
    OTR_CALL_TRUNC,
    OTR_CALL_ABS,
    OTR_CALL_SIGN,
    OTR_CALL_IS_NAN,
    OTR_CALL_IS_INF,
    OTR_CALL_IS_FINITE,
    OTR_CALL_BIT_AND,
    OTR_CALL_BIT_OR,
    OTR_CALL_BIT_XOR,
    OTR_CALL_BIT_NOT,
    OTR_CALL_SHIFT_LEFT,
    OTR_CALL_SHIFT_RIGHT,
} otr_call;

typedef struct otr_function_entry {
    const char *name;
    otr_call call;
    bool global;      /* name(x) */
    bool member;      /* x.name() */
    uint8_t operands; /* at least; the receiver included */
    uint8_t operands_max;
    otr_type type;    /* of the result; of a USE DYN: that of the metric */
    otr_function use; /* of USE */
    /* Of an extension, what each operand must be: s string, i int, d double, n number, b int or uint, l list,
     * a anything; the last letter stands for all that follow. Of a USE, the metric: n number, t temperature,
     * g acceleration, l location, a any; then the arguments: s span, e span ahead, p place, m limit. NULL for
     * other functions. */
    const char *takes;
} otr_function_entry;

/* Of an extension: whether a value of this type may be the operand with this number, from 0. */
bool otr_function_takes(const otr_function_entry *entry, size_t operand, otr_type type);
/* The entry number of the function in this style, or -1. */
int otr_function_find(otr_str name, bool member);
const otr_function_entry *otr_function_get(int number);
int otr_function_count(void);
/* As it is called: "avg". */
const char *otr_function_name(otr_function use);

#endif
