#!/usr/bin/env python3
"""tests/field/run.py RECORDING: a recording of a real device through feed, gateway and broker.

What arrives is compared with the events that the recording's description states and that the recording's own
module computes from the file by itself. Each module also alters the recording by one step ("twin") so that what must
stay silent has to speak, or the other way round.

OUTRIDER_FIELD_DATA: the folder of the recordings. OUTRIDER_BIN: the programs. OUTRIDER_SOURCE: the source tree.
Exit: 0 as expected, 1 not, 77 skipped because OUTRIDER_FIELD_DATA is not set.
"""
import collections
import importlib
import os
import pathlib
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import recording  # noqa: E402

SKIPPED = 77
LATE_SETTLED_S = 36  # late readings are judged when none has come for 30 s


class Alarm:
    """What arrived of one alarm: how it was first told, and how it stands."""

    def __init__(self, first):
        self.first = first
        self.last = first
        self.told = {first["what"]}


def alarms_of(events):
    """The alarms that stand, by id, and problems. An alarm is told live (raised, cleared) or as history, may be corrected
    by late readings, and is gone when it was retracted."""
    alarms = collections.OrderedDict()
    problems = []
    seen = set()
    for event in events:
        if event["kind"] == "broken":
            problems.append(f"the console printed {event['line']}")
        if event["kind"] != "alarm" or event["event"] in seen:
            continue  # delivered twice under one id, which at least once allows
        seen.add(event["event"])
        alarm = alarms.get(event["entity"])
        if alarm is None:
            alarm = alarms[event["entity"]] = Alarm(event)
        elif event["what"] in alarm.told and event["what"] != "corrected":
            problems.append(f"{event['rule']} of {event['asset']}: {event['what']} twice under two ids")
        alarm.told.add(event["what"])
        if event["revision"] >= alarm.last["revision"]:
            alarm.last = event
        if event["revision"] < alarm.first["revision"]:
            alarm.first = event
    for alarm in alarms.values():
        if alarm.first["what"] not in ("raised", "historical"):
            problems.append(f"an alarm was never raised: {alarm.first}")
    return [a for a in alarms.values() if a.last["what"] != "retracted"], problems


def as_line(rule, asset, onset, ended):
    return f"{rule} {asset} from {onset} to {ended or 'now'}"


def forgive(run, want, got):
    """Strikes out the pairs whose onsets differ by no more than the rule may: what a window holds of many readings is not
    exact."""
    for rule, seconds_off in run.about.items():
        for line in [line for line in want if line.startswith(rule + " ")]:
            _, asset, _, onset, _, ended = line.split()
            for other in [other for other in got if other.startswith(f"{rule} {asset} ")]:
                off = abs((recording.instant(other.split()[3]) - recording.instant(onset)).total_seconds())
                if off <= seconds_off and other.split()[5] == ended:
                    want -= collections.Counter([line])
                    got -= collections.Counter([other])
                    break


def compare(run, gateway, status, feeds):
    """Problems as lines; empty when everything is as expected."""
    alarms, problems = alarms_of(list(gateway.events))
    got = collections.Counter()
    for alarm in alarms:
        last = alarm.last
        got[as_line(last["rule"], last["asset"], last["onset"], last.get("ended"))] += 1
    want = collections.Counter(as_line(*alarm[:4]) for alarm in run.alarms)
    forgive(run, want, got)
    problems += [f"missing: {line}" for line in (want - got).elements()]
    problems += [f"not expected: {line}" for line in (got - want).elements()]
    problems += check_raised(run, alarms)
    problems += check_tickets(run, list(gateway.events))
    problems += check_notices(run, list(gateway.events))
    for wanted, (code, summary, text) in zip(run.feeds, feeds):
        problems += check_feed(wanted, code, summary, text)
    counters = status["driver"]
    for name, wanted in run.counters.items():
        if counters[name] != wanted:
            problems.append(f"counter {name}: {counters[name]}, expected {wanted}")
    return problems


def check_raised(run, alarms):
    problems = []
    for rule, asset, onset, _, raised, cause in run.alarms:
        for alarm in alarms:
            event = alarm.last
            if (event["rule"], event["asset"], event["onset"]) != (rule, asset, onset):
                continue
            if raised is not None and event["raised"] != raised:
                problems.append(f"{rule} of {asset} from {onset}: raised {event['raised']}, expected {raised}")
            if cause is not None and cause not in alarm.first.get("cause", ""):
                problems.append(f"{rule} of {asset}: cause \"{alarm.first.get('cause')}\" does not say {cause}")
    return problems


def check_tickets(run, events):
    opened = {e["entity"] for e in events if e["kind"] == "ticket" and e["what"] == "opened"}
    if run.tickets is None or len(opened) == run.tickets:
        return []
    return [f"{len(opened)} tickets opened, expected {run.tickets}"]


def check_notices(run, events):
    told = {e["event"]: e for e in events if e["kind"] == "notification"}.values()
    if run.notices is None or len(told) == run.notices:
        return []
    return [f"customers were told {len(told)} times, expected {run.notices}: "
            + "; ".join(f"{e['rule']} {e['what']}: {e['text']}" for e in told)]


def check_feed(wanted, code, summary, text):
    problems = []
    if code != (1 if wanted.refused else 0):
        problems.append(f"feed ended with {code}: {text}")
    if summary["rows"] != wanted.rows or summary["rows_refused"] != len(wanted.refused):
        problems.append(f"feed read {summary['rows']} rows and refused {summary['rows_refused']}, "
                        f"expected {wanted.rows} and {len(wanted.refused)}")
    for line in wanted.refused:
        if f"{wanted.recording}:{line}: " not in text:
            problems.append(f"feed does not say {wanted.recording}:{line}: {text}")
    if wanted.readings is not None and summary["readings"] != wanted.readings:
        problems.append(f"feed: {summary['readings']} readings acknowledged, expected {wanted.readings}")
    return problems


def play(run, certificates):
    from gateway import Gateway, SOURCE

    shipped = SOURCE / "rules" / "packs"
    packs = [shipped / f"{name}.yaml" for name in run.packs] or [HERE / f"{run.stem}.pack.yaml"]
    assignments = HERE / f"{run.assignments or run.stem}.assignments.yaml"
    with Gateway(certificates, packs, assignments, run.devices, run.dtls) as gateway:
        feeds = [gateway.feed(f.recording, HERE / f"{f.map or run.stem}.map.yaml", f.options) for f in run.feeds]
        if run.late:
            time.sleep(LATE_SETTLED_S)
        status = gateway.settle()
        problems = compare(run, gateway, status, feeds)
        code = gateway.stop_daemon()
        if code != 0:
            problems.append(f"outriderd ended with {code}")
        readings = sum(f[1]["readings"] for f in feeds)
        seconds = sum(f[1]["seconds"] for f in feeds)
        print(f"{run.title}: {readings} readings in {seconds:.2f} s, {len(run.alarms)} alarms expected: "
              f"{'ok' if not problems else 'FAILED'}", flush=True)
        for problem in problems[:30]:
            print(f"  {problem}")
        if len(problems) > 30:
            print(f"  and {len(problems) - 30} more")
        if problems:
            print(gateway.log("outriderd"))
    return not problems


def main():
    if len(sys.argv) != 2:
        print(__doc__)
        return 2
    data = os.environ.get("OUTRIDER_FIELD_DATA")
    if not data:
        print("skipped: OUTRIDER_FIELD_DATA is not set")
        return SKIPPED
    os.environ.setdefault("OUTRIDER_SOURCE", str(HERE.parent.parent))
    os.environ.setdefault("OUTRIDER_BIN", str(HERE.parent.parent / "build" / "dev" / "bin"))
    module = importlib.import_module(sys.argv[1])
    with tempfile.TemporaryDirectory(prefix="outrider-field-") as folder:
        folder = pathlib.Path(folder)
        certificates = folder / "tls"
        tool = pathlib.Path(os.environ["OUTRIDER_SOURCE"]) / "tools" / "certificates"
        subprocess.run([str(tool), str(certificates), "gw", "console"], check=True, stdout=subprocess.DEVNULL)
        results = [play(run, certificates) for run in module.runs(pathlib.Path(data), folder)]
    return 0 if results and all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
