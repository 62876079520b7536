"""One client's dialogue: a connection after another, replies in step with commands, everything noted.

What the server sends without having been asked, at whatever moment, is noted as an exchange with nothing sent, and
never passes for an answer.
"""

from __future__ import annotations

import time
from collections import deque
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, NoReturn

from smtplab.errors import ConnectionLost, NotAReply, ReplyTimeout
from smtplab.protocol.parser import ReplyParser
from smtplab.protocol.reply import CLOSING_CODES, Reply
from smtplab.protocol.transcript import Exchange, Transcript
from smtplab.text.sentences import Sentences

if TYPE_CHECKING:
    from collections.abc import Callable

    from smtplab.protocol.connection import Connection

_say = Sentences("protocol/errors")

REPLY_LIMIT = 2**20
"""A reply that has more octets than this and no end is taken for one that never ends."""

UNASKED_LIMIT = 2**16
"""A server that says more octets than this before it is asked anything is taken for one that never stops."""

MOMENT = 0.25
"""Seconds that a server may take to hang up after its last words, or to answer a line that ends in a bare LF."""

_MAY_CLOSE = (*CLOSING_CODES, b"521", b"554")
"""Replies after which a server of which nothing more is known may have hung up (RFC 7504 §3; RFC 5321 §3.1)."""


class Conversation:
    """What is said between one client and a server: it opens a connection when it needs one, a new one after losing it.

    connect: opens a connection within so many seconds.
    """

    connect: Callable[[float], Connection]

    def __init__(self) -> None:
        self._connection: Connection | None = None
        self._parser = ReplyParser()
        self._arrived: deque[Reply] = deque()
        self._exchanges: list[Exchange] = []
        self._session = 0
        self._began: float | None = None
        self._read = 0
        """How many octets of this connection the replies taken so far make up."""
        self._sent = 0
        """How many command lines were sent on this connection."""
        self._in_data = False
        self._busy = False
        """Whether a call is under way, or was when it was interrupted."""
        self._unanswered: bytes | None = None
        """What was sent last and has no reply yet."""

    @property
    def transcript(self) -> Transcript:
        """Everything said so far, on every connection."""
        return Transcript.up_to_now(self._exchanges)

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

    def _begin(self) -> None:
        """Begin a call; where an interrupt has cut the last one short, its connection may be out of step."""
        if self._busy:
            self._abandon(self._unanswered)
        self._busy, self._unanswered = True, None

    # --- a connection

    def _ready(self, timeout: float) -> tuple[Connection, float]:
        """Return a connection that works, opening one where there is none, and the deadline by its clock."""
        if self._connection is not None:
            self._read_waiting(self._connection)
        if self._connection is not None:
            return self._connection, self._connection.clock() + timeout
        self._parser = ReplyParser()
        self._arrived.clear()
        self._read, self._sent, self._in_data = 0, 0, False
        self._session += 1
        connection = self._connection = self._connected(timeout)
        deadline = connection.clock() + timeout
        self._take(connection, None, deadline)
        if self._connection is not None:
            self._read_waiting(connection)
        if self._connection is None:
            raise ConnectionLost(_say("hung_up_after_greeting"), self.transcript)
        return connection, deadline

    def _connected(self, timeout: float) -> Connection:
        if self._began is None:
            self._began = time.monotonic()
        try:
            return self.connect(timeout)
        except BaseException:
            self._session -= 1  # there is none
            raise

    def _now(self) -> float:
        """Return the time, in milliseconds since the client first connected."""
        now = time.monotonic()
        return 1000 * (now - (now if self._began is None else self._began))

    def _read_waiting(self, connection: Connection) -> None:
        """Note what the server has said unasked, and whether it has hung up (RFC 5321 §3.8: after a 421, say)."""
        self._note_unasked()
        size = 0
        data: bytes | None = b""
        while self._connection is not None and (data := connection.waiting()):
            size += len(data)
            try:
                self._arrived.extend(self._parser.feed(data))
            except NotAReply:
                self._abandon(None)
                raise
            self._note_unasked()  # where those were its last words, the connection is given up with them
            if size > UNASKED_LIMIT:
                self._break(None, ReplyTimeout, _say("talks_on", limit=UNASKED_LIMIT))
        if data is None:
            self._note_hung_up()
        elif self._connection is not None and self._parser.pending[:3].isdigit():
            self._drop_half(connection)  # what is no reply at all stays: the next command's reader says so

    def _drop_half(self, connection: Connection) -> None:
        """Note half a reply that came unasked and stays half: it begins no answer to what is sent now."""
        self._comes_soon(connection)
        self._note_unasked()
        if len(self._parser) and self._connection is not None:
            self._exchanges.append(Exchange(None, None, self._session, partial=self._parser.pending, at=self._now()))
            self._read += len(self._parser)
            self._parser = ReplyParser()

    def _note_hung_up(self) -> None:
        """Note that the server has hung up, unless that is noted already, and hang up too."""
        if self._connection is None:
            return
        if len(self._parser):
            self._exchanges.append(Exchange(None, None, self._session, partial=self._parser.pending, at=self._now()))
        self._exchanges = [*self._exchanges[:-1], replace(self._exchanges[-1], closed=True)]
        self.hang_up()

    def _put(self, connection: Connection, octets: bytes, timeout: float) -> bool:
        """Send octets, and return whether the server was still there to take them."""
        self._unanswered = octets
        try:
            connection.send(octets, timeout)
        except TimeoutError:
            self._break(octets, ReplyTimeout, _say("takes_no_more", seconds=f"{timeout:g}"))
        except OSError:
            return False
        return True

    def _read_last_words(self, connection: Connection) -> None:
        """Note what a server said before it hung up, and hang up."""
        with suppress(NotAReply, OSError):
            while data := connection.receive(connection.clock() + MOMENT):
                self._arrived.extend(self._parser.feed(data))
        self._note_unasked()
        self._note_hung_up()

    def _take(self, connection: Connection, command: bytes | None, deadline: float) -> Reply | None:
        """Wait for the reply to `command`, and note the exchange; None where the server hangs up before it reads it."""
        self._unanswered = command
        if not self._in_data:
            self._sent += command is not None
        while self._connection is not None:
            if not self._wait(connection, command, deadline):
                break
            reply = self._note(connection, command)
            if reply is not None:
                return reply
        return None

    def _wait(self, connection: Connection, command: bytes | None, deadline: float) -> bool:
        """Wait for a reply; return False where the server has hung up before it read the command."""
        try:
            while not self._arrived:
                data = connection.receive(deadline)
                if not data:
                    if -1 < connection.lines_read() < self._sent:  # what came before it was read is no answer
                        self._note_hung_up()
                        return False
                    self._break(command, ConnectionLost, _say("closed_before_reply"))
                self._arrived.extend(self._parser.feed(data))
                if not self._arrived and len(self._parser) > REPLY_LIMIT:
                    self._break(command, ReplyTimeout, _say("no_end", limit=REPLY_LIMIT))
        except ReplyTimeout:
            raise
        except TimeoutError:
            size = len(self._parser)
            self._break(command, ReplyTimeout, _say("timed_out_within", size=size) if size else _say("timed_out"))
        return True

    def _note(self, connection: Connection, command: bytes | None) -> Reply | None:
        """Note the first reply that has arrived, and hang up where the server does.

        Return it where it may answer `command`; None where it was written before the command was read.
        """
        reply = self._arrived[0]
        self._read += len(reply.raw)
        (source, closes, error), lines = connection.source(self._read)
        if -1 < lines < self._sent:
            command = None
        last = CLOSING_CODES if lines >= 0 else _MAY_CLOSE
        closes = closes or (reply.raw[:3] in last and self._hangs_up(connection))
        self._exchanges.append(Exchange.noted(command, reply, self._session, source, closes, error, self._now()))
        self._arrived.popleft()
        if closes:
            self._note_unasked()
            self.hang_up()
        if command is None:
            return reply if not self._sent else None
        self._unanswered = None
        self._sent = max(self._sent, lines)  # the lines of message text are read one by one
        self._in_data = reply.raw.startswith(b"354") and command[:4].upper() == b"DATA"
        return reply

    def _hangs_up(self, connection: Connection) -> bool:
        """Return whether the server hangs up now, as it does after its last words; that may take it a moment."""
        if len(self._arrived) > 1:
            return False
        try:
            data = connection.receive(connection.clock() + MOMENT)
        except OSError:
            return False
        with suppress(NotAReply):  # what is no reply stays with the parser, which says so to the next command
            self._arrived.extend(self._parser.feed(data))
        return not data

    def _comes_soon(self, connection: Connection) -> bool:
        """Return whether a reply is there, or comes within a moment."""
        if not self._arrived:
            with suppress(TimeoutError):
                self._arrived.extend(self._parser.feed(connection.receive(connection.clock() + MOMENT)))
        return bool(self._arrived)

    def _note_unasked(self) -> None:
        """Note replies that no command asked for: a server may send two to one command, and none is dropped."""
        while self._arrived and self._connection is not None:
            self._note(self._connection, None)

    def _abandon(self, command: bytes | None, *, closed: bool = False) -> None:
        """Hang up, unless that is done already, and note the command that got no complete reply."""
        if self._connection is None:
            return
        connection, self._connection = self._connection, None
        last = self._exchanges[-1] if self._exchanges else None
        answered = last is not None and last.session == self._session and last.sent is command
        if not answered or (command is None and len(self._parser)):
            pending, now = self._parser.pending, self._now()
            self._exchanges.append(Exchange(command, None, self._session, closed=closed, partial=pending, at=now))
        if self._arrived and self._exchanges[-1].reply is self._arrived[0]:  # interrupted while it was noted
            self._arrived.popleft()
        now = self._now()
        self._exchanges.extend(Exchange(None, reply, self._session, at=now) for reply in self._arrived)
        self._arrived.clear()
        connection.close()

    def _lost(self, rest: bytes) -> NoReturn:
        """Note what was sent to a server that had hung up by then."""
        self._exchanges.append(Exchange(rest, None, self._session, closed=True, at=self._now()))
        raise ConnectionLost(_say("hung_up_before_reading"), self.transcript)

    def _break(self, command: bytes | None, kind: type[ConnectionLost | ReplyTimeout], why: str) -> NoReturn:
        partial = self._parser.pending
        self._abandon(command, closed=kind is ConnectionLost)
        if command is not None:
            why += f" ({_say('waiting_for_reply', command=repr(command[:60]))})"
        elif not self._read:
            why += f" ({_say('waiting_for_greeting')})"
        raise kind(why, self.transcript, partial)
