/* `outrider feed`: sends a recording as its devices would. Reads, gathers and sends by turns, in bounded
 * memory. */
#include "codec/readings.h"
#include "tools/outrider/feed/feed_file.h"
#include "tools/outrider/feed/feed_report.h"
#include "tools/outrider/feed/feed_source.h"
#include "tools/outrider/verbs.h"

#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum {
    DONE = 0,
    FAILED = 1,
    USAGE = 2,
    QUEUED_BYTES_MAX = 8 << 20, /* encoded packs that wait for their device's turn */
    ROWS_PER_STEP = 64,         /* read between two looks at the network */
    WAIT_MS = 100,              /* so that the bar moves while nothing arrives */
};

static const char usage[] =
    "usage: outrider feed FILE --map MAP [options]\n"
    "\n"
    "Sends a recording (CSV or JSON) over CoAP as its devices would: in packs that fit one datagram,\n"
    "confirmable, the next when the last is acknowledged, devices side by side.\n"
    "\n"
    "  --map MAP        which column is the device, the time and each metric (tools/outrider/README.md)\n"
    "  --to URI         coap://HOST:PORT or coaps://HOST:PORT; default coap://127.0.0.1:5683\n"
    "  --keys FOLDER    for coaps: the devices' keys, as outrider enroll makes them\n"
    "  --rebase         move all times so that the newest is now\n"
    "  --format F       cbor (default), json or protobuf\n"
    "  --pack N         readings in a pack; default: as many as fit one datagram\n"
    "  --device NAME    send everything as this device\n"
    "  --limit N        read only the first N rows\n"
    "  --give-up SPAN   without an acknowledgement for so long: stop; default 5m\n"
    "  --quiet          no progress and no summary\n"
    "  --json           the summary as one JSON object\n"
    "\n"
    "exit: 0 all rows sent; 1 something failed or rows were refused (FILE:LINE: reason); 2 wrong usage\n";

typedef struct feed_options {
    const char *file;
    const char *map;
    const char *to;
    const char *keys;
    const char *device;
    unsigned format;
    size_t pack;
    size_t limit;
    otr_time give_up_us;
    bool rebase;
    bool quiet;
    bool json;
} feed_options;

typedef struct feed_run {
    const feed_options *options;
    otr_feed_map map;
    otr_feed_source source;
    otr_feed_sender *sender;
    otr_feed_report report;
    otr_time shift_us; /* added to every time */
} feed_run;

static volatile sig_atomic_t interrupted;

static void on_signal(int number)
{
    (void)number;
    interrupted = 1;
}

static int wrong(const char *text)
{
    (void)fprintf(stderr, "outrider feed: %s\n%s", text, usage);
    return USAGE;
}

static bool parse_format(const char *text, unsigned *out)
{
    static const struct {
        const char *name;
        unsigned format;
    } formats[] = {
        {"cbor", OTR_FORMAT_SENML_CBOR}, {"json", OTR_FORMAT_SENML_JSON}, {"protobuf", OTR_FORMAT_READING}};
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        *out = formats[i].format;
        if (strcmp(text, formats[i].name) == 0)
            return true;
    }
    return false;
}

static bool parse_count(const char *text, int64_t most, size_t *out)
{
    int64_t number;
    if (!otr_str_to_i64(otr_str_of(text), &number) || number < 1 || number > most)
        return false;
    *out = (size_t)number;
    return true;
}

/* -1: go on; otherwise the exit code. */
static int parse_options(int argc, char **argv, feed_options *options)
{
    enum { MAP = 1, TO, KEYS, REBASE, FORMAT, PACK, DEVICE, LIMIT, GIVE_UP, QUIET, JSON, HELP };
    static const struct option known[] = {
        {"map", required_argument, NULL, MAP},
        {"to", required_argument, NULL, TO},
        {"keys", required_argument, NULL, KEYS},
        {"rebase", no_argument, NULL, REBASE},
        {"format", required_argument, NULL, FORMAT},
        {"pack", required_argument, NULL, PACK},
        {"device", required_argument, NULL, DEVICE},
        {"limit", required_argument, NULL, LIMIT},
        {"give-up", required_argument, NULL, GIVE_UP},
        {"quiet", no_argument, NULL, QUIET},
        {"json", no_argument, NULL, JSON},
        {"help", no_argument, NULL, HELP},
        {NULL, 0, NULL, 0},
    };
    int option;
    optind = 1;
    while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
        bool ok = true;
        switch (option) {
        case MAP:
            options->map = optarg;
            break;
        case TO:
            options->to = optarg;
            break;
        case KEYS:
            options->keys = optarg;
            break;
        case REBASE:
            options->rebase = true;
            break;
        case FORMAT:
            ok = parse_format(optarg, &options->format);
            break;
        case PACK:
            ok = parse_count(optarg, OTR_LIMIT_UPLOAD_READINGS, &options->pack);
            break;
        case DEVICE:
            ok = otr_device_name_ok(otr_str_of(optarg));
            options->device = optarg;
            break;
        case LIMIT:
            ok = parse_count(optarg, INT64_MAX, &options->limit);
            break;
        case GIVE_UP:
            ok = otr_span_parse(otr_str_of(optarg), &options->give_up_us) && options->give_up_us > 0;
            break;
        case QUIET:
            options->quiet = true;
            break;
        case JSON:
            options->json = true;
            break;
        case HELP:
            (void)fputs(usage, stdout);
            return DONE;
        default:
            return wrong("see the options below");
        }
        if (!ok)
            return wrong("an option has a value that it does not take");
    }
    if (optind + 1 != argc)
        return wrong("one FILE expected");
    options->file = argv[optind];
    return options->map != NULL ? -1 : wrong("--map is missing");
}

/* A map that fails names its own file and place. */
static bool load_map(feed_run *feed)
{
    otr_error error = {0};
    otr_feed_file file = {0};
    otr_status status = otr_feed_file_open(feed->options->map, &file, &error);
    if (status == OTR_OK)
        status = otr_feed_map_load(file.text, &feed->map, &error);
    otr_feed_file_close(&file);
    if (status != OTR_OK && error.line > 0)
        (void)fprintf(stderr, "%s:%d:%d: %s\n", feed->options->map, error.line, error.column, error.text);
    else if (status != OTR_OK)
        (void)fprintf(stderr, "%s: %s\n", feed->options->map, error.text);
    if (status != OTR_OK)
        return false;
    if (feed->options->device != NULL) {
        feed->map.device = otr_str_of(feed->options->device);
        feed->map.device_column = OTR_FEED_NOWHERE;
    }
    return true;
}

/* The file can't be read by this map at all: the place is one in the map. */
static void source_failed(const feed_run *feed, const otr_error *error)
{
    if (error->line > 0)
        (void)fprintf(stderr, "%s:%d:%d: %s\n", feed->options->map, error->line, error->column, error->text);
    else
        (void)fprintf(stderr, "%s: %s\n", feed->options->file, error->text);
}

/* The shift that makes the newest time now; the recording is read once for it. */
static bool find_shift(feed_run *feed, otr_str bytes)
{
    otr_time newest = OTR_TIME_NONE;
    otr_error error = {0};
    otr_feed_row row;
    otr_feed_step step = OTR_FEED_ROW;
    size_t rows = 0;
    struct timespec now;
    if (!feed->options->rebase) {
        if (feed->map.clock != OTR_FEED_COUNT || feed->map.base != OTR_TIME_NONE)
            return true;
        (void)fprintf(stderr, "%s: time has no base: add one or use --rebase\n", feed->options->map);
        return false;
    }
    otr_feed_source_start(&feed->source, &feed->map, bytes);
    feed->source.any_time = true;
    while (rows < feed->options->limit && step != OTR_FEED_END && step != OTR_FEED_FAILED) {
        step = otr_feed_source_next(&feed->source, &row, &error);
        rows += step == OTR_FEED_ROW || step == OTR_FEED_REFUSED;
        if (step == OTR_FEED_ROW && row.at_us > newest)
            newest = row.at_us;
    }
    otr_feed_source_done(&feed->source);
    if (step == OTR_FEED_FAILED) {
        source_failed(feed, &error);
        return false;
    }
    (void)clock_gettime(CLOCK_REALTIME, &now);
    if (newest != OTR_TIME_NONE)
        feed->shift_us = (otr_time)now.tv_sec * OTR_SECOND + now.tv_nsec / 1000 - newest;
    return true;
}

static void on_lost(void *context, size_t first_line, size_t last_line, size_t rows, const char *text)
{
    feed_run *feed = context;
    (void)rows;
    otr_feed_report_refusal(&feed->report, first_line, last_line, text);
}

/* Network work until no more than limit bytes are queued (SIZE_MAX: one look only). */
static bool work(feed_run *feed, size_t limit)
{
    otr_error error = {0};
    unsigned wait_ms = limit == SIZE_MAX ? 0 : WAIT_MS;
    do {
        if (otr_feed_sender_step(feed->sender, wait_ms, &error) != OTR_OK)
            return false;
        otr_feed_report_progress(&feed->report, feed->source.at, otr_feed_sender_sent(feed->sender));
    } while (!interrupted && !otr_feed_sender_idle(feed->sender) &&
             otr_feed_sender_queued_bytes(feed->sender) > limit);
    return !interrupted;
}

static bool send_row(feed_run *feed, otr_feed_row *row, otr_error *error)
{
    if (row->count == 0)
        feed->report.empty++;
    return row->count == 0 || otr_feed_sender_add(feed->sender, row, error) == OTR_OK;
}

static bool send_all(feed_run *feed, otr_str bytes)
{
    otr_feed_row row;
    otr_error error = {0};
    bool going = true;
    otr_feed_source_start(&feed->source, &feed->map, bytes);
    feed->source.shift_us = feed->shift_us;
    while (going && feed->report.rows < feed->options->limit) {
        otr_feed_step step = otr_feed_source_next(&feed->source, &row, &error);
        if (step == OTR_FEED_END)
            break;
        if (step == OTR_FEED_FAILED) {
            source_failed(feed, &error);
            going = false;
            break;
        }
        feed->report.rows++;
        if (step == OTR_FEED_REFUSED) {
            feed->report.refused++;
            otr_feed_report_refusal(&feed->report, row.line, row.line, error.text);
        } else {
            going = send_row(feed, &row, &error);
            if (!going)
                otr_feed_report_refusal(&feed->report, row.line, row.line, error.text);
        }
        if (going && feed->report.rows % ROWS_PER_STEP == 0)
            going =
                work(feed, otr_feed_sender_queued_bytes(feed->sender) > QUEUED_BYTES_MAX ? QUEUED_BYTES_MAX
                                                                                         : SIZE_MAX);
    }
    otr_feed_sender_finish(feed->sender);
    while (going && !otr_feed_sender_idle(feed->sender))
        going = work(feed, 0);
    otr_feed_source_done(&feed->source);
    return going;
}

static int run(feed_run *feed, otr_str bytes)
{
    const feed_options *options = feed->options;
    otr_error error = {0};
    otr_feed_send_config config = {.to = otr_str_of(options->to),
                                   .keys_folder = otr_str_of(options->keys),
                                   .format = options->format,
                                   .pack_readings = options->pack,
                                   .give_up_us = options->give_up_us};
    otr_feed_listener listener = {feed, on_lost};
    if (!find_shift(feed, bytes))
        return FAILED;
    otr_feed_report_start(&feed->report, options->file, options->quiet, bytes.size);
    if (otr_feed_sender_create(&config, &listener, &feed->sender, &error) != OTR_OK) {
        (void)fprintf(stderr, "outrider feed: %s\n", error.text);
        return FAILED;
    }
    bool complete = send_all(feed, bytes);
    const otr_feed_sent *sent = otr_feed_sender_sent(feed->sender);
    otr_feed_report_end(&feed->report, sent, options->json);
    complete = complete && feed->report.refused == 0 && sent->rows_lost == 0;
    otr_feed_sender_free(feed->sender);
    return complete ? DONE : FAILED;
}

int otr_verb_feed(int argc, char **argv)
{
    feed_options options = {.to = "coap://127.0.0.1:5683",
                            .format = OTR_FORMAT_SENML_CBOR,
                            .limit = SIZE_MAX,
                            .give_up_us = 5 * OTR_MINUTE};
    int code = parse_options(argc, argv, &options);
    if (code >= 0)
        return code;
    feed_run *feed = calloc(1, sizeof *feed);
    if (feed == NULL)
        return FAILED;
    struct sigaction action = {.sa_handler = on_signal};
    (void)sigaction(SIGINT, &action, NULL);
    (void)sigaction(SIGTERM, &action, NULL);
    feed->options = &options;
    otr_error error = {0};
    otr_feed_file file = {0};
    code = FAILED;
    if (otr_feed_file_open(options.file, &file, &error) != OTR_OK)
        (void)fprintf(stderr, "%s: %s\n", options.file, error.text);
    else if (load_map(feed))
        code = run(feed, file.text);
    otr_feed_map_done(&feed->map);
    otr_feed_file_close(&file);
    free(feed);
    return code;
}
