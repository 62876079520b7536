"""Behind an exercise: a question, an answer, and the feedback made for that answer. course/exercises.py judges it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from smtplab.course import exercises as checks
from smtplab.course.answering import Question
from smtplab.course.grading import kind_of
from smtplab.course.logbook import logbook
from smtplab.errors import NotAnAnswer, SmtplabError, UnknownName
from smtplab.protocol.octets import show_octets
from smtplab.text.html import paragraphs
from smtplab.widgets.namespace import NoSuchName, named
from smtplab.widgets.presenter import Presenter
from smtplab.widgets.views import refusal

if TYPE_CHECKING:
    from smtplab.course.attempts import Attempt
    from smtplab.course.exercises import Exercise, Feedback
    from smtplab.lab.lab import Lab

_LONGEST = 10_000_000.0
"""Seconds that a question may have been shown for: more is no measure."""


class ExercisePresenter(Presenter):
    """A question with a form for the answer. `answer("214")` answers it from Python, with the same feedback.

    exercise_id: one of `smtplab.exercises.exercises()`.
    lab: the learner's lab, which is left alone: an exercise that asks a server asks one of its own.
    seed: in which case the question is asked; 0 is the lesson's own.
    Raises UnknownName for an unknown exercise.
    """

    def __init__(self, exercise_id: str, lab: Lab | None, lang: str | None = None, seed: int = 0) -> None:
        exercise = checks.exercise(exercise_id, lang, seed)
        self._judged: tuple[object, str] = (None, "")  # the learner's function, and what it got
        self._number = 0  # of what was told: the same answer again is shown again
        super().__init__(lang, lab)
        self.state |= {"exercise": exercise_id, **self._asked(exercise), "card": 0}

    def _asked(self, exercise: Exercise) -> dict[str, Any]:
        """Return the state of a question as it is first shown, with what was answered to it before."""
        self._exercise = exercise
        return {
            "seed": exercise.seed, "question": exercise.question, "kind": exercise.kind, "items": list(exercise.items),
            "rows": exercise.rows, "options": [list(option) for option in exercise.options.items()],
            "name": exercise.name, "call": exercise.call, "prediction": exercise.prediction,
            "another": checks.variants(exercise.id) > 0, "given": "", "feedback": {}, "hints": [], "solution": {},
            **self._known(), **self._before(),
        }  # fmt: skip

    # --- answering

    def answer(self, answer: Any, seconds: float | None = None) -> Feedback:
        """Answer, and return the feedback. Raises what `smtplab.check` and `Lab.send` raise.

        seconds: since the question was shown, where somebody measured.
        """
        self.show(given=[str(part) for part in answer] if isinstance(answer, list | tuple) else _written(answer))
        exercise = self._exercise
        feedback = checks.check(exercise.id, answer, lang=self.lang, seed=exercise.seed, seconds=seconds)
        attempts = self._attempts()
        self.show(**self._counted(attempts))
        first = self._first(attempts)
        if first is None or first.answer == str(answer).strip():
            self._judge(feedback)
        else:
            self._explore(feedback, first, str(answer).strip())
        return feedback

    def received(self, content: dict[str, Any]) -> None:
        """Take an answer or a wish from the page; a refusal is shown there and counts as no answer."""
        kind, answer = content.get("type"), content.get("answer")
        if kind == "hint":
            self._hint()
        elif kind == "solution":
            self._solution()
        elif kind == "another":
            self._another()
        elif kind == "answer" and isinstance(answer, str | list):
            self._answered(answer, _measured(content.get("seconds")))

    def _answered(self, answer: Any, seconds: float | None) -> None:
        name = self._exercise.name
        if self._exercise.call and not name:
            return
        try:
            given = named(name) if name else answer
            if not (name and self._is_as_before(given)):
                feedback = self.answer(given, seconds)
                self._judged = (given, feedback.text)
        except NoSuchName:
            self._tell(None, self.say("exercise_no_name", name=name))
        except KeyboardInterrupt:
            self._tell(None, self.say("exercise_interrupted"))
        except (UnknownName, NotAnAnswer) as error:  # the page offers no such answer
            self._tell(None, str(error))
        except (SmtplabError, OSError, ValueError) as error:
            self._tell(None, refusal(error, self.lang, *([answer] if isinstance(answer, str) else [])))

    def _is_as_before(self, function: Any) -> bool:
        """Tell of a function that gets what it got before: its cell was not run since, and it is no new attempt."""
        if function is not self._judged[0]:
            return False
        exercise = self._exercise
        feedback, _ = checks.judged(exercise.id, function, self.lang, exercise.seed)
        if feedback.right or feedback.text != self._judged[1]:  # it may stand on others, which were run anew
            return False
        self._tell(
            False, f"{feedback.words} {self.say('exercise_same', name=exercise.name)}", **self._judgement(feedback)
        )
        return True

    def _judge(self, feedback: Feedback) -> None:
        self._tell(feedback.right, feedback.words, **self._judgement(feedback))

    def _judgement(self, feedback: Feedback) -> dict[str, Any]:
        """Return what is told of a verdict beside its words; of a prediction in words that failed, what is so too."""
        rows = [row._asdict() for row in feedback.rows]
        told: dict[str, Any] = {"reply": _reply(feedback), "verdict": feedback.verdict, "rows": rows}
        truth = self._truth() if self._exercise.prediction and not feedback.right and feedback.reply is None else None
        if truth is None:
            return told
        exercise = self._exercise
        right, _ = checks.judged(exercise.id, truth, self.lang, exercise.seed)
        return {**told, "so": {"of": f"✓ {exercise.options[truth].rstrip('.')}:", "text": right.words}}

    def _truth(self) -> str | None:
        """Return the option that is right; None where none is chosen from."""
        row = checks.row_of(self._exercise.id, self.lang, self._exercise.seed)
        truth = kind_of(row).truth
        found = None if truth is None else truth(Question(self._exercise.id, row, self.lang))
        return found if isinstance(found, str) else None

    def _explore(self, feedback: Feedback, first: Attempt, answer: str) -> None:
        """Tell what another option than the one predicted gets: the prediction stands, and no later answer mends it."""
        stands, _ = checks.judged(self._exercise.id, first.answer, self.lang, self._exercise.seed)
        options = self._exercise.options
        verdict = stands.verdict
        if stands.right:
            verdict = self.say("exercise_came_true", answer=options.get(str(first.answer), str(first.answer)))
        of = f"{options.get(answer, answer).rstrip('.')}:"
        self._tell(stands.right, feedback.words, reply=_reply(feedback), verdict=verdict, of=of)

    def _tell(self, right: bool | None, text: str, **more: Any) -> None:
        """Tell the page: `right` is None of what is no verdict. more: reply, verdict, of (which option), rows, so."""
        self.show(feedback=self._told(right, text, answer=self.state["given"], **more))

    def _told(self, right: bool | None, text: str, **more: Any) -> dict[str, Any]:
        self._number += 1
        told: dict[str, Any] = {
            "right": right,
            "text": text,
            "reply": "",
            "verdict": "",
            "of": "",
            "rows": [],
            "so": {},
            "at": "",
        }
        return {**told, **more, "number": self._number}

    # --- what is known

    def _attempts(self) -> list[Attempt]:
        """Return what was answered to this case of the question, oldest first."""
        return [each for each in logbook().history(self._exercise.id).attempts if each.seed == self._exercise.seed]

    def _first(self, attempts: list[Attempt]) -> Attempt | None:
        """Return the prediction, which stands for ever; None where none was kept, and where none is asked for."""
        first = attempts[0] if attempts and self._exercise.prediction else None
        return first if first and first.answer in self._exercise.options else None

    def _known(self) -> dict[str, Any]:
        """Return what the logbook knows: what was answered before, how often wrongly, and what became of options."""
        attempts = self._attempts()
        past: dict[str, Any] = {}
        if attempts:
            told = attempts[0 if self._exercise.prediction else -1]
            right_at = next((each.at for each in attempts if each.right), "")
            answer = self._shown(told.answer)
            past = {"at": told.at, "right_at": right_at, "first": attempts[0].right, "answer": answer}
        return {"past": past, **self._counted(attempts)}

    def _before(self) -> dict[str, Any]:
        """Return what was told of the last answer, or of the prediction; {} where there is none that can be judged."""
        attempts = self._attempts()
        last = self._first(attempts) if self._exercise.prediction else (attempts[-1] if attempts else None)
        if last is None or last.answer is None:  # a function is never kept
            return {}
        answer = list(last.answer) if isinstance(last.answer, tuple) else last.answer
        try:
            feedback, _ = checks.judged(self._exercise.id, answer, self.lang, self._exercise.seed)
            told = self._judgement(feedback)
        except (SmtplabError, OSError, ValueError):  # it was kept by another version, or by another program
            return {}
        told = self._told(feedback.right, feedback.words, **told, answer=answer, at=last.at)
        return {"feedback": told, **({"given": answer} if self._exercise.prediction else {})}

    def _counted(self, attempts: list[Attempt]) -> dict[str, Any]:
        wrong = sum(not each.right for each in attempts)
        return {"wrong": wrong, "solved": wrong < len(attempts), "tags": self._tags(attempts)}

    def _shown(self, answer: str | tuple[str, ...] | None) -> Any:
        """Return a kept answer as the page shows it: an option by its words."""
        if isinstance(answer, tuple):
            return list(answer)
        return self._exercise.options.get(answer or "", answer or "")

    def _tags(self, attempts: list[Attempt]) -> dict[str, str]:
        """Return what is said at options of a prediction: at the one predicted, and at the one that came or is so."""
        first = self._first(attempts)
        if first is None:
            return {}
        truth = self._truth()
        tags = {str(first.answer): self.say("exercise_tag_predicted")}
        if truth is not None:
            tags[truth] = self.say("exercise_tag_both" if truth == first.answer else "exercise_tag_came")
        return tags

    # --- help, and other cases

    def _hint(self) -> None:
        from smtplab.course.hints import hints  # most questions are answered without

        number = len(self.state["hints"]) + 1
        told = hints(self._exercise.id, self.lang, self._exercise.seed)[:number]
        logbook().note_help(self._exercise.id, hints=len(told))
        self.show(hints=list(told))

    def _solution(self) -> None:
        from smtplab.course.hints import solution  # nor do most learners look

        model = solution(self._exercise.id, self.lang, self._exercise.seed)
        logbook().note_help(self._exercise.id, solution=True)
        self.show(solution={"words": model.words, "code": model.code, "reason": model.reason})

    def _another(self) -> None:
        """Ask the same in another case: the next one."""
        if self.state["another"]:
            exercise = checks.exercise(self._exercise.id, self.lang, self._exercise.seed + 1)
            self.show(**self._asked(exercise), card=self.state["card"] + 1)  # the page draws anew at the last of these

    def plain(self) -> str:
        """Return the question and what there is to choose from."""
        exercise = self._exercise
        return paragraphs(exercise.question, *exercise.plain, *filter(None, [exercise.call]))

    def __repr__(self) -> str:
        return f"<exercise {self._exercise.id}>"


def _reply(feedback: Feedback) -> str:
    return "" if feedback.reply is None else str(feedback.reply)


def _measured(seconds: object) -> float | None:
    """Return a number of seconds that a page may have measured; None for anything else."""
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not math.isfinite(seconds):
        return None
    return float(seconds) if 0 <= seconds <= _LONGEST else None


def _written(answer: Any) -> str:
    """Return an answer as the page's field shows it; a function is not shown."""
    if isinstance(answer, bytes):
        return show_octets(answer)
    return str(answer) if isinstance(answer, str | int) else ""
