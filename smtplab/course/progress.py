"""How far a learner has come: lessons and their exercises, done or not. The answers are kept by logbook.py.

>>> progress().done <= progress().all
True
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from smtplab.course.attempts import History, day
from smtplab.course.disk import write_new
from smtplab.course.exercises import counts, exercise, exercises
from smtplab.course.logbook import logbook
from smtplab.text.html import paragraphs, table
from smtplab.text.language import resolve
from smtplab.text.texts import Texts, octets

if TYPE_CHECKING:
    import os


@dataclass(frozen=True)
class Task:
    """One exercise and what became of it.

    answered: the day on which it was done, as 2026-11-24; "" where it is still to do.
    right: whether the answer was right; a prediction is done even by a wrong one.
    """

    id: str
    prediction: bool
    answered: str = ""
    right: bool = False

    @property
    def done(self) -> bool:
        """Whether it is done: answered correctly, or, for a prediction, answered."""
        return bool(self.answered) and counts(right=self.right, prediction=self.prediction)


@dataclass(frozen=True)
class Lesson:
    """One lesson: its number ("01"), its title and its exercises."""

    number: str
    title: str
    tasks: tuple[Task, ...]

    @property
    def name(self) -> str:
        """Number and title."""
        return f"{self.number.lstrip('0')}. {self.title}"

    @property
    def done(self) -> int:
        """How many of its exercises are done."""
        return sum(task.done for task in self.tasks)

    def ids(self, *, done: bool) -> str:
        """Return the exercises that are done, or those still to do."""
        return ", ".join(task.id for task in self.tasks if task.done is done)


@dataclass(frozen=True, repr=False)
class Progress:
    """What a learner has done in the course. `page(name=…)` returns it as a page of its own, `save(file)` writes that.

    lessons: those that have exercises, in order.
    remarks: what happened to the file in which it is kept, in sentences; mostly none.
    """

    lessons: tuple[Lesson, ...]
    lang: str
    remarks: tuple[str, ...] = ()

    @property
    def done(self) -> int:
        """How many exercises are done."""
        return sum(lesson.done for lesson in self.lessons)

    @property
    def all(self) -> int:
        """How many exercises there are."""
        return sum(len(lesson.tasks) for lesson in self.lessons)

    def __repr__(self) -> str:
        return f"<Progress {self.done} of {self.all}>"

    def __str__(self) -> str:
        say = Texts("course/progress", self.lang)
        rows = [(lesson.name, self._count(lesson), lesson.ids(done=False)) for lesson in self.lessons]
        wide = max((len(name) for name, *_ in rows), default=0)
        left_over = say("head_open")
        lines = [f"{name:{wide}}  {count}" + (f"   {left_over}: {left}" if left else "") for name, count, left in rows]
        return "\n".join((*lines, *self._sentences()))

    def _repr_html_(self) -> str:
        return self._overview() + paragraphs(*self._sentences())

    def page(self, *, name: str = "") -> str:
        """Return a page of HTML that stands alone: it loads nothing, runs nothing, and prints well.

        name: of the learner, shown at the top.
        """
        say = Texts("course/progress", self.lang)
        name = "".join(char for char in name if char.isprintable()).strip()
        day = date.today().isoformat()  # noqa: DTZ011  the learner's own day
        whose = say("somebody", name=name, date=day) if name else say("nobody", date=day)
        title, style = say("title"), octets("course/progress.css").decode()
        head = [say(key) for key in ("head_exercise", "head_question", "head_result", "head_on")]
        parts = [
            f"<h1>{escape(title)}</h1>", paragraphs(whose, *self._sentences()), self._overview(),
            *(f"<h2>{escape(lesson.name)}</h2>{table(head, map(self._row, lesson.tasks))}" for lesson in self.lessons),
        ]  # fmt: skip
        return (
            f'<!DOCTYPE html>\n<html lang="{self.lang}">\n<head>\n<meta charset="utf-8">\n'
            '<meta name="viewport" content="width=device-width">\n'
            f"<title>{escape(f'{title}: {name}' if name else title)}</title>\n<style>{style}</style>\n</head>\n"
            f"<body>\n{''.join(parts)}\n</body>\n</html>\n"
        )

    def save(self, file: str | os.PathLike[str], *, name: str = "") -> Path:
        """Write `page(name=…)` to a file and return its path. A file that is there stays: another name is chosen then.

        Raises OSError where it cannot be written.
        """
        return write_new(Path(file), self.page(name=name).encode())

    def _count(self, lesson: Lesson) -> str:
        return Texts("course/progress", self.lang)("count", done=lesson.done, all=len(lesson.tasks))

    def _overview(self) -> str:
        say = Texts("course/progress", self.lang)
        head = [say(key) for key in ("head_lesson", "head_done", "head_finished", "head_open")]
        return table(
            head,
            [
                (lesson.name, self._count(lesson), lesson.ids(done=True), lesson.ids(done=False))
                for lesson in self.lessons
            ],
        )

    def _sentences(self) -> tuple[str, ...]:
        say = Texts("course/progress", self.lang)
        predictions = [task for lesson in self.lessons for task in lesson.tasks if task.prediction and task.done]
        sentences = [say("done", done=self.done, all=self.all)]
        if predictions:
            sentences.append(say("predictions", made=len(predictions), right=sum(task.right for task in predictions)))
        return (*sentences, *self.remarks)

    def _row(self, task: Task) -> tuple[str, ...]:
        say = Texts("course/progress", self.lang)
        result = "result_open" if not task.done else "result_right" if task.right else "result_predicted"
        return task.id, exercise(task.id, self.lang).question, say(result), task.answered


def progress(directory: str | os.PathLike[str] | None = None, *, lang: str | None = None) -> Progress:
    """Return what has been done in the course: exercises answered correctly, predictions answered at all.

    directory: whose smtplab-progress.json is read; else the file that SMTPLAB_PROGRESS names, else that of the current
      directory.
    lang: such as "es", else the language that is set. Raises UnknownName for an unknown one.
    """
    lang = resolve(lang)
    book = logbook(None if directory is None else Path(directory))
    histories = book.histories()
    titles = Texts("course/lessons", lang).all()
    lessons = []
    for number, title in titles.items():
        tasks = []
        for exercise_id in exercises(number):
            prediction = exercise(exercise_id, lang).prediction
            history = histories.get(exercise_id, History())
            right = bool(history.first and history.first.right) if prediction else bool(history.right_at)
            at = history.right_at or (history.first.at if history.first and prediction else "")
            tasks.append(Task(exercise_id, prediction, at and day(at).isoformat(), right))
        if tasks:
            lessons.append(Lesson(number, title, tuple(tasks)))
    remarks = filter(None, (book.set_aside(lang), book.trouble(lang)))
    return Progress(tuple(lessons), lang, tuple(remarks))
