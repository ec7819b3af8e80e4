"""A tag in a fridge: below 2 °C in four stretches, and three gaps of over 30 min that never count as duration."""
from recording import Feed, Run, alarm, instant, lines_of, read_csv, seconds, stretches, write

VALID_S = 21 * 60  # how long a reading counts: the assignments say so
GAPS = ("2020-05-05T10:19:17Z", "2020-05-05T14:10:32Z", "2020-05-05T18:12:31Z")  # 12:19, 16:10, 20:12 local


def covered(rows, first, last):
    """Seconds from the first instant to the last without what lies in gaps beyond a reading's validity."""
    total = 0.0
    for (a, _), (b, _) in zip(rows, rows[1:]):
        if first <= a < last:
            total += min((b - a).total_seconds(), VALID_S)
    return total


def too_cold(rows):
    found = []
    for first, last, after in stretches(rows, lambda v: v < 2.0):
        if covered(rows, first[0], (after or last)[0]) >= 62 * 60:
            found.append(alarm("TooCold", "fridge-1", first[0], after and after[0], first[0] + seconds(62 * 60)))
    return found


def beyond(rule, rows, bad, good):
    """The shipped pack: ten covered minutes in one stretch, and over when the temperature is half a degree inside."""
    found = []
    last_end = rows[0][0]
    for first, last, after in stretches(rows, bad):
        until = (after or last)[0]
        if first[0] < last_end or covered(rows, first[0], until) < 600:
            continue  # a stretch within the alarm before it, or too short
        ended = next((t for t, v in rows if t >= until and good(v)), None)
        found.append(alarm(rule, "fridge-1", first[0], ended, when_covered(rows, first[0], 600)))
        last_end = ended or rows[-1][0] + seconds(1)
    return found


def when_covered(rows, first, span_s):
    """The instant at which readings from first on have covered so many seconds."""
    for (a, _), (b, _) in zip(rows, rows[1:] + [(None, None)]):
        if a < first:
            continue
        covers = VALID_S if b is None else min((b - a).total_seconds(), VALID_S)
        if covers >= span_s:
            return a + seconds(span_s)
        span_s -= covers


def on_end(rows):
    """One alarm for each stretch between gaps that lasts 200 min; it ends when the gap after it begins."""
    found = []
    begin = rows[0][0]
    valid = seconds(VALID_S)
    for (a, _), (b, _) in zip(rows, rows[1:] + [(None, None)]):
        if b is not None and b - a <= valid:
            continue
        if a + valid - begin >= seconds(200 * 60):
            found.append(alarm("LongOnEnd", "fridge-1", begin, b and a + valid, begin + seconds(200 * 60)))
        begin = b
    return found


def plus(line, degrees):
    cells = line.split(",")
    if cells[0] != "timestamp":
        cells[1] = f"{float(cells[1]) + degrees:.2f}"
    return ",".join(cells)


def rows_of(path):
    return [(instant(r["timestamp"]), float(r["temperature"])) for r in read_csv(path)]


def runs(data, folder):
    path = data / "cold" / "ruuvi_fridge.csv"
    rows = rows_of(path)
    assert len(rows) == 368 and sum(v < 2.0 for _, v in rows) == 91 and max(v for _, v in rows) < 4.0
    gaps = [(a, b) for (a, _), (b, _) in zip(rows, rows[1:]) if b - a > seconds(VALID_S)]
    assert [a for a, _ in gaps] == [instant(g) for g in GAPS]
    in_all = seconds(4 * 3600) + (gaps[0][1] - gaps[0][0]) - seconds(VALID_S)
    longest = on_end(rows)
    assert [a[2] for a in longest] == ["2020-05-05T18:42:55Z"], "only after the last gap"
    whole_day = [alarm("FourHoursInAll", "fridge-1", rows[0][0], None, rows[0][0] + in_all)]
    cold = too_cold(rows)
    assert len(cold) == 2, "the first two stretches; the third would last long enough only with its gap"
    yield Run("ruuvi_fridge", "ruuvi_fridge", ["ruuvi-1"], [Feed(path, 368, readings=5 * 368)], whole_day + longest + cold,
              {"readings": 5 * 368, "readings_late": 0})

    # The shipped pack with its own limits, 2 to 8 °C: each time that the fridge was too cold, and never too warm. One of
    # them began and ended in one upload: it is told once. The day is fed in a second, so the first time is told and the cooldown
    # of an hour holds the others until they are over.
    too_low = beyond("TemperatureTooLow", rows, lambda v: v < 2.0, lambda v: v > 2.5)
    assert len(too_low) == 4
    yield Run("ruuvi_fridge, cold-chain", "ruuvi_fridge", ["ruuvi-1"], [Feed(path, 368, readings=5 * 368)], too_low,
              notices=2, packs=("cold-chain",), assignments="ruuvi_cold_chain")

    # The same fridge 3 degrees warmer is right all day. 6 degrees warmer it is too warm, and so is its kinetic mean as
    # soon as 20 hours are known.
    for more, count in ((3, 0), (6, 4)):
        warmer = write(folder / f"warmer{more}.csv", [plus(line, more) for line in lines_of(path)])
        too_warm = beyond("TemperatureExcursion", rows_of(warmer), lambda v: v > 8.0, lambda v: v < 7.5)
        assert len(too_warm) == count
        if count > 0:
            known = when_covered(rows_of(warmer), rows[0][0], 20 * 3600)
            too_warm.append(alarm("MeanKineticTemperature", "fridge-1", known, None, known))
        yield Run(f"ruuvi_fridge, cold-chain, {more} degrees warmer", "ruuvi_fridge", ["ruuvi-1"], [Feed(warmer, 368)],
                  too_warm, notices=2 * (count > 0), packs=("cold-chain",), assignments="ruuvi_cold_chain")

    # The twin has no gap where the third stretch had one: the reading before it, again every 10 min.
    lines = lines_of(path)
    at = next(i for i, line in enumerate(lines) if line.startswith("2020-05-05T16:10:32"))
    stamp, rest = lines[at].split(",", 1)
    filled = [(instant(stamp) + seconds(600 * k)).isoformat() + "," + rest for k in range(1, 15)]
    twin = write(folder / "ruuvi_without_gap.csv", lines[:at + 1] + filled + lines[at + 1:])
    rows = rows_of(twin)
    cold = too_cold(rows)
    assert len(cold) == 3
    yield Run("ruuvi_fridge, third stretch without its gap", "ruuvi_fridge", ["ruuvi-1"], [Feed(twin, 382)],
              whole_day + on_end(rows) + cold)
