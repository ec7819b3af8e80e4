/* What becomes of a trouble after it was told, or while that waits: it ends, goes on after all, was never so,
 * or is watched no more. */
#include "core/notice/notice_follow.h"

#include "core/alarm/alarm.h"
#include "core/notice/notice_tell.h"
#include "core/notice/told.h"

/* The alarm with the highest priority of those that go on leads from now on. */
static void promote(otr_notice *thread)
{
    if (thread->alarms[0].open || !otr_thread_is_open(thread))
        return;
    uint32_t best = 0;
    for (uint32_t i = 1; i < thread->alarm_count; i++)
        if (thread->alarms[i].open &&
            (!thread->alarms[best].open || thread->alarms[i].priority > thread->alarms[best].priority))
            best = i;
    otr_notice_alarm lead = thread->alarms[best];
    memmove(&thread->alarms[1], &thread->alarms[0], best * sizeof lead);
    thread->alarms[0] = lead;
}

static void decide(otr_core *core, otr_notice *thread, otr_notice_what what, const otr_offer *offer)
{
    otr_notice_revise(core, thread, offer->alarm);
    if (!otr_thread_is_open(thread))
        otr_thread_unpromise(core, thread); /* what was kept for it is there for this */
    otr_notice_decision decision = {.what = what, .saying = &offer->saying, .alone = &offer->alone};
    decision.verdict = otr_policy_judge(core, thread, false);
    otr_notice_decide(core, thread, &decision);
}

static void drop_held(otr_core *core, otr_notice *thread, otr_notice_reason reason)
{
    otr_notice_decision decision = {.what = (otr_notice_what)thread->what,
                                    .verdict = {.state = OTR_NOTICE_DROPPED, .reason = reason}};
    otr_notice_decide(core, thread, &decision);
}

static bool holds(const otr_notice *thread, otr_id alarm)
{
    return thread->waits && otr_id_equal(thread->subject, alarm);
}

/* ---- what is held, decided anew ---- */

static otr_notice_reason obsolete(otr_core *core, otr_notice *thread)
{
    bool said_anew = thread->body.data == NULL &&
                     (thread->what == OTR_NOTICE_RAISED || thread->what == OTR_NOTICE_UPDATED);
    const otr_contact *wishes = otr_ledger_wishes(core, &core->ledgers.list[thread->contact]);
    if (said_anew && otr_thread_is_open(thread)) {
        promote(thread);
        thread->subject = thread->alarms[0].id;
    }
    otr_thread_subject subject = otr_thread_subject_of(core, thread);
    const otr_bound_rule *bound = subject.asset != NULL ? &subject.asset->plan->rules[subject.rule] : NULL;
    if (wishes == NULL)
        return OTR_UNTOLD_NO_CONTACT;
    if (said_anew && !otr_thread_is_open(thread))
        return OTR_UNTOLD_STALE;
    if (said_anew && subject.alarm == NULL)
        return OTR_UNTOLD_WITHDRAWN;
    if (said_anew && !otr_notice_has_text(bound, otr_names_get(&core->labels, thread->persona),
                                          wishes->locale, (otr_notice_what)thread->what))
        return OTR_UNTOLD_NO_TEXT;
    if (said_anew &&
        otr_point_silence_at(core, subject.asset, subject.rule, subject.asset->clock) != OTR_ALARM_NORMAL)
        return OTR_UNTOLD_SHELVED;
    otr_time expires = bound != NULL ? bound->rule->notify.expires_us : OTR_DAY;
    if (otr_told_is_desk((otr_notice_what)thread->what) && expires < OTR_DAY)
        expires = OTR_DAY;
    return core->now.core >= otr_time_add(thread->held_since, expires) ? OTR_UNTOLD_EXPIRED : OTR_UNTOLD_NONE;
}

bool otr_notice_still_holds(otr_core *core, otr_notice *thread)
{
    otr_notice_reason reason = obsolete(core, thread);
    if (reason != OTR_UNTOLD_NONE)
        drop_held(core, thread, reason);
    return reason == OTR_UNTOLD_NONE;
}

/* ---- what follows ---- */

/* While what is critical goes on, what becomes of something lesser in the same trouble is no news: it would
 * be told as if it were critical itself. */
static bool is_beside_critical(const otr_notice *thread, const otr_notice_alarm *alarm)
{
    const otr_notice_alarm *lead = &thread->alarms[0];
    return lead != alarm && lead->open && lead->priority == OTR_PRIORITY_CRITICAL &&
           alarm->priority < OTR_PRIORITY_CRITICAL;
}

static void end(otr_core *core, otr_notice *thread, otr_notice_alarm *alarm, const otr_offer *offer)
{
    bool told = alarm->told;
    bool news_held = holds(thread, alarm->id) && !told;
    alarm->open = false;
    if (news_held)
        return; /* it may go on again before that is decided */
    bool beside = is_beside_critical(thread, alarm) || (thread->waits && !holds(thread, alarm->id));
    if (told && offer->saying.made && beside) {
        otr_notice_group(core, thread, alarm, OTR_NOTICE_CLEARED, OTR_UNTOLD_GROUPED);
    } else if (told && offer->saying.made) {
        decide(core, thread, OTR_NOTICE_CLEARED, offer);
    } else if (!otr_thread_is_open(thread) && !thread->waits) {
        otr_thread_close(core, thread);
        return;
    }
    promote(thread);
    otr_thread_schedule(core, thread);
}

static void reopen(otr_core *core, otr_notice *thread, otr_notice_alarm *alarm, const otr_offer *offer)
{
    bool was_over = !alarm->open;
    bool end_held = holds(thread, alarm->id) && thread->what == OTR_NOTICE_CLEARED;
    alarm->open = true;
    if (!alarm->told || !was_over)
        return;
    if (end_held) {
        drop_held(core, thread, OTR_UNTOLD_RETRACTED);
        return;
    }
    promote(thread);
    if (is_beside_critical(thread, otr_thread_alarm(thread, offer->alarm))) {
        otr_notice_group(core, thread, otr_thread_alarm(thread, offer->alarm), OTR_NOTICE_UPDATED,
                         OTR_UNTOLD_GROUPED);
        return;
    }
    thread->news = 0;
    decide(core, thread, OTR_NOTICE_UPDATED, offer);
}

/* Nobody was told of the alarm that led: those that came with it are news now. */
static void tell_rest(otr_core *core, otr_notice *thread)
{
    if (thread->told || !otr_thread_is_open(thread))
        return;
    promote(thread);
    otr_notice_revise(core, thread, thread->alarms[0].id);
    thread->what = OTR_NOTICE_RAISED;
    if (obsolete(core, thread) != OTR_UNTOLD_NONE)
        return;
    otr_notice_decision decision = {.what = OTR_NOTICE_RAISED};
    decision.verdict = otr_policy_judge(core, thread, true);
    otr_notice_decide(core, thread, &decision);
}

static void retract(otr_core *core, otr_notice *thread, otr_notice_alarm *alarm, const otr_offer *offer)
{
    bool told = alarm->told;
    bool held = holds(thread, alarm->id);
    alarm->open = false;
    if (held && !told) {
        drop_held(core, thread, OTR_UNTOLD_RETRACTED);
        tell_rest(core, thread);
    } else if (told) {
        uint64_t once = otr_policy_once(core, thread);
        if (otr_id_equal(thread->alarms[0].id, alarm->id))
            otr_ledger_drop_once(&core->ledgers.list[thread->contact], once);
        decide(core, thread, OTR_NOTICE_RETRACTED, offer);
    } else if (!otr_thread_is_open(thread) && !thread->waits) {
        otr_thread_close(core, thread);
    }
    promote(thread);
    otr_thread_schedule(core, thread);
}

static void withdraw(otr_core *core, otr_notice *thread, otr_notice_alarm *alarm)
{
    alarm->open = false;
    if (holds(thread, alarm->id) && thread->body.data == NULL) { /* what has its words is told all the same */
        drop_held(core, thread, OTR_UNTOLD_WITHDRAWN);
        tell_rest(core, thread);
    } else if (!otr_thread_is_open(thread) && !thread->waits) {
        otr_thread_close(core, thread);
    }
    promote(thread);
    otr_thread_schedule(core, thread);
}

void otr_notice_follow(otr_core *core, const otr_offer *offer)
{
    uint32_t next;
    for (uint32_t i = otr_thread_of_asset(core, offer->asset); i != OTR_NONE && !core->failed; i = next) {
        otr_notice *thread = &core->notices.list[i];
        next = otr_thread_older(core, i);
        otr_notice_alarm *alarm =
            thread->contact == offer->contact ? otr_thread_alarm(thread, offer->alarm) : NULL;
        if (alarm == NULL)
            continue;
        if (offer->kind == OTR_OFFER_END)
            end(core, thread, alarm, offer);
        else if (offer->kind == OTR_OFFER_REOPEN)
            reopen(core, thread, alarm, offer);
        else if (offer->kind == OTR_OFFER_RETRACT)
            retract(core, thread, alarm, offer);
        else
            withdraw(core, thread, alarm);
    }
}
