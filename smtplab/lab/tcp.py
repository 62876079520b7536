"""The tcp carrier: an aiosmtpd server on its own event loop, in a daemon thread, on 127.0.0.1.

aiosmtpd's own Controller cannot bind port 0, waits five seconds on a busy port and fails when it is stopped twice.
"""

from __future__ import annotations

import asyncio
import select
import socket
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

HOST = "127.0.0.1"
_CHUNK = 65536
_BACKLOG = 512
_REMEMBERED = 64


class TcpCarrier:
    """A server that this machine's other programs can reach, and only they."""

    name = "tcp"

    def __init__(self, make_server: Callable[[Any], Any], port: int = 0) -> None:
        self._sessions: dict[tuple[str, int], Any] = {}
        self._make_server = make_server
        # bound here, in the caller's thread: a port that is taken is an error at once
        self._listener = socket.create_server((HOST, port), backlog=_BACKLOG)
        self.address: tuple[str, int] = self._listener.getsockname()[:2]
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._serve, name="smtplab server", daemon=True)
        self._stop = asyncio.Event()
        self._closing = threading.Lock()
        self._closed = False
        self._thread.start()

    def connect(self, timeout: float) -> TcpConnection:
        """Open a connection, within `timeout` seconds. Raises OSError."""
        return TcpConnection(socket.create_connection(self.address, timeout), self._sessions)

    def inside(self) -> bool:
        """Return whether the caller runs in this server's thread."""
        return threading.current_thread() is self._thread  # a later thread may have the number of one that has ended

    def close(self) -> None:
        """Stop the server: every session, its thread, its sockets. Idempotent."""
        with self._closing:
            if self._closed:
                return
            self._closed = True
        with suppress(RuntimeError):  # the loop is closed already: the interpreter is going down
            self._loop.call_soon_threadsafe(self._stop.set)
        if not self.inside():
            self._thread.join()

    # --- in the server's thread

    def _serve(self) -> None:
        try:
            self._loop.run_until_complete(self._main())
        finally:
            self._listener.close()
            self._loop.close()

    async def _main(self) -> None:
        server = await self._loop.create_server(self._session, sock=self._listener, backlog=_BACKLOG)
        await self._stop.wait()
        server.close()
        for session in list(self._sessions.values()):
            if session.transport is not None:
                session.transport.abort()
        # connection_lost comes with the loop's next round and cancels each session's task
        mine = asyncio.current_task()
        await asyncio.sleep(0)
        rest = [task for task in asyncio.all_tasks() if task is not mine]
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)

    def _session(self) -> Any:
        session = self._make_server(self._loop)
        made = session.connection_made
        made = session.connection_made

        def connection_made(transport: asyncio.BaseTransport) -> None:
            if len(self._sessions) > _REMEMBERED:
                # a session that is over is kept a while: its client may not have read all of it yet
                for key in [key for key, old in self._sessions.items() if old.transport is None]:
                    del self._sessions[key]
            self._sessions[transport.get_extra_info("peername")] = session
            made(transport)

        session.connection_made = connection_made
        return session


class TcpConnection:
    """A blocking client socket."""

    clock = staticmethod(time.monotonic)

    def __init__(self, sock: socket.socket, sessions: dict[tuple[str, int], Any]) -> None:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._sock = sock
        self._sessions = sessions
        self._me: tuple[str, int] = sock.getsockname()[:2]
        self._limit = 0.0
        self._poll = None
        if hasattr(select, "poll"):
            self._poll = select.poll()
            self._poll.register(sock, select.POLLIN)

    def send(self, data: bytes, timeout: float) -> None:
        """Send octets, within `timeout` seconds."""
        self._set_limit(timeout)
        self._sock.sendall(data)

    def receive(self, deadline: float) -> bytes:
        """Wait for octets until `clock()` is `deadline`; b"" when the server has closed. Raises TimeoutError."""
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._set_limit(left)
        try:
            return self._sock.recv(_CHUNK)
        except ConnectionError:
            return b""

    def _set_limit(self, seconds: float) -> None:
        """Set the socket's timeout, unless it is that already, to a twentieth of a second: it is a system call."""
        if not self._limit - 0.05 < seconds <= self._limit:
            self._sock.settimeout(seconds)
            self._limit = seconds

    def waiting(self) -> bytes | None:
        """Return the octets that are there without waiting, None when the server has closed."""
        if self._poll is not None and not self._poll.poll(0):
            return b""
        self._sock.setblocking(False)
        self._limit = 0.0
        try:
            return self._sock.recv(_CHUNK) or None
        except BlockingIOError:
            return b""
        except ConnectionError:
            return None

    def about(self) -> tuple[str, bool]:
        """Return how the server came by its next reply, and whether it hangs up after it."""
        replied = getattr(self._sessions.get(self._me), "replied", None)
        return replied.popleft() if replied else ("live", False)

    def close(self) -> None:
        """Hang up."""
        self._sock.close()
