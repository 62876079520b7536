"""A connection to a server that is not the lab's: any host and port, plain or over TLS."""

from __future__ import annotations

import socket
import ssl
import time

_CHUNK = 65536


class RemoteConnection:
    """The client's end of a session with any server.

    host, port: where it is. timeout: seconds to reach it.
    tls: a context to speak TLS with from the first octet, or None.
    Raises OSError (which ssl.SSLError is) when it cannot be reached.
    """

    clock = staticmethod(time.monotonic)

    def __init__(self, host: str, port: int, timeout: float, tls: ssl.SSLContext | None = None) -> None:
        self._host = host
        self._sock: socket.socket = socket.create_connection((host, port), timeout)
        if tls is not None:
            try:
                self.start_tls(tls, timeout)
            except BaseException:
                self.close()
                raise

    def start_tls(self, context: ssl.SSLContext, timeout: float) -> None:
        """Speak TLS from here on (RFC 3207 §4). Raises ssl.SSLError, OSError."""
        self._sock.settimeout(timeout)
        self._sock = context.wrap_socket(self._sock, server_hostname=self._host)

    @property
    def tls(self) -> str | None:
        """The version of TLS that is spoken, or None."""
        return self._sock.version() if isinstance(self._sock, ssl.SSLSocket) else None

    def send(self, data: bytes, timeout: float) -> None:
        """Send octets, within `timeout` seconds."""
        self._sock.settimeout(timeout)
        self._sock.sendall(data)

    def receive(self, deadline: float) -> bytes:
        """Wait for octets until `clock()` is `deadline`; b"" when the server has closed. Raises TimeoutError."""
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._sock.settimeout(left)
        try:
            return self._sock.recv(_CHUNK)
        except (ConnectionError, ssl.SSLEOFError):
            return b""

    def waiting(self) -> bytes | None:
        """Give the octets that are there without waiting, None when the server has closed."""
        self._sock.setblocking(False)
        try:
            return self._sock.recv(_CHUNK) or None
        except (BlockingIOError, ssl.SSLWantReadError):
            return b""
        except (ConnectionError, ssl.SSLEOFError):
            return None

    def about(self) -> tuple[str, bool]:
        """Give what is known of the next reply: that a live server sends it."""
        return "live", False

    def close(self) -> None:
        """Hang up."""
        self._sock.close()
