/*
 * outrider-fleet: plays a story (story.h) as its devices would tell it: CoAP over DTLS with a key per device,
 * one session each, confirmable, SenML. The story begins at the gateway's next full minute and runs in its
 * time, so many times faster as its clock does. What can't be sent when it is due is sent later under the
 * stamp of its measurement.
 *
 * On standard output one JSON object a line:
 *   {"fleet":"begin","utc":"...","clock_us":N,"error_us":N,"start":"...","length_s":N,"devices":N} clock_us:
 * of CLOCK_MONOTONIC at utc
 *   {"fleet":"says","at":"...","device":"...","text":"..."}                  before the device sends it
 *   {"fleet":"end","readings":N,"acknowledged":N,"packs":N,"resent":N}       all of the story is acknowledged
 *   {"fleet":"stop",...}                                                     the same at the end of the
 * program After the end of the story the devices go on with their last values, until SIGTERM or SIGINT.
 */
#include "tools/fleet/ask_time.h"
#include "tools/fleet/story.h"

#include "base/buffer.h"
#include "base/limits.h"
#include "daemon/file.h"
#include "tools/outrider/feed/feed_send.h"

#include <getopt.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum {
    SENML_JSON = 110,
    SENML_CBOR = 112,
    ASK_S = 20,
    GIVE_UP_S = 60,
    STEP_MS = 20,
};

typedef struct player {
    const char *to;
    const char *keys;
    const char *story_file;
    double scale;
    unsigned format;
    otr_arena arena;
    otr_story story;
    otr_gateway_time time;
    otr_time start; /* of the story, in the gateway's time */
    otr_feed_sender *sender;
    struct progress {
        otr_time at; /* of the last measurement */
        size_t line; /* the next one to say */
        bool away;
    } progress[OTR_STORY_DEVICES_MAX];
    uint64_t readings; /* handed to the sender */
    bool lost;
    bool ended;
} player;

static volatile sig_atomic_t stop_asked;

static void on_signal(int number)
{
    (void)number;
    stop_asked = 1;
}

static otr_time gateway_now(const player *p)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    int64_t clock_us = (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
    return p->time.utc + (otr_time)((double)(clock_us - p->time.clock_us) * p->scale);
}

/* ---- what is told ---- */

static void tell_counts(const player *p, const char *word)
{
    const otr_feed_sent *sent = otr_feed_sender_sent(p->sender);
    printf("{\"fleet\":\"%s\",\"readings\":%" PRIu64 ",\"acknowledged\":%" PRIu64 ",\"packs\":%" PRIu64
           ",\"resent\":%" PRIu64 "}\n",
           word, p->readings, sent->readings, sent->packs, sent->resent);
}

static void tell_begin(const player *p)
{
    char utc[OTR_TIME_TEXT_BYTES];
    char start[OTR_TIME_TEXT_BYTES];
    (void)otr_time_format(p->time.utc, utc);
    (void)otr_time_format(p->start, start);
    printf("{\"fleet\":\"begin\",\"utc\":\"%s\",\"clock_us\":%" PRId64 ",\"error_us\":%" PRId64
           ",\"start\":\"%s\",\"length_s\":%" PRId64 ",\"devices\":%zu}\n",
           utc, p->time.clock_us, p->time.error_us, start, p->story.length / OTR_SECOND,
           p->story.device_count);
}

/* Texts come from a file of ours, but a quote in them must not break the line. */
static void tell_line(otr_str device, otr_time at, otr_str text)
{
    char stamp[OTR_TIME_TEXT_BYTES];
    (void)otr_time_format(at, stamp);
    printf("{\"fleet\":\"says\",\"at\":\"%s\",\"device\":\"%.*s\",\"text\":\"", stamp, OTR_STR_ARG(device));
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] == '"' || text.data[i] == '\\')
            (void)putchar('\\');
        (void)putchar((unsigned char)text.data[i] < 0x20 ? ' ' : text.data[i]);
    }
    (void)fputs("\"}\n", stdout);
}

static void lost(void *context, size_t first_line, size_t last_line, size_t rows, const char *text)
{
    player *p = context;
    (void)first_line;
    (void)last_line;
    (void)fprintf(stderr, "outrider-fleet: %zu measurements lost: %s\n", rows, text);
    p->lost = true;
}

/* ---- playing ---- */

static void say_until(player *p, size_t number, otr_time at)
{
    const otr_story_device *device = &p->story.devices[number];
    struct progress *progress = &p->progress[number];
    while (progress->line < device->line_count && device->lines[progress->line].at <= at) {
        const otr_story_line *line = &device->lines[progress->line++];
        tell_line(device->name, p->start + line->at, line->text);
    }
    (void)fflush(stdout);
}

static otr_status measure(player *p, size_t number, otr_time at, otr_error *error)
{
    const otr_story_device *device = &p->story.devices[number];
    otr_reading readings[OTR_STORY_METRICS_MAX];
    otr_feed_row row = {.line = 1, .device = device->name, .at_us = p->start + at, .readings = readings};
    row.count = otr_story_sample(device, at, readings);
    if (row.count == 0)
        return OTR_OK;
    for (size_t i = 0; i < row.count && i < OTR_STORY_METRICS_MAX; i++) {
        readings[i].stamp = device->clock ? OTR_STAMP_ABSOLUTE : OTR_STAMP_RELATIVE;
        readings[i].at_us = device->clock ? row.at_us : row.at_us - gateway_now(p);
    }
    p->readings += row.count;
    return otr_feed_sender_add(p->sender, &row, error);
}

/* What is due by now goes to the sender. *next: the instant at which the next device measures. */
static otr_status play_until(player *p, otr_time now, otr_time *next, otr_error *error)
{
    otr_status status = OTR_OK;
    *next = OTR_TIME_NEVER;
    for (size_t i = 0; i < p->story.device_count; i++) {
        const otr_story_device *device = &p->story.devices[i];
        struct progress *progress = &p->progress[i];
        say_until(p, i, now);
        if (otr_story_away(device, now)) {
            if (device->away_to < *next)
                *next = device->away_to;
            continue;
        }
        otr_time at = otr_story_next(device, progress->at);
        for (; at <= now && status == OTR_OK; at = otr_story_next(device, at)) {
            status = measure(p, i, at, error);
            progress->at = at;
        }
        if (at < *next)
            *next = at;
    }
    otr_feed_sender_finish(p->sender);
    return status;
}

static void sleep_until(const player *p, otr_time wake)
{
    double real_us = (double)(wake - gateway_now(p)) / p->scale;
    if (real_us < 0)
        return;
    if (real_us > STEP_MS * 1000.0)
        real_us = STEP_MS * 1000.0;
    struct timespec pause = {0, (long)(real_us * 1000)};
    (void)nanosleep(&pause, NULL);
}

static otr_status play(player *p, otr_error *error)
{
    otr_status status = OTR_OK;
    while (stop_asked == 0 && status == OTR_OK && !p->lost) {
        otr_time next = OTR_TIME_NEVER;
        otr_time now = gateway_now(p) - p->start;
        if (!p->ended && now > p->story.length)
            now = p->story.length; /* what comes after waits until the story is through */
        if (now >= 0)
            status = play_until(p, now, &next, error);
        if (status != OTR_OK)
            break;
        bool idle = otr_feed_sender_idle(p->sender);
        if (idle && !p->ended && now >= p->story.length) {
            p->ended = true;
            tell_counts(p, "end");
            (void)fflush(stdout);
        }
        if (idle)
            sleep_until(p, now < 0 ? p->start : otr_time_add(p->start, next));
        else
            status = otr_feed_sender_step(p->sender, STEP_MS, error);
    }
    return status == OTR_OK && p->lost ? otr_fail(error, OTR_IO, "the story does not get through") : status;
}

static otr_status run(player *p, otr_error *error)
{
    otr_bytes text;
    otr_str keys = otr_str_of(p->keys);
    otr_status status = otr_file_read(&p->arena, p->story_file, OTR_LIMIT_PACK_BYTES, &text, error);
    if (status == OTR_OK)
        status = otr_story_load(&p->arena, (otr_str){(const char *)text.data, text.size}, &p->story, error);
    if (status == OTR_OK)
        status = otr_ask_time(otr_str_of(p->to), keys, p->story.devices[0].name, ASK_S, &p->time, error);
    if (status != OTR_OK)
        return status;
    for (size_t i = 0; i < p->story.device_count; i++)
        p->progress[i].at = -1;
    p->start = (gateway_now(p) / OTR_MINUTE + 1) * OTR_MINUTE;
    otr_feed_listener listener = {p, lost};
    otr_feed_send_config config = {.to = otr_str_of(p->to),
                                   .keys_folder = keys,
                                   .format = p->format,
                                   .give_up_us = GIVE_UP_S * OTR_SECOND};
    status = otr_feed_sender_create(&config, &listener, &p->sender, error);
    if (status != OTR_OK)
        return status;
    tell_begin(p);
    (void)fflush(stdout);
    status = play(p, error);
    tell_counts(p, "stop");
    (void)fflush(stdout);
    otr_feed_sender_free(p->sender);
    return status;
}

static int usage(void)
{
    (void)fputs(
        "usage: outrider-fleet STORY --to coaps://HOST:PORT --keys FOLDER [--scale 1] [--format cbor|json]\n"
        "Plays a story of devices against a gateway whose clock runs so many times faster.\n",
        stderr);
    return 2;
}

static bool parse(int argc, char **argv, player *out)
{
    static const struct option names[] = {
        {"to", required_argument, NULL, 't'},
        {"keys", required_argument, NULL, 'k'},
        {"scale", required_argument, NULL, 's'},
        {"format", required_argument, NULL, 'f'},
        {NULL, 0, NULL, 0},
    };
    bool ok = true;
    *out = (player){.scale = 1, .format = SENML_CBOR};
    for (int option = 0; ok && (option = getopt_long(argc, argv, "", names, NULL)) != -1;) {
        otr_str value = otr_str_of(optarg);
        if (option == 't')
            out->to = optarg;
        else if (option == 'k')
            out->keys = optarg;
        else if (option == 's')
            ok = otr_str_to_double(value, &out->scale) && out->scale >= 1;
        else if (option == 'f' && otr_str_is(value, "json"))
            out->format = SENML_JSON;
        else
            ok = option == 'f' && otr_str_is(value, "cbor");
    }
    if (ok && optind + 1 == argc)
        out->story_file = argv[optind];
    return ok && out->story_file != NULL && out->to != NULL && out->keys != NULL;
}

int main(int argc, char **argv)
{
    player p;
    otr_error error = {0};
    if (!parse(argc, argv, &p))
        return usage();
    struct sigaction action = {.sa_handler = on_signal};
    (void)sigaction(SIGTERM, &action, NULL);
    (void)sigaction(SIGINT, &action, NULL);
    otr_status status = run(&p, &error);
    otr_arena_done(&p.arena);
    if (status == OTR_OK)
        return 0;
    if (error.line > 0)
        (void)fprintf(stderr, "outrider-fleet: %s:%d:%d: %s\n", p.story_file, error.line, error.column,
                      error.text);
    else
        (void)fprintf(stderr, "outrider-fleet: %s\n", error.text);
    return 1;
}
