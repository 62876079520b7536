"""What a learner has answered, kept in one small file: `smtplab-progress.json` in the current directory.

SMTPLAB_PROGRESS names another file, or is "off": then nothing is written, and answers last only until Python stops.
So it is where nbgrader would hand the file out with an assignment.
Whatever happens to the file, no answer's feedback is lost: what cannot be written is kept in memory, and feedback and
progress say so.

Kernels take turns by a lock that dies with its holder. Where one sleeps while it holds it, the others put their answers
into small files beside, and whoever has the lock next takes them in; so nobody writes over another's answer.
"""

from __future__ import annotations

import os
import threading
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from smtplab.course.attempts import History, now
from smtplab.course.keeping import NoSuchPlace, add, find
from smtplab.course.record import Note, Record
from smtplab.text.texts import Texts, reason

if TYPE_CHECKING:
    from smtplab.course.attempts import Attempt

FILE = "smtplab-progress.json"
_PATIENCE = 0.3
"""Seconds to wait for another kernel that is writing; writing takes milliseconds, so then it must be asleep."""

_SHOWN = 500


def logbook(directory: Path | None = None) -> Logbook:
    """Return the logbook of a directory; without one that which the environment names, else the current directory's."""
    named = os.environ.get("SMTPLAB_PROGRESS", "") if directory is None else ""
    if named.lower() == "off" or (directory is None and not named and _is_handed_out()):
        return _logbook(None)
    path = Path(named) if named else (directory or Path()) / FILE
    try:
        whole = path.expanduser() if named else path
    except (RuntimeError, ValueError):
        return _logbook(None, path, "why_home")
    try:
        whole = whole.absolute()
    except OSError:
        return _logbook(None, path, "why_here")
    try:
        usable = bool(whole.name) and b"\0" not in os.fsencode(whole)
    except ValueError:  # a character that no name on this system can hold
        usable = False
    return _logbook(whole) if usable else _logbook(None, path, "why_name")


def _is_handed_out() -> bool:
    """Return whether the current directory is an assignment in the source of an nbgrader course.

    nbgrader lays each file there over every learner's work: a teacher's own answers, kept there, would be everybody's.
    """
    try:
        here = Path.cwd()
        return here.parent.name == "source" and (here.parent.parent / "nbgrader_config.py").is_file()
    except OSError:
        return False


class Logbook:
    """The answers kept in one file, or in memory alone where `path` is None.

    wish: the file that was named, where none can be kept there. why: the key of the reason in progress.toml.
    """

    def __init__(self, path: Path | None, wish: Path | None = None, why: str = "") -> None:
        self.path = path
        self._wish = wish or path
        self._unwritten: list[Note] = []
        self._trouble: OSError | None = NoSuchPlace(why) if why else None
        self._told: set[str] = set()
        self._kept: Path | None = None
        self._turn = threading.RLock()  # at times a widget answers in another thread than a cell

    def note(self, exercise_id: str, attempt: Attempt) -> None:
        """Note an answer. Raises nothing: what cannot be written stays in memory until it can."""
        self._add(Note(exercise_id, attempt))

    def note_help(self, exercise_id: str, *, hints: int = 0, solution: bool = False) -> None:
        """Note how many hints were seen, or that the solution was. Raises nothing, like `note`."""
        known = self.history(exercise_id)
        if hints > known.hints or (solution and not known.solution):  # what is seen again adds nothing
            self._add(Note(exercise_id, None, hints, now() if solution else ""))

    def history(self, exercise_id: str) -> History:
        """Return what is known of an exercise; an empty history where nothing is."""
        return self.histories().get(exercise_id, History())

    def histories(self) -> dict[str, History]:
        """Return what is known of each exercise that was answered, from the file and from memory."""
        with self._turn:
            record, unwritten = Record(), self._unwritten
            if self.path is not None:
                try:
                    found = find(self.path)
                except OSError as error:
                    self._trouble = error
                else:
                    record = found.record
                    if not self._unwritten:
                        self._trouble = None
                    if found.beside or found.damaged or not found.whole:
                        self._write()
            return record.with_notes(unwritten).histories

    def set_aside(self, lang: str) -> str:
        """Return, once, a sentence that a damaged file was set aside; "" where there was none."""
        kept, self._kept = self._kept, None
        return "" if kept is None else Texts("course/progress", lang)("set_aside", kept=kept.name)

    def trouble(self, lang: str) -> str:
        """Return a sentence that says why answers cannot be kept; "" where they can."""
        if self._trouble is None:
            return ""
        say = Texts("course/progress", lang)
        of_ours = isinstance(self._trouble, NoSuchPlace)
        why = say(self._trouble.args[0]) if of_ours else reason(self._trouble, lang)
        return say("not_kept", path=_shown(self._wish), why=why)

    def nothing_yet(self, lang: str) -> str:
        """Return a sentence that names the file, where nothing has been answered yet; "" where something has."""
        if self.path is None or self._trouble is not None or os.path.lexists(self.path) or self.histories():
            return ""
        return Texts("course/progress", lang)("none_yet", path=_shown(self.path))

    def remark(self, lang: str) -> str:
        """Return what feedback should say about the file: it was set aside, or answers cannot be kept; each once."""
        aside, trouble = self.set_aside(lang), self._trouble
        cause = "" if trouble is None else f"{type(trouble).__name__} {trouble.errno or trouble.args}"
        if not cause:
            self._told.clear()
        if not cause or cause in self._told:
            return aside
        self._told.add(cause)
        return " ".join(filter(None, (aside, self.trouble(lang))))

    def _add(self, note: Note) -> None:
        with self._turn:
            self._unwritten.append(note)
            if self.path is not None:
                self._write()

    def _write(self) -> Record:
        """Add what is unwritten to the file, and return what it then holds."""
        assert self.path is not None
        try:
            record, kept = add(self.path, self._unwritten, _PATIENCE)
        except OSError as error:
            self._trouble = error
            return Record()
        self._trouble, self._unwritten, self._kept = None, [], kept or self._kept
        return record


_logbook = cache(Logbook)


def _shown(path: Path | None) -> str:
    """Return a path fit for printing: unprintable characters escaped, a very long one cut."""
    text = "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in str(path))
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
