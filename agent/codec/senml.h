/*
 * SenML (RFC 8428) between its two spellings and otr_message. The JSON and the CBOR parser fill one raw
 * record after the other; the resolver, which both share, applies the base fields, the names, the units and
 * the rules of the format.
 *
 * The resolver makes one pass and remembers what the names of a pack mean, so that a record with a name seen
 * before costs a comparison. Readings of one name share one metric view: equal pointers mean equal names.
 */
#ifndef OTR_CODEC_SENML_H
#define OTR_CODEC_SENML_H

#include "codec/names.h"
#include "codec/readings.h"
#include "codec/units.h"

/* In the order of the CBOR labels: the first nine are 0..8, the base fields -1..-6. */
enum otr_senml_label {
    OTR_SENML_N,
    OTR_SENML_U,
    OTR_SENML_V,
    OTR_SENML_VS,
    OTR_SENML_VB,
    OTR_SENML_S,
    OTR_SENML_T,
    OTR_SENML_UT,
    OTR_SENML_VD,
    OTR_SENML_BVER,
    OTR_SENML_BN,
    OTR_SENML_BT,
    OTR_SENML_BU,
    OTR_SENML_BV,
    OTR_SENML_BS,
    OTR_SENML_LABELS
};
#define OTR_SENML_BIT(label) (1U << (label))

/* As written in JSON. */
extern const char *const otr_senml_label_text[OTR_SENML_LABELS];

/* Version 10 of RFC 8428, and with the feature of RFC 9100 that allows secondary units. Times below 2^28 s
 * count from the reception; the largest accepted keeps sums within otr_time. */
enum { OTR_SENML_VERSION = 10, OTR_SENML_VERSION_UNITS = 26 };
#define OTR_SENML_ABSOLUTE ((otr_time)1 << 28)
#define OTR_SENML_SECONDS_MAX 4e12
/* 2^31 s either way of a base a double tells microseconds apart with room to spare; nothing relative is
 * older. */
#define OTR_SENML_OFFSET_MAX (((otr_time)1 << 31) * OTR_SECOND)

/* One record as written. fields says which members hold something; those of s, ut, vd and bs are not kept. */
typedef struct otr_senml_record {
    uint32_t fields; /* OTR_SENML_BIT */
    bool flag;
    otr_str base_name;
    otr_str base_unit;
    otr_str name;
    otr_str unit;
    otr_str text;
    double version;
    double base_time;
    double base_value;
    double time;
    double value;
} otr_senml_record;

/* What a base name, a name and a unit of this pack mean together. */
typedef struct otr_senml_name {
    otr_str base;
    otr_str name;
    otr_str unit; /* as sent, the base unit included */
    otr_metric_name meaning;
    otr_conversion conversion;
} otr_senml_name;

/* A latitude or longitude whose other half has not come yet. */
typedef struct otr_senml_half {
    otr_str group;
    size_t record;
    uint32_t reading;
    uint8_t part; /* otr_name_part that came */
    bool done;
} otr_senml_half;

enum { OTR_SENML_NAMES = 64 };

typedef struct otr_senml {
    otr_arena *arena;
    otr_error *error;
    otr_str identity;
    bool transient; /* the parser's views end with it: what is kept is copied */
    otr_str base_name;
    otr_str base_unit;
    otr_time base_time;
    double base_value;
    uint32_t base_fields; /* those in force */
    int version;          /* 0: not stated yet */
    size_t record;        /* number of the record at hand */
    otr_str device;
    otr_reading *readings;
    size_t count;
    size_t capacity;
    otr_senml_half *halves;
    size_t half_first; /* halves before it are done */
    size_t half_count;
    size_t half_capacity;
    unsigned name_count;
    unsigned name_last; /* the one used by the record before */
    unsigned name_next; /* the one to replace when names is full */
    otr_senml_name names[OTR_SENML_NAMES];
} otr_senml;

otr_status otr_senml_begin(otr_senml *s, otr_arena *arena, otr_str identity, bool transient,
                           otr_error *error);
/* How many records the pack announces, before the first; it only sizes memory. The caller bounds it. */
otr_status otr_senml_expect(otr_senml *s, size_t records);
/* The next record. Reasons carry its number, also those of otr_senml_fail. */
otr_status otr_senml_add(otr_senml *s, const otr_senml_record *record);
otr_status otr_senml_end(otr_senml *s, otr_message *out);
/* For the parser: a failure inside the record at hand. */
otr_status otr_senml_fail(otr_senml *s, otr_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Of the resolver: splits base + name into device and path and fills *out, its conversion excepted. */
otr_status otr_senml_name_resolve(otr_senml *s, otr_str base, otr_str name, otr_str unit,
                                  otr_senml_name *out);
/* Of the resolver: one half of a location. */
otr_status otr_senml_location_add(otr_senml *s, const otr_senml_name *name, double degrees, otr_time at_us,
                                  otr_stamp stamp);
/* INVALID when a half is left. */
otr_status otr_senml_location_end(otr_senml *s);
/* Room for one more reading; NULL when memory is out. The caller counts it. */
otr_reading *otr_senml_reading_next(otr_senml *s);

otr_status otr_senml_json_decode(otr_arena *arena, otr_bytes payload, otr_str identity, otr_message *out,
                                 otr_error *error);
otr_status otr_senml_cbor_decode(otr_arena *arena, otr_bytes payload, otr_str identity, otr_message *out,
                                 otr_error *error);
otr_status otr_senml_encode(otr_buffer *out, unsigned format, const otr_message *message, otr_error *error);

#endif
