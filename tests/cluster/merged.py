"""What a Sparkplug host has after merging births and data, in the order that its session gave them."""
from sparkplug import payload_of


class Merged:
    def __init__(self):
        self.values = {}  # (device, metric): {timestamp ms: {value, ...}}
        self.names = {}  # of one birth: {alias: (device, metric)}
        self.taken = 0
        self.told = 0
        self.births = 0
        self.unborn = 0  # values under an alias that no birth named: a host asks for a rebirth then

    def __str__(self):
        return f"{self.told} values in {self.births} births, {self.unborn} unborn"

    def take(self, messages):
        """All that came since the last call, of Consumer.messages."""
        for topic, payload, _, _ in messages[self.taken:]:
            self.taken += 1
            parts = topic.split("/")
            if parts[0] == "spBv1.0" and parts[2] in ("NBIRTH", "DBIRTH", "DDATA"):
                self._merge(parts[2], parts[4] if len(parts) > 4 else "", payload_of(payload))

    def _merge(self, kind, device, payload):
        if kind == "NBIRTH":
            self.names = {}
            self.births += 1
            return
        for metric in payload["metrics"]:
            if kind == "DBIRTH":
                self.names[metric["alias"]] = (device, metric["name"])
            key = self.names.get(metric["alias"])
            if key is None:
                self.unborn += 1
                continue
            self.told += 1
            self.values.setdefault(key, {}).setdefault(metric["timestamp"], set()).add(metric.get("value"))

    def missing(self, sent):
        """Of {(device, metric): {timestamp ms: value}}."""
        return [(key, at) for key, values in sent.items() for at, value in values.items()
                if value not in self.values.get(key, {}).get(at, ())]
