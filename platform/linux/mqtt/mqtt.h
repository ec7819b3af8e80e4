/*
 * The service session: Eclipse Paho asynchronous client, MQTT 5 (or 3.1.1) over TLS, persistent session, own
 * will, manual reconnect with back-off and jitter. Paho's callbacks run on its threads and only hand over
 * through a queue and an eventfd; everything here is called from the loop's thread.
 */
#ifndef OTR_PLATFORM_MQTT_H
#define OTR_PLATFORM_MQTT_H

#include "base/arena.h"
#include "driver/port.h"

typedef struct otr_mqtt otr_mqtt;
typedef struct otr_mqtt_message otr_mqtt_message; /* platform/linux/mqtt/mqtt_session.h */

typedef enum otr_mqtt_speaks {
    OTR_MQTT_SPEAKS_BEST, /* MQTT 5, or 3.1.1 while the broker takes no other */
    OTR_MQTT_SPEAKS_5,
    OTR_MQTT_SPEAKS_3_1_1,
} otr_mqtt_speaks;

typedef struct otr_mqtt_config {
    otr_str url;               /* "mqtts://broker.example:8883"; "mqtt://" only for loopback addresses */
    const otr_str *other_urls; /* of the same cluster, tried in turn; all with TLS, or none as url */
    size_t other_count;
    otr_str client_id;
    otr_str ca_file;      /* PEM; required for mqtts */
    otr_str cert_file;    /* PEM chain; empty: no client certificate */
    otr_str key_file;     /* PEM, must not be readable by others */
    otr_str psk_identity; /* empty: certificates are used, else psk_file is, and none of them */
    otr_str psk_file;     /* a key of 16 to 64 bytes in hex digits, which only its owner may read */
    otr_str alpn;         /* asked for in the TLS handshake; empty: nothing is */
    otr_str username;     /* empty: none */
    otr_str password_file;
    unsigned keepalive_s;
    unsigned session_expiry_s; /* how long the broker keeps the session */
    unsigned reconnect_min_ms;
    unsigned reconnect_max_ms;
    otr_mqtt_speaks speaks;
    otr_str filter; /* of the messages to be received; empty: none */
} otr_mqtt_config;

typedef struct otr_mqtt_owner {
    void *context;
    /* The window is the server's Receive Maximum, at most 128. */
    void (*up)(void *context, unsigned window);
    /* Everything outstanding was told with IO before. */
    void (*down)(void *context);
    /* OK: PUBACK. IO: the connection was lost first. INVALID: the broker refused it with a reason code; told
     * only after a delay of 1 to 60 s, so that an owner that sends it again at once does not ask in a tight
     * loop. */
    void (*published)(void *context, uint64_t token, otr_status status);
    /* Fills what the broker publishes when the connection about to be made is lost. Asked before each
     * attempt, from otr_mqtt_open too, so that each connection's will is an event of its own. All that *out
     * points to is in the arena or outlives the session. A failure counts as one of the attempt. NULL: no
     * will. */
    otr_status (*will)(void *context, otr_arena *arena, otr_publication *out);
    /* A message of the subscription; lasts for the call. The broker has had its acknowledgement already.
     * NULL: they are dropped. */
    void (*received)(void *context, const otr_mqtt_message *message);
    /* As in otr_mqtt_options. */
    otr_status (*structure)(otr_arena *arena, const otr_publication *in, otr_publication *out);
} otr_mqtt_owner;

#define OTR_MQTT_COUNTER_LIST(X)                                                                             \
    X(connects)                                                                                              \
    X(connect_failures)                                                                                      \
    X(disconnects)                                                                                           \
    X(publishes)                                                                                             \
    X(acknowledged)                                                                                          \
    X(refused) /* by the broker, reason code 0x80 or above */
typedef struct otr_mqtt_counters {
#define X(name) uint64_t name;
    OTR_MQTT_COUNTER_LIST(X)
#undef X
} otr_mqtt_counters;

/* Checks the files and starts to connect. Files of certificates are looked at before each attempt, and taken
 * anew when they changed and are good together; a broker that is away is no error. */
otr_status otr_mqtt_open(const otr_mqtt_config *config, const otr_mqtt_owner *owner, otr_mqtt **out,
                         otr_error *error);
/* Publishes the farewell (may be NULL), waits at most timeout_ms for its PUBACK, disconnects and frees; when
 * the PUBACK does not come, the broker is asked to publish the will. The owner is told nothing any more: what
 * is unacknowledged is sent again after the next start. Takes up to 1.1 s more for Paho's threads to end. Not
 * from an owner's function. */
void otr_mqtt_close(otr_mqtt *mqtt, const otr_publication *farewell, unsigned timeout_ms);
/* publish may also return LIMIT (larger than the broker takes), INVALID (no UTF-8 topic) or MEMORY; nothing
 * was sent. */
otr_link_port otr_mqtt_port(otr_mqtt *mqtt);
int otr_mqtt_fd(const otr_mqtt *mqtt); /* readable when there is work; then call otr_mqtt_process */
void otr_mqtt_process(otr_mqtt *mqtt); /* calls the owner, reconnects when due */
int64_t otr_mqtt_wait_us(const otr_mqtt *mqtt);
const otr_mqtt_counters *otr_mqtt_counters_get(const otr_mqtt *mqtt);

#endif
