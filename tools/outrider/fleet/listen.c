#include "tools/outrider/fleet/listen.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "platform/linux/mqtt/mqtt_backoff.h"
#include "platform/linux/mqtt/mqtt_files.h"
#include "platform/linux/mqtt/mqtt_version.h"

enum {
    AT_ONCE = 1000,
    STABLE_US = 60 * 1000000,
    KEEPALIVE_S = 30,
    CONNECT_S = 10,
    RETRY_MIN_MS = 500,
    RETRY_MAX_MS = 15000
};

struct otr_listener {
    otr_listen asked;
    otr_mqtt_options mqtt;
    otr_mqtt_library *library;
    otr_mqtt_session *session; /* NULL while it waits to connect again */
    otr_backoff retry;
    otr_mqtt_chooser chooser;
    char client_id[64];
    char filters[OTR_LISTEN_FILTERS][256];
    size_t next;    /* filter to subscribe to */
    bool up;        /* connected */
    bool complete;  /* the broker has answered all of them */
    bool stood;     /* ever complete */
    int64_t due_us; /* next attempt, or the deadline of this one */
    int64_t complete_us;
    int64_t last_us; /* when something came */
    unsigned long lost;
    char trouble[320];
};

static int64_t now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static otr_status connect_now(otr_listener *l, otr_error *error)
{
    l->next = 0;
    l->up = l->complete = false;
    l->mqtt.version = l->chooser.version;
    l->due_us = now_us() + CONNECT_S * INT64_C(1000000);
    return otr_mqtt_session_open(&l->mqtt, &l->session, error);
}

/* word: otr_mqtt_reason's. A broker that knew no MQTT 5 when this began may have been upgraded since. */
static void fall(otr_listener *l, const char *word, const char *reason)
{
    bool now = l->stood ? otr_mqtt_chooser_ended(&l->chooser, word, l->up, now_us()) == OTR_MQTT_THEN_NOW
                        : otr_mqtt_chooser_first_ended(&l->chooser, word, now_us());
    (void)snprintf(l->trouble, sizeof l->trouble, "%s", reason);
    otr_mqtt_session_close(l->session);
    l->session = NULL;
    if (l->complete && now_us() - l->complete_us > STABLE_US)
        otr_backoff_reset(&l->retry);
    l->up = l->complete = false;
    l->due_us = now ? 0 : now_us() + otr_backoff_next_ms(&l->retry) * INT64_C(1000);
}

static void subscribe(otr_listener *l)
{
    if (l->next == l->asked.count) {
        l->complete = l->stood = true;
        l->complete_us = now_us();
        l->trouble[0] = '\0';
        return;
    }
    if (otr_mqtt_session_subscribe(l->session, l->filters[l->next++]) != OTR_OK)
        fall(l, "subscribe", "the broker takes no subscription");
}

/* False: it cannot get better. */
static bool handle(otr_listener *l, const otr_mqtt_event *event)
{
    otr_mqtt_reason reason;
    l->last_us = now_us();
    if (event->kind !=
        OTR_MQTT_EVENT_DOWN) /* what is retained comes before the next subscription is answered */
        l->due_us = l->last_us + CONNECT_S * INT64_C(1000000);
    switch (event->kind) {
    case OTR_MQTT_EVENT_UP:
        l->up = true;
        otr_mqtt_session_tune(l->session);
        subscribe(l);
        return true;
    case OTR_MQTT_EVENT_SUBSCRIBED:
        if (event->code > 0)
            (void)snprintf(l->trouble, sizeof l->trouble, "the broker refuses %s: %s",
                           l->filters[l->next - 1], otr_mqtt_code_text(event->code));
        else if (event->code == 0)
            subscribe(l);
        return event->code <= 0;
    case OTR_MQTT_EVENT_MESSAGE:
        l->asked.take(l->asked.context, event->message);
        otr_mqtt_message_free(event->message);
        return true;
    case OTR_MQTT_EVENT_DOWN:
        otr_mqtt_reason_of(&event->failure, l->mqtt.address.host, &reason);
        fall(l, reason.word, reason.text);
        return l->stood ||
               l->due_us == 0; /* a wrong argument more likely than bad luck: not tried for ever */
    case OTR_MQTT_EVENT_SETTLED:
        return true;
    }
    return true;
}

bool otr_listener_process(otr_listener *l, otr_error *error)
{
    uint64_t count;
    otr_mqtt_event event;
    bool good = true;
    ssize_t size = read(l->mqtt.event_fd, &count, sizeof count);
    (void)size; /* empty is fine: the descriptor does not block */
    int left = AT_ONCE;
    for (; good && left > 0 && l->session != NULL && otr_mqtt_session_take(l->session, &event); left--)
        good = handle(l, &event);
    if (left == 0) { /* the owner has keys to read: the rest with the next call, at once */
        uint64_t one = 1;
        ssize_t written = write(l->mqtt.event_fd, &one, sizeof one);
        (void)written;
    }
    if (l->session != NULL)
        l->lost += otr_mqtt_session_dropped(l->session);
    if (good && !l->complete && now_us() >= l->due_us) {
        if (l->session != NULL) {
            fall(l, "timeout", "no connection in time");
            good = l->stood;
        } else if (connect_now(l, error) != OTR_OK) {
            fall(l, "local", error->text);
        }
    }
    if (!good)
        (void)otr_fail(error, OTR_IO, "%s", l->trouble);
    return good;
}

int otr_listener_fd(const otr_listener *l)
{
    return l->mqtt.event_fd;
}

int otr_listener_wait_ms(const otr_listener *l)
{
    int64_t left = l->due_us - now_us();
    return l->complete ? 60000 : left <= 0 ? 0 : (int)(left / 1000) + 1;
}

bool otr_listener_is_up(const otr_listener *l)
{
    return l->complete;
}

int64_t otr_listener_quiet_ms(const otr_listener *l)
{
    return (now_us() - l->last_us) / 1000;
}

unsigned long otr_listener_lost(const otr_listener *l)
{
    return l->lost;
}

const char *otr_listener_trouble(const otr_listener *l)
{
    return l->trouble;
}

static otr_status configure(otr_listener *l, otr_error *error)
{
    const otr_broker *broker = l->asked.broker;
    uint32_t random = 0;
    otr_status status = otr_mqtt_address_parse(otr_str_of(broker->url), &l->mqtt.address, error);
    if (status == OTR_OK && l->mqtt.address.tls)
        status = otr_mqtt_files_check(broker->ca, broker->cert, broker->key, error);
    if (status != OTR_OK)
        return status;
    if (getrandom(&random, sizeof random, 0) != (ssize_t)sizeof random || l->mqtt.event_fd < 0)
        return otr_fail(error, OTR_IO, "no random number, or no descriptor: %s", strerror(errno));
    (void)snprintf(l->client_id, sizeof l->client_id, "outrider-%s-%d-%08x", l->asked.verb, (int)getpid(),
                   random);
    l->mqtt.client_id = l->client_id;
    l->mqtt.ca_file = broker->ca;
    l->mqtt.cert_file = broker->cert;
    l->mqtt.key_file = broker->key;
    l->mqtt.clean_start = true;
    l->mqtt.keepalive_s = KEEPALIVE_S;
    l->mqtt.timeout_s = CONNECT_S;
    l->mqtt.backlog_max = l->asked.backlog > 0 ? l->asked.backlog : OTR_LISTEN_BACKLOG;
    return otr_mqtt_library_open(&l->library, error);
}

otr_status otr_listener_open(const otr_listen *asked, otr_listener **out, otr_error *error)
{
    const otr_broker *broker = asked->broker;
    otr_listener *l = calloc(1, sizeof *l);
    OTR_ASSERT(asked->count <= OTR_LISTEN_FILTERS);
    if (l == NULL)
        return otr_fail(error, OTR_MEMORY, "out of memory");
    *l = (otr_listener){.asked = *asked, .retry = {RETRY_MIN_MS, RETRY_MAX_MS, 0}, .last_us = now_us()};
    otr_mqtt_chooser_init(&l->chooser, OTR_MQTT_SPEAKS_BEST);
    l->mqtt.event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    for (size_t i = 0; i < asked->count; i++)
        (void)snprintf(l->filters[i], sizeof l->filters[i], "%s%s%soutrider/v1/%s/%s/%s",
                       asked->share != NULL ? "$share/" : "", asked->share != NULL ? asked->share : "",
                       asked->share != NULL ? "/" : "", broker->group != NULL ? broker->group : "+",
                       broker->gateway != NULL ? broker->gateway : "+", asked->kinds[i]);
    otr_status status = configure(l, error);
    if (status == OTR_OK)
        status = connect_now(l, error);
    if (status != OTR_OK) {
        otr_listener_close(l);
        return status;
    }
    *out = l;
    return OTR_OK;
}

void otr_listener_close(otr_listener *l)
{
    if (l == NULL)
        return;
    otr_mqtt_session_close(l->session);
    otr_mqtt_library_close(l->library);
    if (l->mqtt.event_fd >= 0)
        close(l->mqtt.event_fd);
    free(l);
}

static int tell(const otr_listen *asked, const char *text)
{
    (void)fprintf(stderr, "outrider %s: %s: %s\n", asked->verb, asked->broker->url, text);
    return 1;
}

int otr_listen_all(const otr_listen *asked, double quiet_s, double timeout_s)
{
    otr_listener *l = NULL;
    otr_error error = {.text = ""};
    otr_status status = otr_listener_open(asked, &l, &error);
    if (status != OTR_OK)
        return tell(asked, error.text) + (status == OTR_INVALID);
    int64_t end_us = now_us() + (int64_t)(timeout_s * 1e6);
    int code = -1;
    while (code < 0) {
        struct pollfd ready = {.fd = otr_listener_fd(l), .events = POLLIN};
        (void)poll(&ready, 1, 50);
        if (!otr_listener_process(l, &error))
            code = tell(asked, error.text);
        else if (l->lost > 0)
            code = tell(asked, "more came than could be kept: narrow it with --group or --gateway");
        else if (l->complete && otr_listener_quiet_ms(l) >= (int64_t)(quiet_s * 1000))
            code = 0;
        else if (now_us() >= end_us)
            code = tell(asked, l->complete ? "still not quiet at the timeout" : "no connection in time");
    }
    otr_listener_close(l);
    return code;
}
