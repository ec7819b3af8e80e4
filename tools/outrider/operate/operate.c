#include "tools/outrider/operate/operate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "daemon/config/config.h"
#include "daemon/config/contents.h"
#include "tools/outrider/fleet/remote.h"
#include "tools/outrider/operate/ask.h"

enum { REMOTE_WAIT_S = 30 };
enum { WAIT_S = 60 }; /* a commit may wait for a slow disk, and forgetting rewrites the database */

/* What came from a context lives as long as the process, which is one verb. */
static otr_arena context;

int otr_operate_parse(int argc, char **argv, const char *usage, otr_operate_options *out)
{
    static const otr_flag flags[] = {
        {"socket", OTR_FLAG_TEXT, offsetof(otr_operate_options, socket)},
        {"config", OTR_FLAG_TEXT, offsetof(otr_operate_options, config)},
        {"who", OTR_FLAG_TEXT, offsetof(otr_operate_options, who)},
        {"id", OTR_FLAG_TEXT, offsetof(otr_operate_options, id)},
        {"role", OTR_FLAG_TEXT, offsetof(otr_operate_options, role)},
        {"yes", OTR_FLAG_SWITCH, offsetof(otr_operate_options, yes)},
        {"json", OTR_FLAG_SWITCH, offsetof(otr_operate_options, json)},
        {"asset", OTR_FLAG_TEXT, offsetof(otr_operate_options, asset)},
        {"sort", OTR_FLAG_TEXT, offsetof(otr_operate_options, sort)},
        {"on", OTR_FLAG_NAME, offsetof(otr_operate_options, broker.gateway)},
        {"as", OTR_FLAG_TEXT, offsetof(otr_operate_options, broker.operator_key)},
        {"timeout", OTR_FLAG_SECONDS, offsetof(otr_operate_options, timeout_s)},
        {"good-for", OTR_FLAG_SECONDS, offsetof(otr_operate_options, good_for_s)},
    };
    *out = (otr_operate_options){.config = "/etc/outrider/outrider.yaml", .timeout_s = REMOTE_WAIT_S};
    const otr_flag_group groups[] = {
        OTR_FLAG_GROUP(
            flags, out,
            "\n"
            "  --on GATEWAY    of that gateway, over MQTT, by an order that --as signs\n"
            "  --as KEYFILE    the operator's key, PEM; default: operator_key of the context\n"
            "  --timeout S     how long its answer is waited for; default 30\n"
            "  --good-for S    how long it may be done, where the gateway is away; default: as --timeout\n"),
        otr_broker_flag_group(&out->broker),
        OTR_FLAG_EXIT(
            "0 done, 1 refused or failed, 2 wrong usage, 3 no answer in time: it may still be done"),
    };
    int code = otr_flags_parse(argc, argv, usage, groups, sizeof groups / sizeof *groups);
    if (code >= 0)
        return code;
    out->verb = argv[0];
    if (out->sort != NULL && strcmp(argv[0], "cases") != 0)
        return otr_flags_wrong(argv[0], "--sort is of cases");
    if (out->asset != NULL && strcmp(argv[0], "devices") != 0)
        return otr_flags_wrong(argv[0], "--asset is of devices");
    out->remote = out->broker.gateway != NULL;
    if (!out->remote)
        return out->broker.url == NULL && out->broker.context == NULL
                   ? -1
                   : otr_flags_wrong(argv[0], "over MQTT it needs --on GATEWAY");
    code = otr_broker_settle(argv[0], &out->broker);
    context = out->broker.memory;
    if (code < 0 && out->broker.group == NULL)
        return otr_flags_wrong(argv[0], "over MQTT it needs --group");
    return code;
}

int otr_operate_open(const otr_operate_options *from, otr_buffer *why)
{
    otr_config *config = NULL;
    otr_error error = {.status = OTR_OK};
    char reason[OTR_REFUSAL_BYTES];
    if (from->socket != NULL)
        return otr_ask_open(from->socket, WAIT_S, why);
    if (otr_config_load(from->config, &config, &error) != OTR_OK) {
        otr_buffer_add_format(why, "%s\n", otr_refusal_format(from->config, &error, reason));
        return -1;
    }
    int fd = otr_ask_open(config->control.socket.data, WAIT_S, why);
    otr_config_free(config);
    return fd;
}

static json_t *ask_here(const otr_operate_options *from, const json_t *request)
{
    otr_buffer why = {0};
    otr_buffer line = {0};
    json_t *answer = NULL;
    char *text = json_dumps(request, JSON_COMPACT);
    otr_buffer_add_format(&line, "%s\n", text != NULL ? text : "");
    otr_buffer_add_u8(&line, '\0');
    int fd = otr_operate_open(from, &why);
    if (fd >= 0 && text != NULL && !line.failed)
        answer = otr_ask(fd, (const char *)line.data, &why);
    if (fd >= 0)
        close(fd);
    if (answer == NULL)
        (void)fprintf(stderr, "outrider: %.*s", (int)why.size, why.size > 0 ? (const char *)why.data : "");
    otr_buffer_done(&why);
    otr_buffer_done(&line);
    free(text);
    return answer;
}

static json_t *ask_there(const otr_operate_options *from, const json_t *request)
{
    otr_error error = {.text = ""};
    json_t *answer = NULL;
    const otr_remote_options options = {from->verb, &from->broker, from->timeout_s, from->good_for_s};
    otr_status status = otr_remote_call(&options, request, &answer, &error);
    if (status != OTR_OK)
        (void)fprintf(stderr, "outrider %s: %s\n", from->verb, error.text);
    if (status == OTR_UNKNOWN) /* not "failed": whoever asked must not take it for not done */
        exit(OTR_OPERATE_NO_ANSWER);
    return answer;
}

json_t *otr_operate_ask(const otr_operate_options *from, const json_t *request)
{
    return from->remote ? ask_there(from, request) : ask_here(from, request);
}

json_t *otr_operate_list(const otr_operate_options *from, const json_t *request)
{
    json_t *answer = otr_operate_ask(from, request);
    const char *reason = json_string_value(json_object_get(answer, "reason"));
    if (answer == NULL || json_is_true(json_object_get(answer, "ok")))
        return answer;
    (void)fprintf(stderr, "outrider %s: refused: %s\n", from->verb,
                  reason != NULL ? reason : "no reason given");
    json_decref(answer);
    return NULL;
}

void otr_operate_name(const otr_operate_options *from, json_t *request)
{
    char text[64];
    struct timespec now;
    const char *who = from->who != NULL ? from->who : getenv("USER");
    (void)clock_gettime(CLOCK_REALTIME, &now);
    (void)snprintf(text, sizeof text, "%ld-%lld-%ld", (long)getpid(), (long long)now.tv_sec, now.tv_nsec);
    if (who != NULL)
        json_object_set_new(request, "who", json_string(who));
    json_object_set_new(request, "id", json_string(from->id != NULL ? from->id : text));
}
