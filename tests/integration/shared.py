#!/usr/bin/env python3
"""Consumers that share a subscription get each event once between them, also when one of them goes and comes back."""
import time

from consumer import Consumer
from service_cuts import KINDS, configure
from station import CONSOLE_TOPIC, LIMIT_S, PROGRAMS, SLOW, Device, Station, check, run, wait_for
from told import Told

START = 1_700_000_000


def report(device, first, count):
    for index in range(first, first + count):
        check(device.upload(9.0 if index % 2 == 0 else 1.0, START + index) == 204, f"reading {index} is not acknowledged")


def a_group_has_each_event_once_between_them():
    with Station({"a1": "d1"}) as station:
        configure(station, station.mqtt_port)
        station.start_broker()
        group = [Consumer([("localhost", station.mqtt_port)], station.tls, f"desk-{number}",
                          [f"$share/desk/{topic}" for topic in KINDS]) for number in range(2)]
        alone = Consumer([("localhost", station.mqtt_port)], station.tls, "audit", KINDS)
        for consumer in (*group, alone):
            consumer.start()
            consumer.wait_up()
        station.start_daemon()
        station.wait_link()
        device = Device("d1", station.udp_port)
        report(device, 0, 40)
        station.wait_outbox_empty()
        group[0].break_off()  # what it had not acknowledged must not be lost
        report(device, 40, 40)
        station.wait_outbox_empty()
        group[0].wait_up(2)

        def between():
            found = {}
            for consumer in group:
                for event, copies in consumer.events().items():
                    found.setdefault(event, []).extend(copies)
            return found

        wait_for("40 alarms at the audit", lambda: len(Told(alone.events()).of("alarm", "raised")) >= 40, LIMIT_S)
        wait_for("all of them in the group", lambda: alone.events().keys() <= between().keys(), LIMIT_S)
        time.sleep(0.3 * SLOW)
        heard = between()
        check(heard.keys() == alone.events().keys(), "the group heard something else")
        twice = [event for event, copies in heard.items() if len(copies) > 1]
        check(len(twice) <= 20, f"{len(twice)} of {len(heard)} events came to two of them")  # those that were under way
        shares = [len(consumer.events()) for consumer in group]
        check(min(shares) > len(heard) // 10, f"one of them has all the work: {shares}")
        Told(heard).check_ids()
        print(f"{len(heard)} events, shared {shares}, {len(twice)} twice", flush=True)
        for consumer in (*group, alone):
            consumer.stop()


def watchers_share_too():
    with Station({"a1": "d1"}) as station:
        station.start_broker()
        tls = station.tls
        lines = {}
        for name in ("one", "two"):
            with open(station.folder / f"{name}.out", "wb") as out:
                station.start(name, [
                    PROGRAMS / "outrider", "watch", "--share", "desk", "--kind", "alarm", "--json", "--broker",
                    f"mqtts://localhost:{station.mqtt_port}", "--ca", tls / "ca.pem", "--cert", tls / "console.pem", "--key",
                    tls / "console.key"], stdout=out)
            lines[name] = station.folder / f"{name}.out"
        station.wait_subscribed("outrider-watch", f"$share/desk/{CONSOLE_TOPIC}", 2)
        station.start_daemon()
        station.wait_link()
        report(Device("d1", station.udp_port), 0, 40)
        station.wait_outbox_empty()

        def shown():
            return [path.read_text().splitlines() for path in lines.values()]

        wait_for("40 events", lambda: sum(len(part) for part in shown()) >= 40, LIMIT_S)
        time.sleep(0.3 * SLOW)
        parts = shown()
        check(sum(len(part) for part in parts) == 40 and min(len(part) for part in parts) > 4,
              f"40 events, shown {[len(part) for part in parts]}")


if __name__ == "__main__":
    run(a_group_has_each_event_once_between_them, watchers_share_too)
