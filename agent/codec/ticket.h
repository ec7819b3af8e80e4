/*
 * What a ticket encloses beside the plain fields of its event: alarms of the case, what is known, what was
 * said, similar cases, series of readings. Within a service event it travels as protobuf
 * (proto/ticket.proto); in the JSON form it is an object.
 */
#ifndef OTR_CODEC_TICKET_H
#define OTR_CODEC_TICKET_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/hash.h"
#include "base/status.h"
#include "base/time.h"

/* Fields that do not apply are empty, zero ids, OTR_TIME_NONE or NaN. */
typedef struct otr_ticket_alarm {
    otr_id alarm;
    otr_str pack;
    otr_str rule;
    otr_str priority;
    otr_time onset;
    otr_time ended; /* NONE: it goes on */
} otr_ticket_alarm;

typedef struct otr_ticket_known {
    otr_str code;
    otr_str title;
    otr_str cause;
    otr_str advice;
    otr_str known_problem;
    otr_str remedies; /* with commas */
} otr_ticket_known;

typedef struct otr_ticket_remark {
    otr_str speaker;
    otr_time at;
    otr_str what;
    otr_str who;
    otr_str text;
} otr_ticket_remark;

typedef struct otr_ticket_similar {
    otr_id ticket;
    otr_str rule;
    otr_str resolution;
    otr_time opened;
    otr_time closed;
} otr_ticket_similar;

typedef struct otr_ticket_series {
    otr_str metric;
    otr_str unit;
    otr_str device;
    otr_time from;
    otr_time to;
    uint32_t readings;
    double low; /* limits */
    double high;
    double min;
    otr_time min_at;
    double max;
    otr_time max_at;
    double mean;
    double mkt;
    double outside_s;
    double coverage_percent;
    const otr_time *times; /* of the points */
    const double *values;
    size_t count;
} otr_ticket_series;

typedef struct otr_ticket {
    const otr_ticket_alarm *alarms;
    size_t alarm_count;
    const otr_ticket_known *known;
    size_t known_count;
    const otr_ticket_remark *said;
    size_t said_count;
    const otr_ticket_similar *similar;
    size_t similar_count;
    const otr_ticket_series *series;
    size_t series_count;
} otr_ticket;

/* Appends protobuf. MEMORY, or INVALID when a text is not UTF-8. */
otr_status otr_ticket_encode(otr_buffer *out, const otr_ticket *ticket, otr_error *error);
/* What it becomes lives in the arena, views into bytes too. Nothing is enclosed in no bytes. */
otr_status otr_ticket_decode(otr_arena *arena, otr_bytes bytes, otr_ticket *out, otr_error *error);

#endif
