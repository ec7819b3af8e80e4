#!/usr/bin/env python3
"""Telemetry as Sparkplug B: births, data, deaths, rebirths, the backlog, and a host that merges all of it."""
import json
import random
import signal
import sys
import time

from sparkplug import PUB, SUB, Host, bdseq, command
from station import GROUP, LIMIT_S, NAME, SKIPPED, Device, Station, check, run, wait_for


ASSIGNMENTS = """\
version: 1
profiles:
  fridge: {commands: {boost_cooling: {kind: bool}}}
assets:
  - {asset: a1, class: x, devices: [d1], profile: fridge}
"""


def configure(station, extra=""):
    (station.folder / "acl").write_text(
        f"user {NAME}\ntopic readwrite outrider/v1/{GROUP}/{NAME}/#\ntopic readwrite spBv1.0/#\n"
        "user console\ntopic read outrider/v1/#\ntopic readwrite spBv1.0/#\n")
    station.write_config(f"telemetry:\n  urls: [\"mqtts://localhost:{station.mqtt_port}\"]\n{extra}")


def telemetry(station):
    return station.status()["telemetry"]


def wait_online(station):
    wait_for("telemetry online", lambda: telemetry(station)["online"], LIMIT_S)


def wait_proven(station):
    wait_for("all proven", lambda: telemetry(station)["backlog"] == 0, LIMIT_S)


class Sender:
    """Uploads values that all differ, and knows what was acknowledged: {ms: value}."""

    def __init__(self, station, name):
        self.device = Device(name, station.udp_port)
        self.name = name
        self.at = int(time.time() * 1000) - 3600_000
        self.sent = {}

    def send(self, count=1):
        for _ in range(count):
            self.at += 10
            value = round(random.uniform(0, 2), 6)
            check(self.device.upload(value, self.at / 1000) == 204, "an upload is refused")
            self.sent[self.at] = value

    def report(self, record):
        body = json.dumps([{"bn": f"{self.name}/", "t": time.time() + 1, **record}]).encode()
        datagram = self.device.request(0, 0)
        check(self.device.resend(datagram[:datagram.index(b"\xff")] + b"\xff" + body) == 204, "a report is refused")

    def missing(self, host):
        heard = host.values().get((self.name, "shock"), {})
        return {at: value for at, value in self.sent.items() if value not in heard.get(at, ())}


def births_come_before_data_and_deaths_after_it():
    with Station({"a1": "d1", "a2": "d2"}) as station:
        configure(station)
        station.start_broker()
        host = Host(station)
        host.start()
        station.start_daemon()
        born = host.wait("NBIRTH")[0]
        check(born["seq"] == 0 and bdseq(born) == 0, f"the first birth: {born}")
        first, second = Sender(station, "d1"), Sender(station, "d2")
        first.send(3)
        second.send(2)
        host.wait("DBIRTH", device="d1")
        host.wait("DBIRTH", device="d2")
        wait_for("all values", lambda: not first.missing(host) and not second.missing(host), LIMIT_S)
        host.rebirth()
        again = host.wait("NBIRTH", 2)[1]
        check(bdseq(again) == 0, "a rebirth has another bdSeq")
        host.wait("DBIRTH", 2, "d1")
        host.rebirth()  # too soon: later, once
        wait_proven(station)
        host.check_sequence()
        check(station.end("outriderd") == 0, "no clean end")
        death = host.wait("NDEATH")[0]
        check(bdseq(death) == 0 and death["qos"] == 1 and "seq" not in death, f"the death: {death}")
        station.start_daemon()
        born = host.wait("NBIRTH", 3)[-1]
        check(bdseq(born) == 1, "bdSeq does not go on after a restart")
        host.wait("DBIRTH", 3, "d1")
        host.check_sequence()


def what_came_while_the_broker_was_away_is_historical_and_complete():
    with Station({"a1": "d1"}) as station:
        configure(station)
        station.start_broker()
        host = Host(station)
        host.start()
        station.start_daemon()
        host.wait("NBIRTH")
        sender = Sender(station, "d1")
        sender.send(5)
        wait_proven(station)
        station.end("mosquitto")
        host.stop()
        sender.send(50)
        station.end("outriderd", signal.SIGKILL)
        station.start_daemon()
        sender.send(50)
        station.processes["outriderd"].send_signal(signal.SIGSTOP)
        station.start_broker()
        host.start()
        station.processes["outriderd"].send_signal(signal.SIGCONT)
        host.wait("NBIRTH", 2)
        sender.send(5)
        wait_for("all values", lambda: not sender.missing(host), LIMIT_S)
        historical = sum(m.get("historical", False) for p in host.of("DDATA", "d1") for m in p["metrics"])
        check(historical >= 99, f"{historical} historical values")
        wait_proven(station)
        host.check_sequence()
        before = len(host.messages)
        now = time.time()
        stamps = [time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(t)) for t in (now - 600, now + 60)]
        answer = station.ask_with("resend", **{"from": stamps[0], "to": stamps[1]})
        check(answer["ok"] and answer["inputs"] >= 110, f"resend: {answer}")
        wait_proven(station)
        again = [m for _, k, _, p in host.messages[before:] if k == "DDATA" for m in p["metrics"]]
        check(len(again) >= 110 and all(m["historical"] for m in again), f"{len(again)} values sent again")
        check(not station.ask_with("resend", **{"from": stamps[1], "to": stamps[0]})["ok"], "from after to")


def a_host_that_goes_is_waited_for():
    with Station({"a1": "d1"}) as station:
        configure(station, "  primary_host: scada\n")
        station.start_broker()
        host = Host(station)
        host.start()
        station.start_daemon()
        wait_for("waiting", lambda: telemetry(station)["phase"] == "waits for its host", LIMIT_S)
        sender = Sender(station, "d1")
        sender.send(2)
        check(not host.of("NBIRTH"), "born without its host")
        host.state("other", True)
        host.state("scada", True)
        host.wait("NBIRTH")
        host.wait("DBIRTH", device="d1")
        host.state("scada", False, timestamp=1)  # older than what was said: of another session
        sender.send(1)
        wait_for("all values", lambda: not sender.missing(host), LIMIT_S)
        check(telemetry(station)["online"], "an old STATE ends the session")
        host.state("scada", False)
        host.wait("NDEATH")
        wait_for("waiting", lambda: telemetry(station)["phase"] == "waits for its host", LIMIT_S)
        sender.send(3)
        check(len(host.of("NBIRTH")) == 1, "born without its host")
        host.state("scada", True)
        host.wait("NBIRTH", 2)
        wait_for("all values", lambda: not sender.missing(host), LIMIT_S)


def a_host_sets_a_value_on_a_device():
    with Station({"a1": "d1"}) as station:
        configure(station)
        (station.folder / "assignments.yaml").write_text(ASSIGNMENTS)
        station.start_broker()
        station.start_console()
        host = Host(station)
        host.start()
        topic = f"spBv1.0/{GROUP}/DCMD/{NAME}/d1"
        host.publish(topic, command("boost_cooling", flag=True), retain=True)  # obeyed, it would be at every connect
        station.start_daemon()
        station.wait_link()
        sender = Sender(station, "d1")
        sender.send()
        host.wait("DBIRTH", device="d1")
        wait_for("a refusal", lambda: "the broker had retained it" in station.log("outriderd"), LIMIT_S)
        check(station.status()["open_commands"] == 0, "a retained command is obeyed")
        host.publish(topic, command("boost_cooling", flag=True))
        wait_for("a command", lambda: station.status()["open_commands"] == 1, LIMIT_S)
        for wrong in (command("boost_cooling", number=7.0), command("open_door", flag=True)):
            host.publish(topic, wrong)
        wait_for("refusals", lambda: station.log("outriderd").count("may not be given its command") == 2, LIMIT_S)
        check(station.status()["open_commands"] == 1, "what the profile does not list is given")
        host.publish(topic, command("boost_cooling", flag=False))  # the newest counts
        wait_for("its turn", lambda: len([e for e in station.distinct(kind="status", what="command")
                                          if "another took its place" in e["text"]]) == 1, LIMIT_S)
        check(station.status()["open_commands"] == 1, "two are open")
        station.end("outriderd", signal.SIGKILL)
        station.start_daemon()
        check(station.status()["open_commands"] == 1, "it is not durable")
        sender.report({"n": "boost_cooling", "vb": False})  # the device has it, and says so
        wait_for("done", lambda: station.status()["open_commands"] == 0, LIMIT_S)
        wait_for("the value", lambda: any(m.get("name") == "boost_cooling" and m["value"] is False
                                          for p in host.of("DBIRTH", "d1") for m in p["metrics"]), LIMIT_S)


if __name__ == "__main__":
    if SUB is None or PUB is None:
        print("skipped: no mosquitto_sub")
        sys.exit(SKIPPED)
    run(births_come_before_data_and_deaths_after_it, what_came_while_the_broker_was_away_is_historical_and_complete,
        a_host_that_goes_is_waited_for, a_host_sets_a_value_on_a_device)
