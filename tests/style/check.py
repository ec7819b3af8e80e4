#!/usr/bin/env python3
"""The repository's own rules, as a test: walls between layers, size of files, words that must not stay."""
import os
import re
import subprocess
import sys

root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
found = []

# What a folder may include: itself, what is named here, and the C library's headers without I/O.
may_see = {
    "agent/base": ["base"],
    "agent/text": ["base", "text"],
    "rules": ["base", "rules"],
    "agent/codec": ["base", "codec"],
    "agent/core": ["base", "text", "rules", "codec", "core"],
    "agent/driver": ["base", "rules", "codec", "core", "driver"],
    "platform/sim": ["base", "platform"],
}
# Of the driver, a platform sees its ports.
also_sees = {"platform/sim": ["driver/port.h"]}
# Third-party headers of the parsers that live below the driver.
parsers = {
    "rules": ["yaml.h"],
    "agent/codec": ["jansson.h", "cbor.h", "protobuf-c/protobuf-c.h"],
}
pure = {"errno.h", "float.h", "inttypes.h", "limits.h", "math.h", "stdalign.h", "stdarg.h", "stdbool.h", "stddef.h",
        "stdint.h", "stdio.h", "stdlib.h", "string.h"}
base_only = {"pthread.h", "stdatomic.h", "time.h", "unistd.h"}  # agent/base/log.c: the one place that writes
unwanted = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
lines_max = 600


def complain(path, line, text):
    found.append(f"{path}:{line}: {text}")


def check_include(path, number, line):
    match = re.match(r'\s*#include\s+([<"])([^>"]+)[>"]', line)
    if not match:
        return
    quote, name = match.groups()
    for folder, seen in may_see.items():
        if not path.startswith(folder + "/"):
            continue
        if quote == '"':
            if "/" in name and name.split("/")[0] not in seen and not name.endswith(".pb-c.h") \
                    and name not in also_sees.get(folder, []):
                complain(path, number, f"{folder} must not see {name}")
        elif name not in pure and name not in parsers.get(folder, []):
            if not (path == "agent/base/log.c" and name in base_only):
                complain(path, number, f"{folder} must not see <{name}>")


def main():
    files = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=root, capture_output=True, text=True,
                           check=True).stdout.split("\n")
    checked = 0
    for path in files:
        if not re.search(r"\.(c|h|py|sh|cmake|sql|proto|yaml)$|CMakeLists.txt$", path) or path == "tests/style/check.py":
            continue
        try:
            with open(os.path.join(root, path), encoding="utf-8") as file:
                lines = file.read().split("\n")
        except FileNotFoundError:
            continue
        checked += 1
        if len(lines) > lines_max and re.search(r"\.[ch]$", path):
            complain(path, len(lines), f"over {lines_max} lines: split it by subject")
        for number, line in enumerate(lines, 1):
            check_include(path, number, line)
            if unwanted.search(line):
                complain(path, number, "left open")
    print("\n".join(found))
    print(f"{checked} files, {len(found)} complaints")
    return 1 if found or checked < 100 else 0


sys.exit(main())
