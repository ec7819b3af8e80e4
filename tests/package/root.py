"""A small Debian of its own, made once by debootstrap, and its copies: entered by chroot, or booted with systemd by nspawn.

Needs root. What runs in a copy sees neither this machine's files nor, booted, its network.
"""
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time

from package import BUILD, check, run, skip

FOLDER = pathlib.Path(os.environ.get("OUTRIDER_ROOTS", BUILD.parent / "roots"))
SUITE = "bookworm"
BOOT_S = 180


def need(*programs):
    if os.geteuid() != 0:
        skip("needs root")
    for program in programs:
        if shutil.which(program) is None:
            skip(f"{program} is not installed")


def sources(root):
    """The mirror of this machine, with its security updates, or the newer of what depends on each other would not fit."""
    (root / "etc/apt/sources.list").unlink(missing_ok=True)
    for name in ("sources.list", "sources.list.d"):
        source, target = pathlib.Path("/etc/apt") / name, root / "etc/apt" / name
        if source.is_dir():
            for file in source.glob("debian*"):
                shutil.copy(file, target)
        elif source.exists():
            shutil.copy(source, target)
    for file in pathlib.Path("/etc/apt/apt.conf.d").glob("*"):
        if "proxy" in file.read_text(errors="replace").lower() or "Acquire" in file.read_text(errors="replace"):
            shutil.copy(file, root / "etc/apt/apt.conf.d")


def chroot(root, *words, **more):
    return run("chroot", root, "env", "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C.UTF-8", *words, **more)


def base(name, packages):
    """The root of that name with these packages, made when it is not there yet."""
    root = FOLDER / name
    if not (root / "complete").exists():
        run("rm", "-rf", "--one-file-system", root)  # debootstrap mounts /proc there: not that, should it have been interrupted
        FOLDER.mkdir(parents=True, exist_ok=True)
        run("unshare", "--mount", "debootstrap", "--variant=minbase", "--include=systemd,systemd-sysv,dbus,ca-certificates", SUITE, root)
        sources(root)
        chroot(root, "apt-get", "update", "-qq")
        (root / "complete").touch()
    wanted = [p for p in packages if "ok installed" not in subprocess.run(
        ["dpkg-query", f"--admindir={root}/var/lib/dpkg", "-W", "-f", "${Status}", p], capture_output=True, text=True).stdout]
    if wanted:
        chroot(root, "apt-get", "install", "-y", "-qq", "--no-install-recommends", *wanted)
    return root


class Machine:
    """A booted copy of a root. Use as a context."""

    def __init__(self, root):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="outrider-machine-"))
        self.root = self.folder / "root"
        self.source = root
        self.process = None
        self.leader = None

    def __enter__(self):
        try:
            run("cp", "-a", self.source, self.root)
            (self.root / "etc/hosts").write_text("127.0.0.1 localhost\n")
            log = open(self.folder / "boot.log", "wb")
            self.process = subprocess.Popen(
                ["systemd-nspawn", "-q", "-D", self.root, "--register=no", "--keep-unit", "--private-network", "--boot",
                 "--hostname=outrider-test", "--console=pipe",
                 "--system-call-filter=landlock_create_ruleset landlock_add_rule landlock_restrict_self"], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
            deadline = time.monotonic() + BOOT_S
            while not self.booted():
                if self.process.poll() is not None or time.monotonic() > deadline:
                    skip("no system can be booted here: " + (self.folder / "boot.log").read_text(errors="replace")[-500:])
                time.sleep(0.2)
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def booted(self):
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        for child in children:  # nspawn's own helper, or the first process of the machine
            below = pathlib.Path(f"/proc/{child}/task/{child}/children").read_text().split()
            for candidate in [child, *below]:
                try:
                    if pathlib.Path(f"/proc/{candidate}/comm").read_text().strip() == "systemd":
                        self.leader = candidate
                        return self.try_run("systemctl", "is-system-running").stdout.strip() in ("running", "degraded")
                except OSError:
                    pass
        return False

    def try_run(self, *words, **more):
        return subprocess.run(["nsenter", "-t", self.leader, "--mount", "--uts", "--ipc", "--net", "--pid", "--root", "--wd",
                               "env", "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C.UTF-8", *[str(word) for word in words]],
                              capture_output=True, text=True, **more)

    def run(self, *words, **more):
        done = self.try_run(*words, **more)
        check(done.returncode == 0, f"{' '.join(str(w) for w in words)}: {done.returncode}: {done.stdout}{done.stderr}")
        return done.stdout

    def __exit__(self, kind, *_):
        if kind not in (None, SystemExit) and self.leader is not None:
            print(self.try_run("journalctl", "--no-pager", "-n", "60").stdout)
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        if "OUTRIDER_KEEP" not in os.environ:
            shutil.rmtree(self.folder, ignore_errors=True)
