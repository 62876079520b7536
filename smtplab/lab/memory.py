"""The memory carrier: the same server protocol on a transport that is two buffers, driven by a stepped loop.

No socket, no thread, no waiting: it works inside a running event loop, on a shared machine where no port may be
opened, and in a browser. Time is virtual, so every run is the same.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from smtplab.lab.steploop import StepLoop
from smtplab.protocol.sources import Sources

if TYPE_CHECKING:
    from collections.abc import Callable

_HIGH_WATER = 65536
_LOW_WATER = _HIGH_WATER // 4


class MemoryTransport(asyncio.Transport):
    """The server's end of a session. Octets written wait in `out` until the client takes them."""

    def __init__(self, loop: StepLoop, number: int) -> None:
        super().__init__({"peername": ("memory", number), "sockname": ("memory", 25)})
        self._loop = loop
        self._protocol: Any = None
        self._inbox = bytearray()
        self._reading = True
        self._writable = True
        self._closed = False
        self.out = bytearray()

    # --- asyncio.Transport, for the server

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Write octets; past the high-water mark the server is asked to wait, as over a socket."""
        if self._closed:
            return
        self.out += data
        if self._writable and len(self.out) > _HIGH_WATER:
            self._writable = False
            self._protocol.pause_writing()

    def close(self) -> None:
        """Hang up; octets already written can still be taken."""
        if not self._closed:
            self._closed = True
            self._loop.call_soon(self._protocol.connection_lost, None)

    abort = close

    def is_closing(self) -> bool:
        """Return whether the session is over."""
        return self._closed

    def pause_reading(self) -> None:
        """Hold octets back until `resume_reading`."""
        self._reading = False

    def resume_reading(self) -> None:
        """Hand over the octets held back."""
        self._reading = True
        self._loop.call_soon(self._hand_over)

    def is_reading(self) -> bool:
        """Return whether octets are handed over."""
        return self._reading and not self._closed

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        """Set the server protocol."""
        self._protocol = protocol

    def get_protocol(self) -> asyncio.BaseProtocol:
        """Return the server protocol."""
        protocol: asyncio.BaseProtocol = self._protocol
        return protocol

    def can_write_eof(self) -> bool:
        """Return False: the session ends on both sides at once."""
        return False

    def get_write_buffer_size(self) -> int:
        """Return how many octets wait for the client."""
        return len(self.out)

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """Do nothing: the limits are fixed."""

    # --- for the client

    def put(self, data: bytes) -> None:
        """Return the server octets, for its next step."""
        if self._inbox or len(data) > _HIGH_WATER or not self._reading or self._closed:
            self._inbox += data
            self._hand_over()
        else:
            self._deliver(data)

    def take(self) -> bytes:
        """Take octets that the server has put out, as many as a socket gives at once."""
        data = bytes(self.out[:_HIGH_WATER])
        del self.out[:_HIGH_WATER]
        if not self._writable and len(self.out) <= _LOW_WATER:
            self._writable = True
            self._loop.call_soon(self._protocol.resume_writing)
        return data

    def _hand_over(self) -> None:
        while self._inbox and self.is_reading():
            chunk = bytes(self._inbox[:_HIGH_WATER])
            del self._inbox[:_HIGH_WATER]
            self._deliver(chunk)

    def _deliver(self, data: bytes) -> None:
        try:
            self._protocol.data_received(data)
        except Exception as error:  # noqa: BLE001  asyncio's transports hang up too
            self._loop.call_exception_handler({"message": "in data_received", "exception": error})
            self.close()


class MemoryConnection:
    """The client's end of a session: it steps the server when it wants something."""

    def __init__(self, loop: StepLoop, server: Any, sources: Sources, number: int) -> None:
        self._loop = loop
        self.source = sources.of
        self.lines_read = sources.lines_read
        self._transport = MemoryTransport(loop, number)
        self._transport.set_protocol(server)
        self.clock = loop.time
        loop.call_soon(server.connection_made, self._transport)

    def send(self, data: bytes, timeout: float) -> None:  # noqa: ARG002  memory never makes a sender wait
        """Send octets. A command that is answered at once is answered here, inside the server."""
        self._loop.call(self._transport.put, data)

    def receive(self, deadline: float) -> bytes:
        """Step until octets are there, or `clock()` is `deadline`; b"" when the server has closed."""
        transport = self._transport
        self._loop.step()
        while not transport.out:
            if transport.is_closing():
                return b""
            if not self._loop.fire_next(deadline):
                self._loop.advance(max(0.0, deadline - self._loop.time()))
                raise TimeoutError
        return transport.take()

    def waiting(self) -> bytes | None:
        """Return the octets that are there, None when the server has closed."""
        self._loop.step()
        if self._transport.out:
            return self._transport.take()
        return None if self._transport.is_closing() else b""

    def close(self) -> None:
        """Hang up."""
        if not self._loop.is_closed():
            self._transport.close()
            self._loop.step()


class MemoryCarrier:
    """A server with no address."""

    name = "memory"
    address = None

    def __init__(self, make_server: Callable[[Any, Any], Any]) -> None:
        self.loop = StepLoop()  # type: ignore[abstract]  # what it leaves out raises NotImplementedError by itself
        self._make_server = make_server
        self._connections = 0

    def connect(self, timeout: float) -> MemoryConnection:  # noqa: ARG002  there is nothing to wait for
        """Open a connection."""
        self._connections += 1
        sources = Sources()
        return MemoryConnection(
            self.loop, self._make_server(self.loop, lambda _peer: sources), sources, self._connections
        )

    def inside(self) -> bool:
        """Return whether the caller runs in one of this server's steps."""
        return self.loop.inside()

    def close(self) -> None:
        """Stop the server and its sessions. Idempotent."""
        self.loop.close()
