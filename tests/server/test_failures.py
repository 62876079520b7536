"""Code of a learner's that raises or returns nonsense: one well-formed reply, and the place is told."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

import smtplab
from smtplab.widgets.views import exchange_view

if TYPE_CHECKING:
    from collections.abc import Callable

    Start = Callable[..., smtplab.Lab]

ERRORS: tuple[BaseException, ...] = (
    ValueError("se\u00f1or"), ValueError("250 OK\r\n250 forged"), ValueError("\x00\x1b[31m"), ValueError("\udcf1"),
    KeyError("a" * 5000), SystemExit(3), asyncio.CancelledError(), ConnectionResetError("no"), StopIteration("x"),
    asyncio.IncompleteReadError(b"", 3), asyncio.LimitOverrunError("far", 3), TimeoutError(), RecursionError("deep"),
)  # fmt: skip


class Unprintable(Exception):
    """An error without a text."""

    def __str__(self) -> str:
        raise RuntimeError


def servers(error: BaseException) -> dict[str, dict[str, Any]]:
    """Return the ways by which code of a learner's comes to run, each raising the error at NOOP or DATA."""

    def fail(_line: str = "") -> str:
        raise error

    class Method(smtplab.LabSMTP):
        async def smtp_NOOP(self, _arg: str | None) -> None:
            fail()

    class Hook:
        async def handle_NOOP(self, *_any: Any) -> str:
            return fail()

    return {
        "a method": {"server": Method}, "a hook": {"handler": Hook()},
        "a script": {"how": smtplab.Personality.scripted({"NOOP": fail})},
    }  # fmt: skip


@pytest.mark.parametrize("way", ["a method", "a hook", "a script"])
@pytest.mark.parametrize("error", [*ERRORS, Unprintable()], ids=lambda error: type(error).__name__)
def test_whatever_is_raised_gets_one_reply(start: Start, way: str, error: BaseException) -> None:
    """One reply within the grammar, nothing behind it, and the next command goes on in the same session."""
    options = servers(error)[way]
    lab = start(options.pop("how", "rfc5321"), **options)
    reply = lab.send("NOOP")
    assert reply.code == 451
    assert reply.defects == ()
    assert len(reply.raw) <= 512
    assert lab.send("HELP").code == 214
    assert [exchange.sent for exchange in lab.transcript] == [None, b"NOOP\r\n", b"HELP\r\n"]
    assert {exchange.session for exchange in lab.transcript} == {1}
    assert type(error).__name__ in lab.transcript[1].error
    assert "line " in lab.transcript[1].error or isinstance(
        error, StopIteration
    )  # which a coroutine turns into another
    assert lab.transcript[2].error == ""


def test_the_place_is_shown(start: Start) -> None:
    """The transcript and the widget's remark say what was raised, in which function and line."""
    lab = start(**servers(ZeroDivisionError("by zero"))["a method"])
    lab.send("NOOP")
    assert "- the server's code raised ZeroDivisionError: by zero (fail, line " in str(lab.transcript)
    assert "el c\u00f3digo del servidor lanz\u00f3" in exchange_view(lab.transcript[1], "es")["remarks"][0]


@pytest.mark.parametrize(
    "nonsense", [None, 250, b"250 OK\r\n250 forged", "250 OK\r\n250 forged", "250 a\n250-b", "250 \x85\u2028x", ["250"]]
)
def test_whatever_a_hook_returns_is_one_reply(start: Start, nonsense: Any) -> None:
    """No value that a hook returns puts a second reply or an odd octet on the wire."""

    class Hook:
        async def handle_NOOP(self, *_any: Any) -> Any:
            return nonsense

    lab = start(handler=Hook())
    reply = lab.send("NOOP")
    assert reply.code in (250, 451)
    assert reply.defects == ()
    assert lab.send("HELP").code == 214
    assert len(lab.transcript) == 3


def test_names_hold_no_line_end(start: Start) -> None:
    """A host's name with a line end in it forges no reply, in the greeting and in EHLO's."""

    class Named(smtplab.LabSMTP):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **{**options, "hostname": "a\r\n250 forged", "ident": "\u00f1"})

    lab = start(server=Named)
    assert lab.send("EHLO me").code == 250
    assert lab.send("HELP").code == 214
    assert [exchange.sent for exchange in lab.transcript] == [None, b"EHLO me\r\n", b"HELP\r\n"]
    assert lab.transcript[0].reply.defects == ()


def test_raised_after_the_reply(start: Start) -> None:
    """What is raised behind a whole reply sends no second one; the next exchange tells of it."""

    class Late(smtplab.LabSMTP):
        async def smtp_NOOP(self, _arg: str | None) -> None:
            await self.push("250 OK")
            raise ValueError("late")

    lab = start(server=Late)
    assert lab.send("NOOP").code == 250
    assert lab.send("HELP").code == 214
    assert [exchange.sent for exchange in lab.transcript] == [None, b"NOOP\r\n", b"HELP\r\n"]
    assert "ValueError: late" in lab.transcript[2].error


def test_a_hook_that_raises_at_the_end_of_data(start: Start) -> None:
    """A message whose hook raises gets its one reply, and the session goes on."""

    class Hook:
        async def handle_DATA(self, *_any: Any) -> str:
            raise ValueError("full")

    lab = start(handler=Hook())
    for command in ("HELO me", "MAIL FROM:<a@b.example>", "RCPT TO:<c@d.example>", "DATA"):
        lab.send(command)
    (reply,) = lab.send_raw(b"x\r\n.\r\n")
    assert reply.code == 451
    assert lab.send("NOOP").code == 250


@pytest.mark.parametrize("command", ["MAIL FROM:<", "MAIL FROM:<a@[", 'MAIL FROM:<"', "RCPT TO:<", "MAIL FROM:<@>"])
def test_the_parsers_slips_are_refusals(start: Start, command: str) -> None:
    """An address that aiosmtpd's parser stumbles over gets a 5yz with no internal name in it."""
    lab = start()
    lab.send("EHLO me")
    if command.startswith("RCPT"):
        lab.send("MAIL FROM:<a@b.example>")
    reply = lab.send(command)
    assert reply.code in (501, 553)
    assert "Error" not in reply.text.replace("Error: malformed", "")


@pytest.mark.parametrize("script", ["250 a\n250 b", "250 a\rb", "250 \x00", "421 x\r\n250 y"])
def test_a_script_in_text_is_one_reply(script: str) -> None:
    """Text that would be two replies, or holds a control character, is refused when it is scripted; octets are not."""
    with pytest.raises(ValueError, match="'NOOP'"):
        smtplab.Personality.scripted({"NOOP": script})
    smtplab.Personality.scripted({"NOOP": script.encode()})


def test_message_text_ends_with_crlf_dot_crlf_alone(start: Start) -> None:
    """A scripted DATA ends at CR LF . CR LF only (RFC 5321 \u00a74.1.1.4), and its lines are no commands."""
    lab = start(smtplab.Personality.scripted({"DATA": "354 go", ".": "250 taken", "QUIT": "221 bye"}))
    lab.send("DATA")
    for text in (b"x\n.\n", b"\n.\r\n", b"QUIT\r\n", b"y\n"):
        assert lab.send_raw(text, timeout=0.2) == ()
    assert [reply.code for reply in lab.send_raw(b"\r\n.\r\n")] == [250]
