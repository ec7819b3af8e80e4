#!/usr/bin/env python3
"""The state folder on a small disk that another file fills: devices are pushed back, log and status say so, and when there
is room again everything goes on by itself, without a restart and without a lost alarm."""
import os
import pathlib
import subprocess
import sys
import tempfile

from station import LIMIT_S, SKIPPED, Device, Station, check, run, wait_for

START = 1_700_000_000
MAX_AGE = 14


def small_disk():
    """A mounted tmpfs of 8 MiB, or None where that is not allowed."""
    folder = tempfile.mkdtemp(prefix="outrider-disk-")
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m,mode=0700", "outrider-test", folder],
                          capture_output=True, text=True)
    if done.returncode == 0:
        return folder
    os.rmdir(folder)
    print(f"skipped: no tmpfs can be mounted: {done.stderr.strip()}")
    return None


def a_full_disk_pushes_back_says_so_and_recovers():
    with Station({"a1": "d1"}, state=DISK + "/state", ballast="1MiB") as station:
        station.start_broker()
        station.start_console()
        station.start_daemon()
        station.wait_link()
        station.wait_events(1, kind="status", what="online")
        device = Device("d1", station.udp_port)
        for index in range(4):
            check(device.upload(9.0 if index % 2 == 0 else 1.0, START + index) == 204, "not acknowledged")
        filler = pathlib.Path(DISK) / "filler"
        index = 4
        refused = 0
        acknowledged = [0, 1, 2, 3]
        # what the ballast gave back is taken, too, until a reading is pushed back
        with open(filler, "wb", buffering=0) as out:
            for _ in range(4000):
                try:
                    while True:
                        out.write(b"\0" * 4096)
                except OSError:
                    pass
                code = device.upload(9.0 if index % 2 == 0 else 1.0, START + index)
                if code == 204:
                    acknowledged.append(index)
                    index += 1
                    continue
                check(code == 503, f"answered {code}")
                age = [value for number, value in device.options if number == MAX_AGE]
                check(len(age) == 1 and int.from_bytes(age[0], "big") > 0, "5.03 without Max-Age")
                refused += 1
                if refused == 3:
                    break
        check(refused == 3, "a full disk never pushed back")
        log = station.log("outriderd")
        check("full" in log and "commit_failed" in log, "the log does not say that the disk is full")
        status = station.status()
        check(status["driver"]["commits_failed"] > 0 and status["driver"]["uploads_pushed_back"] > 0,
              "the status does not say it")
        check(status["store"]["free_bytes"] < 1 << 20, "the status does not show how little room there is")
        filler.unlink()
        wait_for("an acknowledgement", lambda: device.upload(9.0 if index % 2 == 0 else 1.0, START + index) == 204,
                 LIMIT_S)
        acknowledged.append(index)
        expected = sum(1 for i in acknowledged if i % 2 == 0)
        station.wait_events(expected, kind="alarm", what="raised")
        station.wait_outbox_empty()
        check(len(station.distinct(kind="alarm", what="raised")) == expected, "an alarm came twice")
        check(station.end("outriderd") == 0, "the daemon did not stop cleanly")


if __name__ == "__main__":
    DISK = small_disk()
    if DISK is None:
        sys.exit(SKIPPED)
    try:
        run(a_full_disk_pushes_back_says_so_and_recovers)
    finally:
        subprocess.run(["umount", DISK], check=True)
        os.rmdir(DISK)
