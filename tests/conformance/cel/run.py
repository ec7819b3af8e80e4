#!/usr/bin/env python3
"""run.py OUTRIDER FOLDER: the public conformance suite of CEL through `outrider eval --json`.

Takes the suite from npm into FOLDER (exit 77 where that cannot be). Tests that need a protobuf message are left out.
expected-failures.txt lists what fails, with the reason; the run fails when one of those passes or another fails.
"""
import json
import math
import os
import subprocess
import sys

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(here))
from npm import fetch  # noqa: E402

sections = ("basic comparisons conversions fields fp_math integer_math lists logic macros macros2 namespace parse plumbing "
            "string timestamps string_ext math_ext").split()
tests_min = 1500  # fewer would mean that the suite was not read


def read_tests(folder):
    fetch(here, folder, ["export.mjs"])
    lines = subprocess.run(["node", "export.mjs"], cwd=folder, capture_output=True, text=True, check=True, timeout=120).stdout
    with open(os.path.join(folder, "tests.jsonl"), "w", encoding="utf-8") as file:
        file.write(lines)
    return [json.loads(line) for line in lines.splitlines()]


def number(text):
    return float(text) if isinstance(text, (int, float)) else float(text.replace("Infinity", "inf"))


def equal(wanted, got):
    """Two values in the JSON form of cel.expr.Value; maps in any order."""
    if not isinstance(wanted, dict) or not isinstance(got, dict) or wanted.keys() != got.keys():
        return False
    (kind, a), = wanted.items()
    b = got[kind]
    if kind == "doubleValue":
        a, b = number(a), number(b)
        return a == b or (math.isnan(a) and math.isnan(b))
    if kind == "listValue":
        a, b = a.get("values", []), b.get("values", [])
        return len(a) == len(b) and all(map(equal, a, b))
    if kind == "mapValue":
        a, b = a.get("entries", []), b.get("entries", [])
        return len(a) == len(b) and all(
            any(equal(x["key"], y["key"]) and equal(x["value"], y["value"]) for y in b) for x in a)
    if kind in ("int64Value", "uint64Value"):
        return int(a) == int(b)
    return a == b


def passes(test, reply):
    if test["error"]:
        return "error" in reply
    return "value" in reply and equal(test.get("value", {"boolValue": True}), reply["value"])


def expected_failures():
    """name: reason, one a line; # begins a comment."""
    listed = {}
    with open(os.path.join(here, "expected-failures.txt"), encoding="utf-8") as file:
        for line in file:
            line = line.strip()
            if line and not line.startswith("#"):
                name, _, reason = line.partition(": ")
                listed[name] = reason
    return listed


def main():
    outrider, folder = sys.argv[1:3]
    tests = [test for test in read_tests(folder) if test["name"].split("/")[0] in sections and not test["message"]]
    # Some names stand for several tests: number the later ones.
    seen = {}
    for test in tests:
        seen[test["name"]] = seen.get(test["name"], 0) + 1
        if seen[test["name"]] > 1:
            test["name"] += f"#{seen[test['name']]}"
    requests = "".join(json.dumps(test["request"]) + "\n" for test in tests)
    done = subprocess.run([outrider, "eval", "--json"], input=requests, capture_output=True, text=True, timeout=120)
    replies = [json.loads(line) for line in done.stdout.splitlines()]
    if done.returncode != 0 or len(replies) != len(tests):
        sys.exit(f"outrider eval: exit {done.returncode}, {len(replies)} answers to {len(tests)} tests\n{done.stderr}")
    listed = expected_failures()
    wrong = 0
    counts = {section: [0, 0] for section in sections}
    for test, reply in zip(tests, replies):
        ok = passes(test, reply)
        count = counts[test["name"].split("/")[0]]
        count[0] += ok
        count[1] += 1
        if ok == (test["name"] in listed):
            wrong += 1
            what = "is listed as failing and passes" if ok else "fails"
            print(f"{test['name']} {what}\n  {test['request']}\n  wanted "
                  f"{'an error' if test['error'] else test.get('value', True)}\n  got    {reply}")
    for section, (good, count) in counts.items():
        print(f"{section:14} {good:4} of {count:4}")
    core = [counts[section] for section in sections if not section.endswith("_ext")]
    print(f"{'without _ext':14} {sum(c[0] for c in core):4} of {sum(c[1] for c in core):4}")
    names = {test["name"] for test in tests}
    for name in listed:
        if name not in names:
            wrong += 1
            print(f"{name} is listed and is no test")
    if len(tests) < tests_min:
        sys.exit(f"only {len(tests)} tests")
    return 1 if wrong else 0


sys.exit(main())
