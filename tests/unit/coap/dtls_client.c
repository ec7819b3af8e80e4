#include "dtls_client.h"

#include <openssl/err.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static unsigned give_key(SSL *ssl, const char *hint, char *identity, unsigned identity_size,
                         unsigned char *key, unsigned key_size)
{
    const dtls_client *self = SSL_get_app_data(ssl);
    (void)hint;
    assert_true(strlen(self->identity) < identity_size && self->key.size <= key_size);
    memcpy(identity, self->identity, strlen(self->identity) + 1);
    memcpy(key, self->key.bytes, self->key.size);
    return (unsigned)self->key.size;
}

static void begin(dtls_client *self)
{
    BIO *bio = BIO_new_dgram(self->fd, BIO_NOCLOSE);
    struct sockaddr_storage peer;
    socklen_t size = sizeof peer;
    assert_int_equal(getpeername(self->fd, (struct sockaddr *)&peer, &size), 0);
    self->ssl = SSL_new(self->context);
    (void)BIO_ctrl(bio, BIO_CTRL_DGRAM_SET_CONNECTED, 0, &peer);
    SSL_set_bio(self->ssl, bio, bio);
    SSL_set_app_data(self->ssl, self);
    SSL_set_connect_state(self->ssl);
}

void dtls_open(dtls_client *self, uint16_t port, const char *identity, const otr_key *key)
{
    *self = (dtls_client){.identity = identity, .key = *key, .fd = client_open(NULL, port)};
    struct timeval soon = {0, 1000};
    assert_int_equal(setsockopt(self->fd, SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof soon), 0);
    self->context = SSL_CTX_new(DTLS_client_method());
    assert_non_null(self->context);
    assert_int_equal(SSL_CTX_set_cipher_list(self->context, "PSK-AES128-CCM8"), 1);
    SSL_CTX_set_psk_client_callback(self->context, give_key);
    begin(self);
}

dtls_result dtls_connect(harness *server, dtls_client *self, int ms)
{
    int64_t end = now_ms() + ms;
    while (now_ms() < end) {
        ERR_clear_error();
        int result = SSL_do_handshake(self->ssl);
        if (result == 1)
            return DTLS_CONNECTED;
        int reason = SSL_get_error(self->ssl, result);
        if (reason != SSL_ERROR_WANT_READ && reason != SSL_ERROR_WANT_WRITE)
            return DTLS_REFUSED;
        if (!harness_wait(server, self->fd, 20))
            (void)DTLSv1_handle_timeout(self->ssl);
    }
    return DTLS_NO_ANSWER;
}

void dtls_lose_power(dtls_client *self)
{
    SSL_set_quiet_shutdown(self->ssl, 1);
    SSL_free(self->ssl);
    begin(self);
}

void dtls_send(dtls_client *self, const message *request)
{
    uint8_t bytes[HARNESS_MESSAGE_BYTES];
    size_t size = message_write(request, bytes);
    assert_int_equal(SSL_write(self->ssl, bytes, (int)size), (int)size);
}

bool dtls_receive(harness *server, dtls_client *self, int ms, message *out)
{
    uint8_t bytes[HARNESS_MESSAGE_BYTES];
    int64_t end = now_ms() + ms;
    for (int64_t left = ms; left > 0; left = end - now_ms()) {
        int size = harness_wait(server, self->fd, (int)left) ? SSL_read(self->ssl, bytes, sizeof bytes) : 0;
        if (size > 0)
            return message_read(out, bytes, (size_t)size);
    }
    return false;
}

void dtls_close(dtls_client *self)
{
    if (SSL_is_init_finished(self->ssl))
        (void)SSL_shutdown(self->ssl);
    SSL_free(self->ssl);
    SSL_CTX_free(self->context);
    (void)close(self->fd);
}
