"""Who is told that something was said or counted, so that nobody has to ask again and again."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Bell:
    """Calls methods, of objects that it does not keep alive. It may be rung from any thread."""

    def __init__(self) -> None:
        self._listeners: tuple[weakref.WeakMethod[Callable[[], None]], ...] = ()

    def add(self, method: Callable[[], None]) -> None:
        """Call a bound method from now on, as long as its object lives; once, however often it is added."""
        self._listeners = (*self._others(method), weakref.WeakMethod(method))

    def remove(self, method: Callable[[], None]) -> None:
        """Call a method no more."""
        self._listeners = self._others(method)

    def ring(self) -> None:
        """Call everybody, in the caller's thread."""
        for reference in self._listeners:
            method = reference()
            if method is not None:
                method()

    def _others(self, method: Callable[[], None]) -> tuple[weakref.WeakMethod[Callable[[], None]], ...]:
        return tuple(each for each in self._listeners if each() not in (None, method))
