"""A stand-in for systemd-run and systemctl, where systemd does not run: it starts units under their accounts.

    stand_in.py systemd-run --unit NAME --uid=… --gid=… --property=… PROGRAM …
    stand_in.py systemctl is-active|is-failed|stop|reset-failed NAME, or --version

It keeps to what systemd says of User=, Group=, SupplementaryGroups=, UMask=, EnvironmentFile=, WorkingDirectory= and
RuntimeDirectory=; whatever limits a unit (memory, addresses, devices) it leaves out. Units are noted in STAND_IN_UNITS.
"""

from __future__ import annotations

import contextlib
import grp
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
from pathlib import Path


def is_alive(pid: int) -> bool:
    """Return whether a process runs, and is no child that nobody has waited for."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def start(units: Path, words: list[str]) -> None:
    """Start a unit's program and note it."""
    options: dict[str, str] = {}
    properties: dict[str, str] = {}
    while words[0].startswith("--"):
        word = words.pop(0)
        name, _, value = word.removeprefix("--").partition("=")
        if name in ("unit", "working-directory"):
            value = words.pop(0)
        if name == "property":
            key, _, value = value.partition("=")
            properties[key] = value
        else:
            options[name] = value
    uid, gid = int(options["uid"]), int(options["gid"])
    groups = [grp.getgrnam(name).gr_gid for name in properties.get("SupplementaryGroups", "").split()]
    lines = Path(properties["EnvironmentFile"]).read_text("utf-8").splitlines()
    env = dict(shlex.split(line)[0].split("=", 1) for line in lines if line)
    runtime = Path("/run", properties["RuntimeDirectory"])
    runtime.mkdir(exist_ok=True)
    os.chown(runtime, uid, gid)
    runtime.chmod(int(properties["RuntimeDirectoryMode"], 8))
    unit = subprocess.Popen(
        words, env=env, cwd=options["working-directory"], user=uid, group=gid, extra_groups=groups,
        umask=int(properties["UMask"], 8), stdin=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    noted = {"pid": unit.pid, "runtime": str(runtime), "properties": properties}
    (units / options["unit"]).write_text(json.dumps(noted), "utf-8")


def control(units: Path, verb: str, name: str) -> int:
    """Do what systemctl does with a unit, and return its exit status."""
    file = units / name
    if not file.exists():
        return 1
    unit = json.loads(file.read_text("utf-8"))
    if verb == "is-active":
        return 0 if is_alive(unit["pid"]) else 3
    if verb == "stop":
        with contextlib.suppress(ProcessLookupError):
            os.killpg(unit["pid"], signal.SIGKILL)
        shutil.rmtree(unit["runtime"], ignore_errors=True)
        file.unlink()
    return 1 if verb == "is-failed" else 0


if __name__ == "__main__":
    program, *given = sys.argv[1:]
    noted = Path(os.environ["STAND_IN_UNITS"])
    if given == ["--version"]:
        print("systemd 252 (252)")
        sys.exit()
    sys.exit(start(noted, given) if program == "systemd-run" else control(noted, *given))
