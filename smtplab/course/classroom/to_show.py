"""Something to show in the lab for an exercise: a few lines of code for a notebook, run before the class."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from smtplab.course.exercises import row_of, variants
from smtplab.course.hints import solution
from smtplab.recordings.recording import names

if TYPE_CHECKING:
    from collections.abc import Mapping


def to_show(exercise_id: str, lang: str, answer: str = "") -> str:
    """Return code that shows what an exercise is about, after `import smtplab`.

    Where a server decides, it asks that server: the command of the exercise or, where one writes a command, `answer`.
    Where a server was recorded, it asks the recording; where one is to be named, one that is right. Elsewhere it puts
    the question again in another case or, where there is none, tells the solution. Raises UnknownName for an unknown
    exercise.
    """
    row = row_of(exercise_id, lang)
    command = row.get("command") or (answer if row["kind"] == "command" else "")
    if command and command.isprintable():
        return "\n".join((_start(row), *(_send(line) for line in (*row.get("before", ()), command)), "lab.transcript"))
    recorded = next((item for item in (row.get("reply"), *row.get("item", ())) if _is_recorded(item)), None)
    if isinstance(recorded, dict):
        return "\n".join((_start(recorded), _send(recorded["command"]), "lab.transcript"))
    model = solution(exercise_id, lang).answer
    if model in names():
        return "\n".join((_start({"personality": model}), _send("HELP"), "lab.transcript"))
    if variants(exercise_id):
        return f"smtplab.exercise({_text(exercise_id)}, seed=1)"
    return f"print(smtplab.solution({_text(exercise_id)}))"


def _start(row: Mapping[str, Any]) -> str:
    if "script" in row:
        return f"lab = smtplab.start(smtplab.Personality.scripted({json.dumps(row['script'], ensure_ascii=False)}))"
    return f"lab = smtplab.start({_text(row['personality']) if 'personality' in row else ''})"


def _send(line: str) -> str:
    return f"lab.send({_text(line)})"


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _is_recorded(item: object) -> bool:
    return isinstance(item, dict) and "personality" in item and "command" in item
