"""A connection that keeps a probe's dialogue in step, whatever the server sends and whenever it sends it.

A command gets one reply, the first that comes after it. What else comes is kept as evidence, with the command after
which it came: whole replies that no command asked for, the first few of them, and octets that are no reply. No flood
lasts longer than the time and the octets that a step has.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from smtplab.errors import NotAReply
from smtplab.protocol.parser import ReplyParser

if TYPE_CHECKING:
    from smtplab.protocol.connection import Connection
    from smtplab.protocol.reply import Reply
    from smtplab.protocol.sources import Source

MOST_UNASKED = 10
"""Replies that no command asked for, of those that came after one command, that are kept."""

_QUIET = 0.05
"""Seconds without an octet after which a server has said what it had to say."""

_MOST_OCTETS = 2**18
"""Octets that a server may send unasked after one command."""

_MOST_STRAYS = 1000
"""Lines and runs of replies that are told apart behind one reply; what comes after them is set aside as it is."""

_BEGINNING = 3
"""Octets by which a reply is told from what is none (RFC 5321 §4.2)."""

_SHOWN = 60
"""Octets of what is no reply that are kept."""

_GREETING = re.compile(rb"(?m)^(?:220|421|521|554)[ \-\r\n]")


@dataclass
class Stray:
    """What came although no command asked for it.

    number: of the command that was last sent, 0 for none: the greeting. late: it came after the reply, not before it.
    reply: one reply; None for octets that are no reply. count: how many octets there were.
    """

    number: int
    late: bool
    octets: bytes
    reply: Reply | None = None
    count: int = 0


class WatchedConnection:
    """The client's end of a session, watched (`protocol.connection.Connection`).

    inner: the connection itself. sent: how many commands were sent.
    strays: what no command asked for, in order. unasked: how many whole replies that were, by command.
    """

    def __init__(self, inner: Connection) -> None:
        self.inner = inner
        self.sent = 0
        self.strays: list[Stray] = []
        self.unasked: Counter[int] = Counter()
        self._parser = ReplyParser()
        self._behind = b""
        self._answered = False
        self._closed = False
        self._dropped = 0
        self._received = 0
        self._replied = 0
        """Octets that had been received when the last reply ended."""

    def clock(self) -> float:
        """Return the time by the inner connection's clock."""
        return self.inner.clock()

    def send(self, data: bytes, timeout: float) -> None:
        """Send a command; the next reply is its own."""
        if not self.sent:  # the greeting may be more than one reply, and comes unasked
            self.settle(self.clock() + timeout)
        if self._behind:  # half a reply is no answer to what is asked now
            octets, self._behind = self._behind, b""
            self._stray(octets)
        self.sent += 1
        self._answered = False
        self.inner.send(data, timeout)

    def receive(self, deadline: float) -> bytes:
        """Wait for octets of the one reply. After it, wait for the end: b"" when the server has closed."""
        if self._answered:
            self.settle(deadline, quiet=None)
            if self._closed:
                return b""
            raise TimeoutError
        data, self._behind = self._behind or self._more(deadline), b""
        while data:
            begun = len(self._parser)
            if not begun and len(data) < _BEGINNING and b"\n" not in data:
                more = self._more(deadline)
                if not more:
                    return data
                data += more
                continue
            try:
                replies = self._parser.feed(data)
            except NotAReply:
                self._parser = ReplyParser()
                rest = self._aside(data, deadline)
                if rest is None:
                    return data
                data = rest or self._more(deadline)
                continue
            if not replies:
                return data
            end = len(replies[0].raw) - begun
            self._behind, self._parser, self._answered = data[end:], ReplyParser(), True
            self._replied = self._received - len(self._behind)
            return data[:end]
        return b""

    def waiting(self) -> bytes | None:
        """Return no octets, for none is asked for; None when the server has closed."""
        if not self._closed:
            data = self.inner.waiting()
            self._closed = data is None
            self._received += len(data or b"")
            self._behind += data or b""
        self._sift()
        return None if self._closed and not self._behind else b""

    def settle(self, deadline: float, quiet: float | None = _QUIET) -> bool:
        """Wait until the server is quiet for so long; return whether it was, in time and within what it may send."""
        octets = len(self._behind)
        while not self._closed:
            now = self.clock()
            if octets > _MOST_OCTETS or (octets and now >= deadline):
                self._sift()
                return False
            try:
                data = self._more(deadline if quiet is None else min(now + quiet, deadline))
            except TimeoutError:
                if octets and self.clock() >= deadline:
                    continue
                break
            octets += len(data)
            self._behind += data
        self._sift()
        return True

    def discard(self) -> tuple[bytes, int]:
        """Forget what came after the last reply; return how it begins and how many octets it was."""
        late = [stray for stray in self.strays if stray.number == self.sent and stray.late]
        self.strays = [stray for stray in self.strays if stray not in late]
        self.unasked.pop(self.sent, None)
        octets = b"".join(stray.octets for stray in late) + self._behind
        self._behind = b""
        return octets[:_SHOWN], self._received - self._replied

    def source(self, end: int) -> tuple[Source, int]:
        """Return how the server came by a reply; where it ends is counted in all the server's octets."""
        return self.inner.source(end + self._dropped)

    def lines_read(self) -> int:
        """Return -1: a probe takes one connection, and sends nothing again in another."""
        return -1

    def close(self) -> None:
        """Hang up."""
        self._closed = True
        self.inner.close()

    # --- what no command asked for

    def _more(self, deadline: float) -> bytes:
        if self._closed:
            return b""
        data = self.inner.receive(deadline)
        self._received += len(data)
        self._closed = not data
        return data

    def _aside(self, data: bytes, deadline: float) -> bytes | None:
        """Set aside what is no reply; return the rest. None: no greeting follows, so this is no SMTP."""
        if self.sent:
            line = data[: data.find(b"\n") + 1] or data
            self._stray(line)
            return data[len(line) :]
        until = min(deadline, self.clock() + 10 * _QUIET)
        while not (greeting := _GREETING.search(data)):
            try:
                more = self._more(until)
            except TimeoutError:
                return None
            if not more or len(data) > _MOST_OCTETS:
                return None
            data += more
        self._stray(data[: greeting.start()])
        return data[greeting.start() :]

    def _stray(self, octets: bytes) -> None:
        self._dropped += len(octets)
        last = self.strays[-1] if self.strays else None
        if last and last.reply is None and (last.number, last.late) == (self.sent, self._answered):
            last.octets = (last.octets + octets)[:_SHOWN]
            last.count += len(octets)
        else:
            self.strays.append(Stray(self.sent, self._answered, octets[:_SHOWN], None, len(octets)))

    def _sift(self) -> None:
        """Separate replies from other octets in what came after the reply; keep the beginning of one."""
        data = self._behind
        for _ in range(_MOST_STRAYS):
            parser = ReplyParser()
            try:
                replies = parser.feed(data)
            except NotAReply:
                line = data[: data.find(b"\n") + 1] or data
                self._stray(line)
                data = data[len(line) :]
                continue
            if not replies:  # nothing, or the beginning of one
                break
            for reply in replies:
                self.unasked[self.sent] += 1
                self._dropped += len(reply.raw)
                if self.unasked[self.sent] <= MOST_UNASKED:
                    self.strays.append(Stray(self.sent, self._answered, reply.raw, reply, len(reply.raw)))
            data = parser.pending
        else:
            self._stray(data)
            data = b""
        if data and self._closed:  # half a reply, then nothing
            self._stray(data)
            data = b""
        self._behind = data
