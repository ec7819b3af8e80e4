"""A broker, a daemon and a console in a temporary folder, each of which a test may stop, start and hurt by itself.

Everything listens on loopback on free ports of this run; only the processes started here are ended, by their ids.
"""
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "field"))
from gateway import PROGRAMS, SOURCE, free_port, listens, mosquitto, wait_for  # noqa: E402

CONSOLE_TOPIC = "outrider/v1/+/+/#"
GROUP = "depot"
NAME = "gw"
SKIPPED = 77
SLOW = int(os.environ.get("OUTRIDER_SLOW", "1"))  # multiplies time limits, for sanitizers
LIMIT_S = 30 * SLOW

PACK = """\
pack: test
version: {version}
rules:
  - alert: Drop
    expr: shock > {limit}
    notify: {{to: staff, message: drop, on: [raised]}}
    ticket: {{queue: q, evidence: [shock], last: 1h}}
messages:
  drop:
    en:
      raised: dropped
"""


LOG_TYPES = "".join(f"log_type {kind}\n" for kind in ("error", "warning", "notice", "information", "subscribe"))  # of mosquitto


def certificates(folder, *names):
    subprocess.run([str(SOURCE / "tools/certificates"), str(folder), *names], check=True)


def check(condition, what):
    if not condition:
        raise AssertionError(what)


class Station:
    """Use as a context. assets: asset -> device. state: the daemon's state folder, default inside the folder."""

    def __init__(self, assets, state=None, ballast="0B"):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="outrider-integration-"))
        self.assets = assets
        self.state = pathlib.Path(state) if state else self.folder / "state"
        self.ballast = ballast
        self.tls = self.folder / "tls"
        self.keys = self.folder / "keys"
        self.socket = self.folder / "control.sock"
        self.config = self.folder / "outrider.yaml"
        self.events = []
        self.processes = {}
        self.mqtt_port = free_port()
        self.udp_port = free_port()
        self.dtls_port = free_port()
        self.ca = "ca.pem"
        self.broker_options = ""  # more lines of the broker's configuration

    def __enter__(self):
        try:
            certificates(self.tls, NAME, "console")
            self.keys.mkdir(mode=0o700)
            (self.folder / "broker").mkdir()
            self.write_acl(f"outrider/v1/{GROUP}/{NAME}/#")
            self.write_pack(1, 3.0)
            lines = "".join(f"  - {{asset: {a}, class: x, devices: [{d}]}}\n" for a, d in self.assets.items())
            (self.folder / "assignments.yaml").write_text("version: 1\nassets:\n" + lines)
            self.write_config()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(self, kind, *_):
        for name, process in reversed(list(self.processes.items())):
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.terminate()
                try:
                    process.wait(20)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
        if kind is not None:
            for log in sorted(self.folder.glob("*.log")):
                text = log.read_text(errors="replace").splitlines()
                print(f"---- {log.name}, the last of {len(text)} lines", *text[-40:], sep="\n", file=sys.stderr)
        if "OUTRIDER_KEEP" not in os.environ:  # set it to look at what a failing test leaves
            shutil.rmtree(self.folder, ignore_errors=True)

    # ---- files

    def write_acl(self, topics):
        (self.folder / "acl").write_text(
            f"user {NAME}\ntopic readwrite {topics}\nuser console\ntopic read outrider/v1/#\n")

    def write_pack(self, version, limit, text=None):
        (self.folder / "pack.yaml").write_text(text if text is not None else PACK.format(version=version, limit=limit))

    def write_config(self, extra="", scale=1):
        self.config.write_text(f"""\
gateway: {{group: {GROUP}, name: {NAME}}}
state: {{folder: {self.state}, ballast: {self.ballast}, snapshot: 64KiB}}
coap: {{udp: "127.0.0.1:{self.udp_port}", dtls: "127.0.0.1:{self.dtls_port}", keys: {self.keys}}}
mqtt:
  url: "mqtts://localhost:{self.mqtt_port}"
  ca: {self.tls}/{self.ca}
  cert: {self.tls}/{NAME}.pem
  key: {self.tls}/{NAME}.key
  reconnect_min: 100ms
  reconnect_max: 500ms
rules:
  packs: {self.folder}/pack.yaml
  assignments: {self.folder}/assignments.yaml
clock: {{trust: always, scale: {scale}}}
turn: {{linger: 20ms}}
control: {{socket: {self.socket}}}
{extra}""")

    def log(self, name):
        path = self.folder / f"{name}.log"
        return path.read_text(errors="replace") if path.exists() else ""

    # ---- processes

    def start(self, name, arguments, **options):
        log = open(self.folder / f"{name}.log", "ab")
        options.setdefault("stdout", log)
        process = subprocess.Popen([str(a) for a in arguments], stderr=log, stdin=subprocess.DEVNULL, **options)
        log.close()
        self.processes[name] = process
        return process

    def end(self, name, number=signal.SIGTERM):
        process = self.processes.pop(name)
        process.send_signal(number)
        return process.wait(LIMIT_S)

    def start_broker(self):
        (self.folder / "mosquitto.conf").write_text(
            f"listener {self.mqtt_port} 127.0.0.1\n"
            f"cafile {self.tls}/ca.pem\ncertfile {self.tls}/broker.pem\nkeyfile {self.tls}/broker.key\n"
            "require_certificate true\nuse_identity_as_username true\nallow_anonymous false\n"
            f"acl_file {self.folder}/acl\npersistence true\npersistence_location {self.folder}/broker/\n{LOG_TYPES}"
            + ("user root\n" if os.geteuid() == 0 else "") + self.broker_options)
        self.start("mosquitto", [mosquitto(), "-c", self.folder / "mosquitto.conf"])
        wait_for("mosquitto", lambda: listens(self.mqtt_port), LIMIT_S)

    def subscriptions(self, client, topic):
        """How often clients whose names begin so were given the topic: the broker's log says when one stands."""
        return len(re.findall(rf"^\d+: {re.escape(client)}\S* \d {re.escape(topic)}$", self.log("mosquitto"), re.MULTILINE))

    def wait_subscribed(self, client, topic, count=1):
        wait_for(f"subscription {count} of {client}* to {topic}", lambda: self.subscriptions(client, topic) >= count, LIMIT_S)

    def start_broker_heard_by_console(self):
        """The daemon stands still until the console listens: a console does not hear what was before it."""
        before = self.subscriptions("outrider-watch", CONSOLE_TOPIC)
        daemon = self.processes["outriderd"]
        daemon.send_signal(signal.SIGSTOP)
        self.start_broker()
        if "console" not in self.processes:
            self.start_console()
        self.wait_subscribed("outrider-watch", CONSOLE_TOPIC, before + 1)
        daemon.send_signal(signal.SIGCONT)

    def start_console(self):
        """The broker is up; what comes from now on is heard."""
        before = self.subscriptions("outrider-watch", CONSOLE_TOPIC)
        console = self.start(
            "console",
            [PROGRAMS / "outrider", "watch", "--broker", f"mqtts://localhost:{self.mqtt_port}", "--ca",
             self.tls / "ca.pem", "--cert", self.tls / "console.pem", "--key", self.tls / "console.key", "--json",
             "--all"],
            stdout=subprocess.PIPE)
        threading.Thread(target=self._collect, args=(console.stdout,), daemon=True).start()
        self.wait_subscribed("outrider-watch", CONSOLE_TOPIC, before + 1)

    def _collect(self, lines):
        for line in lines:
            message = json.loads(line)
            if message.get("data") is not None:
                self.events.append({**message["data"], "retained": message["retained"]})

    def start_daemon(self, wait=True):
        self.start("outriderd", [PROGRAMS / "outriderd", "--config", self.config])
        if wait:
            wait_for("outriderd", self.answers, LIMIT_S)

    def answers(self):
        process = self.processes["outriderd"]
        if process.poll() is not None:
            raise AssertionError(f"outriderd ended with {process.returncode}")
        try:
            return self.ask("status")["pid"] == process.pid
        except OSError:
            return False

    def ask(self, what):
        return self.ask_with(what)

    def ask_with(self, what, **more):
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(LIMIT_S)
            client.connect(str(self.socket))
            client.sendall(json.dumps({"do": what, **more}).encode() + b"\n")
            answer = b""
            while not answer.endswith(b"\n"):
                more = client.recv(65536)
                if not more:
                    raise OSError("closed")
                answer += more
        return json.loads(answer)

    def status(self):
        return self.ask("status")

    def wait_link(self, up=True):
        wait_for(f"link {'up' if up else 'down'}", lambda: self.status()["link"]["up"] == up, LIMIT_S)

    def wait_said(self, text, count=1):
        wait_for(f"'{text}' in the log", lambda: self.log("outriderd").count(text) >= count, LIMIT_S)

    def wait_events(self, count, **fields):
        wait_for(f"{count} events {fields}", lambda: len(self.distinct(**fields)) >= count, LIMIT_S)
        return self.distinct(**fields)

    def distinct(self, **fields):
        """Events with these fields, one for each event id."""
        found = {}
        for event in list(self.events):
            if all(event.get(name) == value for name, value in fields.items()):
                found.setdefault(event["event"], event)
        return list(found.values())

    def wait_outbox_empty(self):
        wait_for("an empty outbox", lambda: self.status()["outbox"] == 0, LIMIT_S)

    def enroll(self, device):
        done = subprocess.run([PROGRAMS / "outrider", "enroll", device, "--keys", self.keys, "--json"], check=True,
                              capture_output=True, text=True)
        return json.loads(done.stdout)


class Stopwatch:
    """What the station takes for something, less what the machine kept it waiting: for a processor, by the kernel's account of
    the station's threads and the test's own, and for the disk. An idle machine keeps nobody waiting."""

    def __init__(self, station):
        self.station = station
        self.began = time.monotonic()
        self.kept_s = self._kept_waiting_s()

    def read(self):
        """(seconds of the station's own, seconds on the wall)"""
        took = time.monotonic() - self.began
        kept = max(0.0, self._kept_waiting_s() - self.kept_s)
        return max(0.0, took - kept), took

    def _kept_waiting_s(self):
        total_ns = 0
        for pid in (os.getpid(), *(process.pid for process in self.station.processes.values())):
            for path in pathlib.Path(f"/proc/{pid}/task").glob("*/schedstat"):
                try:
                    total_ns += int(path.read_text().split()[1])
                except (OSError, IndexError):
                    pass  # the thread has ended, or the kernel keeps no account
        try:
            disk = pathlib.Path("/proc/pressure/io").read_text().splitlines()[0]
            total_ns += int(disk.rpartition("total=")[2]) * 1000
        except (OSError, IndexError, ValueError):
            pass
        return total_ns / 1e9


class Device:
    """A device that speaks plain CoAP: one confirmable upload at a time, resent with the same message id and token."""

    def __init__(self, name, port):
        self.name = name
        self.address = ("127.0.0.1", port)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.message_id = 1000
        self.options = []  # of the last answer: (number, bytes)
        self.last = None

    def close(self):
        self.socket.close()

    def request(self, value, at):
        self.message_id = (self.message_id + 1) & 0xFFFF
        token = struct.pack("!I", 0xA0000000 + self.message_id)
        body = json.dumps([{"bn": f"{self.name}/", "n": "shock", "u": "g", "v": value, "t": at}]).encode()
        header = struct.pack("!BBH", 0x44, 0x02, self.message_id)
        self.last = header + token + b"\xb1r\x11\x6e\xff" + body
        return self.last

    def send(self, datagram):
        try:
            self.socket.sendto(datagram, self.address)
        except ConnectionRefusedError:
            pass  # nobody is there just now

    def receive(self, datagram, timeout_s):
        """The answer's code such as 204, or None in time."""
        deadline = time.monotonic() + timeout_s
        message_id, token = datagram[2:4], datagram[4:8]
        while (left := deadline - time.monotonic()) > 0:
            self.socket.settimeout(left)
            try:
                answer = self.socket.recv(2048)
            except (socket.timeout, TimeoutError):
                return None
            except ConnectionRefusedError:
                time.sleep(min(0.02, left))
                continue
            kind = answer[0] >> 4 & 3
            length = answer[0] & 15
            code = (answer[1] >> 5) * 100 + (answer[1] & 31)
            if kind == 2 and answer[2:4] == message_id and code == 0:
                continue  # a separate answer will follow
            if answer[4:4 + length] != token or code == 0:
                continue  # of an earlier request
            if kind == 0:
                self.send(struct.pack("!BBH", 0x60, 0, struct.unpack("!H", answer[2:4])[0]))
            self.options = parse_options(answer[4 + length:])
            return code
        return None

    def upload(self, value, at, timeout_s=1.0, deadline_s=None):
        """Resends until there is an answer; the code, or None after deadline_s."""
        datagram = self.request(value, at)
        return self.resend(datagram, timeout_s, deadline_s)

    def resend(self, datagram, timeout_s=1.0, deadline_s=None):
        end = time.monotonic() + (deadline_s or LIMIT_S)
        while time.monotonic() < end:
            self.send(datagram)
            code = self.receive(datagram, timeout_s)
            if code is not None:
                return code
        return None


def parse_options(data):
    options = []
    number = at = 0
    while at < len(data) and data[at] != 0xFF:
        delta, size = data[at] >> 4, data[at] & 15
        at += 1
        if delta == 13:
            delta, at = data[at] + 13, at + 1
        if size == 13:
            size, at = data[at] + 13, at + 1
        number += delta
        options.append((number, data[at:at + size]))
        at += size
    return options


def run(*tests):
    for test in tests:
        started = time.monotonic()
        test()
        print(f"{test.__name__}: ok, {time.monotonic() - started:.1f} s", flush=True)
