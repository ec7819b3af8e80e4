#!/usr/bin/env python3
"""mutants.py BUILD ROWS.py...: shows that tests notice mistakes.

A row of ROWS names a test program (and perhaps which of its cases to run), a source file, a text that stands in it exactly
once, and what to put in its place.
For each row the changed file alone is compiled, as the build does it, and linked before the libraries of the test, so that
it takes the place of theirs. The test must then fail; to crash or to hang for a minute is to fail too. Rows with long=True
run with OUTRIDER_LONG only. A row that no longer fits its source is a failure: rows follow the code. OUTRIDER_EVERY=N
compiles and runs each N-th row only; the others must still fit.
"""
import concurrent.futures
import functools
import importlib.util
import json
import os
import shlex
import subprocess
import sys
import threading
import time

root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
MINUTE = 60


def load_rows(path):
    spec = importlib.util.spec_from_file_location("rows", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.ROWS


def read_compile_commands(build):
    with open(os.path.join(build, "compile_commands.json"), encoding="utf-8") as file:
        return {entry["file"]: entry for entry in json.load(file)}


@functools.lru_cache(maxsize=None)
def link_command(build, target):
    """The arguments that link a test, from the first of the compiler on."""
    lines = subprocess.run(["ninja", "-C", build, "-t", "commands", target], capture_output=True, text=True,
                           check=True).stdout.strip().split("\n")
    words = shlex.split(lines[-1])
    return words[words.index("&&") + 1:len(words) - words[::-1].index("&&") - 1]


def fails(command, environment):
    """Whether the test fails; its first case that does ends it."""
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as test:
        timer = threading.Timer(MINUTE, test.kill)
        timer.start()
        failed = any(b"[  FAILED  ]" in line for line in test.stderr)
        timer.cancel()
        if failed:
            test.kill()
        return test.wait() != 0 or failed


class Mutant:
    def __init__(self, build, commands, number, row):
        self.build = build
        self.commands = commands
        self.number = number
        self.row = row
        self.folder = os.path.join(build, "mutants", os.path.splitext(os.path.basename(sys.argv[2]))[0], str(number))

    def fit(self):
        with open(os.path.join(root, self.row["file"]), encoding="utf-8") as file:
            count = file.read().count(self.row["old"])
        return f"the text stands in {self.row['file']} {count} times" if count != 1 else None

    def compile(self):
        source = os.path.join(root, self.row["file"])
        with open(source, encoding="utf-8") as file:
            text = file.read()
        os.makedirs(self.folder, exist_ok=True)
        changed = os.path.join(self.folder, os.path.basename(source))
        with open(changed, "w", encoding="utf-8") as file:
            file.write(text.replace(self.row["old"], self.row["new"]))
        entry = self.commands[source]
        words = [changed if word == source else word for word in shlex.split(entry["command"])]
        words[words.index("-o") + 1] = os.path.join(self.folder, "mutant.o")
        done = subprocess.run(words + ["-w"], cwd=entry["directory"], capture_output=True, text=True, check=False)
        return "does not compile: " + done.stderr[:500] if done.returncode != 0 else None

    def link(self):
        words = list(link_command(self.build, self.row["test"]))
        words[words.index("-o") + 1] = os.path.join(self.folder, "test")
        first = next(i for i, word in enumerate(words) if word.endswith(".o"))
        words.insert(first, os.path.join(self.folder, "mutant.o"))
        done = subprocess.run(words, cwd=self.build, capture_output=True, text=True, check=False)
        return "does not link: " + done.stderr[:500] if done.returncode != 0 else None

    def run(self):
        """None when the test noticed it, else what is wrong."""
        wrong = self.fit() or self.compile() or self.link()
        if wrong is not None:
            return wrong
        environment = dict(os.environ, OUTRIDER_SOURCE=root)
        environment.pop("OUTRIDER_LONG", None)
        environment.pop("OUTRIDER_SEED", None)
        command = [os.path.join(self.folder, "test")] + self.row.get("cases", [])
        return None if fails(command, environment) else "not noticed"


def main():
    build = os.path.abspath(sys.argv[1])
    if not os.path.exists(os.path.join(build, "build.ninja")):
        print("skipped: the build was not made with ninja")
        return 77
    commands = read_compile_commands(build)
    rows = [row for path in sys.argv[2:] for row in load_rows(path)]
    if os.environ.get("OUTRIDER_LONG") is None:
        rows = [row for row in rows if not row.get("long")]
    every = int(os.environ.get("OUTRIDER_EVERY", "1"))
    start = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        mutants = [Mutant(build, commands, number, row) for number, row in enumerate(rows)]
        failures = 0
        runs = pool.map(lambda mutant: mutant.run() if mutant.number % every == 0 else mutant.fit(), mutants)
        for row, wrong in zip(rows, runs):
            failures += wrong is not None
            if wrong is not None:
                print(f"{row['file']}: {row['what']}: {wrong}", flush=True)
    ran = (len(rows) + every - 1) // every
    print(f"{len(rows)} mutants, {ran} of them ran, {failures} not noticed, {time.monotonic() - start:.0f} s")
    return 1 if failures > 0 or not rows else 0


sys.exit(main())
