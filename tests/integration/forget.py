#!/usr/bin/env python3
"""Who is forgotten leaves no byte in the database, its log and what the broker retains, whatever has become of their
things: handed to another customer, given back, or told of in a list; and the other customer keeps their own."""
import signal
import time

from desk import check, desk, drop, run, started, tool, wait_for
from station import LIMIT_S, Device, Station

THEIRS = "cust-77x"
OTHERS = "cust-88x"
SAID = "SAID-TO-THE-DESK"
GOODS = "MARKER-goods"

LISTS = """\
pack: test
version: 1
rules:
  - alert: Drop
    expr: shock > 3
    notify: {to: customer, message: drop, gather: 1h}
    ticket: {queue: q, evidence: [shock], last: 1h}
messages:
  drop: {en: {raised: "look at {{ items }}", item: "{{ asset.name }}"}}
"""


def assign(station, asset, device, customer, version=1, goods=GOODS):
    path = station.folder / f"{asset}.yaml"
    path.write_text(f"version: 1\nassignment: {{version: {version}}}\ncustomers: [{{customer: {customer}}}]\n"
                    f"assets: [{{asset: {asset}, class: x, name: \"{goods}\", contents: \"{goods}\", devices: [{device}], "
                    f"customer: {customer}}}]\n")
    code, said = tool(station, "assign", "--socket", station.socket, path)
    check(code == 0, said)


def forget(station):
    code, said = tool(station, "forget", "--socket", station.socket, THEIRS, "--yes")
    check(code == 0, said)
    station.wait_outbox_empty()  # the broker is told to forget what it retains


def found(folder, words):
    return [(word, path.name) for path in folder.rglob("*") if path.is_file() for word in words if word in path.read_bytes()]


def ids(*tickets):
    return [bytes.fromhex(ticket[name]) for ticket in tickets for name in ("entity", "case_id")]


def nothing_left(station, *words):
    words = [word.encode() if isinstance(word, str) else word for word in words]
    try:
        wait_for("the files to be rewritten", lambda: not found(station.state, words), LIMIT_S)
    except RuntimeError:
        raise AssertionError(str(found(station.state, words))) from None
    station.end("outriderd", signal.SIGKILL)
    station.start_daemon()
    check(not found(station.state, words), f"after a new start: {found(station.state, words)}")
    check(not [w for w in words if w in station.log("outriderd").encode()], "the log names them")
    station.end("outriderd")
    station.end("mosquitto")  # writes what it retains
    kept = found(station.folder / "broker", words)
    check(not kept, f"the broker has {kept}")
    check(not found(station.state, words), f"after the end: {found(station.state, words)}")


def what_was_handed_on():
    with Station({"other": "d9"}) as station:
        started(station)
        assign(station, "box-77x", "d1", THEIRS)
        ticket = drop(station)
        check(desk(station, "note", ticket, SAID)[0] == 0, "no note")
        check(desk(station, "promised", ticket, "what", "callback", "by", "2100-01-01T00:00:00Z")[0] == 0, "no promise")
        station.wait_outbox_empty()
        assign(station, "box-77x", "d1", OTHERS, version=2, goods="their goods")
        check(desk(station, "note", ticket, SAID + " again")[0] == 0, "the desk works on it no more")
        sender = Device("d1", station.udp_port)
        check(sender.upload(9.5, time.time() + 1) == 204, "the reading is not taken")
        sender.close()
        wait_for("a ticket of the next customer", lambda: len(station.distinct(kind="ticket", what="opened")) == 2, LIMIT_S)
        theirs = [one for one in station.distinct(kind="ticket", what="opened") if one["entity"] != ticket["entity"]][0]
        check(desk(station, "transferred", ticket, "queue", "second")[0] == 0, "not transferred")
        moved = station.wait_events(1, kind="ticket", what="transferred")[0]
        check([f["value"] for f in moved["facts"] if f["name"] == "customer"] == [THEIRS], str(moved["facts"]))
        check("their goods" not in str(moved), "the old ticket names the next customer's goods")
        check(SAID not in str(theirs) and GOODS not in str(theirs) and THEIRS not in str(theirs), str(theirs))
        station.wait_outbox_empty()
        for word in (THEIRS, SAID, GOODS):
            check(found(station.state, [word.encode()]), f"{word} is not even stored")
        forget(station)
        cases = [one["ticket"] for one in station.ask("cases")["cases"]]
        check(cases == [theirs["entity"]], str(cases))
        check(desk(station, "note", theirs, "KEPT-note")[0] == 0, "the other's ticket is not known")
        station.wait_outbox_empty()
        station.end("outriderd", signal.SIGKILL)
        station.start_daemon()
        check([one["ticket"] for one in station.ask("cases")["cases"]] == cases, "another case after a new start")
        check([one["customer"] for one in station.ask("assignments")["assignments"] if one["asset"] == "box-77x"] == [OTHERS],
              str(station.ask("assignments")))
        check(found(station.state, [b"KEPT-note"]), "the other customer's notes are gone")
        nothing_left(station, THEIRS, SAID, GOODS, *ids(ticket))


def what_was_given_back():
    with Station({"other": "d9"}) as station:
        started(station)
        assign(station, "box-77x", "d1", THEIRS)
        assign(station, "box-88x", "d2", OTHERS, goods="their goods")
        ticket = drop(station)
        check(desk(station, "note", ticket, SAID)[0] == 0, "no note")
        check(tool(station, "unassign", "--socket", station.socket, "box-77x")[0] == 0, "not ended")
        check(desk(station, "resolved", ticket, "what", "replaced", SAID)[0] == 0, "not resolved")
        station.wait_outbox_empty()
        forget(station)
        nothing_left(station, THEIRS, SAID, GOODS, "box-77x", *ids(ticket))


def what_was_told_as_a_list():
    with Station({"other": "d9"}) as station:
        station.write_pack(1, 3, LISTS)
        station.write_config(scale=600)
        started(station)
        assign(station, "box-77x", "d1", THEIRS)
        ticket = drop(station)
        check(ticket["asset"] == THEIRS, str(ticket))
        check(desk(station, "note", ticket, SAID)[0] == 0, "no note")
        station.wait_outbox_empty()
        forget(station)
        check(station.ask("cases")["cases"] == [], str(station.ask("cases")))
        nothing_left(station, THEIRS, SAID, GOODS, "box-77x", *ids(ticket))


if __name__ == "__main__":
    run(what_was_handed_on, what_was_given_back, what_was_told_as_a_list)
