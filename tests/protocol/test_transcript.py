"""Transcripts: what was said, as a value and as text."""

from __future__ import annotations

import pytest

import smtplab
from smtplab import Exchange, Reply, Transcript

SAID = Transcript(
    [
        Exchange(None, Reply(b"220 hi\r\n")),
        Exchange(b"HELP\r\n", Reply(b"214-a\r\n214 b\r\n")),
        Exchange(b"help\r\n", Reply(b"502 no\r\n"), 2, "recorded"),
        Exchange(b"NOOP\r\n", None, 2, closed=True, partial=b"25"),
        Exchange(b"a\r\nb\r\n.\r\n", None, 3, "unrecorded"),
    ]
)


def test_a_transcript_is_a_sequence() -> None:
    """It has a length, items, slices that are transcripts, and equality."""
    assert len(SAID) == 5
    assert isinstance(SAID[1:], Transcript)
    assert Transcript(SAID.exchanges) == SAID != SAID[:2]
    assert [exchange.session for exchange in SAID.session(2)] == [2, 2]
    assert [reply.code for reply in SAID.replies("Help")] == [214, 502]


def test_as_text() -> None:
    """Printed, it shows who said what, octets that cannot be printed as escapes, and remarks."""
    assert str(SAID).splitlines() == [
        "S: 220 hi",
        "C: HELP",
        "S: 214-a",
        "S: 214 b",
        "C: help",
        "S: 502 no",
        "C: NOOP",
        "S: 25",
        "- the reply is unfinished",
        "- the server closed the connection",
        "C: a",
        "C: b",
        "C: .",
        "- no reply",
        "- never recorded: what this server says to an unknown command",
    ]


def test_remarks_in_spanish() -> None:
    """Remarks are in the language that is set; commands and replies stay."""
    smtplab.set_language("es")
    assert "- el servidor cerró la conexión" in str(SAID).splitlines()


def test_reprs() -> None:
    """The reprs are short."""
    assert repr(SAID) == "<Transcript of 5 exchanges>"
    assert [repr(exchange) for exchange in SAID[:2]] == ["<Exchange greeting 220>", "<Exchange 'HELP' 214>"]


@pytest.mark.parametrize("value", [SAID, SAID[1]], ids=["transcript", "exchange"])
def test_html_is_escaped(value: object) -> None:
    """The HTML form is a table of text."""
    assert value._repr_html_().startswith("<table class=")
    nasty = Transcript([Exchange(b"<b>\r\n", Reply(b"500 <img src=x onerror=alert(1)>\r\n"))])
    assert "<img" not in nasty._repr_html_()
    assert "<b>" not in nasty._repr_html_()
