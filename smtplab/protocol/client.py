"""The client's side of a dialogue: command lines out, replies in, everything noted. It decides nothing about SMTP.

It talks over a `Connection`, which may lead to the lab's server or to any other. What the server sends without having
been asked, at whatever moment, is noted as an exchange with nothing sent, and never passes for an answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from smtplab.errors import LabError
from smtplab.protocol.conversation import Conversation
from smtplab.protocol.transcript import Exchange
from smtplab.text.sentences import Sentences

if TYPE_CHECKING:
    from smtplab.protocol.connection import Connection
    from smtplab.protocol.reply import Reply

_say = Sentences("protocol/errors")

_DOT = b".\r\n"


class Client(Conversation):
    """One client of one server.

    connect: opens a connection within so many seconds.
    """

    def send(self, line: bytes, timeout: float) -> Reply:
        """Send one command line (with its CRLF) and return the reply, within `timeout` seconds.

        A server that has hung up before it read the command gets it once more, in a new session.
        """
        self._begin()
        try:
            reply = self._exchange(line, timeout)
        except BaseException:
            # an interrupt: a reply that comes after it must not pass for the next command's
            self._abandon(self._unanswered)
            raise
        self._busy = False
        if reply is None:
            raise LabError(_say("reading_message"))
        return reply

    def _exchange(self, line: bytes, timeout: float) -> Reply | None:
        """Send a command and return its reply; None where the server reads a message, and it is not sent."""
        for _ in range(2):
            connection, deadline = self._ready(timeout)
            if self.reading_message and line != _DOT:
                return None
            if not self._put(connection, line, timeout):
                self._read_last_words(connection)
            elif reply := self._take(connection, line, deadline):
                self._note_unasked()
                return reply
        return self._lost(line)

    def send_raw(self, data: bytes, timeout: float, *, bare_lf: bool = True) -> tuple[Reply, ...]:
        """Send octets as they are, and return one reply to each command line or message text in them.

        bare_lf: the server may take a bare LF for the end of a line, against RFC 5321 §2.3.8: its reply is waited for a
          moment, and without one the line goes on.
        """
        self._begin()
        try:
            replies = self._exchange_raw(data, timeout, bare_lf=bare_lf)
        except BaseException:
            self._abandon(self._unanswered)
            raise
        self._busy = False
        return replies

    def _exchange_raw(self, data: bytes, timeout: float, *, bare_lf: bool) -> tuple[Reply, ...]:
        for _ in range(2):
            connection, deadline = self._ready(timeout)
            replies = self._pipeline(connection, data, timeout, deadline, bare_lf=bare_lf)
            if replies is not None:
                return replies
        return self._lost(data)

    def _pipeline(
        self, connection: Connection, data: bytes, timeout: float, deadline: float, *, bare_lf: bool
    ) -> tuple[Reply, ...] | None:
        """Send octets, and return the replies; None where the server has hung up before it read any of them."""
        replies: list[Reply] = []
        rest = data
        if not self._put(connection, data, timeout):
            self._read_last_words(connection)
            return None
        while rest:
            end = self._end_of_line(rest, connection if bare_lf else None)
            line, rest = rest[:end], rest[end:]
            if self._connection is None:
                self._lost(line + rest)
            if not self._ends(line):
                self._exchanges.append(Exchange(line, None, self._session, at=self._now()))
                break
            reply = self._take(connection, line, deadline)
            if reply is None and not replies:
                return None
            if reply is None:
                self._lost(line + rest)
            replies.append(reply)
        self._note_unasked()
        return tuple(replies)

    # --- lines

    def _end_of_line(self, data: bytes, lenient: Connection | None) -> int:
        """Return the offset after the first command line or message text in `data`; its length where none ends."""
        if self._in_data:
            return _end_of_text(data) or len(data)
        if lenient is None:
            return data.find(b"\r\n") + 2 if b"\r\n" in data else len(data)
        end = 0
        while end := data.find(b"\n", end) + 1:
            if data[:end].endswith(b"\r\n") or self._comes_soon(lenient):
                return end
        return len(data)

    def _ends(self, line: bytes) -> bool:
        """Return whether a line or message text is whole, so that its reply is due."""
        return bool(_end_of_text(line)) if self._in_data else line.endswith(b"\r\n") or bool(self._arrived)


def _end_of_text(data: bytes) -> int:
    """Return the offset after the dot line that ends message text (RFC 5321 §4.5.2), 0 where it is not there."""
    if data.startswith(_DOT):
        return len(_DOT)
    at = data.find(b"\r\n" + _DOT)
    return 0 if at < 0 else at + 2 + len(_DOT)
