"""What a client can make the server keep is bounded, and each bound is refused with its own code."""

from __future__ import annotations

import socket
import tracemalloc
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING

import pytest

import smtplab
from smtplab.server.limits import COMMAND_LINE_LIMIT, RECIPIENTS, LineLimits
from smtplab.server.state import Message, ServerState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import BinaryIO

    from smtplab.lab.lab import Lab

FLOOD = 20_000_000
"""Octets, far more than anything is allowed to keep."""


class Program:
    """Another program on this machine, on a plain socket."""

    def __init__(self, lab: Lab) -> None:
        assert lab.address is not None
        self.socket = socket.create_connection(lab.address, timeout=20)
        self._replies: BinaryIO = self.socket.makefile("rb")

    def reply(self) -> bytes:
        """Return the last line of the next reply."""
        line = self._replies.readline()
        while line[3:4] == b"-":
            line = self._replies.readline()
        return line

    def send(self, line: bytes) -> bytes:
        """Send a line and return the last line of its reply."""
        self.socket.sendall(line + b"\r\n")
        return self.reply()

    def close(self) -> None:
        """Hang up."""
        self._replies.close()
        self.socket.close()


@pytest.fixture
def lab() -> Iterator[Lab]:
    """Start a lab that other programs reach."""
    with smtplab.start(carrier="tcp") as one:
        yield one


@pytest.fixture
def program(lab: Lab) -> Iterator[Program]:
    """Another program, greeted."""
    with closing(Program(lab)) as one:
        assert one.reply().startswith(b"220")
        assert one.send(b"EHLO other.example").startswith(b"250")
        yield one


@pytest.fixture
def memory() -> Iterator[None]:
    """Python's memory is watched; a test that makes it grow by a quarter of the flood fails."""
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < FLOOD / 4
    finally:
        tracemalloc.stop()


@pytest.mark.usefixtures("memory")
def test_unknown_verbs_are_forgotten(program: Program) -> None:
    """A verb that the server does not know gets 500 and is not kept, however many there are."""
    for number in range(FLOOD // 60_000):
        assert program.send(b"X%d" % number + b"y" * 60_000).startswith(b"500 ")


@pytest.mark.usefixtures("memory")
@pytest.mark.parametrize("piece", [b"x" * 100_000, b"\r" * 100_000, b"." * 100_000])
def test_a_text_line_without_end_is_not_kept(program: Program, piece: bytes) -> None:
    """Message text without a line end is dropped as it comes, and refused with 500 once the message ends."""
    for line in (b"MAIL FROM:<a@other.example>", b"RCPT TO:<b@lab.example>"):
        assert program.send(line).startswith(b"250")
    assert program.send(b"DATA").startswith(b"354")
    for _ in range(FLOOD // len(piece)):
        program.socket.sendall(piece)
    assert program.send(b"\r\n.").startswith(b"500 ")
    assert program.send(b"NOOP").startswith(b"250")


def test_recipients_are_counted(program: Program) -> None:
    """One recipient more than a message may have gets 452 (RFC 5321 §4.5.3.1.10), and the message goes through."""
    assert program.send(b"MAIL FROM:<a@other.example>").startswith(b"250")
    program.socket.sendall(b"RCPT TO:<b@lab.example>\r\n" * (RECIPIENTS + 1))
    codes = [program.reply()[:3] for _ in range(RECIPIENTS + 1)]
    assert codes == [b"250"] * RECIPIENTS + [b"452"]
    assert program.send(b"DATA").startswith(b"354")
    assert program.send(b"hello\r\n.").startswith(b"250")


def test_addresses_count_as_mail() -> None:
    """What a message's addresses take is part of the room that a lab has for mail."""
    message = Message("a@b.example", ("c@d.example", "e@f.example"), b"hello")
    assert message.octets == 5 + 3 * 11
    assert ServerState.max_octets >= RECIPIENTS * COMMAND_LINE_LIMIT


def test_sessions_are_counted(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """A session too many gets 421 and no more; the lab's own client is let in, and a place that is free is taken."""
    monkeypatch.setattr("smtplab.server.smtp.SESSIONS", 3)
    with ExitStack() as stack:
        programs = [stack.enter_context(closing(Program(lab))) for _ in range(3)]
        assert [each.reply()[:3] for each in programs] == [b"220"] * 3
        with closing(Program(lab)) as late:
            assert late.reply().startswith(b"421 ")
            assert late.socket.recv(1) == b""
        assert lab.send("NOOP").code == 250
        assert programs[0].send(b"QUIT").startswith(b"221")
        assert programs[0].socket.recv(1) == b""
        assert lab.send("QUIT").code == 221
        with closing(Program(lab)) as another:
            assert another.reply().startswith(b"220 ")


def test_limits_keep_nothing() -> None:
    """Asking for the longest line of an unknown command leaves no trace."""
    limits = LineLimits(MAIL=538)
    assert (limits["MAIL"], limits["XYZ"], len(limits)) == (538, COMMAND_LINE_LIMIT, 1)


def test_other_programs_are_told_apart(lab: Lab, program: Program) -> None:
    """XSTATUS and the mail that is held say what other programs have had; the transcript has none of it."""
    assert lab.send("HELO own.example").code == 250
    assert _mail(program.send) == b"250"
    assert _mail(lambda line: lab.send_raw(line + b"\r\n")[0].raw) == b"250"
    (figure,) = (line for line in lab.send("XSTATUS").lines if "other programs" in line)
    told = "of these by other programs: sessions open 1, sessions in all 1, commands 4, messages held 1"
    assert figure == told
    assert [message.by_lab for message in lab.messages] == [False, True]
    assert "EHLO other.example" not in str(lab.transcript)


@pytest.mark.parametrize("what", ["messages", "octets"])
def test_other_programs_have_a_share_of_their_own(
    lab: Lab, program: Program, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other programs fill their share of the mail and get 452; the lab's own client has all of its own still."""
    message = Message("a@other.example", ("b@lab.example",), b"hello\r\n")
    monkeypatch.setattr(lab._state, f"max_{what}", 2 if what == "messages" else 2 * message.octets)
    assert [_mail(program.send) for _ in range(3)] == [b"250", b"250", b"452"]
    assert lab.send("HELO own.example").code == 250
    own = [_mail(lambda line: lab.send_raw(line + b"\r\n")[0].raw) for _ in range(3)]
    assert own == [b"250", b"250", b"452"]


def _mail(send: Callable[[bytes], bytes]) -> bytes:
    """Send a message and return the code that it gets."""
    for line in (b"MAIL FROM:<a@other.example>", b"RCPT TO:<b@lab.example>"):
        assert send(line)[:3] == b"250"
    assert send(b"DATA")[:3] == b"354"
    return send(b"hello\r\n.")[:3]
