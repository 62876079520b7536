"""Text that means more than it says, through the command `smtplab`: its output holds no character that is obeyed."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from typing import TYPE_CHECKING
from unittest.mock import Mock

import pytest

from smtplab import cli
from tests.helpers.amount import texts_of
from tests.helpers.hostile import server, talking
from tests.helpers.showing import obeyed_in_text

if TYPE_CHECKING:
    from pathlib import Path

    from tests.helpers.amount import Amount, Figures

PAYLOADS = texts_of("payloads.txt")
LINES = [text.encode("utf-8", "surrogatepass").replace(b"\r", b" ").replace(b"\n", b" ")[:400] for text in PAYLOADS]
ANSWERS = {
    b"HELP": b"214-\x1b[2J\r\n" + b"".join(b"214-" + line + b"\r\n" for line in LINES) + b"214 end\r\n",
    b"NOOP": b"".join(b"250 " + line + b"\r\n" for line in LINES[:40]),
    b"RSET": b"250 OK\r\n" + b"\r\n".join(LINES[40:80]) + b"\r\n",
    b"QUIT": b"".join(LINES),
}
"""What a server says that has all the texts: in a reply, in too many of them, behind one, and in the place of one."""


@pytest.fixture
def _no_host(monkeypatch: pytest.MonkeyPatch) -> None:
    """Find no host, and ask no one."""
    refusal = socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    monkeypatch.setattr(socket, "getaddrinfo", Mock(side_effect=refusal))


def shown(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Return all that a command prints; a person who pipes it on sees no more."""
    status = cli.run(list(arguments))
    out, err = capsys.readouterr()
    assert status in (0, 1, 2)
    assert "Traceback" not in err
    assert err.count("\n") <= 1, err
    return out + err


@pytest.mark.usefixtures("here", "_no_host")
@pytest.mark.parametrize(
    "arguments",
    [
        ("send", "{}"), ("send", "HELP {}", "EHLO {}"), ("send", "--personality", "{}", "HELP"), ("explain", "{}"),
        ("compare", "{}", "214"), ("{}",), ("record", "127.0.0.1:1", "--name", "{}"), ("probe", "{}"), ("reset", "{}"),
        ("progress", "--dir", "{}"), ("--lang", "{}", "explain", "214"), ("class", "report", "{}"),
    ],
    ids=" ".join,
)  # fmt: skip
def test_what_is_asked_for(
    amount: Amount, figures: Figures, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    """An argument of a command is shown as text, in what it prints and in its errors."""
    draw = amount.draw(arguments)
    for payload in draw.sample(PAYLOADS, min(amount.of(25, 1000), len(PAYLOADS))):
        filled = [each.replace("{}", payload) for each in arguments]
        if "=" in payload and payload.startswith("-"):
            continue
        assert obeyed_in_text(shown(capsys, *filled)) == "", ascii(payload)
        figures.took(0)


@pytest.mark.parametrize("form", [(), ("--json",), ("--lang", "es")])
def test_what_a_server_says_to_a_probe(capsys: pytest.CaptureFixture[str], form: tuple[str, ...]) -> None:
    """What a server says, wherever it says it, is shown as text by `probe`, as JSON too."""
    with server(talking(ANSWERS, b"220-" + LINES[0] + b"\r\n220 \x1b[2J\xe2\x80\xae\r\n")) as (host, port):
        text = shown(capsys, "probe", f"{host}:{port}", "--timeout", "10", *form)
    assert obeyed_in_text(text) == ""
    assert (r"\u001b[2J" if "--json" in form else r"\x1b[2J") in text
    if "--json" in form:
        json.loads(text)


def test_what_a_server_is_recorded_to_say(
    capsys: pytest.CaptureFixture[str], here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was recorded of such a server is a file of text, and a lab that answers from it shows it as text."""
    monkeypatch.setattr("smtplab.recordings.recorder._IN_ORDER", [b"HELP\r\n", b"NOOP\r\n"])
    monkeypatch.setattr("smtplab.recordings.recorder._MOST_TOPICS", 3)
    answers = {b"HELP": ANSWERS[b"HELP"], b"NOOP": b"250 \x1b[2J\r\n"}
    with server(talking(answers)) as (host, port):
        odd = ("--software", "\x1b[2J", "--version", "\u202e\t\n")
        text = shown(capsys, "record", f"{host}:{port}", "--name", "mine", "--timeout", "10", *odd)
    assert obeyed_in_text(text + (here / "mine.json").read_text("utf-8")) == ""
    text = shown(capsys, "send", "--personality", "mine.json", "HELP", "NOOP")
    assert r"S: 250 \x1b[2J" in text
    assert obeyed_in_text(text) == ""


def test_as_a_program_of_its_own() -> None:
    """The octets that reach a terminal hold no control octet but the end of a line."""
    command = [sys.executable, "-m", "smtplab", "send", "HELP \x1b[2J\u202e\x9b", "XSTATUS \x07", "\u2028"]
    ran = subprocess.run(command, capture_output=True, timeout=120, check=False)
    octets = ran.stdout + ran.stderr
    assert octets.count(b"\n") > 5
    assert not [octet for octet in octets if octet < 32 and octet != 10]
    assert obeyed_in_text(octets.decode()) == ""
