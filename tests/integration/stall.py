#!/usr/bin/env python3
"""The disk takes seconds for a sync: the device has an empty acknowledgement before it would repeat itself, sends nothing
twice, and has its answer when the reading is durable, and not before."""
import os
import random
import struct
import subprocess
import sys
import threading
import time

from faults import START
from station import LIMIT_S, PROGRAMS, SKIPPED, SLOW, Device, Station, Stopwatch, check, run, wait_for

STALL_S = 5.0
ACK_TIMEOUT_S = 2.0  # RFC 7252, 4.8: to be multiplied by 1 to 1.5
MAX_RETRANSMIT = 4


class Client(Device):
    """A CoAP client by the book: retransmits a CON until it is acknowledged, then waits for the answer."""

    def exchange(self, value, at):
        """(retransmissions, seconds until the answer, its code)"""
        request = self.request(value, at)
        sent = time.monotonic()
        timeout = ACK_TIMEOUT_S * SLOW * (1 + random.random() / 2)
        self.send(request)
        again = 0
        acknowledged = False
        resend_at = sent + timeout
        while time.monotonic() < sent + LIMIT_S:
            if not acknowledged and time.monotonic() >= resend_at and again < MAX_RETRANSMIT:
                again += 1
                timeout *= 2
                resend_at = time.monotonic() + timeout
                self.send(request)
            self.socket.settimeout(0.05)
            try:
                answer = self.socket.recv(2048)
            except TimeoutError:
                continue
            kind, code = answer[0] >> 4 & 3, (answer[1] >> 5) * 100 + (answer[1] & 31)
            if kind == 2 and answer[2:4] == request[2:4]:
                acknowledged = True
            if code == 0 or answer[4:4 + (answer[0] & 15)] != request[4:8]:
                continue
            if kind == 0:
                self.send(struct.pack("!BBH", 0x60, 0, struct.unpack("!H", answer[2:4])[0]))
            return again, time.monotonic() - sent, code
        return again, None, None


def a_stall_costs_no_repetition():
    names = [f"d{i}" for i in range(8)]
    with Station({f"a-{name}": name for name in names}) as station:
        gate = station.folder / "stalls"
        environment = {**os.environ, "LD_PRELOAD": os.environ["OUTRIDER_SHIM"], "OUTRIDER_FAULT": f"stall:{int(STALL_S * 1000)}",
                       "OUTRIDER_FAULT_WHILE": str(gate)}
        station.start("outriderd", [PROGRAMS / "outriderd", "--config", station.config], env=environment)
        wait_for("outriderd", station.answers, LIMIT_S)
        clients = {name: Client(name, station.udp_port) for name in names}
        check(clients["d0"].exchange(1.0, START)[2] == 204, "not kept")
        gate.touch()
        since = Stopwatch(station)
        results = {}
        threads = [threading.Thread(target=lambda n=name: results.update({n: clients[n].exchange(9.0, START + 1)}))
                   for name in names]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(2 * LIMIT_S)
        gate.unlink()
        repeated = sum(again for again, _, _ in results.values())
        check(all(code == 204 for _, _, code in results.values()), str(results))
        own, wall = since.read()
        check(repeated == 0 or own < wall - 1, f"{repeated} retransmissions: {results}")  # a second is there to spare
        check(all(took >= STALL_S - 0.5 for _, took, _ in results.values()), f"answered before it was durable: {results}")
        status = station.status()
        check(status["coap"]["separate_responses"] >= len(names), str(status["coap"]))
        check(status["driver"]["uploads_repeated"] <= repeated, "repeated")
        print(f"  {len(names)} devices, syncs of {STALL_S:.0f} s: {repeated} retransmissions, answers after "
              f"{min(t for _, t, _ in results.values()):.1f} to {max(t for _, t, _ in results.values()):.1f} s")
        check(station.end("outriderd") == 0, "no clean stop")
        number = subprocess.run([os.environ["OUTRIDER_HISTORY"], station.state, *map(str, range(8))], check=True,
                                capture_output=True, text=True).stdout
        check(len(number.splitlines()) == 9, number)


if __name__ == "__main__":
    if "OUTRIDER_SHIM" not in os.environ:
        print("skipped: under a sanitizer nothing can be preloaded")
        sys.exit(SKIPPED)
    run(a_stall_costs_no_repetition)
