"""Lessons as assignments of an nbgrader course: what is asked is locked, and each exercise is graded by its answers."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from smtplab.course.classroom.key import answer_code, code_cell, source_of, steps
from smtplab.course.disk import write_new
from smtplab.course.exercises import exercise
from smtplab.course.lessons import learners_copy, written
from smtplab.errors import LessonError
from smtplab.text.sentences import Sentences
from smtplab.text.texts import Texts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.resources.abc import Traversable
    from pathlib import Path

_say = Sentences("course/errors")

CONFIG = "nbgrader_config.py"
BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
"""Between these nbgrader takes out what learners do not get."""

_CONFIG = '''\
"""An nbgrader course of smtplab's lessons: run nbgrader in this directory."""

import os
import sys

c = get_config()  # noqa: F821  nbgrader's own
c.CourseDirectory.course_id = {course}
c.ClearSolutions.code_stub = {{"python": ""}}  # the default one raises an error, at which Run All stops
c.Execute.timeout = 120
# nbgrader runs alembic by its name, which lies beside Python
os.environ["PATH"] = os.pathsep.join([os.path.dirname(sys.executable), os.environ.get("PATH", "")])
'''


def write_course(
    directory: Path, lessons: Sequence[Traversable], lang: str, *, predictions: str = "made"
) -> tuple[Path, ...]:
    """Write an nbgrader course, an assignment for each lesson, and return the paths of what was written.

    predictions: what a prediction is worth, as `smtplab.points` has it. A configuration that is there stays.
    Raises LessonError where an assignment is there already, and OSError where one cannot be written.
    """
    places = [directory / "source" / f"lesson-{int(lesson.name.partition('-')[0])}" for lesson in lessons]
    for place in places:
        if place.exists():
            raise LessonError(_say("assignment_exists", lang, place=place))
    paths = []
    for place, lesson in zip(places, lessons, strict=True):
        place.mkdir(parents=True)
        paths.append(write_new(place / lesson.name, assignment(lesson, lang, predictions=predictions)))
    if not (directory / CONFIG).exists():
        name = re.sub(r"[^\w-]", "-", directory.absolute().name)
        paths.append(write_new(directory / CONFIG, _CONFIG.format(course=json.dumps(name)).encode()))
    return tuple(paths)


def assignment(lesson: Traversable, lang: str, *, predictions: str = "made") -> bytes:
    """Return a lesson as the source of an assignment: a notebook with its solutions and its graded cells."""
    notebook: dict[str, Any] = json.loads(learners_copy(lesson))
    cells: list[dict[str, Any]] = []
    for step in steps(notebook, lang):
        first, *rest = step.cells
        if step.exercise:
            grade_id = grade_id_of(step.exercise)
            first = {
                **first,
                "metadata": {**first["metadata"], "nbgrader": _marks(f"{grade_id}-question", locked=True)},
            }
            cells += [first, *rest, *_graded(step.exercise, grade_id, lang, predictions)]
        else:
            if first["cell_type"] == "code" and source_of(first).startswith("import smtplab\n"):
                marks = _marks(f"start-{lesson.name.partition('-')[0]}", locked=True)
                first = {**first, "metadata": {**first["metadata"], "nbgrader": marks}}
            cells.append(first)
    return written({**notebook, "cells": cells})


def grade_id_of(exercise_id: str) -> str:
    """Return the grade id of an exercise: its own, with a hyphen for the dot, which nbgrader's forms do not take."""
    return exercise_id.replace(".", "-")


def _graded(exercise_id: str, grade_id: str, lang: str, predictions: str) -> list[dict[str, Any]]:
    """Return the cell for the answer, with the solution, and the locked one that grades it."""
    asked, say = exercise(exercise_id, lang), Texts("course/classroom/texts", lang)
    invitation = say("answer_function" if asked.name else "answer_above", exercise=exercise_id)
    solved = f"# {invitation}\n{BEGIN}\n{answer_code(exercise_id, lang)}\n{END}"
    given = f', globals().get("{asked.name}")' if asked.name else ""  # a name that is not there is no error
    worth = f', predictions="{predictions}"' if asked.prediction and predictions != "made" else ""
    return [
        code_cell(f"{grade_id}-answer", solved, nbgrader=_marks(f"{grade_id}-answer", solution=True)),
        code_cell(
            f"{grade_id}-points", f'smtplab.points("{exercise_id}"{given}{worth})',
            nbgrader={**_marks(grade_id, grade=True, locked=True), "points": 1},
        ),
    ]  # fmt: skip


def _marks(grade_id: str, *, grade: bool = False, locked: bool = False, solution: bool = False) -> dict[str, Any]:
    return {"grade": grade, "grade_id": grade_id, "locked": locked, "schema_version": 3, "solution": solution,
            "task": False}  # fmt: skip
