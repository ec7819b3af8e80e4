/* What the parts of a session share; for mqtt_session*.c alone. */
#ifndef OTR_PLATFORM_MQTT_SESSION_INTERNAL_H
#define OTR_PLATFORM_MQTT_SESSION_INTERNAL_H

#include <MQTTAsync.h>
#include <stdatomic.h>

#include "platform/linux/mqtt/mqtt_alias.h"
#include "platform/linux/mqtt/mqtt_resolve.h"
#include "platform/linux/mqtt/mqtt_session.h"

enum { SOCKETS_MAX = 4 }; /* connections of this process to one broker */

/* One publish under way. Its node is in the queue at most once: the slot is not used again before it was
 * taken. */
struct otr_mqtt_slot {
    otr_mqtt_node node;
    otr_mqtt_session *session;
};

struct otr_mqtt_session {
    otr_mqtt_options options;
    MQTTAsync handle;     /* NULL until the name is resolved */
    otr_resolve *resolve; /* NULL when there is nothing to resolve */
    bool tracing;
    uint8_t protocols[64];    /* ALPN: each with its length before it */
    bool down;                /* a DOWN event was taken */
    int sockets[SOCKETS_MAX]; /* found by tune; they are Paho's */
    int socket_count;
    otr_mqtt_aliases aliases;
    otr_mqtt_queue queue;
    /* Filled by callbacks, which Paho runs one at a time under its lock, each at most once but for messages.
     */
    bool end_pushed;
    otr_mqtt_node up;
    otr_mqtt_node end;
    otr_mqtt_node subscribed;
    atomic_size_t backlog;
    atomic_size_t dropped;
    struct otr_mqtt_slot slots[];
};

/* Paho's callbacks; the context is the session, of the two of a publish its slot. */
MQTTAsync_onSuccess5 otr_mqtt_on_connected;
MQTTAsync_onFailure5 otr_mqtt_on_connect_failed;
MQTTAsync_connectionLost otr_mqtt_on_lost;
MQTTAsync_disconnected otr_mqtt_on_disconnected;
MQTTAsync_onSuccess5 otr_mqtt_on_left;
MQTTAsync_onSuccess5 otr_mqtt_on_published;
MQTTAsync_onFailure5 otr_mqtt_on_publish_failed;
MQTTAsync_onSuccess5 otr_mqtt_on_subscribed;
MQTTAsync_onFailure5 otr_mqtt_on_subscribe_failed;
MQTTAsync_messageArrived otr_mqtt_on_message;
/* The same with 3.1.1. */
MQTTAsync_onSuccess otr_mqtt_on_connected_3;
MQTTAsync_onFailure otr_mqtt_on_connect_failed_3;
MQTTAsync_onSuccess otr_mqtt_on_published_3;
MQTTAsync_onFailure otr_mqtt_on_publish_failed_3;
MQTTAsync_onSuccess otr_mqtt_on_subscribed_3;
MQTTAsync_onFailure otr_mqtt_on_subscribe_failed_3;

/* Breaks the connection at once, without a DISCONNECT. */
void otr_mqtt_session_break(otr_mqtt_session *session);

#endif
