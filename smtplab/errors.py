"""What can go wrong, each with a message that names the thing. This module imports nothing of ours.

Every error of this package is a `SmtplabError`, so one `except` catches them all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class SmtplabError(Exception):
    """The base of every error that smtplab raises on purpose.

    It survives pickle and copy whatever arguments its class takes: process pools and test runners hand errors on.
    """

    def __reduce__(self) -> tuple[Any, ...]:
        """Return how to rebuild it: without `__init__`, which would take the message for its first argument."""
        return _again, (type(self), self.args), self.__dict__ or None


def _again(cls: type[SmtplabError], args: tuple[Any, ...]) -> SmtplabError:
    """Return an error of a class with these `args`; its fields are set afterwards."""
    base: type[Any] = cls
    while base.__module__ != "builtins":  # a class may be an OSError too, which alone can make it, or a RuntimeError
        base = base.__base__ or object
    error: SmtplabError = base.__new__(cls, *args)
    error.args = args  # an OSError leaves them to `__init__`
    return error


class NotAReply(SmtplabError, ValueError):
    """The octets do not begin with three digits, or are not exactly one reply (RFC 5321 §4.2)."""


class NotACode(SmtplabError, ValueError):
    """The value cannot be an SMTP reply code (RFC 5321 §4.2: 2-5, 0-5, 0-9)."""


class NotACommandLine(SmtplabError, ValueError):
    """The text cannot be sent as one command line: it holds CR, LF or NUL."""


class NotAnAnswer(SmtplabError, TypeError):
    """The answer to an exercise does not have the form that its kind asks for; the message says which."""


class UnknownName(SmtplabError, ValueError):
    """A name that does not exist here; the message lists those that do.

    what: what is named, as "personality". name: the one that is unknown, as code where it is no text and no number.
    known: those there are. message: the sentence that says so, which text/ makes (`smtplab.text.texts.unknown`).
    """

    def __init__(self, what: str, name: object, known: Iterable[object], message: str = "") -> None:
        super().__init__(message or f"{what}: {name!r}")
        self.what = what
        self.name = name if isinstance(name, str | bytes | int | None) else repr(name)
        self.known = tuple(map(str, known))


class RecordingError(SmtplabError, ValueError):
    """A recording file that cannot be used; the message names the file, the place and the reason."""


class CannotRecord(SmtplabError):
    """The server could not be recorded; the message says why."""


class ProbeError(SmtplabError):
    """The server could not be asked; the message says why, in one line."""


class LessonError(SmtplabError):
    """The lessons cannot be read or written; the message says where and why."""


class SiteError(SmtplabError):
    """The site cannot be built, put in place or served; the message says why and what to do."""


class LabError(SmtplabError, RuntimeError):
    """The lab cannot do this in the state it is in."""


class LabStopped(LabError):
    """The lab was stopped; `lab.start()` starts it again."""


class NoAddress(LabError):
    """The lab has no host and port: its carrier is memory, so no other program can reach it."""


class DialogueError(LabError):
    """A dialogue that broke off; it carries the dialogue until then.

    transcript: the dialogue so far, a `Transcript`.
    partial: the octets of the unfinished reply, as they came.
    """

    def __init__(self, message: str, transcript: Sequence[Any], partial: bytes = b"") -> None:
        super().__init__(message)
        self.transcript = transcript
        self.partial = partial


class ConnectionLost(DialogueError):
    """The server closed the connection before it had replied; the next `send` opens a new one."""


class ReplyTimeout(DialogueError, TimeoutError):
    """No complete reply came within the timeout; the next `send` opens a new connection."""
