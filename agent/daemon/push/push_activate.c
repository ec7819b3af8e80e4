/* What runs: a staged pack becomes active, the one before is kept, and goes back in its place when asked. */
#include "daemon/config/retune.h"
#include "daemon/config/tuning.h"
#include "daemon/push/push_internal.h"
#include "daemon/push/push_trial.h"

#include <stdio.h>
#include <string.h>

static const char *text_of(const json_t *one, const char *name)
{
    return json_string_value(json_object_get(one, name));
}

static bool same_bundle(const json_t *one, const json_t *wanted)
{
    return otr_push_same_bundle(one, json_string_value(wanted));
}

/* Has what the index says of the pack run: a pushed one, or that of the folder. */
static otr_status run(otr_daemon *daemon, const char *pack, otr_error *error)
{
    if (strcmp(pack, OTR_TUNING) == 0)
        return otr_retune(daemon, error);
    otr_contents contents = {0};
    char slot[OTR_PUSH_SLOT_BYTES];
    (void)otr_push_slot(pack, slot);
    const json_t *active = otr_push_index_one(&daemon->push->index, pack, "active");
    otr_status status = OTR_OK;
    if (active == NULL) {
        status = otr_contents_load(daemon->tuned != NULL ? daemon->tuned : daemon->config, &contents, error);
    } else {
        otr_bytes kept;
        status = otr_push_index_read(&daemon->push->index, text_of(active, "bundle"), &contents.memory, &kept,
                                     error);
        if (status == OTR_OK)
            status = otr_contents_put_pack(&contents, otr_push_index_yaml(kept), otr_str_of(pack), error);
    }
    const otr_content_file *found = NULL;
    for (size_t i = 0; i < contents.count && status == OTR_OK; i++)
        if (otr_str_is(contents.list[i].slot, slot))
            found = &contents.list[i];
    if (status == OTR_OK)
        status = found != NULL ? otr_driver_activate(daemon->driver, otr_str_of(slot),
                                                     otr_str_of(found->hash), found->bytes, error)
                               : otr_driver_activate(daemon->driver, otr_str_of(slot), OTR_STR(""),
                                                     (otr_str){NULL, 0}, error);
    otr_contents_done(&contents);
    return status;
}

/* why: for who reads of it upstream. Index first: whatever happens then, the next start has what it says.
 * Back to before when it is refused. */
static json_t *change(otr_daemon *daemon, const char *pack, json_t *next, const char *action, const char *why)
{
    otr_push *push = daemon->push;
    otr_error error = {.text = ""};
    otr_error again;
    json_t *before = json_deep_copy(push->index.root);
    if (before == NULL || next == NULL) {
        json_decref(before);
        json_decref(next);
        (void)otr_fail(&error, OTR_MEMORY, "out of memory");
        return otr_push_no(&error);
    }
    otr_status status = otr_push_index_save(&push->index, next, &error);
    if (status == OTR_OK && (status = run(daemon, pack, &error)) != OTR_OK) {
        (void)otr_push_index_save(&push->index, before, &again);
        before = NULL;
    }
    json_decref(before);
    const json_t *active = otr_push_index_one(&push->index, pack, "active");
    otr_log(status == OTR_OK ? OTR_LOG_NOTICE : OTR_LOG_ERROR, "push",
            "pack=%s action=%s version=%lld result=\"%s\"", pack, action,
            (long long)json_integer_value(json_object_get(active, "version")),
            status == OTR_OK ? "ok" : error.text);
    if (status != OTR_OK)
        return otr_push_no(&error);
    char text[256];
    (void)snprintf(text, sizeof text, "%s %s: %s %lld%s", action, pack,
                   active != NULL ? "version" : "the file's",
                   (long long)json_integer_value(json_object_get(active, "version")), why);
    push->worse = 0;
    push->stuck = false;
    otr_driver_report(daemon->driver, otr_str_of(action), otr_str_of(text));
    push->trial_ends_s = otr_push_now_s() + OTR_LIMIT_TRIAL_S;
    json_t *out = otr_push_yes();
    json_object_set_new(out, "active", active != NULL ? json_deep_copy(active) : json_null());
    return out;
}

/* A tuning that fitted when it was staged may not fit the file that was taken since. NULL: it does. */
static json_t *misfit(otr_daemon *daemon, const json_t *staged)
{
    otr_arena memory = {0};
    otr_error error = {.text = ""};
    char text[OTR_REFUSAL_BYTES];
    otr_bytes kept;
    otr_status status =
        otr_push_index_read(&daemon->push->index, text_of(staged, "bundle"), &memory, &kept, &error);
    if (status == OTR_OK)
        status = otr_retune_fits(daemon, otr_push_index_yaml(kept), &error);
    otr_arena_done(&memory);
    return status != OTR_OK ? otr_operate_refusal(otr_refusal_format(OTR_TUNING, &error, text)) : NULL;
}

json_t *otr_push_activate(otr_daemon *daemon, const json_t *request)
{
    otr_push *push = daemon->push;
    const char *pack = otr_push_pack_of(request);
    const json_t *wanted = json_object_get(request, "bundle");
    const json_t *staged = otr_push_index_one(&push->index, pack, "staged");
    const json_t *active = otr_push_index_one(&push->index, pack, "active");
    otr_error error = {.text = ""};
    json_t *refusal;
    json_t *entry;
    if (wanted != NULL && same_bundle(active, wanted)) /* the same once more */
        return json_pack("{s:b, s:O}", "ok", 1, "active", active);
    if (staged == NULL || (wanted != NULL && !same_bundle(staged, wanted)))
        return otr_operate_refusal("that is not staged here");
    bool rollback = strcmp(text_of(staged, "purpose"), "rollback") == 0;
    if (otr_push_check_version(daemon, pack, json_integer_value(json_object_get(staged, "version")),
                               text_of(staged, "hash"), rollback, &error) != OTR_OK)
        return otr_push_no(&error);
    if (strcmp(pack, OTR_TUNING) == 0 && (refusal = misfit(daemon, staged)) != NULL)
        return refusal;
    json_t *next = otr_push_index_copy(&push->index, pack, &entry);
    if (strcmp(pack, OTR_TUNING) == 0)
        json_object_set(entry, "last", json_object_get(entry, "staged"));
    otr_push_chain_put(entry, json_object_get(entry, "staged"));
    json_object_del(entry, "staged");
    json_object_del(entry, "fallen");
    json_object_del(entry, "shadow");
    json_object_set_new(
        entry, "trial",
        otr_push_trial_new(push->index.root, otr_health_now(daemon), daemon->health.looks > 0));
    return change(daemon, pack, next, "activate", "");
}

/* What ran before is wanted back while something newer runs: that is not taken away unasked. */
static json_t *refuse_newer(otr_push *push, const json_t *active)
{
    char text[OTR_REFUSAL_BYTES];
    const json_t *plan = otr_push_plans_of(push->index.root, text_of(active, "bundle"));
    (void)snprintf(text, sizeof text,
                   "version %lld came after it and runs%s%s: undo that first, or both of them",
                   (long long)json_integer_value(json_object_get(active, "version")),
                   plan != NULL ? ", by the plan " : "", plan != NULL ? text_of(plan, "id") : "");
    return otr_operate_refusal(text);
}

json_t *otr_push_rollback(otr_daemon *daemon, const json_t *request)
{
    otr_push *push = daemon->push;
    const char *pack = otr_push_pack_of(request);
    const json_t *wanted = json_object_get(request, "bundle");
    const json_t *active = otr_push_index_one(&push->index, pack, "active");
    json_t *entry = otr_push_index_pack(&push->index, pack);
    bool differs = wanted != NULL && !same_bundle(active, wanted);
    if (differs && !otr_push_chain_has(entry, json_string_value(wanted))) /* it does not run, or no more */
        return json_pack("{s:b, s:o}", "ok", 1, "active",
                         active != NULL ? json_deep_copy(active) : json_null());
    if (active == NULL)
        return otr_operate_refusal("nothing that was pushed runs of it");
    if (differs && !json_is_true(json_object_get(request, "newer")))
        return refuse_newer(push, active);
    json_t *next = otr_push_index_copy(&push->index, pack, &entry);
    while (next != NULL && differs && !same_bundle(json_object_get(entry, "active"), wanted))
        otr_push_chain_back(entry);
    if (otr_push_chain_is_cut(entry)) {
        json_decref(next);
        return otr_operate_refusal(
            "what ran before it is not kept any more: push the version that is to run instead");
    }
    json_object_set(entry, "staged", json_object_get(entry, "active"));
    otr_push_chain_back(entry);
    json_object_del(entry, "trial");
    return change(daemon, pack, next, "rollback", "");
}

void otr_push_take_back(otr_daemon *daemon, const char *pack, const char *complaint)
{
    otr_push *push = daemon->push;
    char why[200];
    json_t *entry;
    json_t *next = otr_push_index_copy(&push->index, pack, &entry);
    json_t *fallen = json_copy(json_object_get(entry, "active"));
    long long version = (long long)json_integer_value(json_object_get(fallen, "version"));
    (void)snprintf(why, sizeof why, "; %lld was taken back: %s, which was not so before it", version,
                   complaint);
    json_object_set_new(fallen, "why", json_string(complaint));
    json_object_set_new(fallen, "ran", json_true()); /* it counts where the journal is judged again */
    json_object_set_new(entry, "fallen", fallen);
    otr_push_chain_back(entry);
    json_object_del(entry, "trial");
    otr_log(OTR_LOG_ERROR, "push", "pack=%s version=%lld result=\"taken back\" reason=\"%s\"", pack, version,
            complaint);
    json_t *answer = change(daemon, pack, next, "rollback", why);
    if (!json_is_true(json_object_get(answer, "ok")) && !push->stuck) { /* told once, tried again and again */
        char text[400];
        push->stuck = true;
        (void)snprintf(text, sizeof text, "%s %lld makes it worse (%s) and cannot be taken back: %s", pack,
                       version, complaint,
                       text_of(answer, "reason") != NULL ? text_of(answer, "reason") : "");
        otr_driver_report(daemon->driver, OTR_STR("refused"), otr_str_of(text));
    }
    json_decref(answer);
}

/* ---- shadow ---- */

/* A replay decides as the agent would have: what the pack did since its shadow began is replayed when
 * somebody asks (rehearse with "shadow"), and costs the running agent nothing. */
json_t *otr_push_shadow(otr_daemon *daemon, const json_t *request)
{
    otr_push *push = daemon->push;
    const char *pack = otr_push_pack_of(request);
    bool off = json_is_true(json_object_get(request, "off"));
    char since[OTR_TIME_TEXT_BYTES];
    otr_error error = {.text = ""};
    json_t *entry;
    if (strcmp(pack, OTR_TUNING) == 0)
        return otr_operate_refusal("a tuning judges nothing, and has no shadow");
    if (!off && otr_push_index_one(&push->index, pack, "staged") == NULL)
        return otr_operate_refusal("nothing is staged of it");
    json_t *next = otr_push_index_copy(&push->index, pack, &entry);
    json_object_del(entry, "shadow");
    if (!off) {
        otr_time_format(otr_push_utc(daemon), since);
        json_t *shadow = json_deep_copy(json_object_get(entry, "staged"));
        json_object_set_new(shadow, "since", json_string(since));
        json_object_set_new(entry, "shadow", shadow);
    }
    if (otr_push_index_save(&push->index, next, &error) != OTR_OK)
        return otr_push_no(&error);
    otr_log(OTR_LOG_NOTICE, "push", "pack=%s action=%s", pack, off ? "\"shadow off\"" : "shadow");
    return otr_push_yes();
}
