/*
 * The CoAP source: opening, closing and the batches of work. Limits and their reasons:
 *
 * libcoap walks over all sessions of a context before and after each call of coap_io_process, which takes one
 * datagram. So the batch here is its public parts: ask the context's epoll descriptor, name the endpoint as
 * many times as there may be datagrams, and let coap_io_do_epoll read them all before it walks once. Reading
 * once too often costs one system call, so the size of the batch follows the load.
 */
#include "base/log.h"
#include "platform/linux/coap/coap_internal.h"

#include <openssl/crypto.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

enum {
    BATCH_MIN = 4,
    BATCH_MAX = 128,   /* 1,000 sessions walked over cost less than the datagrams of one such batch */
    PROCESS_MAX = 512, /* requests in one call, so that answers are not held up for longer than some 5 ms */
    IDLE_S = 60,
    DTLS_IDLE_S =
        24 * 3600, /* a tracker that reports once an hour keeps its session; the count bounds the memory */
    EXPIRE_EVERY_S = 5,
};

static otr_time monotonic_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (otr_time)now.tv_sec * OTR_SECOND + now.tv_nsec / 1000;
}

static void log_line(coap_log_t level, const char *message)
{
    size_t size = strcspn(message, "\n");
    otr_log(level <= LOG_CRIT ? OTR_LOG_INFO : OTR_LOG_DEBUG, "libcoap", "text=\"%.*s\"", (int)size, message);
}

static otr_status open_transport(otr_coap *coap, otr_coap_transport *transport, coap_proto_t protocol,
                                 otr_str text, unsigned sessions_max, otr_error *error)
{
    coap_address_t address;
    int socket = -1;
    if (text.size == 0)
        return OTR_OK;
    otr_status status = otr_coap_address_parse(text, &address, error);
    if (status != OTR_OK)
        return status;
    transport->coap = coap;
    transport->batch = BATCH_MIN;
    transport->context = coap_new_context(NULL);
    if (transport->context == NULL)
        return otr_fail(error, OTR_MEMORY, "no memory for the CoAP context");
    coap_set_app_data(transport->context, transport);
    /* of DTLS those that have yet to end their handshake; the others are kept in coap_keep.c */
    coap_context_set_max_idle_sessions(transport->context, sessions_max);
    coap_context_set_session_timeout(transport->context, IDLE_S);
    /* After a restart of the gateway every device shakes hands at once; libcoap's default turns all but 100
     * away. Those that are begun and left count for half a minute: so many that strangers cannot easily take
     * all places, so few that libcoap's walk over them at each new one costs little. */
    coap_context_set_max_handshake_sessions(transport->context, OTR_LIMIT_HANDSHAKES);
    status = otr_coap_peer_setup(transport, error);
    if (status == OTR_OK)
        status = otr_coap_resources(transport, error);
    if (status == OTR_OK)
        status = otr_coap_endpoint(transport->context, &address, protocol, &transport->port, &socket, error);
    if (status != OTR_OK)
        return status;
    transport->fd = coap_context_get_coap_fd(transport->context);
    coap_tick_t now;
    coap_ticks(&now);
    (void)coap_io_prepare_epoll(transport->context, now);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = transport};
    if (transport->fd < 0 || epoll_ctl(coap->fd, EPOLL_CTL_ADD, transport->fd, &event) != 0)
        return otr_fail(error, OTR_IO, "cannot wait for the CoAP socket");
    return OTR_OK;
}

static otr_status set_up(otr_coap *coap, const otr_coap_config *config, otr_error *error)
{
    coap->keys_folder = calloc(1, config->keys_folder.size + 1);
    coap->networks =
        calloc(config->udp_allow_count > 0 ? config->udp_allow_count : 1, sizeof *coap->networks);
    if (coap->keys_folder == NULL || coap->networks == NULL || otr_pending_init(&coap->pending) != OTR_OK)
        return otr_fail(error, OTR_MEMORY, "no memory for the CoAP source");
    if (config->keys_folder.size > 0)
        memcpy(coap->keys_folder, config->keys_folder.data, config->keys_folder.size);
    for (; coap->network_count < config->udp_allow_count; coap->network_count++) {
        otr_status status = otr_coap_network_parse(config->udp_allow[coap->network_count],
                                                   &coap->networks[coap->network_count], error);
        if (status != OTR_OK)
            return status;
    }
    coap->fd = epoll_create1(EPOLL_CLOEXEC);
    if (coap->fd < 0)
        return otr_fail(error, OTR_IO, "cannot create an epoll descriptor");
    unsigned sessions_max = config->sessions_max > 0 ? config->sessions_max : OTR_LIMIT_DEVICES;
    if (otr_coap_keep_init(&coap->keep, sessions_max) != OTR_OK)
        return otr_fail(error, OTR_MEMORY, "no memory for the CoAP source");
    otr_status status =
        open_transport(coap, &coap->udp, COAP_PROTO_UDP, config->udp_address, sessions_max, error);
    if (status == OTR_OK)
        status =
            open_transport(coap, &coap->dtls, COAP_PROTO_DTLS, config->dtls_address, sessions_max, error);
    return status;
}

otr_status otr_coap_open(const otr_coap_config *config, const otr_coap_owner *owner, otr_coap **out,
                         otr_error *error)
{
    otr_coap *coap = calloc(1, sizeof *coap);
    if (coap == NULL)
        return otr_fail(error, OTR_MEMORY, "no memory for the CoAP source");
    coap->fd = -1;
    coap->owner = *owner;
    coap->now_us = monotonic_us();
    coap_startup();
    coap_set_log_handler(log_line);
    coap_set_log_level(
        LOG_ERR); /* its warnings are about datagrams of strangers, and about reading once too often */
    coap_dtls_set_log_level(LOG_ERR);
    otr_status status = set_up(coap, config, error);
    if (status != OTR_OK) {
        otr_coap_close(coap);
        return status;
    }
    *out = coap;
    return OTR_OK;
}

void otr_coap_close(otr_coap *coap)
{
    if (coap == NULL)
        return;
    otr_pending_done(&coap->pending);
    otr_coap_keep_done(&coap->keep);
    if (coap->udp.context != NULL)
        coap_free_context(coap->udp.context);
    if (coap->dtls.context != NULL)
        coap_free_context(coap->dtls.context);
    if (coap->fd >= 0)
        (void)close(coap->fd);
    otr_uploads_done(&coap->uploads);
    otr_key_wipe(&coap->key);
    free(coap->networks);
    free(coap->keys_folder);
    free(coap);
}

static void answer(void *self, uint64_t handle, otr_answer_kind kind, unsigned max_age_s)
{
    otr_pending_answer(&((otr_coap *)self)->pending, handle, kind, max_age_s);
}

static void deliver(void *self, uint64_t handle, unsigned format, otr_bytes commands)
{
    otr_pending_deliver(&((otr_coap *)self)->pending, handle, format, commands);
}

otr_source_port otr_coap_port(otr_coap *coap)
{
    return (otr_source_port){.self = coap, .answer = answer, .deliver = deliver};
}

int otr_coap_fd(const otr_coap *coap)
{
    return coap->fd;
}

/* One round: false when nothing was there. */
static bool run_batch(otr_coap_transport *transport)
{
    struct epoll_event ready[2]; /* the endpoint and the timer: there is nothing else in a server's context */
    struct epoll_event list[BATCH_MAX + 1];
    int count = 0;
    int found = epoll_wait(transport->fd, ready, 2, 0);
    if (found <= 0)
        return false;
    for (int i = 0; i < found; i++) {
        unsigned copies = ready[i].data.ptr != NULL ? transport->batch : 1; /* the timer has no pointer */
        for (unsigned k = 0; k < copies && count <= BATCH_MAX; k++)
            list[count++] = ready[i];
    }
    transport->handled = 0;
    coap_io_do_epoll(transport->context, list, (size_t)count);
    otr_coap_peer_restart(transport->coap);
    if (transport->handled >= transport->batch && transport->batch < BATCH_MAX)
        transport->batch *= 2;
    else if (transport->handled < transport->batch / 2 && transport->batch > BATCH_MIN)
        transport->batch /= 2;
    return true;
}

static void drain(otr_coap *coap, otr_coap_transport *transport)
{
    unsigned done = 0;
    while (transport->context != NULL && done < PROCESS_MAX && run_batch(transport)) {
        done += transport->handled > 0 ? transport->handled : 1;
        coap->now_us = monotonic_us();
    }
}

void otr_coap_process(otr_coap *coap)
{
    coap->now_us = monotonic_us();
    drain(coap, &coap->udp);
    drain(coap, &coap->dtls);
    otr_coap_keep_expire(&coap->keep, coap->now_us - DTLS_IDLE_S * OTR_SECOND);
    coap->counters.separate_responses += otr_pending_overdue(&coap->pending, coap->now_us);
    if (coap->uploads.open > 0 && coap->now_us - coap->expired_us > EXPIRE_EVERY_S * OTR_SECOND) {
        otr_uploads_expire(&coap->uploads, coap->now_us);
        coap->expired_us = coap->now_us;
    }
    if (coap->key.size > 0)
        otr_key_wipe(&coap->key);
}

int64_t otr_coap_wait_us(const otr_coap *coap)
{
    otr_time due = otr_pending_due(&coap->pending);
    if (due == OTR_TIME_NEVER)
        return INT64_MAX;
    otr_time wait = due - monotonic_us();
    return wait > 0 ? wait : 0;
}

const otr_coap_counters *otr_coap_counters_get(otr_coap *coap)
{
    return &coap->counters;
}

uint16_t otr_coap_udp_port(const otr_coap *coap)
{
    return coap->udp.port;
}

uint16_t otr_coap_dtls_port(const otr_coap *coap)
{
    return coap->dtls.port;
}
