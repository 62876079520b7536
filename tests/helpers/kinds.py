"""An exercise of each kind."""

from __future__ import annotations

from smtplab.course.exercises import exercise, exercises


def of_kind(kind: str) -> str:
    """Return the first exercise of a kind."""
    return next(each for each in exercises() if exercise(each).kind == kind)
