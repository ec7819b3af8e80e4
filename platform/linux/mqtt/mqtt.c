/*
 * The service session's life: wait, connect, up, lost, wait. At any time each publication that was taken is
 * in exactly one place: a slot in use (the broker has not answered yet) or the list of refused ones (it
 * answered with a reason code, and the owner is told only after a delay, so that a broker that always refuses
 * is not asked in a tight loop).
 */
#include "platform/linux/mqtt/mqtt.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/limits.h"
#include "base/log.h"
#include "platform/linux/mqtt/mqtt_backoff.h"
#include "platform/linux/mqtt/mqtt_bell.h"
#include "platform/linux/mqtt/mqtt_flight.h"
#include "platform/linux/mqtt/mqtt_options.h"
#include "platform/linux/mqtt/mqtt_properties.h"
#include "platform/linux/mqtt/mqtt_session.h"
#include "platform/linux/mqtt/mqtt_version.h"

enum {
    STABLE_US = 60 * 1000000, /* up that long: the next attempt starts from the shortest wait again */
    REFUSED_MIN_MS = 1000,
    REFUSED_MAX_MS = 60000,
    WILL_WAIT_US = 1500000,     /* Paho's sender may sleep for a second */
    RECEIVED_BYTES_MAX = 98304, /* of one packet to us: an order of 64 KiB with its properties, and one that
                                   is too large is told so rather than dropped by the broker */
    RECEIVED_WAITING_MAX = 64,
    EVENTS_A_ROUND = 512, /* then the loop's other work has its turn */
    LOOK_MS = 5,          /* while closing */
};

enum state { WAITING, CONNECTING, UP };

struct refused {
    uint64_t token;
    int64_t release_us;
};

struct server {
    otr_mqtt_address address;
    otr_mqtt_chooser chooser;
};

struct otr_mqtt {
    otr_arena memory; /* copies of the configuration */
    otr_mqtt_options options;
    otr_arena will_memory; /* of the session's will */
    otr_publication will;
    otr_mqtt_secrets secrets;
    otr_mqtt_owner owner;
    const char *filter; /* NULL: nothing is received */
    otr_mqtt_library *library;
    otr_mqtt_session
        *session; /* kept after its end until the next attempt, so that a last DISCONNECT gets out */
    enum state state;
    int64_t due_us; /* WAITING: the next attempt; CONNECTING: its deadline */
    int64_t up_us;  /* UP: since when */
    uint32_t packet_max;
    bool too_large_told; /* on this connection */
    unsigned window;
    unsigned refused_count;
    struct server *servers; /* the configured one and the others of its cluster */
    unsigned server_count;
    unsigned server; /* of the current attempt, or the next */
    unsigned away;   /* attempts that failed, or connections that did not last, one after another */
    otr_backoff reconnect;
    otr_backoff refusal;
    int64_t refused_until_us;
    otr_mqtt_flight flight;
    struct refused refused[OTR_MQTT_SLOTS_MAX]; /* by release time, oldest first */
    otr_mqtt_counters counters;
};

/* ---- settling ---- */

static void release_refused(otr_mqtt *mqtt, int64_t until_us)
{
    while (mqtt->refused_count > 0 && mqtt->refused[0].release_us <= until_us) {
        uint64_t token = mqtt->refused[0].token;
        mqtt->refused_count--;
        memmove(&mqtt->refused[0], &mqtt->refused[1], mqtt->refused_count * sizeof mqtt->refused[0]);
        mqtt->owner.published(mqtt->owner.context, token, OTR_INVALID);
    }
}

static void hold_refused(otr_mqtt *mqtt, uint64_t token, int code, int64_t now)
{
    if (now >= mqtt->refused_until_us) { /* a new round; rounds that follow close on each other get longer */
        if (now - mqtt->refused_until_us > (int64_t)REFUSED_MAX_MS * 1000)
            otr_backoff_reset(&mqtt->refusal);
        mqtt->refused_until_us = now + (int64_t)otr_backoff_next_ms(&mqtt->refusal) * 1000;
    }
    mqtt->counters.refused++;
    otr_log(OTR_LOG_WARNING, "mqtt_refused", "code=0x%02x reason=\"%s\" token=%llu retry_ms=%lld",
            (unsigned)code, otr_mqtt_code_text(code), (unsigned long long)token,
            (long long)(mqtt->refused_until_us - now) / 1000);
    OTR_ASSERT(mqtt->refused_count <
               OTR_MQTT_SLOTS_MAX); /* publish takes nothing while the list may overflow */
    mqtt->refused[mqtt->refused_count++] = (struct refused){token, mqtt->refused_until_us};
}

static void settled(otr_mqtt *mqtt, unsigned slot, int code, int64_t now)
{
    /* A failure without a reason code is a broken connection, and its end is told for everything at once;
     * else the owner would send again on the same connection. */
    uint64_t token;
    if (code < 0 || !otr_mqtt_flight_end(&mqtt->flight, slot, &token))
        return;
    mqtt->flight.answered_us = now;
    if (code >= 0x80) {
        hold_refused(mqtt, token, code, now);
        return;
    }
    mqtt->counters.acknowledged++;
    mqtt->owner.published(mqtt->owner.context, token, OTR_OK);
}

static void settle_all(otr_mqtt *mqtt)
{
    uint64_t token;
    for (unsigned i = 0; i < OTR_MQTT_SLOTS_MAX; i++)
        if (otr_mqtt_flight_end(&mqtt->flight, i, &token))
            mqtt->owner.published(mqtt->owner.context, token, OTR_IO);
    release_refused(mqtt, INT64_MAX);
}

/* ---- the state machine ---- */

/* Turns to the server that is to be tried then. The pause grows only after each of them was. */
static unsigned pause_ms(otr_mqtt *mqtt, otr_mqtt_then then)
{
    otr_backoff first = {mqtt->reconnect.min_ms, mqtt->reconnect.max_ms, 0};
    if (then == OTR_MQTT_THEN_NOW)
        return 0;
    if (then == OTR_MQTT_THEN_AGAIN && mqtt->server_count > 1)
        return otr_backoff_next_ms(&first);
    mqtt->server = (mqtt->server + 1) % mqtt->server_count;
    return ++mqtt->away % mqtt->server_count != 0 ? otr_backoff_next_ms(&first)
                                                  : otr_backoff_next_ms(&mqtt->reconnect);
}

static void wait_for_next(otr_mqtt *mqtt, int64_t now, const otr_mqtt_failure *failure)
{
    bool was_up = mqtt->state == UP;
    if (was_up && now - mqtt->up_us >= STABLE_US) {
        otr_backoff_reset(&mqtt->reconnect);
        mqtt->away = 0;
    }
    otr_mqtt_reason reason;
    otr_mqtt_reason_of(failure, mqtt->options.address.host, &reason);
    unsigned wait_ms = pause_ms(
        mqtt, otr_mqtt_chooser_ended(&mqtt->servers[mqtt->server].chooser, reason.word, was_up, now));
    mqtt->state = WAITING;
    mqtt->due_us = now + (int64_t)wait_ms * 1000;
    otr_log(OTR_LOG_WARNING, "mqtt_down", "reason=%s text=\"%s\" broker=%s:%u was_up=%d lost=%u retry_ms=%u",
            reason.word, reason.text, mqtt->options.address.host, mqtt->options.address.port, was_up,
            mqtt->flight.count, wait_ms);
    if (!was_up) {
        mqtt->counters.connect_failures++;
        return;
    }
    mqtt->counters.disconnects++;
    settle_all(mqtt);
    mqtt->owner.down(mqtt->owner.context);
}

static otr_status make_will(otr_mqtt *mqtt, otr_error *error)
{
    otr_arena_done(&mqtt->will_memory);
    mqtt->options.will = NULL;
    if (mqtt->owner.will == NULL)
        return OTR_OK;
    otr_status status = mqtt->owner.will(mqtt->owner.context, &mqtt->will_memory, &mqtt->will);
    if (status != OTR_OK)
        return otr_fail(error, status, "the will cannot be built: %s", otr_status_text(status));
    mqtt->options.will = &mqtt->will;
    return OTR_OK;
}

static void attempt(otr_mqtt *mqtt, int64_t now)
{
    otr_mqtt_session_close(mqtt->session); /* before its will is made anew */
    mqtt->session = NULL;
    mqtt->options.address = mqtt->servers[mqtt->server].address;
    mqtt->options.version = mqtt->servers[mqtt->server].chooser.version;
    otr_error error = {0};
    if (!otr_mqtt_secrets_renew(&mqtt->secrets, &mqtt->options, &error) ||
        make_will(mqtt, &error) != OTR_OK ||
        otr_mqtt_session_open(&mqtt->options, &mqtt->session, &error) != OTR_OK) {
        otr_mqtt_failure failure = {.stage = OTR_MQTT_STAGE_CONNECT, .code = -1};
        snprintf(failure.hint, sizeof failure.hint, "%.190s", error.text);
        wait_for_next(mqtt, now, &failure);
        return;
    }
    mqtt->state = CONNECTING;
    mqtt->due_us = now + (int64_t)mqtt->options.timeout_s * 1000000;
}

static void came_up(otr_mqtt *mqtt, const otr_mqtt_event *event, int64_t now)
{
    mqtt->state = UP;
    mqtt->up_us = now;
    mqtt->window = event->window < OTR_MQTT_SLOTS_MAX ? event->window : OTR_MQTT_SLOTS_MAX;
    mqtt->packet_max = event->packet_max;
    mqtt->too_large_told = false;
    mqtt->counters.connects++;
    otr_mqtt_session_tune(mqtt->session);
    otr_log(OTR_LOG_NOTICE, "mqtt_up", "broker=%s:%u version=%s tls=%d client_id=\"%s\" window=%u",
            mqtt->options.address.host, mqtt->options.address.port,
            mqtt->options.version == OTR_MQTT_5 ? "5" : "3.1.1", mqtt->options.address.tls,
            mqtt->options.client_id, mqtt->window);
    if (mqtt->filter != NULL && otr_mqtt_session_subscribe(mqtt->session, mqtt->filter) != OTR_OK)
        otr_log(OTR_LOG_WARNING, "mqtt_subscribe", "result=failed topic=\"%s\"", mqtt->filter);
    mqtt->owner.up(mqtt->owner.context, mqtt->window);
}

static void handle(otr_mqtt *mqtt, otr_mqtt_event *event, int64_t now)
{
    switch (event->kind) {
    case OTR_MQTT_EVENT_UP:
        if (mqtt->state == CONNECTING && mqtt->owner.up != NULL)
            came_up(mqtt, event, now);
        break;
    case OTR_MQTT_EVENT_DOWN:
        wait_for_next(mqtt, now, &event->failure);
        break;
    case OTR_MQTT_EVENT_SETTLED:
        settled(mqtt, event->slot, event->code, now);
        break;
    case OTR_MQTT_EVENT_MESSAGE:
        if (mqtt->owner.received != NULL)
            mqtt->owner.received(mqtt->owner.context, event->message);
        otr_mqtt_message_free(event->message);
        break;
    case OTR_MQTT_EVENT_SUBSCRIBED:
        if (event->code > 0) /* everything else goes on: only nobody can answer */
            otr_log(OTR_LOG_WARNING, "mqtt_subscribe",
                    "result=refused topic=\"%s\" code=0x%02x reason=\"%s\"", mqtt->filter,
                    (unsigned)event->code, otr_mqtt_code_text(event->code));
        break;
    }
}

static void run_timers(otr_mqtt *mqtt, int64_t now)
{
    release_refused(mqtt, now);
    if (mqtt->state == WAITING && now >= mqtt->due_us) {
        attempt(mqtt, now);
    } else if (mqtt->state == CONNECTING && now >= mqtt->due_us) {
        otr_mqtt_failure failure = {.stage = OTR_MQTT_STAGE_TIMEOUT};
        wait_for_next(mqtt, now, &failure);
    } else if (mqtt->state == UP &&
               otr_mqtt_flight_is_silent(&mqtt->flight, mqtt->options.keepalive_s, now)) {
        otr_mqtt_failure failure = {.stage = OTR_MQTT_STAGE_SILENT};
        otr_mqtt_session_leave_with_will(mqtt->session);
        wait_for_next(mqtt, now, &failure);
    } else if (mqtt->state == UP) {
        otr_mqtt_flight_wake(&mqtt->flight, mqtt->session, now);
    }
}

/* Takes what the session has to tell, until it ends or a callback of the owner changed the state. */
static void take_events(otr_mqtt *mqtt)
{
    otr_mqtt_event event;
    int left = EVENTS_A_ROUND;
    while (mqtt->state != WAITING && left > 0 && otr_mqtt_session_take(mqtt->session, &event)) {
        handle(mqtt, &event, otr_mqtt_now_us());
        left--;
    }
    size_t dropped = mqtt->state == UP ? otr_mqtt_session_dropped(mqtt->session) : 0;
    if (dropped > 0)
        otr_log(OTR_LOG_WARNING, "mqtt_dropped",
                "messages=%zu reason=\"they came faster than they are read, or are too large\"", dropped);
    if (left < EVENTS_A_ROUND && mqtt->state == UP && mqtt->flight.count > 0)
        otr_mqtt_session_ack_now(mqtt->session);
    if (left == 0)
        otr_mqtt_bell_ring(mqtt->options.event_fd);
}

void otr_mqtt_process(otr_mqtt *mqtt)
{
    otr_mqtt_bell_clear(mqtt->options.event_fd);
    take_events(mqtt);
    run_timers(mqtt, otr_mqtt_now_us());
}

int64_t otr_mqtt_wait_us(const otr_mqtt *mqtt)
{
    int64_t due =
        mqtt->state == UP ? otr_mqtt_flight_due_us(&mqtt->flight, mqtt->options.keepalive_s) : mqtt->due_us;
    if (mqtt->refused_count > 0 && mqtt->refused[0].release_us < due)
        due = mqtt->refused[0].release_us;
    if (due == INT64_MAX)
        return due;
    int64_t now = otr_mqtt_now_us();
    return due > now ? due - now : 0;
}

/* ---- publishing ---- */

static otr_status send_in_slot(otr_mqtt *mqtt, const otr_publication *publication)
{
    unsigned slot = otr_mqtt_flight_free_slot(&mqtt->flight);
    otr_status status = otr_mqtt_session_publish(mqtt->session, slot, publication);
    if (status != OTR_OK)
        return status;
    int64_t now = otr_mqtt_now_us();
    otr_mqtt_flight_begin(&mqtt->flight, slot, publication->token, otr_mqtt_packet_bytes(publication), now);
    otr_mqtt_flight_hasten(&mqtt->flight, now);
    mqtt->counters.publishes++;
    return OTR_OK;
}

static otr_status publish(void *self, const otr_publication *publication)
{
    otr_mqtt *mqtt = self;
    if (mqtt->state != UP)
        return OTR_IO;
    if (mqtt->flight.count >= mqtt->window || mqtt->flight.count + mqtt->refused_count >= OTR_MQTT_SLOTS_MAX)
        return OTR_FULL;
    size_t packet = otr_mqtt_packet_bytes(publication);
    if (packet > mqtt->packet_max) { /* the broker would close the connection over it, again and again */
        otr_log(mqtt->too_large_told ? OTR_LOG_DEBUG : OTR_LOG_WARNING, "mqtt_too_large",
                "topic=\"%s\" bytes=%zu broker_max=%u", publication->topic.data, packet, mqtt->packet_max);
        mqtt->too_large_told = true;
        return OTR_LIMIT;
    }
    if (!otr_mqtt_flight_has_room(&mqtt->flight, packet))
        return OTR_FULL;
    return send_in_slot(mqtt, publication);
}

otr_link_port otr_mqtt_port(otr_mqtt *mqtt)
{
    return (otr_link_port){mqtt, publish};
}

int otr_mqtt_fd(const otr_mqtt *mqtt)
{
    return mqtt->options.event_fd;
}

const otr_mqtt_counters *otr_mqtt_counters_get(const otr_mqtt *mqtt)
{
    return &mqtt->counters;
}

/* ---- opening and closing ---- */

static void done(otr_mqtt *mqtt)
{
    otr_mqtt_session_close(mqtt->session);
    otr_mqtt_library_close(mqtt->library);
    if (mqtt->options.event_fd >= 0)
        close(mqtt->options.event_fd);
    otr_mqtt_secrets_done(&mqtt->secrets);
    otr_arena_done(&mqtt->will_memory);
    otr_arena_done(&mqtt->memory);
    free(mqtt);
}

static otr_status read_servers(otr_mqtt *mqtt, const otr_mqtt_config *config, otr_error *error)
{
    size_t count = config->other_count + 1;
    mqtt->servers = otr_arena_array(&mqtt->memory, count, sizeof *mqtt->servers);
    if (mqtt->servers == NULL)
        return otr_fail(error, OTR_MEMORY, "out of memory");
    mqtt->server_count = (unsigned)count;
    otr_status status = OTR_OK;
    for (size_t i = 0; i < count && status == OTR_OK; i++) {
        struct server *server = &mqtt->servers[i];
        otr_str url = i == 0 ? config->url : config->other_urls[i - 1];
        otr_mqtt_chooser_init(&server->chooser, config->speaks);
        status = otr_mqtt_address_parse(url, &server->address, error);
        if (status == OTR_OK && server->address.tls != mqtt->options.address.tls)
            status = otr_fail(error, OTR_INVALID, "one broker of a cluster has TLS and another has not");
    }
    return status;
}

otr_status otr_mqtt_open(const otr_mqtt_config *config, const otr_mqtt_owner *owner, otr_mqtt **out,
                         otr_error *error)
{
    otr_mqtt *mqtt = calloc(1, sizeof *mqtt);
    if (mqtt == NULL)
        return otr_fail(error, OTR_MEMORY, "out of memory");
    mqtt->owner = *owner;
    otr_mqtt_secrets_init(&mqtt->secrets);
    mqtt->options.event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    otr_status status = OTR_OK;
    if (mqtt->options.event_fd < 0)
        status = otr_fail(error, OTR_IO, "eventfd: %s", strerror(errno));
    if (status == OTR_OK)
        status = otr_mqtt_options_of(config, &mqtt->memory, &mqtt->secrets, &mqtt->options, error);
    if (status == OTR_OK)
        status = read_servers(mqtt, config, error);
    if (status == OTR_OK && config->filter.size > 0) {
        mqtt->filter = otr_arena_copy(&mqtt->memory, config->filter).data;
        if (mqtt->filter == NULL)
            status = otr_fail(error, OTR_MEMORY, "out of memory");
    }
    if (status == OTR_OK)
        status = otr_mqtt_library_open(&mqtt->library, error);
    if (status != OTR_OK) {
        done(mqtt);
        return status;
    }
    mqtt->options.structure = owner->structure;
    mqtt->options.slots = OTR_MQTT_SLOTS_MAX;
    mqtt->options.packet_max = RECEIVED_BYTES_MAX;
    mqtt->options.backlog_max = RECEIVED_WAITING_MAX;
    unsigned min_ms = config->reconnect_min_ms > 0 ? config->reconnect_min_ms : 1;
    mqtt->reconnect =
        (otr_backoff){min_ms, config->reconnect_max_ms > min_ms ? config->reconnect_max_ms : min_ms, 0};
    mqtt->refusal = (otr_backoff){REFUSED_MIN_MS, REFUSED_MAX_MS, 0};
    attempt(mqtt, otr_mqtt_now_us());
    *out = mqtt;
    return OTR_OK;
}

/* While closing, the owner is told nothing any more; only the farewell's fate matters. */
#define FAREWELL_TOKEN UINT64_MAX

static void note_published(void *context, uint64_t token, otr_status status)
{
    bool *accepted = context;
    if (token == FAREWELL_TOKEN)
        *accepted = status == OTR_OK;
}

static void note_down(void *context)
{
    (void)context;
}

/* Waits for room in the window (accepted NULL) or for the farewell's answer; false: it does not come any
 * more. */
static bool wait_until(otr_mqtt *mqtt, const bool *accepted, int64_t deadline_us)
{
    for (;;) {
        take_events(mqtt);
        if (accepted != NULL ? *accepted : mqtt->state == UP && mqtt->flight.count < mqtt->window)
            return true;
        int64_t now = otr_mqtt_now_us();
        if (mqtt->state != UP || now >= deadline_us || mqtt->flight.count == 0)
            return false;
        struct pollfd wait = {.fd = mqtt->options.event_fd, .events = POLLIN};
        poll(&wait, 1, LOOK_MS);
        otr_mqtt_bell_clear(mqtt->options.event_fd);
        otr_mqtt_session_wake(mqtt->session);
    }
}

/* True when the broker has the farewell. */
static bool say_farewell(otr_mqtt *mqtt, const otr_publication *farewell, const bool *accepted,
                         int64_t deadline_us)
{
    otr_publication last = *farewell;
    last.token = FAREWELL_TOKEN;
    return wait_until(mqtt, NULL, deadline_us) && send_in_slot(mqtt, &last) == OTR_OK &&
           wait_until(mqtt, accepted, deadline_us);
}

/* Leaves in the way that makes the broker publish the will. */
static void leave_to_the_will(otr_mqtt *mqtt)
{
    int64_t deadline_us = otr_mqtt_now_us() + WILL_WAIT_US;
    otr_mqtt_session_leave_with_will(mqtt->session);
    while (mqtt->state == UP && otr_mqtt_now_us() < deadline_us) {
        struct pollfd wait = {.fd = mqtt->options.event_fd, .events = POLLIN};
        poll(&wait, 1, 100);
        otr_mqtt_bell_clear(mqtt->options.event_fd);
        take_events(mqtt);
    }
}

void otr_mqtt_close(otr_mqtt *mqtt, const otr_publication *farewell, unsigned timeout_ms)
{
    if (mqtt == NULL)
        return;
    bool said = false;
    mqtt->owner = (otr_mqtt_owner){.context = &said, .published = note_published, .down = note_down};
    mqtt->refused_count = 0;
    if (farewell != NULL &&
        !say_farewell(mqtt, farewell, &said, otr_mqtt_now_us() + (int64_t)timeout_ms * 1000) &&
        mqtt->state == UP)
        leave_to_the_will(mqtt);
    otr_log(OTR_LOG_NOTICE, "mqtt_closed", "farewell=%s",
            farewell == NULL ? "none"
            : said           ? "accepted"
                             : "lost");
    done(mqtt);
}
