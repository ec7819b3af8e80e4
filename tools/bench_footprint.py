"""What a gateway takes: size of the programs, memory by devices and rules, flash by day; told, and written into a page.

The table stands between two markers of tools/README.md and is written by `tools/bench --footprint` alone.
"""
import pathlib
import platform
import shutil
import subprocess
import tempfile

PAGE = pathlib.Path(__file__).resolve().parent / "README.md"
BEGIN = "<!-- footprint: written by tools/bench --footprint -->"
END = "<!-- footprint: end -->"
DEVICES = (0, 100, 1000, 5000)
RULES = (10, 50, 300)
METRICS = ["temperature", "humidity", "pressure", "battery", "shock", "tilt", "light", "speed", "voltage", "signal"]


def stripped_bytes(program):
    with tempfile.TemporaryDirectory() as folder:
        copy = pathlib.Path(folder) / program.name
        shutil.copy(program, copy)
        subprocess.run(["strip", "--strip-unneeded", copy], check=True)
        return copy.stat().st_size


def write_world(folder, devices, rules):
    """So many rules, every tenth on the metric that is sent, and an assignment for each device."""
    lines = [f"  - alert: Rule{n}\n    expr: {METRICS[n % len(METRICS)]} > {1000 + n}.0\n    for: {n % 50 + 1}m\n" for n in range(rules)]
    (folder / "bench.yaml").write_text(f"pack: bench\nversion: {rules}\nrules:\n" + "".join(lines))
    assets = [f"  - {{asset: box-{n:04d}, class: cold-chain, devices: [load-{n:04d}]}}\n" for n in range(1, max(devices, 1) + 1)]
    (folder / "assignments.yaml").write_text("version: 1\nassets:\n" + "".join(assets))


def pss_mb(bench, devices, rules):
    write_world(bench.folder, devices, rules)
    with bench.gateway() as gateway:
        if devices > 0:
            bench.load("--udp", gateway.udp, "--devices", devices, "--seconds", 3, "--rate", devices)
            seen = gateway.ask()["devices"]
            if seen < devices:
                raise RuntimeError(f"only {seen} of {devices} devices reported")
        return gateway.pss_kb() / 1024


def table(bench, flash):
    """The lines of the page. flash: the measurement of the bench."""
    daemon, toolbox = (stripped_bytes(bench.programs / name) / 1e6 for name in ("outriderd", "outrider"))
    lines = [f"`outriderd` {daemon:.1f} MB, `outrider` {toolbox:.1f} MB (stripped, {platform.machine()}). Memory of the daemon's own (PSS), "
             "each device assigned to an asset and with one reading of one metric, of which every tenth rule tells:", "",
             "| devices | " + " | ".join(f"{rules} rules, MB" for rules in RULES) + " |", "|---" * (len(RULES) + 1) + "|"]
    for devices in DEVICES:
        row = " | ".join(f"{pss_mb(bench, devices, rules):.1f}" for rules in RULES)
        lines.append(f"| {devices:,} | {row} |")
    write_world(bench.folder, 1000, 50)
    per_day = flash(bench)["flash_mb_per_day"]
    lines += ["", f"Flash: {per_day:,.0f} MB a day at 1,000 devices that report once a minute, 50 rules, `turn.linger` 500 ms, as the kernel "
              "counts writes of the process."]
    return lines


def write(lines):
    text = PAGE.read_text()
    before, rest = text.split(BEGIN, 1)
    _, after = rest.split(END, 1)
    PAGE.write_text(before + BEGIN + "\n" + "\n".join(lines) + "\n" + END + after)
