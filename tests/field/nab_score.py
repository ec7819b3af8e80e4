#!/usr/bin/env python3
"""tests/field/nab_score.py: the anomaly score over four recordings of the Numenta Anomaly Benchmark (NAB).

Each row whose score reaches the threshold is a detection. Scored as NAB publishes it: in a window the earliest detection
counts, by a sigmoid over its place in the window; a window without one costs A_FN; every detection outside costs A_FP,
less shortly behind a window; the first 15 % of the rows (at most 750) are not scored. 0 is a detector that stays silent,
100 one that finds every window at its beginning and nothing else.

The parameters of the score were fixed on two of the recordings; these must stay above the floor. The other two are
reported. OUTRIDER_FIELD_DATA: the folder of the recordings. OUTRIDER_TESTS: the folder of nab_detect.
Exit: 0 as expected, 1 not, 77 skipped because OUTRIDER_FIELD_DATA is not set.
"""
import csv
import math
import os
import pathlib
import subprocess
import sys

SKIPPED = 77
THRESHOLD = 0.99
# profile: A_FP, A_FN; A_TP is 1
PROFILES = {"standard": (0.11, 1.0), "low FP": (0.22, 1.0), "low FN": (0.11, 2.0)}
# recording: floor of the standard score or None, and the labelled windows, ends included
RECORDINGS = {
    "machine_temperature_system_failure": (78, [
        ("2013-12-10 06:25:00", "2013-12-12 05:35:00"), ("2013-12-15 17:50:00", "2013-12-17 17:00:00"),
        ("2014-01-27 14:20:00", "2014-01-29 13:30:00"), ("2014-02-07 14:55:00", "2014-02-09 14:05:00")]),
    "speed_7578": (90, [
        ("2015-09-11 15:34:00", "2015-09-11 17:54:00"), ("2015-09-15 13:26:00", "2015-09-15 15:54:00"),
        ("2015-09-16 13:04:00", "2015-09-16 15:20:00"), ("2015-09-16 16:00:00", "2015-09-16 18:20:00")]),
    "TravelTime_387": (None, [
        ("2015-07-27 10:56:00", "2015-07-31 18:01:00"), ("2015-08-17 11:51:00", "2015-08-20 01:54:00"),
        ("2015-08-31 15:44:00", "2015-09-01 13:06:00")]),
    "occupancy_6005": (None, [("2015-09-14 17:45:00", "2015-09-15 17:24:00")]),
}


def sigmoid(place):
    """Near 1 at a window's first row (-1), 0 at its end, near -1 one width behind it; -1 far from any."""
    return -1.0 if place >= 3 else 2 / (1 + math.exp(5 * place)) - 1


def not_scored(rows):
    return min(rows * 15 // 100, 750)


def reward(row, window):
    first, last = window
    return sigmoid(-(last - row + 1) / (last - first + 1)) / sigmoid(-1)


def penalty(row, windows):
    """Of a detection outside: a number from 0 to -1."""
    before = [w for w in windows if w[1] < row]
    if not before:
        return -1.0
    first, last = before[-1]
    return sigmoid((row - last) / (last - first))


def score(detections, windows, rows, profile):
    """0 for silence, 100 for perfection. detections: row numbers; windows: (first, last) rows."""
    cost_false, cost_missed = PROFILES[profile]
    counted = [row for row in detections if row >= not_scored(rows)]
    total = 0.0
    for first, last in windows:
        inside = [row for row in counted if first <= row <= last]
        total += reward(inside[0], (first, last)) if inside else -cost_missed
    for row in counted:
        if not any(first <= row <= last for first, last in windows):
            total += cost_false * penalty(row, windows)
    silence = -cost_missed * len(windows)
    return 100 * (total - silence) / (len(windows) - silence)


def check_scorer():
    """The scorer against cases that can be worked out by hand."""
    windows = [(200, 299), (600, 699)]
    assert score([], windows, 1000, "standard") == 0
    assert abs(score([200, 600], windows, 1000, "standard") - 100) < 1e-9
    assert score([200, 250, 299, 600], windows, 1000, "standard") == score([200, 600], windows, 1000, "standard")
    assert score([100, 149], windows, 1000, "low FN") == 0  # not scored
    # a false alarm before every window costs A_FP in full: 0.11 of a span of 4
    assert abs(score([150], windows, 1000, "standard") + 100 * 0.11 / 4) < 1e-9
    assert abs(score([150], windows, 1000, "low FP") + 100 * 0.22 / 4) < 1e-9
    assert abs(score([200], windows, 1000, "standard") - 50) < 1e-9
    # half a width behind a window: 2 / (1 + e^2.5) - 1 = -0.848
    assert abs(penalty(299 + 49.5, windows) + 0.8483) < 1e-4
    assert not_scored(1000) == 150 and not_scored(22695) == 750


def rows_of(path):
    with open(path, newline="") as file:
        return [row["timestamp"] for row in csv.DictReader(file)]


def detections_of(path):
    program = pathlib.Path(os.environ["OUTRIDER_TESTS"]) / "nab_detect"
    lines = subprocess.run([str(program), str(path)], check=True, capture_output=True, text=True).stdout.split()
    scores = [float(line) for line in lines]
    assert all(0 <= s <= 1 for s in scores)
    return [row for row, s in enumerate(scores) if s >= THRESHOLD], len(scores)


def report(name, path):
    floor, labels = RECORDINGS[name]
    stamps = rows_of(path)
    windows = [(stamps.index(first), stamps.index(last)) for first, last in labels]
    detections, rows = detections_of(path)
    assert rows == len(stamps)
    counted = [row for row in detections if row >= not_scored(rows)]
    inside = [row for row in counted if any(first <= row <= last for first, last in windows)]
    found = sum(any(first <= row <= last for row in counted) for first, last in windows)
    scores = {profile: score(detections, windows, rows, profile) for profile in PROFILES}
    print(f"{name}: " + ", ".join(f"{profile} {value:.1f}" for profile, value in scores.items()) +
          f"; windows found {found} of {len(windows)}, detections inside {len(inside)}, "
          f"outside {len(counted) - len(inside)}, {'fixed on it' if floor is not None else 'not seen before'}")
    if floor is not None and scores["standard"] < floor:
        print(f"  below its floor of {floor}")
        return False
    return True


def main():
    check_scorer()
    data = os.environ.get("OUTRIDER_FIELD_DATA")
    if not data:
        print("skipped: OUTRIDER_FIELD_DATA is not set")
        return SKIPPED
    results = [report(name, pathlib.Path(data) / "nab" / f"{name}.csv") for name in RECORDINGS]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
