#!/usr/bin/env python3
"""Secrets lie in files that are ours alone or are refused; no log at any level, no answer and no report of the daemon has one;
of those that were read only to be turned into something else, nothing stays in its memory; and it reaches no file that its
configuration did not name."""
import base64
import pathlib
import re
import shutil
import subprocess
import tempfile

from station import LIMIT_S, NAME, PROGRAMS, SKIPPED, Station, check, run, wait_for

PASSWORD = "correct-horse-battery-4711"


def with_password(station):
    """The broker asks for a name and a password besides the certificate."""
    (station.folder / "password").write_text(PASSWORD + "\n")
    (station.folder / "password").chmod(0o600)
    text = station.config.read_text().replace("mqtt:\n", f"mqtt:\n  username: {NAME}\n  password_file: {station.folder}/password\n")
    station.config.write_text(text)


def judged(station):
    done = subprocess.run([PROGRAMS / "outriderd", "--config", station.config, "--check-config"], capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def started(station):
    """How a start ends that is expected to be refused."""
    done = subprocess.run([PROGRAMS / "outriderd", "--config", station.config], capture_output=True, text=True, timeout=10 * LIMIT_S)
    return done.returncode, done.stdout + done.stderr


def secrets_that_others_can_read_are_refused():
    with Station({"a1": "d1"}) as station:
        with_password(station)
        station.enroll("d1")
        station.start_broker()
        station.start_daemon()
        station.end("outriderd")
        check(judged(station) == (0, "ok\n"), f"{judged(station)}")
        for path in (station.tls / f"{NAME}.key", station.folder / "password", station.keys / "d1.psk"):
            for mode in (0o640, 0o604, 0o622):
                path.chmod(mode)
                code, said = judged(station)
                check(code == 1 and path.name in said and "chmod 600" in said, f"{path.name} {mode:o}: {code} {said}")
            code, said = started(station)
            check(code == 1 and path.name in said, f"{path.name}: started all the same: {said}")
            path.chmod(0o600)
        station.keys.chmod(0o770)
        check(judged(station)[0] == 1, "others may write the folder of keys")
        station.keys.chmod(0o700)
        for name in ("actions.key", "evidence.key"):
            path = station.state / name
            check(path.stat().st_mode & 0o777 == 0o600, f"{name} was made with {path.stat().st_mode:o}")
            path.chmod(0o640)
            code, said = started(station)
            check(code == 1 and name in said, f"{name}: {code} {said}")
            path.chmod(0o600)
        for path in station.state.iterdir():
            check(path.stat().st_mode & 0o077 == 0, f"{path.name} is open to others")
        check(station.state.stat().st_mode & 0o777 == 0o700, "the state folder")


def forms(secret):
    """A secret of bytes as it might be written by mistake."""
    return [secret, secret.hex().encode(), secret.hex().upper().encode(), base64.b64encode(secret).rstrip(b"="),
            base64.urlsafe_b64encode(secret).rstrip(b"="), b" ".join(b"%02x" % byte for byte in secret)]


def secrets_of(station):
    """{name: its forms}"""
    found = {"password": [PASSWORD.encode(), base64.b64encode(PASSWORD.encode())],
             "device key": forms(bytes.fromhex((station.keys / "d1.psk").read_text())),
             "private key": [line.encode() for line in (station.tls / f"{NAME}.key").read_text().splitlines()
                             if len(line) > 20 and "-" not in line]}
    for name in ("actions.key", "evidence.key"):
        found[name] = forms((station.state / name).read_bytes())
    return found


def search(where, what, secrets):
    for name, known in secrets.items():
        check(not any(form in what for form in known), f"{name} is in {where}")


def report_by_dtls(station):
    key = (station.keys / "d1.psk").read_text().strip()
    done = subprocess.run(
        ["coap-client-openssl", "-B", str(LIMIT_S), "-m", "post", "-t", "110", "-u", "d1", "-k", bytes.fromhex(key).decode("latin-1"),
         "-e", '[{"bn":"d1/","n":"shock","u":"g","v":9}]', f"coaps://127.0.0.1:{station.dtls_port}/r"], capture_output=True)
    return done


def key_that_a_command_line_takes(station):
    """coap-client wants its key as text: one without the byte 0."""
    path = station.keys / "d1.psk"
    path.write_text(b"Zp9x-Kw2qL7vTr4s".hex() + "\n")
    path.chmod(0o600)


def memory_of(pid):
    """All that the process can write to, in pieces; what is larger than its whole budget is a sanitizer's."""
    with open(f"/proc/{pid}/maps", encoding="ascii") as maps, open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for line in maps:
            match = re.match(r"([0-9a-f]+)-([0-9a-f]+) rw", line)
            if match:
                start, end = (int(part, 16) for part in match.groups())
                if end - start > 256 << 20:
                    continue
                try:
                    memory.seek(start)
                    yield line, memory.read(end - start)
                except OSError:
                    pass


def no_secret_is_told_or_kept_for_nothing():
    if shutil.which("coap-client-openssl") is None:
        print("skipped: coap-client is not installed")
        raise SystemExit(SKIPPED)
    with Station({"a1": "d1"}) as station:
        with_password(station)
        key_that_a_command_line_takes(station)
        station.start_broker()
        station.start_console()
        station.start("outriderd", [PROGRAMS / "outriderd", "--config", station.config, "--log-level", "debug"])
        wait_for("outriderd", station.answers, 2 * LIMIT_S)
        station.wait_link()
        wait_for("a reading over DTLS", lambda: report_by_dtls(station).returncode == 0 and station.status()["devices"] > 0, 2 * LIMIT_S)
        station.wait_events(1, rule="Drop")
        secrets = secrets_of(station)
        station.ask("reload")
        check(station.status()["log_level"] == "debug", "the log says less than it could")
        told = [str(station.ask(what)) for what in ("status", "recent-log", "alarms", "assignments", "packs", "log")]
        report = station.folder / "report.txt"
        subprocess.run([PROGRAMS / "outrider", "doctor", "--config", station.config, "--out", report], check=True)
        # The text of a device's key was parsed and is needed no more; the password is sent again at each connection.
        text = {"device key": secrets["device key"][1:3]}
        password_found = False
        for where, piece in memory_of(station.processes["outriderd"].pid):
            search(f"memory: {where}", piece, text)
            password_found |= PASSWORD.encode() in piece
        check(password_found, "the search of the memory does not find what is there")
        station.end("outriderd")
        log = station.log("outriderd")
        search("the log", log.encode(), secrets)
        search("an answer", "\n".join(told).encode(), secrets)
        search("the doctor's report", report.read_bytes(), secrets)
        search("events", str(station.events).encode(), secrets)
        for path in station.state.iterdir():
            if path.is_file() and path.suffix != ".key":
                search(path.name, path.read_bytes(), secrets)


def what_is_not_named_is_not_reached():
    """The daemon's own hands are tied: a reload that points elsewhere finds the door shut, though its user may read the file."""
    with Station({"a1": "d1"}) as station, tempfile.TemporaryDirectory(prefix="outrider-elsewhere-") as elsewhere:
        pack = pathlib.Path(elsewhere) / "pack.yaml"
        pack.write_text((station.folder / "pack.yaml").read_text())
        station.start_broker()
        station.start_daemon()
        station.wait_link()
        status = pathlib.Path(f"/proc/{station.processes['outriderd'].pid}/status").read_text()
        check("\nNoNewPrivs:\t1\n" in status, "privileges can be gained")
        check("\nSeccomp:\t2\n" in status or "calls=open" in station.log("outriderd"), "no filter of system calls, and nobody says so")
        before = station.config.read_text()
        station.config.write_text(before.replace(f"{station.folder}/pack.yaml", str(pack)))
        check(judged(station) == (0, "ok\n"), "the file elsewhere is good")
        station.ask("reload")
        wait_for("the reload", lambda: station.log("outriderd").count("event=reload"), 2 * LIMIT_S)
        if "files=open" not in station.log("outriderd"):
            check("Permission denied" in station.log("outriderd"), "it read what its configuration did not name at the start")
        station.end("outriderd")
        station.config.write_text(before + "sandbox: {mode: off}\n")
        station.start_daemon()
        status = pathlib.Path(f"/proc/{station.processes['outriderd'].pid}/status").read_text()
        check("\nSeccomp:\t0\n" in status, "off is not off")


if __name__ == "__main__":
    run(secrets_that_others_can_read_are_refused, no_secret_is_told_or_kept_for_nothing, what_is_not_named_is_not_reached)
