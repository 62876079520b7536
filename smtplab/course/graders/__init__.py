"""What judges the answers that are written: one module a lesson, one function an exercise, named like it."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from smtplab.protocol.reply import Reply


@dataclass(frozen=True)
class Result:
    """What was found of an answer.

    key: of the feedback; "right" is right, whatever else is right says so in `right`.
    fields: what to fill into the feedback.
    reply: the reply that decided, where there is one.
    before: a sentence to stand before the feedback.
    """

    key: str
    fields: dict[str, object] = field(default_factory=dict)
    reply: Reply | None = None
    before: str = ""
    right: bool = False

    def __post_init__(self) -> None:
        """Take "right" for right."""
        object.__setattr__(self, "right", self.right or self.key == "right")


RIGHT = Result("right")


def grader(exercise_id: str) -> Callable[[Any], Result]:
    """Return the grader of an exercise. Raises AttributeError where it has none: a fault of ours, found by a test."""
    lesson, _, name = exercise_id.partition(".")
    found: Callable[[Any], Result] = getattr(import_module(f"smtplab.course.graders.lesson{lesson}"), name)
    return found
