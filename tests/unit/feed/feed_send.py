#!/usr/bin/env python3
"""outrider feed against a CoAP peer that answers late, twice, with 5.03, with 4.00, block by block, or not at all.

The peer speaks CoAP by itself so that it can misbehave; the real gateway is met in tests/field.
OUTRIDER_BIN names the folder of the programs.
"""
import json
import os
import pathlib
import re
import select
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
from ports import free_port  # noqa: E402

OUTRIDER = str(pathlib.Path(os.environ["OUTRIDER_BIN"]) / "outrider")
CON, ACK = 0, 2
CHANGED, CONTINUE, BAD, UNAVAILABLE = 0x44, 0x5F, 0x80, 0xA3
CONTENT_FORMAT, MAX_AGE, BLOCK1 = 12, 14, 27
MAP = """\
format: csv
device: {column: d}
time: {column: t, format: epoch_s}
metrics: {temperature: {column: v}}
"""


class Request:
    def __init__(self, datagram, address):
        self.address = address
        self.size = len(datagram)
        self.kind = datagram[0] >> 4 & 3
        self.code = datagram[1]
        self.mid = struct.unpack(">H", datagram[2:4])[0]
        length = datagram[0] & 15
        self.token = datagram[4:4 + length]
        self.options = {}
        at = 4 + length
        number = 0
        while at < len(datagram) and datagram[at] != 0xFF:
            delta, size = datagram[at] >> 4, datagram[at] & 15
            at += 1
            if delta == 13:
                delta, at = 13 + datagram[at], at + 1
            if size == 13:
                size, at = 13 + datagram[at], at + 1
            number += delta
            self.options[number] = datagram[at:at + size]
            at += size
        self.payload = datagram[at + 1:]
        self.at = time.monotonic()

    def number(self, option):
        return int.from_bytes(self.options.get(option, b""), "big")

    def values(self):
        return [r["v"] for r in json.loads(self.payload)]


def encode(kind, code, mid, token, options=(), payload=b""):
    out = bytes([0x40 | kind << 4 | len(token), code]) + struct.pack(">H", mid) + token
    last = 0
    for number, value in options:
        delta = number - last
        last = number
        out += bytes([(delta if delta < 13 else 13) << 4 | len(value)]) + (bytes([delta - 13]) if delta >= 13 else b"")
        out += value
    return out + (b"\xff" + payload if payload else b"")


class Peer:
    """Keeps every request; answer(peer, request, index) decides, by default 2.04."""

    def __init__(self, answer=None, port=0):
        self.answer = answer or (lambda peer, request, index: peer.reply(request, CHANGED))
        self.requests = []
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", port))
        self.port = self.socket.getsockname()[1]
        self.closing = False
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self):
        while not self.closing:
            if not select.select([self.socket], [], [], 0.05)[0]:
                continue
            request = Request(*self.socket.recvfrom(65536))
            if request.code == 0:
                continue
            self.requests.append(request)
            self.answer(self, request, len(self.requests) - 1)

    def reply(self, request, code, options=(), payload=b""):
        self.send(request, encode(ACK, code, request.mid, request.token, options, payload))

    def send(self, request, datagram):
        self.socket.sendto(datagram, request.address)

    def close(self):
        self.closing = True
        self.thread.join()
        self.socket.close()


class FeedTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="outrider-feed-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.map = self.folder / "map.yaml"
        self.map.write_text(MAP)

    def peer(self, answer=None, port=0):
        peer = Peer(answer, port)
        self.addCleanup(lambda: None if peer.closing else peer.close())
        return peer

    def recording(self, rows):
        path = self.folder / "rows.csv"
        path.write_text("d,t,v\n" + "".join(f"{d},{t},{v}\n" for d, t, v in rows))
        return path

    def feed(self, recording, port, *options, scheme="coap"):
        done = subprocess.run([OUTRIDER, "feed", str(recording), "--map", str(self.map), "--to",
                               f"{scheme}://127.0.0.1:{port}", "--format", "json", "--json", *options],
                              capture_output=True, text=True, timeout=120)
        return done.returncode, json.loads(done.stdout or "{}"), done.stderr

    def count(self, rows, device="a"):
        return [(device, 1500000000 + i, i) for i in range(rows)]

    def test_packs_fit_a_datagram_and_keep_the_order_of_each_device(self):
        peer = self.peer()
        rows = [(f"dev-{i % 3}", 1500000000 + i, i) for i in range(600)]
        code, summary, _ = self.feed(self.recording(rows), peer.port)
        self.assertEqual((code, summary["readings"], summary["devices"]), (0, 600, 3))
        self.assertEqual(summary["packs"], len(peer.requests))
        by_device = {}
        for request in peer.requests:
            self.assertEqual((request.kind, request.code, request.number(CONTENT_FORMAT)), (CON, 2, 110))
            self.assertLessEqual(request.size, 1060)
            by_device.setdefault(request.address, []).extend(request.values())
        self.assertEqual(sorted(by_device.values()), [list(range(d, 600, 3)) for d in range(3)])
        self.assertLess(len(peer.requests), 40)

    def test_the_next_pack_waits_for_the_acknowledgement(self):
        def later(peer, request, _):
            threading.Timer(0.15, peer.reply, (request, CHANGED)).start()

        peer = self.peer(later)
        code, _, _ = self.feed(self.recording(self.count(30)), peer.port, "--pack", "10")
        self.assertEqual((code, len(peer.requests)), (0, 3))
        self.assertGreaterEqual(peer.requests[1].at - peer.requests[0].at, 0.15)
        self.assertGreaterEqual(peer.requests[2].at - peer.requests[1].at, 0.15)

    def test_a_lost_acknowledgement_brings_the_same_message_again(self):
        peer = self.peer(lambda peer, request, index: peer.reply(request, CHANGED) if index > 0 else None)
        code, summary, _ = self.feed(self.recording(self.count(5)), peer.port)
        self.assertEqual((code, summary["packs"], len(peer.requests)), (0, 1, 2))
        first, second = peer.requests
        self.assertEqual((first.mid, first.token, first.payload), (second.mid, second.token, second.payload))

    def test_a_separate_response_acknowledges_too(self):
        def separate(peer, request, _):
            peer.send(request, encode(ACK, 0, request.mid, b""))
            threading.Timer(0.2, peer.send, (request, encode(CON, CHANGED, 77, request.token))).start()

        peer = self.peer(separate)
        code, summary, _ = self.feed(self.recording(self.count(5)), peer.port)
        self.assertEqual((code, summary["packs"], len(peer.requests)), (0, 1, 1))

    def test_pushed_back_it_waits_max_age_and_sends_the_pack_as_a_new_message(self):
        def full(peer, request, index):
            if index == 0:
                peer.reply(request, UNAVAILABLE, [(MAX_AGE, b"\x01")])
            else:
                peer.reply(request, CHANGED)

        peer = self.peer(full)
        code, summary, _ = self.feed(self.recording(self.count(5)), peer.port)
        self.assertEqual((code, summary["packs"], summary["pushed_back"], summary["rows_lost"]), (0, 1, 1, 0))
        first, second = peer.requests
        self.assertEqual(first.payload, second.payload)
        self.assertNotEqual(first.mid, second.mid)
        self.assertGreaterEqual(second.at - first.at, 1.0)

    def test_a_refused_pack_is_named_by_its_lines_and_the_rest_goes_on(self):
        def refuse(peer, request, index):
            peer.reply(request, *((BAD, (), b"record 3: no such unit") if index == 1 else (CHANGED,)))

        peer = self.peer(refuse)
        path = self.recording(self.count(30))
        code, summary, text = self.feed(path, peer.port, "--pack", "10")
        self.assertEqual((code, summary["packs"], summary["packs_refused"], summary["rows_lost"]), (1, 2, 1, 10))
        self.assertEqual(text, f"{path}:12-21: refused by the server, 4.00: record 3: no such unit\n")

    def test_a_large_pack_goes_block_by_block(self):
        body = bytearray()

        def blocks(peer, request, _):
            block = request.number(BLOCK1)
            self.assertEqual(len(body), (block >> 4) * (16 << (block & 7)))
            body.extend(request.payload)
            peer.reply(request, CONTINUE if block & 8 else CHANGED, [(BLOCK1, request.options.get(BLOCK1, b""))])

        peer = self.peer(blocks)
        code, summary, text = self.feed(self.recording(self.count(1000)), peer.port, "--pack", "1000")
        self.assertEqual((code, summary["packs"], text), (0, 1, ""))
        self.assertGreater(len(peer.requests), 5)
        self.assertEqual([r["v"] for r in json.loads(body)], list(range(1000)))

    def test_it_outlives_a_server_that_is_away_for_a_while(self):
        first = self.peer(lambda peer, request, index: peer.reply(request, CHANGED) if index < 3 else None, free_port())
        result = []
        path = self.recording(self.count(200))
        feeding = threading.Thread(target=lambda: result.append(self.feed(path, first.port, "--pack", "10")))
        feeding.start()
        deadline = time.monotonic() + 60
        while len(first.requests) < 4:
            self.assertLess(time.monotonic(), deadline, "the fourth pack does not come")
            time.sleep(0.01)
        first.close()
        time.sleep(3.5)  # a retransmission meets a closed port
        second = self.peer(port=first.port)
        feeding.join()
        self.assertEqual((result[0][0], result[0][1]["readings"]), (0, 200))
        values = [v for r in second.requests for v in r.values()]
        self.assertEqual(values, list(range(30, 200)))
        unanswered = first.requests[3]
        self.assertEqual((second.requests[0].mid, second.requests[0].token, second.requests[0].address),
                         (unanswered.mid, unanswered.token, unanswered.address))

    def test_it_gives_up_when_nobody_answers(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as closed:
            closed.bind(("127.0.0.1", 0))
            code, summary, text = self.feed(self.recording(self.count(5)), closed.getsockname()[1], "--give-up", "2s")
        self.assertEqual((code, summary["readings"]), (1, 0))
        self.assertIn("rows.csv:2-6: device a: no acknowledgement for 2s", text)

    def test_rebased_times_end_now_and_keep_their_distances(self):
        peer = self.peer()
        begin = time.time()
        code, _, _ = self.feed(self.recording([("a", 7, 0), ("a", 107.5, 1), ("a", 57, 2)]), peer.port, "--rebase")
        self.assertEqual(code, 0)
        base = 0
        times = []
        for record in json.loads(peer.requests[0].payload):
            base = record.get("bt", base)
            times.append(base + record.get("t", 0))
        self.assertTrue(begin - 1 <= times[1] <= time.time() + 1, f"{times[1]}, not now")
        self.assertAlmostEqual(times[1] - times[0], 100.5, delta=1e-4)
        self.assertAlmostEqual(times[2] - times[0], 50, delta=1e-4)

    def test_refused_rows_are_listed_up_to_twenty(self):
        peer = self.peer()
        path = self.recording([("a", 1500000000, "x" if i % 2 else i) for i in range(60)])
        code, summary, text = self.feed(path, peer.port)
        self.assertEqual((code, summary["rows"], summary["rows_refused"], summary["readings"]), (1, 60, 30, 30))
        lines = text.splitlines()
        self.assertEqual(len(lines), 21)
        self.assertEqual(lines[0], f'{path}:3: column v: a number expected, found "x"')
        self.assertEqual(lines[20], f"{path}: 10 more refusals not shown")

    def test_limit_and_device_hold(self):
        peer = self.peer()
        code, summary, _ = self.feed(self.recording(self.count(50)), peer.port, "--limit", "7", "--device", "other")
        self.assertEqual((code, summary["rows"], summary["readings"]), (0, 7, 7))
        self.assertIn(b"other", peer.requests[0].payload)

    def test_every_format_says_what_it_is(self):
        for name, number in (("json", 110), ("cbor", 112), ("protobuf", 65001)):
            peer = self.peer()
            self.assertEqual(self.feed(self.recording(self.count(3)), peer.port, "--format", name)[0], 0)
            self.assertEqual(peer.requests[0].number(CONTENT_FORMAT), number)

    def test_a_map_that_does_not_fit_is_named_with_its_place(self):
        path = self.folder / "other.csv"
        path.write_text("d,t,w\na,1500000000,1\n")
        code, _, text = self.feed(path, 9)
        self.assertEqual(code, 1)
        self.assertIn(f"{self.map}:4:33: the recording has no column \"v\"", text)

    def test_a_device_without_a_key_or_with_a_wrong_one_is_named(self):
        keys = self.folder / "keys"
        keys.mkdir(mode=0o700)
        subprocess.run([OUTRIDER, "enroll", "a", "--keys", str(keys)], check=True, stdout=subprocess.DEVNULL)
        port, secure = free_port(), free_port()
        while secure != port + 1:  # where the server listens for DTLS
            port, secure = secure, free_port()
        server = subprocess.Popen(["coap-server-openssl", "-A", "127.0.0.1", "-p", str(port), "-k", "another key"],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            time.sleep(0.5)
            rows = [("a", 1500000000, 1), ("b", 1500000000, 2)]
            code, summary, text = self.feed(self.recording(rows), secure, "--keys", str(keys), "--give-up", "5s",
                                            scheme="coaps")
        finally:
            server.terminate()
            server.wait()
        self.assertEqual((code, summary["readings"], summary["rows_lost"]), (1, 0, 2))
        self.assertRegex(text, "device a: (the server refuses its key|no acknowledgement for 5s)")
        self.assertRegex(text, "device b: .*key")


class MainTest(unittest.TestCase):
    def run_it(self, *arguments):
        done = subprocess.run([OUTRIDER, *arguments], capture_output=True, text=True, timeout=120)
        return done.returncode, done.stdout, done.stderr

    def test_an_unknown_verb_is_answered_with_the_nearest(self):
        code, _, text = self.run_it("fed")
        self.assertEqual(code, 2)
        self.assertIn("did you mean feed?", text)

    def test_version_and_help_end_with_0(self):
        self.assertRegex(self.run_it("--version")[1], r"^outrider \d+\.\d+\.\d+\n$")
        code, text, _ = self.run_it("--help")
        self.assertEqual(code, 0)
        self.assertTrue(re.search(r"^  feed +\S", text, re.M))
        self.assertEqual(self.run_it("feed", "--help")[0], 0)

    def test_wrong_usage_ends_with_2(self):
        for arguments in ((), ("feed",), ("feed", "x"), ("feed", "x", "--map", "m", "--format", "xml"),
                          ("feed", "x", "--map", "m", "--pack", "0"), ("feed", "x", "--frobnicate")):
            self.assertEqual(self.run_it(*arguments)[0], 2, arguments)

    def test_a_file_that_is_not_there_ends_with_1(self):
        code, _, text = self.run_it("feed", "/nowhere.csv", "--map", "m")
        self.assertEqual(code, 1)
        self.assertIn("/nowhere.csv: No such file", text)


if __name__ == "__main__":
    sys.exit(unittest.main(verbosity=2))
