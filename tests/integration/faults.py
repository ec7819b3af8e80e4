#!/usr/bin/env python3
"""The real daemon while its nth allocation, disk call or send fails, once and for ever, or it is killed there: it says why
and ends, or goes on; nothing that it acknowledged is lost, and nothing is told under two ids.

A spread of n; OUTRIDER_LONG=1: every n, of SQLite's allocations each 40th; half an hour and more. OUTRIDER_FAULT=memory:57:ever repeats one.
"""
import itertools
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time

from station import LIMIT_S, PROGRAMS, SKIPPED, SLOW, Device, Station, check, run, wait_for

SHIM = os.environ.get("OUTRIDER_SHIM", "")
LONG = "OUTRIDER_LONG" in os.environ
START = 1_700_000_000
READINGS = 6
STARTS = 3  # of a supervisor, while a fault stays
SPREAD = {"memory": 3, "sqlite": 2, "disk": 2, "full": 1, "send": 2, "kill": 3}


def value_of(index):
    return 9.0 if index % 2 == 0 else 1.0


class Life:
    """A fresh state folder, a supervisor and a device, until everything is acknowledged and told."""

    def __init__(self, station, number):
        self.station = station
        self.number = number
        station.state = station.folder / f"state-{number}"
        station.write_config()
        (station.folder / "assignments.yaml").write_text(
            f"version: 1\nassets:\n  - {{asset: asset-{number}, class: x, devices: [dev-{number}]}}\n")
        self.hits = station.folder / "fault.log"
        self.ends = []
        self.refused = 0  # 5.03: a commit that failed may be there all the same, and the device reports anew

    def start(self, fault):
        environment = dict(os.environ)
        environment.pop("OUTRIDER_FAULT", None)
        if fault is not None:
            environment.update(OUTRIDER_FAULT=fault, OUTRIDER_FAULT_LOG=str(self.hits), LD_PRELOAD=SHIM)
        self.log_before = len(self.station.log("outriderd"))
        return self.station.start("outriderd", [PROGRAMS / "outriderd", "--config", self.station.config], env=environment)

    def ended(self, process):
        """How it ended is one of those that a supervisor may see; what it said is there."""
        code = process.poll()
        if code is None:
            return False
        said = self.station.log("outriderd")[self.log_before:]
        killed = code == -signal.SIGKILL and "kill" in self.fault
        check(code == 1 or killed, f"{self.fault}: ended with {code}: {said[-600:]}")
        check(killed or "outriderd: " in said or "reason=" in said or "yaml:" in said, f"{self.fault}: ended without a word: {said}")
        self.ends.append(code)
        return True

    def live(self, fault):
        """fault: None for none. True when the fault struck."""
        self.fault = fault or "none"
        self.hits.unlink(missing_ok=True)
        stays = fault is not None and fault.endswith(":ever")
        process = self.start(fault)
        device = Device(f"dev-{self.number}", self.station.udp_port)
        index = 0
        patience = time.monotonic() + 1.5 * SLOW
        deadline = time.monotonic() + 4 * LIMIT_S
        request = None
        while index < READINGS:
            check(time.monotonic() < deadline, f"{self.fault}: {index} readings acknowledged, and no more")
            if self.ended(process):
                process = self.start(fault if stays and len(self.ends) < STARTS else None)
            elif stays and time.monotonic() > patience:  # somebody looks at it
                self.stop(process)
                stays = False
                process = self.start(None)
            request = request or device.request(value_of(index), START + index)  # the same until it is answered
            code = device.resend(request, timeout_s=0.3, deadline_s=0.3)
            index += code == 204
            self.refused += code == 503
            request = None if code is not None else request
            check(code in (None, 204, 503), f"{self.fault}: answered {code}")
        device.close()
        self.settle(process)
        text = self.hits.read_text() if self.hits.exists() else ""
        return " hit " in text, text

    def settle(self, process):
        """All is told; where the fault keeps it from that, without the fault."""
        name = f"asset-{self.number}"
        expected = (READINGS + 1) // 2

        def told():
            return len(self.station.distinct(kind="alarm", what="raised", asset=name)) >= expected and self.outbox() == 0

        deadline = time.monotonic() + (2 if "ever" in self.fault else LIMIT_S)
        while True:
            try:
                if told():
                    break
            except OSError:
                pass
            if self.ended(process) or time.monotonic() > deadline:
                if process.poll() is None:
                    self.stop(process)
                process = self.start(None)
                deadline = time.monotonic() + LIMIT_S
                check(len(self.ends) < 20, f"{self.fault}: it does not get on")
            time.sleep(0.02)
        wait_for("the clears", lambda: len(self.station.distinct(kind="alarm", what="cleared", asset=name)) >= READINGS // 2, LIMIT_S)
        self.stop(process)
        for kind, what in (("alarm", "raised"), ("alarm", "cleared"), ("notification", "raised")):
            events = self.station.distinct(kind=kind, what=what, asset=name)
            wanted = READINGS // 2
            check(len(events) == wanted, f"{self.fault}: {len(events)} of {wanted} {kind} {what}")
            check(len({event["entity"] for event in events}) == wanted, f"{self.fault}: one {kind} {what} under two ids")
        self.check_journal()

    def outbox(self):
        """Without memory the daemon may not answer."""
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(1.0 * SLOW)
            client.connect(str(self.station.socket))
            client.sendall(b'{"do":"status"}\n')
            answer = b""
            while not answer.endswith(b"\n"):
                more = client.recv(65536)
                if not more:
                    raise OSError("closed")
                answer += more
        return json.loads(answer).get("outbox")

    def stop(self, process):
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(LIMIT_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                raise AssertionError(f"{self.fault}: it does not stop") from None
        if process.returncode == -signal.SIGKILL and "kill" in self.fault:
            self.station.start_daemon()
            check(self.station.end("outriderd") == 0, f"{self.fault}: no clean stop after it")
        else:
            early = "event=ready" not in self.station.log("outriderd")[self.log_before:]  # before it waits for signals
            check(process.returncode in (0, 1) or (early and process.returncode == -signal.SIGTERM),
                  f"{self.fault}: stopped with {process.returncode}")

    def check_journal(self):
        path = self.station.state / "outrider.db"
        base = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        check(base.execute("PRAGMA integrity_check").fetchone() == ("ok",), f"{self.fault}: the database is broken")
        kept = base.execute("SELECT TOTAL(readings) FROM journal").fetchone()[0]
        lost = base.execute("SELECT COUNT(*) FROM losses").fetchone()[0]
        number = base.execute("SELECT number FROM names WHERE space = 0").fetchone()[0]
        base.close()
        check(READINGS <= kept <= READINGS + self.refused and lost == 0, f"{self.fault}: {kept} readings of {READINGS}, {lost} losses")
        check(not list(self.station.state.glob("*.corrupt-*")), f"{self.fault}: taken for corrupt")
        text = subprocess.run([os.environ["OUTRIDER_HISTORY"], self.station.state, str(number)], check=True,
                              capture_output=True, text=True).stdout
        values = [(int(line.split()[1]) // 1_000_000, float(line.split()[2])) for line in text.splitlines()]
        check(sorted(set(values)) == [(START + i, value_of(i)) for i in range(READINGS)], f"{self.fault}: the journal has {values}")


def numbers(kind, total):
    """A geometric spread of all calls; of SQLite's allocations there are too many for all of them."""
    if LONG:
        return range(1, total + 1, 40 if kind == "sqlite" else 1)
    count = SPREAD[kind]
    found = {max(1, round(total ** ((i + 1) / count) * 0.97)) for i in range(count)}
    return sorted(found)


class Faults:
    def __init__(self, station):
        self.station = station
        self.lives = itertools.count()

    def live(self, fault):
        self.station.events.clear()
        return Life(self.station, next(self.lives)).live(fault)

    def kind(self, kind):
        _, text = self.live(f"{kind}:0")
        total = sum(int(line.split()[2]) for line in text.splitlines() if " calls " in line)
        check(total > 0, f"no call of {kind}")
        started = time.monotonic()
        tried = 0
        for number in numbers(kind, total):
            for stays in ("",) if kind == "kill" else ("", ":ever"):
                struck, _ = self.live(f"{kind}:{number}{stays}")
                tried += struck
        print(f"  {kind}: {total} calls of a whole life, {tried} failed in turn, {time.monotonic() - started:.0f} s", flush=True)
        check(tried > 0, f"no call of {kind} failed")


def each_call_may_fail():
    only = os.environ.get("OUTRIDER_FAULT")
    with Station({}) as station:
        station.start_broker()
        station.start_console()
        faults = Faults(station)
        faults.live(None)
        for kind in SPREAD if only is None else []:
            faults.kind(kind)
        if only is not None:
            print(faults.live(only)[1])


if __name__ == "__main__":
    if not SHIM:
        print("skipped: under a sanitizer nothing can be preloaded")
        sys.exit(SKIPPED)
    run(each_call_may_fail)
