/*
 * outrider-latency: from a datagram that raises an alarm to the broker's delivery of that alarm to a
 * subscriber. Both ends are in this one thread, so one clock serves both. MQTT 3.1.1 (OASIS standard) by hand
 * over TLS with TCP_NODELAY: a client library with a thread of its own would be part of what is measured.
 *
 * Devices take turns: a value of 90 raises, the next turn's 20 clears. Only raised alarms count.
 */
#include "base/str.h"

#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { DEVICES_MAX = 1000, PACKET_BYTES = 1 << 16, GRACE_US = 2000000, SAMPLES_MAX = 1 << 16 };
enum { MQTT_CONNECT = 0x10, MQTT_PUBLISH = 0x30, MQTT_PUBACK = 0x40, MQTT_SUBSCRIBE = 0x82 };

typedef struct device {
    char name[16];
    bool raised;
    bool waits; /* for the delivery of its alarm */
    bool acknowledged;
    uint16_t message_id;
    int64_t sent_us;
} device;

typedef struct latency {
    const char *ca;
    const char *cert;
    const char *key;
    const char *topic;
    uint16_t udp_port;
    uint16_t broker_port;
    unsigned first;
    unsigned count;
    double rate; /* datagrams a second; every other one raises */
    double seconds;
    device devices[DEVICES_MAX];
    int udp;
    SSL_CTX *tls;
    SSL *ssl;
    int tcp;
    uint8_t in[PACKET_BYTES];
    size_t in_size;
    uint16_t message_id;
    unsigned samples;
    unsigned acks;
    unsigned lost;
    uint32_t latency_us[SAMPLES_MAX];
    uint32_t ack_us[SAMPLES_MAX]; /* until the gateway answered the device: received, judged and committed */
} latency;

static int64_t clock_us(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int64_t now_us(void)
{
    return clock_us(CLOCK_MONOTONIC);
}

/* ---- the device's end ---- */

static void send_reading(latency *run, device *one)
{
    uint8_t packet[256] = {0x44, 0x02, 0,   0,    0,   0,   0,
                           0,    0xb1, 'r', 0x11, 110, 0xff}; /* CON POST /r, SenML JSON */
    size_t head = 13;
    one->raised = !one->raised;
    run->message_id++;
    packet[2] = packet[6] = (uint8_t)(run->message_id >> 8);
    packet[3] = packet[7] = (uint8_t)run->message_id;
    int size = snprintf((char *)packet + head, sizeof packet - head,
                        "[{\"bn\":\"%s/temperature\",\"u\":\"Cel\",\"t\":%.3f,\"v\":%d}]", one->name,
                        (double)clock_us(CLOCK_REALTIME) / 1e6, one->raised ? 90 : 20);
    one->waits = one->raised;
    one->acknowledged = !one->raised;
    one->message_id = run->message_id;
    one->sent_us = now_us();
    if (send(run->udp, packet, head + (size_t)size, 0) < 0)
        run->lost += one->waits;
}

static bool open_udp(latency *run)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(run->udp_port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    run->udp = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    return run->udp >= 0 && connect(run->udp, (struct sockaddr *)&to, sizeof to) == 0;
}

static void receive_answers(latency *run)
{
    uint8_t answer[256];
    while (recv(run->udp, answer, sizeof answer, 0) >= 4) {
        uint16_t message_id = (uint16_t)(answer[2] << 8 | answer[3]);
        for (unsigned i = 0; i < run->count; i++) {
            device *one = &run->devices[i];
            if (one->acknowledged || one->message_id != message_id || run->acks == SAMPLES_MAX)
                continue;
            one->acknowledged = true;
            run->ack_us[run->acks++] = (uint32_t)(now_us() - one->sent_us);
        }
    }
}

/* ---- the subscriber's end ---- */

static bool write_all(latency *run, const uint8_t *bytes, size_t size)
{
    while (size > 0) {
        int done = SSL_write(run->ssl, bytes, (int)size);
        if (done > 0) {
            bytes += done;
            size -= (size_t)done;
        } else if (SSL_get_error(run->ssl, done) != SSL_ERROR_WANT_WRITE) {
            return false;
        }
    }
    return true;
}

/* CONNECT and SUBSCRIBE, QoS 1; their answers are read like every other packet and need no notice here. */
static bool subscribe(latency *run)
{
    static const uint8_t connect_packet[] = {MQTT_CONNECT, 17, 0, 4,   'M', 'Q', 'T', 'T', 4, 2, 0,
                                             60,           0,  5, 'b', 'e', 'n', 'c', 'h'};
    uint8_t packet[160] = {MQTT_SUBSCRIBE, 0, 0, 1};
    size_t size = strlen(run->topic);
    if (size > 100)
        return false;
    packet[1] = (uint8_t)(size + 5);
    packet[5] = (uint8_t)size;
    memcpy(packet + 6, run->topic, size);
    packet[6 + size] = 1;
    return write_all(run, connect_packet, sizeof connect_packet) && write_all(run, packet, size + 7);
}

static bool open_broker(latency *run)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(run->broker_port)};
    int on = 1;
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    run->tls = SSL_CTX_new(TLS_client_method());
    run->tcp = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (run->tls == NULL || run->tcp < 0 || SSL_CTX_load_verify_locations(run->tls, run->ca, NULL) != 1 ||
        SSL_CTX_use_certificate_chain_file(run->tls, run->cert) != 1 ||
        SSL_CTX_use_PrivateKey_file(run->tls, run->key, SSL_FILETYPE_PEM) != 1)
        return false;
    SSL_CTX_set_verify(run->tls, SSL_VERIFY_PEER, NULL);
    run->ssl = SSL_new(run->tls);
    if (run->ssl == NULL || SSL_set1_host(run->ssl, "localhost") != 1 ||
        connect(run->tcp, (struct sockaddr *)&to, sizeof to) != 0 ||
        setsockopt(run->tcp, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0 ||
        SSL_set_fd(run->ssl, run->tcp) != 1 || SSL_connect(run->ssl) != 1 || !subscribe(run))
        return false;
    return true;
}

static device *named(latency *run, const uint8_t *bytes, size_t size)
{
    const uint8_t *at = memmem(bytes, size, "load-", 5);
    unsigned number = 0;
    if (at == NULL || (size_t)(at - bytes) + 9 > size)
        return NULL;
    for (int i = 5; i < 9; i++)
        number = number * 10 + (unsigned)(at[i] - '0');
    return number - run->first < run->count ? &run->devices[number - run->first] : NULL;
}

static bool take_publish(latency *run, uint8_t flags, const uint8_t *body, size_t size)
{
    if (size < 4)
        return false;
    size_t topic = (size_t)body[0] << 8 | body[1];
    if (topic + 4 > size)
        return false;
    device *one = named(run, body + topic + 4, size - topic - 4);
    if (one != NULL && one->waits) {
        one->waits = false;
        if (run->samples < SAMPLES_MAX)
            run->latency_us[run->samples++] = (uint32_t)(now_us() - one->sent_us);
    }
    const uint8_t ack[] = {MQTT_PUBACK, 2, body[topic + 2], body[topic + 3]};
    return (flags & 6) == 0 || write_all(run, ack, sizeof ack);
}

/* All whole packets of what has been read. */
static bool take_packets(latency *run)
{
    size_t at = 0;
    for (;;) {
        size_t length = 0;
        size_t head = at + 1;
        unsigned shift = 0;
        do {
            if (head >= run->in_size)
                goto rest;
            length |= (size_t)(run->in[head] & 127) << shift;
            shift += 7;
        } while ((run->in[head++] & 128) != 0 && shift < 28);
        if (run->in_size - head < length)
            break;
        if ((run->in[at] & 0xf0) == MQTT_PUBLISH &&
            !take_publish(run, run->in[at] & 15, run->in + head, length))
            return false;
        at = head + length;
    }
rest:
    memmove(run->in, run->in + at, run->in_size - at);
    run->in_size -= at;
    return true;
}

static bool receive(latency *run)
{
    do {
        int got = SSL_read(run->ssl, run->in + run->in_size, (int)(sizeof run->in - run->in_size));
        if (got <= 0)
            return SSL_get_error(run->ssl, got) == SSL_ERROR_WANT_READ;
        run->in_size += (size_t)got;
        if (!take_packets(run))
            return false;
    } while (SSL_pending(run->ssl) > 0);
    return true;
}

/* ---- the run ---- */

static bool wait_until(latency *run, int64_t until_us)
{
    struct pollfd ready[] = {{.fd = run->tcp, .events = POLLIN}, {.fd = run->udp, .events = POLLIN}};
    for (int64_t left = until_us - now_us(); left > 0; left = until_us - now_us()) {
        struct timespec wait = {left / 1000000, left % 1000000 * 1000};
        if (ppoll(ready, 2, &wait, NULL) < 0 && errno != EINTR)
            return false;
        if ((ready[1].revents & POLLIN) != 0)
            receive_answers(run);
        if ((ready[0].revents & POLLIN) != 0 && !receive(run))
            return false;
    }
    return true;
}

static bool measure(latency *run)
{
    double gap_us = 1e6 / run->rate;
    unsigned turns = (unsigned)(run->seconds * run->rate);
    if (!wait_until(run, now_us() + 300000))
        return false;
    int64_t start = now_us();
    srand(1);
    for (unsigned i = 0; i < turns; i++) {
        /* somewhere in its slot, so that it does not march in step with anything */
        int64_t at = start + (int64_t)((i + rand() / (RAND_MAX + 1.0)) * gap_us);
        device *one = &run->devices[i % run->count];
        if (!wait_until(run, at))
            return false;
        run->lost += one->waits;
        send_reading(run, one);
    }
    if (!wait_until(run, now_us() + GRACE_US))
        return false;
    for (unsigned i = 0; i < run->count; i++)
        run->lost += run->devices[i].waits;
    return true;
}

static int compare(const void *a, const void *b)
{
    uint32_t left = *(const uint32_t *)a;
    uint32_t right = *(const uint32_t *)b;
    return (left > right) - (left < right);
}

static double quantile_ms(const uint32_t *sorted_us, unsigned count, double quantile)
{
    return count == 0 ? 0 : sorted_us[(size_t)(quantile * (count - 1))] / 1000.0;
}

static void line(const char *name, double value, const char *unit)
{
    printf("{\"name\": \"%s\", \"value\": %.3f, \"unit\": \"%s\"}\n", name, value, unit);
}

static void report(latency *run)
{
    qsort(run->latency_us, run->samples, sizeof *run->latency_us, compare);
    qsort(run->ack_us, run->acks, sizeof *run->ack_us, compare);
    line("p50_ms", quantile_ms(run->latency_us, run->samples, 0.5), "ms");
    line("p90_ms", quantile_ms(run->latency_us, run->samples, 0.9), "ms");
    line("p99_ms", quantile_ms(run->latency_us, run->samples, 0.99), "ms");
    line("max_ms", quantile_ms(run->latency_us, run->samples, 1), "ms");
    line("ack_p50_ms", quantile_ms(run->ack_us, run->acks, 0.5), "ms");
    line("ack_p99_ms", quantile_ms(run->ack_us, run->acks, 0.99), "ms");
    line("samples", run->samples, "1");
    line("lost", run->lost, "1");
}

static bool parse(int argc, char **argv, latency *run)
{
    static const struct option names[] = {
        {"udp-port", 1, NULL, 'u'}, {"broker-port", 1, NULL, 'b'},
        {"ca", 1, NULL, 'a'},       {"cert", 1, NULL, 'c'},
        {"key", 1, NULL, 'k'},      {"topic", 1, NULL, 't'},
        {"first", 1, NULL, 'f'},    {"devices", 1, NULL, 'n'},
        {"rate", 1, NULL, 'r'},     {"seconds", 1, NULL, 's'},
        {NULL, 0, NULL, 0},
    };
    run->first = 901;
    run->count = 100;
    run->rate = 50;
    run->seconds = 10;
    for (int option = 0; (option = getopt_long(argc, argv, "", names, NULL)) != -1;) {
        double value = optarg != NULL ? strtod(optarg, NULL) : 0;
        switch (option) {
        case 'u':
            run->udp_port = (uint16_t)value;
            break;
        case 'b':
            run->broker_port = (uint16_t)value;
            break;
        case 'a':
            run->ca = optarg;
            break;
        case 'c':
            run->cert = optarg;
            break;
        case 'k':
            run->key = optarg;
            break;
        case 't':
            run->topic = optarg;
            break;
        case 'f':
            run->first = (unsigned)value;
            break;
        case 'n':
            run->count = (unsigned)value;
            break;
        case 'r':
            run->rate = value;
            break;
        case 's':
            run->seconds = value;
            break;
        default:
            return false;
        }
    }
    return optind == argc && run->udp_port != 0 && run->broker_port != 0 && run->ca != NULL &&
           run->cert != NULL && run->key != NULL && run->topic != NULL && run->rate > 0 && run->count > 0 &&
           run->count <= DEVICES_MAX && run->first + run->count <= 10000;
}

int main(int argc, char **argv)
{
    static latency run;
    if (!parse(argc, argv, &run)) {
        fputs("usage: outrider-latency --udp-port N --broker-port N --ca FILE --cert FILE --key FILE --topic "
              "TOPIC\n"
              "  [--first 901] [--devices 100] [--rate 50] [--seconds 10]\n",
              stderr);
        return 2;
    }
    for (unsigned i = 0; i < run.count; i++)
        (void)snprintf(run.devices[i].name, sizeof run.devices[i].name, "load-%04u", (run.first + i) % 10000);
    bool ok = open_udp(&run) && open_broker(&run) && measure(&run);
    if (ok)
        report(&run);
    else
        fprintf(stderr, "outrider-latency: %s\n",
                ERR_peek_error() != 0 ? ERR_reason_error_string(ERR_peek_error()) : strerror(errno));
    SSL_free(run.ssl);
    SSL_CTX_free(run.tls);
    return ok && run.samples > 0 ? 0 : 1;
}
