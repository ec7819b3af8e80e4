"""What the demo's service desk does: it says of each ticket that it has it, which ends that it is sent again.

Its software is any MQTT client that may write to the gateways' commands; here mosquitto_pub, one for each gateway.
"""
import json
import secrets
import subprocess
import urllib.parse

WHO = "kim"


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
        if event["kind"] == "ticket":
            self.act(gateway, event, "received", revision=event["revision"])

    def stop(self):
        for program in self.gateways.values():
            program.kill()
            program.wait()
