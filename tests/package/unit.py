#!/usr/bin/env python3
"""The service's unit: systemd knows all that it says, and rates what it may do below 2.0 of 10."""
import re
import shutil
import subprocess
import sys

from package import SOURCE, check, run, skip

EXPOSURE_MAX = 2.0


def main():
    if shutil.which("systemd-analyze") is None:
        skip("systemd-analyze is not installed")
    unit = SOURCE / "agent/daemon/outriderd.service"
    said = subprocess.run(["systemd-analyze", "verify", "--man=no", str(unit)], capture_output=True, text=True)
    complaints = [line for line in said.stderr.splitlines() if "outriderd.service" in line and "is not executable" not in line]
    check(not complaints, "\n".join(complaints))
    told = run("systemd-analyze", "security", "--offline=yes", "--no-pager", unit)
    found = re.search(r"Overall exposure level for outriderd.service: ([0-9.]+)", told)
    check(found is not None, told)
    check(float(found[1]) < EXPOSURE_MAX, told)
    print(f"exposure {found[1]}, below {EXPOSURE_MAX}")


sys.exit(main())
