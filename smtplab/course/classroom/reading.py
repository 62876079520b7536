"""The hand-ins of a class, read from folders and zips: nothing is unpacked, run or trusted, and nothing is written.

A learner is a folder or a zip with a progress file in it, some folders deep, or a progress file that lies loose. What
is no hand-in, or cannot be read, is named and skipped; the rest is read all the same.
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from smtplab.course.classroom.archives import Member, members
from smtplab.course.classroom.files import (
    ARCHIVE,
    LABEL,
    Fault,
    Unreadable,
    answers_in,
    is_answers,
    name_in,
    opened,
    read_file,
)
from smtplab.course.logbook import FILE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from smtplab.course.attempts import History

_DEEP = 6
_ENTRIES = 20_000


@dataclass
class Learner:
    """One learner's work.

    place: what the folder or the file is called. name: what was handed in as the learner's name; "" where nothing was.
    records: the histories that each file of answers holds, by exercise. files: how many files of answers there were.
    """

    place: str
    name: str = ""
    records: list[dict[str, History]] = field(default_factory=list)
    files: int = 0

    def take(self, name: str, octets: bytes, faults: list[Fault]) -> None:
        """Take in a file: the label of a hand-in, or answers. What is wrong with it is added to `faults`."""
        if name == LABEL:
            self.name = self.name or name_in(octets)
            return
        self.files += 1
        answers = answers_in(octets, name)
        if not answers.whole:
            faults.append(Fault("damaged", self.place))
        if answers.histories:
            self.records.append(answers.histories)


def read_class(places: Iterable[Path], faults: list[Fault]) -> Iterator[Learner]:
    """Yield each learner in the folders and zips of a class; what is wrong is added to `faults`.

    Raises OSError for a place that is not there.
    """
    for place in places:
        place.stat()
        if place.is_dir():
            yield from _folder_of_learners(place, faults)
        else:
            yield from _loose(place, faults)


def stamp(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """Return what tells whether a class's folder has changed: each file that matters, its time and its size.

    Raises OSError where the folder is not there.
    """
    found: list[tuple[str, int, int]] = []
    left = [(folder, 0)]
    while left and len(found) < _ENTRIES:
        inside, deep = left.pop()
        try:
            entries = list(os.scandir(inside))
        except OSError:
            if inside == folder:
                raise
            continue
        for entry in entries:
            with suppress(OSError):  # gone by now
                if entry.is_dir(follow_symlinks=False):
                    if deep <= _DEEP and not entry.name.startswith((".", "__MACOSX")):
                        left.append((Path(entry.path), deep + 1))
                elif is_answers(entry.name) or entry.name.lower().endswith((".zip", ".json")):
                    of = entry.stat(follow_symlinks=False)
                    found.append((entry.path, of.st_mtime_ns, of.st_size))
    return tuple(sorted(found))


def _folder_of_learners(folder: Path, faults: list[Fault]) -> Iterator[Learner]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        faults.append(Fault("cannot_read", folder.name))
        return
    if any(entry.name == FILE for entry in entries):  # it is one learner's own
        yield _folder(folder, folder.absolute().name, faults)
        return
    for entry in entries:
        if entry.name.startswith((".", "__MACOSX")):
            continue
        if entry.is_symlink():
            faults.append(Fault("link", entry.name))
        elif entry.is_dir(follow_symlinks=False):
            yield _folder(Path(entry.path), entry.name, faults)
        else:
            yield from _loose(Path(entry.path), faults)


def _folder(folder: Path, place: str, faults: list[Fault]) -> Learner:
    """Return the learner whose folder this is."""
    learner = Learner(place)
    for path in _files(folder, place, faults):
        try:
            if path.suffix.lower() == ".zip":
                for member in _zip(path, place, faults):
                    learner.take(member.name, member.octets, faults)
            else:
                learner.take(path.name, read_file(path), faults)
        except Unreadable as error:
            faults.append(Fault(str(error.args[0]), f"{place}/{path.name}"))
    if not learner.files:
        faults.append(Fault("no_answers", place))
    return learner


def _files(folder: Path, place: str, faults: list[Fault]) -> Iterator[Path]:
    """Yield the files of a learner's folder that matter, those in its folders too."""
    left, seen = [(folder, 0)], 0
    while left:
        inside, deep = left.pop()
        entries: list[os.DirEntry[str]] = []
        with suppress(OSError):
            entries = sorted(os.scandir(inside), key=lambda entry: entry.name)
        for entry in entries:
            seen += 1
            if seen > _ENTRIES:
                faults.append(Fault("too_many", place))
                return
            matters = is_answers(entry.name) or entry.name == LABEL or entry.name.lower().endswith(".zip")
            if entry.is_symlink():
                faults.append(Fault("link", f"{place}/{entry.name}"))
            elif entry.is_dir(follow_symlinks=False):
                if deep < _DEEP and not entry.name.startswith((".", "__MACOSX")):
                    left.append((Path(entry.path), deep + 1))
            elif matters:
                yield Path(entry.path)


def _loose(path: Path, faults: list[Fault]) -> Iterator[Learner]:
    """Yield the learners of a file that lies beside the folders: a zip of one or of many, or a progress file."""
    kind = path.suffix.lower()
    learners: dict[str, Learner] = {}
    try:
        if kind == ".zip":
            for member in _zip(path, path.name, faults):
                place = f"{path.name}/{member.whose}" if member.whose else path.name
                learners.setdefault(place, Learner(place)).take(member.name, member.octets, faults)
        elif kind == ".json":
            learners[""] = Learner(path.name)
            learners[""].take(FILE, read_file(path), faults)
    except Unreadable as error:
        faults.append(Fault(str(error.args[0]), path.name))
        return
    if not any(learner.files for learner in learners.values()):
        faults.append(Fault("no_answers" if kind == ".zip" else "not_a_hand_in", path.name))
    yield from (learner for learner in learners.values() if learner.files and (learner.records or kind == ".zip"))


def _zip(path: Path, place: str, faults: list[Fault]) -> Iterator[Member]:
    with opened(path, ARCHIVE) as file:
        yield from members(file, place, faults)
