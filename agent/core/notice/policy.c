#include "core/notice/policy.h"

static otr_verdict told(void)
{
    return (otr_verdict){OTR_NOTICE_TOLD, OTR_UNTOLD_NONE, OTR_TIME_NEVER, OTR_TIME_NEVER};
}

static otr_verdict dropped(otr_notice_reason reason)
{
    return (otr_verdict){OTR_NOTICE_DROPPED, reason, OTR_TIME_NEVER, OTR_TIME_NEVER};
}

static otr_verdict held(otr_notice_reason reason, otr_time due, otr_time due_civil)
{
    return (otr_verdict){OTR_NOTICE_HELD, reason, due, due_civil};
}

bool otr_policy_waits_for_digest(otr_notice_reason reason)
{
    return reason == OTR_UNTOLD_BUDGET_DAY || reason == OTR_UNTOLD_BUDGET_WEEK ||
           reason == OTR_UNTOLD_BUDGET_CATEGORY || reason == OTR_UNTOLD_FLOOD || reason == OTR_UNTOLD_DIGEST;
}

bool otr_policy_is_critical(const otr_notice *thread)
{
    return thread->alarms[0].priority == OTR_PRIORITY_CRITICAL;
}

uint64_t otr_policy_once(const otr_core *core, const otr_notice *thread)
{
    otr_str asset = otr_names_get(&core->labels, thread->asset);
    otr_str pack = otr_names_get(&core->labels, thread->alarms[0].pack);
    otr_str rule = otr_names_get(&core->labels, thread->alarms[0].rule);
    uint64_t hash = otr_hash64(0, 0, asset.data, asset.size);
    hash = otr_hash64(hash, 1, pack.data, pack.size);
    return otr_hash64(hash, 2, rule.data, rule.size);
}

const otr_rule *otr_policy_rule(otr_core *core, otr_notice *thread)
{
    otr_thread_subject subject = otr_thread_subject_of(core, thread);
    return subject.asset != NULL ? subject.asset->plan->rules[subject.rule].rule : NULL;
}

/* Core time at which the rule may be told of again; NONE: now. */
static otr_time cooldown_end(const otr_core *core, const otr_notice *thread, otr_time cooldown)
{
    otr_time end = OTR_TIME_NONE;
    for (uint32_t i = otr_thread_of_asset(core, thread->asset); i != OTR_NONE;
         i = otr_thread_older(core, i)) {
        const otr_notice *other = &core->notices.list[i];
        if (other == thread || other->contact != thread->contact || other->told_at == OTR_TIME_NONE ||
            other->alarms[0].rule != thread->alarms[0].rule ||
            other->alarms[0].pack != thread->alarms[0].pack)
            continue;
        otr_time until = otr_time_add(other->told_at, cooldown);
        end = until > end ? until : end;
    }
    return end > core->now.core ? end : OTR_TIME_NONE;
}

otr_verdict otr_policy_judge_message(const otr_core *core, const otr_ledger *ledger, uint32_t category,
                                     bool critical)
{
    const otr_contact *wishes = otr_ledger_wishes(core, ledger);
    if (wishes == NULL)
        return dropped(OTR_UNTOLD_NO_CONTACT);
    if (otr_ledger_is_stopped(core, ledger, wishes, category, critical))
        return dropped(OTR_UNTOLD_OPTED_OUT);
    if (critical)
        return told();
    if (!core->now.synced)
        return held(OTR_UNTOLD_UNSYNCED, OTR_TIME_NEVER, OTR_TIME_NEVER);
    if (otr_contact_is_quiet(core, wishes, core->now.utc))
        return held(OTR_UNTOLD_QUIET, OTR_TIME_NEVER, otr_contact_quiet_end(core, wishes, core->now.utc));
    if (ledger->flood_ends > core->now.core)
        return held(OTR_UNTOLD_FLOOD, OTR_TIME_NEVER, OTR_TIME_NEVER);
    otr_notice_reason broken =
        otr_ledger_fits(core, ledger, wishes, category, otr_contact_day(core, wishes, core->now.utc));
    return broken == OTR_UNTOLD_NONE ? told() : held(broken, OTR_TIME_NEVER, OTR_TIME_NEVER);
}

otr_verdict otr_policy_judge(otr_core *core, otr_notice *thread, bool news)
{
    const otr_ledger *ledger = &core->ledgers.list[thread->contact];
    bool critical = otr_policy_is_critical(thread);
    otr_verdict verdict = otr_policy_judge_message(core, ledger, thread->category, critical);
    /* a rule that is gone has no wishes of its own */
    const otr_rule *rule = news ? otr_policy_rule(core, thread) : NULL;
    if (rule == NULL || verdict.state == OTR_NOTICE_DROPPED)
        return verdict;
    if (rule->notify.once && otr_ledger_has_once(ledger, otr_policy_once(core, thread)))
        return dropped(OTR_UNTOLD_ONCE);
    otr_time cooldown = ledger->role ? OTR_TIME_NONE : cooldown_end(core, thread, rule->notify.cooldown_us);
    if (!critical && cooldown != OTR_TIME_NONE)
        return held(OTR_UNTOLD_COOLDOWN, cooldown, OTR_TIME_NEVER);
    return verdict;
}

/* ---- what is promised ---- */

/* The first instant from utc on that is not quiet, on a day that has budget; NEVER when there is none. */
static otr_time first_fitting(const otr_core *core, const otr_ledger *ledger, const otr_contact *wishes,
                              uint32_t category, otr_time utc)
{
    const otr_zone *zone = otr_contact_zone(core, wishes);
    otr_time at = utc;
    for (int i = 0; i < OTR_LIMIT_PROMISE_DAYS; i++) {
        if (otr_contact_is_quiet(core, wishes, at))
            at = otr_contact_quiet_end(core, wishes, at);
        int32_t day = otr_contact_day(core, wishes, at);
        if (otr_ledger_fits(core, ledger, wishes, category, day) == OTR_UNTOLD_NONE)
            return at;
        at = otr_civil_instant(zone, (int64_t)day + 1, 0);
    }
    return OTR_TIME_NEVER;
}

void otr_policy_promise(otr_core *core, otr_notice *thread, otr_time news)
{
    otr_ledger *ledger = &core->ledgers.list[thread->contact];
    const otr_contact *wishes = otr_ledger_wishes(core, ledger);
    otr_thread_unpromise(core, thread);
    if (news <= 0 || wishes == NULL || !core->now.synced)
        return;
    thread->news = news;
    otr_time at = otr_time_add(core->now.utc, news);
    if (otr_policy_is_critical(thread)) {
        thread->next_by = at;
        return;
    }
    at = first_fitting(core, ledger, wishes, thread->category, at);
    if (at == OTR_TIME_NEVER)
        return; /* a budget of nothing: nothing is promised */
    thread->next_by = at;
    thread->promise_day = otr_contact_day(core, wishes, at);
    otr_ledger_debit(core, ledger, thread->category, thread->promise_day);
}

void otr_policy_plan_digest(otr_core *core, uint32_t contact, otr_time utc)
{
    otr_ledger *ledger = &core->ledgers.list[contact];
    const otr_contact *wishes = otr_ledger_wishes(core, ledger);
    uint32_t category = otr_core_label(core, OTR_STR("digest"));
    if (wishes == NULL || core->failed || !core->now.synced || ledger->digest <= utc)
        return;
    if (ledger->digest_day != OTR_DAY_NONE)
        otr_ledger_release(ledger, category, ledger->digest_day);
    ledger->digest_day = OTR_DAY_NONE;
    ledger->digest = first_fitting(core, ledger, wishes, category, utc);
    if (ledger->digest != OTR_TIME_NEVER) {
        ledger->digest_day = otr_contact_day(core, wishes, ledger->digest);
        otr_ledger_debit(core, ledger, category, ledger->digest_day);
    }
    if (!otr_timers_set(&core->notices.digests, contact, ledger->digest))
        core->failed = true;
}
