"""What the demo's service desk does: it says of each ticket that it has it, which ends that it is sent again, and that
somebody looks at it; to one customer it promises a call, and calls. That is when the story says so: a line of story.yaml
that is a key of DEEDS is the desk's, for the device's asset.

Its software is any MQTT client that may write to the gateways' commands; here mosquitto_pub, one for each gateway.
"""
import datetime
import json
import secrets
import subprocess
import urllib.parse

WHO = "kim"
PROMISES = "the desk promises a call within the hour"
CALLS = "the desk calls, as promised"
SOLVES = "the desk closes the matter: the goods may be used"
ASSETS = {"trk-4711": "shipment-4711"}


def in_an_hour(said):
    at = datetime.datetime.fromisoformat(said["at"].replace("Z", "+00:00"))
    return (at + datetime.timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:00Z")


DEEDS = {
    PROMISES: lambda said: ("promised", {"what": "callback", "by": in_an_hour(said)}),
    CALLS: lambda said: ("kept", {"what": "callback"}),
    SOLVES: lambda said: ("resolved", {"what": "released", "text": "Within the stability budget"}),
}


class Gone(Exception):
    pass


class Desk:
    def __init__(self, broker, folder):
        url = urllib.parse.urlsplit(broker)
        self.client = ["mosquitto_pub", "-V", "5", "-q", "1", "-l", "-h", url.hostname, "-p", str(url.port),
                       "--cafile", f"{folder}/tls/ca.pem", "--cert", f"{folder}/tls/relay.pem",
                       "--key", f"{folder}/tls/relay.key"]
        self.log = f"{folder}/desk.log"
        self.gateways = {}
        self.tickets = {}  # asset -> gateway, ticket

    def start(self, *gateways):
        for gateway in gateways:
            self.gateways[gateway] = subprocess.Popen(
                [*self.client, "-t", f"outrider/v1/demo/{gateway}/command"], stdin=subprocess.PIPE, text=True,
                stdout=open(self.log, "a"), stderr=subprocess.STDOUT, start_new_session=True)

    def act(self, gateway, ticket, action, **more):
        request = {"id": secrets.token_hex(16), "action": action, "ticket": ticket["entity"],
                   "token": ticket["actions"][0]["token"], "who": WHO, **more}
        program = self.gateways[gateway]
        try:
            print(json.dumps(request), file=program.stdin, flush=True)
        except BrokenPipeError:
            raise Gone(f"the desk of {gateway} has ended: {open(self.log).read().strip()[-400:]}") from None

    def take(self, gateway, event):
        if event["kind"] != "ticket":
            return
        self.tickets[event["asset"]] = gateway, event
        self.act(gateway, event, "received", revision=event["revision"])
        if event["what"] == "opened":
            self.act(gateway, event, "acknowledged")

    def hear(self, said):
        """What comes of a line of the story."""
        if said["text"] in DEEDS:
            action, more = DEEDS[said["text"]](said)
            self.act(*self.tickets[ASSETS[said["device"]]], action, **more)

    def stop(self):
        for program in self.gateways.values():
            program.kill()
            program.wait()
