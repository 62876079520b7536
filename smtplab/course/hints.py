"""Two hints for every exercise, and a right answer with its reason, from hints/NN.toml and from the grading itself.

>>> solution("01.rcpt", "en").answer
'HELP RCPT'
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from smtplab.course.answering import Question, in_a_line
from smtplab.course.exercises import row_of
from smtplab.course.grading import grade, kind_of
from smtplab.text.html import as_text, escape
from smtplab.text.texts import Texts, listing, told

if TYPE_CHECKING:
    from smtplab.course.answering import Row

COUNT = 2
"""How many hints each exercise has: the first says where to look, the second leads nearly there."""


@dataclass(frozen=True, repr=False)
class Solution:
    """A right answer to an exercise, and why it is right.

    answer: as `check` takes it; "" for a function.
    code: the source of a function that is right, under the name that the exercise gives it; "" elsewhere.
    words: the answer as a person reads it, a line for each part or item.
    reason: why, in sentences.
    lang: the language of words and reason.
    """

    answer: str | tuple[str, ...]
    code: str
    words: str
    reason: str
    lang: str

    def __repr__(self) -> str:
        return str(self)

    def __str__(self) -> str:
        return "\n\n".join(filter(None, (self._heading, self.code or self.words, self.reason)))

    def _repr_html_(self) -> str:
        shown = escape(self.code or self.words)
        head, reason = escape(self._heading), escape(self.reason)
        return as_text(f"<p><strong>{head}</strong></p><pre>{shown}</pre><p>{reason}</p>")

    @property
    def _heading(self) -> str:
        return Texts("course/support", self.lang)("solution")


def hints(exercise_id: str, lang: str, seed: int = 0) -> tuple[str, str]:
    """Return the two hints for an exercise in a language; the second says more than the first, and none the answer.

    seed: in which case the question was asked; a variant may bring hints of its own.
    Raises UnknownName for an unknown exercise, TypeError for what is no seed.
    """
    found = row_of(exercise_id, lang, seed).get("hint") or _beside(exercise_id, lang)["hint"]
    return found["1"][lang], found["2"][lang]


def solution(exercise_id: str, lang: str, seed: int = 0) -> Solution:
    """Return a right answer with its reason, in a language: worked out by the grading, or written beside the exercise.

    seed: in which case the question was asked. Raises UnknownName for an unknown exercise, TypeError for no seed.
    """
    row = row_of(exercise_id, lang, seed)
    kind, beside, question = kind_of(row), _beside(exercise_id, lang), Question(exercise_id, row, lang)
    code: str = beside.get("code", "")
    answer = beside.get("answer", "") if kind.truth is None else kind.truth(question)
    words = row["feedback"][answer if kind.by_option else "right"][lang]
    if kind.outcomes is None and "{" in words:  # they name what the grader finds in the answer
        words = words.format(**grade(question, answer or _made(row, code)).fields)
    more = (row.get("reason") or beside.get("reason") or {}).get(lang, "")
    return Solution(answer, code, _readable(row, answer, lang), " ".join(filter(None, (words, more))), lang)


def _made(row: Row, code: str) -> Any:
    """Return what a model's source defines under the name that the exercise's call gives it."""
    names: dict[str, Any] = {}
    exec(code, names)  # noqa: S102  it is ours: data of this package
    return names[row["call"].removesuffix(")").rpartition(", ")[2]]


def _readable(row: Row, answer: str | tuple[str, ...], lang: str) -> str:
    """Return an answer in words: the option's, and of a list each item, in a line, with the name it gets."""
    kind = kind_of(row)
    options = kind.options(row, lang)
    if isinstance(answer, str):
        return options.get(answer, answer)
    named = enumerate(zip(kind.items(row, lang), answer, strict=True), 1)
    return "\n".join(f"{number}. {in_a_line(item)} — {options[name]}" for number, (item, name) in named)


def _beside(exercise_id: str, lang: str) -> dict[str, Any]:
    """Return what stands beside an exercise: its hints and, where it is written, its model answer."""
    lesson = exercise_id.partition(".")[0]
    rows = told(f"course/hints/{lesson}", lang) if lesson in listing("course/hints", ".toml") else {}
    found: dict[str, Any] = rows.get(exercise_id, {})
    return found
