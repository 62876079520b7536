"""An event loop that is stepped, not run: no thread, no selector, and a clock that moves only when told to.

Real asyncio Tasks run on it, so a handler may use sleep, gather, timeouts and task groups; a sleep gets its time at
once. It works inside a running loop too (a notebook cell, a widget's callback, Pyodide): for the length of a step the
outer loop is set aside as the running one, and from Python 3.14 on the outer current task with it.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import heapq
import itertools
import logging
import sys
import threading
from asyncio import events, tasks
from collections import deque
from typing import TYPE_CHECKING, Any

from smtplab.errors import LabError
from smtplab.text.sentences import Sentences

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

_say = Sentences("lab/errors")
_MAX_STEPS = 1_000_000
_log = logging.getLogger("asyncio")


class _Handle:
    """A callback that waits for its turn; what asyncio expects of asyncio.Handle and TimerHandle."""

    __slots__ = ("__weakref__", "_args", "_callback", "_context", "_when")

    def __init__(
        self, callback: Callable[..., Any], args: tuple[Any, ...], context: contextvars.Context | None, when: float
    ) -> None:
        self._callback: Callable[..., Any] | None = callback
        self._args = args
        self._context = contextvars.copy_context() if context is None else context
        self._when = when

    def when(self) -> float:
        return self._when

    def cancel(self) -> None:
        self._callback, self._args = None, ()

    def cancelled(self) -> bool:
        return self._callback is None

    def run(self, loop: StepLoop) -> None:
        if self._callback is None:
            return
        try:
            self._context.run(self._callback, *self._args)
        except Exception as error:  # noqa: BLE001  a loop survives its callbacks, as asyncio's does
            loop.call_exception_handler({"message": f"in callback {self._callback!r}", "exception": error})


class StepLoop(asyncio.AbstractEventLoop):
    """An asyncio event loop driven by `step` and `advance`. Time is virtual and in seconds."""

    def __init__(self) -> None:
        self._ready: deque[_Handle] = deque()
        self._timers: list[tuple[float, int, _Handle]] = []
        self._count = itertools.count()
        self._sweep_at = 64
        self._now = 0.0
        self.stepped_by: int | None = None
        """The thread in which a step is under way, or None."""
        self._outer: asyncio.AbstractEventLoop | None = None
        """The loop that was set aside for a step."""
        self._closed = False

    # --- what asyncio's tasks, futures, streams and timeouts ask of a loop

    def time(self) -> float:
        """Return the virtual time in seconds."""
        return self._now

    def get_debug(self) -> bool:
        """Return False: asyncio's debug mode is off."""
        return False

    def is_running(self) -> bool:
        """Return whether a step is under way."""
        return self.stepped_by is not None

    def is_closed(self) -> bool:
        """Return whether the loop is closed."""
        return self._closed

    def create_future(self) -> asyncio.Future[Any]:
        """Make a future of this loop."""
        return asyncio.Future(loop=self)

    def create_task(self, coro: Coroutine[Any, Any, Any], **options: Any) -> asyncio.Task[Any]:  # type: ignore[override]
        """Make a task of this loop."""
        if self._closed:
            coro.close()
            raise RuntimeError(_say("loop_closed"))
        return asyncio.Task(coro, loop=self, **{key: value for key, value in options.items() if value is not None})

    def call_soon(  # type: ignore[override]
        self, callback: Callable[..., Any], *args: Any, context: contextvars.Context | None = None
    ) -> _Handle:
        """Have `callback` run in the next step."""
        handle = _Handle(callback, args, context, self._now)
        self._ready.append(handle)
        return handle

    call_soon_threadsafe = call_soon  # type: ignore[assignment]  # the loop lives where it is stepped

    def call_later(  # type: ignore[override]
        self, delay: float, callback: Callable[..., Any], *args: Any, context: contextvars.Context | None = None
    ) -> _Handle:
        """Have `callback` run `delay` virtual seconds from now."""
        return self.call_at(self._now + delay, callback, *args, context=context)

    def call_at(  # type: ignore[override]
        self, when: float, callback: Callable[..., Any], *args: Any, context: contextvars.Context | None = None
    ) -> _Handle:
        """Have `callback` run at the virtual time `when`."""
        handle = _Handle(callback, args, context, when)
        if len(self._timers) >= self._sweep_at:
            # the time of a cancelled timer may never come here, so they are swept out when they are many
            self._timers = [timer for timer in self._timers if not timer[2].cancelled()]
            heapq.heapify(self._timers)
            self._sweep_at = 64 + 2 * len(self._timers)
        heapq.heappush(self._timers, (when, next(self._count), handle))
        return handle

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        """Log what went wrong in a callback or an unawaited task, as asyncio does."""
        _log.error(context.get("message"), exc_info=context.get("exception"))

    def _timer_handle_cancelled(self, handle: Any) -> None:
        """Do nothing: cancelled timers are dropped when their time comes."""

    async def shutdown_asyncgens(self) -> None:
        """Do nothing: asynchronous generators end with their tasks."""

    def run_in_executor(self, *_args: Any) -> Any:  # type: ignore[override]
        """Refuse: there are no threads here."""
        raise LabError(_say("no_threads"))

    def run_forever(self) -> None:
        """Refuse: this loop is stepped."""
        raise LabError(_say("stepped"))

    # --- stepping

    def step(self) -> None:
        """Run what is ready until nothing is; no time passes.

        Raises LabError when called from inside itself, or when the callbacks never come to rest.
        """
        if not self._ready:
            return
        if self.stepped_by is not None and (self.stepped_by != threading.get_ident() or self.inside(2)):
            raise LabError(_say("inside"))
        # asyncio has these four for authors of loops and tasks; a thread has one current task from Python 3.14 on
        outer = events._get_running_loop()  # noqa: SLF001
        task = None if outer is None else tasks.current_task(outer)
        ready = self._ready
        self._outer = outer
        try:
            self.stepped_by = threading.get_ident()
            if outer is not None and task is not None:
                tasks._leave_task(outer, task)  # noqa: SLF001
            events._set_running_loop(self)  # noqa: SLF001
            for _ in range(_MAX_STEPS):
                if not ready:
                    return
                # one at a time: after an interrupt in a callback the others are still queued
                ready.popleft().run(self)
            raise LabError(_say("never_rests"))
        finally:
            events._set_running_loop(outer)  # noqa: SLF001
            if outer is not None and task is not None and tasks.current_task(outer) is None:
                tasks._enter_task(outer, task)  # noqa: SLF001
            self.stepped_by = None

    def call(self, callback: Callable[..., None], *args: Any) -> None:
        """Call what belongs to the server, as a step does."""
        try:
            self.stepped_by = threading.get_ident()
            callback(*args)
        finally:
            self.stepped_by = None

    def inside(self, depth: int = 1) -> bool:
        """Return whether the caller runs in a step. What an interrupt left of one, at its very end, is put right.

        depth: of the frame to look from, 1 for the caller's.
        """
        if self.stepped_by != threading.get_ident():
            return False
        frame = sys._getframe(depth)  # noqa: SLF001  whether the step is still under way is seen there alone
        while frame is not None:
            if frame.f_code in _STEPS and frame.f_locals["self"] is self:
                return True
            frame = frame.f_back  # type: ignore[assignment]
        if events._get_running_loop() is self:  # noqa: SLF001
            events._set_running_loop(self._outer)  # noqa: SLF001
        self.stepped_by = None
        return False

    def fire_next(self, deadline: float) -> bool:
        """Move the clock to the next timer and step, if one is due by `deadline`; return whether one was."""
        while self._timers and self._timers[0][2].cancelled():
            heapq.heappop(self._timers)
        if not self._timers or self._timers[0][0] > deadline:
            return False
        self._now = max(self._now, self._timers[0][0])
        self._ready.append(heapq.heappop(self._timers)[2])
        self.step()
        return True

    def advance(self, seconds: float) -> None:
        """Let `seconds` of virtual time pass, firing each timer at its moment."""
        end = self._now + seconds
        self.step()
        while self.fire_next(end):
            pass
        self._now = end

    def close(self) -> None:
        """Cancel every task and close. Idempotent."""
        if self._closed:
            return
        for task in tasks.all_tasks(self):
            task.cancel()
        try:
            with contextlib.suppress(LabError):  # what never comes to rest is closed all the same
                self.step()
        finally:
            self._closed = True
            self._ready.clear()
            self._timers.clear()
            for task in tasks.all_tasks(self):
                _drop(task)


def _drop(task: asyncio.Task[Any]) -> None:
    """End what an interrupt, or another task that never rests, has kept from ending; else Python tells of it later."""
    task._log_destroy_pending = False  # type: ignore[attr-defined]  # noqa: SLF001  as asyncio's gather does
    coroutine = task.get_coro()
    if coroutine is not None:
        with contextlib.suppress(Exception):  # a learner's, which may raise anything as it ends
            coroutine.close()


_STEPS = {StepLoop.step.__code__, StepLoop.call.__code__}
