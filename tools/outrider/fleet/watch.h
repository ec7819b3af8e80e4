/* The parts of `outrider watch`: what it is asked for, and how one received message becomes text. No I/O in
 * here. */
#ifndef OTR_TOOLS_WATCH_H
#define OTR_TOOLS_WATCH_H

#include "base/buffer.h"
#include "codec/service.h"
#include "platform/linux/mqtt/mqtt_session.h"
#include "tools/outrider/fleet/broker.h"

typedef struct otr_watch_options {
    otr_broker broker;
    const char *kind_list; /* --kind; NULL: all */
    const char *share; /* a shared subscription's name: what comes is for one of all who use it; NULL: none */
    bool kinds[OTR_SERVICE_KINDS];
    bool json;
    bool lengths;    /* messages at all three lengths, with what may be answered */
    bool duplicates; /* show an event again that came before */
    bool colour;
    int count;        /* 0: no end */
    double timeout_s; /* 0: none */
} otr_watch_options;

/* -1: go on; else an exit code, and help or reason were printed. */
int otr_watch_parse(int argc, char **argv, otr_watch_options *out);

/* A message that was looked at. Views into the message and the arena. */
typedef struct otr_watch_item {
    otr_topic topic;
    otr_str topic_text;
    otr_str id; /* CloudEvents attributes; empty when absent */
    otr_str type;
    otr_str source;
    otr_str time;
    bool retained;
    bool stands;    /* an alarm or ticket that stands, under a topic of its own, beside its event */
    bool has_event; /* false: the payload was empty or did not decode */
    otr_service_event event;
    otr_error error; /* why it did not decode; status OK when the payload was empty */
} otr_watch_item;

/* False when the topic is none of a service event, or its kind was not asked for. */
bool otr_watch_read(otr_arena *arena, const otr_watch_options *options, const otr_mqtt_message *message,
                    otr_watch_item *out);

/* One or more lines for people, each with its newline. */
void otr_watch_text(otr_buffer *out, const otr_watch_item *item, bool colour, bool lengths);
/* One JSON object and a newline. */
void otr_watch_json(otr_buffer *out, const otr_watch_item *item);

/*
 * Text from the wire, made harmless for a terminal: control characters (C0, DEL, C1), line separators and
 * those that turn the writing direction become \xNN or \uNNNN, as do bytes that are no UTF-8.
 */
void otr_watch_add_safe(otr_buffer *out, otr_str text);
/* The same as a JSON string with its quotes: always valid JSON. */
void otr_watch_add_string(otr_buffer *out, otr_str text);
/* JSON made elsewhere, with what a terminal would act on escaped inside its strings. */
void otr_watch_add_json(otr_buffer *out, otr_str json);

#endif
