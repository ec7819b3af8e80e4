"""What a gateway decided and what a consumer was told must be the same, each event under one id.

Decided is what the store has: alarms, notices and the remarks of cases, and why what left the outbox left it.
"""
import sqlite3

from station import check

ACCEPTED, SUPERSEDED = 0, 2


def rows(station, query):
    with sqlite3.connect(f"file:{station.state}/outrider.db?mode=ro", uri=True) as database:
        found = database.execute(query).fetchall()
    database.close()
    return found


def text_of(value):
    return value.hex() if isinstance(value, bytes) else value


class Told:
    """Of a consumer's events: {id: [event, ...]}."""

    def __init__(self, events):
        self.times = sum(len(copies) for copies in events.values())
        self.events = {event: copies[0] for event, copies in events.items()}
        for event, copies in events.items():
            said = {(c["kind"], c["what"], c["entity"], c.get("revision")) for c in copies}
            check(len(said) == 1, f"event {event} says several things: {said}")

    def of(self, kind, what=None):
        return [e for e in self.events.values() if e["kind"] == kind and what in (None, e["what"])]

    def check_ids(self):
        """Nothing was told under two ids."""
        seen = {}
        for event, said in self.events.items():
            key = (said["kind"], said["entity"], said["what"], said.get("revision"))
            if said["kind"] in ("alarm", "notification", "ticket"):
                check(seen.setdefault(key, event) == event, f"{key} came under two ids")

    def missing(self, station):
        """What the store says was decided and nobody was told, though nothing took its place."""
        excused = {text_of(e) for (e,) in rows(station, "SELECT event FROM outbox_left WHERE reason > 0")}
        missing = []
        raised = {e["entity"] for e in self.of("alarm", "raised")}
        missing += [("alarm", text_of(i)) for (i,) in rows(station, "SELECT id FROM alarms") if text_of(i) not in raised]
        told = {(e["entity"], e.get("revision", 0)) for e in self.of("notification")}
        for entity, revision, seq in rows(station, "SELECT id, revision, outbox_seq FROM notices WHERE outbox_seq > 0"):
            if (text_of(entity), revision) not in told:
                left = rows(station, f"SELECT reason FROM outbox_left WHERE seq = {seq}")
                if left in ([], [(ACCEPTED,)]):
                    missing.append(("notification", text_of(entity), revision))
        for (event, ) in rows(station, "SELECT event FROM remarks WHERE length(event) > 0"):
            if text_of(event) not in self.events and text_of(event) not in excused:
                missing.append(("ticket", text_of(event)))
        return missing

    def check_decided(self, station):
        lost = rows(station, "SELECT reason, COUNT(*) FROM outbox_left WHERE reason > 0 GROUP BY reason")
        check(not [r for r in lost if r[0] != SUPERSEDED], f"entries left the outbox for reasons {lost}")
        check(rows(station, "SELECT COUNT(*) FROM outbox")[0][0] == 0, "something is still in the outbox")
        missing = self.missing(station)
        check(not missing, f"{len(missing)} were decided and not told, such as {missing[:5]}")
        for kind, table in (("alarm", "alarms"), ("notification", "notices")):
            known = {text_of(i) for (i,) in rows(station, f"SELECT id FROM {table}")}
            strange = {e["entity"] for e in self.of(kind)} - known
            check(not strange, f"{kind}s that nobody decided: {list(strange)[:5]}")
