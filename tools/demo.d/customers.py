"""What the demo's customers do: look at what is known of their goods, answer a message, ask why one never came.

They act when the story says so: a line of story.yaml that is a key of DEEDS is one of theirs, for the device's asset.
"""
import os
import subprocess

LOOKS = "its customer looks where it is"
ASKS = "its customer answers the last message: how is it now?"
STOPS = "its customer answers: no more messages of this kind"
DEEDS = {LOOKS: None, ASKS: ("status",), STOPS: ("stop", "--category", "opening")}
ASSETS = {"trk-88": ("parcel-88", "customer-2203"), "trk-91": ("parcel-91", "kunde-3118")}

TOLD = {"place", "temperature", "bump"}  # what a customer who looks at a parcel finds

STOPPED = "kunde-3118"  # whom explain is asked about at the end
WALKED = ("parcel-88", "--contact", "customer-2203")
BECAUSE = "you asked for no messages of this kind"


class Refused(Exception):
    pass


class Customers:
    def __init__(self, program, broker, folder):
        self.program = program
        self.options = ["--broker", broker, "--group", "demo", "--gateway", "gateway-1", "--ca", f"{folder}/tls/ca.pem",
                        "--cert", f"{folder}/tls/relay.pem", "--key", f"{folder}/tls/relay.key"]
        self.state = f"{folder}/gateway-1.state"
        self.last = {}  # (asset, contact) -> the last message of a trouble or step
        self.views = {}
        self.running = []

    def take(self, event):
        if event["kind"] == "view":
            self.views[event["asset"]] = event
        elif event["kind"] == "notification" and any(action["name"] == "status" for action in event.get("actions", [])):
            self.last[event["asset"], event["to"]] = event

    def act(self, said):
        """What comes of a line of the story: the view that is looked at; None for anything else."""
        if said["text"] not in DEEDS:
            return None
        asset, contact = ASSETS[said["device"]]
        if DEEDS[said["text"]] is None:
            return self.look(asset)
        action, *more = DEEDS[said["text"]]
        notice = self.last.get((asset, contact))
        if notice is None:
            raise Refused(f"{contact} has no message about {asset} to answer")
        token = next(entry["token"] for entry in notice["actions"] if entry["name"] == action)
        # A token may begin with a dash: it comes after "--".
        arguments = [self.program, "act", *more, *self.options, "--", action, notice["entity"], token]
        self.running.append(subprocess.Popen(arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                             stderr=subprocess.STDOUT, start_new_session=True))
        return None

    def look(self, asset):
        view = self.views.get(asset)
        known = {fact["name"] for fact in view["facts"]} if view is not None else set()
        if not known >= TOLD:
            raise Refused(f"the view of {asset} lacks {', '.join(sorted(TOLD - known))}")
        return view

    def check(self):
        """Answers come as messages of their own; a refusal is the end of the demo."""
        for one in [one for one in self.running if one.poll() is not None]:
            self.running.remove(one)
            said = one.stdout.read().decode(errors="replace").strip()
            if one.returncode != 0:
                raise Refused(f"outrider act: {said}")

    def stop(self):
        for one in self.running:
            one.kill()
            one.wait()

    def asked(self, verb, *arguments):
        """Lines that a verb prints from the agent's history."""
        answer = subprocess.run([self.program, verb, *arguments, "--state", self.state], stdin=subprocess.DEVNULL,
                                capture_output=True, text=True, timeout=30, env={**os.environ, "LC_ALL": "C.UTF-8"})
        if answer.returncode != 0:
            raise Refused(f"outrider {verb}: {answer.stderr.strip()}")
        return answer.stdout.splitlines()

    def untold(self):
        """What `outrider explain` says to the customer of messages that were never sent."""
        return [line for line in self.asked("explain", "--contact", STOPPED, "--for", "customer") if BECAUSE in line]

    def walk(self, map_file):
        """All that one of them saw of one asset, with its waits."""
        return self.asked("walk", *WALKED, "--journey", str(map_file))
