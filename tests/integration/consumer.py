"""A consumer of service events that lives as long as its test: it comes back to the next of its brokers whenever a connection
ends, and its session waits for it there.

MQTT 3.1.1 by hand, QoS 1, on purpose nobody's library: it reads on after a broken write, so that what a dying broker had sent
still counts, and it acknowledges only what it keeps.
"""
import json
import socket
import ssl
import struct
import threading
import time

from station import LIMIT_S, SLOW, wait_for

CONNECT, CONNACK, PUBLISH, PUBACK, SUBSCRIBE, SUBACK, PINGREQ, DISCONNECT = 1, 2, 3, 4, 8, 9, 12, 14
KEEPALIVE_S = 10 * SLOW


def text(value):
    data = value.encode()
    return struct.pack("!H", len(data)) + data


def packet(kind, body, flags=0):
    size, out = len(body), bytearray([kind << 4 | flags])
    while True:
        size, digit = size >> 7, size & 127
        out.append(digit | (128 if size else 0))
        if not size:
            return bytes(out) + body


def take_packet(data):
    """(kind, flags, body) from the begin of data, which loses it; None when it is not whole."""
    size = shift = 0
    for at in range(1, min(5, len(data))):
        size |= (data[at] & 127) << shift
        shift += 7
        if data[at] < 128:
            end = at + 1 + size
            if len(data) < end:
                return None
            found = data[0] >> 4, data[0] & 15, bytes(data[at + 1:end])
            del data[:end]
            return found
    return None


class Consumer(threading.Thread):
    """servers: (host, port); tls: folder with ca.pem and NAME.pem, NAME.key. messages: (topic, payload, retained, server)."""

    def __init__(self, servers, tls, name, filters, certificate="console", clean=False):
        super().__init__(daemon=True)
        self.servers = servers
        self.name_at_broker = name
        self.filters = filters
        self.clean = clean
        self.context = ssl.create_default_context(cafile=tls / "ca.pem")
        self.context.load_cert_chain(tls / f"{certificate}.pem", tls / f"{certificate}.key")
        self.messages = []
        self.turn = 0
        self.sessions = 0  # subscribed so often
        self.up = False
        self.running = True
        self.socket = None
        self.trouble = None

    def wait_up(self, sessions=1):
        wait_for(f"{self.name_at_broker} subscribed", lambda: self.up and self.sessions >= sessions, LIMIT_S * 2)

    def run(self):
        while self.running:
            try:
                self._session()
            except (OSError, ValueError) as problem:
                self.trouble = problem
            self.up = False
            self.turn += 1
            if self.running:
                time.sleep(0.1)

    def stop(self, forget=False):
        """forget: the broker has no session of it any more."""
        self.running = False
        if forget and self.up:
            self.clean = True
            self.break_off()
            self.join(LIMIT_S)
            self._session_once()
            return
        self.break_off()
        self.join(LIMIT_S)

    def break_off(self):
        """Its connection breaks, whatever is on it."""
        line = self.socket
        if line is not None:
            try:
                line.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def _open(self):
        host, port = self.servers[self.turn % len(self.servers)]
        plain = socket.create_connection((host, port), timeout=5 * SLOW)
        line = self.context.wrap_socket(plain, server_hostname=host)
        flags = 2 if self.clean else 0
        line.sendall(packet(CONNECT, text("MQTT") + bytes([4, flags]) + struct.pack("!H", KEEPALIVE_S) +
                            text(self.name_at_broker)))
        return line

    def _session_once(self):
        try:
            line = self._open()
            line.recv(4)
            line.sendall(packet(DISCONNECT, b""))
            line.close()
        except OSError:
            pass

    def _session(self):
        line = self._open()
        self.socket = line
        try:
            self._serve(line)
        finally:
            self.socket = None
            line.close()

    def _write(self, line, data):
        try:
            line.sendall(data)
        except OSError as problem:  # what it had sent before is still to be read
            self.trouble = problem

    def _serve(self, line):
        line.settimeout(KEEPALIVE_S / 4)
        data, heard, asked = bytearray(), time.monotonic(), time.monotonic()
        while self.running:
            now = time.monotonic()
            if now - heard > KEEPALIVE_S * 1.5:
                return
            if now - asked > KEEPALIVE_S / 2:
                self._write(line, packet(PINGREQ, b""))
                asked = now
            try:
                more = line.recv(65536)
            except TimeoutError:
                continue
            if not more:
                return
            heard = time.monotonic()
            data += more
            while (found := take_packet(data)) is not None:
                self._handle(line, *found)

    def _handle(self, line, kind, flags, body):
        if kind == CONNACK:
            if body[1] != 0:
                raise ValueError(f"refused with {body[1]}")
            asked = b"".join(text(f) + b"\x01" for f in self.filters)
            self._write(line, packet(SUBSCRIBE, b"\x00\x01" + asked, 2))
        elif kind == SUBACK:
            if any(code > 1 for code in body[2:]):
                raise ValueError(f"a subscription is refused: {body[2:]}")
            self.sessions += 1
            self.up = True
        elif kind == PUBLISH:
            size = struct.unpack("!H", body[:2])[0]
            rest = body[2 + size:]
            qos = flags >> 1 & 3
            payload = rest[2:] if qos else rest
            self.messages.append((body[2:2 + size].decode(), payload, bool(flags & 1), self.turn % len(self.servers)))
            if qos:
                self._write(line, packet(PUBACK, rest[:2]))

    def events(self):
        """What was heard as {id: [event, ...]}, in JSON, whichever MQTT the gateway spoke."""
        found = {}
        for _, payload, _, _ in list(self.messages):
            if payload:
                said = json.loads(payload)
                event = said["data"] if "specversion" in said else said
                if "specversion" in said and said["id"] != event["event"]:
                    raise ValueError(f"id {said['id']} of event {event['event']}")
                found.setdefault(event["event"], []).append(event)
        return found
