#!/usr/bin/env python3
"""Every link of a page leads somewhere in the repository: the file is there, and so is the heading after the #."""
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
LINK = re.compile(r"\]\(([^)\s]+)\)")
NAMED = re.compile(r"`((?:agent|rules|platform|tests|tools|proto)/[\w/.-]+\.\w+)`")


def anchors(page):
    headings = re.findall(r"^#+ +(.+)$", re.sub(r"^```.*?^```", "", page.read_text(), flags=re.M | re.S), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-") for heading in headings}


def main():
    names = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "*.md"], cwd=ROOT, capture_output=True, text=True,
                           check=True).stdout.split()
    found, links = [], 0
    for name in names:
        page = ROOT / name
        text = page.read_text()
        for target in LINK.findall(text):
            if "://" in target:
                continue
            links += 1
            path, _, anchor = target.partition("#")
            there = (page.parent / path) if path else page
            if not there.exists():
                found.append(f"{name}: {target} is not there")
            elif anchor and anchor not in anchors(there):
                found.append(f"{name}: {target}: no such heading")
        found += [f"{name}: {path} is not there" for path in NAMED.findall(text) if not os.path.exists(ROOT / path)]
    print("\n".join(found + [f"{len(names)} pages, {links} links, {len(found)} complaints"]))
    return 1 if found or links < 50 else 0


sys.exit(main())
