"""A network of its own for one run: a bridge, and a network namespace a node, each with a name that all of them know.

enter() starts the program anew in private network, mount and process namespaces: when it ends, however it ends, the kernel takes
back links, namespaces, mounts and every process that is left. The machine's own network is never touched.
"""
import os
import pathlib
import subprocess
import sys
import tempfile

MARK = "OUTRIDER_CLUSTER_INSIDE"
SUBNET = "10.77.0"
OWN = f"{SUBNET}.1"


def run(*words, **options):
    return subprocess.run([str(w) for w in words], check=True, capture_output=True, text=True, **options)


def why_not():
    """Why there can be no such network here; None when there can."""
    if os.geteuid() != 0:
        return "network namespaces need root"
    probe = subprocess.run(
        ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c",
         "ip link set lo up && ip link add name b0 type bridge && ip link add name v0 type veth peer name v1 && "
         "mkdir -p /run/netns && mount -t tmpfs none /run/netns && ip netns add x"],
        capture_output=True, text=True, check=False)
    return None if probe.returncode == 0 else f"no network namespaces here: {probe.stderr.strip()[-200:]}"


def enter():
    """Returns in the new namespaces only; ends the process with the exit code of the run there."""
    if MARK in os.environ:
        os.environ["HOME"] = os.environ.get("HOME", "/root")
        run("mount", "-t", "proc", "proc", "/proc")
        pathlib.Path("/run/netns").mkdir(exist_ok=True)
        run("mount", "-t", "tmpfs", "none", "/run/netns")
        run("ip", "link", "set", "lo", "up")
        return
    sys.exit(subprocess.run(["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", sys.executable,
                             *sys.argv], env={**os.environ, MARK: "1"}, check=False).returncode)


class Network:
    """names: one a node; their addresses are SUBNET.11 and up."""

    def __init__(self, names):
        self.addresses = {name: f"{SUBNET}.{11 + number}" for number, name in enumerate(names)}
        run("ip", "link", "add", "bridge", "type", "bridge")
        run("ip", "address", "add", f"{OWN}/24", "dev", "bridge")
        run("ip", "link", "set", "bridge", "up")
        with tempfile.NamedTemporaryFile("w", prefix="outrider-hosts-", delete=False) as hosts:
            hosts.write("127.0.0.1 localhost\n" + "".join(f"{a} {n}\n" for n, a in self.addresses.items()))
        os.chmod(hosts.name, 0o644)
        run("mount", "--bind", hosts.name, "/etc/hosts")
        os.unlink(hosts.name)
        for name, address in self.addresses.items():
            self._add(name, address)

    @staticmethod
    def _add(name, address):
        run("ip", "netns", "add", name)
        run("ip", "link", "add", f"to-{name}", "type", "veth", "peer", "name", "eth0", "netns", name)
        run("ip", "link", "set", f"to-{name}", "master", "bridge", "up")
        for words in (["link", "set", "lo", "up"], ["address", "add", f"{address}/24", "dev", "eth0"],
                      ["link", "set", "eth0", "up"]):
            run("ip", "-n", name, *words)

    @staticmethod
    def cut(name):
        """Nothing goes to the node or comes from it, and nobody is told."""
        run("ip", "link", "set", f"to-{name}", "down")

    @staticmethod
    def mend(name):
        run("ip", "link", "set", f"to-{name}", "up")
