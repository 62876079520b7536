"""Replies out of a stream of octets, however it is cut: where one ends is in reply.py, `find_end`."""

from __future__ import annotations

from smtplab.errors import NotAReply
from smtplab.protocol.reply import Reply, find_end
from smtplab.text.sentences import Sentences

_say = Sentences("protocol/errors")


class ReplyParser:
    r"""Replies out of octets as they come: feed any pieces, take whole replies.

    >>> parser = ReplyParser()
    >>> parser.feed(b"250-first\r\n25")
    []
    >>> parser.feed(b"0 last\r\n220 ")
    [<Reply 250 'first' +1 lines>]
    >>> parser.pending
    b'220 '
    """

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._line: int | None = None
        """Where the line begins that is not whole yet; no reply ends before it."""
        self._begins_well = False
        """Whether three digits are there."""

    @property
    def pending(self) -> bytes:
        """The octets of a reply that is not finished yet."""
        return bytes(self._buffer)

    def __len__(self) -> int:
        """Return how many octets are pending."""
        return len(self._buffer)

    def feed(self, data: bytes) -> list[Reply]:
        """Take octets in, and return the replies that are now complete.

        Raises NotAReply when a line that should begin a reply does not; its octets stay in `pending`, and replies
        that were complete before it are returned first: the next call raises.
        """
        if not self._buffer and _is_one_reply(data):
            return [Reply.cut_out(data)]  # one reply in one piece is what nearly always comes
        buffer = self._buffer
        buffer += data
        if self._begins_well and b"\n" not in data:
            return []  # the line goes on: nothing is looked at twice
        replies: list[Reply] = []
        start = 0
        while start < len(buffer):
            if not buffer[start : start + 3].isdigit() and (len(buffer) - start >= 3 or b"\n" in buffer[start:]):
                if replies:
                    break
                raise NotAReply(_say("no_digits", begins=repr(self.pending[:12])))
            end = find_end(buffer, start, self._line)
            if end < 0:
                break
            replies.append(Reply.cut_out(bytes(buffer[start:end])))
            start, self._line = end, None
        del buffer[:start]
        self._line = buffer.rfind(b"\n") + 1
        self._begins_well = buffer[:3].isdigit() and len(buffer) >= 3
        return replies


def _is_one_reply(data: bytes) -> bool:
    """Return, quickly, whether `data` is exactly one well-formed reply; False means only that it may not be."""
    code = data[:3]
    last = data.rfind(b"\n", 0, -1) + 1
    return (
        code.isdigit()
        and data[last : last + 3] == code
        and data[last + 3 : last + 4] == b" "
        and data[-1:] == b"\n"
        and (last == 0 or data.count(b"\n" + code + b"-") + 2 == data.count(b"\n"))
        and (last == 0 or data[3:4] == b"-")
    )
