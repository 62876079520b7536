"""Where a server's octets come from: its side notes each write, the client asks by offset in the stream.

Octets are counted, not replies: whatever a handler pushes and however it is cut, each octet belongs to one write.
"""

from __future__ import annotations

from collections import deque
from typing import NamedTuple


class Source(NamedTuple):
    """How a server came by a reply.

    name: one of `transcript.SOURCES`. closes: the server hangs up after it. error: the exception behind it, and where
    it was raised; "" where there was none.
    """

    name: str = "live"
    closes: bool = False
    error: str = ""


UNKNOWN = Source(), -1
"""What is known of the reply of a server that notes nothing."""


class Sources:
    """The sources of one session's octets, in order. One thread may note while another one asks."""

    def __init__(self) -> None:
        self._end = 0
        self._writes: deque[tuple[int, Source, int]] = deque()
        self.ended = -1

    def note(self, size: int, source: Source, lines: int) -> None:
        """Note that the server is about to write `size` octets, having read `lines` lines of the client's."""
        self._end += size
        self._writes.append((self._end, source, lines))

    def lines_read(self) -> int:
        """Return how many lines the server had read when it hung up; -1 before that."""
        return self.ended

    def of(self, end: int) -> tuple[Source, int]:
        """Return the source of the reply whose last octet stands before offset `end`, and the lines read by then.

        Offsets only grow. A reply that was written before its command was read does not answer it.
        """
        writes = self._writes
        while writes:
            last, source, lines = writes[0]
            if last >= end:
                return source if last == end else source._replace(closes=False), lines
            writes.popleft()
        return UNKNOWN
