"""Fridge-tag 2, three read-outs of one device, overlapping: 14, 71 and 5 min above +8 °C stay under 600."""
import re

from recording import Feed, Run, alarm, instant, write

FILES = ("202503171012", "202504070923", "202511281530")
DEVICE = "fridgetag-160400343949"


def days_of(path):
    """The export is indented "key: value" text, a numbered block a day, newest first."""
    serial = None
    days = []
    limit = None
    for line in path.read_text().splitlines():
        key, _, value = line.strip().partition(": ")
        if key == "Serial":
            serial = value
        elif key == "Date":
            days.append({"serial": serial, "date": value + "T00:00:00Z"})
        elif days and key in ("Min T", "Max T", "Avrg T"):
            name = {"Min T": "min", "Max T": "max", "Avrg T": "average"}[key]
            days[-1][name] = float(re.match(r"[+-]?[0-9.]+", value).group())
        elif days and key in ("0:", "1:"):
            limit = {"0:": "minutes_low", "1:": "minutes_high"}[key]
        elif days and key == "t Acc":
            days[-1][limit] = int(value)
    return list(reversed(days))


def write_days(days, path):
    names = ["serial", "date", "average", "min", "max", "minutes_low", "minutes_high"]
    return write(path, [",".join(names) + "\n"] + [",".join(str(d[n]) for n in names) + "\n" for d in days])


def runs(data, folder):
    exports = [days_of(data / "cold" / f"fridgetag_160400343949_{name}.txt") for name in FILES]
    assert [len(days) for days in exports] == [5, 26, 60]
    minutes = {d["date"][:10]: d["minutes_high"] for days in exports for d in days if d["minutes_high"]}
    assert minutes == {"2025-03-13": 14, "2025-03-17": 71, "2025-03-31": 5}
    assert all(d["minutes_low"] == 0 for days in exports for d in days)
    feeds = [Feed(write_days(days, folder / f"{name}.csv"), len(days), readings=5 * len(days))
             for name, days in zip(FILES, exports)]
    # The second read-out repeats four days that are over and the fifth, now complete.
    repeated = [d for d in exports[1] if d["date"] < exports[0][-1]["date"]]
    assert len(repeated) == 4 and exports[2][0]["date"] > exports[1][-1]["date"]
    yield Run("fridgetag", "fridgetag", [DEVICE], feeds, [], {"readings": 5 * 91, "readings_late": 5 * 4},
              tickets=0, packs=("cold-chain",))

    long_day = [dict(d, minutes_high=601) if d["minutes_high"] == 71 else d for d in exports[1]]
    twin = Feed(write_days(long_day, folder / "601.csv"), 26)
    yield Run("fridgetag, 601 min instead of 71", "fridgetag", [DEVICE], [feeds[0], twin, feeds[2]],
              [alarm("LoggedTooWarm", "vaccine-store", instant("2025-03-17T00:00:00Z"),
                     instant("2025-03-18T00:00:00Z"), instant("2025-03-17T00:00:00Z"))], packs=("cold-chain",))

    limit_day = [dict(d, minutes_high=600) if d["minutes_high"] == 71 else d for d in exports[1]]
    yield Run("fridgetag, exactly 600 min", "fridgetag", [DEVICE],
              [feeds[0], Feed(write_days(limit_day, folder / "600.csv"), 26), feeds[2]], [],
              packs=("cold-chain",))
