"""Presenters that follow a lab: they look again after whatever is said there, in the page's own thread."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from smtplab.widgets.presenter import Presenter

if TYPE_CHECKING:
    import asyncio

    from smtplab.lab.lab import Lab

_OFTEN = 0.1
"""Seconds between two looks while a cell runs."""


class LivePresenter(Presenter):
    """A presenter that looks at its lab after each command, whoever sends it, until it is released.

    loop: whoever shows it may set the event loop in whose thread it then looks, once for many commands; a cell that
      runs long is followed meanwhile. Without one it looks at once.
    looked: when it looked last, by `time.monotonic`.
    """

    def __init__(self, lang: str | None = None, lab: Lab | None = None) -> None:
        super().__init__(lang, lab)
        self.loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.get_ident()
        self._due = False
        self.looked = 0.0
        if lab is not None:
            lab.watch(self._hear)

    def hold(self) -> None:
        """Hold the lab and follow it, if it is still there: a page shows this."""
        super().hold()
        if (lab := self._lab()) is not None:
            lab.watch(self._hear)
        self.look()

    def release(self) -> None:
        """Follow the lab no more, and let go of it."""
        if (lab := self._lab()) is not None:
            lab.unwatch(self._hear)
        super().release()

    def look(self) -> None:
        """Show what is new in the lab."""
        raise NotImplementedError

    def _hear(self) -> None:
        if self.loop is None or self.loop.is_closed():
            self.look()
        elif threading.get_ident() == self._thread and time.monotonic() - self.looked > _OFTEN:
            self._look_now()
        elif not self._due:
            self._due = True
            with suppress(RuntimeError):  # the loop has just been closed
                self.loop.call_soon_threadsafe(self._look_now)

    def _look_now(self) -> None:
        self._due = False
        self.looked = time.monotonic()
        self.look()
