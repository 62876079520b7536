"""Behind a watched class: the report of a folder, made anew when a file in it has changed since it was last asked."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from smtplab.course.classroom.judging import Judge
from smtplab.course.classroom.page import body, style
from smtplab.course.classroom.reading import stamp
from smtplab.course.classroom.shown import plain
from smtplab.course.classroom.summing_up import sum_up
from smtplab.text.texts import reason
from smtplab.widgets.presenter import Presenter

if TYPE_CHECKING:
    import os


class WatchClassPresenter(Presenter):
    """The report of a class's folder. The page says hello every second, and gets the report when it has changed.

    folder: as `smtplab class report` takes one. Raises OSError where it is not there.
    """

    def __init__(
        self, folder: str | os.PathLike[str], lang: str | None = None, *, anonymous: bool = False, at_least: int = 3
    ) -> None:
        super().__init__(lang)
        self._folder = Path(folder)
        self._judge = Judge(self.lang)  # it remembers what it has judged
        self._anonymous, self._at_least = anonymous, at_least
        self._stamp = stamp(self._folder)
        self._learners = 0
        title = self.say("watch_title", folder=plain(self._folder.name or str(self._folder)))
        self.show(title=title, sheet=style(), note="", **self._report())

    def received(self, content: dict[str, Any]) -> None:
        """Look at the folder where the page says hello, and show what is new."""
        if content.get("type") != "hello":
            return
        try:
            now = stamp(self._folder)
            if now != self._stamp:
                report = self._report()
                self._stamp = now
                self.show(note="", **report)
        except OSError as error:
            self.show(note=self.say("watch_gone", why=reason(error, self.lang)))

    def plain(self) -> str:
        """Return the report as it stands."""
        report: str = self.state["report"]
        return report

    def __repr__(self) -> str:
        return f"<class of {self._learners} learners>"

    def _report(self) -> dict[str, str]:
        found = sum_up([self._folder], judge=self._judge, anonymous=self._anonymous, at_least=self._at_least)
        self._learners = len(found.learners)
        time = datetime.now().astimezone().strftime("%H:%M:%S")
        return {"report": body(found), "time": self.say("watch_at", time=time)}
