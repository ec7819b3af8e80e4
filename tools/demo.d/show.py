#!/usr/bin/env python3
"""Starts the fleet of the demo and `outrider watch`, shows both as one story, and compares it with expected.txt.

Called by tools/demo, which has started the broker and the agent. Exit: 0 all as expected, 1 not, 130 ended before that.
"""
import argparse
import json
import os
import pathlib
import selectors
import shlex
import signal
import socket
import statistics
import subprocess
import sys
import time

import check
import page

HERE = pathlib.Path(__file__).resolve().parent
STARTING_S = 30
STORY_S = 180  # of silence: nothing said and nothing heard for so long means that something hangs
SETTLING_S = 30
QUIET_S = 1.0  # after the last event that was expected, so long none may come that was not


class Failure(Exception):
    pass


class Stopped(Exception):
    pass


class Lines:
    """Lines of several programs, in the order in which they come."""

    def __init__(self):
        self.selector = selectors.DefaultSelector()
        self.programs = []
        self.partial = {}

    def start(self, name, arguments, log, environment=()):
        program = subprocess.Popen(arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=open(log, "wb"), start_new_session=True,
                                   env={**os.environ, **dict(environment)})
        self.programs.append(program)
        self.partial[name] = b""
        self.selector.register(program.stdout, selectors.EVENT_READ, (name, log))
        return program

    def next(self, wait_s):
        """A list of (name, line); empty when none came in time."""
        lines = []
        # What the fleet says comes before what follows from it, where both wait to be read.
        ready = sorted(self.selector.select(wait_s), key=lambda item: item[0].data[0] != "fleet")
        for key, _ in ready:
            name, log = key.data
            data = os.read(key.fd, 65536)
            if not data:
                raise Failure(f"{name} has ended: {pathlib.Path(log).read_text(errors='replace').strip()[-400:]}")
            *whole, self.partial[name] = (self.partial[name] + data).split(b"\n")
            lines += [(name, line.decode()) for line in whole]
        return lines

    def stop(self):
        for program in self.programs:
            program.terminate()
        for program in self.programs:
            try:
                program.wait(10)
            except subprocess.TimeoutExpired:
                program.kill()
                program.wait()


class Show:
    def __init__(self, options):
        self.options = options
        self.folder = pathlib.Path(options.folder)
        self.page = page.Page(options.scale)
        self.lines = Lines()
        self.expected = check.Expected(HERE / "expected.txt")
        self.online = False
        self.clock = None  # the gateway's time at an instant of time.monotonic
        self.counts = None
        self.ended = False
        self.delays_ms = []
        tls = self.folder / "tls"
        self.reader = {"OUTRIDER_BROKER": options.broker, "OUTRIDER_CA": f"{tls}/ca.pem",
                       "OUTRIDER_CERT": f"{tls}/console.pem", "OUTRIDER_KEY": f"{tls}/console.key"}

    def program(self, name):
        return str(pathlib.Path(self.options.bin) / name)

    def take_fleet(self, said):
        if said["fleet"] == "begin":
            self.clock = (page.parse(said["utc"]), said["clock_us"] / 1e6)
            self.counts = {"devices": said["devices"]}
            self.page.begin(said)
        elif said["fleet"] == "says":
            self.page.says(said)
        elif said["fleet"] == "end":
            self.ended = True
            self.counts.update(said)
            self.expected.fleet(said)

    def take_event(self, message):
        event = message.get("data")
        if event is None:
            self.expected.broken(message)
        elif event["kind"] == "status":
            self.online = self.online or event["what"] == "online"
        else:
            self.note_delay(event)
            self.expected.take(event)
            self.page.event(event)

    def note_delay(self, event):
        if self.clock is not None:
            utc, at = self.clock
            now = utc + (time.monotonic() - at) * self.options.scale
            self.delays_ms.append(max(0.0, (now - page.parse(event["decided"])) / self.options.scale * 1000))

    def pump(self, wait_s):
        """Takes what comes; whether anything did."""
        lines = self.lines.next(wait_s)
        for name, line in lines:
            if name == "fleet":
                self.take_fleet(json.loads(line))
            else:
                self.take_event(json.loads(line))
        return bool(lines)

    def pump_until(self, done, limit_s, failure):
        """limit_s counts from the last thing that came."""
        last = time.monotonic()
        while not done():
            if self.pump(0.1):
                last = time.monotonic()
            elif time.monotonic() - last > limit_s:
                raise Failure(failure)

    def dtls_port(self):
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(10)
            client.connect(str(self.folder / "control.sock"))
            client.sendall(b'{"do":"status"}\n')
            answer = b""
            while not answer.endswith(b"\n"):
                answer += client.recv(65536)
        return json.loads(answer)["coap"]["dtls_port"]

    def play(self):
        self.lines.start("watch", [self.program("outrider"), "watch", "--json", "--all"],
                         self.folder / "watch.log", self.reader)
        self.pump_until(lambda: self.online, STARTING_S, "the agent does not come online at the broker")
        self.gateway = f"coaps://127.0.0.1:{self.dtls_port()}"
        self.page.intro()
        self.lines.start("fleet", [
            self.program("outrider-fleet"), str(HERE / "story.yaml"), "--to", self.gateway,
            "--keys", f"{self.folder}/keys", "--scale", str(self.options.scale)], self.folder / "fleet.log")
        self.pump_until(lambda: self.ended, STORY_S, "the story does not come to its end")

    def settle(self):
        deadline = time.monotonic() + SETTLING_S
        while self.expected.missing() and time.monotonic() < deadline:
            self.pump(0.1)
        quiet = time.monotonic() + QUIET_S
        while time.monotonic() < quiet:
            self.pump(0.05)

    def summary(self):
        told = self.expected
        delays = f"median {statistics.median(self.delays_ms):.0f} ms, longest {max(self.delays_ms):.0f} ms" \
            if self.delays_ms else "nothing arrived"
        rows = [
            ("devices", f"{self.counts['devices']}, each with its own key and DTLS session"),
            ("readings", f"{self.counts['readings']} sent, {self.counts['acknowledged']} acknowledged after they were "
                         f"on disk, in {self.counts['packs']} messages"),
            ("alarms", f"{told.count('alarm', 'raised')} raised, {told.count('alarm', 'cleared')} cleared"),
            ("customers", f"{told.count('notification')} messages to {len(told.customers)} customers"),
            ("service desk", f"{told.count('ticket', 'opened')} tickets, {told.count('ticket', 'updated')} updates"),
            ("delay", f"from decision over disk and broker to here, in real time: {delays}"),
        ]
        self.page.summary(rows, told.verdict())

    def hints(self):
        names = {**self.reader, "GATEWAY": self.gateway, "KEYS": f"{self.folder}/keys", "DEMO": str(HERE),
                 "CONFIG": f"{self.folder}/outrider.yaml"}
        lines = [f"export {name}={shlex.quote(value)}\n" for name, value in names.items()]
        lines.append(f"PATH={shlex.quote(self.options.bin)}:$PATH\n")
        (self.folder / "env").write_text("".join(lines))
        self.page.hints([
            ("first, in each terminal:", f". {self.folder}/env"),
            ("see what an operator sees", "outrider watch"),
            ("drop parcel 88 once more (Ctrl-C ends it)",
             f"outrider-fleet $DEMO/drop.yaml --to $GATEWAY --keys $KEYS --scale {self.options.scale}"),
            ("send the recording of a data logger; it is kept, and nobody has to know",
             "outrider feed $DEMO/logger.csv --map $DEMO/logger.map.yaml \\\n"
             "    --to $GATEWAY --keys $KEYS --rebase"),
            ("one file to attach to a support request", "outrider doctor --config $CONFIG"),
        ])

    def run(self):
        self.play()
        self.settle()
        self.summary()
        result = 0 if self.expected.ok() else 1
        if self.options.exit:
            return result
        self.hints()
        try:
            while True:
                self.pump(1.0)
        except Stopped:
            return result


stopping = False


def stop(*_):
    """Once: a second signal must not cut the tidying up short."""
    global stopping
    if not stopping:
        stopping = True
        raise Stopped


def stop_quietly():
    global stopping
    stopping = True


def main():
    parser = argparse.ArgumentParser()
    for name in ("bin", "folder", "broker"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--scale", type=int, required=True)
    parser.add_argument("--exit", action="store_true")
    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    sys.stdout.reconfigure(encoding="utf-8", line_buffering=True)
    show = Show(parser.parse_args())
    try:
        return show.run()
    except Stopped:
        return 130
    except BrokenPipeError:
        return 1
    except Failure as failure:
        print(f"tools/demo: {failure}", file=sys.stderr)
        return 1
    finally:
        stop_quietly()
        show.lines.stop()


if __name__ == "__main__":
    sys.exit(main())
