/*
 * A real otr_coap on port 0 in this process with an owner that does what the test says, and raw CoAP clients
 * beside it. Nothing runs by itself: whoever waits for a datagram turns the server meanwhile.
 */
#ifndef OTR_TESTS_COAP_HARNESS_H
#define OTR_TESTS_COAP_HARNESS_H

#include "platform/linux/coap/coap.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum {
    HARNESS_UPLOADS = 64,
    HARNESS_MESSAGE_BYTES = 1472,
    SOON_MS = 60000 /* for what must come: a busy machine may take long */
};

typedef struct harness_request {
    bool confirm;
    char device[80];
    unsigned format;
    char done[256];
    uint64_t handle;
} harness_request;

typedef struct harness_upload {
    char identity[80];
    unsigned format;
    uint8_t *payload;
    size_t size;
    uint64_t key;
    uint64_t handle;
} harness_upload;

typedef struct harness {
    otr_coap *coap;
    otr_source_port port;
    char keys[64];     /* a folder of its own */
    otr_status status; /* what the owner says to uploads */
    const char *reason;
    bool count_only; /* uploads are counted and their handles dropped */
    harness_upload uploads[HARNESS_UPLOADS];
    size_t upload_count;
    harness_request request; /* the newest to /c */
    size_t request_count;
    otr_clock_quality quality;
    otr_time utc;
} harness;

/* Opens a server on loopback, UDP and DTLS; both ports are free ones unless *harness was open before. */
void harness_open(harness *self);
void harness_open_with(harness *self, const otr_coap_config *config);
/* Uploads are forgotten; the keys folder stays. */
void harness_close(harness *self);
/* Closes and removes the keys folder. */
void harness_done(harness *self);
/* Waits for the server or the client's socket and turns the server once; true when the socket is readable. */
bool harness_wait(harness *self, int fd, int ms);
/* Lets the server work for so long, and for as many turns as what was sent to it before needs. */
void harness_run(harness *self, int ms);
const otr_coap_counters *harness_counters(const harness *self);

/* ---- messages ---- */

enum { CON = 0, NON = 1, ACK = 2, RST = 3 };
enum { GET = 1, POST = 2 };

typedef struct message {
    int type;
    int code; /* 204 for 2.04 */
    int method;
    uint16_t id;
    char token[9];
    const char *path;  /* one segment */
    const char *query; /* NULL: none */
    long accept;       /* 0: none */
    long format;       /* -1: none, and so on */
    long block;
    long size;
    long max_age;
    long no_response;
    const void *payload;
    size_t payload_size;
    uint8_t bytes[HARNESS_MESSAGE_BYTES]; /* of a message received: payload points into it */
} message;

/* A CON POST /r with Content-Format 112 and a payload of its own. */
message post(uint16_t id, const char *token);
size_t message_write(const message *self, uint8_t out[HARNESS_MESSAGE_BYTES]);
bool message_read(message *self, const uint8_t *bytes, size_t size);
static inline long block_value(unsigned number, bool more, unsigned exponent)
{
    return (long)number << 4 | (more ? 8 : 0) | (long)exponent;
}

/* ---- clients over plain UDP ---- */

/* A connected socket; address NULL is 127.0.0.1. */
int client_open(const char *address, uint16_t port);
void client_send(int fd, const message *request);
/* The next datagram within so long; false when none came. */
bool client_receive(harness *server, int fd, int ms, message *out);
/* Sends, and answers every upload that reached the owner with KEPT. */
bool client_ask(harness *server, int fd, const message *request, message *out);
void answer_all(harness *server, otr_answer_kind kind, unsigned max_age_s);

#endif
