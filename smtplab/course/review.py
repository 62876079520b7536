"""What to ask again, and when: Leitner's boxes, worked out from the histories and a day. Nothing else is kept.

Each exercise that was answered lies in a box. An answer that is right on its day moves it on to the next box, where it
rests longer; a wrong one, or a look at the solution first, puts it back into the first. Of a day its first answer
counts. A right answer before its day changes nothing.

>>> from smtplab.course.attempts import Attempt
>>> right = History().with_attempt(Attempt("2026-01-02T12:00:00Z", "214", "214", right=True))
>>> place(right), place(right.with_attempt(Attempt("2026-01-04T12:00:00Z", "250", "250", right=False)))
(Place(box=2, due=datetime.date(2026, 1, 4)), Place(box=1, due=datetime.date(2026, 1, 5)))
"""

from __future__ import annotations

import zlib
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from smtplab.course.attempts import History, day
from smtplab.course.exercises import exercise, exercises, variants
from smtplab.text.html import paragraphs

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

BOXES = (1, 2, 4, 8, 16)
"""Days that an exercise rests in each box."""

REVIEW, QUIZ = 5, 10
"""How many questions a review has at most, and a quiz."""

_SEEDS = 99
_LEFT_OUT = ("function", "text")
"""Kinds that need their lesson: a cell to write in, or what stands above the question."""


class Place(NamedTuple):
    """Where an exercise lies: its box, from 1 on, and the day from which it is to be asked again."""

    box: int
    due: date


class Choice(NamedTuple):
    """An exercise that is to be asked, and in which case (variants.py); 0 where there is no other than the own."""

    exercise: str
    seed: int


class Rest:
    """That there is nothing to review: a sentence."""

    def __init__(self, sentence: str) -> None:
        self._sentence = sentence

    def __repr__(self) -> str:
        return self._sentence

    def _repr_html_(self) -> str:
        return paragraphs(self._sentence)


def place(history: History) -> Place | None:
    """Return where an exercise lies; None where it was never answered and its solution never seen."""
    told = [(attempt.at, attempt.right) for attempt in history.attempts]
    if history.solution and not history.right_unaided:
        told.append((history.solution, False))
    days: dict[date, bool] = {}
    for at, right in sorted(told):  # in the same second the solution comes before what is right by it
        days.setdefault(day(at), right)
    found = None
    for on, right in sorted(days.items()):
        if found is not None and right and on < found.due:
            continue
        box = 1 if not right else 2 if found is None else min(found.box + 1, len(BOXES))
        found = Place(box, _later(on, BOXES[box - 1]))
    return found


def review(histories: Mapping[str, History], today: date, count: int = REVIEW) -> tuple[Choice, ...]:
    """Return what to ask today: of all that is due, the lowest boxes first, and of a box what has waited longest.

    What needs its lesson is left out: functions, and what is to be written as text.
    """
    due = [(found.box, found.due, each) for each, found in _placed(histories).items() if found.due <= today]
    due.sort(key=lambda one: (one[0], one[1], _number(today, one[2])))
    return _asked(today, _mixed(today, [each for _, _, each in due[:count]]))


def next_day(histories: Mapping[str, History]) -> date | None:
    """Return the first day on which something is due; None where nothing was answered yet."""
    return min((found.due for found in _placed(histories).values()), default=None)


def quiz(today: date, count: int = QUIZ) -> tuple[Choice, ...]:
    """Return questions of all lessons in turn, others on another day; none that needs its lesson."""
    lessons: dict[str, list[str]] = {}
    for each in sorted(exercises(), key=lambda each: _number(today, each)):
        if _kind(each) not in _LEFT_OUT:
            lessons.setdefault(_lesson(each), []).append(each)
    drawn: list[str] = []
    order = sorted(lessons, key=lambda lesson: _number(today, lesson))
    while len(drawn) < count and any(lessons.values()):
        drawn += [lessons[lesson].pop() for lesson in order if lessons[lesson]]
    return _asked(today, _mixed(today, drawn[:count]))


def _placed(histories: Mapping[str, History]) -> dict[str, Place]:
    """Return where each exercise lies that can be asked again."""
    known = exercises()
    places = {each: place(histories[each]) for each in known if each in histories and _kind(each) not in _LEFT_OUT}
    return {each: found for each, found in places.items() if found is not None}


def _asked(today: date, drawn: Iterable[str]) -> tuple[Choice, ...]:
    return tuple(Choice(each, 1 + _number(today, each) % _SEEDS if variants(each) else 0) for each in drawn)


def _mixed(today: date, drawn: list[str]) -> list[str]:
    """Return exercises mixed: where it can be, none after another of its lesson."""
    left = sorted(drawn, key=lambda each: _number(today, each))
    mixed: list[str] = []
    while left:
        counts = Counter(map(_lesson, left))
        others = [each for each in left if not mixed or _lesson(each) != _lesson(mixed[-1])]
        mixed.append(
            max(others or left, key=lambda each: counts[_lesson(each)])
        )  # what there is most of, while it spreads
        left.remove(mixed[-1])
    return mixed


def _kind(exercise_id: str) -> str:
    return exercise(exercise_id).kind


def _lesson(exercise_id: str) -> str:
    return exercise_id.partition(".")[0]


def _number(today: date, word: str) -> int:
    """Return a number that looks drawn, and is the same for this day and word on every machine."""
    return zlib.crc32(f"{today.isoformat()} {word}".encode())


def _later(on: date, days: int) -> date:
    try:
        return on + timedelta(days=days)
    except OverflowError:  # the last days that there are
        return on
