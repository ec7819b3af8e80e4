"""A box thrown ten times and another that rests, mixed in one stream, with the clock going back 869 times."""
import json
import math

from recording import Feed, Run, alarm, in_order, instant, seconds, write

THROWN = "24d11f0358cd5d9a"
RESTING = "24d11f0258e8ba9f"
AXES = ("acceleratorX", "acceleratorY", "acceleratorZ")


def messages(path):
    """The arrays of the file, which stand one after the other without anything between them."""
    content = path.read_text()
    decoder = json.JSONDecoder()
    at = 0
    while at < len(content):
        message, at = decoder.raw_decode(content, at)
        yield message


def shocks(arrays, device):
    rows = [(instant(r["timestamp"]), math.sqrt(sum(r[a] ** 2 for a in AXES)) / 1000)
            for array in arrays for r in array if r["deviceId"] == device]
    return rows


def throws(rows, asset):
    """Rows above 3 g that lie within 2 s of the last one are one throw; it ends 2 s after the row that follows it."""
    rows = in_order(rows)
    found = []
    for at, (now, value) in enumerate(rows):
        if value <= 3.0:
            continue
        calm = next((r[0] for r in rows[at + 1:] if r[1] <= 3.0), None)
        if found and now - found[-1][1] <= seconds(2):
            found[-1][1:] = [now, calm]
        else:
            found.append([now, now, calm])
    return [alarm("Thrown", asset, first, calm + seconds(2), first) for first, _, calm in found]


def altered(arrays, path, change):
    return write(path, [json.dumps([change(r) for r in array], separators=(",", ":")) for array in arrays])


def runs(data, folder):
    path = data / "shock" / "xdk_thrown_package_20190321.json"
    arrays = list(messages(path))
    total = sum(len(a) for a in arrays)
    thrown = shocks(arrays, THROWN)
    resting = shocks(arrays, RESTING)
    assert (total, len(thrown), len(resting)) == (14101, 13667, 434)
    ten = throws(thrown, "parcel-thrown")
    assert [a[2][11:19] for a in ten] == ["17:45:29", "17:45:33", "17:45:38", "17:45:43", "17:45:47", "17:45:51",
                                          "17:45:56", "17:46:00", "17:46:04", "17:46:09"]
    assert throws(resting, "parcel-resting") == []
    devices = [f"xdk-{THROWN}", f"xdk-{RESTING}"]
    late = (len(thrown) - len(in_order(thrown))) + 3 * (len(resting) - len(in_order(resting)))
    yield Run("xdk_thrown_package", "xdk_thrown_package", devices, [Feed(path, total, readings=13667 + 3 * 434)], ten,
              {"readings": 13667 + 3 * 434, "readings_late": late})

    # The sixth throw has a single row above 3 g: without it there are nine.
    sixth = [r for r in in_order(thrown) if r[1] > 3.0 and r[0].isoformat()[11:19] == "17:45:51"]
    assert len(sixth) == 1
    softer = altered(arrays, folder / "nine.json",
                     lambda r: dict(r, acceleratorZ=0, acceleratorX=0, acceleratorY=-900)
                     if r["deviceId"] == THROWN and instant(r["timestamp"]) == sixth[0][0] else r)
    yield Run("xdk_thrown_package, sixth throw softer", "xdk_thrown_package", devices, [Feed(softer, total)],
              [a for a in ten if a[2][11:19] != "17:45:51"])

    # The resting box gets one knock.
    knock = in_order(resting)[100][0]
    knocked = altered(arrays, folder / "knocked.json",
                      lambda r: dict(r, acceleratorZ=-3100)
                      if r["deviceId"] == RESTING and instant(r["timestamp"]) == knock else r)
    eleven = ten + throws(shocks(messages(knocked), RESTING), "parcel-resting")
    assert len(eleven) == 11
    yield Run("xdk_thrown_package, a knock on the other box", "xdk_thrown_package", devices, [Feed(knocked, total)],
              eleven)
