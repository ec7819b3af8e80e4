"""A box thrown ten times and another that rests, mixed in one stream, with the clock going back 869 times."""
import json
import math

from recording import Feed, Run, alarm, instant, seconds, write

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


def height(span):
    return 9.80665 * span.total_seconds() ** 2 / 2


def falls(rows):
    """[(instant at which it has fallen 0.3 m, last instant of the fall)], of all samples by their own time, at most 250 ms
    apart and below 0.4 g."""
    found = []
    first = last = told = None
    for at, value in sorted(rows, key=lambda r: r[0]) + [(None, 1.0)]:
        if first is not None and (value >= 0.4 or at - last > seconds(0.25)):
            if told is not None:
                found.append((told, last))
            first = told = None
        if value < 0.4:
            first = at if first is None else first
            last = at
            if told is None and height(last - first) > 0.3:
                told = at
    return found


def expected(rows, asset):
    """Each fall is an alarm until 2 s after its last sample; all of them are told once, for an hour."""
    found = falls(rows)
    each = [alarm("Dropped", asset, told, last + seconds(2), told) for told, last in found]
    return each + ([alarm("DroppedToTell", asset, found[0][0], None, found[0][0])] if found else [])


def altered(arrays, path, change):
    return write(path, [json.dumps([change(r) for r in array], separators=(",", ":")) for array in arrays])


def runs(data, folder):
    path = data / "shock" / "xdk_thrown_package_20190321.json"
    arrays = list(messages(path))
    total = sum(len(a) for a in arrays)
    thrown = shocks(arrays, THROWN)
    resting = shocks(arrays, RESTING)
    assert (total, len(thrown), len(resting)) == (14101, 13667, 434)
    ten = falls(thrown)
    # Each ends where the description has its peak above 3 g.
    assert [last.isoformat()[11:19] for _, last in ten] == [
        "17:45:29", "17:45:33", "17:45:38", "17:45:43", "17:45:47", "17:45:51", "17:45:56", "17:46:00", "17:46:04", "17:46:09"]
    assert falls(resting) == []
    devices = [f"xdk-{THROWN}", f"xdk-{RESTING}"]
    readings = 2 * 13667 + 4 * 434
    everything = expected(thrown, "parcel-thrown")
    yield Run("xdk_thrown_package", "xdk_thrown_package", devices, [Feed(path, total, readings=readings)], everything,
              {"readings": readings}, tickets=1, notices=2, packs=("handling",), late=True)

    # The sixth throw is carried, not thrown: nine are left.
    told, last = ten[5]
    def carried(r):
        fell = r["deviceId"] == THROWN and told - seconds(1) < instant(r["timestamp"]) < last + seconds(1)
        return dict(r, acceleratorX=0, acceleratorY=0, acceleratorZ=-990) if fell else r
    softer = altered(arrays, folder / "nine.json", carried)
    nine = expected(shocks(messages(softer), THROWN), "parcel-thrown")
    assert len(nine) == 10
    yield Run("xdk_thrown_package, the sixth carried", "xdk_thrown_package", devices, [Feed(softer, total)], nine,
              packs=("handling",), late=True)

    # The resting box gets one knock of 26 g, from another sensor than the real one, which ends at 3.5 g.
    order = sorted(resting)
    knock, calm = order[100][0], order[101][0]
    assert order[99][0] < knock < calm < order[-1][0] - seconds(60)
    knocked = altered(arrays, folder / "knocked.json",
                      lambda r: dict(r, acceleratorZ=-26000)
                      if r["deviceId"] == RESTING and instant(r["timestamp"]) == knock else r)
    assert len([1 for t, v in shocks(messages(knocked), RESTING) if v > 25]) == 1
    yield Run("xdk_thrown_package, a knock on the other box", "xdk_thrown_package", devices, [Feed(knocked, total)],
              everything + [alarm("ShockDrop", "parcel-resting", knock, calm + seconds(60), knock)],
              packs=("handling",), late=True)
