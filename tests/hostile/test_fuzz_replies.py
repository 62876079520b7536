"""Mutated replies: the parser reads them the same however they are cut, and each command keeps its own reply."""

from __future__ import annotations

import asyncio
import json
import time
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

import smtplab
from smtplab.protocol.parser import ReplyParser
from smtplab.server.personality import Answer
from tests.helpers.amount import octets_of
from tests.helpers.mutating import mutated, reply_line

if TYPE_CHECKING:
    from tests.helpers.amount import Amount, Figures

CORPUS = octets_of("replies.txt")


def inputs(amount: Amount, what: str, count: int) -> list[bytes]:
    """Return the corpus, as far as there is room for it, and mutations of it."""
    draw = amount.draw(what)
    return [*CORPUS, *(mutated(draw, CORPUS, reply_line) for _ in range(count - len(CORPUS)))][:count]


def read(pieces: list[bytes]) -> tuple[list[bytes], bytes | None]:
    """Return the replies in octets that come in these pieces, and what is pending; None where it is no reply."""
    parser, replies = ReplyParser(), []
    try:
        for piece in pieces:
            new = parser.feed(piece)
            while new:
                replies += new
                new = parser.feed(b"")
    except smtplab.NotAReply:
        return [reply.raw for reply in replies], None
    return [reply.raw for reply in replies], parser.pending


def check_reply(raw: bytes) -> None:
    """Check what is read off one reply: all of it can be had, it is all there, and nothing in it is obeyed."""
    reply = smtplab.Reply(raw)
    assert b"".join(raw[part.start : part.end] for part in reply.parts) == raw
    assert all(0 <= defect.start <= defect.end <= len(raw) for defect in reply.defects)
    assert len(reply.lines) == len(reply.codes)
    assert reply.code == reply.codes[0] == int(raw[:3])
    assert smtplab.Reply(reply.raw) == reply
    for shown in (repr(reply), str(reply), reply._repr_html_()):
        assert all(char.isprintable() or char in "\n\t" for char in shown), raw
        shown.encode()
    json.dumps(reply.lines).encode()


def test_whole_is_every_split(amount: Amount, figures: Figures) -> None:
    """However octets are cut, the same replies come of them, no octet is lost, and nothing but NotAReply is raised."""
    draw = amount.draw("splits")
    for data in inputs(amount, "replies", amount.of(1_200, 1_000_000)):
        began = time.perf_counter()
        replies, pending = whole = read([data])
        if pending is not None:
            assert b"".join(replies) + pending == data
        assert data.startswith(b"".join(replies))
        for _ in range(2):
            places = sorted(draw.randrange(len(data) + 1) for _ in range(draw.choice((1, 2, 5))))
            assert read([data[a:b] for a, b in pairwise([0, *places, len(data)])]) == whole, data
        if len(data) < 120:
            assert read([data[at : at + 1] for at in range(len(data))]) == whole, data
        for raw in replies[:5]:
            check_reply(raw)
        figures.took(time.perf_counter() - began)


def test_the_corpus_at_every_place() -> None:
    """Each input of the corpus, cut in two and in three at every place, gives the same."""
    for data in CORPUS:
        whole = read([data])
        for place in range(len(data) + 1):
            assert read([data[:place], data[place:]]) == whole
            for second in range(place, len(data) + 1, 7):
                assert read([data[:place], data[place:second], data[second:]]) == whole


SHAPES = {
    "one line": lambda size: b"250 " + b"x" * size,
    "lines": lambda size: b"250-x\r\n" * (size // 7),
    "short lines": lambda size: b"250-\n" * (size // 5),
    "lines without a code": lambda size: b"250-\r\n" + b"\r\n" * (size // 2),
    "replies": lambda size: b"250 x\r\n" * (size // 7),
    "digits": lambda size: b"250-" + b"250" * (size // 3),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_eight_times_as_long_takes_eight_times(amount: Amount, figures: Figures, shape: str) -> None:
    """What is eight times as long takes about eight times as long in pieces of any size, not sixty-four times."""
    for piece in (1, 61, 65536):
        size = amount.of(5_000, 200_000) * (1 if piece < 10 else 8)
        times = []
        for length in (size, 8 * size):
            data = SHAPES[shape](length)
            pieces = [data[at : at + piece] for at in range(0, len(data), piece)]
            least = 1e9
            for _ in range(3):
                parser, began = ReplyParser(), time.thread_time()
                for each in pieces:
                    parser.feed(each)
                least = min(least, time.thread_time() - began)
            times.append(least)
        figures.took(times[1])
        assert times[1] < 32 * max(times[0], 0.002), (piece, times)


def outcome(call: Any, *given: Any) -> Any:
    """Return a reply's octets, or what is raised instead, of what may be."""
    try:
        return call(*given).raw
    except (smtplab.ConnectionLost, smtplab.ReplyTimeout, smtplab.NotAReply) as error:
        return type(error).__name__


def talk(carrier: str, data: bytes, greeting: bool, close: bool) -> tuple[list[Any], Any]:
    """Return what three commands got from a server that says this once, and the transcript; check whose each is."""
    own: dict[str, bytes] = {}
    number = 0

    def answer(line: str) -> bytes:
        nonlocal number
        number += 1
        own[line] = b"250 own %d\r\n" % number
        return own[line]

    odd = Answer(data, close=close)
    script = smtplab.Personality.scripted({"XODD": odd, "XOWN": answer}, greeting=odd if greeting else None)
    with smtplab.start(script, carrier=carrier, timeout=8 if close or carrier == "memory" else 0.7) as lab:
        outcomes: list[Any] = []
        for line in ([] if greeting else ["XODD"]) + ["XOWN 1", "XOWN 2", "XOWN 3"]:
            outcomes.append(outcome(lab.send, line))
            if line.startswith("XOWN") and isinstance(outcomes[-1], bytes):
                assert outcomes[-1] == own[line], data
        if not greeting:  # what no reply is, or half of one, may cost one command its reply, and no more
            assert isinstance(outcomes[-1], bytes), (data, outcomes)
        for exchange in lab.transcript:
            if exchange.sent is not None and exchange.reply is not None:
                odd_one = exchange.sent == b"XODD\r\n"
                assert exchange.reply.raw == (read([data])[0][:1] or [b""])[0] if odd_one else own[exchange.command]
        return outcomes, [(each.sent, each.reply, each.session, each.partial) for each in lab.transcript]


@pytest.mark.parametrize("greeting", [False, True])
def test_each_command_keeps_its_own_reply(amount: Amount, figures: Figures, greeting: bool) -> None:
    """Whatever a server says to a command, or before any, the next commands get their own replies or an error."""
    for data in inputs(amount, f"memory {greeting}", amount.of(200, 60_000)):
        began = time.perf_counter()
        talk("memory", data, greeting, close=False)
        figures.took(time.perf_counter() - began)


def test_over_both_carriers(amount: Amount, figures: Figures) -> None:
    """Over tcp it is the same: each command has its own reply, and what each command gets is what it gets in memory."""
    for data in inputs(amount, "tcp", amount.of(len(CORPUS) + 40, 10_000)):
        if len(data) > 2**15:  # over tcp it may come in pieces, and a busy machine may wait between them
            continue
        began = time.perf_counter()
        over_tcp = talk("tcp", data, greeting=False, close=True)
        assert over_tcp == talk("memory", data, greeting=False, close=True), data
        figures.took(time.perf_counter() - began)


class Late(smtplab.LabSMTP):
    """Says one more thing, some moment after its reply."""

    async def smtp_XLATE(self, arg: str | None) -> None:
        await self.push("250 in time")
        self.later = self.loop.create_task(self.one_more(float(arg or 0)))

    async def one_more(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        await self.push("250 late")


def test_what_comes_late(carrier: str, amount: Amount, figures: Figures) -> None:
    """A reply that nobody asked for, at some moment between two others, is neither the one's nor the other's."""
    draw = amount.draw(f"late {carrier}")
    with smtplab.start(carrier=carrier, server=Late, timeout=20) as lab:
        for _ in range(amount.of(60, 20_000)):
            began = time.perf_counter()
            assert lab.send(f"XLATE {draw.uniform(0, 0.002):f}").text == "in time"
            for line, begins in (("HELP", b"214-"), ("VRFY a", b"252"), ("HELP MAIL", b"214-Syntax: MAIL")):
                assert lab.send(line).raw.startswith(begins)
            figures.took(time.perf_counter() - began)
        late = [exchange for exchange in lab.transcript if exchange.reply is not None and exchange.reply.text == "late"]
        assert {exchange.sent for exchange in late} <= {None}
        assert late or carrier == "memory"  # where time does not pass by itself
