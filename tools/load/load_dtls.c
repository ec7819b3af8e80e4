/* DTLS 1.2 with a pre-shared key for each device, on OpenSSL: connected sockets, handshakes before the
 * measured time. */
#include "load.h"

#include "platform/linux/coap/keys.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { HANDSHAKES_AT_ONCE = 64, HANDSHAKE_LIMIT_US = 60000000 };

typedef struct connection {
    load *run;
    unsigned index;
    int fd;
    SSL *ssl;
    otr_key key;
    bool connected;
} connection;

typedef struct carrier {
    SSL_CTX *context;
    int poll;
    connection *connections;
    unsigned failed;
} carrier;

static unsigned give_key(SSL *ssl, const char *hint, char *identity, unsigned identity_size,
                         unsigned char *key, unsigned key_size)
{
    const connection *self = SSL_get_app_data(ssl);
    char name[32];
    (void)hint;
    load_device_name(self->run->devices[self->index].number, name);
    if (strlen(name) >= identity_size || self->key.size > key_size)
        return 0;
    memcpy(identity, name, strlen(name) + 1);
    memcpy(key, self->key.bytes, self->key.size);
    return (unsigned)self->key.size;
}

static otr_status find_key(load *run, connection *self, otr_error *error)
{
    char name[32];
    otr_str folder = otr_str_of(run->options.keys);
    load_device_name(run->devices[self->index].number, name);
    otr_status status = otr_key_load(folder, otr_str_of(name), &self->key, error);
    if (status == OTR_NOT_FOUND)
        status = otr_key_create(folder, otr_str_of(name), false, &self->key, error);
    return status;
}

static otr_status connect_one(load *run, carrier *self, connection *one, otr_error *error)
{
    one->fd = socket(run->options.server.ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (one->fd < 0 ||
        connect(one->fd, (struct sockaddr *)&run->options.server, run->options.server_size) != 0)
        return otr_fail(error, OTR_IO, "socket %u: %s", one->index, strerror(errno));
    one->ssl = SSL_new(self->context);
    BIO *bio = BIO_new_dgram(one->fd, BIO_NOCLOSE);
    if (one->ssl == NULL || bio == NULL)
        return otr_fail(error, OTR_MEMORY, "no memory for a session");
    (void)BIO_ctrl(bio, BIO_CTRL_DGRAM_SET_CONNECTED, 0, &run->options.server);
    SSL_set_bio(one->ssl, bio, bio);
    SSL_set_app_data(one->ssl, one);
    (void)SSL_set_options(one->ssl, SSL_OP_NO_QUERY_MTU);
    (void)SSL_set_mtu(one->ssl, 1400);
    SSL_set_connect_state(one->ssl);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = one};
    (void)epoll_ctl(self->poll, EPOLL_CTL_ADD, one->fd, &event);
    return OTR_OK;
}

/* One step of a handshake; true when it has ended, in success or not. */
static bool step(carrier *self, connection *one)
{
    ERR_clear_error();
    int result = SSL_do_handshake(one->ssl);
    int reason = result == 1 ? SSL_ERROR_NONE : SSL_get_error(one->ssl, result);
    if (reason == SSL_ERROR_WANT_READ || reason == SSL_ERROR_WANT_WRITE)
        return false;
    one->connected = result == 1;
    self->failed += !one->connected;
    return true;
}

static unsigned step_ready(carrier *self, int timeout_ms)
{
    struct epoll_event events[LOAD_BATCH];
    unsigned ended = 0;
    int count = epoll_wait(self->poll, events, LOAD_BATCH, timeout_ms);
    for (int i = 0; i < count; i++) {
        connection *one = events[i].data.ptr;
        if (!one->connected)
            ended += step(self, one);
    }
    return ended;
}

static otr_status shake_hands(load *run, carrier *self, otr_error *error)
{
    unsigned count = run->options.devices;
    unsigned begun = 0;
    unsigned ended = 0;
    int64_t start_us = load_clock_us();
    int64_t timer_us = start_us;
    while (ended < count) {
        for (; begun < count && begun - ended < HANDSHAKES_AT_ONCE; begun++) {
            otr_status status = connect_one(run, self, &self->connections[begun], error);
            if (status != OTR_OK)
                return status;
            ended += step(self, &self->connections[begun]);
        }
        ended += step_ready(self, 50);
        int64_t now_us = load_clock_us();
        if (now_us - timer_us > 100000) {
            for (unsigned i = 0; i < begun; i++)
                if (!self->connections[i].connected)
                    (void)DTLSv1_handle_timeout(self->connections[i].ssl);
            timer_us = now_us;
        }
        if (now_us - start_us > HANDSHAKE_LIMIT_US)
            return otr_fail(error, OTR_IO, "%u of %u handshakes did not end in time", count - ended, count);
    }
    run->report.handshake_s = (double)(load_clock_us() - start_us) / 1e6;
    if (self->failed > 0)
        return otr_fail(error, OTR_DENIED, "%u of %u handshakes were refused", self->failed, count);
    return OTR_OK;
}

static otr_status dtls_open(load *run, otr_error *error)
{
    carrier *self = calloc(1, sizeof *self);
    if (self == NULL)
        return otr_fail(error, OTR_MEMORY, "no memory");
    run->carrier_state = self;
    self->poll = epoll_create1(EPOLL_CLOEXEC);
    self->context = SSL_CTX_new(DTLS_client_method());
    self->connections = calloc(run->options.devices, sizeof *self->connections);
    if (self->poll < 0 || self->context == NULL || self->connections == NULL)
        return otr_fail(error, OTR_MEMORY, "no memory");
    (void)SSL_CTX_set_min_proto_version(self->context, DTLS1_2_VERSION);
    /* The suite that every CoAP device with pre-shared keys has (RFC 7252 section 9.1.3.1). */
    if (SSL_CTX_set_cipher_list(self->context, "PSK-AES128-CCM8:PSK-AES128-GCM-SHA256") != 1)
        return otr_fail(error, OTR_IO, "OpenSSL has no cipher suite for pre-shared keys");
    SSL_CTX_set_psk_client_callback(self->context, give_key);
    (void)SSL_CTX_set_mode(self->context, SSL_MODE_RELEASE_BUFFERS);
    for (unsigned i = 0; i < run->options.devices; i++) {
        self->connections[i] = (connection){.run = run, .index = i, .fd = -1};
        otr_status status = find_key(run, &self->connections[i], error);
        if (status != OTR_OK)
            return status;
    }
    return shake_hands(run, self, error);
}

static void dtls_send(load *run, load_device *device, const uint8_t *bytes, size_t size)
{
    const carrier *self = run->carrier_state;
    ERR_clear_error();
    (void)SSL_write(self->connections[device->number - run->options.first].ssl, bytes, (int)size);
}

static void dtls_flush(load *run)
{
    (void)run;
}

static void dtls_receive(load *run, int timeout_ms)
{
    const carrier *self = run->carrier_state;
    struct epoll_event events[LOAD_BATCH];
    uint8_t bytes[LOAD_REPLY_BYTES];
    int count = epoll_wait(self->poll, events, LOAD_BATCH, timeout_ms);
    run->now_us = load_clock_us();
    for (int i = 0; i < count; i++) {
        const connection *one = events[i].data.ptr;
        ERR_clear_error();
        int size = SSL_read(one->ssl, bytes, sizeof bytes);
        if (size > 0)
            load_received(run, &run->devices[one->index], bytes, (size_t)size);
    }
}

static void dtls_close(load *run)
{
    carrier *self = run->carrier_state;
    if (self == NULL)
        return;
    for (unsigned i = 0; self->connections != NULL && i < run->options.devices; i++) {
        connection *one = &self->connections[i];
        if (one->ssl != NULL) {
            (void)SSL_shutdown(one->ssl);
            SSL_free(one->ssl);
        }
        if (one->fd >= 0)
            (void)close(one->fd);
        otr_key_wipe(&one->key);
    }
    SSL_CTX_free(self->context);
    if (self->poll >= 0)
        (void)close(self->poll);
    free(self->connections);
    free(self);
    run->carrier_state = NULL;
}

const load_carrier load_dtls = {dtls_open, dtls_send, dtls_flush, dtls_receive, dtls_close};
