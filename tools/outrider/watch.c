/* outrider watch: an MQTT 5 subscriber that prints what gateways report. */
#include "tools/outrider/watch.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "platform/linux/mqtt_backoff.h"
#include "platform/linux/mqtt_files.h"
#include "tools/outrider/verbs.h"

enum {
    SEEN = 4096, /* events remembered to show each once; a power of two */
    CONNECT_TIMEOUT_S = 10,
    STABLE_US = 60 * 1000000,
    RETRY_MIN_MS = 500,
    RETRY_MAX_MS = 15000,
    RUNNING = -1,
};

typedef struct watch {
    otr_watch_options options;
    otr_mqtt_options mqtt;
    char client_id[64];
    char filter[256];
    otr_mqtt_library *library;
    otr_mqtt_session *session; /* NULL while waiting */
    bool is_up;
    bool was_up;      /* ever */
    int64_t since_us; /* of the session's begin, or of its being up */
    int64_t due_us;   /* of the next attempt, or the deadline of this one */
    int64_t end_us;   /* of --timeout; INT64_MAX: none */
    otr_backoff retry;
    int shown;
    uint64_t seen[SEEN]; /* hashes of source and id; 0: empty */
    size_t seen_next;
    otr_arena arena;
    otr_buffer line;
    int result; /* RUNNING, or the exit code */
} watch;

static int64_t now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* ---- messages ---- */

/* Whether the event was shown before. */
static bool is_repeated(watch *w, const otr_watch_item *item)
{
    if (w->options.duplicates || item->id.size == 0)
        return false;
    uint64_t hash =
        otr_hash64(otr_hash64(0, 0, item->source.data, item->source.size), 1, item->id.data, item->id.size);
    for (size_t i = 0; i < SEEN; i++)
        if (w->seen[i] == hash)
            return true;
    w->seen[w->seen_next] = hash != 0 ? hash : 1;
    w->seen_next = (w->seen_next + 1) % SEEN;
    return false;
}

/* What only whoever comes later reads: how an alarm stands comes right before its event, health each quarter
 * of an hour. */
static bool is_beside(const watch *w, const otr_watch_item *item)
{
    if (item->stands && !item->retained)
        return true;
    return item->has_event && otr_str_is(item->event.what, "health") && !w->options.duplicates;
}

static void show(watch *w, const otr_mqtt_message *message)
{
    otr_watch_item item;
    otr_arena_reset(&w->arena);
    if (!otr_watch_read(&w->arena, &w->options, message, &item) || is_beside(w, &item) ||
        is_repeated(w, &item))
        return;
    if (!item.has_event && item.error.status == OTR_OK)
        return; /* an empty payload takes back a retained message: nothing happened that anybody should read
                 */
    otr_buffer_clear(&w->line);
    if (w->options.json)
        otr_watch_json(&w->line, &item);
    else
        otr_watch_text(&w->line, &item, w->options.colour, w->options.lengths);
    if (w->line.failed) {
        (void)fputs("outrider watch: out of memory, an event is not shown\n", stderr);
        return;
    }
    if (fwrite(w->line.data, 1, w->line.size, stdout) != w->line.size || fflush(stdout) != 0) {
        w->result = errno == EPIPE ? 0 : 1; /* the reader has seen enough */
        return;
    }
    if (++w->shown == w->options.count)
        w->result = 0;
}

/* ---- the connection ---- */

static void tell(const watch *w, const char *text, const char *more)
{
    otr_buffer line = {0};
    otr_watch_add_safe(&line, otr_str_of(more));
    (void)fprintf(stderr, "outrider watch: %s: %s%.*s\n", w->options.broker.url, text,
                  OTR_STR_ARG(otr_buffer_text(&line)));
    otr_buffer_done(&line);
}

static void begin(watch *w)
{
    otr_error error = {0};
    w->since_us = now_us();
    w->due_us = w->since_us + CONNECT_TIMEOUT_S * INT64_C(1000000);
    if (otr_mqtt_session_open(&w->mqtt, &w->session, &error) == OTR_OK)
        return;
    tell(w, "", error.text);
    w->result = 1;
}

static void end_session(watch *w, const otr_mqtt_failure *failure)
{
    otr_mqtt_reason reason;
    otr_mqtt_reason_of(failure, w->mqtt.address.host, &reason);
    otr_mqtt_session_close(w->session);
    w->session = NULL;
    int64_t now = now_us();
    if (!w->was_up) { /* a wrong argument more likely than bad luck: say so instead of trying for ever */
        tell(w, "no connection: ", reason.text);
        w->result = 1;
        return;
    }
    if (w->is_up)
        tell(w, "connection lost, trying again: ", reason.text);
    if (w->is_up && now - w->since_us > STABLE_US)
        otr_backoff_reset(&w->retry);
    w->is_up = false;
    w->due_us = now + otr_backoff_next_ms(&w->retry) * INT64_C(1000);
}

static void handle(watch *w, const otr_mqtt_event *event)
{
    switch (event->kind) {
    case OTR_MQTT_EVENT_UP:
        w->is_up = true;
        w->since_us = now_us();
        otr_mqtt_session_tune(w->session);
        if (otr_mqtt_session_subscribe(w->session, w->filter) != OTR_OK) {
            otr_mqtt_failure failure = {.stage = OTR_MQTT_STAGE_LOST};
            end_session(w, &failure);
        }
        break;
    case OTR_MQTT_EVENT_SUBSCRIBED:
        if (event->code == 0) {
            if (w->was_up)
                tell(w, "connected again", "");
            w->was_up = true;
        } else if (event->code > 0) {
            tell(w, "the broker refuses the subscription: ", otr_mqtt_code_text(event->code));
            w->result = 1;
        }
        break;
    case OTR_MQTT_EVENT_DOWN:
        end_session(w, &event->failure);
        break;
    case OTR_MQTT_EVENT_MESSAGE:
        show(w, event->message);
        otr_mqtt_message_free(event->message);
        break;
    case OTR_MQTT_EVENT_SETTLED:
        break;
    }
}

static void drain(int fd)
{
    uint64_t count;
    ssize_t size = read(fd, &count, sizeof count);
    (void)size; /* empty is fine: the descriptor does not block */
}

static void serve(watch *w)
{
    otr_mqtt_event event;
    while (w->result == RUNNING && w->session != NULL && otr_mqtt_session_take(w->session, &event))
        handle(w, &event);
    size_t dropped = w->session != NULL ? otr_mqtt_session_dropped(w->session) : 0;
    if (dropped > 0)
        (void)fprintf(stderr,
                      "outrider watch: %zu events came faster than they could be shown, and are not\n",
                      dropped);
    int64_t now = now_us();
    if (w->result != RUNNING)
        return;
    if (now >= w->end_us) {
        (void)fprintf(stderr, "outrider watch: %g s are over, %d events shown\n", w->options.timeout_s,
                      w->shown);
        w->result = 1;
    } else if (w->session == NULL && now >= w->due_us) {
        begin(w);
    } else if (w->session != NULL && !w->is_up && now >= w->due_us) {
        otr_mqtt_failure failure = {.stage = OTR_MQTT_STAGE_TIMEOUT};
        end_session(w, &failure);
    }
}

static int wait_ms(const watch *w)
{
    int64_t due = w->end_us;
    if (!w->is_up && w->due_us < due)
        due = w->due_us;
    int64_t left = due == INT64_MAX ? 60000000 : due - now_us();
    return left <= 0 ? 0 : left > 60000000 ? 60000 : (int)((left + 999) / 1000);
}

/* ---- setting up ---- */

static otr_status configure(watch *w, otr_error *error)
{
    const otr_watch_options *options = &w->options;
    otr_status status = otr_mqtt_address_parse(otr_str_of(options->broker.url), &w->mqtt.address, error);
    if (status == OTR_OK && w->mqtt.address.tls)
        status = otr_mqtt_files_check(options->broker.ca, options->broker.cert, options->broker.key, error);
    if (status != OTR_OK)
        return status;
    uint32_t random = 0;
    if (getrandom(&random, sizeof random, 0) != (ssize_t)sizeof random)
        return otr_fail(error, OTR_IO, "no random number: %s", strerror(errno));
    (void)snprintf(w->client_id, sizeof w->client_id, "outrider-watch-%d-%08x", (int)getpid(), random);
    (void)snprintf(w->filter, sizeof w->filter, "%s%s%soutrider/v1/%s/%s/#",
                   options->share != NULL ? "$share/" : "", options->share != NULL ? options->share : "",
                   options->share != NULL ? "/" : "",
                   options->broker.group != NULL ? options->broker.group : "+",
                   options->broker.gateway != NULL ? options->broker.gateway : "+");
    w->mqtt.client_id = w->client_id;
    w->mqtt.ca_file = options->broker.ca;
    w->mqtt.cert_file = options->broker.cert;
    w->mqtt.key_file = options->broker.key;
    w->mqtt.clean_start = true;
    w->mqtt.keepalive_s = 30;
    w->mqtt.timeout_s = CONNECT_TIMEOUT_S;
    w->retry = (otr_backoff){RETRY_MIN_MS, RETRY_MAX_MS, 0};
    w->end_us = options->timeout_s > 0 ? now_us() + (int64_t)(options->timeout_s * 1e6) : INT64_MAX;
    return otr_mqtt_library_open(&w->library, error);
}

static void run(watch *w, int signal_fd)
{
    begin(w);
    while (w->result == RUNNING) {
        struct pollfd ready[] = {{.fd = w->mqtt.event_fd, .events = POLLIN},
                                 {.fd = signal_fd, .events = POLLIN}};
        poll(ready, 2, wait_ms(w));
        if ((ready[1].revents & POLLIN) != 0) {
            w->result = 0;
            return;
        }
        drain(w->mqtt.event_fd);
        serve(w);
    }
}

int otr_verb_watch(int argc, char **argv)
{
    static watch w;
    w = (watch){.result = RUNNING};
    int parsed = otr_watch_parse(argc, argv, &w.options);
    if (parsed >= 0) {
        otr_broker_done(&w.options.broker);
        return parsed;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    signal(SIGPIPE, SIG_IGN);
    int signal_fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
    w.mqtt.event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    otr_error error = {0};
    if (signal_fd < 0 || w.mqtt.event_fd < 0) {
        tell(&w, "descriptors: ", strerror(errno));
        w.result = 1;
    } else if (configure(&w, &error) != OTR_OK) {
        tell(&w, "", error.text);
        w.result = error.status == OTR_INVALID ? 2 : 1;
    } else {
        run(&w, signal_fd);
    }
    otr_mqtt_session_close(w.session);
    otr_mqtt_library_close(w.library);
    otr_arena_done(&w.arena);
    otr_buffer_done(&w.line);
    otr_broker_done(&w.options.broker);
    if (signal_fd >= 0)
        close(signal_fd);
    if (w.mqtt.event_fd >= 0)
        close(w.mqtt.event_fd);
    return w.result;
}
