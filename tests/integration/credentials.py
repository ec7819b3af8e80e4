#!/usr/bin/env python3
"""How the gateway and its broker prove who they are: certificates renewed on disk are used without a restart, a set that is no
good leaves the old one in use, and a shared key does without certificates and trusts none."""
import os
import signal
import socket
import ssl
import subprocess
import threading

from station import LIMIT_S, NAME, Device, Station, certificates, check, listens, mosquitto, run, wait_for

START = 1_700_000_000
KEY = "000102030405060708090a0b0c0d0e0f"


def serial_of(path):
    return subprocess.run(["openssl", "x509", "-in", path, "-noout", "-serial"], check=True, capture_output=True,
                          text=True).stdout


def lose_the_link(station):
    downs = station.log("outriderd").count("event=mqtt_down")
    station.end("mosquitto", signal.SIGKILL)
    station.wait_said("event=mqtt_down", downs + 1)
    station.start_broker()


def renewed_files_are_taken_without_a_restart_and_bad_ones_are_not():
    with Station({"a1": "d1"}) as station:
        station.start_broker()
        station.start_daemon()
        station.wait_link()
        old = {end: (station.tls / f"{NAME}.{end}").read_bytes() for end in ("pem", "key")}
        (station.tls / f"{NAME}.key").write_bytes((station.tls / "console.key").read_bytes())
        lose_the_link(station)
        station.wait_said("result=kept")
        station.wait_link()
        check("does not belong to certificate" in station.log("outriderd"), "the log does not say what is wrong")
        (station.tls / f"{NAME}.key").unlink()
        lose_the_link(station)
        station.wait_link()
        check(station.log("outriderd").count("result=kept") == 2, "a key that is away is not told once")
        # another authority altogether, for both sides: only a set taken as a whole fits
        other = station.folder / "other"
        certificates(other, NAME, "console")
        check(serial_of(other / f"{NAME}.pem") != "" and (other / f"{NAME}.pem").read_bytes() != old["pem"], "no renewal")
        for name in ("ca.pem", "broker.pem", "broker.key", f"{NAME}.pem", f"{NAME}.key"):
            os.replace(other / name, station.tls / name)
        lose_the_link(station)
        station.wait_said("result=renewed")
        station.wait_link()
        device = Device("d1", station.udp_port)
        check(device.upload(9.0, START) == 204, "the reading is not acknowledged")
        station.wait_outbox_empty()


def share_a_key(station, key=KEY):
    (station.folder / "psk").write_text(key + "\n")
    (station.folder / "psk").chmod(0o600)
    text = station.config.read_text()
    lines = [line for line in text.splitlines() if not line.startswith(("  ca:", "  cert:", "  key:"))]
    at = lines.index(next(line for line in lines if line.startswith("  url:")))
    lines[at + 1:at + 1] = [f"  psk_identity: {NAME}", f"  psk_file: {station.folder}/psk"]
    station.config.write_text("\n".join(lines) + "\n")


def start_psk_broker(station):
    (station.folder / "keys.psk").write_text(f"{NAME}:{KEY}\n")
    (station.folder / "psk.conf").write_text(
        f"listener {station.mqtt_port} 127.0.0.1\npsk_file {station.folder}/keys.psk\npsk_hint outrider\n"
        "use_identity_as_username true\nallow_anonymous false\n" + ("user root\n" if os.geteuid() == 0 else ""))
    station.start("mosquitto", [mosquitto(), "-c", station.folder / "psk.conf"])
    wait_for("mosquitto", lambda: listens(station.mqtt_port), LIMIT_S)


def a_shared_key_is_enough_and_a_wrong_one_is_not():
    with Station({"a1": "d1"}) as station:
        start_psk_broker(station)
        share_a_key(station, KEY[:-1] + "0")
        station.start_daemon()
        station.wait_said("event=mqtt_down")
        check(not station.status()["link"]["up"], "a wrong key is enough")
        station.end("outriderd")
        share_a_key(station)
        station.write_config()
        share_a_key(station)
        station.start_daemon()
        station.wait_link()
        check(f" as depot-{NAME}" in station.log("mosquitto"), "the broker does not know who it is")
        check(KEY not in station.log("outriderd"), "the key is in the log")


def a_broker_that_shows_a_certificate_in_place_of_the_key_is_refused():
    with Station({"a1": "d1"}) as station:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(station.tls / "broker.pem", station.tls / "broker.key")
        spoken = []
        server = socket.create_server(("127.0.0.1", station.mqtt_port))

        def serve():
            while True:
                try:
                    client, _ = server.accept()
                except OSError:
                    return
                try:
                    spoken.append(context.wrap_socket(client, server_side=True).recv(100))
                except OSError:
                    spoken.append(b"")

        threading.Thread(target=serve, daemon=True).start()
        share_a_key(station)
        station.start_daemon()
        wait_for("three attempts", lambda: len(spoken) >= 3, LIMIT_S)
        check(not any(spoken), "it spoke to a broker that does not have the key")
        server.close()


def the_protocol_is_asked_for_by_name():
    with Station({"a1": "d1"}) as station:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(station.tls / "broker.pem", station.tls / "broker.key")
        context.set_alpn_protocols(["x-other", "mqtt"])
        server = socket.create_server(("127.0.0.1", station.mqtt_port))
        chosen = []

        def serve():
            client, _ = server.accept()
            chosen.append(context.wrap_socket(client, server_side=True).selected_alpn_protocol())

        threading.Thread(target=serve, daemon=True).start()
        station.config.write_text(station.config.read_text().replace("  ca: ", "  alpn: mqtt\n  ca: "))
        station.start_daemon()
        wait_for("a handshake", lambda: chosen, LIMIT_S)
        check(chosen == ["mqtt"], f"{chosen}")
        server.close()


if __name__ == "__main__":
    run(renewed_files_are_taken_without_a_restart_and_bad_ones_are_not,
        a_shared_key_is_enough_and_a_wrong_one_is_not,
        a_broker_that_shows_a_certificate_in_place_of_the_key_is_refused,
        the_protocol_is_asked_for_by_name)
