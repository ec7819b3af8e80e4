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

#include "tools/outrider/fleet/broker.h"
#include "tools/outrider/fleet/remote.h"
#include "tools/outrider/operate/history.h"
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

static const char usage_there[] =
    "\n"
    "  --on GATEWAY     of that gateway, over MQTT, by an order that --as signs: at most 1000 buckets, and "
    "200,000 "
    "rows\n"
    "                   of its journal\n"
    "  --as KEYFILE     the operator's key, PEM; default: operator_key of the context\n"
    "  --timeout S      how long its answer is waited for; default 30\n";

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
    otr_broker broker; /* with a gateway: it is asked */
    double timeout_s;
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

static int print_json(const json_t *root)
{
    bool ok = json_dumpf(root, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(15)) == 0 && putchar('\n') != EOF;
    return ok ? 0 : 1;
}

static int write_text(const char *path, const otr_buffer *text)
{
    FILE *file = path != NULL ? fopen(path, "w") : stdout;
    bool ok = file != NULL && !text->failed && fwrite(text->data, 1, text->size, file) == text->size;
    if (path != NULL && file != NULL)
        ok = fclose(file) == 0 && ok;
    return ok ? 0 : refuse(path != NULL ? path : "standard output", strerror(errno));
}

static int tell(const options *o, const otr_history *history)
{
    otr_buffer text = {0};
    if (o->csv)
        otr_history_csv(history, &text);
    else if (o->svg != NULL)
        otr_history_svg(history, &o->asked, &text);
    else
        otr_history_plot(history, &o->asked, columns(), o->ascii, &text);
    int code = write_text(o->svg, &text);
    otr_buffer_done(&text);
    return code;
}

static int show(void *context, const char *folder)
{
    options *o = context;
    otr_history history;
    otr_error error = {.text = ""};
    double from = now_ms();
    otr_status status = otr_history_read(otr_str_of(folder), &o->asked, &history, &error);
    double took = now_ms() - from;
    int code = 0;
    if (status != OTR_OK) {
        code = refuse(folder, error.text) + (status == OTR_INVALID);
    } else if (o->json) {
        json_t *root = otr_history_json(&o->asked, &history, took);
        code = print_json(root);
        json_decref(root);
    } else {
        code = tell(o, &history);
    }
    otr_history_done(&history);
    return code;
}

/* ---- of another gateway ---- */

static void set_time(json_t *object, const char *name, otr_time at)
{
    char text[OTR_TIME_TEXT_BYTES];
    (void)otr_time_format(at, text);
    json_object_set_new(object, name, json_string(text));
}

static json_t *request_of(const options *o)
{
    char every[32];
    json_t *request = json_pack("{s:s, s:s, s:s}", "do", "history", "device", o->asked.device.data, "metric",
                                o->asked.metric.data);
    (void)snprintf(every, sizeof every, "%llds", (long long)((o->asked.every + OTR_SECOND - 1) / OTR_SECOND));
    set_time(request, "from", o->asked.from);
    set_time(request, "to", o->asked.to);
    json_object_set_new(request, "every", json_string(every));
    return request;
}

static int tell_answer(const options *o, const json_t *answer)
{
    otr_history history;
    const char *reason = json_string_value(json_object_get(answer, "reason"));
    if (!json_is_true(json_object_get(answer, "ok")))
        return refuse("refused", reason != NULL ? reason : "no reason given");
    if (o->json)
        return print_json(answer);
    bool read = otr_history_of_json(answer, &history);
    int code = read ? tell(o, &history) : refuse("", "the gateway's answer is no history");
    otr_history_done(&history);
    return code;
}

static int show_there(const options *o)
{
    enum { NO_ANSWER = 3 };
    otr_error error = {.text = ""};
    json_t *answer = NULL;
    const otr_remote_options remote = {"history", &o->broker, o->timeout_s, 0};
    json_t *request = request_of(o);
    otr_status status = otr_remote_call(&remote, request, &answer, &error);
    int code = status == OTR_OK ? tell_answer(o, answer) : refuse("", error.text);
    json_decref(request);
    json_decref(answer);
    return status == OTR_UNKNOWN ? NO_ANSWER : code;
}

/* NULL, or what is wrong. */
static const char *find_span(options *o)
{
    otr_time span = OTR_DAY;
    otr_history_asked *asked = &o->asked;
    asked->to = ((otr_time)time(NULL) + 1) * OTR_SECOND; /* this second too */
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
        {"on", OTR_FLAG_NAME, offsetof(options, broker.gateway)},
        {"as", OTR_FLAG_TEXT, offsetof(options, broker.operator_key)},
        {"timeout", OTR_FLAG_SECONDS, offsetof(options, timeout_s)},
    };
    options o = {.timeout_s = 30};
    otr_state_flags state = {.state = NULL};
    const otr_flag_group groups[] = {
        OTR_FLAG_GROUP(flags, &o, usage_there), otr_state_flag_group(&state),
        otr_broker_flag_group(&o.broker),
        OTR_FLAG_EXIT(
            "0 shown; 1 no such device or metric, refused, or not readable; 2 wrong usage; 3 no answer "
            "in time")};
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
    if (o.broker.gateway == NULL)
        return o.broker.url == NULL && o.broker.context == NULL
                   ? otr_state_run(&state, show, &o)
                   : otr_flags_wrong("history", "over MQTT it needs --on GATEWAY");
    code = otr_broker_settle("history", &o.broker);
    if (code < 0 && o.broker.group == NULL)
        code = otr_flags_wrong("history", "over MQTT it needs --group");
    if (code < 0)
        code = show_there(&o);
    otr_broker_done(&o.broker);
    return code;
}
