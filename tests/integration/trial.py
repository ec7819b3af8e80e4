#!/usr/bin/env python3
"""A pack or tuning on trial with which the gateway's health gets worse: the gateway takes it back by itself, and a rollout
stops there and says why. Its minutes pass in seconds."""
import json
import threading
import time

from rollout import GROUP, Fleet, states, tool
from station import LIMIT_S, PACK, SLOW, Device, Station, check, run, wait_for

TWO = ("gw", "gw2")
PATIENCE_S = 7200  # an order's deadline, by the gateways' clock, which runs ahead of the console's
SCALE = 40
LOOK_S = 60 / SCALE  # between two looks at the gateway's health


class Traffic:
    """A device of each gateway that reports all the time, and does not wait for answers."""

    def __init__(self, fleet):
        self.devices = [Device("d1", fleet.ports[name]) for name in TWO]
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.send, daemon=True)
        self.thread.start()

    def send(self):
        while not self.over.wait(0.02):
            for device in self.devices * 4:  # some 200 a second; the tuning lets 40 of them through
                device.send(device.request(1.0, time.time()))

    def end(self):
        self.over.set()
        self.thread.join()
        for device in self.devices:
            device.close()


def entry_of(fleet, name, pack):
    packs = json.loads(tool("packs", "--socket", fleet.folder / f"{name}.sock", "--json"))["packs"]
    return next((p for p in packs if p["pack"] == pack), {})


def stage(fleet, name, path):
    """And activate."""
    tool("sign", path, "--key", fleet.key, "--out", path.with_suffix(".signed"))
    tool("stage", path.with_suffix(".signed"), "--socket", fleet.folder / f"{name}.sock")
    tool("activate", path.stem.split("-")[0], "--socket", fleet.folder / f"{name}.sock")


def a_tuning_that_holds_devices_back_stops_where_it_did(fleet):
    tuning = fleet.folder / "tuning.yaml"
    tuning.write_text("tuning: 1\ncoap: {device_rate: 60}\n")
    tool("sign", tuning, "--key", fleet.key, "--out", tuning.with_suffix(".signed"))
    soak = 40 * SLOW
    result, text = fleet.push(tuning.with_suffix(".signed"), "--gateways", ",".join(TWO), "--stage", "50%,100%", "--soak", soak,
                              code=1, patience_s=PATIENCE_S)
    first, second = result["plan"]["gateways"]
    check("a gateway took it back" in text and result["plan"]["state"] == "stopped" and result["plan"]["stage"] == 0,
          f"not stopped: {result} {text}")
    check(states(result) == {first: "took it back", second: "passes"}, f"{states(result)}")
    reason = next(g["reason"] for g in result["gateways"] if g["gateway"] == first)
    check(reason == "devices are held back", reason)
    for name in TWO:
        check("running" not in entry_of(fleet, name, "tuning"), f"{name} still has it")
    listed = tool("packs", "--socket", fleet.folder / f"{first}.sock")
    check("fallen    version 1, signed by kim, taken back: devices are held back" in listed, listed)
    check("1 was taken back: devices are held back, which was not so before it" in fleet.station.log(first) or
          'result="taken back" reason="devices are held back"' in fleet.station.log(first), "nothing is said of it")
    result, text = fleet.push("--resume", result["plan"]["id"], "--gateways", ",".join(TWO), code=1,
                              patience_s=PATIENCE_S)
    check("a gateway took it back: push a newer version" in text and states(result)[second] == "staged", f"{result} {text}")


def one_that_does_no_harm_stays(fleet):
    tuning = fleet.folder / "tuning.yaml"
    tuning.write_text("tuning: 2\nlog: {level: info}\n")
    tool("sign", tuning, "--key", fleet.key, "--out", tuning.with_suffix(".signed"))
    result, _ = fleet.push(tuning.with_suffix(".signed"), "--gateways", ",".join(TWO), "--stage", "50%,100%", "--soak", 4,
                           patience_s=PATIENCE_S)
    check(result["plan"]["state"] == "done" and set(states(result).values()) == {"runs it"}, f"{states(result)}")


def a_pack_whose_rules_fail_is_taken_back(fleet):
    pack = fleet.folder / "test-2.yaml"
    pack.write_text(PACK.format(version=2, limit=50.0).replace("shock > 50.0", "1 / (int(shock) - int(shock)) > 0"))
    stage(fleet, "gw", pack)
    wait_for("it is taken back", lambda: fleet.running("gw") == 1, LIMIT_S)
    fallen = entry_of(fleet, "gw", "test")["fallen"]
    check(fallen["version"] == 2 and fallen["why"] == "rules fail", f"{fallen}")
    fleet.kill("gw")
    fleet.start("gw")
    check(fleet.running("gw") == 1, "it runs again after kill -9")
    wait_for("its link", lambda: fleet.station.log("gw").count("event=mqtt_up") == 2, LIMIT_S)


def an_outage_takes_nothing_back(fleet):
    pack = fleet.folder / "test-3.yaml"
    pack.write_text(PACK.format(version=3, limit=50.0))
    stage(fleet, "gw", pack)
    fleet.station.end("mosquitto")
    wait_for("the link is down", lambda: "event=mqtt_down" in fleet.station.log("gw"), LIMIT_S)
    time.sleep(5 * LOOK_S * SLOW)
    check(fleet.running("gw") == 3 and "fallen" not in entry_of(fleet, "gw", "test"), "it was taken back")


def two_gateways():
    with Station({"a1": "d1"}) as station:
        station.write_config("watchdog: {limit: 10s}\n", scale=SCALE)
        fleet = Fleet(station)
        station.start_broker()
        fleet.start(*TWO)
        traffic = Traffic(fleet)
        try:
            for step in (a_tuning_that_holds_devices_back_stops_where_it_did, one_that_does_no_harm_stays,
                         a_pack_whose_rules_fail_is_taken_back, an_outage_takes_nothing_back):
                step(fleet)
                print(step.__name__.replace("_", " "), flush=True)
        finally:
            traffic.end()


if __name__ == "__main__":
    run(two_gateways)
