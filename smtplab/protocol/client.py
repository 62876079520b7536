"""The client's side of a dialogue: command lines out, replies in, everything noted. It decides nothing about SMTP.

It talks over a `Connection` (carriers/), which may lead to the lab's server or to any other.
"""

from __future__ import annotations

from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NoReturn

from smtplab.errors import ConnectionLost, LabError, NotAReply, ReplyTimeout
from smtplab.protocol.reply import Reply, ReplyParser
from smtplab.protocol.transcript import Exchange, Transcript

if TYPE_CHECKING:
    from collections.abc import Callable

    from smtplab.protocol.connection import Connection

REPLY_LIMIT = 2**20
"""A reply that has more octets than this and no end is taken for one that never ends."""

_LAST_WORDS = (b"221", b"421")
"""After these a server closes the connection (RFC 5321 §3.8, §4.1.1.10)."""

_MOMENT = 0.25
"""Seconds."""

_DOT = b".\r\n"


class Client:
    """One client. It opens a connection when it needs one, and a new one after losing it.

    connect: opens a connection within so many seconds.
    """

    def __init__(self) -> None:
        self.connect: Callable[[float], Connection]
        self._connection: Connection | None = None
        self._parser = ReplyParser()
        self._arrived: deque[Reply] = deque()
        self._said: list[tuple[Any, ...]] = []  # what an Exchange is made of, when somebody looks
        self._session = 0
        self._in_data = False

    @property
    def transcript(self) -> Transcript:
        """Everything said so far, on every connection."""
        return Transcript(Exchange(*said) for said in self._said)

    @property
    def connection(self) -> Connection | None:
        """The connection that is open, or None."""
        return self._connection

    @property
    def reading_message(self) -> bool:
        """Whether the server said 354 to DATA on this connection, and the text has not ended yet."""
        return self._in_data and self._connection is not None

    def hang_up(self) -> None:
        """Close the connection, if there is one."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def send(self, line: bytes, timeout: float) -> Reply:
        """Send one command line (with its CRLF) and give the reply, within `timeout` seconds."""
        connection, deadline = self._ready(timeout)
        if self.reading_message and line != _DOT:
            raise LabError(
                "the server is reading a message and answers no command before a line with one dot; "
                r"send the text with send_raw(b'...\r\n.\r\n')"
            )
        self._put(connection, line, line, timeout)
        reply = self._take(connection, line, deadline)
        self._note_unasked()
        return reply

    def send_raw(self, data: bytes, timeout: float) -> tuple[Reply, ...]:
        """Send octets as they are and give one reply to each command line or message text in them."""
        connection, deadline = self._ready(timeout)
        self._put(connection, data, data, timeout)
        replies: list[Reply] = []
        rest = data
        while rest:
            end = _end_of_text(rest) if self._in_data else rest.find(b"\n") + 1
            if not end:
                self._said.append((rest, None, self._session, "live", False))
                break
            replies.append(self._take(connection, rest[:end], deadline))
            rest = rest[end:]
        self._note_unasked()
        return tuple(replies)

    # --- a connection

    def _ready(self, timeout: float) -> tuple[Connection, float]:
        """Return a connection that works, opening one where there is none, and the deadline by its clock."""
        if self._connection is not None:
            there = self._connection.waiting()
            if there:
                self._arrived.extend(self._feed(there, None))
                self._note_unasked()
            elif there is None:
                self._said[-1] = (*self._said[-1][:4], True, *self._said[-1][5:])
                self.hang_up()
        if self._connection is not None:
            return self._connection, self._connection.clock() + timeout
        connection = self._connection = self.connect(timeout)
        self._session += 1
        self._parser = ReplyParser()
        self._arrived.clear()
        self._in_data = False
        deadline = connection.clock() + timeout
        self._take(connection, None, deadline)
        if self._connection is None:
            raise ConnectionLost("the server hung up after its greeting", self.transcript)
        return connection, deadline

    def _put(self, connection: Connection, octets: bytes, command: bytes, timeout: float) -> None:
        try:
            connection.send(octets, timeout)
        except TimeoutError:
            self._break(command, ReplyTimeout, f"the server took no more octets for {timeout:g} s")
        except OSError as error:
            self._break(command, ConnectionLost, f"the connection is gone ({error.strerror or error})")
        except BaseException:
            self._abandon(command)
            raise

    def _take(self, connection: Connection, command: bytes | None, deadline: float) -> Reply:
        """Wait for the reply to `command` and note the exchange."""
        try:
            while not self._arrived:
                data = connection.receive(deadline)
                if not data:
                    self._break(command, ConnectionLost, "the server closed the connection before it had replied")
                self._arrived.extend(self._feed(data, command))
                if not self._arrived and len(self._parser) > REPLY_LIMIT:
                    self._break(command, ReplyTimeout, f"the reply has no end: over {REPLY_LIMIT} octets came")
        except ReplyTimeout:
            raise
        except TimeoutError:
            began = f", only {len(self._parser)} octets of one" if len(self._parser) else ""
            self._break(command, ReplyTimeout, f"no complete reply came within the timeout{began}")
        except (ConnectionLost, NotAReply):
            raise
        except BaseException:
            # an interrupt: a reply that comes after it must not pass for the next command's
            self._abandon(command)
            raise
        reply = self._arrived.popleft()
        source, closes = connection.about()
        if not closes and reply.raw[:3] in _LAST_WORDS:
            closes = self._hangs_up(connection)
        self._said.append((command, reply, self._session, source, closes))
        self._in_data = reply.raw.startswith(b"354") and command is not None and command[:4].upper() == b"DATA"
        if closes:
            self.hang_up()
        return reply

    def _hangs_up(self, connection: Connection) -> bool:
        """Return whether the server hangs up now, as it does after its last words; that may take it a moment."""
        if self._arrived:
            return False
        try:
            data = connection.receive(connection.clock() + _MOMENT)
        except OSError:
            return False
        with suppress(NotAReply):  # what is no reply stays with the parser, which says so to the next command
            self._arrived.extend(self._parser.feed(data))
        return not data

    def _feed(self, data: bytes, command: bytes | None) -> list[Reply]:
        try:
            return self._parser.feed(data)
        except NotAReply:
            self._abandon(command)
            raise

    def _note_unasked(self) -> None:
        """Note replies that no command asked for: a server may send two to one command, and none is dropped."""
        while self._arrived:
            self._said.append((None, self._arrived.popleft(), self._session, "live", False))

    def _abandon(self, command: bytes | None, *, closed: bool = False) -> None:
        """Note a command that got no complete reply, and give the connection up."""
        partial = self._parser.pending
        self._said.append((command, None, self._session, "live", closed, partial))
        self.hang_up()

    def _break(self, command: bytes | None, kind: type[ConnectionLost | ReplyTimeout], why: str) -> NoReturn:
        partial = self._parser.pending
        self._abandon(command, closed=kind is ConnectionLost)
        said = "the greeting" if command is None else repr(command[:60])
        raise kind(f"{why} (waiting for the reply to {said})", self.transcript, partial)


def _end_of_text(data: bytes) -> int:
    """Return the offset after the dot line that ends message text (RFC 5321 §4.5.2), 0 where it is not there."""
    if data.startswith(_DOT):
        return len(_DOT)
    at = data.find(b"\r\n" + _DOT)
    return 0 if at < 0 else at + 2 + len(_DOT)
