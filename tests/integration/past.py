#!/usr/bin/env python3
"""What came by command counts in a replay: an asset that was assigned to a running daemon, its alarm that somebody
acknowledged by its id, what its customer was told and stopped. The replay of the state folder, a rehearsal, and the gate
of a push tell what was told."""
import json
import os
import subprocess
import time

from station import GROUP, LIMIT_S, NAME, PROGRAMS, Device, Station, certificates, check, run, wait_for

OUTRIDER = PROGRAMS / "outrider"
PACK = """\
pack: test
version: {version}
rules:
  - alert: Drop
    expr: shock > {limit}
    latch: true
    notify: {{to: customer, message: drop, on: [raised]}}
messages:
  drop:
    en:
      raised: dropped
"""
BOX = """\
version: 1
assignment: {version: 1}
customers: [{customer: c1, zone: UTC}]
assets:
  - {asset: box-1, class: x, customer: c1, devices: [t1]}
"""


def tool(*words, code=0):
    done = subprocess.run([str(w) for w in (OUTRIDER, *words)], capture_output=True, text=True, timeout=2 * LIMIT_S)
    check(done.returncode == code, f"outrider {words} ended with {done.returncode}: {done.stdout}{done.stderr}")
    return done.stdout + done.stderr


def send(station, device, value):
    one = Device(device, station.udp_port)
    check(one.upload(value, time.time()) == 204, f"a reading of {device}")
    one.close()


def sign(station, key, version, limit):
    pack = station.folder / f"test-{version}.yaml"
    pack.write_text(PACK.format(version=version, limit=limit))
    out = pack.with_suffix(".signed")
    tool("sign", pack, "--key", key, "--out", out)
    return out


def one_day(station):
    """Two alarms of an asset that came by command, of which its customer heard the first."""
    socket = ("--socket", station.socket)
    box = station.folder / "box.yaml"
    box.write_text(BOX)
    send(station, "t1", 9.0)  # nobody's yet
    tool("assign", box, *socket)
    send(station, "t1", 9.5)
    wait_for("an alarm", lambda: station.ask("alarms")["alarms"], LIMIT_S)
    alarm = station.ask("alarms")["alarms"][0]["alarm"]
    wait_for("a notice", lambda: station.distinct(kind="notification", to="c1"), LIMIT_S)
    tool("ack", alarm, *socket)
    send(station, "t1", 1.0)
    tool("shelve", "test/Drop", "box-1", "for", "1h", *socket)
    send(station, "t1", 9.5)
    send(station, "d1", 1.0)


def what_came_over_the_socket_is_in_the_log(station):
    refused = tool("shelve", "test/Nothing", "box-1", "for", "1h", "--socket", station.socket, code=1)
    check("no such rule" in refused, refused)
    rows = json.loads(tool("log", "--socket", station.socket, "--json"))["orders"]
    told = [(r["do"], r["about"], r["outcome"], r["role"]) for r in reversed(rows)]
    check([t[0] for t in told] == ["assign", "ack", "shelve", "shelve"], f"the log: {told}")
    check(told[0][1] == "asset=box-1" and told[2][1:] == ("rule=test/Drop asset=box-1 for=1h", "ok", "local"), f"{told}")
    check(told[3][2] == "no such rule watches that asset", f"a refusal: {told[3]}")
    check(all(f"uid {os.getuid()}" in r["who"] for r in rows), f"by whom: {rows}")
    text = tool("log", "--socket", station.socket)
    check("assign asset=box-1  ok" in text and "    no such rule watches that asset" in text, text)


def devices_are_told(station):
    devices = {d["device"]: d for d in json.loads(tool("devices", "--socket", station.socket, "--json"))["devices"]}
    check(set(devices) == {"t1", "d1"} and devices["t1"]["asset"] == "box-1", f"devices: {devices}")
    check(devices["t1"]["readings"]["shock"]["value"] == 9.5 and not devices["t1"]["silent"], f"t1: {devices['t1']}")
    text = tool("devices", "--asset", "a1", "--socket", station.socket)
    check("d1" in text and "shock 1" in text and "t1" not in text, text)


def history_is_told(station, key):
    """By the gateway itself, over its socket and over MQTT; refused with a reason where it is too much."""
    answer = station.ask_with("history", device="t1", metric="shock", last="1h")
    check(answer["ok"] and answer["readings"] == 4 and answer["rows"] >= 4 and answer["ms"] >= 0, f"history: {answer}")
    check(max(b["max"] for b in answer["buckets"]) == 9.5, f"history: {answer}")
    for more, reason in (({"device": "t1", "metric": "shock", "last": "1d", "every": "1s"}, "more than 1000 buckets"),
                         ({"device": "t9", "metric": "shock"}, "no device t9 has reported"),
                         ({"device": "t1", "metric": "warmth"}, "no metric warmth"),
                         ({"device": "t1"}, "are names"), ({"device": "t1", "metric": "shock", "last": "-1h"}, "a span")):
        answer = station.ask_with("history", **more)
        check(not answer["ok"] and reason in answer["reason"], f"{more}: {answer}")
    tls = station.tls
    words = ["history", "t1", "shock", "--last", "1h", "--on", NAME, "--group", GROUP, "--as", key, "--broker",
             f"mqtts://localhost:{station.mqtt_port}", "--ca", tls / "ca.pem", "--cert", tls / "console.pem", "--key",
             tls / "console.key"]
    check(json.loads(tool(*words, "--json"))["readings"] == 4, "over MQTT")
    lines = tool(*words, "--csv").splitlines()
    check(lines[0].startswith("from,count,min") and sum(int(l.split(",")[1]) for l in lines[1:]) == 4, f"as CSV: {lines}")
    check("shock of t1: 4 readings" in tool(*words, "--ascii"), "as a curve")
    check("no device t9" in tool("history", "t9", *words[2:], code=1), "a device that is none")


def an_asset_by_command_is_seen():
    with Station({"a1": "d1"}) as station:
        key = station.folder / "kim.pem"
        signers = station.folder / "signers"
        signers.mkdir(mode=0o700)
        (signers / "kim.yaml").write_text(tool("keygen", key, "--name", "kim", "--role", "engineer"))
        config = station.config.read_text().replace("rules:\n", f"rules:\n  signers: {signers}\n")
        station.config.write_text(config + f"operators: {{keys: {signers}}}\n")
        station.write_pack(1, 0, PACK.format(version=1, limit=3.0))
        (station.folder / "acl").write_text(
            f"user {NAME}\ntopic readwrite outrider/v1/{GROUP}/{NAME}/#\n"
            f"user console\ntopic read outrider/v1/#\ntopic write outrider/v1/{GROUP}/+/command\n")
        station.start_broker()
        station.start_console()
        station.start_daemon()
        station.wait_link()
        station.wait_events(1, kind="status", what="online")
        one_day(station)
        raised = station.distinct(kind="alarm", what="raised", asset="box-1")
        told = station.distinct(kind="notification", to="c1")
        check(len(told) == 1, f"told: {told}")

        what_came_over_the_socket_is_in_the_log(station)
        devices_are_told(station)
        history_is_told(station, key)
        report = json.loads(tool("replay", "--pack", station.folder / "pack.yaml", "--state", station.state, "--as",
                                 f"{GROUP}/{NAME}", "--json"))
        check(report["result"]["rules"][0]["alarms"] == len(raised), f"alarms: {raised} {report}")
        check(report["result"]["notices"] == len(told) and report["result"]["customers"] == 1, f"notices: {report}")
        check(report["past"]["commands_unfit"] == 0 and report["past"]["commands"] >= 4, f"commands: {report['past']}")
        text = tool("replay", "--pack", sign(station, key, 9, 50.0).with_suffix(".yaml"), "--state", station.state, "--as",
                    f"{GROUP}/{NAME}")
        check("had no effect here, but with the other packs" in text and "ack alarm" in text, text)

        tls = station.tls
        push = ["push", sign(station, key, 2, 4.0), "--to", GROUP, "--broker", f"mqtts://localhost:{station.mqtt_port}",
                "--ca", tls / "ca.pem", "--cert", tls / "console.pem", "--key", tls / "console.key", "--as", key, "--json"]
        held = tool(*push, "--gate", "notices_per_day < 1", code=1)
        check("notices_per_day = 1, not < 1" in held, held)
        packs = json.loads(tool("packs", "--socket", station.socket, "--json"))["packs"]
        check(packs[0]["running"]["version"] == 1, f"it runs all the same: {packs}")
        figures = packs[0]["rehearsal"]["figures"]
        check(figures["pushed"]["customers"] == 1 and figures["running"]["notices"] == 1, f"figures: {figures}")
        tool(*push, "--gate", "notices_per_day < 2 && customers <= 1 && commands_unfit < 1")
        packs = json.loads(tool("packs", "--socket", station.socket, "--json"))["packs"]
        check(packs[0]["running"]["version"] == 2, f"it does not run: {packs}")


if __name__ == "__main__":
    run(an_asset_by_command_is_seen)
