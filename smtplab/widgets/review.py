"""Review and quiz in a notebook: the exercise's card, which asks one question after another."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from smtplab.course import review as chosen
from smtplab.course.logbook import logbook
from smtplab.text.sentences import Sentences
from smtplab.text.texts import Texts
from smtplab.widgets.exercise.review import ReviewPresenter
from smtplab.widgets.notebook import _widget

if TYPE_CHECKING:
    from smtplab.course.review import Rest
    from smtplab.widgets.notebook import LabWidget

_say = Sentences("widgets/errors")


def review(*, lang: str | None = None, today: date | None = None) -> LabWidget | Rest:
    """Ask a few exercises again that were answered before: what was wrong first, then what was longest ago.

    What is due is worked out from the progress file (course/review.py says how); each is asked in another case than in
    its lesson. Where nothing is due, a sentence says so. The plain equivalent: `print(smtplab.review())`.
    lang: "en" or "es", else the language that is set. Raises UnknownName for another.
    today: the day, else the learner's own. Raises TypeError for what is no date.
    """
    on = _day(today, lang)
    histories = logbook().histories()
    if choices := chosen.review(histories, on):
        return _widget(ReviewPresenter(choices, lang, on))
    say, next_day = Texts("course/review", lang), chosen.next_day(histories)
    return chosen.Rest(say("rest_empty") if next_day is None else say("rest", date=next_day.isoformat()))


def quiz(*, lang: str | None = None, today: date | None = None) -> LabWidget:
    """Ask ten questions of all lessons, mixed; others on another day. The plain equivalent: `print(smtplab.quiz())`.

    Everybody has the same ones on the same day.
    lang: "en" or "es", else the language that is set. Raises UnknownName for another.
    today: the day, else the learner's own. Raises TypeError for what is no date.
    """
    return _widget(ReviewPresenter(chosen.quiz(_day(today, lang)), lang))


def _day(today: date | None, lang: str | None) -> date:
    if today is None:
        return date.today()  # noqa: DTZ011  the learner's own day
    if not isinstance(today, date):
        raise TypeError(_say("no_day", lang, today=repr(today)))
    return today.date() if isinstance(today, datetime) else today
