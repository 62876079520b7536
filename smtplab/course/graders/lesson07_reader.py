"""The grader of lesson 7's reader: replies whole and in pieces, over a connection that says when it would wait."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from smtplab.course.graders import RIGHT, Result
from smtplab.course.graders.sandbox import Endless, Raised, patiently, short
from smtplab.errors import ConnectionLost
from smtplab.recordings.recording import recording

if TYPE_CHECKING:
    from collections.abc import Iterator


_ALL = 4096


class _Waits(BaseException):
    """More was asked for than the server will ever say. Not an Exception: a learner's `except` lets it through."""


class _Wire:
    """A connection's `recv`: octets in pieces of at most `size`; after them it has closed, or would wait for ever."""

    def __init__(self, octets: bytes, size: int, *, closes: bool) -> None:
        self._left = bytearray(octets)
        self._size = size
        self._closes = closes

    def __call__(self, size: int) -> bytes:
        if size < 0:
            raise ValueError("negative buffersize in recv")
        if not self._left and not self._closes:
            raise _Waits
        piece = bytes(self._left[: min(size, self._size)])
        del self._left[: len(piece)]
        return piece


class _Case(NamedTuple):
    """The idea that a case tests, its octets, the right result, and the size of the pieces in which they come.

    want: code and lines, or the errors of which one is to be raised.
    """

    key: str
    octets: bytes
    want: tuple[int, list[bytes]] | None
    sizes: tuple[int, ...] = (_ALL,)
    errors: tuple[type[Exception], ...] = ()


_CLOSED = (ConnectionError, EOFError, ConnectionLost)
_BASIC = ("whole", "lines", "pieces")
_PIECES = (1, 3, 20)

_LONG = b"h" * 594  # a line of 600 octets, with code, space and CR LF


def _recorded(name: str) -> bytes:
    return recording(name).in_phase("connected")[b"HELP\r\n"].octets


def _lines(octets: bytes) -> tuple[int, list[bytes]]:
    """Return what is expected of a whole and well-formed reply."""
    return int(octets[:3]), [line[4:] for line in octets.split(b"\r\n")[:-1]]


def _cases() -> Iterator[_Case]:
    """Return the cases, the plainest first."""
    for octets in (b"250 OK\r\n", _recorded("go-smtp-0.12.1"), _recorded("aiosmtpd-1.4.6-recorded")):
        yield _Case("whole", octets, _lines(octets))
    for name in ("exim-4.96", "opensmtpd-6.8.0p2"):
        octets = _recorded(name)
        yield _Case("lines", octets, _lines(octets))
        yield _Case("pieces", octets, _lines(octets), (*_PIECES, octets.find(b"\n") + 1, octets.find(b"\n")))
    for key, octets in (
        ("hyphen", b"214 Ask the post-master - or not\r\n"),
        ("hyphen", b"214-Help\r\n214 -\r\n"),
        ("digits", b"214-211 is for a status\r\n214-214 is for help\r\n214 250 is for neither\r\n"),
        ("digits", b"250-214 and 250 are codes\r\n250 250-214 too\r\n"),
        ("bare", b"214\r\n"),
        ("bare", b"502 \r\n"),
        ("bare", b"214-Help\r\n214-\r\n214\r\n"),
        ("long", b"214 " + _LONG + b"\r\n"),
        ("long", b"214-" + _LONG + b"\r\n214 End\r\n"),
        ("text", _recorded("sendmail-8.17.1.9")),
        ("text", b"214-  HELO  EHLO  \r\n214\r\n"),
        ("text", _recorded("chasquid-1.11")),
        ("text", b"214 Ma\xf1ana\r\n"),  # Latin-1: it is not UTF-8, and no octet may be lost for that
        (
            "text",
            b"214-\xff\xfe\x81\r\n214 a\x85b \xa0\r\n",
        ),  # where str.splitlines() splits and strip() strips
    ):
        # a reader that begins anew with every piece is slow, but not endless: it gets long replies in few
        yield _Case(key, octets, _lines(octets), (_ALL, *_PIECES) if len(octets) < 100 else (_ALL, 512, 100))
    yield _Case("second", b"214 Ask\r\n421 Closing\r\n", (214, [b"Ask"]))
    yield _Case("second", b"214-Ask\r\n214 me\r\n421-Clo", (214, [b"Ask", b"me"]))
    for octets in (b"214-Help\r\n211 Status\r\n", b"250-Help\r\n214-Help\r\n250 End\r\n"):
        yield _Case("mixed", octets, None, (_ALL, 1), (ValueError,))
    yield _Case("uncoded", _recorded("net-smtp-server-1.1"), None, (_ALL, 1), (ValueError,))
    for octets in (b"", b"21", b"214 Hel", b"214 Help\r", b"214-Help\r\n", b"214-Help\r\n214"):
        yield _Case("closed", octets, None, (_ALL, 1), _CLOSED)


def read_reply(answer: Any) -> Result:
    """Try a function on replies that come in pieces, on odd ones and broken ones, and on a connection that closes."""
    if not callable(answer):
        return Result("callable")
    for case in _cases():
        for size in case.sizes:
            fields: dict[str, object] = {"octets": short(case.octets), "size": min(size, len(case.octets))}
            try:
                value: Any = patiently(answer, _Wire(case.octets, size, closes=case.key == "closed"))
            except Endless:
                return Result("endless", fields)
            except _Waits:  # said as the lesson's `wire` says it
                return Result("waits" if case.key in _BASIC else case.key, {**fields, "given": "TimeoutError()"})
            except Exception as error:  # noqa: BLE001  a learner's code may raise anything
                value = Raised(error)
            fields["given"] = short(value)
            key = _missed(case, value)
            if key:
                return Result(key, fields)
    return RIGHT


def _missed(case: _Case, value: Any) -> str:
    """Name the idea behind a result, "" where it is the right one."""
    if case.want is None:
        if isinstance(value, Raised) and isinstance(value.error, case.errors):
            return ""
        last = case.octets.rstrip().rpartition(b"\n")[2][:3]
        of_last = case.key == "mixed" and last != case.octets[:3] and _code(value) == int(last)
        return "last_code" if of_last else case.key
    code, lines = case.want
    if isinstance(value, Raised):
        return "raises" if case.key == "whole" else case.key
    if not _is_of_form(value):
        return "form"
    texts = list(value[1])
    if value[0] == code and texts == lines:
        return ""
    # whoever reads several lines in one piece does not take the first line for all
    return case.key if case.key == "pieces" else _of_lines(texts, lines) or case.key


def _code(value: Any) -> object:
    return value[0] if isinstance(value, tuple | list) and value else None


def _is_of_form(value: Any) -> bool:
    """Return whether a result is a number and a list of bytes."""
    return (
        isinstance(value, tuple | list)
        and not isinstance(value, Raised)
        and len(value) == 2
        and isinstance(value[0], int)
        and isinstance(value[1], tuple | list)
        and all(isinstance(line, bytes | bytearray) for line in value[1])
    )


def _of_lines(texts: list[bytes], lines: list[bytes]) -> str:
    """Name the idea that the lines alone show: only the first one, or code and line end left in."""
    if len(lines) > 1 and texts == lines[:1]:
        return "first_line"
    if len(texts) == len(lines) and all(line and line in text for text, line in zip(texts, lines, strict=True)):
        return "kept"
    return ""
