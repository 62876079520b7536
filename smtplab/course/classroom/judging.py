"""Answers judged again, each once: whatever a file claims, the grading says what is right, and by which idea."""

from __future__ import annotations

import hashlib
import json
import string
from contextlib import redirect_stderr
from io import StringIO
from typing import TYPE_CHECKING, Any, NamedTuple

from smtplab.course.answering import Question
from smtplab.course.exercises import exercise, exercises, row_of
from smtplab.course.graders.bounds import bounded
from smtplab.course.graders.sandbox import Endless
from smtplab.course.grading import grade
from smtplab.errors import SmtplabError
from smtplab.text.language import resolve, speaking

if TYPE_CHECKING:
    from smtplab.course.attempts import Attempt

SECONDS = 5.0
"""How long judging one answer may take; they take milliseconds."""

Answer = str | tuple[str, ...]


class Judgement(NamedTuple):
    """What an answer got: whether it is right, and the idea behind it, as a key of the row's feedback and its sentence.

    right: None for an answer that cannot be judged: no source of a function is kept, and version 1 kept no answers.
    """

    right: bool | None
    key: str
    sentence: str


class Judge:
    """Judges answers, and notes none. It remembers each by its digest, so that the same answer is judged once.

    lang: of the sentences. asked: every exercise, by its id.
    """

    def __init__(self, lang: str | None = None) -> None:
        self.lang = resolve(lang)
        self.asked = {name: exercise(name, self.lang) for name in exercises()}
        self._verdicts: dict[bytes, Judgement | None] = {}

    def of(self, exercise_id: str, attempt: Attempt) -> Judgement | None:
        """Return what an attempt gets; None for an answer that the exercise cannot have been given.

        Raises UnknownName for an unknown exercise.
        """
        if attempt.answer is None:
            key, sentence = _claimed(row_of(exercise_id, self.lang, attempt.seed), attempt.key, self.lang)
            return Judgement(None, key, sentence)
        told = json.dumps([exercise_id, attempt.seed, attempt.answer]).encode()
        digest = hashlib.blake2b(told, digest_size=16).digest()
        if digest not in self._verdicts:
            self._verdicts[digest] = self._judge(exercise_id, attempt.answer, attempt.seed)
        return self._verdicts[digest]

    def _judge(self, exercise_id: str, answer: Answer, seed: int) -> Judgement | None:
        row = row_of(exercise_id, self.lang, seed)
        try:
            with speaking(self.lang), redirect_stderr(StringIO()):
                result = bounded(grade, Question(exercise_id, row, self.lang), answer, seconds=SECONDS)
        except (SmtplabError, Endless, ValueError, TypeError, ArithmeticError, LookupError, RecursionError):
            return None
        key = result.key if result.key in row["feedback"] else "otherwise"
        return Judgement(result.right, key, _sentence(row, key, result.fields, self.lang))


def _claimed(row: dict[str, Any], key: str, lang: str) -> tuple[str, str]:
    """Return the idea that a file claims, where the exercise has such a one."""
    key = key if key in row["feedback"] else "otherwise"
    return key, _sentence(row, key, _Dots(), lang) if key in row["feedback"] else ""


class _Dots(dict[str, object]):
    """Fields that nobody knows any more."""

    def __missing__(self, _name: str) -> str:
        return "…"


def _sentence(row: dict[str, Any], key: str, fields: dict[str, object], lang: str) -> str:
    words: str = row["feedback"].get(key, {}).get(lang, "")
    return string.Formatter().vformat(words, (), fields) if fields or isinstance(fields, _Dots) else words
