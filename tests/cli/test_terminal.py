"""Output gets out whatever the terminal can show, and nobody has to read it: no traceback, and the true status."""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import smtplab
from smtplab import Personality
from smtplab.cli import terminal

FULL = Path("/dev/full")
COMMAND = [sys.executable, "-m", "smtplab"]
ENCODINGS = {
    "ascii:strict": {"PYTHONIOENCODING": "ascii:strict"},
    "cp437": {"PYTHONIOENCODING": "cp437"},
    "cp1252": {"PYTHONIOENCODING": "cp1252:strict"},
    "gbk": {"PYTHONIOENCODING": "gbk"},
    "LC_ALL=C": {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
    "utf-8": {"PYTHONIOENCODING": "utf-8:strict"},
}
"""How a terminal is set up."""

ODD = b"214-ma\xf1ana \xff\r\n214 \x1b[2J\xe2\x82\xac \xf0\x9f\x93\xa7 \\ \xc3\xb1\r\n"
"""A reply with octets that are no UTF-8, a control character, and characters that most encodings lack."""


def environment(**variables: str) -> dict[str, str]:
    """Return the environment of a command, without the tester's own locale."""
    kept = {key: value for key, value in os.environ.items() if not re.match("LC_|LANG|PYTHON(IO|UTF8)|SMTPLAB", key)}
    return {**kept, "SMTPLAB_PROGRESS": "off", "LANG": "C.UTF-8", **variables}


@pytest.fixture
def recording(tmp_path: Path) -> str:
    """Return the file of a recorded server that answers HELP oddly."""
    octets = {"base64": base64.b64encode(ODD).decode()}
    whole = {
        "smtplab-recording": 1, "name": "odd", "software": "x", "version": "1", "date": "2026-01-01", "obtained": "x",
        "protocol": "SMTP", "greeting": {"octets": "220 x\r\n"}, "limits": [],
        "answers": [{"octets": octets, "to": {"connected": ["HELP"]}}],
    }  # fmt: skip
    path = tmp_path / "odd.json"
    path.write_text(json.dumps(whole))
    return str(path)


def outputs(recording: str, folder: Path) -> dict[str, tuple[list[str], int]]:
    """Return one call of each command, most of them with something odd to print, and its status."""
    return {
        "help": (["--help"], 0),
        "explain": (["explain", "214"], 0),
        "compare": (["compare", "211", "214"], 0),
        "personalities": (["personalities"], 0),
        "progress": (["progress"], 0),
        "reset": (["reset", "1", "--dir", str(folder / "señal")], 0),
        "chasquid": (["send", "--personality", "chasquid-1.11", "HELP ñ"], 0),
        "octets": (["send", "--personality", recording, "HELP"], 0),
        "an error": (["explain", "ñ€"], 2),
        "usage": (["señal"], 2),
        "site": (["site", recording], 2),
        "record": (["record", "127.0.0.1:1", "--name", "ñ"], 2),
    }


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_any_terminal_shows_it(recording: str, tmp_path: Path, encoding: str) -> None:
    """Each command prints everything with its own status; what an encoding lacks stands as an escape."""
    env = environment(SMTPLAB_LANG="es", **ENCODINGS[encoding])
    name = {"ascii:strict": "ascii", "LC_ALL=C": "ascii"}.get(encoding, encoding)
    processes = {}
    for what, (arguments, status) in outputs(recording, tmp_path).items():
        pipe = subprocess.PIPE
        processes[what] = subprocess.Popen([*COMMAND, *arguments], env=env, stdout=pipe, stderr=pipe), status
    shown = {}
    for what, (process, status) in processes.items():
        out, err = process.communicate(timeout=120)
        assert process.returncode == status, (what, err)
        shown[what] = (out + err).decode(name)
        assert "Traceback" not in shown[what]
        assert "UnicodeEncodeError" not in shown[what]
        assert len(shown[what]) > 10, what
    enye = "ñ".encode(name, "backslashreplace").decode(name)
    assert f"ma{enye}ana por mi" in shown["chasquid"]
    assert r"S: 214-ma\xf1ana \xff" in shown["octets"]
    euro = "€ 📧 \\ ñ".encode(name, "backslashreplace").decode(name)
    assert rf"S: 214 \x1b[2J{euro}" in shown["octets"]
    assert "código".encode(name, "backslashreplace").decode(name) in shown["an error"]
    if encoding != "LC_ALL=C":  # where an argument's octets are no text either
        assert enye in shown["an error"]
        assert enye in shown["usage"]


READERS = {
    "| true": "{command} | true",
    "| head -1": "{command} | head -1",
    "2>&1 | true": "{command} 2>&1 | true",
    "2> >(true)": "{command} 2> >(true) >/dev/null",
}
"""How little is read."""


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="the shell is POSIX's")
@pytest.mark.parametrize("reader", READERS)
def test_a_reader_that_is_gone(recording: str, tmp_path: Path, reader: str) -> None:
    """The status is the command's own, however little of its output is read, and nobody is told of a broken pipe."""
    for what, (arguments, status) in outputs(recording, tmp_path).items():
        if what in ("help", "compare", "octets", "an error", "usage"):
            line = READERS[reader].format(command='"$@"')
            script = ["bash", "-c", f"{line}; exit ${{PIPESTATUS[0]}}", "bash", *COMMAND, *arguments]
            ran = subprocess.run(script, env=environment(), capture_output=True, timeout=60, check=False)
            assert ran.returncode == status, (what, ran.stderr)
            assert b"Traceback" not in ran.stderr
            assert b"Broken pipe" not in ran.stderr
            assert b"Exception ignored" not in ran.stderr


@pytest.mark.skipif(os.name != "posix", reason="the shell is POSIX's")
def test_a_probes_status_is_its_verdict() -> None:
    """A probe that nobody reads still says by its status whether a MUST is violated."""
    for answers, status in (({}, 0), ({"HELP": b"199 x\r\n"}, 1)):
        with smtplab.start(Personality.scripted(answers), carrier="tcp") as lab:
            host, port = lab.address
            line = f"{' '.join(COMMAND)} probe {host}:{port} | true; exit ${{PIPESTATUS[0]}}"
            ran = subprocess.run(["bash", "-c", line], env=environment(), capture_output=True, timeout=60, check=False)
            assert ran.returncode == status, ran.stderr


@pytest.mark.skipif(not FULL.exists(), reason="needs /dev/full")
def test_a_disk_that_is_full() -> None:
    """Output that cannot be written is an error, said once where that can be said."""
    for lang, reason in (("en", "No space left on device"), ("es", "no queda espacio")):
        with FULL.open("wb") as full:
            ran = subprocess.run(
                [*COMMAND, "--lang", lang, "explain", "214"],
                env=environment(), stdout=full, stderr=subprocess.PIPE, text=True, timeout=60, check=False,
            )  # fmt: skip
        assert ran.returncode == 2
        assert reason in ran.stderr
        assert ran.stderr.count("\n") == 1


@pytest.mark.skipif(os.name != "posix", reason="the shell is POSIX's")
@pytest.mark.parametrize(("closed", "arguments", "status"), [(">&-", "explain 214", 0), ("2>&-", "explain x", 2)])
def test_a_stream_that_is_closed(closed: str, arguments: str, status: int) -> None:
    """A stream that was closed beforehand is no error either."""
    line = f"{' '.join(COMMAND)} {arguments} {closed}"
    ran = subprocess.run(["bash", "-c", line], env=environment(), capture_output=True, timeout=60, check=False)
    assert ran.returncode == status
    assert b"Traceback" not in ran.stderr


def test_the_streams_are_left_as_they_were(capsys: pytest.CaptureFixture[str]) -> None:
    """After a command the streams treat what they lack as before."""
    before = sys.stdout.errors, sys.stderr.errors
    with terminal.escaping():
        assert (sys.stdout.errors, sys.stderr.errors) == ("backslashreplace", "backslashreplace")
    assert (sys.stdout.errors, sys.stderr.errors) == before


@pytest.mark.parametrize("module", ["smtplab", "smtplab.recordings.convert"])
def test_the_entry_points(module: str) -> None:
    """Each module that can be run shows its help."""
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-m", module, "--help"], env=environment(), capture_output=True, text=True,
        timeout=60, check=False,
    )  # fmt: skip
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "--help" in ran.stdout
