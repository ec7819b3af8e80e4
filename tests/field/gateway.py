"""A gateway in a temporary folder: mosquitto with TLS, outriderd, a console that collects, and the feed.

Everything listens on loopback, on free ports, and is stopped by the process ids started here.
"""
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

SOURCE = pathlib.Path(os.environ["OUTRIDER_SOURCE"])
sys.path.insert(0, str(SOURCE / "tests"))
from ports import free_port  # noqa: E402

PROGRAMS = pathlib.Path(os.environ["OUTRIDER_BIN"])
GROUP = "field"
NAME = "gw"
STARTING_S = 60
SETTLING_S = 180
QUIET_S = 1.0  # nothing may change for so long before the outcome counts, when the console has heard all that was published
QUIET_LONG_S = 10.0  # and when it has not: what came twice is shown once


def wait_for(what, condition, limit_s):
    deadline = time.monotonic() + limit_s
    while time.monotonic() < deadline:
        value = condition()
        if value:
            return value
        time.sleep(0.02)
    raise RuntimeError(f"{what}: not within {limit_s} s")


def mosquitto():
    for folder in os.environ.get("PATH", "").split(":") + ["/usr/sbin", "/usr/local/sbin"]:
        path = pathlib.Path(folder) / "mosquitto"
        if path.exists():
            return str(path)
    raise RuntimeError("mosquitto is not installed")


def listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Gateway:
    """Use as a context. certificates: a folder that tools/certificates filled with "gw" and "console"."""

    def __init__(self, certificates, packs, assignments, devices, dtls):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="outrider-field-"))
        self.certificates = certificates
        self.packs = packs
        self.assignments = assignments
        self.devices = devices
        self.dtls = dtls
        self.processes = []
        self.events = []
        self.socket = self.folder / "control.sock"

    def __enter__(self):
        try:
            self._start_broker()
            self._start_console()
            self._start_daemon()
        except Exception:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for process in reversed(self.processes):
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                try:
                    process.wait(20)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def stop_daemon(self):
        """Ends the daemon as an operator would; its exit code."""
        daemon = self.processes[-1]
        daemon.send_signal(signal.SIGTERM)
        return daemon.wait(30)

    def _start(self, name, arguments, **options):
        log = open(self.folder / f"{name}.log", "wb")
        options.setdefault("stdout", log)
        process = subprocess.Popen(arguments, stderr=log, stdin=subprocess.DEVNULL, **options)
        self.processes.append(process)
        return process

    def log(self, name):
        path = self.folder / f"{name}.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def _start_broker(self):
        self.mqtt_port = free_port()
        tls = self.certificates
        data = self.folder / "broker"
        data.mkdir()
        (self.folder / "acl").write_text(
            f"user {NAME}\ntopic readwrite outrider/v1/{GROUP}/{NAME}/#\nuser console\ntopic read outrider/v1/#\n")
        (self.folder / "mosquitto.conf").write_text(
            f"listener {self.mqtt_port} 127.0.0.1\n"
            f"cafile {tls}/ca.pem\ncertfile {tls}/broker.pem\nkeyfile {tls}/broker.key\n"
            "require_certificate true\nuse_identity_as_username true\nallow_anonymous false\n"
            f"acl_file {self.folder}/acl\npersistence true\npersistence_location {data}/\n"
            + ("user root\n" if os.geteuid() == 0 else ""))
        self._start("mosquitto", [mosquitto(), "-c", str(self.folder / "mosquitto.conf")])
        wait_for("mosquitto", lambda: listens(self.mqtt_port), STARTING_S)

    def _start_console(self):
        console = self._start(
            "console",
            [str(PROGRAMS / "outrider"), "watch", "--broker", f"mqtts://localhost:{self.mqtt_port}",
             "--ca", f"{self.certificates}/ca.pem", "--cert", f"{self.certificates}/console.pem",
             "--key", f"{self.certificates}/console.key", "--json", "--all"],
            stdout=subprocess.PIPE)
        self.console = console
        threading.Thread(target=self._collect, args=(console.stdout,), daemon=True).start()

    def _collect(self, lines):
        for line in lines:
            try:
                message = json.loads(line)
            except ValueError:
                message = {}
            event = message.get("data")
            if event is None or "error" in message or message["kind"] != event["kind"]:
                event = {"kind": "broken", "line": line.decode(errors="replace")}
            self.events.append(event)

    def _start_daemon(self):
        keys = self.folder / "keys"
        keys.mkdir(mode=0o700)
        for device in self.devices if self.dtls else ():
            subprocess.run([str(PROGRAMS / "outrider"), "enroll", device, "--keys", str(keys)], check=True,
                           stdout=subprocess.DEVNULL)
        tls = self.certificates
        (self.folder / "outrider.yaml").write_text(f"""\
gateway: {{group: {GROUP}, name: {NAME}}}
state: {{folder: state, ballast: 0B}}
coap: {{udp: "127.0.0.1:0", dtls: "127.0.0.1:0", keys: {keys}}}
mqtt:
  url: "mqtts://localhost:{self.mqtt_port}"
  ca: {tls}/ca.pem
  cert: {tls}/{NAME}.pem
  key: {tls}/{NAME}.key
rules:
  packs: [{", ".join(map(str, self.packs))}]
  assignments: {self.assignments}
clock: {{trust: always}}
turn: {{linger: 20ms}}
control: {{socket: {self.socket}}}
""")
        self._start("outriderd", [str(PROGRAMS / "outriderd"), "--config", str(self.folder / "outrider.yaml")])
        self.status = wait_for("outriderd", self._status_when_up, STARTING_S)
        wait_for("the console", lambda: any(e["kind"] == "status" for e in list(self.events)), STARTING_S)

    def _status_when_up(self):
        if self.processes[-1].poll() is not None:
            raise RuntimeError(f"outriderd ended with {self.processes[-1].poll()}:\n" + self.log("outriderd"))
        try:
            status = self.ask_status()
        except OSError:
            return None
        return status if status["link"]["up"] else None

    def ask_status(self):
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(STARTING_S)
            client.connect(str(self.socket))
            client.sendall(b'{"do":"status"}\n')
            answer = b""
            while not answer.endswith(b"\n"):
                more = client.recv(65536)
                if not more:
                    raise OSError("closed")
                answer += more
        return json.loads(answer)

    def feed(self, recording, map_file, options=()):
        """Returns the exit code, the summary and what was said about rows."""
        coap = self.status["coap"]
        to = (["--to", f"coaps://127.0.0.1:{coap['dtls_port']}", "--keys", str(self.folder / "keys")] if self.dtls
              else ["--to", f"coap://127.0.0.1:{coap['udp_port']}"])
        done = subprocess.run([str(PROGRAMS / "outrider"), "feed", str(recording), "--map", str(map_file), "--json",
                               *to, *options], capture_output=True, text=True, timeout=600)
        if not done.stdout:
            raise RuntimeError(f"outrider feed: exit {done.returncode}: {done.stderr}")
        return done.returncode, json.loads(done.stdout), done.stderr

    def heard(self):
        """Of what the gateway counts as published: not its presence and health, which no outbox keeps."""
        return sum(event["kind"] != "status" or event["what"] not in ("online", "health") for event in list(self.events))

    def settle(self):
        """Waits until the gateway has told everything and the console has heard it. Returns the last status."""
        deadline = time.monotonic() + SETTLING_S
        seen = None
        since = time.monotonic()
        while time.monotonic() < deadline:
            status = self.ask_status()
            now = (status["driver"]["readings"], status["driver"]["published"], status["outbox"], len(self.events))
            if now != seen or status["outbox"] > 0:
                seen = now
                since = time.monotonic()
            elif time.monotonic() - since >= (QUIET_S if self.heard() >= now[1] else QUIET_LONG_S):
                return status
            time.sleep(0.05)
        raise RuntimeError(f"the gateway does not come to rest: {seen}\n" + self.log("outriderd"))
