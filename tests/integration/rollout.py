#!/usr/bin/env python3
"""`outrider push` over four gateways and a real broker: in stages behind a gate, stopped where it does not hold, without
those that are away and later with them, from another machine, undone, and in shadow first."""
import json
import signal
import subprocess
import time

from station import GROUP, LIMIT_S, PACK, PROGRAMS, SLOW, Device, Station, certificates, check, free_port, run, wait_for

OUTRIDER = PROGRAMS / "outrider"
NAMES = ["gw", "gw2", "gw3", "gw4"]


def tool(*words, code=0):
    done = subprocess.run([str(w) for w in (OUTRIDER, *words)], capture_output=True, text=True, timeout=8 * LIMIT_S)
    check(done.returncode == code, f"outrider {words} ended with {done.returncode}: {done.stdout}{done.stderr}")
    return done.stdout + done.stderr


def send(port, value):
    device = Device("d1", port)
    code = device.upload(value, time.time())
    device.close()
    return code == 204


class Fleet:
    """Four gateways in the folder of one station, each with its own state."""

    def __init__(self, station):
        self.station = station
        self.folder = station.folder
        self.ports = {}
        self.signers = self.folder / "signers"
        self.signers.mkdir(mode=0o700)
        self.key = self.folder / "kim.pem"
        (self.signers / "kim.yaml").write_text(tool("keygen", self.key, "--name", "kim", "--role", "engineer"))
        certificates(station.tls, *NAMES, "console")
        text = station.config.read_text().replace("rules:\n", f"rules:\n  signers: {self.signers}\n")
        for name in NAMES:
            self.ports[name] = free_port()
            own = (text.replace("name: gw}", f"name: {name}}}").replace(str(station.state), f"{self.folder}/{name}.state")
                   .replace(f"/gw.pem", f"/{name}.pem").replace(f"/gw.key", f"/{name}.key")
                   .replace(f":{station.udp_port}", f":{self.ports[name]}")
                   .replace(f":{station.dtls_port}", f":{free_port()}")
                   .replace(str(station.socket), f"{self.folder}/{name}.sock"))
            (self.folder / f"{name}.yaml").write_text(own + f"operators: {{keys: {self.signers}}}\n")
        users = "".join(f"user {n}\ntopic readwrite outrider/v1/{GROUP}/{n}/#\n" for n in NAMES)
        (self.folder / "acl").write_text(
            users + f"user console\ntopic read outrider/v1/#\ntopic write outrider/v1/{GROUP}/+/command\n")

    def start(self, *names):
        for name in names:
            self.station.start(name, [PROGRAMS / "outriderd", "--config", self.folder / f"{name}.yaml"])
        for name in names:
            wait_for(f"{name} at the broker", lambda: self.is_up(name), LIMIT_S)

    def is_up(self, name):
        done = subprocess.run([OUTRIDER, "packs", "--socket", self.folder / f"{name}.sock", "--json"],
                              capture_output=True, text=True, timeout=LIMIT_S)
        return done.returncode == 0 and "event=mqtt_up" in self.station.log(name)

    def stop(self, name):
        self.station.end(name)

    def sign(self, version, limit):
        pack = self.folder / f"test-{version}.yaml"
        # larger than one piece, as packs with texts in many languages are
        pack.write_text(PACK.format(version=version, limit=limit) + "# " + "x" * 20000 + "\n")
        out = pack.with_suffix(".signed")
        tool("sign", pack, "--key", self.key, "--out", out)
        return out

    def kill(self, name):
        self.station.end(name, signal.SIGKILL)

    def credentials(self, patience_s=LIMIT_S):
        """patience_s: with each gateway; all of it is spent on one that is away."""
        tls = self.station.tls
        return ("--broker", f"mqtts://localhost:{self.station.mqtt_port}", "--ca", tls / "ca.pem", "--cert",
                tls / "console.pem", "--key", tls / "console.key", "--as", self.key, "--timeout", patience_s)

    def push(self, *words, code=0, patience_s=LIMIT_S):
        text = tool("push", *words, "--to", GROUP, *self.credentials(patience_s), "--json", code=code)
        end = text.rindex("}") + 1
        return json.loads(text[text.index("{"):end]), text[end:]

    def running(self, name):
        packs = json.loads(tool("packs", "--socket", self.folder / f"{name}.sock", "--json"))["packs"]
        return next(p for p in packs if p["pack"] == "test")["running"]["version"]

    def versions(self):
        return [self.running(name) for name in NAMES]


def states(result):
    return {g["gateway"]: g["state"] for g in result["gateways"]}


def a_gate_stops_where_it_does_not_hold(fleet):
    """One gateway has an alarm in its history that the new pack would raise."""
    check("1:17: a rehearsal has no figure \"notics\"" in tool(
        "push", fleet.sign(2, 4.0), "--to", GROUP, "--gate", "alarms < 2   && notics < 1", "--broker",
        "mqtts://localhost:1", code=2), "a gate without sense was taken")
    result, text = fleet.push(fleet.sign(2, 4.0), "--gate", "alarms < 1", "--stage", "25%,75%,100%", "--soak", 0, code=1)
    held = [name for name, state in states(result).items() if state == "held"]
    check(held == ["gw3"], f"held: {states(result)}")
    check("alarms = 1, not < 1" in json.dumps(result), "it is not said why")
    check(result["plan"]["state"] == "stopped" and "the gate does not hold" in text, f"not stopped: {text}")
    at = result["plan"]["gateways"].index("gw3")
    stage = 1 if at < 1 else 3 if at < 3 else 4  # those of its stage had their turn
    for turn, name in enumerate(result["plan"]["gateways"]):
        expected = 2 if turn < stage and name != "gw3" else 1
        check(fleet.running(name) == expected, f"{name}, turn {turn} of {result['plan']['gateways']}")
    return result["plan"]["id"]


def what_was_rolled_out_is_undone(fleet, plan):
    result, _ = fleet.push("--undo", plan)
    check(result["plan"]["state"] == "undone" and fleet.versions() == [1] * 4, f"not undone: {fleet.versions()}")


def those_that_are_away_come_later(fleet):
    """Without a quorum nothing is activated; with one the rest is done when it is back, from another machine."""
    fleet.stop("gw4")
    pack, short = fleet.sign(3, 50.0), 8 * SLOW
    result, text = fleet.push(pack, "--stage", "40%,100%", "--soak", 0, code=1, patience_s=short)
    check("quorum" in text and fleet.running("gw") == 1, f"no quorum: {text}")
    result, _ = fleet.push(pack, "--stage", "40%,100%", "--soak", 0, "--quorum", "70%", "--gate",
                           "notices_per_day < 2", code=3, patience_s=short)
    check(states(result)["gw4"] == "away" and result["plan"]["state"] == "waiting", f"{states(result)}")
    check([fleet.running(n) for n in NAMES[:3]] == [3] * 3, "those that are there")
    fleet.start("gw4")
    check(fleet.running("gw4") == 1, "gw4 has it already")
    pack.unlink()  # the other machine has no such file: the pack comes from the gateways
    result, _ = fleet.push("--resume", result["plan"]["id"])
    check(result["plan"]["state"] == "done" and fleet.versions() == [3] * 4, f"{states(result)}")


def a_shadow_comes_first_when_asked(fleet):
    result, _ = fleet.push(fleet.sign(7, 2.0), "--shadow", "--gate", "alarms_new < 1")
    check(result["plan"]["state"] == "in shadow" and fleet.versions() == [3] * 4, "it runs already")
    time.sleep(1.1)  # the shadow begins at a full second
    check(send(fleet.ports["gw2"], 2.5), "a reading")
    for name in NAMES:
        if name != "gw2":
            check(send(fleet.ports[name], 1.0), "a reading")
    result, _ = fleet.push("--resume", result["plan"]["id"], code=1)
    check(states(result)["gw2"] == "held", f"the difference in shadow: {result}")
    check(fleet.running("gw2") == 3, "it runs all the same")


def a_tuning_rolls_out_as_a_pack_does(fleet):
    tuning = fleet.folder / "tuning.yaml"
    tuning.write_text("tuning: 1\nlog: {level: info}\n")
    signed = tuning.with_suffix(".signed")
    tool("sign", tuning, "--key", fleet.key, "--out", signed)
    check("no --gate" in tool("push", signed, "--to", GROUP, "--gateways", "gw", "--gate", "alarms < 2", "--as", fleet.key,
                              "--broker", "mqtt://localhost:1", code=2), "a gate was taken")
    result, _ = fleet.push(signed, "--stage", "50%,100%", "--soak", 0)
    check(result["plan"]["state"] == "done" and set(states(result).values()) == {"runs it"}, f"{states(result)}")
    for gateway in result["gateways"]:
        changes = gateway["figures"]["changes"]
        check([c["option"] for c in changes] == ["log.level"] and changes[0]["to"] == "info", f"{changes}")
    result, _ = fleet.push("--undo", result["plan"]["id"])
    check(result["plan"]["state"] == "undone", f"not undone: {states(result)}")


def older_plans_are_kept(fleet):
    """A later rollout, of another pack or of this one, takes no plan away: not from --resume, and not from --undo, which
    takes nothing newer away unasked."""
    two = ("--gateways", "gw,gw2")
    packs = [fleet.sign(version, 50.0 + version) for version in (5, 6)]
    rolled = [fleet.push(pack, *two)[0]["plan"]["id"] for pack in packs]
    other = fleet.folder / "other.yaml"
    other.write_text(PACK.format(version=1, limit=60.0).replace("pack: test", "pack: other"))
    tool("sign", other, "--key", fleet.key, "--out", other.with_suffix(".signed"))
    fleet.push(other.with_suffix(".signed"), "--gateways", "gw")
    fleet.kill("gw")
    fleet.start("gw")
    result, text = fleet.push("--undo", rolled[0], *two, code=1)
    check("nothing was undone" in text and set(states(result).values()) == {"refused"} and
          "version 6 came after it and runs" in json.dumps(result), f"{text} {result}")
    check(fleet.versions() == [6, 6, 3, 3], f"something was undone: {fleet.versions()}")
    result, _ = fleet.push("--undo", rolled[1], *two)
    check(result["plan"]["state"] == "undone" and fleet.versions() == [5, 5, 3, 3], f"not the one before: {fleet.versions()}")
    packs[1].unlink()  # it comes from the gateways
    result, _ = fleet.push("--resume", rolled[1], *two)
    check(result["plan"]["state"] == "done" and fleet.versions() == [6, 6, 3, 3], f"not resumed: {states(result)}")
    fleet.push("--undo", rolled[0], "--newer-too", *two)
    check(fleet.versions() == [3] * 4, f"not both: {fleet.versions()}")
    text = tool("push", "--undo", "p00000000", "--to", GROUP, *two, *fleet.credentials(), code=1)
    check("knows the plan p00000000; they know" in text and all(f"{p} (test {v}, " in text for p, v in zip(rolled, (5, 6))),
          text)
    listed = tool("packs", "--socket", fleet.folder / "gw.sock")
    check(f"plan {rolled[0]}: test 5, undone; stage 1 of 1 is done" in listed, listed)


def four_gateways():
    with Station({"a1": "d1"}) as station:
        fleet = Fleet(station)
        station.start_broker()
        fleet.start(*NAMES)
        for name in NAMES:
            check(send(fleet.ports[name], 1.0), "a reading")
        check(send(fleet.ports["gw3"], 5.0), "a reading")
        plan = a_gate_stops_where_it_does_not_hold(fleet)
        print("a gate stops where it does not hold", flush=True)
        what_was_rolled_out_is_undone(fleet, plan)
        print("what was rolled out is undone", flush=True)
        for step in (those_that_are_away_come_later, older_plans_are_kept, a_tuning_rolls_out_as_a_pack_does,
                     a_shadow_comes_first_when_asked):
            step(fleet)
            print(step.__name__.replace("_", " "), flush=True)


if __name__ == "__main__":
    run(four_gateways)
