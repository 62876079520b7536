"""Readers of one reply, sound and unsound, as learners write them; each unsound one with the words it gets."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import smtplab

if TYPE_CHECKING:
    from collections.abc import Callable


def good(recv: Any) -> Any:
    octets, lines, code = b"", [], b""
    while True:
        while b"\r\n" not in octets:
            piece = recv(4096)
            if not piece:
                raise ConnectionError
            octets += piece
        line, _, octets = octets.partition(b"\r\n")
        code = code or line[:3]
        if line[:3] != code:
            raise ValueError
        lines.append(line[4:])
        if line[3:4] != b"-":
            return int(code), lines


def by_octet(recv: Any) -> Any:
    def line() -> bytes:
        octets = b""
        while not octets.endswith(b"\r\n"):
            octet = recv(1)
            if octet == b"":
                raise ConnectionResetError("closed")
            octets += octet
        return octets[:-2]

    lines = [line()]
    while lines[-1][3:4] == b"-":
        lines.append(line())
    if len({line[:3] for line in lines}) > 1:
        raise ValueError("mixed")
    return int(lines[0][:3]), tuple(line[4:] for line in lines)


def by_parser(recv: Any) -> Any:
    parser, replies = smtplab.ReplyParser(), []
    while not replies:
        piece = recv(512)
        if not piece:
            raise EOFError
        replies = parser.feed(piece)
    reply = replies[0]
    if set(reply.codes) != {reply.code}:
        raise ValueError
    return [reply.code, [line[4:] for line in reply.raw.split(b"\r\n")[:-1]]]


def by_pattern(recv: Any) -> Any:
    octets = b""
    while not (match := re.match(rb"((?:[^\n]{3}-[^\n]*\r\n|\r\n)*)([^\n]{3}(?: [^\n]*)?\r\n)", octets)):
        piece = recv(7)
        if not piece:
            raise ConnectionAbortedError
        octets += piece
    lines = match[0].split(b"\r\n")[:-1]
    if {line[:3] for line in lines} != {octets[:3]}:
        raise ValueError
    return int(octets[:3]), [line[4:] for line in lines]


def one_recv(recv: Any) -> Any:
    lines = recv(4096).split(b"\r\n")[:-1]
    return int(lines[0][:3]), [line[4:] for line in lines]


def one_recv_one_line(recv: Any) -> Any:
    line = recv(4096)
    return int(line[:3]), [line[4:-2]]


def one_line(recv: Any) -> Any:
    octets = b""
    while b"\r\n" not in octets:
        octets += recv(1)
    return int(octets[:3]), [octets[4:-2]]


def line_end_is_the_end(recv: Any) -> Any:
    octets = b""
    while not octets.endswith(b"\r\n"):
        octets += recv(4096)
    lines = octets.split(b"\r\n")[:-1]
    return int(lines[0][:3]), [line[4:] for line in lines]


def until_closed(recv: Any) -> Any:
    octets = b""
    while piece := recv(4096):
        octets += piece
    lines = octets.split(b"\r\n")[:-1]
    return int(lines[0][:3]), [line[4:] for line in lines]


def until_closed_and_forgives(recv: Any) -> Any:
    octets = b""
    try:
        while piece := recv(4096):
            octets += piece
    except Exception:
        pass
    lines = octets.split(b"\r\n")[:-1]
    return int(lines[0][:3]), [line[4:] for line in lines]


def wanting(more: Callable[[bytes], bool]) -> Callable[[Any], Any]:
    """Make a reader that reads line by line while `more` says so of the last line."""

    def read(recv: Any) -> Any:
        lines: list[bytes] = []
        while not lines or more(lines[-1]):
            line = b""
            while not line.endswith(b"\r\n"):
                piece = recv(1)
                if not piece:
                    raise ConnectionError
                line += piece
            lines.append(line[:-2])
        if any(line[:3] != lines[0][:3] for line in lines):
            raise ValueError
        return int(lines[0][:3]), [line[4:] for line in lines]

    return read


def code_and_space_anywhere(recv: Any) -> Any:
    octets = b""
    while octets[:3] + b" " not in octets or not octets.endswith(b"\r\n"):
        octets += recv(1)
    lines = octets.split(b"\r\n")[:-1]
    return int(octets[:3]), [line[4:] for line in lines]


def after(change: Callable[[int, list[bytes]], Any]) -> Callable[[Any], Any]:
    """Make a reader that reads well and then returns something else."""
    return lambda recv: change(*good(recv))


def split_at_hyphen(recv: Any) -> Any:
    code, lines = good(recv)
    return code, [line.rpartition(b"-")[2] for line in lines]


def first_wins(recv: Any) -> Any:
    octets, lines = b"", []
    while True:
        while b"\r\n" not in octets:
            piece = recv(4096)
            if not piece:
                raise ConnectionError
            octets += piece
        line, _, octets = octets.partition(b"\r\n")
        lines.append(line)
        if line[3:4] != b"-" and line:
            return int(lines[0][:3]), [line[4:] for line in lines]


def last_wins(recv: Any) -> Any:
    octets, lines = b"", []
    while True:
        while b"\r\n" not in octets:
            piece = recv(4096)
            if not piece:
                raise ConnectionError
            octets += piece
        line, _, octets = octets.partition(b"\r\n")
        lines.append(line)
        if line[3:4] != b"-":
            return int(line[:3]), [line[4:] for line in lines]


def keeps_what_follows(recv: Any) -> Any:
    octets = b""
    while not re.search(rb"(?m)^[0-9]{3}(?: [^\n]*)?\r\n", octets):
        piece = recv(4096)
        if not piece:
            raise ConnectionError
        octets += piece
    return int(octets[:3]), [line[4:] for line in octets.split(b"\r\n") if line]


def line_of_512(recv: Any) -> Any:
    code, lines = good(recv)
    return code, [line[:506] for line in lines]


def too_long_is_refused(recv: Any) -> Any:
    code, lines = good(recv)
    if any(len(line) > 508 for line in lines):
        raise OverflowError("line too long")
    return code, lines


def half_is_enough(recv: Any) -> Any:
    octets = b""
    while not re.search(rb"(?m)^[0-9]{3}(?: [^\n]*)?\r\n", octets):
        piece = recv(1)
        octets += piece
        if not piece:
            return int(octets[:3] or 0), [line[4:] for line in octets.split(b"\r\n")]
    lines = octets.split(b"\r\n")[:-1]
    if any(line[:3] != octets[:3] for line in lines):
        raise ValueError
    return int(octets[:3]), [line[4:] for line in lines]


def waits_for_closed(recv: Any) -> Any:
    octets = b""
    while not re.search(rb"(?m)^[0-9]{3}(?: [^\n]*)?\r\n", octets):
        octets += recv(1)
    lines = octets.split(b"\r\n")[:-1]
    if any(line[:3] != octets[:3] for line in lines):
        raise ValueError
    return int(octets[:3]), [line[4:] for line in lines]


def raises(_recv: Any) -> Any:
    raise KeyError("code")


def asks_backwards(recv: Any) -> Any:
    return recv(-1)


def recoded(line: bytes, encoding: str, errors: str = "strict") -> bytes:
    """Return a line as it comes out of a text: what the encoding or the error handler does to it is done."""
    return line.decode(encoding, errors).encode(encoding, "replace")


def decodes_each_piece(recv: Any) -> Any:
    """Decode piece by piece, as though no character were cut."""
    return good(lambda size: recv(size).decode("utf-8", "replace").encode())


def splits_as_text(recv: Any) -> Any:
    """Split lines as text is split, at more than line ends."""
    code, lines = good(recv)
    return code, [text.encode("latin-1") for line in lines for text in line.decode("latin-1").splitlines() or [""]]


READERS: dict[Callable[..., Any], str] = {
    raises: "raises",
    asks_backwards: "raises",
    lambda _recv: None: "form",
    lambda _recv: ("250", [b"OK"]): "form",
    lambda _recv: (250, ["OK"]): "form",
    lambda _recv: (250, b"OK"): "form",
    lambda _recv: (250, [b"OK"]): "whole",
    after(lambda code, lines: (code, [line + b"\r\n" for line in lines])): "kept",
    after(lambda code, lines: (code, [b"%d " % code + line for line in lines])): "kept",
    one_recv: "pieces",
    one_recv_one_line: "lines",
    one_line: "first_line",
    line_end_is_the_end: "pieces",
    until_closed: "waits",
    until_closed_and_forgives: "waits",
    code_and_space_anywhere: "digits",
    wanting(lambda line: b"-" in line): "hyphen",
    split_at_hyphen: "hyphen",
    wanting(lambda line: line[3:4] != b" "): "bare",
    after(lambda code, lines: (code, [line for line in lines if line])): "bare",
    line_of_512: "long",
    too_long_is_refused: "long",
    after(lambda code, lines: (code, [line.strip() for line in lines])): "text",
    after(lambda code, lines: (code, [line.decode("ascii").encode() for line in lines])): "text",
    **{
        after(lambda code, lines, how=how: (code, [recoded(line, *how) for line in lines])): "text"
        for how in (
            ("utf-8",),
            ("utf-8", "ignore"),
            ("utf-8", "replace"),
            ("utf-8", "backslashreplace"),
            ("ascii", "ignore"),
            ("ascii", "replace"),
            ("cp1252", "ignore"),
        )
    },
    after(lambda code, lines: (code, [line.decode("latin-1").strip().encode("latin-1") for line in lines])): "text",
    decodes_each_piece: "text",
    splits_as_text: "text",
    keeps_what_follows: "second",
    last_wins: "last_code",
    first_wins: "mixed",
    half_is_enough: "closed",
    waits_for_closed: "endless",
}
