"""What the tests of the Debian package share: packing what is built, and looking into it."""
import os
import pathlib
import subprocess
import sys

SOURCE = pathlib.Path(os.environ["OUTRIDER_SOURCE"])
BUILD = pathlib.Path(os.environ["OUTRIDER_BIN"]).parent
SKIPPED = 77


def check(condition, what):
    if not condition:
        raise AssertionError(what)


def run(*words, **more):
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, **more)
    check(done.returncode == 0, f"{words[0]} ended with {done.returncode}: {done.stdout}{done.stderr}")
    return done.stdout


def skip(why):
    print(f"skipped: {why}")
    sys.exit(SKIPPED)


def pack(folder, version=None, build=BUILD):
    """The package of what is built, made in the folder."""
    words = ["cpack", "--config", build / "CPackConfig.cmake", "-B", folder]
    if version is not None:
        words += ["-R", version, "-D", f"CPACK_PACKAGE_VERSION={version}"]
    run(*words, env={**os.environ, "SOURCE_DATE_EPOCH": "1790000000"})
    found = sorted(pathlib.Path(folder).glob(f"outrider_{version or '*'}_*.deb"))
    check(len(found) == 1, f"packages: {found}")
    return found[0]
