#!/usr/bin/env python3
"""Every limit of agent/base/limits.h is named by a test that meets it."""
import os
import re
import subprocess
import sys

root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def named():
    """The limits that tests name."""
    files = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "tests"], cwd=root, capture_output=True,
                           text=True, check=True).stdout.split()
    found = set()
    for path in files:
        if path.startswith("tests/style/") or not re.search(r"\.(c|h|py|yaml)$", path):
            continue
        try:
            with open(os.path.join(root, path), encoding="utf-8") as file:
                found.update(re.findall(r"\bOTR_LIMIT_([A-Z0-9_]+)\b", file.read()))
        except FileNotFoundError:
            continue
    return found


def main():
    with open(os.path.join(root, "agent/base/limits.h"), encoding="utf-8") as file:
        limits = re.findall(r"^(?:#define )? *OTR_LIMIT_([A-Z0-9_]+)", file.read(), re.M)
    met = named()
    found = [f"agent/base/limits.h: no test meets OTR_LIMIT_{name}" for name in limits if name not in met]
    print("\n".join(found))
    print(f"{len(limits)} limits, {len(found)} complaints")
    return 1 if found or len(limits) < 100 else 0


sys.exit(main())
