#!/usr/bin/env python3
"""What the console says of itself: each verb's help has its exit codes; man pages and completion are made of it."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(os.environ["OUTRIDER_SOURCE"])
PROGRAM = pathlib.Path(os.environ["OUTRIDER_BIN"]) / "outrider"


def check(condition, what):
    if not condition:
        sys.exit(what)


def run(*words):
    return subprocess.run([str(word) for word in words], capture_output=True, text=True, timeout=60)


def completed(folder, *words):
    script = (f"source <({PROGRAM} completion bash); COMP_WORDS=({PROGRAM} {' '.join(words)}); "
              f"COMP_CWORD={len(words)}; _outrider; printf '%s\\n' \"${{COMPREPLY[@]}}\"")
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=60,
                          env={**os.environ, "XDG_CONFIG_HOME": str(folder)})
    return done.stdout.split()


def main():
    verbs = [m[1] for m in re.finditer(r"^  ([a-z][a-z-]*) {2,}\S", run(PROGRAM, "--help").stdout, re.M)]
    check(len(verbs) > 30 and "top" in verbs, f"verbs: {verbs}")
    check(verbs == sorted(verbs), "verbs are by name")
    for verb in verbs:
        done = run(PROGRAM, verb, "--help")
        check(done.returncode == 0 and done.stdout.startswith(("usage: outrider", "usage:")), f"{verb}: {done.stdout}{done.stderr}")
        check(re.search(r"^exit: 0 ", done.stdout, re.M), f"{verb} does not say its exit codes")
    for words, reason in (  # none of them comes as far as a gateway
            (("ack", "ab12"), "the begin of an id has 6 digits or more"), (("ack", "Drop"), "a rule needs an asset behind it"),
            (("ack",), "expected an alarm, or a rule and an asset"), (("shelve", "Drop", "box"), "expected for SPAN or until TIME"),
            (("ack", "Drop", "box", "now"), "more words than it takes"), (("desk", "promised", "ab1"), "4 digits or more"),
            (("alarms", "x"), "it takes no words"), (("log", "201"), "from 1 to 200"), (("resend", "x"), "two times"),
            (("stage",), "expected one file"), (("rehearse", "p", "x"), "perhaps shadow"), (("replace", "a"), "the old device"),
            (("devices", "a", "b"), "one device"), (("explain", "xyz"), "not the begin of an id"), (("evidence", "a", "b"), "one shipment"),
            (("desk", "begged", "ab12"), "nothing a desk does"), (("do", "ab12"), "expected a case and a remedy")):
        done = run(PROGRAM, *words)
        check(done.returncode == 2 and reason in done.stderr, f"{words}: {done.stderr}")
    with tempfile.TemporaryDirectory() as folder:
        done = run(SOURCE / "tools/manpages", PROGRAM, folder)
        check(done.returncode == 0, done.stderr)
        pages = sorted(path.name for path in pathlib.Path(folder).iterdir())
        check(pages == sorted(["outrider.1", *(f"outrider-{verb}.1" for verb in verbs)]), f"{pages}")
        for page in pathlib.Path(folder).iterdir():
            text = page.read_text()
            check(all(f".SH {title}" in text for title in ("NAME", "SYNOPSIS", "DESCRIPTION", "EXIT STATUS")), page.name)
            if shutil.which("groff"):
                done = run("groff", "-man", "-Tutf8", "-ww", "-z", page)
                check(not done.stderr, f"{page.name}: {done.stderr}")
        check(completed(folder, "fl") == ["fleet"], "a verb is completed")
        check("--every" in completed(folder, "history", "--"), "an option is completed")
        contexts = pathlib.Path(folder) / "outrider"
        contexts.mkdir()
        (contexts / "contexts.yaml").write_text("contexts: {plant: {broker: mqtts://a}, bench: {broker: mqtts://b}}\n")
        check(sorted(completed(folder, "fleet", "--context", "''")) == ["bench", "plant"], "contexts are completed")


main()
