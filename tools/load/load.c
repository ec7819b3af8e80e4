#include "load.h"

#include <getopt.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

enum { PAUSE_US = 1000000, SWEEP_EVERY_US = 100000, DRAIN_US = 3000000 };

int64_t load_clock_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void transmit(load *run, load_device *device)
{
    device->due_us = run->now_us + ((int64_t)LOAD_ACK_TIMEOUT_US << device->retransmits);
    run->carrier->send(run, device, device->packet, device->size);
}

static void send_next(load *run, load_device *device)
{
    (void)load_message_next(run, device); /* whether a pack fits was seen at the start */
    device->state = LOAD_SENT;
    device->retransmits = 0;
    device->first_us = run->now_us;
    run->report.sent++;
    transmit(run, device);
}

/* The request has its answer, or never will. */
static void finish(load *run, load_device *device)
{
    device->state = LOAD_IDLE;
    if (run->measuring && run->options.rate == 0)
        send_next(run, device);
}

static void answered(load *run, load_device *device, uint8_t code)
{
    run->report.codes[code]++;
    if (code >> 5 == 2) {
        run->report.answered++;
        load_report_latency(&run->report, run->now_us - device->first_us);
    }
    if (code >> 5 == 5 || code == LOAD_TOO_FAST) {
        device->state = LOAD_PAUSED;
        device->due_us = run->now_us + PAUSE_US;
        return;
    }
    finish(run, device);
}

void load_received(load *run, load_device *device, const uint8_t *bytes, size_t size)
{
    load_reply reply;
    if (!load_message_read(bytes, size, &reply))
        return;
    if (reply.type == 0) { /* a separate response wants its ACK, whether or not we still wait for it */
        const uint8_t ack[4] = {0x60, 0, bytes[2], bytes[3]};
        run->carrier->send(run, device, ack, sizeof ack);
    }
    bool waits = device->state == LOAD_SENT || device->state == LOAD_SEPARATE;
    if (!waits || (reply.type == 2 && reply.message_id != device->message_id))
        return;
    if (reply.code == 0 && reply.type == 2) {
        device->state = LOAD_SEPARATE;
        device->due_us = run->now_us + LOAD_SEPARATE_US;
    } else if (reply.has_token && reply.device == device->number) {
        answered(run, device, reply.code);
    }
}

/* Retransmissions, requests given up, pauses over. */
static void sweep(load *run)
{
    for (unsigned i = 0; i < run->options.devices; i++) {
        load_device *device = &run->devices[i];
        if (device->state == LOAD_IDLE || device->due_us > run->now_us)
            continue;
        if (device->state == LOAD_PAUSED) {
            finish(run, device);
        } else if (device->state == LOAD_SEPARATE || device->retransmits == LOAD_RETRANSMITS_MAX) {
            run->report.given_up++;
            finish(run, device);
        } else {
            device->retransmits++;
            run->report.retransmits++;
            transmit(run, device);
        }
    }
}

/* At a steady rate: as many requests as are due by now, from devices in turn. */
static void send_due(load *run, int64_t start_us, unsigned *turn)
{
    double due = (double)(run->now_us - start_us) / 1e6 * run->options.rate;
    for (unsigned tried = 0; tried < run->options.devices && (double)run->report.sent < due; tried++) {
        load_device *device = &run->devices[*turn];
        *turn = (*turn + 1) % run->options.devices;
        if (device->state == LOAD_IDLE)
            send_next(run, device);
    }
}

static bool any_waits(const load *run)
{
    for (unsigned i = 0; i < run->options.devices; i++)
        if (run->devices[i].state == LOAD_SENT || run->devices[i].state == LOAD_SEPARATE)
            return true;
    return false;
}

static double cpu_seconds(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static void measure(load *run)
{
    unsigned turn = 0;
    int64_t start_us = load_clock_us();
    int64_t end_us = start_us + (int64_t)(run->options.seconds * 1e6);
    int64_t swept_us = start_us;
    double cpu = cpu_seconds();
    struct timespec utc;
    clock_gettime(CLOCK_REALTIME, &utc);
    run->now_us = start_us;
    run->utc_offset_us = (int64_t)utc.tv_sec * 1000000 + utc.tv_nsec / 1000 - start_us;
    run->measuring = true;
    for (unsigned i = 0; run->options.rate == 0 && i < run->options.devices; i++)
        send_next(run, &run->devices[i]);
    while (run->now_us < end_us) {
        if (run->options.rate > 0)
            send_due(run, start_us, &turn);
        run->carrier->flush(run);
        run->carrier->receive(run, run->options.rate > 0 ? 1 : 50);
        if (run->now_us - swept_us > SWEEP_EVERY_US) {
            sweep(run);
            swept_us = run->now_us;
        }
    }
    run->report.elapsed_s = (double)(run->now_us - start_us) / 1e6;
    run->report.cpu_s = cpu_seconds() - cpu;
    run->measuring = false;
}

/* Answers to the last requests, so that what the gateway kept and what was acknowledged can be compared. */
static void drain(load *run)
{
    load_report at_end = run->report;
    int64_t end_us = run->now_us + DRAIN_US;
    while (any_waits(run) && run->now_us < end_us) {
        run->carrier->flush(run);
        run->carrier->receive(run, 50);
        sweep(run);
    }
    uint64_t late = run->report.answered - at_end.answered;
    run->report.answered = at_end.answered;
    run->report.retransmits = at_end.retransmits;
    if (late > 0 && any_waits(run))
        fprintf(stderr, "outrider-load: some requests are still without an answer\n");
}

static bool parse_server(load_options *options, const char *text)
{
    char host[256];
    const char *colon = strrchr(text, ':');
    if (colon == NULL || (size_t)(colon - text) >= sizeof host)
        return false;
    bool brackets = text[0] == '[' && colon > text + 1 && colon[-1] == ']';
    size_t size = (size_t)(colon - text) - (brackets ? 2 : 0);
    memcpy(host, text + brackets, size);
    host[size] = '\0';
    struct addrinfo hints = {.ai_socktype = SOCK_DGRAM};
    struct addrinfo *found = NULL;
    if (getaddrinfo(host, colon + 1, &hints, &found) != 0)
        return false;
    memcpy(&options->server, found->ai_addr, found->ai_addrlen);
    options->server_size = found->ai_addrlen;
    freeaddrinfo(found);
    return true;
}

static int usage(void)
{
    fputs("usage: outrider-load --udp HOST:PORT | --dtls HOST:PORT --keys FOLDER\n"
          "  [--devices 1000] [--first 1] [--seconds 5] [--rate 0] [--readings-per-pack 1] [--format "
          "cbor|json]\n"
          "Rate 0 is as fast as the gateway acknowledges. With --dtls, keys that FOLDER lacks are made.\n",
          stderr);
    return 2;
}

static bool number(const char *text, double minimum, double maximum, double *out)
{
    return otr_str_to_double(otr_str_of(text), out) && *out >= minimum && *out <= maximum;
}

static bool parse_options(int argc, char **argv, load_options *out)
{
    static const struct option names[] = {
        {"devices", 1, NULL, 'n'},
        {"first", 1, NULL, 'i'},
        {"seconds", 1, NULL, 's'},
        {"rate", 1, NULL, 'r'},
        {"readings-per-pack", 1, NULL, 'k'},
        {"format", 1, NULL, 'f'},
        {"udp", 1, NULL, 'u'},
        {"dtls", 1, NULL, 'd'},
        {"keys", 1, NULL, 'y'},
        {NULL, 0, NULL, 0},
    };
    double value = 0;
    bool ok = true;
    *out = (load_options){.devices = 1000, .first = 1, .seconds = 5, .readings = 1};
    for (int option = 0; ok && (option = getopt_long(argc, argv, "", names, NULL)) != -1;) {
        switch (option) {
        case 'n':
            ok = number(optarg, 1, LOAD_DEVICES_MAX, &value);
            out->devices = (unsigned)value;
            break;
        case 'i':
            ok = number(optarg, 0, 1e6, &value);
            out->first = (unsigned)value;
            break;
        case 's':
            ok = number(optarg, 0.01, 1e6, &out->seconds);
            break;
        case 'r':
            ok = number(optarg, 0, 1e7, &out->rate);
            break;
        case 'k':
            ok = number(optarg, 1, 1000, &value);
            out->readings = (unsigned)value;
            break;
        case 'f':
            out->json = strcmp(optarg, "json") == 0;
            ok = out->json || strcmp(optarg, "cbor") == 0;
            break;
        case 'u':
            ok = parse_server(out, optarg);
            break;
        case 'd':
            out->dtls = true;
            ok = parse_server(out, optarg);
            break;
        case 'y':
            out->keys = optarg;
            break;
        default:
            ok = false;
        }
    }
    return ok && optind == argc && out->server_size > 0 && (!out->dtls || out->keys != NULL);
}

static int run_load(load *run)
{
    otr_error error = {0};
    run->carrier = run->options.dtls ? &load_dtls : &load_udp;
    run->devices = calloc(run->options.devices, sizeof *run->devices);
    if (run->devices == NULL)
        return 1;
    for (unsigned i = 0; i < run->options.devices; i++)
        run->devices[i] = (load_device){.number = run->options.first + i, .value = 24.0};
    load_device probe = {.number = run->options.first + run->options.devices};
    if (!load_message_next(run, &probe)) {
        fprintf(stderr, "outrider-load: %u readings do not fit one datagram\n", run->options.readings);
        return 2;
    }
    otr_status status = run->carrier->open(run, &error);
    if (status == OTR_OK) {
        measure(run);
        drain(run);
        load_report_print(run);
    } else {
        fprintf(stderr, "outrider-load: %s\n", error.text);
    }
    run->carrier->close(run);
    return status == OTR_OK ? 0 : 1;
}

int main(int argc, char **argv)
{
    load run = {0};
    if (!parse_options(argc, argv, &run.options))
        return usage();
    int code = run_load(&run);
    free(run.devices);
    free(run.report.latency_us);
    return code;
}
