#!/usr/bin/env python3
"""Signed packs and tunings on one gateway: refused, staged, rehearsed on its history, activated through kill -9, rolled
back, and taken back by the gateway itself when it does not get on with one."""
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import time

from station import LIMIT_S, PACK, PROGRAMS, Device, Station, check, run, wait_for

OUTRIDER = PROGRAMS / "outrider"
SOURCE = pathlib.Path(os.environ["OUTRIDER_SOURCE"])


def tool(*words, code=0):
    done = subprocess.run([str(w) for w in (OUTRIDER, *words)], capture_output=True, text=True, timeout=4 * LIMIT_S)
    check(done.returncode == code, f"outrider {words} ended with {done.returncode}: {done.stdout}{done.stderr}")
    return done.stdout + done.stderr


class Gateway:
    def __init__(self, station):
        self.station = station
        self.signers = station.folder / "signers"
        self.key = station.folder / "kim.pem"

    def prepare(self):
        self.signers.mkdir(mode=0o700)
        (self.signers / "kim.yaml").write_text(tool("keygen", self.key, "--name", "kim", "--role", "engineer"))
        config = self.station.config.read_text()
        self.station.config.write_text(config.replace("rules:\n", f"rules:\n  signers: {self.signers}\n"))

    def sign(self, version, limit, *words):
        pack = self.station.folder / f"test-{version}.yaml"
        pack.write_text(PACK.format(version=version, limit=limit))
        out = pack.with_suffix(".signed")
        tool("sign", pack, "--key", self.key, "--out", out, *words)
        return out

    def do(self, verb, *words, code=0):
        return tool(verb, *words, "--socket", self.station.socket, code=code)

    def pack(self):
        return next(p for p in json.loads(self.do("packs", "--json"))["packs"] if p["pack"] == "test")

    def running(self):
        return self.pack()["running"]["version"]

    def kill(self):
        self.station.end("outriderd", signal.SIGKILL)

    def start(self):
        self.station.start_daemon()


def a_pack_is_taken_from_its_signers_alone(gateway):
    good = gateway.sign(2, 100.0)
    forged = good.with_suffix(".forged")
    forged.write_bytes(good.read_bytes().replace(b"100.0", b"900.0"))
    check("forged" in gateway.do("stage", forged, code=1), "a forged pack was taken")
    check("no signed pack" in gateway.do("stage", gateway.station.folder / "pack.yaml", code=1), "an unsigned one")
    other = gateway.station.folder / "other.pem"
    tool("keygen", other, "--name", "other", "--role", "engineer")
    strange = good.with_suffix(".strange")
    tool("sign", gateway.station.folder / "test-2.yaml", "--key", other, "--out", strange)
    check("not among the signers" in gateway.do("stage", strange, code=1), "a stranger's")
    bad = gateway.station.folder / "bad.yaml"
    bad.write_text("pack: test\nversion: 9\nrules:\n  - alert: Drop\n    expr: shock >\n")
    check("bad.yaml:5:" in tool("sign", bad, "--key", gateway.key, "--out", good.with_suffix(".bad"), code=1),
          "a bad pack was signed, or its place is not told")
    key = gateway.signers / "kim.yaml"
    text = key.read_text()
    key.write_text(text + "revoked: true\n")
    check("revoked" in gateway.do("stage", good, code=1), "a revoked key counts")
    key.write_text(text)
    check("staged" not in gateway.pack(), "something is staged")


def what_it_would_have_done_is_told(gateway):
    gateway.do("stage", gateway.sign(2, 100.0))
    answer = json.loads(gateway.do("rehearse", "test", "--json"))
    figures = answer["figures"]
    check(figures["running"]["alarms"] >= 1 and figures["running"]["tickets"] >= 1, f"the running pack: {figures}")
    check(figures["pushed"]["alarms"] == 0 and figures["pushed"]["alarms_per_day"] == 0, f"the pushed pack: {figures}")
    check(figures["alarms_gone"] >= 1 and figures["alarms_new"] == 0, f"differences: {figures}")
    check(gateway.running() == 1, "it runs already")


def what_is_active_stays_so(gateway):
    gateway.do("activate", "test")
    gateway.kill()
    gateway.start()
    check(gateway.running() == 2, "the pushed pack is gone after kill -9")
    tool("packs", "--socket", gateway.station.socket)
    answer = gateway.station.ask("reload")
    check(answer["ok"] and gateway.running() == 2, f"a reload took the file's: {answer}")
    gateway.station.end("outriderd")
    gateway.start()
    check(gateway.running() == 2, "the pushed pack is gone after a stop")
    check("test: version 2 runs already, nothing is staged" in gateway.do("stage", gateway.sign(2, 100.0)), "it is staged")
    check("staged" not in gateway.pack(), "something is staged")


def a_lower_version_needs_a_signed_rollback(gateway):
    check("lower than 2" in gateway.do("stage", gateway.sign(1, 50.0), code=1), "a lower version was taken")
    check("other content" in gateway.do("stage", gateway.sign(2, 60.0), code=1), "another version 2 was taken")
    gateway.do("stage", gateway.sign(1, 50.0, "--rollback"))
    gateway.do("activate", "test")
    wait_for("version 1", lambda: gateway.running() == 1, LIMIT_S)
    check(gateway.pack()["previous"]["version"] == 2, "the one before was not kept")
    gateway.do("rollback", "test")
    wait_for("version 2", lambda: gateway.running() == 2, LIMIT_S)


def it_is_taken_back_when_the_agent_does_not_run(gateway):
    gateway.do("stage", gateway.sign(3, 7.0))
    gateway.do("activate", "test")
    wait_for("version 3", lambda: gateway.running() == 3, LIMIT_S)
    gateway.station.end("outriderd")  # a stop that was asked for does not count
    for _ in range(2):  # OTR_LIMIT_TRIAL_STARTS, with the one below
        gateway.start()
        check(gateway.running() == 3, "taken back too soon")
        gateway.kill()
    gateway.start()
    check(gateway.running() == 3, "taken back too soon")
    gateway.kill()
    gateway.start()
    pack = gateway.pack()
    check(pack["running"]["version"] == 2 and pack["fallen"]["version"] == 3, f"not taken back: {pack}")
    check("taken back" in gateway.station.log("outriderd"), "nothing is said of it")


def a_shadow_tells_nobody(gateway):
    gateway.do("stage", gateway.sign(4, 2.0))
    gateway.do("shadow", "test")
    tickets = gateway.station.status()["driver"]["tickets"]
    device = Device("d1", gateway.station.udp_port)
    time.sleep(1.1)
    check(send(device, 2.5), "a reading")
    device.close()
    figures = json.loads(gateway.do("rehearse", "test", "shadow", "--json"))["figures"]
    check(figures["pushed"]["alarms"] == 1 and figures["running"]["alarms"] == 0, f"differences: {figures}")
    check(gateway.station.status()["driver"]["tickets"] == tickets, "somebody was told")
    gateway.do("shadow", "test", "off")
    check("shadow" not in gateway.pack(), "it is still in shadow")


TUNING = "tuning: {version}\nturn: {{linger: {linger}}}\nlog: {{level: {level}}}\n"


def sign_tuning(gateway, text, *words, code=0):
    tuning = gateway.station.folder / "tuning.yaml"
    tuning.write_text(text)
    out = gateway.station.folder / "tuning.signed"
    said = tool("sign", tuning, "--key", gateway.key, "--out", out, *words, code=code)
    check(code != 0 or f"{out}: a tuning, version" in said, f"what was signed is not said: {said}")
    return said if code != 0 else out


def tuning_of(gateway):
    packs = json.loads(gateway.do("packs", "--json"))["packs"]
    return next((p for p in packs if p["pack"] == "tuning"), None)


def level_of(gateway):
    return gateway.station.status()["log_level"]


def a_tuning_sets_what_it_may_and_is_taken_back(gateway):
    refused = sign_tuning(gateway, "tuning: 1\nmqtt: {url: mqtts://elsewhere}\n", code=1)
    check("tuning.yaml:2:1: mqtt is not for a tuning" in refused, refused)
    refused = sign_tuning(gateway, "tuning: 1\n", code=1)
    check("tuning.yaml:1:1: it sets nothing" in refused, refused)
    refused = sign_tuning(gateway, "tuning: 1\nturn: {linger: 9h}\n", code=1)
    check("tuning.yaml:2:16: turn.linger must be between" in refused, refused)
    refused = sign_tuning(gateway, "tuning: 1\nlog: {level: debug}\nrules: {packs: []}\n", code=1)
    check("tuning.yaml:3:1" in refused, refused)
    before = level_of(gateway)
    signed = sign_tuning(gateway, TUNING.format(version=2, linger="100ms", level="info"))
    gateway.do("stage", signed)
    check(level_of(gateway) == before, "it counts already")
    told = gateway.do("rehearse", "tuning")
    check(told.startswith("tuning: ") and f"log.level: {before} -> info" in told and "turn.linger:" in told and "-> 100ms" in told, told)
    check("no shadow" in gateway.do("shadow", "tuning", code=1), "it has a shadow")
    gateway.do("activate", "tuning")
    check(level_of(gateway) == "info", "it has no effect")
    gateway.kill()
    gateway.start()
    check(level_of(gateway) == "info" and tuning_of(gateway)["running"]["version"] == 2, "kill -9 took it away")
    check(gateway.station.ask("reload")["ok"] and level_of(gateway) == "info", "a reload took it away")
    check("lower than 2" in gateway.do("stage", sign_tuning(gateway, TUNING.format(version=1, linger="50ms", level="debug")),
                                       code=1), "a lower version was taken")
    gateway.do("rollback", "tuning")
    check(level_of(gateway) == before and "running" not in tuning_of(gateway), "it is not taken back")


def a_tuning_with_which_the_agent_ends_is_taken_back(gateway):
    before = level_of(gateway)
    gateway.do("stage", sign_tuning(gateway, TUNING.format(version=3, linger="50ms", level="info")))
    gateway.do("activate", "tuning")
    for _ in range(2):
        gateway.kill()
        gateway.start()
        check(level_of(gateway) == "info", "taken back too soon")
    gateway.kill()
    gateway.start()
    tuning = tuning_of(gateway)
    check(level_of(gateway) == before and tuning["fallen"]["version"] == 3, f"not taken back: {tuning}")
    check("tuning 3 was taken back" in gateway.station.log("outriderd"), "nothing is said of it")


def send(device, value):
    return device.upload(value, time.time(), timeout_s=2.0) == 204


def one_gateway():
    with Station({"a1": "d1"}) as station:
        gateway = Gateway(station)
        gateway.prepare()
        gateway.start()
        device = Device("d1", station.udp_port)
        for value in (1.0, 5.0, 1.0):
            check(send(device, value), "a reading")
            time.sleep(0.05)
        device.close()
        for step in (a_pack_is_taken_from_its_signers_alone, what_it_would_have_done_is_told, what_is_active_stays_so,
                     a_lower_version_needs_a_signed_rollback, it_is_taken_back_when_the_agent_does_not_run,
                     a_shadow_tells_nobody, a_tuning_sets_what_it_may_and_is_taken_back,
                     a_tuning_with_which_the_agent_ends_is_taken_back):
            step(gateway)
            print(step.__name__.replace("_", " "), flush=True)


def a_rehearsal_that_fails_says_why_and_is_tried_anew():
    with Station({"a1": "d1"}) as station:
        gateway = Gateway(station)
        gateway.prepare()
        programs = station.folder / "programs"  # without a replay that works
        programs.mkdir()
        shutil.copy(PROGRAMS / "outriderd", programs / "outriderd")
        shutil.copy("/bin/false", programs / "outrider")
        station.start("outriderd", [programs / "outriderd", "--config", station.config])
        wait_for("outriderd", station.answers, LIMIT_S)
        gateway.do("stage", gateway.sign(2, 100.0))
        for _ in range(2):
            text = gateway.do("rehearse", "test", code=1)
            check("refused: " in text and "replay" in text, f"it is not said why: {text}")


def a_rehearsal_has_room_for_all_packs_of_the_repository():
    """The daemon may write nowhere but to its own folders, and what does not fit a cache goes to memory."""
    packs = SOURCE / "rules" / "packs"
    with Station({"a1": "d1"}) as station:
        gateway = Gateway(station)
        gateway.prepare()
        text = station.config.read_text().replace(f"packs: {station.folder}/pack.yaml", f"packs: {packs}")
        station.config.write_text(text.replace("rules:\n", f"rules:\n  knowledge: {SOURCE}/rules/knowledge\n"))
        gateway.start()
        pack = (packs / "cold-chain.yaml").read_text()
        version = int(re.search(r"^version: (\d+)", pack, re.MULTILINE)[1])
        newer = station.folder / "cold-chain.yaml"
        newer.write_text(re.sub(r"^version: \d+", f"version: {version + 1}", pack, count=1, flags=re.MULTILINE))
        signed = newer.with_suffix(".signed")
        tool("sign", newer, "--key", gateway.key, "--out", signed)
        gateway.do("stage", signed)
        figures = json.loads(gateway.do("rehearse", "cold-chain", "--json"))
        check("figures" in figures, f"no figures: {figures}")


def without_signers_nothing_is_taken():
    with Station({"a1": "d1"}) as station:
        gateway = Gateway(station)
        gateway.prepare()
        station.write_config()
        gateway.start()
        check("rules.signers" in gateway.do("stage", gateway.sign(2, 100.0), code=1), "a pack was taken")


if __name__ == "__main__":
    run(one_gateway, a_rehearsal_that_fails_says_why_and_is_tried_anew,
        a_rehearsal_has_room_for_all_packs_of_the_repository, without_signers_nothing_is_taken)
