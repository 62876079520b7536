"""The teacher's key: a lesson in which each exercise is answered, with the reason. Made from what the package holds."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from smtplab.course.disk import write_new
from smtplab.course.exercises import exercise
from smtplab.course.hints import solution
from smtplab.course.lessons import learners_copy, written
from smtplab.text.texts import Texts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.resources.abc import Traversable
    from pathlib import Path

Cell = dict[str, Any]

_EXERCISE = re.compile(r'^smtplab\.exercise\("([^"]+)"', re.MULTILINE)


class Step(NamedTuple):
    """A piece of a lesson: the cell that puts an exercise, and those in which it is answered; or one other cell.

    exercise: its id, "" for another cell.
    """

    cells: tuple[Cell, ...]
    exercise: str = ""


def steps(notebook: dict[str, Any], lang: str) -> Iterator[Step]:
    """Return a lesson's cells in order, those of an exercise together: its own, and those that begin its function."""
    cells = list(notebook["cells"])
    while cells:
        cell = cells.pop(0)
        put = _EXERCISE.search(source_of(cell)) if cell["cell_type"] == "code" else None
        if put is None:
            yield Step((cell,))
            continue
        name, own = exercise(put[1], lang).name, [cell]
        while name and cells and cells[0]["cell_type"] == "code" and _is_about(source_of(cells[0]), put[1], name):
            own.append(cells.pop(0))
        yield Step(tuple(own), put[1])


def answer_code(exercise_id: str, lang: str) -> str:
    """Return the source of a cell that answers an exercise rightly."""
    found = solution(exercise_id, lang)
    if found.code:
        return f"{found.code.strip()}\n\n\nprint({exercise(exercise_id, lang).call})"
    answer = list(found.answer) if isinstance(found.answer, tuple) else found.answer
    return f"print(smtplab.check({json.dumps(exercise_id)}, {json.dumps(answer, ensure_ascii=False)}, lab))"


def code_cell(cell_id: str, source: str, **metadata: Any) -> Cell:
    """Return a code cell that has not run."""
    return {"cell_type": "code", "id": cell_id, "metadata": metadata, "source": source, "outputs": [],
            "execution_count": None}  # fmt: skip


def source_of(cell: Cell) -> str:
    """Return a cell's source as one text."""
    source = cell["source"]
    return source if isinstance(source, str) else "".join(source)


def key_of(lesson: Traversable, lang: str) -> bytes:
    """Return the key of a lesson as a notebook: below each exercise a cell that answers it, and why that is right."""
    notebook: dict[str, Any] = json.loads(learners_copy(lesson))
    say = Texts("course/classroom/texts", lang)
    cells: list[Cell] = []
    for step in steps(notebook, lang):
        cells += step.cells
        if step.exercise:
            stem, reason = step.exercise.replace(".", "-").replace("_", "-"), solution(step.exercise, lang).reason
            cells.append(code_cell(f"{stem}-answer", answer_code(step.exercise, lang)))
            why = {"cell_type": "markdown", "id": f"{stem}-reason", "metadata": {}}
            cells.append({**why, "source": say("key_reason", reason=_plain(reason))})
    return written({**notebook, "cells": cells})


def write_key(directory: Path, lesson: Traversable, lang: str) -> Path:
    """Write the key of a lesson into a directory, under a name that nothing has, and return its path.

    Raises OSError where it cannot be written.
    """
    directory.mkdir(parents=True, exist_ok=True)
    stem, _, suffix = lesson.name.rpartition(".")
    return write_new(directory / f"{stem}.{Texts('course/classroom/texts', lang)('key_name')}.{suffix}",
                     key_of(lesson, lang))  # fmt: skip


def _is_about(source: str, exercise_id: str, name: str) -> bool:
    return (
        f'check("{exercise_id}"' in source
        or re.search(rf"^(?:def|class) {re.escape(name)}\b", source, re.MULTILINE) is not None
    )


def _plain(text: str) -> str:
    """Return text as Markdown shows it unchanged."""
    return re.sub(r"([\\`*_<>\[\]$#|~])", r"\\\1", text)
