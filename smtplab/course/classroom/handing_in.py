"""What a learner hands in, as one zip: the answers, the progress page, the lessons written in, a list of digests."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from smtplab.course.classroom.files import DIGESTS, LABEL
from smtplab.course.disk import write_new
from smtplab.course.lessons import changed_lessons
from smtplab.course.logbook import FILE, logbook
from smtplab.course.progress import progress
from smtplab.course.record import Record, write_record
from smtplab.errors import LessonError
from smtplab.text.language import resolve
from smtplab.text.sentences import Sentences

if TYPE_CHECKING:
    from collections.abc import Mapping

_say = Sentences("course/errors")


PAGE = "progress.html"
VERSION = 1
_DATE = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class HandIn:
    """What is to be handed in: each member's octets by its name, and how many exercises have been answered."""

    members: Mapping[str, bytes]
    answered: int

    @property
    def notebooks(self) -> tuple[str, ...]:
        """The names of the lessons in it."""
        return tuple(name for name in self.members if name.endswith(".ipynb"))

    def octets(self) -> bytes:
        """Return the zip: the same members give the same octets."""
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, octets in self.members.items():
                archive.writestr(zipfile.ZipInfo(name, _DATE), octets, zipfile.ZIP_DEFLATED)
        return buffer.getvalue()

    def save(self, path: Path) -> Path:
        """Write the zip, under another name where there is such a file by now; return its path. Raises OSError."""
        return write_new(path, self.octets())


def hand_in(
    directory: Path | None = None, *, name: str = "", notebooks: bool = True, lang: str | None = None
) -> HandIn:
    """Return what there is to hand in; nothing is written.

    directory: where the lessons and the answers are; else the current one, and the answers' file that
      SMTPLAB_PROGRESS names. name: of the learner, as the report shows it. notebooks: put in the lessons that have
      been written in, without what their cells showed.
    Raises LessonError where nothing has been answered and no lesson been written in.
    """
    lang = resolve(lang)
    histories = logbook(directory).histories()
    changed = changed_lessons(directory or Path()) if notebooks else {}
    if not histories and not changed:
        raise LessonError(_say("nothing_to_hand_in", lang, directory=directory or Path().absolute()))
    label = {"version": VERSION, "name": name, "lang": lang}
    members = {
        LABEL: json.dumps(label, ensure_ascii=False).encode() + b"\n",
        FILE: write_record(Record(histories)),
        PAGE: progress(directory, lang=lang).page(name=name).encode(),
        **changed,
    }
    lines = (f"{hashlib.sha256(octets).hexdigest()}  {member}\n" for member, octets in members.items())
    members[DIGESTS] = "".join(lines).encode()
    return HandIn(members, sum(bool(history.tries) for history in histories.values()))
