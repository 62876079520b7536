"""The tcp carrier: an aiosmtpd server on its own event loop, in a daemon thread, on 127.0.0.1.

aiosmtpd's own Controller cannot bind port 0, waits five seconds on a busy port and fails when it is stopped twice.
"""

from __future__ import annotations

import asyncio
import os
import select
import socket
import threading
import time
import weakref
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from smtplab.protocol.sources import Sources

if TYPE_CHECKING:
    from collections.abc import Callable

HOST = "127.0.0.1"
_CHUNK = 65536
_BACKLOG = 512
_ACCEPTING = 3
"""Rounds of the loop from a connection that was accepted to its session: a server closed sooner leaves it hanging."""


class TcpCarrier:
    """A server that other programs on this machine can reach, and nothing else."""

    name = "tcp"

    def __init__(self, make_server: Callable[[Any, Any], Any], port: int = 0) -> None:
        self._sessions: weakref.WeakSet[Any] = weakref.WeakSet()
        self._sources: dict[tuple[str, int], Sources] = {}
        """Of the lab's own clients, by their address."""
        self._make_server = make_server
        # bound here, in the caller's thread: a port that is taken is an error at once
        self._listener = _socket()
        try:
            self._listener.bind((HOST, port))
            self._listener.listen(_BACKLOG)
        except OSError:
            self._listener.close()
            raise
        self.address: tuple[str, int] = self._listener.getsockname()[:2]
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._serve, name="smtplab server", daemon=True)
        self._stop = asyncio.Event()
        self._closing = threading.Lock()
        self._closed = False
        self._thread.start()

    def connect(self, timeout: float) -> TcpConnection:
        """Open a connection, within `timeout` seconds. Raises OSError."""
        sock = _socket()
        try:
            sock.settimeout(timeout)
            sock.bind((HOST, 0))  # its address is known before the server sees it
            sources = self._sources[sock.getsockname()[:2]] = Sources()
            sock.connect(self.address)
        except BaseException:
            sock.close()
            raise
        return TcpConnection(sock, sources)

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
        main = self._loop.create_task(self._main())
        try:
            while not main.done():
                with suppress(SystemExit, KeyboardInterrupt):  # of a handler's: asyncio stops its loop for these two
                    self._loop.run_until_complete(main)
        finally:
            self._listener.close()
            self._loop.close()

    async def _main(self) -> None:
        server = await self._loop.create_server(self._session, sock=self._listener, backlog=_BACKLOG)
        await self._stop.wait()
        with suppress(NotImplementedError):  # on Windows
            self._loop.remove_reader(self._listener)
        for _ in range(_ACCEPTING):
            await asyncio.sleep(0)
        server.close()
        for session in list(self._sessions):
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
        session = self._make_server(self._loop, lambda peer: self._sources.pop(peer, None))
        self._sessions.add(session)
        return session


def _socket() -> socket.socket:
    """Return a TCP socket. The protocol is named: else asyncio leaves Nagle's algorithm on for what it accepts."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    if os.name == "posix":  # elsewhere it would let two programs share a port
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    return sock


class TcpConnection:
    """A blocking client socket."""

    clock = staticmethod(time.monotonic)

    def __init__(self, sock: socket.socket, sources: Sources) -> None:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._sock = sock
        self.source = sources.of
        self.lines_read = sources.lines_read
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
        """Set the socket's timeout unless it is within a twentieth of a second already: setting it is a system call."""
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

    def close(self) -> None:
        """Hang up."""
        self._sock.close()
