#include "platform/linux/mqtt/mqtt_link.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/limits.h"
#include "base/log.h"
#include "platform/linux/mqtt/mqtt_bell.h"
#include "platform/linux/mqtt/mqtt_flight.h"
#include "platform/linux/mqtt/mqtt_options.h"
#include "platform/linux/mqtt/mqtt_properties.h"
#include "platform/linux/mqtt/mqtt_version.h"

enum {
    LEAVE_US = 1500000, /* Paho's sender may sleep for a second */
    WAITING_MAX = 64,   /* messages of hosts that came and are not read */
    LOOK_MS = 5,        /* while closing */
    EVENTS_A_ROUND = 512,
};

enum state { IDLE, CONNECTING, SUBSCRIBING, UP, LEAVING };

struct server {
    otr_mqtt_address address;
    /* Of its own: a cluster may keep the queue of one on the node where it was, and answer nobody else under
     * that name while the node is away (RabbitMQ 3 does). */
    char *client_id;
    otr_mqtt_chooser chooser;
};

struct otr_mqtt_link {
    otr_arena memory;         /* copies of the configuration */
    otr_arena session_memory; /* of the will and the filters */
    otr_mqtt_options options;
    struct server *servers;
    size_t server_count;
    unsigned server; /* of this connection, or the last */
    otr_mqtt_secrets secrets;
    otr_mqtt_link_owner owner;
    otr_mqtt_library *library;
    otr_mqtt_session *session;
    otr_publication will;
    const char **filters;
    size_t filter_count;
    size_t subscribed;
    enum state state;
    int64_t due_us; /* CONNECTING, SUBSCRIBING, LEAVING: the end of patience */
    uint32_t packet_max;
    otr_mqtt_flight flight;
};

/* ---- the end of a connection ---- */

static void end(otr_mqtt_link *link, const otr_mqtt_failure *failure)
{
    otr_mqtt_reason reason;
    otr_mqtt_reason_of(failure, link->options.address.host, &reason);
    otr_log(link->state == LEAVING ? OTR_LOG_NOTICE : OTR_LOG_WARNING, "telemetry_down",
            "reason=%s text=\"%s\" broker=%s:%u was_up=%d lost=%u", reason.word, reason.text,
            link->options.address.host, link->options.address.port, link->state >= UP, link->flight.count);
    otr_mqtt_then then = OTR_MQTT_THEN_NEXT;
    if (link->state != LEAVING)
        then = otr_mqtt_chooser_ended(&link->servers[link->server].chooser, reason.word, link->state >= UP,
                                      otr_mqtt_now_us());
    link->state = IDLE;
    uint64_t token;
    for (unsigned i = 0; i < OTR_MQTT_SLOTS_MAX; i++)
        if (otr_mqtt_flight_end(&link->flight, i, &token))
            link->owner.published(link->owner.context, token, OTR_IO);
    link->owner.down(link->owner.context, then != OTR_MQTT_THEN_NEXT);
}

void otr_mqtt_link_leave(otr_mqtt_link *link)
{
    if (link->state == IDLE || link->state == LEAVING)
        return;
    bool with_will = link->state == UP && link->options.version == OTR_MQTT_5;
    link->state = LEAVING;
    link->due_us = otr_mqtt_now_us() + (with_will ? LEAVE_US : 0);
    if (with_will)
        otr_mqtt_session_leave_with_will(link->session);
}

/* ---- what happens ---- */

static void subscribe_next(otr_mqtt_link *link)
{
    if (link->subscribed < link->filter_count) {
        if (otr_mqtt_session_subscribe(link->session, link->filters[link->subscribed]) != OTR_OK)
            otr_mqtt_link_leave(link);
        return;
    }
    link->state = UP;
    link->owner.up(link->owner.context);
}

static void connected(otr_mqtt_link *link, const otr_mqtt_event *event)
{
    link->state = SUBSCRIBING;
    link->packet_max = event->packet_max;
    otr_mqtt_session_tune(link->session);
    otr_log(OTR_LOG_NOTICE, "telemetry_up", "broker=%s:%u tls=%d client_id=\"%s\"",
            link->options.address.host, link->options.address.port, link->options.address.tls,
            link->options.client_id);
    subscribe_next(link);
}

static void subscribed(otr_mqtt_link *link, int code)
{
    if (link->state != SUBSCRIBING)
        return;
    if (code != 0) /* hosts cannot ask for anything; what they are told is right all the same */
        otr_log(OTR_LOG_WARNING, "telemetry_subscribe",
                "result=refused topic=\"%s\" code=0x%02x reason=\"%s\"", link->filters[link->subscribed],
                (unsigned)code, otr_mqtt_code_text(code));
    link->subscribed++;
    subscribe_next(link);
}

static void settled(otr_mqtt_link *link, unsigned slot, int code)
{
    uint64_t token;
    if (code < 0 || !otr_mqtt_flight_end(&link->flight, slot, &token))
        return; /* lost: told with all others when the connection's end is */
    link->flight.answered_us = otr_mqtt_now_us();
    link->owner.published(link->owner.context, token, code >= 0x80 ? OTR_INVALID : OTR_OK);
}

static void handle(otr_mqtt_link *link, otr_mqtt_event *event)
{
    switch (event->kind) {
    case OTR_MQTT_EVENT_UP:
        if (link->state == CONNECTING)
            connected(link, event);
        break;
    case OTR_MQTT_EVENT_DOWN:
        end(link, &event->failure);
        break;
    case OTR_MQTT_EVENT_SETTLED:
        settled(link, event->slot, event->code);
        break;
    case OTR_MQTT_EVENT_SUBSCRIBED:
        subscribed(link, event->code);
        break;
    case OTR_MQTT_EVENT_MESSAGE:
        if (link->owner.received != NULL)
            link->owner.received(link->owner.context, event->message->topic, event->message->payload,
                                 event->message->retained);
        otr_mqtt_message_free(event->message);
        break;
    }
}

static void take_events(otr_mqtt_link *link)
{
    otr_mqtt_event event;
    int left = EVENTS_A_ROUND;
    while (link->state != IDLE && left > 0 && otr_mqtt_session_take(link->session, &event)) {
        handle(link, &event);
        left--;
    }
    if (link->state != IDLE && otr_mqtt_session_dropped(link->session) > 0)
        otr_log(OTR_LOG_WARNING, "telemetry_dropped",
                "reason=\"commands came faster than they are read, or are too large\"");
    if (left < EVENTS_A_ROUND && link->state == UP && link->flight.count > 0)
        otr_mqtt_session_ack_now(link->session);
    if (left == 0)
        otr_mqtt_bell_ring(link->options.event_fd);
}

static void run_timers(otr_mqtt_link *link, int64_t now)
{
    otr_mqtt_failure failure = {.stage = OTR_MQTT_STAGE_TIMEOUT};
    bool waits = link->state == CONNECTING || link->state == SUBSCRIBING || link->state == LEAVING;
    if (waits && now >= link->due_us) {
        otr_mqtt_session_close(link->session); /* with a DISCONNECT where it is connected */
        link->session = NULL;
        end(link, &failure);
    } else if (link->state == UP &&
               otr_mqtt_flight_is_silent(&link->flight, link->options.keepalive_s, now)) {
        failure.stage = OTR_MQTT_STAGE_SILENT;
        otr_mqtt_session_leave_with_will(link->session);
        end(link, &failure);
    } else if (link->state >= UP) {
        otr_mqtt_flight_wake(&link->flight, link->session, now);
    }
}

void otr_mqtt_link_process(otr_mqtt_link *link)
{
    otr_mqtt_bell_clear(link->options.event_fd);
    take_events(link);
    run_timers(link, otr_mqtt_now_us());
}

int64_t otr_mqtt_link_wait_us(const otr_mqtt_link *link)
{
    int64_t due = INT64_MAX;
    if (link->state == CONNECTING || link->state == SUBSCRIBING || link->state == LEAVING)
        due = link->due_us;
    int64_t flight_us =
        link->state >= UP ? otr_mqtt_flight_due_us(&link->flight, link->options.keepalive_s) : INT64_MAX;
    due = flight_us < due ? flight_us : due;
    if (due == INT64_MAX)
        return due;
    int64_t now = otr_mqtt_now_us();
    return due > now ? due - now : 0;
}

/* ---- doing ---- */

static bool copy_will(otr_mqtt_link *link, const otr_publication *will)
{
    otr_arena *memory = &link->session_memory;
    otr_str payload = otr_arena_copy(memory, (otr_str){(const char *)will->payload.data, will->payload.size});
    link->will = (otr_publication){.topic = otr_arena_copy(memory, will->topic),
                                   .payload = {(const uint8_t *)payload.data, payload.size},
                                   .qos = will->qos,
                                   .retain = will->retain};
    link->options.will = &link->will;
    return link->will.topic.data != NULL && payload.data != NULL;
}

static bool copy_filters(otr_mqtt_link *link, const otr_str *filters, size_t count)
{
    link->filters = otr_arena_array(&link->session_memory, count + 1, sizeof *link->filters);
    link->filter_count = link->filters != NULL ? count : 0;
    link->subscribed = 0;
    for (size_t i = 0; i < link->filter_count; i++) {
        link->filters[i] = otr_arena_copy(&link->session_memory, filters[i]).data;
        if (link->filters[i] == NULL)
            return false;
    }
    return link->filters != NULL;
}

otr_status otr_mqtt_link_connect(otr_mqtt_link *link, unsigned server, const otr_publication *will,
                                 const otr_str *filters, size_t count, otr_error *error)
{
    OTR_ASSERT(link->state == IDLE && server < link->server_count);
    otr_mqtt_session_close(link->session); /* before its will goes */
    link->session = NULL;
    otr_arena_reset(&link->session_memory);
    link->server = server;
    link->options.address = link->servers[server].address;
    link->options.client_id = link->servers[server].client_id;
    link->options.version = link->servers[server].chooser.version;
    if (!copy_will(link, will) || !copy_filters(link, filters, count))
        return otr_fail(error, OTR_MEMORY, "out of memory");
    if (!otr_mqtt_secrets_renew(&link->secrets, &link->options, error))
        return OTR_IO;
    otr_status status = otr_mqtt_session_open(&link->options, &link->session, error);
    if (status != OTR_OK)
        return status;
    link->state = CONNECTING;
    link->due_us = otr_mqtt_now_us() + (int64_t)link->options.timeout_s * 1000000;
    return OTR_OK;
}

otr_status otr_mqtt_link_publish(otr_mqtt_link *link, const otr_publication *publication)
{
    if (link->state != UP)
        return OTR_IO;
    size_t packet = otr_mqtt_packet_bytes(publication);
    if (packet > link->packet_max)
        return OTR_LIMIT;
    if (!otr_mqtt_flight_has_room(&link->flight, packet))
        return OTR_FULL;
    unsigned slot = otr_mqtt_flight_free_slot(&link->flight);
    otr_status status = otr_mqtt_session_publish(link->session, slot, publication);
    if (status != OTR_OK)
        return status;
    otr_mqtt_flight_begin(&link->flight, slot, publication->token, packet, otr_mqtt_now_us());
    return OTR_OK;
}

int otr_mqtt_link_fd(const otr_mqtt_link *link)
{
    return link->options.event_fd;
}

unsigned otr_mqtt_link_in_flight(const otr_mqtt_link *link)
{
    return link->flight.count;
}

/* ---- opening and closing ---- */

static char *client_id_of(otr_arena *memory, otr_str id, size_t server)
{
    enum { MORE = 8 };
    char *text = otr_arena_array(memory, id.size + MORE, 1);
    if (text != NULL && server == 0)
        (void)snprintf(text, id.size + MORE, "%.*s", OTR_STR_ARG(id));
    else if (text != NULL)
        (void)snprintf(text, id.size + MORE, "%.*s-%zu", OTR_STR_ARG(id), server + 1);
    return text;
}

static otr_status read_servers(otr_mqtt_link *link, const otr_mqtt_link_config *config, bool *tls,
                               otr_error *error)
{
    otr_status status = OTR_OK;
    link->servers = otr_arena_array(&link->memory, config->url_count + 1, sizeof *link->servers);
    if (link->servers == NULL)
        return otr_fail(error, OTR_MEMORY, "out of memory");
    link->server_count = config->url_count;
    for (size_t i = 0; i < config->url_count && status == OTR_OK; i++) {
        otr_mqtt_chooser_init(&link->servers[i].chooser, config->mqtt.speaks);
        status = otr_mqtt_address_parse(config->urls[i], &link->servers[i].address, error);
        link->servers[i].client_id = client_id_of(&link->memory, config->mqtt.client_id, i);
        if (status == OTR_OK && link->servers[i].client_id == NULL)
            status = otr_fail(error, OTR_MEMORY, "out of memory");
        *tls |= status == OTR_OK && link->servers[i].address.tls;
    }
    return status;
}

static otr_status configure(otr_mqtt_link *link, const otr_mqtt_link_config *config, otr_error *error)
{
    otr_mqtt_config mqtt = config->mqtt;
    bool tls = false;
    otr_status status = read_servers(link, config, &tls, error);
    for (size_t i = 0; i < config->url_count;
         i++) /* files are looked at where one of the servers needs them */
        mqtt.url = i == 0 || link->servers[i].address.tls ? config->urls[i] : mqtt.url;
    if (status == OTR_OK)
        status = otr_mqtt_options_of(&mqtt, &link->memory, &link->secrets, &link->options, error);
    link->options.clean_start = true;
    link->options.session_expiry_s = 0;
    link->options.slots = OTR_MQTT_SLOTS_MAX;
    link->options.packet_max = OTR_LIMIT_SPARKPLUG_BYTES + 256; /* and its topic */
    link->options.backlog_max = WAITING_MAX;
    return status;
}

static void done(otr_mqtt_link *link)
{
    otr_mqtt_session_close(link->session);
    otr_mqtt_library_close(link->library);
    if (link->options.event_fd >= 0)
        close(link->options.event_fd);
    otr_mqtt_secrets_done(&link->secrets);
    otr_arena_done(&link->session_memory);
    otr_arena_done(&link->memory);
    free(link);
}

otr_status otr_mqtt_link_open(const otr_mqtt_link_config *config, const otr_mqtt_link_owner *owner,
                              otr_mqtt_link **out, otr_error *error)
{
    otr_mqtt_link *link = calloc(1, sizeof *link);
    if (link == NULL)
        return otr_fail(error, OTR_MEMORY, "out of memory");
    otr_status status = OTR_OK;
    link->owner = *owner;
    otr_mqtt_secrets_init(&link->secrets);
    link->options.event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (link->options.event_fd < 0)
        status = otr_fail(error, OTR_IO, "eventfd: %s", strerror(errno));
    if (status == OTR_OK)
        status = configure(link, config, error);
    if (status == OTR_OK)
        status = otr_mqtt_library_open(&link->library, error);
    if (status != OTR_OK) {
        done(link);
        return status;
    }
    *out = link;
    return OTR_OK;
}

#define FAREWELL_TOKEN UINT64_MAX

static void note_published(void *context, uint64_t token, otr_status status)
{
    bool *answered = context;
    *answered |= token == FAREWELL_TOKEN && status != OTR_IO;
}

static void note_up(void *context)
{
    (void)context;
}

static void note_down(void *context, bool again)
{
    (void)context;
    (void)again;
}

static void note_received(void *context, otr_str topic, otr_bytes payload, bool retained)
{
    (void)context, (void)topic, (void)payload, (void)retained;
}

/* Until *answered, or the connection's end, or the time is over. */
static void wait_for(otr_mqtt_link *link, const bool *answered, int64_t deadline_us)
{
    while (link->state != IDLE && (answered == NULL || !*answered) && otr_mqtt_now_us() < deadline_us) {
        struct pollfd wait = {.fd = link->options.event_fd, .events = POLLIN};
        poll(&wait, 1, LOOK_MS);
        otr_mqtt_link_process(link);
    }
}

void otr_mqtt_link_close(otr_mqtt_link *link, const otr_publication *farewell, unsigned timeout_ms)
{
    if (link == NULL)
        return;
    bool answered = false;
    int64_t deadline_us = otr_mqtt_now_us() + (int64_t)timeout_ms * 1000;
    link->owner = (otr_mqtt_link_owner){.context = &answered,
                                        .published = note_published,
                                        .down = note_down,
                                        .up = note_up,
                                        .received = note_received};
    if (farewell != NULL && link->state == UP) {
        otr_publication last = *farewell;
        last.token = FAREWELL_TOKEN;
        while (link->state == UP && otr_mqtt_now_us() < deadline_us &&
               otr_mqtt_link_publish(link, &last) == OTR_FULL)
            otr_mqtt_link_process(link);
        wait_for(link, &answered, deadline_us);
    }
    otr_mqtt_link_leave(link);
    wait_for(link, NULL, otr_mqtt_now_us() + LEAVE_US);
    done(link);
}
