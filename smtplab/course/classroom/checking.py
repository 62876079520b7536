"""An nbgrader course tried out elsewhere: the key gets every point, an untouched copy and a forged one get none."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from smtplab.course.attempts import Attempt, History
from smtplab.course.classroom.key import answer_code, source_of
from smtplab.course.classroom.nbgrading import BEGIN, CONFIG
from smtplab.course.exercises import exercises
from smtplab.course.logbook import FILE
from smtplab.course.record import Record, write_record
from smtplab.errors import LessonError
from smtplab.text.language import LANGUAGES
from smtplab.text.sentences import Sentences

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_say = Sentences("course/errors")

KEY, UNTOUCHED, FORGED = "key", "untouched", "forged"
"""The learners of the trial: one answers as the key does, one nothing, one forges a file that claims all."""

_WHY = 300


class Trial(NamedTuple):
    """What an assignment's trial gave: points by learner, the points there are, and what the release tells too much.

    told: file names of the release, each with what stands in it that learners must not get.
    """

    assignment: str
    points: dict[str, float]
    full: float
    told: tuple[str, ...]

    @property
    def good(self) -> bool:
        """Whether the key gets every point, nobody else any, and the release tells nothing."""
        others = self.points[UNTOUCHED], self.points[FORGED]
        return self.points[KEY] == self.full > 0 and others == (0, 0) and not self.told


def check_course(directory: Path, *, say: Callable[[str], None] = lambda _name: None) -> tuple[Trial, ...]:
    """Try an nbgrader course, each assignment of it, in a directory elsewhere; nothing is written into its own.

    say: is told the name of each assignment before it is tried, which takes nbgrader a minute.
    Raises LessonError where there is no nbgrader or no assignment, or where nbgrader fails.
    """
    if find_spec("nbgrader") is None:
        raise LessonError(_say("no_nbgrader"))
    names = sorted(path.name for path in (directory / "source").glob("*") if path.is_dir())
    if not names or not (directory / CONFIG).is_file():
        raise LessonError(_say("no_assignments", directory=directory))
    with tempfile.TemporaryDirectory(prefix="smtplab-check-") as elsewhere:
        course = Path(elsewhere)
        shutil.copy(directory / CONFIG, course)
        shutil.copytree(directory / "source", course / "source")
        for name in names:
            say(name)
            _nbgrader(course, "generate_assignment", name)
            _submit(course, name)
            _nbgrader(course, "autograde", name)
        _nbgrader(course, "export", "--to=grades.csv")
        with (course / "grades.csv").open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        return tuple(_trial(course, name, rows) for name in names)


def _submit(course: Path, name: str) -> None:
    for learner, work in ((KEY, "source"), (UNTOUCHED, "release"), (FORGED, "release")):
        shutil.copytree(course / work / name, course / "submitted" / learner / name)
        (course / "submitted" / learner / name / FILE).unlink(missing_ok=True)
    claim = History().with_attempt(Attempt("2026-01-01T00:00:00Z", "forged", "right", right=True))
    forged = write_record(Record(dict.fromkeys(exercises(), claim)))
    (course / "submitted" / FORGED / name / FILE).write_bytes(forged)


def _trial(course: Path, name: str, rows: list[dict[str, str]]) -> Trial:
    mine = [row for row in rows if row["assignment"] == name]
    points = {
        row["student_id"]: float(row["score"] or 0) for row in mine if row["student_id"] in (KEY, UNTOUCHED, FORGED)
    }
    full = max((float(row["max_score"]) for row in mine), default=0.0)
    return Trial(
        name, dict.fromkeys((KEY, UNTOUCHED, FORGED), 0.0) | points, full, tuple(_told(course / "release" / name))
    )


def _told(release: Path) -> Iterator[str]:
    """Yield each file of a release that tells too much, with what it tells."""
    solved = {name: answer_code(name, lang) for lang in LANGUAGES for name in exercises()}
    for path in sorted(release.rglob("*")):
        if path.is_dir():
            continue
        if path.suffix != ".ipynb":
            yield path.name
            continue
        cells = json.loads(path.read_bytes())["cells"]
        text = "\n".join(map(source_of, cells))
        yield from (f"{path.name}: {name}" for name, code in solved.items() if code in text)
        if BEGIN in text or any(cell.get("outputs") for cell in cells):
            yield f"{path.name}: {BEGIN if BEGIN in text else 'outputs'}"


def _nbgrader(course: Path, *command: str) -> None:
    """Run nbgrader in a course. Raises LessonError where it fails."""
    environment = {key: value for key, value in os.environ.items() if key != "SMTPLAB_PROGRESS"}
    done = subprocess.run(  # noqa: S603  this very Python, and names of ours
        [sys.executable, "-m", "nbgrader", *command], cwd=course, env=environment, capture_output=True, check=False,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip
    if done.returncode:
        why = done.stderr.decode("utf-8", "replace").strip()[-_WHY:]
        raise LessonError(_say("nbgrader_failed", command=" ".join(command), why=why))
