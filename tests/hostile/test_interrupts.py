"""Ctrl-C at random moments of `send` and `send_raw`: the next command gets its own reply, and its own source."""

from __future__ import annotations

import signal
import time
from typing import TYPE_CHECKING, Any

import pytest

import smtplab

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.helpers.amount import Amount, Figures

pytestmark = [
    pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="the timer is POSIX's"),
    # an interrupt between a socket's opening and its first name leaves it to the collector, as everywhere in Python
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning"),
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),
]


class Armed:
    """A timer whose signal is a Ctrl-C while it is armed, and nothing otherwise."""

    def __init__(self) -> None:
        self.on = False
        self.rang = 0

    def ring(self, _number: int, _frame: Any) -> None:
        """Interrupt."""
        if self.on:
            self.on = False
            self.rang += 1
            raise KeyboardInterrupt

    def during(self, seconds: float, call: Callable[[], Any]) -> None:
        """Call something, and interrupt it after so many seconds if it still runs."""
        signal.setitimer(signal.ITIMER_REAL, seconds)
        self.on = True
        try:
            call()
            self.on = False
        except KeyboardInterrupt:
            pass
        finally:
            self.on = False
            signal.setitimer(signal.ITIMER_REAL, 0)


def test_the_next_command_has_its_own_reply(carrier: str, amount: Amount, figures: Figures) -> None:
    """After an interrupt at any moment the next replies are the next commands' own, and the transcript says so too."""
    own: dict[str, bytes] = {}

    def answer(line: str) -> bytes:
        own[line] = b"250 own %d\r\n" % len(own)
        return own[line]

    armed, draw = Armed(), amount.draw(f"interrupts {carrier}")
    before = signal.signal(signal.SIGALRM, armed.ring)
    try:
        with smtplab.start(smtplab.Personality.scripted({"XOWN": answer}), carrier=carrier, timeout=20) as lab:
            times = []
            for _ in range(30):
                began = time.perf_counter()
                lab.send("NOOP")
                times.append(time.perf_counter() - began)
            usual = sorted(times)[len(times) // 2]
            for number in range(amount.of(400, 15_000)):
                if draw.random() < 0.3:
                    lab._client.hang_up()  # then the greeting is awaited as well
                calls: list[Callable[[], Any]] = [
                    lambda: lab.send("NOOP"),
                    lambda: lab.send("HELP"),
                    lambda: lab.send_raw(b"NOOP\r\nHELP\r\nXOWN raw\r\nRSET\r\n"),
                    lambda: lab.send(f"XOWN cut {number}"),  # noqa: B023  called at once
                ]
                began = time.perf_counter()
                armed.during(draw.uniform(1e-6, 3 * usual), draw.choice(calls))
                for line in (f"XOWN {number} a", f"XOWN {number} b"):
                    assert lab.send(line).raw == own[line], number
                    exchange = lab.transcript[-1]
                    assert (exchange.command, exchange.source) == (line, "scripted")
                assert lab.send("NOOP").raw == b"250 OK\r\n"
                assert lab.transcript[-1].source == "live"
                figures.took(time.perf_counter() - began)
            for exchange in lab.transcript:  # of those that were cut off, too
                if exchange.command in own and exchange.reply is not None and exchange.command != "XOWN raw":
                    assert exchange.reply.raw == own[exchange.command]
        figures.more["interrupted"] = armed.rang
        assert armed.rang > amount.of(400, 15_000) / 20
    finally:
        signal.signal(signal.SIGALRM, before)
