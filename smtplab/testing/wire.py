"""A transport that lets a reply's octets out as a fault has it: late, in pieces, or not all of them."""

from __future__ import annotations

from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from smtplab.testing.faults import PLAIN

if TYPE_CHECKING:
    import asyncio


class _Step(NamedTuple):
    """What is next: after `wait` seconds these octets go out, or (None) the connection ends."""

    wait: float
    octets: bytes | None


class Wire:
    """One connection's transport, around asyncio's. Whatever it does not do itself, the one inside does.

    delivery: how the next write goes out; the write uses it up.
    """

    def __init__(self, transport: Any, loop: asyncio.AbstractEventLoop) -> None:
        self.delivery = PLAIN
        self._transport = transport
        self._loop = loop
        self._steps: deque[_Step] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self._closing = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Let octets out, behind those that still wait (asyncio.Transport)."""
        delivery, self.delivery = self.delivery, PLAIN
        if self._closing:
            return
        if delivery is PLAIN and not self._steps:
            self._transport.write(data)
            return
        octets, cut = bytes(data), delivery.octets
        if cut is not None:
            octets = octets[: len(octets) // 2 if cut < 0 else cut]
        if delivery.pause is None:
            self._steps.append(_Step(delivery.wait, octets))
        else:
            waits = (delivery.wait, *[delivery.pause] * (len(octets) - 1))
            self._steps.extend(_Step(wait, octets[at : at + 1]) for at, wait in enumerate(waits[: len(octets)]))
        if cut is None:
            self._go_on()
        else:
            self._close()

    def close(self) -> None:
        """End the connection once all octets are out (asyncio.Transport)."""
        if self._closing:
            return
        if self._steps:
            self._close()
        else:
            self._closing = True
            self._transport.close()

    def _close(self) -> None:
        self._closing = True
        self._steps.append(_Step(0.0, None))
        with suppress(RuntimeError, NotImplementedError):  # it is closed already: the client has hung up
            self._transport.pause_reading()
        self._go_on()

    def abort(self) -> None:
        """End the connection now (asyncio.Transport)."""
        self._closing = True
        self._steps.clear()
        if self._timer is not None:
            self._timer.cancel()
        self._transport.abort()

    def is_closing(self) -> bool:
        """Return whether it has ended, or will (asyncio.Transport)."""
        return self._closing or bool(self._transport.is_closing())

    def _go_on(self) -> None:
        if self._timer is None and self._steps:
            self._timer = self._loop.call_later(self._steps[0].wait, self._step)

    def _step(self) -> None:
        self._timer = None
        if not self._steps:
            return
        octets = self._steps.popleft().octets
        if octets is None or self._transport.is_closing():
            self._steps.clear()
            self._transport.close()
            return
        self._transport.write(octets)
        self._go_on()
