/* Deadlines of notices: what is held, promised, repeated or kept for answers, and digests. */
#include "core/asset/zones.h"
#include "core/notice/notice_flood.h"
#include "core/notice/notice_follow.h"
#include "core/notice/notice_offer.h"
#include "core/notice/told.h"

static otr_time civil_due(const otr_core *core, const otr_timers *timers)
{
    otr_time at = otr_timers_next(timers);
    if (at == OTR_TIME_NEVER || !core->now.synced)
        return OTR_TIME_NEVER;
    return otr_time_add(core->now.core, at - core->now.utc);
}

otr_time otr_notice_next_due(const otr_core *core)
{
    otr_time span = otr_timers_next(&core->notices.timers);
    otr_time civil = civil_due(core, &core->notices.civil);
    otr_time digest = civil_due(core, &core->notices.digests);
    span = civil < span ? civil : span;
    return digest < span ? digest : span;
}

otr_time otr_notice_next_civil(const otr_core *core)
{
    otr_time civil = otr_timers_next(&core->notices.civil);
    otr_time digest = otr_timers_next(&core->notices.digests);
    return digest < civil ? digest : civil;
}

/* ---- the promised news ---- */

/* Of the alarm that leads now, which may be of another kind than the one that began it. */
static bool is_stopped(otr_core *core, otr_notice *thread)
{
    const otr_ledger *ledger = &core->ledgers.list[thread->contact];
    const otr_contact *wishes = otr_ledger_wishes(core, ledger);
    const otr_rule *rule = otr_policy_rule(core, thread);
    return wishes != NULL && rule != NULL &&
           otr_ledger_is_stopped(core, ledger, wishes, otr_core_label(core, rule->category),
                                 otr_policy_is_critical(thread));
}

static void tell_news(otr_core *core, otr_notice *thread)
{
    otr_thread_subject subject = otr_thread_subject_of(core, thread);
    otr_thread_unpromise(core, thread);
    bool owed = otr_told_owe(core, thread); /* in the same message, or in one of its own */
    if (subject.alarm == NULL || !otr_thread_is_open(thread)) {
        if (!owed)
            otr_thread_close(core, thread);
        return;
    }
    otr_notice_revise(core, thread, thread->alarms[0].id);
    thread->what = OTR_NOTICE_UPDATED;
    if (!otr_notice_still_holds(core, thread))
        return; /* on a shelf, say: there are other news to come */
    otr_notice_decision decision = {.what = OTR_NOTICE_UPDATED};
    decision.verdict = otr_policy_judge(core, thread, false);
    if (is_stopped(core, thread))
        decision.verdict = (otr_verdict){.state = OTR_NOTICE_DROPPED, .reason = OTR_UNTOLD_OPTED_OUT};
    otr_notice_decide(core, thread, &decision);
}

/* ---- nobody has answered ---- */

static void repeat(otr_core *core, otr_notice *thread)
{
    const otr_rule *rule = otr_policy_rule(core, thread);
    otr_thread_subject subject = otr_thread_subject_of(core, thread);
    /* the rule may be another version by now, which repeats nothing */
    bool more = rule != NULL && rule->notify.repeat_us > 0 && subject.alarm != NULL &&
                thread->alarms[0].open && !thread->known && thread->repeats < OTR_LIMIT_NOTICE_REPEATS;
    thread->repeat_at = OTR_TIME_NEVER;
    if (more) {
        thread->repeats++;
        thread->repeat_at = otr_time_add(core->now.core, rule->notify.repeat_us);
        otr_notice_decision decision = {.what = OTR_NOTICE_REPEATED};
        decision.verdict = otr_policy_judge(core, thread, false);
        bool silent =
            otr_point_silence_at(core, subject.asset, subject.rule, subject.asset->clock) != OTR_ALARM_NORMAL;
        if (decision.verdict.state == OTR_NOTICE_TOLD && !thread->waits && !silent &&
            otr_notice_can_say(core, thread, OTR_NOTICE_REPEATED)) {
            otr_notice_revise(core, thread, thread->alarms[0].id);
            otr_notice_decide(core, thread, &decision);
        }
    }
    otr_thread_schedule(core, thread);
}

/* Whom to tell next: the contact's second, then who is on duty. */
static uint32_t next_person(otr_core *core, const otr_notice *thread, unsigned step)
{
    const otr_contact *wishes = otr_ledger_wishes(core, &core->ledgers.list[thread->contact]);
    otr_str second = step == 0 && wishes != NULL ? wishes->second : OTR_STR("");
    otr_str wanted = step == 0 ? second : OTR_STR("staff.duty");
    const otr_contact *found = wanted.size > 0 ? otr_assignments_contact(core->assignments, wanted) : NULL;
    uint32_t contact = found != NULL ? otr_ledger_of(core, found->reference, false) : OTR_NONE;
    return contact != thread->contact ? contact : OTR_NONE;
}

static void tell_person(otr_core *core, uint32_t number, uint32_t contact)
{
    otr_notice *thread = &core->notices.list[number];
    otr_notice_alarm lead = thread->alarms[0];
    for (uint32_t i = otr_thread_of_asset(core, thread->asset); i != OTR_NONE; i = otr_thread_older(core, i))
        if (core->notices.list[i].contact == contact && otr_thread_alarm(&core->notices.list[i], lead.id))
            return;              /* knows of it */
    otr_notice before = *thread; /* where there is no room, it may be the one that makes it */
    otr_notice *other = otr_thread_make(core, lead.id, contact, before.asset);
    if (other == NULL)
        return;
    other->category = before.category;
    other->persona = otr_core_label(core, OTR_STR(""));
    other->case_id = before.case_id;
    other->asset_at = before.asset_at;
    other->customer = before.customer;
    other->alarm_count = 1;
    other->alarms[0] = (otr_notice_alarm){
        .id = lead.id, .pack = lead.pack, .rule = lead.rule, .priority = lead.priority, .open = true};
    otr_notice_revise(core, other, lead.id);
    otr_notice_decision decision = {.what = OTR_NOTICE_ESCALATED};
    decision.verdict = otr_policy_judge(core, other, true);
    if (!otr_notice_can_say(core, other, OTR_NOTICE_ESCALATED))
        decision.verdict = (otr_verdict){.state = OTR_NOTICE_DROPPED, .reason = OTR_UNTOLD_NO_TEXT};
    otr_notice_decide(core, other, &decision);
}

static void escalate(otr_core *core, uint32_t number)
{
    otr_notice *thread = &core->notices.list[number];
    const otr_rule *rule = otr_policy_rule(core, thread);
    otr_thread_subject subject = otr_thread_subject_of(core, thread);
    thread->escalate_at = OTR_TIME_NEVER;
    bool more = rule != NULL && rule->notify.escalate_us > 0 && subject.alarm != NULL &&
                thread->alarms[0].open && !thread->known;
    while (more && thread->escalated < 2) {
        uint32_t contact = next_person(core, thread, thread->escalated++);
        if (contact == OTR_NONE)
            continue;
        if (thread->escalated < 2)
            thread->escalate_at = otr_time_add(core->now.core, rule->notify.escalate_us);
        tell_person(core, number, contact);
        thread = &core->notices.list[number];
        break;
    }
    otr_thread_schedule(core, thread);
}

/* ---- one deadline ---- */

static void take_held(otr_core *core, otr_notice *thread)
{
    otr_offer *offer = otr_offer_add(core);
    if (offer == NULL)
        return;
    offer->kind = OTR_OFFER_HELD;
    offer->contact = thread->contact;
    offer->thread = thread->id;
    thread->due = OTR_TIME_NEVER;
    thread->due_civil = OTR_TIME_NEVER;
    otr_thread_schedule(core, thread);
}

static void take(otr_core *core, uint32_t number)
{
    otr_notice *thread = &core->notices.list[number];
    bool civil = core->now.synced;
    bool promised = civil && thread->next_by <= core->now.utc;
    if (thread->waits &&
        (promised || thread->due <= core->now.core || (civil && thread->due_civil <= core->now.utc))) {
        if (promised)
            otr_thread_unpromise(core, thread); /* what is held is the news, and has the promise's budget */
        take_held(core, thread);
    } else if (thread->repeat_at <= core->now.core) {
        repeat(core, thread);
    } else if (thread->escalate_at <= core->now.core) {
        escalate(core, number);
    } else if (promised) {
        tell_news(core, thread);
    } else if (!thread->waits && thread->due <= core->now.core) {
        uint32_t contact = thread->contact;
        if (thread->told && !thread->answered)
            otr_day_figures_sign(core, thread, OTR_COUNT_IGNORED);
        otr_thread_forget(core, number);
        otr_ledger_drop_idle(core, contact);
    } else {
        otr_thread_schedule(core, thread);
    }
}

bool otr_notice_due_one(otr_core *core)
{
    uint32_t number;
    if (otr_timers_next(&core->notices.timers) <= core->now.core) {
        (void)otr_timers_take(&core->notices.timers, core->now.core, &number);
    } else if (core->now.synced && otr_timers_next(&core->notices.civil) <= core->now.utc) {
        (void)otr_timers_take(&core->notices.civil, core->now.utc, &number);
    } else {
        if (!core->now.synced || !otr_timers_take(&core->notices.digests, core->now.utc, &number))
            return false;
        otr_notice_flush(core); /* what was due with it is decided before */
        otr_digest_tell(core, number);
        return true;
    }
    take(core, number);
    return true;
}

void otr_notice_synced(otr_core *core)
{
    for (uint32_t i = 0; i < core->notices.capacity && !core->failed; i++) {
        otr_notice *thread = &core->notices.list[i];
        if (!thread->used)
            continue;
        if (thread->waits && thread->wait == OTR_UNTOLD_UNSYNCED) {
            take_held(core, thread);
            continue;
        }
        const otr_rule *rule = otr_policy_rule(core, thread);
        if (thread->told && !thread->gathered && !thread->waits && otr_thread_is_open(thread) &&
            thread->next_by == OTR_TIME_NEVER && rule != NULL && !rule->notify.once) {
            otr_policy_promise(core, thread, rule->notify.news_us);
            otr_thread_schedule(core, thread);
        }
    }
}
