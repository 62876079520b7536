"""Reaching a server that is not the lab's: by host and port, plain or over TLS, each failure told in one sentence.

It needs sockets, so nothing that runs in a browser imports it; `need_sockets` in probe.py says so there.
"""

from __future__ import annotations

import socket
import ssl
import time
from typing import TYPE_CHECKING

from smtplab.errors import DialogueError, NotAReply, ProbeError
from smtplab.lab.watch import WatchedConnection
from smtplab.protocol.client import Client
from smtplab.protocol.octets import show_octets
from smtplab.protocol.sources import UNKNOWN, Source
from smtplab.text.language import DEFAULT
from smtplab.text.texts import data, reason

if TYPE_CHECKING:
    from collections.abc import Callable

    from smtplab.protocol.reply import Reply
    from smtplab.text.texts import Texts

_CHUNK = 65536
_READY = 220
_OTHERS = (
    (b"SSH-", "SSH"), (b"HTTP/", "HTTP"), (b"* OK", "IMAP"), (b"* PREAUTH", "IMAP"), (b"* BYE", "IMAP"),
    (b"+OK", "POP3"), (b"-ERR", "POP3"), (b"RFB ", "VNC"),
)  # fmt: skip
"""How other protocols begin."""

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
        self._sock = _open(host, port, timeout)
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
        """Return what is known about any reply: that a live server sent it."""
        del end
        return UNKNOWN

    def lines_read(self) -> int:
        """Return -1: how much a remote server has read is not known."""
        return -1

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
        self.remarks: list[str] = []
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
        inner = connection.inner if isinstance(connection, WatchedConnection) else None
        return inner.tls if isinstance(inner, RemoteConnection) else None

    def hello(self, step: Callable[[str], Reply], within: float) -> None:
        """Send EHLO; with STARTTLS once more after it (RFC 3207 §4.2)."""
        step("EHLO")
        if not self._starttls:
            return
        reply = step("STARTTLS")
        if reply.code != _READY:
            raise ProbeError(self._say("no_starttls", reply=str(reply)))
        connection = self.client.connection
        if not isinstance(connection, WatchedConnection) or not isinstance(connection.inner, RemoteConnection):
            raise ProbeError(self._say("lost", where=self.where, command="STARTTLS"))  # it hung up after its 220
        octets, count = connection.discard()
        if count:
            self.remarks.append(self._say("injected", octets=show_octets(octets), count=count))
        connection.inner.start_tls(self._context, within)
        step("EHLO")

    def why(self, error: Exception, within: float) -> str:
        """Return in one line why the dialogue broke off."""
        say, where = self._say, self.where
        if isinstance(error, ssl.SSLError):
            return say("tls_failed", where=where, why=_reason(error, say))
        if isinstance(error, socket.gaierror):
            return say("unknown_host", host=self.host, why=reason(error, say.lang))
        if isinstance(error, OSError) and not isinstance(error, DialogueError):
            return say("unreachable", where=where, why=reason(error, say.lang) or say("timed_out"))
        transcript = self.client.transcript
        partial = transcript[-1].partial if transcript else b""
        greeted = bool(transcript) and transcript[0].reply is not None
        if partial[:1] in _TLS_RECORDS or (not partial and isinstance(error, TimeoutError) and not greeted):
            return say("perhaps_tls", where=where, seconds=f"{within:g}")
        if isinstance(error, NotAReply) and not greeted:
            kind = next((f" ({name})" for beginning, name in _OTHERS if partial.startswith(beginning)), "")
            return say("not_smtp", where=where, octets=show_octets(partial[:40]), kind=kind)
        return f"{where}: {error}"


def _open(host: str, port: int, timeout: float) -> socket.socket:
    """Return a connected socket, of the first address that answers; all of them together have `timeout` seconds."""
    deadline = time.monotonic() + timeout
    error: OSError = TimeoutError()
    try:
        addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except ValueError as refusal:  # no possible name: a label too long, NUL
        raise socket.gaierror(socket.EAI_NONAME, str(refusal)) from refusal
    for family, kind, protocol, _, address in addresses:
        left = deadline - time.monotonic()
        if left <= 0:
            break
        sock = socket.socket(family, kind, protocol)
        try:
            sock.settimeout(left)
            sock.connect(address)
        except OSError as refusal:
            sock.close()
            error = refusal
        else:
            return sock
    raise error


def _reason(error: ssl.SSLError, say: Texts) -> str:
    """Return why TLS failed: OpenSSL's words, or ours for them in another language."""
    key = f"verify_{getattr(error, 'verify_code', 0)}"
    if say.lang != DEFAULT and key in data(say.name):
        return say(key)
    return getattr(error, "verify_message", "") or error.reason or str(error)
