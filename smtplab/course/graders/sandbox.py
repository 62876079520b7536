"""Calls a learner's function, but does not wait for ever: an endless loop is stopped."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, NamedTuple

from smtplab.protocol.octets import show_text
from smtplab.text.sentences import Sentences

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

_say = Sentences("course/errors")

LINES = 20_000
"""How many lines of Python a call may run; the answers to the exercises run some dozens."""

_NOT_COUNTED = ("smtplab", "aiosmtpd", "asyncio")
"""What a lab runs while it is asked: it is not the learner's, and is not stopped in the middle."""

_SHOWN = 60


class Endless(Exception):
    """The function ran on and on."""


class _Stop(BaseException):
    """Not an Exception: a learner's `except Exception` lets it through."""


def patiently(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call a function and return what it returns. Raises what it raises, and Endless after `LINES` lines.

    No thread is needed, so it works in a browser too.
    """
    left = LINES

    def trace(frame: FrameType, _event: str, _argument: Any) -> Any:
        nonlocal left
        if not is_learners(frame):
            return None
        caller = frame.f_back
        if caller is not None and caller is not here and caller.f_trace is None:
            return None  # nor is anything counted that they call in turn
        left -= 1
        if left < 0:
            raise _Stop
        return trace

    here = sys._getframe()  # noqa: SLF001  its own f_trace is None too, and what it calls is the learner's
    before = sys.gettrace()
    sys.settrace(trace)
    try:
        return function(*arguments)
    except _Stop:
        raise Endless(_say("endless", lines=LINES)) from None
    finally:
        sys.settrace(before)


def is_learners(frame: FrameType) -> bool:
    """Return whether a frame is not that of a lab, or of what a lab runs on."""
    return str(frame.f_globals.get("__name__")).partition(".")[0] not in _NOT_COUNTED


def short(value: object) -> str:
    """Return a value as code, shortened; a learner's object may have no repr, or one that no terminal prints."""
    try:
        text = repr(value)
    except KeyboardInterrupt:
        raise
    except BaseException:  # noqa: BLE001
        text = object.__repr__(value)
    text = show_text(text)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


class Raised(NamedTuple):
    """What a learner's function raised, in place of what it returns."""

    error: BaseException

    def __repr__(self) -> str:
        try:
            text = show_text(str(self.error))
        except KeyboardInterrupt:
            raise
        except BaseException:  # noqa: BLE001  a learner's own error may not even have a text
            text = ""
        return f"{type(self.error).__name__}({text})"
