#!/usr/bin/env python3
"""`outrider top` in a terminal, seen through tmux: trouble first, a case with its curve, keys, sizes, a broker that goes."""
import os
import shutil
import subprocess
import sys
import time

from orders import Key, prepared
from station import GROUP, LIMIT_S, NAME, PROGRAMS, Device, Station, check, mosquitto, wait_for

TMUX = shutil.which("tmux")


class Terminal:
    def __init__(self, station, columns, lines, words=""):
        self.socket = str(station.folder / f"tmux-{time.monotonic_ns()}")
        command = (f"{PROGRAMS}/outrider top --broker mqtts://localhost:{station.mqtt_port} --ca {station.tls}/ca.pem "
                   f"--cert {station.tls}/console.pem --key {station.tls}/console.key {words}; echo ended $?; sleep 60")
        self.tmux("-f", "/dev/null", "new-session", "-d", "-s", "top", "-x", str(columns), "-y", str(lines), command)

    def tmux(self, *words):
        done = subprocess.run([TMUX, "-S", self.socket, *words], capture_output=True, text=True, timeout=LIMIT_S,
                              env={**os.environ, "TERM": "xterm", "LC_ALL": "C.UTF-8"})
        check(done.returncode == 0, f"tmux {words}: {done.stderr}")
        return done.stdout

    def screen(self):
        return self.tmux("capture-pane", "-p", "-t", "top")

    def press(self, *keys):
        self.tmux("send-keys", "-t", "top", *keys)

    def wait(self, what, *texts):
        try:
            wait_for(what, lambda: all(text in self.screen() for text in texts), LIMIT_S)
        except RuntimeError:
            print(self.screen(), file=sys.stderr)
            raise
        return self.screen()

    def end(self):
        self.tmux("kill-server")


def report(station, device, shock, at):
    sender = Device(device, station.udp_port)
    check(sender.upload(float(shock), at) == 204, "the reading is not taken")
    sender.close()


def look(station, terminal):
    text = terminal.wait("the first screen", "GATEWAYS IN TROUBLE", "1 gateways, 0 offline", "ALARMS")
    lines = text.splitlines()
    check(len(lines) == 24 and max(map(len, lines)) <= 80, f"{len(lines)} lines:\n{text}")
    now = time.time()
    for i in range(30):
        report(station, "d1", 0.1 * i, now - 3600 + 100 * i)
    report(station, "d1", 9, now)
    text = terminal.wait("the alarm", "! ", "unacknowledged", "Drop", "box-1", f"{GROUP}/{NAME}", "1 unacknowledged")
    terminal.press("Enter")
    text = terminal.wait("the case", "[case]", "WHAT HAPPENED", "began Drop", "shock of d1")
    check(any(0x2800 < ord(c) < 0x2900 for c in text), f"no curve:\n{text}")
    terminal.press("a")  # the ticket is chosen
    terminal.wait("that no alarm is chosen", "choose an alarm first")
    terminal.press("q", "3")
    terminal.wait("the alarms", "[3 alarms]", "unacknowledged")
    terminal.press("a")
    terminal.wait("the question", "acknowledge Drop on box-1? press the key again")
    terminal.press("x")
    terminal.press("a")
    terminal.press("a")
    terminal.wait("that orders are signed", "orders are signed")
    terminal.press("6")
    terminal.wait("the news", "[6 news]", "alarm raised Drop on box-1")
    terminal.press("C-c")
    terminal.wait("the end", "ended 0")


def order(station, terminal):
    """By the operator's key: acknowledged, then shelved, each asked twice."""
    terminal.wait("the alarm", "unacknowledged", "Drop")
    terminal.press("3", "a", "a")
    terminal.wait("that it is done", "ok, 1 alarm(s) changed")
    terminal.wait("the alarm acknowledged", "medium   acknowledged   Drop")
    check(station.ask("alarms")["alarms"][0]["state"] == "acknowledged", "the gateway says otherwise")
    terminal.press("s")
    terminal.wait("the question", "shelve for 1 h: Drop on box-1?")
    terminal.press("s")
    terminal.wait("the shelf", "shelved        Drop")


def sizes(station, terminal):
    terminal.press("2")
    terminal.wait("the fleet", "[2 fleet]", "online", "0.1.0")

    terminal.tmux("resize-window", "-t", "top", "-x", "120", "-y", "40")
    terminal.press("3")
    text = terminal.wait("the larger screen", "[3 alarms]")
    wait_for("40 lines", lambda: len(terminal.screen().splitlines()) == 40 and "1-6 pages" in terminal.screen().splitlines()[39], LIMIT_S)
    terminal.tmux("resize-window", "-t", "top", "-x", "60", "-y", "20")
    terminal.wait("that it is too small", "at least 80x24")
    terminal.tmux("resize-window", "-t", "top", "-x", "80", "-y", "24")
    terminal.wait("the screen again", "[3 alarms]", "acknowledged")

    station.end("mosquitto")
    terminal.wait("that the broker is gone", "NOT CONNECTED")
    station.start_broker()
    wait_for("the connection", lambda: "NOT CONNECTED" not in terminal.screen(), 2 * LIMIT_S)
    station.end("outriderd")
    terminal.press("1")
    terminal.wait("that the gateway is gone", "1 offline", "OFFLINE")
    terminal.press("q")
    terminal.wait("the end", "ended 0")


def main():
    if mosquitto() is None or TMUX is None:
        print("mosquitto or tmux is missing")
        sys.exit(77)
    with Station({"box-1": "d1"}) as station:
        prepared(station)
        key = Key(station, "kim", "operator")
        station.start_broker()
        station.start_daemon()
        station.wait_link()
        for parts, words in (((look,), ""), ((order, sizes), f"--as {key.file}")):
            terminal = Terminal(station, 80, 24, words)
            try:
                for part in parts:
                    part(station, terminal)
            finally:
                terminal.end()


main()
