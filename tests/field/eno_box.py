"""A solar node outdoors: battery below 30 % at 2017-03-29 23:54, 98 silences over 1 h, and 0.0 readings that are faults."""
from recording import Feed, Run, alarm, alarms_of_stretches, instant, lines_of, read_csv, seconds, silences, write


def expected(rows):
    """0.0 is no temperature: such a reading is kept and not judged."""
    instants = [instant(r["Date"]) for r in rows]
    battery = [(t, float(r["Battery State"])) for t, r in zip(instants, rows)]
    warmth = [(t, float(r["Temperature"])) for t, r in zip(instants, rows) if float(r["Temperature"]) != 0.0]
    return (alarms_of_stretches("BatteryLow", "box-3B06", battery, lambda v: v < 30.0)
            + silences("Silent", "box-3B06", instants, 3600)
            + alarms_of_stretches("Frost", "box-3B06", warmth, lambda v: v < 1.0)
            + alarms_of_stretches("Hot", "box-3B06", warmth, lambda v: v > 35.0))


def expected_of_health(rows):
    """The shipped pack with its own limits: 20 % and over at 25, silence of 35 min, the temperature that falls to 0 and back."""
    instants = [instant(r["Date"]) for r in rows]
    battery = [(t, float(r["Battery State"])) for t, r in zip(instants, rows)]
    low = next((t for t, v in battery if v < 20.0), None)
    full = next((t for t, v in battery if low and t > low and v > 25.0), None)
    return ([alarm("BatteryLow", "box-3B06", low, full, low)] if low else []) + silences(
        "TrackerSilent", "box-3B06", instants, 35 * 60) + jumps(rows)


def jumps(rows):
    """Within an hour more than 40 degrees apart and back to less than 20; over an hour after the reading that is calm, or
    after the last wild one has left the hour."""
    warmth = [(instant(r["Date"]), float(r["Temperature"])) for r in rows]
    found = []
    for at, (now, _) in enumerate(warmth):
        hour = [v for t, v in warmth[max(0, at - 300):at + 1] if t > now - seconds(3600)]
        if max(hour) - min(hour) > 40 and abs(hour[-1] - hour[0]) < 20:
            found.append(at)
    if not found:
        return []
    assert found == list(range(found[0], found[-1] + 1)), "one stretch"
    hottest = max(t for t, v in warmth[found[0] - 10:found[0]] if v > 40)
    leaves = hottest + seconds(3600)
    calm = min(leaves, warmth[found[-1] + 1][0])
    return [alarm("SensorJumps", "box-3B06", warmth[found[0]][0], calm + seconds(3600), warmth[found[0]][0])]


def of(rule, alarms):
    return [a for a in alarms if a[0] == rule]


def runs(data, folder):
    path = data / "motes" / "ENO_Box_3B06.csv"
    rows = read_csv(path)
    alarms = expected(rows)
    low = of("BatteryLow", alarms)
    assert len(rows) == 4359 and len(low) == 1 and low[0][2].startswith("2017-03-29T23:54")
    assert len(of("Silent", alarms)) == 98 and of("Frost", alarms) == []
    assert sum(float(r["Temperature"]) > 35.0 for r in rows) == 45
    zeros = sum(float(r[name]) == 0.0 for r in rows for name in ("Temperature", "Atmospheric Pressure"))
    assert zeros == 3
    yield Run("eno_box", "eno_box", ["eno-3B06"], [Feed(path, 4359, readings=4 * 4359)], alarms,
              {"readings": 4 * 4359, "readings_bad": zeros, "readings_late": 0}, tickets=1)

    alarms = expected_of_health(rows)
    yield Run("eno_box, device-health", "eno_box", ["eno-3B06"], [Feed(path, 4359)], alarms, packs=("device-health",),
              assignments="eno_health")

    # A real frost where the sensor failed.
    lines = lines_of(path)
    at = next(i for i, r in enumerate(rows) if r["Temperature"] == "0.0") + 1
    cells = lines[at].split(",")
    assert cells[3] == "0.0"
    cells[3] = "0.5"
    twin = write(folder / "frost.csv", lines[:at] + [",".join(cells)] + lines[at + 1:])
    alarms = expected(read_csv(twin))
    assert len(of("Frost", alarms)) == 1
    yield Run("eno_box, 0.5 instead of 0.0", "eno_box", ["eno-3B06"], [Feed(twin, 4359)], alarms)
