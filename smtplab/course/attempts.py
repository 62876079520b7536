"""What is known of one exercise: every attempt, how many hints were seen, and when it was first right. Values only.

>>> history = History().with_attempt(Attempt("2026-01-02T03:04:05Z", "250", "250", right=False))
>>> history = history.with_attempt(Attempt("2026-01-02T03:04:09Z", "214", "right", right=True))
>>> history.tries, history.first.answer, history.right_at, history.right_first
(2, '250', '2026-01-02T03:04:09Z', False)
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

_LENGTH = len("2026-11-28T01:02:03Z")


@dataclass(frozen=True)
class Attempt:
    """One answer to an exercise, and what became of it.

    at: when, in UTC, as 2026-11-28T01:02:03Z.
    answer: as it was given, names and bins as a tuple; None for a function, whose source is never kept, and for what
      version 1 of the file noted, which kept no answers.
    key: the key of the feedback that it got, which is the idea behind it: an option, "right" or another; "" where
      version 1 noted it, which kept none: then `at` has only the day right.
    right: whether it was right.
    seed: which variant was asked; 0 is the lesson's own.
    seconds: since the question was shown; None where nobody measured.
    """

    at: str
    answer: str | tuple[str, ...] | None
    key: str
    right: bool
    seed: int = 0
    seconds: float | None = None


@dataclass(frozen=True)
class History:
    """Everything about one exercise.

    attempts: oldest first. The first and the last are always there, those between may have been folded away.
    tries: how many attempts there were, the folded ones too.
    hints: how many hints were seen: 0, 1 or 2.
    solution: when the solution was first seen, in UTC; "" if never.
    right_at: when an answer was first right, in UTC; "" if never.
    unaided: how many tries there were before the solution was seen; 0 where it never was.
    """

    attempts: tuple[Attempt, ...] = ()
    tries: int = 0
    hints: int = 0
    solution: str = ""
    right_at: str = ""
    unaided: int = 0

    @property
    def first(self) -> Attempt | None:
        """The first attempt."""
        return self.attempts[0] if self.attempts else None

    @property
    def last(self) -> Attempt | None:
        """The latest attempt."""
        return self.attempts[-1] if self.attempts else None

    @property
    def right_first(self) -> bool:
        """Whether the first attempt was right and the solution had not been seen. Of version 1's nobody knows: no."""
        first = self.first
        return bool(first and first.right and first.key and not (self.solution and not self.unaided))

    @property
    def right_unaided(self) -> bool:
        """Whether an answer was right before the solution was seen."""
        if not self.solution or not self.right_at:
            return bool(self.right_at)
        if self.right_at != self.solution:
            return self.right_at < self.solution
        return any(attempt.right for attempt in self.attempts[: self.unaided])  # within the same second

    def with_attempt(self, attempt: Attempt) -> History:
        """Return the history with another attempt, put in by its time: after those that are not later."""
        at = len(self.attempts)
        while at and self.attempts[at - 1].at > attempt.at:
            at -= 1
        attempts = (*self.attempts[:at], attempt, *self.attempts[at:])
        right_at = min(filter(None, (self.right_at, attempt.at))) if attempt.right else self.right_at
        return replace(self, attempts=attempts, tries=self.tries + 1, right_at=right_at)

    def with_help(self, hints: int, solution: str) -> History:
        """Return the history with help that was seen: the number of the hint, and when the solution was, or ""."""
        if solution and not self.solution:
            return replace(self, hints=max(self.hints, hints), solution=solution, unaided=self.tries)
        return replace(self, hints=max(self.hints, hints))


def now() -> str:
    """Return the present moment in UTC, as 2026-11-28T01:02:03Z."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def moment(text: object) -> datetime | None:
    """Return the moment that a text such as 2026-11-28T01:02:03Z names; None for anything that is no real one."""
    if not isinstance(text, str) or text[4:20:3] != "--T::Z" or len(text) != _LENGTH or text[11:13] > "23":
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def day(text: str) -> date:
    """Return the learner's own day at a moment such as 2026-11-28T01:02:03Z. Raises ValueError for what is none."""
    at = moment(text)
    if at is None:
        raise ValueError(text)
    try:
        return at.astimezone().date()
    except (OverflowError, OSError):  # the first and the last days that there are
        return at.date()
