#!/usr/bin/env python3
"""What the pages show works as it stands there: "Try it by hand" twice in a row, with other ports alone, and the first pack,
checked and tested."""
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from station import LIMIT_S, PROGRAMS, SOURCE, check, free_port, mosquitto, run

# Stands in for the page's `sleep 1`: until what was started before it is there, however slow the machine.
WAIT = """
sleep() {
    n=$((${n:-0} + 1))
    for i in $(seq 1 600); do
        case $n in
        1) (exec 3<>/dev/tcp/127.0.0.1/28883) 2>/dev/null && return ;;
        2) outrider alarms --config outrider.yaml >/dev/null 2>&1 && return ;;
        *) grep -q "as outrider-watch" mosquitto.log && command sleep 1 && return ;;
        esac
        command sleep 0.2
    done
    echo "not there: $n"
}
"""


def blocks(page):
    """Its indented blocks, without their indent."""
    text = (Path(SOURCE) / page).read_text()
    found = re.findall(r"(?:^    .*\n|^\n(?=    ))+", text, re.M)
    return [re.sub(r"^    ", "", block, flags=re.M).strip("\n") + "\n" for block in found]


def by_hand(folder, ports):
    start, operate = blocks("agent/daemon/TRY.md")
    start = start.split("\n", 2)[2]  # the build, and where it is
    check("rm -rf my" in start and "kill %3" in operate, "the page says something else")
    start = start.replace("mosquitto -c mosquitto.conf", "mosquitto -c mosquitto.conf >mosquitto.log 2>&1")
    start = start.replace("console.key & sleep", "console.key >watch.log 2>&1 & sleep")
    told = 'for i in $(seq 1 300); do grep -q TICKET watch.log && break; command sleep 0.2; done; echo "WATCHED"; cat watch.log\n'
    script = "set -m\ntrap 'kill $(jobs -p) 2>/dev/null' EXIT\n" + WAIT + start + told + operate.replace("kill %3", "echo ENDS; kill %3") + "pwd\n"
    for port, free in ports.items():
        script = script.replace(port, str(free))
    shell = subprocess.Popen(["bash", "-c", script], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                             env={**os.environ, "PATH": f"{PROGRAMS}:{os.environ['PATH']}:{Path(mosquitto()).parent}"})
    try:
        said, _ = shell.communicate(timeout=6 * LIMIT_S)
    except subprocess.TimeoutExpired:
        shell.terminate()  # its jobs end with it
        said, _ = shell.communicate()
    check(said.splitlines()[-1] == str(folder), said)
    return said


def what_is_tried_by_hand_works_twice():
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        (folder / "tools").mkdir()
        shutil.copy(Path(SOURCE) / "tools/certificates", folder / "tools")
        shutil.copytree(Path(SOURCE) / "rules/packs", folder / "rules/packs")
        shutil.copytree(Path(SOURCE) / "rules/knowledge", folder / "rules/knowledge")
        ports = {port: free_port() for port in ("28883", "25683", "25684")}
        for time in ("first", "second"):
            said = by_hand(folder, ports)
            for part in ("ALARM    raised", "MESSAGE  raised", "TICKET   opened", "ShockDrop", "parcel-1.jsonl: the record of parcel-1",
                         "shelved for 2h", "ok, 1 alarm(s) changed"):
                check(part in said, f"the {time} time, {part} is missing: {said}")
            check("not there" not in said and "refused" not in said and "No such" not in said, f"the {time} time: {said}")


def its_pack_is_whole_and_its_tests_pass():
    rule = next(block for block in blocks("README.md") if block.startswith("- alert: "))
    whole = "".join(blocks("rules/FIRST.md"))
    check(re.sub("^", "  ", rule.strip("\n"), flags=re.M) in whole, "the rule of the README is not that of the first pack")
    with tempfile.TemporaryDirectory() as folder:
        for block in blocks("rules/FIRST.md"):
            name = ("fridge.yaml" if block.startswith("pack:") else "fridge.test.yaml" if block.startswith("packs:") else
                    "assignments.yaml" if block.startswith("version:") else None)
            if name is not None:
                (Path(folder) / name).write_text(block)
        for words in (("check", "--strict", "--assignments", "assignments.yaml", "fridge.yaml"), ("test", "fridge.test.yaml")):
            done = subprocess.run([PROGRAMS / "outrider", *words], cwd=folder, capture_output=True, text=True, timeout=LIMIT_S)
            check(done.returncode == 0, done.stdout + done.stderr)


if __name__ == "__main__":
    run(its_pack_is_whole_and_its_tests_pass, what_is_tried_by_hand_works_twice)
