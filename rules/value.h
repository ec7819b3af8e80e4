/* A CEL value. Scalars only live inside; text and bytes are views. 24 bytes, passed by value or pointer. */
#ifndef OTR_RULES_VALUE_H
#define OTR_RULES_VALUE_H

#include "base/time.h"

typedef enum otr_type {
    OTR_TYPE_DYN, /* of expressions: known only when evaluated; no value has it */
    OTR_TYPE_NULL,
    OTR_TYPE_BOOL,
    OTR_TYPE_INT,
    OTR_TYPE_UINT,
    OTR_TYPE_DOUBLE,
    OTR_TYPE_STRING,
    OTR_TYPE_BYTES,
    OTR_TYPE_TIMESTAMP, /* otr_time */
    OTR_TYPE_DURATION,  /* otr_time */
    OTR_TYPE_LIST,
    OTR_TYPE_MAP,
    OTR_TYPE_TYPE,
    OTR_TYPE_LOCATION, /* ours: member access gives .latitude and .longitude as double */
} otr_type;

typedef struct otr_value {
    otr_type type;
    union {
        bool flag;
        int64_t integer;
        uint64_t natural;
        double number;
        otr_str text; /* STRING and BYTES */
        otr_time time;
        struct {
            double latitude;
            double longitude;
        } location;
    };
} otr_value;

const char *otr_type_text(otr_type type);

#endif
