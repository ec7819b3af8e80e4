#include "tools/outrider/watch.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char help[] =
    "usage: outrider watch [options]\n"
    "Follows gateways over MQTT 5 and prints alarms, messages to customers, tickets and status as they "
    "arrive.\n"
    "\n"
    "  --broker URL    mqtts://HOST[:PORT], or mqtt:// on this machine [OUTRIDER_BROKER, "
    "mqtts://localhost:8883]\n"
    "  --ca FILE       certificate authority of the broker, PEM        [OUTRIDER_CA]\n"
    "  --cert FILE     own certificate, PEM                            [OUTRIDER_CERT]\n"
    "  --key FILE      its key, PEM, mode 0600                         [OUTRIDER_KEY]\n"
    "  --group NAME    only this group of gateways\n"
    "  --gateway NAME  only this gateway\n"
    "  --kind LIST     of alarm,notification,ticket,status,view,customer,figures\n"
    "  --long          messages at all three lengths, and what may be answered with `outrider act`\n"
    "  --json          one JSON object a line\n"
    "  --all           also events that came before: without it a repeated event is shown once\n"
    "  --count N       end after N events, with exit 0\n"
    "  --timeout S     end after S seconds, with exit 1\n"
    "\n"
    "Colour only on a terminal, and not with NO_COLOR set. Reconnects by itself once it has been connected.\n"
    "exit: 0 after --count events or Ctrl-C, 1 timeout or no connection, 2 wrong usage\n";

static int wrong(const char *text, const char *value)
{
    (void)fprintf(stderr, "outrider watch: %s%s%s%s\n", text, value != NULL ? " \"" : "",
                  value != NULL ? value : "", value != NULL ? "\"" : "");
    (void)fputs("outrider watch --help lists the options\n", stderr);
    return 2;
}

static bool parse_kinds(const char *list, bool kinds[OTR_SERVICE_KINDS])
{
    memset(kinds, 0, OTR_SERVICE_KINDS * sizeof kinds[0]);
    for (const char *at = list;; at++) {
        size_t size = strcspn(at, ",");
        bool known = false;
        for (int i = 0; i < OTR_SERVICE_KINDS; i++)
            if (otr_str_is((otr_str){at, size}, otr_service_kind_text((otr_service_kind)i)))
                known = kinds[i] = true;
        if (!known)
            return false;
        at += size;
        if (*at == '\0')
            return true;
    }
}

static const char *environment(const char *name, const char *fallback)
{
    const char *value = getenv(name);
    return value != NULL && value[0] != '\0' ? value : fallback;
}

static bool parse_count(const char *text, unsigned long *out)
{
    int64_t value = 0;
    if (!otr_str_to_i64(otr_str_of(text), &value) || value < 1 || value > INT32_MAX)
        return false;
    *out = (unsigned long)value;
    return true;
}

static int take(int option, otr_watch_options *out)
{
    switch (option) {
    case 'b':
        out->broker = optarg;
        return 0;
    case 'a':
        out->ca = optarg;
        return 0;
    case 'c':
        out->cert = optarg;
        return 0;
    case 'k':
        out->key = optarg;
        return 0;
    case 'g':
        out->group = optarg;
        return otr_topic_name_ok(otr_str_of(optarg)) ? 0 : wrong("not a name of a group:", optarg);
    case 'w':
        out->gateway = optarg;
        return otr_topic_name_ok(otr_str_of(optarg)) ? 0 : wrong("not a name of a gateway:", optarg);
    case 'i':
        return parse_kinds(optarg, out->kinds)
                   ? 0
                   : wrong("--kind is of alarm,notification,ticket,status,view,customer,figures, not", optarg);
    case 'l':
        out->lengths = true;
        return 0;
    case 'j':
        out->json = true;
        return 0;
    case 'd':
        out->duplicates = true;
        return 0;
    case 'n':
        return parse_count(optarg, &out->count) ? 0 : wrong("--count is a number from 1, not", optarg);
    case 't':
        return otr_str_to_double(otr_str_of(optarg), &out->timeout_s) && out->timeout_s > 0 &&
                       out->timeout_s < 1e9
                   ? 0
                   : wrong("--timeout is a number of seconds above 0, not", optarg);
    case 'h':
        (void)fputs(help, stdout);
        return -1;
    default:
        return wrong("see above", NULL);
    }
}

int otr_watch_parse(int argc, char **argv, otr_watch_options *out)
{
    static const struct option names[] = {
        {"broker", required_argument, NULL, 'b'}, {"ca", required_argument, NULL, 'a'},
        {"cert", required_argument, NULL, 'c'},   {"key", required_argument, NULL, 'k'},
        {"group", required_argument, NULL, 'g'},  {"gateway", required_argument, NULL, 'w'},
        {"kind", required_argument, NULL, 'i'},   {"json", no_argument, NULL, 'j'},
        {"long", no_argument, NULL, 'l'},         {"all", no_argument, NULL, 'd'},
        {"count", required_argument, NULL, 'n'},  {"timeout", required_argument, NULL, 't'},
        {"help", no_argument, NULL, 'h'},         {NULL, 0, NULL, 0},
    };
    *out = (otr_watch_options){
        .broker = environment("OUTRIDER_BROKER", "mqtts://localhost:8883"),
        .ca = environment("OUTRIDER_CA", NULL),
        .cert = environment("OUTRIDER_CERT", NULL),
        .key = environment("OUTRIDER_KEY", NULL),
        .kinds = {true, true, true, true, true, true, true},
        .colour = isatty(STDOUT_FILENO) == 1 && environment("NO_COLOR", NULL) == NULL,
    };
    for (int option = 0; (option = getopt_long(argc, argv, "", names, NULL)) != -1;) {
        int result = take(option, out);
        if (result != 0)
            return result;
    }
    return optind < argc ? wrong("unexpected argument", argv[optind]) : 0;
}
