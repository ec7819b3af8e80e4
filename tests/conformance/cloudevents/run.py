#!/usr/bin/env python3
"""run.py FOLDER: the CloudEvents SDK (npm) reads every event that a gateway publishes, in binary and in structured mode, with data in
protobuf and in JSON. Takes the SDK from npm into FOLDER (exit 77 where that cannot be)."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import threading
import time

here = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(here.parent.parent / "integration"))
sys.path.insert(0, str(here.parent))
from npm import fetch  # noqa: E402
from station import GROUP, LIMIT_S, NAME, SOURCE, Device, Station, check, wait_for  # noqa: E402

START = 1_700_000_000
MODES = [("5", "protobuf", False), ("5", "json", False), ("3.1.1", "protobuf", True), ("3.1.1", "json", True)]


def collect(lines, events):
    for line in lines:
        events.append(json.loads(line))


def play(folder, version, payload, structured):
    with Station({"a1": "d1"}) as station:
        station.start_broker()
        station.config.write_text(station.config.read_text().replace(
            "  ca: ", f"  version: \"{version}\"\n  payload: {payload}\n  ca: "))
        reader = station.start("sdk", ["node", "read.mjs", station.mqtt_port, station.tls, pathlib.Path(SOURCE) / "proto/service.proto"],
                               cwd=folder, stdout=subprocess.PIPE)
        events = []
        threading.Thread(target=collect, args=(reader.stdout, events), daemon=True).start()
        wait_for("the SDK", lambda: events, LIMIT_S)
        station.start_daemon()
        station.wait_link()
        device = Device("d1", station.udp_port)
        for index in range(6):
            check(device.upload(9.0 if index % 2 == 0 else 1.0, START + index) == 204, "a reading is not acknowledged")
        wait_for("alarms and notifications", lambda: sum("alarm.raised" in e.get("type", "") for e in events) >= 3, LIMIT_S)
        station.wait_outbox_empty()
        time.sleep(0.3)
        seen = events[1:]
        for event in seen:
            check("error" not in event, f"{event}")
            check(event["structured"] == structured and event["contenttype"] == f"application/{payload}", f"{event}")
            check(event["source"] == f"/outrider/{GROUP}/{NAME}" and event["specversion"] == "1.0", f"{event}")
            kind = event["topic"].split("/")[4]
            check(event["type"].startswith(f"io.outrider.{kind}."), f"{event}")
            what = event["type"].rsplit(".", 1)[1]
            check(event["data"]["what"] == what and event["data"].get("asset", "") in ("", event.get("subject")), f"{event}")
        kinds = {event["topic"].split("/")[4] for event in seen}
        check({"alarm", "notification", "status"} <= kinds, f"only {kinds}")
        return len(seen), sorted(kinds)


def main():
    folder = fetch(here, sys.argv[1], ["read.mjs"])
    for version, payload, structured in MODES:
        count, kinds = play(folder, version, payload, structured)
        print(f"MQTT {version}, {payload}, {'structured' if structured else 'binary'}: {count} events read, of {', '.join(kinds)}",
              flush=True)


main()
