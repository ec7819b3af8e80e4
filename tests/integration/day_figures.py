#!/usr/bin/env python3
"""A day in figures over MQTT: the bucket is retained under its day, a newer revision takes its place, who comes later sees
the newest alone, and kill -9 costs no figure. How a customer fares is retained too, until they are forgotten. Time runs 600
times as fast: an hour is six seconds."""
import signal
import subprocess
import time

from station import LIMIT_S, NAME, PROGRAMS, Device, Station, check, run, wait_for


def started(station):
    station.write_config(scale=600)
    station.start_broker()
    station.start_console()
    station.start_daemon()
    station.wait_link()
    station.wait_events(1, kind="status", what="online")


def report(station, value):
    sender = Device("d1", station.udp_port)
    check(sender.upload(value, time.time()) == 204, "the reading is not taken")
    sender.close()


def buckets(station, **fields):
    """Of the first day that was told."""
    found = station.distinct(kind="figures", what="updated", **fields)
    return [e for e in found if e["onset"] == found[0]["onset"]]


def newest_of_each_day(station):
    days = {}
    for event in station.distinct(kind="figures", what="updated"):
        if event["revision"] >= days.get(event["onset"], event)["revision"]:
            days[event["onset"]] = event
    return list(days.values())


def total(event, count):
    for cell in event["figures"]["cells"]:
        if cell["by"] == "total":
            return cell.get("counts", {}).get(count, 0)
    return 0


def a_bucket_is_retained_replaced_and_outlives_kill_9():
    with Station({"a1": "d1"}) as station:
        started(station)
        report(station, 9.5)
        station.wait_events(1, kind="alarm", what="raised")
        wait_for("a bucket", lambda: buckets(station), LIMIT_S)
        first = buckets(station)[0]
        check((total(first, "alarms"), total(first, "opened")) == (1, 1), str(first))
        in_queues = sum(cell.get("counts", {}).get("backlog", 0) for cell in first["figures"]["cells"] if cell["by"] == "queue")
        check(total(first, "backlog") == in_queues == 1, str(first))
        check(first["figures"]["gateway"] == NAME, str(first["figures"]))
        station.end("outriderd", signal.SIGKILL)
        station.start_daemon()
        station.wait_link()
        report(station, 1.0)
        report(station, 9.5)
        station.wait_events(2, kind="alarm", what="raised")
        wait_for("both alarms in the newest of each day",
                 lambda: sum(total(e, "alarms") for e in newest_of_each_day(station)) >= 2, LIMIT_S)
        days = newest_of_each_day(station)
        check(sum(total(e, "alarms") for e in days) == 2, str(days))
        newer = [e for e in days if e["onset"] == first["onset"]][0]
        if total(newer, "alarms") == 2:  # else the day ended between the two
            check(newer["revision"] > first["revision"], f'{newer["revision"]} after {first["revision"]}')
        station.wait_outbox_empty()
        station.end("outriderd")
        station.end("console", signal.SIGKILL)
        station.events.clear()
        station.start_console()
        kept = wait_for("both alarms in what is kept", lambda: [
            found for found in [station.distinct(kind="figures", retained=True)] if sum(total(e, "alarms") for e in found) >= 2], LIMIT_S)[0]
        check(len({e["onset"] for e in kept}) == len(kept), "the broker keeps two of one day")
        check(sum(total(e, "alarms") for e in kept) == 2, str(kept))


def tool(*words):
    done = subprocess.run([str(w) for w in (PROGRAMS / "outrider", *words)], capture_output=True, text=True, timeout=2 * LIMIT_S)
    check(done.returncode == 0, done.stdout + done.stderr)


def how_a_customer_fares_is_retained_until_they_are_forgotten():
    with Station({"other": "d9"}) as station:
        assignment = station.folder / "box.yaml"
        assignment.write_text("version: 1\nassignment: {version: 1}\ncustomers: [{customer: cust-77}]\n"
                              "assets: [{asset: box-77, class: x, devices: [d1], customer: cust-77}]\n")
        started(station)
        tool("assign", "--socket", station.socket, assignment)
        report(station, 9.5)
        event = station.wait_events(1, kind="customer", what="updated")[0]
        facts = {f["name"]: f["value"] for f in event["facts"]}
        check(event["to"] == "cust-77" and facts == {"state": "in trouble", "hold_promotions": "true"}, str(event))
        check("asset" not in event and "box-77" not in str(event), "it says what the trouble is")
        station.wait_outbox_empty()
        station.end("console", signal.SIGKILL)
        station.events.clear()
        station.start_console()
        check(station.wait_events(1, kind="customer", retained=True)[0]["event"] == event["event"], "another one is kept")
        tool("forget", "--socket", station.socket, "cust-77", "--yes")
        station.wait_outbox_empty()
        station.end("console", signal.SIGKILL)
        station.events.clear()
        station.start_console()
        station.wait_events(1, kind="status", retained=True)
        time.sleep(0.5)
        check(not station.distinct(kind="customer"), "the broker still has them")


if __name__ == "__main__":
    run(a_bucket_is_retained_replaced_and_outlives_kill_9,
        how_a_customer_fares_is_retained_until_they_are_forgotten)
