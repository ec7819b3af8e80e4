"""A truck at speed, frame by frame: lamps off, no active code. Its codes are spelled SPN100/FMI1, as the pack vehicle reads
them. SAE J1939-71 and -73 say where in a frame a value stands."""
import re

from recording import Feed, Run, alarm, instant, seconds, write

BASE = instant("2019-06-01T08:00:00Z")  # as in the map
FRAME = re.compile(r"\s*\((\d+\.\d+)\)\s+can0\s+([0-9A-F]{8})\s+\[\d\]\s*([0-9A-F ]*)")
COLUMNS = ("seconds", "codes", "mil", "red", "amber", "coolant", "rpm", "volts", "kmh")
DM1, COOLANT, ENGINE, SUPPLY, CRUISE = 0xFECA, 0xFEEE, 0xF004, 0xFEF7, 0xFEF1


def frames(path):
    """(seconds, PGN, source, bytes)."""
    for line in path.read_text().splitlines():
        match = FRAME.match(line)
        identifier = int(match[2], 16)
        yield float(match[1]), identifier >> 8 & 0xFFFF, identifier & 0xFF, bytes.fromhex(match[3]).ljust(8, b"\xff")


def word(data, at, scale):
    value = data[at] | data[at + 1] << 8
    return "" if value > 0xFAFF else f"{value * scale:g}"  # above: not available


def byte(value, offset):
    return "" if value > 0xFA else str(value + offset)


def code_of(data):
    """The first code of a DM1: 19 bits of suspect parameter, 5 of failure mode; zeros or ones: none."""
    parameter = data[2] | data[3] << 8 | data[4] >> 5 << 16
    return "none" if parameter in (0, 0x7FFFF) else f"SPN{parameter}/FMI{data[4] & 31}"


def row_of(at, pgn, source, data):
    """The frame as a row, or None. Of several senders the engine (0) counts, of DM1 the one at 3."""
    row = dict.fromkeys(COLUMNS, "")
    row["seconds"] = f"{at:f}"
    if pgn == DM1 and source == 3:
        lamps = [data[0] >> shift & 3 for shift in (6, 4, 2)]
        row["mil"], row["red"], row["amber"] = ("1" if lamp == 1 else "0" for lamp in lamps)
        row["codes"] = code_of(data)
    elif source != 0:
        return None
    elif pgn == COOLANT:
        row["coolant"] = byte(data[0], -40)
    elif pgn == ENGINE:
        row["rpm"] = word(data, 3, 0.125)
    elif pgn == SUPPLY:
        row["volts"] = word(data, 4, 0.05)
    elif pgn == CRUISE:
        row["kmh"] = word(data, 1, 1 / 256)
    else:
        return None
    return row


def text(rows):
    return [",".join(COLUMNS) + "\n"] + [",".join(r.values()) + "\n" for r in rows]


def feed(path, rows):
    return Feed(write(path, text(rows)), len(rows), readings=sum(v != "" for r in rows for v in list(r.values())[1:]))


def altered(log, since, until, lamps, code):
    """The log with another DM1 from since to before until."""
    return [(at, pgn, source, bytes([lamps, 0xFF]) + code + data[5:])
            if pgn == DM1 and source == 3 and since <= at < until else (at, pgn, source, data)
            for at, pgn, source, data in log]


def rows_of(log):
    return [row for row in (row_of(*frame) for frame in log) if row is not None]


def runs(data, folder):
    log = list(frames(data / "obd" / "j1939_normal_first12000.log"))
    assert len(log) == 12000
    told = [d for _, pgn, _, d in log if pgn == DM1]
    assert {s for _, pgn, s, _ in log if pgn == DM1} == {0x03, 0x31}
    assert all(d[0] == 0 and code_of(d) == "none" for d in told)
    rows = rows_of(log)
    assert {r["coolant"] for r in rows} == {"", "92", "93"}
    volts = {float(r["volts"]) for r in rows if r["volts"]}
    assert (min(volts), max(volts)) == (13.95, 14.05)
    yield Run("j1939", "j1939", ["truck-1"], [feed(folder / "truck.csv", rows)], [], tickets=0, dtls=False,
              packs=("vehicle",), notices=0)

    # Oil pressure gone (SPN 100, FMI 1) with the red lamp, for six seconds: one alarm says stop, the others keep quiet. Then a code of the exhaust that is no reason
    # to stop, with the amber lamp.
    dm1 = [at for at, pgn, source, _ in log if pgn == DM1 and source == 3]
    first, last = BASE + seconds(dm1[4]), BASE + seconds(dm1[10])
    twin = rows_of(altered(log, dm1[4], dm1[10], 0x10, bytes([100, 0, 1])))
    yield Run("j1939 without oil pressure", "j1939", ["truck-1"], [feed(folder / "oil.csv", twin)],
              [alarm("StopCode", "truck-1", first, last, first)], tickets=1, dtls=False, packs=("vehicle",), notices=2)
    twin = rows_of(altered(log, dm1[4], dm1[10], 0x04, bytes([0x57, 0x0C, 0x12])))
    assert any(r["codes"] == "SPN3159/FMI18" for r in twin)
    yield Run("j1939 with a code for the workshop", "j1939", ["truck-1"], [feed(folder / "exhaust.csv", twin)],
              [alarm("OtherCode", "truck-1", first, last, first)], tickets=1, dtls=False, packs=("vehicle",), notices=0)
