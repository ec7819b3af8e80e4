"""What a conformance suite needs of npm, kept in the build folder."""
import os
import pathlib
import shutil
import subprocess
import sys


def skip(why):
    print("skipped:", why)
    sys.exit(77)


def install(folder):
    """npm's own patience is five minutes for one stalled answer: here 15 s, asked again, and the whole of it thrice."""
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "--fetch-timeout=15000",
               "--fetch-retries=3", "--fetch-retry-mintimeout=500", "--fetch-retry-maxtimeout=3000"]
    for _ in range(3):
        try:
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False)
        except subprocess.TimeoutExpired:
            why = "no end within 60 s"
            continue
        if done.returncode == 0:
            return
        why = " ".join(done.stderr.strip().splitlines()[:3]) or "no reason given"
    skip("npm could not fetch it: " + why)


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
        install(target)
    return os.fspath(target)
