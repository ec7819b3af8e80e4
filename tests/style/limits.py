#!/usr/bin/env python3
"""Every limit of agent/base/limits.h is named by a test that meets it, or below with why none does: the list may only shrink."""
import os
import re
import subprocess
import sys

root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
elsewhere = {
    "ASSIGNMENTS_NODES": "counted as YAML_NODES is, which a test meets; two million values take seconds",
    "BUCKETS": "not met: 131,072 days of gateways take 400 MB of a console",
    "BUCKET_BYTES": "not met: a bucket of this size needs keys by the thousand",
    "BUCKET_SUM_CELLS": "not met: 65,536 figures in one sum of a console",
    "CONTENT_PAST_BYTES": "not met: 4 MiB of contents that ran before",
    "PLAN_BYTES": "a plan of more than 300 gateways is refused by the console before",
    "PUSHED_BYTES": "not met: sixteen MiB of packs take minutes to stage",
    "QUESTIONED": "not met: 16,385 customers take minutes of steps",
    "QUESTIONS": "not met: 2,049 open questions take minutes of steps",
    "QUESTION_HELD_DAYS": "not met: two days until a question is of no use",
    "QUESTION_NPS_DAYS": "not met: half a year between two of the rare questions",
    "REHEARSAL_BYTES": "not met: a report of 4 MiB needs a history of months",
    "REHEARSAL_MIB": "given to the replay, whose own tests meet --memory",
    "REMARK_ROWS": "not met: 50,000 remarks take minutes",
    "STAGE_CHUNK_BYTES": "push.py stages in pieces of this size by the console, which takes its name from here",
    "TELEMETRY_BARRIERS": "not met: as its comment says, four are enough for the window",
    "TICKET_BYTES": "not met by its number",
    "TRIAL_REVISIONS": "not met: a thousand revisions of one thing within a trial",
    "TRIAL_S": "not met: ten minutes of a running agent",
    "UNSETTLED_BYTES": "not met: 4 MiB of late readings",
}


def named():
    """The limits that tests name, and the headers of tests."""
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
    found = [f"agent/base/limits.h: no test meets OTR_LIMIT_{name}" for name in limits
             if name not in met and name not in elsewhere]
    found += [f"tests/style/limits.py: {name} is {'met by a test' if name in met else 'no limit'}, and listed"
              for name in elsewhere if name in met or name not in limits]
    print("\n".join(found))
    print(f"{len(limits)} limits, {len(elsewhere)} of them with a reason, {len(found)} complaints")
    return 1 if found or len(limits) < 100 else 0


sys.exit(main())
