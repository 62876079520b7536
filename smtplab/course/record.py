"""The form of the progress file: octets in, histories out, and back. Version 2 is written; version 1 is read.

Version 2 is one JSON object, a line for each exercise. "answers": for each exercise "attempts", "tries", "hints",
"solution", "right_at" and "unaided", as `History` has them; what is 0, "" or None is left out. "merged": which notes
were taken in from beside (keeping.py). What another version wrote of an exercise is kept.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Any, NamedTuple

from smtplab.course.attempts import Attempt, History, moment

VERSION = 2
LIMIT = 64 * 1024
"""Octets that the file should have at most; where it has more, attempts between first and last are folded away."""

_ROOM = LIMIT // 16
"""Octets made free beyond that, so that not every answer folds."""

_LONG = 4000
_CUT = 100
"""Characters of an answer, or of each part of one, that are kept; and that are kept where there is no more room."""

_NAMES = 64
_ATTEMPT = frozenset(each.name for each in fields(Attempt))
_HISTORY = frozenset(each.name for each in fields(History))


class Note(NamedTuple):
    """What one answer, or help that was seen, adds to the history of an exercise."""

    exercise: str
    attempt: Attempt | None = None
    hints: int = 0
    solution: str = ""


@dataclass(frozen=True)
class Record:
    """What a file holds.

    histories: by exercise, those too that this version does not know.
    others: what another version wrote of an exercise, and is kept.
    merged: names of the files beside whose notes are in it.
    """

    histories: dict[str, History] = field(default_factory=dict)
    others: dict[str, dict[str, Any]] = field(default_factory=dict)
    merged: tuple[str, ...] = ()

    def with_notes(self, notes: list[Note], merged: tuple[str, ...] = ()) -> Record:
        """Return the record with notes added, and the names of files that they came from."""
        histories = dict(self.histories)
        for note in notes:
            history = histories.get(note.exercise, History())
            if note.attempt is not None:
                history = history.with_attempt(_shortened(note.attempt, _LONG))
            histories[note.exercise] = history.with_help(note.hints, note.solution)
        return replace(self, histories=histories, merged=(*self.merged, *merged)[-_NAMES:])


_latest: dict[bytes, Record] = {}
"""What was written last, by its octets: mostly that is what is read next, and reading takes time."""


def read_record(octets: bytes) -> tuple[Record, bool]:
    """Return what can be understood of a file, and whether that is all."""
    if (latest := _latest.get(octets)) is not None:
        return latest, True
    try:
        data = json.loads(octets)
        version, answers = data["version"], data["answers"]
        if version not in (1, VERSION) or isinstance(version, bool):
            return Record(), False
        read = _version_1 if version == 1 else _version_2
        understood = {key: read(entry) for key, entry in answers.items()}
        merged = data.get("merged", [])
        known = isinstance(merged, list) and all(isinstance(name, str) for name in merged)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return Record(), False
    histories = {key: history for key, (history, _, _) in understood.items() if history.tries or history.hints}
    others = {key: other for key, (_, other, _) in understood.items() if other}
    whole = known and all(whole for _, _, whole in understood.values())
    return Record(histories, others, tuple(merged) if known else ()), whole


def write_record(record: Record) -> bytes:
    """Return the file of a record, folded where it would be larger than LIMIT."""
    octets = _octets(record)
    if len(octets) > LIMIT:
        record = _folded(record, len(octets) - LIMIT + _ROOM)
        octets = _octets(record)
    if len(octets) > LIMIT:
        record = replace(record, histories={key: _cut(history) for key, history in record.histories.items()})
        octets = _octets(record)
    _latest.clear()
    _latest[octets] = record
    return octets


def read_notes(octets: bytes) -> list[Note] | None:
    """Return the notes of a file beside; None where it cannot be understood."""
    try:
        notes = [_note(each) for each in json.loads(octets)["notes"]]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return [note for note in notes if note is not None] if None not in notes else None


def write_notes(notes: list[Note]) -> bytes:
    """Return the file beside that holds notes."""
    lines = [
        {"exercise": note.exercise, "hints": note.hints, "solution": note.solution}
        | ({} if note.attempt is None else {"attempt": _attempt_data(note.attempt)})
        for note in notes
    ]
    return json.dumps({"version": VERSION, "notes": lines}).encode() + b"\n"


# --- reading


def _version_1(entry: Any) -> tuple[History, dict[str, Any], bool]:
    """Read the day of the first answer that counted, and whether one was right; the idea behind it is not known."""
    try:
        on, right = entry["answered"], entry["right"]
        good = isinstance(right, bool) and date.fromisoformat(on).isoformat() == on
    except (ValueError, KeyError, TypeError):
        good = False
    if not good:
        return History(), {}, False
    others = {key: value for key, value in entry.items() if key not in ("answered", "right")}
    return History().with_attempt(Attempt(f"{on}T12:00:00Z", None, "", right)), others, True  # noon: that day anywhere


def _version_2(entry: Any) -> tuple[History, dict[str, Any], bool]:
    raw = entry.get("attempts", [])
    read = [_attempt(each) for each in raw]
    attempts = tuple(each for each in read if each is not None)
    moments = {key: entry.get(key, "") for key in ("solution", "right_at")}
    counts = {key: entry.get(key, 0) for key in ("tries", "hints", "unaided")}
    bad = {key for key, at in moments.items() if at != "" and moment(at) is None}
    bad |= {key for key, count in counts.items() if type(count) is not int or count < 0}
    good = {key: value for key, value in {**moments, **counts}.items() if key not in bad}
    good["tries"] = max(good.get("tries", 0), len(attempts))
    others = {key: value for key, value in entry.items() if key not in _HISTORY}
    return History(attempts, **good), others, not bad and len(attempts) == len(raw)


def _attempt(each: Any) -> Attempt | None:
    """Return an attempt as it is in the file; None where it is none."""
    if not isinstance(each, dict) or not each.keys() <= _ATTEMPT:
        return None
    answer, seconds = each.get("answer"), each.get("seconds")
    if isinstance(answer, list):
        each["answer"] = answer = tuple(answer)
    good = (
        moment(each.get("at")) is not None
        and isinstance(each.get("key"), str)
        and isinstance(each.get("right"), bool)
        and type(each.get("seed", 0)) is int
        and (seconds is None or type(seconds) in (int, float))
        and (answer is None or isinstance(answer, str)
             or (isinstance(answer, tuple) and all(isinstance(part, str) for part in answer)))
    )  # fmt: skip
    return Attempt(**{"answer": None, **each}) if good else None


def _note(each: Any) -> Note | None:
    attempt = _attempt(each["attempt"]) if "attempt" in each else None
    hints, solution = each["hints"], each["solution"]
    good = (attempt is not None or "attempt" not in each) and (solution == "" or moment(solution) is not None)
    good = good and isinstance(each["exercise"], str) and type(hints) is int and hints >= 0
    return Note(each["exercise"], attempt, hints, solution) if good else None


# --- writing


def _octets(record: Record) -> bytes:
    keys = sorted(record.histories.keys() | record.others.keys())
    lines = ",\n".join(f"{json.dumps(key)}: {json.dumps(_entry(record, key))}" for key in keys)
    merged = json.dumps(record.merged)
    return f'{{"version": {VERSION}, "merged": {merged}, "answers": {{\n{lines}\n}}}}\n'.encode()


def _entry(record: Record, key: str) -> dict[str, Any]:
    history = record.histories.get(key, History())
    numbers = {name: value for name in _HISTORY - {"attempts"} if (value := getattr(history, name))}
    attempts = [_attempt_data(each) for each in history.attempts]
    return {**record.others.get(key, {}), **dict(sorted(numbers.items())), "attempts": attempts}


def _attempt_data(attempt: Attempt) -> dict[str, Any]:
    data: dict[str, Any] = {"at": attempt.at, "answer": attempt.answer, "key": attempt.key, "right": attempt.right}
    if attempt.seed:
        data["seed"] = attempt.seed
    if attempt.seconds is not None:
        data["seconds"] = attempt.seconds
    return data


def _folded(record: Record, octets: int) -> Record:
    """Return the record without so many octets of attempts, the oldest of all first; first and last of each stay."""
    between = sorted(
        (attempt.at, key, at)
        for key, history in record.histories.items()
        for at, attempt in enumerate(history.attempts[1:-1], 1)
    )
    gone: dict[str, set[int]] = {}
    for _, key, at in between:
        if octets <= 0:
            break
        gone.setdefault(key, set()).add(at)
        octets -= len(json.dumps(_attempt_data(record.histories[key].attempts[at]))) + 2
    histories = dict(record.histories)
    for key, places in gone.items():
        kept = (each for at, each in enumerate(histories[key].attempts) if at not in places)
        histories[key] = replace(histories[key], attempts=tuple(kept))
    return replace(record, histories=histories)


def _shortened(attempt: Attempt, most: int) -> Attempt:
    """Return the attempt with its answer, or each part of it, cut to so many characters."""
    answer = attempt.answer
    parts = answer if isinstance(answer, tuple) else (answer or "",)
    if all(len(part) <= most for part in parts):
        return attempt
    cut = tuple(part if len(part) <= most else f"{part[:most]}…" for part in parts)
    return replace(attempt, answer=cut if isinstance(answer, tuple) else cut[0])


def _cut(history: History) -> History:
    return replace(history, attempts=tuple(_shortened(attempt, _CUT) for attempt in history.attempts))
