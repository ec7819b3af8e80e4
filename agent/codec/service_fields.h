/*
 * The plain fields of a service event, once for all that walk through them: TEXT, ID, COUNT and TIME(name,
 * NAME). The names are those of otr_service_event, of proto/service.proto (a time with _us) and of the JSON
 * form.
 */
#ifndef OTR_CODEC_SERVICE_FIELDS_H
#define OTR_CODEC_SERVICE_FIELDS_H

#include "codec/service.h"

#define OTR_SERVICE_FIELDS(TEXT, ID, COUNT, TIME)                                                            \
    TEXT(what)                                                                                               \
    ID(event)                                                                                                \
    ID(entity)                                                                                               \
    COUNT(revision)                                                                                          \
    ID(alarm)                                                                                                \
    ID(case_id)                                                                                              \
    TIME(decided, DECIDED)                                                                                   \
    TIME(onset, ONSET)                                                                                       \
    TIME(raised, RAISED)                                                                                     \
    TIME(ended, ENDED)                                                                                       \
    TIME(detected, DETECTED)                                                                                 \
    TEXT(pack)                                                                                               \
    TEXT(rule)                                                                                               \
    TEXT(priority)                                                                                           \
    TEXT(category)                                                                                           \
    TEXT(asset)                                                                                              \
    TEXT(asset_name)                                                                                         \
    TEXT(asset_class)                                                                                        \
    TEXT(device)                                                                                             \
    TEXT(cause)                                                                                              \
    TEXT(to)                                                                                                 \
    TEXT(locale)                                                                                             \
    TEXT(text)                                                                                               \
    TIME(expires, EXPIRES)                                                                                   \
    TEXT(line)                                                                                               \
    TEXT(brief)                                                                                              \
    TIME(next_by, NEXT_BY)                                                                                   \
    TEXT(why)                                                                                                \
    TEXT(fault)                                                                                              \
    TEXT(persona)                                                                                            \
    TEXT(channels)                                                                                           \
    TEXT(queue)                                                                                              \
    TEXT(title)                                                                                              \
    TEXT(description)                                                                                        \
    TEXT(assignee)                                                                                           \
    TEXT(specialist)                                                                                         \
    COUNT(alarm_count)

/* No event, all texts empty, all times NONE, coverage unknown. */
otr_service_event otr_service_event_empty(void);

otr_status otr_service_json_encode(otr_buffer *out, const otr_service_event *event, otr_error *error);
otr_status otr_service_json_decode(otr_arena *arena, otr_bytes payload, otr_service_event *out,
                                   otr_error *error);
otr_status otr_service_pb_encode(otr_buffer *out, const otr_service_event *event, otr_error *error);
otr_status otr_service_pb_decode(otr_arena *arena, otr_bytes payload, otr_service_event *out,
                                 otr_error *error);

/* The bucket as the event has it: each written in one way. What from points to may go. */
otr_status otr_service_take_figures(otr_arena *arena, otr_payload payload, otr_bytes from,
                                    otr_service_event *out, otr_error *error);
/* The same for what a ticket encloses. */
otr_status otr_service_take_ticket(otr_arena *arena, otr_bytes from, otr_service_event *out,
                                   otr_error *error);

#endif
