/*
 * Sparkplug B 3.0: topics, payloads written piece by piece, payloads of hosts read, and STATE. The field
 * numbers are those of proto/sparkplug_b.proto; nothing recurses, whatever the bytes. Times are microseconds
 * here and milliseconds on the wire.
 */
#ifndef OTR_CODEC_SPARKPLUG_H
#define OTR_CODEC_SPARKPLUG_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/status.h"
#include "base/time.h"

/* Numbered as on the wire. Others exist; hosts misread some of them. */
typedef enum otr_sparkplug_type {
    OTR_SPARKPLUG_NONE = 0, /* not said */
    OTR_SPARKPLUG_INT64 = 4,
    OTR_SPARKPLUG_DOUBLE = 10,
    OTR_SPARKPLUG_BOOLEAN = 11,
    OTR_SPARKPLUG_STRING = 12,
} otr_sparkplug_type;

/* Numbered as on the wire. */
typedef enum otr_sparkplug_quality {
    OTR_SPARKPLUG_BAD = 0,
    OTR_SPARKPLUG_GOOD = 192, /* not written: it is what no quality means */
    OTR_SPARKPLUG_STALE = 500,
} otr_sparkplug_quality;

/* How a payload is wrapped. */
typedef enum otr_sparkplug_compression {
    OTR_SPARKPLUG_PLAIN,
    OTR_SPARKPLUG_DEFLATE, /* in zlib's form, as Eclipse Tahu and pako have it */
    OTR_SPARKPLUG_GZIP,
} otr_sparkplug_compression;

/* One metric. Views. */
typedef struct otr_sparkplug_metric {
    otr_str name; /* empty: the alias says which it is */
    bool has_alias;
    uint64_t alias;
    otr_time at;             /* NONE: not said */
    otr_sparkplug_type type; /* of the value that follows; NONE with is_null false, when read: a kind of value
                                that we do not read */
    bool tells_type;         /* births */
    bool is_historical;
    bool is_null;
    uint16_t quality; /* otr_sparkplug_quality */
    otr_str unit;     /* empty: none */
    union {
        int64_t integer;
        double number;
        bool flag;
        otr_str text;
    };
} otr_sparkplug_metric;

/* ---- writing: begin, metrics, and the sequence number when it is known ---- */

/* at NONE: the payload has no time. */
void otr_sparkplug_begin(otr_buffer *out, otr_time at);
void otr_sparkplug_add(otr_buffer *out, const otr_sparkplug_metric *metric);
void otr_sparkplug_seq(otr_buffer *out, uint8_t seq);
/* In place of the metrics: a whole payload that was compressed so (not PLAIN). */
void otr_sparkplug_wrap(otr_buffer *out, otr_time at, otr_sparkplug_compression how, otr_bytes body);

/* ---- reading ---- */

typedef struct otr_sparkplug_payload {
    otr_time at; /* NONE: not said */
    bool has_seq;
    uint64_t seq;
    otr_sparkplug_metric *metrics;
    size_t count;
} otr_sparkplug_payload;

/*
 * A whole payload, or INVALID; LIMIT beyond OTR_LIMIT_SPARKPLUG_BYTES or OTR_LIMIT_SPARKPLUG_METRICS. Whole
 * numbers of any size come as INT64, with the sign that Int8, Int16 and Int32 have, both kinds of reals as
 * DOUBLE. Metadata, properties and values of other kinds are passed over. The metrics are in the arena, texts
 * in payload.
 */
otr_status otr_sparkplug_decode(otr_arena *arena, otr_bytes payload, otr_sparkplug_payload *out,
                                otr_error *error);

/* A primary host says whether it is there: JSON with online and timestamp (milliseconds). INVALID. */
otr_status otr_sparkplug_state(otr_bytes payload, bool *online, otr_time *at, otr_error *error);

/* ---- topics ---- */

/* spBv1.0/GROUP/KIND/NODE, and /DEVICE unless it is empty; kind is "NBIRTH" and the like. NUL-terminated;
 * data NULL when memory is out. */
otr_str otr_sparkplug_topic(otr_arena *arena, otr_str group, const char *kind, otr_str node, otr_str device);
/* spBv1.0/STATE/HOST. */
otr_str otr_sparkplug_state_topic(otr_arena *arena, otr_str host);
/* Whether topic is of that kind for that node; *device is what follows, empty when nothing does. */
bool otr_sparkplug_topic_is(otr_str topic, otr_str group, const char *kind, otr_str node, otr_str *device);

#endif
