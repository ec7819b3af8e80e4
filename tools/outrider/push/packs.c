/* `outrider packs`, `stage`, `rehearse`, `shadow`, `activate`, `rollback`: the packs of one gateway. */
#include <getopt.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "daemon/config/tuning.h"
#include "tools/outrider/flags.h"
#include "tools/outrider/operate/operate.h"
#include "tools/outrider/push/packs.h"
#include "tools/outrider/verbs.h"

static const char usage[] =
    "usage: outrider packs                  what runs, what is staged, what was before; plans of rollouts\n"
    "       outrider stage FILE             a signed pack or tuning (outrider sign) is checked and kept "
    "there\n"
    "       outrider rehearse PACK          what the staged one would have done on the gateway's own "
    "history\n"
    "       outrider shadow PACK [off]      what it does from now on is compared, and nobody is told; then\n"
    "       outrider rehearse PACK shadow   tells the differences since\n"
    "       outrider activate PACK          the staged one runs; the one before is kept\n"
    "       outrider rollback PACK          the one before runs again\n"
    "\n"
    "Of the gateway on this machine. `outrider push` does it all for many gateways. A signed tuning, which "
    "sets some\n"
    "options in place of the gateway's own configuration, goes by the name tuning.\n"
    "\n"
    "  --socket PATH  of the daemon\n"
    "  --config FILE  names the socket; default /etc/outrider/outrider.yaml\n"
    "  --json         the gateway's answer\n";

static double number(const json_t *object, const char *name)
{
    return json_number_value(json_object_get(object, name));
}

static const char *text(const json_t *object, const char *name)
{
    const char *value = json_string_value(json_object_get(object, name));
    return value != NULL ? value : "";
}

/* ---- printing ---- */

static void print_one(const json_t *pack, const char *what)
{
    const json_t *one = json_object_get(pack, what);
    if (one == NULL)
        return;
    printf("  %-9s version %lld, signed by %s%s", what, (long long)number(one, "version"),
           text(one, "signer"), strcmp(text(one, "purpose"), "rollback") == 0 ? ", a rollback" : "");
    if (json_object_get(one, "since") != NULL)
        printf(", since %s", text(one, "since"));
    if (json_object_get(one, "why") != NULL)
        printf(", taken back: %s", text(one, "why"));
    printf("\n");
}

static void print_packs(const json_t *answer)
{
    size_t i;
    json_t *pack;
    json_array_foreach(json_object_get(answer, "packs"), i, pack)
    {
        const json_t *running = json_object_get(pack, "running");
        if (running == NULL)
            printf("%s: does not run\n", text(pack, "pack"));
        else
            printf("%s: version %lld runs%s%s\n", text(pack, "pack"), (long long)number(running, "version"),
                   json_object_get(pack, "active") != NULL ? ", pushed" : ", from its file",
                   json_object_get(pack, "trial") != NULL ? ", on trial" : "");
        print_one(pack, "staged");
        print_one(pack, "shadow");
        print_one(pack, "previous");
        print_one(pack, "fallen");
    }
    json_array_foreach(json_object_get(answer, "plans"), i, pack)
        printf("plan %s: %s %lld, %s; stage %lld of %lld is done\n", text(pack, "id"), text(pack, "pack"),
               (long long)number(pack, "version"), text(pack, "state"), (long long)number(pack, "stage"),
               (long long)number(pack, "stages"));
}

static void print_staged(const json_t *answer)
{
    bool runs = json_is_true(json_object_get(answer, "runs"));
    bool pushed = json_is_true(json_object_get(answer, "pushed"));
    printf("%s: version %lld %s\n", text(answer, "pack"), (long long)number(answer, "version"),
           runs && pushed ? "runs already, nothing is staged"
           : runs         ? "is staged, and its content runs already"
                          : "is staged");
}

static void print_side(const char *name, const json_t *side)
{
    printf("  %-8s %8.2f alarms, %.2f notices, %.2f tickets a day; %lld customers told\n", name,
           number(side, "alarms_per_day"), number(side, "notices_per_day"), number(side, "tickets_per_day"),
           (long long)number(side, "customers"));
}

void otr_packs_say_changes(const json_t *changes)
{
    size_t i;
    json_t *one;
    json_array_foreach(changes, i, one)
    {
        printf("%s%s: %s -> %s", i > 0 ? ", " : "", text(one, "option"),
               text(one, "from")[0] != '\0' ? text(one, "from") : "nothing",
               text(one, "to")[0] != '\0' ? text(one, "to") : "nothing");
    }
    printf("%s", i == 0 ? "nothing would change" : "");
}

static void print_figures(const char *pack, const json_t *figures)
{
    const json_t *changes = json_object_get(figures, "changes");
    if (changes != NULL) {
        printf("%s: ", pack);
        otr_packs_say_changes(changes);
        printf("\n");
        return;
    }
    printf("%s on what this gateway has seen, %.16s to %.16s UTC, %.2f days, %lld readings\n", pack,
           text(figures, "from"), text(figures, "to"), number(figures, "days"),
           (long long)number(figures, "readings"));
    print_side("pushed", json_object_get(figures, "pushed"));
    print_side("running", json_object_get(figures, "running"));
    printf("  %lld alarms would be new, %lld would be gone\n", (long long)number(figures, "alarms_new"),
           (long long)number(figures, "alarms_gone"));
    if (number(figures, "commands_unfit") > 0)
        printf("  %lld of %lld commands of then would have had no effect: %s\n",
               (long long)number(figures, "commands_unfit"), (long long)number(figures, "commands"),
               text(figures, "unfit"));
}

/* ---- verbs ---- */

static json_t *ask(void *context, const json_t *request)
{
    return otr_operate_ask(context, request);
}

static int tell(const otr_operate_options *given, json_t *answer, const char *verb, const char *word)
{
    bool ok = json_is_true(json_object_get(answer, "ok"));
    const json_t *active = json_object_get(answer, "active");
    if (answer == NULL)
        return 1;
    if (given->json)
        ok = json_dumpf(answer, stdout, JSON_INDENT(2)) == 0 && putchar('\n') != EOF && ok;
    else if (!ok)
        (void)fprintf(stderr, "outrider %s: refused: %s\n", verb, text(answer, "reason"));
    else if (strcmp(verb, "packs") == 0)
        print_packs(answer);
    else if (strcmp(verb, "stage") == 0)
        print_staged(answer);
    else if (json_object_get(answer, "figures") != NULL)
        print_figures(word, json_object_get(answer, "figures"));
    else if (json_is_object(active))
        printf("version %lld runs\n", (long long)number(active, "version"));
    else if (json_is_null(active))
        printf(strcmp(word, OTR_TUNING) == 0 ? "no tuning is in force any more\n"
                                             : "the one of the file runs\n");
    else
        printf("done\n");
    json_decref(answer);
    return ok ? 0 : 1;
}

/* Until the gateway has an answer. */
static json_t *wait_for_figures(const otr_operate_options *given, const json_t *request)
{
    for (;;) {
        json_t *answer = otr_operate_ask(given, request);
        const char *state = text(answer, "state");
        if (answer == NULL || strcmp(state, "running") != 0) {
            if (strcmp(state, "failed") == 0) /* the reason is there: it is a refusal */
                json_object_set_new(answer, "ok", json_false());
            return answer;
        }
        json_decref(answer);
        (void)usleep(200000);
    }
}

static json_t *do_verb(const otr_operate_options *given, const char *verb, const char *word, bool extra)
{
    if (strcmp(verb, "stage") == 0)
        return otr_packs_stage(word, ask, (void *)given);
    json_t *request = json_pack("{s:s}", "do", verb);
    json_t *answer = NULL;
    otr_operate_name(given, request);
    if (word != NULL)
        json_object_set_new(request, "pack", json_string(word));
    if (extra)
        json_object_set_new(request, strcmp(verb, "shadow") == 0 ? "off" : "shadow", json_true());
    answer =
        strcmp(verb, "rehearse") == 0 ? wait_for_figures(given, request) : otr_operate_ask(given, request);
    json_decref(request);
    return answer;
}

int otr_verb_packs(int argc, char **argv)
{
    otr_operate_options given;
    const char *verb = argv[0];
    int code = otr_operate_parse(argc, argv, usage, &given);
    if (code >= 0)
        return code;
    bool takes_extra = strcmp(verb, "shadow") == 0 || strcmp(verb, "rehearse") == 0;
    int words = strcmp(verb, "packs") == 0 ? 0 : 1;
    bool extra = takes_extra && optind + 2 == argc &&
                 strcmp(argv[optind + 1], strcmp(verb, "shadow") == 0 ? "off" : "shadow") == 0;
    if (optind + words + extra != argc)
        return otr_flags_wrong(verb, words == 0                    ? "it takes no words"
                                     : strcmp(verb, "stage") == 0  ? "expected one file"
                                     : strcmp(verb, "shadow") == 0 ? "expected one pack, and perhaps off"
                                     : takes_extra                 ? "expected one pack, and perhaps shadow"
                                                                   : "expected one pack, or tuning");
    const char *word = words > 0 ? argv[optind] : "";
    return tell(&given, do_verb(&given, verb, words > 0 ? word : NULL, extra), verb, word);
}
