#!/usr/bin/env python3
"""The systemd unit: nobody is on site, so that it must be tried again for ever, and not in a tight loop."""
import configparser
import re
import sys


def seconds(text):
    number, unit = re.fullmatch(r"(\d+)(ms|s|min|)", text).groups()
    return int(number) * {"ms": 0.001, "s": 1, "": 1, "min": 60}[unit]


def main(path):
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str
    with open(path, encoding="utf-8") as file:
        unit.read_file(file)
    head, service = unit["Unit"], unit["Service"]
    wrong = []
    pause = seconds(service["RestartSec"])
    if service["Restart"] not in ("on-failure", "always"):
        wrong.append("a crash is not followed by a start")
    if not 5 <= pause <= 60:
        wrong.append(f"{pause} s between two starts")
    # systemd's defaults: 5 starts within 10 s
    interval, burst = seconds(head.get("StartLimitIntervalSec", "10")), int(head.get("StartLimitBurst", "5"))
    if interval > 0 and interval >= pause * burst:
        wrong.append(f"given up after {burst} failed starts within {interval} s")
    for key in ("Wants", "After"):
        if "network-online.target" not in head.get(key, "").split():
            wrong.append(f"{key} lacks network-online.target")
    if "network-online.target" in head.get("Requires", "").split():
        wrong.append("without a network it does not start at all")
    for text in wrong:
        print(f"{path}: {text}")
    return 1 if wrong else 0


sys.exit(main(sys.argv[1]))
