"""The exercise widget: a question, an answer, and the feedback made for that answer. The checks are in exercises.py."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import traitlets

from smtplab import exercises as checks
from smtplab.errors import NotAnAnswer, SmtplabError, UnknownName
from smtplab.html import paragraphs
from smtplab.reply import show_octets
from smtplab.widgets.base import HERE, LabWidget, stylesheet
from smtplab.widgets.views import refusal

if TYPE_CHECKING:
    from smtplab.exercises import Feedback
    from smtplab.lab import Lab


class ExerciseWidget(LabWidget):
    """A question with a form for the answer. `answer("214")` answers it from Python, with the same feedback.

    exercise_id: one of `smtplab.exercises.exercises()`.
    lab: whose server decides, where the exercise asks one.
    Raises UnknownName for an unknown exercise.
    """

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

    def __init__(self, exercise_id: str, lab: Lab | None, lang: str | None = None) -> None:
        made = self._exercise = checks.exercise(exercise_id, lang)
        self._lab = lab
        self._answers = 0
        super().__init__(
            "exercise",
            lang,
            question=made.question,
            kind=made.kind,
            options=[list(option) for option in made.options.items()],
            items=list(made.items),
            rows=made.rows,
            call=made.call,
            prediction=made.prediction,
        )

    def answer(self, given: Any) -> Feedback:
        """Answer, and give the feedback. Raises what `smtplab.check` and `Lab.send` raise."""
        self.given = [str(each) for each in given] if isinstance(given, list | tuple) else _shown(given)
        feedback = checks.check(self._exercise.id, given, self._lab, self.lang)
        self._show(feedback.right, str(feedback), "" if feedback.reply is None else str(feedback.reply))
        return feedback

    def received(self, content: dict[str, Any]) -> None:
        """Take an answer from the page; what is refused is said there, and judges nothing."""
        given = content.get("answer")
        if content.get("type") != "answer" or self.kind == "function" or not isinstance(given, str | list):
            return
        try:
            self.answer(given)
        except (UnknownName, NotAnAnswer) as error:  # the page offers no such answer
            self._show(None, str(error))
        except (SmtplabError, OSError, ValueError) as error:
            self._show(None, refusal(error, self.lang, *([given] if isinstance(given, str) else [])))

    def _show(self, right: bool | None, text: str, reply: str = "") -> None:
        self._answers += 1  # the same answer again is shown again
        self.feedback = {"right": right, "text": text, "reply": reply, "number": self._answers}

    def plain(self) -> str:
        """Give the question and what there is to choose from."""
        if self.kind == "parts":
            return paragraphs(self.question, " · ".join(self.items))
        if self.kind == "sort":
            return paragraphs(self.question, *self.items, " · ".join(words for _, words in self.options))
        return paragraphs(self.question, *(f"○ {words}" for _, words in self.options), *filter(None, [self.call]))

    def __repr__(self) -> str:
        return f"<exercise {self._exercise.id}>"


def _shown(given: Any) -> str:
    """Give an answer as the page's field shows it; a function is not shown."""
    if isinstance(given, bytes):
        return show_octets(given)
    return str(given) if isinstance(given, str | int) else ""


def exercise(exercise_id: str, lab: Lab | None = None, *, lang: str | None = None) -> ExerciseWidget:
    """Make an exercise or a prediction. The plain equivalent: `smtplab.check(exercise_id, answer, lab)`.

    lab: the lab whose server is asked; exercises that ask none, or one of their own, need none.
    lang: "en" or "es", else the language that is set.
    Raises UnknownName for an unknown exercise or language.
    """
    return ExerciseWidget(exercise_id, lab, lang)
