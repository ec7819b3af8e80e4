"""Positions from GPX points and NMEA sentences, and how far they are from a place."""
import collections
import datetime
import math
import re

from recording import instant

Fix = collections.namedtuple("Fix", "at latitude longitude")
POINT = re.compile(r'<trkpt lat="([^"]+)" lon="([^"]+)">.*?<time>([^<]+)</time>', re.S)
EARTH_M = 6371008.8


def gpx(path):
    return [Fix(instant(time), float(latitude), float(longitude))
            for latitude, longitude, time in POINT.findall(path.read_text())]


def degrees(value, side):
    whole = float(value)
    number = whole // 100 + (whole % 100) / 60
    return -number if side in "SW" else number


def rmc(path):
    """The sentences with a fix; those without are left out, as a tracker would."""
    fixes = []
    for line in path.read_text(errors="replace").splitlines():
        cells = line.split("*")[0].split(",")
        if not (cells[0].startswith("$") and cells[0].endswith("RMC")) or cells[2] != "A":
            continue
        clock, day = cells[1], cells[9]
        fixes.append(Fix(instant(f"20{day[4:6]}-{day[2:4]}-{day[0:2]}T{clock[0:2]}:{clock[2:4]}:{clock[4:6]}Z"),
                         degrees(cells[3], cells[4]), degrees(cells[5], cells[6])))
    return fixes


def distance(fix, place):
    """Metres, on a sphere."""
    one, other = math.radians(fix.latitude), math.radians(place[0])
    part = (math.sin((other - one) / 2) ** 2
            + math.cos(one) * math.cos(other) * math.sin(math.radians(place[1] - fix.longitude) / 2) ** 2)
    return 2 * EARTH_M * math.asin(math.sqrt(part))


def text(fixes):
    return ["time,latitude,longitude\n"] + [f"{f.at.isoformat()},{f.latitude:.9f},{f.longitude:.9f}\n" for f in fixes]


def stretched(fixes, times):
    """The same way so many times as far from its first point, and as slow."""
    first = fixes[0]
    return [Fix(first.at + datetime.timedelta(seconds=(f.at - first.at).total_seconds() * times),
                first.latitude + (f.latitude - first.latitude) * times,
                first.longitude + (f.longitude - first.longitude) * times) for f in fixes]
