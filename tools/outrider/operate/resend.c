/* `outrider resend FROM TO`: the telemetry of that time once more, over the daemon's control socket. */
#include <getopt.h>
#include <jansson.h>
#include <stdio.h>

#include "tools/outrider/flags.h"
#include "tools/outrider/operate/operate.h"
#include "tools/outrider/verbs.h"

static const char usage[] =
    "usage: outrider resend FROM TO [--socket PATH | --config FILE] [--json]\n"
    "\n"
    "Has this gateway tell its Sparkplug hosts again what came in between two times (of arrival, such as\n"
    "2024-05-01T12:00:00Z), as historical values, after what is new. A host merges them by time.\n"
    "\n"
    "  --config FILE  names the socket; default /etc/outrider/outrider.yaml\n";

int otr_verb_resend(int argc, char **argv)
{
    otr_operate_options given;
    int code = otr_operate_parse(argc, argv, usage, &given);
    if (code >= 0)
        return code;
    if (argc - optind != 2)
        return otr_flags_wrong("resend", "expected two times, from and to");
    json_t *request =
        json_pack("{s:s,s:s,s:s}", "do", "resend", "from", argv[optind], "to", argv[optind + 1]);
    json_t *answer = otr_operate_ask(&given, request);
    bool accepted = json_is_true(json_object_get(answer, "ok"));
    const char *reason = json_string_value(json_object_get(answer, "reason"));
    if (accepted && given.json) {
        json_dumpf(answer, stdout, JSON_COMPACT);
        (void)putchar('\n');
    } else if (accepted) {
        printf("ok, %" JSON_INTEGER_FORMAT " inputs are sent again\n",
               json_integer_value(json_object_get(answer, "inputs")));
    } else if (answer != NULL) {
        (void)fprintf(stderr, "outrider resend: refused: %s\n", reason != NULL ? reason : "no reason given");
    }
    json_decref(request);
    json_decref(answer);
    return accepted ? 0 : 1;
}
