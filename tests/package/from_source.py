#!/usr/bin/env python3
"""What somebody does who has just cloned: on a Debian with nothing on it, tools/demo and the tests, with no more than tools/setup brings.

The whole suite has its own place; here a few tests of each kind show that they build and find what they need.
"""
import os
import shutil
import sys
import time

from package import SOURCE, check, run
from root import FOLDER, SUITE, chroot, need, sources

FEW = "^(test_(core|times|store_rows|mqtt_session|outriderd|outrider_check)|packs|scenarios|style|fuzz_received|integration_life)$"


def bare():
    """A new Debian, with git as the one thing that a clone needs."""
    root = FOLDER / "from-source"
    run("rm", "-rf", "--one-file-system", root)
    FOLDER.mkdir(parents=True, exist_ok=True)
    run("unshare", "--mount", "debootstrap", "--variant=minbase", "--include=ca-certificates", SUITE, root)
    sources(root)
    (root / "etc/hosts").write_text("127.0.0.1 localhost\n")  # as each installed system has it
    (root / "usr/sbin/policy-rc.d").write_text("#!/bin/sh\nexit 101\n")  # a broker's service would start on this machine
    (root / "usr/sbin/policy-rc.d").chmod(0o755)
    return root


def put_sources(root):
    """The files as they are, committed or not, as one commit of a repository of their own."""
    listed = run("git", "-C", SOURCE, "ls-files", "-co", "--exclude-standard", "-z")
    folder = root / "root/outrider"
    for name in filter(None, listed.split("\0")):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if (SOURCE / name).exists():
            shutil.copy(SOURCE / name, target, follow_symlinks=False)
    for words in (["init", "-q"], ["add", "-A"], ["-c", "user.name=a", "-c", "user.email=a@localhost", "commit", "-qm", "all"]):
        run("git", "-C", folder, *words)


def inside(root, command):
    began = time.monotonic()
    done = chroot(root, "sh", "-c", f"cd /root/outrider && {command}")
    print(f"{command}: {time.monotonic() - began:.0f} s", flush=True)
    return done


def main():
    need("debootstrap")
    root = bare()
    put_sources(root)
    run("mount", "-t", "proc", "proc", root / "proc")
    run("mount", "--rbind", "/dev", root / "dev")
    told = inside(root, "tools/demo --exit")
    check("each exactly once" in told, told[-2000:])
    inside(root, f"tools/test -R '{FEW}'")


if __name__ == "__main__":
    if "OUTRIDER_INSIDE" not in os.environ:  # its mounts go with it
        os.environ["OUTRIDER_INSIDE"] = "1"
        need("unshare")
        os.execvp("unshare", ["unshare", "--mount", sys.executable, *sys.argv])
    main()
