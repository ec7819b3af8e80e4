#!/usr/bin/env python3
"""Assignments by command on the real daemon: durable over kill -9, replaced, ended; and a customer who is forgotten is in
no file of the state, whatever was stored of them before."""
import json
import subprocess
import time

from station import LIMIT_S, PROGRAMS, Device, Station, check, run, signal, wait_for

FORM = """version: 1
assignment: {{version: {version}{terms}}}
customers: [{{customer: {customer}, zone: Europe/Berlin}}]
assets:
  - {{asset: {asset}, class: x, customer: {customer}, contents: "{marker}", devices: [{device}]}}
"""


def tool(station, *words):
    done = subprocess.run([str(w) for w in (PROGRAMS / "outrider", *words, "--config", station.config)],
                          capture_output=True, text=True, timeout=2 * LIMIT_S)
    return done.returncode, (done.stdout + done.stderr).strip()


def assign(station, asset, device, customer="cust-1", version=1, terms="", marker="goods"):
    path = station.folder / f"{asset}.yaml"
    path.write_text(FORM.format(asset=asset, device=device, customer=customer, version=version, terms=terms,
                                marker=marker))
    return tool(station, "assign", path)


def listed(station):
    return {one["asset"]: one for one in station.ask("assignments")["assignments"]}


def started(station):
    station.start_broker()
    station.start_console()
    station.start_daemon()
    station.wait_link()
    station.wait_events(1, kind="status", what="online")  # the console hears what comes


def an_assignment_is_durable_and_ends_by_command():
    with Station({"a1": "d1"}) as station:
        started(station)
        check(assign(station, "box-1", "trk-1")[0] == 0, "not assigned")
        check(assign(station, "box-1", "trk-1")[0] == 0, "the same once more is refused")
        station.end("outriderd", signal.SIGKILL)
        station.start_daemon()
        check(listed(station)["box-1"]["state"] == "active", str(listed(station)))
        device = Device("trk-1", station.udp_port)
        check(device.upload(9.0, time.time()) == 204, "not kept")
        wait_for("no alarm of box-1", lambda: station.distinct(kind="alarm", what="raised", asset="box-1"), LIMIT_S)
        station.wait_outbox_empty()
        code, said = tool(station, "walk", "box-1")
        check(code == 0 and "box-1, as staff saw it" in said and "raised" in said and "dropped" in said, said)
        code, said = tool(station, "walk", "box-0")
        check(code == 1 and "nobody was to be told" in said, said)
        code, said = tool(station, "replace", "trk-1", "trk-2")
        check(code == 0, said)
        check(listed(station)["box-1"]["device"] == "trk-2", str(listed(station)))
        code, said = tool(station, "unassign", "box-1", "delivered")
        check(code == 0, said)
        check((listed(station)["box-1"]["state"], listed(station)["box-1"]["reason"]) == ("ended", "delivered"),
              str(listed(station)))
        wait_for("its alarm stays open", lambda: station.distinct(kind="alarm", what="withdrawn", asset="box-1"), LIMIT_S)
        station.ask("reload")
        check("box-1" in listed(station), "a reload takes it out")
        device.close()


TWO_READERS = """pack: test
version: 1
rules:
  - {alert: Drop, expr: shock > 3.0, notify: {to: [customer, shipper], message: m, on: [raised], cooldown: 0s}}
  - {alert: Hard, expr: shock > 8.0, notify: {to: shipper, message: m, on: [raised], cooldown: 0s}}
messages: {m: {en: {raised: "{{ rule }}"}}}
"""


def a_walk_is_of_whoever_was_told_most():
    with Station({"a1": "d1"}) as station:
        station.write_pack(1, 3.0, TWO_READERS)
        (station.folder / "assignments.yaml").write_text(
            "version: 1\ncustomers: [{customer: c-1, locale: en}, {customer: s-1, locale: en}]\n"
            "assets: [{asset: box, class: x, devices: [d1], customer: c-1, contacts: {shipper: s-1}}]\n")
        started(station)
        device = Device("d1", station.udp_port)
        for value in (4.0, 9.0):
            check(device.upload(value, time.time()) == 204, "not kept")
        wait_for("three messages", lambda: len(station.distinct(kind="notification", what="raised")) == 3, LIMIT_S)
        station.wait_outbox_empty()
        device.close()
        code, said = tool(station, "walk", "box")
        check(code == 0 and "box, as s-1 saw it, who was told most (1 other: --contact)" in said and "2 told" in said, said)
        code, said = tool(station, "walk", "box", "--contact", "c-1")
        check(code == 0 and "box, as c-1 saw it; times in UTC" in said and "1 told" in said, said)
        code, said = tool(station, "walk", "box", "--json")
        walk = json.loads(said)
        check(code == 0 and (walk["contact"], walk["told"], walk["not_told"]) == ("s-1", 2, 0), said)
        check({c["contact"]: c["told"] for c in walk["contacts"]} == {"c-1": 1, "s-1": 2}, said)
        check([n["rule"] for n in walk["notices"]] == ["Drop", "Hard"] and all(n["told"] for n in walk["notices"]), said)
        code, said = tool(station, "walk", "box", "--contact", "nobody")
        check(code == 1 and "nobody of the name nobody" in said, said)


def what_does_not_fit_is_refused_with_its_reason():
    with Station({"a1": "d1"}) as station:
        started(station)
        check(assign(station, "box-1", "trk-1")[0] == 0, "not assigned")
        rows = [(("box-2", "trk-1"), {}, "box-2.yaml:5:5: trk-1 belongs to box-1"),
                (("box-2", "d1"), {}, "d1 belongs to a1"),
                (("a1", "trk-3"), {}, "stands in the assignments of the configuration"),
                (("box-1", "trk-9"), {}, "box-1.yaml:2:23: version 1 of box-1 is there"),
                (("box-3", "trk-3"), {"terms": ", from: soon"}, "box-3.yaml:2:32: expected a time"),
                (("box-3", "trk-3"), {"terms": ", form: x"}, "did you mean from?")]
        for words, more, reason in rows:
            code, said = assign(station, *words, **more)
            check(code == 1 and reason in said, f"{words}: {said}")
        for words, reason in ((("replace", "trk-7", "trk-8"), "no asset has that device"),
                              (("replace", "trk-1", "d1"), "belongs to an asset"),
                              (("unassign", "a1"), "no assignment of that asset")):
            code, said = tool(station, *words)
            check(code == 1 and reason in said, f"{words}: {said}")
        file = station.folder / "assignments.yaml"
        before = file.read_text()
        for more, reason in (("box-1, class: x", "assignments.yaml:4:5: box-1 is assigned by command"),
                             ("box-9, class: x, devices: [trk-1]", "assignments.yaml:4:5: trk-1 belongs to box-1")):
            file.write_text(before + f"  - {{asset: {more}}}\n")
            answer = station.ask("reload")
            check(not answer["ok"] and reason in answer["reason"], str(answer))
        file.write_text(before)
        check(station.ask("reload")["ok"], "the file of before is refused")


def the_next_one_begins_when_the_device_is_free():
    with Station({"a1": "d1"}) as station:
        started(station)
        check(assign(station, "box-1", "trk-1")[0] == 0, "not assigned")
        check(assign(station, "box-2", "trk-1", terms=", from: after box-1")[0] == 0, "not assigned")
        check(listed(station)["box-2"]["state"] == "waiting", str(listed(station)))
        station.end("outriderd", signal.SIGKILL)
        station.start_daemon()
        check(tool(station, "unassign", "box-1", "delivered")[0] == 0, "not ended")
        wait_for("box-2 does not begin", lambda: listed(station)["box-2"]["state"] == "active", LIMIT_S)
        told = [("state", "ended"), ("reason", "delivered")]
        wait_for("nobody is told", lambda: [
            one for one in station.distinct(kind="status", what="assignment", asset="box-1")
            if [(fact["name"], fact["value"]) for fact in one.get("facts", [])] == told], LIMIT_S)


def files_with(folder, marker):
    return [str(path) for path in folder.rglob("*") if path.is_file() and marker.encode() in path.read_bytes()]


def who_is_forgotten_is_in_no_file():
    markers = ("cust-9x", "box-7x", "MARKER-goods")
    with Station({"a1": "d1"}) as station:
        started(station)
        check(assign(station, "box-7x", "trk-7", customer="cust-9x", marker="MARKER-goods")[0] == 0, "not assigned")
        check(assign(station, "box-8x", "trk-8", customer="cust-8x")[0] == 0, "not assigned")
        devices = [Device(name, station.udp_port) for name in ("trk-7", "trk-8")]
        for device in devices:
            for step in range(20):
                check(device.upload(9.0 if step % 2 else 0.1, time.time() - 60 + step) == 204, "not kept")
        wait_for("no alarm", lambda: station.distinct(kind="alarm", what="raised", asset="box-7x"), LIMIT_S)
        station.wait_outbox_empty()
        for marker in markers:
            check(files_with(station.state, marker), f"{marker} is not even stored")
        code, said = tool(station, "forget", "cust-9x")
        check(code == 1 and "nothing was done" in said, said)
        code, said = tool(station, "forget", "cust-0x", "--yes")
        check(code == 0 and "nothing of them was known here" in said, said)
        code, said = tool(station, "forget", "cust-9x", "--yes")
        check(code == 0 and "forgotten" in said, said)
        station.wait_outbox_empty()  # the broker is told to forget the view, whose topic has the asset's name
        for marker in markers:
            wait_for(f"{marker} to be gone", lambda m=marker: not files_with(station.state, m), LIMIT_S)
        station.end("outriderd", signal.SIGKILL)
        station.start_daemon()
        check("box-7x" not in listed(station) and "box-8x" in listed(station), str(listed(station)))
        for marker in markers:
            check(not files_with(station.state, marker), f"{marker} is back in {files_with(station.state, marker)}")
        check(files_with(station.state, "box-8x"), "another customer's data is gone as well")
        check("cust-9x" not in station.log("outriderd"), "the log names them")
        check(devices[0].upload(9.0, time.time()) == 204, "the device is not heard any more")
        for device in devices:
            device.close()


if __name__ == "__main__":
    run(an_assignment_is_durable_and_ends_by_command,
        a_walk_is_of_whoever_was_told_most,
        what_does_not_fit_is_refused_with_its_reason,
        the_next_one_begins_when_the_device_is_free,
        who_is_forgotten_is_in_no_file)
