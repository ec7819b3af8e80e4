"""Four cars, judged by the pack vehicle with its own limits: each start pulls the supply down and is written down; one of
the four batteries is weak, and that is told. Nothing else is. One recording ends in mid-row."""
from recording import Feed, Run, alarm, instant, lines_of, seconds, stretches, write

BASE = instant("2019-06-01T08:00:00Z")  # as in the map
CELLS = 27
CARS = {"drive5": ("carobd_drive5.csv", 9.882), "idle1": ("carobd_idle1.csv", 10.605),
        "live12": ("carobd_live12.csv", 10.917), "long10": ("carobd_long10_first600.csv", 7.558)}
CRANKING_V, WEAK_V, HOT_C, LOW_FUEL = 11.0, 9.6, 115.0, 10.0  # the pack's defaults
# name: below the limit, until above the second, which then must last so long
DIPS = {"CrankingDip": (CRANKING_V, CRANKING_V, 60), "WeakBattery": (WEAK_V, WEAK_V + 1, 600)}


def rows_of(path):
    """Cells of the full rows, the line numbers of the others, and where each column is."""
    lines = path.read_text().splitlines()
    rows, broken = [], []
    for number, line in enumerate(lines[1:], start=2):
        cells = [c.strip() for c in line.split(",")]
        if len(cells) == CELLS + 1 and cells[-1] == "":
            cells.pop()
        if len(cells) == CELLS:
            rows.append(cells)
        elif line.strip():
            broken.append(number)
    return rows, tuple(broken), [c.strip().removesuffix(" ()") for c in lines[0].split(",")]


def column(rows, names, name):
    return [(BASE + seconds(float(c[0])), float(c[names.index(name)])) for c in rows]


def dips(asset, volts):
    """What the pack must tell of the supply: at most one dip of each kind in a recording."""
    found = []
    for rule, (low, clear, lasting) in DIPS.items():
        below = stretches(volts, lambda v, low=low: v < low)
        assert len(below) <= 1
        for first, _, after in below:
            if rule == "CrankingDip" and first[1] < WEAK_V:
                continue  # WeakBattery tells it
            over = next(t for t, v in volts if t >= after[0] and v > clear) + seconds(lasting)
            found.append(alarm(rule, asset, first[0], over if over <= volts[-1][0] else None, first[0],
                               f"{first[1]:.2f}".rstrip("0")))
    return found


def longest(values, holds):
    """Seconds of the longest stretch; one that lasts to the end counts to the last row."""
    return max([((after or values[-1])[0] - first[0]).total_seconds() for first, _, after in stretches(values, holds)],
               default=0)


def runs(data, folder):
    for car, (name, lowest) in CARS.items():
        path = data / "obd" / name
        rows, broken, names = rows_of(path)
        volts = column(rows, names, "CONTROL_MODULE_VOLTAGE")
        assert min(v for _, v in volts) == lowest
        assert broken == ((1214,) if car == "idle1" else ())
        # What must stay silent: no coolant above the limit, no fuel low for five minutes, the alternator at work.
        assert longest(column(rows, names, "COOLANT_TEMPERATURE"), lambda v: v > HOT_C) == 0
        assert longest(column(rows, names, "FUEL_TANK"), lambda v: v < LOW_FUEL) < 300
        assert longest(volts, lambda v: v < 12.4) < 300 and max(v for _, v in volts) < 15.5
        alarms = dips(car, volts)
        assert [a[0] for a in alarms] == ["WeakBattery" if car == "long10" else "CrankingDip"]
        options = ("--device", f"car-{car}")
        told = int(car == "long10")
        yield Run(f"carobd {car}", "carobd", [f"car-{car}"],
                  [Feed(path, len(rows) + len(broken), broken, 5 * len(rows), options)], alarms,
                  {"readings": 5 * len(rows), "readings_late": 0}, tickets=told, dtls=False, packs=("vehicle",),
                  notices=told)

        # A stronger battery: the dip stays above the limit.
        strong = write(folder / name, [line.replace(f"{lowest:.6f}", "11.500000").replace(f",{lowest},", ",11.5,")
                                       for line in lines_of(path)])
        rows, broken, names = rows_of(strong)
        assert min(v for _, v in column(rows, names, "CONTROL_MODULE_VOLTAGE")) >= CRANKING_V
        yield Run(f"carobd {car} with a strong battery", "carobd", [f"car-{car}"],
                  [Feed(strong, len(rows) + len(broken), broken, options=options)], [], tickets=0, dtls=False,
                  packs=("vehicle",), notices=0)

    # The coolant of the car that idles passes the limit, for as long as it was above 86.
    path = data / "obd" / CARS["idle1"][0]
    rows, broken, names = rows_of(path)
    hot = folder / "hot.csv"
    write(hot, [",".join([names[i] + " ()" for i in range(CELLS)]) + "\n"]
          + [",".join(c[:5] + [str(float(c[5]) + 30)] + c[6:]) + "\n" for c in rows])
    coolant = [(t, v + 30) for t, v in column(rows, names, "COOLANT_TEMPERATURE")]
    boiling = []
    for first, _, after in stretches(coolant, lambda v: v > HOT_C):
        if boiling and boiling[-1][1] is None:
            continue  # it has not cooled down in between
        if ((after or coolant[-1])[0] - first[0]).total_seconds() >= 30:
            boiling.append((first[0], next((t for t, v in coolant if t > first[0] and v < HOT_C - 5), None)))
    assert len(boiling) == 1
    alarms = dips("idle1", column(rows, names, "CONTROL_MODULE_VOLTAGE"))
    alarms += [alarm("CoolantTooHot", "idle1", a, b, a + seconds(30)) for a, b in boiling]
    yield Run("carobd idle1 without coolant", "carobd", ["car-idle1"],
              [Feed(hot, len(rows), options=("--device", "car-idle1"))], alarms, tickets=1, dtls=False,
              packs=("vehicle",), notices=1)
