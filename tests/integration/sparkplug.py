"""A Sparkplug host for tests: mosquitto_sub listens, what it hears is decoded here by the field numbers alone.

The decoder is a second implementation on purpose; tests/conformance/sparkplug has a third, from npm.
"""
import shutil
import struct
import subprocess
import threading
import time

from station import GROUP, LIMIT_S, NAME, check, wait_for

SUB = shutil.which("mosquitto_sub")
PUB = shutil.which("mosquitto_pub")


def varint(data, at):
    value = shift = 0
    while True:
        value |= (data[at] & 127) << shift
        at += 1
        if data[at - 1] < 128:
            return value, at
        shift += 7


def fields(data):
    at = 0
    while at < len(data):
        tag, at = varint(data, at)
        if tag & 7 == 0:
            value, at = varint(data, at)
        elif tag & 7 == 1:
            value, at = data[at:at + 8], at + 8
        elif tag & 7 == 5:
            value, at = data[at:at + 4], at + 4
        else:
            size, at = varint(data, at)
            value, at = data[at:at + size], at + size
        yield tag >> 3, value


def quality_of(data):
    keys, values = [], []
    for number, value in fields(data):
        if number == 1:
            keys.append(value.decode())
        elif number == 2:
            values.append(dict(fields(value)))
    return {key: value.get(3, value.get(8)) for key, value in zip(keys, values)}


def metric_of(data):
    out = {}
    for number, value in fields(data):
        if number in (1, 15):
            out["name" if number == 1 else "value"] = value.decode()
        elif number in (2, 3, 4):
            out[{2: "alias", 3: "timestamp", 4: "datatype"}[number]] = value
        elif number in (5, 7):
            out["historical" if number == 5 else "null"] = bool(value)
        elif number == 9:
            out["properties"] = quality_of(value)
        elif number == 11:
            out["value"] = value - (1 << 64) if value >= 1 << 63 else value
        elif number == 13:
            out["value"] = struct.unpack("<d", value)[0]
        elif number == 14:
            out["value"] = bool(value)
        elif number == 10:
            out["value"] = value
    return out


def payload_of(data):
    out = {"metrics": []}
    for number, value in fields(data):
        if number == 2:
            out["metrics"].append(metric_of(value))
        else:
            out[{1: "timestamp", 3: "seq", 4: "uuid", 5: "body"}[number]] = value
    return out


def put(number, wire, value):
    out = bytearray()
    for part in (number << 3 | wire, value):
        while part > 127:
            out.append(part & 127 | 128)
            part >>= 7
        out.append(part)
    return bytes(out)


def put_bytes(number, data):
    return put(number, 2, len(data)) + data


def command(name=None, alias=None, flag=None, number=None):
    metric = put_bytes(1, name.encode()) if name is not None else put(2, 0, alias)
    if flag is not None:
        metric += put(14, 0, int(flag))
    if number is not None:
        metric += bytes([13 << 3 | 1]) + struct.pack("<d", number)
    return put(1, 0, int(time.time() * 1000)) + put_bytes(2, metric)


class Host:
    """Hears spBv1.0/# on the station's broker from its start on. messages: (time, kind, device, payload)."""

    def __init__(self, station, port=None):
        self.station = station
        self.port = port or station.mqtt_port
        self.messages = []
        self.raw = []
        self.tls = ["--cafile", station.tls / "ca.pem", "--cert", station.tls / "console.pem", "--key",
                    station.tls / "console.key"]
        self.name = f"host{self.port}-{id(self)}"

    def start(self):
        heard = self.station.subscriptions("sparkplug-host", "spBv1.0/#")
        process = self.station.start(
            self.name,
            [SUB, "-h", "localhost", "-p", self.port, *self.tls, "-V", "5", "-i", f"sparkplug-host-{id(self) % 9999}",
             "-q", "1", "-t", "spBv1.0/#", "-F", "%t\t%q\t%r\t%x"],
            stdout=subprocess.PIPE, text=True)
        threading.Thread(target=self._collect, args=(process.stdout,), daemon=True).start()
        self.station.wait_subscribed("sparkplug-host", "spBv1.0/#", heard + 1)

    def stop(self):
        self.station.end(self.name)

    def _collect(self, lines):
        for line in lines:
            topic, qos, retain, data = line.rstrip("\n").split("\t")
            self.raw.append((topic, data))
            parts = topic.split("/")
            if parts[1] == "STATE" or parts[2] in ("NCMD", "DCMD"):
                continue
            payload = payload_of(bytes.fromhex(data))
            payload.update(qos=int(qos), retain=int(retain))
            self.messages.append((time.time(), parts[2], parts[4] if len(parts) > 4 else "", payload))

    def publish(self, topic, payload, retain=False, qos=0):
        subprocess.run([PUB, "-h", "localhost", "-p", str(self.port), *[str(t) for t in self.tls], "-V", "5", "-t",
                        topic, "-q", str(qos), "-s"] + (["-r"] if retain else []), input=payload, check=True,
                       timeout=LIMIT_S)

    def rebirth(self):
        self.publish(f"spBv1.0/{GROUP}/NCMD/{NAME}", command("Node Control/Rebirth", flag=True))

    def state(self, name, online, timestamp=None):
        stamp = int(time.time() * 1000) if timestamp is None else timestamp
        self.publish(f"spBv1.0/STATE/{name}", f'{{"online":{str(online).lower()},"timestamp":{stamp}}}'.encode(),
                     retain=True, qos=1)

    def of(self, kind, device=None):
        return [p for _, k, d, p in list(self.messages) if k == kind and (device is None or d == device)]

    def wait(self, kind, count=1, device=None):
        wait_for(f"{count} {kind}", lambda: len(self.of(kind, device)) >= count, LIMIT_S)
        return self.of(kind, device)

    def values(self):
        """What a host has after merging: {(device, metric): {timestamp ms: {values}}}; and the order per metric."""
        names, merged, newest = {}, {}, {}
        for _, kind, device, payload in list(self.messages):
            if kind == "NBIRTH":
                names, newest = {}, {}
            if kind not in ("DBIRTH", "DDATA"):
                continue
            for metric in payload["metrics"]:
                if kind == "DBIRTH":
                    names[metric["alias"]] = (device, metric["name"])
                check(kind == "DBIRTH" or "name" not in metric, "a name in DDATA")
                check(metric["alias"] in names, f"alias {metric['alias']} was never born")
                key = names[metric["alias"]]
                check(key[0] == device, f"alias of {key} used by {device}")
                merged.setdefault(key, {}).setdefault(metric["timestamp"], set()).add(metric.get("value"))
                if not metric.get("historical"):
                    check(metric["timestamp"] >= newest.get(key, 0), f"{key} goes back in time")
                    newest[key] = metric["timestamp"]
        return merged

    def check_sequence(self):
        """seq counts up by one from each NBIRTH's 0, without a gap, for what came on one connection."""
        wanted = None
        for _, kind, _, payload in list(self.messages):
            if kind == "NDEATH":
                wanted = None
            elif kind == "NBIRTH":
                check(payload["seq"] == 0, "the seq of NBIRTH is not 0")
                wanted = 1
            elif wanted is not None:
                check(payload["seq"] == wanted, f"seq {payload['seq']} of {kind}, wanted {wanted}")
                wanted = (wanted + 1) % 256


def bdseq(payload):
    return next(m["value"] for m in payload["metrics"] if m["name"] == "bdSeq")
