"""Help on the way, as a learner asks for it: a hint, or a solution. Seeing either is noted in the progress.

>>> print(hint("01.help", lang="en"))  # doctest: +ELLIPSIS
Hint 1 of 2: ...
"""

from __future__ import annotations

from dataclasses import dataclass

from smtplab.course import hints
from smtplab.course.hints import COUNT, Solution
from smtplab.course.logbook import logbook
from smtplab.text.html import as_text, escape
from smtplab.text.language import resolve
from smtplab.text.texts import Texts, unknown


@dataclass(frozen=True, repr=False)
class Hint:
    """One hint: its number, and what it says in a language."""

    number: int
    text: str
    lang: str

    def __repr__(self) -> str:
        return str(self)

    def __str__(self) -> str:
        return f"{self._heading} {self.text}"

    def _repr_html_(self) -> str:
        return as_text(f"<p><strong>{escape(self._heading)}</strong> {escape(self.text)}</p>")

    @property
    def _heading(self) -> str:
        return Texts("course/support", self.lang)("hint", number=self.number, all=COUNT)


def hint(exercise_id: str, number: int = 1, lang: str | None = None, *, seed: int = 0) -> Hint:
    """Return a hint for an exercise: the first says where to look, the second leads nearly there.

    number: 1 or 2. lang: "en" or "es", else the language that is set. seed: in which case the question was asked.
    Raises UnknownName for an unknown exercise, hint or language.
    """
    lang = resolve(lang)
    texts = hints.hints(exercise_id, lang, seed)
    numbers = range(1, COUNT + 1)
    if number not in numbers:
        raise unknown("hint", number, numbers, lang)
    logbook().note_help(exercise_id, hints=int(number))
    return Hint(int(number), texts[number - 1], lang)


def solution(exercise_id: str, seed: int = 0, lang: str | None = None) -> Solution:
    """Return a right answer to an exercise, and why it is right; of several right ones it is one.

    seed: in which case the question was asked; 0 is the lesson's own. lang: else the language that is set.
    Raises UnknownName for an unknown exercise or language.
    """
    found = hints.solution(exercise_id, resolve(lang), seed)
    logbook().note_help(exercise_id, solution=True)
    return found
