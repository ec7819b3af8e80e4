"""Four motes: steam at mote 1 (readings 2344-2460) and mote 4 (2362-2393), nothing at 2 and 3."""
from recording import Feed, Run, alarm, instant, lines_of, read_csv, seconds, stretches, write

START = instant("2010-05-09T00:00:00Z")
EVENTS = {"1": (2344, 2460), "4": (2362, 2393)}


def at(reading):
    return START + seconds(5 * reading)


def expected(rows):
    """Above 35 °C; what comes back within a minute is the same event, which ends a minute after the last."""
    alarms = []
    for mote in "1234":
        joined = []
        for first, last, after in stretches([(int(r["reading"]), float(r["temperature"])) for r in rows
                                             if r["mote_id"] == mote], lambda v: v > 35.0):
            if joined and 5 * (first[0] - joined[-1][1]) <= 60:
                joined[-1][1] = after[0]
            else:
                joined.append([first[0], after[0]])
        alarms += [alarm("Hot", f"spot-{mote}", at(a), at(b) + seconds(60), at(a)) for a, b in joined]
    return alarms


def runs(data, folder):
    path = data / "motes" / "suthaharan_singlehop_data.csv"
    rows = read_csv(path)
    alarms = expected(rows)
    assert len(rows) == 18914 and [a[1] for a in alarms] == ["spot-1", "spot-4"]
    for _, asset, onset, _, _, _ in alarms:
        first, last = EVENTS[asset[-1]]
        assert at(first) <= instant(onset) <= at(last)
        labelled = [int(r["reading"]) for r in rows if r["mote_id"] == asset[-1] and r["label"] == "1"]
        assert (labelled[0], labelled[-1]) == (first, last)
    devices = [f"mote-{m}" for m in "1234"]
    yield Run("suthaharan", "suthaharan", devices, [Feed(path, 18914, readings=2 * 18914)], alarms,
              {"readings": 2 * 18914, "readings_late": 0})

    for mote in "23":
        lines = lines_of(path)
        row = next(i for i, line in enumerate(lines) if line.startswith(f"3000,{mote},"))
        cells = lines[row].split(",")
        cells[4] = "36.0"
        twin = write(folder / f"mote{mote}.csv", lines[:row] + [",".join(cells)] + lines[row + 1:])
        hot = expected(read_csv(twin))
        assert len(hot) == 3
        yield Run(f"suthaharan, one hot row of mote {mote}", "suthaharan", devices, [Feed(twin, 18914)], hot)
