#!/usr/bin/env python3
"""A daemon's day: reload with bad and good files, clean stop, a second start, enrolment while it runs, strangers."""
import signal
import subprocess

from station import LIMIT_S, PROGRAMS, SLOW, Device, Station, check, run, wait_for

START = 1_700_000_000


def started(station):
    station.start_broker()
    station.start_console()
    station.start_daemon()
    station.wait_link()
    station.wait_events(1, kind="status", what="online")


def reload(station, result):
    before = station.log("outriderd").count("event=reload ")
    station.processes["outriderd"].send_signal(signal.SIGHUP)
    wait_for("the reload", lambda: station.log("outriderd").count("event=reload ") > before, LIMIT_S)
    status = station.status()["reload"]
    check(status["result"] == result, f"reload: {status}")
    return status["text"]


def active(station):
    return {entry["slot"]: entry["hash"] for entry in station.status()["active"]}


def a_bad_pack_or_configuration_leaves_the_old_one_running():
    with Station({"a1": "d1"}) as station:
        started(station)
        before = active(station)
        check("pack/test" in before, f"active: {before}")
        station.write_pack(2, 0, text="pack: test\nversion: 2\nrules:\n  - alert: Drop\n    expr: shock >\n")
        text = reload(station, "refused")
        check("pack.yaml:5:" in text, f"no place in '{text}'")
        event = station.wait_events(1, kind="status", what="refused")[0]
        check("pack.yaml:5:" in event["text"], f"no place in the event: {event['text']}")
        check(active(station) == before, "a refused pack changed what is active")
        station.write_pack(1, 3.0)
        config = station.config.read_text()
        station.config.write_text(config + "\nmqqt: {}\n")
        text = reload(station, "refused")
        check("outrider.yaml:" in text and "mqqt" in text, f"no reason in '{text}'")
        station.config.write_text(config)
        device = Device("d1", station.udp_port)
        check(device.upload(4.0, START) == 204, "not acknowledged")
        station.wait_events(1, kind="alarm", what="raised")


def a_good_pack_takes_effect_without_a_restart():
    with Station({"a1": "d1"}) as station:
        started(station)
        device = Device("d1", station.udp_port)
        check(device.upload(2.0, START) == 204, "not acknowledged")
        before = active(station)
        station.write_pack(2, 1.5)
        reload(station, "ok")
        station.wait_events(1, kind="status", what="reload")
        wait_for("the new pack", lambda: active(station) != before, LIMIT_S)
        check(device.upload(2.0, START + 1) == 204, "not acknowledged")
        station.wait_events(1, kind="alarm", what="raised")


def sigterm_stops_cleanly_and_leaves_the_farewell_at_the_broker():
    with Station({"a1": "d1"}) as station:
        started(station)
        device = Device("d1", station.udp_port)
        check(device.upload(9.0, START) == 204, "not acknowledged")
        station.wait_events(1, kind="alarm", what="raised")
        station.wait_outbox_empty()  # or what the broker has not acknowledged is sent again, under the same id
        check(station.end("outriderd") == 0, "exit")
        check("event=stopped" in station.log("outriderd"), "no word of the stop")
        station.wait_events(1, kind="status", what="offline")
        station.end("console")
        station.events.clear()
        station.start_console()  # one that comes later sees what is retained
        station.wait_events(1, kind="status", what="offline", retained=True)
        station.start_daemon()
        station.wait_link()
        station.wait_events(1, kind="status", what="online")
        check(station.status()["open_alarms"] == 1, "the open alarm is gone after the restart")
        station.wait_outbox_empty()
        check(not [e for e in station.distinct(kind="alarm", what="raised") if not e["retained"]], "an alarm was told again")


def kill_leaves_the_will_at_the_broker():
    with Station({"a1": "d1"}) as station:
        started(station)
        station.end("outriderd", signal.SIGKILL)
        station.wait_events(1, kind="status", what="offline")


def a_second_daemon_on_the_same_state_is_refused():
    with Station({"a1": "d1"}) as station:
        started(station)
        second = subprocess.run([PROGRAMS / "outriderd", "--config", station.config], capture_output=True, text=True,
                                timeout=LIMIT_S)
        check(second.returncode != 0, "two daemons run on one state folder")
        check(str(station.processes["outriderd"].pid) in second.stderr or "lock" in second.stderr,
              f"no reason: {second.stderr}")
        check(station.answers(), "the first one suffered")


def feed(station, device, count, limit=f"{LIMIT_S}s"):
    rows = "".join(f"{START + i},{9 if i % 2 == 0 else 1}\n" for i in range(count))
    (station.folder / "rows.csv").write_text("at,shock\n" + rows)
    (station.folder / "map.yaml").write_text(
        f"format: csv\ndevice: {device}\ntime: {{column: at, format: epoch_s}}\nmetrics:\n  shock: {{column: shock}}\n")
    return subprocess.run(
        [PROGRAMS / "outrider", "feed", station.folder / "rows.csv", "--map", station.folder / "map.yaml", "--to",
         f"coaps://127.0.0.1:{station.dtls_port}", "--keys", station.keys, "--json", "--give-up", limit],
        capture_output=True, text=True, timeout=LIMIT_S * 2)


def a_device_that_is_enrolled_while_the_daemon_runs_may_connect_and_a_stranger_may_not():
    with Station({"a1": "d1"}) as station:
        started(station)
        station.enroll("d1")
        done = feed(station, "d1", 10)
        check(done.returncode == 0, f"feed: {done.stdout}{done.stderr}")
        station.wait_events(5, kind="alarm", what="raised")
        before = station.status()["coap"]
        elsewhere = station.folder / "elsewhere"
        elsewhere.mkdir(mode=0o700)
        subprocess.run([PROGRAMS / "outrider", "enroll", "stranger", "--keys", elsewhere], check=True,
                       stdout=subprocess.DEVNULL)
        station.keys, right = elsewhere, station.keys
        done = feed(station, "stranger", 2, limit=f"{5 * SLOW}s")
        check(done.returncode != 0, "a stranger was served")
        station.keys = right
        after = station.status()["coap"]
        grown = [name for name in after if isinstance(after[name], int) and after[name] > before[name]]
        check(any("identit" in name or "handshake" in name or "unknown" in name for name in grown),
              f"the stranger is not counted: {grown}")
        check(station.status()["driver"]["readings"] == 10, "a stranger's reading was taken")


if __name__ == "__main__":
    run(a_bad_pack_or_configuration_leaves_the_old_one_running,
        a_good_pack_takes_effect_without_a_restart,
        sigterm_stops_cleanly_and_leaves_the_farewell_at_the_broker,
        kill_leaves_the_will_at_the_broker,
        a_second_daemon_on_the_same_state_is_refused,
        a_device_that_is_enrolled_while_the_daemon_runs_may_connect_and_a_stranger_may_not)
