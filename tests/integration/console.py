#!/usr/bin/env python3
"""A console that comes later finds what stands at the broker: gateways, alarms, tickets; and nothing of it once it is over
or forgotten."""
import json
import os
import subprocess
import sys
import time

from station import CONSOLE_TOPIC, GROUP, LIMIT_S, NAME, PROGRAMS, Device, Station, check, mosquitto, wait_for

ASSIGNMENT = """\
version: 1
assignment: {version: 1}
customers: [{customer: cust-1, zone: Europe/Berlin}]
assets:
  - {asset: parcel-1, class: x, customer: cust-1, contents: goods, devices: [d2]}
"""


def outrider(station, *words, code=0, **environment):
    done = subprocess.run([PROGRAMS / "outrider", *words], capture_output=True, text=True, timeout=2 * LIMIT_S,
                          env={**os.environ, "XDG_CONFIG_HOME": str(station.folder / "config"), **environment})
    check(done.returncode == code, f"{words}: {done.returncode} {done.stdout} {done.stderr}")
    return done.stdout


def listed(station, *words):
    return json.loads(outrider(station, *words, "--json", "--quiet", "0.3"))


def report(station, device, shock):
    sender = Device(device, station.udp_port)
    check(sender.upload(float(shock), time.time()) == 204, "the reading is not taken")
    sender.close()


def main():
    if mosquitto() is None:
        sys.exit(77)
    with Station({"box-1": "d1"}) as station:
        folder = station.folder / "config" / "outrider"
        folder.mkdir(parents=True)
        (folder / "contexts.yaml").write_text(f"""\
contexts:
  here:
    broker: mqtts://localhost:{station.mqtt_port}
    ca: {station.tls}/ca.pem
    cert: {station.tls}/console.pem
    key: {station.tls}/console.key
""")
        check("here" in outrider(station, "context", "list"), "the context is listed")
        outrider(station, "context", "use", "nowhere", code=2)
        outrider(station, "context", "use", "here")
        check("days left" in outrider(station, "context", "show"), "its certificate is shown")
        station.start_broker()
        station.start_daemon()
        station.wait_link()
        gateway = wait_for("health", lambda: [g for g in listed(station, "fleet")["gateways"] if g.get("version")], LIMIT_S)[0]
        check(gateway["gateway"] == f"{GROUP}/{NAME}" and gateway["online"], gateway)
        check(gateway["health"] == "ok" and gateway["certificate_days"] > 0, gateway)

        watch = station.start("watch", [PROGRAMS / "outrider", "watch", "--kind", "alarm", "--json", "--count", "1",
                                        "--timeout", str(LIMIT_S), "--broker", f"mqtts://localhost:{station.mqtt_port}", "--ca",
                                        station.tls / "ca.pem", "--cert", station.tls / "console.pem", "--key",
                                        station.tls / "console.key"], stdout=subprocess.PIPE)
        station.wait_subscribed("outrider-watch", CONSOLE_TOPIC)
        report(station, "d1", 9)
        line = json.loads(watch.stdout.readline() or "{}")
        check(line and line["data"]["what"] == "raised" and not line["retained"], line)
        watch.stdout.close()
        alarm = wait_for("the alarm", lambda: listed(station, "alarms", "--fleet")["alarms"], LIMIT_S)[0]
        check(alarm["state"] == "unacknowledged" and alarm["asset"] == "box-1", alarm)
        ticket = wait_for("the ticket", lambda: listed(station, "tickets")["tickets"], LIMIT_S)[0]
        check(ticket["case"] == alarm["case"] and ticket["queue"] == "q", ticket)
        wait_for("all of it by gateway", lambda: [g for g in listed(station, "fleet")["gateways"]
                                                  if g["alarms"] == g["unacknowledged"] == g["tickets"] == 1], LIMIT_S)
        text = wait_for("a table", lambda: [t for t in [outrider(station, "alarms", "--fleet")] if "Drop" in t], LIMIT_S)[0]
        check("unacknowledged" in text and max(map(len, text.splitlines())) <= 80, text)

        refused = subprocess.run([PROGRAMS / "outrider", "ack", "000000", "--socket", station.socket], capture_output=True,
                                 text=True, check=False)
        check(refused.returncode == 1 and "no alarm begins so" in refused.stdout + refused.stderr, refused)
        outrider(station, "ack", line["data"]["alarm"][:8], "--socket", station.socket)
        wait_for("acknowledged", lambda: [p["state"] for p in listed(station, "alarms", "--fleet")["alarms"]] == ["acknowledged"], LIMIT_S)
        report(station, "d1", 1)
        wait_for("over", lambda: not listed(station, "alarms", "--fleet")["alarms"], LIMIT_S)
        outrider(station, "shelve", "Drop", "box-1", "for", "1h", "--socket", station.socket)
        wait_for("shelved", lambda: [p for p in listed(station, "alarms", "--fleet")["alarms"] if p["state"] == "shelved"
                                     and p.get("until")], LIMIT_S)
        outrider(station, "unshelve", "Drop", "box-1", "--socket", station.socket)
        wait_for("not shelved", lambda: not listed(station, "alarms", "--fleet")["alarms"], LIMIT_S)

        # what the device reported, beside the daemon
        text = outrider(station, "history", "d1", "shock", "--last", "1h", "--state", station.state)
        check("shock of d1: 2 readings" in text and "least 1 at" in text and "most 9 at" in text, text)
        told = json.loads(outrider(station, "history", "d1", "shock", "--last", "1h", "--every", "1h", "--json", "--state",
                                   station.state))
        bucket = told["buckets"][0]
        check((bucket["count"], bucket["min"], bucket["max"], bucket["mean"]) == (2, 1, 9, 5), told)
        lines = outrider(station, "history", "d1", "shock", "--csv", "--every", "1s", "--last", "1h", "--config",
                         station.config).splitlines()
        check(lines[0].startswith("from,count,min") and len(lines) == 3, lines)
        outrider(station, "history", "d1", "shock", "--svg", station.folder / "d1.svg", "--state", station.state)
        check((station.folder / "d1.svg").read_text().startswith("<svg"), "a picture")
        outrider(station, "history", "d9", "shock", "--state", station.state, code=1)
        outrider(station, "history", "d1", "shock", "--every", "1ms", "--state", station.state, code=2)
        outrider(station, "history", "d1", "--state", station.state, code=2)

        # of a customer who is forgotten nothing stays at the broker
        (station.folder / "parcel.yaml").write_text(ASSIGNMENT)
        outrider(station, "assign", station.folder / "parcel.yaml", "--socket", station.socket)
        report(station, "d2", 9)
        wait_for("the customer's alarm", lambda: listed(station, "alarms", "--fleet")["alarms"], LIMIT_S)
        outrider(station, "shelve", "Drop", "parcel-1", "for", "1h", "--socket", station.socket)
        wait_for("both", lambda: len(listed(station, "alarms", "--fleet")["alarms"]) == 2, LIMIT_S)
        outrider(station, "forget", "cust-1", "--yes", "--socket", station.socket)
        wait_for("nothing", lambda: not listed(station, "alarms", "--fleet")["alarms"], LIMIT_S)
        wait_for("no ticket of it", lambda: not [t for t in listed(station, "tickets")["tickets"]
                                                 if t.get("asset") == "parcel-1"], LIMIT_S)

        station.end("outriderd")
        wait_for("the gateway that is offline", lambda: [g for g in listed(station, "fleet")["gateways"] if not g["online"]
                                                         and g["trouble"] == "offline" and g.get("version")], LIMIT_S)


main()
