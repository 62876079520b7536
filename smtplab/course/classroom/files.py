"""Files of a class, read with bounds: regular ones alone, never through a link, and no more than a hand-in can have."""

from __future__ import annotations

import json
import os
import stat
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from smtplab.course.logbook import FILE
from smtplab.course.record import LIMIT, Record, read_notes, read_record

if TYPE_CHECKING:
    from pathlib import Path

    from smtplab.course.attempts import History

LABEL, DIGESTS = "hand-in.json", "SHA256SUMS"
"""The members of a hand-in that say whose it is, and the digest of each."""

JOINERS = "\u200c\u200d"
"""What names in some scripts need within a word, though it prints nothing by itself."""

LARGE = 4 * LIMIT
"""Octets that a progress file may have here: smtplab writes a quarter of it at most."""

ARCHIVE = 64 * 1024 * 1024
"""Octets that a zip may have."""

_FLAGS = os.O_RDONLY | sum(getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY"))
_NOTES = (".smtplab-progress-", ".note")


class Unreadable(Exception):
    """A file that is not read. Its argument is the key of the reason in faults.toml."""


class Fault(NamedTuple):
    """What is wrong with something in a class's folder.

    key: of the sentence in faults.toml. place: what it is about. fields: what is filled into the sentence.
    """

    key: str
    place: str
    fields: tuple[tuple[str, str], ...] = ()


class Answers(NamedTuple):
    """What a file of answers holds: its histories by exercise, and whether all of it was understood."""

    histories: dict[str, History]
    whole: bool


def opened(path: Path, most: int) -> BinaryIO:
    """Open a regular file of at most so many octets. Raises Unreadable for anything else, and where it cannot be."""
    try:
        handle = os.open(path, _FLAGS)
    except OSError as error:
        raise Unreadable("link" if path.is_symlink() else "cannot_read") from error
    file = os.fdopen(handle, "rb")
    found = os.fstat(handle)
    if stat.S_ISREG(found.st_mode) and found.st_size <= most:
        return file
    file.close()
    raise Unreadable("too_large" if stat.S_ISREG(found.st_mode) else "no_file")


def read_file(path: Path) -> bytes:
    """Return the octets of a small file. Raises Unreadable."""
    with opened(path, LARGE) as file:
        return read_from(file)


def read_from(file: BinaryIO, most: int = LARGE) -> bytes:
    """Return what is left in a file. Raises Unreadable where that is more than so many octets, or cannot be read."""
    try:
        octets = file.read(most + 1)
    except OSError as error:
        raise Unreadable("cannot_read") from error
    if len(octets) > most:
        raise Unreadable("too_large")
    return octets


def is_answers(name: str) -> bool:
    """Return whether a file of this name holds answers: the progress file, or notes that are not in it yet."""
    return name == FILE or (name.startswith(_NOTES[0]) and name.endswith(_NOTES[1]))


def answers_in(octets: bytes, name: str = FILE) -> Answers:
    """Return what can be understood of a file of answers; of a half-written one, each whole line."""
    if name.endswith(_NOTES[1]):
        notes = read_notes(octets)
        return Answers(Record().with_notes(notes or []).histories, notes is not None)
    record, whole = read_record(octets)
    if whole or record.histories:
        return Answers(record.histories, whole)
    return Answers(_salvaged(octets), whole=False)


def name_in(octets: bytes) -> str:
    """Return the learner's name that the label of a hand-in has; "" where it is none."""
    try:
        name = json.loads(octets)["name"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""
    return name[:_NAME].strip() if isinstance(name, str) else ""


_NAME = 200
"""Characters of a name that are read."""


def _salvaged(octets: bytes) -> dict[str, History]:
    """Return the histories in the lines that are whole: smtplab writes one line for each exercise."""
    histories: dict[str, History] = {}
    for line in octets.splitlines():
        entry = line.strip().removesuffix(b",")
        if entry.startswith(b'"') and entry.endswith(b"}"):
            record, _ = read_record(b'{"version": 2, "answers": {' + entry + b"}}")
            histories |= record.histories
    return histories
