"""The exercises of the course as tasks: what became of each, and of all of them together. Values only."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from smtplab.course.attempts import day

if TYPE_CHECKING:
    from smtplab.course.attempts import History


@dataclass(frozen=True)
class Task:
    """One exercise and what became of it: its id and title, whether it is of the core, and the history of its answers.

    prediction: what was said first stands; it is done even where it was wrong.
    """

    id: str
    title: str
    prediction: bool
    core: bool
    history: History

    @cached_property
    def state(self) -> str:
        """What became of it, in a word.

        "first": right first time; "later": right in the end; "right": right, and version 1 of the file kept no more.
        "came" and "missed": a prediction came true, or did not. "shown": the solution was seen before it was right.
        "open": it is still to do.
        """
        history, first = self.history, self.history.first
        if self.prediction:
            if first is None or (history.solution and not history.unaided):
                return "shown" if history.solution else "open"
            return "came" if first.right else "missed"
        if history.solution and not history.right_unaided:
            return "shown"
        if not history.right_at or first is None:
            return "open"
        if history.right_first:
            return "first"
        return "later" if first.key else "right"

    @property
    def done(self) -> bool:
        """Whether it is done: answered correctly, or, for a prediction, answered."""
        return bool(self.history.tries if self.prediction else self.history.right_at)

    @property
    def right(self) -> bool:
        """Whether an answer was right; of a prediction, whether the first was."""
        first = self.history.first
        return bool(first and first.right) if self.prediction else bool(self.history.right_at)

    @property
    def answered(self) -> str:
        """The learner's own day on which it was done, as 2026-11-24; "" where it is still to do."""
        first = self.history.first
        at = first.at if self.prediction and first else self.history.right_at
        return day(at).isoformat() if at else ""


@dataclass(frozen=True)
class Lesson:
    """One lesson: its number ("01"), its title and its exercises."""

    number: str
    title: str
    tasks: tuple[Task, ...]

    @property
    def name(self) -> str:
        """Number and title."""
        return f"{self.number.lstrip('0')}. {self.title}"

    @property
    def done(self) -> int:
        """How many of its exercises are done."""
        return sum(task.done for task in self.tasks)

    def titles(self, *, done: bool) -> str:
        """Return the titles of the exercises that are done, or of those still to do."""
        return "; ".join(task.title for task in self.tasks if task.done is done)


@dataclass(frozen=True)
class Standing:
    """What has been done in the course.

    lessons: those that have exercises, in order.
    lang: the language in which it is told.
    remarks: what happened to the file in which it is kept, in sentences; mostly none.
    """

    lessons: tuple[Lesson, ...]
    lang: str
    remarks: tuple[str, ...] = ()

    @property
    def tasks(self) -> tuple[Task, ...]:
        """The exercises of all lessons."""
        return tuple(task for lesson in self.lessons for task in lesson.tasks)

    @property
    def done(self) -> int:
        """How many exercises are done."""
        return sum(task.done for task in self.tasks)

    @property
    def all(self) -> int:
        """How many exercises there are."""
        return len(self.tasks)

    @property
    def states(self) -> Counter[str]:
        """How many exercises there are of each state that a `Task` can have."""
        return Counter(task.state for task in self.tasks)
