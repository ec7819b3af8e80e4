/*
 * The telemetry's connection: one at a time, to one of several brokers, made and ended when its owner says
 * so, with the owner's will and without a session at the broker. On the same sessions as the service session
 * (mqtt.h); everything is called from the loop's thread.
 */
#ifndef OTR_PLATFORM_MQTT_LINK_H
#define OTR_PLATFORM_MQTT_LINK_H

#include "platform/linux/mqtt/mqtt.h"

typedef struct otr_mqtt_link otr_mqtt_link;

typedef struct otr_mqtt_link_config {
    const otr_str *urls; /* one for each server, as otr_mqtt_config has it */
    size_t url_count;
    otr_mqtt_config mqtt; /* all but urls and filter counts, as for the service session; at the second
                             server and further ones -2, -3, ... is added to the client id */
} otr_mqtt_link_config;

typedef struct otr_mqtt_link_owner {
    void *context;
    void (*up)(void *context); /* connected, and every filter is subscribed */
    /* The attempt failed, or the connection ended; after otr_mqtt_link_connect. again: the same server should
     * be tried once more, it may only know no MQTT 5. */
    void (*down)(void *context, bool again);
    /* OK: PUBACK, of QoS 0: written. IO: lost. INVALID: refused by the broker. */
    void (*published)(void *context, uint64_t token, otr_status status);
    /* retained: the broker had kept it, from who knows when. */
    void (*received)(void *context, otr_str topic, otr_bytes payload, bool retained);
} otr_mqtt_link_owner;

/* Checks addresses and files; connects to nobody yet. */
otr_status otr_mqtt_link_open(const otr_mqtt_link_config *config, const otr_mqtt_link_owner *owner,
                              otr_mqtt_link **out, otr_error *error);
/* Publishes the farewell (may be NULL), waits at most timeout_ms for its PUBACK, disconnects with the will
 * and frees. The owner is told nothing any more. */
void otr_mqtt_link_close(otr_mqtt_link *link, const otr_publication *farewell, unsigned timeout_ms);

/* Starts to connect; will and filters are copied. An end follows: up or down. */
otr_status otr_mqtt_link_connect(otr_mqtt_link *link, unsigned server, const otr_publication *will,
                                 const otr_str *filters, size_t count, otr_error *error);
/* Disconnects, over MQTT 5 so that the broker publishes the will; down follows. */
void otr_mqtt_link_leave(otr_mqtt_link *link);
/* As otr_link_port. */
otr_status otr_mqtt_link_publish(otr_mqtt_link *link, const otr_publication *publication);

int otr_mqtt_link_fd(const otr_mqtt_link *link);
void otr_mqtt_link_process(otr_mqtt_link *link); /* calls the owner */
int64_t otr_mqtt_link_wait_us(const otr_mqtt_link *link);
/* Publishes without an answer: for the watchdog. */
unsigned otr_mqtt_link_in_flight(const otr_mqtt_link *link);

#endif
