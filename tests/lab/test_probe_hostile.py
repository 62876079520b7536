"""The probe against servers that send what nobody asked for, before, behind and instead of their replies."""

from __future__ import annotations

import re
import threading
import time
from typing import TYPE_CHECKING

import pytest

import smtplab
from smtplab import cli
from smtplab.lab.watch import MOST_UNASKED, WatchedConnection
from smtplab.protocol.sources import UNKNOWN, Source
from smtplab.rfc.judge import VIOLATES
from smtplab.server.personality import Personality
from tests.helpers.hostile import lines_of, rows_of, server, talking

if TYPE_CHECKING:
    import socket

pytestmark = pytest.mark.slow  # a probe waits after each reply for what else may come

COMMANDS = ["EHLO client.example", "HELP", "HELP MAIL", "HELP NOSUCH", "NOOP", "RSET", "QUIT"]


@pytest.mark.parametrize(
    ("answers", "greeting", "remark"),
    [
        ({b"HELP": b"214 Help\r\n\r\n"}, None, r"After its reply to HELP .* 2 octets: \\r\\n"),
        ({b"HELP": b"214 Help\r\nhello?\r\n"}, None, r"After its reply to HELP .* hello\?"),
        ({b"NOOP": b"250 OK\r\n\0\0\0\0"}, None, r"After its reply to NOOP .* 4 octets: \\x00"),
        ({b"NOOP": b"oh\r\n250 OK\r\n"}, None, r"Before its reply to NOOP .* oh"),
        ({b"QUIT": b"221 Bye\r\nreally\r\n"}, None, r"After its reply to QUIT .* really"),
        ({}, b"hello\r\n220 mx ESMTP\r\n", r"Before its greeting .* hello"),
        ({}, b"\r\n220 mx ESMTP\r\n", r"Before its greeting .* 2 octets"),
        ({}, b"220 mx ESMTP\r\n\r\n", r"After its greeting .* 2 octets"),
        ({b"RSET": b"250 OK\r\n250-half"}, None, r"After its reply to RSET .* 8 octets: 250-half"),
        ({}, b"220 mx FTP server ready\r\n", r"perhaps this is an FTP server"),
    ],
)
def test_octets_that_are_no_reply(answers: dict[bytes, bytes], greeting: bytes | None, remark: str) -> None:
    """Each command keeps its own reply, and the remark says what else came, and when."""
    with server(talking(answers, *([greeting] if greeting else []))) as address:
        result = smtplab.probe(*address, timeout=2)
    codes = [(exchange.command, exchange.reply.code) for exchange in result.transcript if exchange.sent is not None]
    assert [command for command, _ in codes] == COMMANDS
    assert [code for _, code in codes] == [250, 214, 214, 214, 250, 250, 221]
    assert "does not speak" not in str(result)
    assert "this is not SMTP" not in str(result)
    assert any(re.search(remark, text) for text in (*result.remarks, result.ended)), (result.remarks, result.ended)
    assert all(text in str(result) for text in result.remarks)
    assert ("(unasked)" in str(result)) == ("FTP" not in remark)


@pytest.mark.parametrize(
    ("answers", "greeting", "after"),
    [
        ({b"HELP": b"214 Help\r\n250 forged\r\n"}, None, "HELP"),
        ({b"QUIT": b"221 Bye\r\n250 forged\r\n"}, None, "QUIT"),
        ({}, b"220 hi\r\n250 forged\r\n", "(greeting)"),
        ({}, b"220 hi\r\n220 forged\r\n", "(greeting)"),
    ],
)
def test_replies_nobody_asked_for(answers: dict[bytes, bytes], greeting: bytes | None, after: str) -> None:
    """A second reply is labelled unasked, stands behind the first, convicts the server, and shifts nothing."""
    with server(talking(answers, *([greeting] if greeting else []))) as address:
        result = smtplab.probe(*address, timeout=2)
    rows = rows_of(result)
    assert [command for command, _ in rows if command not in ("(greeting)", "(unasked)")] == COMMANDS
    places = [place for place, (command, _) in enumerate(rows) if command == "(unasked)"]
    assert places
    assert all("forged" in rows[place][1] and rows[place - 1][0].startswith(after) for place in places)
    assert [command for command, _ in rows].count("(greeting)") == 1
    assert dict(rows)["NOOP"] == "250 OK"
    assert result.verdicts is result.verdicts
    if not greeting:
        assert result.worst == VIOLATES
    assert [exchange["kind"] for exchange in result.as_data()["exchanges"]].count("unasked") == len(places)


def test_unasked_in_spanish(capsys: pytest.CaptureFixture[str]) -> None:
    """The label and the remark are said in the reader's language."""
    with server(talking({b"HELP": b"214 Help\r\n250 forged\r\n\r\n"})) as (host, port):
        cli.run(["probe", f"{host}:{port}", "--timeout", "2", "--lang", "es"])
    out = capsys.readouterr().out
    assert "(no pedida)" in out
    assert "Después de su respuesta a HELP el servidor envió algo que no es una respuesta" in out


def test_a_burst_of_replies() -> None:
    """Four thousand replies to HELP cost no time to speak of; the first are shown, and how many more came is said."""
    with server(talking({b"HELP": b"214 Help\r\n" * 4000})) as address:
        began = time.monotonic()
        result = smtplab.probe(*address, timeout=5)
        text = str(result)
        assert time.monotonic() - began < 10
    assert [command for command, _ in rows_of(result)].count("(unasked)") == 3 * MOST_UNASKED
    assert "After its reply to HELP NOSUCH the server sent 3999 replies" in text
    assert [exchange.command for exchange in result.transcript if exchange.sent is not None] == COMMANDS


@pytest.mark.parametrize("endless", [b"214 more\r\n" * 500, b"junk\r\n" * 500, b"\0" * 4096, b"214-more\r\n" * 500])
def test_floods_end(endless: bytes) -> None:
    """A server that does not stop after its reply to HELP is left within the step's time, and it is said."""

    def talk(sock: socket.socket) -> None:
        sock.sendall(b"220 mx\r\n")
        for line in lines_of(sock):
            sock.sendall(b"250 mx\r\n" if line.startswith(b"EHLO") else b"214 Help\r\n")
            while line.startswith(b"HELP"):
                sock.sendall(endless)

    with server(talk) as address:
        began = time.monotonic()
        result = smtplab.probe(*address, timeout=1)
        str(result)
        assert time.monotonic() - began < 6
    assert result.ended
    assert result.transcript.replies("HELP")[0].text == "Help"
    assert len(result.transcript) < 100


def test_dribbling_behind_a_reply_ends() -> None:
    """A server that adds an octet now and then, without end, is left within the step's time."""

    def talk(sock: socket.socket) -> None:
        sock.sendall(b"220 mx\r\n")
        pause = threading.Event()
        for line in lines_of(sock):
            sock.sendall(b"250 mx\r\n" if line.startswith(b"EHLO") else b"214 Help\r\n")
            while line.startswith(b"HELP"):
                sock.sendall(b"x")
                pause.wait(0.02)

    with server(talk) as address:
        began = time.monotonic()
        result = smtplab.probe(*address, timeout=1)
        assert time.monotonic() - began < 4
    # a busy machine may take a pause between two octets for the end of the burst, and then wait for the next reply
    assert "without end" in result.ended or "no complete reply" in result.ended


@pytest.mark.parametrize(
    ("greeting", "named"),
    [
        (b"SSH-2.0-x\r\n", "(SSH)"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "(HTTP)"),
        (b"* OK IMAP4rev1 ready\r\n", "(IMAP)"),
        (b"+OK POP3 ready\r\n", "(POP3)"),
        (b"\r\n", "not SMTP"),
        (b"\0\0\0\0", "not SMTP"),
        (b"220-half", "no complete reply"),
        (b"", "no greeting"),
    ],
)
def test_other_protocols(greeting: bytes, named: str) -> None:
    """What is no SMTP server is named by how it begins, in one line."""

    def talk(sock: socket.socket) -> None:
        sock.sendall(greeting)
        list(lines_of(sock))

    with server(talk) as address, pytest.raises(smtplab.ProbeError) as refused:
        smtplab.probe(*address, timeout=1)
    assert named in str(refused.value)
    assert "\n" not in str(refused.value)


def test_half_a_reply_then_the_end() -> None:
    """Half a reply and a closed connection are told as that, with the half shown."""

    def talk(sock: socket.socket) -> None:
        sock.sendall(b"220 mx\r\n")
        for line in lines_of(sock):
            if line.startswith(b"NOOP"):
                sock.sendall(b"250-half")
                return
            sock.sendall(b"250 OK\r\n" if line.startswith(b"EHLO") else b"214 Help\r\n")

    with server(talk) as address:
        result = smtplab.probe(*address, timeout=2)
    assert "closed the connection before it had replied" in result.ended
    assert dict(rows_of(result))["NOOP"] == "250-half"


def test_a_lab_is_watched_too(carrier: str) -> None:
    """Over a lab's own carrier, too, a second reply is unasked and octets that are no reply are told."""
    script = Personality.scripted({"HELP": b"214 a\r\n250 forged\r\noops\r\n"})
    with smtplab.start(script, carrier=carrier) as lab:
        result = smtplab.probe(lab)
    assert [command for command, _ in rows_of(result)].count("(unasked)") >= 3
    assert any("oops" in remark for remark in result.remarks)
    assert [exchange.command for exchange in result.transcript if exchange.sent is not None] == COMMANDS
    assert len(result.transcript.replies("HELP")) == 1


def test_offsets_count_what_was_set_aside() -> None:
    """Where a reply ends is told to the inner connection in the server's own octets."""

    class Inner:
        def __init__(self) -> None:
            self.told: tuple[int, ...] = ()
            self.data = [b"220 hi\r\n", b"junk\r\n250 forged\r\n"]

        def clock(self) -> float:
            return 0.0

        def receive(self, _deadline: float) -> bytes:
            if not self.data:
                raise TimeoutError
            return self.data.pop(0)

        def send(self, _data: bytes, _timeout: float) -> None:
            self.data.append(b"250 mx\r\n")

        def source(self, end: int) -> tuple[Source, int]:
            self.told = (end,)
            return UNKNOWN

    inner = Inner()
    watch = WatchedConnection(inner)  # type: ignore[arg-type]
    assert watch.receive(1.0) == b"220 hi\r\n"
    watch.send(b"EHLO me\r\n", 1.0)
    assert watch.receive(1.0) == b"250 mx\r\n"
    watch.source(16)
    assert inner.told == (16 + len(b"junk\r\n250 forged\r\n"),)
