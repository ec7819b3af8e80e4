#!/usr/bin/env python3
"""Several brokers of one cluster, here several ways to one: the gateway takes them in turn, at once and not after its longest pause,
and what was under way on one is told on the next, under its id."""
import time

from line import Line
from older_broker import OlderBroker
from station import LIMIT_S, Device, Station, check, run, wait_for

START = 1_700_000_000


def port_of(station):
    return int([line for line in station.log("outriderd").splitlines() if "event=mqtt_up" in line][-1]
               .split("broker=localhost:")[1].split()[0])


def report(device, first, count):
    for index in range(first, first + count):
        check(device.upload(9.0 if index % 2 == 0 else 1.0, START + index) == 204, f"reading {index} is not acknowledged")


def the_next_one_has_its_turn():
    with Station({"a1": "d1"}) as station:
        line = Line(*[station.mqtt_port] * 3)
        first, *others = [f"\"mqtts://localhost:{port}\"" for port in line.ports]
        text = station.config.read_text().replace(f"\"mqtts://localhost:{station.mqtt_port}\"",
                                                  f"{first}\n  other_urls: [{', '.join(others)}]")
        # a pause that grows at each attempt would not come round in time
        station.config.write_text(text.replace("reconnect_min: 100ms", "reconnect_min: 200ms")
                                  .replace("reconnect_max: 500ms", "reconnect_max: 1h"))
        station.start_broker()
        station.start_console()
        station.start_daemon()
        station.wait_link()
        check(port_of(station) == line.ports[0], "the first is not the first")
        device = Device("d1", station.udp_port)
        for number, barred in enumerate(((0,), (0, 1), (1, 2))):
            report(device, 10 * number, 10)
            for other in set(range(3)) - set(barred):
                line.bar(other, False)
            for other in barred:
                line.bar(other)
            free = set(range(3)) - set(barred)
            wait_for("another broker", lambda f=free: station.status()["link"]["up"] and
                     line.ports.index(port_of(station)) in f, LIMIT_S)
        raised = station.wait_events(15, kind="alarm", what="raised")
        station.wait_outbox_empty()
        time.sleep(0.3)
        check(len(raised) == len({e["entity"] for e in raised}) == 15, f"{len(raised)} alarms")
        line.close()


def one_that_is_away_does_not_hide_that_the_others_are_old():
    with Station({"a1": "d1"}) as station:
        station.write_acl("#")
        station.start_broker()
        brokers = [OlderBroker(station, says=False) for _ in range(3)]
        urls = [f"\"mqtt://127.0.0.1:{broker.port}\"" for broker in brokers]
        station.write_config(f"telemetry: {{urls: [{', '.join(urls)}]}}\n")
        text = station.config.read_text()
        station.config.write_text(text.replace(f"\"mqtts://localhost:{station.mqtt_port}\"",
                                               f"{urls[0]}\n  other_urls: [{', '.join(urls[1:])}]"))
        brokers[2].close()
        station.start_daemon()
        station.wait_link()
        wait_for("telemetry", lambda: station.status()["telemetry"]["online"], LIMIT_S)
        brokers[0].close()
        brokers[0].cut()
        wait_for("the other", lambda: brokers[1].passed >= 2, LIMIT_S)
        station.wait_link()
        wait_for("telemetry", lambda: station.status()["telemetry"]["online"], LIMIT_S)
        brokers[1].close()


if __name__ == "__main__":
    run(the_next_one_has_its_turn, one_that_is_away_does_not_hide_that_the_others_are_old)
