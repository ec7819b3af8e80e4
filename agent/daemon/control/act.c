#include "daemon/control/act.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/control/operate.h"

/* Handles of the control socket count from 1 and never come so far. */
#define MQTT_HANDLE (UINT64_C(1) << 63)
/* Not an outbox entry: its acknowledgement is not waited for. */
#define ANSWER_TOKEN (UINT64_MAX - 1)
enum { ANSWER_EXPIRY_S = 300, REPLY_BYTES_MAX = 512 };

bool otr_act_topic_ok(otr_str topic, otr_str group, otr_str gateway)
{
    char ours[192];
    int size =
        snprintf(ours, sizeof ours, "outrider/v1/%.*s/%.*s/answer", OTR_STR_ARG(group), OTR_STR_ARG(gateway));
    if (topic.size == 0 || topic.size > REPLY_BYTES_MAX || !otr_str_is_utf8(topic) || topic.data[0] == '$' ||
        memchr(topic.data, '+', topic.size) != NULL || memchr(topic.data, '#', topic.size) != NULL)
        return false;
    if (!otr_str_starts(topic, OTR_STR("outrider/")))
        return true;
    return size > 0 && (size_t)size < sizeof ours && otr_str_starts(topic, (otr_str){ours, (size_t)size}) &&
           (topic.size == (size_t)size || topic.data[size] == '/');
}

/* Where the answer to a message goes. Filled in one allocation with what it points to. */
static otr_act_asker *make_asker(otr_daemon *daemon, const otr_mqtt_message *message)
{
    const otr_config *config = daemon->config;
    char plain[192];
    int size = snprintf(plain, sizeof plain, "outrider/v1/%.*s/%.*s/answer",
                        OTR_STR_ARG(config->gateway.group), OTR_STR_ARG(config->gateway.name));
    otr_str topic = {plain, (size_t)size};
    if (otr_act_topic_ok(message->response_topic, config->gateway.group, config->gateway.name))
        topic = message->response_topic;
    otr_bytes correlation = message->correlation;
    if (correlation.size > REPLY_BYTES_MAX)
        correlation.size = 0; /* rather none than half of it */
    otr_act_asker *asker = calloc(1, sizeof *asker + topic.size + 1 + correlation.size);
    if (asker == NULL)
        return NULL;
    char *text = (char *)(asker + 1);
    memcpy(text, topic.data, topic.size);
    asker->topic = (otr_str){text, topic.size};
    if (correlation.size > 0)
        memcpy(text + topic.size + 1, correlation.data, correlation.size);
    asker->correlation = (otr_bytes){(const uint8_t *)text + topic.size + 1, correlation.size};
    asker->handle = MQTT_HANDLE | ++daemon->acts_asked;
    return asker;
}

/* Takes out. */
static void reply(otr_daemon *daemon, const otr_act_asker *asker, otr_id id, json_t *out)
{
    char id_text[OTR_ID_TEXT_BYTES];
    otr_buffer text = {0};
    otr_id_format(id, id_text);
    if (!otr_id_is_zero(id))
        json_object_set_new(out, "id", json_string(id_text));
    otr_operate_dump(out, &text);
    otr_publication answer = {
        .token = ANSWER_TOKEN,
        .topic = asker->topic,
        .content_type = OTR_STR("application/json"),
        .payload = otr_buffer_bytes(&text),
        .qos = 1,
        .expiry_s = ANSWER_EXPIRY_S,
        .correlation = asker->correlation,
    };
    if (text.failed || otr_daemon_publish(daemon, &answer) != OTR_OK)
        otr_log(OTR_LOG_INFO, "act_answer_lost", "id=%s", id_text);
    json_decref(out);
    otr_buffer_done(&text);
}

void otr_act_received(otr_daemon *daemon, const otr_mqtt_message *message)
{
    otr_act act;
    otr_error error = {.text = ""};
    if (message->retained || !otr_driver_may_act(daemon->driver))
        return; /* retained: it would come again with each connection, long after it was meant */
    otr_act_asker *asker = make_asker(daemon, message);
    if (asker == NULL)
        return;
    if (otr_driver_act(daemon->driver, message->payload, asker->handle, &act, &error) == OTR_OK) {
        asker->next = daemon->act_askers;
        daemon->act_askers = asker;
        return;
    }
    reply(daemon, asker, act.id, otr_operate_refusal(error.text));
    free(asker);
}

bool otr_act_answered(otr_daemon *daemon, uint64_t handle, const otr_command_result *result)
{
    if ((handle & MQTT_HANDLE) == 0)
        return false;
    for (otr_act_asker **link = &daemon->act_askers; *link != NULL; link = &(*link)->next) {
        otr_act_asker *asker = *link;
        if (asker->handle != handle)
            continue;
        *link = asker->next;
        reply(daemon, asker, result->id,
              result->refusal == OTR_REFUSAL_ACCEPTED ? json_pack("{s:b}", "ok", 1)
                                                      : otr_operate_refused(result));
        free(asker);
        break;
    }
    return true;
}

json_t *otr_act_asked(otr_daemon *daemon, uint64_t token, const json_t *asked)
{
    otr_act act;
    otr_buffer text = {0};
    otr_error error = {.text = ""};
    if (!otr_driver_may_act(daemon->driver))
        return otr_operate_refusal("too many actions in this second: again in the next one");
    otr_operate_dump(asked, &text);
    otr_status status = text.failed
                            ? otr_fail(&error, OTR_MEMORY, "out of memory")
                            : otr_driver_act(daemon->driver, otr_buffer_bytes(&text), token, &act, &error);
    otr_buffer_done(&text);
    return status == OTR_OK ? NULL : otr_operate_refusal(error.text);
}
