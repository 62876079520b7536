"""The two carriers held together: the same commands, the same octets, the same transcript, whatever the server does."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import smtplab
from smtplab.server.personality import HANG_UP, Answer

if TYPE_CHECKING:
    from types import FrameType


pytestmark = pytest.mark.slow  # hundreds of dialogues over both carriers


class Odd(smtplab.LabSMTP):
    """Hangs up in its own ways, replies twice, and raises."""

    async def smtp_XBYE(self, _arg: str | None) -> None:
        await self.push("554 bye")
        self.transport.close()

    async def smtp_XCUT(self, _arg: str | None) -> None:
        await self.push("521 bye")
        self.transport.abort()

    async def smtp_XTWO(self, _arg: str | None) -> None:
        await self.push("250 one")
        await self.push("250 two")

    async def smtp_XRAISE(self, _arg: str | None) -> None:
        raise SystemExit

    async def smtp_XGONE(self, _arg: str | None) -> None:
        self.transport.close()
        await self.push("250 late")


SCRIPT = smtplab.Personality.scripted(
    {
        "XHALF": b"250 ok\r\n250-half\r\n", "XDROP": HANG_UP, "XLAST": Answer(b"554 go\r\n", close=True),
        "X421": "421 closing", "XSTAY": b"421 no, it stays\r\n", "XLONG": b"250-" + b"x" * 70_000 + b"\r\n250 end\r\n",
    }
)  # fmt: skip
LINES = (
    b"HELP", b"NOOP", b"EHLO me", b"HELO me", b"MAIL FROM:<a@b.example>", b"MAIL FROM:<", b"RCPT TO:<c@d.example>",
    b"RSET", b"VRFY a", b"EXPN a", b"STAT", b"FOO", b"", b"HELP NOSUCH", b"\xf1", b"DATA", b".", b"..", b"QUIT",
    b"XBYE", b"XCUT", b"XTWO", b"XRAISE", b"XGONE", b"XHALF", b"XDROP", b"XLAST", b"X421", b"XSTAY", b"XLONG",
)  # fmt: skip
SENDS = st.one_of(
    st.sampled_from(LINES),
    st.lists(st.sampled_from(LINES), min_size=1, max_size=4).map(lambda lines: [b"".join(x + b"\r\n" for x in lines)]),
)


def dialogue(carrier: str, sends: list[bytes | list[bytes]]) -> tuple[list[Any], list[Any]]:
    """Return what each call gave or raised, and the transcript; a list of octets is sent raw."""
    outcomes: list[Any] = []
    with smtplab.start(SCRIPT, carrier=carrier, server=Odd, timeout=5) as lab:
        for each in sends:
            try:
                reply = lab.send(each) if isinstance(each, bytes) else lab.send_raw(each[0])
                outcomes.append(reply)
            except smtplab.SmtplabError as error:
                outcomes.append((type(error), str(error)))
        lab._client.send(b".\r\n" if lab.reading_message else b"NOOP\r\n", 5)  # a second reply may be on its way
        return outcomes, list(lab.transcript)


@settings(max_examples=60, derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(SENDS, min_size=1, max_size=8))
def test_the_carriers_are_alike(sends: list[bytes | list[bytes]]) -> None:
    """Random commands, one by one and pipelined, to a server that does what it likes: no difference at all."""
    assert dialogue("tcp", sends) == dialogue("memory", sends)


@pytest.mark.parametrize("hangs_up", [b"XBYE", b"XCUT", b"XLAST", b"X421", b"QUIT"])
def test_after_any_last_words_a_new_session(hangs_up: bytes) -> None:
    """Whatever code a server hangs up with, and however, the next command goes to a new session (RFC 5321 §3.8)."""
    for carrier in ("tcp", "memory"):
        outcomes, transcript = dialogue(carrier, [hangs_up, b"HELP"] * 5)
        assert [reply.code for reply in outcomes[1::2]] == [214] * 5
        assert transcript[-1].session == 5 + 1


# an interrupt between a socket's opening and its first name leaves it to the collector, as everywhere in Python
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("carrier", ["tcp", "memory"])
def test_an_interrupt_at_any_line(carrier: str) -> None:
    """An interrupt at whatever line of a call leaves a lab whose next command gets its own reply, rightly labelled."""
    lab = smtplab.start(smtplab.Personality.scripted({"NOOP": "250 noop"}), carrier=carrier, timeout=5)
    left = 0

    def trace(frame: FrameType, _event: str, _what: object) -> Any:
        nonlocal left
        if "smtplab" not in frame.f_code.co_filename or frame.f_code.co_name.startswith("__"):
            return None
        left -= 1
        if left == 0:
            raise KeyboardInterrupt
        return trace

    outer = sys.gettrace()
    with lab:
        for at in range(1, 400):
            lab._client.hang_up()
            left = at
            sys.settrace(trace)
            try:
                lab.send("NOOP")
            except KeyboardInterrupt:
                pass
            finally:
                sys.settrace(outer)
            assert lab.send("HELP").code == 214
            assert lab.send("NOOP").text == "noop"
            assert [each.source for each in lab.transcript[-2:]] == ["live", "scripted"]
