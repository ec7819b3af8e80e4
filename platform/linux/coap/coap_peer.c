/*
 * Who may speak, and as whom: the allow list of plain UDP, the keys of DTLS, and the life of sessions.
 *
 * A device that lost power comes back from the same address and port with a new handshake, while the gateway
 * still has its old session. OpenSSL drops such a ClientHello as a record of another epoch, and libcoap
 * counts it as a sign of life, so the device would stay locked out for good. RFC 6347 section 4.2.8 asks for
 * a cookie exchange beside the old session, which neither library offers; instead the old session is closed
 * when new handshakes are asked for while nothing valid came for a while. Who forges that from outside can
 * only cost an idle device a handshake.
 */
#include "base/hash.h"
#include "base/log.h"
#include "base/reading.h"
#include "platform/linux/coap/coap_internal.h"

#include <openssl/bio.h>
#include <openssl/ssl.h>

/* Kept in a session's application data: flags, and above them its place among those that are kept. */
enum {
    SESSION_CONNECTED = 1 << 0,
    SESSION_IDENTIFIED =
        1 << 1, /* its key was found: if the handshake does not end, the device has another key */
    SESSION_REFUSED = 1 << 2, /* counted */
    SESSION_KEPT = 1 << 3,    /* it has a place */
    SESSION_FLAGS = 15,
    SESSION_PLACE_SHIFT = 4,
};

/* Longer than a request and its retransmission are apart, shorter than a device needs to start. */
enum { RESTART_SILENCE_S = 5 };

/* OpenSSL's own is 16 KiB; no record of ours is longer than a datagram. */
enum { WRITE_FRAGMENT_BYTES = 1500 };

static uint32_t data_get(const coap_session_t *session)
{
    return (uint32_t)(uintptr_t)coap_session_get_app_data(session);
}

static void data_set(coap_session_t *session, uint32_t data)
{
    coap_session_set_app_data(session,
                              (void *)(uintptr_t)data); /* NOLINT(performance-no-int-to-ptr): no address */
}

static unsigned flags_get(const coap_session_t *session)
{
    return data_get(session) & SESSION_FLAGS;
}

static void flags_add(coap_session_t *session, unsigned flags)
{
    data_set(session, data_get(session) | flags);
}

static otr_coap *owner_of(const coap_session_t *session)
{
    return ((otr_coap_transport *)coap_get_app_data(coap_session_get_context(session)))->coap;
}

/* The address alone: libcoap's own text of a session is long and not a value to search for. */
static const char *peer_text(const coap_session_t *session, char out[OTR_COAP_ADDRESS_TEXT_BYTES])
{
    return otr_coap_address_text(coap_session_get_addr_remote(session), out);
}

void otr_coap_peer_heard(coap_session_t *session)
{
    otr_coap *coap = owner_of(session);
    if ((flags_get(session) & SESSION_KEPT) != 0)
        otr_coap_keep_heard(&coap->keep, data_get(session) >> SESSION_PLACE_SHIFT, coap->now_us);
}

bool otr_coap_peer_allowed(otr_coap *coap, const coap_session_t *session)
{
    uint8_t address[16];
    char peer[OTR_COAP_ADDRESS_TEXT_BYTES];
    if (coap_session_get_proto(session) != COAP_PROTO_UDP)
        return true;
    otr_coap_address_bytes(coap_session_get_addr_remote(session), address);
    if (otr_coap_address_is_loopback(address))
        return true;
    for (size_t i = 0; i < coap->network_count; i++)
        if (otr_coap_network_has(&coap->networks[i], address))
            return true;
    coap->counters.refused_network++;
    otr_log(OTR_LOG_WARNING, "coap-refused", "peer=\"%s\" reason=\"network not in the allow list\"",
            peer_text(session, peer));
    return false;
}

otr_str otr_coap_peer_identity(const coap_session_t *session)
{
    if (coap_session_get_proto(session) != COAP_PROTO_DTLS)
        return (otr_str){NULL, 0};
    const coap_bin_const_t *identity = coap_session_get_psk_identity(session);
    return identity != NULL ? (otr_str){(const char *)identity->s, identity->length} : (otr_str){NULL, 0};
}

uint64_t otr_coap_peer_hash(const coap_session_t *session)
{
    otr_str identity = otr_coap_peer_identity(session);
    if (identity.size > 0)
        return otr_hash64(0, 1, identity.data, identity.size);
    uint8_t bytes[18];
    const coap_address_t *remote = coap_session_get_addr_remote(session);
    uint16_t port = otr_coap_address_port(remote);
    otr_coap_address_bytes(remote, bytes);
    bytes[16] = (uint8_t)(port >> 8);
    bytes[17] = (uint8_t)port;
    return otr_hash64(0, 2, bytes, sizeof bytes);
}

/* The key of a device in its handshake; NULL refuses it. */
static const coap_bin_const_t *find_key(coap_bin_const_t *identity, coap_session_t *session, void *arg)
{
    otr_coap *coap = arg;
    char peer[OTR_COAP_ADDRESS_TEXT_BYTES];
    otr_str device = {(const char *)identity->s, identity->length};
    otr_error error = {.text = "the identity is no device name"};
    otr_status status = OTR_INVALID;
    /* The name becomes a file name: nothing but the letters of a device name goes further. */
    bool named = otr_device_name_ok(device);
    if (named)
        status = otr_key_load(otr_str_of(coap->keys_folder), device, &coap->key, &error);
    if (status == OTR_OK) {
        flags_add(session, SESSION_IDENTIFIED);
        coap->key_view = (coap_bin_const_t){coap->key.size, coap->key.bytes};
        return &coap->key_view;
    }
    coap->counters.handshakes_refused++;
    flags_add(session, SESSION_REFUSED);
    otr_log(OTR_LOG_WARNING, "dtls-refused", "peer=\"%s\" identity=\"%.*s\" reason=\"%s\"",
            peer_text(session, peer), named ? (int)device.size : 0, (const char *)identity->s, error.text);
    return NULL;
}

/* True for a datagram that begins with a ClientHello of epoch 0 (RFC 6347 sections 4.1 and 4.2.2). */
static bool is_client_hello(const uint8_t *bytes, size_t size)
{
    return size > 13 && bytes[0] == 22 && bytes[3] == 0 && bytes[4] == 0 && bytes[13] == 1;
}

/* Sees what OpenSSL reads for a session. Nothing may be closed in here: OpenSSL is at work on it. */
static long on_bio(BIO *bio, int operation, const char *bytes, size_t size, int argi, long argl, int result,
                   size_t *processed)
{
    (void)size;
    (void)argi;
    (void)argl;
    if (operation != (BIO_CB_READ | BIO_CB_RETURN) || result <= 0 || bytes == NULL || processed == NULL)
        return result;
    if (!is_client_hello((const uint8_t *)bytes, *processed))
        return result;
    coap_session_t *session = (coap_session_t *)(void *)BIO_get_callback_arg(bio);
    otr_coap *coap = owner_of(session);
    if ((flags_get(session) & SESSION_KEPT) == 0)
        return result;
    otr_time heard_us = coap->keep.entries[data_get(session) >> SESSION_PLACE_SHIFT].heard_us;
    if (coap->now_us - heard_us >= RESTART_SILENCE_S * OTR_SECOND &&
        coap->restarted_count < OTR_COAP_RESTARTS)
        coap->restarted[coap->restarted_count++] = coap_session_reference(session);
    return result;
}

void otr_coap_peer_restart(otr_coap *coap)
{
    coap_tick_t now;
    if (coap->restarted_count == 0)
        return;
    for (unsigned i = 0; i < coap->restarted_count; i++) {
        char peer[OTR_COAP_ADDRESS_TEXT_BYTES];
        coap_session_t *session = coap->restarted[i];
        otr_log(OTR_LOG_INFO, "dtls-restarted", "peer=\"%s\"", peer_text(session, peer));
        if (coap_session_get_state(session) == COAP_SESSION_STATE_ESTABLISHED)
            coap_session_disconnected(session, COAP_NACK_TLS_FAILED);
        coap_session_release(session);
    }
    coap->restarted_count = 0;
    /* The walk frees what is closed; until then the device's next ClientHello would still find the old
     * session. */
    coap_ticks(&now);
    (void)coap_io_prepare_epoll(coap->dtls.context, now);
}

static void keep(otr_coap *coap, coap_session_t *session)
{
    uint32_t place = otr_coap_keep_add(&coap->keep, session, coap->now_us);
    data_set(session, place << SESSION_PLACE_SHIFT | flags_get(session) | SESSION_KEPT);
}

static void forget(otr_coap *coap, coap_session_t *session)
{
    uint32_t place = data_get(session) >> SESSION_PLACE_SHIFT;
    unsigned flags = flags_get(session);
    if ((flags & SESSION_KEPT) == 0)
        return;
    data_set(session, flags & ~(unsigned)SESSION_KEPT);
    otr_coap_keep_drop(&coap->keep, place);
}

static void handshake_done(otr_coap *coap, coap_session_t *session)
{
    coap_tls_library_t library;
    SSL *ssl = coap_session_get_tls(session, &library);
    flags_add(session, SESSION_CONNECTED);
    if ((flags_get(session) & SESSION_KEPT) == 0)
        keep(coap, session);
    otr_coap_peer_heard(session);
    coap->counters.handshakes++;
    if (ssl == NULL || library != COAP_TLS_LIBRARY_OPENSSL)
        return;
    BIO_set_callback_ex(SSL_get_rbio(ssl), on_bio);
    BIO_set_callback_arg(SSL_get_rbio(ssl), (char *)session);
    /* Between records, as here, the buffers may be made anew, now to measure. */
    if (SSL_set_max_send_fragment(ssl, WRITE_FRAGMENT_BYTES) == 1 && SSL_free_buffers(ssl) == 1)
        (void)SSL_alloc_buffers(ssl);
}

/* The handshake ended without a session although the identity is known. */
static void count_wrong_key(otr_coap *coap, coap_session_t *session)
{
    char peer[OTR_COAP_ADDRESS_TEXT_BYTES];
    if ((flags_get(session) & (SESSION_CONNECTED | SESSION_REFUSED)) != 0 ||
        (flags_get(session) & SESSION_IDENTIFIED) == 0)
        return;
    flags_add(session, SESSION_REFUSED);
    coap->counters.handshakes_refused++;
    otr_str identity = otr_coap_peer_identity(session);
    otr_log(OTR_LOG_WARNING, "dtls-refused",
            "peer=\"%s\" identity=\"%.*s\" reason=\"another key, or given up\"", peer_text(session, peer),
            OTR_STR_ARG(identity));
}

static int on_event(coap_session_t *session, const coap_event_t event)
{
    otr_coap *coap = owner_of(session);
    switch (event) {
    case COAP_EVENT_SERVER_SESSION_NEW:
        coap->counters.sessions++;
        break;
    case COAP_EVENT_SERVER_SESSION_DEL:
        coap->counters.sessions--;
        break;
    case COAP_EVENT_DTLS_CONNECTED:
        handshake_done(coap, session);
        break;
    case COAP_EVENT_DTLS_CLOSED:
        count_wrong_key(coap, session);
        forget(coap, session);
        break;
    default:
        break;
    }
    return 0;
}

otr_status otr_coap_peer_setup(otr_coap_transport *transport, otr_error *error)
{
    coap_register_event_handler(transport->context, on_event);
    if (transport != &transport->coap->dtls)
        return OTR_OK;
    coap_dtls_spsk_t setup = {
        .version = COAP_DTLS_SPSK_SETUP_VERSION,
        .validate_id_call_back = find_key,
        .id_call_back_arg = transport->coap,
    };
    if (coap_context_set_psk2(transport->context, &setup) == 0)
        return otr_fail(error, OTR_IO, "cannot set up DTLS with pre-shared keys");
    return OTR_OK;
}
