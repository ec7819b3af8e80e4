"""Mistakes that the tests of late readings, of snapshots and of the driver must notice; see mutants.py."""


def row(test, file, what, old, new, long=False):
    return {"test": test, "file": file, "what": what, "old": old, "new": new, "long": long}


LATE = "test_late"
TOLD = "test_late_told"
ORDER = "test_late_property"
TIMELINE = "agent/core/device/timeline.c"
RECOUNT = "agent/core/device/recount.c"
EVALUATE = "agent/core/rule/evaluate.c"
FREEZE = "agent/core/device/freeze.c"

ROWS = [
    row(LATE, TIMELINE, "what is kept of the past is given up early",
        "entries[0].at <= timeline->base_at[0])", "entries[0].at <= timeline->base_at[0] + 1200000000)"),
    row(LATE, TIMELINE, "what lies before the newer point is judged from there",
        "timeline->late_from > timeline->base_at[1]", "timeline->late_from > timeline->base_at[0]"),
    row(TOLD, TIMELINE, "the point moves on before a rule's lateness is over",
        "is_told && told <= asset->clock", "is_told"),
    row(ORDER, TIMELINE, "the point does not wait for devices that are behind",
        "if (newest != OTR_TIME_NONE && newest < asset->timeline",
        "if (newest == OTR_TIME_NONE && newest < asset->timeline", long=True),
    row(ORDER, TIMELINE, "the point does not wait for what a gap left out",
        "bool is_held = core->now.core < timeline->hold_until;", "bool is_held = false;", long=True),
    row(LATE, TIMELINE, "a backlog that trickles in never settles",
        "otr_time_add(timeline->late_since, OTR_SETTLE_LATEST_US)",
        "otr_time_add(core->now.core, OTR_SETTLE_LATEST_US)"),
    row(TOLD, TIMELINE, "the newer point misses a step", "timeline->recent = left;", "timeline->recent = left - 1;"),
    row(LATE, "agent/core/device/timeline_steps.c", "a backlog stays in the order in which it came",
        "return left->at < right->at ? -1 : 1;", "return 0;"),
    row(LATE, "agent/core/device/timeline_steps.c", "what is said twice counts twice",
        "if (is_repeat(pieces, i, in_turn))", "if (false && is_repeat(pieces, i, in_turn))"),
    row(LATE, RECOUNT, "what was told before the point is told again",
        "told->raised > base_at && !carried", "told->raised > base_at - OTR_DAY && !carried"),
    row(LATE, RECOUNT, "an onset that moved is not told",
        "told->onset != state->onset || told->raised != at", "false"),
    row(LATE, RECOUNT, "an end that moved is not told",
        "if (told->ended != at || true_alarm->changed)", "if (true_alarm->changed)"),
    row(LATE, RECOUNT, "what was not so stays told",
        "otr_alarm_retract(core, asset, false_alarms[i]);", "(void)asset;"),
    row(ORDER, RECOUNT, "what did not end stays ended",
        "otr_alarm_reopen(core, asset, state->alarm);", "(void)asset;"),
    row(LATE, RECOUNT, "judging the past sets the asset's time back",
        "otr_time_add(anchor, asset->clock - clock)", "otr_time_add(anchor + OTR_MINUTE, asset->clock - clock)"),
    row(TOLD, RECOUNT, "judging the past loses a silence", "restore_dead_men(asset, dead_men);", "(void)restore_dead_men;"),
    row(TOLD, RECOUNT, "what is open only because its end is not told is matched as open",
        "rules[truths[i].rule].rule->lateness_us > 0)", "rules[truths[i].rule].rule->lateness_us < 0)"),
    row(LATE, EVALUATE, "what is older than a deadline that fired is not late", "first.at > asset->fired", "false"),
    row(ORDER, EVALUATE, "a state that time alone changed may be passed by",
        "return state->phase != phase;", "return state->phase != phase && state->frozen;", long=True),
    row(ORDER, EVALUATE, "a gap ends what began in it",
        "gap < next.at && gap >= began", "gap < next.at && gap >= began - OTR_DAY", long=True),
    row(ORDER, FREEZE, "what a function waits for is lost at the point",
        "otr_buffer_add_signed(out, otr_again_of(asset, index));", "otr_buffer_add_signed(out, OTR_TIME_NEVER);"),
    row(ORDER, FREEZE, "the begin of a gap is lost at the point",
        "otr_buffer_add_signed(out, state->gap_at);", "otr_buffer_add_signed(out, 0);", long=True),
    row(ORDER, FREEZE, "a device's newest stamp is lost at the point",
        "    device->newest = newest;\n", "    device->newest = newest > 0 ? OTR_TIME_NONE : newest;\n", long=True),
    row(ORDER, "agent/core/window/recall.c", "the first window is empty at the point",
        "if (window != OTR_NONE && !in->failed)", "if (window > 0 && window != OTR_NONE && !in->failed)"),
    row(LATE, "agent/core/alarm/alarm.c", "an alarm is settled before its end is",
        "alarm->ended == OTR_TIME_NONE || alarm->ended > at)",
        "alarm->ended == OTR_TIME_NONE || alarm->ended > at + OTR_HOUR)"),
    row(TOLD, RECOUNT, "lateness is over early",
        "rule->lateness_us) <= core->recount->told_by;", "rule->lateness_us / 2) <= core->recount->told_by;"),
    row(LATE, "agent/core/device/arrival.c", "what a deadline has passed by is not late",
        "|| (asset != NULL && at <= asset->fired)", ""),
    row(TOLD, "agent/core/bind.c", "other limits judge the past again",
        "!same_past(old, fresh))", "(!same_past(old, fresh) && false))"),
    row(TOLD, "agent/core/device/arrival.c", "a device without asset makes history of what comes next",
        "asset != OTR_NONE && is_stored(entries, count)", "is_stored(entries, count)"),
    row(TOLD, "agent/core/device/arrival.c", "a stamp in the future makes history of an upload",
        "entries[count - 1].quality == OTR_QUALITY_FUTURE)\n        count--",
        "entries[count - 1].quality == OTR_QUALITY_FUTURE)\n        break"),
    row("test_snapshot_first", "agent/core/snapshot_first.c", "the first release's alarms have no case",
        "alarm.case_id = core->cases[alarm.case_number].id;", "alarm.case_number = 0;"),
    row("test_snapshot_first", "agent/core/snapshot_first.c", "the first release's silences are forgotten",
        "asset->silence_told = (flags & 2) != 0;", "asset->heard = 0;"),
    row("test_driver", "agent/driver/recover.c", "a snapshot that is refused is refused again",
        "if (state.snapshots_refused > 0)", "if (false)"),
]
