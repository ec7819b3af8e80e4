/* The retained messages of a broker: one connection, subscriptions to the kinds that are wanted, and the end
 * when nothing has come for a while. */
#include <poll.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "platform/linux/mqtt_files.h"
#include "tools/outrider/figures.h"
#include "tools/outrider/watch.h"

enum { KEEPALIVE_S = 30, BACKLOG = OTR_LIMIT_BUCKETS };

typedef struct listener {
    otr_figures *figures;
    const otr_figures_options *options;
    otr_broker broker; /* settled */
    otr_watch_options wanted;
    otr_mqtt_options mqtt;
    otr_mqtt_library *library;
    otr_mqtt_session *session;
    otr_arena arena;
    char client_id[64];
    int next;      /* kind to subscribe to */
    bool complete; /* the broker has answered all subscriptions */
    bool up;
    bool failed;
    int64_t last_us; /* when something came */
} listener;

static int64_t now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void tell(listener *l, const char *text)
{
    (void)fprintf(stderr, "outrider %s: %s: %s\n", l->options->verb, l->broker.url, text);
    l->failed = true;
}

/* What one gateway sends wrongly must not hide the others: told, counted and left out. */
static void refuse(listener *l, const otr_watch_item *item, const char *reason)
{
    otr_buffer topic = {0};
    otr_watch_add_safe(&topic, item->topic_text);
    (void)fprintf(stderr, "outrider %s: %.*s: %s\n", l->options->verb, OTR_STR_ARG(otr_buffer_text(&topic)),
                  reason);
    otr_buffer_done(&topic);
    l->figures->refused++;
}

static void take(listener *l, const otr_mqtt_message *message)
{
    otr_watch_item item;
    otr_error error = {.text = ""};
    otr_arena_reset(&l->arena);
    if (!otr_watch_read(&l->arena, &l->wanted, message, &item) || message->payload.size == 0)
        return;
    if (!otr_topic_name_ok(item.topic.group) || !otr_topic_name_ok(item.topic.gateway))
        refuse(l, &item, "no name of a gateway");
    else if (!item.has_event)
        refuse(l, &item, item.error.text);
    else if (!otr_str_is(item.topic.kind, otr_service_kind_text(item.event.kind)))
        refuse(l, &item, "an event of another kind");
    else if (otr_figures_take(l->figures, item.topic.group, item.topic.gateway, &item.event, &error) ==
                 OTR_LIMIT ||
             error.status == OTR_MEMORY)
        tell(l, error.text);
    else if (error.status != OTR_OK)
        refuse(l, &item, error.text);
}

/* To the next kind that is wanted: a session answers one subscription at a time. */
static void subscribe(listener *l)
{
    while (l->next < OTR_SERVICE_KINDS && !l->options->wants[l->next])
        l->next++;
    l->complete = l->next == OTR_SERVICE_KINDS;
    if (l->complete)
        return;
    char filter[192];
    (void)snprintf(filter, sizeof filter, "outrider/v1/%s/%s/%s/#",
                   l->broker.group != NULL ? l->broker.group : "+",
                   l->broker.gateway != NULL ? l->broker.gateway : "+",
                   otr_service_kind_text((otr_service_kind)l->next++));
    if (otr_mqtt_session_subscribe(l->session, filter) != OTR_OK)
        tell(l, "the broker takes no subscription");
}

static void handle(listener *l, otr_mqtt_event *event)
{
    otr_mqtt_reason reason;
    l->last_us = now_us();
    switch (event->kind) {
    case OTR_MQTT_EVENT_UP:
        l->up = true;
        otr_mqtt_session_tune(l->session);
        subscribe(l);
        break;
    case OTR_MQTT_EVENT_SUBSCRIBED:
        if (event->code != 0)
            tell(l, event->code > 0 ? otr_mqtt_code_text(event->code) : "the connection was lost");
        else
            subscribe(l);
        break;
    case OTR_MQTT_EVENT_MESSAGE:
        take(l, event->message);
        otr_mqtt_message_free(event->message);
        break;
    case OTR_MQTT_EVENT_DOWN:
        otr_mqtt_reason_of(&event->failure, l->mqtt.address.host, &reason);
        tell(l, reason.text);
        break;
    case OTR_MQTT_EVENT_SETTLED:
        break;
    }
}

static void run(listener *l)
{
    int64_t end_us = now_us() + (int64_t)(l->options->timeout_s * 1e6);
    int64_t quiet_us = (int64_t)(l->options->quiet_s * 1e6);
    l->last_us = now_us();
    while (!l->failed) {
        struct pollfd ready = {.fd = l->mqtt.event_fd, .events = POLLIN};
        uint64_t count;
        otr_mqtt_event event;
        (void)poll(&ready, 1, 50);
        ssize_t size = read(l->mqtt.event_fd, &count, sizeof count);
        (void)size; /* empty is fine: the descriptor does not block */
        while (!l->failed && otr_mqtt_session_take(l->session, &event))
            handle(l, &event);
        if (!l->failed && otr_mqtt_session_dropped(l->session) > 0)
            tell(l, "more came than could be kept: narrow it with --group or --gateway");
        if (l->complete && now_us() - l->last_us >= quiet_us)
            return;
        if (!l->failed && now_us() >= end_us)
            tell(l, l->up ? "still not quiet at the timeout" : "no connection in time");
    }
}

static otr_status configure(listener *l, otr_error *error)
{
    const otr_figures_options *options = l->options;
    uint32_t random = 0;
    otr_status status = otr_mqtt_address_parse(otr_str_of(l->broker.url), &l->mqtt.address, error);
    if (status == OTR_OK && l->mqtt.address.tls)
        status = otr_mqtt_files_check(l->broker.ca, l->broker.cert, l->broker.key, error);
    if (status != OTR_OK)
        return status;
    if (getrandom(&random, sizeof random, 0) != (ssize_t)sizeof random || l->mqtt.event_fd < 0)
        return otr_fail(error, OTR_IO, "no random number, or no descriptor");
    (void)snprintf(l->client_id, sizeof l->client_id, "outrider-%s-%d-%08x", options->verb, (int)getpid(),
                   random);
    l->mqtt.client_id = l->client_id;
    l->mqtt.ca_file = l->broker.ca;
    l->mqtt.cert_file = l->broker.cert;
    l->mqtt.key_file = l->broker.key;
    l->mqtt.clean_start = true;
    l->mqtt.keepalive_s = KEEPALIVE_S;
    l->mqtt.timeout_s = KEEPALIVE_S;
    l->mqtt.backlog_max = BACKLOG;
    memcpy(l->wanted.kinds, options->wants, sizeof l->wanted.kinds);
    status = otr_mqtt_library_open(&l->library, error);
    return status == OTR_OK ? otr_mqtt_session_open(&l->mqtt, &l->session, error) : status;
}

int otr_figures_listen(otr_figures *figures, const otr_figures_options *options)
{
    listener l = {.figures = figures, .options = options, .broker = options->broker};
    int code = otr_broker_settle(options->verb, &l.broker);
    if (code >= 0) {
        otr_broker_done(&l.broker);
        return code;
    }
    otr_error error = {.text = ""};
    l.mqtt.event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    otr_status status = configure(&l, &error);
    if (status == OTR_OK)
        run(&l);
    else
        tell(&l, error.text);
    otr_mqtt_session_close(l.session);
    otr_mqtt_library_close(l.library);
    otr_arena_done(&l.arena);
    otr_broker_done(&l.broker);
    if (l.mqtt.event_fd >= 0)
        close(l.mqtt.event_fd);
    return l.failed ? (status == OTR_INVALID ? 2 : 1) : 0;
}
