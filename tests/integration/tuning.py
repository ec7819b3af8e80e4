#!/usr/bin/env python3
"""A tuning over a real broker, with telemetry: in force without a new start, through kill -9; refused where it does not fit
the gateway's own file, and left out when it fits no more. What it shares with packs is in push.py and rollout.py."""
import json
import signal
import time

from push import Gateway, tool
from station import GROUP, LIMIT_S, NAME, Device, Station, check, run, wait_for


class Tuned(Gateway):
    def prepare(self):
        super().prepare()
        station = self.station
        station.config.write_text(station.config.read_text() + f"""\
telemetry: {{urls: ["mqtts://localhost:{station.mqtt_port}"]}}
operators: {{keys: {self.signers}}}
""")
        (station.folder / "acl").write_text(
            f"user {NAME}\ntopic readwrite outrider/v1/{GROUP}/{NAME}/#\ntopic readwrite spBv1.0/#\n"
            f"user console\ntopic read outrider/v1/#\ntopic write outrider/v1/{GROUP}/+/command\n")
        self.text = station.config.read_text()

    def sign(self, version, options, *words):
        path = self.station.folder / f"tuning-{version}.yaml"
        path.write_text(f"tuning: {version}\n{options}\n")
        tool("sign", path, "--key", self.key, "--out", path.with_suffix(".signed"), *words)
        return path.with_suffix(".signed")

    def push(self, *words):
        tls = self.station.tls
        return json.loads(tool(
            "push", *words, "--to", GROUP, "--broker", f"mqtts://localhost:{self.station.mqtt_port}", "--ca",
            tls / "ca.pem", "--cert", tls / "console.pem", "--key", tls / "console.key", "--as", self.key, "--timeout",
            LIMIT_S, "--json"))

    def tuning(self):
        return self.station.status()["tuning"]

    def option(self, name):
        return self.tuning()["options"][name]

    def told(self):
        return self.station.status()["telemetry"]


class Probe:
    """Reports one value after the other, each a second later than the one before."""

    def __init__(self, gateway):
        self.gateway = gateway
        self.device = Device("d1", gateway.station.udp_port)
        self.at = time.time() - 3600

    def report(self, value):
        """What the telemetry made of it: "values" told, or "unchanged"."""
        self.at += 1
        before = self.gateway.told()
        check(self.device.upload(value, self.at) == 204, "a reading is refused")
        names = ("values", "unchanged")
        wait_for("it is told, or not", lambda: any(self.gateway.told()[n] > before[n] for n in names), LIMIT_S)
        return next(n for n in names if self.gateway.told()[n] > before[n])


def one_that_does_not_fit_this_gateway_is_refused(gateway, _):
    check(gateway.tuning()["version"] is None, "there is one already")
    signed = gateway.sign(1, "turn: {linger: 5ms}\ntelemetry: {compress: [gzip, gzip]}")
    check("tuning-1.signed:3:23: telemetry.compress: has 2 entries, telemetry.urls has 1" in
          gateway.do("stage", signed, code=1), "it was taken")
    check(gateway.option("turn.linger") == "20ms" and "tuning" not in gateway.do("packs"), "something changed")


def a_pushed_one_is_in_force_at_once(gateway, probe):
    pid = gateway.station.status()["pid"]
    probe.report(1.0)  # in its birth
    check(probe.report(1.2) == "values", "the file has a deadband")
    births = gateway.told()["births"]
    signed = gateway.sign(3, "telemetry: {deadband: [shock=0.5], compress: gzip}\nturn: {linger: 10ms}")
    result = gateway.push(signed, "--stage", "5%,50%,100%", "--soak", 0)
    check(result["plan"]["state"] == "done", f"not rolled out: {result}")
    changes = {c["option"]: (c["from"], c["to"]) for c in result["gateways"][0]["figures"]["changes"]}
    check(changes == {"telemetry.deadband": ("", "shock=0.5"), "telemetry.compress": ("", "gzip"),
                      "turn.linger": ("20ms", "10ms")}, f"what would change: {changes}")
    tuning = gateway.tuning()
    check(tuning["version"] == 3 and tuning["trial"] and tuning["signer"] == "kim", f"the status: {tuning}")
    now = tuning["options"]
    check(now == {**now, **{name: to for name, (_, to) in changes.items()}}, f"the values in force: {tuning}")
    check(probe.report(1.4) == "unchanged" and probe.report(2.0) == "values", "the deadband has no effect")
    check(gateway.station.status()["pid"] == pid and gateway.told()["births"] == births, "it began anew")
    check("tuning: version 3 runs, pushed, on trial" in gateway.do("packs"), "packs does not list it")
    said = tool("doctor", "--config", gateway.station.config, "--out", "-")
    check('"telemetry.deadband": "shock=0.5"' in said, "doctor is silent")
    check("telemetry.deadband: shock=0.5  (tuning, version 3); the default is none\n" in said, f"whence is not said: {said}")
    check("gateway.name: gw  (file, line 1)\n" in said and "clock.zones: " in said, said)
    return result["plan"]["id"]


def it_stays_and_counts_before_the_file(gateway, probe):
    gateway.kill()
    gateway.start()
    check(gateway.option("turn.linger") == "10ms", f"gone after kill -9: {gateway.tuning()}")
    wait_for("telemetry", lambda: gateway.told()["online"], LIMIT_S)
    probe.report(3.0)
    check(probe.report(3.2) == "unchanged", "the deadband is gone after kill -9")
    gateway.station.config.write_text(gateway.text.replace("linger: 20ms", "linger: 30ms"))
    check(gateway.station.ask("reload")["ok"] and gateway.option("turn.linger") == "10ms", "the file counts before it")
    gateway.station.config.write_text(gateway.text)
    check(gateway.station.ask("reload")["ok"], "the file is refused")


def a_lower_version_needs_a_signed_rollback(gateway, _):
    check("other content" in gateway.do("stage", gateway.sign(3, "turn: {linger: 1ms}"), code=1), "another version 3")
    gateway.do("stage", gateway.sign(2, "turn: {linger: 1ms}", "--rollback"))
    gateway.do("activate", "tuning")
    check(gateway.option("turn.linger") == "1ms", "version 2 does not run")
    check(gateway.option("telemetry.deadband") == "", "what version 3 said stays")
    gateway.do("rollback", "tuning")
    check(gateway.tuning()["version"] == 3 and gateway.option("turn.linger") == "10ms", "version 3 does not run again")


def a_rollout_is_undone(gateway, plan):
    """Also while the gateway's file is being edited, and does not read."""
    gateway.station.config.write_text("nothing: 1\n" + gateway.text)
    gateway.push("--undo", plan)
    gateway.station.config.write_text(gateway.text)
    check(gateway.tuning()["version"] is None and gateway.option("turn.linger") == "20ms" and
          gateway.option("telemetry.deadband") == "", f"not undone: {gateway.tuning()}")


def one_that_fits_no_more_is_left_out(gateway, _):
    """The file was changed by hand: the gateway begins without the tuning, and says so."""
    gateway.do("stage", gateway.sign(5, "telemetry: {compress: gzip}\nturn: {linger: 3ms}"))
    gateway.do("activate", "tuning")
    gateway.station.end("outriderd", signal.SIGTERM)
    lines = [line for line in gateway.text.splitlines() if not line.startswith("telemetry:")]
    gateway.station.config.write_text("\n".join(lines) + "\n")
    gateway.start()
    check("left out: tuning:2:23: telemetry.compress: has 1 entries" in gateway.tuning()["refused"], f"{gateway.tuning()}")
    check(gateway.option("turn.linger") == "20ms", "a half of it is in force")
    check("tuning: does not run" in gateway.do("packs"), "it is listed as running")
    gateway.station.wait_events(1, what="refused")
    gateway.station.config.write_text(gateway.text)
    check(gateway.station.ask("reload")["ok"] and gateway.option("turn.linger") == "3ms", "it does not come back")
    check("refused" not in gateway.tuning(), "it is still called refused")
    gateway.station.config.write_text("\n".join(lines) + "\n")
    check(gateway.station.ask("reload")["ok"], "a tuning that fits no more refuses a reload")
    check("compress" in gateway.tuning()["refused"] and gateway.option("turn.linger") == "20ms", f"{gateway.tuning()}")
    gateway.do("rollback", "tuning")
    check("lower than 5" in gateway.do("stage", gateway.sign(4, "turn: {linger: 1ms}"), code=1),
          "after a rollback an older one was taken")


def one_gateway():
    with Station({"a1": "d1"}) as station:
        gateway = Tuned(station)
        gateway.prepare()
        gateway.start()
        station.start_broker_heard_by_console()
        station.wait_link()
        wait_for("telemetry", lambda: gateway.told()["online"], LIMIT_S)
        probe = Probe(gateway)
        plan = None
        for step in (one_that_does_not_fit_this_gateway_is_refused, a_pushed_one_is_in_force_at_once,
                     it_stays_and_counts_before_the_file, a_lower_version_needs_a_signed_rollback, a_rollout_is_undone,
                     one_that_fits_no_more_is_left_out):
            plan = step(gateway, plan if step is a_rollout_is_undone else probe) or plan
            print(step.__name__.replace("_", " "), flush=True)


if __name__ == "__main__":
    run(one_gateway)
