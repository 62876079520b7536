r"""What goes on the wire: one well-formed reply, whatever text code supplies.

A reply ends with the first line that says so (RFC 5321 §4.2.1), so a line end in a text that is not itself one reply
would forge another one; and a text holds printable ASCII and tabs (§4.2), or UTF-8 where SMTPUTF8 is on.

>>> one_reply("250 OK")
b'250 OK\r\n'
>>> one_reply("214-Commands:\r\n214 HELP QUIT")
b'214-Commands:\r\n214 HELP QUIT\r\n'
>>> one_reply("250 OK\r\n250 forged")
b'250 OK\\r\\n250 forged\r\n'
>>> one_reply("250 Hola, se\u00f1or")
b'250 Hola, se\\xc3\\xb1or\r\n'
"""

from __future__ import annotations

import re

_LINE_END = rb"\r\n|\r|\n"
_UNSAFE = rb"[^\t\x20-\x7e]"
_CONTROL = rb"[\x00-\x08\x0a-\x1f\x7f]"
_SAFE = bytes([0x09, *range(0x20, 0x7F)])


def printable(text: str) -> str:
    """Return a text as it can stand in a line of a reply: what is not printable ASCII is written as an escape."""
    return _safe(text.encode("utf-8", "surrogateescape"), utf8=False).decode("ascii")


def one_reply(status: str | bytes, *, utf8: bool = False, one_line: bool = False) -> bytes:
    """Return the octets of one reply, CRLF included; what cannot stand in it is written as an escape.

    status: the reply without its last line end (one is forgiven); several lines only where they are one reply.
    utf8: leave well-formed UTF-8 as it is. one_line: the status is a line of a reply, and not several.
    """
    octets = _encoded(status) if isinstance(status, str) else status
    if not octets.translate(None, _SAFE):
        return octets + b"\r\n"  # as nearly every reply is
    octets = octets.removesuffix(b"\n").removesuffix(b"\r")
    lines = re.split(_LINE_END, octets)
    if one_line or not _is_one(lines):
        lines = [re.sub(_LINE_END, lambda end: _escape(end[0]), octets)]
    return b"".join(_safe(line, utf8=utf8) + b"\r\n" for line in lines)


def _encoded(status: str) -> bytes:
    """Return a text's octets; half a character, which has none, as an escape."""
    try:
        return status.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return status.encode("utf-8", "backslashreplace")


def is_whole(status: object) -> bool:
    """Return whether a value is one whole reply, as far as its code and its last line say."""
    if not isinstance(status, str | bytes):
        return False
    octets = one_reply(status)
    return octets[:3].isdigit() and is_last_line(octets)


def is_last_line(octets: bytes) -> bool:
    """Return whether what was written so far is a whole reply: aiosmtpd pushes some replies line by line.

    octets: ended by CRLF.
    """
    last = octets.rfind(b"\n", 0, -1) + 1
    return octets[last + 3 : last + 4] != b"-" or not octets[last : last + 3].isdigit()


def _is_one(lines: list[bytes]) -> bool:
    code = lines[0][:3]
    if len(lines) == 1 or not code.isdigit():
        return len(lines) == 1
    *first, last = lines
    return all(line[:4] == code + b"-" for line in first) and last[:3] == code and last[3:4] in (b" ", b"", b"-")


def _safe(line: bytes, *, utf8: bool) -> bytes:
    if utf8:
        try:
            line.decode("utf-8")
        except UnicodeDecodeError:
            pass
        else:
            return re.sub(_CONTROL, lambda octet: _escape(octet[0]), line)
    return re.sub(_UNSAFE, lambda octet: _escape(octet[0]), line)


def _escape(octets: bytes) -> bytes:
    return b"".join({0x0D: rb"\r", 0x0A: rb"\n"}.get(octet, rb"\x%02x" % octet) for octet in octets)


def quoted(text: str) -> str:
    """Return a client's own text so that it can stand in a reply: printable ASCII in quotes, at most 40 characters."""
    safe = "".join(character if " " <= character <= "~" else "?" for character in text)
    return f'"{safe if len(safe) <= 40 else safe[:37] + "..."}"'
