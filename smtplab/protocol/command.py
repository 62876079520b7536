"""One command line, as it goes out."""

from __future__ import annotations

from smtplab.errors import NotACommandLine
from smtplab.protocol.octets import FORBIDDEN


def command_line(command: str | bytes) -> bytes:
    r"""Return the octets of one command line, CRLF added.

    command: text or octets, with no line end in it; text goes out as UTF-8.
    Raises NotACommandLine, naming the character and its place, for CR, LF or NUL; TypeError for another type.

    >>> command_line("HELP MAIL")
    b'HELP MAIL\r\n'
    """
    if isinstance(command, str):
        octets = command.encode("utf-8", "surrogateescape")
    elif isinstance(command, bytes):
        octets = command
    else:
        raise TypeError(f"a command is str or bytes, not {type(command).__name__}")
    if b"\r" in octets or b"\n" in octets or b"\0" in octets:
        text = command if isinstance(command, str) else command.decode("latin-1")
        place, name = next((at, FORBIDDEN[char]) for at, char in enumerate(text) if char in FORBIDDEN)
        raise NotACommandLine(
            f"a command is one line, but this has {name} at position {place}: {command!r}; "
            "send_raw sends octets as they are"
        )
    return octets + b"\r\n"
