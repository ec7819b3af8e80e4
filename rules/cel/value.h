/*
 * A CEL value. Scalars live inside; text, bytes, lists and maps are views of memory that somebody else owns:
 * the compiled expression, the host, or the room of the evaluation that made them. 24 bytes, passed by value
 * or pointer.
 */
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

/*
 * Of values in lists and maps that lie in one, however deep: a list may hold another one many times over, so
 * that walking through it may take far longer than making it did.
 */
enum { OTR_VALUE_NODES_MAX = 65536 };

typedef struct otr_value {
    otr_type type;
    uint32_t nodes; /* of LIST and MAP: values in it and below, 0 where nothing lies in it twice; of others
                       undefined */
    union {
        bool flag;
        int64_t integer;
        uint64_t natural;
        double number;
        otr_str text; /* STRING, BYTES, and the name of a TYPE */
        struct {
            otr_time time;    /* TIMESTAMP and DURATION */
            int32_t below_ns; /* 0..999 nanoseconds after time, also where it is negative */
        };
        struct {
            const struct otr_value *items; /* LIST: count values; MAP: count times a key and its value */
            size_t count;
        } list;
        struct {
            double latitude;
            double longitude;
        } location;
    };
} otr_value;

const char *otr_type_text(otr_type type);

#endif
