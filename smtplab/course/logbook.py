"""What a learner has answered, kept in one small file: `smtplab-progress.json` in the current directory.

SMTPLAB_PROGRESS names another file, or is "off": then nothing is written, and answers last only until Python stops.
Whatever happens to the file, no answer's feedback is lost: what cannot be written is kept in memory, and progress
says so.
"""

from __future__ import annotations

import errno
import json
import os
import threading
import time
from contextlib import contextmanager, suppress
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from smtplab.course.disk import set_aside, write_whole
from smtplab.text.texts import Texts, reason

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FILE = "smtplab-progress.json"
VERSION = 1
_PATIENCE = 2.0
"""Seconds to wait for another kernel that is writing; writing takes milliseconds, so then it must have died."""

_SHOWN = 500

Entry = dict[str, Any]
"""answered: the day of the first answer that counted, as 2026-11-24; right: whether one was right."""


class NoSuchPlace(OSError):
    """A name under which no file can be kept. Its argument is the key of the reason in progress.toml."""


_OF_THE_NAME = (errno.ENAMETOOLONG, errno.EISDIR, errno.ELOOP, errno.EINVAL)
"""What a file system says where the name is at fault, and no waiting will help."""


def logbook(directory: Path | None = None) -> Logbook:
    """Return the logbook of a directory; without one that which the environment names, else the current directory's."""
    named = os.environ.get("SMTPLAB_PROGRESS", "") if directory is None else ""
    if named.lower() == "off":
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


class Logbook:
    """The answers kept in one file, or in memory alone where `path` is None.

    wish: the file that was named, where none can be kept there. why: the key of the reason in progress.toml.
    """

    def __init__(self, path: Path | None, wish: Path | None = None, why: str = "") -> None:
        self.path = path
        self._wish = wish or path
        self._unwritten: dict[str, Entry] = {}
        self._trouble: OSError | None = NoSuchPlace(why) if why else None
        self._kept: Path | None = None
        self._told = False
        self._turn = threading.RLock()  # at times a widget answers in another thread than a cell

    def note(self, exercise_id: str, *, right: bool) -> None:
        """Note an answer. Raises nothing: what cannot be written stays in memory until it can."""
        entry = {"answered": date.today().isoformat(), "right": right}  # noqa: DTZ011  the learner's own day
        with self._turn:
            self._unwritten = merged(self._unwritten, {exercise_id: entry})
            if self.path is not None:
                self._write()

    def entries(self) -> dict[str, Entry]:
        """Return what was answered, by exercise, from the file and from memory."""
        with self._turn:
            entries: dict[str, Entry] = {}
            if self.path is not None:
                try:
                    entries, whole = _read(self.path)
                except OSError as error:
                    self._trouble = error
                else:
                    if not self._unwritten:
                        self._trouble = None
                    if not whole:
                        entries = self._write()
            return merged(entries, self._unwritten)

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

    def remark(self, lang: str) -> str:
        """Return, once, what feedback should say about the file: it was set aside, or its name cannot be used."""
        aside = self.set_aside(lang)
        trouble = self._trouble
        if self._told or not (isinstance(trouble, NoSuchPlace) or (trouble and trouble.errno in _OF_THE_NAME)):
            return aside
        self._told = True
        return " ".join(filter(None, (aside, self.trouble(lang))))

    def _write(self) -> dict[str, Entry]:
        """Merge what is unwritten into what the file holds now, and return what it then holds."""
        assert self.path is not None
        entries: dict[str, Entry] = {}
        try:
            with _alone(self.path):
                entries, whole = _read(self.path)
                if not whole:
                    self._kept = set_aside(self.path)
                everything = merged(entries, self._unwritten)
                if everything != entries or not whole:
                    data = {"version": VERSION, "answers": everything}
                    write_whole(self.path, json.dumps(data, indent=1, sort_keys=True).encode() + b"\n")
        except OSError as error:
            self._trouble = error
            return entries
        self._trouble, self._unwritten = None, {}
        return everything


_logbook = cache(Logbook)


def _shown(path: Path | None) -> str:
    """Return a path fit for printing: unprintable characters escaped, a very long one cut."""
    text = "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in str(path))
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def merged(one: Mapping[str, Entry], other: Mapping[str, Entry]) -> dict[str, Entry]:
    """Return the entries of both; an exercise that is in both has the earlier day, and is right where either is."""
    both = {**one, **other}
    for key in one.keys() & other.keys():
        both[key] = {
            **one[key], **other[key],
            "answered": min(one[key]["answered"], other[key]["answered"]),
            "right": one[key]["right"] or other[key]["right"],
        }  # fmt: skip
    return both


def _read(path: Path) -> tuple[dict[str, Entry], bool]:
    """Return what can be understood of a file, and whether that is all; a missing file holds nothing."""
    if path.exists() and not path.is_file():
        raise NoSuchPlace("why_no_file")
    try:
        octets = path.read_bytes()
    except FileNotFoundError:
        return {}, True
    try:
        data = json.loads(octets)
        answers = data["answers"] if data["version"] == VERSION else {}
        good = {key: entry for key, entry in answers.items() if _understood(entry)}
        return good, data["version"] == VERSION and len(good) == len(answers)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}, False


def _understood(entry: object) -> bool:
    return isinstance(entry, dict) and isinstance(entry.get("answered"), str) and isinstance(entry.get("right"), bool)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Keep other kernels from writing at the same time, by a lock file; where none can be made, go on without."""
    lock = path.with_name(f".{path.name}.lock")
    end = time.monotonic() + _PATIENCE
    mine = False
    while not mine:
        try:
            os.close(os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
            mine = True
        except FileExistsError:
            if time.monotonic() < end:
                time.sleep(0.01)
                continue
            with suppress(OSError):
                lock.unlink()  # left behind by a kernel that died
            mine = True  # go on even where it cannot be removed
        except OSError:
            break
    try:
        yield
    finally:
        if mine:
            with suppress(OSError):
                lock.unlink()
