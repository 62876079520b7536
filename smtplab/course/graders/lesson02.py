"""The graders of lesson 2, anatomy of a reply: a function that finds where a reply ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from smtplab.course.graders import RIGHT, Result
from smtplab.course.graders.sandbox import Endless, patiently, short
from smtplab.protocol.reply import find_end
from smtplab.recordings.recording import recording

if TYPE_CHECKING:
    from collections.abc import Iterator

_WHOLE = (
    ("exim-4.96", b"HELP\r\n"),
    ("opensmtpd-6.8.0p2", b"HELP\r\n"),
    ("sendmail-8.17.1.9", b"HELP\r\n"),
    ("dumbster-1.6", b"HELP\r\n"),
    ("postfix-3.10.13", b"EHLO lab.example\r\n"),
)

# the idea that each case tests → octets; in the order in which they are tried
_CASES = (
    ("code", b"250-one.example\r\n250 SIZE\r\n"),
    ("code", b"554-No service\r\n554 here\r\n"),
    ("anywhere", b"214-214 is the code\r\n214-of 214 help\r\n214 messages\r\n"),
    ("anywhere", b"250-214 and 250 are codes\r\n250 250-214 too\r\n"),
    ("hyphen", b"214 Ask the post-master - or not\r\n"),
    ("hyphen", b"214-\r\n214 -\r\n"),
    ("bare", b"214\r\n"),
    ("bare", b"214-Help\r\n214\r\n"),
    ("greedy", b"214-Help\r\n214 End\r\n250 OK\r\n"),
    ("greedy", b"250 OK\r\n250 OK\r\n"),
    ("greedy", b"250 OK\r\n214-Hel"),
)


def _cases() -> Iterator[tuple[str, bytes]]:
    """Return the idea that a case tests, and its octets: whole replies first, then every piece of some."""
    for name, line in _WHOLE:
        yield "missed", recording(name).in_phase("connected")[line].octets
    yield from _CASES
    for _, octets in _CASES[:8]:
        whole = octets[: find_end(octets)]
        yield from (("early", whole[:size]) for size in range(len(whole)))


def end(answer: Any) -> Result:
    """Try a function on whole replies, on replies with others behind them, and on every piece of a reply."""
    if not callable(answer):
        return Result("callable")
    for key, octets in _cases():
        fields: dict[str, object] = {"octets": repr(octets if len(octets) <= 60 else octets[:57] + b"...")}
        try:
            value = patiently(answer, octets)
        except Endless:
            return Result("endless", fields)
        fields["given"] = short(value)
        if not isinstance(value, int) or isinstance(value, bool):
            return Result("number", fields)
        expected = find_end(octets)
        if value != expected:
            return Result(_idea(key, octets, expected, value), fields)
    return RIGHT


def _idea(key: str, octets: bytes, expected: int, value: int) -> str:
    """Name the idea behind a wrong number: by the number where that is telling, else by the purpose of the case."""
    first = octets.find(b"\n") + 1
    if key == "missed" and expected > first and value in (first, first - 2):
        return "first"
    if value == expected - 2 > 0:
        return "crlf"
    if expected < 0:
        return "early"
    return key
