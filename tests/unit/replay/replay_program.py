#!/usr/bin/env python3
"""outrider replay on small recordings: the figures it prints, the picture, and how it ends.

OUTRIDER_BIN names the folder of the programs.
"""
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree

OUTRIDER = str(pathlib.Path(os.environ["OUTRIDER_BIN"]) / "outrider")
PACK = """\
pack: p
version: 1
rules:
  - alert: Warm
    expr: temperature > LIMIT
    for: 10m
    labels: {priority: high}
    notify: {to: customer, message: m, on: [raised, cleared]}
    ticket: {queue: q}
messages: {m: {en: {raised: warm, cleared: cold}}}
"""
ASSIGNMENTS = """\
version: 1
customers: [{customer: c, persona: owner, locale: en}]
assets: [{asset: a, class: x, devices: [d], customer: c}, {asset: b, class: x, devices: [e], customer: c}]
"""
MAP = """\
format: csv
device: {column: device}
time: {column: minute, format: elapsed_s, base: 2026-03-01T00:00:00Z}
metrics: {temperature: {column: t}}
"""


class Replay(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="outrider-replay-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.write("p.yaml", PACK.replace("LIMIT", "8.0"))
        self.write("a.yaml", ASSIGNMENTS)
        self.write("m.yaml", MAP)

    def write(self, name, text):
        (self.folder / name).write_text(text)

    def rows(self, *rows):
        self.write("r.csv", "device,minute,t\n" + "".join(f"{d},{minute * 60},{t}\n" for d, minute, t in rows))

    def run_replay(self, *more, pack="p.yaml"):
        command = [OUTRIDER, "replay", "--pack", pack, "--data", "r.csv", "--map", "m.yaml", "--assignments", "a.yaml"]
        return subprocess.run(command + list(more), cwd=self.folder, capture_output=True, text=True, timeout=60)

    def figures(self, *more, **others):
        done = self.run_replay("--json", *more, **others)
        self.assertEqual((done.stderr, done.returncode), ("", 0))
        return json.loads(done.stdout)

    def test_alarms_are_counted_and_measured(self):
        temperatures = {minute: 5 for minute in range(0, 24 * 60, 5)}
        for first, last in ((60, 80), (300, 330), (600, 605)):  # the last one is too short
            temperatures.update({minute: 9 for minute in range(first, last, 5)})
        self.rows(*(("d", minute, t) for minute, t in temperatures.items()))
        got = self.figures()
        rule = got["result"]["rules"][0]
        self.assertEqual((rule["rule"], rule["alarms"], rule["open"], rule["historical"]), ("Warm", 2, 0, 0))
        self.assertEqual((rule["total_s"], rule["longest_s"]), (50 * 60, 30 * 60))
        self.assertAlmostEqual(rule["median_s"], 20 * 60, delta=0.02 * 20 * 60)
        self.assertEqual((rule["covered_percent"], rule["notices"], rule["tickets"]), (100, 4, 2))
        self.assertEqual((got["result"]["customers"], got["result"]["notices_in_one_day"]), (1, 4))
        self.assertEqual((got["from"], got["readings"]), ("2026-03-01T00:00:00Z", 288))
        self.assertNotIn("against", got)

    def test_an_alarm_that_is_open_at_the_end_counts_until_then(self):
        self.rows(("d", 0, 9), ("d", 45, 9))
        rule = self.figures()["result"]["rules"][0]
        self.assertEqual((rule["alarms"], rule["open"], rule["total_s"], rule["notices"]), (1, 1, 45 * 60, 1))

    def test_the_difference_names_what_only_one_side_raises(self):
        self.rows(*(("d", minute, 5 + minute % 120 / 20) for minute in range(0, 600, 5)))
        self.write("q.yaml", PACK.replace("LIMIT", "10.0"))
        got = self.figures("--against", "q.yaml")
        self.assertEqual((got["against"]["both"], got["against"]["only_here"], got["against"]["only_there"]), (5, 0, 0))
        self.write("q.yaml", PACK.replace("LIMIT", "10.6"))
        got = self.figures("--against", "q.yaml")["against"]
        self.assertEqual((got["both"], got["only_here"], got["only_there"]), (0, 5, 0))
        self.assertEqual(got["here"][0]["alarm"], "Warm a")
        text = self.run_replay("--against", "q.yaml").stdout
        self.assertIn("5 alarms only here, 0 only with the other packs, 0 in both", text)

    def test_the_picture_is_well_formed_and_draws_each_alarm(self):
        self.rows(("d", 0, 5), ("e", 60, 9), ("d", 100, 9), ("d", 160, 5), ("e", 200, 5), ("d", 960, 5))
        self.figures("--svg", "r.svg")
        root = xml.etree.ElementTree.parse(self.folder / "r.svg").getroot()
        name = "{http://www.w3.org/2000/svg}"
        titles = [title.text for title in root.iter(name + "title")]
        self.assertEqual(len(titles), 2)
        self.assertIn("Warm, a: about 2026-03-01T01:40:00Z to", titles[0])
        bars = [bar for bar in root.iter(name + "rect") if bar.find(name + "title") is not None]
        self.assertEqual([(bar.get("x"), bar.get("width")) for bar in bars], [("400", "61"), ("360", "141")])
        texts = " ".join("".join(text.itertext()) for text in root.iter(name + "text"))
        for wanted in ("2026-03-01", "03:00", "Warm a", "high"):
            self.assertIn(wanted, texts)

    def test_a_picture_of_nothing_says_so(self):
        self.rows(("d", 0, 5))
        self.figures("--svg", "r.svg")
        self.assertIn("nothing was raised", (self.folder / "r.svg").read_text())
        xml.etree.ElementTree.parse(self.folder / "r.svg")

    def test_rows_that_do_not_fit_are_told_and_the_rest_is_replayed(self):
        self.rows(("d", 0, 9), ("d", 10, "warm"), ("d", 20, 9))
        done = self.run_replay()
        self.assertEqual(done.returncode, 1)
        self.assertIn("r.csv:3: ", done.stderr)
        self.assertIn("2 readings in 2 uploads, 1 row refused", done.stdout)

    def test_late_rows_are_judged_in_their_place(self):
        self.rows(("d", 60, 5), ("d", 10, 9), ("d", 70, 9), ("d", 81, 9))
        rule = self.figures()["result"]["rules"][0]
        self.assertEqual((rule["alarms"], rule["longest_s"]), (2, 50 * 60))

    def test_refusals_name_their_file_and_place(self):
        self.rows(("d", 0, 9))
        self.write("bad.yaml", "pack: p\nversion: 1\nrules: [{alert: A, expr: temperature >}]\n")
        done = self.run_replay(pack="bad.yaml")
        self.assertEqual(done.returncode, 1)
        self.assertTrue(done.stderr.startswith("bad.yaml:3:"), done.stderr)
        self.write("m.yaml", MAP.replace("column: t}", "column: nowhere}"))
        done = self.run_replay()
        self.assertEqual(done.returncode, 1)
        self.assertTrue(done.stderr.startswith("m.yaml:4:"), done.stderr)
        self.write("m.yaml", MAP)
        done = self.run_replay(pack="gone.yaml")
        self.assertTrue(done.stderr.startswith("gone.yaml: cannot be opened"), done.stderr)

    def test_wrong_usage_ends_with_2(self):
        for words in ([], ["--pack", "p.yaml"], ["--pack", "p.yaml", "--data", "r.csv"], ["word"], ["--nonsense"],
                      ["--pack", "p.yaml", "--state", "s", "--memory", "none"],
                      ["--pack", "p.yaml", "--state", "s", "--from", "monday"],
                      ["--pack", "p.yaml", "--state", "s", "--data", "r.csv"]):
            done = subprocess.run([OUTRIDER, "replay", *words], capture_output=True, text=True, cwd=self.folder)
            self.assertEqual((done.returncode, done.stdout), (2, ""), words)
            self.assertIn("usage: outrider replay", done.stderr)
        done = subprocess.run([OUTRIDER, "replay", "--help"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0)

    def test_a_folder_without_a_store_is_refused(self):
        done = subprocess.run([OUTRIDER, "replay", "--pack", "p.yaml", "--state", "."], cwd=self.folder,
                              capture_output=True, text=True)
        self.assertEqual(done.returncode, 1)
        self.assertIn("outrider.db does not exist", done.stderr)

    def test_memory_does_not_grow_with_the_recording(self):
        if any(name in OUTRIDER for name in ("asan", "tsan")):
            self.skipTest("sanitizers take memory of their own")
        peaks = []
        for days in (1, 8):
            with open(self.folder / "r.csv", "w") as file:
                file.write("device,minute,t\n")
                for second in range(0, days * 86400, 5):
                    file.write(f"d,{second},{5 + second % 7200 / 1440:.2f}\n")
            done = subprocess.run(["/usr/bin/env", "python3", "-c",
                                   "import resource, subprocess, sys\n"
                                   "code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode\n"
                                   "print(code, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)\n",
                                   OUTRIDER, "replay", "--pack", "p.yaml", "--data", "r.csv", "--map", "m.yaml",
                                   "--assignments", "a.yaml", "--memory", "32"],
                                  cwd=self.folder, capture_output=True, text=True, timeout=120)
            code, peak_kib = done.stdout.split()
            self.assertEqual(code, "0")
            file_kib = (self.folder / "r.csv").stat().st_size // 1024  # mapped, and the kernel's to drop
            peaks.append(int(peak_kib) - file_kib)
        self.assertLess(abs(peaks[1] - peaks[0]), 3000)


if __name__ == "__main__":
    unittest.main()
