/* What was pushed, through the life of the daemon: at the start, at a reload, while a pack is on trial. */
#include "daemon/config/tuning.h"
#include "daemon/push/push_internal.h"
#include "daemon/push/push_trial.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

int64_t otr_push_now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec;
}

otr_time otr_push_utc(otr_daemon *daemon)
{
    otr_time utc = OTR_TIME_NONE;
    (void)otr_driver_utc(daemon->driver, &utc);
    return utc;
}

json_t *otr_push_yes(void)
{
    return json_pack("{s:b}", "ok", 1);
}

json_t *otr_push_no(const otr_error *error)
{
    char text[OTR_REFUSAL_BYTES];
    if (error->line == 0)
        return otr_operate_refusal(error->text);
    (void)snprintf(text, sizeof text, "%d:%d: %s", error->line, error->column, error->text);
    return otr_operate_refusal(text);
}

bool otr_push_slot(const char *pack, char out[OTR_PUSH_SLOT_BYTES])
{
    int size = snprintf(out, OTR_PUSH_SLOT_BYTES, "pack/%s", pack);
    return size > 0 && size < OTR_PUSH_SLOT_BYTES;
}

const char *otr_push_pack_of(const json_t *request)
{
    char slot[OTR_PUSH_SLOT_BYTES];
    const char *pack = json_string_value(json_object_get(request, "pack"));
    return pack != NULL && pack[0] != '\0' && otr_push_slot(pack, slot) ? pack : NULL;
}

/* ---- trials ---- */

static bool on_trial(const otr_push *push)
{
    const char *pack;
    json_t *entry;
    json_object_foreach(json_object_get(push->index.root, "packs"), pack, entry)
    {
        if (json_object_get(entry, "trial") != NULL)
            return true;
    }
    return false;
}

/* Back to what was there before: the agent did not get on with it. */
static void fall_back(otr_push *push, const char *pack, json_t *entry)
{
    json_t *active = json_incref(json_object_get(entry, "active"));
    (void)snprintf(push->fallen, sizeof push->fallen,
                   "%s %lld was taken back: the agent ended %d times within %d minutes of its start with it",
                   pack, (long long)json_integer_value(json_object_get(active, "version")),
                   OTR_LIMIT_TRIAL_STARTS, OTR_LIMIT_TRIAL_S / 60);
    json_object_del(entry, "trial");
    otr_push_chain_back(entry);
    if (active != NULL) {
        json_t *fallen = json_copy(active);
        json_object_set_new(fallen, "why", json_string("the agent ended again and again with it"));
        json_object_set_new(entry, "fallen", fallen);
    }
    json_decref(active);
}

/* by: 1 at a start, -1 at a stop that was asked for: between them they count the ends that nobody asked for.
 */
static otr_status count_starts(otr_push *push, int by, otr_error *error)
{
    const char *pack;
    json_t *entry;
    if (!on_trial(push))
        return OTR_OK;
    json_t *next = otr_push_index_copy(&push->index, NULL, NULL);
    json_object_foreach(json_object_get(next, "packs"), pack, entry)
    {
        json_t *trial = json_object_get(entry, "trial");
        json_int_t starts = json_integer_value(json_object_get(trial, "starts")) + by;
        if (trial == NULL)
            continue;
        json_object_set_new(trial, "starts", json_integer(starts));
        if (by > 0 && starts >= OTR_LIMIT_TRIAL_STARTS)
            fall_back(push, pack, entry);
    }
    return otr_push_index_save(&push->index, next, error);
}

static void note_first_look(otr_daemon *daemon)
{
    otr_push_index *index = &daemon->push->index;
    otr_error error;
    json_t *next = otr_push_index_copy(index, NULL, NULL);
    if (!otr_push_trial_first_look(next, daemon->health.complaints))
        json_decref(next);
    else if (otr_push_index_save(index, next, &error) != OTR_OK)
        otr_log(OTR_LOG_ERROR, "push", "result=failed reason=\"%s\"", error.text);
}

/* After each look at the gateway's health. */
static void judge_health(otr_daemon *daemon)
{
    otr_push *push = daemon->push;
    const char *complaint = NULL;
    char name[OTR_PUSH_SLOT_BYTES]; /* the index, which has it, is replaced */
    if (push->looked == daemon->health.looks)
        return;
    push->looked = daemon->health.looks;
    if (push->trial_ends_s == 0)
        return;
    note_first_look(daemon);
    const char *pack = otr_push_trial_worse(push->index.root, daemon->health.complaints, &complaint);
    push->worse = pack != NULL ? push->worse + 1 : 0;
    if (push->worse < OTR_LIMIT_TRIAL_LOOKS)
        return;
    (void)snprintf(name, sizeof name, "%s", pack);
    otr_push_take_back(daemon, name, complaint);
    push->worse = 0;
}

int64_t otr_push_wait_us(otr_daemon *daemon)
{
    return daemon->push->trial_ends_s != 0 ? otr_health_wait_us(daemon) : INT64_MAX;
}

void otr_push_turn(otr_daemon *daemon)
{
    otr_push *push = daemon->push;
    const char *pack;
    json_t *entry;
    otr_error error;
    judge_health(daemon);
    if (push->trial_ends_s == 0 || otr_push_now_s() < push->trial_ends_s)
        return;
    push->trial_ends_s = 0;
    json_t *next = otr_push_index_copy(&push->index, NULL, NULL);
    json_object_foreach(json_object_get(next, "packs"), pack, entry)
    {
        if (json_object_del(entry, "trial") == 0)
            otr_log(OTR_LOG_NOTICE, "push", "pack=%s trial=%s", pack, push->stuck ? "failed" : "passed");
    }
    if (otr_push_index_save(&push->index, next, &error) != OTR_OK)
        otr_log(OTR_LOG_ERROR, "push", "result=failed reason=\"%s\"", error.text);
}

void otr_push_stopped(otr_daemon *daemon)
{
    otr_error error;
    if (daemon->push != NULL && count_starts(daemon->push, -1, &error) != OTR_OK)
        otr_log(OTR_LOG_ERROR, "push", "result=failed reason=\"%s\"", error.text);
}

/* ---- begin and end ---- */

otr_status otr_push_open(otr_daemon *daemon, otr_error *error)
{
    otr_push *push = calloc(1, sizeof *push);
    if (push == NULL || (push->results = json_object()) == NULL) {
        free(push);
        return otr_fail(error, OTR_MEMORY, "out of memory");
    }
    daemon->push = push;
    otr_status status = otr_push_index_open(daemon->config->state.folder, &push->index, error);
    if (status == OTR_CORRUPT) {
        otr_log(OTR_LOG_ERROR, "push", "result=lost reason=\"%s\"", error->text);
        (void)snprintf(push->fallen, sizeof push->fallen, "%s", error->text);
        status = OTR_OK;
    }
    otr_error uncounted;
    if (status == OTR_OK &&
        count_starts(push, 1, &uncounted) != OTR_OK) /* a full disk: it is about to be mended */
        otr_log(OTR_LOG_ERROR, "push", "result=\"this start is not counted\" reason=\"%s\"", uncounted.text);
    if (status == OTR_OK && on_trial(push))
        push->trial_ends_s = otr_push_now_s() + OTR_LIMIT_TRIAL_S;
    return status;
}

void otr_push_close(otr_daemon *daemon)
{
    otr_push *push = daemon->push;
    if (push == NULL)
        return;
    otr_rehearsal_done(&push->rehearsal);
    otr_push_index_close(&push->index);
    otr_buffer_done(&push->coming);
    otr_arena_done(&push->instead);
    json_decref(push->results);
    free(push->rehearsed);
    free(push);
    daemon->push = NULL;
}

void otr_push_report(otr_daemon *daemon)
{
    otr_push *push = daemon->push;
    if (push->untuned[0] != '\0')
        otr_driver_report(daemon->driver, OTR_STR("refused"), otr_str_of(push->untuned));
    if (push->fallen[0] == '\0')
        return;
    otr_log(OTR_LOG_ERROR, "push", "result=\"taken back\" reason=\"%s\"", push->fallen);
    otr_driver_report(daemon->driver, OTR_STR("rollback"), otr_str_of(push->fallen));
}

bool otr_push_instead(void *opaque, otr_str slot, otr_str hash, otr_str *bytes)
{
    otr_daemon *daemon = opaque;
    otr_push *push = daemon->push;
    const char *pack;
    json_t *entry;
    char of_pack[OTR_PUSH_SLOT_BYTES];
    json_object_foreach(json_object_get(push->index.root, "packs"), pack, entry)
    {
        const json_t *one = json_object_get(entry, "fallen");
        const char *fallen = json_string_value(json_object_get(one, "hash"));
        const char *bundle = json_string_value(json_object_get(json_object_get(entry, "active"), "bundle"));
        otr_bytes kept;
        otr_error error;
        if (fallen == NULL || json_is_true(json_object_get(one, "ran")) || !otr_push_slot(pack, of_pack) ||
            !otr_str_is(slot, of_pack) || !otr_str_is(hash, fallen))
            continue;
        *bytes = (otr_str){NULL, 0};
        if (bundle != NULL &&
            otr_push_index_read(&push->index, bundle, &push->instead, &kept, &error) == OTR_OK)
            *bytes = otr_push_index_yaml(kept);
        return true;
    }
    return false;
}

otr_status otr_push_add(otr_daemon *daemon, otr_contents *contents, otr_error *error)
{
    otr_push *push = daemon->push;
    const char *pack;
    json_t *entry;
    otr_status status = OTR_OK;
    json_object_foreach(json_object_get(push->index.root, "packs"), pack, entry)
    {
        const char *bundle = json_string_value(json_object_get(json_object_get(entry, "active"), "bundle"));
        otr_bytes kept;
        if (bundle == NULL || status != OTR_OK || strcmp(pack, OTR_TUNING) == 0)
            continue;
        contents->refused = otr_path_join(&contents->memory, push->index.folder, otr_str_of(bundle));
        status = otr_push_index_read(&push->index, bundle, &contents->memory, &kept, error);
        if (status == OTR_OK)
            status = otr_contents_put_pack(contents, otr_push_index_yaml(kept), contents->refused, error);
    }
    return status;
}

/* ---- verbs ---- */

static const char *const verbs[] = {"stage",    "bundle", "rehearse", "activate",
                                    "rollback", "shadow", "packs",    "plan"};

bool otr_push_knows(const char *what)
{
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
        if (strcmp(verbs[i], what) == 0)
            return true;
    return false;
}

json_t *otr_push_asked(otr_daemon *daemon, const json_t *request)
{
    const char *what = json_string_value(json_object_get(request, "do"));
    if (strcmp(what, "packs") == 0)
        return otr_push_packs(daemon, request);
    if (strcmp(what, "plan") == 0)
        return otr_push_plan(daemon, request);
    if (strcmp(what, "stage") == 0)
        return otr_push_stage(daemon, request);
    if (strcmp(what, "bundle") == 0)
        return otr_push_bundle(daemon, request);
    if (otr_push_pack_of(request) == NULL)
        return otr_operate_refusal("\"pack\" is the name of a pack");
    if (strcmp(what, "rehearse") == 0)
        return otr_push_rehearse(daemon, request);
    if (strcmp(what, "activate") == 0)
        return otr_push_activate(daemon, request);
    if (strcmp(what, "rollback") == 0)
        return otr_push_rollback(daemon, request);
    return otr_push_shadow(daemon, request);
}
