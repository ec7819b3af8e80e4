/* `outrider assign`, `unassign`, `replace`, `assignments`, `forget`: who watches over what for whom, on the
 * gateway of this machine, over the daemon's control socket. */
#include <getopt.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/outrider/flags.h"
#include "tools/outrider/operate/operate.h"
#include "tools/outrider/verbs.h"

enum { FILE_BYTES_MAX = 30000 };

static const char usage[] =
    "usage: outrider assign FILE...                        an assignment each: rules/PACKS.md has the form\n"
    "       outrider unassign ASSET [REASON]               it ends now; REASON: delivered, ...\n"
    "       outrider replace OLD NEW                       a device takes the place of another one\n"
    "       outrider assignments [--json]                  what there is\n"
    "       outrider forget CUSTOMER [--yes]               nothing of them stays on this gateway\n"
    "\n"
    "Ends when it is durable; with 1 and the reason when it is refused.\n"
    "\n"
    "  --socket PATH  of the daemon\n"
    "  --config FILE  names the socket; default /etc/outrider/outrider.yaml\n"
    "  --who NAME     default: this user\n"
    "  --id TEXT      the same command sent again under one id has its effect once\n";

/* Prints the refusal; the exit code. */
static int tell(const char *what, json_t *answer, const char *done)
{
    bool accepted = json_is_true(json_object_get(answer, "ok"));
    const char *reason = json_string_value(json_object_get(answer, "reason"));
    if (accepted)
        printf("%s: %s\n", what, done);
    else if (answer != NULL)
        (void)fprintf(stderr, "outrider: %s: refused: %s\n", what,
                      reason != NULL ? reason : "no reason given");
    json_decref(answer);
    return accepted ? 0 : 1;
}

static json_t *read_text(const char *path)
{
    static char text[FILE_BYTES_MAX + 1];
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        perror(path);
        return NULL;
    }
    size_t size = fread(text, 1, sizeof text, file);
    (void)fclose(file);
    if (size > FILE_BYTES_MAX) {
        (void)fprintf(stderr, "%s: more than %d bytes\n", path, FILE_BYTES_MAX);
        return NULL;
    }
    json_t *value = json_stringn(text, size);
    if (value == NULL)
        (void)fprintf(stderr, "%s: is not UTF-8\n", path);
    return value;
}

/* As FILE:LINE:COL: reason, where the reason has a place. */
static int tell_file(const char *file, json_t *answer)
{
    int line;
    int column;
    const char *reason = json_string_value(json_object_get(answer, "reason"));
    bool placed = reason != NULL && sscanf(reason, "%d:%d:", &line, &column) == 2;
    if (json_is_true(json_object_get(answer, "ok")) || !placed)
        return tell(file, answer, "assigned");
    (void)fprintf(stderr, "%s:%s\n", file, reason);
    json_decref(answer);
    return 1;
}

static int assign(const otr_operate_options *given, int count, char **files)
{
    int code = 0;
    for (int i = 0; i < count; i++) {
        json_t *yaml = read_text(files[i]);
        json_t *request = yaml != NULL ? json_pack("{s:s, s:o}", "do", "assign", "yaml", yaml) : NULL;
        code |= request != NULL ? tell_file(files[i], otr_operate_ask(given, request)) : 1;
        json_decref(request);
    }
    return code;
}

static int send_command(const otr_operate_options *given, json_t *request, const char *what, const char *done)
{
    otr_operate_name(given, request);
    int code = tell(what, otr_operate_ask(given, request), done);
    json_decref(request);
    return code;
}

static const char *text_of(const json_t *one, const char *name)
{
    const char *text = json_string_value(json_object_get(one, name));
    return text != NULL ? text : "";
}

static void print_list(const json_t *list)
{
    size_t index;
    const json_t *one;
    printf("%-20s %-8s %-10s %-16s %-16s %s\n", "ASSET", "STATE", "REASON", "DEVICE", "CUSTOMER",
           "FROM, UNTIL");
    json_array_foreach(list, index, one)
    {
        json_int_t more = json_integer_value(json_object_get(one, "devices")) - 1;
        char device[96];
        (void)snprintf(device, sizeof device, more > 0 ? "%s +%lld" : "%s", text_of(one, "device"),
                       (long long)more);
        printf("%-20s %-8s %-10s %-16s %-16s %s%s%s%s\n", text_of(one, "asset"), text_of(one, "state"),
               text_of(one, "reason"), device, text_of(one, "customer"),
               json_is_true(json_object_get(one, "file")) ? "file" : text_of(one, "from"),
               *text_of(one, "until") != '\0' ? ", " : "", text_of(one, "until"), "");
    }
}

static int list(const otr_operate_options *given)
{
    json_t *request = json_pack("{s:s}", "do", "assignments");
    json_t *answer = otr_operate_list(given, request);
    int code = answer != NULL ? 0 : 1;
    if (answer != NULL && given->json)
        code = json_dumpf(answer, stdout, JSON_INDENT(2)) == 0 && putchar('\n') != EOF ? 0 : 1;
    else if (answer != NULL)
        print_list(json_object_get(answer, "assignments"));
    json_decref(request);
    json_decref(answer);
    return code;
}

/* On a terminal it is asked once more: it cannot be taken back. */
static bool is_meant(const char *customer, bool yes)
{
    char line[16] = "";
    if (yes || !isatty(STDIN_FILENO))
        return yes;
    printf("Forget %s: assignments end, and what is stored of them is erased for good. Type yes: ", customer);
    (void)fflush(stdout);
    return fgets(line, sizeof line, stdin) != NULL && strcmp(line, "yes\n") == 0;
}

/* A gateway that does not say is taken to know them. */
static bool is_known(const otr_operate_options *given, const char *customer)
{
    json_t *request = json_pack("{s:s, s:s}", "do", "known", "customer", customer);
    json_t *answer = otr_operate_ask(given, request);
    bool known = !json_is_false(json_object_get(answer, "known"));
    json_decref(request);
    json_decref(answer);
    return known;
}

static int forget(const otr_operate_options *given, const char *customer)
{
    if (!is_meant(customer, given->yes)) {
        (void)fputs("outrider forget: nothing was done; --yes says that it is meant\n", stderr);
        return 1;
    }
    return send_command(given, json_pack("{s:s, s:s}", "do", "forget", "customer", customer), customer,
                        is_known(given, customer) ? "forgotten" : "nothing of them was known here");
}

int otr_verb_assign(int argc, char **argv)
{
    otr_operate_options given;
    const char *verb = argv[0];
    int code = otr_operate_parse(argc, argv, usage, &given);
    if (code >= 0)
        return code;
    int count = argc - optind;
    char **words = argv + optind;
    if (strcmp(verb, "assign") == 0 && count >= 1)
        return assign(&given, count, words);
    if (strcmp(verb, "unassign") == 0 && (count == 1 || count == 2)) {
        json_t *request = json_pack("{s:s, s:s}", "do", verb, "asset", words[0]);
        if (count == 2)
            json_object_set_new(request, "reason", json_string(words[1]));
        return send_command(&given, request, words[0], "ended");
    }
    if (strcmp(verb, "replace") == 0 && count == 2)
        return send_command(&given,
                            json_pack("{s:s, s:s, s:s}", "do", verb, "old", words[0], "new", words[1]),
                            words[0], "replaced");
    if (strcmp(verb, "assignments") == 0 && count == 0)
        return list(&given);
    if (strcmp(verb, "forget") == 0 && count == 1)
        return forget(&given, words[0]);
    return otr_flags_wrong(verb, strcmp(verb, "replace") == 0 ? "expected the old device and the new one"
                                 : strcmp(verb, "assignments") == 0 ? "it takes no words"
                                 : strcmp(verb, "forget") == 0      ? "expected one customer"
                                 : strcmp(verb, "assign") == 0      ? "expected one or more files"
                                                               : "expected an asset, and perhaps a reason");
}
