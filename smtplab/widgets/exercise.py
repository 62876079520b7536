"""The exercise widget: a question, an answer, and the feedback made for that answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import traitlets

from smtplab.presenters.exercise import ExercisePresenter
from smtplab.widgets.base import HERE, LabWidget, stylesheet

if TYPE_CHECKING:
    from smtplab.exercises import Feedback
    from smtplab.lab import Lab


class ExerciseWidget(LabWidget):
    """A question with a form for the answer. `answer("214")` answers it from Python, with the same feedback."""

    _esm = HERE / "exercise.js"
    _css = stylesheet("exercise")

    question = traitlets.Unicode().tag(sync=True)
    kind = traitlets.Unicode().tag(sync=True)
    options = traitlets.List(traitlets.List(traitlets.Unicode())).tag(sync=True)
    items = traitlets.List(traitlets.Unicode()).tag(sync=True)
    rows = traitlets.Int(1).tag(sync=True)
    call = traitlets.Unicode().tag(sync=True)
    prediction = traitlets.Bool().tag(sync=True)
    given = traitlets.Any("").tag(sync=True)
    feedback = traitlets.Dict().tag(sync=True)

    presenter: ExercisePresenter

    def answer(self, given: Any) -> Feedback:
        """Answer, and give the feedback. Raises what `smtplab.check` and `Lab.send` raise."""
        return self.presenter.answer(given)


def exercise(exercise_id: str, lab: Lab | None = None, *, lang: str | None = None) -> ExerciseWidget:
    """Make an exercise or a prediction. The plain equivalent: `smtplab.check(exercise_id, answer, lab)`.

    lab: the lab whose server is asked; exercises that ask none, or one of their own, need none.
    lang: "en" or "es", else the language that is set.
    Raises UnknownName for an unknown exercise or language.
    """
    return ExerciseWidget(ExercisePresenter(exercise_id, lab, lang))
