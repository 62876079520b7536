r"""Octets as a person reads them: their names, and text with everything unprintable escaped.

>>> print(show_octets(b"HELP \x00\xf1"))
HELP \x00\xf1
"""

from __future__ import annotations

NAMES = {0x00: "NUL", 0x09: "TAB", 0x0A: "LF", 0x0D: "CR", 0x20: "SP"}
"""The octets that have a name and no sign of their own."""

FORBIDDEN = {chr(octet): NAMES[octet] for octet in (0x0D, 0x0A, 0x00)}
"""What cannot stand in a command line (RFC 5321 §4.1.1, §4.5.2: its end, and NUL), by character."""

SHOWN = 40
"""How wide what is quoted in a repr may be."""


def quoted(octets: bytes, width: int = SHOWN) -> str:
    r"""Return octets as a repr shows them: in quotes, each odd octet escaped once, cut where it would be too wide.

    >>> print(quoted(b"\xe7a\x00 va\n \\ 'ma\xc3\xb1ana'"))
    "\xe7a\x00 va\n \\ 'mañana'"
    """
    return quoted_text(octets.decode("utf-8", "surrogateescape"), width)


def quoted_text(text: str, width: int = SHOWN) -> str:
    """Return text as `quoted` returns octets."""
    shown = [_escaped(char) for char in text[: width + 1]]
    if sum(map(len, shown)) > width:
        while sum(map(len, shown)) >= width:
            shown.pop()
        shown.append("…")
    mark = '"' if "'" in shown and '"' not in shown else "'"
    return mark + "".join(f"\\{char}" if char == mark else char for char in shown) + mark


def _escaped(char: str) -> str:
    if "\udc80" <= char <= "\udcff":
        return f"\\x{ord(char) - 0xDC00:02x}"
    return char if char.isprintable() and char != "\\" else char.encode("unicode_escape").decode()


def show_text(text: str) -> str:
    """Return text with what cannot be printed escaped."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def show_octets(octets: bytes) -> str:
    r"""Return octets as readable text: UTF-8 as it is, other octets and control characters as \xNN, tabs kept."""
    text = octets.decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() or c == "\t" else c.encode("unicode_escape").decode() for c in text)


def name_or_text(octets: bytes) -> str:
    """Return the name of one octet that has one, such as "CR"; anything else as text."""
    return (NAMES.get(octets[0]) if len(octets) == 1 else None) or show_octets(octets)
