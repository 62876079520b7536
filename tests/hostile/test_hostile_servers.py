"""Servers that misbehave, against `probe` and `record`: an end in time, in little memory, a verdict or a sentence."""

from __future__ import annotations

import itertools
import time
import tracemalloc
from typing import TYPE_CHECKING

import pytest

import smtplab
from smtplab.lab.remote import RemoteConnection
from smtplab.recordings import recorder
from smtplab.recordings.recorder import record
from smtplab.recordings.recording import Recording
from tests.helpers.misbehaving import BEHAVIOURS, MOMENTS, misbehaving, serving
from tests.helpers.showing import obeyed_in_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.helpers.amount import Amount, Figures

WITHIN = 0.4
"""Seconds that a step may take."""

LONGEST = 60.0
"""Seconds in which all must be over, on a busy machine too: seven steps take seven times as long as one at most."""

MOST = 24 * 2**20
"""Octets that may be held at one time: the longest reply is held, its parts, and the sentences about them."""

COMBINATIONS = list(itertools.product(BEHAVIOURS, MOMENTS))


@pytest.fixture
def memory(figures: Figures) -> Iterator[None]:
    """Python's memory is watched: it stays within bounds."""
    tracemalloc.start()
    try:
        yield
        figures.mib = tracemalloc.get_traced_memory()[1] / 2**20
        assert figures.mib < MOST / 2**20
    finally:
        tracemalloc.stop()


FOUND = [("a very long line", b"HELP"), ("half a reply", b"HELP"), ("floods with replies", b"HELP")]
"""What has broken a probe, or a recording, before: it is tried each time."""


def chosen(amount: Amount, what: str, count: int) -> list[tuple[str, bytes]]:
    """Return as many ways to misbehave as are tried."""
    rest = [each for each in COMBINATIONS if each not in FOUND]
    return [*FOUND, *amount.draw(what).sample(rest, min(count, len(rest)))]


def check_sentence(text: str, lines: int = 1000) -> None:
    """Check what is said to a person: it can be read, and no terminal obeys it."""
    assert text.count("\n") < lines
    assert len(text) > 10
    assert len(text) < 200_000
    assert "Traceback" not in text
    assert obeyed_in_text(text) == ""


def is_own(result: smtplab.Probe | None, moment: bytes) -> bool:
    """Return whether HELP got the reply that the server has for it, as far as the server let it come."""
    if moment in (b"", b"EHLO", b"HELP"):
        return True
    answers = {exchange.command: exchange.reply for exchange in result.transcript} if result is not None else {}
    helped = answers.get("HELP")
    return helped is not None and helped.text == "Help"


def probed(port: int, within: float = WITHIN, **options: bool) -> smtplab.Probe | None:
    """Probe a server; None where it could not be asked, and a sentence said why."""
    try:
        result = smtplab.probe("127.0.0.1", port, timeout=within, **options)
    except smtplab.ProbeError as error:
        check_sentence(str(error), lines=1)
        return None
    check_sentence(str(result))
    check_sentence(result._repr_html_())
    assert len(result.verdicts) == len(result.transcript)
    return result


@pytest.mark.usefixtures("memory")
def test_probe(amount: Amount, figures: Figures) -> None:
    """A probe of any of them ends in time, with verdicts or one sentence, and each reply stands by its own command."""
    for name, moment in chosen(amount, "probe", amount.of(3, len(COMBINATIONS))):
        began = time.monotonic()
        with serving(misbehaving(name, moment)) as (_, port):
            result = probed(port)
            seconds = time.monotonic() - began
            # on a busy machine the server may have been asleep for as long as a step takes
            assert is_own(result, moment) or is_own(probed(port, 10.0), moment), (name, moment)
        figures.took(seconds)
        assert seconds < LONGEST, (name, moment)


@pytest.mark.usefixtures("memory")
def test_probe_with_starttls(amount: Amount, figures: Figures) -> None:
    """A server that says it goes ahead with TLS, and does not, is told in one sentence, in time."""
    draw = amount.draw("starttls")
    for name in draw.sample(sorted(BEHAVIOURS), min(amount.of(2, 100), len(BEHAVIOURS))):
        began = time.monotonic()
        with serving(misbehaving(name, b"", starttls=True)) as (_, port):
            assert probed(port, starttls=True) is None
        with serving(misbehaving(name, b"")) as (_, port):
            assert probed(port, tls=True) is None
        figures.took(time.monotonic() - began)
        assert time.monotonic() - began < LONGEST


@pytest.mark.usefixtures("memory")
def test_record(amount: Amount, figures: Figures, monkeypatch: pytest.MonkeyPatch) -> None:
    """A recording of any of them is one that smtplab itself reads, or there is none, and one sentence says why."""
    if not amount.long:
        monkeypatch.setattr(recorder, "_IN_ORDER", [b"HELP\r\n", b"NOOP\r\n", b"HELP\tMAIL\r\n"])
        monkeypatch.setattr(recorder, "_FRESH", [b"HELP\r\n"])
        monkeypatch.setattr(recorder, "required_verbs", lambda: {"NOOP"})
    for name, moment in chosen(amount, "record", amount.of(3, len(COMBINATIONS))):
        began = time.monotonic()
        with serving(misbehaving(name, moment)) as (host, port):
            try:
                made = record(lambda within: RemoteConnection(host, port, within), "mine", timeout=WITHIN)
            except (smtplab.CannotRecord, OSError) as error:
                check_sentence(str(error))
            else:
                text = made.to_text()
                assert Recording.from_text(text) == made
                assert obeyed_in_text(text) == ""
        seconds = time.monotonic() - began
        figures.took(seconds)
        assert seconds < LONGEST * (10 if amount.long else 1), (name, moment)


def test_there_are_enough() -> None:
    """There are at least seventy-two ways in which a server misbehaves."""
    assert len(COMBINATIONS) >= 72
