#!/usr/bin/env python3
"""What `outrider provision` makes is enough: broker, gateway and console run on it alone; keys are renewed with both good,
revoked ones are refused, private files are nobody else's."""
import os
import shutil
import signal
import subprocess
import tempfile

from station import LIMIT_S, PROGRAMS, Station, check, free_port, listens, mosquitto, run, wait_for


class Provisioned(Station):
    """A station whose files come from `outrider provision`."""

    def __init__(self):
        super().__init__({})
        self.fleet = self.folder / "fleet"
        self.site = self.fleet / "gateways/gw-1"
        self.first_port = self.mqtt_port
        self.config = self.site / "outrider.yaml"

    def __enter__(self):
        check(self.provision("gw-1", "gw-2", "--group", "depot", "--broker", f"mqtts://localhost:{self.mqtt_port}",
                             "--hosts", "DNS:localhost,IP:127.0.0.1")[0] == 0, "no gateway")
        self.config.write_text(self.config.read_text() + f"state: {{folder: {self.state}, ballast: 0B}}\n"
                               f"control: {{socket: {self.socket}}}\nclock: {{trust: always}}\nturn: {{linger: 20ms}}\n")
        text = self.config.read_text().replace("0.0.0.0:5684", f"127.0.0.1:{free_port()}")
        self.config.write_text(text)
        return self

    def provision(self, *words):
        done = subprocess.run([str(w) for w in (PROGRAMS / "outrider", "provision", self.fleet, *words)],
                              capture_output=True, text=True, timeout=LIMIT_S)
        return done.returncode, (done.stdout + done.stderr).strip()

    def start_broker(self):
        broker = self.fleet / "broker"
        (self.folder / "persist").mkdir(exist_ok=True)
        (self.folder / "mosquitto.conf").write_text(
            f"listener {self.mqtt_port} 127.0.0.1\ncafile {broker}/ca.pem\ncertfile {broker}/broker.pem\n"
            f"keyfile {broker}/broker.key\nrequire_certificate true\nuse_identity_as_username true\n"
            f"acl_file {broker}/acl\npersistence true\npersistence_location {self.folder}/persist/\n"
            + ("user root\n" if os.geteuid() == 0 else ""))
        self.start("mosquitto", [mosquitto(), "-c", self.folder / "mosquitto.conf"])
        wait_for("mosquitto", lambda: listens(self.mqtt_port), LIMIT_S)

    def order(self, person, *words):
        mine = self.fleet / "people" / person
        done = subprocess.run([str(w) for w in (
            PROGRAMS / "outrider", *words, "--on", "gw-1", "--group", "depot", "--broker",
            f"mqtts://localhost:{self.mqtt_port}", "--ca", mine / "ca.pem", "--cert", mine / "console.pem", "--key",
            mine / "console.key", "--as", mine / "operator.pem", "--timeout", str(LIMIT_S))], capture_output=True, text=True,
            timeout=2 * LIMIT_S)
        return done.returncode, (done.stdout + done.stderr).strip()

    def reload(self):
        before = self.log("outriderd").count("event=reload result=ok")
        self.processes["outriderd"].send_signal(signal.SIGHUP)
        self.wait_said("event=reload result=ok", before + 1)


def what_is_provisioned_is_enough():
    with Provisioned() as station:
        check(station.provision("--operator", "kim", "--role", "operator")[0] == 0, "no key for kim")
        station.start_broker()
        station.start_daemon()
        station.wait_link()
        code, text = station.order("kim", "alarms")
        check(code == 0, f"kim may not look: {code} {text}")
        check(not [p for p in station.fleet.rglob("*") if p.is_file() and p.suffix == ".key" and p.stat().st_mode & 0o077],
              "a key is open to others")
        check((station.fleet / "people/kim/operator.pem").stat().st_mode & 0o777 == 0o600, "kim's key is open to others")
        for folder in ("authority", "people", "gateways/gw-1/tls", "gateways/gw-1/keys"):
            check((station.fleet / folder).stat().st_mode & 0o777 == 0o700, f"{folder} is open to others")
        done = subprocess.run(["openssl", "verify", "-x509_strict", "-CAfile", station.fleet / "authority/ca.pem",
                               station.site / "tls/gateway.pem", station.fleet / "broker/broker.pem"], capture_output=True,
                              text=True)
        check(done.returncode == 0, done.stdout + done.stderr)


def two_keys_are_good_while_one_is_renewed_and_a_revoked_one_is_refused():
    with Provisioned() as station:
        check(station.provision("--operator", "kim", "--role", "operator")[0] == 0, "no key for kim")
        station.start_broker()
        station.start_daemon()
        station.wait_link()
        check(station.provision("--operator", "kim", "--role", "operator")[0] == 0, "no second key")
        station.processes["mosquitto"].send_signal(signal.SIGHUP)  # its ACL
        station.reload()
        for key in ("kim", "kim-2"):
            code, text = station.order(key, "alarms")
            check(code == 0, f"{key}: {code} {text}")
        check(station.provision("--revoke", "kim")[0] == 0, "not revoked")
        station.reload()
        code, text = station.order("kim", "alarms")
        check(code == 1 and "revoked" in text, f"a revoked key: {code} {text}")
        code, text = station.order("kim-2", "alarms")
        check(code == 0, f"the other key: {code} {text}")


def a_sparkplug_host_may_read_its_group_and_command_it_and_no_more():
    with Provisioned() as station:
        check(station.provision("--sparkplug", "scada")[0] == 0, "no host")
        station.start_broker()
        mine = station.fleet / "hosts/scada"

        def client(program, *words):
            return [program, "-h", "localhost", "-p", str(station.mqtt_port), "--cafile", str(mine / "ca.pem"), "--cert",
                    str(mine / "host.pem"), "--key", str(mine / "host.key"), "-V", "5", "-q", "1", *words]

        def taken(topic):
            done = subprocess.run(client("mosquitto_pub", "-d", "-t", topic, "-m", "x"), capture_output=True, text=True,
                                  timeout=LIMIT_S)
            return "RC:0)" in done.stdout or "RC:16)" in done.stdout  # 16: nobody listens

        for topic in ("spBv1.0/depot/NCMD/gw-1", "spBv1.0/depot/DCMD/gw-1/d1", "spBv1.0/STATE/scada"):
            check(taken(topic), f"{topic} is refused")
        for topic in ("spBv1.0/depot/DDATA/gw-1/d1", "spBv1.0/other/NCMD/gw-1", "spBv1.0/STATE/other",
                      "outrider/v1/depot/gw-1/command"):
            check(not taken(topic), f"{topic} is taken")
        subprocess.run(client("mosquitto_sub", "-t", "spBv1.0/depot/#", "-E"), check=True, timeout=LIMIT_S)
        check(station.provision("--sparkplug", "../x")[0] == 2, "a name that leaves the folder was taken")


def what_is_there_is_kept_unless_it_is_to_be_renewed():
    with Provisioned() as station:
        certificate = station.site / "tls/gateway.pem"
        before, config = certificate.read_bytes(), station.config.read_bytes()
        code, said = station.provision("gw-1", "gw-5", "--hosts", "DNS:other")
        check(code == 0 and certificate.read_bytes() == before, "a certificate was replaced")
        for line in (f"{certificate}: kept; --renew makes a new one", f"{station.config}: kept",
                     f"{station.fleet}/broker/broker.pem: kept, with the hosts that it was made for; --renew makes a new one",
                     f"{station.fleet}/gateways/gw-5/tls/gateway.pem: 365 days",
                     f"{station.fleet}/gateways/gw-5/outrider.yaml: written"):
            check(line in said.splitlines(), f"not said: {line}\n{said}")
        check(station.provision("gw-1", "--renew")[0] == 0 and certificate.read_bytes() != before, "it was not renewed")
        check(station.config.read_bytes() == config, "a configuration was written over")
        check(station.provision("gw-3", "--group", "other")[0] == 1, "one folder had two groups")
        for words in (("../x",), ("a b",), (), ("--operator", "kim"), ("--operator", "kim", "--role", "king"), ("a/b",)):
            check(station.provision(*words)[0] == 2, f"{words} was taken")
        check(station.provision("gw-1", "--broker", "http://localhost")[0] == 1, "a broker that is none was taken")
        check("--broker was given too often" in station.provision(*["--broker", "mqtts://localhost"] * 17)[1], "17 brokers")
        check("at most 9 brokers" in station.provision(*[w for i in range(10) for w in ("--broker", f"mqtts://b{i}")])[1],
              "ten brokers")
        check(station.provision("--revoke", "nobody")[0] == 1, "nobody was revoked")
        with tempfile.TemporaryDirectory() as empty:
            done = subprocess.run([PROGRAMS / "outrider", "provision", empty, "gw"], capture_output=True, text=True)
            check(done.returncode == 1 and "--group" in done.stderr, "a new folder needs no group")
        (station.fleet / "authority/ca.key").chmod(0o644)
        check(station.provision("gw-4")[0] == 1, "an authority's key that others read was used")


def a_fleet_of_two_brokers_needs_nothing_written_by_hand():
    """The first broker is away: the gateway is at the second, with the written mosquitto.conf, and a person who copies their
    folder finds it there."""
    with Provisioned() as station:
        away = free_port()
        urls = (f"mqtts://localhost:{away}", f"mqtts://127.0.0.1:{station.mqtt_port}")
        code, text = station.provision("gw-3", "--broker", urls[0], "--broker", urls[1])
        check(code == 0 and "has other brokers now" in text, f"{code} {text}")
        check(station.provision("--operator", "kim", "--role", "operator")[0] == 0, "no key for kim")
        site = station.fleet / "gateways/gw-3"
        text = (site / "outrider.yaml").read_text()
        check(f'url: "{urls[0]}"\n  other_urls:\n    - "{urls[1]}"\n' in text, text)
        station.config = site / "outrider.yaml"
        station.config.write_text(text.replace("0.0.0.0:5684", f"127.0.0.1:{free_port()}") +
                                  f"state: {{folder: {station.state}, ballast: 0B}}\ncontrol: {{socket: {station.socket}}}\n"
                                  f"clock: {{trust: always}}\n")
        broker = station.fleet / "broker"
        names = subprocess.run(["openssl", "x509", "-in", broker / "broker.pem", "-noout", "-ext", "subjectAltName"],
                               capture_output=True, text=True, check=True).stdout
        check("DNS:localhost" in names and "IP Address:127.0.0.1" in names, names)
        conf = (broker / "mosquitto.conf").read_text()
        check("/etc/mosquitto/fleet/acl" in conf, conf)
        (station.folder / "conf.d").mkdir()
        (station.folder / "conf.d/fleet.conf").write_text(
            conf.replace("/etc/mosquitto/fleet", str(broker)).replace(f"listener {station.first_port}",
                                                                      f"listener {station.mqtt_port} 127.0.0.1"))
        (station.folder / "persist").mkdir()
        (station.folder / "mosquitto.conf").write_text(
            f"persistence true\npersistence_location {station.folder}/persist/\ninclude_dir {station.folder}/conf.d\n"
            + ("user root\n" if os.geteuid() == 0 else ""))
        station.start("mosquitto", [mosquitto(), "-c", station.folder / "mosquitto.conf"])
        wait_for("mosquitto", lambda: listens(station.mqtt_port), LIMIT_S)
        station.start_daemon()
        station.wait_link()
        home = station.folder / "home"
        shutil.copytree(station.fleet / "people/kim", home / "outrider")

        def console(*words, code=0):
            done = subprocess.run([PROGRAMS / "outrider", *words], capture_output=True, text=True, timeout=2 * LIMIT_S,
                                  env={**os.environ, "XDG_CONFIG_HOME": str(home)})
            check(done.returncode == code, f"{words}: {done.returncode} {done.stdout}{done.stderr}")
            return done.stdout

        listed = console("context", "list")
        check(f"* depot                {urls[0]}  group depot" in listed and f"  depot-2              {urls[1]}" in listed, listed)
        console("context", "show")
        console("context", "use", "depot-2")
        console("alarms", "--on", "gw-3", "--timeout", str(LIMIT_S))
        check("gw-3" in console("fleet"), "the fleet is not seen")


if __name__ == "__main__":
    run(what_is_provisioned_is_enough,
        a_fleet_of_two_brokers_needs_nothing_written_by_hand,
        two_keys_are_good_while_one_is_renewed_and_a_revoked_one_is_refused,
        a_sparkplug_host_may_read_its_group_and_command_it_and_no_more,
        what_is_there_is_kept_unless_it_is_to_be_renewed)
