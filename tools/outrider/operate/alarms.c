/* `outrider alarms`, `ack`, `reset`, `shelve`, `unshelve`, `out-of-service`, `in-service`: the alarms of the
 * gateway on this machine, over the daemon's control socket. */
#include "tools/outrider/operate/alarms.h"

#include <getopt.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "tools/outrider/flags.h"
#include "tools/outrider/fleet/fleet.h"
#include "tools/outrider/operate/operate.h"
#include "tools/outrider/verbs.h"

enum { ID_BEGIN_MIN = 6 };

static const char usage_alarms[] =
    "usage: outrider alarms [--socket PATH | --config FILE] [--json]\n"
    "       outrider alarms --fleet [options]    of all gateways, from the broker: alarms --fleet --help\n"
    "\n"
    "Lists the alarms that are open, or over but not acknowledged, and the rules that are shelved or out of\n"
    "service. Asks the daemon of this machine.\n"
    "\n"
    "  --config FILE  names the socket; default /etc/outrider/outrider.yaml\n";
static const char usage_operate[] =
    "usage: outrider ack            (ALARM | RULE ASSET)\n"
    "       outrider reset          (ALARM | RULE ASSET)\n"
    "       outrider shelve         (ALARM | RULE ASSET) (for SPAN | until TIME) [REASON]\n"
    "       outrider unshelve       (ALARM | RULE ASSET)\n"
    "       outrider out-of-service (ALARM | RULE ASSET) [REASON]\n"
    "       outrider in-service     (ALARM | RULE ASSET)\n"
    "\n"
    "ALARM is an id as `outrider alarms` prints it, or the begin of one (6 digits or more), RULE a name or\n"
    "PACK/RULE. Ends when it is durable; with 1 and the reason when it is refused.\n"
    "\n"
    "  --socket PATH  of the daemon\n"
    "  --config FILE  names the socket; default /etc/outrider/outrider.yaml\n"
    "  --who NAME     default: this user\n"
    "  --id TEXT      the same command sent again under one id has its effect once\n";

int otr_verb_alarms(int argc, char **argv)
{
    if (otr_fleet_is_asked(argc, argv))
        return otr_fleet_alarms(argc, argv);
    otr_operate_options given;
    int code = otr_operate_parse(argc, argv, usage_alarms, &given);
    if (code >= 0)
        return code;
    if (optind < argc)
        return otr_flags_wrong("alarms",
                               "it takes no words: what is to be done with one is a verb, such as ack");
    json_t *request = json_pack("{s:s}", "do", "alarms");
    json_t *answer = otr_operate_list(&given, request);
    if (answer != NULL && given.json)
        code = json_dumpf(answer, stdout, JSON_INDENT(2)) == 0 && putchar('\n') != EOF ? 0 : 1;
    else if (answer != NULL)
        otr_alarms_print(answer);
    json_decref(request);
    code = answer == NULL || code > 0 ? 1 : 0;
    json_decref(answer);
    return code;
}

/* ---- commands ---- */

static void set(json_t *request, const char *name, const char *value)
{
    if (value != NULL)
        json_object_set_new(request, name, json_string(value));
}

/* An id or the begin of one. */
static bool is_id(const char *word)
{
    size_t size = strlen(word);
    return size >= ID_BEGIN_MIN && size < OTR_ID_TEXT_BYTES && strspn(word, "0123456789abcdef") == size;
}

/* Why one word, or none, names no alarm. */
static const char *no_alarm(int count, const char *word)
{
    size_t size = count > 0 ? strlen(word) : 0;
    if (count == 0)
        return "expected an alarm, or a rule and an asset";
    if (strspn(word, "0123456789abcdef") < size)
        return "a rule needs an asset behind it";
    return size < ID_BEGIN_MIN ? "the begin of an id has 6 digits or more" : "an id has 32 digits";
}

/* (ALARM | RULE ASSET) [(for SPAN | until TIME)] [REASON]; else why the words are none of that. */
static const char *read_words(const char *verb, int count, char **words, json_t *request)
{
    bool shelf = strcmp(verb, "shelve") == 0;
    int at = 0;
    if (count >= 1 && is_id(words[0])) {
        set(request, "alarm", words[at++]);
    } else if (count >= 2) {
        set(request, "rule", words[at++]);
        set(request, "asset", words[at++]);
    } else {
        return no_alarm(count, words[0]);
    }
    if (shelf) {
        if (count < at + 2 || (strcmp(words[at], "for") != 0 && strcmp(words[at], "until") != 0))
            return "expected for SPAN or until TIME behind it";
        set(request, words[at], words[at + 1]);
        at += 2;
    }
    if (count > at && (shelf || strcmp(verb, "out-of-service") == 0))
        set(request, "reason", words[at++]);
    return count == at ? NULL : "there are more words than it takes; a reason of several is quoted";
}

/* Of a shelf and the like what is to come matters as much as what stands. */
static void say_done(const char *verb, const json_t *request, json_int_t alarms)
{
    const char *span = json_string_value(json_object_get(request, "for"));
    const char *until = json_string_value(json_object_get(request, "until"));
    char stand[64] = "";
    if (alarms > 0)
        (void)snprintf(stand, sizeof stand, "%" JSON_INTEGER_FORMAT " alarm%s %s told nobody any more; ",
                       alarms, alarms == 1 ? "" : "s", alarms == 1 ? "is" : "are");
    if (strcmp(verb, "shelve") == 0)
        printf("shelved %s %s: %swhat it raises until then is told nobody\n", span != NULL ? "for" : "until",
               span != NULL ? span : until, stand);
    else if (strcmp(verb, "out-of-service") == 0)
        printf("out of service: %swhat it raises is told nobody until in-service\n", stand);
    else if (strcmp(verb, "unshelve") == 0 || strcmp(verb, "in-service") == 0)
        printf("ok: what it raises is told again\n");
    else
        printf("ok, %" JSON_INTEGER_FORMAT " alarm(s) changed\n", alarms);
}

int otr_verb_operate(int argc, char **argv)
{
    otr_operate_options given;
    const char *verb = argv[0];
    int code = otr_operate_parse(argc, argv, usage_operate, &given);
    if (code >= 0)
        return code;
    json_t *request = json_pack("{s:s}", "do", verb);
    const char *wrong = read_words(verb, argc - optind, argv + optind, request);
    if (wrong != NULL) {
        json_decref(request);
        return otr_flags_wrong(verb, wrong);
    }
    otr_operate_name(&given, request);
    json_t *answer = otr_operate_ask(&given, request);
    bool accepted = json_is_true(json_object_get(answer, "ok"));
    const char *reason = json_string_value(json_object_get(answer, "reason"));
    if (accepted)
        say_done(verb, request, json_integer_value(json_object_get(answer, "alarms")));
    else if (answer != NULL)
        (void)fprintf(stderr, "outrider %s: refused: %s\n", verb,
                      reason != NULL ? reason : "no reason given");
    json_decref(request);
    json_decref(answer);
    return accepted ? 0 : 1;
}
