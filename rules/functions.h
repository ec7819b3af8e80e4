/* The functions that expressions may call, and those of CEL and of ours that are known but not there yet. */
#ifndef OTR_RULES_FUNCTIONS_H
#define OTR_RULES_FUNCTIONS_H

#include "rules/value.h"

typedef enum otr_call {
    OTR_CALL_UNSUPPORTED,
    OTR_CALL_MACRO, /* unsupported as well */
    OTR_CALL_CONVERT,
    OTR_CALL_DYN,
    OTR_CALL_SIZE,
    OTR_CALL_STARTS,
    OTR_CALL_ENDS,
    OTR_CALL_CONTAINS,
    OTR_CALL_DISTANCE,
} otr_call;

typedef struct otr_function_entry {
    const char *name;
    otr_call call;
    bool global;      /* name(x) */
    bool member;      /* x.name() */
    uint8_t operands; /* the receiver included */
    otr_type type;    /* of the result */
} otr_function_entry;

/* The entry number of the function in this style, or -1. */
int otr_function_find(otr_str name, bool member);
const otr_function_entry *otr_function_get(int number);
int otr_function_count(void);

#endif
