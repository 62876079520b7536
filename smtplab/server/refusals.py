"""Command lines that are refused before aiosmtpd sees them, and what they get."""

from __future__ import annotations

from smtplab.protocol.reply import Reply
from smtplab.server.help import TOPICS
from smtplab.server.output import quoted

PATHS = {"MAIL": b"FROM:<", "RCPT": b"TO:<"}
"""How the argument begins: a path stands in angle brackets, with no space before it (RFC 5321 §3.3, §4.1.2)."""

NOT_ASCII = Reply.of(501, "Syntax error in parameters: octets outside ASCII need SMTPUTF8, not offered here")
"""Without SMTPUTF8 a command is ASCII (RFC 5321 §2.4, RFC 6531 §3.2)."""


def of_line(line: bytes, limit: int) -> Reply | None:
    """Return what a line gets that is longer than `limit` octets, or has a CR or LF in its midst (RFC 5321 §2.3.8)."""
    if len(line) > limit:
        return Reply.of(500, f"Command line too long: at most {limit} octets, CR LF included")
    words = line.removesuffix(b"\r\n")
    if b"\n" in words or b"\r" in words:
        return Reply.of(500, "Syntax error: CR and LF stand only together, at the end of a line")
    return None


def unknown(verb: str) -> Reply:
    """Return what a verb gets that the server does not know (RFC 5321 §4.2.4)."""
    return Reply.of(500, f"Command {quoted(verb)} not recognized; HELP lists the commands")


def not_here(verb: str) -> Reply:
    """Return what a verb gets that the server knows and does not offer (RFC 5321 §4.2.4)."""
    return Reply.of(502, f"Command {verb} not implemented here")


def of_path(verb: str, argument: bytes) -> Reply | None:
    """Return what MAIL or RCPT gets where its argument begins with no path; a recipient's path is not empty."""
    begin, argument = PATHS[verb], argument.strip()
    begins = argument[: len(begin)].upper() == begin
    if not argument or (begins and (verb == "MAIL" or argument[len(begin) :][:1] not in (b">", b""))):
        return None
    return Reply.of(501, f"Syntax: {TOPICS[verb].syntax}")


def is_plain(line: bytes) -> bool:
    """Return whether a line is ASCII, and its CR and LF stand at its end alone."""
    return line.isascii() and line.find(b"\r") == len(line) - 2 == line.find(b"\n") - 1
