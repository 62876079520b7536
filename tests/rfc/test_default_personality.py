"""The lab's default personality keeps every rule that it teaches, whatever it is asked, in every state of a session."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

import smtplab
from smtplab.errors import DialogueError, LabError
from smtplab.rfc.judge import judge_all
from smtplab.rfc.registry import verbs

if TYPE_CHECKING:
    from smtplab.protocol.transcript import Transcript

MAIL, RCPT = "MAIL FROM:<ana@lab.example>", "RCPT TO:<luis@lab.example>"
STATES: dict[str, list[str | bytes]] = {
    "before EHLO": [],
    "after EHLO": ["EHLO me.example"],
    "after EHLO twice": ["EHLO me.example", "EHLO me.example"],
    "after HELO": ["HELO me.example"],
    "in MAIL": ["EHLO me.example", MAIL],
    "in MAIL after HELO": ["HELO me.example", MAIL],
    "in RCPT": ["EHLO me.example", MAIL, RCPT],
    "in DATA": ["EHLO me.example", MAIL, RCPT, "DATA"],
    "after a message": ["EHLO me.example", MAIL, RCPT, "DATA", b"Subject: x\r\n\r\nHELP\r\n.\r\n"],
    "after RSET": ["EHLO me.example", MAIL, "RSET"],
    "after HELP in a transaction": ["EHLO me.example", MAIL, "HELP", RCPT, "HELP"],
    "after QUIT": ["EHLO me.example", "QUIT"],
}
"""What is sent before the command that is tried."""

GOOD: dict[str, tuple[str, ...]] = {
    "EHLO": ("me.example", "[127.0.0.1]"), "HELO": ("me.example",), "LHLO": ("me.example",),
    "MAIL": (
        "FROM:<ana@lab.example>", "FROM:<>", "FROM:<ana@lab.example> SIZE=100", "FROM:<ana@lab.example> BODY=8BITMIME",
    ),
    "RCPT": ("TO:<luis@lab.example>", "TO:<Postmaster>", "TO:<@a.example,@b.example:luis@lab.example>"),
    "HELP": ("MAIL", "rcpt", "HELP", "XSTATUS"), "VRFY": ("luis", "<luis@lab.example>", "postmaster"),
    "EXPN": ("staff",), "NOOP": ("anything at all",), "AUTH": ("PLAIN", "PLAIN AGEAYg==", "LOGIN"),
    "BDAT": ("0 LAST",), "ETRN": ("lab.example",),
    "ATRN": ("lab.example",), "BURL": ("imap://lab.example/x LAST",), "SEND": ("FROM:<ana@lab.example>",),
    "SOML": ("FROM:<ana@lab.example>",), "SAML": ("FROM:<ana@lab.example>",), "VERB": ("ON",),
}  # fmt: skip
"""Arguments as a specification has them."""

BAD: dict[str, tuple[str, ...]] = {
    "MAIL": (
        "FROM:ana@lab.example", "FROM: <ana@lab.example>", "<ana@lab.example>", "FROM:<ana@lab.example> NOSUCH=1",
        "FROM:<ana",
    ),
    "RCPT": (
        "TO:luis@lab.example", "TO: <luis@lab.example>", "<luis@lab.example>", "TO:<luis@lab.example> NOSUCH=1",
        "TO:<>",
    ),
    "HELP": ("NOSUCH", "MAIL RCPT", "ñ"), "AUTH": ("NOSUCH", "PLAIN *", "PLAIN ñ"), "EHLO": ("a b c", "ñ"),
    "XSTATUS": ("now", "ñ"), "VRFY": ("luis ñ",),
}  # fmt: skip
"""Arguments that no specification has; every verb is tried with "?!" besides."""

UNKNOWN = ("STAT", "STATUS", "NOSUCH", "FOO", "MAILFROM", "X", "XNOSUCH", "XFOO", "XCLIENT", "N" * 500, "X" * 500)


def commands() -> list[str]:
    """Return every command that is tried: each verb with no argument, good ones, bad ones, in lower case, and long."""
    lines = []
    for verb in sorted({*verbs(), "XSTATUS"}):
        arguments = (*GOOD.get(verb, ()), *BAD.get(verb, ()), "?!", "x" * (512 - len(verb) - 3))
        lines += [verb, verb.lower(), f"{verb} ", *(f"{verb} {argument}" for argument in arguments)]
    lines += [line for verb in UNKNOWN for line in (verb, f"{verb} x")]
    return [*lines, "HELP " + "x" * 506, "NOOP " + "x" * 2000, "N" * 600, "?", "1", "\xf1"]


RAW = (b"NOOP\n", b"HELP\n", b"XSTATUS\n", b"RSET\n")
"""Command lines that end with LF alone."""

RAW_TEXT = (b"Subject: x\n\nx\n.\n", b"Subject: x\r\n\r\nx\n.\r\n", b"Subject: x\r\n\r\nx\r\n.\n")
"""Message texts that do not end as a text ends."""


def session(state: str, line: str | bytes) -> Transcript:
    """Return a fresh session, brought into a state, in which a command is sent, and NOOP after it."""
    with smtplab.start(carrier="memory") as lab:
        for before in STATES[state]:
            lab.send_raw(before) if isinstance(before, bytes) else lab.send(before)
        with suppress(DialogueError, LabError):
            if isinstance(line, bytes):
                lab.send_raw(line)
            elif state == "in DATA":
                lab.send_raw(line.encode() + b"\r\n.\r\n")
            else:
                lab.send(line)
            lab.send("NOOP")
        return lab.transcript


def faults(state: str, line: str | bytes) -> list[str]:
    """Return a sentence for each verdict that is not "conforms"."""
    transcript = session(state, line)
    return [
        f"{state}: {exchange.command!r:.60} -> {exchange.reply}: {verdict.outcome}, {verdict.rule.id}"
        for exchange, verdicts in zip(transcript, judge_all(transcript), strict=True)
        for verdict in verdicts.notable
    ]


@pytest.mark.slow
@pytest.mark.parametrize("state", STATES)
def test_every_command_in_every_state(state: str) -> None:
    """Whatever is asked, in whatever state, every reply of the session conforms to every rule."""
    assert [fault for line in commands() for fault in faults(state, line)] == []


def test_a_bare_lf_ends_no_command() -> None:
    """A line that ends with LF alone is no command, in any state."""
    states = [state for state in STATES if state not in ("in DATA", "after QUIT")]
    assert [fault for state in states for line in RAW for fault in faults(state, line)] == []


@pytest.mark.parametrize("text", RAW_TEXT)
def test_only_one_line_ends_a_message(text: bytes) -> None:
    """Message text that does not end with CR LF, a dot, CR LF does not end."""
    assert faults("in DATA", text) == []
