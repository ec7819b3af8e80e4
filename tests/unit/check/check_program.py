#!/usr/bin/env python3
"""outrider check: what a pack costs, what it warns of and where, and how it ends.

OUTRIDER_BIN names the folder of the programs.
"""
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

OUTRIDER = str(pathlib.Path(os.environ["OUTRIDER_BIN"]) / "outrider")
ASSIGNMENTS = """\
version: 1
customers:
  - {customer: c1, persona: owner, locale: fr-CA}
  - {customer: c2, persona: owner, locale: de-AT}
assets:
  - {asset: a, class: box, limit: {temperature_max: 8.0}, places: {home: {latitude: 1.0, longitude: 2.0, radius: 9}},
     devices: [d], customer: c1}
  - {asset: b, class: box, devices: [e], customer: c2}
"""
TEXT = "{line: l, brief: b, happened: h, means: m, doing: d, you: y}"


class Check(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="outrider-check-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.write("a.yaml", ASSIGNMENTS)

    def write(self, name, text):
        (self.folder / name).write_text(text)

    def pack(self, rules, messages=""):
        self.write("p.yaml", "pack: p\nversion: 1\nrules:\n" + "".join(f"  - {{{rule}}}\n" for rule in rules) +
                   (f"messages:\n{messages}" if messages else ""))

    def check(self, *words):
        done = subprocess.run([OUTRIDER, "check", *words], cwd=self.folder, capture_output=True, text=True, timeout=60)
        return done.returncode, done.stdout, done.stderr

    def warnings(self, *words):
        code, out, warnings = self.check(*words)
        self.assertEqual(code, 0, warnings)
        self.assertIn("p.yaml: ok, pack/p", out)
        return [line.replace("p.yaml:", "") for line in warnings.splitlines()]

    def test_a_pack_without_faults_is_silent_even_when_strict(self):
        self.pack(["alert: A, expr: temperature > asset.limit.temperature_max, notify: {to: customer, message: m}"],
                  f"  m: {{en: {{raised: {TEXT}}}, de: {{raised: {TEXT}}}, fr: {{raised: {TEXT}}}}}\n")
        self.assertEqual(self.warnings("--strict", "--assignments", "a.yaml", "p.yaml"), [])

    def test_a_time_zone_that_this_machine_does_not_know_is_refused_at_its_name(self):
        self.write("z.yaml", ASSIGNMENTS.replace("locale: de-AT", "zone: Europe/Atlantis"))
        code, out, why = self.check("--assignments", "z.yaml")
        self.assertEqual((code, out), (1, ""))
        self.assertTrue(why.startswith("z.yaml:4:42: time zone Europe/Atlantis: "), why)
        self.assertIn("tzdata", why)
        self.write("z.yaml", ASSIGNMENTS.replace("locale: de-AT", "zone: Europe/Vienna"))
        self.assertEqual(self.check("--assignments", "z.yaml"), (0, "z.yaml: ok, assignments, 2 assets\n", ""))

    def test_memory_and_evaluations_follow_the_rules(self):
        self.pack(["alert: A, expr: temperature > 8.0"])
        _, one, _ = self.check("p.yaml")
        self.pack(["alert: A, expr: temperature > 8.0", "alert: B, expr: temperature > 9.0 && humidity > 5.0",
                   "alert: C, silent_for: 1h", 'alert: D, match: asset.class == "other", expr: temperature > 1.0'])
        _, four, _ = self.check("p.yaml")
        _, bound, _ = self.check("--assignments", "a.yaml", "p.yaml")
        pattern = r"memory: (\d+) bytes an asset \((\d+) rules?\), (\d+) bytes a device \((\d+) metrics?\)"
        small, large = ([int(n) for n in re.search(pattern, text).groups()] for text in (one, four))
        self.assertEqual((small[1], small[3], large[1], large[3]), (1, 1, 4, 2))
        self.assertGreater(large[0], small[0])
        self.assertEqual(large[2], 2 * small[2])
        self.assertIn("a reading has rules evaluated: temperature 1\n", one)
        self.assertIn("a reading has rules evaluated: temperature 3, humidity 1\n", four)
        self.assertIn("a reading has rules evaluated: temperature 2, humidity 1\n", bound)
        self.assertIn("of 2 assets it watches 2: ", bound)

    def test_what_rules_do_by_themselves_is_listed(self):
        self.pack(["alert: A, expr: door, do: {command: boost, value: true, at_most: 3 per 1d, every: 30m, unless: fault == 'E1', "
                   "device: cooler, wait: 10m, shadow: false}",
                   "alert: B, expr: door, do: {command: level, value: 2.5, at_most: 1 per 1h}"])
        _, out, _ = self.check("p.yaml")
        self.assertIn("  do: A gives boost = true to the cooler, at most 3 per 1d, no two closer than 30m, interlocked; "
                      "people are told after 10m\n", out)
        self.assertIn("  do: B gives level = 2.5, at most 1 per 1h; in shadow: never sent\n", out)

    def test_commands_that_the_assignments_do_not_allow_are_named(self):
        self.pack(["alert: A, expr: door, do: {command: boost, value: true, at_most: 3 per 1d}"])
        self.write("a.yaml", "version: 1\nassets: [{asset: a, class: box, devices: [d]}]\n")
        self.assertEqual(self.warnings("--assignments", "a.yaml", "p.yaml"),
                         ["4:1: warning: the rule A cannot do boost on a: a has no profile that allows commands"])
        self.write("a.yaml", "version: 1\nprofiles: {p: {commands: {boost: {kind: bool}}}}\n"
                   "assets: [{asset: a, class: box, devices: [d], profile: p}]\n")
        self.assertEqual(self.warnings("--assignments", "a.yaml", "p.yaml"), [])

    def test_missing_languages_are_named_at_their_message(self):
        self.pack(["alert: A, expr: door, notify: {to: desk, message: m}", "alert: B, expr: door, notify: {to: desk, message: n}"],
                  "  m: {en: {raised: x}, de: {raised: y}}\n  n: {en: {raised: x}}\n")
        self.assertEqual(self.warnings("p.yaml"),
                         ["8:3: warning: the message n is not in de, which other messages of the pack have"])

    def test_languages_of_customers_are_looked_for_with_assignments(self):
        self.pack(["alert: A, expr: door, notify: {to: customer, message: m}",
                   "alert: B, expr: door, notify: {to: desk, message: n}"],
                  f"  m: {{en: {{raised: {TEXT}}}, de: {{raised: {TEXT}}}}}\n  n: {{en: {{raised: x}}, de: {{raised: y}}}}\n")
        self.assertEqual(self.warnings("p.yaml"), [])
        self.assertEqual(self.warnings("--assignments", "a.yaml", "p.yaml"),
                         ["7:3: warning: the message m is not in fr-CA, which customers of the assignments read; "
                          "they get en"])

    def test_a_message_that_nothing_tells_is_named(self):
        self.pack(["alert: A, expr: door"], "  m: {en: {raised: x}}\n")
        self.assertEqual(self.warnings("p.yaml"), ["6:3: warning: no rule tells the message m"])

    def said(self, messages, rest="", to="customer"):
        self.write("p.yaml", f"pack: p\nversion: 1\nrules:\n  - {{alert: A, expr: door && cargo.temperature > 1.0, "
                             f"notify: {{to: {to}, message: m}}{rest}}}\nmessages:\n  m:\n{messages}")

    def too_long(self, messages):
        self.said(messages)
        code, _, errors = self.check("p.yaml")
        self.assertEqual(code, 1)
        return [line for line in errors.splitlines() if "warning" not in line]

    def test_a_line_has_at_most_60_characters_as_read(self):
        fits = "{{ asset.name }}" + "é" * 36
        self.said(f"    en: {{raised: {{line: '{fits}', happened: h}}}}\n", to="desk")
        self.assertEqual(self.warnings("p.yaml"), [])
        self.assertEqual(self.too_long(f"    en: {{raised: {{line: '{fits}é', happened: h}}}}\n"),
                         ["p.yaml:7:18: m/en/raised: line has 61 characters, at most 60"])

    def test_quantities_and_moments_are_measured_as_they_are_read(self):
        self.assertEqual(self.too_long("    en:\n      raised:\n        happened: h\n        line: |\n          " + "x" * 60 +
                                       " {{ cargo.temperature | Cel }} {{ onset }} {{ asset.promised | time }}\n"),
                         ["p.yaml:9:9: m/en/raised: line has 95 characters, at most 60"])

    def test_what_the_desk_says_is_measured_and_looked_for_in_each_language(self):
        self.pack(["alert: A, expr: door"])
        pack = (self.folder / "p.yaml").read_text()
        self.write("p.yaml", pack + "remedies:\n  swap:\n    roles: [desk, engineer]\n    claim: true\n"
                   "    do: {command: boost, value: true, at_most: 1 per 1d}\n"
                   f"    texts: {{en: {{line: {'x' * 61}, text: t}}, de: 'Für {{{{ asset.lot }}}}'}}\n"
                   f"resolutions: {{repaired: {{en: {{brief: {'x' * 161}, text: t}}}}}}\n"
                   f"promises: {{callback: {{en: {'x' * 33}, de: ein Anruf}}}}\n")
        code, out, errors = self.check("--locales", "en,de", "p.yaml")
        self.assertEqual(code, 1)
        self.assertIn("  remedy: swap, by desk or engineer, at most 1 a case, a claim to claims, gives boost = true, "
                      "at most 1 per 1d\n  resolutions: repaired\n  promises: callback\n", out)
        self.assertEqual([re.sub(r"p.yaml:", "", line) for line in errors.splitlines()],
                         ["10:17: swap/en: line has 61 characters, at most 60",
                          "10:101: warning: swap/de: {{ asset.lot }} is in this text and not in the English one",
                          "11:15: warning: repaired: it is not in de",
                          "11:30: repaired/en: brief has 161 characters, at most 160",
                          "12:27: callback/en: 33 characters, at most 32"])

    def test_briefs_full_texts_and_each_persona_are_measured(self):
        long = "x" * 161
        errors = self.too_long(f"    en: {{raised: {{brief: {long}, happened: h}}, for: {{shipper: {{raised: "
                               f"{{brief: {long}, happened: h}}}}}}}}\n    de: {{raised: {{happened: {'x' * 1500}, "
                               f"you: {'x' * 1000}}}}}\n")
        self.assertEqual([re.sub(r"p.yaml:\d+:\d+: ", "", error) for error in errors],
                         ["m/en/raised: brief has 161 characters, at most 160",
                          "m/en/shipper/raised: brief has 161 characters, at most 160",
                          "m/de/raised: all of it has 2501 bytes, at most 2000"])

    def test_cards_are_measured_and_sent_by_a_rule(self):
        self.said("    en: {raised: r}\n", to="desk")
        self.write("p.yaml", (self.folder / "p.yaml").read_text() + f"cards: {{c: {{texts: {{en: {'x' * 301}}}}}}}\n")
        code, _, errors = self.check("p.yaml")
        self.assertEqual(code, 1)
        self.assertEqual(errors.splitlines(), ["p.yaml:8:9: warning: c: no rule sends this card",
                                               "p.yaml:8:25: c/en: 301 characters, at most 300"])

    def test_locales_asked_for_are_looked_for_in_messages_and_cards(self):
        self.said("    en: {raised: r}\n    de: {raised: r}\n", to="desk")
        self.assertEqual(self.warnings("--locales", "en,de-AT,fr", "p.yaml"), ["6:3: warning: m: it is not in fr"])

    def test_placeholders_are_those_of_the_english_text(self):
        self.said("    en: {raised: 'at {{ onset }}'}\n    de: {raised: 'in {{ place }}'}\n", to="desk")
        self.assertEqual(self.warnings("p.yaml"),
                         ["8:18: warning: m/de/raised: {{ onset }} is in the English text and not in this one",
                          "8:18: warning: m/de/raised: {{ place }} is in this text and not in the English one"])

    def test_plural_forms_are_those_of_the_language(self):
        self.said("    en: {raised: '{{ count | other: \"# boxes\" }}'}\n"
                  "    zh: {raised: '{{ count | other: \"# 箱\" }}'}\n"
                  "    pl: {raised: '{{ count | one: \"#\" | other: \"#\" }}'}\n", to="desk")
        self.assertEqual(self.warnings("p.yaml"),
                         ["7:18: warning: m/en/raised: {{ count }} lacks the plural form one, which the language needs",
                          "9:18: warning: m/pl/raised: {{ count }} lacks the plural form few, which the language needs",
                          "9:18: warning: m/pl/raised: {{ count }} lacks the plural form many, which the language needs"])

    def test_a_customer_is_told_more_than_what_happened(self):
        self.said("    en: {raised: {happened: h, you: y}}\n")
        self.assertEqual(self.warnings("p.yaml"), ["7:18: warning: m/en/raised: it is told with no line, brief, means, doing"])

    def test_texts_that_blame_the_reader_are_named(self):
        self.said("    en: {raised: You forgot it.}\n    de: {raised: Das war Ihr Fehler.}\n"
                  "    fr: {raised: Par votre faute.}\n    es: {raised: Por su culpa.}\n    zh: {raised: 您忘记了。}\n", to="desk")
        self.assertEqual([line.split("raised: ")[1] for line in self.warnings("p.yaml")],
                         [f'"{words}" blames the reader' for words in
                          ("you forgot", "ihr fehler", "par votre faute", "por su culpa", "您忘记")])

    def test_a_persona_that_nobody_is_is_named(self):
        self.said("    en: {raised: r}\n", to="[owner, pharmacist]")
        self.assertIn("4:1: warning: A: it tells a pharmacist, and no reader of the assignments is one",
                      self.warnings("--assignments", "a.yaml", "p.yaml"))

    def test_rules_that_watch_nothing_are_named_with_the_reason(self):
        self.pack(['alert: A, match: asset.class == "lorry", expr: door', "alert: B, expr: shock > asset.limit.shock_max",
                   "alert: C, expr: temperature > asset.limit.temperature_max"])
        self.assertEqual(self.warnings("p.yaml"), [])
        self.assertEqual(self.warnings("p.yaml", "--assignments", "a.yaml"),
                         ["4:1: warning: the rule A watches nothing: its match holds for none of 2 assets",
                          "5:1: warning: the rule B watches nothing: a, the first asset that it matches, has no "
                          "asset.limit.shock_max"])

    def test_a_limit_with_a_default_watches(self):
        self.write("p.yaml", "pack: p\nversion: 1\ndefaults: {limit: {shock_max: 30.0}}\nrules:\n"
                             "  - {alert: B, expr: shock > asset.limit.shock_max}\n")
        self.assertEqual(self.warnings("--strict", "--assignments", "a.yaml", "p.yaml"), [])

    def test_a_place_that_no_asset_has_is_named(self):
        self.pack(['alert: A, expr: location.distance("depot") < 5.0', 'alert: B, expr: location.inside("home")'])
        self.assertEqual(self.warnings("p.yaml", "--assignments", "a.yaml"),
                         ["4:1: warning: the rule A never decides: no asset that it watches has a place depot"])

    def test_a_role_that_no_device_has_is_named(self):
        self.pack(["alert: A, expr: cargo.temperature > 8.0", "alert: B, expr: crago.temperature.avg('1h') > 8.0",
                   "alert: C, expr: temperature > 8.0"])
        self.write("r.yaml", "version: 1\nassets: [{asset: a, class: box, devices: [{device: d, role: cargo}, e]}]\n")
        self.assertEqual(self.warnings("p.yaml"), [])
        self.assertEqual(self.warnings("p.yaml", "--assignments", "r.yaml"),
                         ["5:1: warning: the rule B reads the role crago, which no device of the assets that it watches has"])

    def test_functions_over_the_past_take_memory(self):
        self.pack(['alert: A, expr: temperature.avg("10m") > 8.0'])
        _, one, _ = self.check("p.yaml")
        self.pack(['alert: A, expr: temperature.avg("10m") > 8.0', 'alert: B, expr: temperature.avg("10m") > 9.0'])
        _, same, _ = self.check("p.yaml")
        of_it = re.compile(r"(\d+) of it for functions over the past")
        self.assertGreater(int(of_it.search(one).group(1)), 100)
        self.assertEqual(of_it.search(one).group(1), of_it.search(same).group(1))

    def test_strict_makes_warnings_fail(self):
        self.pack(["alert: A, expr: door"], "  m: {en: {raised: x}}\n")
        self.assertEqual(self.check("p.yaml")[0], 0)
        self.assertEqual(self.check("--strict", "p.yaml")[0], 1)

    def test_test_files_are_checked_against_their_packs(self):
        self.pack(["alert: A, expr: door"])
        test = "packs: p.yaml\nassignments: a.yaml\nstart: 2026-03-01T08:00:00Z\ntests:\n  - name: t\n    given: []\n"
        self.write("p.test.yaml", test + "    expect: {alarms: []}\n")
        self.assertEqual(self.check("p.test.yaml", "p.yaml")[0], 0)
        self.write("p.test.yaml", test + "    expect: {alarms: [{rule: B}]}\n")
        code, out, errors = self.check("p.test.yaml", "p.yaml")
        self.assertEqual(code, 1)
        self.assertIn("p.test.yaml:7:23: no pack has a rule B", errors)
        self.assertIn("p.yaml: ok", out)

    JOURNEY_PACK = ("alert: A, expr: door, notify: {to: [customer, driver], message: m, card: c}, ticket: {queue: q}",
                    f"  m: {{en: {{raised: {TEXT}}}}}\n  n: {{de: {{raised: {TEXT}}}, en: {{raised: {TEXT}}}}}\n"
                    "cards: {c: {texts: {en: t, de: t}}}\n")
    STEP = ("  - step: s\n    on_stage: {rule: A, message: m, card: c, told_within: 5m, to: driver}\n"
            "    backstage: {queue: q, owner: o, rules: [A]}\n")

    def journey(self, steps, *words, name="p"):
        self.pack([self.JOURNEY_PACK[0]], self.JOURNEY_PACK[1])
        self.write("j.yaml", f"journey: j\npack: {name}\nsteps:\n{steps}")
        code, out, errors = self.check("--journey", "j.yaml", *words, "p.yaml")
        found = [line.replace("j.yaml:", "") for line in errors.splitlines() if line.startswith("j.yaml:")]
        self.assertEqual(code, 1 if found else 0, errors)
        self.assertEqual("j.yaml: ok" in out, not found)
        return found

    def test_a_journey_that_its_packs_tell_is_ok(self):
        self.assertEqual(self.journey(self.STEP, "--locales", "en"), [])

    def test_a_journey_asks_for_what_no_pack_does(self):
        for old, new, found in [
                ("", "", "5:34: the message m is missing in de"),
                ("rule: A,", "", "5:15: the step s has no rule that tells it"),
                ("rule: A,", "rule: Aa,", "5:22: no pack has a rule Aa; did you mean A?"),
                ("message: m, ", "", "5:15: the step s has no text: give it a message"),
                ("message: m", "message: n", "5:34: the rule A tells the message m, not n"),
                ("card: c", "card: d", "5:43: the rule A sends no card d"),
                ("told_within: 5m, ", "", "5:15: the step s has no goal: give it told_within"),
                (", to: driver", "", "5:15: the step s has no reader: give it to"),
                ("to: driver", "to: shipper", "5:67: the rule A does not tell shipper"),
                ("owner: o, ", "", "6:16: the step s has no owner"),
                ("queue: q", "queue: z", "6:24: no pack has a queue z"),
                ("rules: [A]", "rules: [A, B]", "6:48: no pack has a rule B; did you mean A?"),
                ("    backstage: {queue: q, owner: o, rules: [A]}\n", "", "4:5: the step s has no owner")]:
            with self.subTest(found):
                self.assertIn(found, self.journey(self.STEP.replace(old, new) if old else self.STEP))
        self.assertIn("2:7: the pack other is not among those that are checked", self.journey(self.STEP, name="other"))

    def test_a_journey_that_is_no_journey_is_refused_at_its_place(self):
        self.assertEqual(self.journey("  - step: s\n    stage: {}\n"),
                         ["5:5: unknown key stage"])

    def test_the_shipped_journeys_are_told_by_the_shipped_packs(self):
        rules = pathlib.Path(__file__).resolve().parents[3] / "rules"
        maps = sorted((rules / "journeys").glob("*.yaml"))
        self.assertGreaterEqual(len(maps), 3)
        for path in maps:
            packs = re.search(r"^packs: \[(.*)\]$", path.read_text(), re.M).group(1).split(", ")
            code, out, errors = self.check("--journey", str(path), *(str(rules / "packs" / f"{name}.yaml") for name in packs))
            self.assertIn(f"{path}: ok", out, errors)
            self.assertEqual(code, 0, errors)

    def test_wrong_usage_ends_with_2(self):
        self.assertEqual(self.check()[0], 2)
        self.assertEqual(self.check("--strict")[0], 2)
        self.assertEqual(self.check("--nonsense", "p.yaml")[0], 2)


if __name__ == "__main__":
    unittest.main()
