"""The command: what it prints, and that every error is one clear line and status 2."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

import smtplab
from smtplab import cli

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

COMMAND = [sys.executable, "-m", "smtplab"]


@pytest.fixture(autouse=True)
def _plain_locale(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the tester's own language out."""
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")


def fails(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Run a command that must fail with status 2; return its one line on stderr."""
    assert cli.run(arguments) == 2
    stderr = capsys.readouterr().err
    assert stderr.startswith("smtplab: ")
    assert stderr.count("\n") == 1
    return stderr


def test_send(capsys: pytest.CaptureFixture[str]) -> None:
    """`send` prints the whole dialogue, greeting first."""
    assert cli.run(["send", "HELP", "XSTATUS"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == ["S: 220 lab.example smtplab", "C: HELP"]
    assert any(line.startswith("S: 211-") for line in lines)


def test_send_to_a_recorded_server(capsys: pytest.CaptureFixture[str]) -> None:
    """`send --personality` answers as that server was recorded."""
    assert cli.run(["send", "--personality", "exim-4.96", "HELP"]) == 0
    assert "S: 214-Commands supported:" in capsys.readouterr().out


def test_send_prints_what_was_said_before_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    """A dialogue that breaks off is printed up to there, then the error."""
    assert cli.run(["send", "NOOP", "HE\nLP"]) == 2
    out, err = capsys.readouterr()
    assert "C: NOOP\nS: 250 OK" in out
    assert "LF at position 2" in err


@pytest.mark.parametrize(("lang", "word"), [("en", "Help message"), ("es", "Mensaje de ayuda")])
def test_explain_and_compare(capsys: pytest.CaptureFixture[str], lang: str, word: str) -> None:
    """`explain` and `compare` print the pages in the language asked for, before or after the command."""
    for arguments in (["explain", "214", "--lang", lang], ["--lang", lang, "explain", "214"]):
        assert cli.run(arguments) == 0
        assert word in capsys.readouterr().out
    assert cli.run(["compare", "211", "214", "--lang", lang]) == 0
    assert word in capsys.readouterr().out


@pytest.mark.parametrize(
    ("variables", "word"),
    [
        ({"LANG": "es_MX.UTF-8"}, "Mensaje"),
        ({"LANG": "en_US.UTF-8"}, "Help"),
        ({"LANG": "es_ES", "LC_ALL": "C"}, "Help"),
        ({"LANG": "es_ES", "SMTPLAB_LANG": "en"}, "Help"),
        ({"SMTPLAB_LANG": "es"}, "Mensaje"),
    ],
)
def test_the_readers_language(monkeypatch, capsys, variables: dict[str, str], word: str) -> None:
    """Without --lang it is SMTPLAB_LANG, else the locale."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert cli.run(["explain", "214"]) == 0
    assert capsys.readouterr().out.startswith(f"214 {word}")


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["explain", "999"], "'999'"),
        (["explain", "abc"], "'abc'"),
        (["compare", "211", "21"], "'21'"),
        (["send", "--personality", "nosuch", "HELP"], "'nosuch'"),
        (["send", "--carrier", "pigeon", "HELP"], "'pigeon'"),
        (["send", "--timeout", "-1", "HELP"], "-1"),
        (["send"], "COMMANDS"),
        (["frobnicate"], "frobnicate"),
        (["--lang", "fr"], "'fr'"),
        (["serve", "--port", "99999"], "99999"),
        (["reset", "nosuch"], "'nosuch'"),
    ],
)
def test_errors_are_one_line(capsys: pytest.CaptureFixture[str], arguments: list[str], named: str) -> None:
    """What cannot be done is said in one line that names the thing, with status 2."""
    assert named in fails(capsys, *arguments)


def test_a_busy_port(capsys: pytest.CaptureFixture[str]) -> None:
    """A port that is taken is named at once."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert f"port {port} on 127.0.0.1 is in use" in fails(capsys, "serve", "--port", str(port))


@pytest.mark.skipif(os.name != "posix", reason="signals to another process are POSIX's")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_serve_until_a_signal(how: signal.Signals, needs: Callable[[object, str], None]) -> None:
    """`serve` answers curl on the address it prints, and ends with status 0 on a signal."""
    curl = shutil.which("curl")
    needs(curl, "curl")
    served = subprocess.Popen([*COMMAND, "serve", "--port", "0", "--lang", "en"], stdout=subprocess.PIPE, text=True)
    try:
        words = served.stdout.readline().split()
        host, port = words[4], words[6].rstrip(".")
        command = [curl, "-sS", f"smtp://{host}:{port}"]
        ran = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert "HELP topic tells more" in ran.stdout
        served.send_signal(how)
        assert served.wait(timeout=30) == 0
        assert served.stdout.read().endswith("stopped\n")
    finally:
        served.kill()
        served.wait()
        served.stdout.close()


def test_a_reader_that_has_enough() -> None:
    """Output into a pipe that closes early is no error."""
    ran = subprocess.run(
        f"{sys.executable} -m smtplab compare 211 214 | head -1",
        shell=True, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert ran.stderr == ""


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    """`--version` prints the version."""
    assert cli.run(["--version"]) == 0
    assert capsys.readouterr().out == f"smtplab {smtplab.__version__}\n"


def test_open_starts_jupyterlab(monkeypatch, capsys, tmp_path: Path) -> None:
    """Alone, the command copies the lessons and hands over to JupyterLab on 127.0.0.1, at the first lesson."""
    became: list[list[str]] = []
    monkeypatch.setattr(cli.lessons, "_become", lambda command: became.append(list(command)))
    assert cli.run(["--dir", str(tmp_path / "mine"), "--no-browser", "--lang", "es"]) == 0
    assert (tmp_path / "mine/01-first-contact.ipynb").exists()
    (command,) = became
    assert command[1:4] == ["-P", "-m", "jupyterlab"]
    assert f"--ServerApp.root_dir={tmp_path / 'mine'}" in command
    assert "--ServerApp.ip=127.0.0.1" in command
    assert "--LabApp.default_url=/lab/tree/01-first-contact.ipynb" in command
    assert "se ha copiado" in capsys.readouterr().out


def test_open_without_jupyterlab(monkeypatch, capsys, tmp_path: Path) -> None:
    """Where JupyterLab is not installed the lessons are copied, and one line says what to install."""
    monkeypatch.setattr(cli.lessons, "find_spec", lambda _name: None)
    assert 'pip install "smtplab[lab]"' in fails(capsys, "open", str(tmp_path / "mine"))
    assert (tmp_path / "mine/01-first-contact.ipynb").exists()


def test_open_where_nothing_can_be_written(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A lesson directory that cannot be made is named, and nothing is copied."""
    (tmp_path / "file").write_text("not a directory")
    assert "file/lessons" in fails(capsys, "open", str(tmp_path / "file/lessons"))
    assert "/proc/lessons" in fails(capsys, "open", "/proc/lessons")
