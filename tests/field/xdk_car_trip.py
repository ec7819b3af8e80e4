"""A box in a car boot: speed bumps, a smooth ride, ten drops from 20 cm that two samples a second cannot show, and light
at the end, when the boot is opened. Between, at 09:21:22, a lamp shines in for two seconds."""
import json
import math

from recording import Feed, Run, alarm, instant, seconds, write
from xdk_thrown_package import AXES, messages

ASSET = "parcel-1"


def samples(path):
    return [row for message in messages(path) for row in message]


def light_inside(rows):
    """[(first instant above 20 lx, first below 5 lx or None)] of light that stays for 3 s."""
    found = []
    for at, lux in rows:
        is_open = bool(found) and found[-1][1] is None
        if not is_open and lux > 20:
            found.append([at, None])
        elif is_open and at - found[-1][0] < seconds(3) and lux <= 20:
            found.pop()
        elif is_open and lux < 5:
            found[-1][1] = at
    return found


def runs(data, folder):
    paths = sorted((data / "shock" / "xdk_car_trip_0921").iterdir())
    parts = [samples(path) for path in paths]
    rows = [row for part in parts for row in part]
    assert len(rows) == 2866
    shocks = [math.sqrt(sum(r[a] ** 2 for a in AXES)) for r in rows]
    assert max(shocks) < 1705 and sum(s < 200 for s in shocks) == 4, "the drops show as four odd samples"
    opened = light_inside([(instant(r["timestamp"]), r["light"] / 1000) for r in rows])
    assert [(a.isoformat()[11:19], b) for a, b in opened] == [("09:42:43", None)]
    lit = alarm("OpenedByLight", ASSET, opened[0][0], None, opened[0][0] + seconds(3))
    device = ["xdk-24d11f0358cd5d9a"]
    yield Run("xdk_car_trip", "xdk_car_trip", device, [Feed(path, len(part)) for path, part in zip(paths, parts)], [lit],
              {"readings": 4 * 2866, "readings_late": 0}, tickets=1, notices=1, packs=("handling",))

    # The second drop as a sensor that measures each 10 ms would have seen it: 0.3 s of free fall are 0.44 m.
    at = instant("2019-03-24T09:41:52.450Z")
    last = dict(parts[-1][0])
    fall = [dict(last, timestamp=(at + seconds(k / 100)).isoformat().replace("+00:00", "Z"), acceleratorX=0,
                 acceleratorY=0, acceleratorZ=100, light=0) for k in range(31)]
    following = next(i for i, r in enumerate(parts[-1]) if instant(r["timestamp"]) > at)
    assert instant(parts[-1][following]["timestamp"]) > at + seconds(0.3)
    faster = parts[-1][:following] + fall + parts[-1][following:]
    twin = write(folder / "faster.json", [json.dumps(faster)])
    # h = g t²/2 is above 0.3 m after 0.2474 s; the sample before the first inserted one is in free fall too, 12 ms earlier.
    before = instant(parts[-1][following - 1]["timestamp"])
    first = next(instant(r["timestamp"]) for r in fall if falls_above(instant(r["timestamp"]) - before))
    yield Run("xdk_car_trip, one drop seen fast enough", "xdk_car_trip", device,
              [Feed(path, len(part)) for path, part in zip(paths[:-1], parts[:-1])] + [Feed(twin, len(faster))],
              [lit, alarm("Dropped", ASSET, first, instant(fall[-1]["timestamp"]) + seconds(2), first),
               alarm("DroppedToTell", ASSET, first, None, first)], tickets=2, notices=3,  # and the advice
              packs=("handling",))


def falls_above(span):
    return 9.80665 * span.total_seconds() ** 2 / 2 > 0.3
