"""Behind an exercise: a question, an answer, and the feedback made for that answer. course/exercises.py judges it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from smtplab.course import exercises as checks
from smtplab.errors import NotAnAnswer, SmtplabError, UnknownName
from smtplab.protocol.octets import show_octets
from smtplab.text.html import paragraphs
from smtplab.widgets.presenter import Presenter
from smtplab.widgets.views import refusal

if TYPE_CHECKING:
    from smtplab.course.exercises import Feedback
    from smtplab.lab.lab import Lab


class ExercisePresenter(Presenter):
    """A question with a form for the answer. `answer("214")` answers it from Python, with the same feedback.

    exercise_id: one of `smtplab.exercises.exercises()`.
    lab: the learner's lab, which is left alone: an exercise that asks a server asks one of its own.
    seed: in which case it is asked; 0 is the lesson's own question.
    Raises UnknownName for an unknown exercise.
    """

    def __init__(self, exercise_id: str, lab: Lab | None, lang: str | None = None, *, seed: int = 0) -> None:
        self._exercise = exercise = checks.exercise(exercise_id, lang, seed)
        self._answers = 0
        super().__init__(lang, lab)
        self.state |= {
            "question": exercise.question, "kind": exercise.kind, "items": list(exercise.items), "rows": exercise.rows,
            "options": [list(option) for option in exercise.options.items()],
            "call": exercise.call, "prediction": exercise.prediction, "given": "", "feedback": {},
        }  # fmt: skip

    def answer(self, answer: Any) -> Feedback:
        """Answer, and return the feedback. Raises what `smtplab.check` and `Lab.send` raise."""
        self.show(given=[str(part) for part in answer] if isinstance(answer, list | tuple) else _written(answer))
        feedback = checks.check(self._exercise.id, answer, lang=self.lang, seed=self._exercise.seed)
        self._judge(
            feedback.right, feedback.words, "" if feedback.reply is None else str(feedback.reply), feedback.verdict
        )
        return feedback

    def received(self, content: dict[str, Any]) -> None:
        """Take an answer from the page; a refusal is shown there and counts as no answer."""
        answer = content.get("answer")
        if content.get("type") != "answer" or self._exercise.call or not isinstance(answer, str | list):
            return
        try:
            self.answer(answer)
        except (UnknownName, NotAnAnswer) as error:  # the page offers no such answer
            self._judge(None, str(error))
        except (SmtplabError, OSError, ValueError) as error:
            self._judge(None, refusal(error, self.lang, *([answer] if isinstance(answer, str) else [])))

    def _judge(self, right: bool | None, text: str, reply: str = "", verdict: str = "") -> None:
        self._answers += 1  # the same answer again is shown again
        self.show(feedback={"right": right, "text": text, "reply": reply, "verdict": verdict, "number": self._answers})

    def plain(self) -> str:
        """Return the question and what there is to choose from."""
        exercise = self._exercise
        return paragraphs(exercise.question, *exercise.plain, *filter(None, [exercise.call]))

    def __repr__(self) -> str:
        return f"<exercise {self._exercise.id}>"


def _written(answer: Any) -> str:
    """Return an answer as the page's field shows it; a function is not shown."""
    if isinstance(answer, bytes):
        return show_octets(answer)
    return str(answer) if isinstance(answer, str | int) else ""
