/* outrider watch: a subscriber that prints what gateways report. */
#include "tools/outrider/fleet/watch.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "tools/outrider/fleet/listen.h"
#include "tools/outrider/verbs.h"

enum {
    SEEN = 4096, /* events remembered to show each once; a power of two */
    RUNNING = -1,
};

typedef struct watch {
    otr_watch_options options;
    otr_listener *listener;
    bool is_up;
    bool was_up;        /* ever */
    unsigned long lost; /* of those that came, told */
    int64_t end_us;     /* of --timeout; INT64_MAX: none */
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

static void show(void *context, const otr_mqtt_message *message)
{
    watch *w = context;
    otr_watch_item item;
    if (w->result != RUNNING)
        return;
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

static void follow(watch *w)
{
    bool up = otr_listener_is_up(w->listener);
    if (w->is_up && !up)
        tell(w, "connection lost, trying again: ", otr_listener_trouble(w->listener));
    else if (!w->is_up && up && w->was_up)
        tell(w, "connected again", "");
    w->is_up = up;
    w->was_up |= up;
    unsigned long lost = otr_listener_lost(w->listener) - w->lost;
    if (lost > 0)
        (void)fprintf(stderr,
                      "outrider watch: %lu events came faster than they could be shown, and are not\n", lost);
    w->lost += lost;
}

static void serve(watch *w)
{
    otr_error error = {.text = ""};
    bool good = otr_listener_process(w->listener, &error);
    if (w->result != RUNNING)
        return;
    follow(w);
    if (!good) {
        tell(w, w->was_up ? "" : "no connection: ", error.text);
        w->result = 1;
    } else if (now_us() >= w->end_us) {
        (void)fprintf(stderr, "outrider watch: %g s are over, %d events shown\n", w->options.timeout_s,
                      w->shown);
        w->result = 1;
    }
}

static int wait_ms(const watch *w)
{
    int most = otr_listener_wait_ms(w->listener);
    int64_t left = w->end_us == INT64_MAX ? INT64_MAX : (w->end_us - now_us() + 999) / 1000;
    return left <= 0 ? 0 : left < most ? (int)left : most;
}

static void run(watch *w, int signal_fd)
{
    while (w->result == RUNNING) {
        struct pollfd ready[] = {{.fd = otr_listener_fd(w->listener), .events = POLLIN},
                                 {.fd = signal_fd, .events = POLLIN}};
        poll(ready, 2, wait_ms(w));
        if ((ready[1].revents & POLLIN) != 0) {
            w->result = 0;
            return;
        }
        serve(w);
    }
}

int otr_verb_watch(int argc, char **argv)
{
    static const char *const kinds[] = {"#"};
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
    otr_error error = {.text = ""};
    otr_listen asked = {.broker = &w.options.broker,
                        .verb = "watch",
                        .share = w.options.share,
                        .kinds = kinds,
                        .count = 1,
                        .backlog = OTR_MQTT_BACKLOG_MAX,
                        .take = show,
                        .context = &w};
    w.end_us = w.options.timeout_s > 0 ? now_us() + (int64_t)(w.options.timeout_s * 1e6) : INT64_MAX;
    if (signal_fd < 0) {
        tell(&w, "descriptors: ", strerror(errno));
        w.result = 1;
    } else if (otr_listener_open(&asked, &w.listener, &error) != OTR_OK) {
        tell(&w, "", error.text);
        w.result = error.status == OTR_INVALID ? 2 : 1;
    } else {
        run(&w, signal_fd);
    }
    otr_listener_close(w.listener);
    otr_arena_done(&w.arena);
    otr_buffer_done(&w.line);
    otr_broker_done(&w.options.broker);
    if (signal_fd >= 0)
        close(signal_fd);
    return w.result;
}
