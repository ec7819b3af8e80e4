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


def line_ahead(rows, at, ahead_s, span_s):
    """Where the line of least squares through the rows of the span will be; None where they lie in less than half of it."""
    now = rows[at][0]
    window = [((t - now).total_seconds(), v) for t, v in rows[max(0, at - 2000):at + 1] if t > now - seconds(span_s)]
    if len(window) < 3 or window[0][0] > -span_s / 2:
        return None
    mean_t = sum(t for t, _ in window) / len(window)
    mean_v = sum(v for _, v in window) / len(window)
    slope = (sum((t - mean_t) * (v - mean_v) for t, v in window) / sum((t - mean_t) ** 2 for t, _ in window))
    return mean_v + slope * (ahead_s - mean_t)


def runs_out(battery):
    """Less than half full and empty in two days by the last two, for two hours; over when it is above 60 %, or would not be
    below 15."""
    day = 24 * 3600
    found = []
    onset = None
    for at, (now, value) in enumerate(battery):
        ahead = line_ahead(battery, at, 2 * day, 2 * day) if value < 50.0 or found else None
        if found and found[-1][1] is None:
            if value > 60.0 or (ahead is not None and ahead > 15.0):
                found[-1][1] = now
                onset = None
        elif ahead is not None and value < 50.0 and ahead < 5.0:
            onset = onset or now
            if now - onset >= seconds(7200):
                found.append([onset, None])
        else:
            onset = None
    return [alarm("BatteryRunsOut", "box-3B06", onset, ended) for onset, ended in found]


def expected_of_health(rows):
    """The shipped pack with its own limits: 20 % and over at 25, silence of 35 min, the temperature that falls to 0 and back."""
    instants = [instant(r["Date"]) for r in rows]
    battery = [(t, float(r["Battery State"])) for t, r in zip(instants, rows)]
    low = next((t for t, v in battery if v < 20.0), None)
    full = next((t for t, v in battery if low and t > low and v > 25.0), None)
    return ([alarm("BatteryLow", "box-3B06", low, full, low)] if low else []) + silences(
        "TrackerSilent", "box-3B06", instants, 35 * 60) + jumps(rows) + runs_out(battery)


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


def steady_battery(line):
    cells = line.split(",")
    if "Battery" not in line:
        cells[9] = "55.0" if float(cells[9]) < 55.0 else cells[9]
    return ",".join(cells)


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

    # The shipped pack: the battery that runs out is told an hour before it is below 30 %, and the sensor that fails.
    alarms = expected_of_health(rows)
    assert [len(of(rule, alarms)) for rule in ("BatteryLow", "BatteryRunsOut", "SensorJumps")] == [1, 1, 1]
    assert "2017-03-29T22:" < of("BatteryRunsOut", alarms)[0][2] < "2017-03-29T23:54"
    yield Run("eno_box, device-health", "eno_box", ["eno-3B06"], [Feed(path, 4359)], alarms, tickets=1,
              packs=("device-health",), assignments="eno_health", about={"BatteryRunsOut": 600})

    # A battery that holds: nothing of it is told.
    steady = write(folder / "steady.csv", [steady_battery(line) for line in lines_of(path)])
    alarms = expected_of_health(read_csv(steady))
    assert of("BatteryLow", alarms) + of("BatteryRunsOut", alarms) == []
    yield Run("eno_box, device-health, a battery that holds", "eno_box", ["eno-3B06"], [Feed(steady, 4359)], alarms,
              packs=("device-health",), assignments="eno_health")

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
