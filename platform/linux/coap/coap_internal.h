/*
 * What the files of the CoAP source share. One thread.
 *
 * Each transport (plain UDP, DTLS) is a libcoap context of its own with one endpoint, because the limits on
 * sessions belong to a context: a plain session is remade for nothing, a DTLS session costs the device a
 * handshake.
 */
#ifndef OTR_PLATFORM_COAP_INTERNAL_H
#define OTR_PLATFORM_COAP_INTERNAL_H

#include "base/limits.h"
#include "platform/linux/coap/coap.h"
#include "platform/linux/coap/coap_upload.h"
#include "platform/linux/coap/keys.h"

#include <coap3/coap.h>
#include <netinet/in.h>

/* ---- coap_address.c: text to addresses, and the socket that libcoap keeps to itself ---- */

/* IPv6, or IPv4 mapped into it. */
typedef struct otr_coap_network {
    uint8_t prefix[16];
    unsigned bits;
} otr_coap_network;

otr_status otr_coap_address_parse(otr_str text, coap_address_t *out, otr_error *error);
/* "10.0.0.0/8", "fd00::/8", "192.0.2.7". */
otr_status otr_coap_network_parse(otr_str text, otr_coap_network *out, otr_error *error);
/* 16 bytes of the address, IPv4 mapped. */
void otr_coap_address_bytes(const coap_address_t *address, uint8_t out[16]);
uint16_t otr_coap_address_port(const coap_address_t *address);
enum { OTR_COAP_ADDRESS_TEXT_BYTES = 56 };
/* 192.0.2.1:5684 or [2001:db8::1]:5684, NUL-terminated; returns out. */
const char *otr_coap_address_text(const coap_address_t *address, char out[OTR_COAP_ADDRESS_TEXT_BYTES]);
bool otr_coap_address_is_loopback(const uint8_t address[16]);
bool otr_coap_network_has(const otr_coap_network *network, const uint8_t address[16]);

/* A new endpoint; *port is the one bound, *socket its descriptor (owned by libcoap), or -1 when it cannot be
 * found. */
otr_status otr_coap_endpoint(coap_context_t *context, coap_address_t *address, coap_proto_t protocol,
                             uint16_t *port, int *socket, otr_error *error);

/* ---- coap_pending.c: uploads that wait for their answer ---- */

enum { OTR_COAP_NO_BLOCK = UINT32_MAX };

typedef enum otr_pending_state {
    OTR_PENDING_FREE,
    OTR_PENDING_WAITING,  /* an answer now is a piggybacked ACK, or a NON for a NON */
    OTR_PENDING_SEPARATE, /* the empty ACK is gone: the answer will be a CON of its own */
} otr_pending_state;

typedef struct otr_pending {
    coap_session_t *session; /* referenced */
    otr_time since_us;
    uint32_t generation;
    uint32_t next; /* in its list; OTR_PENDING_END */
    uint32_t previous;
    uint32_t block; /* value of the Block1 option to answer with, or OTR_COAP_NO_BLOCK */
    uint16_t message_id;
    uint8_t token[8];
    uint8_t token_size;
    uint8_t type;        /* COAP_MESSAGE_CON or _NON */
    uint8_t state;       /* otr_pending_state */
    uint8_t no_response; /* option of RFC 7967, 0: every answer is wanted */
} otr_pending;

enum { OTR_PENDING_END = UINT32_MAX };

typedef struct otr_pending_list {
    uint32_t first; /* oldest */
    uint32_t last;
} otr_pending_list;

typedef struct otr_pending_table {
    otr_pending *entries; /* OTR_LIMIT_INBOX_INPUTS; pages never used cost nothing */
    uint32_t used;        /* entries ever used */
    uint32_t free;        /* a chain through next */
    otr_pending_list waiting;
    otr_pending_list separate;
} otr_pending_table;

otr_status otr_pending_init(otr_pending_table *table);
/* Releases every session. Before the contexts are freed. */
void otr_pending_done(otr_pending_table *table);
/* Keeps what an answer needs of a request; 0 when the table is full. */
uint64_t otr_pending_add(otr_pending_table *table, coap_session_t *session, const coap_pdu_t *request,
                         uint32_t block, otr_time now_us);
/* Forgets an entry that the owner refused. */
void otr_pending_forget(otr_pending_table *table, uint64_t handle);
void otr_pending_answer(otr_pending_table *table, uint64_t handle, otr_answer_kind kind, unsigned max_age_s);
/* 2.05 with a payload. */
void otr_pending_deliver(otr_pending_table *table, uint64_t handle, unsigned format, otr_bytes payload);
/* Sends the empty ACK of what waits for more than a second; returns how many became separate. */
unsigned otr_pending_overdue(otr_pending_table *table, otr_time now_us);
/* When otr_pending_overdue has work, OTR_TIME_NEVER when nothing waits. */
otr_time otr_pending_due(const otr_pending_table *table);

/* ---- coap_keep.c: open DTLS sessions, the longest silent first ---- */

enum { OTR_COAP_KEEP_END = UINT32_MAX };

typedef struct otr_coap_kept {
    coap_session_t *session; /* referenced; NULL: free */
    otr_time heard_us;       /* a request, or the end of its handshake */
    uint32_t next;           /* in the list, or of the free; OTR_COAP_KEEP_END */
    uint32_t previous;
} otr_coap_kept;

typedef struct otr_coap_keep {
    otr_coap_kept *entries; /* NULL: none is kept */
    uint32_t most;
    uint32_t used; /* entries ever used */
    uint32_t free;
    uint32_t first;
    uint32_t last;
} otr_coap_keep;

/* MEMORY. */
otr_status otr_coap_keep_init(otr_coap_keep *keep, unsigned most);
/* Ends every session. Before the contexts are freed. */
void otr_coap_keep_done(otr_coap_keep *keep);
/* Its place; where there is none left, the longest silent one ends. */
uint32_t otr_coap_keep_add(otr_coap_keep *keep, coap_session_t *session, otr_time now_us);
void otr_coap_keep_heard(otr_coap_keep *keep, uint32_t place, otr_time now_us);
/* It has been closed. */
void otr_coap_keep_drop(otr_coap_keep *keep, uint32_t place);
/* Ends those that have been silent since before then. */
void otr_coap_keep_expire(otr_coap_keep *keep, otr_time heard_before_us);

/* ---- the source ---- */

typedef struct otr_coap_transport {
    otr_coap *coap;
    coap_context_t *context; /* NULL: not open */
    int fd;                  /* its epoll descriptor */
    uint16_t port;
    unsigned batch;   /* datagrams asked for at once, adapts to the load */
    unsigned handled; /* requests since the batch began */
} otr_coap_transport;

enum { OTR_COAP_RESTARTS = 64 }; /* handled after each batch; more of them come again by retransmission */

struct otr_coap {
    otr_coap_owner owner;
    otr_coap_transport udp;
    otr_coap_transport dtls;
    int fd;          /* epoll over both */
    otr_time now_us; /* monotonic, of the batch under way */
    otr_time expired_us;
    otr_pending_table pending;
    otr_coap_keep keep; /* of dtls */
    otr_uploads uploads;
    otr_coap_network *networks;
    size_t network_count;
    char *keys_folder;
    coap_session_t *restarted[OTR_COAP_RESTARTS]; /* whose devices begin anew; referenced */
    unsigned restarted_count;
    otr_key key; /* of the handshake under way, wiped after the batch */
    coap_bin_const_t key_view;
    otr_coap_counters counters;
};

/* ---- coap_peer.c: who may speak, and as whom ---- */

/* Plain UDP from a network that is allowed, or DTLS. Counts a refusal. */
bool otr_coap_peer_allowed(otr_coap *coap, const coap_session_t *session);
/* The authenticated device; empty over plain UDP. A view into the session. */
otr_str otr_coap_peer_identity(const coap_session_t *session);
/* Identity, or address and port: equal for the same peer after a restart too. */
uint64_t otr_coap_peer_hash(const coap_session_t *session);
/* A request came over the session. */
void otr_coap_peer_heard(coap_session_t *session);
/* Closes the sessions whose devices begin anew. After a batch. */
void otr_coap_peer_restart(otr_coap *coap);
/* PSK by device, and the life of sessions. */
otr_status otr_coap_peer_setup(otr_coap_transport *transport, otr_error *error);

/* ---- coap_request.c ---- */

otr_status otr_coap_resources(otr_coap_transport *transport, otr_error *error);
/* Every handler begins with it: counts the request. */
otr_coap *otr_coap_enter(coap_session_t *session);
/* A NON without code is never sent: either nobody shall hear from us, or the answer comes later. */
void otr_coap_stay_silent(coap_pdu_t *response);
/* Error code and its reason for a person (RFC 7252 section 5.5.2). */
void otr_coap_refuse(coap_pdu_t *response, coap_pdu_code_t code, const char *reason);
/* Options go in by ascending number. */
void otr_coap_add_option(coap_pdu_t *response, coap_option_num_t option, unsigned value);
/* False when the request has no such option. */
bool otr_coap_option(const coap_pdu_t *request, coap_option_num_t option, unsigned *value);
/* A resource that libcoap lists under /.well-known/core (RFC 6690); NULL when memory is out. */
coap_resource_t *otr_coap_describe(coap_context_t *context, const char *path, const char *type,
                                   const char *formats_text);

/* ---- coap_commands.c ---- */

otr_status otr_coap_command_resource(otr_coap_transport *transport, otr_error *error);

#endif
