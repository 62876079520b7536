"""The default server keeps what the lessons teach: CR LF ends a line, a path stands in brackets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import smtplab


@pytest.mark.parametrize(
    "data", [b"NOOP\nRSET\r\n", b"NOOP\rRSET\r\n", b"\nNOOP\r\n", b"RSET\n\r\n", b"NO\nOP\nRSET\r\n"]
)
def test_a_bare_lf_ends_no_command(lab: smtplab.Lab, data: bytes) -> None:
    """A line with a bare CR or LF in it is one line, and refused (RFC 5321 §2.3.8)."""
    assert [reply.code for reply in lab.send_raw(data)] == [500]
    assert lab.send("NOOP").code == 250
    assert [exchange.sent for exchange in lab.transcript[1:]] == [data, b"NOOP\r\n"]


def test_a_line_without_its_end_is_not_answered(lab: smtplab.Lab) -> None:
    """A bare LF at the end is no end either: the reply comes with the CR LF."""
    assert lab.send_raw(b"NOOP\n") == ()
    assert [reply.code for reply in lab.send_raw(b"\r\n")] == [500]


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("MAIL FROM:a@b.example", 501), ("MAIL FROM:a@b.example SIZE=3", 501), ("MAIL a@b.example", 501),
        ("MAIL FROM:", 501), ("MAIL FROM:<a@b.example>", 250), ("MAIL FROM:<>", 250), ("AUTH PLAIN", 502),
        ("AUTH", 502), ("STARTTLS", 502), ("NOOP \u00f1", 501),
    ],
)  # fmt: skip
def test_what_the_syntax_asks_for(lab: smtplab.Lab, command: str, code: int) -> None:
    """A path stands in angle brackets (RFC 5321 §4.1.2); what the server does not have is 502 (§4.2.4)."""
    lab.send("EHLO me")
    assert lab.send(command).code == code
