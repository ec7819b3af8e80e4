/* From Paho's threads to the loop: events in order, each node owned by who pushes it until it is taken. */
#ifndef OTR_PLATFORM_MQTT_QUEUE_H
#define OTR_PLATFORM_MQTT_QUEUE_H

#include <pthread.h>

#include "platform/linux/mqtt/mqtt_reason.h"

typedef enum otr_mqtt_event_kind {
    OTR_MQTT_EVENT_UP,   /* window, packet_max, aliases */
    OTR_MQTT_EVENT_DOWN, /* failure: an attempt failed or the session was lost; the last one of a session */
    OTR_MQTT_EVENT_SETTLED, /* slot, code: 0 accepted, < 0 lost, >= 0x80 the broker's reason to refuse it */
    OTR_MQTT_EVENT_SUBSCRIBED, /* code: as above */
    OTR_MQTT_EVENT_MESSAGE,    /* message: the taker frees it */
} otr_mqtt_event_kind;

typedef struct otr_mqtt_message otr_mqtt_message;

typedef struct otr_mqtt_event {
    otr_mqtt_event_kind kind;
    unsigned window;     /* publishes that may be unacknowledged at once, 1..65535 */
    uint32_t packet_max; /* bytes of the largest packet the broker takes; UINT32_MAX: no limit */
    unsigned aliases;    /* topic aliases that the broker takes */
    unsigned slot;
    int code;
    otr_mqtt_failure failure;
    otr_mqtt_message *message;
} otr_mqtt_event;

typedef struct otr_mqtt_node {
    struct otr_mqtt_node *next;
    otr_mqtt_event event;
} otr_mqtt_node;

/* The lock guards the links alone and is never held across a call into Paho, whose own lock the callbacks
 * hold. */
typedef struct otr_mqtt_queue {
    pthread_mutex_t lock;
    otr_mqtt_node *first;
    otr_mqtt_node *last;
    int event_fd; /* written when something was pushed; belongs to the owner of the session */
} otr_mqtt_queue;

void otr_mqtt_queue_init(otr_mqtt_queue *queue, int event_fd);
void otr_mqtt_queue_done(otr_mqtt_queue *queue);
void otr_mqtt_queue_push(otr_mqtt_queue *queue, otr_mqtt_node *node);
/* The oldest node, which the caller then owns again; NULL when there is none. */
otr_mqtt_node *otr_mqtt_queue_take(otr_mqtt_queue *queue);

#endif
