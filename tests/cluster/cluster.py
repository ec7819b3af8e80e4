#!/usr/bin/env python3
"""A gateway at a cluster of three brokers that are killed and cut off at random, one at a time, under load: what was decided is
told, all of it, each event under one id, to a consumer that loses its brokers as well; telemetry is complete after merging, at two
hosts of two nodes; presence says at last that the gateway is there. And what the cluster keeps of retained messages.

OUTRIDER_CLUSTER=1 runs it, tools/test --cluster and --long do. OUTRIDER_SEED: the first seed; OUTRIDER_SEEDS: how many (2);
OUTRIDER_TROUBLES: of each (3).
"""
import os
import pathlib
import random
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "integration"))
import network  # noqa: E402
import rabbitmq  # noqa: E402
from consumer import Consumer  # noqa: E402
from merged import Merged  # noqa: E402
from service_cuts import DEVICES, KINDS, START, Sender, check_all_told, finish, value_of  # noqa: E402
from station import GROUP, LIMIT_S, NAME, SKIPPED, SLOW, Station, check, wait_for  # noqa: E402

NODES = ["rabbit-1", "rabbit-2", "rabbit-3"]
SERVERS = [(name, rabbitmq.PORT) for name in NODES]
SEED = int(os.environ.get("OUTRIDER_SEED", "0")) or random.randrange(1, 1 << 30)
SEEDS = int(os.environ.get("OUTRIDER_SEEDS", "2"))
TROUBLES = int(os.environ.get("OUTRIDER_TROUBLES", "3"))
SETTLE_S = 4 * LIMIT_S  # a quorum finds its leader, a gateway finds a broker
QUIET_S = LIMIT_S / 2
LOST_PART = 0.05  # a second's readings of a run of minutes; more would be a fault of the gateway's
HEAL_S = 60 * SLOW
OUTBOX_MOST = 100


def configure(station):
    first, *others = [f"mqtts://{name}:{rabbitmq.PORT}" for name in NODES]
    station.write_config(f"telemetry:\n  urls: [{', '.join([*others, first])}]\n")
    text = station.config.read_text()
    station.config.write_text(text.replace(
        f"url: \"mqtts://localhost:{station.mqtt_port}\"\n",
        f"url: \"{first}\"\n  other_urls: [{', '.join(others)}]\n  payload: json\n  keepalive: 5s\n"))


def broker_of(station):
    """The node that the gateway's service session was at last."""
    ups = [line for line in station.log("outriderd").splitlines() if "event=mqtt_up" in line]
    return ups[-1].split("broker=")[1].split(":")[0] if ups else NODES[0]


def trouble(cluster, station, dice):
    """One node goes and comes back; as often as not the gateway's own. What happened, in words."""
    name = broker_of(station) if dice.random() < 0.5 else dice.choice(NODES)
    time.sleep(dice.uniform(0.5, 3) * SLOW)
    if dice.random() < 0.5:
        cluster.kill(name)
        time.sleep(dice.uniform(0, 8))
        cluster.start(name)
        said = f"{name} killed"
    else:
        cut_s = dice.uniform(3, 25)
        cluster.network.cut(name)
        time.sleep(cut_s)
        cluster.network.mend(name)
        said = f"{name} cut off for {cut_s:.0f} s"
    try:
        cluster.wait_whole(name, HEAL_S)
    except RuntimeError:  # it happens after a cut about as long as the nodes' patience; what an operator does then
        cluster.kill(name)
        cluster.start(name)
        cluster.wait_whole(name, rabbitmq.START_S)
        said += ", started anew because the cluster did not find together"
    return said


def nodes_come_and_go_and_everything_is_told_once(cluster, seed):
    dice = random.Random(seed)
    began = time.monotonic()
    with Station({"a" + d[1:]: d for d in DEVICES}) as station:
        station.tls = cluster.station.tls
        configure(station)
        desk = Consumer(SERVERS, station.tls, f"desk-{seed}", KINDS)
        hosts = [Consumer(SERVERS[n:] + SERVERS[:n], station.tls, f"host-{n}-{seed}",
                          ["spBv1.0/#", f"outrider/v1/{GROUP}/{NAME}/telemetry"]) for n in (1, 2)]
        for consumer in (desk, *hosts):
            consumer.start()
        for consumer in (desk, *hosts):
            consumer.wait_up()
        station.start_daemon()
        wait_for("the link", lambda: station.status()["link"]["up"], SETTLE_S)
        senders = [Sender(station, name, OUTBOX_MOST) for name in DEVICES]
        troubles = [trouble(cluster, station, dice) for _ in range(TROUBLES)]
        counts = finish(senders)
        wait_for("an empty outbox", lambda: station.status()["outbox"] == 0, SETTLE_S)
        wait_for("all telemetry proven", lambda: station.status()["telemetry"]["backlog"] == 0, SETTLE_S)
        sent = {(s.device.name, "shock"): {(START + i) * 1000: value_of(i) for i in range(s.acknowledged)} for s in senders}
        said = presence(desk)
        complete = wait_complete(station, hosts, sent, time.time() - (time.monotonic() - began))
        told = check_all_told(station, desk, counts)
        for consumer in (desk, *hosts):
            consumer.stop(forget=True)
        check(said[-1] == "online", f"a gateway that is there is said to be away: {said}")
        print(f"seed {seed}, {time.monotonic() - began:.0f} s: {'; '.join(troubles)}: {sum(counts.values())} readings, "
              f"{len(told.of('alarm', 'raised'))} alarms, {len(told.events)} events told {told.times} times; "
              f"telemetry {complete}; sessions: desk {desk.sessions}, hosts {[h.sessions for h in hosts]}", flush=True)


def presence(desk):
    """The gateway's presence as it was said, in that order."""
    events = [copies[0] for copies in desk.events().values()]
    return [e["what"] for e in events if e["kind"] == "status" and e["what"] in ("online", "offline")]


def wait_complete(station, hosts, sent, began):
    """At hosts of two nodes, of which one at least stays: what is on its way to a host at QoS 0 dies with the host's own connection, and
    no gateway knows of it. What both lack is told again by `resend`."""
    views = [Merged() for _ in hosts]

    def lacking():
        return set.intersection(*(set(view.missing(sent)) for view in views))

    def whole():
        for view, host in zip(views, hosts):
            view.take(host.messages)
        return not lacking()

    def said():
        return f"{views[0]} and {views[1]}, alone they lack {[len(view.missing(sent)) for view in views]}"

    try:
        wait_for("all telemetry at the hosts", whole, QUIET_S)
        return said()
    except RuntimeError:
        lost = len(lacking())
    check(lost <= LOST_PART * sum(len(values) for values in sent.values()), f"{lost} values are missing: {said()}")
    stamps = [time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(t)) for t in (began - 1, time.time() + 1)]
    answer = station.ask_with("resend", **{"from": stamps[0], "to": stamps[1]})
    check(answer["ok"], f"resend: {answer}")
    wait_for("all telemetry at the hosts after resend", whole, SETTLE_S)
    return f"{said()}; {lost} lost with a node and told again by resend"


def heard_retained(station, server, topic, seconds):
    """What a consumer that comes to this node is told at once."""
    consumer = Consumer([server], station.tls, f"looks-{server[0]}-{time.monotonic_ns()}", [topic], clean=True)
    consumer.start()
    consumer.wait_up()
    time.sleep(seconds * SLOW)
    consumer.stop()
    return [payload for _, payload, retained, _ in consumer.messages if retained]


def what_is_retained_where(cluster):
    """A finding about the broker, not a promise of ours: printed, and held where we rely on it."""
    with Station({"a1": "d1"}) as station:
        station.tls = cluster.station.tls
        configure(station)
        station.start_daemon()
        wait_for("the link", lambda: station.status()["link"]["up"], SETTLE_S)
        at = broker_of(station)
        topic = f"outrider/v1/{GROUP}/{NAME}/status"
        wait_for("what it retained, on its own node", lambda: broker_of(station) != at or
                 heard_retained(station, (at, rabbitmq.PORT), topic, 1), SETTLE_S)
        at = broker_of(station)
        found = {}
        for server in SERVERS:
            exact = heard_retained(station, server, topic, 1)
            wild = heard_retained(station, server, "outrider/v1/+/+/status", 1)
            found[server[0]] = (len(exact), len(wild))
        check(station.end("outriderd") == 0, "no clean end")
        print(f"retained status of a gateway at {at}, seen by (its topic, a wildcard): {found}", flush=True)


def main():
    reason = ("OUTRIDER_CLUSTER is not set: tools/test --cluster runs it" if "OUTRIDER_CLUSTER" not in os.environ else
              "rabbitmq-server is not installed: tools/setup --cluster" if not rabbitmq.is_there() else network.why_not())
    if reason is not None:
        print(f"skipped: {reason}")
        sys.exit(SKIPPED)
    network.enter()
    os.environ["OUTRIDER_BROKER_HOSTS"] = ",".join(f"DNS:{name}" for name in NODES)
    print(f"RabbitMQ {rabbitmq.version()}, OUTRIDER_SEED={SEED}", flush=True)
    with Station({}) as station:
        cluster = rabbitmq.Cluster(station, network.Network(NODES), [NAME, "console"])
        try:
            cluster.start_all()
            what_is_retained_where(cluster)
            for number in range(SEEDS):
                nodes_come_and_go_and_everything_is_told_once(cluster, SEED + number)
        except BaseException:
            for name in NODES:
                print(f"---- {name}", cluster.log(name)[-1000:], sep="\n", file=sys.stderr)
            raise
        finally:
            cluster.done()


if __name__ == "__main__":
    main()
