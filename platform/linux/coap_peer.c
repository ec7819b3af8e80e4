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
#include "platform/linux/coap_internal.h"

#include <openssl/crypto.h>
#include <openssl/ssl.h>
#include <time.h>

/* Kept in a session's application data. */
enum {
    SESSION_CONNECTED = 1 << 0,
    SESSION_IDENTIFIED =
        1 << 1, /* its key was found: if the handshake does not end, the device has another key */
    SESSION_REFUSED = 1 << 2, /* counted */
};

enum { WRITE_FRAGMENT_BYTES = 1500 };

static unsigned flags_get(const coap_session_t *session)
{
    return (unsigned)(uintptr_t)coap_session_get_app_data(session);
}

static void flags_add(coap_session_t *session, unsigned flags)
{
    coap_session_set_app_data(session, (void *)(uintptr_t)(flags_get(session) | flags));
}

static otr_coap *owner_of(const coap_session_t *session)
{
    return ((otr_coap_transport *)coap_get_app_data(coap_session_get_context(session)))->coap;
}

bool otr_coap_peer_allowed(otr_coap *coap, const coap_session_t *session)
{
    uint8_t address[16];
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
            coap_session_str(session));
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
            coap_session_str(session), named ? (int)device.size : 0, (const char *)identity->s, error.text);
    return NULL;
}

static void handshake_done(otr_coap_transport *transport, coap_session_t *session)
{
    coap_tls_library_t library;
    SSL *ssl = coap_session_get_tls(session, &library);
    flags_add(session, SESSION_CONNECTED);
    transport->coap->counters.handshakes++;
    if (ssl == NULL || library != COAP_TLS_LIBRARY_OPENSSL)
        return;
    /* OpenSSL keeps 16 KiB for records it will never write; made anew, the buffer fits a datagram. Between
     * records, as here, both calls are allowed. */
    if (SSL_set_max_send_fragment(ssl, WRITE_FRAGMENT_BYTES) == 1 && SSL_free_buffers(ssl) == 1)
        (void)SSL_alloc_buffers(ssl);
}

/* The handshake ended without a session although the identity is known. */
static void count_wrong_key(otr_coap *coap, coap_session_t *session)
{
    if ((flags_get(session) & (SESSION_CONNECTED | SESSION_REFUSED)) != 0 ||
        (flags_get(session) & SESSION_IDENTIFIED) == 0)
        return;
    flags_add(session, SESSION_REFUSED);
    coap->counters.handshakes_refused++;
    otr_str identity = otr_coap_peer_identity(session);
    otr_log(OTR_LOG_WARNING, "dtls-refused",
            "peer=\"%s\" identity=\"%.*s\" reason=\"another key, or given up\"", coap_session_str(session),
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
        handshake_done(coap_get_app_data(coap_session_get_context(session)), session);
        break;
    case COAP_EVENT_DTLS_CLOSED:
        count_wrong_key(coap, session);
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
