#!/usr/bin/env python3
"""A day in figures over MQTT: the bucket is retained under its day, a newer revision takes its place, who comes later sees
the newest alone, and kill -9 costs no figure. Time runs 600 times as fast: an hour is six seconds."""
import signal
import time

from station import LIMIT_S, NAME, Device, Station, check, run, wait_for


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
        check(first["figures"]["gateway"] == NAME, str(first["figures"]))
        station.end("outriderd", signal.SIGKILL)
        station.start_daemon()
        station.wait_link()
        report(station, 1.0)
        report(station, 9.5)
        station.wait_events(2, kind="alarm", what="raised")
        wait_for("a newer one", lambda: len(station.distinct(kind="figures", what="updated")) > 1, LIMIT_S)
        newer = station.distinct(kind="figures", what="updated")[-1]
        if newer["onset"] == first["onset"]:
            check(newer["revision"] > first["revision"], f'{newer["revision"]} after {first["revision"]}')
            check(total(newer, "alarms") == 2, str(newer))
        station.wait_outbox_empty()
        station.end("outriderd")
        station.end("console", signal.SIGKILL)
        station.events.clear()
        station.start_console()
        kept = station.wait_events(1, kind="figures", retained=True)
        check(len({e["onset"] for e in kept}) == len(kept), "the broker keeps two of one day")
        check(sum(total(e, "alarms") for e in kept) == 2, str(kept))


if __name__ == "__main__":
    run(a_bucket_is_retained_replaced_and_outlives_kill_9)
