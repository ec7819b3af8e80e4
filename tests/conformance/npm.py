"""What a conformance suite needs of npm, kept in the build folder."""
import os
import pathlib
import shutil
import subprocess
import sys


def skip(why):
    print("skipped:", why)
    sys.exit(77)


def fetch(source, target, files):
    """The package of source with its dependencies and these files in target; ends with 77 where they cannot be had."""
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            skip(f"no {program}")
    target = pathlib.Path(target)
    target.mkdir(parents=True, exist_ok=True)
    fresh = False
    for name in ["package.json", "package-lock.json", *files]:
        wanted = (pathlib.Path(source) / name).read_bytes()
        if not (target / name).exists() or (target / name).read_bytes() != wanted:
            (target / name).write_bytes(wanted)
            fresh |= name.startswith("package")
    if fresh or not (target / "node_modules" / ".package-lock.json").exists():
        done = subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=target, capture_output=True,
                              text=True, timeout=240, check=False)
        if done.returncode != 0:
            skip("npm could not fetch it: " + (done.stderr.strip().splitlines() or ["no reason given"])[-1])
    return os.fspath(target)
