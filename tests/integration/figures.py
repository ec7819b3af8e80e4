#!/usr/bin/env python3
"""What gateways retain of their days is summed by the console without a server, in whatever order it was published; a
gateway that is missing is named; what one sends wrongly hides nobody else; without a broker the same from files."""
import datetime
import json
import subprocess
import time

from station import LIMIT_S, PROGRAMS, Device, Station, check, run, wait_for

LEFT_S = 86400 - time.time() % 86400
if LEFT_S < 180:
    time.sleep(LEFT_S + 1)  # what is published as today's must be today's when it is asked for
TODAY = datetime.datetime.now(datetime.timezone.utc).date()


def day(back):
    return str(TODAY - datetime.timedelta(days=back))


def bucket(gateway, back, revision, cells):
    return {"group": "depot", "gateway": gateway, "day": day(back), "revision": revision, "cells": cells}


def total(**counts):
    return {"by": "total", "counts": counts}


def by(dimension, key, **counts):
    return {"by": dimension, "key": key, "counts": counts}


def publish(station, kind, gateway, tail, data, content_type="application/json"):
    """As gateways do: retained, MQTT 5, with the attributes that matter here."""
    topic = f"outrider/v1/depot/{gateway}/{kind}" + (f"/{tail}" if tail else "")
    subprocess.run(
        ["mosquitto_pub", "-V", "5", "-q", "1", "-r", "-h", "localhost", "-p", str(station.mqtt_port), "--cafile",
         station.tls / "ca.pem", "--cert", station.tls / "gw.pem", "--key", station.tls / "gw.key", "-D", "PUBLISH",
         "content-type", content_type, "-t", topic, "-m", data if isinstance(data, str) else json.dumps(data)],
        check=True, timeout=LIMIT_S)


def publish_bucket(station, one):
    publish(station, "figures", one["gateway"], one["day"], {"kind": "figures", "what": "updated", "figures": one})


def console(station, verb, *more):
    way = () if "--from" in more else ("--broker", f"mqtts://localhost:{station.mqtt_port}", "--ca", station.tls / "ca.pem",
                                       "--cert", station.tls / "console.pem", "--key", station.tls / "console.key",
                                       "--timeout", str(LIMIT_S))
    done = subprocess.run([str(w) for w in (PROGRAMS / "outrider", verb, *way, *more)], capture_output=True, text=True,
                          timeout=2 * LIMIT_S)
    return done.returncode, done.stdout, done.stderr


def days_of(gateway, days=14, flood=False):
    """A quiet fortnight; in its last week a flood of one cause."""
    out = []
    for back in range(days):
        cells = [total(alarms=4, cases=3, told=3, opened=1, backlog=2), by("cause", "door open", cases=3),
                 by("rule", "cold-chain/Warm", alarms=4, useful=1, wrong=1)]
        if flood and back < 7:
            cells += [by("cause", "door seal", cases=80), by("lot", "A7", cases=75), by("queue", "cold-chain", cases=83)]
        out.append(bucket(gateway, back, 1, cells))
    return out


def started(station):
    station.write_acl("outrider/v1/#")
    station.start_broker()


def retained_days_are_summed_and_a_missing_gateway_is_named():
    with Station({}) as station:
        started(station)
        for one in reversed(days_of("gw-1")):
            publish_bucket(station, one)
        for one in days_of("gw-2"):
            publish_bucket(station, one)
        publish_bucket(station, bucket("gw-2", 0, 2, [total(alarms=104, backlog=5)]))  # takes its place
        publish_bucket(station, bucket("gw-3", 9, 1, [total(alarms=1000)]))  # older days only
        publish(station, "status", "gw-4", "", {"kind": "status", "what": "online"})
        (station.folder / "expect").write_text("# all\ndepot/gw-1\ndepot/gw-5\n")
        code, out, err = console(station, "stats", "--json", "--expect", station.folder / "expect")
        check(code == 0, f"{code}: {err}")
        found = json.loads(out)
        check(found["counts"]["alarms"] == 7 * 4 + 6 * 4 + 104, f"alarms: {found['counts']}")
        check(found["counts"]["backlog"] == 2 + 5, "what stands is not that of each newest day")
        missing = {m["gateway"]: m["why"] for m in found["missing"]}
        check(missing == {"depot/gw-3": f"nothing after {day(9)}", "depot/gw-4": "no figures", "depot/gw-5": "no figures"},
              f"missing: {missing}")
        code, out, err = console(station, "stats")
        check(code == 0 and "missing: depot/gw-4 (no figures)" in out, out + err)
        code, out, err = console(station, "stats", "--json", "--gateway", "gw-1")
        check(json.loads(out)["counts"]["alarms"] == 28 and not json.loads(out)["missing"], "--gateway narrows nothing")


def what_one_gateway_sends_wrongly_hides_nobody():
    with Station({}) as station:
        started(station)
        publish_bucket(station, bucket("gw-1", 0, 1, [total(alarms=3)]))
        publish(station, "figures", "gw-2", day(0), "{")
        publish(station, "figures", "gw-2", day(1), {"kind": "figures", "what": "updated",
                                                     "figures": bucket("gw-1", 0, 9, [total(alarms=99)])})
        publish(station, "figures", "gw-2", day(2), {"kind": "ticket", "what": "opened"})
        code, out, err = console(station, "stats", "--json")
        check(code == 1 and out, f"exit {code}: {err}")
        check(json.loads(out)["counts"]["alarms"] == 3, "the sum is another")
        check(err.count("outrider/v1/depot/gw-2/figures/") == 3, err)


def a_flood_of_one_cause_is_one_problem_and_known_the_next_time():
    with Station({}) as station:
        started(station)
        for gateway in ("gw-1", "gw-2"):
            for one in days_of(gateway, flood=gateway == "gw-1"):
                publish_bucket(station, one)
        problems = station.folder / "problems.yaml"
        code, out, err = console(station, "trends", "--json", "--propose", problems)
        check(code == 0, f"{code}: {err}")
        found = json.loads(out)["problems"]
        check(len(found) == 1 and found[0]["about"]["key"] == "door seal" and found[0]["about"]["now"] == 560, f"{found}")
        check({s["key"] for s in found[0]["seen_in"]} == {"A7", "cold-chain"}, f"{found}")
        checked = subprocess.run([PROGRAMS / "outrider", "check", problems], capture_output=True, text=True)
        check(checked.returncode == 0, checked.stdout + checked.stderr)
        code, out, err = console(station, "trends", "--propose", problems)
        check(code == 0 and "proposed, nobody's" in out and "0 proposed in" in out, out + err)
        code, out, err = console(station, "voice")
        check(code == 0 and "cold-chain/Warm" in out and "a `for`" not in out, out + err)


def files_say_what_the_broker_said():
    with Station({}) as station:
        started(station)
        for one in days_of("gw-1"):
            publish_bucket(station, one)
        publish(station, "status", "gw-2", "", {"kind": "status", "what": "offline"})
        publish(station, "customer", "gw-1", "cust-7", {
            "kind": "customer", "what": "updated", "to": "cust-7", "onset": "2024-05-01T10:00:00Z",
            "facts": [{"name": "state", "value": "at risk"}, {"name": "reason", "value": "a promise was missed"}]})
        watched = subprocess.run(
            [str(w) for w in (PROGRAMS / "outrider", "watch", "--broker", f"mqtts://localhost:{station.mqtt_port}", "--ca",
                              station.tls / "ca.pem", "--cert", station.tls / "console.pem", "--key",
                              station.tls / "console.key", "--json", "--count", "16", "--timeout", LIMIT_S)],
            capture_output=True, text=True, check=True).stdout
        (station.folder / "kept.jsonl").write_text(watched)
        for verb in ("stats", "voice", "trends", "accounts"):
            over = console(station, verb, "--json", "--until", day(0)) if verb != "accounts" else console(station, verb, "--json")
            offline = console(station, verb, "--json", "--from", station.folder / "kept.jsonl")
            check(over[:2] == offline[:2] and over[0] == 0, f"{verb}: {over}\n{offline}")
        code, out, _ = console(station, "accounts")
        check(code == 0 and "cust-7: at risk since 2024-05-01T10:00:00Z" in out and "a promise was missed" in out, out)
        (station.folder / "wrong.jsonl").write_text(watched + "{}\n")
        code, _, err = console(station, "stats", "--from", station.folder / "wrong.jsonl")
        check(code == 1 and f"wrong.jsonl:{watched.count(chr(10)) + 1}: " in err, err)


def a_real_gateways_day_and_customers_reach_the_console():
    with Station({"a1": "d1"}) as station:
        started(station)
        (station.folder / "assignments.yaml").write_text(
            "version: 1\ncustomers:\n  - {customer: cust-9, persona: consignee, locale: en}\nassets:\n"
            "  - {asset: a1, class: x, model: CX-200, lot: A7, devices: [d1], customer: cust-9}\n")
        station.write_config(scale=1200)  # an hour, after which a day is told for the first time, is three seconds
        station.start_daemon()
        station.wait_link()
        device = Device("d1", station.udp_port)
        check(device.upload(9.0, int(time.time())) == 204, "the reading is not acknowledged")

        def figures():
            code, out, err = console(station, "stats", "--json", "--for", "analyst", "--by", "lot", "--days", "3", "--until",
                                     day(-2))
            check(code == 0, err)
            keys = {key["key"]: key["counts"] for key in json.loads(out)["keys"]}
            return keys.get("A7", {}).get("alarms") == 1 and keys["A7"].get("cases") == 1
        wait_for("the gateway's figures", figures, LIMIT_S)

        def customers():
            code, out, err = console(station, "accounts", "--json", "--all")
            check(code == 0, err)
            return [a for a in json.loads(out)["accounts"] if a["customer"] == "cust-9" and a["state"] == "in trouble"]
        wait_for("the customer's event", customers, LIMIT_S)


def signs_from_elsewhere_count_once_and_a_wrong_line_refuses_the_file():
    with Station({"a1": "d1"}) as station:
        station.start_daemon()
        sign = {"at": "2024-05-01T12:00:00Z", "source": "reviews", "id": "4711", "sign": "complaint",
                "about": {"product": "CX-200"}, "text": "Kim writes that it is warm"}
        lines = [sign, {**sign, "id": "4712", "sign": "praise"}, {**sign, "source": "calls"}, sign]
        file = station.folder / "signs.jsonl"
        file.write_text("".join(json.dumps(line) + "\n" for line in lines))

        def imported():
            done = subprocess.run([str(w) for w in (PROGRAMS / "outrider", "voice", "import", file, "--socket", station.socket)],
                                  capture_output=True, text=True, timeout=2 * LIMIT_S)
            return done.returncode, done.stdout.strip(), done.stderr

        check(imported()[:2] == (0, "3 counted, 1 were before"), "not counted once each")
        check(imported()[:2] == (0, "0 counted, 4 were before"), "counted again")
        station.end("outriderd", 9)
        station.start_daemon()
        check(imported()[:2] == (0, "0 counted, 4 were before"), "counted again after kill -9")
        kept = b"".join(path.read_bytes() for path in station.state.iterdir() if path.is_file())
        check(b"CX-200" in kept and b"Kim writes" not in kept, "the text was kept, or nothing was")
        file.write_text(json.dumps({**sign, "id": "4713"}) + "\n" + json.dumps({**sign, "id": "4714", "sign": "bad"}) + "\n")
        code, _, err = imported()
        check(code == 1 and "signs.jsonl:2: \"sign\" is" in err, f"{code}: {err}")
        file.write_text(json.dumps({**sign, "id": "4713"}) + "\n")
        check(imported()[:2] == (0, "1 counted, 0 were before"), "a line before the wrong one was counted")


def a_proposal_is_a_pack_that_replay_can_check():
    with Station({}) as station:
        folder = station.folder
        (folder / "warm.yaml").write_text("pack: warm\nversion: 1\nrules:\n  - alert: Warm\n    expr: temperature > 8.0\n"
                                          "    for: 1m   # soon\n")
        (folder / "a.yaml").write_text("version: 1\nassets:\n  - {asset: box, class: x, devices: [d1]}\n")
        (folder / "map.yaml").write_text("format: csv\ndevice: d1\ntime: {column: t, format: rfc3339}\n"
                                         "metrics: {temperature: {column: c, unit: Cel}}\n")
        start = datetime.datetime(2024, 5, 1, 8)
        warm = [*range(20, 24), *range(60, 63), *range(100, 160)]  # two short ones, and one that is worth it
        (folder / "r.csv").write_text("t,c\n" + "".join(
            f"{(start + datetime.timedelta(minutes=i)).isoformat()}Z,{9 if i in warm else 5}\n" for i in range(240)))
        cell = {**by("rule", "warm/Warm", useful=15, wrong=15),
                "spreads": {"lasted_useful": {"sum": 54000, "bins": [0] * 8 + [15]},
                            "lasted_wrong": {"sum": 3000, "bins": [0, 0, 0, 0, 15]}}}
        (folder / "kept.jsonl").write_text(json.dumps(bucket("gw-1", 0, 1, [cell])) + "\n")
        code, out, err = console(station, "voice", "--json", "--from", folder / "kept.jsonl", "--pack", folder / "warm.yaml",
                                 "--write", folder / "new")
        check(code == 0 and "    for: 4m   # soon" in (folder / "new/warm.yaml").read_text(), out + err)
        command = json.loads(out)["checks"][0].split()
        check(command[:2] == ["outrider", "replay"] and command[-2] == "--state", f"{command}")
        data = ["--data", folder / "r.csv", "--map", folder / "map.yaml", "--assignments", folder / "a.yaml", "--json"]
        done = subprocess.run([str(w) for w in (PROGRAMS / "outrider", *command[1:-2], *data)], capture_output=True, text=True,
                              timeout=LIMIT_S)
        report = json.loads(done.stdout)["against"]
        check((report["both"], report["only_here"], report["only_there"]) == (1, 0, 2), done.stdout + done.stderr)


def without_a_broker_it_ends():
    with Station({}) as station:
        code, _, err = console(station, "stats", "--quiet", "0.2")
        check(code == 1 and "refused" in err, f"{code}: {err}")
        code, _, err = console(station, "stats", "--days", "99")
        check(code == 2, f"{code}: {err}")


if __name__ == "__main__":
    run(retained_days_are_summed_and_a_missing_gateway_is_named,
        what_one_gateway_sends_wrongly_hides_nobody,
        a_flood_of_one_cause_is_one_problem_and_known_the_next_time,
        files_say_what_the_broker_said,
        a_real_gateways_day_and_customers_reach_the_console,
        signs_from_elsewhere_count_once_and_a_wrong_line_refuses_the_file,
        a_proposal_is_a_pack_that_replay_can_check,
        without_a_broker_it_ends)
