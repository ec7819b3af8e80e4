#!/usr/bin/env python3
"""A customer's action reaches the gateway over MQTT and over the control socket: with its token it is answered after the
commit, once; forged, repeated, foreign and malformed ones change nothing and are told why."""
import base64
import hashlib
import hmac
import json
import secrets
import signal
import subprocess
import time

from station import GROUP, LIMIT_S, NAME, PROGRAMS, Device, Station, check, run, wait_for

COMMAND = f"outrider/v1/{GROUP}/{NAME}/command"


def token(station, notification, action, key="actions.key"):
    message = b"outrider action 1\0" + bytes.fromhex(notification) + action.encode()
    mac = hmac.new((station.state / key).read_bytes(), message, hashlib.sha256).digest()[:16]
    return base64.urlsafe_b64encode(mac).decode().rstrip("=")


def act(station, action, notification, word, *more, over="mqtt"):
    tls = station.tls
    way = ["--socket", station.socket] if over == "socket" else [
        "--broker", f"mqtts://localhost:{station.mqtt_port}", "--group", GROUP, "--gateway", NAME, "--ca", tls / "ca.pem",
        "--cert", tls / "console.pem", "--key", tls / "console.key", "--timeout", str(LIMIT_S)]
    done = subprocess.run([str(w) for w in (PROGRAMS / "outrider", "act", action, notification, word, *way, *more)],
                          capture_output=True, text=True, timeout=2 * LIMIT_S)
    return done.returncode, (done.stdout + done.stderr).strip()


def counted(station):
    driver = station.status()["driver"]
    return driver["customer_actions"], driver["customer_refused"]


def started(station):
    station.write_acl(f"outrider/v1/{GROUP}/{NAME}/#")
    acl = station.folder / "acl"
    acl.write_text(acl.read_text() + f"topic write {COMMAND}\n")
    station.start_broker()
    station.start_console()
    station.start_daemon()
    station.wait_link()
    station.wait_events(1, kind="status", what="online")


def an_action_is_accepted_once_over_mqtt_and_over_the_socket():
    with Station({"a1": "d1"}) as station:
        started(station)
        for count, over in enumerate(("mqtt", "socket"), 1):
            notification = secrets.token_hex(16)
            word = token(station, notification, "useful")
            for _ in range(2):
                check(act(station, "useful", notification, word, over=over) == (0, "ok"), f"not accepted over {over}")
            check(counted(station) == (count, 0), f"{counted(station)} over {over}")
        key = station.state / "actions.key"
        check(key.stat().st_mode & 0o777 == 0o600, "the key is open to others")
        check(key.read_bytes().hex() not in station.log("outriderd"), "the key is in the log")


def what_is_forged_or_foreign_is_refused_and_changes_nothing():
    with Station({"a1": "d1"}) as station:
        started(station)
        mine, other = secrets.token_hex(16), secrets.token_hex(16)
        refused = 0
        for over in ("mqtt", "socket"):
            for word in ("A" * 22, token(station, other, "useful"), token(station, mine, "stop")):
                code, said = act(station, "useful", mine, word, over=over)
                check(code == 1 and "the token is not of this action" in said, f"{over}: {said}")
                refused += 1
        code, said = act(station, "dance", mine, "A" * 22)
        check(code == 1 and "no such action" in said, said)
        check(counted(station) == (0, refused + 1), str(counted(station)))


def what_was_done_is_known_after_a_restart_and_a_new_key():
    with Station({"a1": "d1"}) as station:
        started(station)
        notification, command = secrets.token_hex(16), secrets.token_hex(16)
        word = token(station, notification, "useful")
        check(act(station, "useful", notification, word, "--id", command)[0] == 0, "not accepted")
        station.end("outriderd")
        (station.state / "actions.key").rename(station.state / "actions.key.old")
        station.start_daemon()
        station.wait_link()
        check(act(station, "useful", notification, word, "--id", command)[0] == 0, "the same again is not accepted")
        check(act(station, "useful", notification, word)[0] == 0, "under another id it is not accepted")
        check(counted(station) == (0, 0), "it had its effect again")
        late = token(station, notification, "late", "actions.key.old")
        check(act(station, "late", notification, late)[0] == 0, "a token under the key before does not count")
        station.end("outriderd")
        (station.state / "actions.key.old").unlink()
        station.start_daemon()
        station.wait_link()
        wrong = token(station, notification, "late")
        check(wrong != late, "the key is the same")
        check(act(station, "late", notification, late)[0] == 1, "a token under a key that is gone counts")


def garbage_and_a_flood_leave_the_gateway_at_work():
    with Station({"a1": "d1"}) as station:
        started(station)
        for payload in (b"", b"\0\xff{", b"[" * 3000, b"x" * 100000, b'{"id":1}', b'{"id":"1","id":"2"}',
                        json.dumps({"id": secrets.token_hex(16), "command": "ack"}).encode()):
            publish(station, payload)
        publish(station, b"{}", "-r")  # retained: passed over, now and with each connection
        subprocess.run(command(station, "--repeat", "500", "-m", "{}"), check=True, timeout=LIMIT_S)
        wait_for("the flood to be seen", lambda: station.status()["driver"]["customer_refused"] >= 5, LIMIT_S)
        time.sleep(1.1)
        notification = secrets.token_hex(16)
        check(act(station, "useful", notification, token(station, notification, "useful"))[0] == 0, "not accepted")
        check(counted(station)[0] == 1, "something of it had an effect")


def an_answer_goes_where_answers_may_go_with_its_correlation():
    with Station({"a1": "d1"}) as station:
        started(station)
        ours = f"outrider/v1/{GROUP}/{NAME}"
        listener = station.start("mosquitto_sub", [*client(station, "mosquitto_sub"), "-F", "%t %D %p", "-t", f"{ours}/answer/#",
                                                   "-t", f"{ours}/alarm"])
        station.wait_subscribed("", f"{ours}/alarm")
        wanted = {f"{ours}/answer/me": f"{ours}/answer/me", f"{ours}/alarm": f"{ours}/answer",
                  f"{ours}/answering": f"{ours}/answer", f"{ours}/command": f"{ours}/answer"}
        for number, (asked, used) in enumerate(wanted.items()):
            publish(station, json.dumps({"id": f"{number + 1:032x}"}).encode(), "-D", "publish", "response-topic", asked,
                    "-D", "publish", "correlation-data", f"c{number}")
            wait_for(f"the answer to {asked}", lambda: f"{used} c{number} " in station.log("mosquitto_sub"), LIMIT_S)
        check(f"{ours}/alarm" not in station.log("mosquitto_sub"), "an answer went where alarms go")
        check(listener.poll() is None, "the listener ended")


QUESTIONED = """\
version: 1
customers:
  - {customer: cust-1, persona: driver}
assets:
  - {asset: a1, name: Van 1, class: x, devices: [d1], customer: cust-1}
"""
QUESTIONS = """\
pack: test
version: 1
rules:
  - alert: Drop
    expr: shock > 3.0
    notify: {to: customer, message: drop, on: [raised]}
    ticket: {queue: q, verify: 1s}
messages: {drop: {en: {raised: dropped}}}
"""


def a_question_is_answered_with_its_token_and_stands_in_the_status():
    with Station({"a1": "d1"}) as station:
        (station.folder / "assignments.yaml").write_text(QUESTIONED)
        station.write_pack(1, 3.0, QUESTIONS)
        started(station)
        sender = Device("d1", station.udp_port)
        for value in (9.5, 0.5):
            check(sender.upload(value, time.time()) == 204, "the reading is not taken")
        sender.close()
        asked = station.wait_events(1, kind="notification", what="asked")[0]
        check("how we supported you on the way" in asked["text"], asked["text"])
        words = {a["name"]: a["token"] for a in asked["actions"]}
        check(sorted(words) == ["score", "stop"], str(words))
        facts = {f["name"]: f["value"] for f in asked["facts"]}
        kind, least = facts["question"], facts["scale.least"]
        code, said = act(station, "score", asked["entity"], words["score"], "--score", "11")
        check(code == 1 and "whole number from 0 to 10" in said, said)
        check(act(station, "score", asked["entity"], words["score"], "--score", least) == (0, "ok"), "not accepted")
        why = station.wait_events(2, kind="notification", what="asked")[1]
        facts = {f["name"]: f["value"] for f in why["facts"]}
        check(facts["question"] == "reason" and facts["reason.late"] == "too late", str(facts))
        answer = (why["entity"], why["actions"][0]["token"], "--reason", "late")
        check(act(station, "score", *answer, over="socket") == (0, "ok"), "the reason is not accepted")
        station.wait_events(1, kind="notification", what="answer")
        station.end("outriderd", signal.SIGKILL)
        station.start_daemon()
        station.wait_link()
        of = station.status()["questions"][kind]
        check((of["asked"], of["answered"], of["expired"], of["reasons"]["late"]) == (1, 1, 0, 1), str(of))
        check(of["score"]["n"] == 1 and of["score"]["high"] > of["score"]["low"], str(of["score"]))


def client(station, program):
    tls = station.tls
    return [program, "-h", "localhost", "-p", str(station.mqtt_port), "--cafile", str(tls / "ca.pem"), "--cert",
            str(tls / "console.pem"), "--key", str(tls / "console.key"), "-V", "5", "-q", "1"]


def command(station, *more):
    return [*client(station, "mosquitto_pub"), "-t", COMMAND, *more]


def publish(station, payload, *more):
    subprocess.run(command(station, "-s" if payload else "-n", *more), input=payload, check=True, timeout=LIMIT_S)


if __name__ == "__main__":
    run(an_action_is_accepted_once_over_mqtt_and_over_the_socket,
        what_is_forged_or_foreign_is_refused_and_changes_nothing,
        what_was_done_is_known_after_a_restart_and_a_new_key,
        garbage_and_a_flood_leave_the_gateway_at_work,
        an_answer_goes_where_answers_may_go_with_its_correlation,
        a_question_is_answered_with_its_token_and_stands_in_the_status)
