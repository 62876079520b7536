"""Behind a review or a quiz: exercises one after another in one card. course/review.py chooses them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from smtplab.course import exercises as checks
from smtplab.course.logbook import logbook
from smtplab.course.review import next_day
from smtplab.text.html import paragraphs
from smtplab.text.texts import Texts
from smtplab.widgets.exercise.presenter import ExercisePresenter

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from smtplab.course.exercises import Feedback
    from smtplab.course.review import Choice


class ReviewPresenter(ExercisePresenter):
    """A card that asks one exercise after another. `answer(…)` answers the one that is shown, `go_on()` asks the next.

    choices: what is asked, in order; at least one.
    today: the day of a review, which in the end says when the next is due; None for a quiz.
    """

    def __init__(self, choices: Sequence[Choice], lang: str | None = None, today: date | None = None) -> None:
        self._choices = choices
        self._today = today
        self._at = 0
        self._right: dict[int, bool] = {}
        super().__init__(choices[0].exercise, None, lang, seed=choices[0].seed)
        self._words = Texts("course/review", self.lang)
        self.state |= {"another": False, "round": self._round()}

    def _before(self) -> dict[str, Any]:
        """Return nothing: what was answered in its lesson is asked anew here."""
        return {}

    def answer(self, answer: Any, seconds: float | None = None) -> Feedback:
        """Answer the exercise that is shown, and return the feedback; its first answer counts."""
        feedback = super().answer(answer, seconds)
        self._right.setdefault(self._at, feedback.right)
        return feedback

    def received(self, content: dict[str, Any]) -> None:
        """Take an answer or a wish from the page."""
        if content.get("type") == "next":
            self.go_on()
        elif content.get("type") != "another":
            super().received(content)

    def go_on(self) -> None:
        """Ask the next exercise; after the last one, say how it went."""
        self._at += 1
        if self._at < len(self._choices):
            choice = self._choices[self._at]
            exercise = checks.exercise(choice.exercise, self.lang, choice.seed)
            asked = {**self._asked(exercise), "exercise": exercise.id, "another": False, "round": self._round()}
            self.show(**asked, card=self.state["card"] + 1)  # the page draws anew at the last of these
        else:
            self._at = len(self._choices)
            self.show(round={**self.state["round"], "next": "", "over": self._over()})

    def _round(self) -> dict[str, str]:
        number, last = self._at + 1, self._at + 1 == len(self._choices)
        head = self._words("head", number=number, all=len(self._choices), lesson=_lesson(self._choices[self._at]))
        return {"head": head, "next": self._words("finish" if last else "next"), "over": ""}

    def _over(self) -> str:
        right, answered = sum(self._right.values()), len(self._right)
        sentences = [self._words("over", right=right, answered=answered)]
        if self._today is not None and (on := next_day(logbook().histories())) is not None:
            more = on <= self._today
            sentences.append(self._words("over_more") if more else self._words("over_next", date=on.isoformat()))
        return " ".join(sentences)

    def plain(self) -> str:
        """Return all questions, each with what there is to choose from, and how it is answered in a cell."""
        parts = []
        for choice, line in zip(self._choices, self._listed(), strict=True):
            exercise = checks.exercise(choice.exercise, self.lang, choice.seed)
            parts += [line, *exercise.plain, f'smtplab.check("{choice.exercise}", …, seed={choice.seed})']
        return paragraphs(*parts)

    def _listed(self) -> list[str]:
        exercises = [checks.exercise(choice.exercise, self.lang, choice.seed) for choice in self._choices]
        return [
            self._words("listed", number=at, lesson=_lesson(choice), title=each.title, question=each.question)
            for at, (choice, each) in enumerate(zip(self._choices, exercises, strict=True), 1)
        ]

    def __repr__(self) -> str:
        return "\n".join(self._listed())


def _lesson(choice: Choice) -> str:
    return choice.exercise.partition(".")[0].lstrip("0")
