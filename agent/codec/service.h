/*
 * Service events (alarm, notification, ticket, status, view, customer, figures) as CloudEvents 1.0 over MQTT:
 * the record, its payload in protobuf (proto/service.proto) or JSON, the attributes as MQTT 5 user properties
 * (binary mode) and the topics.
 */
#ifndef OTR_CODEC_SERVICE_H
#define OTR_CODEC_SERVICE_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/hash.h"
#include "base/time.h"

typedef enum otr_service_kind {
    OTR_SERVICE_ALARM,
    OTR_SERVICE_NOTIFICATION,
    OTR_SERVICE_TICKET,
    OTR_SERVICE_STATUS,
    OTR_SERVICE_VIEW,     /* what is known of an asset now; retained by the broker */
    OTR_SERVICE_CUSTOMER, /* how a customer (`to`) fares, without contents; retained */
    OTR_SERVICE_FIGURES,  /* a UTC day in figures, which begins at onset; retained */
    OTR_SERVICE_KINDS
} otr_service_kind;

typedef struct otr_fact {
    otr_str name;  /* "asset.name", "temperature", ... */
    otr_str value; /* for people, unit included */
} otr_fact;

/* One metric's part of a ticket. Times are OTR_TIME_NONE and numbers NaN where there is none. */
typedef struct otr_evidence {
    otr_str metric;
    otr_str unit;
    otr_str value; /* the last one, as text: also for location, text and bool */
    otr_time at;
} otr_evidence;

/* What the reader of a notification may do about it. The token comes when it is sent: driver/publish.c. */
typedef struct otr_action {
    otr_str name;  /* core/command/customer.h has the words */
    otr_str token; /* base64url, or empty */
} otr_action;

/* Fields that do not apply are empty, zero ids, or OTR_TIME_NONE. All times are UTC. */
typedef struct otr_service_event {
    otr_service_kind kind;
    otr_str what; /* alarm: raised, cleared, withdrawn, historical, corrected, retracted, acknowledged, reset,
                     lapsed, and of a rule on an asset shelved, unshelved, out-of-service, in-service;
                     notification: raised, cleared, historical, retracted, updated; ticket: opened, updated,
                     closed; view, customer, figures: updated, cleared;
                     status: online, offline, loss, reload, refused, command, ... */
    otr_id event; /* CloudEvents id: the hash of entity id and revision */
    otr_id entity;     /* the alarm's, notification's or ticket's own id */
    uint32_t revision; /* of the entity, from 1 */
    otr_id alarm;
    otr_id case_id;
    otr_time decided; /* when the core decided it */
    otr_time onset;   /* event time at which the condition began */
    otr_time raised;  /* event time at which the alarm was raised */
    otr_time ended;
    otr_time detected; /* when an alarm became known: long after raised where readings came late */
    otr_str pack;
    otr_str rule;
    otr_str priority; /* low medium high critical */
    otr_str category;
    otr_str asset;
    otr_str asset_name;
    otr_str asset_class;
    otr_str device;
    otr_str cause;        /* one plain sentence for staff */
    int coverage_percent; /* share of the interval that data covered, 0..100; -1 unknown */
    /* notification */
    otr_str to; /* opaque customer reference or role */
    otr_str locale;
    otr_str text;
    otr_time expires; /* OTR_TIME_NEVER: does not */
    otr_str line;     /* the text in at most 60 characters */
    otr_str brief;    /* and in at most 160 */
    otr_time next_by; /* more will be heard by then */
    otr_str why;      /* why this person, why now */
    otr_str fault;    /* whose matter it is */
    otr_str persona;  /* what the person is in this */
    otr_str channels; /* with commas, in the person's order */
    const otr_action *actions;
    size_t action_count;
    /* ticket */
    otr_str queue;
    otr_str title;
    const otr_evidence *evidence;
    size_t evidence_count;
    uint32_t alarm_count; /* alarms of the case so far */
    otr_str description;  /* what happened, how it is now, what is known of it: for staff, in English */
    otr_str assignee;     /* who has it, as the desk says */
    otr_str specialist;   /* who should, as a route says */
    otr_bytes ticket;     /* what it encloses, in protobuf: codec/ticket.h */
    otr_bytes figures;    /* a bucket in protobuf: codec/bucket.h */
    /* any */
    const otr_fact *facts;
    size_t fact_count;
} otr_service_event;

typedef enum otr_payload { OTR_PAYLOAD_PROTOBUF, OTR_PAYLOAD_JSON } otr_payload;

/* Appends the payload. INVALID when a text is not UTF-8. */
otr_status otr_service_encode(otr_buffer *out, otr_payload payload, const otr_service_event *event,
                              otr_error *error);
/* The inverse, for consoles and tests. content_type as otr_service_content_type gives it, or as of a whole
 * event (codec/cloudevent.h), whose data it then is; empty, as MQTT 3.1.1 leaves it: by what the payload is.
 */
otr_status otr_service_decode(otr_arena *arena, otr_str content_type, otr_bytes payload,
                              otr_service_event *out, otr_error *error);
const char *otr_service_content_type(otr_payload payload); /* application/protobuf, application/json */
const char *otr_service_kind_text(otr_service_kind kind);  /* alarm, ticket, ... */
/* Whether the broker keeps the newest of each topic for who comes later. */
bool otr_service_kind_retained(otr_service_kind kind);

/* CloudEvents attributes in MQTT 5 binary mode: name and value of each user property (all but
 * datacontenttype). */
typedef struct otr_attribute {
    otr_str name;
    otr_str value;
} otr_attribute;
enum { OTR_ATTRIBUTES_MAX = 12 };
/* source is /outrider/GROUP/GATEWAY. Values live in the arena. Returns how many, 0 when memory is out. */
size_t otr_service_attributes(otr_arena *arena, const otr_service_event *event, otr_str group,
                              otr_str gateway, otr_attribute out[OTR_ATTRIBUTES_MAX]);

/* outrider/v1/GROUP/GATEWAY/KIND, NUL-terminated in the arena; data is NULL when memory is out. */
otr_str otr_topic_build(otr_arena *arena, otr_str group, otr_str gateway, otr_str kind);
/* outrider/v1/GROUP/GATEWAY/KIND/TAIL, in which / + # % and control characters of the tail are %XX. */
otr_str otr_topic_tail(otr_arena *arena, otr_str group, otr_str gateway, otr_str kind, otr_str tail);
/* Where the event goes: KIND, view/ASSET, customer/TO or figures/YYYY-MM-DD. */
otr_str otr_topic_event(otr_arena *arena, otr_str group, otr_str gateway, const otr_service_event *event);
typedef struct otr_topic {
    otr_str group;
    otr_str gateway;
    otr_str kind;
} otr_topic;
bool otr_topic_parse(otr_str topic, otr_topic *out);
/* Whether text may be a group or gateway name: 1 to 64 bytes UTF-8 without / + # or control characters. */
bool otr_topic_name_ok(otr_str text);

#endif
