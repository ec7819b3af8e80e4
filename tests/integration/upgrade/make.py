#!/usr/bin/env python3
"""Makes a fixture of upgrade.py: what a daemon of an earlier version leaves when it is killed in the middle of its work.

    OUTRIDER_SOURCE=OLD_TREE OUTRIDER_BIN=OLD_TREE/build/dev/bin python3 make.py version_N

OLD_TREE: a checkout of the last commit whose platform/linux/store/store_database.h has OTR_STORE_VERSION = N, built. Its daemon
takes the fixture's pack and assignments; the database becomes SQL (database.sql), what the broker's clients heard told.json.
"""
import json
import pathlib
import signal
import sqlite3
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from station import Device, Station, check, wait_for, LIMIT_S  # noqa: E402

START = 1_700_000_000


def dump(database, out):
    base = sqlite3.connect(database)  # takes the log's frames in
    lines = [f"PRAGMA {name} = {base.execute(f'PRAGMA {name}').fetchone()[0]};\n"
             for name in ("page_size", "application_id", "user_version")]
    lines += [line + "\n" for line in base.iterdump()]
    out.write_text("".join(lines))
    base.close()


def outbox_left(station):
    base = sqlite3.connect(f"file:{station.state}/outrider.db?mode=ro", uri=True)
    try:
        return base.execute("SELECT COUNT(*) FROM outbox").fetchone()[0]
    finally:
        base.close()


def make(name):
    folder = HERE / name
    with Station({"a1": "d1"}) as station:
        station.write_pack(1, 0, (HERE / "pack.yaml").read_text())
        (station.folder / "assignments.yaml").write_text((HERE / "assignments.yaml").read_text())
        station.start_broker()
        station.start_console()
        station.start_daemon()
        station.wait_link()
        station.wait_events(1, kind="status", what="online")
        devices = {f"d{i}": Device(f"d{i}", station.udp_port) for i in range(1, 5)}

        def report(device, value, at):
            check(devices[device].upload(value, START + at) == 204, f"{device} at {at}")

        report("d1", 9.0, 0)   # an open alarm that was told
        report("d3", 2.0, 0)   # the rule "Worn" has begun to wait for its hour
        station.wait_events(1, kind="alarm", what="raised", asset="a1")
        station.wait_outbox_empty()
        check(station.end("outriderd") == 0, "no clean stop")  # the snapshot
        station.start_daemon()
        station.wait_link()
        report("d4", 9.0, 5)   # a customer's: raised, told, cleared
        report("d4", 1.0, 6)
        station.wait_events(1, kind="alarm", what="cleared", asset="a4")
        station.wait_outbox_empty()
        told = sorted(event["event"] for event in station.events)
        station.end("mosquitto")
        station.wait_link(False)
        report("d2", 9.0, 10)  # an alarm that waits in the outbox
        report("d4", 9.0, 11)  # another of the customer's
        report("d3", 2.0, 600)
        wait_for("the outbox", lambda: outbox_left(station) >= 4, LIMIT_S)
        station.end("outriderd", signal.SIGKILL)
        folder.mkdir(exist_ok=True)
        dump(station.state / "outrider.db", folder / "database.sql")
        (folder / "told.json").write_text(json.dumps(told, indent=0) + "\n")
        for path in sorted(station.state.iterdir()):
            print(path.name, path.stat().st_size)


if __name__ == "__main__":
    make(sys.argv[1])
