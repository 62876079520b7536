"""Copying lessons that was cut short is gone on with, and nothing that was copied is taken for the learner's work."""

from __future__ import annotations

from typing import TYPE_CHECKING

import nbformat
import pytest

from smtplab.course import lessons
from smtplab.errors import LessonError

if TYPE_CHECKING:
    from pathlib import Path


def notebook(text: str) -> str:
    """Make a notebook of one cell."""
    return nbformat.writes(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text, id="a")]))


def test_what_was_copied_before_the_fault_is_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the second lesson cannot be written, the first is known as a copy: its new version takes its place."""
    shipped, mine = tmp_path / "shipped", tmp_path / "mine"
    shipped.mkdir()
    for name in ("01-one", "02-two"):
        (shipped / f"{name}.ipynb").write_text(notebook(name))
    monkeypatch.setattr(lessons, "lessons", lambda _lang=None: tuple(sorted(shipped.glob("*.ipynb"))))
    write = lessons._write

    def refuse(path: Path, octets: bytes) -> None:
        if path.name == "02-two.ipynb":
            raise LessonError("no room")
        write(path, octets)

    with monkeypatch.context() as patch:
        patch.setattr(lessons, "_write", refuse)
        with pytest.raises(LessonError, match="no room"):
            lessons.copy_lessons(mine)
    (shipped / "01-one.ipynb").write_text(notebook("newer"))
    assert lessons.copy_lessons(mine) == lessons.Report(copied=("02-two.ipynb",), renewed=("01-one.ipynb",))
