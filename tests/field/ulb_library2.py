"""Twenty motes, a reading a minute each: mote 18 is away for up to 31 min, mote 12 for 27, mote 5 five times."""
import collections

from recording import Feed, Run, epoch, lines_of, silences, write

LIMIT_S = 150


def expected(lines):
    instants = collections.defaultdict(list)
    for line in lines:
        cells = line.split()
        instants[int(cells[1])].append(epoch(int(cells[0]) / 1000))
    return {mote: silences("Silent", f"desk-{mote}", times, LIMIT_S) for mote, times in sorted(instants.items())}


def everything(by_mote):
    return [a for alarms in by_mote.values() for a in alarms]


def runs(data, folder):
    path = data / "motes" / "ulb_library2_readings.txt"
    lines = lines_of(path)
    by_mote = expected(lines)
    assert len(lines) == 7114 and len(by_mote) == 20
    assert (len(by_mote[5]), len(by_mote[12])) == (5, 8)
    assert {m for m, alarms in by_mote.items() if alarms} == {5, 12, 13, 15, 18}
    devices = [f"mote-{m}" for m in by_mote]
    yield Run("ulb_library2", "ulb_library2", devices, [Feed(path, 7114, readings=3 * 7114)], everything(by_mote),
              {"readings": 3 * 7114, "readings_late": 0})

    # The shipped pack: none is away for 35 minutes, and no sensor of the twenty fails.
    yield Run("ulb_library2, device-health", "ulb_library2", devices, [Feed(path, 7114)], [], tickets=0,
              packs=("device-health",))

    # Mote 1 never is away: without two rows in a row it is, once.
    of_one = [i for i, line in enumerate(lines) if line.split()[1] == "1"]
    gone = set(of_one[100:102])
    twin = write(folder / "mote1.txt", [line for i, line in enumerate(lines) if i not in gone])
    by_mote = expected(lines_of(twin))
    assert len(by_mote[1]) == 1
    yield Run("ulb_library2, mote 1 away once", "ulb_library2", devices, [Feed(twin, 7112)], everything(by_mote))
