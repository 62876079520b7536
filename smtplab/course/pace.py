"""How long a lesson takes: from its words, its cells and its exercises, by the rates below.

The rates are estimates of ours, for a newcomer who reads each sentence, runs each cell and thinks before answering:
nobody has measured them. They make some six hours of the whole course, as an estimate from outside did too.
"""

from __future__ import annotations

import math
import re

from smtplab.course.exercises import exercise

WORDS = 120
"""Words of technical prose a minute, read to be understood."""

CELL = 0.5
"""Minutes for a code cell: running it, and reading what it shows."""

LOOKED_AT = {"console": 2.0, "gallery": 6.0, "side_by_side": 1.5, "anatomy": 1.0, "sequence": 1.0, "status": 1.0,
             "review": 4.0}  # fmt: skip
"""Minutes for a cell with a widget that one explores, by its function."""

EXERCISE = {"code": 1.0, "choice": 1.5, "command": 1.5, "parts": 3.0, "text": 4.0, "function": 15.0}
"""Minutes for an exercise by its kind: its question, the answer, and what is said to it."""

ITEM = 0.4
"""Minutes for each item of an exercise of kind `sort`, which has as many as it has."""

_CALL = re.compile(r"^(?:\w+ = )?smtplab\.(\w+)\(\s*(?:\"([^\"]+)\")?", re.MULTILINE)


def of_text(text: str) -> float:
    """Return the minutes to read a text cell; the addresses of its links are not read."""
    return len(re.findall(r"[\w§]+(?:[.'-]\w+)*", re.sub(r"\]\([^)]*\)", "]", text))) / WORDS


def of_code(code: str) -> float:
    """Return the minutes for a code cell: an exercise's, a widget's that is explored, or any other's."""
    for function, name in _CALL.findall(code):
        if function == "exercise":
            return of_exercise(name)
        if function in LOOKED_AT:
            return LOOKED_AT[function]
    return CELL


def of_exercise(exercise_id: str) -> float:
    """Return the minutes for an exercise. Raises UnknownName."""
    asked = exercise(exercise_id, "en")
    return ITEM * len(asked.items) if asked.kind == "sort" else EXERCISE[asked.kind]


def whole(minutes: float) -> int:
    """Return minutes as a lesson states them: whole ones, rounded up at the half, and never none."""
    return max(1, math.floor(minutes + 0.5))
