#!/usr/bin/env python3
"""Plants one mistake at a time in the core and shows that the tests of late readings notice each.

Usage: mutants.py BUILD_FOLDER [NUMBER...] (configured, release). The source tree is put back after each. Exit 1 when one
passes unnoticed.
"""
import pathlib
import subprocess
import sys

CORE = pathlib.Path(__file__).resolve().parents[3] / "agent" / "core"
TESTS = ["test_late", "test_late_told", "test_late_property"]
MUTANTS = [
    ("timeline.c", "entries[0].at <= timeline->base_at[0])", "entries[0].at <= timeline->base_at[0] + 1200000000)"),
    ("timeline.c", "timeline->late_from > timeline->base_at[1]", "timeline->late_from > timeline->base_at[0]"),
    ("timeline.c", "is_told && told <= asset->clock", "is_told"),
    ("timeline.c", "if (newest != OTR_TIME_NONE && newest < asset->timeline", "if (newest == OTR_TIME_NONE && newest < asset->timeline"),
    ("timeline.c", "bool is_held = core->now.core < timeline->hold_until;", "bool is_held = false;"),
    ("timeline.c", "otr_time_add(timeline->late_since, OTR_SETTLE_LATEST_US)", "otr_time_add(core->now.core, OTR_SETTLE_LATEST_US)"),
    ("timeline.c", "timeline->recent = left;", "timeline->recent = left - 1;"),
    ("timeline_steps.c", "return left->at < right->at ? -1 : 1;", "return 0;"),
    ("timeline_steps.c", "if (is_repeat(pieces, i, in_turn))", "if (false && is_repeat(pieces, i, in_turn))"),
    ("recount.c", "told->raised > base_at && !carried", "told->raised > base_at - OTR_DAY && !carried"),
    ("recount.c", "told->onset != state->onset || told->raised != at", "false"),
    ("recount.c", "if (told->ended != at || true_alarm->changed)", "if (true_alarm->changed)"),
    ("recount.c", "otr_alarm_retract(core, asset, false_alarms[i]);", "(void)asset;"),
    ("recount.c", "otr_alarm_reopen(core, asset, state->alarm);", "(void)asset;"),
    ("recount.c", "otr_time_add(anchor, asset->clock - clock)", "otr_time_add(anchor + OTR_MINUTE, asset->clock - clock)"),
    ("recount.c", "set_dead_men(asset, dead_men, true);", "(void)dead_men;"),
    ("recount.c", "rules[truths[i].rule].rule->lateness_us > 0)", "rules[truths[i].rule].rule->lateness_us < 0)"),
    ("evaluate.c", "first.at > asset->fired", "false"),
    ("evaluate.c", "return state->phase != phase;", "return state->phase != phase && state->frozen;"),
    ("evaluate.c", "gap < next.at && gap >= began", "gap < next.at && gap >= began - OTR_DAY"),
    ("freeze.c", "otr_buffer_add_signed(out, state->again);", "otr_buffer_add_signed(out, OTR_TIME_NEVER);"),
    ("freeze.c", "otr_buffer_add_signed(out, state->gap_at);", "otr_buffer_add_signed(out, 0);"),
    ("freeze.c", "    device->newest = newest;\n", "    device->newest = newest > 0 ? OTR_TIME_NONE : newest;\n"),
    ("recall.c", "if (window != OTR_NONE && !in->failed)", "if (window > 0 && window != OTR_NONE && !in->failed)"),
    ("alarm.c", "alarm->ended == OTR_TIME_NONE || alarm->ended > at)", "alarm->ended == OTR_TIME_NONE || alarm->ended > at + OTR_HOUR)"),
    ("recount.c", "rule->lateness_us) <= core->recount->told_by;", "rule->lateness_us / 2) <= core->recount->told_by;"),
    ("device.c", "|| (asset != NULL && at <= asset->fired)", ""),
    ("bind.c", "!same_past(&core->assets[i], &made->assets[fresh])", "(!same_past(&core->assets[i], &made->assets[fresh]) && false)"),
]


def noticed(build):
    targets = [argument for test in TESTS for argument in ("--target", test)]
    if subprocess.run(["cmake", "--build", build, *targets, "--", "-j2"], capture_output=True).returncode != 0:
        return "does not compile"
    for test in TESTS:
        try:
            run = subprocess.run([f"{build}/tests/{test}"], capture_output=True, timeout=120)
        except subprocess.TimeoutExpired:
            return f"{test} (hangs)"
        if run.returncode != 0:
            return test
    return None


def main():
    build = sys.argv[1]
    missed = 0
    chosen = [int(argument) for argument in sys.argv[2:]] or range(1, len(MUTANTS) + 1)
    for number in chosen:
        name, old, new = MUTANTS[number - 1]
        path = CORE / name
        text = path.read_text()
        if text.count(old) != 1:
            sys.exit(f"{name}: {old!r} is there {text.count(old)} times")
        try:
            path.write_text(text.replace(old, new))
            by = noticed(build)
        finally:
            path.write_text(text)
        missed += by is None or by == "does not compile"
        print(f"{number:2} {name}: {old.strip()[:60]!r}: {by or 'MISSED'}", flush=True)
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
