"""Words that a report is made of: figures, names and faults as they are shown, in one language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smtplab.course.classroom.files import JOINERS
from smtplab.course.classroom.summing_up import UNKEPT
from smtplab.course.exercises import exercise
from smtplab.text.texts import Texts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from smtplab.course.classroom.files import Fault
    from smtplab.course.classroom.summing_up import Asked, ClassReport, Idea

NONE = "-"
"""What stands where there is no figure."""

_LONG = 200


def plain(text: str) -> str:
    """Return text of somebody else's as it is safe to show: what does not print is escaped, much is cut."""
    shown = "".join(
        char if char.isprintable() or char in JOINERS else char.encode("unicode_escape").decode() for char in text
    )
    return shown if len(shown) <= _LONG else f"{shown[:_LONG]}…"


def faults(report: ClassReport, most: int | None = None) -> list[str]:
    """Return a sentence for each thing that is wrong, each once; after so many, how many more there are."""
    say = Texts("course/classroom/faults", report.lang)
    sentences = list(dict.fromkeys(_sentence(say, fault) for fault in report.faults))
    if most is None or len(sentences) <= most:
        return sentences
    more = Texts("course/classroom/texts", report.lang)("more_faults", count=len(sentences) - most)
    return [*sentences[:most], more]


def _sentence(say: Texts, fault: Fault) -> str:
    return say(fault.key, place=plain(fault.place), **{key: plain(text) for key, text in fault.fields})


def first(asked: Asked) -> str:
    """Return how many were right at once; after a plus where that is only claimed."""
    return f"0 + {asked.first}" if asked.kind in UNKEPT else str(asked.first)


def right(asked: Asked) -> str:
    """Return how many were right in the end, those that are only claimed after a plus; of a prediction a dash."""
    if asked.prediction:
        return NONE
    judged = asked.right - asked.claimed
    return f"{judged} + {asked.claimed}" if asked.claimed else str(judged)


def number(value: float | None) -> str:
    """Return a median: whole, or with one digit; a dash where there is none."""
    return NONE if value is None else f"{value:.1f}".removesuffix(".0")


def ideas(asked: Asked, most: int = 3) -> Iterable[tuple[int, str]]:
    """Return the most frequent wrong ideas: how many learners had each, and what it was told."""
    return ((idea.learners, idea.sentence) for idea in asked.ideas[:most])


def answer(asked: Asked, idea: Idea, lang: str) -> str:
    """Return the answer that shows an idea as words: the option's, or what was written; "" where there is none."""
    return exercise(asked.id, lang).options.get(idea.answer, plain(idea.answer))
