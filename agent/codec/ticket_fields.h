/* The records of a ticket, once for all that walk through them: TEXT, ID, COUNT, TIME(name, NAME) and
 * NUMBER(name, NAME). The names are those of codec/ticket.h, of proto/ticket.proto and of the JSON form. */
#ifndef OTR_CODEC_TICKET_FIELDS_H
#define OTR_CODEC_TICKET_FIELDS_H

#include "codec/json.h"
#include "codec/ticket.h"

#define OTR_TICKET_ALARM(TEXT, ID, COUNT, TIME, NUMBER)                                                      \
    ID(alarm) TEXT(pack) TEXT(rule) TEXT(priority) TIME(onset, ONSET) TIME(ended, ENDED)
#define OTR_TICKET_KNOWN(TEXT, ID, COUNT, TIME, NUMBER)                                                      \
    TEXT(code) TEXT(title) TEXT(cause) TEXT(advice) TEXT(known_problem) TEXT(remedies)
#define OTR_TICKET_REMARK(TEXT, ID, COUNT, TIME, NUMBER)                                                     \
    TEXT(speaker) TIME(at, AT) TEXT(what) TEXT(who) TEXT(text)
#define OTR_TICKET_SIMILAR(TEXT, ID, COUNT, TIME, NUMBER)                                                    \
    ID(ticket) TEXT(rule) TEXT(resolution) TIME(opened, OPENED) TIME(closed, CLOSED)
#define OTR_TICKET_SERIES(TEXT, ID, COUNT, TIME, NUMBER)                                                     \
    TEXT(metric)                                                                                             \
    TEXT(unit)                                                                                               \
    TEXT(device)                                                                                             \
    TIME(from, FROM)                                                                                         \
    TIME(to, TO)                                                                                             \
    COUNT(readings)                                                                                          \
    NUMBER(low, LOW)                                                                                         \
    NUMBER(high, HIGH)                                                                                       \
    NUMBER(min, MIN)                                                                                         \
    TIME(min_at, MIN_AT)                                                                                     \
    NUMBER(max, MAX)                                                                                         \
    TIME(max_at, MAX_AT)                                                                                     \
    NUMBER(mean, MEAN)                                                                                       \
    NUMBER(mkt, MKT)                                                                                         \
    NUMBER(outside_s, OUTSIDE_S)                                                                             \
    NUMBER(coverage_percent, COVERAGE_PERCENT)

/* RECORD(list, count, its type, its fields): the lists of a ticket, in order. */
#define OTR_TICKET_LISTS(RECORD)                                                                             \
    RECORD(alarms, alarm_count, otr_ticket_alarm, OTR_TICKET_ALARM)                                          \
    RECORD(known, known_count, otr_ticket_known, OTR_TICKET_KNOWN)                                           \
    RECORD(said, said_count, otr_ticket_remark, OTR_TICKET_REMARK)                                           \
    RECORD(similar, similar_count, otr_ticket_similar, OTR_TICKET_SIMILAR)                                   \
    RECORD(series, series_count, otr_ticket_series, OTR_TICKET_SERIES)

/* Whether its times are in the years 1 to 9999. */
bool otr_ticket_json_can(const otr_ticket *ticket);
/* NULL when memory is out. The caller gives it back. */
json_t *otr_ticket_json_build(const otr_ticket *ticket);
otr_status otr_ticket_json_take(otr_arena *arena, const json_t *root, otr_ticket *out, otr_error *error);

#endif
