#!/usr/bin/env python3
"""The life of the package on a clean Debian with systemd: installed, filled in, upgraded, removed, installed again, purged.

The daemon runs there as its unit has it. A reading that was acknowledged under one version has its alarm under the next.
"""
import json
import pathlib
import re
import tempfile
import time

from package import SOURCE, check, pack, run
from root import Machine, base, need

CONFIG = """\
gateway: {group: depot, name: gw}
coap: {udp: "127.0.0.1:5683", dtls: "0.0.0.0:5684", keys: keys}
mqtt: {url: "mqtts://localhost:8883", ca: tls/ca.pem, cert: tls/gw.pem, key: tls/gw.key}
rules: {packs: /usr/share/outrider/packs, knowledge: /usr/share/outrider/knowledge, assignments: assignments.yaml, signers: signers}
operators: {keys: operators}
clock: {trust: always}
"""
ASSIGNMENTS = """\
version: 1
customers: [{customer: cust-1, locale: en}]
assets:
  - {asset: parcel-1, class: parcel, name: "Parcel 1", limit: {shock_max: 25.0}, devices: [trk-1], customer: cust-1}
"""
BROKER = """\
listener 8883 127.0.0.1
cafile /etc/outrider-test/ca.pem
certfile /etc/outrider-test/broker.pem
keyfile /etc/outrider-test/broker.key
require_certificate true
use_identity_as_username true
"""


def wait(what, condition, limit_s=60):
    deadline = time.monotonic() + limit_s
    while not condition():
        check(time.monotonic() < deadline, f"{what}: not within {limit_s} s")
        time.sleep(0.3)


def active(machine):
    return machine.try_run("systemctl", "is-active", "outriderd").stdout.strip() == "active"


def wait_active(machine):
    wait("the service", lambda: active(machine))


def main_pid(machine):
    return machine.run("systemctl", "show", "-P", "MainPID", "outriderd").strip()


def alarms(machine):
    told = json.loads(machine.run("outrider", "alarms", "--json"))
    return [(alarm["rule"], alarm["asset"]) for alarm in told["alarms"]]


def fill_in(machine, certificates):
    """What the person who sets up the gateway does."""
    etc = machine.root / "etc/outrider"
    (etc / "outrider.yaml").write_text(CONFIG)
    (etc / "assignments.yaml").write_text(ASSIGNMENTS)
    broker = machine.root / "etc/outrider-test"
    broker.mkdir()
    for name in ("ca.pem", "broker.pem", "broker.key"):
        (broker / name).write_bytes((certificates / name).read_bytes())
    (machine.root / "etc/mosquitto/conf.d/test.conf").write_text(BROKER)
    machine.run("chown", "-R", "mosquitto", "/etc/outrider-test")
    machine.run("systemctl", "restart", "mosquitto")
    for name in ("ca.pem", "gw.pem", "gw.key"):
        (etc / "tls" / name).write_bytes((certificates / name).read_bytes())
        (etc / "tls" / name).chmod(0o600)
    machine.run("chown", "-R", "outrider:", "/etc/outrider/tls")
    machine.run("outrider", "enroll", "trk-1", "--keys", "/etc/outrider/keys")


def installed(machine, deb):
    said = machine.try_run("dpkg", "-i", deb)
    check(said.returncode == 0, said.stdout + said.stderr)
    check("fill in /etc/outrider/outrider.yaml" in said.stderr and "mqtt.ca" in said.stderr, said.stderr)
    check(machine.run("systemctl", "is-enabled", "outriderd").strip() == "enabled", "enabled")
    check(not active(machine), "it runs without a configuration")
    check(machine.run("stat", "-c", "%U %a", "/etc/outrider/keys").split() == ["outrider", "700"], "the folder of keys")
    shell = machine.run("getent", "passwd", "outrider").split(":")
    check(shell[5] == "/var/lib/outrider" and shell[6].strip() == "/usr/sbin/nologin", f"user: {shell}")


def reported(machine):
    machine.run("coap-client-openssl", "-m", "post", "-t", "110", "-e", '[{"bn":"trk-1/","n":"shock","u":"g","v":41}]',
                "coap://127.0.0.1:5683/r")
    wait("the alarm", lambda: ("ShockDrop", "parcel-1") in alarms(machine))


def confined(machine):
    """As systemd sees the running service, and as the kernel does."""
    told = machine.run("systemd-analyze", "security", "--no-pager", "outriderd")
    exposure = re.search(r"Overall exposure level for outriderd.service: ([0-9.]+)", told)
    check(exposure is not None and float(exposure[1]) < 2.0, told[-300:])
    status = dict(line.split(":", 1) for line in (machine.run("cat", f"/proc/{main_pid(machine)}/status")).splitlines())
    check(status["NoNewPrivs"].strip() == "1" and status["Seccomp"].strip() == "2", "new privileges or every system call")
    check(int(status["CapBnd"], 16) == 0 and int(status["CapEff"], 16) == 0, "capabilities")
    check(status["Uid"].split()[0] != "0", "runs as root")
    wait("the broker", lambda: "event=mqtt_up" in machine.run("journalctl", "-u", "outriderd", "--no-pager"))
    log = machine.run("journalctl", "-u", "outriderd", "--no-pager")
    check("event=sandbox" not in log, "the unit keeps the daemon from its own sandbox: " + log)  # said only where something lacks
    return exposure[1]


def main():
    need("debootstrap", "systemd-nspawn", "nsenter")
    with tempfile.TemporaryDirectory(prefix="outrider-package-") as folder:
        first, second = pack(folder), pack(folder, "0.1.1")
        certificates = pathlib.Path(folder) / "tls"
        run(SOURCE / "tools/certificates", certificates, "gw")
        depends = re.search(r"^ Depends: (.*)$", run("dpkg-deb", "--info", first), re.M)[1]
        libraries = [name.split()[0] for name in depends.split(",")]
        with Machine(base("bookworm", [*libraries, "mosquitto", "libcoap3-bin"])) as machine:
            for deb in (first, second):
                run("cp", deb, machine.root / "root")
            first, second = f"/root/{first.name}", f"/root/{second.name}"
            installed(machine, first)
            fill_in(machine, certificates)
            machine.run("systemctl", "start", "outriderd")
            wait_active(machine)
            reported(machine)
            exposure = confined(machine)
            pid = main_pid(machine)
            machine.run("systemctl", "kill", "-s", "KILL", "outriderd")
            wait("its new start", lambda: active(machine) and main_pid(machine) not in (pid, "0"))
            pid = main_pid(machine)
            machine.run("dpkg", "-i", second)  # asks nothing: the changed configuration stays
            wait_active(machine)
            check(main_pid(machine) != pid, "the old version goes on")
            check(machine.run("outriderd", "--version").strip() != "", "version")
            check((machine.root / "etc/outrider/outrider.yaml").read_text() == CONFIG, "the configuration was replaced")
            wait("the alarm after the upgrade", lambda: ("ShockDrop", "parcel-1") in alarms(machine))
            machine.run("dpkg", "--remove", "outrider")
            check(not active(machine), "it runs though it was removed")
            check((machine.root / "var/lib/outrider/outrider.db").exists(), "remove took the state")
            check((machine.root / "etc/outrider/keys/trk-1.psk").exists(), "remove took the keys")
            machine.run("dpkg", "-i", first)
            machine.run("systemctl", "start", "outriderd")
            wait_active(machine)
            wait("the alarm after it came back", lambda: ("ShockDrop", "parcel-1") in alarms(machine))
            machine.run("dpkg", "--purge", "outrider")
            for path in ("var/lib/outrider", "etc/outrider", "lib/systemd/system/outriderd.service"):
                check(not (machine.root / path).exists(), f"/{path} is left after purge")
            check(machine.try_run("getent", "passwd", "outrider").returncode != 0, "the user is left after purge")
            print(f"installed, upgraded, removed, installed again, purged; exposure {exposure}")


main()
