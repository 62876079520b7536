"""Code in a server that raises: the one reply that the client gets, and where it was raised, for whoever wrote it."""

from __future__ import annotations

import asyncio
import sys
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from traceback import FrameSummary

from smtplab.protocol.octets import show_text

_OURS = {"smtplab", "aiosmtpd"}
_SHOWN = 200


OF_ASYNCIO = (asyncio.CancelledError, asyncio.LimitOverrunError, ConnectionResetError)
"""What aiosmtpd takes for the end of its task, a long line, or the end of the connection, whoever raised it."""


class CodeStopped(Exception):
    """Code in a server raised what would end the session, such as SystemExit: the session goes on all the same."""

    @classmethod
    def by(cls, error: BaseException) -> CodeStopped:
        """Make it of the error that was raised, which is its cause."""
        stopped = cls()  # an error's own text may raise
        stopped.__cause__ = error
        return stopped


def is_interrupt(error: BaseException) -> bool:
    """Return whether a person has interrupted: Python raises that in the main thread, and nowhere else."""
    return isinstance(error, KeyboardInterrupt) and threading.current_thread() is threading.main_thread()


def describe(error: BaseException, culprit: str = "") -> str:
    """Return an error's type and message, and where it was raised, as "ZeroDivisionError: … (smtp_NOOP, line 3)".

    culprit: the method, hook or script that was called, for an error that was raised in none of its lines.
    """
    original = _original(error)
    frame = _frame_of_theirs(original)
    place = f"{frame.name}, line {frame.lineno}" if frame else culprit
    return f"{_named(original)} ({place})" if place else _named(original)


def status_of(error: BaseException, culprit: str = "") -> str:
    """Return the reply to a command whose code raised.

    451 is for an error in processing (RFC 5321 §4.2.3). What no code of a user's had a part in, the parser raised: it
    could not read the command's argument, which is 501 (§4.2.4), without a word on its inside.
    """
    original = _original(error)
    if original is error and not culprit and not _frame_of_theirs(error):
        return "501 Syntax error in parameters or arguments"
    return f"451 Requested action aborted: this server's code raised {_named(original)}"


def last_words(error: BaseException) -> str:
    """Return what a server says that cannot go on: 421, and it hangs up (RFC 5321 §3.8)."""
    return f"421 Service not available, closing: this server's code raised {_named(_original(error))}"


def _original(error: BaseException) -> BaseException:
    return error.__cause__ if isinstance(error, CodeStopped) and error.__cause__ else error


def _named(error: BaseException) -> str:
    """Return an error's type and message, shortened; a learner's own error may not even have one."""
    try:
        message = str(error)
    except Exception:  # noqa: BLE001
        message = ""
    # it is shown to a person, whose terminal is not to obey it
    message = show_text(" ".join(message.split()))
    message = message if len(message) <= _SHOWN else message[: _SHOWN - 3] + "..."
    return f"{type(error).__name__}: {message}" if message else type(error).__name__


def _frame_of_theirs(error: BaseException) -> FrameSummary | None:
    """Return the innermost frame that is neither ours nor the standard library's."""
    import traceback  # only a failure needs it

    frames = [
        frame
        for frame, line in traceback.walk_tb(error.__traceback__)
        if str(frame.f_globals.get("__name__")).partition(".")[0] not in _OURS | sys.stdlib_module_names
        or frame.f_globals.get("__name__") == "__main__"
    ]
    return traceback.extract_stack(frames[-1], limit=1)[0] if frames else None
