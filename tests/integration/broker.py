#!/usr/bin/env python3
"""The broker down at the start, killed, stopped for a while, refusing by its ACL, and with a wrong authority: nothing is
lost, the log says what is wrong, and the daemon recovers by itself."""
import signal
import time

from station import LIMIT_S, Device, Station, certificates, check, run, wait_for

START = 1_700_000_000


def report(device, first, count):
    for index in range(first, first + count):
        check(device.upload(9.0 if index % 2 == 0 else 1.0, START + index) == 204, f"reading {index} is not acknowledged")


def expect_alarms(station, count):
    station.wait_events(count, kind="alarm", what="raised")
    station.wait_outbox_empty()
    time.sleep(0.3)
    raised = station.distinct(kind="alarm", what="raised")
    check(len(raised) == count, f"{len(raised)} alarms, expected {count}")
    check(len({e["entity"] for e in raised}) == count, "an alarm came under two event ids")
    check(len(station.distinct(kind="notification")) == count, "a notification is missing or came twice")


def a_broker_that_is_down_at_the_start_gets_everything_later():
    with Station({"a1": "d1"}) as station:
        station.start_daemon()
        device = Device("d1", station.udp_port)
        report(device, 0, 20)
        station.wait_said("event=mqtt_")
        check("refused" in station.log("outriderd"), "the log does not say that the connection was refused")
        check(station.status()["outbox"] > 0, "the outbox is empty")
        station.start_broker_heard_by_console()
        station.wait_events(1, kind="status", what="online")
        expect_alarms(station, 10)


def a_broker_that_is_killed_and_started_again_loses_nothing():
    with Station({"a1": "d1"}) as station:
        station.start_broker()
        station.start_console()
        station.start_daemon()
        station.wait_link()
        station.wait_events(1, kind="status", what="online")
        device = Device("d1", station.udp_port)
        report(device, 0, 20)
        station.wait_outbox_empty()
        station.end("mosquitto", signal.SIGKILL)
        station.wait_link(up=False)
        station.wait_said("event=mqtt_down")
        report(device, 20, 20)
        station.start_broker_heard_by_console()
        station.wait_link()
        expect_alarms(station, 20)


def a_broker_that_does_not_answer_holds_nothing_up():
    with Station({"a1": "d1"}) as station:
        station.start_broker()
        station.start_console()
        station.start_daemon()
        station.wait_link()
        station.wait_events(1, kind="status", what="online")
        station.processes["mosquitto"].send_signal(signal.SIGSTOP)
        device = Device("d1", station.udp_port)
        count, began = 0, time.monotonic()  # more events than a window holds, before the console gives its connection up
        while count < 400 and (count < 40 or time.monotonic() - began < 15):
            report(device, count, 2)
            count += 2
        check(station.status()["outbox"] >= count, "the outbox does not keep what waits")
        station.processes["mosquitto"].send_signal(signal.SIGCONT)
        expect_alarms(station, count // 2)


def what_the_broker_refuses_is_kept_and_sent_when_it_is_allowed():
    with Station({"a1": "d1"}) as station:
        station.write_acl("outrider/v1/other/#")
        station.start_broker()
        station.start_console()
        station.start_daemon()
        station.wait_link()
        device = Device("d1", station.udp_port)
        report(device, 0, 6)
        station.wait_said("not authorized")
        check(station.status()["outbox"] > 0, "a refused event left the outbox")
        station.write_acl("outrider/v1/depot/gw/#")
        station.processes["mosquitto"].send_signal(signal.SIGHUP)
        wait_for("what was refused", lambda: len(station.distinct(kind="alarm", what="raised")) == 3, LIMIT_S + 35)
        expect_alarms(station, 3)


def a_wrong_authority_is_named_and_no_word_is_said_to_that_broker():
    with Station({"a1": "d1"}) as station:
        other = station.folder / "other"
        certificates(other, "x")
        right = (station.tls / "ca.pem").read_bytes()
        (station.tls / "trusted.pem").write_bytes((other / "ca.pem").read_bytes())
        station.ca = "trusted.pem"
        station.write_config()
        station.start_broker()
        station.start_console()
        station.start_daemon()
        station.wait_said("certificate")
        check(not station.status()["link"]["up"], "the link is up")
        device = Device("d1", station.udp_port)
        report(device, 0, 6)
        check(not station.events, "something reached a broker that is not trusted")
        (station.tls / "trusted.pem").write_bytes(right)
        expect_alarms(station, 3)


if __name__ == "__main__":
    run(a_broker_that_is_down_at_the_start_gets_everything_later,
        a_broker_that_is_killed_and_started_again_loses_nothing,
        a_broker_that_does_not_answer_holds_nothing_up,
        what_the_broker_refuses_is_kept_and_sent_when_it_is_allowed,
        a_wrong_authority_is_named_and_no_word_is_said_to_that_broker)
