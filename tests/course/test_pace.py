"""How long a lesson takes."""

from __future__ import annotations

import re

import pytest

from smtplab.course import pace
from smtplab.course.exercises import exercise, exercises
from smtplab.course.grading import KINDS
from smtplab.text.language import LANGUAGES


def test_text() -> None:
    """A text takes the time of its words; addresses of links and marks of Markdown are not read."""
    assert pace.of_text("word " * pace.WORDS) == 1
    assert pace.of_text("- **Two words**, (RFC 5321 §4.2)") == pace.of_text("one two three four five")
    assert pace.of_text("[two words](https://example.org/a/b/c)") == pace.of_text("two words")
    assert pace.of_text("") == 0


@pytest.mark.parametrize(
    ("code", "minutes"),
    [
        ("print(1)", pace.CELL),
        ("smtplab.console(lab)", pace.LOOKED_AT["console"]),
        ("smtplab.gallery(predict=True)", pace.LOOKED_AT["gallery"]),
        ('import smtplab\n\nlab = smtplab.start("console")', pace.CELL),
        ('# Run this cell to answer\nsmtplab.exercise("01.help", lab)', pace.EXERCISE["code"]),
        ('smtplab.exercise("05.client", lab)', pace.EXERCISE["function"]),
        ('smtplab.exercise("05.twenty", lab)', 20 * pace.ITEM["sort"]),
    ],
)
def test_code(code: str, minutes: float) -> None:
    """An exercise takes what its kind or its items take, a widget to explore its own time, other cells a little."""
    assert pace.of_code(code) == pytest.approx(minutes)


def test_every_kind_has_a_rate() -> None:
    """Each kind of exercise has its minutes, and every exercise takes some."""
    assert {*pace.EXERCISE, *pace.ITEM} == set(KINDS)
    assert all(pace.of_exercise(each) > 0 for each in exercises())
    assert {exercise(each, "en").kind for each in exercises()} == set(KINDS)


@pytest.mark.parametrize(("minutes", "stated"), [(0.0, 1), (1.4, 1), (1.5, 2), (2.5, 3), (16.2, 16)])
def test_whole(minutes: float, stated: int) -> None:
    """Minutes are stated as whole ones, and never as none."""
    assert pace.whole(minutes) == stated


@pytest.mark.parametrize("lang", LANGUAGES)
def test_lines(lang: str) -> None:
    """The lines say their figures, and differ by what a lesson has of the core, and by where the core goes."""
    both, core, deeper = (pace.head(*minutes, ["A", "B?"], lang) for minutes in ((7, 42), (7, 0), (0, 42)))
    assert re.findall(r"\d+", both) == ["49", "7", "42"]
    assert both.endswith("A; B?")
    assert (re.findall(r"\d+", core), re.findall(r"\d+", deeper)) == (["7"], ["42"])
    assert len({line.partition(" ")[2].partition(" ")[2] for line in (core, deeper)}) == 2
    marks = {pace.mark(part, minutes, lang) for part in pace.PARTS for minutes in (1, 2)}
    assert len(marks) == 4
    assert "2" in pace.mark("core", 2, lang)
    assert "7" in pace.turn("07", lang)
    assert not re.search(r"\d", pace.turn("", lang))
