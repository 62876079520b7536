"""Points for an exercise, as a grading cell wants them: a number, from the answers and from nothing that is claimed."""

from __future__ import annotations

from contextlib import redirect_stderr
from io import StringIO
from typing import Any

from smtplab.course.exercises import exercise, judged
from smtplab.course.graders.bounds import bounded
from smtplab.course.graders.sandbox import Endless
from smtplab.course.logbook import logbook
from smtplab.errors import SmtplabError
from smtplab.text.language import resolve
from smtplab.text.texts import unknown

PREDICTIONS = ("made", "first")
"""What a prediction is worth: 1.0 for making it at all; or 1.0 only where the first came true, and 0.5 otherwise."""


def points(exercise_id: str, answer: Any = None, *, predictions: str = "made") -> float:
    """Return what an exercise is worth so far, from 0.0 to 1.0: every answer that was kept is judged again.

    answer: the function of an exercise that asks for one, of which no answer is kept: it is judged as it is now. Any
      other answer may be given too, and is then judged in the place of those kept.
    predictions: "made" or "first", see `PREDICTIONS`.
    Only the lesson's own question counts, not its variants. Nothing is noted, and nothing goes to stderr: graders take
    that for a failure. Raises UnknownName for an unknown exercise, or for another word than those of `PREDICTIONS`.
    """
    asked = exercise(exercise_id)
    if predictions not in PREDICTIONS:
        raise unknown("predictions", predictions, PREDICTIONS)
    if answer is None:
        attempts = logbook().history(exercise_id).attempts
        answers = [each.answer for each in attempts if each.answer is not None and not each.seed]
    else:
        answers = [answer]
    with redirect_stderr(StringIO()):
        verdicts = [right for each in answers if (right := _right(exercise_id, each)) is not None]
    if not asked.prediction:
        return float(any(verdicts))
    if not verdicts:
        return 0.0
    return 1.0 if predictions == "made" or verdicts[0] else 0.5


def _right(exercise_id: str, answer: Any) -> bool | None:
    """Return whether an answer is right; None for one that cannot be an answer."""
    try:
        given = list(answer) if isinstance(answer, tuple) else answer
        return bounded(judged, exercise_id, given, resolve(None))[0].right
    except (SmtplabError, Endless, ValueError, TypeError, ArithmeticError, LookupError, RecursionError):
        return None
