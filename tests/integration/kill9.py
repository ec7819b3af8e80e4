#!/usr/bin/env python3
"""kill -9 of the daemon at random moments, while devices report over UDP and DTLS and resend what is not acknowledged.

After it: every acknowledged reading is in the journal exactly once (or in a recorded loss), every alarm, notification and
ticket that the readings call for reached the broker, each under one id, and a confirmable upload that is repeated after the
restart is recognised. OUTRIDER_ROUNDS: how many kills (50). OUTRIDER_SEED: of the moments.
"""
import csv
import os
import random
import signal
import sqlite3
import subprocess
import threading
import time

from station import LIMIT_S, PROGRAMS, SLOW, Device, Station, check, run, wait_for

ROUNDS = int(os.environ.get("OUTRIDER_ROUNDS", "50"))
SEED = int(os.environ.get("OUTRIDER_SEED", "0")) or random.randrange(1, 1 << 30)
UDP = ["u1", "u2", "u3"]
DTLS = ["s1", "s2"]
START = 1_700_000_000
DTLS_ROWS = 400


def value_of(index):
    return 9.0 if index % 2 == 0 else 1.0


class Sender(threading.Thread):
    """One device over UDP: reads on until it is told to stop; what was acknowledged, by index."""

    def __init__(self, name, port, dice):
        super().__init__(daemon=True)
        self.device = Device(name, port)
        self.dice = dice
        self.acknowledged = 0
        self.refused = 0
        self.stopping = False
        self.failure = None
        self.paused = threading.Event()
        self.go_on = threading.Event()
        self.go_on.set()

    def run(self):
        try:
            while not self.stopping:
                if not self.go_on.is_set():
                    self.paused.set()
                    self.go_on.wait()
                    self.paused.clear()
                self.report()
                time.sleep(self.dice.random() * 0.02)
        except Exception as problem:  # told to the test in its own thread
            self.failure = problem

    def report(self):
        index = self.acknowledged
        while True:
            code = self.device.upload(value_of(index), START + index, timeout_s=0.1 + self.dice.random() * 0.2)
            if code == 204:
                self.acknowledged += 1
                return
            check(code == 503, f"{self.device.name}: answered {code}")
            self.refused += 1
            time.sleep(0.05)


def write_recording(station):
    path = station.folder / "recording.csv"
    with open(path, "w", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(["device", "at", "shock"])
        for index in range(DTLS_ROWS):
            for device in DTLS:
                rows.writerow([device, START + index, value_of(index)])
    (station.folder / "map.yaml").write_text(
        "format: csv\ndevice: {column: device}\ntime: {column: at, format: epoch_s}\nmetrics:\n  shock: {column: shock}\n")
    return path


def feed(station, recording):
    return station.start("feed", [
        PROGRAMS / "outrider", "feed", recording, "--map", station.folder / "map.yaml", "--to",
        f"coaps://127.0.0.1:{station.dtls_port}", "--keys", station.keys, "--pack", "4", "--json"])


def kills(station, senders, dice):
    repeated = 0
    for _ in range(ROUNDS):
        time.sleep(0.05 + dice.random() * 0.6 * SLOW)
        check(station.end("outriderd", signal.SIGKILL) == -signal.SIGKILL, "the daemon ended by itself")
        station.start_daemon(wait=dice.random() < 0.5)  # sometimes the next kill hits its start
        for sender in senders:
            check(sender.failure is None, f"{sender.device.name}: {sender.failure}")
    wait_for("outriderd", station.answers, LIMIT_S)
    # what was acknowledged before the last kill is recognised after it
    for sender in senders:
        sender.go_on.clear()
    for sender in senders:
        check(sender.paused.wait(LIMIT_S), f"{sender.device.name} does not get on")
    station.end("outriderd", signal.SIGKILL)
    station.start_daemon()
    for sender in senders:
        check(sender.device.resend(sender.device.last) == 204, "a repeated upload is not acknowledged")
    repeated = station.status()["driver"]["uploads_repeated"]
    check(repeated >= len(senders), f"{repeated} repeated uploads recognised of {len(senders)}")
    for sender in senders:
        sender.stopping = True
        sender.go_on.set()
        sender.join(LIMIT_S)
        check(sender.failure is None, f"{sender.device.name}: {sender.failure}")


def journal(station):
    """device -> list of (stamp in s, value), and the readings in recorded losses."""
    with sqlite3.connect(f"file:{station.state}/outrider.db?mode=ro", uri=True) as database:
        names = dict(database.execute("SELECT number, name FROM names WHERE space = 0"))
        lost = database.execute("SELECT TOTAL(readings) FROM losses").fetchone()[0]
    database.close()
    text = subprocess.run([os.environ["OUTRIDER_HISTORY"], station.state, *map(str, names)], check=True,
                          capture_output=True, text=True).stdout
    kept = {(name if isinstance(name, str) else name.decode()): [] for name in names.values()}
    for line in text.splitlines():
        number, at, value = line.split()
        name = names[int(number)]
        kept[name if isinstance(name, str) else name.decode()].append((int(at) / 1e6, float(value)))
    return kept, lost


def check_journal(station, counts):
    kept, lost = journal(station)
    check(lost == 0, f"{lost} readings were lost")
    for device, count in counts.items():
        expected = [(START + i, value_of(i)) for i in range(count)]
        extra = [reading for reading in kept[device] if reading == (START + count, value_of(count))]
        check(len(extra) <= 1 and sorted(kept[device]) == expected + extra,
              f"{device}: {count} acknowledged, {len(kept[device])} kept, "
              f"missing {sorted(set(expected) - set(kept[device]))[:5]}")


def check_events(station, counts):
    for device, count in counts.items():
        asset = "asset-" + device
        for kind, what, first in (("alarm", "raised", 0), ("alarm", "cleared", 1), ("notification", "raised", 0)):
            expected = len(range(first, count, 2))
            wait_for(f"{expected} {kind} {what} of {asset}",
                     lambda k=kind, w=what, a=asset, e=expected: len(station.distinct(kind=k, what=w, asset=a)) >= e,
                     LIMIT_S)
            events = station.distinct(kind=kind, what=what, asset=asset)
            check(len({e["entity"] for e in events}) == len(events), f"{asset}: one {kind} {what} under two event ids")
            check(len(events) <= expected + 1, f"{asset}: {len(events)} {kind} {what}, expected {expected}")
            if kind == "alarm" and what == "raised":
                check(len({e["onset"] for e in events}) == len(events), f"{asset}: one alarm under two ids")
        tickets = station.distinct(kind="ticket", asset=asset)
        check(len({t["case_id"] for t in tickets}) == len({t["entity"] for t in tickets}) > 0, f"{asset}: tickets of a case")


def nothing_acknowledged_is_lost_and_nothing_is_told_twice():
    dice = random.Random(SEED)
    assets = {"asset-" + device: device for device in UDP + DTLS}
    with Station(assets) as station:
        for device in DTLS:
            station.enroll(device)
        station.start_broker()
        station.start_console()
        station.start_daemon()
        station.wait_events(1, kind="status", what="online")
        senders = [Sender(name, station.udp_port, random.Random(dice.random())) for name in UDP]
        for sender in senders:
            sender.start()
        feeder = feed(station, write_recording(station))
        started = time.monotonic()
        kills(station, senders, dice)
        took = time.monotonic() - started
        check(feeder.wait(LIMIT_S * 4) == 0, "the feed did not get everything acknowledged")
        station.wait_outbox_empty()
        counts = {sender.device.name: sender.acknowledged for sender in senders}
        counts.update({device: DTLS_ROWS for device in DTLS})
        check_events(station, counts)
        check(station.end("outriderd") == 0, "the daemon did not stop cleanly")
        check_journal(station, counts)
        print(f"{ROUNDS} kills in {took:.0f} s, {sum(counts.values())} readings acknowledged, "
              f"{len(station.distinct(kind='alarm', what='raised'))} alarms")


if __name__ == "__main__":
    print(f"OUTRIDER_SEED={SEED}", flush=True)
    run(nothing_acknowledged_is_lost_and_nothing_is_told_twice)
