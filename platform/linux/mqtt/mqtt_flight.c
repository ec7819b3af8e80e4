#include "platform/linux/mqtt/mqtt_flight.h"

#include "platform/linux/mqtt/mqtt_options.h"

enum {
    /*
     * Bytes under way at once, one message of any size excepted. Half of the socket's send buffer, so that
     * Paho never has to queue: what it could not send before the connection broke it does not free (its topic
     * and payload), and its sender sleeps up to a second after a full socket.
     */
    BYTES_MAX = OTR_MQTT_SEND_BUFFER_BYTES / 2,
    WAKE_FIRST_US = 5000,
    WAKE_LAST_US = 250000,
};

bool otr_mqtt_flight_has_room(const otr_mqtt_flight *flight, size_t packet)
{
    return flight->count == 0 || (flight->count < OTR_MQTT_SLOTS_MAX && flight->bytes + packet <= BYTES_MAX);
}

unsigned otr_mqtt_flight_free_slot(const otr_mqtt_flight *flight)
{
    unsigned slot = 0;
    while (flight->slots[slot].used)
        slot++;
    return slot;
}

void otr_mqtt_flight_begin(otr_mqtt_flight *flight, unsigned slot, uint64_t token, size_t packet,
                           int64_t now_us)
{
    if (flight->count == 0) {
        flight->answered_us = now_us;
        otr_mqtt_flight_hasten(flight, now_us);
    }
    flight->slots[slot].token = token;
    flight->slots[slot].bytes = packet;
    flight->slots[slot].used = true;
    flight->count++;
    flight->bytes += packet;
}

void otr_mqtt_flight_hasten(otr_mqtt_flight *flight, int64_t now_us)
{
    flight->wake_us = now_us + WAKE_FIRST_US;
    flight->wake_step_us = WAKE_FIRST_US;
}

bool otr_mqtt_flight_end(otr_mqtt_flight *flight, unsigned slot, uint64_t *token)
{
    if (!flight->slots[slot].used)
        return false;
    flight->slots[slot].used = false;
    flight->count--;
    flight->bytes -= flight->slots[slot].bytes;
    *token = flight->slots[slot].token;
    return true;
}

static int64_t silent_at_us(const otr_mqtt_flight *flight, unsigned keepalive_s)
{
    return flight->answered_us + (int64_t)keepalive_s * 2 * 1000000;
}

int64_t otr_mqtt_flight_due_us(const otr_mqtt_flight *flight, unsigned keepalive_s)
{
    if (flight->count == 0)
        return INT64_MAX;
    int64_t silent_us = silent_at_us(flight, keepalive_s);
    return flight->wake_us < silent_us ? flight->wake_us : silent_us;
}

bool otr_mqtt_flight_is_silent(const otr_mqtt_flight *flight, unsigned keepalive_s, int64_t now_us)
{
    return flight->count > 0 && now_us >= silent_at_us(flight, keepalive_s);
}

void otr_mqtt_flight_wake(otr_mqtt_flight *flight, otr_mqtt_session *session, int64_t now_us)
{
    if (flight->count == 0 || now_us < flight->wake_us)
        return;
    otr_mqtt_session_wake(session);
    otr_mqtt_session_ack_now(session);
    flight->wake_us = now_us + flight->wake_step_us;
    flight->wake_step_us = flight->wake_step_us * 2 < WAKE_LAST_US ? flight->wake_step_us * 2 : WAKE_LAST_US;
}
