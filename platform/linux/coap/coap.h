/*
 * The CoAP source on libcoap (OpenSSL build): POST /r, GET /time, GET and POST /c, /.well-known/core over UDP
 * and DTLS 1.2 PSK. One thread, that of the loop. It knows messages and identities, not readings.
 */
#ifndef OTR_PLATFORM_COAP_H
#define OTR_PLATFORM_COAP_H

#include "driver/port.h"

typedef struct otr_coap otr_coap;

typedef struct otr_coap_config {
    otr_str udp_address;      /* "127.0.0.1:5683", "[::]:5683"; empty: no plain UDP */
    otr_str dtls_address;     /* "0.0.0.0:5684"; empty: no DTLS */
    const otr_str *udp_allow; /* CIDR networks that may speak plain UDP; loopback always may */
    size_t udp_allow_count;
    otr_str keys_folder; /* one file per device, as platform/linux/coap/keys.h says */
    unsigned sessions_max;
} otr_coap_config;

/* What the source asks of its owner. */
typedef struct otr_coap_owner {
    void *context;
    otr_status (*upload)(void *context, const otr_upload *upload,
                         otr_error *error); /* as otr_driver_upload */
    otr_clock_quality (*utc)(void *context, otr_time *out);
    /* As otr_driver_fetch and otr_driver_confirm; NULL: there are no commands, and no /c. */
    otr_status (*fetch)(void *context, const otr_device_request *request, otr_error *error);
    otr_status (*confirm)(void *context, const otr_device_request *request, otr_error *error);
} otr_coap_owner;

#define OTR_COAP_COUNTER_LIST(X)                                                                             \
    X(requests)                                                                                              \
    X(handshakes)                                                                                            \
    X(handshakes_refused) /* unknown identity or wrong key */                                                \
    X(refused_network)    /* plain UDP from a network that is not allowed */                                 \
    X(commands_fetched)   /* GET /c */                                                                       \
    X(separate_responses)                                                                                    \
    X(blockwise_uploads)                                                                                     \
    X(blockwise_refused)
typedef struct otr_coap_counters {
#define X(name) uint64_t name;
    OTR_COAP_COUNTER_LIST(X)
#undef X
    uint64_t sessions; /* now */
} otr_coap_counters;

otr_status otr_coap_open(const otr_coap_config *config, const otr_coap_owner *owner, otr_coap **out,
                         otr_error *error);
void otr_coap_close(otr_coap *coap);
/* The answer side, for otr_driver_ports. */
otr_source_port otr_coap_port(otr_coap *coap);
/* A descriptor that is readable when there is work; then call otr_coap_process. */
int otr_coap_fd(const otr_coap *coap);
/* Handles what arrived, sends what is queued, and turns uploads that wait longer than 1 s into empty ACKs (a
 * separate response follows). Call it when the descriptor is readable, after answers were given, and at least
 * when otr_coap_wait_us() has passed. */
void otr_coap_process(otr_coap *coap);
int64_t otr_coap_wait_us(const otr_coap *coap); /* INT64_MAX: nothing waits */
const otr_coap_counters *otr_coap_counters_get(otr_coap *coap);
/* The ports bound, for tests that ask for port 0. 0 when not open. */
uint16_t otr_coap_udp_port(const otr_coap *coap);
uint16_t otr_coap_dtls_port(const otr_coap *coap);

#endif
