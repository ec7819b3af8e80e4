#!/usr/bin/env python3
"""A rule's command reaches a device before anybody is told: coap-client is the device, over DTLS and plain UDP."""
import datetime
import shutil
import signal
import subprocess
import sys

from station import LIMIT_S, SKIPPED, Station, check, run, wait_for

CLIENT = shutil.which("coap-client-openssl")
KEY = "0123456789abcdef"

ASSIGNMENTS = """\
version: 1
profiles:
  fridge: {commands: {boost_cooling: {kind: bool}}}
assets:
  - {asset: a1, class: x, devices: [d1], profile: fridge}
"""

PACK = """\
pack: test
version: 2
rules:
  - alert: Warm
    expr: temperature > 8.0
    notify: {{to: staff, message: warm, on: [raised, cleared]}}
    do: {{command: boost_cooling, value: true, at_most: 9 per 1d, wait: {wait}, shadow: {shadow}}}
messages: {{warm: {{en: {{raised: warm, cleared: cool}}}}}}
"""


class Fridge:
    """Speaks through coap-client, as a stranger would."""

    def __init__(self, station, secure):
        self.base = f"coaps://127.0.0.1:{station.dtls_port}" if secure else f"coap://127.0.0.1:{station.udp_port}"
        self.words = ["-u", "d1", "-k", KEY] if secure else []
        self.query = "" if secure else "?device=d1"

    def ask(self, path, *words):
        done = subprocess.run([CLIENT, "-B", "10", *self.words, *words, f"{self.base}/{path}"], capture_output=True,
                              text=True, timeout=LIMIT_S)
        return (done.stdout + done.stderr).strip()

    def report(self, celsius):
        return self.ask("r", "-m", "post", "-t", "110", "-e",
                        f'[{{"bn":"d1/","n":"temperature","u":"Cel","v":{celsius}}}]')

    def commands(self):
        return self.ask("c" + self.query)

    def confirm(self, command):
        return self.ask("c" + self.query, "-m", "post", "-t", "0", "-e", command)


def started(station, wait="1h", shadow="false"):
    (station.folder / "assignments.yaml").write_text(ASSIGNMENTS)
    station.write_pack(2, 0, text=PACK.format(wait=wait, shadow=shadow))
    key = station.keys / "d1.psk"
    key.write_text(KEY.encode().hex() + "\n")
    key.chmod(0o600)
    station.start_broker()
    station.start_console()
    station.start_daemon()
    station.wait_link()
    station.wait_events(1, kind="status", what="online")


def id_in(answer):
    check('"id":"' in answer, f"no command in {answer!r}")
    return answer.split('"id":"')[1][:32]


def decided(event):
    return datetime.datetime.fromisoformat(event["decided"].replace("Z", "+00:00"))


def driver(station):
    return station.status()["driver"]


def a_fridge_is_mended_and_nobody_is_told(secure):
    with Station({"a1": "d1"}) as station:
        started(station)
        fridge = Fridge(station, secure)
        check(fridge.commands() == "[]", "a command out of nothing")
        check(fridge.report(5.0) == "", "a hint out of nothing")
        hint = fridge.report(9.5)
        check(hint == "</c>", f"no hint: {hint!r}")
        answer = fridge.commands()
        check('"bn":"d1/","n":"boost_cooling","vb":true' in answer, f"commands: {answer!r}")
        before = id_in(answer)
        station.end("outriderd", signal.SIGKILL)
        station.start_daemon()
        check(id_in(fridge.commands()) == before, "another command after the restart")
        check("4.04" in fridge.confirm("0" * 32), "an id that was never given is confirmed")
        check(fridge.confirm(before) == "", "not confirmed")
        check(fridge.commands() == "[]", "a command that is done is still there")
        check(fridge.report(4.0) == "", "a hint with nothing to do")
        station.wait_link()
        station.wait_events(1, kind="alarm", what="cleared")
        station.wait_outbox_empty()
        check(station.distinct(kind="notification") == [], "somebody was told")
        texts = [event["text"] for event in station.distinct(kind="status", what="command")]
        for state in ("waiting", "taken", "done (the device confirms it)"):
            check(f"boost_cooling = true on d1: {state}" in texts, f"no word of {state}: {texts}")
        check(station.status()["open_commands"] == 0, "open commands")


def over_dtls_a_fridge_is_mended_and_nobody_is_told():
    a_fridge_is_mended_and_nobody_is_told(True)


def over_plain_coap_a_fridge_is_mended_and_nobody_is_told():
    a_fridge_is_mended_and_nobody_is_told(False)


def a_fridge_that_does_not_listen_is_told_of_after_the_wait():
    with Station({"a1": "d1"}) as station:
        started(station, wait="3s")
        fridge = Fridge(station, False)
        check(fridge.report(9.5) == "</c>", "no hint")
        station.wait_events(1, kind="status", what="command")
        told = station.wait_events(1, kind="notification", what="raised")[0]
        began = min(decided(event) for event in station.distinct(kind="status", what="command"))
        check((decided(told) - began).total_seconds() >= 3, "told before the wait was over")
        wait_for("the failure", lambda: driver(station)["commands_failed"] == 1, LIMIT_S)
        check(fridge.commands() == "[]", "a command that is void is given")


def in_shadow_people_are_told_at_once_and_nothing_is_sent():
    with Station({"a1": "d1"}) as station:
        started(station, shadow="true")
        fridge = Fridge(station, False)
        check(fridge.report(9.5) == "", "a hint in shadow")
        station.wait_events(1, kind="notification", what="raised")
        check(fridge.commands() == "[]", "a command in shadow")
        event = station.wait_events(1, kind="status", what="command")[0]
        check(event["text"] == "boost_cooling = true on d1: would do", f"event: {event}")
        check(driver(station)["commands_shadow"] == 1, "not counted")


if __name__ == "__main__":
    if CLIENT is None:
        sys.exit(SKIPPED)
    run(over_dtls_a_fridge_is_mended_and_nobody_is_told,
        over_plain_coap_a_fridge_is_mended_and_nobody_is_told,
        a_fridge_that_does_not_listen_is_told_of_after_the_wait,
        in_shadow_people_are_told_at_once_and_nothing_is_sent)
