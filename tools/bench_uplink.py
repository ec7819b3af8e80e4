"""What telemetry costs on the line to the broker, and how fast a backlog goes: part of tools/bench."""
import json
import math
import pathlib
import socket
import struct
import subprocess
import threading
import time

HOST = "bench-host"
REPORTS = 4000  # of 4 readings, for the bytes
IDLE_KEEPALIVES = 4
STORIES = 50
LIVE_REPORTS = 5
BACKLOG = 2000000  # readings, for the rate and the memory
BURST_OVER_S = 5  # what it took is given back
IDLE_SETTLE_S = 75  # what was to be saved is, and what ends a minute after a report has ended
IDLE_S = 60
SEGMENT_BYTES = 52  # of IPv4 and TCP with time stamps, around what a segment carries
STATE = f"spBv1.0/STATE/{HOST}"


class Counted:
    """Passes one connection on; bytes of both ways with the headers of their TCP segments."""

    def __init__(self, port):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.target = port
        self.gateway = None
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self):
        while True:
            self.gateway, _ = self.listener.accept()
            broker = socket.create_connection(("127.0.0.1", self.target))
            for ends in ((self.gateway, broker), (broker, self.gateway)):
                threading.Thread(target=self._carry, args=ends, daemon=True).start()

    @staticmethod
    def _carry(source, target):
        try:
            while data := source.recv(65536):
                target.sendall(data)
            target.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

    def bytes(self):
        """From struct tcp_info of Linux."""
        info = self.gateway.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 232)
        acked, received = struct.unpack_from("QQ", info, 120)
        out, into = struct.unpack_from("II", info, 136)
        return acked + received + (out + into) * SEGMENT_BYTES


def say_state(bench, online):
    tls = bench.folder / "tls"
    subprocess.run(["mosquitto_pub", "-h", "localhost", "-p", str(bench.broker_port), "--cafile", tls / "ca.pem", "--cert",
                    tls / f"{bench.name}.pem", "--key", tls / f"{bench.name}.key", "-i", "bench-host", "-V", "5", "-q", "1", "-r", "-t",
                    STATE, "-m", json.dumps({"online": online, "timestamp": int(time.time() * 1000)})], check=True)


def telemetry_of(port, compress="none"):
    return f'telemetry: {{urls: ["mqtts://localhost:{port}"], compress: [{compress}], primary_host: {HOST}}}\n'


def report(client, address, message_id, records):
    """One confirmable upload of SenML JSON."""
    head = struct.pack("!BBH", 0x44, 0x02, message_id & 0xFFFF) + struct.pack("!I", message_id) + b"\xb1r\x11\x6e\xff"
    client.settimeout(10)
    client.sendto(head + json.dumps(records, separators=(",", ":")).encode(), address)
    answer = client.recv(2048)
    if answer[1] != 0x44:
        raise RuntimeError(f"an upload is answered {answer[1] >> 5}.{answer[1] & 31:02}")


def feed_like_a_box(address, reports):
    """A solar node as ENO_Box: temperature, humidity and pressure change with nearly each report, the battery now and then."""
    client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    start = int(time.time()) - reports * 600
    for at in range(0, reports, 3):
        records = []
        for step in range(at, at + 3):
            records += [{"bn": "box-1/", "bt": start + step * 600, "n": "temperature", "u": "Cel",
                         "v": round(21 + 3 * math.sin(step / 40) + 0.01 * (step % 7), 2)},
                        {"n": "humidity", "u": "%RH", "v": round(45 + 9 * math.sin(step / 60) + 0.1 * (step % 5), 1)},
                        {"n": "pressure", "u": "Pa", "v": 101325 + round(800 * math.sin(step / 90)) + step % 3},
                        {"n": "battery", "u": "%EL", "v": 60 + round(40 * math.sin(step / 200))}]
        report(client, address, at + 1, records)
    client.close()


def wait_backlog(gateway, limit_s):
    end = time.monotonic() + limit_s
    while gateway.ask()["telemetry"]["backlog"] > 0:
        if time.monotonic() > end:
            raise RuntimeError(f"a backlog of {gateway.ask()['telemetry']} is left")
        time.sleep(0.05)


def bytes_per_reading(bench):
    return bytes_of(bench, "uplink_bytes_per_reading", "none")


def bytes_compressed(bench):
    return bytes_of(bench, "uplink_bytes_per_reading_compressed", "deflate")


def bytes_of(bench, name, compress):
    counted = Counted(bench.broker_port)
    say_state(bench, False)
    with bench.gateway(more=telemetry_of(counted.port, compress)) as gateway:
        host, port = gateway.udp.split(":")
        feed_like_a_box((host, int(port)), REPORTS)
        while gateway.ask()["telemetry"]["phase"] != "waits for its host":
            time.sleep(0.05)
        before = counted.bytes()
        say_state(bench, True)
        time.sleep(0.5)
        wait_backlog(gateway, 120)
        took = counted.bytes() - before
        status = gateway.ask()
    readings = status["driver"]["readings"]
    told = status["telemetry"]
    bench.notes.append(f"{name}: {took} bytes for {readings} readings, of which {told['historical']} were told and "
                       f"{told['unchanged']} were as before; {took / max(1, told['historical']):.1f} bytes for each that was told")
    return {name: took / readings}


def live(bench):
    """A report of four metrics that changed, told alone as it comes, with its proof."""
    counted = Counted(bench.broker_port)
    say_state(bench, True)
    with bench.gateway(more=telemetry_of(counted.port)) as gateway:
        host, port = gateway.udp.split(":")
        client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        for number in range(LIVE_REPORTS + 1):
            if number == 1:  # the first was the device's birth
                before = counted.bytes()
            report(client, (host, int(port)), number + 1,
                   [{"bn": "box-2/", "bt": int(time.time()), "n": "temperature", "u": "Cel", "v": 20 + number / 10},
                    {"n": "humidity", "u": "%RH", "v": 40 + number}, {"n": "pressure", "u": "Pa", "v": 101325 + number},
                    {"n": "battery", "u": "%EL", "v": 90 - number}])
            time.sleep(0.5)
            wait_backlog(gateway, 60)
        took = counted.bytes() - before
        client.close()
    return {"live_bytes_per_report": took / LIVE_REPORTS}


def wait_quiet(counted, seconds):
    """The bytes once nothing has come or gone for so long."""
    count, since = -1, time.monotonic()
    while time.monotonic() - since < seconds:
        time.sleep(0.05)
        now = counted.bytes() if counted.gateway is not None else -1
        if now != count:
            count, since = now, time.monotonic()
    return count


def service(bench):
    """What the service session costs: a connect with all that is said then, an idle keep-alive, and a story: an alarm that is raised
    and cleared, of which a customer and the desk are told."""
    counted = Counted(bench.broker_port)
    with bench.gateway(port=counted.port, session="  keepalive: 5s\n") as gateway:
        connect = wait_quiet(counted, 3)
        before = counted.bytes()
        time.sleep(IDLE_KEEPALIVES * 5)
        idle = (counted.bytes() - before) / IDLE_KEEPALIVES
        host, port = gateway.udp.split(":")
        client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        before, published = counted.bytes(), gateway.ask()["driver"]["published"]
        begun = time.monotonic()
        for number in range(1, STORIES + 1):
            for step, value in enumerate((70.0, 20.0)):
                report(client, (host, int(port)), 2 * number + step,
                       [{"bn": f"load-{number:04d}/", "n": "temperature", "u": "Cel", "v": value, "t": int(time.time()) + step}])
        client.close()
        while gateway.ask()["outbox"] > 0:
            time.sleep(0.05)
        wait_quiet(counted, 2)
        pings = (time.monotonic() - begun) / 5
        story = (counted.bytes() - before - pings * idle) / STORIES
        messages = (gateway.ask()["driver"]["published"] - published) / STORIES
    return {"connect_bytes": connect, "idle_bytes_per_keepalive": idle, "story_messages": messages, "story_bytes": story}


def wakeups(pid):
    """How often each thread gave up the processor by itself so far: {(id, name): times}."""
    found = {}
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        fields = dict(line.split(":", 1) for line in (task / "status").read_text().splitlines())
        found[task.name, fields["Name"].strip()] = int(fields["voluntary_ctxt_switches"])
    return found


def idle(bench):
    """Both sessions up, all devices known, nobody reports."""
    say_state(bench, True)
    with bench.gateway(more=telemetry_of(bench.broker_port)) as gateway:
        bench.load("--udp", gateway.udp, "--seconds", 3, "--rate", 1000)
        wait_backlog(gateway, 60)
        time.sleep(IDLE_SETTLE_S)
        before, begun = wakeups(gateway.process.pid), time.monotonic()
        time.sleep(IDLE_S)
        after, took = wakeups(gateway.process.pid), time.monotonic() - begun
    each = {thread: (count - before.get(thread, 0)) / took for thread, count in after.items()}
    theirs = sum(rate for (_, name), rate in each.items() if name.startswith("MQTTAsync"))
    bench.notes.append("idle_wakeups_per_s: " + ", ".join(f"{name} {rate:.2f}" for (_, name), rate in sorted(each.items()))
                       + f"; Paho's own threads {theirs:.2f}")
    return {"idle_wakeups_per_s": sum(each.values()) - theirs}


def fill(bench, gateway):
    """A backlog in event order: one run of the load, ended when it is enough."""
    load = bench.load("--udp", gateway.udp, "--seconds", 600, "--readings-per-pack", 130, wait=False)
    while gateway.ask()["driver"]["readings"] < BACKLOG:
        if load.poll() is not None:
            raise RuntimeError("the load ended")
        time.sleep(0.05)
    load.kill()
    load.wait()
    while gateway.ask()["telemetry"]["phase"] != "waits for its host":
        time.sleep(0.05)


def drain(bench):
    say_state(bench, False)
    with bench.gateway(more=telemetry_of(bench.broker_port)) as gateway:
        fill(bench, gateway)
        time.sleep(BURST_OVER_S)
        before = gateway.pss_kb() / 1024
        begun = time.monotonic()
        say_state(bench, True)
        peak = before
        while time.monotonic() < begun + 0.2 or gateway.ask()["telemetry"]["backlog"] > 0:
            peak = max(peak, gateway.pss_kb() / 1024)
            if time.monotonic() > begun + 300:
                raise RuntimeError(f"a backlog of {gateway.ask()['telemetry']} is left")
            time.sleep(0.05)
        took = time.monotonic() - begun
        status = gateway.ask()
    told = status["telemetry"]
    bench.notes.append(f"backlog_drain_rps: {status['driver']['readings']} readings in {took:.1f} s, {told['historical']} told in "
                       f"{told['messages']} messages of {told['bytes'] / 1e6:.1f} MB, {told['unchanged']} as before")
    bench.notes.append(f"pss_mb_2m_backlog: {before:.1f} MB while it waits, {peak:.1f} MB at most while it drains")
    return {"backlog_drain_rps": status["driver"]["readings"] / took, "pss_mb_2m_backlog": peak}
