"""The graders of written answers: one module a lesson, one function an exercise, named after it."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from smtplab.protocol.reply import Reply


@dataclass(frozen=True)
class Mark:
    """What a grader says about one of several rows that make up an answer.

    key: of the row's feedback; "right" is right. fields: what is filled into that feedback.
    """

    key: str
    fields: dict[str, object] = field(default_factory=dict)

    @property
    def right(self) -> bool:
        """Whether the row is right."""
        return self.key == "right"


@dataclass(frozen=True)
class Result:
    """What a grader says about an answer.

    key: of the feedback. "right" is right; a right answer with another key says so in `right`.
    fields: what is filled into the feedback.
    reply: the reply that decided, where there is one.
    before: a sentence that comes before the feedback.
    rows: a mark for each row, where the answer is made up of rows.
    """

    key: str
    fields: dict[str, object] = field(default_factory=dict)
    reply: Reply | None = None
    before: str = ""
    right: bool = False
    rows: tuple[Mark, ...] = ()

    def __post_init__(self) -> None:
        """Count the key "right" as right."""
        object.__setattr__(self, "right", self.right or self.key == "right")


RIGHT = Result("right")


def grader(exercise_id: str) -> Callable[[Any], Result]:
    """Return the grader of an exercise. Raises AttributeError where it has none, which a test rules out."""
    lesson, _, name = exercise_id.partition(".")
    function: Callable[[Any], Result] = getattr(import_module(f"smtplab.course.graders.lesson{lesson}"), name)
    return function
