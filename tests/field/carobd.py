"""Four cars: the battery dips once while the engine is cranked; one recording ends in mid-row."""
from recording import Feed, Run, alarms_of_stretches, instant, lines_of, seconds, write

BASE = instant("2019-06-01T08:00:00Z")  # as in the map
CELLS = 27
CARS = {"drive5": ("carobd_drive5.csv", 9.882), "idle1": ("carobd_idle1.csv", 10.605),
        "live12": ("carobd_live12.csv", 10.917), "long10": ("carobd_long10_first600.csv", 7.558)}


def rows_of(path):
    """(line number, cells) of the full rows, and the line numbers of the others."""
    lines = path.read_text().splitlines()
    rows = []
    broken = []
    for number, line in enumerate(lines[1:], start=2):
        cells = [c.strip() for c in line.split(",")]
        if len(cells) == CELLS + 1 and cells[-1] == "":
            cells.pop()
        if len(cells) == CELLS:
            rows.append(cells)
        elif line.strip():
            broken.append(number)
    voltage = lines[0].split(",").index("CONTROL_MODULE_VOLTAGE ()")
    return [(BASE + seconds(float(c[0])), float(c[voltage])) for c in rows], tuple(broken)


def runs(data, folder):
    for car, (name, lowest) in CARS.items():
        path = data / "obd" / name
        rows, broken = rows_of(path)
        assert min(v for _, v in rows) == lowest
        assert broken == ((1214,) if car == "idle1" else ())
        alarms = alarms_of_stretches("CrankingDip", car, rows, lambda v: v < 11.0)
        assert len(alarms) == 1
        alarms = [alarms[0][:5] + (f"{lowest:.2f}"[:-1],)]  # the cause says how low
        options = ("--device", f"car-{car}")
        yield Run(f"carobd {car}", "carobd", [f"car-{car}"],
                  [Feed(path, len(rows) + len(broken), broken, 3 * len(rows), options)], alarms,
                  {"readings": 3 * len(rows), "readings_late": 0}, dtls=False)

        # A stronger battery: the dip stays above the limit.
        strong = write(folder / name, [line.replace(f"{lowest:.6f}", "11.500000").replace(f",{lowest},", ",11.5,")
                                       for line in lines_of(path)])
        rows, broken = rows_of(strong)
        assert min(v for _, v in rows) >= 11.0
        yield Run(f"carobd {car} with a strong battery", "carobd", [f"car-{car}"],
                  [Feed(strong, len(rows) + len(broken), broken, options=options)], [], dtls=False)
