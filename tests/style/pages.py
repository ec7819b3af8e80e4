#!/usr/bin/env python3
"""pages.py OUTRIDER: every shipped pack has a page that names all its alarms and shows assignments that are right.

Each block of YAML in rules/packs/NAME.md is checked with `outrider check --assignments`, as a reader would after copying it."""
import pathlib
import re
import subprocess
import sys
import tempfile

PACKS = pathlib.Path(__file__).resolve().parent.parent.parent / "rules" / "packs"
BLOCK = re.compile(r"^```yaml\n(.*?)^```$", re.M | re.S)


def problems_of(outrider, pack, page, folder):
    text = page.read_text()
    blocks = BLOCK.findall(text)
    rules = re.findall(r"^  - alert: (\w+)", pack.read_text(), re.M)
    found = [f"{page.name} does not name {rule}" for rule in rules if not re.search(rf"\b{rule}\b", text)]
    if not blocks:
        found.append(f"{page.name} shows no assignments")
    for number, block in enumerate(blocks, 1):
        file = folder / f"{page.stem}-{number}.yaml"
        file.write_text(block)
        done = subprocess.run([outrider, "check", "--assignments", str(file), str(pack)], capture_output=True, text=True)
        said = done.stdout + done.stderr
        if done.returncode != 0:
            found.append(f"{page.name}, block {number}: {said}")
    return found


def main():
    outrider = sys.argv[1]
    packs = sorted(p for p in PACKS.glob("*.yaml") if not p.name.endswith(".test.yaml"))
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for pack in packs:
            page = pack.with_suffix(".md")
            if not page.exists():
                found.append(f"{pack.name} has no page")
                continue
            found += problems_of(outrider, pack, page, pathlib.Path(folder))
    print("\n".join(found))
    print(f"{len(packs)} pages, {len(found)} complaints")
    return 1 if found or len(packs) < 7 else 0


sys.exit(main())
