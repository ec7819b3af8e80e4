/* The options that voice, trends, stats and accounts have in common. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "tools/outrider/figures/figures.h"

enum { EXTRA_MAX = 16, WEEK = 7 };

static const char common[] =
    "\n"
    "  --context NAME   broker and credentials as `outrider context` lists them [OUTRIDER_CONTEXT]\n"
    "  --broker URL     mqtts://HOST[:PORT], or mqtt:// on this machine [OUTRIDER_BROKER, "
    "mqtts://localhost:8883]\n"
    "  --ca FILE --cert FILE --key FILE    of TLS, PEM [OUTRIDER_CA, OUTRIDER_CERT, OUTRIDER_KEY]\n"
    "  --from FILE...   instead of a broker: lines of `outrider watch --json`, or buckets as JSON lines; - "
    "is "
    "stdin\n"
    "  --group NAME --gateway NAME    only these\n"
    "  --expect FILE    gateways that should be there, GROUP/GATEWAY a line\n"
    "  --days N         days in the figures, 1 to 31; default 7\n"
    "  --until DAY      the last of them, UTC; default today, of files the newest in them\n"
    "  --quiet S        the broker is done when it sends nothing for S seconds; default 1\n"
    "  --timeout S      give up after S seconds; default 30\n"
    "  --json           one JSON object\n"
    "\n"
    "exit: 0 done, also with gateways missing (they are named); 1 no connection, or something was not\n"
    "understood; 2 wrong usage\n";

static const struct option known[] = {
    {"context", required_argument, NULL, 'c'}, {"broker", required_argument, NULL, 'b'},
    {"ca", required_argument, NULL, 'a'},      {"cert", required_argument, NULL, 'e'},
    {"key", required_argument, NULL, 'k'},     {"from", required_argument, NULL, 'f'},
    {"group", required_argument, NULL, 'g'},   {"gateway", required_argument, NULL, 'w'},
    {"expect", required_argument, NULL, 'x'},  {"days", required_argument, NULL, 'd'},
    {"until", required_argument, NULL, 'u'},   {"quiet", required_argument, NULL, 'q'},
    {"timeout", required_argument, NULL, 't'}, {"json", no_argument, NULL, 'j'},
    {"help", no_argument, NULL, 'h'},
};
enum { KNOWN = sizeof known / sizeof known[0] };

static int wrong(const char *verb, const char *text)
{
    (void)fprintf(stderr, "outrider %s: %s\noutrider %s --help lists the options\n", verb, text, verb);
    return 2;
}

static bool parse_seconds(const char *text, double *out)
{
    return otr_str_to_double(otr_str_of(text), out) && *out > 0 && *out < 1e6;
}

static bool parse_days(const char *text, int *out)
{
    int64_t days;
    if (!otr_str_to_i64(otr_str_of(text), &days) || days < 1 || days > OTR_FIGURES_DAYS_MAX)
        return false;
    *out = (int)days;
    return true;
}

/* NULL, or what is wrong. */
static const char *take(int option, otr_figures_options *out)
{
    switch (option) {
    case 'c':
        out->broker.context = optarg;
        return NULL;
    case 'b':
        out->broker.url = optarg;
        return NULL;
    case 'a':
        out->broker.ca = optarg;
        return NULL;
    case 'e':
        out->broker.cert = optarg;
        return NULL;
    case 'k':
        out->broker.key = optarg;
        return NULL;
    case 'g':
        out->broker.group = optarg;
        return otr_topic_name_ok(otr_str_of(optarg)) ? NULL : "--group is no name of a group";
    case 'w':
        out->broker.gateway = optarg;
        return otr_topic_name_ok(otr_str_of(optarg)) ? NULL : "--gateway is no name of a gateway";
    case 'x':
        out->expect = optarg;
        return NULL;
    case 'd':
        return parse_days(optarg, &out->days) ? NULL : "--days is a number from 1 to 31";
    case 'u':
        return otr_figures_day_parse(otr_str_of(optarg), &out->until) ? NULL : "--until is a day: 2024-05-01";
    case 'q':
        return parse_seconds(optarg, &out->quiet_s) ? NULL : "--quiet is a number of seconds above 0";
    case 't':
        return parse_seconds(optarg, &out->timeout_s) ? NULL : "--timeout is a number of seconds above 0";
    case 'j':
        out->json = true;
        return NULL;
    default:
        return "see above";
    }
}

/* Words after --from are its files: they stand side by side in argv. */
static void add_files(int argc, char **argv, otr_figures_options *out)
{
    out->files = &argv[optind - 1];
    out->file_count = 1;
    while (optind < argc && (argv[optind][0] != '-' || argv[optind][1] == '\0')) {
        optind++;
        out->file_count++;
    }
}

int otr_figures_parse(int argc, char **argv, const char *usage, const struct option *extra,
                      otr_figures_extra *take_extra, void *context, otr_figures_options *out)
{
    struct option names[KNOWN + EXTRA_MAX] = {{NULL, 0, NULL, 0}};
    size_t count = KNOWN;
    memcpy(names, known, sizeof known);
    for (; extra != NULL && extra->name != NULL && count + 1 < KNOWN + EXTRA_MAX; extra++)
        names[count++] = *extra;
    out->verb = argv[0];
    out->days = out->days > 0 ? out->days : WEEK;
    out->until = OTR_FIGURES_DAY_NONE;
    out->timeout_s = 30;
    out->quiet_s = 1;
    optind = 0;
    for (int option = 0; (option = getopt_long(argc, argv, "+h", names, NULL)) != -1;) {
        if (option == 'h') {
            (void)fputs(usage, stdout);
            (void)fputs(common, stdout);
            return 0;
        }
        if (option == 'f') {
            if (out->files != NULL)
                return wrong(out->verb, "--from comes once, with all its files");
            add_files(argc, argv, out);
            continue;
        }
        if (option > 0xFF) {
            if (!take_extra(context, option, optarg))
                return wrong(out->verb, "an option has a value that it does not take");
            continue;
        }
        const char *text = take(option, out);
        if (text != NULL)
            return wrong(out->verb, text);
    }
    return optind == argc ? -1 : wrong(out->verb, "too many words");
}
