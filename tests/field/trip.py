"""Trips by car, boat and on foot under the pack journey: left, nearly there, arrived, and late in a twin. A car that is moved
on its yard and a boat that lies at its berth tell nothing."""
from recording import Feed, Run, alarm, instant, seconds, stretches, write
from tracks import distance, gpx, rmc, stretched, text

HOME, SHOP = (45.27352, 13.71421, 100), (45.27632, 13.71980, 50)  # as in the assignments
START, LAKE = (45.772175, 14.357659, 250), (45.790873, 14.304442, 150)
YARD, HARBOUR, BERTH = (-27.210867, 153.052328, 100), (52.850155, 5.313617, 150), (52.842278, 5.705820, 50)
PROMISED = instant("2020-12-18T06:25:00Z")


def inside(fixes, place):
    return [(f.at, distance(f, place) <= place[2]) for f in fixes]


def departed(asset, fixes, place):
    """Outside for a minute, until inside again."""
    found = []
    for first, _, after in stretches(inside(fixes, place), lambda v: not v):
        if ((after or (fixes[-1].at,))[0] - first[0]).total_seconds() > 60:
            found.append(alarm("Departed", asset, first[0], after and after[0], first[0] + seconds(60)))
    return found


def arrived(asset, fixes, place):
    """From the first fix inside; without a promise it ends after ten minutes outside."""
    found = []
    for first, _, after in stretches(inside(fixes, place), lambda v: v):
        if not (found and found[-1][1] is not None and found[-1][1] > first[0]):
            found.append([first[0], None])
        found[-1][1] = after and after[0] + seconds(600)
    last = fixes[-1].at
    return [alarm("Arrived", asset, a, b if b and b <= last else None, a) for a, b in found]


def once(asset, fixes, place):
    """What was promised arrives once."""
    return [alarm("Arrived", asset, f.at, None, f.at) for f in fixes if distance(f, place) <= place[2]][:1]


def nearly(asset, fixes, place, metres):
    found = []
    for fix in fixes:
        far = distance(fix, place)
        if far < metres and not (found and found[-1][1] is None):
            found.append([fix.at, None])
        elif far > metres * 1.6 and found and found[-1][1] is None:
            found[-1][1] = fix.at
    return [alarm("NearlyThere", asset, a, b, a) for a, b in found]


def overdue(asset, fixes, place):
    """After the promise and outside; none where it had arrived before."""
    late = [(f.at, f.at > PROMISED and distance(f, place) > place[2]) for f in fixes]
    begins = once(asset, fixes, place)[0][2]
    return [alarm("Overdue", asset, first[0], after and after[0], first[0])
            for first, _, after in stretches(late, lambda v: v) if instant(begins) > first[0]]


def run(title, folder, asset, fixes, alarms, tickets=0):
    path = write(folder / f"{title.replace(' ', '-')}.csv", text(fixes))
    return Run(title, "trip", [f"gps-{asset}"], [Feed(path, len(fixes), readings=len(fixes),
                                                      options=("--device", f"gps-{asset}"))], alarms,
               {"readings": len(fixes), "readings_late": 0}, tickets=tickets, dtls=False, packs=("journey",),
               notices=len({(one[0], one[1]) for one in alarms}))


def runs(data, folder):
    gps = data / "gps"
    car = gpx(gps / "gpxpy_around-visnjan-with-car.gpx")
    assert len(car) == 104 and max((b.at - a.at).total_seconds() for a, b in zip(car, car[1:])) == 49
    way = sum(distance(b, a[1:]) for a, b in zip(car, car[1:]))
    assert 2650 < way < 2750
    alarms = departed("errand", car, HOME) + once("errand", car, SHOP) + overdue("errand", car, SHOP)
    assert [a[0] for a in alarms] == ["Departed", "Arrived"]
    yield run("trip errand", folder, "errand", car, alarms)

    # The same at a third of the speed: after the promise, which is told, and then it is there.
    slow = [f._replace(at=car[0].at + 3 * (f.at - car[0].at)) for f in car]
    alarms = departed("errand", slow, HOME) + once("errand", slow, SHOP) + overdue("errand", slow, SHOP)
    assert sorted(a[0] for a in alarms) == ["Arrived", "Departed", "Overdue"]
    yield run("trip errand slowly", folder, "errand", slow, alarms, tickets=1)

    walk = gpx(gps / "gpxpy_cerknicko-jezero.gpx")
    assert len(walk) == 296 and max((b.at - a.at).total_seconds() for a, b in zip(walk, walk[1:])) == 894
    alarms = departed("lake", walk, START) + nearly("lake", walk, LAKE, 1000) + arrived("lake", walk, LAKE)
    assert [a[0] for a in alarms] == ["Departed", "Departed", "NearlyThere", "Arrived"]
    yield run("trip lake", folder, "lake", walk, alarms)

    # It never comes to its end.
    short = [f for f in walk if distance(f, LAKE) > LAKE[2]]
    alarms = departed("lake", short, START) + nearly("lake", short, LAKE, 1000)
    assert [a[0] for a in alarms] == ["Departed", "Departed"]
    yield run("trip lake without its end", folder, "lake", short, alarms)

    yard = rmc(gps / "gpsd_haicom-305N.log")
    assert len(yard) == 68 and departed("yard", yard, YARD) == []
    yield run("trip yard", folder, "yard", yard, [])
    # Ten times as far and as long is a departure.
    far = stretched(yard, 10)
    alarms = departed("yard", far, YARD)
    assert len(alarms) == 1
    yield run("trip yard ten times as far", folder, "yard", far, alarms)

    boat = rmc(gps / "gpsd_bundg_zeus_9.log")
    assert len(boat) == 146
    alarms = departed("boat", boat, HARBOUR)
    assert len(alarms) == 1
    yield run("trip boat", folder, "boat", boat, alarms)

    moored = rmc(gps / "gpsd_ais-nmea.log")
    assert len(moored) == 164 and departed("moored", moored, BERTH) == []
    yield run("trip moored", folder, "moored", moored, [])
