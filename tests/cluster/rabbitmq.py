"""Three nodes of Debian's RabbitMQ as one cluster, each in a network namespace: MQTT 3.1.1 over TLS with client certificates,
sessions that last on quorum queues, Sparkplug's dotted namespace kept.
"""
import json
import os
import pathlib
import shutil
import signal
import socket
import ssl
import subprocess

from consumer import CONNECT, DISCONNECT, packet, text
from station import LIMIT_S, wait_for

LIBRARY = pathlib.Path("/usr/lib/rabbitmq/bin")
PORT = 8883
START_S = 40 * LIMIT_S / 10  # three Erlang machines on a few cores


def is_there():
    return (LIBRARY / "rabbitmq-server").exists()


def version():
    found = sorted(pathlib.Path("/usr/lib/rabbitmq/lib").glob("rabbitmq_server-*"))
    return found[-1].name.split("-")[-1] if found else "?"


class Cluster:
    """station: its folder, certificates and processes. users: the certificates' common names."""

    def __init__(self, station, network, users):
        self.station = station
        self.network = network
        self.names = list(network.addresses)
        self.folder = station.folder / "rabbitmq"
        self.folder.mkdir()
        (self.folder / "definitions.json").write_text(json.dumps({
            "vhosts": [{"name": "/"}],
            "users": [{"name": u, "password_hash": "", "tags": [], "limits": {}} for u in users],
            "permissions": [{"user": u, "vhost": "/", "configure": ".*", "write": ".*", "read": ".*"} for u in users],
        }))
        for name in self.names:
            self._prepare(name)

    def _prepare(self, name):
        home = self.folder / name
        home.mkdir()
        cookie = home / ".erlang.cookie"
        cookie.write_text("OUTRIDERCLUSTERTEST")
        cookie.chmod(0o400)
        tls = self.station.tls
        lines = [
            "listeners.tcp = none", "mqtt.listeners.tcp = none", f"mqtt.listeners.ssl.default = {PORT}",
            f"ssl_options.cacertfile = {tls}/ca.pem", f"ssl_options.certfile = {tls}/broker.pem",
            f"ssl_options.keyfile = {tls}/broker.key", "ssl_options.verify = verify_peer",
            "ssl_options.fail_if_no_peer_cert = true", "ssl_cert_login_from = common_name",
            "mqtt.ssl_cert_login = true", "mqtt.allow_anonymous = false", "mqtt.durable_queue_type = quorum",
            "mqtt.sparkplug = true", "mqtt.prefetch = 100", f"load_definitions = {self.folder}/definitions.json",
            "cluster_partition_handling = pause_minority", "net_ticktime = 8", "log.console = false",
            "log.file.level = info", "cluster_formation.peer_discovery_backend = classic_config",
            "vm_memory_high_watermark.absolute = 512MB", "disk_free_limit.absolute = 50MB",
            *(f"cluster_formation.classic_config.nodes.{i} = rabbit@{n}" for i, n in enumerate(self.names, 1)),
        ]
        (home / "rabbitmq.conf").write_text("".join(line + "\n" for line in lines if not line.startswith("net_tick")))
        (home / "advanced.config").write_text("[{kernel, [{net_ticktime, 8}]}].\n")
        (home / "enabled_plugins").write_text("[rabbitmq_mqtt].\n")

    def environment(self, name):
        home = self.folder / name
        return {
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": str(home), "LANG": "C.UTF-8",
            "RABBITMQ_NODENAME": f"rabbit@{name}", "RABBITMQ_CONFIG_FILE": str(home / "rabbitmq.conf"),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(home / "advanced.config"), "RABBITMQ_MNESIA_BASE": str(home / "mnesia"),
            "RABBITMQ_LOG_BASE": str(home / "log"), "RABBITMQ_ENABLED_PLUGINS_FILE": str(home / "enabled_plugins"),
            "RABBITMQ_CONF_ENV_FILE": "/dev/null", "HOSTNAME": name,
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+S 1:1 +sbwt none +sbwtdcpu none +sbwtdio none",
        }

    def start(self, name, wait=True):
        process = self.station.start(
            f"rabbitmq-{name}", ["ip", "netns", "exec", name, "setsid", LIBRARY / "rabbitmq-server"],
            env=self.environment(name), cwd=self.folder / name)
        if wait:
            self.wait_ready(name)
        return process

    def wait_ready(self, name):
        wait_for(f"{name} with all its plugins", lambda: self.is_ready(name), START_S)

    def is_ready(self, name):
        process = self.station.processes[f"rabbitmq-{name}"]
        if process.poll() is not None:
            raise AssertionError(f"{name} ended with {process.returncode}: {self.log(name)[-2000:]}")
        return self.takes_clients(name)

    def takes_clients(self, name):
        """A client connects: more than that somebody listens, for a node may not be part of those who agree on client ids."""
        tls = self.station.tls
        context = ssl.create_default_context(cafile=tls / "ca.pem")
        context.load_cert_chain(tls / "console.pem", tls / "console.key")
        body = text("MQTT") + bytes([4, 2, 0, 10]) + text(f"knocks-{name}")
        try:
            with context.wrap_socket(socket.create_connection((name, PORT), timeout=10), server_hostname=name) as line:
                line.sendall(packet(CONNECT, body))
                answer = line.recv(4)
                line.sendall(packet(DISCONNECT, b""))
                return len(answer) == 4 and answer[3] == 0
        except OSError:
            return False

    def ask(self, name, *words):
        done = subprocess.run(["ip", "netns", "exec", name, LIBRARY / "rabbitmqctl", "-q", *words],
                              env=self.environment(name), capture_output=True, text=True, check=False, timeout=START_S)
        return done.stdout + done.stderr

    def log(self, name):
        return "".join(p.read_text(errors="replace") for p in sorted((self.folder / name / "log").glob("*.log")))

    def kill(self, name):
        """As a power cut takes it: every process of the node at once."""
        process = self.station.processes.pop(f"rabbitmq-{name}")
        for number in subprocess.run(["ip", "netns", "pids", name], capture_output=True, text=True, check=True).stdout.split():
            try:
                os.kill(int(number), signal.SIGKILL)
            except ProcessLookupError:
                pass
        process.wait()

    def start_all(self):
        self.start(self.names[0])  # alone first: of nodes that start together one may never agree with the others on client ids
        for name in self.names[1:]:
            self.start(name, wait=False)
        for name in self.names:
            self.wait_whole(name, START_S)

    def wait_whole(self, name, limit_s):
        """This node and another one see all of them, and it takes clients."""
        other = self.names[self.names.index(name) - 1]
        wait_for(f"the cluster as {name} and {other} see it", lambda: self.running(name) == len(self.names) and
                 self.running(other) == len(self.names) and self.is_ready(name), limit_s)

    def running(self, name):
        """How many nodes this one sees."""
        status = self.ask(name, "cluster_status", "--formatter", "json")
        try:
            return len(json.loads(status)["running_nodes"])
        except (ValueError, KeyError):
            return 0

    def done(self):
        for name in self.names:
            if f"rabbitmq-{name}" in self.station.processes:
                self.kill(name)
        if "OUTRIDER_KEEP" not in os.environ:
            shutil.rmtree(self.folder, ignore_errors=True)
