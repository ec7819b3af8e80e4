#!/usr/bin/env python3
"""The desk over MQTT and over the control socket: a ticket is sent until it is received, once by its id; the desk's acts
outlive kill -9; a forged token changes nothing; what was said is told by `outrider case`."""
import json
import secrets
import signal
import subprocess
import time

from actions import publish, token
from station import GROUP, LIMIT_S, NAME, PROGRAMS, Device, Station, check, run, wait_for

COMMAND = f"outrider/v1/{GROUP}/{NAME}/command"


def started(station):
    station.write_acl(f"outrider/v1/{GROUP}/{NAME}/#")
    acl = station.folder / "acl"
    acl.write_text(acl.read_text() + f"topic write {COMMAND}\n")
    station.start_broker()
    station.start_console()
    station.start_daemon()
    station.wait_link()
    station.wait_events(1, kind="status", what="online")


def drop(station, device="d1"):
    sender = Device(device, station.udp_port)
    check(sender.upload(9.5, time.time()) == 204, "the reading is not taken")
    sender.close()
    return station.wait_events(1, kind="ticket", what="opened")[-1]


def tool(station, *words):
    done = subprocess.run([str(w) for w in (PROGRAMS / "outrider", *words)], capture_output=True, text=True, timeout=2 * LIMIT_S)
    return done.returncode, done.stdout + done.stderr


def desk(station, action, ticket, *words):
    return tool(station, "desk", "--socket", station.socket, "--who", "kim", action, ticket["entity"], *words)


def answer(station, action, ticket, word=None, **more):
    request = {"id": secrets.token_hex(16), "action": action, "ticket": ticket["entity"],
               "token": word or ticket["actions"][0]["token"], "who": "lee", **more}
    publish(station, json.dumps(request).encode())
    return request["id"]


def stage(station):
    cases = station.ask("cases")["cases"]
    return cases[0]["stage"] if cases else None


def the_desk_answers_with_the_ticket_s_token_over_mqtt():
    with Station({"a1": "d1"}) as station:
        started(station)
        ticket = drop(station)
        check([a["name"] for a in ticket["actions"]] == ["desk"], str(ticket.get("actions")))
        check(ticket["actions"][0]["token"] == token(station, ticket["entity"], "desk"), "another token than said")
        answer(station, "acknowledged", ticket, word="A" * 22)
        answer(station, "acknowledged", ticket, word=token(station, ticket["entity"], "help"))
        wait_for("two refusals", lambda: station.status()["driver"]["customer_refused"] == 2, LIMIT_S)
        check(stage(station) == "new", "a forged token had an effect")
        answer(station, "received", ticket, revision=ticket["revision"])
        wait_for("the receipt", lambda: stage(station) == "received", LIMIT_S)
        answer(station, "promised", ticket, what="callback", by="2100-01-01T00:00:00Z", text="We call back")
        event = station.wait_events(1, kind="status", what="desk")[0]
        facts = {f["name"]: f["value"] for f in event["facts"]}
        check(facts == {"ticket": ticket["entity"], "act": "promised", "role": "desk", "who": "lee"}, str(facts))
        case = station.ask("cases")["cases"][0]
        check((case["promised"], case["by"]) == ("callback", "2100-01-01T00:00:00Z"), str(case))
        code, said = desk(station, "promised", ticket, "what", "xyzzy", "by", "2100-01-01T00:00:00Z")
        check(code == 1 and "known: callback, replacement, visit, refund" in said, said)
        check(desk(station, "promised", ticket, "what", "visit", "by", "2099-01-01T00:00:00Z")[0] == 0, "no second promise")
        code, said = tool(station, "cases", "--socket", station.socket)
        check("promised: visit by 2099-01-01T00:00:00Z; and 1 more" in said, said)
        code, said = tool(station, "cases", "--socket", station.socket, "--json")
        promises = [(p["what"], p["missed"]) for p in json.loads(said)["cases"][0]["promises"]]
        check(promises == [("visit", False), ("callback", False)], said)


def what_the_desk_did_outlives_kill_9():
    with Station({"a1": "d1"}) as station:
        started(station)
        ticket = drop(station)
        code, said = desk(station, "transferred", ticket, "queue", "second", "to", "lee", "They know that device")
        check(code == 0, said)
        station.end("outriderd", signal.SIGKILL)
        station.start_daemon()
        station.wait_link()
        case = station.ask("cases")["cases"][0]
        check((case["queue"], case["assignee"], case["transfers"]) == ("second", "lee", 1), str(case))
        moved = station.wait_events(1, kind="ticket", what="transferred")
        check(len(moved) == 1 and moved[0]["queue"] == "second" and moved[0]["entity"] == ticket["entity"], str(moved))
        code, said = desk(station, "transferred", {"entity": ticket["entity"][:8]}, "queue", "second")
        check(code == 1 and "in that queue already" in said, said)
        absent = f"{int(ticket['entity'][:8], 16) ^ 1:08x}"
        code, said = desk(station, "note", {"entity": absent}, "Which one?")
        check(code == 1 and f"no case that has not closed begins with {absent}" in said, said)
        code, said = tool(station, "case", ticket["entity"][:10], "--state", station.state)
        check(code == 0 and "They know that device" in said and "transferred by kim" in said, said)
        code, said = tool(station, "case", "--json", ticket["case_id"], "--state", station.state)
        check([r["what"] for r in json.loads(said)] == ["opened", "transferred", "transferred"], said)
        code, said = tool(station, "case", "0" * 32, "--state", station.state)
        check(code == 1 and "no case" in said, said)


def a_ticket_that_nobody_heard_comes_again_under_its_id():
    """The broker has taken it, and no desk listened: it comes until the desk says that it has it. Time runs 600 times as fast."""
    with Station({"a1": "d1"}) as station:
        station.write_config(scale=600)
        started(station)
        station.end("console", signal.SIGKILL)
        sender = Device("d1", station.udp_port)
        check(sender.upload(9.5, time.time()) == 204, "the reading is not taken")
        sender.close()
        wait_for("a ticket", lambda: station.ask("cases")["cases"], LIMIT_S)
        station.wait_outbox_empty()
        station.events.clear()
        station.start_console()
        ticket = station.wait_events(1, kind="ticket", what="opened")[0]
        station.end("outriderd", signal.SIGKILL)
        station.events.clear()
        station.start_daemon()
        check(station.wait_events(1, kind="ticket", what="opened")[0]["event"] == ticket["event"], "it has another id")
        check(len(station.distinct(kind="ticket")) == 1, "it came under several ids")
        check(desk(station, "received", ticket)[0] == 0, "not received")
        station.wait_outbox_empty()
        station.events.clear()
        time.sleep(3 * 20 / 10)
        check(not station.distinct(kind="ticket"), "it came again though it was received")


def a_remedy_is_used_by_who_may_and_stands_in_the_case():
    with Station({"a1": "d1"}) as station:
        pack = (station.folder / "pack.yaml").read_text()
        station.write_pack(1, 3.0, text=pack + "remedies:\n  gift: {texts: {en: A gift is on its way to you.}}\n")
        started(station)
        ticket = drop(station)

        def do(*words):
            return tool(station, "do", "--socket", station.socket, "--who", "kim", *words)

        code, said = do(ticket["entity"], "gift")
        check(code == 1 and "outrider do: refused: that role may not do this" in said, said)
        code, said = do("--role", "desk", ticket["entity"], "gold")
        check(code == 1 and "no pack of this case lists such a remedy" in said, said)
        code, said = do("--role", "desk", ticket["case_id"], "gift", "By courier")
        check((code, said) == (0, "ok\n"), said)
        code, said = do("--role", "desk", ticket["entity"], "gift")
        check(code == 1 and "as often as its pack allows" in said, said)
        facts = {f["name"]: f["value"] for f in station.wait_events(1, kind="status", what="desk")[0]["facts"]}
        check((facts["act"], facts["role"], facts["who"]) == ("remedy", "desk", "kim"), str(facts))
        code, said = tool(station, "case", ticket["entity"], "--state", station.state)
        check(code == 0 and "gift: By courier" in said and "remedy by kim" in said, said)


def of_a_forgotten_customer_nothing_that_the_desk_said_stays():
    with Station({"other": "d9"}) as station:
        assignment = station.folder / "box.yaml"
        assignment.write_text("version: 1\nassignment: {version: 1}\ncustomers: [{customer: cust-77}]\n"
                              "assets: [{asset: box-77, class: x, devices: [d1], customer: cust-77}]\n")
        started(station)
        code, said = tool(station, "assign", "--socket", station.socket, assignment)
        check(code == 0, said)
        ticket = drop(station)
        secret = "SECRETWORDOFTHEDESK"
        check(desk(station, "note", ticket, secret)[0] == 0, "no note")
        check(desk(station, "promised", ticket, "what", "callback", "by", "2100-01-01T00:00:00Z", secret)[0] == 0, "no promise")
        station.wait_outbox_empty()
        code, said = tool(station, "case", ticket["entity"], "--state", station.state)
        check(said.count(secret) == 2, said)
        code, said = tool(station, "forget", "--socket", station.socket, "cust-77", "--yes")
        check(code == 0, said)
        station.wait_outbox_empty()
        wait_for("no case", lambda: not station.ask("cases")["cases"], LIMIT_S)
        station.end("outriderd")
        for file in station.state.rglob("*"):
            if file.is_file():
                data = file.read_bytes()
                for word in (secret, "cust-77", "box-77"):
                    check(word.encode() not in data, f"{word} is in {file.name}")
                check(bytes.fromhex(ticket["entity"]) not in data, f"the ticket's id is in {file.name}")


if __name__ == "__main__":
    run(the_desk_answers_with_the_ticket_s_token_over_mqtt,
        what_the_desk_did_outlives_kill_9,
        a_ticket_that_nobody_heard_comes_again_under_its_id,
        a_remedy_is_used_by_who_may_and_stands_in_the_case,
        of_a_forgotten_customer_nothing_that_the_desk_said_stays)
