#include "tools/outrider/fleet/exchange.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "platform/linux/mqtt/mqtt_files.h"
#include "platform/linux/mqtt/mqtt_session.h"
#include "platform/linux/mqtt/mqtt_version.h"

enum { KEEPALIVE_S = 30, AGAIN_US = 2000000, TOPIC_BYTES = 256 };

struct otr_exchange {
    otr_mqtt_options mqtt;
    otr_mqtt_library *library;
    otr_mqtt_session *session;
    char client_id[64];
    char command[TOPIC_BYTES];
    char answer[TOPIC_BYTES]; /* of the gateway that is asked */
    char subscribed_to[TOPIC_BYTES];
    otr_str request;
    const char *id;
    bool up;
    bool older; /* the broker does not know MQTT 5 */
    bool subscribing;
    bool sending;
    int64_t again_us;
    json_t *found;
    otr_error *error;
    bool failed;
};

static int64_t now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void fail(otr_exchange *x, const char *text)
{
    (void)otr_fail(x->error, OTR_IO, "%s", text);
    x->failed = true;
}

static void send(otr_exchange *x)
{
    otr_publication publication = {
        .topic = otr_str_of(x->command),
        .content_type = OTR_STR("application/json"),
        .payload = {(const uint8_t *)x->request.data, x->request.size},
        .qos = 1,
        .response_topic = otr_str_of(x->answer),
    };
    x->again_us = now_us() + AGAIN_US;
    x->sending = otr_mqtt_session_publish(x->session, 0, &publication) == OTR_OK;
}

static void subscribe(otr_exchange *x)
{
    memcpy(x->subscribed_to, x->answer, sizeof x->answer);
    x->subscribing = true;
    if (otr_mqtt_session_subscribe(x->session, x->subscribed_to) != OTR_OK)
        fail(x, "the broker takes no subscription");
}

/* An answer that is not to this request was to one that is given up; "again" means later. */
static void receive(otr_exchange *x, const otr_mqtt_message *message)
{
    if (x->found != NULL || message->retained || !otr_str_is(message->topic, x->answer))
        return;
    json_t *answer = json_loadb((const char *)message->payload.data, message->payload.size, 0, NULL);
    const char *id = json_string_value(json_object_get(answer, "id"));
    bool ours = x->id == NULL || id == NULL || strcmp(id, x->id) == 0;
    if (ours && !json_is_true(json_object_get(answer, "again")))
        x->found = answer;
    else
        json_decref(answer);
}

static void handle(otr_exchange *x, otr_mqtt_event *event)
{
    otr_mqtt_reason reason;
    switch (event->kind) {
    case OTR_MQTT_EVENT_UP:
        otr_mqtt_session_tune(x->session);
        x->up = true;
        break;
    case OTR_MQTT_EVENT_SUBSCRIBED:
        if (event->code != 0)
            fail(x, event->code > 0 ? otr_mqtt_code_text(event->code) : "the connection was lost");
        x->subscribing = false;
        break;
    case OTR_MQTT_EVENT_SETTLED:
        x->sending = false;
        if (event->code >= 0x80)
            fail(x, otr_mqtt_code_text(event->code));
        break;
    case OTR_MQTT_EVENT_MESSAGE:
        receive(x, event->message);
        otr_mqtt_message_free(event->message);
        break;
    case OTR_MQTT_EVENT_DOWN:
        otr_mqtt_reason_of(&event->failure, x->mqtt.address.host, &reason);
        x->older = !x->up && x->mqtt.version == OTR_MQTT_5 && otr_mqtt_may_be_old(reason.word);
        if (!x->older)
            fail(x, reason.text);
        break;
    }
}

/* What an answer needs to find its way is in the request, too. */
static void fall_back(otr_exchange *x)
{
    otr_mqtt_session_close(x->session);
    x->session = NULL;
    x->older = false;
    x->mqtt.version = OTR_MQTT_3_1_1;
    if (otr_mqtt_session_open(&x->mqtt, &x->session, x->error) != OTR_OK)
        x->failed = true;
}

static void run(otr_exchange *x, int64_t end_us)
{
    while (x->found == NULL && !x->failed && now_us() < end_us) {
        struct pollfd ready = {.fd = x->mqtt.event_fd, .events = POLLIN};
        uint64_t count;
        otr_mqtt_event event;
        (void)poll(&ready, 1, 50);
        ssize_t size = read(x->mqtt.event_fd, &count, sizeof count);
        (void)size; /* empty is fine: the descriptor does not block */
        while (!x->failed && !x->older && otr_mqtt_session_take(x->session, &event))
            handle(x, &event);
        if (x->older)
            fall_back(x);
        if (x->sending)
            otr_mqtt_session_wake(x->session);
        if (x->failed || !x->up || x->subscribing)
            continue;
        if (strcmp(x->subscribed_to, x->answer) != 0)
            subscribe(x);
        else if (!x->sending && now_us() >= x->again_us)
            send(x);
    }
}

static otr_status configure(const char *verb, const otr_broker *broker, otr_exchange *x, otr_error *error)
{
    uint32_t random = 0;
    otr_status status = otr_mqtt_address_parse(otr_str_of(broker->url), &x->mqtt.address, error);
    if (status == OTR_OK && x->mqtt.address.tls)
        status = otr_mqtt_files_check(broker->ca, broker->cert, broker->key, error);
    if (status != OTR_OK)
        return status;
    x->mqtt.event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (getrandom(&random, sizeof random, 0) != (ssize_t)sizeof random || x->mqtt.event_fd < 0)
        return otr_fail(error, OTR_IO, "no random number, or no descriptor");
    (void)snprintf(x->client_id, sizeof x->client_id, "outrider-%.24s-%d-%08x", verb, (int)getpid(), random);
    x->mqtt.client_id = x->client_id;
    x->mqtt.ca_file = broker->ca;
    x->mqtt.cert_file = broker->cert;
    x->mqtt.key_file = broker->key;
    x->mqtt.clean_start = true;
    x->mqtt.keepalive_s = KEEPALIVE_S;
    x->mqtt.timeout_s = KEEPALIVE_S;
    x->mqtt.slots = 1;
    status = otr_mqtt_library_open(&x->library, error);
    return status == OTR_OK ? otr_mqtt_session_open(&x->mqtt, &x->session, error) : status;
}

otr_status otr_exchange_open(const char *verb, const otr_broker *broker, otr_exchange **out, otr_error *error)
{
    *out = NULL;
    otr_exchange *x = calloc(1, sizeof *x);
    if (x == NULL)
        return otr_fail(error, OTR_MEMORY, "out of memory");
    x->mqtt.event_fd = -1;
    otr_status status = configure(verb, broker, x, error);
    if (status == OTR_OK)
        *out = x;
    else
        otr_exchange_close(x);
    return status;
}

void otr_exchange_close(otr_exchange *x)
{
    if (x == NULL)
        return;
    otr_mqtt_session_close(x->session);
    otr_mqtt_library_close(x->library);
    if (x->mqtt.event_fd >= 0)
        close(x->mqtt.event_fd);
    free(x);
}

const char *otr_exchange_answer_topic(otr_exchange *x, const char *group, const char *gateway)
{
    (void)snprintf(x->answer, sizeof x->answer, "outrider/v1/%s/%s/answer/%s", group, gateway, x->client_id);
    return x->answer;
}

otr_status otr_exchange_ask(otr_exchange *x, const char *group, const char *gateway, otr_str request,
                            const char *id, double timeout_s, json_t **answer, otr_error *error)
{
    *answer = NULL;
    if (x->failed)
        return otr_fail(error, OTR_IO, "the connection to the broker was lost");
    (void)snprintf(x->command, sizeof x->command, "outrider/v1/%s/%s/command", group, gateway);
    (void)otr_exchange_answer_topic(x, group, gateway);
    x->request = request;
    x->id = id;
    x->again_us = 0;
    x->found = NULL;
    x->error = error;
    run(x, now_us() + (int64_t)(timeout_s * 1e6));
    *answer = x->found;
    if (x->found != NULL)
        return OTR_OK;
    return x->failed ? OTR_IO
                     : otr_fail(error, OTR_UNKNOWN, x->up ? "no answer in time" : "no connection in time");
}
