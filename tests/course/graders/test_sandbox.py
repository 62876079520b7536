"""A learner's function is called as it is, and stopped where it does not end."""

from __future__ import annotations

import sys
from contextlib import suppress

import pytest

import smtplab
from smtplab.course.graders.sandbox import Endless, patiently


def test_a_function_that_ends() -> None:
    """What it returns is returned, what it raises is raised, and the trace function is the old one again."""
    before = sys.gettrace()
    assert patiently(sum, [1, 2]) == 3
    assert patiently(lambda a, b: a + b, 1, 2) == 3
    with pytest.raises(ZeroDivisionError):
        patiently(lambda: 1 // 0)
    assert sys.gettrace() is before


def test_what_a_lab_runs_is_not_counted() -> None:
    """A function that asks a lab hundreds of things ends by itself: neither the lab's lines nor Python's count."""

    def asks() -> int:
        with smtplab.start(carrier="memory") as lab:
            for _ in range(300):
                lab.personality = smtplab.Personality.scripted({"HELP": "214 Ask"})
                lab.send("HELP")
            return len(lab.transcript)

    assert patiently(asks) > 300


def test_a_function_that_does_not_end() -> None:
    """An endless loop is stopped, one that catches every Exception too, and the trace function is the old one again."""

    def stubborn() -> None:
        while True:
            with suppress(Exception):
                pass

    before = sys.gettrace()
    with pytest.raises(Endless, match="lines"):
        patiently(stubborn)
    assert sys.gettrace() is before
