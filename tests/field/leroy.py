"""A tracker that often finds no position: 1,071 rows without a fix in 94 runs, and never silent for 40 min."""
import gzip

from recording import Feed, Run, alarm, alarms_of_stretches, instant, lines_of, read_csv, seconds, silences, stretches
from recording import write


def expected(rows):
    instants = [instant(r["timestamp"]) for r in rows]
    fixes = [(t, r["eobs:status"] == "A") for t, r in zip(instants, rows)]
    long_runs = [alarm("NoFixForLong", "leroy", first[0], after and after[0], first[0] + seconds(4 * 3600))
                 for first, last, after in stretches(fixes, lambda v: not v)
                 if (after or last)[0] - first[0] > seconds(4 * 3600)]
    return (alarms_of_stretches("NoFix", "leroy", fixes, lambda v: not v) + long_runs
            + silences("Silent", "leroy", instants, 40 * 60))


def expected_of_health(rows):
    renamed = {"NoFixForLong": "NoPosition"}
    alarms = [(renamed[a[0]],) + a[1:] for a in expected(rows) if a[0] in renamed]
    return alarms + silences("TrackerSilent", "leroy", [instant(r["timestamp"]) for r in rows], 35 * 60)


def count(rule, alarms):
    return sum(a[0] == rule for a in alarms)


def runs(data, folder):
    path = folder / "leroy.csv"
    path.write_bytes(gzip.decompress((data / "tracker" / "leroy.csv.gz").read_bytes()))
    rows = read_csv(path)
    alarms = expected(rows)
    assert len(rows) == 1990 and sum(r["eobs:status"] == "D" for r in rows) == 1071
    assert count("NoFix", alarms) == 94 and count("Silent", alarms) == 0
    longest = {a[2] for a in alarms if a[0] == "NoFixForLong"}
    assert {"2009-02-21T07:00:01Z", "2009-02-19T08:45:01Z", "2009-02-20T08:15:01Z"} <= longest
    readings = 3 * 1990 + 2 * 919  # a row without a fix has neither position nor speed
    yield Run("leroy", "leroy", ["collar-Leroy"], [Feed(path, 1990, readings=readings)], alarms,
              {"readings": readings, "readings_late": 0})

    # The shipped pack with its own limits: 22 times no position for four hours, and never silent.
    alarms = expected_of_health(rows)
    assert count("NoPosition", alarms) == 22 and count("TrackerSilent", alarms) == 0
    yield Run("leroy, device-health", "leroy", ["collar-Leroy"], [Feed(path, 1990)], alarms, packs=("device-health",),
              assignments="leroy_health")

    # The longest run without a fix is silence instead.
    lines = lines_of(path)
    first = next(i for i, line in enumerate(lines) if line.startswith("2009-02-21 07:00"))
    last = next(i for i, line in enumerate(lines) if line.startswith("2009-02-21 22:45"))
    twin = write(folder / "silent.csv", lines[:first] + lines[last + 1:])
    alarms = expected(read_csv(twin))
    assert count("Silent", alarms) == 1 and count("NoFix", alarms) == 93
    silent = expected_of_health(read_csv(twin))
    assert count("TrackerSilent", silent) == 1 and count("NoPosition", silent) == 21
    yield Run("leroy, device-health, silent on 2009-02-21", "leroy", ["collar-Leroy"],
              [Feed(twin, 1990 - (last + 1 - first))], silent, packs=("device-health",), assignments="leroy_health")
    yield Run("leroy, silent on 2009-02-21", "leroy", ["collar-Leroy"], [Feed(twin, 1990 - (last + 1 - first))], alarms)
