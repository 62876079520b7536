r"""A recording: what one real server answered to which command, in which phase of a session. A value and its file.

The file is JSON: what the server was, its greeting, and each distinct answer once, with the commands that got it by
phase. A command line stands without its CRLF; one with a bare LF in it stands whole. Octets that are not UTF-8 stand
as {"base64": ...}. Nothing is normalized: the octets are the server's. What the same server was asked on a later day
stands under "additions", each with its own date.

>>> exim = recording("exim-4.96")
>>> exim.reply_to(b"HELP MAIL\r\n").octets == exim.reply_to(b"HELP\r\n", "connected").octets
True
"""

from __future__ import annotations

import base64
import binascii
import json
import stat
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

from smtplab.errors import RecordingError
from smtplab.protocol.octets import show_text
from smtplab.text.sentences import Sentences
from smtplab.text.texts import listing, octets, unknown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_say = Sentences("recordings/errors")

FOLDER = "recordings/servers"
FORMAT = "smtplab-recording"
VERSION = 1
MAX_OCTETS = 4 * 2**20
"""A file of more octets than this is refused: the largest that comes with smtplab has 30,000."""

PHASES = ("connected", "greeted", "mail", "rcpt", "data")
"""Where a session is: before EHLO, after it, after MAIL, after RCPT, inside DATA."""

COUNTS = ("unknown", "errors", "errors in a row", "refusals", "nonmail", "NOOP", "HELP")
"""What a limit may count: replies like the one to an unknown command; replies that are 5yz, or these without another
between them; replies that are 4yz or 5yz; commands that move no mail along (anything but a first EHLO, MAIL, RCPT,
DATA, QUIT and what is unknown); or one verb."""

_ABOUT = ("name", "software", "version", "date", "obtained")


@dataclass(frozen=True, slots=True)
class RecordedReply:
    """One reply: its octets (none: silence), and whether the server then hung up."""

    octets: bytes
    hangs_up: bool = False


@dataclass(frozen=True)
class Limit:
    """After `most` of what is counted, the next one gets `octets` and the server hangs up."""

    counts: str
    most: int
    octets: bytes


Answers: TypeAlias = "dict[str, dict[bytes, RecordedReply]]"
"""Phase → command line, as sent → reply."""


@dataclass(frozen=True)
class Addition:
    """What the same server was asked later: when (ISO date), how it was started and asked, and its answers."""

    date: str
    obtained: str
    answers: Answers


@dataclass(frozen=True, repr=False)
class Recording:
    """What one server answered.

    name, software, version, date (ISO), obtained (how it was started and asked).
    protocol: "SMTP" or "LMTP".
    greeting: what it said first.
    answers: what was asked on that date; `reply_to` and `lines` know the additions too.
    limits: where it hung up.
    additions: what was asked later.
    """

    name: str
    software: str
    version: str
    date: str
    obtained: str
    greeting: RecordedReply
    answers: Answers
    limits: tuple[Limit, ...] = ()
    protocol: str = "SMTP"
    additions: tuple[Addition, ...] = ()
    note: str = field(default="", compare=False)

    def __repr__(self) -> str:
        return f"<Recording {show_text(self.name)}>"

    @cached_property
    def _by_phase(self) -> Answers:
        by_phase: Answers = {phase: {} for phase in PHASES}
        for answers in (self.answers, *(addition.answers for addition in self.additions)):
            for phase, replies in answers.items():
                for line, reply in replies.items():
                    by_phase[phase].setdefault(line, reply)  # what was recorded first stands
        return by_phase

    def in_phase(self, phase: str) -> Mapping[bytes, RecordedReply]:
        """Return the reply to each command line (with its line end) that was recorded in one of `PHASES`."""
        return self._by_phase[phase]

    def reply_to(self, line: bytes, *phases: str) -> RecordedReply | None:
        """Return the recorded reply to a command line, None where there is none.

        line: with its line end, as it was sent.
        phases: where to look, in this order; after EHLO, then before it, where none is named.
        """
        return next(
            (
                self._by_phase[phase][line]
                for phase in phases or ("greeted", "connected")
                if line in self._by_phase[phase]
            ),
            None,
        )

    def lines(self) -> Iterator[tuple[str, bytes, RecordedReply]]:
        """Return phase, command line and reply of everything that was recorded."""
        for phase, replies in self._by_phase.items():
            yield from ((phase, line, reply) for line, reply in replies.items())

    @classmethod
    def read(cls, path: Path) -> Recording:
        """Read a recording file. Raises RecordingError naming file, line and reason; OSError."""
        if not stat.S_ISREG(path.stat().st_mode):  # a pipe or a device may never end
            raise RecordingError(_say("no_file", where=path))
        with path.open("rb") as file:
            octets = file.read(MAX_OCTETS + 1)  # it may grow meanwhile
        if len(octets) > MAX_OCTETS:
            raise RecordingError(_say("too_large", where=path, size=path.stat().st_size, most=MAX_OCTETS))
        try:
            text = octets.decode("utf-8")
        except UnicodeDecodeError as error:
            raise RecordingError(_say("not_utf8", where=path, place=error.start)) from error
        return cls.from_text(text, str(path))

    @classmethod
    def from_text(cls, text: str, where: str = "recording") -> Recording:
        """Make a recording of a file's text; `where` names it in errors."""
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

    def to_text(self) -> str:
        """Return the file's text."""
        data: dict[str, Any] = {
            FORMAT: VERSION,
            **{key: getattr(self, key) for key in _ABOUT},
            "protocol": self.protocol,
        }
        if self.note:
            data["note"] = self.note
        data["greeting"] = _put_reply(self.greeting)
        data["answers"] = _put_answers(self.answers)
        data["limits"] = [
            {"counts": limit.counts, "most": limit.most, "octets": _put(limit.octets)} for limit in self.limits
        ]
        if self.additions:
            data["additions"] = [
                {"date": addition.date, "obtained": addition.obtained, "answers": _put_answers(addition.answers)}
                for addition in self.additions
            ]
        return json.dumps(data, indent=1, ensure_ascii=False) + "\n"


# --- the recordings that come with smtplab


def names() -> tuple[str, ...]:
    """Return the names of the recordings that come with smtplab, in order. No file is opened."""
    return listing(FOLDER, ".json")


@cache
def recording(name: str) -> Recording:
    """Return the recording of that name, read once. Raises UnknownName, listing those there are."""
    if name not in names():
        raise unknown("recording", name, names())
    return Recording.from_text(octets(f"{FOLDER}/{name}.json").decode("utf-8"), f"{name}.json")


# --- the file


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


def _from_data(data: object) -> Recording:
    data = _checked(data)
    return Recording(
        **{key: data[key] for key in (*_ABOUT, "protocol")},
        note=str(data.get("note", "")),
        greeting=_get_reply(data["greeting"], "greeting"),
        answers=_get_answers(data["answers"]),
        limits=tuple(_limit(row) for row in data["limits"]),
        additions=tuple(_addition(row) for row in data.get("additions", ())),
    )


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
