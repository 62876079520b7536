"""How far a learner has come: lessons and their exercises, and what became of each. The answers are kept by logbook.py.

>>> progress().done <= progress().all
True
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from smtplab.course import report
from smtplab.course.attempts import History
from smtplab.course.disk import write_new
from smtplab.course.exercises import outlines
from smtplab.course.logbook import logbook
from smtplab.course.tasks import Lesson, Standing, Task
from smtplab.text.language import resolve
from smtplab.text.texts import Texts

if TYPE_CHECKING:
    import os


class Progress(Standing):
    """What a learner has done in the course. `page(name=…)` returns it as a page, `save(file)` writes that."""

    def __repr__(self) -> str:
        return f"<Progress {self.done} of {self.all}>"

    def __str__(self) -> str:
        return report.text(self)

    def _repr_html_(self) -> str:
        return report.overview(self)

    def page(self, *, name: str = "") -> str:
        """Return a page of HTML that stands alone: it loads nothing, runs nothing, and prints well.

        It says itself what it holds. name: of the learner, shown at the top.
        """
        return report.page(self, name)

    def save(self, file: str | os.PathLike[str], *, name: str = "") -> Path:
        """Write `page(name=…)` to a file and return its path. A file that is there stays: another name is chosen then.

        Raises OSError where it cannot be written.
        """
        return write_new(Path(file), self.page(name=name).encode())


def progress(directory: str | os.PathLike[str] | None = None, *, lang: str | None = None) -> Progress:
    """Return what has been done in the course: exercises answered correctly, predictions answered at all.

    directory: whose smtplab-progress.json is read; else the file that SMTPLAB_PROGRESS names, else that of the current
      directory.
    lang: such as "es", else the language that is set. Raises UnknownName for an unknown one.

    In the file are the answers, when they were given, the feedback that they got, and the help that was seen, of no
    function its source. It stays on this disk; SMTPLAB_PROGRESS=off keeps none.
    """
    lang = resolve(lang)
    book = logbook(None if directory is None else Path(directory))
    histories = book.histories()
    lessons = []
    for number, title in Texts("course/lessons", lang).all().items():
        tasks = tuple(
            Task(asked.id, asked.titles[lang], asked.prediction, asked.core, histories.get(asked.id, History()))
            for asked in outlines(number)
        )
        if tasks:
            lessons.append(Lesson(number, title, tasks))
    remarks = filter(None, (book.set_aside(lang), book.trouble(lang)))
    return Progress(tuple(lessons), lang, tuple(remarks))
