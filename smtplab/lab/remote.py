"""Reaching a server that is not the lab's: by host and port, plain or over TLS, each failure said in one sentence.

It needs sockets, so nothing that runs in a browser imports it; `need_sockets` in probe.py says so there.
"""

from __future__ import annotations

import socket
import ssl
import time
from typing import TYPE_CHECKING

from smtplab.errors import DialogueError, NotAReply, ProbeError
from smtplab.protocol.client import Client
from smtplab.protocol.octets import show_octets
from smtplab.protocol.sources import UNKNOWN, Source

if TYPE_CHECKING:
    from collections.abc import Callable

    from smtplab.text.texts import Texts

_CHUNK = 65536
_READY = 220
_TLS_RECORDS = (b"\x15", b"\x16")


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
        """Return the octets that are there without waiting, None when the server has closed."""
        self._sock.setblocking(False)
        try:
            return self._sock.recv(_CHUNK) or None
        except (BlockingIOError, ssl.SSLWantReadError):
            return b""
        except (ConnectionError, ssl.SSLEOFError):
            return None

    def source(self, end: int) -> tuple[Source, int]:
        """Return what is known of any reply: that a live server sends it."""
        del end
        return UNKNOWN

    def close(self) -> None:
        """Hang up."""
        self._sock.close()


class Remote:
    """A server at host and port, for a probe to ask.

    tls: speak TLS from the first octet. starttls: switch to it after EHLO. insecure: do not verify the certificate.
    """

    def __init__(self, host: str, port: int, say: Texts, *, tls: bool, starttls: bool, insecure: bool) -> None:
        self.host, self.port, self.where = host, port, f"{host}:{port}"
        self._say, self._tls, self._starttls = say, tls, starttls
        self.client = Client()
        self.client.connect = self._connect
        self._context = ssl.create_default_context()
        if insecure:
            self._context.check_hostname = False
            self._context.verify_mode = ssl.CERT_NONE

    def _connect(self, within: float) -> RemoteConnection:
        return RemoteConnection(self.host, self.port, within, self._context if self._tls else None)

    @property
    def tls(self) -> str | None:
        """The version of TLS that is spoken, or None."""
        connection = self.client.connection
        return connection.tls if isinstance(connection, RemoteConnection) else None

    def hello(self, ehlo: Callable[[], None], within: float, progress: Callable[[str], None]) -> None:
        """Say EHLO; with STARTTLS once more after it (RFC 3207 §4.2)."""
        ehlo()
        if not self._starttls:
            return
        progress("STARTTLS")
        reply = self.client.send(b"STARTTLS\r\n", within)
        if reply.code != _READY:
            raise ProbeError(self._say("no_starttls", reply=str(reply)))
        connection = self.client.connection
        if not isinstance(connection, RemoteConnection):  # the server hung up after its 220
            raise ProbeError(self._say("lost", where=self.where))
        connection.start_tls(self._context, within)
        ehlo()

    def why(self, error: Exception, within: float) -> str:
        """Say in one line why the dialogue broke off."""
        say, where = self._say, self.where
        if isinstance(error, ssl.SSLError):
            return say("tls_failed", where=where, why=_reason(error))
        if isinstance(error, socket.gaierror):
            return say("unknown_host", host=self.host, why=error.strerror or str(error))
        if isinstance(error, OSError) and not isinstance(error, DialogueError):
            return say("unreachable", where=where, why=error.strerror or str(error) or "timed out")
        said = self.client.transcript
        partial = said[-1].partial if said else b""
        if partial[:1] in _TLS_RECORDS or (not partial and isinstance(error, TimeoutError) and len(said) == 1):
            return say("perhaps_tls", where=where, seconds=f"{within:g}")
        if isinstance(error, NotAReply):
            return say("not_smtp", where=where, said=show_octets(partial[:40]))
        return f"{where}: {error}"


def _reason(error: ssl.SSLError) -> str:
    return getattr(error, "verify_message", "") or error.reason or str(error)
