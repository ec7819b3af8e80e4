#!/usr/bin/env python3
"""The Debian package of this build: what it holds, with which rights, and that it works from where it was unpacked."""
import pathlib
import re
import subprocess
import tempfile

from package import SOURCE, check, pack, run

CONFIG = """\
gateway: {{group: depot, name: gw}}
state: {{folder: {home}/state}}
coap: {{dtls: "127.0.0.1:0", keys: {home}/keys}}
mqtt: {{url: "mqtts://localhost:8883", ca: {home}/tls/ca.pem, cert: {home}/tls/gw.pem, key: {home}/tls/gw.key}}
rules: {{packs: {root}/usr/share/outrider/packs, knowledge: {root}/usr/share/outrider/knowledge,
  assignments: {root}/etc/outrider/assignments.yaml}}
"""


def lists(deb):
    """{path: (mode, owner)} of the package."""
    return {line.split(maxsplit=5)[5].removeprefix("."): line.split(maxsplit=2)[:2]
            for line in run("dpkg-deb", "--contents", deb).splitlines()}


def judge_files(deb):
    files = lists(deb)
    for path in ("/usr/bin/outriderd", "/usr/bin/outrider", "/lib/systemd/system/outriderd.service", "/etc/outrider/outrider.yaml",
                 "/usr/share/man/man8/outriderd.8.gz", "/usr/share/man/man1/outrider-watch.1.gz",
                 "/usr/share/bash-completion/completions/outrider", "/usr/share/doc/outrider/copyright",
                 "/usr/share/doc/outrider/changelog.gz", "/usr/share/doc/outrider/examples/outrider.yaml"):
        check(path in files, f"{path} is missing")
    for folder in ("packs", "knowledge"):
        shipped = {path.name for path in (SOURCE / "rules" / folder).glob("*.yaml") if not path.name.endswith(".test.yaml")}
        packed = {pathlib.Path(path).name for path in files if path.startswith(f"/usr/share/outrider/{folder}/") and path[-1] != "/"}
        check(shipped == packed, f"{folder}: {shipped ^ packed}")
    for path, (mode, owner) in files.items():
        wanted = "drwxr-xr-x" if path.endswith("/") else "-rwxr-xr-x" if path.startswith("/usr/bin/") else "-rw-r--r--"
        check((mode, owner) == (wanted, "root/root"), f"{path}: {mode} {owner}")  # no setuid, nothing of a user's
    return files


def judge_control(deb, folder):
    run("dpkg-deb", "--control", deb, folder)
    fields = dict(re.findall(r"^([A-Z][\w-]*): (.*)$", (folder / "control").read_text(), re.M))
    for library in ("libc6", "libcoap3", "libpaho-mqtt1.3", "libsqlite3-0", "libssl3", "adduser"):
        check(re.search(rf"(^|, ){re.escape(library)}( |,|$)", fields["Depends"]), f"does not depend on {library}: {fields['Depends']}")
    check((folder / "conffiles").read_text().split() == ["/etc/outrider/assignments.yaml", "/etc/outrider/outrider.yaml"], "conffiles")
    for script in ("postinst", "prerm", "postrm"):
        check((folder / script).stat().st_mode & 0o777 == 0o755, f"{script}: its mode")
        run("sh", "-n", folder / script)


def judge_unpacked(deb, home):
    root = home / "root"
    run("dpkg-deb", "--extract", deb, root)
    check(b".debug_info" not in (root / "usr/bin/outriderd").read_bytes(), "the daemon is not stripped")
    run(SOURCE / "tools/certificates", home / "tls", "gw")
    (home / "keys").mkdir(mode=0o700)
    (home / "outrider.yaml").write_text(CONFIG.format(home=home, root=root))
    daemon = [root / "usr/bin/outriderd", "--config"]
    check(run(*daemon, home / "outrider.yaml", "--check-config") == "ok\n", "what is shipped is not accepted")
    # As shipped it is whole but for what a gateway must be told; that is said by file, line and key.
    refused = subprocess.run([*daemon, root / "etc/outrider/outrider.yaml", "--check-config"], capture_output=True, text=True)
    check(refused.returncode == 1 and "mqtt.ca" in refused.stderr, refused.stderr)


def main():
    with tempfile.TemporaryDirectory(prefix="outrider-package-") as folder:
        home = pathlib.Path(folder)
        deb = pack(home)
        files = judge_files(deb)
        judge_control(deb, home / "control")
        judge_unpacked(deb, home)
        print(f"{deb.name}: {deb.stat().st_size} bytes, {len(files)} files and folders")


main()
