"""Mistakes in who is told what and when, which tests/property/notice must notice; see mutants.py."""

SCENES = "test_notice_property"
WISHES = ["people*"]
START = ["a_new*"]


def row(file, what, old, new, long=True, cases=WISHES):
    return {"test": SCENES, "cases": cases, "file": "agent/core/" + file, "what": what, "old": old, "new": new,
            "long": long}


ROWS = [
    # budgets
    row("notice/policy.c", "a promise takes nothing from the budget",
        "    otr_ledger_debit(core, ledger, thread->category, thread->promise_day);", ""),
    row("notice/contact.c", "a day has one more than its budget",
        "count_between(ledger, OTR_NONE, day, day) >= wishes->per_day)",
        "count_between(ledger, OTR_NONE, day, day) > wishes->per_day)", long=False),
    row("notice/contact.c", "a week begins anew each day",
        "last < day + WEEK; last++)", "last < day; last++)"),
    row("notice/contact.c", "categories have no budgets of their own",
        "if (!otr_str_equal(budget->category, name))", "if (true)"),
    row("notice/contact.c", "a day is one of Greenwich",
        "return (int32_t)otr_civil_day(otr_contact_zone(core, wishes), utc);",
        "(void)core;\n    (void)wishes;\n    return (int32_t)(utc / OTR_DAY);"),
    row("notice/notice_flood.c", "a digest costs nothing", "    otr_time since = OTR_TIME_NEVER;\n    debit(core, ledger, wishes);",
        "    otr_time since = OTR_TIME_NEVER;"),
    row("notice/notice_tell.c", "what is told costs nothing",
        "if (wishes != NULL && core->now.synced && !otr_policy_is_critical(thread))", "if (false)"),
    # quiet hours
    row("notice/contact.c", "it is never quiet", "    if (from == to)\n        return false;", "    return false;"),
    row("notice/contact.c", "quiet hours end with the day", "otr_civil_instant(zone, day, wishes->quiet_to);",
        "otr_civil_instant(zone, day, 0) + OTR_HOUR;"),
    row("notice/contact.c", "quiet hours include no night", "minute >= from || minute < to;", "minute >= from;", long=False),
    row("notice/policy.c", "an unknown clock is trusted", "if (!core->now.synced)\n        return held",
        "if (false)\n        return held"),
    row("notice/policy.c", "promises are for the night", "if (otr_contact_is_quiet(core, wishes, at))\n            at",
        "if (false)\n            at"),
    # what is over or was wrong
    row("notice/notice_follow.c", "an end is told to who knows of no begin",
        "bool news_held = holds(thread, alarm->id) && !told;", "bool news_held = false;\n    told = true;", long=False),
    row("notice/notice_follow.c", "what is over is told when its time comes",
        "    if (said_anew && !otr_thread_is_open(thread))\n        return OTR_UNTOLD_STALE;\n    if (said_anew && subject.alarm == NULL)\n        return OTR_UNTOLD_WITHDRAWN;", ""),
    row("notice/notice_tell.c", "an end replaces nothing", "entry->replaces = alarm->said;", ""),
    # once
    row("notice/notice_tell.c", "what was told once is not remembered",
        "    if (news && rule != NULL && rule->notify.once)", "    if (false)"),
    row("notice/notice_tell.c", "a milestone in a digest is not remembered",
        "        if (rule != NULL && rule->notify.once)\n            otr_ledger_add_once",
        "        if (false)\n            otr_ledger_add_once"),
    row("notice/notice_flood.c", "a digest tells milestones again",
        "    return told ? OTR_UNTOLD_ONCE : OTR_UNTOLD_NONE;", "    (void)told;\n    return OTR_UNTOLD_NONE;", long=False),
    # promises
    row("notice/notice_due.c", "nothing is said when more was promised",
        "    decision.verdict = otr_policy_judge(core, thread, false);\n    if (is_stopped(core, thread))",
        "    return;\n    if (is_stopped(core, thread))", long=False),
    {"test": "test_notice_group", "file": "agent/core/notice/notice_due.c", "long": True,
     "what": "what is held waits on when more was promised",
     "old": "(promised || thread->due <= core->now.core", "new": "(false || thread->due <= core->now.core"},
    # decisions
    row("notice/notice.c", "who joins takes the others along", "while (!offer->done && !core->failed)",
        "if (!core->failed)", long=False),
    row("notice/notice_tell.c", "what is grouped is not recorded",
        "    row->state = OTR_NOTICE_GATHERED;\n    row->reason = otr_notice_reason_text(reason);\n}",
        "    row->state = OTR_NOTICE_GATHERED;\n}"),
    row("notice/notice_tell.c", "a revision is given out twice", "    thread->revision = ++thread->revisions;",
        "    thread->revision = thread->revisions > 1 ? thread->revisions : ++thread->revisions;"),
    row("notice/notice_offer.c", "only the first is told", "for (size_t i = 0; i < notify->to_count && !core->failed; i++)",
        "for (size_t i = 0; i < 1 && !core->failed; i++)"),
    # replay
    row("notice/notice_bytes.c", "budgets are full again after a start",
        "debit->count = (uint32_t)otr_reader_varint(reader);",
        "debit->count = (uint32_t)otr_reader_varint(reader) * 0;", cases=START),
    row("notice/notice_bytes.c", "cooldowns are over after a start", "thread->told_at = otr_reader_signed(reader);",
        "(void)otr_reader_signed(reader);\n    thread->told_at = OTR_TIME_NONE;", cases=START),
    row("rebuild.c", "a replay decides nothing", "    otr_notice_flush(core);\n    otr_asset_views_flush(core);",
        "    otr_asset_views_flush(core);", cases=START, long=False),
    # stopped, forgotten
    row("notice/contact.c", "a stop has no effect",
        "if (on && (stop->category == category ||", "if (false && (stop->category == category ||"),
    row("notice/contact.c", "the list of wishes is not read", "        if (otr_str_equal(wishes->opt_outs[i], name))",
        "        if (false)"),
    row("notice/notice_flood.c", "a digest names what was stopped", "        return OTR_UNTOLD_OPTED_OUT;",
        "        return OTR_UNTOLD_NONE;"),
    row("forget.c", "who is forgotten keeps a ledger", "    otr_contact_forget(core, customer);", ""),
]
