"""The progress file on the disk: read, and added to, whatever else happens there.

Beside the file lie, while they are needed: a lock; the new file before it takes the old one's name (".new"); and files
of notes (".note", while one is written ".part") by kernels that could not have the lock, because its holder sleeps.

Each function raises OSError where it fails. What was in the file before is then still there, in it or in ".new".
"""

from __future__ import annotations

import os
import stat
import sys
import zlib
from contextlib import nullcontext, suppress
from typing import TYPE_CHECKING, NamedTuple

from smtplab.course.alone import alone
from smtplab.course.disk import free_name, refuses_to_replace, write_new
from smtplab.course.record import Note, Record, read_notes, read_record, write_notes, write_record

if TYPE_CHECKING:
    from pathlib import Path

_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)
_BINARY = getattr(os, "O_BINARY", 0)
_PRIVATE = 0o600
_TRIES = 4


class NoSuchPlace(OSError):
    """A name under which no file can be kept. Its argument is the key of the reason in progress.toml."""


class Found(NamedTuple):
    """What a file and those beside it hold.

    octets: of the file; None where there is none. whole: whether all of it was understood.
    beside: the files whose notes are in the record and not yet in the file. damaged: those that are none.
    rescued: the octets of ".new", where the file was cut short while it was written in place.
    """

    record: Record
    octets: bytes | None = None
    whole: bool = True
    beside: tuple[Path, ...] = ()
    damaged: tuple[Path, ...] = ()
    rescued: bytes | None = None


def find(path: Path) -> Found:
    """Return what a file and those beside it hold; a missing file holds nothing."""
    listed = _listed(path, ".note")  # first: one that is taken in meanwhile is named in the file then
    if path.exists() and not path.is_file():
        raise NoSuchPlace("why_no_file")
    octets = _octets(path)
    record, whole = (Record(), True) if octets is None else read_record(octets)
    rescued = None
    if not whole and octets is not None and (new := _octets(_beside(path, ".new"))) and new.startswith(octets):
        rest, rescued_whole = read_record(new)
        if rescued_whole:
            record, whole, rescued = rest, True, new
    notes: list[Note] = []
    beside: list[Path] = []
    damaged: list[Path] = []
    for each in listed:
        if each.name in record.merged or (content := _octets(each)) is None:
            continue
        read = read_notes(content)
        (damaged if read is None else beside).append(each)
        notes += read or []
    notes.sort(key=lambda note: note.attempt.at if note.attempt else note.solution)
    record = record.with_notes(notes, tuple(each.name for each in beside))
    return Found(record, octets, whole, tuple(beside), tuple(damaged), rescued)


def add(path: Path, notes: list[Note], patience: float) -> tuple[Record, Path | None]:
    """Add notes to a file. Returns what it then holds, and where a damaged file was set aside to.

    patience: seconds to wait for a kernel that is writing; where it takes longer, the notes are put beside.
    """
    with alone(_beside(path, ".lock"), patience) as mine:
        if not mine:
            if notes:
                _put_beside(path, notes)
            return find(path).record, None
        record, kept = _add(path, notes)
        while any(each.name not in record.merged for each in _listed(path, ".note")):  # put there while it slept
            record, _ = _add(path, [])
        for part in _listed(path, ".part"):
            with alone(part, 0):  # what nobody holds was left by one that died
                pass
    return record, kept


def _add(path: Path, notes: list[Note]) -> tuple[Record, Path | None]:
    found = find(path)
    if found.rescued is not None:
        _write_in_place(path, found.rescued)
    record, kept = found.record.with_notes(notes), None
    if not found.whole and found.octets is not None:
        kept = write_new(free_name(path.parent, path.stem, "damaged", path.suffix), found.octets, _PRIVATE)
    for each in found.damaged:
        kept = each.rename(free_name(path.parent, path.stem, "damaged", path.suffix))
    if notes or found.beside or not found.whole:
        _write(path, write_record(record))
    for each in _listed(path, ".note"):
        if each.name in record.merged:
            with suppress(OSError):
                each.unlink()
    return record, kept


def _write(path: Path, octets: bytes) -> None:
    """Write the file whole or not at all, never through a link; it keeps its mode, a new one is its owner's alone."""
    new = _beside(path, ".new")
    new.unlink(missing_ok=True)
    try:
        _put(new, octets, os.O_EXCL, _mode(path))
    except BaseException:
        with suppress(OSError):
            new.unlink()
        raise
    try:
        new.replace(path)
    except OSError as error:
        if not refuses_to_replace(error) or path.is_symlink() or path.is_dir():
            with suppress(OSError):
                new.unlink()
            raise
        _write_in_place(path, octets)
        with suppress(OSError):
            new.unlink()


def _write_in_place(path: Path, octets: bytes) -> None:
    """Write over a file; where that is cut short, ".new" still has the whole."""
    _put(path, octets, os.O_TRUNC | _NO_FOLLOW, _mode(path))


def _put_beside(path: Path, notes: list[Note]) -> None:
    """Put notes into a file of their own, which appears whole or not at all."""
    for left in reversed(range(_TRIES)):
        stem = os.urandom(6).hex()
        part = _beside(path, f"-{stem}.part")
        with nullcontext() if sys.platform == "win32" else alone(part, 0):
            try:
                _put(part, write_notes(notes), os.O_TRUNC | _NO_FOLLOW, _PRIVATE)
                part.rename(_beside(path, f"-{stem}.note"))
            except FileNotFoundError:  # taken for one that had died, before it was locked
                if not left:
                    raise
            else:
                return


def _put(path: Path, octets: bytes, how: int, mode: int) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | _BINARY | how, mode)
    with os.fdopen(handle, "wb") as file:
        if how & os.O_EXCL and hasattr(os, "fchmod"):  # whatever the umask is
            with suppress(OSError):
                os.fchmod(handle, mode)
        file.write(octets)


def _mode(path: Path) -> int:
    """Return the mode that the file has, or should have where there is none."""
    try:
        found = path.lstat()
    except OSError:
        return _PRIVATE
    return stat.S_IMODE(found.st_mode) if stat.S_ISREG(found.st_mode) else _PRIVATE


def _octets(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _beside(path: Path, end: str) -> Path:
    """Return the name of a file beside; it is short however long the file's own is."""
    return path.with_name(f".smtplab-progress-{zlib.crc32(os.fsencode(path.name)):08x}{end}")


def _listed(path: Path, end: str) -> list[Path]:
    begin = _beside(path, "-").name
    try:
        return sorted(each for each in path.parent.iterdir() if each.name.startswith(begin) and each.suffix == end)
    except OSError:
        return []
