#include "harness.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { TURNS_LEAST = 100 }; /* on a machine that stalls time may be over before the second datagram is read */

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static otr_status on_upload(void *context, const otr_upload *upload, otr_error *error)
{
    harness *self = context;
    if (self->status != OTR_OK)
        return otr_fail(error, self->status, "%s", self->reason);
    if (self->count_only) {
        self->upload_count++;
        return OTR_OK;
    }
    assert_true(self->upload_count < HARNESS_UPLOADS);
    harness_upload *kept = &self->uploads[self->upload_count++];
    *kept = (harness_upload){.format = upload->format, .key = upload->key, .handle = upload->handle};
    (void)snprintf(kept->identity, sizeof kept->identity, "%.*s", OTR_STR_ARG(upload->identity));
    kept->payload = malloc(upload->payload.size);
    kept->size = upload->payload.size;
    memcpy(kept->payload, upload->payload.data, upload->payload.size);
    return OTR_OK;
}

static otr_status keep_request(harness *self, const otr_device_request *request, bool confirm,
                               otr_error *error)
{
    if (self->status != OTR_OK)
        return otr_fail(error, self->status, "%s", self->reason);
    self->request_count++;
    self->request =
        (harness_request){.confirm = confirm, .format = request->format, .handle = request->handle};
    (void)snprintf(self->request.device, sizeof self->request.device, "%.*s", OTR_STR_ARG(request->device));
    (void)snprintf(self->request.done, sizeof self->request.done, "%.*s", OTR_STR_ARG(request->done));
    return OTR_OK;
}

static otr_status on_fetch(void *context, const otr_device_request *request, otr_error *error)
{
    return keep_request(context, request, false, error);
}

static otr_status on_confirm(void *context, const otr_device_request *request, otr_error *error)
{
    return keep_request(context, request, true, error);
}

static otr_clock_quality on_utc(void *context, otr_time *out)
{
    const harness *self = context;
    *out = self->utc;
    return self->quality;
}

void harness_open_with(harness *self, const otr_coap_config *config)
{
    otr_error error = {0};
    otr_coap_owner owner = {
        .context = self, .upload = on_upload, .utc = on_utc, .fetch = on_fetch, .confirm = on_confirm};
    otr_status status = otr_coap_open(config, &owner, &self->coap, &error);
    if (status != OTR_OK)
        fail_msg("%s", error.text);
    self->port = otr_coap_port(self->coap);
}

void harness_open(harness *self)
{
    if (self->keys[0] == '\0') {
        strcpy(self->keys, "/tmp/otr-coap-XXXXXX");
        assert_non_null(mkdtemp(self->keys));
    }
    otr_coap_config config = {
        .udp_address = OTR_STR("127.0.0.1:0"),
        .dtls_address = OTR_STR("127.0.0.1:0"),
        .keys_folder = otr_str_of(self->keys),
        .sessions_max = 256,
    };
    harness_open_with(self, &config);
}

void harness_close(harness *self)
{
    otr_coap_close(self->coap);
    self->coap = NULL;
    for (size_t i = 0; !self->count_only && i < self->upload_count; i++)
        free(self->uploads[i].payload);
    self->upload_count = 0;
}

void harness_done(harness *self)
{
    if (self->coap != NULL)
        harness_close(self);
    DIR *folder = self->keys[0] != '\0' ? opendir(self->keys) : NULL;
    if (folder == NULL)
        return;
    for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder))
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            (void)unlinkat(dirfd(folder), entry->d_name, 0);
    (void)closedir(folder);
    (void)rmdir(self->keys);
}

bool harness_wait(harness *self, int fd, int ms)
{
    int64_t wait_us = otr_coap_wait_us(self->coap);
    if (wait_us / 1000 < ms)
        ms = (int)(wait_us / 1000) + 1;
    struct pollfd wait[2] = {{.fd = otr_coap_fd(self->coap), .events = POLLIN}, {.fd = fd, .events = POLLIN}};
    (void)poll(wait, fd >= 0 ? 2 : 1, ms);
    otr_coap_process(self->coap);
    return fd >= 0 && (wait[1].revents & POLLIN) != 0;
}

void harness_run(harness *self, int ms)
{
    int64_t end = now_ms() + ms;
    int64_t left = ms;
    for (int turns = 0; left > 0 || turns < TURNS_LEAST; turns++, left = end - now_ms())
        (void)harness_wait(self, -1, left > 0 ? (int)left : 0);
}

const otr_coap_counters *harness_counters(const harness *self)
{
    return otr_coap_counters_get(self->coap);
}

/* ---- messages ---- */

message post(uint16_t id, const char *token)
{
    message self = {
        .type = CON,
        .method = POST,
        .id = id,
        .path = "r",
        .format = 112,
        .block = -1,
        .size = -1,
        .max_age = -1,
        .no_response = -1,
        .payload = "\x81\xa0",
        .payload_size = 2,
    };
    (void)snprintf(self.token, sizeof self.token, "%s", token);
    return self;
}

typedef struct option_writer {
    uint8_t *at;
    int last;
} option_writer;

static void add_option(option_writer *out, int option, const void *bytes, size_t size)
{
    int delta = option - out->last;
    out->last = option;
    *out->at++ = (uint8_t)((delta < 13 ? delta : delta < 269 ? 13 : 14) << 4 | (int)size);
    if (delta >= 269) {
        *out->at++ = (uint8_t)((delta - 269) >> 8);
        *out->at++ = (uint8_t)(delta - 269);
    } else if (delta >= 13) {
        *out->at++ = (uint8_t)(delta - 13);
    }
    memcpy(out->at, bytes, size);
    out->at += size;
}

static void add_number(option_writer *out, int option, long value)
{
    uint8_t bytes[4];
    size_t size = 0;
    for (int shift = 24; value >= 0 && shift >= 0; shift -= 8)
        if (size > 0 || (value >> shift & 255) != 0)
            bytes[size++] = (uint8_t)(value >> shift);
    if (value >= 0)
        add_option(out, option, bytes, size);
}

size_t message_write(const message *self, uint8_t out[HARNESS_MESSAGE_BYTES])
{
    size_t token_size = strlen(self->token);
    out[0] = (uint8_t)(1 << 6 | self->type << 4 | (int)token_size);
    out[1] = (uint8_t)self->method;
    out[2] = (uint8_t)(self->id >> 8);
    out[3] = (uint8_t)self->id;
    memcpy(out + 4, self->token, token_size);
    option_writer options = {out + 4 + token_size, 0};
    if (self->path != NULL)
        add_option(&options, 11, self->path, strlen(self->path));
    add_number(&options, 12, self->format);
    if (self->query != NULL)
        add_option(&options, 15, self->query, strlen(self->query));
    if (self->accept != 0)
        add_number(&options, 17, self->accept);
    add_number(&options, 27, self->block);
    add_number(&options, 60, self->size);
    add_number(&options, 258, self->no_response);
    if (self->payload_size > 0) {
        *options.at++ = 0xff;
        memcpy(options.at, self->payload, self->payload_size);
        options.at += self->payload_size;
    }
    return (size_t)(options.at - out);
}

static unsigned extend(const uint8_t **at, unsigned nibble)
{
    if (nibble == 13)
        return *(*at)++ + 13U;
    if (nibble != 14)
        return nibble;
    unsigned value = ((unsigned)(*at)[0] << 8 | (*at)[1]) + 269U;
    *at += 2;
    return value;
}

/* Reads what libcoap wrote: well formed by assumption, lengths still kept. */
bool message_read(message *self, const uint8_t *bytes, size_t size)
{
    if (size < 4 || size > sizeof self->bytes)
        return false;
    *self = (message){.format = -1, .block = -1, .size = -1, .max_age = -1, .no_response = -1};
    memcpy(self->bytes, bytes, size);
    const uint8_t *at = self->bytes + 4;
    const uint8_t *end = self->bytes + size;
    unsigned number = 0;
    self->type = bytes[0] >> 4 & 3;
    self->code = (bytes[1] >> 5) * 100 + (bytes[1] & 31);
    self->id = (uint16_t)(bytes[2] << 8 | bytes[3]);
    memcpy(self->token, at, bytes[0] & 15U);
    at += bytes[0] & 15U;
    while (at < end && *at != 0xff) {
        unsigned head = *at++;
        number += extend(&at, head >> 4);
        unsigned length = extend(&at, head & 15);
        long value = 0;
        for (unsigned i = 0; i < length && at < end; i++)
            value = value << 8 | *at++;
        self->format = number == 12 ? value : self->format;
        self->max_age = number == 14 ? value : self->max_age;
        self->block = number == 27 ? value : self->block;
        self->size = number == 60 ? value : self->size;
    }
    if (at < end) {
        self->payload = at + 1;
        self->payload_size = (size_t)(end - at) - 1;
    }
    return true;
}

/* ---- clients ---- */

int client_open(const char *address, uint16_t port)
{
    struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(port)};
    assert_int_equal(inet_pton(AF_INET, address != NULL ? address : "127.0.0.1", &server.sin_addr), 1);
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&server, sizeof server), 0);
    return fd;
}

void client_send(int fd, const message *request)
{
    uint8_t bytes[HARNESS_MESSAGE_BYTES];
    size_t size = message_write(request, bytes);
    assert_int_equal(send(fd, bytes, size, 0), (ssize_t)size);
}

bool client_receive(harness *server, int fd, int ms, message *out)
{
    uint8_t bytes[HARNESS_MESSAGE_BYTES];
    int64_t end = now_ms() + ms;
    for (int64_t left = ms; left > 0; left = end - now_ms())
        if (harness_wait(server, fd, (int)left)) {
            ssize_t size = recv(fd, bytes, sizeof bytes, 0);
            return size > 0 && message_read(out, bytes, (size_t)size);
        }
    return false;
}

void answer_all(harness *server, otr_answer_kind kind, unsigned max_age_s)
{
    for (size_t i = 0; i < server->upload_count; i++)
        if (server->uploads[i].handle != 0) {
            server->port.answer(server->port.self, server->uploads[i].handle, kind, max_age_s);
            server->uploads[i].handle = 0;
        }
}

bool client_ask(harness *server, int fd, const message *request, message *out)
{
    client_send(fd, request);
    for (int round = 0; round < 100; round++) {
        if (client_receive(server, fd, 10, out))
            return true;
        answer_all(server, OTR_ANSWER_KEPT, 0);
    }
    return false;
}
