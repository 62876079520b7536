"""What a learner hands in, as one zip: the answers, the progress page, the lessons written in, a list of digests."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from smtplab.course.classroom.files import DIGESTS, JOINERS, LABEL
from smtplab.course.disk import write_new
from smtplab.course.lessons import changed_lessons
from smtplab.course.logbook import FILE, logbook
from smtplab.course.progress import progress
from smtplab.course.record import Record, write_record
from smtplab.errors import LessonError
from smtplab.text.language import resolve
from smtplab.text.sentences import Sentences
from smtplab.text.texts import Texts

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

_say = Sentences("course/errors")


PAGE = "progress.html"
VERSION = 1
_DATE = (1980, 1, 1, 0, 0, 0)


_MEMBERS = {FILE: "hand_in_answers", PAGE: "hand_in_page", DIGESTS: "hand_in_digests"}


@dataclass(frozen=True, repr=False)
class HandIn:
    """What is to be handed in. It says what that is; `save(file)` writes it.

    members: the octets of each file in it, by name. answered: how many exercises have been answered. name: of the
    learner, or "". lang: the language in which it tells what is in it.
    """

    members: Mapping[str, bytes]
    answered: int
    name: str = ""
    lang: str = ""

    def __repr__(self) -> str:
        return str(self)

    def __str__(self) -> str:
        say = Texts("course/classroom/texts", self.lang or None)
        told = {LABEL: say("hand_in_label", name=self.name) if self.name else say("hand_in_no_name")}
        told |= {name: say(key, **({"count": self.answered} if name == FILE else {})) for name, key in _MEMBERS.items()}
        notebook = say("hand_in_notebook")
        lines = (f"  {name} ({len(octets)}): {told.get(name, notebook)}" for name, octets in self.members.items())
        return "\n".join((say("hand_in_holds"), *lines))

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

    def save(self, file: str | os.PathLike[str] = "smtplab-hand-in.zip") -> Path:
        """Write the zip and return its path. A file that is there stays: another name is chosen then.

        Raises OSError where it cannot be written.
        """
        return write_new(Path(file), self.octets())


def hand_in(
    directory: Path | None = None, *, name: str = "", notebooks: bool = True, lang: str | None = None
) -> HandIn:
    """Return what there is to hand in; nothing is written.

    directory: where the lessons and the answers are; else the current one, and the answers' file that
      SMTPLAB_PROGRESS names. name: of the learner, as the report shows it. notebooks: put in the lessons that have
      been written in, without what their cells showed.
    lang: such as "es", else the language that is set. Raises UnknownName for an unknown one.
    Raises LessonError where nothing has been answered and no lesson been written in.
    """
    lang, name = resolve(lang), "".join(char for char in name if char.isprintable() or char in JOINERS).strip()
    directory = None if directory is None else Path(directory)
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
    return HandIn(members, sum(bool(history.tries) for history in histories.values()), name, lang)
