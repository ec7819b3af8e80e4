"""A phone in a car, five rows under each whole second: all 2,217 are kept and judged one by one."""
import math

from recording import Feed, Run, alarms_of_stretches, epoch, lines_of, read_csv, write


def expected(rows):
    shocks = [(epoch(float(r["timestamp"])), math.sqrt(sum(float(r[f"accelerometer{a}"]) ** 2 for a in "XYZ")))
              for r in rows]
    return (alarms_of_stretches("Bump", "car-1", shocks, lambda v: v > 1.5)
            + alarms_of_stretches("Crash", "car-1", shocks, lambda v: v > 1.8))


def runs(data, folder):
    path = data / "shock" / "road_trip1_sensors.csv"
    rows = read_csv(path)
    alarms = expected(rows)
    assert len(rows) == 2217 and len({r["timestamp"] for r in rows}) < 450
    assert alarms and all(a[0] == "Bump" for a in alarms)
    yield Run("road_trip1", "road_trip1", ["car-1"], [Feed(path, 2217, readings=3 * 2217)], alarms,
              {"readings": 3 * 2217, "readings_late": 0, "readings_bad": 0}, dtls=False)

    # The third of the five rows of one second becomes a crash: seen only if rows are not collapsed.
    lines = lines_of(path)
    at = next(i for i in range(1000, 1010) if lines[i].split(",")[0] == lines[i - 2].split(",")[0]
              and lines[i].split(",")[0] == lines[i + 2].split(",")[0])
    cells = lines[at].split(",")
    cells[5] = "-1.9"
    twin = write(folder / "crash.csv", lines[:at] + [",".join(cells)] + lines[at + 1:])
    alarms = expected(read_csv(twin))
    assert sum(a[0] == "Crash" for a in alarms) == 1
    yield Run("road_trip1, one crash within a second", "road_trip1", ["car-1"], [Feed(twin, 2217)], alarms, dtls=False)
