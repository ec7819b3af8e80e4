#!/usr/bin/env python3
"""One commit, built in two places, at two times, by two users' habits, makes one package, byte for byte."""
import hashlib
import os
import pathlib
import subprocess
import tempfile
import time

from package import SOURCE, check, run


def snapshot(home):
    """The sources as they are, committed or not: whoever goes on working on them does not disturb."""
    listed = run("git", "-C", SOURCE, "ls-files", "-co", "--exclude-standard", "-z")
    subprocess.run(["tar", "-C", SOURCE, "--null", "-T", "-", "-cf", home / "sources.tar"], input=listed, text=True, check=True)
    return home / "sources.tar"


def build(sources, folder, umask, zone, language):
    """What tools/package makes of the sources in the folder."""
    folder.mkdir(parents=True)
    run("tar", "-C", folder, "-xmf", sources)
    previous = os.umask(umask)
    try:
        run(folder / "tools/package", env={**os.environ, "SOURCE_DATE_EPOCH": "1790000000", "TZ": zone, "LC_ALL": language,
                                           "CMAKE_BUILD_PARALLEL_LEVEL": "2", "CCACHE_DISABLE": "1"})
    finally:
        os.umask(previous)
    debs = list((folder / "build/package").glob("*.deb"))
    check(len(debs) == 1, f"packages: {debs}")
    return debs[0]


def main():
    with tempfile.TemporaryDirectory(prefix="outrider-reproducible-") as folder:
        home = pathlib.Path(folder)
        sources = snapshot(home)
        first = build(sources, home / "one", 0o022, "UTC", "C.UTF-8")
        time.sleep(2)  # another second for whatever stamps its outputs
        second = build(sources, home / "a much/longer-path/two".replace(" ", "-"), 0o077, "Asia/Kathmandu", "C")
        digests = [hashlib.sha256(deb.read_bytes()).hexdigest() for deb in (first, second)]
        if digests[0] != digests[1]:
            for deb in (first, second):
                run("dpkg-deb", "--raw-extract", deb, deb.parent / "raw")
            differ = subprocess.run(["diff", "-rq", first.parent / "raw", second.parent / "raw"], capture_output=True, text=True)
            members = [run("ar", "tvO", deb) for deb in (first, second)]  # their order, modes and times are bytes too
            check(False, f"the packages differ: {differ.stdout or members}")
        print(f"twice {digests[0]}")


main()
