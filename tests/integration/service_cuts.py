#!/usr/bin/env python3
"""Service events over a line that is cut at random under load, with a broker that drops its connections, stops and is killed, a
daemon that is killed, and over a line of 5 KB/s: what was decided is told, all of it, each event under one id.

Decided is what the devices' acknowledged readings call for, and what the store says. OUTRIDER_CUTS: how many cuts, else 10, and
200 with OUTRIDER_LONG=1. OUTRIDER_SEED: of the moments.
"""
import os
import random
import signal
import threading
import time

from consumer import Consumer
from line import Line
from station import GROUP, LIMIT_S, NAME, SLOW, Device, Station, check, run, wait_for
from told import Told

CUTS = int(os.environ.get("OUTRIDER_CUTS", str(200 // SLOW) if "OUTRIDER_LONG" in os.environ else "10"))
SEED = int(os.environ.get("OUTRIDER_SEED", "0")) or random.randrange(1, 1 << 30)
START = 1_700_000_000
DEVICES = ("d1", "d2", "d3")
KINDS = [f"outrider/v1/{GROUP}/{NAME}/{kind}" for kind in ("alarm", "notification", "ticket", "status")]
OUTBOX_MOST = 200  # then the devices wait: the line must be able to carry what is made


def value_of(index):
    return 9.0 if index % 2 == 0 else 1.0


class Sender(threading.Thread):
    """Alarms and their ends by turns, as long as it is not stopped, and no more while the outbox has so many entries."""

    def __init__(self, station, name, most):
        super().__init__(daemon=True)
        self.station = station
        self.device = Device(name, station.udp_port)
        self.most = most
        self.acknowledged = 0
        self.failure = None
        self.stopping = threading.Event()
        self.start()

    def may_send(self):
        try:
            return self.station.status()["outbox"] < self.most
        except (OSError, ValueError):
            return False  # the daemon is down or starts

    def run(self):
        try:
            while not self.stopping.is_set():
                if self.may_send():
                    code = self.device.upload(value_of(self.acknowledged), START + self.acknowledged, timeout_s=0.3)
                    check(code in (204, 503, None), f"{self.device.name}: answered {code}")
                    self.acknowledged += code == 204
                time.sleep(0.02)
        except BaseException as problem:  # told to the test in its own thread
            self.failure = problem


def finish(senders):
    """Acknowledged readings by asset."""
    for sender in senders:
        sender.stopping.set()
    for sender in senders:
        sender.join(LIMIT_S * 2)
        check(sender.failure is None, f"{sender.device.name}: {sender.failure}")
    return {"a" + s.device.name[1:]: s.acknowledged for s in senders}


def configure(station, port):
    station.broker_options = "max_inflight_messages 0\nmax_queued_messages 0\n"  # what is acknowledged is on its way
    station.write_config()
    text = station.config.read_text()
    station.config.write_text(text.replace(f"localhost:{station.mqtt_port}\"\n", f"localhost:{port}\"\n  payload: json\n"))


def restart_broker(station, consumer, number, rest_s):
    """The gateway stands still until the consumer listens again: a killed broker remembers nobody."""
    sessions = consumer.sessions
    station.end("mosquitto", number)
    time.sleep(rest_s)
    daemon = station.processes["outriderd"]
    daemon.send_signal(signal.SIGSTOP)
    station.start_broker()
    consumer.wait_up(sessions + 1)
    daemon.send_signal(signal.SIGCONT)


def cut_at_random(station, line, consumer, dice):
    for cut in range(CUTS):
        if cut % 5 > 0:  # else while it is still connecting
            wait_for("the link", lambda: station.status()["link"]["up"], LIMIT_S)
        time.sleep(dice.uniform(0.02, 0.5) * SLOW)
        line.cut()
        if cut % 10 == 3:
            check(station.end("outriderd", signal.SIGKILL) == -signal.SIGKILL, "the daemon ended by itself")
            station.start_daemon()
        if cut % 20 == 5:
            restart_broker(station, consumer, signal.SIGKILL, dice.uniform(0, 0.5))
        if cut % 10 == 8:
            restart_broker(station, consumer, signal.SIGTERM, dice.uniform(0, 0.5))
        if cut % 10 == 6:
            consumer.break_off()


def check_all_told(station, consumer, counts):
    """Returns what was told."""
    def complete():
        told = Told(consumer.events())
        return told if all(len([e for e in told.of("alarm", "raised") if e["asset"] == asset]) >= (count + 1) // 2
                           for asset, count in counts.items()) else None
    station.wait_outbox_empty()
    told = wait_for("all alarms", complete, LIMIT_S)
    check(station.end("outriderd") == 0, "no clean end")
    time.sleep(0.5 * SLOW)
    told = Told(consumer.events())
    told.check_ids()
    told.check_decided(station)
    for asset, count in counts.items():
        for kind, what, wanted in (("alarm", "raised", (count + 1) // 2), ("alarm", "cleared", count // 2),
                                   ("notification", "raised", (count + 1) // 2)):
            heard = [e for e in told.of(kind, what) if e["asset"] == asset]
            # the last upload may have been kept though its answer was lost
            check(wanted <= len(heard) <= wanted + 1, f"{asset}: {len(heard)} {kind} {what}, expected {wanted}")
    return told


def cut_at_random_everything_is_told_under_one_id():
    print(f"OUTRIDER_SEED={SEED}, {CUTS} cuts", flush=True)
    dice = random.Random(SEED)
    with Station({"a" + d[1:]: d for d in DEVICES}) as station:
        line = Line(station.mqtt_port, bytes_per_s=200_000)  # so that a cut takes something with it
        configure(station, line.ports[0])
        station.start_broker()
        consumer = Consumer([("localhost", station.mqtt_port)], station.tls, "desk", KINDS)
        consumer.start()
        consumer.wait_up()
        station.start_daemon()
        senders = [Sender(station, name, OUTBOX_MOST) for name in DEVICES]
        began = time.monotonic()
        cut_at_random(station, line, consumer, dice)
        took = time.monotonic() - began
        counts = finish(senders)
        line.bytes_per_s = None
        told = check_all_told(station, consumer, counts)
        consumer.stop()
        line.close()
        print(f"{CUTS} cuts in {took:.0f} s: {sum(counts.values())} readings, {len(told.of('alarm', 'raised'))} alarms, "
              f"{len(told.events)} events told {told.times} times, {consumer.sessions} sessions of the consumer", flush=True)


def on_a_slow_line_everything_is_told_too():
    dice = random.Random(SEED)
    with Station({"a1": "d1"}) as station:
        line = Line(station.mqtt_port, bytes_per_s=5000)
        configure(station, line.ports[0])
        station.start_broker()
        consumer = Consumer([("localhost", station.mqtt_port)], station.tls, "desk", KINDS)
        consumer.start()
        consumer.wait_up()
        station.start_daemon()
        station.wait_link()
        sender = Sender(station, "d1", 8)
        began = time.monotonic()
        for _ in range(max(2, CUTS // 10)):
            time.sleep(dice.uniform(0.5, 2) * SLOW)
            line.cut()
            wait_for("the link", lambda: station.status()["link"]["up"], LIMIT_S)
        counts = finish([sender])
        told = check_all_told(station, consumer, counts)
        consumer.stop()
        line.close()
        print(f"5 KB/s: {len(told.events)} events told {told.times} times in {time.monotonic() - began:.0f} s", flush=True)


if __name__ == "__main__":
    run(cut_at_random_everything_is_told_under_one_id, on_a_slow_line_everything_is_told_too)
