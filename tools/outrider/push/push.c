/* `outrider push`: a pack to all gateways of a group, in stages, each behind a gate. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "daemon/config/config.h"
#include "daemon/config/tuning.h"
#include "tools/outrider/push/push_internal.h"
#include "tools/outrider/verbs.h"

enum {
    TIMEOUT_S = 10,
    SOAK_S = 240, /* a gateway takes back what is worse within three minutes: it looks each minute */
    SOAK_MAX_S = 86400,
    PENDING = 3 /* exit code */
};

static const char usage[] =
    "usage: outrider push FILE --to GROUP [--gate EXPR] [--stage 5%,50%,100%] [--soak S] [--quorum 80%] "
    "[--shadow]\n"
    "       outrider push --resume ID --to GROUP\n"
    "       outrider push --undo ID --to GROUP [--newer-too]\n"
    "\n"
    "Sends a signed pack or tuning (outrider sign) to the gateways of a group. Each checks it, replays it "
    "over its "
    "own\n"
    "history, and says what would have changed (of a tuning: which options); it is activated where the gate "
    "holds, a share of the "
    "gateways\n"
    "after the other, and the rollout stops at the first stage in which it does not hold everywhere. The "
    "plan is\n"
    "kept on the gateways: --resume goes on from any machine, with those that were away; --undo has the "
    "pack\n"
    "before run again wherever this one runs. Where a newer version runs in its place, --undo changes "
    "nothing\n"
    "anywhere and says so. outrider packs lists the plans that a gateway keeps.\n"
    "\n"
    "  --to GROUP        of the gateways\n"
    "  --gateways A,B    only these; default: all that the broker knows of\n"
    "  --gate EXPR       comparisons joined by &&, as in 'notices_per_day < 2 && days >= 7'. Of the "
    "rehearsal:\n"
    "                    days readings alarms_new alarms_gone commands commands_unfit; of the pack, and of "
    "the running one with\n"
    "                    \"running.\" before it: alarms_per_day notices_per_day tickets_per_day alarms\n"
    "                    notices tickets customers. Less than a day of history counts as a day\n"
    "  --stage LIST      growing shares; default 100%\n"
    "  --soak S          how long each stage is looked after before the next one; default 240 where there "
    "are "
    "several.\n"
    "                    A gateway whose health gets worse takes it back by itself, and the rollout stops\n"
    "  --quorum SHARE    so many gateways must have answered before anything is activated; default 100%\n"
    "  --shadow          runs beside the old one first, and tells nobody; --resume judges the differences\n"
    "  --newer-too       with --undo: also what came after it is taken away\n"
    "  --as KEYFILE      the engineer's key, PEM; default: operator_key of the context\n"
    "  --timeout S       how long each answer is waited for; default 10\n"
    "  --json            the result as one JSON object\n";

static int complain(const char *what, const otr_error *error)
{
    char text[OTR_REFUSAL_BYTES];
    (void)fprintf(stderr, "outrider push: %s\n", otr_refusal_format(what, error, text));
    return 2;
}

/* ---- the plan ---- */

/* Only what is needed of the pack, without judging it: that is for the gateways, which know the signers. */
static bool read_manifest(const otr_packs_file *file, json_t **out)
{
    otr_str text = {(const char *)file->bytes.data, file->bytes.size};
    json_error_t problem;
    for (int line = 0; line < 3 && text.size > 0; line++) {
        const char *end = memchr(text.data, '\n', text.size);
        size_t size = end != NULL ? (size_t)(end - text.data) + 1 : text.size;
        text = (otr_str){text.data + size, text.size - size};
    }
    const char *end = text.size > 0 ? memchr(text.data, '\n', text.size) : NULL;
    *out = end != NULL ? json_loadb(text.data, (size_t)(end - text.data), 0, &problem) : NULL;
    return json_is_string(json_object_get(*out, "pack")) && json_is_integer(json_object_get(*out, "version"));
}

static json_t *names_in_order(otr_rollout *rollout, const char *id)
{
    const char **names = calloc(rollout->count, sizeof *names);
    json_t *list = json_array();
    for (size_t i = 0; i < rollout->count && names != NULL; i++)
        names[i] = rollout->members[i].name;
    if (names != NULL)
        otr_plan_order(id, names, rollout->count);
    for (size_t i = 0; i < rollout->count && names != NULL; i++)
        (void)json_array_append_new(list, json_string(names[i]));
    free(names);
    return list;
}

static int by_plan(otr_rollout *rollout)
{
    const json_t *names = json_object_get(rollout->plan, "gateways");
    otr_push_member *ordered = calloc(OTR_PLAN_GATEWAYS, sizeof *ordered);
    if (ordered == NULL)
        return 1;
    for (size_t i = 0; i < rollout->count; i++)
        for (size_t k = 0; k < rollout->count; k++)
            if (strcmp(rollout->members[k].name, json_string_value(json_array_get(names, i))) == 0)
                ordered[i] = rollout->members[k];
    free(rollout->members);
    rollout->members = ordered;
    return -1;
}

static int soak_of(const otr_push_options *options, const json_t *stages)
{
    if (options->soak_s >= 0)
        return (int)options->soak_s;
    return json_array_size(stages) > 1 ? SOAK_S : 0;
}

static int make_plan(otr_rollout *rollout, const char *path)
{
    const otr_push_options *options = rollout->options;
    otr_error error = {.text = ""};
    uint32_t random = 0;
    char id[16];
    int quorum = 100;
    json_t *stages = NULL;
    json_t *manifest = NULL;
    if (options->quorum != NULL && !otr_plan_percent_parse(otr_str_of(options->quorum), &quorum))
        return otr_flags_wrong("push", "--quorum is a share from 1% to 100%");
    if (otr_plan_stages_parse(otr_str_of(options->stages), &stages, &error) != OTR_OK)
        return complain("--stage", &error);
    if (!otr_packs_read(&rollout->memory, path, &rollout->file) ||
        getrandom(&random, sizeof random, 0) != (ssize_t)sizeof random) {
        json_decref(stages);
        return 1;
    }
    if (!read_manifest(&rollout->file, &manifest)) {
        (void)fprintf(stderr, "outrider push: %s is no signed pack or tuning: outrider sign makes one\n",
                      path);
        json_decref(manifest);
        json_decref(stages);
        return 1;
    }
    bool tuning = strcmp(json_string_value(json_object_get(manifest, "pack")), OTR_TUNING) == 0;
    if (tuning && (options->gate[0] != '\0' || options->shadow)) {
        json_decref(manifest);
        json_decref(stages);
        return otr_flags_wrong(
            "push",
            "a tuning judges nothing: it has no --gate and no --shadow; health is looked after (--soak)");
    }
    (void)snprintf(id, sizeof id, "p%08x", random);
    rollout->plan =
        json_pack("{s:s, s:O, s:O, s:s, s:s, s:o, s:i, s:i, s:b, s:i, s:s, s:o}", "id", id, "pack",
                  json_object_get(manifest, "pack"), "version", json_object_get(manifest, "version"),
                  "bundle", rollout->file.hash, "gate", options->gate, "stages", stages, "soak",
                  soak_of(options, stages), "quorum", quorum, "shadow", options->shadow, "stage", 0, "state",
                  "running", "gateways", names_in_order(rollout, id));
    json_decref(manifest);
    return rollout->plan != NULL ? by_plan(rollout) : 1;
}

static void set_state(otr_rollout *rollout, const char *state)
{
    json_object_set_new(rollout->plan, "state", json_string(state));
    otr_push_keep_plan(rollout);
}

/* ---- what is told ---- */

static const char *const words[] = {"away",   "refused", "staged",       "held",
                                    "passes", "runs it", "took it back", "lost"};

static void say_json(const otr_rollout *rollout)
{
    json_t *gateways = json_array();
    for (size_t i = 0; i < rollout->count; i++) {
        const otr_push_member *member = &rollout->members[i];
        json_t *one = json_pack("{s:s, s:s, s:s}", "gateway", member->name, "state", words[member->state],
                                "reason", member->reason);
        if (member->figures != NULL)
            json_object_set(one, "figures", member->figures);
        (void)json_array_append_new(gateways, one);
    }
    json_t *root = json_pack("{s:O, s:o}", "plan", rollout->plan, "gateways", gateways);
    (void)json_dumpf(root, stdout, JSON_INDENT(2));
    (void)putchar('\n');
    json_decref(root);
}

static double figure(const otr_push_member *member, const char *side, const char *name)
{
    return json_number_value(json_object_get(json_object_get(member->figures, side), name));
}

void otr_push_say(const otr_rollout *rollout)
{
    const json_t *plan = rollout->plan;
    if (rollout->options->json) {
        say_json(rollout);
        return;
    }
    printf("plan %s: %s %lld, %s; stage %lld of %zu is done\n",
           json_string_value(json_object_get(plan, "id")), json_string_value(json_object_get(plan, "pack")),
           (long long)json_integer_value(json_object_get(plan, "version")),
           json_string_value(json_object_get(plan, "state")),
           (long long)json_integer_value(json_object_get(plan, "stage")),
           json_array_size(json_object_get(plan, "stages")));
    for (size_t i = 0; i < rollout->count; i++) {
        const otr_push_member *member = &rollout->members[i];
        printf("  %-24s %-12s", member->name, words[member->state]);
        const json_t *changes = json_object_get(member->figures, "changes");
        if (changes != NULL) {
            printf(" ");
            otr_packs_say_changes(changes);
        } else if (member->figures != NULL) {
            printf(" notices a day %.2f (now %.2f), alarms a day %.2f (now %.2f), customers %.0f (now %.0f)",
                   figure(member, "pushed", "notices_per_day"), figure(member, "running", "notices_per_day"),
                   figure(member, "pushed", "alarms_per_day"), figure(member, "running", "alarms_per_day"),
                   figure(member, "pushed", "customers"), figure(member, "running", "customers"));
        }
        printf("%s%s\n", member->reason[0] != '\0' ? " " : "", member->reason);
    }
}

/* ---- the rollout ---- */

static int tell_stop(const otr_rollout *rollout, const char *why)
{
    otr_push_say(rollout);
    (void)fprintf(stderr, "outrider push: stopped: %s\n", why);
    return 1;
}

static int stop(otr_rollout *rollout, const char *why)
{
    set_state(rollout, "stopped");
    return tell_stop(rollout, why);
}

/* Those that are there are as many as the quorum asks for. */
static bool has_quorum(const otr_rollout *rollout)
{
    size_t away = otr_push_count(rollout, rollout->count, OTR_PUSH_AWAY);
    int quorum = (int)json_integer_value(json_object_get(rollout->plan, "quorum"));
    return rollout->count - away >= otr_plan_share(rollout->count, quorum);
}

/* Why the stage of the first so many is not passed; NULL: it is. Of those that are lost a soak may hear
 * again. */
static const char *fault_of(const otr_rollout *rollout, size_t share, bool without_lost)
{
    static const struct {
        otr_push_state state;
        const char *text;
    } faults[] = {{OTR_PUSH_HELD, "the gate does not hold everywhere"},
                  {OTR_PUSH_REFUSED, "a gateway refuses it"},
                  {OTR_PUSH_FELL, "a gateway took it back"},
                  {OTR_PUSH_LOST, "a gateway that was to run it does not answer any more"}};
    for (size_t i = 0; i < sizeof faults / sizeof *faults - (without_lost ? 1 : 0); i++)
        if (otr_push_count(rollout, share, faults[i].state) > 0)
            return faults[i].text;
    return NULL;
}

/* At least so many that somebody of them is there: a stage is tried on someone. */
static size_t peopled(const otr_rollout *rollout, size_t share)
{
    while (share < rollout->count && otr_push_count(rollout, share, OTR_PUSH_OPEN) == 0 &&
           otr_push_count(rollout, share, OTR_PUSH_RUNS) == 0 && fault_of(rollout, share, false) == NULL)
        share++;
    return share;
}

/* Why it is not passed; NULL: it is. Looked after is whatever is turned over, and a stage that was not done
 * before it was resumed. */
static const char *try_stage(otr_rollout *rollout, size_t share, bool was_done)
{
    if (otr_push_count(rollout, share, OTR_PUSH_LOST) > 0)
        return fault_of(rollout, share, false);
    size_t turned = otr_push_activate_first(rollout, share);
    const char *fault = fault_of(rollout, share, true);
    if (fault != NULL)
        return fault;
    if (!was_done || turned > 0)
        otr_push_soak_first(rollout, share, json_number_value(json_object_get(rollout->plan, "soak")));
    return fault_of(rollout, share, false);
}

/* Stage after stage; -1: all are done. */
static int run_stages(otr_rollout *rollout)
{
    const json_t *stages = json_object_get(rollout->plan, "stages");
    json_int_t done = json_integer_value(json_object_get(rollout->plan, "stage"));
    for (size_t i = 0; i < json_array_size(stages); i++) {
        size_t share = peopled(
            rollout, otr_plan_share(rollout->count, (int)json_integer_value(json_array_get(stages, i))));
        const char *fault = try_stage(rollout, share, (json_int_t)i < done);
        if (fault != NULL)
            return stop(rollout, fault);
        if ((json_int_t)i >= done)
            json_object_set_new(rollout->plan, "stage", json_integer((json_int_t)i + 1));
        if (i + 1 < json_array_size(stages)) /* after the last the plan is kept with its end */
            otr_push_keep_plan(rollout);
    }
    return -1;
}

static int run(otr_rollout *rollout)
{
    bool shadow = json_is_true(json_object_get(rollout->plan, "shadow"));
    otr_push_prepare(rollout);
    if (otr_push_count(rollout, rollout->count, OTR_PUSH_REFUSED) ==
        rollout->count) { /* the plan before stays */
        json_object_set_new(rollout->plan, "state", json_string("stopped"));
        return tell_stop(rollout, "every gateway refuses it");
    }
    otr_push_keep_plan(rollout);
    if (otr_push_count(rollout, rollout->count, OTR_PUSH_REFUSED) > 0)
        return stop(rollout, "a gateway refuses it");
    if (otr_push_count(rollout, rollout->count, OTR_PUSH_FELL) > 0)
        return stop(rollout, "a gateway took it back: push a newer version");
    if (!has_quorum(rollout))
        return stop(rollout, "there is no quorum; --resume goes on when more gateways are there");
    if (shadow && !rollout->resumed) {
        otr_push_shadow_all(rollout);
        set_state(rollout, "in shadow");
        otr_push_say(rollout);
        return 0;
    }
    otr_push_rehearse_all(rollout);
    json_object_set_new(rollout->plan, "state", json_string("running"));
    int code = run_stages(rollout);
    if (code >= 0)
        return code;
    bool all = otr_push_count(rollout, rollout->count, OTR_PUSH_RUNS) == rollout->count;
    set_state(rollout, all ? "done" : "waiting");
    otr_push_say(rollout);
    return all ? 0 : PENDING;
}

static int undo(otr_rollout *rollout)
{
    otr_push_judge_undo(rollout);
    if (otr_push_count(rollout, rollout->count, OTR_PUSH_REFUSED) > 0)
        return tell_stop(rollout,
                         "nothing was undone: where a newer version runs, undo that one first, or both with "
                         "--newer-too");
    otr_push_undo_all(rollout);
    if (otr_push_count(rollout, rollout->count, OTR_PUSH_REFUSED) > 0)
        return tell_stop(rollout, "a gateway refuses to go back");
    set_state(rollout, "undone");
    otr_push_say(rollout);
    return otr_push_count(rollout, rollout->count, OTR_PUSH_STAGED) == rollout->count ? 0 : PENDING;
}

static int start(otr_rollout *rollout, const char *path)
{
    const otr_push_options *options = rollout->options;
    const char *id = options->resume != NULL ? options->resume : options->undo;
    otr_error error = {.text = ""};
    const otr_remote_options remote = {"push", &options->broker, options->timeout_s, 0};
    if (otr_gate_parse(otr_str_of(options->gate), &rollout->gate, &error) != OTR_OK)
        return complain("--gate", &error);
    int code = otr_push_members(rollout);
    if (code >= 0)
        return code;
    if (otr_remote_open(&remote, &rollout->remote, &error) != OTR_OK) {
        (void)fprintf(stderr, "outrider push: %s\n", error.text);
        return error.status == OTR_INVALID ? 2 : 1;
    }
    code = id != NULL ? otr_push_find_plan(rollout, id) : make_plan(rollout, path);
    if (code >= 0)
        return code;
    if (options->undo != NULL)
        return undo(rollout);
    otr_str gate = otr_str_of(json_string_value(json_object_get(rollout->plan, "gate")));
    if (otr_gate_parse(gate, &rollout->gate, &error) != OTR_OK)
        return complain("the gate of the plan", &error);
    rollout->resumed = id != NULL;
    return run(rollout);
}

static int wrong(const otr_push_options *options, int words_left)
{
    if (options->to == NULL)
        return otr_flags_wrong("push", "--to GROUP is missing");
    if (options->resume != NULL && options->undo != NULL)
        return otr_flags_wrong("push", "--resume or --undo, one of them");
    if (options->soak_s != -1 && !(options->soak_s >= 0 && options->soak_s <= SOAK_MAX_S))
        return otr_flags_wrong("push", "--soak is a number of seconds up to a day");
    if (options->newer && options->undo == NULL)
        return otr_flags_wrong("push", "--newer-too goes with --undo");
    bool new_one = options->resume == NULL && options->undo == NULL;
    if (words_left != (new_one ? 1 : 0))
        return otr_flags_wrong("push", new_one ? "the FILE of one signed pack or tuning"
                                               : "what is pushed is that of the plan");
    return -1;
}

int otr_verb_push(int argc, char **argv)
{
    static const otr_flag flags[] = {
        {"to", OTR_FLAG_NAME, offsetof(otr_push_options, to)},
        {"gateways", OTR_FLAG_TEXT, offsetof(otr_push_options, gateways)},
        {"gate", OTR_FLAG_TEXT, offsetof(otr_push_options, gate)},
        {"stage", OTR_FLAG_TEXT, offsetof(otr_push_options, stages)},
        {"quorum", OTR_FLAG_TEXT, offsetof(otr_push_options, quorum)},
        {"resume", OTR_FLAG_NAME, offsetof(otr_push_options, resume)},
        {"undo", OTR_FLAG_NAME, offsetof(otr_push_options, undo)},
        {"as", OTR_FLAG_TEXT, offsetof(otr_push_options, broker.operator_key)},
        {"soak", OTR_FLAG_NUMBER, offsetof(otr_push_options, soak_s)},
        {"timeout", OTR_FLAG_SECONDS, offsetof(otr_push_options, timeout_s)},
        {"shadow", OTR_FLAG_SWITCH, offsetof(otr_push_options, shadow)},
        {"newer-too", OTR_FLAG_SWITCH, offsetof(otr_push_options, newer)},
        {"json", OTR_FLAG_SWITCH, offsetof(otr_push_options, json)},
    };
    otr_push_options options = {.gate = "", .stages = "100%", .timeout_s = TIMEOUT_S, .soak_s = -1};
    const otr_flag_group groups[] = {
        OTR_FLAG_GROUP(flags, &options, NULL), otr_broker_flag_group(&options.broker),
        OTR_FLAG_EXIT("0 done, 1 stopped, 2 wrong usage, 3 some gateways are away: --resume")};
    otr_rollout rollout = {.options = &options};
    int code = otr_flags_parse(argc, argv, usage, groups, sizeof groups / sizeof *groups);
    if (code < 0)
        code = wrong(&options, argc - optind);
    if (code >= 0)
        return code;
    const char *path = argv[optind];
    options.broker.group = options.to;
    code = otr_broker_settle("push", &options.broker);
    if (code < 0)
        code = start(&rollout, path);
    for (size_t i = 0; i < rollout.count; i++)
        json_decref(rollout.members[i].figures);
    free(rollout.members);
    if (rollout.remote != NULL)
        otr_remote_close(rollout.remote);
    json_decref(rollout.plan);
    otr_arena_done(&rollout.memory);
    otr_broker_done(&options.broker);
    return code;
}
