/*
 * One request over MQTT 5: subscribe to a place of its own below the gateway's answers, publish with that as
 * the response topic, and take what comes there. The gateway acknowledges before it has kept anything, so
 * that the same request goes again until it is answered.
 */
#include "tools/outrider/act.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "platform/linux/mqtt_files.h"
#include "platform/linux/mqtt_session.h"

enum { KEEPALIVE_S = 30, AGAIN_US = 2000000 };

typedef struct exchange {
    otr_mqtt_options mqtt;
    otr_mqtt_library *library;
    otr_mqtt_session *session;
    char client_id[64];
    char command[192];
    char answer[256];
    const char *request;
    bool subscribed;
    bool sending;
    bool failed;
    int64_t again_us;
    json_t *found;
} exchange;

static int64_t now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void send(exchange *x)
{
    otr_publication publication = {
        .topic = otr_str_of(x->command),
        .content_type = OTR_STR("application/json"),
        .payload = {(const uint8_t *)x->request, strlen(x->request)},
        .qos = 1,
        .response_topic = otr_str_of(x->answer),
    };
    x->again_us = now_us() + AGAIN_US;
    x->sending = otr_mqtt_session_publish(x->session, 0, &publication) == OTR_OK;
}

static void tell(exchange *x, const char *text)
{
    (void)fprintf(stderr, "outrider act: %s\n", text);
    x->failed = true;
}

static void handle(exchange *x, otr_mqtt_event *event)
{
    otr_mqtt_reason reason;
    switch (event->kind) {
    case OTR_MQTT_EVENT_UP:
        otr_mqtt_session_tune(x->session);
        if (otr_mqtt_session_subscribe(x->session, x->answer) != OTR_OK)
            tell(x, "the broker takes no subscription");
        break;
    case OTR_MQTT_EVENT_SUBSCRIBED:
        if (event->code != 0)
            tell(x, event->code > 0 ? otr_mqtt_code_text(event->code) : "the connection was lost");
        x->subscribed = event->code == 0;
        break;
    case OTR_MQTT_EVENT_SETTLED:
        x->sending = false;
        if (event->code >= 0x80)
            tell(x, otr_mqtt_code_text(event->code));
        break;
    case OTR_MQTT_EVENT_MESSAGE:
        if (x->found == NULL && !event->message->retained)
            x->found =
                json_loadb((const char *)event->message->payload.data, event->message->payload.size, 0, NULL);
        otr_mqtt_message_free(event->message);
        break;
    case OTR_MQTT_EVENT_DOWN:
        otr_mqtt_reason_of(&event->failure, x->mqtt.address.host, &reason);
        tell(x, reason.text);
        break;
    }
}

static void run(exchange *x, int64_t end_us)
{
    while (x->found == NULL && !x->failed && now_us() < end_us) {
        struct pollfd ready = {.fd = x->mqtt.event_fd, .events = POLLIN};
        uint64_t count;
        otr_mqtt_event event;
        (void)poll(&ready, 1, 50);
        ssize_t size = read(x->mqtt.event_fd, &count, sizeof count);
        (void)size; /* empty is fine: the descriptor does not block */
        while (!x->failed && otr_mqtt_session_take(x->session, &event))
            handle(x, &event);
        if (x->sending)
            otr_mqtt_session_wake(x->session);
        if (!x->failed && x->subscribed && !x->sending && now_us() >= x->again_us)
            send(x);
    }
    if (x->found == NULL && !x->failed)
        tell(x, "no answer in time");
}

static otr_status configure(exchange *x, const otr_act_options *options, otr_error *error)
{
    uint32_t random = 0;
    otr_status status = otr_mqtt_address_parse(otr_str_of(options->broker.url), &x->mqtt.address, error);
    if (status == OTR_OK && x->mqtt.address.tls)
        status = otr_mqtt_files_check(options->broker.ca, options->broker.cert, options->broker.key, error);
    if (status != OTR_OK)
        return status;
    if (getrandom(&random, sizeof random, 0) != (ssize_t)sizeof random || x->mqtt.event_fd < 0)
        return otr_fail(error, OTR_IO, "no random number, or no descriptor");
    (void)snprintf(x->client_id, sizeof x->client_id, "outrider-act-%d-%08x", (int)getpid(), random);
    (void)snprintf(x->command, sizeof x->command, "outrider/v1/%s/%s/command", options->broker.group,
                   options->broker.gateway);
    (void)snprintf(x->answer, sizeof x->answer, "outrider/v1/%s/%s/answer/%s", options->broker.group,
                   options->broker.gateway, x->client_id);
    x->mqtt.client_id = x->client_id;
    x->mqtt.ca_file = options->broker.ca;
    x->mqtt.cert_file = options->broker.cert;
    x->mqtt.key_file = options->broker.key;
    x->mqtt.clean_start = true;
    x->mqtt.keepalive_s = KEEPALIVE_S;
    x->mqtt.timeout_s = KEEPALIVE_S;
    x->mqtt.slots = 1;
    status = otr_mqtt_library_open(&x->library, error);
    return status == OTR_OK ? otr_mqtt_session_open(&x->mqtt, &x->session, error) : status;
}

json_t *otr_act_over_mqtt(const otr_act_options *options, const char *request)
{
    exchange x = {.request = request};
    otr_error error = {.text = ""};
    x.mqtt.event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (configure(&x, options, &error) == OTR_OK)
        run(&x, now_us() + (int64_t)(options->timeout_s * 1e6));
    else
        tell(&x, error.text);
    otr_mqtt_session_close(x.session);
    otr_mqtt_library_close(x.library);
    if (x.mqtt.event_fd >= 0)
        close(x.mqtt.event_fd);
    return x.found;
}
