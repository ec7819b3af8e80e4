/* A DTLS 1.2 client with a pre-shared key, turned together with the server of the harness. */
#ifndef OTR_TESTS_COAP_DTLS_CLIENT_H
#define OTR_TESTS_COAP_DTLS_CLIENT_H

#include "harness.h"

#include "platform/linux/coap/keys.h"

#include <openssl/ssl.h>

typedef struct dtls_client {
    const char *identity;
    otr_key key;
    int fd;
    SSL_CTX *context;
    SSL *ssl;
} dtls_client;

typedef enum dtls_result { DTLS_CONNECTED, DTLS_REFUSED, DTLS_NO_ANSWER } dtls_result;

void dtls_open(dtls_client *self, uint16_t port, const char *identity, const otr_key *key);
dtls_result dtls_connect(harness *server, dtls_client *self, int ms);
/* Forgets the session without a word, as a device that lost power; the socket and its port stay. */
void dtls_lose_power(dtls_client *self);
void dtls_send(dtls_client *self, const message *request);
bool dtls_receive(harness *server, dtls_client *self, int ms, message *out);
/* Says goodbye when a session is open. */
void dtls_close(dtls_client *self);

#endif
