"""Four cars without a fault, whose app says so in three spellings: the pack vehicle must not hear a code in any of them."""
from recording import Feed, Run, alarm, instant, seconds, write

BASE = instant("2017-11-20T08:00:00Z")  # as in the map
MAPPED = ("TROUBLE_CODES", "DTC_NUMBER", "ENGINE_COOLANT_TEMP", "ENGINE_RPM", "FUEL_LEVEL")
DEVICES = [f"car-control{i}" for i in range(1, 5)]


def at(row):
    return BASE + seconds(4 * int(row["ord"]))


def text(names, rows):
    return [";".join(names) + "\n"] + [";".join(r.values()) + "\n" for r in rows]


def after(rows, first, name, value):
    """The instant of the next row of the same car that says value, or None."""
    return next((at(r) for r in rows[rows.index(first) + 1:]
                 if r["VEHICLE_ID"] == first["VEHICLE_ID"] and r[name] == value), None)


def runs(data, folder):
    path = data / "obd" / "ufrn_4drivers.csv"
    lines = [line.split(";") for line in path.read_text().splitlines()]
    names = lines[0]
    rows = [dict(zip(names, cells)) for cells in lines[1:]]
    assert len(rows) == 1743
    assert {r["TROUBLE_CODES"] for r in rows} == {"", "4300"} and sum(r["TROUBLE_CODES"] == "4300" for r in rows) == 62
    assert {r["DTC_NUMBER"] for r in rows} == {"", "MIL is OFF0 codes"}
    readings = sum(r[name] != "" for r in rows for name in MAPPED)
    yield Run("ufrn", "ufrn", DEVICES, [Feed(path, 1743, readings=readings)], [], {"readings": readings},
              tickets=0, dtls=False, packs=("vehicle",), notices=0)

    # One of the raw answers is a code instead: a misfire, told until the next answer; then one that says stop.
    answers = [r for r in rows if r["TROUBLE_CODES"] == "4300"]
    one = answers[len(answers) // 2]
    for code, rules in (("P0301", ["MisfireCode"]), ("P0217", ["StopCode"]), ("U0100", ["OtherCode"])):
        twin = [dict(r, TROUBLE_CODES=code) if r is one else r for r in rows]
        end = after(rows, one, "TROUBLE_CODES", "4300")
        told = 0 if rules == ["OtherCode"] else len(rules) * (2 if end else 1)
        yield Run(f"ufrn with {code}", "ufrn", DEVICES, [Feed(write(folder / f"{code}.csv", text(names, twin)), 1743)],
                  [alarm(rule, one["VEHICLE_ID"], at(one), end, at(one)) for rule in rules], tickets=1, dtls=False,
                  packs=("vehicle",), notices=told)

    # The lamp lights up for a minute and more, without any code.
    first = next(i for i, r in enumerate(rows) if r["VEHICLE_ID"] == "control2" and r["DTC_NUMBER"]) + 40
    lit = rows[first:first + 30]
    assert all(r["VEHICLE_ID"] == "control2" for r in lit)
    twin = [dict(r, DTC_NUMBER=r["DTC_NUMBER"] and "MIL is ON1 codes") if r in lit else r for r in rows]
    begin = next(r for r in lit if r["DTC_NUMBER"])
    end = after(rows, lit[-1], "DTC_NUMBER", "MIL is OFF0 codes")
    yield Run("ufrn with the lamp on", "ufrn", DEVICES, [Feed(write(folder / "lamp.csv", text(names, twin)), 1743)],
              [alarm("WarningLamp", "control2", at(begin), end, at(begin) + seconds(60))], tickets=1, dtls=False,
              packs=("vehicle",), notices=2)
