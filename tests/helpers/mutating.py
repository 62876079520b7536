"""Octets made from others by someone who knows what a line, a code and an address are, and means no good."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Sequence

ENDS = (b"\r\n", b"\n", b"\r", b"\r\r\n", b"\n\r\n", b"\r\n\r\n", b"")
ODD = (
    b"\0",
    b"\x1b[2J",
    b"\xff",
    b"\x80",
    b"\xc3\xb1",
    b"\xe2\x80\xae",
    b"\t",
    b" ",
    b"\x7f",
    b"<",
    b'"',
    b"\\",
    b"%s",
    b"$",
)
CODES = (b"250", b"214", b"211", b"220", b"221", b"354", b"421", b"500", b"554", b"199", b"999", b"25", b"2500", b"abc")
SEPARATORS = (b"-", b" ", b"", b":", b"\t", b"--", b" -")
WORDS = (
    b"HELP", b"EHLO", b"HELO", b"MAIL FROM:", b"RCPT TO:", b"DATA", b".", b"RSET", b"NOOP", b"VRFY", b"EXPN", b"STAT",
    b"XSTATUS NOW", b"AUTH", b"STARTTLS", b"FOO", b"QUIT",
)  # fmt: skip
ARGUMENTS = (
    b"", b" ", b"<>", b"<", b">", b"<a@b.example>", b"<@a,@b:c@d>", b'<"a b"@c>', b"a@b", b"<a@[127.0.0.1]>",
    b"<<a@b>>",
    b"<a@b> SIZE=1", b"<a@b> SIZE=", b"<a@b> BODY=8BITMIME", b"<a@b> X", b"me", b"MAIL", b"NOSUCH", b"(c) <a@b>", b"@",
    b"<@>",
    b"<a@>", b"<.@b>", b"=?utf-8?q?a?=", b"a;b:c,d", b"<a@b> " * 3,
)  # fmt: skip

LONG = (600, 1100, 70_000)
"""Octets of what is made long: longer than a line may be, and than what a reader takes at once."""


def lines_of(data: bytes) -> list[bytes]:
    """Return the lines of octets, each with its end; the last may have none."""
    return re.findall(rb"[^\n]*\n|[^\n]+", data)


def mutated(draw: random.Random, corpus: Sequence[bytes], made: Callable[[random.Random], bytes]) -> bytes:
    """Return an input made of one of the corpus, or of two, by one to four changes.

    made: makes a line of the kind that the input is made of.
    """
    lines = lines_of(draw.choice(corpus))
    for _ in range(draw.choice((1, 1, 1, 2, 2, 3, 4))):
        lines = draw.choice(CHANGES)(draw, lines, corpus, made)
    return b"".join(lines)


def reply_line(draw: random.Random) -> bytes:
    """Return a line of a reply, well or ill."""
    text = draw.choice((b"OK", b"2.0.0 OK", b"", b"x" * 20, draw.choice(ODD), b"250 forged", b"5.7.1", b"2.0 x"))
    end = b"\r\n" if draw.random() < 0.8 else draw.choice(ENDS)
    return draw.choice(CODES) + draw.choice(SEPARATORS) + text + end


def command_line(draw: random.Random) -> bytes:
    """Return a command line, well or ill."""
    word = draw.choice(WORDS)
    word = word.lower() if draw.random() < 0.1 else word
    space = b"" if word.endswith(b":") else b" "
    argument = draw.choice(ARGUMENTS) if draw.random() < 0.6 else b""
    return word + (space + argument if argument else b"") + (b"\r\n" if draw.random() < 0.9 else draw.choice(ENDS))


def _at(draw: random.Random, lines: list[bytes]) -> int:
    return draw.randrange(len(lines)) if lines else 0


def _insert(draw, lines, _corpus, made):
    at = draw.randrange(len(lines) + 1)
    return [*lines[:at], made(draw), *lines[at:]]


def _delete(draw, lines, _corpus, _made):
    at = _at(draw, lines)
    return lines[:at] + lines[at + 1 :]


def _repeat(draw, lines, _corpus, _made):
    at = _at(draw, lines)
    return lines[:at] + lines[at : at + 1] * draw.choice((2, 3, 30)) + lines[at + 1 :]


def _swap(draw, lines, _corpus, _made):
    shuffled = list(lines)
    draw.shuffle(shuffled)
    return shuffled


def _other_end(draw, lines, _corpus, _made):
    at = _at(draw, lines)
    return [line.rstrip(b"\r\n") + draw.choice(ENDS) if number == at else line for number, line in enumerate(lines)]


def _cut(draw, lines, _corpus, _made):
    data = b"".join(lines)
    return lines_of(data[: draw.randrange(len(data) + 1)])


def _flip(draw, lines, _corpus, _made):
    data = bytearray(b"".join(lines))
    for _ in range(draw.choice((1, 2, 8)) if data else 0):
        data[draw.randrange(len(data))] = draw.randrange(256)
    return lines_of(bytes(data))


def _put_in(draw, lines, _corpus, _made):
    data = b"".join(lines)
    at = draw.randrange(len(data) + 1)
    return lines_of(data[:at] + draw.choice((*ODD, *ENDS)) + data[at:])


def _lengthen(draw, lines, _corpus, _made):
    at = _at(draw, lines)
    long = draw.choice((b"x", b"\0", b"\xff", b"-", b"1", b"<", b'"')) * draw.choice(LONG[: 2 + (draw.random() < 0.1)])
    return [line[:4] + long + line[4:] if number == at else line for number, line in enumerate(lines)]


def _join(draw, lines, corpus, _made):
    return lines + lines_of(draw.choice(corpus))


CHANGES = (_insert, _insert, _delete, _repeat, _swap, _other_end, _cut, _flip, _put_in, _lengthen, _join)
