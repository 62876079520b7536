"""Which reply belongs to which command, and where each came from, whatever a server pushes and however it is cut."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

import smtplab
from smtplab.protocol.sources import UNKNOWN, Source, Sources

if TYPE_CHECKING:
    from collections.abc import Callable

    Start = Callable[..., smtplab.Lab]

SCRIPTED = Source("scripted")


def test_an_octet_belongs_to_one_write() -> None:
    """A reply has the source of the write that holds its last octet; only the write's last reply closes."""
    sources = Sources()
    sources.note(10, Source("live", closes=True), 1)
    sources.note(5, SCRIPTED, 2)
    assert [sources.of(end) for end in (4, 10, 15, 20)] == [
        (Source("live"), 1), (Source("live", closes=True), 1), (SCRIPTED, 2), UNKNOWN,
    ]  # fmt: skip


class Pushing(smtplab.LabSMTP):
    """Answers with two replies, at once or one after a while, and with one reply of two lines."""

    async def smtp_XTWO(self, _arg: str | None) -> None:
        await self.push("250 one")
        await self.push("250 two")

    async def smtp_XLATE(self, _arg: str | None) -> None:
        await self.push("250 one")
        await asyncio.sleep(0.05)
        await self.push("250 two")

    async def smtp_XPIECE(self, _arg: str | None) -> None:
        await self.push(b"250-one\r\n250 two")


def exchanges(lab: smtplab.Lab) -> list[tuple[str | None, int | None, str]]:
    """Return command, code and source of each exchange after the greeting."""
    return [(row.command, row.reply and row.reply.code, row.source) for row in lab.transcript[1:]]


@pytest.mark.parametrize("verb", ["XTWO", "XLATE", "XPIECE"])
def test_a_second_reply_does_not_shift_the_sources(start: Start, verb: str) -> None:
    """After a handler that pushed two replies the next scripted command is still "scripted"."""
    lab = start(smtplab.Personality.scripted({"NOOP": "250 by the script"}), server=Pushing)
    lab.send(verb)
    lab.send("NOOP")
    lab.send("HELP")
    second = [(None, 250, "live")] if verb != "XPIECE" else []
    assert exchanges(lab) == [(verb, 250, "live"), *second, ("NOOP", 250, "scripted"), ("HELP", 214, "live")]


@pytest.mark.parametrize("count", [300, 3000])
def test_pipelined_replies_keep_their_labels(start: Start, count: int) -> None:
    """Hundreds of commands in one segment: each reply has its command, its source, and no false ending."""
    lab = start(smtplab.Personality.scripted({"NOOP": "250 by the script"}))
    replies = lab.send_raw(b"NOOP\r\nRSET\r\n" * (count // 2))
    assert len(replies) == count
    assert exchanges(lab) == [("NOOP", 250, "scripted"), ("RSET", 250, "live")] * (count // 2)
    assert not any(exchange.closed for exchange in lab.transcript)


@pytest.mark.parametrize("greeting", [b"220 hi\r\n250 forged\r\n", b"220 hi\r\n250 forged\r\n214 too\r\n"])
def test_a_greeting_of_two_replies_answers_nothing(start: Start, greeting: bytes) -> None:
    """What comes behind the greeting is noted as unasked, and HELP gets its own reply."""
    lab = start(smtplab.Personality.scripted({"HELP": "214 help"}, greeting=greeting))
    assert lab.send("HELP").code == 214
    assert [exchange.sent for exchange in lab.transcript] == [None] * greeting.count(b"\n") + [b"HELP\r\n"]


def test_last_words_and_their_closing(start: Start) -> None:
    """A 421 that came with the closing is in the transcript as unasked; the next command meets a new session."""
    closing = smtplab.Answer(b"250 OK\r\n421 idle for too long\r\n", close=True)
    lab = start(smtplab.Personality.scripted({"NOOP": closing}))
    assert lab.send("NOOP").code == 250
    assert lab.send("HELP").code == 214
    assert [(row.command, row.reply.code, row.session, row.closed) for row in lab.transcript] == [
        (None, 220, 1, False), ("NOOP", 250, 1, False), (None, 421, 1, True), (None, 220, 2, False),
        ("HELP", 214, 2, False),
    ]  # fmt: skip


def test_a_transcript_stays_as_it_was(start: Start) -> None:
    """A transcript holds what was said when it was asked for, and is no copy: five thousand cost what fifty do."""
    lab = start()
    lab.send("NOOP")
    before = lab.transcript
    lab.send("QUIT")
    lab.send("NOOP")
    assert [exchange.command for exchange in before] == [None, "NOOP"]
    assert before == lab.transcript[:2]
    assert before._exchanges is lab.transcript._exchanges
    assert hash(before) == hash(lab.transcript[:2])


def test_commands_after_quit(start: Start) -> None:
    """Octets sent behind a QUIT are lost with the connection, and the error says so on both carriers alike."""
    lab = start()
    with pytest.raises(smtplab.ConnectionLost, match="hung up before it had read everything") as lost:
        lab.send_raw(b"QUIT\r\nNOOP\r\n")
    assert [(exchange.sent, exchange.reply and exchange.reply.code) for exchange in lost.value.transcript[1:]] == [
        (b"QUIT\r\n", 221), (b"NOOP\r\n", None),
    ]  # fmt: skip
    assert lab.send("NOOP").code == 250
