/* `outrider history`: one metric of one device, from the store of the gateway on this machine. */
#include <errno.h>
#include <getopt.h>
#include <jansson.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "tools/outrider/history.h"
#include "tools/outrider/state_flags.h"
#include "tools/outrider/verbs.h"

enum { BUCKETS = 240, COLUMNS = 80, COLUMNS_MIN = 40, COLUMNS_MAX = 200 };

static const char usage[] =
    "usage: outrider history DEVICE METRIC [--last SPAN | --from TIME --to TIME] [--every SPAN] [options]\n"
    "\n"
    "What a device reported: least, most and mean of each bucket, so that no extreme is lost however long "
    "the "
    "span\n"
    "is. From the gateway's store, beside the daemon: reads alone, and only the rows of that device; a day "
    "of\n"
    "minutes takes some 10 ms.\n"
    "\n"
    "  --last SPAN      1h, 7d; default 24h\n"
    "  --from, --to     RFC 3339 instead\n"
    "  --every SPAN     of a bucket; default: 240 buckets\n"
    "  --csv            a line a bucket: from, count, min, min_at, max, max_at, mean\n"
    "  --svg FILE       a picture\n"
    "  --json           one object, with the cost: rows read and milliseconds\n"
    "  --ascii          a curve of stars instead of braille\n";

typedef struct options {
    const char *last;
    const char *from;
    const char *to;
    const char *every;
    const char *svg;
    bool csv;
    bool json;
    bool ascii;
    otr_history_asked asked;
} options;

static int refuse(const char *where, const char *text)
{
    (void)fprintf(stderr, "outrider history: %s%s%s\n", where, where[0] != '\0' ? ": " : "", text);
    return 1;
}

static double now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static int columns(void)
{
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col < COLUMNS_MIN)
        return COLUMNS;
    return size.ws_col < COLUMNS_MAX ? size.ws_col : COLUMNS_MAX;
}

static void put_time(json_t *object, const char *name, otr_time at)
{
    char text[OTR_TIME_TEXT_BYTES];
    (void)otr_time_format(at, text);
    json_object_set_new(object, name, json_string(text));
}

static int print_json(const options *o, const otr_history *history, double took_ms)
{
    json_t *root = json_object();
    json_t *list = json_array();
    for (size_t i = 0; i < history->count; i++) {
        const otr_history_bucket *one = &history->buckets[i];
        if (one->count == 0)
            continue;
        json_t *bucket = json_object();
        put_time(bucket, "from", history->from + (otr_time)i * history->every);
        json_object_set_new(bucket, "count", json_integer(one->count));
        json_object_set_new(bucket, "min", json_real(one->min));
        put_time(bucket, "min_at", one->min_at);
        json_object_set_new(bucket, "max", json_real(one->max));
        put_time(bucket, "max_at", one->max_at);
        json_object_set_new(bucket, "mean", json_real(one->sum / one->count));
        json_array_append_new(list, bucket);
    }
    json_object_set_new(root, "device", json_stringn(o->asked.device.data, o->asked.device.size));
    json_object_set_new(root, "metric", json_stringn(o->asked.metric.data, o->asked.metric.size));
    put_time(root, "from", history->from);
    put_time(root, "to", history->to);
    json_object_set_new(root, "every_s", json_real((double)history->every / (double)OTR_SECOND));
    json_object_set_new(root, "readings", json_integer((json_int_t)history->readings));
    json_object_set_new(root, "bad", json_integer((json_int_t)history->bad));
    json_object_set_new(root, "rows", json_integer((json_int_t)history->rows));
    json_object_set_new(root, "ms", json_real(took_ms));
    json_object_set_new(root, "buckets", list);
    int code = json_dumpf(root, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(15)) == 0 && putchar('\n') != EOF
                   ? 0
                   : 1;
    json_decref(root);
    return code;
}

static int write_text(const char *path, const otr_buffer *text)
{
    FILE *file = path != NULL ? fopen(path, "w") : stdout;
    bool ok = file != NULL && !text->failed && fwrite(text->data, 1, text->size, file) == text->size;
    if (path != NULL && file != NULL)
        ok = fclose(file) == 0 && ok;
    return ok ? 0 : refuse(path != NULL ? path : "standard output", strerror(errno));
}

static int show(void *context, const char *folder)
{
    options *o = context;
    otr_history history;
    otr_error error = {.text = ""};
    otr_buffer text = {0};
    double from = now_ms();
    otr_status status = otr_history_read(otr_str_of(folder), &o->asked, &history, &error);
    double took = now_ms() - from;
    int code = 0;
    if (status != OTR_OK) {
        code = refuse(folder, error.text) + (status == OTR_INVALID);
    } else if (o->json) {
        code = print_json(o, &history, took);
    } else {
        if (o->csv)
            otr_history_csv(&history, &text);
        else if (o->svg != NULL)
            otr_history_svg(&history, &o->asked, &text);
        else
            otr_history_plot(&history, &o->asked, columns(), o->ascii, &text);
        code = write_text(o->svg, &text);
    }
    otr_buffer_done(&text);
    otr_history_done(&history);
    return code;
}

/* NULL, or what is wrong. */
static const char *find_span(options *o)
{
    otr_time span = OTR_DAY;
    otr_history_asked *asked = &o->asked;
    asked->to = (otr_time)time(NULL) * OTR_SECOND;
    if (o->last != NULL && (o->from != NULL || o->to != NULL))
        return "--last stands without --from and --to";
    if (o->last != NULL && (!otr_span_parse(otr_str_of(o->last), &span) || span <= 0))
        return "--last is a span: 90m, 24h, 7d";
    if (o->to != NULL && !otr_time_parse(otr_str_of(o->to), &asked->to))
        return "--to is a time: 2024-05-01T12:00:00Z";
    asked->from = asked->to - span;
    if (o->from != NULL && !otr_time_parse(otr_str_of(o->from), &asked->from))
        return "--from is a time: 2024-05-01T12:00:00Z";
    if (asked->from >= asked->to)
        return "the span ends before it begins";
    asked->every = (asked->to - asked->from + BUCKETS - 1) / BUCKETS;
    if (o->every != NULL && (!otr_span_parse(otr_str_of(o->every), &asked->every) || asked->every <= 0))
        return "--every is a span: 10s, 5m";
    return (o->csv ? 1 : 0) + (o->json ? 1 : 0) + (o->svg != NULL ? 1 : 0) > 1 ? "one of --csv, --svg, --json"
                                                                               : NULL;
}

int otr_verb_history(int argc, char **argv)
{
    static const otr_flag flags[] = {
        {"last", OTR_FLAG_TEXT, offsetof(options, last)},
        {"from", OTR_FLAG_TEXT, offsetof(options, from)},
        {"to", OTR_FLAG_TEXT, offsetof(options, to)},
        {"every", OTR_FLAG_TEXT, offsetof(options, every)},
        {"svg", OTR_FLAG_TEXT, offsetof(options, svg)},
        {"csv", OTR_FLAG_SWITCH, offsetof(options, csv)},
        {"json", OTR_FLAG_SWITCH, offsetof(options, json)},
        {"ascii", OTR_FLAG_SWITCH, offsetof(options, ascii)},
    };
    options o = {.last = NULL};
    otr_state_flags state = {.state = NULL};
    const otr_flag_group groups[] = {
        OTR_FLAG_GROUP(flags, &o, NULL), otr_state_flag_group(&state),
        OTR_FLAG_EXIT("0 shown; 1 no such device or metric, or not readable; 2 wrong usage")};
    int code = otr_flags_parse(argc, argv, usage, groups, sizeof groups / sizeof *groups);
    if (code >= 0)
        return code;
    if (argc - optind != 2)
        return otr_flags_wrong("history", "expected DEVICE METRIC");
    const char *wrong = find_span(&o);
    if (wrong != NULL)
        return otr_flags_wrong("history", wrong);
    o.asked.device = otr_str_of(argv[optind]);
    o.asked.metric = otr_str_of(argv[optind + 1]);
    return otr_state_run(&state, show, &o);
}
