#!/usr/bin/env python3
"""Telemetry over a line that is cut at random, with a broker that drops, and over one of 5 KB/s.

The host must have every value after merging. OUTRIDER_CUTS: how many cuts, default as many as fit into some seconds.
"""
import os
import random
import signal
import sys
import threading
import time

from line import Line
from sparkplug import PUB, SUB, Host
from station import GROUP, NAME, LIMIT_S, SKIPPED, SLOW, Station, Stopwatch, check, run, wait_for
from telemetry import Sender, telemetry

CUTS = int(os.environ.get("OUTRIDER_CUTS", "10"))
SEED = int(os.environ.get("OUTRIDER_SEED", str(int(time.time()))))


def configure(station, service, port):
    (station.folder / "acl").write_text(
        f"user {NAME}\ntopic readwrite outrider/v1/{GROUP}/{NAME}/#\ntopic readwrite spBv1.0/#\n"
        "user console\ntopic read outrider/v1/#\ntopic readwrite spBv1.0/#\n")
    station.write_config(f"telemetry:\n  urls: [\"mqtts://localhost:{port}\"]\n  primary_host: scada\n")
    station.config.write_text(station.config.read_text().replace(f"localhost:{station.mqtt_port}\"\n  ca", f"localhost:{service}\"\n  ca"))


def load(sender, stop, failed):
    try:
        while not stop.is_set():
            sender.send()
            time.sleep(0.0005 * CUTS)  # or the line would never carry what many cuts take to make
    except BaseException as error:  # pylint: disable=broad-except
        failed.append(error)


def cut_at_random_nothing_is_missing():
    print(f"seed {SEED}, {CUTS} cuts", flush=True)
    random.seed(SEED)
    with Station({"a1": "d1", "a2": "d2", "a3": "d3"}) as station:
        line = Line(station.mqtt_port, station.mqtt_port, bytes_per_s=60_000)  # so that a cut takes something with it
        configure(station, *line.ports)
        station.start_broker()
        host = Host(station)
        host.start()
        host.state("scada", True)
        station.start_daemon()
        host.wait("NBIRTH")
        stop, failed = threading.Event(), []
        senders = [Sender(station, name) for name in ("d1", "d2", "d3")]
        threads = [threading.Thread(target=load, args=(s, stop, failed)) for s in senders]
        for thread in threads:
            thread.start()
        try:
            for cut in range(CUTS):
                if cut % 5 > 0:  # else while it is still connecting, or being born
                    wait_for("online", lambda: telemetry(station)["online"], LIMIT_S)
                time.sleep(random.uniform(0.02, 0.5) * SLOW)
                line.cut()
                if cut % 10 == 6:
                    station.end("mosquitto", signal.SIGKILL)
                    host.stop()
                    time.sleep(random.uniform(0, 0.5))
                    station.start_broker()
                    host.start()
                    host.state("scada", True)
                if cut % 10 == 3:
                    station.end("outriderd", signal.SIGKILL)
                    station.start_daemon()
        finally:
            stop.set()
            for thread in threads:
                thread.join()
        check(not failed, f"{failed}")
        line.bytes_per_s = None
        wait_for("all proven", lambda: not time.sleep(0.2) and telemetry(station)["backlog"] == 0, LIMIT_S + CUTS)
        wait_for("all values", lambda: not any(s.missing(host) for s in senders), LIMIT_S)
        line.close()
        told = sum(len(p["metrics"]) for p in host.of("DDATA"))
        print(f"{sum(len(s.sent) for s in senders)} values, told {told} times, {len(host.of('NBIRTH'))} births", flush=True)


def on_a_slow_line_alarms_go_before_the_backlog():
    with Station({"a1": "d1", "a2": "d2"}) as station:
        line = Line(station.mqtt_port, station.mqtt_port, bytes_per_s=5000)
        configure(station, *line.ports)
        station.start_broker()
        station.start_console()
        host = Host(station)
        host.start()
        host.state("scada", False)
        station.start_daemon()
        station.wait_link()
        wait_for("waiting", lambda: telemetry(station)["phase"] == "waits for its host", LIMIT_S)
        sender = Sender(station, "d1")
        for _ in range(20):
            sender.send(100)
        host.state("scada", True)
        host.wait("NBIRTH")
        time.sleep(2 * SLOW)
        alarmed = Sender(station, "d2")
        waits = []
        for turn in range(3):
            since = Stopwatch(station)
            check(alarmed.device.upload(9.0 if turn % 2 == 0 else 1.0, time.time()) == 204, "an upload is refused")
            what = "raised" if turn % 2 == 0 else "cleared"
            wait_for("an alarm", lambda: len(station.distinct(kind="alarm", what=what)) > turn // 2, LIMIT_S)
            waits.append(since.read())
            time.sleep(0.5)
        backlog = telemetry(station)["backlog"]
        unproven = telemetry(station)["unproven_bytes"]
        check(backlog > 200, f"the backlog is through already: {backlog}")
        check(unproven < 5000 * 1.5, f"{unproven} bytes on the line")
        check(all(own < 2 * SLOW and wall < 10 * SLOW for own, wall in waits), f"alarms took {waits} s")
        wait_for("all values", lambda: not sender.missing(host), 60 * SLOW)
        print("alarms after " + ", ".join(f"{wall:.2f}" for _, wall in waits) + f" s; {unproven} bytes unproven", flush=True)
        line.close()


if __name__ == "__main__":
    if SUB is None or PUB is None:
        print("skipped: no mosquitto_sub")
        sys.exit(SKIPPED)
    run(cut_at_random_nothing_is_missing, on_a_slow_line_alarms_go_before_the_backlog)
