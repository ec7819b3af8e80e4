#!/usr/bin/env python3
"""A broker that knows only MQTT 3.1.1, whether it says so or only closes: the daemon falls back by itself, its events arrive
as whole JSON documents, each once, its will too, and the desk is heard. So does the console, and one that stays speaks
MQTT 5 once the broker has been upgraded."""
import json
import signal
import socket
import ssl
import subprocess
import threading
import time

from station import CONSOLE_TOPIC, GROUP, LIMIT_S, NAME, PROGRAMS, SLOW, Device, Station, check, free_port, run, wait_for

START = 1_700_000_000
REFUSED = bytes([0x20, 2, 0, 1])  # CONNACK of 3.1.1: unacceptable protocol version


class OlderBroker:
    """In front of the station's broker: to MQTT 5 it answers as old brokers do, or with nothing at all."""

    def __init__(self, station, says):
        self.station = station
        self.says = says
        self.upgraded = False
        self.port = free_port()
        self.refused = 0
        self.passed = 0
        self.newer = 0
        context = ssl.create_default_context(cafile=station.tls / "ca.pem")
        context.load_cert_chain(station.tls / f"{NAME}.pem", station.tls / f"{NAME}.key")
        self.context = context
        self.open = []
        self.listen()

    def listen(self):
        self.socket = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        """Nobody is there any more; what is open stays so."""
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()

    def cut(self):
        for end in self.open:
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def _accept(self):
        while True:
            try:
                client, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        connect = client.recv(4096)
        if not connect:
            return
        name = connect.index(b"MQTT")
        if connect[name + 4] == 5 and not self.upgraded:
            self.refused += 1
            if self.says:
                client.sendall(REFUSED)
            client.close()
            return
        self.open.append(client)
        broker = self.context.wrap_socket(socket.create_connection(("127.0.0.1", self.station.mqtt_port)),
                                          server_hostname="localhost")
        broker.sendall(connect)
        self.passed += 1
        self.newer += connect[name + 4] == 5
        threading.Thread(target=self._pump, args=(client, broker), daemon=True).start()
        self._pump(broker, client)

    @staticmethod
    def _pump(source, sink):
        try:
            while data := source.recv(65536):
                sink.sendall(data)
        except (OSError, ValueError):
            pass
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


def point_at(station, broker):
    text = station.config.read_text()
    station.config.write_text(text.replace(f"mqtts://localhost:{station.mqtt_port}", f"mqtt://127.0.0.1:{broker.port}"))


def listen(station, topic, count):
    """What the broker has on the topic, as it is."""
    done = subprocess.run(
        ["mosquitto_sub", "-V", "mqttv5", "-h", "localhost", "-p", str(station.mqtt_port), "--cafile", station.tls / "ca.pem",
         "--cert", station.tls / "console.pem", "--key", station.tls / "console.key", "-t", topic, "-C", str(count),
         "-W", str(LIMIT_S), "-F", "%p"], capture_output=True, text=True, check=False)
    return [json.loads(line) for line in done.stdout.splitlines()]


def play(says):
    with Station({"a1": "d1"}) as station:
        station.start_broker()
        broker = OlderBroker(station, says)
        point_at(station, broker)
        station.start_console()
        station.start_daemon()
        station.wait_link()
        station.wait_said("version=3.1.1")
        check(broker.refused == (1 if says else 2) and broker.passed == 1, f"{broker.refused} refused, {broker.passed} passed")
        heard = []
        topic = f"outrider/v1/{GROUP}/{NAME}/alarm"
        listener = threading.Thread(target=lambda: heard.extend(listen(station, topic, 2)))
        listener.start()
        station.wait_subscribed("", topic)
        device = Device("d1", station.udp_port)
        for index in range(20):
            check(device.upload(9.0 if index % 2 == 0 else 1.0, START + index) == 204, "a reading is not acknowledged")
        station.wait_events(10, kind="alarm", what="raised")
        station.wait_outbox_empty()
        check(len(station.wait_events(10, kind="notification")) == 10, "a notification came twice")
        listener.join()
        for event in heard:
            check(event["specversion"] == "1.0" and event["type"].startswith("io.outrider.alarm."), f"{event}")
            check(event["source"] == f"/outrider/{GROUP}/{NAME}" and isinstance(event["severitynumber"], int), f"{event}")
            check(("data_base64" in event) != ("data" in event), f"{event}")
        station.end("outriderd", signal.SIGKILL)
        station.wait_events(1, kind="status", what="offline")
        station.start_daemon()
        station.wait_link()
        check(station.end("outriderd") == 0, "the daemon did not end well")
        check("farewell=accepted" in station.log("outriderd"), "the farewell did not arrive")
        broker.socket.close()


def a_broker_that_refuses_mqtt_5_gets_3_1_1_at_once():
    play(says=True)


def a_broker_that_closes_twice_without_a_word_gets_3_1_1():
    play(says=False)


def mqtt_5_alone_is_held_to():
    with Station({"a1": "d1"}) as station:
        station.start_broker()
        broker = OlderBroker(station, True)
        point_at(station, broker)
        station.config.write_text(station.config.read_text().replace("  ca: ", "  version: \"5\"\n  ca: "))
        station.start_daemon()
        wait_for("three attempts", lambda: broker.refused >= 3, LIMIT_S)
        check(broker.passed == 0, "it speaks 3.1.1 though it must not")
        check("the broker refuses MQTT 5" in station.log("outriderd"), "the log does not say why")
        broker.socket.close()


def consoles_see_the_same_through_either(says):
    with Station({"a1": "d1"}) as station:
        station.start_broker()
        broker = OlderBroker(station, says)
        station.start_console()
        station.start_daemon()
        station.wait_link()
        older = [str(PROGRAMS / "outrider"), "watch", "--broker", f"mqtt://127.0.0.1:{broker.port}", "--json", "--kind", "alarm",
                 "--count", "2", "--timeout", str(LIMIT_S)]
        watch = subprocess.Popen(older, stdout=subprocess.PIPE, text=True)
        station.wait_subscribed("outrider-watch", CONSOLE_TOPIC, 2)  # the second is the older one's
        check(broker.passed == 1, f"{broker.passed} passed")
        device = Device("d1", station.udp_port)
        for index, value in enumerate((9.0, 1.0, 9.0, 1.0)):
            check(device.upload(value, START + index) == 204, "a reading is not acknowledged")
        station.wait_events(2, kind="alarm", what="raised")
        wanted = [{k: v for k, v in event.items() if k != "retained"} for event in station.events if event["kind"] == "alarm"]
        seen = [json.loads(line)["data"] for line in watch.communicate(timeout=LIMIT_S)[0].splitlines()]
        check(watch.returncode == 0 and seen == wanted[:2], f"{seen}\n{wanted}")
        fleet = subprocess.run([older[0], "fleet", "--broker", older[3], "--json"], capture_output=True, text=True,
                               timeout=LIMIT_S, check=False)
        check(fleet.returncode == 0, fleet.stderr)
        gateway = json.loads(fleet.stdout)["gateways"][0]
        check(gateway["gateway"] == f"{GROUP}/{NAME}" and gateway["online"] is True, f"{gateway}")
        stats = subprocess.run([older[0], "stats", "--broker", older[3]], capture_output=True, text=True, timeout=LIMIT_S,
                               check=False)
        check(stats.returncode == 0, stats.stderr)
        broker.socket.close()


def a_console_falls_back_where_the_broker_refuses_mqtt_5():
    consoles_see_the_same_through_either(says=True)


def a_console_falls_back_where_the_broker_closes():
    consoles_see_the_same_through_either(says=False)


def a_console_that_stays_speaks_mqtt_5_after_an_upgrade():
    """One broker said that it knows no MQTT 5 and is away for its upgrade, the other one had only closed and is cut."""
    for says in (True, False):
        with Station({"a1": "d1"}) as station:
            station.start_broker()
            broker = OlderBroker(station, says)
            station.start("watch", [PROGRAMS / "outrider", "watch", "--broker", f"mqtt://127.0.0.1:{broker.port}", "--json"])
            wait_for("the older console", lambda: broker.passed == 1, LIMIT_S)
            station.wait_subscribed("outrider-watch", CONSOLE_TOPIC)
            if says:
                broker.close()
            broker.upgraded = True
            broker.cut()
            if says:
                time.sleep(2 * SLOW)
                broker.listen()
            wait_for("MQTT 5", lambda: broker.newer == 1, LIMIT_S)
            check(broker.refused == 1, f"{broker.refused} attempts with MQTT 5 before")
            station.end("watch")
            broker.close()


if __name__ == "__main__":
    run(a_broker_that_refuses_mqtt_5_gets_3_1_1_at_once,
        a_broker_that_closes_twice_without_a_word_gets_3_1_1,
        mqtt_5_alone_is_held_to,
        a_console_falls_back_where_the_broker_refuses_mqtt_5,
        a_console_falls_back_where_the_broker_closes,
        a_console_that_stays_speaks_mqtt_5_after_an_upgrade)
