/* The functions that expressions may call, and those of CEL and of ours that are known but not there yet. */
#ifndef OTR_RULES_FUNCTIONS_H
#define OTR_RULES_FUNCTIONS_H

#include "rules/value.h"

typedef enum otr_call {
    OTR_CALL_UNSUPPORTED,
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
    OTR_CALL_DISTANCE,
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
} otr_call;

typedef struct otr_function_entry {
    const char *name;
    otr_call call;
    bool global;      /* name(x) */
    bool member;      /* x.name() */
    uint8_t operands; /* at least; the receiver included */
    uint8_t operands_max;
    otr_type type; /* of the result */
} otr_function_entry;

/* The entry number of the function in this style, or -1. */
int otr_function_find(otr_str name, bool member);
const otr_function_entry *otr_function_get(int number);
int otr_function_count(void);

#endif
