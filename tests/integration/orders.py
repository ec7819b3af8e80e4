#!/usr/bin/env python3
"""Operators' orders over MQTT: each is done once whatever comes between, refused ones are told why and stand in the log,
and garbage does not stop the gateway."""
import base64
import hashlib
import json
import re
import secrets
import signal
import subprocess
import sys
import threading
import time

from older_broker import OlderBroker
from station import GROUP, LIMIT_S, NAME, PROGRAMS, Device, Station, check, run, wait_for

COMMAND = f"outrider/v1/{GROUP}/{NAME}/command"
START = 1_700_000_000


class Key:
    """An operator's key: PEM for the console, a file for the gateway."""

    def __init__(self, station, name, role, known=True, revoked=False):
        self.file = station.folder / f"{name}.pem"
        subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", str(self.file)], check=True)
        self.file.chmod(0o600)
        public = subprocess.run(["openssl", "pkey", "-in", str(self.file), "-pubout", "-outform", "DER"], check=True,
                                capture_output=True).stdout[-32:]
        self.id = hashlib.sha256(public).hexdigest()[:32]
        self.text = f"name: {name}\nrole: {role}\nkey: {base64.b64encode(public).decode()}\n"
        self.known = station.folder / "operators" / f"{name}.yaml"
        if known:
            self.known.write_text(self.text + ("revoked: true\n" if revoked else ""))
            self.known.chmod(0o644)

    def sign(self, station, content):
        """An envelope around the bytes."""
        message = station.folder / f"message-{secrets.token_hex(8)}"
        message.write_bytes(b"outrider command 1\0" + content)
        signature = subprocess.run(["openssl", "pkeyutl", "-sign", "-rawin", "-inkey", str(self.file), "-in", str(message)],
                                   check=True, capture_output=True).stdout
        message.unlink()
        return envelope(self.id, signature, content)


def envelope(key, signature, content):
    return json.dumps({"key": key, "signature": base64.b64encode(signature).decode(),
                       "signed": base64.b64encode(content).decode()}).encode()


def order(do, counter, to=f"{GROUP}/{NAME}", span=3600, **more):
    until = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + span))
    return json.dumps({"id": secrets.token_hex(8), "to": to, "counter": counter, "until": until, "do": do, **more}).encode()


def client(station, program):
    tls = station.tls
    return [program, "-h", "localhost", "-p", str(station.mqtt_port), "--cafile", str(tls / "ca.pem"), "--cert",
            str(tls / "console.pem"), "--key", str(tls / "console.key"), "-V", "5", "-q", "1"]


def publish(station, *payloads, version=5):
    for payload in payloads:
        words = client(station, "mosquitto_pub")
        words[words.index("-V") + 1] = "5" if version == 5 else "mqttv311"
        subprocess.run([*words, "-t", COMMAND, "-s"], input=payload, check=True, timeout=LIMIT_S)


class Answers:
    """What comes on the gateway's answer topics."""

    def __init__(self, station):
        self.got = []
        before = station.subscriptions("", "elsewhere/#")
        self.process = station.start(
            f"answers-{secrets.token_hex(2)}",
            [*client(station, "mosquitto_sub"), "-t", f"outrider/v1/{GROUP}/{NAME}/answer/#", "-t", "elsewhere/#", "-F", "%t %p"],
            stdout=subprocess.PIPE)
        threading.Thread(target=self._read, daemon=True).start()
        station.wait_subscribed("", "elsewhere/#", before + 1)

    def _read(self):
        for line in self.process.stdout:
            topic, _, payload = line.decode().partition(" ")
            self.got.append((topic, json.loads(payload)))

    def wait(self, count):
        wait_for(f"{count} answers, {len(self.got)} came", lambda: len(self.got) >= count, LIMIT_S)
        return [answer for _, answer in self.got]


def prepared(station):
    (station.folder / "operators").mkdir(mode=0o755)
    station.write_config(f"operators: {{keys: {station.folder}/operators}}\n")
    acl = station.folder / "acl"
    acl.write_text(acl.read_text() + f"topic write {COMMAND}\ntopic read elsewhere/#\nuser {NAME}\ntopic write elsewhere/#\n")


def started(station):
    station.start_broker()
    station.start_console()
    station.start_daemon()
    station.wait_link()
    station.wait_events(1, kind="status", what="online")


def outrider(station, verb, *words, key=None, timeout=LIMIT_S, **options):
    tls = station.tls
    way = ["--on", NAME, "--group", GROUP, "--broker", f"mqtts://localhost:{station.mqtt_port}", "--ca", tls / "ca.pem",
           "--cert", tls / "console.pem", "--key", tls / "console.key", "--as", key.file, "--timeout", str(timeout)]
    done = subprocess.run([str(w) for w in (PROGRAMS / "outrider", verb, *words, *way)], capture_output=True, text=True,
                          timeout=2 * LIMIT_S + timeout, **options)
    return done.returncode, (done.stdout + done.stderr).strip()


def log(station):
    return json.loads(subprocess.run([str(PROGRAMS / "outrider"), "log", "200", "--socket", str(station.socket), "--json"],
                                     check=True, capture_output=True, text=True).stdout)["orders"]


def two_operators_do_what_their_roles_allow():
    with Station({"a1": "d1"}) as station:
        prepared(station)
        kim, lee = Key(station, "kim", "operator"), Key(station, "lee", "viewer")
        started(station)
        device = Device("d1", station.udp_port)
        check(device.upload(9.0, START) == 204, "a reading is not acknowledged")
        code, text = outrider(station, "alarms", key=lee)
        check(code == 0 and "Drop" in text, f"a viewer does not see alarms: {code} {text}")
        code, text = outrider(station, "ack", "Drop", "a1", key=lee)
        check(code == 1 and "role" in text, f"a viewer acknowledged: {code} {text}")
        code, text = outrider(station, "ack", "Drop", "a1", key=kim)
        check((code, text) == (0, "ok, 1 alarm(s) changed"), f"an operator may not: {code} {text}")
        check(station.wait_events(1, kind="alarm", what="acknowledged"), "nobody heard of it")
        code, text = outrider(station, "out-of-service", "Drop", "a1", key=kim)
        check(code == 1 and "role" in text, f"an operator did an engineer's work: {code} {text}")
        code, text = outrider(station, "cases", key=kim)
        check(code == 0 and "a1" in text, f"cases: {code} {text}")
        rows = [(r["who"], r["do"], r["outcome"].split(":")[0], r["taken"]) for r in reversed(log(station))]
        check(rows == [("lee", "alarms", "ok", True), ("lee", "ack", "role", False), ("kim", "ack", "ok", True),
                       ("kim", "out-of-service", "role", False), ("kim", "cases", "ok", True)], f"the log says {rows}")
        code, text = outrider(station, "log", key=kim)
        check(code == 0 and "out-of-service" in text, f"log: {code} {text}")
        code, text = outrider(station, "log", key=lee)
        check(code == 1 and "role" in text, f"a viewer read the log: {code} {text}")


def each_refusal_has_its_reason_and_stands_in_the_log():
    with Station({"a1": "d1"}) as station:
        prepared(station)
        kim, old = Key(station, "kim", "engineer"), Key(station, "old", "engineer", revoked=True)
        stranger = Key(station, "stranger", "engineer", known=False)
        started(station)
        answers = Answers(station)
        status = {"do": "status"}
        good = order(status, 10)
        forged = envelope(kim.id, bytes(64), good)
        expected = [
            ("unknown key", stranger.sign(station, good)),
            ("forged", forged),
            ("revoked", old.sign(station, good)),
            ("elsewhere", kim.sign(station, order(status, 10, to=f"{GROUP}/other"))),
            ("late", kim.sign(station, order(status, 10, span=-5))),
            ("early", kim.sign(station, order(status, 10, span=8 * 86400))),
            ("no verb", kim.sign(station, order({"do": "dance"}, 10))),
            ("role", kim.sign(station, order({"do": "act"}, 10))),
            ("malformed", kim.sign(station, b"{}")),
            ("nested", kim.sign(station, order({"do": "status", "x": [[[[[[[[1]]]]]]]]}, 10))),
        ]
        for count, (word, payload) in enumerate(expected, 1):
            publish(station, payload)
            answer = answers.wait(count)[-1]
            check(answer["ok"] is False and answer["refused"] == word, f"{word}: {answer}")
        rows = log(station)
        check([r["outcome"].split(":")[0] for r in reversed(rows)] == [w for w, _ in expected], f"the log says {rows}")
        check(not any(r["taken"] for r in rows), "one was taken")
        time.sleep(1.1)  # one a second is journaled
        publish(station, b"{\"signed\":\"" + b"A" * 66000 + b"\"}")
        answer = answers.wait(len(expected) + 1)[-1]
        check(answer["refused"] == "oversized", f"oversized: {answer}")
        # none of these used the counter up; after 10 it is used up
        publish(station, kim.sign(station, good))
        check(answers.wait(len(expected) + 2)[-1]["ok"] is True, "a good one is refused")
        for counter in (10, 9, 1):
            time.sleep(1.1)
            publish(station, kim.sign(station, order(status, counter)))
            answer = answers.wait(len(expected) + 3 + (10, 9, 1).index(counter))[-1]
            check(answer["refused"] == "replayed", f"{counter}: {answer}")


def what_is_ordered_once_is_done_once_through_kill_and_restart():
    with Station({"a1": "d1"}) as station:
        prepared(station)
        kim = Key(station, "kim", "engineer")
        started(station)
        answers = Answers(station)
        do = {"do": "out-of-service", "rule": "Drop", "asset": "a1"}
        first = kim.sign(station, order(do, 100, correlation="c-1", reply_to="elsewhere/kim"))
        publish(station, first, version=3)
        answer = answers.wait(1)[0]
        check(answer["ok"] is True and answer["correlation"] == "c-1", f"{answer}")
        check(answers.got[0][0] == "elsewhere/kim", f"the answer went to {answers.got[0][0]}")
        publish(station, first)
        check(answers.wait(2)[1]["ok"] is True, "sent again it is not answered as before")
        for number in (signal.SIGKILL, signal.SIGTERM):
            station.end("outriderd", number)
            station.start_daemon()
            station.wait_link()
            before = len(answers.got)
            publish(station, first)
            check(answers.wait(before + 1)[-1]["ok"] is True, "after a restart it is not answered as before")
            again = kim.sign(station, order({"do": "in-service", "rule": "Drop", "asset": "a1"}, 100))
            publish(station, again)
            check(answers.wait(before + 2)[-1]["refused"] == "replayed", "a counter was used twice")
        taken = [r for r in log(station) if r["taken"]]
        check(len(taken) == 1 and taken[0]["counter"] == 100, f"it was done {len(taken)} times")


def killed_between_taking_and_answering_nothing_is_lost_or_done_twice():
    """The commit takes half a second; the daemon is killed somewhere in it, 8 times."""
    with Station({"a1": "d1"}) as station:
        prepared(station)
        kim = Key(station, "kim", "engineer")
        station.write_config(f"operators: {{keys: {station.folder}/operators}}\ntest: {{fsync_delay: 300ms}}\n")
        started(station)
        answers = Answers(station)
        for turn in range(8):
            do = {"do": "out-of-service" if turn % 2 == 0 else "in-service", "rule": "Drop", "asset": "a1"}
            payload = kim.sign(station, order(do, 1000 + turn))
            publish(station, payload)
            time.sleep(0.07 * turn)
            station.end("outriderd", signal.SIGKILL)
            before = len(answers.got)
            station.start_daemon()
            station.wait_link()
            publish(station, payload)  # as the console does until it is answered
            answer = answers.wait(before + 1)[-1]
            check(answer["ok"] is True, f"turn {turn}: done twice or lost: {answer}")
        taken = sorted(r["counter"] for r in log(station) if r["taken"])
        check(taken == [1000 + turn for turn in range(8)], f"taken: {taken}")


def a_broker_that_knows_only_3_1_1_carries_orders_too():
    with Station({"a1": "d1"}) as station:
        prepared(station)
        kim = Key(station, "kim", "operator")
        started(station)
        for says in (True, False):
            older = OlderBroker(station, says)
            done = subprocess.run([str(w) for w in (PROGRAMS / "outrider", "alarms", "--on", NAME, "--group", GROUP, "--broker",
                                                    f"mqtt://127.0.0.1:{older.port}", "--as", kim.file)],
                                  capture_output=True, text=True, timeout=LIMIT_S)
            check(done.returncode == 0 and older.refused == older.passed == 1, f"{done.returncode} {done.stderr}")
            older.socket.close()


def orders_wait_at_the_broker_for_a_gateway_that_is_away():
    with Station({"a1": "d1"}) as station:
        prepared(station)
        kim = Key(station, "kim", "engineer")
        started(station)
        station.end("outriderd")
        code, text = outrider(station, "out-of-service", "Drop", "a1", "--good-for", "3600", key=kim, timeout=5)
        check(code == 3, f"nobody was there, and yet: {code} {text}")
        station.start_daemon()
        station.wait_link()
        wait_for("the order", lambda: station.status()["alarms"]["out_of_service"] == 1, LIMIT_S)


def ten_thousand_pieces_of_garbage_do_not_stop_the_judging():
    with Station({"a1": "d1"}) as station:
        prepared(station)
        kim = Key(station, "kim", "operator")
        started(station)
        device = Device("d1", station.udp_port)
        lines = []
        for index in range(10000):
            kind = index % 4
            if kind == 0:
                lines.append(envelope(kim.id, secrets.token_bytes(64), order({"do": "status"}, index + 1)))
            elif kind == 1:
                lines.append(envelope(secrets.token_hex(16), secrets.token_bytes(64), b"x"))
            elif kind == 2:
                lines.append(b"{\"signed\":" + b"[" * 200)
            else:
                lines.append(base64.b64encode(secrets.token_bytes(40)))
        words = client(station, "mosquitto_pub")
        words[words.index("-q") + 1] = "0"  # as fast as it goes
        flood = subprocess.Popen([*words, "-t", COMMAND, "-l"], stdin=subprocess.PIPE)
        began = time.monotonic()
        flood.stdin.write(b"\n".join(lines) + b"\n")
        flood.stdin.close()
        worst = 0.0
        index = 0
        while flood.poll() is None or time.monotonic() - began < 3:
            at = time.monotonic()
            check(at - began < 8 * LIMIT_S, "the flood does not end")
            check(device.upload(9.0 if index % 2 == 0 else 1.0, START + index) == 204, "a reading is not acknowledged")
            worst = max(worst, time.monotonic() - at)
            index += 1
        check(flood.returncode == 0, "the flood did not end")
        took = time.monotonic() - began
        station.wait_events((index + 1) // 2, kind="alarm", what="raised")
        print(f"  {index} readings in {took:.0f} s meanwhile, the slowest answered in {worst * 1000:.0f} ms", flush=True)
        check(worst < LIMIT_S / 3, f"one waited {worst} s")
        time.sleep(4.5)  # until as many may come at once again
        code, text = outrider(station, "ack", "Drop", "a1", key=kim)
        check(code == 0, f"after the flood: {code} {text}")
        rows = log(station)
        refused = [r for r in rows if not r["taken"]]
        most = 10 + time.monotonic() - began + 1  # ten at once, then one a second
        check(0 < len(refused) <= most, f"{len(refused)} refused ones fill the log, of {most:.0f}")
        driver = station.status()["driver"]
        check(driver["orders_dropped"] > 0 and driver["orders_refused"] > 0, f"{driver}")


def keys_are_taken_by_reload_and_not_from_what_others_may_write():
    with Station({"a1": "d1"}) as station:
        prepared(station)
        kim = Key(station, "kim", "engineer")
        started(station)
        new = Key(station, "new", "viewer", known=False)
        code, text = outrider(station, "alarms", key=new)
        check(code == 1 and "unknown key" in text, f"{code} {text}")
        new.known.write_text(new.text)
        new.known.chmod(0o666)
        check(station.ask("reload")["ok"] is False, "a key that others may write was taken")
        code, text = outrider(station, "alarms", key=kim)
        check(code == 0, f"the good keys went with the bad one: {code} {text}")
        new.known.chmod(0o644)
        check(station.ask("reload")["ok"] is True, "the key is not taken")
        code, text = outrider(station, "alarms", key=new)
        check(code == 0, f"{code} {text}")
        kim.known.write_text(kim.text + "revoked: true\n")
        station.processes["outriderd"].send_signal(signal.SIGHUP)
        wait_for("the revocation", lambda: "revoked" in outrider(station, "alarms", key=kim)[1], LIMIT_S)
        new.known.write_text("name: new\nrole: king\nkey: x\n")
        answer = station.ask("reload")
        check(answer["ok"] is False and re.search(r"new\.yaml:2:\d+: a role is", answer["reason"]), f"{answer}")


if __name__ == "__main__":
    tests = (two_operators_do_what_their_roles_allow,
        each_refusal_has_its_reason_and_stands_in_the_log,
        what_is_ordered_once_is_done_once_through_kill_and_restart,
        killed_between_taking_and_answering_nothing_is_lost_or_done_twice,
        a_broker_that_knows_only_3_1_1_carries_orders_too,
        orders_wait_at_the_broker_for_a_gateway_that_is_away,
        ten_thousand_pieces_of_garbage_do_not_stop_the_judging,
        keys_are_taken_by_reload_and_not_from_what_others_may_write)
    run(*(test for test in tests if not sys.argv[1:] or test.__name__ in sys.argv[1:]))
