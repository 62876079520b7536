"""The file of a recording: its JSON, read within bounds and checked, and written.

A command line stands without its CRLF; one with a bare LF in it stands whole. Octets that are not UTF-8 stand as
{"base64": ...}.
"""

from __future__ import annotations

import base64
import binascii
import json
import stat
from typing import TYPE_CHECKING, Any

from smtplab.errors import RecordingError
from smtplab.recordings.answers import COUNTS, PHASES, Addition, Answers, Limit, RecordedReply
from smtplab.text.sentences import Sentences

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_say = Sentences("recordings/errors")

FORMAT = "smtplab-recording"
VERSION = 1
MAX_OCTETS = 4 * 2**20
"""A file of more octets than this is refused: the largest that comes with smtplab has 30,000."""

_ABOUT = ("name", "software", "version", "date", "obtained")


def text_in(path: Path) -> str:
    """Return the text of a recording file. Raises RecordingError for what cannot be one, naming it; OSError."""
    if not stat.S_ISREG(path.stat().st_mode):  # a pipe or a device may never end
        raise RecordingError(_say("no_file", where=path))
    with path.open("rb") as file:
        octets = file.read(MAX_OCTETS + 1)  # it may grow meanwhile
    if len(octets) > MAX_OCTETS:
        raise RecordingError(_say("too_large", where=path, size=path.stat().st_size, most=MAX_OCTETS))
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError as error:
        raise RecordingError(_say("not_utf8", where=path, place=error.start)) from error


def fields_in(text: str, where: str) -> dict[str, Any]:
    """Return the fields of the recording in a file's text. Raises RecordingError naming `where`, line and reason."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:  # a number of thousands of digits is a plain ValueError
        line, column = getattr(error, "lineno", 1), getattr(error, "colno", 1)
        raise RecordingError(_say("not_json", where=where, line=line, column=column)) from error
    try:
        return _from_data(data)
    except _Fault as fault:
        line = _line_of(text, fault.place)
        raise RecordingError(_say("at_line", where=where, line=line, fault=fault)) from fault


def text_of(recording: Mapping[str, Any]) -> str:
    """Return the text of a file, from the fields of a recording."""
    data: dict[str, Any] = {
        FORMAT: VERSION,
        **{key: recording[key] for key in _ABOUT},
        "protocol": recording["protocol"],
    }
    if recording["note"]:
        data["note"] = recording["note"]
    data["greeting"] = _put_reply(recording["greeting"])
    data["answers"] = _put_answers(recording["answers"])
    data["limits"] = [
        {"counts": limit.counts, "most": limit.most, "octets": _put(limit.octets)} for limit in recording["limits"]
    ]
    if recording["additions"]:
        data["additions"] = [
            {"date": addition.date, "obtained": addition.obtained, "answers": _put_answers(addition.answers)}
            for addition in recording["additions"]
        ]
    return json.dumps(data, indent=1, ensure_ascii=False) + "\n"


def _put(octets: bytes) -> str | dict[str, str]:
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(octets).decode()}


def _put_line(line: bytes) -> str | dict[str, str]:
    plain = line.removesuffix(b"\r\n")
    return _put(line if b"\n" in plain else plain)


def _put_reply(reply: RecordedReply) -> dict[str, Any]:
    return {"octets": _put(reply.octets), **({"hangs_up": True} if reply.hangs_up else {})}


def _put_answers(answers: Answers) -> list[dict[str, Any]]:
    by_reply: dict[RecordedReply, dict[str, list[Any]]] = {}
    for phase in PHASES:
        for line, reply in answers.get(phase, {}).items():
            by_reply.setdefault(reply, {}).setdefault(phase, []).append(_put_line(line))
    return [{**_put_reply(reply), "to": lines} for reply, lines in by_reply.items()]


class _Fault(RecordingError):
    """What is wrong in the data of a file. place: the text in the file where it is."""

    place = ""


def _fault(place: str, key: str, /, **fields: object) -> _Fault:
    fault = _Fault(_say(key, **fields))
    fault.place = place
    return fault


def _shown(value: object) -> str:
    return f"{value!r:.60}"


def _line_of(text: str, place: str) -> int:
    """Return the line in which the text `place` stands first, 1 where it does not."""
    at = text.find(place) if place else -1
    return 1 if at < 0 else text.count("\n", 0, at) + 1


def _get(value: object, what: str) -> bytes:
    if isinstance(value, str):
        try:
            return value.encode("utf-8")
        except UnicodeEncodeError as error:
            raise _fault(f'"{what}"', "not_characters", what=what, value=_shown(value)) from error
    if isinstance(value, dict) and set(value) == {"base64"} and isinstance(value["base64"], str):
        try:
            return base64.b64decode(value["base64"], validate=True)
        except (binascii.Error, ValueError) as error:
            raise _fault(value["base64"], "not_base64", what=what) from error
    raise _fault(f'"{what}"', "not_octets", what=what, value=_shown(value))


def _get_reply(row: dict[str, Any], what: str) -> RecordedReply:
    hangs_up = row.get("hangs_up", False)
    if not isinstance(hangs_up, bool):
        raise _fault('"hangs_up"', "not_a_flag", value=_shown(hangs_up))
    return RecordedReply(_get(row.get("octets"), what), hangs_up)


def _from_data(data: object) -> dict[str, Any]:
    data = _checked(data)
    return {
        **{key: data[key] for key in (*_ABOUT, "protocol")},
        "note": str(data.get("note", "")),
        "greeting": _get_reply(data["greeting"], "greeting"),
        "answers": _get_answers(data["answers"]),
        "limits": tuple(_limit(row) for row in data["limits"]),
        "additions": tuple(_addition(row) for row in data.get("additions", ())),
    }


def _get_answers(rows: list[dict[str, Any]]) -> Answers:
    answers: Answers = {}
    for row in rows:
        reply = _get_reply(row, "octets")  # one for all that got it: forty recordings are held at once
        for phase, line in _lines_of(row):
            answers.setdefault(phase, {})[line] = reply
    return answers


def _addition(row: dict[str, Any]) -> Addition:
    for key in ("date", "obtained"):
        if not isinstance(row.get(key), str):
            raise _fault('"additions"', "not_text_in_addition", key=key, value=_shown(row.get(key)))
        _check_shown(row, key)
    _check_rows(row, "answers")
    return Addition(row["date"], row["obtained"], _get_answers(row["answers"]))


def _checked(data: object) -> dict[str, Any]:
    """Return the data, checked: it has every key, of the right type."""
    if not isinstance(data, dict) or FORMAT not in data:
        raise _fault("", "not_a_recording", format=FORMAT)
    if data[FORMAT] != VERSION:
        raise _fault(f'"{FORMAT}"', "other_version", value=_shown(data[FORMAT]), version=VERSION)
    for key in (*_ABOUT, "protocol"):
        if not isinstance(data.get(key), str):
            raise _fault(f'"{key}"', "not_text", key=key, value=_shown(data.get(key)))
        _check_shown(data, key)
    _check_shown(data, "note")
    if not isinstance(data.get("greeting"), dict):
        raise _fault('"greeting"', "no_greeting")
    for key in ("answers", "limits", *(("additions",) if "additions" in data else ())):
        _check_rows(data, key)
    if not data["answers"]:
        raise _fault('"answers"', "no_answer")
    return data


def _check_shown(data: dict[str, Any], key: str) -> None:
    """Refuse a text that cannot stand in a menu or on a terminal, because that would obey it."""
    if not str(data.get(key, "")).isprintable():
        raise _fault(f'"{key}"', "not_printable", key=key, value=_shown(data[key]))


def _check_rows(data: dict[str, Any], key: str) -> None:
    if not isinstance(data.get(key), list) or not all(isinstance(row, dict) for row in data[key]):
        raise _fault(f'"{key}"', "not_rows", key=key)


def _lines_of(row: dict[str, Any]) -> Iterator[tuple[str, bytes]]:
    """Return the phases and command lines that got one answer."""
    if not isinstance(row.get("to"), dict):
        raise _fault('"to"', "to_nothing")
    for phase, lines in row["to"].items():
        if phase not in PHASES:
            raise _fault(f'"{phase}"', "unknown_phase", value=_shown(phase), known=", ".join(PHASES))
        if not isinstance(lines, list):
            raise _fault(f'"{phase}"', "not_lines", phase=phase)
        for line in lines:
            octets = _get(line, phase)
            yield phase, octets if b"\n" in octets else octets + b"\r\n"


def _limit(row: dict[str, Any]) -> Limit:
    counts, most = row.get("counts"), row.get("most")
    if counts not in COUNTS:
        raise _fault('"counts"', "unknown_count", value=_shown(counts), known=", ".join(COUNTS))
    if not isinstance(most, int) or isinstance(most, bool) or most < 0:
        raise _fault('"most"', "not_a_number", value=_shown(most))
    return Limit(counts, most, _get(row.get("octets"), "octets"))
