"""Asks a server session by session, and writes down what it says as captures have it.

A server that opens no session, or answers nothing, is found out by its first commands: each would cost a timeout.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from smtplab.errors import CannotRecord, NotAReply
from smtplab.protocol.conversation import REPLY_LIMIT
from smtplab.protocol.octets import show_octets
from smtplab.protocol.parser import ReplyParser

if TYPE_CHECKING:
    from collections.abc import Callable

    from smtplab.protocol.connection import Connection
    from smtplab.text.texts import Texts

MESSAGE = b"Subject: lab\r\n\r\nHELP\r\nSTAT\r\n"
"""The text of the message that is sent where one may be: no line of it is a command."""

_IN_TEXT = 1.0
"""Seconds to wait for what should not come: a reply to message text."""

OWN = ("live", "scripted", "recorded")
"""The sources of what a server says itself; a lab that answers from a recording has others."""

_MUTE = 3
"""Commands without a whole reply by which a server that has answered none is taken to be mute."""

_NO_GREETING = ("greeting_closed", "greeting_silent", "greeting_refused")
_NO_HELLO = ("hello_closed", "hello_silent", "hello_refused")
"""The texts for a session that does not begin: the server closes, says nothing, or refuses."""


class Asker:
    """Asks, and writes down rows as captures have them."""

    def __init__(
        self, connect: Callable[[float], Connection], hello: bytes, timeout: float, progress: Callable[[str], None],
        say: Texts,
    ) -> None:  # fmt: skip
        self._connect = connect
        self.hello = hello
        self._timeout = timeout
        self._progress = progress
        self._read = 0
        self._say = say
        self._sessions = 0
        self._unanswered: int | None = 0  # commands so far; None once one was answered
        self.rows: list[dict[str, Any]] = []
        self.cut: list[bytes] = []
        """Lines whose replies the timeout cut."""

    def session(self, name: str, lines: list[bytes], *, greet: bool, keep_hello: bool = True) -> int:
        """Send lines on one connection until the server hangs up; return how many it took."""
        self._progress(self._say("session", number=self._sessions + 1, line=f"{lines[0]!r:.40}"))
        connection = self._connect(self._timeout)
        self._read = 0  # octets of this connection
        try:
            opening: list[bytes | None] = [None, *([self.hello] if greet else [])]
            for number, line in enumerate([*opening, *lines]):
                received, dropped, source = self._exchange(connection, line)
                if source in OWN:
                    self._check_opening(line, received, dropped=dropped)
                if line == self.hello and received[:1] != b"2" and not keep_hello:
                    return 0  # a server that refuses EHLO has no "after EHLO"
                if keep_hello or number >= len(opening):
                    seq = number if keep_hello else number - len(opening)
                    row = {"session": name, "seq": seq, "sent": line, "received": received, "dropped": dropped}
                    row["greeted"] = greet and not keep_hello
                    self.rows.append({**row, "source": source})
                if line == b"HELP\n" and not received and not dropped:
                    self.rows.append({**row, "seq": seq + 1, "sent": b"\r\n", "source": "live"})
                    received, dropped, _ = self._exchange(connection, b"\r\n")
                    self.rows[-1] |= {"received": received, "dropped": dropped}
                if number >= len(opening):
                    self._check_mute(answered=source in OWN and bool(received), waited=not dropped or source == "cut")
                if dropped:
                    return number + 1 - len(opening)
            return len(lines)
        finally:
            self._sessions += 1
            connection.close()

    @property
    def _fields(self) -> dict[str, object]:
        hello = self.hello[:4].decode()
        return {"sessions": self._sessions, "hello": hello, "seconds": f"{self._timeout:g}"}

    def _check_opening(self, line: bytes | None, received: bytes, *, dropped: bool) -> None:
        """Raise CannotRecord where a session does not begin: no whole greeting, or none to EHLO, or "not now"."""
        if line is not None and line != self.hello:
            return
        say = self._say
        closed, silent, refused = _NO_GREETING if line is None else _NO_HELLO
        if not received:
            raise CannotRecord(say(closed if dropped else silent, **self._fields))
        if received[:1] == b"4" or (line is None and dropped):
            first = show_octets(received[:60].split(b"\r\n")[0])
            raise CannotRecord(say(refused, reply=first, **self._fields))

    def _check_mute(self, *, answered: bool, waited: bool) -> None:
        """Raise CannotRecord where the first commands were all waited for in vain: all the others would be too."""
        if self._unanswered is None or answered:
            self._unanswered = None
        elif waited:
            self._unanswered += 1
            if self._unanswered >= _MUTE:
                raise CannotRecord(self._say("mute", lines=self._unanswered, **self._fields))

    def check_answers(self) -> None:
        """Raise CannotRecord where no command at all got an answer that is the server's own."""
        opening = {self.hello, None}
        if not any(
            row["received"] and row["received"][:3] != b"421" for row in self.rows if row["sent"] not in opening
        ):
            raise CannotRecord(self._say("nothing"))

    def _exchange(self, connection: Connection, line: bytes | None) -> tuple[bytes, bool, str]:
        """Send a line (None: only listen); return all that came, whether the server hung up, and the source."""
        deadline = connection.clock() + (min(self._timeout, _IN_TEXT) if line == MESSAGE else self._timeout)
        parser, received, whole = ReplyParser(), b"", False
        try:
            if line is not None:
                connection.send(line, self._timeout)
            while True:
                data = connection.receive(deadline)
                received += data
                if not data:
                    return received, True, "live"
                whole = bool(parser.feed(data)) or whole
                if whole and not len(parser):
                    break
                if len(received) > REPLY_LIMIT:
                    raise CannotRecord(self._endless(line))
        except TimeoutError:
            self._read += len(received)
            return (received, False, "live") if whole else self._silence(line, received)
        except OSError:
            return received, True, "live"
        except NotAReply as error:
            raise CannotRecord(self._say("not_smtp", why=error)) from error
        self._read += len(received)
        (source, closes, _), _ = connection.source(self._read)
        return received, closes or self._closed_after(connection, received), source

    def _endless(self, line: bytes | None) -> str:
        if line is None:
            return self._say("greeting_endless", most=REPLY_LIMIT)
        return self._say("endless", line=show_octets(line.rstrip(b"\r\n")[:60]), most=REPLY_LIMIT)

    def _silence(self, line: bytes | None, received: bytes) -> tuple[bytes, bool, str]:
        """Return what a command got by the end of its time: silence, or half a reply, which is no answer."""
        if not received:
            return b"", False, "live"
        if line is None or line == self.hello:
            key = "greeting_cut" if line is None else "hello_cut"
            raise CannotRecord(self._say(key, octets=len(received), **self._fields))
        self.cut.append(line)
        return received, True, "cut"  # what comes now would pass for the next command's

    def _closed_after(self, connection: Connection, received: bytes) -> bool:
        """Return whether the server hangs up after this reply: over a network that may take a moment."""
        if received[:1] == b"2" and received[:3] != b"221":
            return connection.waiting() is None
        try:
            return connection.receive(connection.clock() + min(0.1, self._timeout)) == b""
        except OSError:
            return False
