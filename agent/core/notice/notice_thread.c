#include "core/notice/notice_thread.h"

#include "core/alarm/alarm.h"
#include "core/asset/whose.h"
#include "core/case/gather.h"
#include "core/notice/told.h"

#include <stdlib.h>

/* ---- lists ---- */

uint32_t otr_thread_number(const otr_core *core, const otr_notice *thread)
{
    return (uint32_t)(thread - core->notices.list);
}

uint32_t otr_thread_of_asset(const otr_core *core, uint32_t asset)
{
    return asset < core->notices.of_asset_capacity ? core->notices.of_asset[asset] - 1 : OTR_NONE;
}

uint32_t otr_thread_older(const otr_core *core, uint32_t number)
{
    return core->notices.list[number].older_of_asset - 1;
}

uint32_t otr_thread_of_contact(const otr_core *core, uint32_t contact)
{
    return core->ledgers.list[contact].newest - 1;
}

uint32_t otr_thread_older_of_contact(const otr_core *core, uint32_t number)
{
    return core->notices.list[number].older_of_contact - 1;
}

void otr_thread_list(otr_core *core, uint32_t number)
{
    otr_notices *all = &core->notices;
    otr_notice *thread = &all->list[number];
    if (!otr_core_grow((void **)&all->of_asset, &all->of_asset_capacity, thread->asset + 1,
                       sizeof *all->of_asset)) {
        core->failed = true;
        return;
    }
    uint32_t *newest = &core->ledgers.list[thread->contact].newest;
    thread->older_of_asset = all->of_asset[thread->asset];
    thread->older_of_contact = *newest;
    all->of_asset[thread->asset] = number + 1;
    *newest = number + 1;
}

static void unlist(otr_core *core, uint32_t number)
{
    otr_notice *list = core->notices.list;
    uint32_t *link = &core->notices.of_asset[list[number].asset];
    while (*link != number + 1)
        link = &list[*link - 1].older_of_asset;
    *link = list[number].older_of_asset;
    link = &core->ledgers.list[list[number].contact].newest;
    while (*link != number + 1)
        link = &list[*link - 1].older_of_contact;
    *link = list[number].older_of_contact;
}

/* ---- life ---- */

typedef struct worth {
    int rank; /* 0: over, 1: goes on, 2: the same and critical */
    uint64_t made;
    uint32_t number;
} worth;

static int by_worth(const void *left, const void *right)
{
    const worth *a = left;
    const worth *b = right;
    return a->rank != b->rank ? a->rank - b->rank : (a->made > b->made) - (a->made < b->made);
}

/* Room is made by the oldest eighth of what is over, so that it is seldom looked for; where all go on, by the
 * first that is no matter of life. */
static void make_room(otr_core *core)
{
    const otr_notices *all = &core->notices;
    worth *list = calloc(all->count, sizeof *list);
    uint32_t count = 0;
    if (list == NULL) {
        core->failed = true;
        return;
    }
    for (uint32_t i = 0; i < all->capacity; i++) {
        const otr_notice *thread = &all->list[i];
        if (!thread->used)
            continue;
        bool over = !otr_thread_is_open(thread) && !thread->waits;
        bool critical = otr_thread_priority(thread) == OTR_PRIORITY_CRITICAL;
        list[count++] = (worth){over ? 0 : 1 + critical, thread->made, i};
    }
    qsort(list, count, sizeof *list, by_worth);
    for (uint32_t i = 0; i < count / 8 && (i == 0 || list[i].rank == 0); i++)
        otr_thread_forget(core, list[i].number);
    free(list);
}

otr_notice *otr_thread_make(otr_core *core, otr_id first_alarm, uint32_t contact, uint32_t asset)
{
    otr_notices *all = &core->notices;
    otr_str reference = otr_names_get(&core->labels, core->ledgers.list[contact].reference);
    if (all->count == OTR_LIMIT_NOTICES)
        make_room(core);
    uint32_t number = otr_numbers_take(&all->numbers);
    if (number == OTR_NONE ||
        !otr_core_grow((void **)&all->list, &all->capacity, number + 1, sizeof *all->list)) {
        core->failed = true;
        return NULL;
    }
    otr_notice *thread = &all->list[number];
    *thread = (otr_notice){
        .used = true,
        .id = otr_hash128('n', otr_hash64(0, 0, reference.data, reference.size), first_alarm.bytes,
                          sizeof first_alarm.bytes),
        .contact = contact,
        .asset = asset,
        .offered = core->now.core,
        .told_at = OTR_TIME_NONE,
        .due = OTR_TIME_NEVER,
        .due_civil = OTR_TIME_NEVER,
        .next_by = OTR_TIME_NEVER,
        .promise_day = OTR_DAY_NONE,
        .repeat_at = OTR_TIME_NEVER,
        .escalate_at = OTR_TIME_NEVER,
        .made = all->made++,
    };
    all->count++;
    otr_thread_list(core, number);
    return core->failed ? NULL : thread;
}

void otr_thread_forget(otr_core *core, uint32_t number)
{
    otr_notice *thread = &core->notices.list[number];
    otr_thread_unpromise(core, thread);
    otr_thread_release(thread);
    otr_told_clear(thread, false);
    unlist(core, number);
    (void)otr_timers_set(&core->notices.timers, number, OTR_TIME_NEVER);
    (void)otr_timers_set(&core->notices.civil, number, OTR_TIME_NEVER);
    thread->used = false;
    core->notices.count--;
    otr_numbers_give(&core->notices.numbers, number);
}

void otr_thread_release(otr_notice *thread)
{
    free((char *)thread->body.data);
    free((char *)thread->alone.data);
    thread->body = (otr_str){NULL, 0};
    thread->alone = (otr_str){NULL, 0};
    thread->waits = false;
    thread->wait = OTR_UNTOLD_NONE;
    thread->due = OTR_TIME_NEVER;
    thread->due_civil = OTR_TIME_NEVER;
}

void otr_thread_unpromise(otr_core *core, otr_notice *thread)
{
    if (thread->promise_day != OTR_DAY_NONE)
        otr_ledger_release(&core->ledgers.list[thread->contact], thread->category, thread->promise_day);
    thread->promise_day = OTR_DAY_NONE;
    thread->next_by = OTR_TIME_NEVER;
}

void otr_thread_close(otr_core *core, otr_notice *thread)
{
    otr_thread_unpromise(core, thread);
    thread->repeat_at = OTR_TIME_NEVER;
    thread->escalate_at = OTR_TIME_NEVER;
    if (!thread->waits)
        thread->due = otr_time_add(core->now.core, OTR_LIMIT_NOTICE_DAYS * OTR_DAY);
    otr_thread_schedule(core, thread);
}

void otr_thread_schedule(otr_core *core, otr_notice *thread)
{
    uint32_t number = otr_thread_number(core, thread);
    otr_time at = thread->due;
    at = thread->repeat_at < at ? thread->repeat_at : at;
    at = thread->escalate_at < at ? thread->escalate_at : at;
    otr_time civil = thread->next_by < thread->due_civil ? thread->next_by : thread->due_civil;
    if (!otr_timers_set(&core->notices.timers, number, at) ||
        !otr_timers_set(&core->notices.civil, number, civil))
        core->failed = true;
}

/* ---- what is asked of one ---- */

otr_notice *otr_thread_find(otr_core *core, otr_id id)
{
    for (uint32_t i = 0; i < core->notices.capacity; i++)
        if (core->notices.list[i].used && otr_id_equal(core->notices.list[i].id, id))
            return &core->notices.list[i];
    return NULL;
}

otr_notice_alarm *otr_thread_alarm(otr_notice *thread, otr_id alarm)
{
    for (uint32_t i = 0; i < thread->alarm_count; i++)
        if (otr_id_equal(thread->alarms[i].id, alarm))
            return &thread->alarms[i];
    return NULL;
}

bool otr_thread_is_open(const otr_notice *thread)
{
    for (uint32_t i = 0; i < thread->alarm_count; i++)
        if (thread->alarms[i].open)
            return true;
    return false;
}

unsigned otr_thread_priority(const otr_notice *thread)
{
    unsigned highest = 0;
    for (uint32_t i = 0; i < thread->alarm_count; i++)
        highest = thread->alarms[i].priority > highest ? thread->alarms[i].priority : highest;
    return highest;
}

otr_str otr_thread_name(otr_core *core, const otr_notice *thread)
{
    return thread->list ? otr_gather_name(core, thread) : otr_names_get(&core->labels, thread->asset);
}

/* One of theirs that the lead's rule watches, whichever: its pack has the words. */
static bool find_member(const otr_core *core, const otr_notice *thread, otr_str pack, otr_str rule,
                        otr_thread_subject *out)
{
    otr_str theirs = otr_whose_name(core, thread->customer);
    for (uint32_t i = 0; i < core->asset_count; i++) {
        otr_asset_state *asset = &core->assets[i];
        if (asset->asset->customer == NULL || !otr_str_equal(asset->asset->customer->reference, theirs))
            continue;
        for (uint32_t k = 0; k < asset->plan->rule_count; k++)
            if (otr_str_equal(asset->plan->rules[k].rule->name, rule) &&
                otr_str_equal(asset->plan->rules[k].pack->pack->name, pack)) {
                *out = (otr_thread_subject){asset, k, NULL};
                return true;
            }
    }
    return false;
}

otr_thread_subject otr_thread_subject_of(otr_core *core, otr_notice *thread)
{
    otr_thread_subject member;
    const otr_notice_alarm *lead = &thread->alarms[0];
    otr_str pack = otr_names_get(&core->labels, lead->pack);
    otr_str rule = otr_names_get(&core->labels, lead->rule);
    if (thread->list)
        return find_member(core, thread, pack, rule, &member) ? member : (otr_thread_subject){.asset = NULL};
    otr_asset_state *asset = otr_whose_asset(core, thread->asset, thread->customer, thread->asset_at);
    if (asset != NULL)
        thread->asset_at = (uint32_t)(asset - core->assets);
    for (uint32_t i = 0; asset != NULL && i < asset->plan->rule_count; i++) {
        if (!otr_str_equal(asset->plan->rules[i].rule->name, rule) ||
            !otr_str_equal(asset->plan->rules[i].pack->pack->name, pack))
            continue;
        uint32_t number = otr_alarm_find(core, asset, lead->id);
        return (otr_thread_subject){asset, i, number != OTR_NONE ? &core->alarms[number] : NULL};
    }
    return (otr_thread_subject){.asset = NULL};
}
