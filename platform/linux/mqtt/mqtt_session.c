#include "platform/linux/mqtt/mqtt_session_internal.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "platform/linux/mqtt/mqtt_properties.h"
#include "platform/linux/mqtt/mqtt_trace.h"

/*
 * TLS 1.2 is the least, by its ciphers: those with authenticated encryption exist from 1.2 on, so that an
 * older server finds none that it could choose. (Paho ignores sslVersion with OpenSSL 1.1 and later, and sets
 * security level 1, at which OpenSSL 3.0 still agrees to TLS 1.1 with RSA key exchange; level 2 is Debian's
 * own default.) TLS 1.3 has a list of its own, which stays.
 */
#define CIPHERS "ECDHE+AESGCM:ECDHE+CHACHA20:@SECLEVEL=2"
/* With a shared key: forward secrecy first; TLS 1.3 always has it. */
#define PSK_CIPHERS "kDHEPSK+AESGCM:kDHEPSK+CHACHA20:PSK+AESGCM:PSK+CHACHA20:@SECLEVEL=2"

struct otr_mqtt_library {
    MQTTAsync keeper; /* never connected */
};

#if defined(__SANITIZE_ADDRESS__)
/* Paho does not free the topic and payload of what it had queued and not sent when its client is destroyed;
 * mqtt.c bounds how much that can be. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libpaho-mqtt3as\n";
}
#endif

otr_status otr_mqtt_library_open(otr_mqtt_library **out, otr_error *error)
{
    otr_mqtt_library *library = calloc(1, sizeof *library);
    if (library == NULL)
        return otr_fail(error, OTR_MEMORY, "out of memory");
    MQTTAsync_createOptions create = MQTTAsync_createOptions_initializer5;
    int code = MQTTAsync_createWithOptions(&library->keeper, "tcp://127.0.0.1:1", "outrider-keeper",
                                           MQTTCLIENT_PERSISTENCE_NONE, NULL, &create);
    if (code != MQTTASYNC_SUCCESS) {
        free(library);
        return otr_fail(error, OTR_IO, "Paho failed to start, code %d", code);
    }
    *out = library;
    return OTR_OK;
}

void otr_mqtt_library_close(otr_mqtt_library *library)
{
    if (library == NULL)
        return;
    MQTTAsync_destroy(&library->keeper);
    free(library);
}

static void trace(otr_mqtt_session *session, bool on)
{
    if (session->tracing == on)
        return;
    session->tracing = on;
    if (on)
        otr_mqtt_trace_begin();
    else
        otr_mqtt_trace_end();
}

static otr_status create_handle(otr_mqtt_session *session, otr_error *error)
{
    bool new = session->options.version == OTR_MQTT_5;
    MQTTAsync_createOptions create = MQTTAsync_createOptions_initializer5;
    create.MQTTVersion = new ? MQTTVERSION_5 : MQTTVERSION_3_1_1;
    create.sendWhileDisconnected = 0;
    create.maxBufferedMessages = OTR_MQTT_SLOTS_MAX + 2; /* never reached: slots bound it */
    int code =
        MQTTAsync_createWithOptions(&session->handle, session->options.address.uri,
                                    session->options.client_id, MQTTCLIENT_PERSISTENCE_NONE, NULL, &create);
    if (code == MQTTASYNC_BAD_UTF8_STRING)
        return otr_fail(error, OTR_INVALID, "the client id is not UTF-8");
    if (code != MQTTASYNC_SUCCESS)
        return otr_fail(error, OTR_MEMORY, "Paho made no client, code %d", code);
    if (MQTTAsync_setCallbacks(session->handle, session, otr_mqtt_on_lost, otr_mqtt_on_message, NULL) !=
            MQTTASYNC_SUCCESS ||
        (new &&MQTTAsync_setDisconnected(session->handle, session, otr_mqtt_on_disconnected) !=
         MQTTASYNC_SUCCESS))
        return otr_fail(error, OTR_IO, "Paho refused the callbacks");
    return OTR_OK;
}

static otr_status call_connect(otr_mqtt_session *session, MQTTAsync_connectOptions *connect, otr_error *error)
{
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all,
                    &before); /* Paho may start its threads here; signals belong to the loop */
    int code = MQTTAsync_connect(session->handle, connect);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return code == MQTTASYNC_SUCCESS ? OTR_OK
                                     : otr_fail(error, OTR_IO, "Paho did not connect, code %d", code);
}

/* What goes out in one connection: Paho reads it while MQTTAsync_connect runs. */
struct connection {
    MQTTAsync_connectOptions connect;
    MQTTAsync_SSLOptions tls;
    MQTTAsync_willOptions will;
    MQTTProperties properties;
    MQTTProperties will_properties;
    otr_arena memory;
};

static otr_status fill_version(otr_mqtt_session *session, struct connection *c)
{
    const otr_mqtt_options *options = &session->options;
    if (options->version == OTR_MQTT_3_1_1) {
        c->connect = (MQTTAsync_connectOptions)MQTTAsync_connectOptions_initializer;
        c->connect.MQTTVersion = MQTTVERSION_3_1_1;
        c->connect.cleansession = options->clean_start;
        c->connect.onSuccess = otr_mqtt_on_connected_3;
        c->connect.onFailure = otr_mqtt_on_connect_failed_3;
        return OTR_OK;
    }
    c->connect = (MQTTAsync_connectOptions)MQTTAsync_connectOptions_initializer5;
    c->connect.cleanstart = options->clean_start;
    c->connect.onSuccess5 = otr_mqtt_on_connected;
    c->connect.onFailure5 = otr_mqtt_on_connect_failed;
    c->connect.connectProperties = &c->properties;
    otr_status status = otr_mqtt_properties_add_u32(&c->properties, MQTTPROPERTY_CODE_SESSION_EXPIRY_INTERVAL,
                                                    options->session_expiry_s);
    if (options->packet_max > 0 && status == OTR_OK)
        status = otr_mqtt_properties_add_u32(&c->properties, MQTTPROPERTY_CODE_MAXIMUM_PACKET_SIZE,
                                             options->packet_max);
    return status;
}

static unsigned give_psk(const char *hint, char *identity, unsigned identity_room, unsigned char *psk,
                         unsigned psk_room, void *context)
{
    (void)hint;
    const otr_mqtt_session *session = context;
    const otr_mqtt_options *options = &session->options;
    size_t size = strlen(options->psk_identity);
    if (size + 1 > identity_room || options->psk.size > psk_room)
        return 0;
    memcpy(identity, options->psk_identity, size + 1);
    memcpy(psk, options->psk.data, options->psk.size);
    return (unsigned)options->psk.size;
}

static void fill_tls(otr_mqtt_session *session, struct connection *c)
{
    const otr_mqtt_options *options = &session->options;
    c->tls.enableServerCertAuth = 1;
    c->tls.ssl_error_cb = otr_mqtt_trace_ssl;
    if (options->psk_identity != NULL) {
        /* A server with a certificate instead of the key must fail: nobody's certificate is trusted. */
        c->tls.disableDefaultTrustStore = 1;
        c->tls.ssl_psk_cb = give_psk;
        c->tls.ssl_psk_context = session;
        c->tls.enabledCipherSuites = PSK_CIPHERS;
    } else {
        c->tls.trustStore = options->ca_file;
        c->tls.keyStore = options->cert_file;
        c->tls.privateKey = options->key_file;
        c->tls.enabledCipherSuites = CIPHERS;
        c->tls.verify = 1; /* the host name; off by default */
    }
    size_t size = options->alpn != NULL ? strlen(options->alpn) : 0;
    if (size > 0 && size < sizeof session->protocols) {
        session->protocols[0] = (uint8_t)size;
        memcpy(session->protocols + 1, options->alpn, size);
        c->tls.protos = session->protocols;
        c->tls.protos_len = (unsigned)size + 1;
    }
    c->connect.ssl = &c->tls;
}

/* The publication in the form that the connection's version has room for; fills *properties, which stay empty
 * with 3.1.1.
 */
static otr_status shape(const otr_mqtt_session *session, otr_arena *memory, otr_publication *publication,
                        MQTTProperties *properties)
{
    if (session->options.version == OTR_MQTT_5)
        return otr_mqtt_properties_of(publication, properties);
    if (session->options.structure == NULL)
        return OTR_OK;
    otr_publication whole = *publication;
    return session->options.structure(memory, &whole, publication);
}

static otr_status fill_will(otr_mqtt_session *session, struct connection *c)
{
    otr_publication will = *session->options.will;
    otr_status status = shape(session, &c->memory, &will, &c->will_properties);
    c->will.topicName = will.topic.data;
    c->will.payload.len = (int)will.payload.size;
    c->will.payload.data = will.payload.size > 0 ? (const void *)will.payload.data : "";
    c->will.qos = will.qos;
    c->will.retained = will.retain;
    c->connect.will = &c->will;
    if (session->options.version == OTR_MQTT_5)
        c->connect.willProperties = &c->will_properties;
    return status;
}

static otr_status start(otr_mqtt_session *session, otr_error *error)
{
    const otr_mqtt_options *options = &session->options;
    otr_status status = create_handle(session, error);
    if (status != OTR_OK)
        return status;
    struct connection c = {
        .tls = MQTTAsync_SSLOptions_initializer,
        .will = MQTTAsync_willOptions_initializer,
        .properties = MQTTProperties_initializer,
        .will_properties = MQTTProperties_initializer,
    };
    status = fill_version(session, &c);
    c.connect.keepAliveInterval = (int)options->keepalive_s;
    c.connect.connectTimeout = (int)options->timeout_s;
    c.connect.maxInflight = UINT16_MAX;
    c.connect.username = options->username;
    c.connect.password = options->password;
    c.connect.context = session;
    if (options->address.tls)
        fill_tls(session, &c);
    if (options->will != NULL && status == OTR_OK)
        status = fill_will(session, &c);
    if (status == OTR_OK) {
        trace(session, true);
        status = call_connect(session, &c.connect, error);
    } else {
        otr_fail(error, status, "the connection cannot be described: %s", otr_status_text(status));
    }
    MQTTProperties_free(&c.properties);
    MQTTProperties_free(&c.will_properties);
    otr_arena_done(&c.memory);
    return status;
}

otr_status otr_mqtt_session_open(const otr_mqtt_options *options, otr_mqtt_session **out, otr_error *error)
{
    OTR_ASSERT(options->slots <= OTR_MQTT_SLOTS_MAX);
    otr_mqtt_session *session = calloc(1, sizeof *session + options->slots * sizeof(struct otr_mqtt_slot));
    if (session == NULL)
        return otr_fail(error, OTR_MEMORY, "out of memory");
    session->options = *options;
    otr_mqtt_queue_init(&session->queue, options->event_fd);
    for (unsigned i = 0; i < options->slots; i++) {
        session->slots[i].session = session;
        session->slots[i].node.event = (otr_mqtt_event){.kind = OTR_MQTT_EVENT_SETTLED, .slot = i};
    }
    otr_status status = otr_resolve_start(options->address.host, options->event_fd, &session->resolve, error);
    if (status != OTR_OK) {
        otr_mqtt_session_close(session);
        return status;
    }
    *out = session;
    return OTR_OK;
}

void otr_mqtt_session_close(otr_mqtt_session *session)
{
    if (session == NULL)
        return;
    otr_resolve_free(session->resolve);
    if (session->handle != NULL)
        MQTTAsync_destroy(
            &session->handle); /* no callback runs after this: it holds the lock that they need */
    trace(session, false);
    otr_mqtt_node *node;
    while ((node = otr_mqtt_queue_take(&session->queue)) != NULL)
        if (node->event.kind == OTR_MQTT_EVENT_MESSAGE)
            otr_mqtt_message_free(node->event.message);
    otr_mqtt_queue_done(&session->queue);
    free(session);
}

void otr_mqtt_session_leave_with_will(otr_mqtt_session *session)
{
    if (session->options.version == OTR_MQTT_3_1_1) {
        otr_mqtt_session_break(session);
        return;
    }
    MQTTAsync_disconnectOptions options = MQTTAsync_disconnectOptions_initializer5;
    options.context = session;
    options.onSuccess5 = otr_mqtt_on_left;
    options.reasonCode = MQTTREASONCODE_DISCONNECT_WITH_WILL_MESSAGE;
    if (session->handle != NULL)
        MQTTAsync_disconnect(session->handle, &options);
}

/* The name is known or not: goes on to connect, or makes the DOWN event. False when there is nothing to tell
 * yet. */
static bool resolved(otr_mqtt_session *session, otr_mqtt_event *out)
{
    int answer = 0;
    if (!otr_resolve_done(session->resolve, &answer))
        return false;
    otr_resolve_free(session->resolve);
    session->resolve = NULL;
    otr_error error = {0};
    if (answer == 0 && start(session, &error) == OTR_OK)
        return false;
    *out = (otr_mqtt_event){.kind = OTR_MQTT_EVENT_DOWN,
                            .failure = {.stage = OTR_MQTT_STAGE_RESOLVE, .code = answer}};
    if (answer == 0) {
        out->failure.stage = OTR_MQTT_STAGE_CONNECT;
        snprintf(out->failure.hint, sizeof out->failure.hint, "%.190s", error.text);
    }
    session->down = true;
    return true;
}

bool otr_mqtt_session_take(otr_mqtt_session *session, otr_mqtt_event *out)
{
    if (session->down)
        return false;
    if (session->resolve != NULL)
        return resolved(session, out);
    otr_mqtt_node *node = otr_mqtt_queue_take(&session->queue);
    if (node == NULL)
        return false;
    *out = node->event;
    switch (out->kind) {
    case OTR_MQTT_EVENT_UP:
        session->aliases.limit = out->aliases;
        trace(session, false);
        break;
    case OTR_MQTT_EVENT_DOWN:
        session->down = true;
        trace(session, false);
        break;
    case OTR_MQTT_EVENT_MESSAGE:
        atomic_fetch_sub(&session->backlog, 1);
        break;
    case OTR_MQTT_EVENT_SETTLED:
    case OTR_MQTT_EVENT_SUBSCRIBED:
        break;
    }
    return true;
}

void otr_mqtt_message_free(otr_mqtt_message *message)
{
    free(message);
}

size_t otr_mqtt_session_dropped(otr_mqtt_session *session)
{
    return atomic_exchange(&session->dropped, 0);
}

static otr_status publish_status(int code)
{
    switch (code) {
    case MQTTASYNC_SUCCESS:
        return OTR_OK;
    case MQTTASYNC_BAD_UTF8_STRING:
    case MQTTASYNC_BAD_QOS:
    case MQTTASYNC_BAD_MQTT_OPTION:
        return OTR_INVALID;
    case MQTTASYNC_NO_MORE_MSGIDS:
    case MQTTASYNC_MAX_BUFFERED_MESSAGES:
        return OTR_FULL;
    case MQTTASYNC_DISCONNECTED:
        return OTR_IO;
    default:
        return OTR_MEMORY; /* Paho's own code for it is not in its public header */
    }
}

static MQTTAsync_responseOptions respond_to(const otr_mqtt_session *session, struct otr_mqtt_slot *slot)
{
    MQTTAsync_responseOptions response = MQTTAsync_responseOptions_initializer;
    response.context = slot;
    if (session->options.version == OTR_MQTT_5) {
        response.onSuccess5 = otr_mqtt_on_published;
        response.onFailure5 = otr_mqtt_on_publish_failed;
    } else {
        response.onSuccess = otr_mqtt_on_published_3;
        response.onFailure = otr_mqtt_on_publish_failed_3;
    }
    return response;
}

/* The topic to send, with its alias among the properties. */
static otr_status add_alias(otr_mqtt_session *session, const otr_publication *sent,
                            MQTTProperties *properties, otr_mqtt_alias *alias, const char **topic)
{
    *topic = sent->topic.data;
    *alias = otr_mqtt_alias_of(&session->aliases, sent->topic);
    if (alias->number == 0)
        return OTR_OK;
    if (alias->known)
        *topic = "";
    return otr_mqtt_properties_add_u16(properties, MQTTPROPERTY_CODE_TOPIC_ALIAS, (uint16_t)alias->number);
}

otr_status otr_mqtt_session_publish(otr_mqtt_session *session, unsigned slot,
                                    const otr_publication *publication)
{
    OTR_ASSERT(slot < session->options.slots);
    MQTTAsync_responseOptions response = respond_to(session, &session->slots[slot]);
    otr_arena memory = {0};
    otr_publication sent = *publication;
    otr_mqtt_alias alias = {0, false};
    const char *topic = NULL;
    otr_status status = shape(session, &memory, &sent, &response.properties);
    if (status == OTR_OK)
        status = add_alias(session, &sent, &response.properties, &alias, &topic);
    if (status == OTR_OK) {
        const void *payload = sent.payload.size > 0 ? (const void *)sent.payload.data : "";
        status = publish_status(MQTTAsync_send(session->handle, topic, (int)sent.payload.size, payload,
                                               sent.qos, sent.retain, &response));
    }
    if (status != OTR_OK)
        otr_mqtt_alias_unsent(&session->aliases, alias);
    MQTTProperties_free(&response.properties);
    otr_arena_done(&memory);
    return status;
}

otr_status otr_mqtt_session_subscribe(otr_mqtt_session *session, const char *filter)
{
    MQTTAsync_responseOptions response = MQTTAsync_responseOptions_initializer;
    response.context = session;
    if (session->options.version == OTR_MQTT_5) {
        response.onSuccess5 = otr_mqtt_on_subscribed;
        response.onFailure5 = otr_mqtt_on_subscribe_failed;
    } else {
        response.onSuccess = otr_mqtt_on_subscribed_3;
        response.onFailure = otr_mqtt_on_subscribe_failed_3;
    }
    return publish_status(MQTTAsync_subscribe(session->handle, filter, 1, &response));
}

void otr_mqtt_session_wake(otr_mqtt_session *session)
{
    /* On a connected handle Paho drops the request, but its sender has run through its queue. */
    MQTTAsync_reconnect(session->handle);
}
