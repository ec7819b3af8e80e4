/*
 * Publishes that the broker has not answered yet, each in a slot, and when to look after them: Paho's sender
 * is to be woken, and a broker that answers nothing at all is gone. Knows no session; zero-initialise.
 */
#ifndef OTR_PLATFORM_MQTT_FLIGHT_H
#define OTR_PLATFORM_MQTT_FLIGHT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "platform/linux/mqtt/mqtt_session.h"

typedef struct otr_mqtt_flight {
    unsigned count;
    size_t bytes;
    int64_t answered_us; /* the last answer, or the first publish after a quiet time */
    int64_t wake_us;     /* when to wake Paho's sender next: see otr_mqtt_session_wake */
    int64_t wake_step_us;
    struct {
        uint64_t token;
        size_t bytes;
        bool used;
    } slots[OTR_MQTT_SLOTS_MAX];
} otr_mqtt_flight;

/* Whether a packet of so many bytes may follow now. One of any size may when nothing is under way. */
bool otr_mqtt_flight_has_room(const otr_mqtt_flight *flight, size_t packet);
/* The lowest slot that is free; there is one while has_room. */
unsigned otr_mqtt_flight_free_slot(const otr_mqtt_flight *flight);
void otr_mqtt_flight_begin(otr_mqtt_flight *flight, unsigned slot, uint64_t token, size_t packet,
                           int64_t now_us);
/* Wakes the sender soon after `now`, however long the last wait was. */
void otr_mqtt_flight_hasten(otr_mqtt_flight *flight, int64_t now_us);
/* False when nothing is under way in the slot. */
bool otr_mqtt_flight_end(otr_mqtt_flight *flight, unsigned slot, uint64_t *token);
/* The next of wake and silence; INT64_MAX while nothing is under way. */
int64_t otr_mqtt_flight_due_us(const otr_mqtt_flight *flight, unsigned keepalive_s);
/* Two keep-alives without any answer. */
bool otr_mqtt_flight_is_silent(const otr_mqtt_flight *flight, unsigned keepalive_s, int64_t now_us);
/* Wakes the sender when it is time, after a longer wait each time. */
void otr_mqtt_flight_wake(otr_mqtt_flight *flight, otr_mqtt_session *session, int64_t now_us);

#endif
