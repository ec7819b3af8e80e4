"""What arrived against what expected.txt says: each line once, nothing else, no id for two things."""
import collections
import json

COMPARED = ("notification", "ticket")


def words_of(event):
    # A ticket's rule is its case's first; "shipment-4711: TemperatureExcursion" is its title.
    rule = event.get("rule") or event.get("title", "").rpartition(": ")[2] or "-"  # an answer has none
    whom = event["queue"] if event["kind"] == "ticket" else f"{event.get('to')}:{event.get('locale')}"
    return (event["kind"], event["what"], rule, event["asset"], whom)


class Expected:
    def __init__(self, path):
        lines = [line.split() for line in path.read_text().splitlines() if line.strip() and line[0] != "#"]
        self.wanted = collections.Counter(tuple(words) for words in lines)
        self.arrived = collections.Counter()
        self.counted = collections.Counter()
        self.customers = set()
        self.by_id = {}
        self.faults = []

    def broken(self, message):
        self.faults.append(f"does not decode: {json.dumps(message)[:200]}")

    def take(self, event):
        content = json.dumps(event, sort_keys=True)
        if event["event"] in self.by_id:
            same = self.by_id[event["event"]] == content
            self.faults.append(f"{'arrived twice' if same else 'one id for two things'}: {' '.join(words_of(event))}")
            return
        self.by_id[event["event"]] = content
        self.counted[event["kind"], event["what"]] += 1
        if event["kind"] == "notification":
            self.customers.add(event["to"])
        # A ticket closes an hour after its last alarm: after the story, when the machine is as fast as it should be.
        if event["kind"] in COMPARED and event["what"] != "closed":
            self.arrived[words_of(event)] += 1

    def fleet(self, counts):
        if counts["acknowledged"] != counts["readings"]:
            self.faults.append(f"{counts['readings']} readings sent, {counts['acknowledged']} acknowledged")

    def count(self, kind, what=None):
        return sum(n for (k, w), n in self.counted.items() if k == kind and what in (None, w))

    def missing(self):
        return self.wanted - self.arrived

    def ok(self):
        return self.wanted == self.arrived and not self.faults

    def verdict(self):
        """Lines for people; the first is the judgement."""
        if self.ok():
            return [f"all {self.wanted.total()} expected messages and tickets arrived, each exactly once"]
        lines = ["not as expected:"]
        for name, difference in (("missing", self.missing()), ("extra", self.arrived - self.wanted)):
            lines += [f"{name}: {' '.join(words)}" for words in difference.elements()]
        return lines + self.faults
