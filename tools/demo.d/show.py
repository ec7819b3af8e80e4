#!/usr/bin/env python3
"""Starts the fleet of the demo and `outrider watch`, shows both as one story, and compares it with expected.txt.

Called by tools/demo, which has started the broker and the agent. Exit: 0 all as expected, 1 not, 130 ended before that.
"""
import argparse
import json
import os
import pathlib
import re
import selectors
import shlex
import signal
import socket
import statistics
import subprocess
import sys
import textwrap
import time

import check
import customers
import desk
import page

HERE = pathlib.Path(__file__).resolve().parent
STARTING_S = 30
STORY_S = 180  # of silence: nothing said and nothing heard for so long means that something hangs
SETTLING_S = 30
HOME = "home-1"  # the gateway whose clock runs faster
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
        ready = sorted(self.selector.select(wait_s), key=lambda item: item[0].data[0] == "watch")
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
        self.page = page.Page(options.scale, options.home_scale)
        self.lines = Lines()
        self.expected = check.Expected(HERE / "expected.txt")
        self.clock = None  # gateway-1's time at an instant of time.monotonic
        self.online = set()
        self.counts = {}  # of each fleet
        self.ended = set()
        self.delays_ms = []
        tls = self.folder / "tls"
        self.customers = customers.Customers(self.program("outrider"), options.broker, options.folder)
        self.desk = desk.Desk(options.broker, options.folder)
        self.reader = {"OUTRIDER_BROKER": options.broker, "OUTRIDER_CA": f"{tls}/ca.pem",
                       "OUTRIDER_CERT": f"{tls}/console.pem", "OUTRIDER_KEY": f"{tls}/console.key"}

    def program(self, name):
        return str(pathlib.Path(self.options.bin) / name)

    def take_fleet(self, name, said):
        if said["fleet"] == "begin":
            self.counts[name] = {"devices": said["devices"]}
            if name == "fleet":
                self.clock = (page.parse(said["utc"]), said["clock_us"] / 1e6)
                self.page.begin(said)
        elif said["fleet"] == "says":
            self.page.says(said, at_home=name == "home")
            self.desk.hear(said)
            view = self.customers.act(said)
            if view is not None:
                self.page.view(view)
        elif said["fleet"] == "end":
            self.ended.add(name)
            self.counts[name].update(said)
            self.expected.fleet(said)

    def take_event(self, message):
        event = message.get("data")
        if event is None:
            self.expected.broken(message)
        elif event["kind"] == "status":
            if event["what"] == "online":
                self.online.add(message["source"])
        elif event["kind"] in ("figures", "customer"):
            pass  # for managers and other departments: outrider stats, outrider accounts
        else:
            at_home = message["source"].endswith(HOME)
            if not at_home:
                self.note_delay(event)
            self.customers.take(event)
            self.desk.take(message["source"].rpartition("/")[2], event)
            self.expected.take(event)
            self.page.event(event, at_home)

    def note_delay(self, event):
        if self.clock is not None:
            utc, at = self.clock
            now = utc + (time.monotonic() - at) * self.options.scale
            self.delays_ms.append(max(0.0, (now - page.parse(event["decided"])) / self.options.scale * 1000))

    def pump(self, wait_s):
        """Takes what comes; whether anything did."""
        lines = self.lines.next(wait_s)
        for name, line in lines:
            if name == "watch":
                self.take_event(json.loads(line))
            else:
                self.take_fleet(name, json.loads(line))
        self.customers.check()
        return bool(lines)

    def pump_until(self, done, limit_s, failure):
        """limit_s counts from the last thing that came."""
        last = time.monotonic()
        while not done():
            if self.pump(0.1):
                last = time.monotonic()
            elif time.monotonic() - last > limit_s:
                raise Failure(failure)

    def dtls_port(self, gateway):
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(10)
            client.connect(str(self.folder / f"{gateway}.sock"))
            client.sendall(b'{"do":"status"}\n')
            answer = b""
            while not answer.endswith(b"\n"):
                more = client.recv(65536)
                if not more:
                    raise Failure(f"{gateway} closes its control socket")
                answer += more
        return json.loads(answer)["coap"]["dtls_port"]

    def assign(self):
        arguments = ["outrider", "assign", str(HERE / "shipment-4711.yaml")]
        answer = subprocess.run([self.program("outrider"), *arguments[1:], "--socket", f"{self.folder}/gateway-1.sock"],
                                stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=STARTING_S)
        if answer.returncode != 0:
            raise Failure(f"outrider assign: {answer.stderr.strip()}")
        self.page.command("outrider assign shipment-4711.yaml", "the agent runs; from now on it watches over this shipment")

    def fleet(self, name, story, gateway, scale):
        self.lines.start(name, [
            self.program("outrider-fleet"), str(HERE / story), "--to", gateway,
            "--keys", f"{self.folder}/keys", "--scale", str(scale)], self.folder / f"{name}.log")

    def play(self):
        self.lines.start("watch", [self.program("outrider"), "watch", "--json", "--all"],
                         self.folder / "watch.log", self.reader)
        self.pump_until(lambda: len(self.online) == 2, STARTING_S, "an agent does not come online at the broker")
        self.gateway = f"coaps://127.0.0.1:{self.dtls_port('gateway-1')}"
        self.page.intro()
        self.desk.start("gateway-1", HOME)
        self.assign()
        self.fleet("fleet", "story.yaml", self.gateway, self.options.scale)
        self.fleet("home", "home.story.yaml", f"coaps://127.0.0.1:{self.dtls_port(HOME)}", self.options.home_scale)
        self.pump_until(lambda: len(self.ended) == 2, STORY_S, "the story does not come to its end")

    def settle(self):
        deadline = time.monotonic() + SETTLING_S
        while self.expected.missing() and time.monotonic() < deadline:
            self.pump(0.1)
        quiet = time.monotonic() + QUIET_S
        while time.monotonic() < quiet:
            self.pump(0.05)

    def explain(self):
        untold = self.customers.untold()
        if len(untold) != 1:
            self.expected.faults.append(f"outrider explain names {len(untold)} messages not sent to {customers.STOPPED}, not 1")
        self.page.command(f"outrider explain --contact {customers.STOPPED} --for customer", *untold)

    def walk(self):
        said = self.customers.walk(HERE.parent.parent / "rules" / "journeys" / "parcel.yaml")
        self.page.program(f"outrider walk {' '.join(customers.WALKED)} --journey rules/journeys/parcel.yaml", said)

    def shown(self, line, *more, code=0):
        """A command line in the demo's folder, and what it printed."""
        done = subprocess.run([self.program("outrider"), *line.split()[1:], *more], cwd=self.folder, text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=STARTING_S)
        self.page.program(line, [part for text in done.stdout.splitlines() for part in textwrap.wrap(text, page.WIDTH - 2)])
        if done.returncode != code:
            self.expected.faults.append(f"{line}: exit {done.returncode}, not {code}")

    def prove(self):
        """The shipment's record is whole; of one in which a temperature was made better it is said where."""
        self.shown("outrider evidence shipment-4711 --out 4711.jsonl", "--state", self.customers.state)
        self.shown("outrider verify 4711.jsonl")
        record = self.folder / "4711.jsonl"
        record.write_text(re.sub(r"\b11\.", "7.", record.read_text(), count=1))
        self.page.command("sed -i '0,/11[.]/s//7./' 4711.jsonl")
        self.shown("outrider verify 4711.jsonl", code=1)

    def count(self, word):
        return sum(counts[word] for counts in self.counts.values())

    def summary(self):
        told = self.expected
        delays = f"median {statistics.median(self.delays_ms):.0f} ms, longest {max(self.delays_ms):.0f} ms" \
            if self.delays_ms else "nothing arrived"
        rows = [
            ("devices", f"{self.count('devices')}, each with its own key and DTLS session"),
            ("readings", f"{self.count('readings')} sent, {self.count('acknowledged')} acknowledged after they were "
                         f"on disk, in {self.count('packs')} messages"),
            ("alarms", f"{told.count('alarm', 'raised')} raised, {told.count('alarm', 'cleared')} cleared"),
            ("customers", f"{told.count('notification')} messages to {len(told.customers)} customers"),
            ("service desk", f"{told.count('ticket', 'opened')} tickets, {told.count('ticket', 'updated')} updates"),
            ("delay", f"from decision over disk and broker to here, in real time: {delays}"),
        ]
        self.page.summary(rows, told.verdict())

    def hints(self):
        names = {**self.reader, "GATEWAY": self.gateway, "KEYS": f"{self.folder}/keys", "DEMO": str(HERE),
                 "CONFIG": f"{self.folder}/gateway-1.yaml", "STATE": f"{self.folder}/gateway-1.state"}
        lines = [f"export {name}={shlex.quote(value)}\n" for name, value in names.items()]
        lines.append(f"PATH={shlex.quote(self.options.bin)}:$PATH\n")
        (self.folder / "env").write_text("".join(lines))
        self.page.hints([
            ("first, in each terminal:", f". {self.folder}/env"),
            ("see what an operator sees", "outrider watch"),
            ("see what customers see: what is known of their goods, and messages with the words to answer them",
             "outrider watch --kind view,notification --long"),
            ("why somebody was told, or not", "outrider explain --contact customer-2203 --state $STATE"),
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
        self.explain()
        self.page.phones()
        self.walk()
        self.prove()
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
    for name in ("scale", "home-scale"):
        parser.add_argument(f"--{name}", type=int, required=True)
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
    except (Failure, customers.Refused, desk.Gone) as failure:
        print(f"tools/demo: {failure}", file=sys.stderr)
        return 1
    finally:
        stop_quietly()
        show.customers.stop()
        show.desk.stop()
        show.lines.stop()


if __name__ == "__main__":
    sys.exit(main())
