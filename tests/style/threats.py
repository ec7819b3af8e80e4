#!/usr/bin/env python3
"""threats.py BUILD: every test that THREATS.md names is there, as an entry of ctest and, after a colon, as a case of some source."""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
FAMILIES = ("test_", "fuzz_", "integration_", "package_", "mutants_", "field_", "conformance_")


def entries(build):
    told = subprocess.run(["ctest", "--test-dir", build, "-N"], capture_output=True, text=True, check=True).stdout
    return set(re.findall(r"Test +#\d+: (\S+)", told))


def cases():
    """Functions of all tests, in C and in Python."""
    found = set()
    for path in (ROOT / "tests").rglob("*"):
        if path.suffix in (".c", ".h"):
            found |= set(re.findall(r"^static void (\w+)\(", path.read_text(), re.M))
        elif path.suffix == ".py":
            found |= set(re.findall(r"^def (\w+)\(", path.read_text(), re.M))
    return found


def main():
    known_entries, known_cases, problems, named = entries(sys.argv[1]), cases(), [], 0
    lines = (ROOT / "agent/daemon/THREATS.md").read_text().splitlines()
    shown = False  # whether this table's last column names tests
    for number, line in enumerate(lines, 1):
        cells = line.split("|")
        here = [entry for entry in re.findall(r"`(\w+)`", line) if entry.startswith(FAMILIES)]
        named += len(here)
        problems += [f"THREATS.md:{number}: ctest has no {entry}" for entry in here if entry not in known_entries]
        if len(cells) < 4 or set(cells[1]) <= set("- "):
            shown = shown and len(cells) >= 4
            continue
        if cells[3].strip() == "shown by":
            shown = True
            continue
        if shown and not here:
            problems.append(f"THREATS.md:{number}: names no test")
        for group in cells[3].split(";"):
            if ":" in group:
                for case in re.findall(r"\b[a-z0-9]+(?:_[a-z0-9]+)+\b", group.split(":", 1)[1]):
                    if f"`{case}`" not in group and case not in known_cases:
                        problems.append(f"THREATS.md:{number}: no test has a case {case}")
    print("\n".join(problems))
    print(f"{named} tests named, {len(problems)} complaints")
    return 1 if problems or named < 50 else 0


sys.exit(main())
