"""What a recording's module is made of: runs, and plain computations over rows that say what must come out.

The computations here look at a whole file at once and know nothing of the gateway's engine.
"""
import csv
import dataclasses
import datetime


@dataclasses.dataclass
class Feed:
    recording: object  # path
    rows: int  # read, refused ones included
    refused: tuple = ()  # line numbers
    readings: int = None  # acknowledged; None: not checked
    options: tuple = ()
    map: str = None  # stem of its map; None: the run's


@dataclasses.dataclass
class Run:
    title: str
    stem: str  # of the map, pack and assignments beside this file
    devices: list
    feeds: list
    alarms: list  # alarm(...)
    counters: dict = dataclasses.field(default_factory=dict)
    tickets: int = None
    dtls: bool = True
    packs: tuple = ()  # shipped ones by name; none: NAME.pack.yaml beside this file
    notices: int = None  # how often a customer is told
    assignments: str = None  # stem; None: the run's
    late: bool = False  # waits until late readings are judged
    about: dict = dataclasses.field(default_factory=dict)  # rule: seconds by which its onsets may differ


def alarm(rule, asset, onset, ended, raised=None, cause=None):
    """Instants as datetimes; ended None: still open; raised None: not checked."""
    return (rule, asset, text(onset), text(ended), text(raised), cause)


def text(instant):
    """As the gateway writes instants: UTC with as many decimals as needed."""
    if instant is None:
        return None
    base = instant.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S")
    micros = instant.microsecond
    if micros == 0:
        return base + "Z"
    return f"{base}.{micros // 1000:03d}Z" if micros % 1000 == 0 else f"{base}.{micros:06d}Z"


def instant(stamp):
    stamp = stamp.replace(" UTC", "").replace("Z", "").replace(" ", "T")
    if len(stamp) > 5 and stamp[-5] in "+-" and ":" not in stamp[-5:]:
        stamp = stamp[:-2] + ":" + stamp[-2:]
    parsed = datetime.datetime.fromisoformat(stamp)
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=datetime.timezone.utc)


def seconds(number):
    return datetime.timedelta(seconds=number)


def epoch(number):
    return datetime.datetime.fromtimestamp(0, datetime.timezone.utc) + seconds(number)


def stretches(rows, holds):
    """[(first row, last row, row after it or None)] of the stretches of (instant, value) rows whose value holds."""
    found = []
    for row in rows:
        if holds(row[1]):
            if not found or found[-1][2] is not None:
                found.append([row, row, None])
            found[-1][1] = row
        elif found and found[-1][2] is None:
            found[-1][2] = row
    return [tuple(s) for s in found]


def alarms_of_stretches(rule, asset, rows, holds):
    """One alarm for each stretch, at once."""
    return [alarm(rule, asset, first[0], after and after[0], first[0]) for first, _, after in stretches(rows, holds)]


def silences(rule, asset, instants, limit_s):
    """One alarm for each step longer than the limit, from the last row before it to the first after."""
    limit = seconds(limit_s)
    return [alarm(rule, asset, a, b, a + limit) for a, b in zip(instants, instants[1:]) if b - a > limit]


def read_csv(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def lines_of(path):
    return path.read_bytes().decode().splitlines(keepends=True)


def write(path, content):
    path.write_bytes("".join(content).encode())
    return path
