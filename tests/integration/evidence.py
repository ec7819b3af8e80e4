#!/usr/bin/env python3
"""Evidence of a shipment on the real daemon: exported beside it, whole, the same chain after kill -9; each bit, line and
tail of a real file; a database that somebody changed; and what is left when its customer is forgotten."""
import json
import os
import random
import shutil
import sqlite3
import subprocess
import time

from assignments import files_with, started, tool
from station import LIMIT_S, PROGRAMS, Device, Station, check, run, signal, wait_for

FORM = """version: 1
assignment: {{version: {version}}}
customers: [{{customer: cust-9x}}]
assets:
  - {{asset: box-7x, class: shipment, name: MARKER-goods, customer: cust-9x, devices: [{device}]}}
"""


def assign(station, version=1, device="trk-7"):
    path = station.folder / "box.yaml"
    path.write_text(FORM.format(version=version, device=device))
    code, said = tool(station, "assign", path)
    check(code == 0, said)


def travel(station, steps=6, begin=600):
    """Readings of the last minutes; every third is an alarm."""
    device = Device("trk-7", station.udp_port)
    now = time.time() - begin
    for step in range(steps):
        check(device.upload(9.0 if step % 3 == 1 else 0.1, now + step) == 204, "not kept")
    device.close()


def export(station, name, what="box-7x", state=None):
    path = station.folder / name
    words = [PROGRAMS / "outrider", "evidence", what, "--out", path, "--state", state or station.state]
    done = subprocess.run([str(w) for w in words], capture_output=True, text=True, timeout=2 * LIMIT_S)
    return done.returncode, done.stderr, path


def exported(station, name, **more):
    code, said, path = export(station, name, **more)
    check(code == 0 and f"{path}: the record of {more.get('what', 'box-7x')}, " in said, said)
    return path


def verify(path, *words):
    done = subprocess.run([str(w) for w in (PROGRAMS / "outrider", "verify", path, *words)],
                          capture_output=True, text=True, timeout=2 * LIMIT_S)
    return done.returncode, done.stdout + done.stderr


def public_key(station):
    code, said = tool(station, "evidence", "--key")
    check(code == 0 and len(said) == 64, said)
    return said


def kinds(path):
    return [json.loads(line).get("kind") for line in path.read_text().splitlines()[1:-1]]


def a_record_is_exported_and_checked_anywhere():
    with Station({"a1": "d1"}) as station:
        started(station)
        check((station.state / "evidence.key").stat().st_mode & 0o7777 == 0o600, "others may read the key")
        assign(station)
        travel(station)
        path = exported(station, "on-the-way")
        code, said = verify(path)
        check(code == 0 and said.startswith("OK, complete\n") and "it goes on after this export" in said, said)
        check(kinds(path)[:2] == ["assigned", "readings"] and kinds(path).count("alarm") == 4, str(kinds(path)))
        key = public_key(station)
        check(verify(path, "--key", key)[0] == 0, "not by its key")
        code, said = verify(path, "--key", key[::-1])
        check(code == 1 and "signed with another key" in said, said)
        check(tool(station, "unassign", "box-7x", "delivered")[0] == 0, "not ended")
        after = exported(station, "at-the-end")
        code, said = verify(after, "--key", key)
        check(code == 0 and ", ended" in said, said)
        check(kinds(after)[-1] == "ended" and '"reason":"delivered"' in after.read_text(), str(kinds(after)))
        lines, more = (p.read_text().splitlines() for p in (path, after))
        check(more[:len(lines) - 1] == lines[:-1], "the later one tells another story")
        code, said, _ = export(station, "none", what="box-0")
        check(code == 1 and "there is no record of box-0" in said, said)
        code, said = tool(station, "evidence")
        check(code == 0 and "ended    box-7x" in said, said)
        os.rename(station.state / "evidence.key", station.folder / "evidence.key")
        code, said, _ = export(station, "none")
        check(code == 1 and "evidence.key" in said, said)


def it_is_the_same_chain_after_kill_9():
    with Station({"a1": "d1"}) as station:
        started(station)
        assign(station)
        earlier = []
        for step in range(4):
            travel(station, begin=900 - 100 * step)
            path = exported(station, f"before-{step}")
            earlier.append(path)
            station.end("outriderd", signal.SIGKILL)
            check(verify(exported(station, f"down-{step}"))[0] == 0, "not whole beside a daemon that is down")
            station.start_daemon()
            station.wait_link()
        travel(station, begin=100)
        path = exported(station, "after")
        code, said = verify(path)
        check(code == 0, said)
        check("rebuilt" not in kinds(path), "the state did not know its rows")
        check(kinds(path).count("downtime") == 4, str(kinds(path)))
        lines = path.read_text().splitlines()
        for one in earlier:
            check(lines[:len(one.read_text().splitlines()) - 1] == one.read_text().splitlines()[:-1],
                  f"{one.name} is no begin of it")


def each_bit_line_and_tail_of_a_real_file():
    with Station({"a1": "d1"}) as station:
        started(station)
        assign(station)
        travel(station)
        path = exported(station, "real")
        done = subprocess.run([os.environ["OUTRIDER_FLIPS"], str(path)], capture_output=True, text=True, timeout=300)
        check(done.returncode == 0, done.stdout + done.stderr)
        data = path.read_bytes()
        check(done.stdout.split() == [str(8 * len(data)), str(data.count(b"\n")), str(len(data))], done.stdout)
        print(f"  bits, lines, cuts: {done.stdout.strip()}")
        wrong = station.folder / "wrong"
        for seed in range(60):
            pick = random.Random(seed)
            at = pick.randrange(len(data))
            wrong.write_bytes(data[:at] + bytes([data[at] ^ 1 << pick.randrange(8)]) + data[at + 1:])
            code, said = verify(wrong)
            check(code == 1 and f"wrong:{data[:at].count(10) + 1}: " in said, f"seed {seed}: {said}")
        lines = data.splitlines(keepends=True)
        wrong.write_bytes(b"".join(lines[:2] + lines[3:]))
        code, said = verify(wrong)
        check(code == 1 and "wrong:3: entry 2 is missing" in said, said)
        wrong.write_bytes(b"".join(lines[:-1]))
        code, said = verify(wrong)
        check(code == 1 and "the file is cut" in said, said)
        check(verify(station.folder / "nothing")[0] == 2, "a file that is not there")


def what_was_changed_in_the_database_is_found():
    changes = [("UPDATE proof_entries SET content = replace(content, '0.1', '0.2') WHERE number = 2", "3: entry 2 (readings): what it says was altered"),
               ("DELETE FROM proof_entries WHERE number = 2", "3: entry 2 is missing"),
               ("UPDATE proof_entries SET header = replace(header, 'readings', 'readingz') WHERE number = 2", "3: entry 2"),
               ("UPDATE proof_entries SET head = zeroblob(32) WHERE number = 2", "3: entry 2 (readings): its hash was altered"),
               ("UPDATE proof_entries SET signature = x'' WHERE number = 1", "2: entry 1 (assigned): its signature"),
               ("UPDATE proof_entries SET signature = zeroblob(64) WHERE number = 1", "2: entry 1: its signature"),
               ("UPDATE proof_entries SET salt = x'', content = '' WHERE number = 2", None)]  # erased: whole, and says so
    with Station({"a1": "d1"}) as station:
        started(station)
        assign(station)
        travel(station)
        station.end("outriderd")
        for change, words in changes:
            copy = station.folder / "copy"
            shutil.rmtree(copy, ignore_errors=True)
            shutil.copytree(station.state, copy)
            base = sqlite3.connect(copy / "outrider.db")
            check(base.execute(change).rowcount == 1, change)
            base.commit()
            base.close()
            code, said, path = export(station, "changed", state=copy)
            if words is None:
                check(code == 0 and "content erased" in verify(path)[1], said)
                continue
            line, words = words.split(": ", 1)
            for code, said in ((code, said), verify(path)):
                check(code == 1 and f"changed:{line}: " in said and words in said, f"{change}: {said}")


def of_a_forgotten_customer_the_chain_is_left():
    markers = ("cust-9x", "box-7x", "MARKER-goods")
    with Station({"a1": "d1"}) as station:
        started(station)
        assign(station)
        travel(station)
        before = exported(station, "before")
        salts = [bytes.fromhex(json.loads(line)["salt"]) for line in before.read_text().splitlines()[1:-1]]
        chain = json.loads(before.read_text().splitlines()[0])["chain"]
        station.wait_outbox_empty()
        code, said = tool(station, "forget", "cust-9x", "--yes")
        check(code == 0, said)
        station.wait_outbox_empty()
        for marker in markers:
            wait_for(f"{marker} to be gone", lambda m=marker: not files_with(station.state, m), LIMIT_S)
        check(export(station, "none")[0] == 1, "it is found by the asset")
        path = exported(station, "erased", what=chain[:10])
        code, said = verify(path, "--key", public_key(station))
        check(code == 0 and said.startswith("OK, complete, content erased\n") and ", ended" in said, said)
        for marker in (*markers, "salt", "content\":"):
            check(marker not in path.read_text(), f"{marker} is in the export")
        left = [line.split(',"erased"')[0] for line in path.read_text().splitlines()]
        for line, old in zip(before.read_text().splitlines()[1:-1], left[1:]):
            check(line.split(',"salt"')[0] == old, "another chain")
        check(verify(before)[0] == 0, "what was exported in time")
        station.end("outriderd")
        for file in station.state.rglob("*"):
            data = file.read_bytes() if file.is_file() else b""
            check(not any(salt in data for salt in salts), f"a salt is in {file.name}")
        station.start_daemon()
        assign(station, version=2)
        check(verify(exported(station, "next"))[0] == 0, "the next one")


if __name__ == "__main__":
    run(a_record_is_exported_and_checked_anywhere,
        it_is_the_same_chain_after_kill_9,
        each_bit_line_and_tail_of_a_real_file,
        what_was_changed_in_the_database_is_found,
        of_a_forgotten_customer_the_chain_is_left)
