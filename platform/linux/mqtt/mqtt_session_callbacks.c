/* Callbacks: on Paho's threads, with its lock held. */
#include "platform/linux/mqtt/mqtt_session_internal.h"

#include <stdio.h>
#include <stdlib.h>

#include "platform/linux/mqtt/mqtt_properties.h"
#include "platform/linux/mqtt/mqtt_trace.h"

static void push_end(otr_mqtt_session *session, otr_mqtt_stage stage, int code, const char *message)
{
    if (session->end_pushed)
        return;
    session->end_pushed = true;
    otr_mqtt_event *event = &session->end.event;
    *event = (otr_mqtt_event){.kind = OTR_MQTT_EVENT_DOWN, .failure = {.stage = stage, .code = code}};
    if (message != NULL)
        snprintf(event->failure.message, sizeof event->failure.message, "%s", message);
    otr_mqtt_trace_take(event->failure.hint, sizeof event->failure.hint);
    otr_mqtt_queue_push(&session->queue, &session->end);
}

void otr_mqtt_on_connected(void *context, MQTTAsync_successData5 *response)
{
    otr_mqtt_session *session = context;
    char forgotten[8];
    otr_mqtt_trace_take(forgotten, sizeof forgotten);
    uint32_t window =
        otr_mqtt_properties_u32(&response->properties, MQTTPROPERTY_CODE_RECEIVE_MAXIMUM, UINT16_MAX);
    session->up.event = (otr_mqtt_event){
        .kind = OTR_MQTT_EVENT_UP,
        .window = window == 0 ? 1 : window,
        .packet_max =
            otr_mqtt_properties_u32(&response->properties, MQTTPROPERTY_CODE_MAXIMUM_PACKET_SIZE, UINT32_MAX),
        .aliases = otr_mqtt_properties_u32(&response->properties, MQTTPROPERTY_CODE_TOPIC_ALIAS_MAXIMUM, 0),
    };
    otr_mqtt_queue_push(&session->queue, &session->up);
}

/* No broker says how much it takes; what Paho copies is bounded by the slots. */
void otr_mqtt_on_connected_3(void *context, MQTTAsync_successData *response)
{
    (void)response;
    otr_mqtt_session *session = context;
    char forgotten[8];
    otr_mqtt_trace_take(forgotten, sizeof forgotten);
    session->up.event =
        (otr_mqtt_event){.kind = OTR_MQTT_EVENT_UP, .window = OTR_MQTT_SLOTS_MAX, .packet_max = UINT32_MAX};
    otr_mqtt_queue_push(&session->queue, &session->up);
}

void otr_mqtt_on_connect_failed_3(void *context, MQTTAsync_failureData *response)
{
    push_end(context, OTR_MQTT_STAGE_CONNECT, response->code, response->message);
}

void otr_mqtt_on_connect_failed(void *context, MQTTAsync_failureData5 *response)
{
    push_end(context, OTR_MQTT_STAGE_CONNECT, response->code > 0 ? response->code : (int)response->reasonCode,
             response->message);
}

void otr_mqtt_on_lost(void *context, char *cause)
{
    push_end(context, OTR_MQTT_STAGE_LOST, 0, cause);
}

void otr_mqtt_on_disconnected(void *context, MQTTProperties *properties, enum MQTTReasonCodes reason)
{
    (void)properties;
    push_end(context, OTR_MQTT_STAGE_DISCONNECT, (int)reason, NULL);
}

void otr_mqtt_on_left(void *context, MQTTAsync_successData5 *response)
{
    (void)response;
    push_end(context, OTR_MQTT_STAGE_LOST, 0, NULL);
}

static void settle(struct otr_mqtt_slot *slot, int code)
{
    slot->node.event.code = code;
    otr_mqtt_queue_push(&slot->session->queue, &slot->node);
}

void otr_mqtt_on_published(void *context, MQTTAsync_successData5 *response)
{
    (void)response;
    settle(context, 0);
}

void otr_mqtt_on_publish_failed(void *context, MQTTAsync_failureData5 *response)
{
    settle(context,
           (int)response->reasonCode >= MQTTREASONCODE_UNSPECIFIED_ERROR ? (int)response->reasonCode : -1);
}

void otr_mqtt_on_published_3(void *context, MQTTAsync_successData *response)
{
    (void)response;
    settle(context, 0);
}

void otr_mqtt_on_publish_failed_3(void *context, MQTTAsync_failureData *response)
{
    (void)response;
    settle(context, -1);
}

static void push_subscribed(otr_mqtt_session *session, int code)
{
    session->subscribed.event = (otr_mqtt_event){.kind = OTR_MQTT_EVENT_SUBSCRIBED, .code = code};
    otr_mqtt_queue_push(&session->queue, &session->subscribed);
}

void otr_mqtt_on_subscribed(void *context, MQTTAsync_successData5 *response)
{
    (void)response;
    push_subscribed(context, 0);
}

void otr_mqtt_on_subscribe_failed(void *context, MQTTAsync_failureData5 *response)
{
    push_subscribed(context, (int)response->reasonCode >= MQTTREASONCODE_UNSPECIFIED_ERROR
                                 ? (int)response->reasonCode
                                 : -1);
}

/* The granted QoS, or 0x80. */
void otr_mqtt_on_subscribed_3(void *context, MQTTAsync_successData *response)
{
    push_subscribed(context, response->alt.qos == MQTT_BAD_SUBSCRIBE ? MQTT_BAD_SUBSCRIBE : 0);
}

void otr_mqtt_on_subscribe_failed_3(void *context, MQTTAsync_failureData *response)
{
    push_subscribed(context, response->code == MQTT_BAD_SUBSCRIBE ? MQTT_BAD_SUBSCRIBE : -1);
}

static char *copy_text(char *at, const char *data, size_t size, otr_str *out)
{
    memcpy(at, data, size);
    at[size] = '\0';
    *out = (otr_str){at, size};
    return at + size + 1;
}

static otr_mqtt_message *copy_message(const char *topic, size_t topic_size, const MQTTAsync_message *from)
{
    size_t count = 0;
    size_t size = topic_size + 1 + 1 + (size_t)from->payloadlen;
    for (int i = 0; i < from->properties.count; i++) {
        const MQTTProperty *property = &from->properties.array[i];
        if (property->identifier == MQTTPROPERTY_CODE_CONTENT_TYPE ||
            property->identifier == MQTTPROPERTY_CODE_RESPONSE_TOPIC ||
            property->identifier == MQTTPROPERTY_CODE_CORRELATION_DATA) {
            size += (size_t)property->value.data.len + 1;
        } else if (property->identifier == MQTTPROPERTY_CODE_USER_PROPERTY) {
            size += (size_t)property->value.data.len + (size_t)property->value.value.len + 2;
            count++;
        }
    }
    otr_mqtt_message *message = malloc(sizeof *message + count * sizeof(otr_property) + size);
    if (message == NULL)
        return NULL;
    *message = (otr_mqtt_message){.retained = from->retained != 0};
    message->properties = (otr_property *)(message + 1);
    char *at = (char *)(message->properties + count);
    at = copy_text(at, topic, topic_size, &message->topic);
    for (int i = 0; i < from->properties.count; i++) {
        const MQTTProperty *property = &from->properties.array[i];
        if (property->identifier == MQTTPROPERTY_CODE_CONTENT_TYPE) {
            at = copy_text(at, property->value.data.data, (size_t)property->value.data.len,
                           &message->content_type);
        } else if (property->identifier == MQTTPROPERTY_CODE_RESPONSE_TOPIC) {
            at = copy_text(at, property->value.data.data, (size_t)property->value.data.len,
                           &message->response_topic);
        } else if (property->identifier == MQTTPROPERTY_CODE_CORRELATION_DATA) {
            otr_str data;
            at = copy_text(at, property->value.data.data, (size_t)property->value.data.len, &data);
            message->correlation = (otr_bytes){(const uint8_t *)data.data, data.size};
        } else if (property->identifier == MQTTPROPERTY_CODE_USER_PROPERTY) {
            otr_property *to = &message->properties[message->property_count++];
            at = copy_text(at, property->value.data.data, (size_t)property->value.data.len, &to->name);
            at = copy_text(at, property->value.value.data, (size_t)property->value.value.len, &to->value);
        }
    }
    otr_str payload;
    copy_text(at, from->payload, (size_t)from->payloadlen, &payload);
    message->payload = (otr_bytes){(const uint8_t *)payload.data, payload.size};
    return message;
}

int otr_mqtt_on_message(void *context, char *topic, int topic_size, MQTTAsync_message *from)
{
    otr_mqtt_session *session = context;
    otr_mqtt_message *message = NULL;
    unsigned most = session->options.backlog_max > 0 ? session->options.backlog_max : OTR_MQTT_BACKLOG_MAX;
    /* 3.1.1 cannot say how much may come, and not every broker listens */
    uint32_t packet_max = session->options.packet_max;
    bool fits = packet_max == 0 || (uint32_t)from->payloadlen < packet_max;
    if (fits && atomic_load(&session->backlog) < most)
        message = copy_message(topic, topic_size > 0 ? (size_t)topic_size : strlen(topic), from);
    if (message != NULL) {
        atomic_fetch_add(&session->backlog, 1);
        message->node.event = (otr_mqtt_event){.kind = OTR_MQTT_EVENT_MESSAGE, .message = message};
        otr_mqtt_queue_push(&session->queue, &message->node);
    } else {
        atomic_fetch_add(&session->dropped, 1);
    }
    MQTTAsync_freeMessage(&from);
    MQTTAsync_free(topic);
    return 1;
}
