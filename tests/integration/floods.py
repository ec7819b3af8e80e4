#!/usr/bin/env python3
"""Floods: handshakes that never end, names without end, uploads that are too large, too slow or too many, a broker that
talks garbage. In each of them a device that behaves is answered, and its alarm goes out.

OUTRIDER_LONG=1 sends a hundred times as much."""
import json
import os
import secrets
import select
import socket
import ssl
import struct
import subprocess
import threading
import time

from station import GROUP, LIMIT_S, NAME, SLOW, Device, Station, check, free_port, run, wait_for

LONG = 100 if os.environ.get("OUTRIDER_LONG") == "1" else 1
START = 1_700_000_000
COMMAND = f"outrider/v1/{GROUP}/{NAME}/command"


def started(station, config=""):
    text = station.config.read_text()
    station.config.write_text(text.replace("coap: {", "coap: {" + config))
    station.start_broker()
    station.start_console()
    station.start_daemon()
    station.wait_link()
    station.wait_events(1, kind="status", what="online")


class Witness:
    """A device that behaves: each of its shocks is one more alarm, and it says how long that took."""

    def __init__(self, station, name="d1"):
        self.station = station
        self.device = Device(name, station.udp_port)
        self.at = START
        self.count = 0
        self.worst_s = 0.0

    def is_heard(self):
        began = time.monotonic()
        for value in (9.0, 1.0):
            check(self.device.upload(value, self.at) == 204, "a device that behaves is not acknowledged")
            self.at += 1
        self.count += 1
        self.station.wait_events(self.count, kind="alarm", what="raised")
        self.worst_s = max(self.worst_s, time.monotonic() - began)

    def says(self, text):
        print(f"  {text}; {self.count} alarms meanwhile, the slowest out in {self.worst_s * 1000:.0f} ms", flush=True)


def memory_kib(station):
    with open(f"/proc/{station.processes['outriderd'].pid}/smaps_rollup", encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("Pss:"))


# ---- DTLS 1.2 by hand (RFC 6347)

def record(kind, sequence, body):
    return struct.pack("!BHHIHH", kind, 0xFEFD, 0, sequence >> 16, sequence & 0xFFFF, len(body)) + body


def handshake(kind, sequence, body):
    size = struct.pack("!I", len(body))[1:]
    return bytes([kind]) + size + struct.pack("!H", sequence) + b"\0\0\0" + size + body


def hello(random, cookie, sequence):
    suites = struct.pack("!HHHH", 0xC0A8, 0x00A8, 0x00AE, 0xC0A4)  # with a shared key
    body = b"\xfe\xfd" + random + b"\0" + bytes([len(cookie)]) + cookie + struct.pack("!H", len(suites)) + suites + b"\1\0"
    return record(22, sequence, handshake(1, sequence, body))


def begin_handshake(port, identity):
    """One of more than OTR_LIMIT_HANDSHAKES, where the flood is long. Goes as far as naming itself, and no further. Where it came: hello, cookie or key."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.bind((f"127.0.{secrets.randbelow(250)}.{1 + secrets.randbelow(250)}", 0))
        client.connect(("127.0.0.1", port))
        random = secrets.token_bytes(32)
        client.send(hello(random, b"", 0))
        if identity is None or not select.select([client], [], [], 0.2)[0]:
            return "hello"
        answer = client.recv(2048)
        if answer[13] != 3:  # no HelloVerifyRequest
            return "hello"
        size = answer[27]
        client.send(hello(random, answer[28:28 + size], 1))
        if not select.select([client], [], [], 0.2)[0]:
            return "cookie"
        client.recv(2048)
        name = identity.encode()
        client.send(record(22, 2, handshake(16, 2, struct.pack("!H", len(name)) + name)))
        return "key"


def shaken_hands(station, identity, key):
    """One upload of a device with its key, by a client that is not ours; the client takes its key as text."""
    program = subprocess.run(
        ["coap-client-openssl", "-m", "post", "-t", "110", "-B", str(LIMIT_S), "-u", identity, "-k", key, "-e",
         '[{"bn":"%s/","n":"shock","u":"g","v":9,"t":%d}]' % (identity, START),
         f"coaps://127.0.0.1:{station.dtls_port}/r"], capture_output=True, text=True, timeout=LIMIT_S * 2)
    return not (program.stdout + program.stderr).strip()  # it says only what went wrong


def handshakes_that_never_end_keep_nobody_out():
    with Station({"a1": "d1", "a2": "d2"}) as station:
        key = secrets.token_hex(8)  # as the client takes it
        (station.keys / "d2.psk").write_text(key.encode().hex() + "\n")
        (station.keys / "d2.psk").chmod(0o600)
        started(station, "sessions_max: 200, ")
        witness = Witness(station)
        witness.is_heard()
        before = memory_kib(station)
        reached = {"hello": 0, "cookie": 0, "key": 0}
        ended = threading.Event()
        until = time.monotonic() + (60 if LONG > 1 else LIMIT_S)

        def flood():
            while not ended.is_set() and (LONG > 1 or sum(reached.values()) < 1000):
                name = None if secrets.randbelow(2) else "x" + secrets.token_hex(8)
                reached[begin_handshake(station.dtls_port, name)] += 1

        threads = [threading.Thread(target=flood, daemon=True) for _ in range(2)]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads) and time.monotonic() < until:
            witness.is_heard()
        # while it goes on, a new handshake has a place by chance: the device tries until it has
        wait_for("a device with its key", lambda: shaken_hands(station, "d2", key), LIMIT_S * (20 if LONG > 1 else 1))
        ended.set()
        for thread in threads:
            thread.join()
        station.wait_events(1, kind="alarm", what="raised", asset="a2")
        status = station.status()["coap"]
        witness.says(f"{reached}, {memory_kib(station) - before} KiB more")
        check(status["handshakes_refused"] > 0, f"nothing of it is counted: {status}")
        # a sanitizer keeps what was freed
        check(memory_kib(station) - before < 32 * 1024 or SLOW > 1, "the flood fills the memory")


# ---- CoAP by hand (RFC 7252, RFC 7959)

def option_uint(delta, value):
    data = value.to_bytes((value.bit_length() + 7) // 8, "big")
    return (bytes([delta << 4 | len(data)]) if delta < 13 else bytes([0xD0 | len(data), delta - 13])) + data


def post(message_id, token, body, block=None):
    options = b"\xb1r" + option_uint(1, 110)
    if block is not None:
        options += option_uint(27 - 12, block)
    return struct.pack("!BBH", 0x44, 0x02, message_id & 0xFFFF) + token + options + b"\xff" + body


def code_of(answer):
    return (answer[1] >> 5) * 100 + (answer[1] & 31)


def ask(client, datagram):
    """The code of the answer, or None when none came in a while."""
    for _ in range(4):
        client.send(datagram)
        while select.select([client], [], [], LIMIT_S / 4)[0]:
            answer = client.recv(2048)
            if answer[2:4] == datagram[2:4] and answer[1] != 0:
                return code_of(answer)
    return None


def plain(station):
    client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    client.bind(("127.0.0.1", 0))
    client.connect(("127.0.0.1", station.udp_port))
    return client


def names_without_end_take_no_room_from_devices_that_are_awaited():
    with Station({"a1": "d1", "a2": "late"}) as station:
        started(station)
        witness = Witness(station)
        witness.is_heard()
        before = memory_kib(station)
        count = 1000 * LONG
        codes = {}
        with plain(station) as client:
            client.settimeout(LIMIT_S)
            window = 0
            for index in range(count):
                body = b'[{"bn":"n%d/","n":"shock","u":"g","v":1}]' % index
                client.send(post(index, struct.pack("!I", index), body))
                window += 1
                while window > 100 or (index == count - 1 and window > 0):
                    try:
                        code = code_of(client.recv(2048))
                        codes[code] = codes.get(code, 0) + 1
                        window -= 1
                    except TimeoutError:
                        window = 0  # the kernel dropped some
                if index % (count // 4) == 0:
                    witness.is_heard()
        witness.is_heard()
        late = Device("late", station.udp_port)
        check(late.upload(9.0, START) == 204, "a device that an asset waits for found no place")
        station.wait_events(1, kind="alarm", what="raised", asset="a2")
        grown = memory_kib(station) - before
        witness.says(f"{count} names answered {codes}, {grown} KiB more")
        check(set(codes) <= {204, 403}, f"answers {codes}")
        check(LONG == 1 or codes.get(403, 0) > count - 65536 - 1000, f"{codes} of {count}")
        check(grown < 128 * 1024 * SLOW, "names fill the memory")
        if LONG > 1:  # it looks once a minute
            wait_for("health", lambda: any("the names of devices run out" in json.dumps(event)
                                           for event in station.distinct(kind="status", what="health")), 120)


def uploads_that_are_too_large_or_never_end_hold_up_nobody():
    with Station({"a1": "d1"}) as station:
        started(station)
        witness = Witness(station)
        witness.is_heard()
        kib = b"x" * 1024
        with plain(station) as client:  # 1 MiB, block after block, without saying so before
            for number in range(1024):
                code = ask(client, post(number, b"aaaa", kib, number << 4 | 8 | 6))
                if code != 231:
                    break
            check((number, code) == (64, 413), f"block {number} of 1 MiB is answered {code}")
        witness.is_heard()
        with plain(station) as client:  # one datagram as large as there are
            client.send(post(1, b"aaaa", b"x" * 65000))
        slow = [plain(station) for _ in range(100)]  # each begins and then waits
        began = time.monotonic()
        codes = [ask(client, post(1, b"aaaa", kib, 8 | 6)) for client in slow]
        witness.is_heard()
        with plain(station) as client:
            codes.append(ask(client, post(1, b"bbbb", kib, 8 | 6)))
        in_time = time.monotonic() - began < 15  # then the longest silent one gives way
        check(not in_time or codes == [231] * 64 + [503] * 37, f"{codes}")
        for client in slow:
            client.close()
        witness.is_heard()
        witness.says("64 uploads stand still, what comes in one message passes them")
        refused = station.status()["coap"]["blockwise_refused"]
        check(refused == 1 + codes.count(503), f"{refused} are counted as refused")


def a_device_that_runs_wild_is_told_to_wait_and_loses_nothing():
    with Station({"a1": "d1", "a2": "wild"}) as station:
        started(station, "device_rate: 60, ")
        witness = Witness(station)
        witness.is_heard()
        wild = Device("wild", station.udp_port)
        codes = {}
        for index in range(500 * LONG):
            code = wild.upload(1.0, START + index)
            codes[code] = codes.get(code, 0) + 1
            if code == 429:
                check((14, b"\1") in wild.options, f"no Max-Age of a second: {wild.options}")
            if index % (100 * LONG) == 0:
                witness.is_heard()
        check(set(codes) == {204, 429} and codes[204] >= 60, f"{codes}")
        for value, at in ((9.0, 1), (1.0, 2), (9.0, 3)):  # what it has yet to say, waiting when it is told to
            while (code := wild.upload(value, START + 500 * LONG + at)) == 429:
                time.sleep(1)
            check(code == 204, f"answered {code}")
        station.wait_events(2, kind="alarm", what="raised", asset="a2")
        status = station.status()["driver"]
        witness.says(f"{codes}")
        check(status["requests_too_fast"] >= codes[429], f"counted: {status['requests_too_fast']}")
        check(station.log("outriderd").count("event=device_too_fast") == 1, "the log does not say it once")


# ---- MQTT by hand

def varint(value):
    out = b""
    while True:
        out += bytes([value & 127 | (128 if value > 127 else 0)])
        value >>= 7
        if value == 0:
            return out


def packet(kind, body):
    return bytes([kind]) + varint(len(body)) + body


def publish(topic, payload, flags=0, identifier=7):
    name = topic.encode()
    head = struct.pack("!H", len(name)) + name + (struct.pack("!H", identifier) if flags & 6 else b"") + b"\0"
    return packet(0x30 | flags, head + payload)


class RudeBroker:
    """In front of the station's broker. What it says between the packets of that one is the test's to choose."""

    def __init__(self, station):
        self.station = station
        self.port = free_port()
        self.rudeness = []
        self.said = 0
        self.context = ssl.create_default_context(cafile=station.tls / "ca.pem")
        self.context.load_cert_chain(station.tls / f"{NAME}.pem", station.tls / f"{NAME}.key")
        self.socket = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            client, _ = self.socket.accept()
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        try:
            with client, self.context.wrap_socket(socket.create_connection(("127.0.0.1", self.station.mqtt_port)),
                                                  server_hostname="localhost") as broker:
                threading.Thread(target=self._up, args=(client, broker), daemon=True).start()
                self._down(broker.makefile("rb"), client)
        except OSError:
            pass

    @staticmethod
    def _up(client, broker):
        try:
            while data := client.recv(65536):
                broker.sendall(data)
            broker.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

    def _down(self, broker, client):
        """Whole packets, so that something may be said between two of them."""
        while head := broker.read(1):
            size = shift = 0
            digits = b""
            while True:
                digit = broker.read(1)
                digits += digit
                size |= (digit[0] & 127) << shift
                shift += 7
                if digit[0] < 128:
                    break
            client.sendall(head + digits + broker.read(size))
            if self.rudeness:
                client.sendall(self.rudeness.pop(0))
                self.said += 1


def a_broker_that_talks_garbage_changes_nothing():
    deep = b'{"do":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    huge = b'{"signed":"' + b"A" * (1 << 20) + b'"}'
    words = [
        *(publish(COMMAND, text, flags) for flags in (0, 1, 3) for text in (b"", b"\0\xff", deep, huge, b"[" * 60_000)),
        publish("$SYS/x", b"{}"), publish("spBv1.0/x", huge), publish("", b"{}"), publish("outrider/#", b"{}"),
        publish(COMMAND, b"{}", 4, 9),  # QoS 2
        packet(0x40, struct.pack("!H", 60_000)), packet(0x90, b"\0\1\0\0"),  # of what never was
    ]
    fatal = [b"\0" * 64, b"\xff" * 64, packet(0x30, b"\xff\xff"), publish(COMMAND, b"{}", 6), b"\x30\xff\xff\xff\xff\xff", packet(0x20, b"\0\0\0")]
    if LONG > 1:
        fatal += [bytes(range(17, 250)), packet(0xE0, b"\x8e")]  # after which it may wait until the keep-alive
    with Station({"a1": "d1"}) as station:
        broker = RudeBroker(station)
        text = station.config.read_text()
        station.config.write_text(text.replace(f"mqtts://localhost:{station.mqtt_port}",
                                               f"mqtt://127.0.0.1:{broker.port}")
                                  .replace("  reconnect_min", "  keepalive: 5s\n  reconnect_min"))
        started(station)
        witness = Witness(station)
        witness.is_heard()
        before = memory_kib(station)
        for _ in range(1 if LONG == 1 else 20):
            broker.rudeness += words
            wait_for("garbage between packets", lambda: (witness.is_heard(), not broker.rudeness)[1], LIMIT_S * 4)
        for word in fatal:
            broker.rudeness.append(word)
            wait_for("a word that ends the connection", lambda: (witness.is_heard(), not broker.rudeness)[1], LIMIT_S)
            witness.is_heard()
        grown = memory_kib(station) - before
        witness.says(f"{broker.said} rude words, {station.log('outriderd').count('event=mqtt_down')} lost connections, "
                     f"{grown} KiB more")
        check(grown < 32 * 1024 * SLOW, "garbage fills the memory")
        station.wait_outbox_empty()
        check(len(station.distinct(kind="alarm", what="raised")) == witness.count, "an alarm came twice or never")


if __name__ == "__main__":
    run(handshakes_that_never_end_keep_nobody_out,
        names_without_end_take_no_room_from_devices_that_are_awaited,
        uploads_that_are_too_large_or_never_end_hold_up_nobody,
        a_device_that_runs_wild_is_told_to_wait_and_loses_nothing,
        a_broker_that_talks_garbage_changes_nothing)
