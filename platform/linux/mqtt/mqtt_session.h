/*
 * One connection to a broker, from the first name look-up to its end: MQTT 5 or 3.1.1 on Eclipse Paho's
 * asynchronous client. A session never reconnects; its owner opens another one. So nothing of a lost
 * connection (in-flight messages that Paho would repeat under their old ids, a shrunken window, a late
 * callback) can reach the next. All functions are for one thread. Callbacks of Paho only fill the queue;
 * otr_mqtt_session_take empties it.
 */
#ifndef OTR_PLATFORM_MQTT_SESSION_H
#define OTR_PLATFORM_MQTT_SESSION_H

#include "base/arena.h"
#include "driver/port.h"
#include "platform/linux/mqtt/mqtt_address.h"
#include "platform/linux/mqtt/mqtt_queue.h"

typedef struct otr_mqtt_session otr_mqtt_session;

typedef enum otr_mqtt_version {
    OTR_MQTT_5,
    OTR_MQTT_3_1_1, /* no properties, no reasons, no session expiry, no will with a DISCONNECT */
} otr_mqtt_version;

/* Strings are NUL-terminated or NULL; everything outlives the session. */
typedef struct otr_mqtt_options {
    otr_mqtt_version version;
    /* What is published where messages have no properties; all that *out points to is in the arena or was in
     * *in. NULL: the properties are left out. */
    otr_status (*structure)(otr_arena *arena, const otr_publication *in, otr_publication *out);
    otr_mqtt_address address;
    const char *client_id;
    const char *ca_file;
    const char *cert_file;
    const char *key_file;
    const char *psk_identity; /* with psk: no certificates on either side, the key proves both */
    otr_bytes psk;
    const char *alpn; /* the protocol that is asked for in the TLS handshake, at most 63 bytes */
    const char *username;
    const char *password;
    bool clean_start;
    unsigned session_expiry_s;
    unsigned keepalive_s;
    unsigned timeout_s;          /* of the attempt to connect */
    const otr_publication *will; /* NULL: none */
    int event_fd;                /* an eventfd, written when there is something to take */
    uint32_t packet_max;         /* bytes of the largest packet that the broker may send; 0: no limit */
    unsigned backlog_max;        /* messages received and not yet taken; 0: OTR_MQTT_BACKLOG_MAX */
    unsigned slots;              /* publishes that may be under way at once, at most OTR_MQTT_SLOTS_MAX */
} otr_mqtt_options;

enum {
    OTR_MQTT_SLOTS_MAX =
        128, /* 40 ms round trip still gives 3,200 messages/s; bounds what Paho keeps copied */
    OTR_MQTT_SEND_BUFFER_BYTES = 200 * 1024, /* below the kernel's default ceiling, net.core.wmem_max */
    OTR_MQTT_BACKLOG_MAX = 10000, /* messages received and not yet taken; more are counted and dropped */
};

/* A received message; everything points into its own memory. Strings have no NUL in them but end with one. */
struct otr_mqtt_message {
    otr_mqtt_node node;
    otr_str topic;
    otr_str content_type;
    otr_bytes payload;
    otr_str response_topic; /* empty: none */
    otr_bytes correlation;
    bool retained;
    otr_property *properties;
    size_t property_count;
};

/*
 * Keeps Paho's two threads alive between sessions: it stops them with the last handle, and waits up to a
 * second for it. One for each owner of sessions, created before the first and freed after the last.
 */
typedef struct otr_mqtt_library otr_mqtt_library;
otr_status otr_mqtt_library_open(otr_mqtt_library **out, otr_error *error);
void otr_mqtt_library_close(otr_mqtt_library *library);

/* Starts to connect. Ends as an UP or DOWN event; the caller enforces a deadline of its own as well. */
otr_status otr_mqtt_session_open(const otr_mqtt_options *options, otr_mqtt_session **out, otr_error *error);
/* Sends DISCONNECT when connected, and frees. Outstanding publishes are the caller's to settle. */
void otr_mqtt_session_close(otr_mqtt_session *session);
/* Leaves so that the broker publishes the will: by a DISCONNECT that asks for it; with 3.1.1, which has none,
 * by a connection that breaks (others of this process to the same broker's port break too, and come again).
 * Takes effect soon, on Paho's threads. */
void otr_mqtt_session_leave_with_will(otr_mqtt_session *session);

/* False when there is nothing. Nothing follows a DOWN event but MESSAGEs that came before it. */
bool otr_mqtt_session_take(otr_mqtt_session *session, otr_mqtt_event *out);
void otr_mqtt_message_free(otr_mqtt_message *message);
/* Messages dropped because too many waited, since the last call. */
size_t otr_mqtt_session_dropped(otr_mqtt_session *session);

/* The slot must be free: each publish is answered by one SETTLED event, or by the end of the session.
 * INVALID: topic; IO: not connected; FULL: Paho's queue is; MEMORY. */
otr_status otr_mqtt_session_publish(otr_mqtt_session *session, unsigned slot,
                                    const otr_publication *publication);
/* QoS 1; answered by SUBSCRIBED, which must have been taken before the next. */
otr_status otr_mqtt_session_subscribe(otr_mqtt_session *session, const char *filter);
/*
 * Paho's sender may miss its wake-up (it waits on a condition without a predicate) and then sleeps up to a
 * second. This wakes it again; cheap and without effect otherwise. For a connected session.
 */
void otr_mqtt_session_wake(otr_mqtt_session *session);
/* Sets what Paho leaves as it is on the session's socket: TCP_NODELAY and the send buffer's size. Once
 * connected; returns how many sockets matched. */
int otr_mqtt_session_tune(otr_mqtt_session *session);
/*
 * Acknowledges at once, on the TCP level, what the broker sent. A broker that leaves Nagle's algorithm on
 * (mosquitto does by default) holds its second PUBACK back until then, and a delayed ACK makes that 40 ms.
 * After tune; not sticky: to be called whenever answers came and more are awaited.
 */
void otr_mqtt_session_ack_now(const otr_mqtt_session *session);

#endif
