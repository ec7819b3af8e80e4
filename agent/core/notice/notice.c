#include "core/notice/notice.h"

#include "core/alarm/alarm.h"
#include "core/notice/card.h"
#include "core/notice/notice_flood.h"
#include "core/notice/notice_follow.h"
#include "core/notice/notice_offer.h"
#include "core/notice/told.h"

#include <stdlib.h>

/* ---- threads of news ---- */

static void add_alarm(otr_notice *thread, const otr_offer *offer, bool first)
{
    otr_notice_alarm fresh = {.id = offer->alarm,
                              .pack = offer->pack,
                              .rule = offer->rule,
                              .priority = offer->priority,
                              .open = offer->what == OTR_NOTICE_RAISED};
    if (thread->alarm_count == OTR_LIMIT_NOTICE_ALARMS) {
        thread->alarm_more++;
        if (!first)
            return;
        thread->alarm_count--; /* the last gives way */
    }
    uint32_t at = first ? 0 : thread->alarm_count;
    memmove(&thread->alarms[at + 1], &thread->alarms[at], (thread->alarm_count - at) * sizeof fresh);
    thread->alarms[at] = fresh;
    thread->alarm_count++;
}

/* The thread of the contact that the news belong to: of the same case, going on, and told of lately. */
static otr_notice *find_thread(otr_core *core, const otr_offer *offer)
{
    for (uint32_t i = otr_thread_of_asset(core, offer->asset); i != OTR_NONE; i = otr_thread_older(core, i)) {
        otr_notice *thread = &core->notices.list[i];
        if (thread->contact != offer->contact)
            continue;
        if (otr_thread_alarm(thread, offer->alarm) != NULL)
            return thread;
        bool lately = thread->told_at != OTR_TIME_NONE &&
                      core->now.core < otr_time_add(thread->told_at, offer->cooldown);
        if (!offer->milestone && !thread->milestone && otr_id_equal(thread->case_id, offer->case_id) &&
            otr_thread_is_open(thread) && (lately || (thread->waits && !thread->told)))
            return thread;
    }
    return NULL;
}

static otr_notice *begin_thread(otr_core *core, const otr_offer *offer)
{
    otr_notice *thread = otr_thread_make(core, offer->alarm, offer->contact, offer->asset);
    if (thread == NULL)
        return NULL;
    thread->category = offer->category;
    thread->persona = offer->persona;
    thread->milestone = offer->milestone;
    thread->case_id = offer->case_id;
    thread->asset_at = offer->asset_at;
    thread->customer = offer->customer;
    add_alarm(thread, offer, true);
    return thread;
}

/* The candidate that tells the offer; false when it joins what was told without a word. */
static bool place(otr_core *core, const otr_offer *offer, otr_candidate *out)
{
    otr_notice *thread = find_thread(core, offer);
    if (thread == NULL) {
        thread = begin_thread(core, offer);
        if (thread == NULL)
            return false;
    } else if (otr_thread_alarm(thread, offer->alarm) != NULL) {
        otr_thread_alarm(thread, offer->alarm)->open = offer->what == OTR_NOTICE_RAISED;
        otr_notice_group(core, thread, otr_thread_alarm(thread, offer->alarm), offer->what,
                         OTR_UNTOLD_DUPLICATE);
        return false;
    } else {
        bool higher = offer->priority > otr_thread_priority(thread);
        add_alarm(thread, offer, higher);
        if (!higher) {
            otr_notice_alarm alarm = {.id = offer->alarm, .pack = offer->pack, .rule = offer->rule};
            otr_notice_group(core, thread, &alarm, offer->what, OTR_UNTOLD_GROUPED);
            return false;
        }
    }
    *out = (otr_candidate){.thread = thread->id,
                           .number = otr_thread_number(core, thread),
                           .priority = offer->priority,
                           .saying = offer->saying};
    return true;
}

static bool has_own_wish(const otr_core *core, const otr_ledger *ledger, const otr_contact *wishes,
                         uint32_t category)
{
    otr_str name = otr_names_get(&core->labels, category);
    for (size_t i = 0; i < wishes->category_count; i++)
        if (otr_str_equal(wishes->categories[i].category, name))
            return true;
    return otr_ledger_is_stopped(core, ledger, wishes, category, true);
}

/* What the reader wants to hear of in a way of its own goes with nothing else. */
static bool is_apart(const otr_core *core, const otr_offer *one, const otr_offer *other)
{
    const otr_ledger *ledger = &core->ledgers.list[one->contact];
    const otr_contact *wishes = otr_ledger_wishes(core, ledger);
    return one->category != other->category && wishes != NULL &&
           (has_own_wish(core, ledger, wishes, one->category) ||
            has_own_wish(core, ledger, wishes, other->category));
}

/* News of one asset to one contact: the highest priority leads, then the first. */
static bool place_group(otr_core *core, uint32_t first, otr_candidate *out)
{
    otr_offer *offers = core->notices.offers;
    uint32_t lead = first;
    for (uint32_t i = first; i < core->notices.offer_count; i++)
        if (!offers[first].milestone && !offers[i].milestone && offers[i].kind == OTR_OFFER_NEWS &&
            !offers[i].done && offers[i].contact == offers[first].contact &&
            offers[i].asset == offers[first].asset && !is_apart(core, &offers[i], &offers[first]) &&
            offers[i].priority > offers[lead].priority)
            lead = i;
    bool placed = place(core, &offers[lead], out);
    offers[lead].done = true;
    if (!placed)
        return false; /* the others are each by itself */
    otr_notice *thread = &core->notices.list[out->number];
    for (uint32_t i = first; i < core->notices.offer_count; i++) {
        otr_offer *also = &offers[i];
        if (also->kind != OTR_OFFER_NEWS || also->done || also->milestone || offers[lead].milestone ||
            also->contact != offers[lead].contact || also->asset != offers[lead].asset ||
            is_apart(core, also, &offers[lead]))
            continue;
        also->done = true;
        /* a hold keeps the words of what is over, and by then what goes on may be so no more */
        if (offers[lead].what == OTR_NOTICE_RAISED || also->what != OTR_NOTICE_RAISED)
            otr_notice_add_also(core, &out->saying, &also->saying);
        add_alarm(thread, also, false);
        otr_notice_alarm alarm = {.id = also->alarm, .pack = also->pack, .rule = also->rule};
        otr_notice_group(core, thread, &alarm, also->what, OTR_UNTOLD_GROUPED);
    }
    otr_notice_revise(core, thread, offers[lead].alarm);
    thread->what = (uint8_t)offers[lead].what;
    return true;
}

/* ---- what is held, decided anew ---- */

/* Whether it is still to be told; what it says is made then. */
static bool place_held(otr_core *core, const otr_offer *offer, otr_candidate *out)
{
    otr_notice *thread = otr_thread_find(core, offer->thread);
    if (thread == NULL || !thread->waits || !otr_notice_still_holds(core, thread))
        return false;
    *out = (otr_candidate){.thread = thread->id,
                           .number = otr_thread_number(core, thread),
                           .priority = otr_thread_priority(thread)};
    return true;
}

/* ---- the end of an input ---- */

static bool is_news(const otr_notice *thread)
{
    return thread->what == OTR_NOTICE_RAISED || thread->what == OTR_NOTICE_PAST ||
           thread->what == OTR_NOTICE_ESCALATED || (thread->what == OTR_NOTICE_CLEARED && !thread->told);
}

static otr_notice *thread_of(otr_core *core, const otr_candidate *one)
{
    otr_notice *thread = &core->notices.list[one->number];
    return thread->used && otr_id_equal(thread->id, one->thread) ? thread : NULL;
}

/* The highest priority first; offers of one priority in their order. */
static void sort(otr_candidate *list, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        otr_candidate one = list[i];
        size_t at = i;
        for (; at > 0 && list[at - 1].priority < one.priority; at--)
            list[at] = list[at - 1];
        list[at] = one;
    }
}

static void settle(otr_core *core, otr_candidate *one)
{
    otr_notice *thread = thread_of(core, one);
    if (thread == NULL || one->verdict.state == OTR_NOTICE_GATHERED)
        return;
    otr_notice_decision decision = {.what = (otr_notice_what)thread->what, .saying = &one->saying};
    /* the budget of a moment ago may be spent by now */
    decision.verdict = one->verdict.state == OTR_NOTICE_TOLD ? otr_policy_judge(core, thread, is_news(thread))
                                                             : one->verdict;
    otr_notice_decide(core, thread, &decision);
}

static void decide_candidates(otr_core *core, otr_candidate *list, size_t count)
{
    sort(list, count);
    for (size_t i = 0; i < count; i++) {
        otr_notice *thread = thread_of(core, &list[i]);
        if (thread != NULL)
            list[i].verdict = otr_policy_judge(core, thread, is_news(thread));
    }
    for (size_t i = 0; i < count; i++) {
        uint32_t contact = core->notices.list[list[i].number].contact;
        bool first = true;
        for (size_t k = 0; k < i && first; k++)
            first = core->notices.list[list[k].number].contact != contact;
        if (first && !core->failed)
            otr_flood_check(core, contact, list, count);
    }
    for (size_t i = 0; i < count && !core->failed; i++)
        settle(core, &list[i]);
}

/* Of an alarm that is to be told only now. */
static bool is_pending(otr_core *core, const otr_offer *offer, const otr_candidate *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        otr_notice *thread = &core->notices.list[list[i].number];
        if (thread->contact == offer->contact && otr_thread_alarm(thread, offer->alarm) != NULL)
            return true;
    }
    return false;
}

void otr_notice_flush(otr_core *core)
{
    otr_notices *all = &core->notices;
    if (all->offer_count == 0) {
        otr_told_flush(core);
        return;
    }
    size_t count = 0;
    otr_candidate *list = malloc(all->offer_count * sizeof *list);
    core->failed |= list == NULL;
    for (uint32_t i = 0; i < all->offer_count && !core->failed; i++) {
        otr_offer *offer = &all->offers[i];
        if (offer->done)
            continue;
        if (offer->kind == OTR_OFFER_NEWS) {
            /* the lead of its group may have joined what was told, without the others */
            while (!offer->done && !core->failed)
                count += place_group(core, i, &list[count]);
        } else if (offer->kind == OTR_OFFER_HELD) {
            offer->done = true;
            count += place_held(core, offer, &list[count]);
        } else if (!is_pending(core, offer, list, count)) {
            offer->done = true;
            otr_notice_follow(core, offer);
        }
    }
    if (!core->failed)
        decide_candidates(core, list, count);
    for (uint32_t i = 0; i < all->offer_count && !core->failed; i++)
        if (!all->offers[i].done)
            otr_notice_follow(core, &all->offers[i]);
    for (uint32_t i = 0; i < all->offer_count && !core->failed; i++)
        if (all->offers[i].kind == OTR_OFFER_CARD)
            otr_card_tell(core, &all->offers[i]);
    all->offer_count = 0;
    free(list);
    otr_told_flush(core);
}

void otr_notice_acknowledge(otr_core *core, const otr_asset_state *asset, otr_id alarm)
{
    uint32_t label = otr_core_label(core, asset->asset->id);
    for (uint32_t i = otr_thread_of_asset(core, label); i != OTR_NONE; i = otr_thread_older(core, i)) {
        otr_notice *thread = &core->notices.list[i];
        if (otr_thread_alarm(thread, alarm) == NULL)
            continue;
        thread->known = true;
        thread->repeat_at = OTR_TIME_NEVER;
        thread->escalate_at = OTR_TIME_NEVER;
        otr_thread_schedule(core, thread);
    }
}

void otr_contact_forget(otr_core *core, otr_str reference)
{
    uint32_t contact = otr_ledger_find(core, reference);
    if (contact == OTR_NONE)
        return;
    for (uint32_t i = otr_thread_of_contact(core, contact); i != OTR_NONE;
         i = otr_thread_of_contact(core, contact))
        otr_thread_forget(core, i);
    otr_ledger_drop(core, contact);
}

void otr_notices_done(otr_core *core)
{
    otr_notices *all = &core->notices;
    for (uint32_t i = 0; i < all->capacity; i++) {
        otr_thread_release(&all->list[i]);
        otr_told_clear(&all->list[i], false);
    }
    free(all->desk);
    free(all->list);
    free(all->of_asset);
    free(all->offers);
    free(all->opinions);
    otr_numbers_done(&all->numbers);
    otr_timers_done(&all->timers);
    otr_timers_done(&all->civil);
    otr_timers_done(&all->digests);
    *all = (otr_notices){0};
    otr_ledgers_done(&core->ledgers);
}
