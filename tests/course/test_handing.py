"""Handing out and in: lessons and their key; what a learner hands in, whole, named and nothing else."""

from __future__ import annotations

import hashlib
import json
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

import smtplab
from smtplab import cli
from smtplab.course.classroom.key import answer_code, key_of, source_of, steps
from smtplab.course.exercises import exercises
from smtplab.course.lessons import learners_copy, lessons
from smtplab.course.logbook import FILE
from smtplab.text.language import LANGUAGES

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a directory with lesson 1 in it, written in, and two answers."""
    monkeypatch.delenv("SMTPLAB_PROGRESS")
    monkeypatch.chdir(tmp_path)
    assert cli.run(["lessons", ".", "--only", "1,3"]) == 0
    smtplab.check("01.help", "250")
    smtplab.check("01.rcpt", "HELP RCPT")
    path = tmp_path / "01-first-contact.ipynb"
    notebook = json.loads(path.read_text("utf-8"))
    notebook["cells"][1]["source"] = ["lab.send('VRFY')"]
    notebook["cells"][1]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": str(tmp_path)}]
    path.write_text(json.dumps(notebook), "utf-8")
    return tmp_path


@pytest.mark.parametrize("name", exercises())
def test_the_key_answers_each_exercise(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The cell that the key has below an exercise answers it rightly."""
    with smtplab.start(carrier="memory") as lab:
        names: dict[str, Any] = {"smtplab": smtplab, "lab": lab}
        exec(answer_code(name, "en"), names)
    assert capsys.readouterr().out.startswith("Right.")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_key_keeps_the_lesson(lang: str) -> None:
    """Each exercise has its answer and its reason below it, in every lesson; all other cells stay in their order."""
    answered = []
    for lesson in lessons(lang):
        before = [source_of(cell) for cell in json.loads(learners_copy(lesson))["cells"]]
        cells = json.loads(key_of(lesson, lang))["cells"]
        assert len({cell["id"] for cell in cells}) == len(cells)
        added = [cell for cell in cells if cell["id"].endswith(("-answer", "-reason"))]
        assert [source_of(cell) for cell in cells if cell not in added] == before
        answered += [step.exercise for step in steps(json.loads(learners_copy(lesson)), lang) if step.exercise]
        assert len(added) == 2 * sum(bool(step.exercise) for step in steps({"cells": cells}, lang))
    assert sorted(answered) == sorted(exercises())


def test_lessons_are_copied_and_nothing_is_opened(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`lessons` copies those that are named, says which are there already, and names one that there is not."""
    assert cli.run(["lessons", str(tmp_path), "--only", "1, 03"]) == 0
    assert sorted(path.name for path in tmp_path.glob("*.ipynb")) == ["01-first-contact.ipynb", "03-help-and-214.ipynb"]
    assert cli.run(["lessons", str(tmp_path), "--only", "1"]) == 0
    assert "01-first-contact.ipynb is there already" in capsys.readouterr().out
    assert cli.run(["lessons", str(tmp_path), "--only", "9"]) == 2
    assert "9" in capsys.readouterr().err


def test_a_key_replaces_nothing(tmp_path: Path) -> None:
    """A key is written under a name of its own, a second one under another."""
    for _ in range(2):
        assert cli.run(["lessons", str(tmp_path), "--only", "1", "--solutions", "--lang", "es"]) == 0
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["01-first-contact.clave-2.ipynb", "01-first-contact.clave.ipynb"]


def test_a_hand_in_holds_what_it_says(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The zip holds the answers, the page, the lesson written in and the digests; each is named first, none else."""
    capsys.readouterr()
    assert cli.run(["hand-in", "--name", "Ána <b>"]) == 0
    said = capsys.readouterr().out
    with zipfile.ZipFile(home / "smtplab-hand-in.zip") as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    assert list(held) == ["hand-in.json", FILE, "progress.html", "01-first-contact.ipynb", "SHA256SUMS"]
    assert all(f"  {name} ({len(octets)}): " in said for name, octets in held.items())
    assert json.loads(held["hand-in.json"])["name"] == "Ána <b>"
    answers = json.loads(held[FILE])["answers"]
    assert [answers[name]["attempts"][0]["answer"] for name in ("01.help", "01.rcpt")] == ["250", "HELP RCPT"]
    assert b"VRFY" in held["01-first-contact.ipynb"]
    assert str(home).encode() not in b"".join(held.values())
    for line in held["SHA256SUMS"].decode().splitlines():
        digest, _, name = line.partition("  ")
        assert hashlib.sha256(held[name]).hexdigest() == digest


def test_a_hand_in_overwrites_nothing(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file of that name stays, and the command says so; lessons are left out where that is wished."""
    (home / "mine.zip").write_text("mine")
    assert cli.run(["hand-in", "--out", "mine.zip"]) == 2
    assert "mine.zip" in capsys.readouterr().err
    assert (home / "mine.zip").read_text() == "mine"
    assert cli.run(["hand-in", "--answers-only", "--lang", "es"]) == 0
    with zipfile.ZipFile(home / "smtplab-hand-in.zip") as archive:
        assert "01-first-contact.ipynb" not in archive.namelist()


def test_nothing_to_hand_in(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where nothing was answered and nothing written, that is said, and no file appears."""
    assert cli.run(["hand-in", "--dir", str(tmp_path)]) == 2
    assert "nothing to hand in" in capsys.readouterr().err
    assert cli.run(["hand-in", "--dir", str(tmp_path / "no")]) == 2
    assert list(tmp_path.iterdir()) == []


def test_a_notebook_hands_in_too(home: Path) -> None:
    """`hand_in` says what is in it, as text, and writes nothing before it is told to; then never over a file."""
    found = smtplab.hand_in(name="Ana", lang="es")
    assert "01-first-contact.ipynb (" in repr(found)
    assert "el nombre indicado: Ana" in str(found)
    assert not list(home.glob("*.zip"))
    assert [found.save().name for _ in range(2)] == ["smtplab-hand-in.zip", "smtplab-hand-in-2.zip"]
