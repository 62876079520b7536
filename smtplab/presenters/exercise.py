"""Behind an exercise: a question, an answer, and the feedback made for that answer. The checks are in exercises.py."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from smtplab import exercises as checks
from smtplab.errors import SmtplabError
from smtplab.html import paragraphs
from smtplab.presenters.base import Presenter

if TYPE_CHECKING:
    from smtplab.exercises import Feedback
    from smtplab.lab import Lab


class ExercisePresenter(Presenter):
    """A question with a form for the answer. `answer("214")` answers it from Python, with the same feedback.

    exercise_id: one of `smtplab.exercises.exercises()`.
    lab: whose server decides, where the exercise asks one.
    Raises UnknownName for an unknown exercise.
    """

    def __init__(self, exercise_id: str, lab: Lab | None, lang: str | None = None) -> None:
        made = self._exercise = checks.exercise(exercise_id, lang)
        self._lab = lab
        super().__init__("exercise", lang)
        self.state |= {
            "question": made.question, "kind": made.kind, "options": [list(option) for option in made.options.items()],
            "items": list(made.items), "rows": made.rows, "call": made.call, "prediction": made.prediction,
            "given": "", "feedback": {},
        }  # fmt: skip

    def answer(self, given: Any) -> Feedback:
        """Answer, and give the feedback. Raises what `smtplab.check` and `Lab.send` raise."""
        feedback = checks.check(self._exercise.id, given, self._lab, self.lang)
        reply = "" if feedback.reply is None else str(feedback.reply)
        kept = given if isinstance(given, str | list) else str(given)
        self.show(given=kept, feedback={"right": feedback.right, "text": feedback.text, "reply": reply})
        return feedback

    def received(self, content: dict[str, Any]) -> None:
        """Take an answer from the page."""
        if content.get("type") != "answer":
            return
        try:
            self.answer(_answer(content["answer"]))
        except (SmtplabError, OSError) as error:
            self.show(feedback={"right": False, "text": str(error), "reply": ""})

    def plain(self) -> str:
        """Give the question and what there is to choose from."""
        made = self._exercise
        if made.kind == "parts":
            return paragraphs(made.question, " · ".join(made.items))
        if made.kind == "sort":
            return paragraphs(made.question, *made.items, " · ".join(words for words in made.options.values()))
        return paragraphs(made.question, *(f"○ {words}" for words in made.options.values()), *filter(None, [made.call]))

    def __repr__(self) -> str:
        return f"<exercise {self._exercise.id}>"


def _answer(given: Any) -> str | list[str]:
    return [str(each) for each in given] if isinstance(given, list) else str(given)
