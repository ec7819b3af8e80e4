#!/usr/bin/env python3
"""The database of a stopped daemon is damaged, bit by bit and by truncation: the daemon starts all the same, says so, sets the
file aside as it was, keeps what still reads back, tells the loss upstream, and takes readings. OUTRIDER_SEED: one of them.
"""
import hashlib
import os
import random
import shutil

from station import SLOW, Device, Station, check, run

LONG = "OUTRIDER_LONG" in os.environ
ROUNDS = 400 if LONG else max(3, 9 // SLOW)
SEED = int(os.environ.get("OUTRIDER_SEED", "0"))
START = 1_700_000_000
PAGE = 2048


def damage(path, dice):
    """What was done, in words."""
    data = bytearray(path.read_bytes())
    kind = dice.choice(("bit", "bits", "page", "cut", "cut", "header", "empty"))
    if kind == "cut":
        size = dice.randrange(1, len(data))
        path.write_bytes(data[:size])
        return f"cut at {size} of {len(data)}"
    if kind == "empty":
        path.write_bytes(b"")
        return "emptied"
    if kind == "page":
        at = dice.randrange(len(data) // PAGE) * PAGE
        data[at:at + PAGE] = bytes(PAGE) if dice.random() < 0.5 else dice.randbytes(PAGE)
        path.write_bytes(data)
        return f"page {at // PAGE} overwritten"
    spots = [dice.randrange(100 if kind == "header" else len(data)) for _ in range(1 if kind == "bit" else 20)]
    for at in spots:
        data[at] ^= 1 << dice.randrange(8)
    path.write_bytes(data)
    return f"bits flipped at {spots}"


def one(station, whole, seed, opened):
    dice = random.Random(seed)
    shutil.rmtree(station.state)
    shutil.copytree(whole, station.state)
    what = f"seed {seed}: {damage(station.state / 'outrider.db', dice)}"
    print(f"  {what}", flush=True)
    broken = hashlib.sha256((station.state / "outrider.db").read_bytes()).hexdigest()
    before = len(station.log("outriderd"))
    station.events.clear()
    station.start_daemon()
    device = Device("d3", station.udp_port)
    check(device.upload(9.0, START + 50) == 204, f"{what}: no reading is taken")
    device.close()
    station.wait_events(1, kind="alarm", what="raised", asset="a3")
    said = station.log("outriderd")[before:]
    aside = [path for path in station.state.glob("outrider.db.corrupt-*") if not path.name.endswith(("-wal", "-shm"))]
    check(bool(aside) == ("event=store_corrupt" in said), f"{what}: {aside} and {said}")
    if aside:
        check(hashlib.sha256(aside[0].read_bytes()).hexdigest() == broken, f"{what}: what was set aside was changed")
        told = station.wait_events(1, kind="status", what="loss")
        check("corrupt" in str(told), f"{what}: {told}")
    else:
        now = {alarm["alarm"] for alarm in station.ask("alarms")["alarms"] if alarm["asset"] != "a3"}
        lost = "snapshot_refused" in said
        check(lost or now >= opened, f"{what}: nothing is said of it, and alarms are gone: {opened - now}")
    station.wait_outbox_empty()
    check(station.end("outriderd") == 0, f"{what}: no clean stop")
    return bool(aside)


def a_damaged_database_is_replaced_in_words():
    with Station({"a1": "d1", "a2": "d2", "a3": "d3"}) as station:
        station.start_daemon()  # without a broker: the outbox holds what is to be told
        devices = [Device(name, station.udp_port) for name in ("d1", "d2")]
        for index in range(30):
            for device in devices:
                check(device.upload(9.0 if index % 2 == 0 else 1.0, START + index) == 204, "not kept")
        check(devices[0].upload(9.0, START + 40) == 204, "not kept")
        opened = {alarm["alarm"] for alarm in station.ask("alarms")["alarms"] if "ended" not in alarm}
        check(len(opened) == 1, str(opened))
        check(station.end("outriderd") == 0, "no clean stop")
        whole = station.folder / "whole"
        shutil.copytree(station.state, whole)
        station.start_broker()
        station.start_console()
        found = 0
        seeds = [SEED] if SEED else range(1, ROUNDS + 1)
        for seed in seeds:
            found += one(station, whole, seed, opened)
        print(f"  {len(seeds)} damaged databases, {found} set aside", flush=True)
        check(found > 0 or SEED, "no damage was found")


if __name__ == "__main__":
    run(a_damaged_database_is_replaced_in_words)
