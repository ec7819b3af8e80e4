/* `outrider alarms`, `ack`, `reset`, `shelve`, `unshelve`, `out-of-service`, `in-service`: the alarms of the
 * gateway on this machine, over the daemon's control socket. */
#include "tools/outrider/alarms.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "daemon/config.h"
#include "daemon/contents.h"
#include "tools/outrider/ask.h"
#include "tools/outrider/verbs.h"

enum { WAIT_S = 25 }; /* a commit may wait for a slow disk */

static const char usage_alarms[] =
    "usage: outrider alarms [--socket PATH | --config FILE] [--json]\n"
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
    "ALARM is an id as `outrider alarms` prints it, RULE a name or PACK/RULE. Ends when it is durable; with "
    "1\n"
    "and the reason when it is refused.\n"
    "\n"
    "  --socket PATH  of the daemon\n"
    "  --config FILE  names the socket; default /etc/outrider/outrider.yaml\n"
    "  --who NAME     default: this user\n"
    "  --id TEXT      the same command sent again under one id has its effect once\n";

typedef struct options {
    const char *socket;
    const char *config;
    const char *who;
    const char *id;
    bool json;
} options;

/* -1: go on; else the exit code. */
static int parse(int argc, char **argv, const char *usage, options *out)
{
    static const struct option known[] = {{"socket", required_argument, NULL, 's'},
                                          {"config", required_argument, NULL, 'c'},
                                          {"who", required_argument, NULL, 'w'},
                                          {"id", required_argument, NULL, 'i'},
                                          {"json", no_argument, NULL, 'j'},
                                          {"help", no_argument, NULL, 'h'},
                                          {NULL, 0, NULL, 0}};
    *out = (options){.config = "/etc/outrider/outrider.yaml"};
    optind = 0;
    for (int option = 0; (option = getopt_long(argc, argv, "h", known, NULL)) != -1;) {
        switch (option) {
        case 's':
            out->socket = optarg;
            break;
        case 'c':
            out->config = optarg;
            break;
        case 'w':
            out->who = optarg;
            break;
        case 'i':
            out->id = optarg;
            break;
        case 'j':
            out->json = true;
            break;
        case 'h':
            (void)fputs(usage, stdout);
            return 0;
        default:
            (void)fputs(usage, stderr);
            return 2;
        }
    }
    return -1;
}

static int open_socket(const options *from, otr_buffer *why)
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

/* The daemon's answer, or NULL with the reason on stderr. The caller frees it. */
static json_t *ask(const options *from, const json_t *request)
{
    otr_buffer why = {0};
    otr_buffer line = {0};
    json_t *answer = NULL;
    char *text = json_dumps(request, JSON_COMPACT);
    otr_buffer_add_format(&line, "%s\n", text != NULL ? text : "");
    otr_buffer_add_u8(&line, '\0');
    int fd = open_socket(from, &why);
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

int otr_verb_alarms(int argc, char **argv)
{
    options given;
    int code = parse(argc, argv, usage_alarms, &given);
    if (code >= 0)
        return code;
    if (optind < argc) {
        (void)fputs(usage_alarms, stderr);
        return 2;
    }
    json_t *request = json_pack("{s:s}", "do", "alarms");
    json_t *answer = ask(&given, request);
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

static bool is_id(const char *word)
{
    otr_id id;
    return otr_id_parse(otr_str_of(word), &id);
}

/* (ALARM | RULE ASSET) [(for SPAN | until TIME)] [REASON]; false when the words are others. */
static bool read_words(const char *verb, int count, char **words, json_t *request)
{
    bool shelf = strcmp(verb, "shelve") == 0;
    int at = 0;
    if (count >= 1 && is_id(words[0])) {
        set(request, "alarm", words[at++]);
    } else if (count >= 2) {
        set(request, "rule", words[at++]);
        set(request, "asset", words[at++]);
    } else {
        return false;
    }
    if (shelf) {
        if (count < at + 2 || (strcmp(words[at], "for") != 0 && strcmp(words[at], "until") != 0))
            return false;
        set(request, words[at], words[at + 1]);
        at += 2;
    }
    if (count > at && (shelf || strcmp(verb, "out-of-service") == 0))
        set(request, "reason", words[at++]);
    return count == at;
}

/* An id of this very command, so that the daemon would know it if it came again. */
static void set_id(json_t *request, const char *given)
{
    char text[64];
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    (void)snprintf(text, sizeof text, "%ld-%lld-%ld", (long)getpid(), (long long)now.tv_sec, now.tv_nsec);
    set(request, "id", given != NULL ? given : text);
}

int otr_verb_operate(int argc, char **argv)
{
    options given;
    const char *verb = argv[0];
    int code = parse(argc, argv, usage_operate, &given);
    if (code >= 0)
        return code;
    json_t *request = json_pack("{s:s}", "do", verb);
    if (!read_words(verb, argc - optind, argv + optind, request)) {
        (void)fputs(usage_operate, stderr);
        json_decref(request);
        return 2;
    }
    const char *user = getenv("USER");
    set(request, "who", given.who != NULL ? given.who : user);
    set_id(request, given.id);
    json_t *answer = ask(&given, request);
    bool accepted = json_is_true(json_object_get(answer, "ok"));
    const char *reason = json_string_value(json_object_get(answer, "reason"));
    if (accepted)
        printf("ok, %" JSON_INTEGER_FORMAT " alarm(s) changed\n",
               json_integer_value(json_object_get(answer, "alarms")));
    else if (answer != NULL)
        (void)fprintf(stderr, "outrider %s: refused: %s\n", verb,
                      reason != NULL ? reason : "no reason given");
    json_decref(request);
    json_decref(answer);
    return accepted ? 0 : 1;
}
