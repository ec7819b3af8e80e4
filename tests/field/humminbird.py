"""Position and water temperature of a powerboat whose clock goes back from 19:41:24 to 19:41:11."""
from recording import Feed, Run, alarms_of_stretches, instant, write


def degrees(value, side):
    whole = float(value)
    number = whole // 100 + (whole % 100) / 60
    return -number if side in "SW" else number


def fixes(path):
    """RMC sentences with the water temperature (MTW) that follows each."""
    rows = []
    for line in path.read_text().splitlines():
        cells = line.split("*")[0].split(",")
        if cells[0] == "$INRMC":
            clock, day = cells[1], cells[9]
            rows.append({"time": f"20{day[4:6]}-{day[2:4]}-{day[0:2]}T{clock[0:2]}:{clock[2:4]}:{clock[4:6]}Z",
                         "latitude": f"{degrees(cells[3], cells[4]):.7f}",
                         "longitude": f"{degrees(cells[5], cells[6]):.7f}", "knots": cells[7], "water": ""})
        elif cells[0] == "$INMTW" and rows:
            rows[-1]["water"] = cells[1]
    return rows


def write_rows(rows, path):
    return write(path, [",".join(rows[0]) + "\n"] + [",".join(r.values()) + "\n" for r in rows])


def expected(rows):
    """What comes late is judged in its place, by its own stamp."""
    water = sorted(((instant(r["time"]), float(r["water"])) for r in rows if r["water"]), key=lambda row: row[0])
    return (alarms_of_stretches("Warmer", "boat-1", water, lambda v: v > 17.95)
            + alarms_of_stretches("Warmest", "boat-1", water, lambda v: v > 18.05))


def runs(data, folder):
    rows = fixes(data / "gps" / "gpsd_humminbird-M37.log")
    back = next(i for i in range(1, len(rows)) if rows[i]["time"] < rows[i - 1]["time"])
    assert (rows[back - 1]["time"][11:19], rows[back]["time"][11:19]) == ("19:41:23", "19:41:11")
    readings = 2 * len(rows) + sum(r["water"] != "" for r in rows)
    alarms = expected(rows)
    # 18.1 at 19:41:15 is among the rows whose clock went back.
    assert [a[2][11:19] for a in alarms if a[0] == "Warmest"] == ["19:41:15"]
    yield Run("humminbird", "humminbird", ["boat-1"],
              [Feed(write_rows(rows, folder / "boat.csv"), len(rows), readings=readings)], alarms,
              {"readings": readings, "readings_too_late": 0}, dtls=False, late=True)

    # The same with a clock that goes on: its last rows count.
    steady = [dict(r, time=f"2006-09-16T19:41:{25 + 2 * (i - back):02d}Z") if i >= back else r
              for i, r in enumerate(rows)]
    alarms = expected(steady)
    assert sum(a[0] == "Warmest" for a in alarms) == 1
    yield Run("humminbird with a steady clock", "humminbird", ["boat-1"],
              [Feed(write_rows(steady, folder / "steady.csv"), len(rows))], alarms, {"readings_late": 0}, dtls=False)
