#!/usr/bin/env python3
"""Live first: a gateway comes back over a line of 5 KB/s with a backlog that takes it long to tell, and what alarms meanwhile is
heard within two seconds, each time.

The line was fast when its rate was last measured, which must not count on the slow one. OUTRIDER_LONG=1: a backlog of a million
readings and a minute of alarms, else a smaller one and some seconds. OUTRIDER_BACKLOG: so many readings.
"""
import os
import subprocess
import sys
import time

from line import Line
from sparkplug import PUB, SUB, Host
from station import LIMIT_S, PROGRAMS, SKIPPED, SLOW, Device, Station, Stopwatch, check, run, wait_for
from telemetry import telemetry
from telemetry_cuts import configure

LONG = "OUTRIDER_LONG" in os.environ
BACKLOG = int(os.environ.get("OUTRIDER_BACKLOG", "1000000" if LONG else "20000"))
ALARMS = 40 if LONG else 4
RECONNECTS = 5 if LONG else 2
RATE = 5000  # bytes a second
HEARD_S = 2 * SLOW
UNPROVEN_MOST = RATE + 4096 + 512  # a second's, and a message that was begun before


class Alarms:
    """Raises and clears by turns, and hears of it behind the broker."""

    def __init__(self, station):
        self.station = station
        self.device = Device("d1", station.udp_port)
        self.count = 0

    def change(self):
        check(self.device.upload(9.0 if self.count % 2 == 0 else 1.0, time.time()) == 204, "an upload is refused")
        self.count += 1

    def heard(self):
        return len(self.station.distinct(kind="alarm", what="raised")) + len(self.station.distinct(kind="alarm", what="cleared"))

    def wait_heard(self):
        wait_for("an alarm", lambda: self.heard() >= self.count, LIMIT_S)


class Unproven:
    """The most that was on the line unproven."""

    def __init__(self, station):
        self.station = station
        self.most = 0

    def look(self):
        told = telemetry(self.station)
        self.most = max(self.most, told["unproven_bytes"])
        return told

    def watch(self, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.look()
            time.sleep(0.05)


def fill(station, count):
    load = subprocess.Popen([PROGRAMS / "outrider-load", "--udp", f"127.0.0.1:{station.udp_port}", "--devices", "20", "--seconds",
                             "600", "--readings-per-pack", "130"], stdout=subprocess.DEVNULL)
    try:
        wait_for("a backlog", lambda: station.status()["driver"]["readings"] >= count, 300)
    finally:
        load.kill()
        load.wait()


def come_back(station, line, alarms):
    """The line is cut, an alarm changes meanwhile, the gateway comes back: seconds from its session to the news, of the station's
    own and on the wall, and to its session."""
    line.bar(0)
    line.bar(1)
    station.wait_link(False)
    alarms.change()
    line.bar(0, False)
    line.bar(1, False)
    opened = time.monotonic()
    station.wait_link()
    since = Stopwatch(station)
    up = time.monotonic() - opened
    alarms.wait_heard()
    return *since.read(), up


def alarms_are_heard_within_two_seconds_while_a_backlog_drains():
    with Station({"a1": "d1"}) as station:
        line = Line(station.mqtt_port, station.mqtt_port)
        configure(station, *line.ports)
        station.start_broker()
        station.start_console()
        host = Host(station)
        host.start()
        host.state("scada", True)
        station.start_daemon()
        station.wait_link()
        fill(station, BACKLOG // 100)
        wait_for("a rate", lambda: not time.sleep(0.1) and telemetry(station)["backlog"] == 0, LIMIT_S)
        fast = telemetry(station)["bytes_per_s"]
        check(fast > 10 * RATE, f"the fast line has {fast} bytes a second")
        host.state("scada", False)
        wait_for("waiting", lambda: telemetry(station)["phase"] == "waits for its host", LIMIT_S)
        fill(station, BACKLOG)
        host.state("scada", True)
        line.bytes_per_s = RATE
        alarms, unproven, backs, waits = Alarms(station), Unproven(station), [], []
        began = telemetry(station)
        for _ in range(RECONNECTS):
            backs.append(come_back(station, line, alarms))
            wait_for("the backlog on its way", lambda: unproven.look()["online"], LIMIT_S)
            unproven.watch(1.5)
            for _ in range(ALARMS // RECONNECTS):
                since = Stopwatch(station)
                alarms.change()
                alarms.wait_heard()
                waits.append(since.read())
                unproven.watch(0.5)
        told = unproven.look()
        print(f"backlog of {began['backlog']} inputs; after a reconnect heard in "
              + ", ".join(f"{heard:.2f}" for _, heard, _ in backs) + " s (session up "
              + ", ".join(f"{after:.2f}" for *_, after in backs) + f" s after the line); {len(waits)} live alarms in "
              f"{sorted(w for _, w in waits)[len(waits) // 2]:.2f} s (median), {max(w for _, w in waits):.2f} s at most, of which "
              f"{max(own for own, _ in waits):.2f} s the station's own; at most {unproven.most} bytes unproven; "
              f"{told['historical'] - began['historical']} readings of the backlog told", flush=True)
        check(told["historical"] > began["historical"], "nothing of the backlog was told")
        check(told["backlog"] > 0, "the backlog is through")
        check(unproven.most <= UNPROVEN_MOST, f"{unproven.most} bytes on the line")
        for own, wall, *_ in (*backs, *waits):
            check(own < HEARD_S and wall < 5 * HEARD_S, f"after reconnects alarms took {backs} s, live ones {waits} s")
        line.close()


if __name__ == "__main__":
    if SUB is None or PUB is None:
        print("skipped: no mosquitto_sub")
        sys.exit(SKIPPED)
    run(alarms_are_heard_within_two_seconds_while_a_backlog_drains)
