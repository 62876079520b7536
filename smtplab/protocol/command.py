"""One command line, as it goes out."""

from __future__ import annotations

from smtplab.errors import NotACommandLine
from smtplab.protocol.octets import FORBIDDEN
from smtplab.text.sentences import Sentences

_say = Sentences("protocol/errors")


def command_line(command: str | bytes) -> bytes:
    r"""Return the octets of one command line, CRLF added.

    command: text or octets, with no line end in it; text goes out as UTF-8.
    Raises NotACommandLine, naming the character and its place, for CR, LF, NUL or a lone surrogate; TypeError for
    another type.

    >>> command_line("HELP MAIL")
    b'HELP MAIL\r\n'
    """
    if isinstance(command, str):
        try:
            octets = command.encode("utf-8", "surrogateescape")
        except UnicodeEncodeError as error:
            char = repr(command[error.start])
            raise NotACommandLine(
                _say("command_character", char=char, place=error.start, command=repr(command))
            ) from None
    elif isinstance(command, bytes):
        octets = command
    else:
        raise TypeError(_say("command_type", kind=type(command).__name__))
    if b"\r" in octets or b"\n" in octets or b"\0" in octets:
        text = command if isinstance(command, str) else command.decode("latin-1")
        place, name = next((at, FORBIDDEN[char]) for at, char in enumerate(text) if char in FORBIDDEN)
        raise NotACommandLine(_say("command_line", name=name, place=place, command=repr(command)))
    return octets + b"\r\n"
