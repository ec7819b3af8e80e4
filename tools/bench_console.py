"""A fleet as a broker keeps it, and how a console bears it: 1,000 gateways, 50,000 assets, 2,000 alarms, and changes."""
import hashlib
import json
import pathlib
import shutil
import socket
import statistics
import subprocess
import threading
import time

GATEWAYS, ASSETS, ALARMS, CHANGES_PER_S = 1000, 50000, 2000, 500
AT = "2024-05-01T12:00:00Z"


def _string(text):
    return len(text).to_bytes(2, "big") + text


def _size(number):
    out = b""
    while True:
        number, low = number >> 7, number & 0x7F
        out += bytes([low | (0x80 if number else 0)])
        if not number:
            return out


class Publisher:
    """As much of MQTT 5 as retained messages of QoS 0 need."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port))
        body = _string(b"MQTT") + b"\x05\x02\x00\x00\x00" + _string(b"fleet")
        self.socket.sendall(b"\x10" + _size(len(body)) + body)
        if self.socket.recv(64)[:1] != b"\x20":
            raise RuntimeError("the broker takes no connection")

    def put(self, topic, event):
        properties = b"\x03" + _string(b"application/json")
        body = _string(topic.encode()) + _size(len(properties)) + properties + json.dumps(event).encode()
        self.socket.sendall(b"\x31" + _size(len(body)) + body)


def _id(*words):
    return hashlib.sha256(repr(words).encode()).hexdigest()[:32]


def _event(kind, what, entity, **more):
    facts = [{"name": name, "value": value} for name, value in more.pop("facts", {}).items()]
    return {"kind": kind, "what": what, "event": _id(entity, what, time.monotonic_ns()), "entity": entity, "revision": 1,
            "decided": AT, "facts": facts, **more}


def _alarm(publisher, number, state):
    gateway, entity = f"gw-{number % GATEWAYS}", _id("alarm", number)
    publisher.put(f"outrider/v1/depot/{gateway}/alarm/{entity}",
                  _event("alarm", "raised", entity, alarm=entity, priority="high", rule="TooWarm", asset=f"asset-{number}", raised=AT,
                         onset=AT, facts={"state": state}))


def _asset(publisher, number, degrees):
    publisher.put(f"outrider/v1/depot/gw-{number % GATEWAYS}/view/asset-{number}",
                  _event("view", "updated", _id("view", number), asset=f"asset-{number}",
                         facts={"temperature": f"{degrees} °C", "place": "dock 3", "at": AT}))


def fill(port):
    publisher = Publisher(port)
    for number in range(GATEWAYS):
        topic = f"outrider/v1/depot/gw-{number}/status"
        publisher.put(topic, _event("status", "offline" if number % 50 == 0 else "online", _id("status", number)))
        publisher.put(f"{topic}/health", _event("status", "health", _id("health", number),
                                                facts={"health": "ok", "version": "1.2.3", "devices": "50", "buffer.hours": "900",
                                                       "certificate.days": "80"}))
    for number in range(ALARMS):
        _alarm(publisher, number, "unacknowledged" if number % 2 else "acknowledged")
    for number in range(ASSETS):
        _asset(publisher, number, number % 20)
    return publisher


class Terminal:
    def __init__(self, folder, command):
        self.base = ["tmux", "-S", str(folder / "tmux")]
        subprocess.run([*self.base, "-f", "/dev/null", "new-session", "-d", "-s", "top", "-x", "120", "-y", "40", command],
                       check=True)

    def screen(self):
        return subprocess.run([*self.base, "capture-pane", "-p", "-t", "top"], check=True, capture_output=True, text=True).stdout

    def until(self, text, limit_s=60):
        begun = time.monotonic()
        while text not in self.screen():
            if time.monotonic() - begun > limit_s:
                raise RuntimeError(f"the screen does not show {text}:\n{self.screen()}")
            time.sleep(0.002)
        return time.monotonic() - begun

    def press(self, key):
        subprocess.run([*self.base, "send-keys", "-t", "top", key], check=True)

    def end(self):
        subprocess.run([*self.base, "kill-server"], check=False, capture_output=True)


def measure(programs, folder, port, mosquitto):
    """{figure: value}; the broker listens on the port, plain, on loopback."""
    folder = pathlib.Path(folder)
    conf = folder / "console.conf"
    conf.write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\nmax_queued_messages 0\npersistence false\n")
    broker = subprocess.Popen([mosquitto, "-c", conf], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    stop = threading.Event()
    terminal = None
    try:
        for _ in range(100):
            try:
                publisher = fill(port)
                break
            except ConnectionRefusedError:
                time.sleep(0.05)
        url = f"mqtt://localhost:{port}"
        begun = time.monotonic()
        done = subprocess.run([programs / "outrider", "fleet", "--broker", url, "--quiet", "0.2", "--json"], check=True,
                              capture_output=True, text=True)
        took = time.monotonic() - begun - 0.2
        if len(json.loads(done.stdout)["gateways"]) != GATEWAYS:
            raise RuntimeError("gateways are missing")
        figures = {"console_fleet_s": took}
        if shutil.which("tmux") is None:
            return figures
        terminal = Terminal(folder, f"LC_ALL=C.UTF-8 {programs}/outrider top --broker {url}")
        figures["console_top_full_s"] = terminal.until(f"{GATEWAYS} gateways, {GATEWAYS // 50} offline  {ALARMS} alarms")

        def change():
            number = 0
            while not stop.is_set():
                for _ in range(CHANGES_PER_S // 50):
                    number += 1
                    _alarm(publisher, number % ALARMS, "unacknowledged" if number % 3 else "acknowledged")
                    _asset(publisher, number % ASSETS, number % 20)
                time.sleep(0.02)

        threading.Thread(target=change, daemon=True).start()
        keys = []
        for _ in range(10):
            for key, shows in (("5", "[5 assets]"), ("3", "[3 alarms]"), ("1", "[1 trouble]"), ("2", "[2 fleet]")):
                begun = time.monotonic()
                terminal.press(key)
                terminal.until(shows)
                keys.append(1000 * (time.monotonic() - begun))
        figures["console_key_ms"] = statistics.median(keys)
        figures["console_key_max_ms"] = max(keys)
        return figures
    finally:
        stop.set()
        if terminal is not None:
            terminal.end()
        broker.terminate()
        broker.wait()
