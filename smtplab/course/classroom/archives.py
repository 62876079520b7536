"""Zips of a class, read in memory: nothing is unpacked onto the disk, whatever names the members bear."""

from __future__ import annotations

import hashlib
import io
import zipfile
import zlib
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from smtplab.course.classroom.files import ARCHIVE, DIGESTS, LABEL, Fault, Unreadable, is_answers, read_from

if TYPE_CHECKING:
    from collections.abc import Iterator

_MEMBERS = 20_000
_INNER = ARCHIVE // 4
_BAD = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, ValueError)
"""What zipfile raises for what is damaged, encrypted, or packed in a way that it does not know."""


class Member(NamedTuple):
    """A file of answers, or the label of a hand-in: its place in the archive, and its octets."""

    path: str
    octets: bytes

    @property
    def name(self) -> str:
        """The last part of its path."""
        return self.path.rpartition("/")[2]

    @property
    def whose(self) -> str:
        """The first folder, or inner archive, of its path; "" where it lies at the top."""
        return self.path.partition("/")[0] if "/" in self.path else ""


def members(file: BinaryIO, place: str, faults: list[Fault], *, inner: bool = False) -> Iterator[Member]:
    """Yield the answers and labels in an archive, and in archives inside it; what is wrong is added to `faults`.

    place: what the archive is called in a fault.
    """
    try:
        archive = zipfile.ZipFile(file)
        found = archive.infolist()
    except _BAD:
        faults.append(Fault("no_zip", place))
        return
    with archive:
        if len(found) > _MEMBERS:
            faults.append(Fault("too_many", place))
            found = found[:_MEMBERS]
        digests = _digests(archive)
        for info in found:
            path = info.filename
            name = path.replace("\\", "/").rpartition("/")[2]
            within = name.lower().endswith(".zip") and not path.startswith("__MACOSX/")
            if _leaves(path):
                faults.append(Fault("leaves", place, (("member", path),)))
            elif within and inner:
                faults.append(Fault("too_deep", f"{place}/{path}"))
            elif within or is_answers(name) or name == LABEL:
                try:
                    octets = _octets(archive, info, _INNER if within else None)
                except Unreadable as error:
                    faults.append(Fault(str(error.args[0]), f"{place}/{path}"))
                    continue
                if within:
                    beneath = members(io.BytesIO(octets), f"{place}/{path}", faults, inner=True)
                    yield from (each._replace(path=f"{path}/{each.path}") for each in beneath)
                    continue
                if digests.get(path, hashlib.sha256(octets).hexdigest()) != hashlib.sha256(octets).hexdigest():
                    faults.append(Fault("changed", f"{place}/{path}"))
                yield Member(path, octets)


def _octets(archive: zipfile.ZipFile, info: zipfile.ZipInfo, most: int | None = None) -> bytes:
    try:
        with archive.open(info) as file:
            return read_from(file) if most is None else read_from(file, most)  # type: ignore[arg-type]
    except _BAD as error:
        raise Unreadable("damaged_member") from error


def _digests(archive: zipfile.ZipFile) -> dict[str, str]:
    """Return the digests that a hand-in lists, by member."""
    try:
        text = _octets(archive, archive.getinfo(DIGESTS)).decode()
    except (KeyError, Unreadable, ValueError):
        return {}
    pairs = (line.partition("  ") for line in text.splitlines())
    return {member: digest for digest, _, member in pairs}


def _leaves(path: str) -> bool:
    """Return whether a member's path leads out of the folder that one would unpack it into."""
    path = path.replace("\\", "/")
    return path.startswith("/") or ".." in path.split("/") or path[1:2] == ":"
