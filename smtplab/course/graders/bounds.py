"""Bounds the time that a check may take, whatever the learner's code does, and lets an interrupt through.

In the main thread an alarm signal goes off: it gets out of loops, of `time.sleep`, of regular expressions and of long
arithmetic. Elsewhere a thread raises the exception, which gets out of loops; in a browser, which has neither, there is
the counting of lines (sandbox.py) alone. What none of them can stop is told before it runs: see `unstoppable`.
"""

from __future__ import annotations

import ctypes
import signal
import sys
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

from smtplab.course.graders.sandbox import Endless, is_learners
from smtplab.text.sentences import Sentences

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import CodeType, FrameType

_say = Sentences("course/errors")
_T = TypeVar("_T")

SECONDS = 20.0
"""How long one check may take; those of right answers take a second or two."""

_AGAIN = 1.0
"""How many seconds a lab has to close, before it is assumed that the learner's code has caught what was raised."""

_WITHOUT_END = frozenset({"iter", "count", "cycle", "repeat"})
_TAKES_ALL = frozenset({"sum", "list", "tuple", "set", "frozenset", "dict", "max", "min", "any", "all", "sorted",
                        "join", "deque", "extend", "update"})  # fmt: skip
_WAITS = frozenset({"sleep", "match", "fullmatch", "search", "findall", "sub", "pow"})


class _TimeIsUp(KeyboardInterrupt):
    """A KeyboardInterrupt, so that asyncio lets it through its tasks as it lets an interrupt through."""


class _Instead(BaseException):
    """Comes in the place of what was raised too late, and is caught."""


def bounded(function: Callable[..., _T], *arguments: object, seconds: float | None = None) -> _T:
    """Call a function and return what it returns.

    Raises what it raises, Endless where it takes longer than `seconds` (`SECONDS`), and KeyboardInterrupt at an
    interrupt: these two even where a learner's `except:` catches them.
    """
    bell = _Bell(SECONDS if seconds is None else seconds, sys._getframe())  # noqa: SLF001  no learner's frame
    try:
        try:
            bell.set()
            returned, stopped = next(_apart(function, arguments))
        finally:
            bell.off()
    except BaseException:
        bell.off()  # it may have rung in the midst of being put off
        if bell.rung is None:
            raise
    del bell._here  # noqa: SLF001  a frame kept is a cycle
    if bell.rung is _TimeIsUp:
        raise Endless(_say("endless_time", seconds=f"{bell.seconds:g}")) from None
    if bell.rung is not None:
        raise KeyboardInterrupt
    if stopped is not None:
        raise stopped
    return returned


def _apart(function: Callable[..., _T], arguments: tuple[object, ...]) -> Iterator[tuple[_T, StopIteration | None]]:
    """Call a function in a generator, which has an exception state of its own.

    What is raised between two of its instructions can leave an exception "being handled" for ever: CPython 3.11 does so
    in a with statement that suppresses. It would keep all its frames, and be told with each later error.
    """
    try:
        yield function(*arguments), None
    except StopIteration as error:  # which no generator lets through
        yield None, error  # type: ignore[misc]


def unstoppable(answer: Any) -> str:
    """Return the name of what could keep a learner's function for ever with no way to stop it, "" mostly.

    A function of Python's own that takes all of something without an end runs no Python: nothing can be raised in it.
    Where there is no alarm, no sleep and no regular expression is left either.
    """
    for code in _codes(answer):
        names = set(code.co_names)
        found = names & _WITHOUT_END if names & _TAKES_ALL else set()
        if not _has_alarm():
            found |= names & _WAITS
        if found:
            return min(found)
    return ""


def _codes(answer: Any) -> Iterator[CodeType]:
    """Return the code of a function, or of what stands in a class, and of the functions made in them."""
    parts = vars(answer).values() if isinstance(answer, type) else (answer,)
    left = [part.__code__ for part in parts if hasattr(part, "__code__")]
    while left:
        code = left.pop()
        yield code
        left += [each for each in code.co_consts if hasattr(each, "co_names")]


def _has_alarm() -> bool:
    in_main = threading.current_thread() is threading.main_thread()
    return in_main and hasattr(signal, "setitimer") and sys.platform != "emscripten"


class _Bell:
    """What goes off when the time is up or the learner interrupts.

    rung: what was raised, None where nothing was. An interrupt counts for more than the time.
    """

    def __init__(self, seconds: float, here: FrameType) -> None:
        self.seconds = seconds
        self._here = here
        self.rung: type[KeyboardInterrupt] | None = None
        self._on = False
        self._undo: list[Callable[[], object]] = []

    def set(self) -> None:
        """Begin to watch."""
        trace = sys.gettrace()
        self._undo.append(lambda: sys.settrace(trace))
        self._on = True
        if _has_alarm():
            self._set_alarm()
        else:
            self._set_thread()

    def off(self) -> None:
        """Stop watching, and leave everything as it was."""
        self._on = False
        while self._undo:
            self._undo.pop()()

    # --- by signals

    def _set_alarm(self) -> None:
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            self._handle(signal.SIGINT, KeyboardInterrupt)
        self._handle(signal.SIGALRM, _TimeIsUp)
        left, interval = signal.setitimer(signal.ITIMER_REAL, self.seconds, _AGAIN)
        self._undo.append(lambda: signal.setitimer(signal.ITIMER_REAL, left, interval))

    def _handle(self, number: signal.Signals, kind: type[KeyboardInterrupt]) -> None:
        before = signal.signal(number, lambda _number, frame: self._ring(kind, frame))
        self._undo.append(lambda: signal.signal(number, before))

    def _ring(self, kind: type[KeyboardInterrupt], frame: FrameType | None) -> None:
        if not self._on:
            if kind is KeyboardInterrupt:
                raise kind
            return
        if self.rung is None or kind is KeyboardInterrupt:
            self.rung = kind
        # whoever catches what is raised here gets it once more, at the next line: there the `except` is left
        sys.settrace(self._trace)
        while frame is not None and frame is not self._here:
            if is_learners(frame):
                frame.f_trace = self._trace
            frame = frame.f_back
        raise kind

    def _trace(self, frame: FrameType, event: str, _argument: Any) -> Any:
        caller = frame.f_back
        if not is_learners(frame) or (event == "call" and (caller is None or caller.f_trace is None)):
            return None  # a lab that is being closed goes on closing
        if event == "line" and self._on and self.rung is not None:
            raise self.rung
        return self._trace

    # --- by a thread

    def _set_thread(self) -> None:
        watched, over, lock = threading.get_ident(), threading.Event(), threading.Lock()

        def raise_there(kind: type[BaseException]) -> None:
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(watched), ctypes.py_object(kind))

        def watch() -> None:
            wait = self.seconds
            while not over.wait(wait):
                with lock:
                    if not over.is_set():
                        self.rung = _TimeIsUp
                        raise_there(_TimeIsUp)
                wait = _AGAIN if wait == self.seconds else _AGAIN / 20

        def end() -> None:
            with lock:
                over.set()
            thread.join(_AGAIN)
            if self.rung is None:
                return
            # in the place of what was raised and has not come yet: CPython would look for ever for one taken back
            with suppress(_Instead):
                raise_there(_Instead)
                while True:
                    time.sleep(0)

        thread = threading.Thread(target=watch, name="smtplab-check", daemon=True)
        with suppress(RuntimeError):  # a browser has no threads
            thread.start()
            self._undo.append(end)
