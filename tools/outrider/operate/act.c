/* `outrider act`: answers a notification as its reader would, over the daemon's control socket or over MQTT.
 */
#include "tools/outrider/operate/act.h"

#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/hash.h"
#include "codec/service.h"
#include "daemon/config/config.h"
#include "daemon/config/contents.h"
#include "tools/outrider/fleet/exchange.h"
#include "tools/outrider/operate/ask.h"
#include "tools/outrider/verbs.h"

enum { WAIT_S = 25 }; /* an action may wait for a slow disk */

static const char usage[] =
    "usage: outrider act ACTION NOTIFICATION TOKEN [options]\n"
    "\n"
    "Answers a notification as its reader would. ACTION and TOKEN are of the notification's actions, "
    "NOTIFICATION is\n"
    "its \"entity\"; `outrider watch --long` shows them. Actions: status, help, call-me, not-solved, solved, "
    "useful, known,\n"
    "wrong, late, stop, resume, my-data, forget-me, score.\n"
    "\n"
    "  --category WORD   stop, resume: of this category alone\n"
    "  --from, --to TIME stop, call-me, my-data: RFC 3339\n"
    "  --score N         score: as the question asks, 0 to 10\n"
    "  --reason WORD     score: of a poor one: late, unclear, not-solved, had-to-repeat, too-many-messages\n"
    "  --id HEX          32 hex digits: the same again has no second effect; default random\n"
    "  --socket PATH, --config FILE    the daemon of this machine; default /etc/outrider/outrider.yaml\n"
    "  --timeout S       over MQTT: how long an answer is waited for; default 10\n"
    "\n"
    "With --gateway (or --on), and --group where the context does not say it, over MQTT instead, by the "
    "context in\n"
    "use, --context or --broker:\n";

/* Words that are no options, and how many of them. -1: go on; else the exit code. */
static int parse(int argc, char **argv, int words, otr_act_options *out)
{
    static const otr_flag flags[] = {
        {"socket", OTR_FLAG_TEXT, offsetof(otr_act_options, socket)},
        {"on", OTR_FLAG_NAME, offsetof(otr_act_options, broker.gateway)},
        {"config", OTR_FLAG_TEXT, offsetof(otr_act_options, config)},
        {"id", OTR_FLAG_TEXT, offsetof(otr_act_options, id)},
        {"category", OTR_FLAG_TEXT, offsetof(otr_act_options, category)},
        {"from", OTR_FLAG_TEXT, offsetof(otr_act_options, from)},
        {"to", OTR_FLAG_TEXT, offsetof(otr_act_options, to)},
        {"score", OTR_FLAG_NUMBER, offsetof(otr_act_options, score)},
        {"reason", OTR_FLAG_TEXT, offsetof(otr_act_options, reason)},
        {"timeout", OTR_FLAG_SECONDS, offsetof(otr_act_options, timeout_s)},
    };
    const otr_flag_group groups[] = {OTR_FLAG_GROUP(flags, out, NULL), otr_broker_flag_group(&out->broker),
                                     OTR_FLAG_EXIT("0 accepted, 1 refused or no answer, 2 wrong usage")};
    *out = (otr_act_options){.config = "/etc/outrider/outrider.yaml", .score = NAN, .timeout_s = 10};
    int code = otr_flags_parse(argc, argv, usage, groups, sizeof groups / sizeof *groups);
    if (code >= 0)
        return code;
    if (argc - optind != words)
        return otr_flags_wrong("act", "expected ACTION NOTIFICATION TOKEN");
    bool elsewhere = out->broker.gateway != NULL && out->socket == NULL; /* by the context in use */
    out->remote = out->broker.url != NULL || out->broker.context != NULL || elsewhere;
    if (!out->remote)
        return -1;
    code = otr_broker_settle("act", &out->broker);
    if (code < 0 && (out->broker.group == NULL || out->broker.gateway == NULL))
        return otr_flags_wrong("act", "over MQTT it needs --group and --gateway");
    return code;
}

static void set(json_t *request, const char *name, const char *value)
{
    if (value != NULL)
        json_object_set_new(request, name, json_string(value));
}

static json_t *make_request(const otr_act_options *options, char **words)
{
    char id[OTR_ID_TEXT_BYTES];
    otr_id random;
    if (getrandom(random.bytes, sizeof random.bytes, 0) != (ssize_t)sizeof random.bytes)
        return NULL;
    otr_id_format(random, id);
    json_t *request = json_object();
    set(request, "id", options->id != NULL ? options->id : id);
    set(request, "action", words[0]);
    set(request, "notification", words[1]);
    set(request, "token", words[2]);
    set(request, "category", options->category);
    set(request, "from", options->from);
    set(request, "to", options->to);
    set(request, "reason", options->reason);
    if (!isnan(options->score))
        json_object_set_new(request, "score", json_real(options->score)); /* whole or not: the daemon says */
    return request;
}

static int open_socket(const otr_act_options *options, otr_buffer *why)
{
    otr_config *config = NULL;
    otr_error error = {.status = OTR_OK};
    char reason[OTR_REFUSAL_BYTES];
    if (options->socket != NULL)
        return otr_ask_open(options->socket, WAIT_S, why);
    if (otr_config_load(options->config, &config, &error) != OTR_OK) {
        otr_buffer_add_format(why, "%s\n", otr_refusal_format(options->config, &error, reason));
        return -1;
    }
    int fd = otr_ask_open(config->control.socket.data, WAIT_S, why);
    otr_config_free(config);
    return fd;
}

static json_t *over_socket(const otr_act_options *options, const char *request)
{
    otr_buffer why = {0};
    otr_buffer line = {0};
    json_t *answer = NULL;
    otr_buffer_add_format(&line, "%s\n", request);
    otr_buffer_add_u8(&line, '\0');
    int fd = open_socket(options, &why);
    if (fd >= 0 && !line.failed)
        answer = otr_ask(fd, (const char *)line.data, &why);
    if (fd >= 0)
        close(fd);
    if (answer == NULL)
        (void)fprintf(stderr, "outrider act: %.*s", (int)why.size,
                      why.size > 0 ? (const char *)why.data : "");
    otr_buffer_done(&why);
    otr_buffer_done(&line);
    return answer;
}

static json_t *over_mqtt(const otr_act_options *options, const json_t *request, const char *text)
{
    otr_error error = {.text = ""};
    otr_exchange *exchange = NULL;
    json_t *answer = NULL;
    otr_status status = otr_exchange_open("act", &options->broker, &exchange, &error);
    if (status == OTR_OK)
        status = otr_exchange_ask(exchange, options->broker.group, options->broker.gateway, otr_str_of(text),
                                  json_string_value(json_object_get(request, "id")), options->timeout_s,
                                  &answer, &error);
    otr_exchange_close(exchange);
    if (status != OTR_OK)
        (void)fprintf(stderr, "outrider act: %s\n", error.text);
    return answer;
}

int otr_verb_act(int argc, char **argv)
{
    otr_act_options options;
    /* a token may begin with a dash: words that come first are none of the options */
    bool first = argc >= 4 && argv[1][0] != '-';
    char **words = argv + 1;
    int code = parse(argc - (first ? 3 : 0), argv + (first ? 3 : 0), first ? 0 : 3, &options);
    if (code >= 0) {
        otr_broker_done(&options.broker);
        return code;
    }
    json_t *request = make_request(&options, first ? words : argv + optind);
    if (!options.remote)
        set(request, "do", "act");
    char *text = json_dumps(request, JSON_COMPACT);
    json_t *answer = NULL;
    if (text == NULL)
        (void)fputs("outrider act: these words are no UTF-8\n", stderr);
    else
        answer = options.remote ? over_mqtt(&options, request, text) : over_socket(&options, text);
    bool accepted = json_is_true(json_object_get(answer, "ok"));
    const char *reason = json_string_value(json_object_get(answer, "reason"));
    if (accepted)
        puts("ok");
    else if (answer != NULL)
        (void)fprintf(stderr, "outrider act: refused: %s\n", reason != NULL ? reason : "no reason given");
    free(text);
    json_decref(request);
    json_decref(answer);
    otr_broker_done(&options.broker);
    return accepted ? 0 : 1;
}
