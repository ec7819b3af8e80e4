/* The steps of a rollout, each over its gateways. A step that was done is done again without effect. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "codec/base64.h"
#include "tools/outrider/push/push_internal.h"

enum { POLL_US = 300000, LOOK_S = 15, LOOKS = 6 /* at least, in a soak */ };

static const char *text(const json_t *object, const char *name)
{
    const char *value = json_string_value(json_object_get(object, name));
    return value != NULL ? value : "";
}

static const char *pack_of(const otr_rollout *rollout)
{
    return text(rollout->plan, "pack");
}

static const char *bundle_of(const otr_rollout *rollout)
{
    return text(rollout->plan, "bundle");
}

/* Whether it said yes; a refusal is noted. */
static bool accepted(otr_push_member *member, const json_t *answer)
{
    if (answer == NULL)
        return false;
    if (json_is_true(json_object_get(answer, "ok")))
        return true;
    const char *reason = text(answer, "reason");
    member->state = OTR_PUSH_REFUSED;
    (void)snprintf(member->reason, sizeof member->reason, "%s",
                   reason[0] != '\0' ? reason : text(answer, "text"));
    return false;
}

/* ---- the plan and the pack, from the gateways ---- */

static bool fetch_from(otr_rollout *rollout, otr_push_member *member)
{
    otr_buffer whole = {0};
    otr_arena arena = {0};
    size_t size = 1;
    bool good = true;
    while (good && whole.size < size) {
        otr_bytes piece = {NULL, 0};
        json_t *answer = otr_push_ask(rollout, member,
                                      json_pack("{s:s, s:s, s:I}", "do", "bundle", "bundle",
                                                bundle_of(rollout), "offset", (json_int_t)whole.size));
        const json_t *data = json_object_get(answer, "data");
        size = (size_t)json_integer_value(json_object_get(answer, "size"));
        good = json_is_string(data) &&
               otr_base64_read(&arena, (otr_str){json_string_value(data), json_string_length(data)}, &piece,
                               NULL) == OTR_OK &&
               piece.size > 0;
        if (good)
            otr_buffer_add(&whole, piece.data, piece.size);
        good = good && !whole.failed;
        json_decref(answer);
    }
    if (good) {
        otr_str copy = otr_arena_copy(&rollout->memory, otr_buffer_text(&whole));
        rollout->file.bytes = (otr_bytes){(const uint8_t *)copy.data, copy.size};
        rollout->file.name = pack_of(rollout);
        good = copy.data != NULL && otr_sha256_hex(rollout->file.bytes, rollout->file.hash) &&
               strcmp(rollout->file.hash, bundle_of(rollout)) == 0;
    }
    otr_buffer_done(&whole);
    otr_arena_done(&arena);
    return good;
}

/* That of the gateways that has come furthest. */
static void look_at(otr_rollout *rollout, const char *id, const json_t *answer)
{
    json_t *plan = json_object_get(answer, "plan");
    if (strcmp(text(plan, "id"), id) != 0 || !otr_plan_is_whole(plan))
        return;
    rollout->undone |= strcmp(text(plan, "state"), "undone") == 0;
    if (rollout->plan != NULL && json_integer_value(json_object_get(plan, "stage")) <=
                                     json_integer_value(json_object_get(rollout->plan, "stage")))
        return;
    json_decref(rollout->plan);
    rollout->plan = json_deep_copy(plan);
}

/* The members are those of the plan, in its order; what was learnt of them stays. */
static void take_members(otr_rollout *rollout)
{
    const json_t *names = json_object_get(rollout->plan, "gateways");
    otr_push_member *members = calloc(OTR_PLAN_GATEWAYS, sizeof *members);
    size_t i;
    json_t *name;
    if (members == NULL)
        return;
    json_array_foreach(names, i, name)
    {
        members[i] = (otr_push_member){.name = json_string_value(name)};
        for (size_t k = 0; k < rollout->count; k++)
            if (strcmp(rollout->members[k].name, members[i].name) == 0)
                members[i].offline = rollout->members[k].offline;
    }
    free(rollout->members);
    rollout->members = members;
    rollout->count = json_array_size(names);
}

/* "; they know p1 (cold 3, done), p2 ...", of all that answered. */
static int refuse_plan(const otr_rollout *rollout, const char *id, json_t *known)
{
    const char *name;
    const char *before = "; they know ";
    json_t *plan;
    (void)fprintf(stderr, "outrider push: no gateway of %s that answers knows the plan %s",
                  rollout->options->to, id);
    json_object_foreach(known, name, plan)
    {
        (void)fprintf(stderr, "%s%s (%s %lld, %s)", before, name, text(plan, "pack"),
                      (long long)json_integer_value(json_object_get(plan, "version")), text(plan, "state"));
        before = ", ";
    }
    (void)fprintf(stderr, "%s\n", json_object_size(known) == 0 ? "; they know none" : "");
    return 1;
}

int otr_push_find_plan(otr_rollout *rollout, const char *id)
{
    json_t *known = json_object();
    for (size_t i = 0; i < rollout->count; i++) {
        size_t k;
        json_t *plan;
        json_t *answer =
            otr_push_ask(rollout, &rollout->members[i], json_pack("{s:s, s:s}", "do", "packs", "plan", id));
        look_at(rollout, id, answer);
        json_array_foreach(json_object_get(answer, "plans"), k, plan)
            json_object_set(known, text(plan, "id"), plan);
        json_decref(answer);
    }
    int code = rollout->plan == NULL ? refuse_plan(rollout, id, known) : -1;
    json_decref(known);
    if (code >= 0)
        return code;
    take_members(rollout);
    if (rollout->options->undo != NULL)
        return -1;
    if (rollout->undone)
        json_object_set_new(rollout->plan, "stage", json_integer(0));
    for (size_t i = 0; i < rollout->count; i++)
        if (fetch_from(rollout, &rollout->members[i]))
            return -1;
    (void)fprintf(stderr, "outrider push: no gateway that answers has what the plan pushes any more\n");
    return 1;
}

void otr_push_keep_plan(otr_rollout *rollout)
{
    for (size_t i = 0; i < rollout->count; i++) {
        otr_push_member *member = &rollout->members[i];
        otr_push_state before = member->state;
        if (before == OTR_PUSH_LOST)
            continue;
        json_t *answer =
            otr_push_ask(rollout, member, json_pack("{s:s, s:O}", "do", "plan", "plan", rollout->plan));
        if (accepted(member, answer))
            member->state = before;
        else if (member->state == OTR_PUSH_AWAY && before == OTR_PUSH_RUNS)
            member->state = OTR_PUSH_LOST;
        json_decref(answer);
    }
}

/* ---- staging ---- */

typedef struct asked {
    otr_rollout *rollout;
    otr_push_member *member;
} asked;

static json_t *ask_member(void *context, const json_t *request)
{
    asked *one = context;
    return otr_push_ask(one->rollout, one->member, json_deep_copy(request));
}

/* Whether the gateway took it back by itself. */
static bool note_fall(const otr_rollout *rollout, otr_push_member *member, const json_t *entry)
{
    if (!otr_push_has(entry, "fallen", bundle_of(rollout)))
        return false;
    member->state = OTR_PUSH_FELL;
    (void)snprintf(member->reason, sizeof member->reason, "%s",
                   text(json_object_get(entry, "fallen"), "why"));
    return true;
}

static void prepare(otr_rollout *rollout, otr_push_member *member)
{
    asked one = {rollout, member};
    json_t *answer =
        otr_push_ask(rollout, member, json_pack("{s:s, s:s}", "do", "packs", "pack", pack_of(rollout)));
    bool good = accepted(member, answer);
    const json_t *entry = otr_push_entry(answer, pack_of(rollout));
    bool runs = good && otr_push_has(entry, "active", bundle_of(rollout));
    bool fell = good && rollout->resumed && note_fall(rollout, member, entry);
    json_decref(answer);
    if (runs)
        member->state = OTR_PUSH_RUNS;
    if (!good || runs || fell)
        return;
    answer = otr_packs_send(&rollout->file, ask_member, &one);
    if (accepted(member, answer) && json_is_true(json_object_get(answer, "staged")))
        member->state = OTR_PUSH_STAGED;
    json_decref(answer);
}

void otr_push_prepare(otr_rollout *rollout)
{
    for (size_t i = 0; i < rollout->count; i++)
        prepare(rollout, &rollout->members[i]);
}

/* ---- rehearsing ---- */

/* True: there is no more to wait for. */
static bool rehearse(otr_rollout *rollout, otr_push_member *member)
{
    bool shadow = json_is_true(json_object_get(rollout->plan, "shadow"));
    otr_buffer why = {0};
    json_t *answer =
        otr_push_ask(rollout, member,
                     json_pack("{s:s, s:s, s:b, s:b}", "do", "rehearse", "pack", pack_of(rollout), "shadow",
                               shadow, "again", rollout->resumed && !member->rehearses));
    member->rehearses = true;
    bool waits = accepted(member, answer) && strcmp(text(answer, "state"), "running") == 0;
    if (answer != NULL && member->state == OTR_PUSH_STAGED && !waits) {
        json_t *figures = json_object_get(answer, "figures");
        json_decref(member->figures);
        member->figures = json_incref(figures);
        member->state = OTR_PUSH_HELD;
        if (figures == NULL)
            (void)snprintf(member->reason, sizeof member->reason, "no rehearsal: %s", text(answer, "reason"));
        else if (otr_gate_holds(&rollout->gate, figures, &why))
            member->state = OTR_PUSH_OPEN;
        else
            (void)snprintf(member->reason, sizeof member->reason, "%.*s", OTR_STR_ARG(otr_buffer_text(&why)));
    }
    otr_buffer_done(&why);
    json_decref(answer);
    return !waits;
}

/* All gateways at the same time: each does it by itself. */
void otr_push_rehearse_all(otr_rollout *rollout)
{
    for (bool waits = true; waits;) {
        waits = false;
        for (size_t i = 0; i < rollout->count; i++)
            if (rollout->members[i].state == OTR_PUSH_STAGED)
                waits = !rehearse(rollout, &rollout->members[i]) || waits;
        if (waits)
            (void)usleep(POLL_US);
    }
}

/* ---- turning over ---- */

static void one_order(otr_rollout *rollout, otr_push_member *member, const char *verb, otr_push_state then)
{
    json_t *answer = otr_push_ask(rollout, member,
                                  json_pack("{s:s, s:s, s:s, s:s, s:b}", "do", verb, "pack", pack_of(rollout),
                                            "bundle", bundle_of(rollout), "plan", text(rollout->plan, "id"),
                                            "newer", rollout->options->newer));
    if (accepted(member, answer))
        member->state = then;
    json_decref(answer);
}

size_t otr_push_activate_first(otr_rollout *rollout, size_t count)
{
    size_t turned = 0;
    for (size_t i = 0; i < count; i++) {
        otr_push_member *member = &rollout->members[i];
        if (member->state != OTR_PUSH_OPEN)
            continue;
        one_order(rollout, member, "activate", OTR_PUSH_RUNS);
        if (member->state ==
            OTR_PUSH_AWAY) /* was there: it is not known whether it runs it, or ends with it */
            member->state = OTR_PUSH_LOST;
        turned++;
    }
    return turned;
}

/* ---- looking after ---- */

/* One that does not answer is asked again with the next look: only the last one counts. */
static void look_after(otr_rollout *rollout, otr_push_member *member)
{
    member->offline = false;
    json_t *answer =
        otr_push_ask(rollout, member, json_pack("{s:s, s:s}", "do", "packs", "pack", pack_of(rollout)));
    const json_t *entry = otr_push_entry(answer, pack_of(rollout));
    if (answer == NULL) {
        member->state = OTR_PUSH_LOST;
    } else if (accepted(member, answer) && !note_fall(rollout, member, entry)) {
        bool runs = otr_push_has(entry, "active", bundle_of(rollout));
        member->state = runs ? OTR_PUSH_RUNS : OTR_PUSH_REFUSED;
        (void)snprintf(member->reason, sizeof member->reason, "%s",
                       runs ? "" : "it does not run it: it was not activated, or taken back");
    }
    json_decref(answer);
}

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

void otr_push_soak_first(otr_rollout *rollout, size_t count, double seconds)
{
    double end = now_s() + seconds;
    double pause = seconds / LOOKS < LOOK_S ? seconds / LOOKS : LOOK_S;
    for (double left = seconds; left > 0; left = end - now_s()) {
        (void)usleep((useconds_t)((left < pause ? left : pause) * 1e6));
        for (size_t i = 0; i < count; i++)
            if (rollout->members[i].state == OTR_PUSH_RUNS || rollout->members[i].state == OTR_PUSH_LOST)
                look_after(rollout, &rollout->members[i]);
        if (otr_push_count(rollout, count, OTR_PUSH_FELL) > 0)
            return;
    }
}

void otr_push_shadow_all(otr_rollout *rollout)
{
    for (size_t i = 0; i < rollout->count; i++)
        if (rollout->members[i].state == OTR_PUSH_STAGED)
            one_order(rollout, &rollout->members[i], "shadow", OTR_PUSH_STAGED);
}

void otr_push_judge_undo(otr_rollout *rollout)
{
    for (size_t i = 0; i < rollout->count; i++) {
        otr_push_member *member = &rollout->members[i];
        json_t *answer =
            otr_push_ask(rollout, member, json_pack("{s:s, s:s}", "do", "packs", "pack", pack_of(rollout)));
        const json_t *entry = otr_push_entry(answer, pack_of(rollout));
        if (accepted(member, answer) && !rollout->options->newer &&
            otr_push_is_below(entry, bundle_of(rollout))) {
            const json_t *version = json_object_get(json_object_get(entry, "active"), "version");
            member->state = OTR_PUSH_REFUSED;
            (void)snprintf(member->reason, sizeof member->reason, "version %lld came after it and runs",
                           (long long)json_integer_value(version));
        }
        json_decref(answer);
    }
}

void otr_push_undo_all(otr_rollout *rollout)
{
    for (size_t i = 0; i < rollout->count; i++)
        one_order(rollout, &rollout->members[i], "rollback", OTR_PUSH_STAGED);
}
