r"""Octets as a person reads them: their names, and text with everything unprintable escaped.

>>> print(show_octets(b"HELP \x00\xf1"))
HELP \x00\xf1
"""

from __future__ import annotations

NAMES = {0x00: "NUL", 0x09: "TAB", 0x0A: "LF", 0x0D: "CR", 0x20: "SP"}
"""The octets that have a name and no sign of their own."""

FORBIDDEN = {chr(octet): NAMES[octet] for octet in (0x0D, 0x0A, 0x00)}
"""What cannot stand in a command line (RFC 5321 §4.1.1, §4.5.2: its end, and NUL), by character."""


def show_octets(octets: bytes) -> str:
    r"""Return octets as readable text: UTF-8 as it is, other octets and control characters as \xNN, tabs kept."""
    text = octets.decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() or c == "\t" else c.encode("unicode_escape").decode() for c in text)


def name_or_text(octets: bytes) -> str:
    """Return the name of one octet that has one, such as "CR"; anything else as text."""
    return (NAMES.get(octets[0]) if len(octets) == 1 else None) or show_octets(octets)
