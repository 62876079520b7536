"""How long a lesson takes, from its words, its cells and its exercises; and the lines that tell it, and what is core.

The rates are estimates of ours, for a newcomer who reads each sentence, runs each cell and thinks before answering:
nobody has measured them. They make some six hours of the whole course, as an estimate from outside did too.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from smtplab.course.exercises import exercise
from smtplab.text.texts import Texts

if TYPE_CHECKING:
    from collections.abc import Sequence

PARTS = ("core", "deeper")
"""What a section of a lesson may be."""

WORDS = 120
"""Words of technical prose a minute, read to be understood."""

CELL = 0.5
"""Minutes for a code cell: running it, and reading what it shows."""

LOOKED_AT = {"console": 2.0, "gallery": 6.0, "side_by_side": 1.5, "anatomy": 1.0, "sequence": 1.0, "status": 1.0}
"""Minutes for a cell with a widget that one explores, by its function; a review is another day's."""

EXERCISE = {"code": 1.0, "choice": 1.5, "command": 1.5, "parts": 3.0, "text": 4.0, "function": 15.0}
"""Minutes for an exercise by its kind: its question, the answer, and what is said to it."""

ITEM = {"sort": 0.4, "series": 0.6}
"""Minutes for each item of an exercise that has several, by its kind."""

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
    return ITEM[asked.kind] * len(asked.items) if asked.kind in ITEM else EXERCISE[asked.kind]


def whole(minutes: float) -> int:
    """Return minutes as a lesson states them: whole ones, rounded up at the half, and never none."""
    return max(1, math.floor(minutes + 0.5))


# --- the lines


def head(core: int, deeper: int, sections: Sequence[str], lang: str) -> str:
    """Return what a lesson's head says: its minutes, and where it is both, which sections are core."""
    say = Texts("course/pace", lang)
    if not (core and deeper):
        return say("all_core" if core else "all_deeper", total=core + deeper)
    minutes = say("all", total=core + deeper, core=core, deeper=deeper)
    return f"{minutes}\n\n{say('sections', sections='; '.join(sections))}"


def mark(part: str, minutes: int, lang: str) -> str:
    """Return the mark of a section: its part, "core" or "deeper", and its minutes."""
    say = Texts("course/pace", lang)
    return say(part, minutes=say("one_minute") if minutes == 1 else say("minutes", number=minutes))


def turn(lesson: str, lang: str) -> str:
    """Return what stands between a lesson's core and the rest: in which lesson the core goes on ("03"); "": it ends."""
    say = Texts("course/pace", lang)
    return say("goes_on", number=int(lesson)) if lesson else say("ends")


def sources(lang: str) -> str:
    """Return what the paragraph of a lesson's sources begins with."""
    return Texts("course/pace", lang)("sources")
