"""The demo's page: what is printed and how it looks. 80 columns; colours only on a terminal and without NO_COLOR."""
import datetime
import os
import re
import sys
import textwrap

import phones as phone

WIDTH = 80
UNITS = {"Cel": " °C", "%EL": " %", "deg": "°", "": ""}
VIEWED = (("place", "where"), ("temperature", "temperature"), ("bump.at", "last bump"), ("eta", "expected"),
          ("case", "open"), ("at", "as of"))  # of a view, with the words of this page
MOMENTS = ("bump.at", "eta", "at")
GOOD_NEWS = ("journey", "arrival", "stock", "advice")
STYLES = {"dim": "2", "bold": "1", "bad": "1;31", "good": "1;32", "customer": "36", "desk": "35"}

NUMBER_AND_UNIT = re.compile(r"(\d) (°C|%|g|lx|km|V|dBm|deg|UTC)(?!\w)")


def parse(text):
    """RFC 3339 to seconds."""
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def clock(text):
    return datetime.datetime.fromtimestamp(parse(text), datetime.timezone.utc).strftime("%H:%M")


def measured(evidence):
    unit = evidence.get("unit", "")
    text = f"{evidence['metric'].replace('_', ' ')} {evidence['value']}{UNITS.get(unit, ' ' + unit)}"
    return text.replace(" ", "\u00a0")


class Page:
    def __init__(self, scale, home_scale):
        self.scale = scale
        self.home_scale = home_scale
        self.colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
        self.alarm = None  # whose group was printed last
        self.group = None
        self.told = {}  # who -> [(time of day, title)]

    def put(self, text="", style=None):
        if self.colour and style:
            text = f"\033[{STYLES[style]}m{text}\033[0m"
        print(text)

    def paragraph(self, text, first, rest, style=None):
        text = NUMBER_AND_UNIT.sub("\\1\u00a0\\2", text)
        for line in textwrap.wrap(text, WIDTH, initial_indent=first, subsequent_indent=rest,
                                  break_long_words=False, break_on_hyphens=False):
            self.put(line, style)

    def intro(self):
        for line in (
                "An hour on the road: trackers, a car and a shop's refrigerator report over CoAP",
                "and DTLS to a gateway agent on this machine, which judges what they say by the",
                "rules in rules/packs. Single lines tell what happens to the goods; a phone is",
                "what a person is told, a block below it what the service desk gets, as they",
                f"arrive at an MQTT broker. The clock runs {self.scale} times faster than real time, in",
                "UTC. A second agent keeps a household's refrigerator; so that its day is as",
                f"short, its clock runs {self.home_scale} times faster: its lines say ⌂."):
            self.put(line, "bold")

    def begin(self, said):
        self.put()
        self.put(f"{clock(said['start'])}  {said['devices']} devices begin to report", "dim")

    def says(self, said, at_home):
        self.close_group()
        self.put(f"{clock(said['at'])}  {'⌂ ' if at_home else ''}{said['device']}: {said['text']}", "dim")

    def command(self, line, *answer):
        self.close_group()
        self.put()
        self.put(f"$ {line}", "bold")
        for text in answer:
            self.paragraph(text, "  ", "  ")

    def program(self, line, said):
        """A command and what it prints, as it prints it."""
        self.command(line)
        for text in said:
            self.put(f"  {text}".rstrip())

    def view(self, event):
        """What is retained at the broker, which a customer sees whenever they look."""
        facts = {fact["name"]: fact["value"] for fact in event["facts"]}
        told = [f"{name}: {clock(facts[key]) if key in MOMENTS else facts[key]}" for key, name in VIEWED if key in facts]
        name = event.get("asset_name", event["asset"])
        for line in phone.lines("what is known now", name, told):
            self.put("       " + line, "customer")

    def close_group(self):
        if self.group is not None:
            self.put()
        self.group = None

    def event(self, event, at_home):
        """Alarm, notification and ticket of one change come one after the other and make one group."""
        if event["kind"] not in ("alarm", "notification", "ticket"):
            return
        group = (event.get("alarm") or event["entity"], event.get("ended"))
        if group != self.group:
            if self.group is None:
                self.put()
            self.close_group()
            self.heading(event, at_home)
        self.group = group
        if event["kind"] == "notification":
            self.notification(event)
        elif event["kind"] == "ticket":
            self.ticket(event)

    def heading(self, event, at_home):
        over = event.get("ended") is not None or event["what"] in ("cleared", "closed")
        rule = event.get("rule") or event.get("title", "").rpartition(": ")[2] or "answered"
        name = event.get("asset_name") or event["asset"]
        if event.get("alarm_count", 0) > 1 and event.get("category") == "stock":
            name = event["asset"]  # a list is of many
        good = over or event["what"] == "answer" or event.get("category") in GOOD_NEWS
        self.put(f"{clock(event['decided'])}  {'⌂ ' if at_home else ''}{'✓' if over else '●' if good else '▲'} {name}: {rule}"
                 f"{' is over' if over else ''}", "good" if good else "bad")

    def notification(self, event):
        title = event.get("line", "")
        self.told.setdefault(event["to"], []).append((clock(event["decided"]), title or event["text"]))
        for line in phone.message(event["to"], event["locale"], title, event["text"]):
            self.put("       " + line, "customer")

    def phones(self):
        self.close_group()
        self.put()
        self.put("What each of them has on the phone now:", "bold")
        for line in phone.columns(self.told):
            self.put(line, "customer")

    def ticket(self, event):
        number = event["case_id"][:8]
        if event["what"] == "opened":
            self.put(f"       desk {event['queue']} gets ticket {number}, {event['priority']}:", "desk")
            self.paragraph(event["cause"], "       │ ", "       │ ", "desk")
            seen = "; ".join(measured(entry) for entry in event.get("evidence", []))
            self.paragraph(f"evidence: {seen}", "       │ ", "       │ ", "desk")
        elif event["what"] == "updated":
            news = "it happens again" if event.get("ended") is None else "it is over"
            self.put(f"       desk {event['queue']}: ticket {number} is told that {news}", "desk")
        else:
            self.put(f"       desk {event['queue']}: ticket {number} is closed, no relapse for an hour", "desk")

    def summary(self, rows, verdict):
        self.close_group()
        self.put("─" * WIDTH, "dim")
        for name, text in rows:
            self.paragraph(text, f"{name:<14}", " " * 14)
        good = len(verdict) == 1
        self.paragraph(verdict[0], f"{'verdict':<14}", " " * 14, "good" if good else "bad")
        for line in verdict[1:]:
            self.put(" " * 14 + line, "bad")

    def hints(self, commands):
        self.put()
        self.put("The fleet goes on quietly; Ctrl-C ends all. Try, in another terminal:", "bold")
        for what, command in commands:
            self.put(f"# {what}", "dim")
            self.put(command)
        self.put()
