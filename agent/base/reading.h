/* One reading and one message, as codecs make them and the core takes them. Views point into the message's
 * memory. */
#ifndef OTR_BASE_READING_H
#define OTR_BASE_READING_H

#include "base/time.h"

typedef enum otr_kind {
    OTR_KIND_ANY, /* in the catalogue of metrics only: not fixed */
    OTR_KIND_NUMBER,
    OTR_KIND_BOOL,
    OTR_KIND_TEXT,
    OTR_KIND_LOCATION,
} otr_kind;

typedef enum otr_quality {
    OTR_QUALITY_GOOD,
    OTR_QUALITY_BAD,    /* the device says so, or the value is one of the profile's fault values */
    OTR_QUALITY_FUTURE, /* dated further ahead than the allowed skew: kept, moves nothing */
} otr_quality;

/* How at_us is to be read. */
typedef enum otr_stamp {
    OTR_STAMP_ABSOLUTE, /* UTC microseconds */
    OTR_STAMP_RELATIVE, /* microseconds after the moment of reception, negative = before */
} otr_stamp;

typedef struct otr_reading {
    otr_str metric; /* normalised: [a-z][a-z0-9_]*, at most OTR_LIMIT_METRIC_NAME_BYTES */
    otr_str unit;   /* SenML primary unit, "" for none */
    otr_time at_us;
    uint8_t stamp;   /* otr_stamp */
    uint8_t kind;    /* otr_kind, never ANY */
    uint8_t quality; /* otr_quality */
    union {
        double number; /* finite */
        bool flag;
        otr_str text; /* UTF-8, at most OTR_LIMIT_TEXT_VALUE_BYTES */
        struct {
            double latitude;  /* degrees, -90..90 */
            double longitude; /* degrees, -180..180 */
        } location;
    };
} otr_reading;

/* All readings of one upload: accepted whole or refused whole. */
typedef struct otr_message {
    otr_str device; /* [A-Za-z0-9][A-Za-z0-9:._-]*, at most OTR_LIMIT_DEVICE_NAME_BYTES */
    otr_reading *readings;
    size_t count;
} otr_message;

/* Whether text may name a device. */
bool otr_device_name_ok(otr_str text);
/* Whether text is a metric's name in normal form: [a-z][a-z0-9_]*, at most OTR_LIMIT_METRIC_NAME_BYTES. */
bool otr_metric_name_ok(otr_str text);

#endif
