#!/usr/bin/env python3
"""A database that an earlier version left, killed in the middle of its work, goes on under this version: open alarms stay,
what was told is not told again, what waited is delivered, a rule goes on counting, repairs end alarms under their ids.

The fixtures are of real daemons of those versions: upgrade/README.md.
"""
import json
import pathlib
import shutil
import signal
import sqlite3

from station import LIMIT_S, SOURCE, Device, Station, check, run, wait_for

FIXTURES = pathlib.Path(SOURCE) / "tests/integration/upgrade"
START = 1_700_000_000
ALARM, NOTIFICATION = 0, 1  # kinds, the second byte of an outbox entry's body
EXPIRED = 1


def lay_out(station, fixture):
    """The fixture as the station's state, with its pack and assignments."""
    station.write_pack(1, 0, (FIXTURES / "pack.yaml").read_text())
    (station.folder / "assignments.yaml").write_text((FIXTURES / "assignments.yaml").read_text())
    station.state.mkdir(mode=0o700)
    base = sqlite3.connect(station.state / "outrider.db")
    base.executescript((fixture / "database.sql").read_text())
    base.close()


def rows(station, query):
    base = sqlite3.connect(f"file:{station.state}/outrider.db?mode=ro", uri=True)
    try:
        return base.execute(query).fetchall()
    finally:
        base.close()


def alarms(station):
    """What has not returned, as (id, asset)."""
    return {(one["alarm"], one["asset"]) for one in station.ask("alarms")["alarms"] if "ended" not in one}


def goes_on(fixture):
    told = set(json.loads((fixture / "told.json").read_text()))
    with Station({"a1": "d1"}) as station:
        lay_out(station, fixture)
        open_before = {(row[0].hex(), row[1]) for row in rows(station, "SELECT id, asset FROM alarms WHERE open = 1")}
        waited = rows(station, "SELECT key & 0xFFFFFFFFFFFFFF, event, substr(body, 2, 1) FROM outbox")
        check(len(open_before) >= 3 and len(waited) >= 4, "the fixture lacks what it is for")
        station.start_daemon()
        station.start_broker_heard_by_console()
        station.wait_link()
        check("migrated" in station.log("outriderd"), "nothing says that the schema was changed")
        said = station.log("outriderd")
        check(not any(word in said for word in ("corrupt", "content_refused", "result=refused", "snapshot_refused")), said)
        now_open = alarms(station)
        check(now_open == open_before, f"open: {now_open}, before: {open_before}")
        station.wait_outbox_empty()

        for seq, event, kind in waited:
            if kind[0] == NOTIFICATION:  # its time may be over when this test runs
                wait_for("a reason", lambda: rows(station, f"SELECT reason FROM outbox_left WHERE seq = {seq}"), LIMIT_S)
                if rows(station, f"SELECT reason FROM outbox_left WHERE seq = {seq}")[0][0] == EXPIRED:
                    continue
            station.wait_events(1, event=event.hex())

        devices = {f"d{i}": Device(f"d{i}", station.udp_port) for i in range(1, 5)}
        check(devices["d1"].upload(1.0, START + 700) == 204, "not kept")
        cleared = station.wait_events(1, kind="alarm", what="cleared", asset="a1")[0]
        check((cleared["entity"], "a1") in open_before, "the alarm ended under another id")
        for at in (3700, 7400):  # its hour had begun under the earlier version; across the downtime it does not count
            check(devices["d3"].upload(2.0, START + at) == 204, "not kept")
        worn = station.wait_events(1, kind="alarm", what="raised", asset="a3")[0]
        check(worn["rule"] == "Worn", str(worn))
        onset = rows(station, "SELECT onset FROM alarms WHERE asset = 'a3'")
        check(onset == [(START * 1_000_000,)], f"the rule forgot when it began: {onset}")
        station.wait_outbox_empty()
        again = {event["event"] for event in station.events if not event["retained"]} & told
        check(not again, f"told twice: {again}")
        check(rows(station, "PRAGMA user_version") > rows_of(fixture), "the schema is as it was")
        check(station.end("outriderd") == 0, "no clean stop")
        station.start_daemon()  # and once more, from what it wrote itself
        after = {asset for _, asset in alarms(station)}
        check(after == {"a2", "a3", "a4"}, f"a1 ended, a3 came: {after}")


def rows_of(fixture):
    """The version of the fixture's schema, as a row."""
    line = next(line for line in (fixture / "database.sql").open() if "user_version" in line)
    return [(int(line.rstrip(";\n").split()[-1]),)]


def each_earlier_version_goes_on():
    fixtures = sorted(FIXTURES.glob("version_*"))
    check([rows_of(fixture)[0][0] for fixture in fixtures] == list(range(1, len(fixtures) + 1)), "a version has no fixture")
    header = (pathlib.Path(SOURCE) / "platform/linux/store/store_database.h").read_text()
    check(f"OTR_STORE_VERSION = {len(fixtures) + 1}," in header, "a version has no fixture")
    for fixture in fixtures:
        goes_on(fixture)


def trial(station, span):
    station.config.write_text(station.config.read_text().replace("snapshot: 64KiB", f"snapshot: 64KiB, trial: {span}"))


def what_leads_back_is_kept_until_the_new_version_proved_well():
    with Station({"a1": "d1"}) as station:
        lay_out(station, FIXTURES / "version_2")
        trial(station, "0s")
        station.start_daemon()
        check(station.status()["store"]["kept_schema"] == 2, "not kept")
        kept = sqlite3.connect(f"file:{station.state}/outrider.db.schema-2?mode=ro", uri=True)
        check(kept.execute("PRAGMA user_version").fetchone() == (2,), "another version is kept")
        kept.close()
        station.start_broker_heard_by_console()  # without the broker it is not well
        wait_for("the end of the trial", lambda: station.status()["store"]["kept_schema"] == 0, LIMIT_S)
        check(not list(station.state.glob("outrider.db.schema-*")), "a file is left")
        told = station.wait_events(1, kind="status", what="upgrade")
        check("from version 2 to 3; the database from before is kept" in str(told), str(told))


def the_version_before_is_put_back():
    """The newer version is played by this one; only the number of its schema says so."""
    with Station({"a1": "d1", "a2": "d2", "a3": "d3"}) as station:
        station.start_daemon()
        station.start_broker_heard_by_console()
        station.wait_link()
        devices = {name: Device(name, station.udp_port) for name in ("d1", "d2", "d3")}
        check(devices["d1"].upload(9.0, START) == 204, "not kept")
        first = station.wait_events(1, kind="alarm", what="raised", asset="a1")[0]
        station.wait_outbox_empty()
        check(station.end("outriderd") == 0, "no clean stop")
        shutil.copy(station.state / "outrider.db", station.state / "outrider.db.schema-3")

        station.start_daemon()
        station.wait_link()
        check(station.ask_with("ack", alarm=first["entity"], who="ann")["ok"], "not acknowledged")
        check(devices["d2"].upload(9.0, START + 1) == 204, "not kept")
        station.wait_events(1, kind="alarm", what="raised", asset="a2")
        station.wait_events(1, kind="alarm", what="acknowledged", asset="a1")
        station.wait_outbox_empty()
        station.end("mosquitto")
        station.wait_link(False)
        check(devices["d3"].upload(9.0, START + 2) == 204, "not kept")  # nobody hears of it under the newer version
        station.end("outriderd", signal.SIGKILL)
        newer = sqlite3.connect(station.state / "outrider.db")
        newer.execute("PRAGMA user_version = 4")
        newer.execute("CREATE TABLE of_the_newer (a)")
        newer.close()
        before = {event["event"] for event in station.events}

        station.start_daemon()
        station.start_broker_heard_by_console()
        station.wait_link()
        station.wait_events(1, kind="alarm", what="raised", asset="a3")
        station.wait_events(1, kind="alarm", what="withdrawn", asset="a2")  # this version never saw it raised
        told = str(station.wait_events(1, kind="status", what="loss"))
        check("2 readings lost (rollback)" in told, told)
        told = str(station.wait_events(1, kind="status", what="upgrade"))
        check("went back from schema version 4" in told and "2 readings" in told, told)
        check(devices["d1"].upload(1.0, START + 10) == 204, "not kept")
        ended = station.wait_events(1, kind="alarm", what="cleared", asset="a1")[0]
        check(ended["entity"] == first["entity"], "another alarm ended")
        check(ended["event"] not in before, "its end bears the id of something else that was said")
        check(devices["d2"].upload(9.0, START + 11) == 204, "not kept")
        station.wait_outbox_empty()
        check(len(station.distinct(kind="alarm", what="raised", asset="a2")) == 2, "still so, and told anew")
        check(len(list(station.state.glob("outrider.db.newer-*Z"))) == 1, "the newer one is gone")
        check(not list(station.state.glob("outrider.db.schema-*")), "what was kept is still there")


def a_newer_version_is_refused_in_words_and_left_alone():
    with Station({"a1": "d1"}) as station:
        lay_out(station, FIXTURES / "version_2")
        base = sqlite3.connect(station.state / "outrider.db")
        base.execute("PRAGMA user_version = 99")
        base.close()
        before = (station.state / "outrider.db").read_bytes()
        station.start_daemon(wait=False)
        check(station.processes.pop("outriderd").wait(LIMIT_S) == 1, "started, or ended otherwise")
        said = station.log("outriderd")
        check("the database has schema version 99" in said, said)
        check((station.state / "outrider.db").read_bytes() == before, "the database was changed")
        left = sorted(path.name for path in station.state.iterdir() if path.name.startswith("outrider.db"))
        check(left == ["outrider.db"], str(left))


if __name__ == "__main__":
    run(each_earlier_version_goes_on, what_leads_back_is_kept_until_the_new_version_proved_well,
        the_version_before_is_put_back, a_newer_version_is_refused_in_words_and_left_alone)
