"""Beer in a chamber through a dozen changes of the set point: with limits that fit, nothing is told of any of them."""
import datetime

from recording import Feed, Run, alarm, instant, seconds, write


def rows_of(path):
    """[(instant, beer, chamber)]; the recording has the local time of an unknown place, which is read as UTC here."""
    rows = []
    for line in path.read_text().splitlines():
        cells = line.split(";")
        at = datetime.datetime.strptime(cells[0], "%b %d %Y %H:%M:%S").replace(tzinfo=datetime.timezone.utc)
        rows.append((at, cells[1], cells[4]))
    return rows


def write_rows(rows, path):
    return write(path, ["time,beer,chamber\n"] + [f"{at.isoformat()},{beer},{chamber}\n" for at, beer, chamber in rows])


def feeds_of(rows, path):
    recording = write_rows(rows, path)
    return [Feed(recording, len(rows), map="kolsch_beer"), Feed(recording, len(rows), map="kolsch_chamber")]


def runs(data, folder):
    path = data / "cold" / "brewpi_Kolsch.csv"
    rows = rows_of(path)
    beer = [float(b) for _, b, _ in rows]
    chamber = [float(c) for _, _, c in rows]
    assert len(rows) == 9126 and (min(beer), max(beer), min(chamber), max(chamber)) == (14.77, 21.63, 12.41, 24.76)
    assert sum(" temp set to " in line for line in path.read_text().splitlines()) > 5
    devices = ["beer-1", "chamber-1"]
    yield Run("kolsch", "kolsch", devices, feeds_of(rows, folder / "kolsch.csv"), [], {"readings": 2 * 9126}, tickets=0, notices=0,
              packs=("cold-chain",))

    # After the change of 2018-12-03 22:28 somebody leaves the beer out for a quarter of an hour. It is told once, for it is over in
    # the upload that it begins in.
    first = next(i for i, (at, _, _) in enumerate(rows) if at >= instant("2018-12-03T22:30:00Z"))
    last = next(i for i, (at, _, _) in enumerate(rows) if at > rows[first][0] + seconds(15 * 60)) - 1
    warm = [(at, "22.5" if first <= i <= last else b, c) for i, (at, b, c) in enumerate(rows)]
    yield Run("kolsch, the beer left out once", "kolsch", devices, feeds_of(warm, folder / "warm.csv"),
              [alarm("TemperatureExcursion", "beer", rows[first][0], rows[last + 1][0], rows[first][0] + seconds(600))],
              tickets=1, notices=1, packs=("cold-chain",))
