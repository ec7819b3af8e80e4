/* Rehearsals, and the list of what there is. */
#include "daemon/config/retune.h"
#include "daemon/config/tuning.h"
#include "daemon/push/push_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void rehearsed(void *context, json_t *figures, const char *reason)
{
    otr_push *push = ((otr_daemon *)context)->push;
    json_t *result = json_object_get(push->results, push->rehearsed);
    json_object_set_new(result, "state", json_string(figures != NULL ? "done" : "failed"));
    if (figures != NULL)
        json_object_set_new(result, "figures", figures);
    else
        json_object_set_new(result, "reason", json_string(reason));
    otr_log(OTR_LOG_NOTICE, "rehearsal", "pack=%s result=%s seconds=%.1f reason=\"%s\"", push->rehearsed,
            figures != NULL ? "done" : "failed", otr_rehearsal_age_s(&push->rehearsal),
            reason != NULL ? reason : "");
    free(push->rehearsed);
    push->rehearsed = NULL;
}

/* The YAML alone, for the tool: in the folder of what was pushed, replaced each time. */
static otr_status write_pack(otr_push *push, const char *bundle, otr_arena *arena, otr_str *path,
                             otr_error *error)
{
    otr_bytes kept;
    *path = otr_path_join(arena, push->index.folder, OTR_STR("rehearsed.yaml"));
    if (path->data == NULL)
        return otr_fail(error, OTR_MEMORY, "out of memory");
    otr_status status = otr_push_index_read(&push->index, bundle, arena, &kept, error);
    if (status != OTR_OK)
        return status;
    otr_str yaml = otr_push_index_yaml(kept);
    int file = open(path->data, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    bool ok = file >= 0 && write(file, yaml.data, yaml.size) == (ssize_t)yaml.size;
    if (!ok)
        status = otr_fail(error, OTR_IO, "%s: %s", path->data, strerror(errno));
    if (file >= 0)
        close(file);
    return status;
}

static json_t *answer(const otr_push *push, const char *pack)
{
    json_t *out = json_deep_copy(json_object_get(push->results, pack));
    json_object_set_new(out, "ok", json_true());
    if (strcmp(json_string_value(json_object_get(out, "state")), "failed") == 0)
        json_object_set_new(json_object_get(push->results, pack), "told", json_true());
    if (push->rehearsed != NULL && strcmp(push->rehearsed, pack) == 0)
        json_object_set_new(out, "seconds", json_real(otr_rehearsal_age_s(&push->rehearsal)));
    return out;
}

/* What is known of this very pack, so that asking again waits for the answer and starts nothing. That it
 * failed is told once: whoever asks after that wants another one. */
static bool is_known(const otr_push *push, const char *pack, const char *bundle, bool shadow)
{
    const json_t *result = json_object_get(push->results, pack);
    const char *of = json_string_value(json_object_get(result, "bundle"));
    const char *state = json_string_value(json_object_get(result, "state"));
    if (of == NULL || strcmp(of, bundle) != 0)
        return false;
    bool told = strcmp(state, "failed") == 0 && json_object_get(result, "told") != NULL;
    return !told && json_is_true(json_object_get(result, "shadow")) == shadow;
}

/* A tuning judges nothing: what it would change is known at once. */
static json_t *changes_of(otr_daemon *daemon, const char *bundle)
{
    otr_arena arena = {0};
    otr_error error = {.text = ""};
    otr_bytes kept;
    json_t *changes = NULL;
    if (otr_push_index_read(&daemon->push->index, bundle, &arena, &kept, &error) == OTR_OK)
        changes = otr_retune_changes(daemon, otr_push_index_yaml(kept), &error);
    otr_arena_done(&arena);
    if (changes == NULL)
        return otr_push_no(&error);
    return json_pack("{s:b, s:s, s:s, s:{s:o}}", "ok", 1, "bundle", bundle, "state", "done", "figures",
                     "changes", changes);
}

json_t *otr_push_rehearse(otr_daemon *daemon, const json_t *request)
{
    otr_push *push = daemon->push;
    const char *pack = otr_push_pack_of(request);
    bool shadow = json_is_true(json_object_get(request, "shadow"));
    const json_t *one = otr_push_index_one(&push->index, pack, shadow ? "shadow" : "staged");
    const char *bundle = json_string_value(json_object_get(one, "bundle"));
    const char *begin = json_string_value(json_object_get(one, "since"));
    otr_time since = OTR_TIME_NONE;
    otr_arena arena = {0};
    otr_error error = {.text = ""};
    otr_str path;
    if (bundle == NULL)
        return otr_operate_refusal(shadow ? "nothing of it is in shadow" : "nothing is staged of it");
    if (strcmp(pack, OTR_TUNING) == 0)
        return changes_of(daemon, bundle);
    if (is_known(push, pack, bundle, shadow) && !json_is_true(json_object_get(request, "again")))
        return answer(push, pack);
    if (push->rehearsed != NULL)
        return otr_operate_refusal("another rehearsal runs: ask again later");
    if (begin != NULL)
        (void)otr_time_parse(otr_str_of(begin), &since);
    otr_status status = write_pack(push, bundle, &arena, &path, &error);
    if (status == OTR_OK) {
        push->rehearsal.context = daemon;
        push->rehearsal.done = rehearsed;
        char gateway[2 * OTR_LIMIT_DEVICE_NAME_BYTES + 2];
        (void)snprintf(gateway, sizeof gateway, "%s/%s", daemon->config->gateway.group.data,
                       daemon->config->gateway.name.data);
        status = otr_rehearsal_start(&push->rehearsal, daemon->loop, path.data,
                                     daemon->config->state.folder.data, gateway, since, &error);
    }
    otr_arena_done(&arena);
    if (status != OTR_OK)
        return otr_push_no(&error);
    push->rehearsed = strdup(pack);
    json_object_set_new(push->results, pack,
                        json_pack("{s:s, s:s, s:b}", "bundle", bundle, "state", "running", "shadow", shadow));
    return answer(push, pack);
}

/* ---- what there is ---- */

typedef struct listing {
    otr_daemon *daemon;
    const char *only; /* NULL: all packs, without what lies below the one before */
    json_t *packs;
} listing;

static json_t *entry_of(const listing *list, const char *pack)
{
    const otr_push *push = list->daemon->push;
    const json_t *pushed = otr_push_index_pack(&push->index, pack);
    json_t *one = pushed != NULL ? json_deep_copy(pushed) : json_object();
    json_object_set_new(one, "pack", json_string(pack));
    if (list->only == NULL)
        json_object_del(one, "earlier");
    json_t *result = json_object_get(push->results, pack);
    if (result != NULL)
        json_object_set(one, "rehearsal", result);
    return one;
}

static bool is_listed(const listing *list, const char *pack)
{
    return list->only == NULL || strcmp(list->only, pack) == 0;
}

static void list_running(void *context, otr_str slot, otr_str hash)
{
    listing *list = context;
    char pack[OTR_PUSH_SLOT_BYTES];
    if (!otr_str_starts(slot, OTR_STR("pack/")) || hash.size == 0 || slot.size >= sizeof pack)
        return;
    (void)snprintf(pack, sizeof pack, "%.*s", (int)slot.size - 5, slot.data + 5);
    if (!is_listed(list, pack))
        return;
    json_t *one = entry_of(list, pack);
    json_object_set_new(one, "running",
                        json_pack("{s:s%, s:I}", "hash", hash.data, hash.size, "version",
                                  (json_int_t)otr_driver_pack_version(list->daemon->driver, slot)));
    json_array_append_new(list->packs, one);
}

/* Those that were pushed and do not run. */
static void list_others(listing *list)
{
    const otr_daemon *daemon = list->daemon;
    const char *pack;
    json_t *entry;
    json_object_foreach(json_object_get(daemon->push->index.root, "packs"), pack, entry)
    {
        char slot[OTR_PUSH_SLOT_BYTES];
        if (!is_listed(list, pack) || !otr_push_slot(pack, slot) ||
            otr_driver_pack_version(daemon->driver, otr_str_of(slot)) >= 0)
            continue;
        json_t *one = entry_of(list, pack);
        const json_t *active = json_object_get(entry, "active");
        if (strcmp(pack, OTR_TUNING) == 0 && active != NULL && daemon->push->untuned[0] == '\0')
            json_object_set_new(one, "running",
                                json_pack("{s:O, s:O}", "hash", json_object_get(active, "hash"), "version",
                                          json_object_get(active, "version")));
        json_array_append_new(list->packs, one);
    }
}

json_t *otr_push_packs(otr_daemon *daemon, const json_t *request)
{
    const json_t *root = daemon->push->index.root;
    const char *wanted = json_string_value(json_object_get(request, "plan"));
    json_t *out = otr_push_yes();
    json_object_set_new(out, "plans", otr_push_plans_list(root));
    if (wanted != NULL) {
        json_t *plan = otr_push_plans_find(root, wanted);
        if (plan != NULL)
            json_object_set(out, "plan", plan);
        return out;
    }
    listing list = {daemon, otr_push_pack_of(request), json_array()};
    otr_driver_active(daemon->driver, list_running, &list);
    list_others(&list);
    json_object_set_new(out, "packs", list.packs);
    return out;
}

/* The plan of a rollout, as the console wrote it: kept for whoever resumes. */
json_t *otr_push_plan(otr_daemon *daemon, const json_t *request)
{
    otr_push *push = daemon->push;
    json_t *plan = json_object_get(request, "plan");
    otr_error error = {.text = ""};
    if (plan == NULL || !json_is_object(plan) || json_string_value(json_object_get(plan, "id")) == NULL)
        return otr_operate_refusal("\"plan\" is an object with an \"id\"");
    static const char *const names[] = {"id", "pack", "state",
                                        "bundle"}; /* they stand in each answer of `packs` */
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (json_string_length(json_object_get(plan, names[i])) >= OTR_PUSH_SLOT_BYTES)
            return otr_operate_refusal("\"id\", \"pack\", \"state\" or \"bundle\" of the plan is too long");
    if (json_dumpb(plan, NULL, 0, JSON_COMPACT) > OTR_LIMIT_PLAN_BYTES)
        return otr_operate_refusal("the plan is too large: split the group");
    json_t *next = otr_push_index_copy(&push->index, NULL, NULL);
    otr_push_plans_put(next, plan);
    return otr_push_index_save(&push->index, next, &error) == OTR_OK ? otr_push_yes() : otr_push_no(&error);
}
