#!/usr/bin/env python3
"""run.py FOLDER: plays Sparkplug host to a gateway and asserts what the Eclipse TCK asserts of edge nodes, by its names.

wire.mjs stands between the gateway and its brokers, so that every packet is seen, the CONNECT and its will too. assertions.txt lists
the names; each must be asserted here or have its reason not to apply. Takes npm packages into FOLDER (exit 77 where that cannot be).
"""
import json
import math
import pathlib
import struct
import subprocess
import sys
import threading
import time

here = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(here.parent.parent / "integration"))
sys.path.insert(0, str(here.parent))
from npm import fetch  # noqa: E402
from sparkplug import put, put_bytes  # noqa: E402
from station import GROUP, LIMIT_S, NAME, SOURCE, Device, Station, check, free_port, listens, mosquitto, wait_for  # noqa: E402

NODE_TOPIC = f"spBv1.0/{GROUP}/%s/{NAME}"
INT64, DOUBLE, BOOLEAN, STRING = 4, 10, 11, 12
TYPES = {INT64: "Int64", DOUBLE: "Double", BOOLEAN: "Boolean", STRING: "String"}
FIELDS = {INT64: "longValue", DOUBLE: "doubleValue", BOOLEAN: "booleanValue", STRING: "stringValue"}

NOT_APPLICABLE = {
    "payloads-template-": "no templates are sent",
    "payloads-dataset-": "no data sets are sent",
    "payloads-ndata-": "the node has no metric that changes: no NDATA is sent",
    "topics-ndata-": "the node has no metric that changes: no NDATA is sent",
}

results = {}


def tck(condition, *ids):
    for name in ids:
        results.setdefault(name, []).append(bool(condition))


class Wire:
    def __init__(self, station, folder, count=1):
        self.packets = []
        self.brokers = [free_port() for _ in range(count)]
        self.ports = [free_port() for _ in range(count)]
        self.station = station
        for index, port in enumerate(self.brokers):
            conf = station.folder / f"plain{index}.conf"
            conf.write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\npersistence false\n")
            station.start(f"plain{index}", [mosquitto(), "-c", conf])
            wait_for("a plain broker", lambda p=port: listens(p), LIMIT_S)
        pairs = [f"{a}:{b}" for a, b in zip(self.ports, self.brokers)]
        log = open(station.folder / "wire.log", "ab")
        self.process = subprocess.Popen(["node", "wire.mjs", str(pathlib.Path(SOURCE) / "proto/sparkplug_b.proto"), *pairs], cwd=folder,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True)
        station.processes["wire"] = self.process
        threading.Thread(target=self._collect, daemon=True).start()
        wait_for("the wire", lambda: self.packets, LIMIT_S)

    def _collect(self):
        for line in self.process.stdout:
            self.packets.append(json.loads(line))

    def host(self, topic, server=0, **more):
        self.process.stdin.write(json.dumps({"server": server, "topic": topic, **more}) + "\n")
        self.process.stdin.flush()

    def state(self, host, online, at, server=0):
        self.host(f"spBv1.0/STATE/{host}", server, retain=True, text=json.dumps({"online": online, "timestamp": at}))

    def rebirth(self, server=0):
        metric = {"name": "Node Control/Rebirth", "type": "Boolean", "value": True, "timestamp": int(time.time() * 1000)}
        self.host(NODE_TOPIC % "NCMD", server, payload={"timestamp": int(time.time() * 1000), "metrics": [metric]})

    def up(self, cmd, since=0):
        return [p for p in list(self.packets)[since:] if p.get("way") == "up" and p["cmd"] == cmd]

    def of(self, kind, device=None, since=0):
        return [p for p in self.up("publish", since) if p["topic"].split("/")[2:3] == [kind] and (
            device is None or p["topic"].endswith("/" + device))]

    def wait(self, kind, count=1, device=None, since=0):
        wait_for(f"{count} {kind}", lambda: len(self.of(kind, device, since)) >= count, LIMIT_S)
        return self.of(kind, device, since)


class Reporter(Device):
    """Any records of SenML, or bytes of our own schema."""

    def report(self, *records):
        now = time.time()
        body = json.dumps([{"bn": f"{self.name}/", "t": now, **record} for record in records]).encode()
        return self.deliver(body, b"\x11\x6e")

    def report_bad(self, metric, number):
        pack = put_bytes(1, self.name.encode()) + put(2, 0, int(time.time() * 1e6) * 2)
        pack += put_bytes(3, put_bytes(1, metric.encode())) + put_bytes(6, struct.pack("<d", number)) + put_bytes(11, b"\x00")
        return self.deliver(pack, b"\x12\xfd\xe9")

    def deliver(self, body, content_format):
        self.message_id = (self.message_id + 1) & 0xFFFF
        token = struct.pack("!I", 0xA0000000 + self.message_id)
        head = struct.pack("!BBH", 0x44, 0x02, self.message_id) + token + b"\xb1r" + content_format
        check(self.resend(head + b"\xff" + body) == 204, f"{body!r} is refused")


def configure(station, wire, extra="", version="5"):
    station.write_config("telemetry:\n  urls: [" + ", ".join(f'"mqtt://127.0.0.1:{p}"' for p in wire.ports) + f"]\n{extra}")
    station.config.write_text(station.config.read_text().replace("  ca: ", f'  version: "{version}"\n  ca: '))


def bdseq(payload):
    return next((m["value"] for m in payload["metrics"] if m.get("name") == "bdSeq"), None)


def assert_will(connect):
    will = connect["will"]
    tck(will["topic"] == NODE_TOPIC % "NDEATH", "message-flow-edge-node-birth-publish-will-message-topic", "topics-ndeath-topic")
    tck(will["qos"] == 1, "message-flow-edge-node-birth-publish-will-message-qos", "payloads-ndeath-will-message-qos")
    tck(will["retain"] is False, "message-flow-edge-node-birth-publish-will-message-will-retained", "payloads-ndeath-will-message-retain")
    tck("seq" not in will["payload"], "payloads-ndeath-seq", "topics-ndeath-seq")
    number = [m for m in will["payload"]["metrics"] if m.get("name") == "bdSeq"]
    tck(len(number) == 1 and len(will["payload"]["metrics"]) == 1 and number[0]["datatype"] == INT64
        and 0 <= number[0]["value"] <= 255, "message-flow-edge-node-birth-publish-will-message-payload", "topics-ndeath-payload",
        "payloads-ndeath-bdseq")
    tck(True, "message-flow-edge-node-birth-publish-will-message", "payloads-ndeath-will-message",
        "message-flow-edge-node-birth-publish-connect")


def assert_session(packets, version):
    """packets: of one connection of the gateway, in order."""
    up = [p for p in packets if p.get("way") == "up"]
    connect = up[0]
    check(connect["cmd"] == "connect", f"begins with {connect['cmd']}")
    assert_will(connect)
    if version == 5:
        tck(connect["clean"] and connect.get("properties", {}).get("sessionExpiryInterval", 0) == 0, "principles-persistence-clean-session-50")
    else:
        tck(connect["clean"], "principles-persistence-clean-session-311")
    first = next(i for i, p in enumerate(up) if p["cmd"] == "publish")
    subscribed = {s["topic"]: s["qos"] for p in up[:first] if p["cmd"] == "subscribe" for s in p["subscriptions"]}
    tck(subscribed.get(NODE_TOPIC % "NCMD") == 1, "message-flow-edge-node-ncmd-subscribe")
    tck(subscribed.get(NODE_TOPIC % "DCMD" + "/+") == 1, "message-flow-device-dcmd-subscribe")
    return connect, subscribed


def assert_order(messages):
    """seq from each NBIRTH on, births before data, aliases, names and types; messages: publishes of one session, in order."""
    known, names = {}, {}
    wanted = None
    for message in messages:
        kind, payload = message["topic"].split("/")[2], message["payload"]
        device = message["topic"].split("/")[4] if message["topic"].count("/") == 4 else None
        if kind == "NDEATH":
            continue
        tck(message["qos"] == 0, {"NBIRTH": "payloads-nbirth-qos", "DBIRTH": "payloads-dbirth-qos", "DDATA": "payloads-ddata-qos",
                                  "DDEATH": "topics-ddeath-mqtt"}[kind])
        tck(message["retain"] is False, {"NBIRTH": "payloads-nbirth-retain", "DBIRTH": "payloads-dbirth-retain",
                                         "DDATA": "payloads-ddata-retain", "DDEATH": "topics-ddeath-mqtt"}[kind])
        tck(message["qos"] == 0 and message["retain"] is False, f"topics-{kind.lower()}-mqtt")
        tck("seq" in payload, "payloads-sequence-num-always-included")
        tck(abs(payload["timestamp"] - message["at"]) < 60_000, f"payloads-{kind.lower()}-timestamp", "payloads-metric-timestamp-in-utc")
        if kind in ("NBIRTH", "DBIRTH", "DDATA"):
            tck("timestamp" in payload, f"topics-{kind.lower()}-timestamp")
        if kind == "NBIRTH":
            tck(payload["seq"] == 0, "payloads-nbirth-seq", "payloads-sequence-num-req-nbirth", "topics-nbirth-seq-num",
                "message-flow-edge-node-birth-publish-nbirth-payload-seq")
            known, wanted = {}, 0
        tck(payload["seq"] == wanted, *{
            "NBIRTH": (), "DBIRTH": ("payloads-dbirth-seq", "payloads-dbirth-seq-inc", "topics-dbirth-seq"),
            "DDATA": ("payloads-ddata-seq", "topics-ddata-seq-num"),
            "DDEATH": ("payloads-ddeath-seq", "payloads-ddeath-seq-inc", "payloads-ddeath-seq-number", "topics-ddeath-seq-num")}[kind])
        wanted = (wanted + 1) % 256
        if kind != "NBIRTH":
            tck(wanted is not None, "principles-birth-certificates-order", "payloads-dbirth-order", "payloads-ndata-order",
                "message-flow-device-birth-publish-nbirth-wait")
        if kind in ("NBIRTH", "DBIRTH"):
            assert_birth(message, kind, device, known, names)
        elif kind == "DDATA":
            assert_data(message, device, known)
        elif kind == "DDEATH":
            known = {a: d for a, d in known.items() if d[0] != device}


def assert_birth(message, kind, device, known, names):
    payload = message["payload"]
    for metric, theirs in zip(payload["metrics"], payload["theirs"]):
        tck(metric.get("name"), "payloads-name-requirement", "payloads-name-birth-data-requirement")
        tck(metric.get("datatype") in FIELDS, "payloads-metric-datatype-req", "payloads-metric-datatype-value",
            "payloads-metric-datatype-value-type")
        told = metric["field"] == FIELDS[metric["datatype"]] and "timestamp" in metric
        tck(told, f"topics-{kind.lower()}-metrics", f"operational-behavior-data-publish-{kind.lower()}-values")
        tck(theirs["type"] == TYPES[metric["datatype"]] and same(theirs["value"], metric["value"]), "payloads-metric-datatype-value")
        properties(metric)
        if device is None:
            continue
        tck(metric.get("alias") is not None, "payloads-alias-birth-requirement")
        tck(known.get(metric["alias"], (device, metric["name"]))[:2] == (device, metric["name"]), "payloads-alias-uniqueness")
        known[metric["alias"]] = (device, metric["name"], metric["datatype"])
        names.setdefault(metric["name"].lower(), set()).add(metric["name"])
    tck(all(len(spellings) == 1 for spellings in names.values()), "case-sensitivity-metric-names")
    if kind == "DBIRTH":
        tck(message["topic"] == NODE_TOPIC % "DBIRTH" + f"/{device}", "topics-dbirth-topic", "message-flow-device-birth-publish-dbirth-topic",
            "message-flow-device-birth-publish-dbirth-match-edge-node-topic")
        tck(payload["metrics"], "message-flow-device-birth-publish-dbirth-payload")
        tck(message["qos"] == 0, "message-flow-device-birth-publish-dbirth-qos")
        tck(message["retain"] is False, "message-flow-device-birth-publish-dbirth-retained")
        return
    tck(message["topic"] == NODE_TOPIC % "NBIRTH", "topics-nbirth-topic", "message-flow-edge-node-birth-publish-nbirth-topic")
    tck(message["qos"] == 0, "message-flow-edge-node-birth-publish-nbirth-qos")
    tck(message["retain"] is False, "message-flow-edge-node-birth-publish-nbirth-retained")
    tck(bdseq(payload) is not None, "payloads-nbirth-bdseq", "topics-nbirth-bdseq-included",
        "message-flow-edge-node-birth-publish-nbirth-payload", "message-flow-edge-node-birth-publish-nbirth-payload-bdseq")
    rebirth = [m for m in payload["metrics"] if m["name"] == "Node Control/Rebirth"]
    tck(len(rebirth) == 1, "topics-nbirth-rebirth-metric", "payloads-nbirth-rebirth-req", "operational-behavior-data-commands-rebirth-name")
    tck(rebirth[0]["datatype"] == BOOLEAN, "operational-behavior-data-commands-rebirth-datatype")
    tck(rebirth[0]["value"] is False, "operational-behavior-data-commands-rebirth-value")
    tck("alias" not in rebirth[0], "operational-behavior-data-commands-rebirth-name-aliases")


def properties(metric):
    found = metric.get("properties")
    if found is None:
        return
    keys, values = found.get("keys", []), found.get("values", [])
    tck(len(keys) == len(values), "payloads-propertyset-keys-array-size", "payloads-propertyset-values-array-size")
    tck(all("type" in v for v in values), "payloads-metric-propertyvalue-type-req", "payloads-metric-propertyvalue-type-type")
    tck(all(v["type"] in (3, STRING) for v in values), "payloads-metric-propertyvalue-type-value")
    for key, value in zip(keys, values):
        if key == "Quality":
            tck(value["type"] == 3, "payloads-propertyset-quality-value-type")
            tck(value["intValue"] in (0, 192, 500), "payloads-propertyset-quality-value-value")


def assert_data(message, device, known):
    payload = message["payload"]
    tck(message["topic"] == NODE_TOPIC % "DDATA" + f"/{device}", "topics-ddata-topic")
    tck(payload["metrics"], "topics-ddata-payload")
    for metric, theirs in zip(payload["metrics"], payload["theirs"]):
        born = known.get(metric["alias"])
        tck(born is not None and born[0] == device, "payloads-ddata-order")
        tck("name" not in metric and "alias" in metric, "payloads-alias-data-cmd-requirement")
        tck("datatype" not in metric, "payloads-metric-datatype-not-req")
        tck(metric["field"] == FIELDS[born[2]] and "timestamp" in metric, "payloads-metric-datatype-value")
        check(theirs["alias"] == metric["alias"] and theirs["timestamp"] == metric["timestamp"], f"{theirs}")
        properties(metric)


def same(a, b):
    return a == b or (isinstance(a, float) and math.isclose(a, b))


def sessions(wire):
    """Packets of each connection, in order, of those that got as far as publishing."""
    found = {}
    for packet in list(wire.packets):
        if "connection" in packet:
            found.setdefault(packet["connection"], []).append(packet)
    return [p for _, p in sorted(found.items())]


def messages_of(packets):
    return [p for p in packets if p.get("way") == "up" and p["cmd"] == "publish" and p["topic"].startswith("spBv1.0/")]


def a_session_of_its_own(folder, version):
    with Station({"a1": "d1", "a2": "d2"}) as station:
        wire = Wire(station, folder)
        configure(station, wire, "  device_timeout: 8s\n", version)
        station.start_broker()
        station.start_daemon()
        wire.wait("NBIRTH")
        first, second = Reporter("d1", station.udp_port), Reporter("d2", station.udp_port)
        first.report({"n": "temperature", "u": "Cel", "v": 21.5}, {"n": "door", "vb": True}, {"n": "state", "vs": "open"},
                     {"n": "lat", "u": "lat", "v": 52.5}, {"n": "lon", "u": "lon", "v": 13.4})
        second.report({"n": "temperature", "u": "Cel", "v": -4.25})
        wire.wait("DBIRTH", device="d1")
        wire.wait("DBIRTH", device="d2")
        for step in range(3):
            first.report({"n": "temperature", "u": "Cel", "v": 22.0 + step}, {"n": "door", "vb": step % 2 == 1})
        first.report_bad("temperature", 850.0)
        first.report({"n": "humidity", "u": "%RH", "v": 40})  # new: another birth
        wire.wait("DBIRTH", 2, "d1")
        second.report({"n": "temperature", "u": "Cel", "v": -4.5})  # on a busy machine it may be near its end
        before = len(wire.packets)
        wire.rebirth()
        born = wire.wait("NBIRTH", since=before)[0]
        wire.wait("DBIRTH", device="d1", since=before)
        wire.wait("DBIRTH", device="d2", since=before)
        again = messages_of(list(wire.packets)[before:])
        births = [i for i, p in enumerate(again) if p["topic"].split("/")[2] == "NBIRTH"]
        tck(not [p for p in again[births[0]:births[0] + 3] if "DATA" in p["topic"]], "operational-behavior-data-commands-rebirth-action-1")
        tck({p["topic"].split("/")[-1] for p in again[births[0] + 1:births[0] + 3]} == {"d1", "d2"},
            "operational-behavior-data-commands-rebirth-action-2")
        tck(bdseq(born["payload"]) == bdseq(wire.of("NBIRTH")[0]["payload"]), "operational-behavior-data-commands-rebirth-action-3",
            "payloads-nbirth-bdseq-repeat")
        for step in range(40):  # d2 is silent until it has died
            first.report({"n": "temperature", "u": "Cel", "v": 30.0 + step})
            if wire.of("DDEATH", "d2"):
                break
            time.sleep(0.5)
        death = wire.wait("DDEATH", device="d2")[0]
        tck(True, "operational-behavior-device-ddeath")
        tck(death["topic"] == NODE_TOPIC % "DDEATH" + "/d2", "topics-ddeath-topic")
        check(not wire.of("DDEATH", "d1"), "a device that reports has died")
        check(station.end("outriderd") == 0, "no clean end")
        packets = sessions(wire)[0]
        connect, _ = assert_session(packets, 5 if version == "5" else 4)
        messages = messages_of(packets)
        assert_order(messages)
        tck(bdseq(connect["will"]["payload"]) == bdseq(messages[0]["payload"]), "topics-nbirth-bdseq-matching")
        up = [p for p in packets if p.get("way") == "up" and p["cmd"] in ("publish", "disconnect")]
        last = messages[-1]
        tck(last["topic"] == NODE_TOPIC % "NDEATH" and bdseq(last["payload"]) == bdseq(messages[0]["payload"]),
            "operational-behavior-edge-node-intentional-disconnect-ndeath", "payloads-ndeath-will-message-publisher")
        tck(up[-1]["cmd"] == "disconnect", "operational-behavior-edge-node-intentional-disconnect-packet")
        if version == "5":
            tck(up[-1].get("reasonCode") == 4, "payloads-ndeath-will-message-publisher-disconnect-mqtt50")
        else:
            tck(up[-1]["cmd"] == "disconnect" and up[-2] is last, "payloads-ndeath-will-message-publisher-disconnect-mqtt311")
        values = {}
        for message in messages:
            for metric, theirs in zip(message["payload"].get("metrics", []), message["payload"]["theirs"]):
                values.setdefault(metric.get("field"), []).append(same(theirs["value"], metric.get("value")))
        for field in ("doubleValue", "booleanValue", "stringValue"):
            check(values.get(field) and all(values[field]), f"sparkplug-payload reads {field} otherwise")
        station.start_daemon()
        wire.wait("NBIRTH", 3)
        number = bdseq(sessions(wire)[1][0]["will"]["payload"])
        check(number == bdseq(connect["will"]["payload"]) + 1, f"bdSeq {number} after a restart")
        return len(messages)


def what_is_compressed_has_the_values_that_were_sent(folder, algorithm):
    with Station({"a1": "d1"}) as station:
        wire = Wire(station, folder)
        configure(station, wire, f"  compress: [{algorithm.lower()}]\n")
        station.start_broker()
        station.start_daemon()
        wire.wait("NBIRTH")
        reporter = Reporter("d1", station.udp_port)
        reporter.report({"n": "temperature", "u": "Cel", "v": 0.5}, {"n": "state", "vs": "open"}, {"n": "door", "vb": True})
        wire.wait("DBIRTH", device="d1")
        now = int(time.time())
        sent = [round(20 + 7 * math.sin(i), 2) for i in range(40)]
        records = [{"bn": "d1/temperature", "bu": "Cel", "v": sent[0], "t": now + 1}]
        records += [{"v": value, "t": now + 1 + i * 0.1} for i, value in enumerate(sent) if i > 0]
        reporter.deliver(json.dumps(records, separators=(",", ":")).encode(), b"\x11\x6e")
        reporter.report({"n": "temperature", "u": "Cel", "v": 99.0, "t": now + 9})
        wait_for("the last value", lambda: any(m["value"] == 99.0 for p in wire.of("DDATA", "d1") for m in p["payload"]["metrics"]), LIMIT_S)
        messages = messages_of(sessions(wire)[0])
        wrapped = [p["payload"]["wrapped"] for p in messages if "wrapped" in p["payload"]]
        check(wrapped and all(w["algorithm"] == algorithm and w["bytes"] < w["plain"] for w in wrapped), f"wrapped: {wrapped}")
        check(all(p["payload"]["seq"] == p["payload"]["wrapped"]["seq"] for p in messages if "wrapped" in p["payload"]), "two numbers")
        check("wrapped" not in messages[0]["payload"], "the node's birth is compressed")
        assert_order(messages)
        theirs = [m["value"] for p in wire.of("DDATA", "d1") if "wrapped" in p["payload"] for m in p["payload"]["theirs"]]
        check(theirs == sent, f"sparkplug-payload reads {theirs}")
        return wrapped


def a_primary_host_with_two_servers(folder):
    with Station({"a1": "d1"}) as station:
        wire = Wire(station, folder, 2)
        configure(station, wire, "  primary_host: scada\n")
        wire.state("scada", False, 1000)
        wire.state("scada", True, 1000, server=1)
        wire.state("other", True, 9000)
        time.sleep(0.5)
        station.start_broker()
        station.start_daemon()
        born = wire.wait("NBIRTH")[0]
        early = [p for p in messages_of(wire.packets) if p["server"] == 0]
        tck(not early and born["server"] == 1, "message-flow-edge-node-birth-publish-phid-wait", "message-flow-edge-node-birth-publish-phid-wait-id",
            "message-flow-edge-node-birth-publish-phid-wait-online", "message-flow-edge-node-birth-publish-phid-offline",
            "operational-behavior-edge-node-birth-sequence-wait", "operational-behavior-primary-application-state-with-multiple-servers-walk")
        for packets in sessions(wire):
            _, subscribed = assert_session(packets, 5) if any(p["cmd"] == "publish" and p.get("way") == "up" for p in packets) else (None, {
                s["topic"]: s["qos"] for p in packets if p["cmd"] == "subscribe" for s in p["subscriptions"]})
            tck("spBv1.0/STATE/scada" in subscribed, "operational-behavior-primary-application-state-with-multiple-servers-state-subs")
        Reporter("d1", station.udp_port).report({"n": "temperature", "u": "Cel", "v": 1.0})
        wire.wait("DBIRTH", device="d1")
        wire.state("scada", False, 999, server=1)
        time.sleep(1)
        tck(not wire.of("NDEATH"), "operational-behavior-edge-node-termination-host-offline-timestamp",
            "message-flow-edge-node-birth-publish-phid-wait-timestamp")
        wire.state("scada", True, 2000, server=0)
        wire.state("scada", False, 2000, server=1)
        wire.wait("NDEATH")
        tck(True, "operational-behavior-edge-node-termination-host-offline")
        again = wire.wait("NBIRTH", 2)[1]
        tck(again["server"] == 0, "operational-behavior-edge-node-termination-host-offline-reconnect")
        ends = {p["connection"]: i for i, p in enumerate(wire.packets) if p["cmd"] in ("disconnect", "end")}
        begins = {p["connection"]: i for i, p in enumerate(wire.packets) if p["cmd"] == "connect"}
        order = sorted(begins)
        tck(all(ends.get(a, math.inf) < begins[b] for a, b in zip(order, order[1:])),
            "operational-behavior-primary-application-state-with-multiple-servers-single-server")
        numbers = [bdseq(p["will"]["payload"]) for p in wire.up("connect")]
        check(numbers == list(range(numbers[0], numbers[0] + len(numbers))), f"bdSeq of each CONNECT: {numbers}")


def main():
    folder = fetch(here, sys.argv[1], ["wire.mjs"])
    for version in ("5", "3.1.1"):
        count = a_session_of_its_own(folder, version)
        print(f"MQTT {version}: {count} messages read by sparkplug-payload and by our schema", flush=True)
    for algorithm in ("DEFLATE", "GZIP"):
        wrapped = what_is_compressed_has_the_values_that_were_sent(folder, algorithm)
        print(f"{algorithm}: {sum(w['plain'] for w in wrapped)} bytes in {sum(w['bytes'] for w in wrapped)}", flush=True)
    a_primary_host_with_two_servers(folder)
    listed = [line for line in (here / "assertions.txt").read_text().splitlines() if line and line[0] not in "#["]
    silent = {name: why for name in listed for begin, why in NOT_APPLICABLE.items() if name.startswith(begin) and name not in results}
    unknown = sorted(set(listed) - set(results) - set(silent))
    failed = sorted(name for name, outcomes in results.items() if not all(outcomes))
    extra = sorted(set(results) - set(listed))
    applicable = [name for name in dict.fromkeys(listed) if name in results]
    passed = [name for name in applicable if name not in failed]
    for why in sorted(set(silent.values())):
        print(f"not applicable, {why}: {sum(w == why for w in silent.values())}")
    for name in failed:
        print(f"FAILED tck-id-{name}: {results[name].count(False)} of {len(results[name])} times")
    print(f"passed {len(passed)} of {len(applicable)} applicable assertions of the TCK for edge nodes, "
          f"{sum(map(len, results.values()))} checks")
    check(not unknown, f"neither asserted nor excused: {unknown}")
    check(not extra, f"not in assertions.txt: {extra}")
    check(not failed, "the TCK's assertions do not hold")


main()
