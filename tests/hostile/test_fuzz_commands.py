"""Mutated command streams: one reply to each line, the same octets by every way, not a word on the server's inside."""

from __future__ import annotations

import re
import time
from itertools import pairwise
from typing import TYPE_CHECKING

import smtplab
from smtplab.protocol.parser import ReplyParser
from tests.helpers.amount import octets_of
from tests.helpers.mutating import command_line, mutated

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator

    from smtplab.protocol.reply import Reply
    from tests.helpers.amount import Amount, Figures

CORPUS = octets_of("commands.txt")
INTERNAL = re.compile(
    rb"Traceback|aiosmtpd|asyncio|smtplab/|\.py\b|\bline \d+|\w(?:Error|Exception)\b|Error: \(|None\b|<class"
)
"""What no reply may tell: names of the server's own inside."""

END = b"\r\n.\r\nQUIT\r\n"
"""Ends whatever was begun: a line, message text, the session."""


class ByTheTask(smtplab.LabSMTP):
    """The same server without the path that answers before aiosmtpd's task."""

    fast_path = False


def inputs(amount: Amount, what: str, count: int) -> list[bytes]:
    """Return the corpus, as far as there is room for it, and mutations of it."""
    draw = amount.draw(what)
    return [*CORPUS, *(mutated(draw, CORPUS, command_line) for _ in range(count - len(CORPUS)))][:count]


def cut(draw: random.Random, data: bytes) -> list[bytes]:
    """Return octets in the pieces in which they are sent: lines, one piece, or anything."""
    how = draw.choice(("lines", "whole", "any"))
    if how == "lines":
        return re.findall(rb"[^\n]*\n|[^\n]+", data)
    places = [] if how == "whole" else sorted(draw.randrange(len(data)) for _ in range(draw.choice((1, 3, 9))))
    ends = [0, *places, len(data)]
    return [data[a:b] for a, b in pairwise(ends) if a < b]


def said(lab: smtplab.Lab, pieces: list[bytes]) -> bytes:
    """Return all that a lab's server says to these pieces, on a connection of its own, until it hangs up."""
    connection = lab._carrier.connect(20)
    octets = bytearray()
    try:
        for piece in pieces:
            try:
                connection.send(piece, 20)
            except OSError:  # it has hung up: what it said is still there to be read
                break
            new = connection.waiting()
            if new is None:
                return bytes(octets)
            octets += new
        while data := connection.receive(connection.clock() + 20):
            octets += data
    finally:
        connection.close()
    return bytes(octets)


def masked(octets: bytes) -> bytes:
    """Return what a server said without the figures of its status, which each server has of its own."""
    return re.sub(rb"(?m)^211.*$", b"211", octets)


def replies_in(octets: bytes) -> list[Reply]:
    """Return the replies in octets. Raises NotAReply for any that is none, AssertionError for half of one."""
    parser, replies = ReplyParser(), []
    new = parser.feed(octets)
    while new:
        replies += new
        new = parser.feed(b"")
    assert parser.pending == b""
    return replies


def due(data: bytes, replies: Iterator[Reply]) -> Iterator[bytes]:
    """Return each line or message text in octets to which a reply is due, taking the replies that come to them.

    It is the client's view (RFC 5321 §4.1.1.4, §3.8): text follows a 354, and nothing a 221 or 421.
    """
    in_text, text = False, b""
    for whole in data.split(b"\r\n")[:-1]:
        line = whole + b"\r\n"
        text += line
        if in_text and line != b".\r\n":
            continue
        yield text
        reply = next(replies, None)
        if reply is None or reply.code in (221, 421):
            return
        in_text, text = not in_text and reply.code == 354, b""


def check(data: bytes, octets: bytes) -> None:
    """Check what a server said to octets: one well-formed reply to each line, in order, none telling too much."""
    assert INTERNAL.search(octets) is None, (data, INTERNAL.search(octets))
    replies = replies_in(octets)
    assert all(reply.defects == () for reply in replies), data
    rest = iter(replies)
    assert next(rest).code == 220
    lines = list(due(data, rest))
    assert len(lines) == len(replies) - 1, (data, lines, replies)
    assert next(rest, None) is None
    assert replies[-1].code in (221, 421), (data, replies)


def test_every_way_says_the_same(amount: Amount, figures: Figures) -> None:
    """Each stream gets one reply a line, the same octets over tcp and in memory, with the fast path and without."""
    draw = amount.draw("pieces")
    labs = [
        smtplab.start(carrier=carrier, server=server, timeout=20)
        for carrier in ("memory", "tcp")
        for server in (smtplab.LabSMTP, ByTheTask)
    ]
    try:
        for number, stream in enumerate(inputs(amount, "commands", amount.of(120, 60_000))):
            data = stream + END
            began = time.perf_counter()
            for lab in labs:
                lab._state.messages.clear()  # a reply counts the messages, and each way has its own count
            answers = [said(lab, cut(draw, data)) for lab in (labs if number % 2 else labs[:3])]
            assert len(set(map(masked, answers))) == 1, (data, answers)
            check(data, answers[0])
            figures.took(time.perf_counter() - began)
            if number % 50 == 0:  # after all of it
                assert [lab.send("NOOP").code for lab in labs] == [250] * 4
        assert [lab.send("HELP").code for lab in labs] == [214] * 4
    finally:
        for lab in labs:
            lab.stop()


def test_in_memory_many(amount: Amount, figures: Figures) -> None:
    """Many more streams in memory, cut anyhow: by the fast path as without it, one reply a line."""
    draw = amount.draw("memory")
    fast, slow = (smtplab.start(carrier="memory", server=server) for server in (smtplab.LabSMTP, ByTheTask))
    with fast, slow:
        for stream in inputs(amount, "in memory", amount.of(250, 200_000)):
            data = stream + END
            began = time.perf_counter()
            for lab in (fast, slow):
                lab._state.messages.clear()
            octets = said(fast, cut(draw, data))
            assert masked(octets) == masked(said(slow, cut(draw, data))), data
            check(data, octets)
            figures.took(time.perf_counter() - began)


def test_the_labs_own_client(amount: Amount, figures: Figures) -> None:
    """What `send_raw` returns is one reply a line too, and the next command has its own reply, whatever was sent."""
    with smtplab.start(carrier="memory") as lab:
        for data in inputs(amount, "send_raw", amount.of(200, 40_000)):
            began = time.perf_counter()
            try:
                replies = lab.send_raw(data)
            except smtplab.ConnectionLost:  # something stood after QUIT
                replies = None
            if lab.reading_message:
                lab.send_raw(b"\r\n.\r\n")
            elif not data.endswith(b"\r\n"):
                lab.send_raw(b"\r\n")
            assert lab.send("NOOP").raw.startswith(b"250"), data
            assert lab.send("XSTATUS").code == 211, data
            if replies is not None:
                rest = iter(replies)
                assert len(list(due(data, rest))) == len(replies), data
            figures.took(time.perf_counter() - began)
            lab.send("QUIT")
