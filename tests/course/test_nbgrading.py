"""Grading: points come from answers that are judged again, and an assignment hands out no solution."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import pytest

import smtplab
from smtplab import cli
from smtplab.course.attempts import Attempt, History
from smtplab.course.classroom.checking import _told as told
from smtplab.course.classroom.key import source_of
from smtplab.course.classroom.nbgrading import BEGIN, CONFIG, END, assignment, grade_id_of
from smtplab.course.exercises import exercise, exercises
from smtplab.course.lessons import lessons
from smtplab.course.logbook import FILE
from smtplab.course.record import Record, write_record
from smtplab.errors import UnknownName
from smtplab.text.language import LANGUAGES
from tests.helpers.wheel import make_wheel

if TYPE_CHECKING:
    from pathlib import Path


def test_points_of_what_was_answered(here: Path) -> None:
    """A point where an answer was right, none before; a prediction's by the way it is counted."""
    assert (smtplab.points("01.rcpt"), smtplab.points("01.help")) == (0.0, 0.0)
    smtplab.check("01.rcpt", "RCPT")
    assert smtplab.points("01.rcpt") == 0.0
    smtplab.check("01.rcpt", "HELP RCPT")
    smtplab.check("01.help", "211")
    smtplab.check("01.help", "214")
    assert smtplab.points("01.rcpt") == 1.0
    assert smtplab.points("01.help") == 1.0
    assert smtplab.points("01.help", predictions="first") == 0.5
    kept = (here / FILE).read_bytes()
    assert smtplab.points("01.rcpt", "NOOP") == 0.0
    assert (here / FILE).read_bytes() == kept


@pytest.mark.parametrize("name", exercises())
def test_a_claim_is_worth_nothing(here: Path, name: str) -> None:
    """A file that says that an exercise was right, with an answer that is not, or with none, gives no point."""
    claims = [Attempt("2026-11-20T10:00:00Z", answer, "right", right=True) for answer in ("forged", ("x",), None)]
    history = History()
    for claim in claims:
        history = history.with_attempt(claim)
    (here / FILE).write_bytes(write_record(Record({name: history})))
    assert smtplab.points(name) == 0.0


def test_a_variant_is_another_question(here: Path) -> None:
    """Only the lesson's own question counts: an answer to a variant gives no point."""
    smtplab.check("01.help", "214", seed=1)
    assert smtplab.points("01.help") == 0.0


def test_points_of_a_function(capsys: pytest.CaptureFixture[str]) -> None:
    """A function is judged as it is; one that fails, warns or is missing gives none, and nothing goes to stderr."""

    def good(octets: bytes) -> int:
        at = 0
        while (end := octets.find(b"\r\n", at)) != -1:
            if octets[at + 3 : at + 4] != b"-":
                return end + 2
            at = end + 2
        return -1

    def noisy(_octets: bytes) -> int:
        print("x", file=sys.stderr)
        raise RuntimeError

    assert [smtplab.points("02.end", each) for each in (good, noisy, None, "no function")] == [1.0, 0.0, 0.0, 0.0]
    assert capsys.readouterr().err == ""


def test_wrong_names_are_named() -> None:
    """An unknown exercise, and another worth of predictions, get an error that lists what there is."""
    with pytest.raises(UnknownName, match=r"99\.x"):
        smtplab.points("99.x")
    with pytest.raises(UnknownName, match="made, first"):
        smtplab.points("01.help", predictions="all")


def test_answers_in_a_courses_source_stay_in_memory(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each file in `source` is handed out by nbgrader: a teacher's answers there are in no file, elsewhere they are."""
    place = here / "source" / "lesson-1"
    place.mkdir(parents=True)
    monkeypatch.chdir(place)
    smtplab.check("01.rcpt", "HELP RCPT")
    assert (place / FILE).exists()
    (place / FILE).unlink()
    (here / CONFIG).touch()
    smtplab.check("01.rcpt", "HELP RCPT")
    assert smtplab.points("01.rcpt") == 1.0
    assert list(place.iterdir()) == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_assignment_grades_each_exercise(lang: str) -> None:
    """Each exercise is locked, answered between the marks, and graded once by a locked cell; no two cells share ids."""
    for lesson in lessons(lang):
        cells = json.loads(assignment(lesson, lang))["cells"]
        marked = [(cell, cell["metadata"]["nbgrader"]) for cell in cells if "nbgrader" in cell["metadata"]]
        assert len({marks["grade_id"] for _, marks in marked}) == len(marked)
        assert len({cell["id"] for cell in cells}) == len(cells)
        number = lesson.name.partition("-")[0]
        graded = {marks["grade_id"]: source_of(cell) for cell, marks in marked if marks["grade"]}
        assert list(graded) == [grade_id_of(name) for name in exercises(number)]
        for cell, marks in marked:
            assert marks["locked"] is not marks["solution"]
            assert (BEGIN in source_of(cell) and END in source_of(cell)) is marks["solution"]
        for name in exercises(number):
            assert ("globals()" in graded[grade_id_of(name)]) is bool(exercise(name, lang).name)


def test_a_course_is_written_once(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`class nbgrader` writes assignments and a configuration; what is there stays, a second such one is named."""
    assert cli.run(["class", "nbgrader", "course", "--lessons", "1", "--lang", "es"]) == 0
    (here / "course" / CONFIG).write_text("mine")
    assert cli.run(["class", "nbgrader", "course", "--lessons", "3,4", "--predictions", "first"]) == 0
    assert (here / "course" / CONFIG).read_text() == "mine"
    names = sorted(path.relative_to(here / "course" / "source").as_posix() for path in here.rglob("*.ipynb"))
    assert names == ["lesson-1/01-first-contact.ipynb", "lesson-3/03-help-and-214.ipynb",
                     "lesson-4/04-status-and-211.ipynb"]  # fmt: skip
    text = (here / "course/source/lesson-3/03-help-and-214.ipynb").read_text("utf-8")
    assert json.dumps('smtplab.points("03.inside", predictions="first")') in text
    capsys.readouterr()
    assert cli.run(["class", "nbgrader", "course", "--lessons", "1"]) == 2
    assert "lesson-1" in capsys.readouterr().err


def test_a_release_that_tells_is_named(tmp_path: Path) -> None:
    """A solution left in what learners get, an output and a file beside it are each found."""
    (tmp_path / FILE).write_text("{}")
    cell: dict[str, Any] = {
        "cell_type": "code",
        "source": f'{BEGIN}\nprint(smtplab.check("01.rcpt", "HELP RCPT", lab))',
    }
    (tmp_path / "a.ipynb").write_text(json.dumps({"cells": [{**cell, "outputs": []}]}))
    (tmp_path / "b.ipynb").write_text(json.dumps({"cells": [{"source": "1", "outputs": [{"text": "1"}]}]}))
    assert list(told(tmp_path)) == ["a.ipynb: 01.rcpt", f"a.ipynb: {BEGIN}", "b.ipynb: outputs", FILE]


def test_without_nbgrader_or_a_course_it_says_so(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`class check` names what is missing, and ends with status 2."""
    assert cli.run(["class", "check", str(here)]) == 2
    wanted = "has no assignments" if find_spec("nbgrader") else "nbgrader is not installed"
    assert wanted in capsys.readouterr().err


@pytest.mark.slow
def test_it_works_from_a_wheel(tmp_path: Path) -> None:
    """Lessons, their key and an nbgrader course are made from a wheel alone."""
    environment = {**os.environ, "PYTHONPATH": str(make_wheel(tmp_path))}
    for arguments in (
        ["lessons", "key", "--only", "1", "--solutions"],
        ["class", "nbgrader", "course", "--lessons", "8"],
    ):
        subprocess.run([sys.executable, "-m", "smtplab", *arguments], env=environment, cwd=tmp_path, check=True)
    assert (tmp_path / "key" / "01-first-contact.key.ipynb").exists()
    assert (tmp_path / "course/source/lesson-8/08-build-a-server.ipynb").exists()


@pytest.mark.slow
@pytest.mark.skipif(find_spec("nbgrader") is None, reason="nbgrader is not installed")
@pytest.mark.timeout(900)
def test_nbgrader_itself_grades_it(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With a real nbgrader the key gets every point, an untouched copy and a forged file none."""
    assert cli.run(["class", "nbgrader", "course", "--lessons", "1"]) == 0
    assert cli.run(["class", "check", "course"]) == 0
    assert "the key 3 of 3 points, an untouched copy 0, a forged file 0" in capsys.readouterr().out
