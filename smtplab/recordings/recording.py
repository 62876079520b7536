"""A recording: what one real server answered to which command, in which phase of a session. A value and its file.

The file is JSON: what the server was, its greeting, and each distinct answer once, with the commands that got it by
phase. A command line stands without its CRLF; one with a bare LF in it stands whole. Octets that are not UTF-8 stand
as {"base64": ...}. Nothing is normalized: the octets are the server's.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from smtplab.errors import RecordingError, UnknownName
from smtplab.text.texts import listing, octets

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

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


@dataclass(frozen=True)
class RecordedReply:
    """What the server said once: its octets (none: silence), and whether it then hung up."""

    octets: bytes
    hangs_up: bool = False


@dataclass(frozen=True)
class Limit:
    """After `most` of what is counted, the next one gets `octets` and the server hangs up."""

    counts: str
    most: int
    octets: bytes


@dataclass(frozen=True, repr=False)
class Recording:
    """What one server answered.

    name, software, version, date (ISO), obtained (how it was started and asked).
    protocol: "SMTP" or "LMTP".
    greeting: what it said first.
    answers: phase → command line, as sent → what it said.
    limits: where it hung up.
    """

    name: str
    software: str
    version: str
    date: str
    obtained: str
    greeting: RecordedReply
    answers: dict[str, dict[bytes, RecordedReply]]
    limits: tuple[Limit, ...] = ()
    protocol: str = "SMTP"
    note: str = field(default="", compare=False)

    def __repr__(self) -> str:
        return f"<Recording {self.name}>"

    @classmethod
    def read(cls, path: Path) -> Recording:
        """Read a recording file. Raises RecordingError naming file, line and reason; OSError."""
        if path.stat().st_size > MAX_OCTETS:
            raise RecordingError(
                f"{path}: {path.stat().st_size} octets are too many for a recording (at most {MAX_OCTETS})"
            )
        try:
            text = path.read_bytes().decode("utf-8")
        except UnicodeDecodeError as error:
            raise RecordingError(f"{path}: octet {error.start}: not UTF-8") from error
        return cls.from_text(text, str(path))

    @classmethod
    def from_text(cls, text: str, where: str = "recording") -> Recording:
        """Make a recording of a file's text; `where` names it in errors."""
        try:
            data = json.loads(text)
        except (json.JSONDecodeError, RecursionError) as error:
            line = getattr(error, "lineno", 1)
            raise RecordingError(f"{where}: line {line}: not JSON, or cut short ({error})") from error
        try:
            return _from_data(data)
        except RecordingError as error:
            place, _, reason = str(error).partition("|")
            raise RecordingError(f"{where}: line {_line_of(text, place)}: {reason}") from error

    def to_text(self) -> str:
        """Return the file's text."""
        by_answer: dict[RecordedReply, dict[str, list[Any]]] = {}
        for phase in PHASES:
            for line, said in self.answers.get(phase, {}).items():
                by_answer.setdefault(said, {}).setdefault(phase, []).append(_put_line(line))
        data: dict[str, Any] = {
            FORMAT: VERSION,
            **{key: getattr(self, key) for key in _ABOUT},
            "protocol": self.protocol,
        }
        if self.note:
            data["note"] = self.note
        data["greeting"] = _put_said(self.greeting)
        data["answers"] = [{**_put_said(said), "to": to} for said, to in by_answer.items()]
        data["limits"] = [
            {"counts": limit.counts, "most": limit.most, "octets": _put(limit.octets)} for limit in self.limits
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
        raise UnknownName("recording", name, names())
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


def _put_said(said: RecordedReply) -> dict[str, Any]:
    return {"octets": _put(said.octets), **({"hangs_up": True} if said.hangs_up else {})}


def _fail(place: str, reason: str) -> RecordingError:
    return RecordingError(f"{place}|{reason}")


def _line_of(text: str, place: str) -> int:
    """Return the line in which the text `place` stands first, 1 where it does not."""
    at = text.find(place) if place else -1
    return 1 if at < 0 else text.count("\n", 0, at) + 1


def _get(value: object, what: str) -> bytes:
    if isinstance(value, str):
        return value.encode("utf-8")
    if isinstance(value, dict) and set(value) == {"base64"} and isinstance(value["base64"], str):
        try:
            return base64.b64decode(value["base64"], validate=True)
        except (binascii.Error, ValueError) as error:
            raise _fail(value["base64"], f"{what}: not base64") from error
    raise _fail(f'"{what}"', f'{what} is {value!r:.60}, not text or {{"base64": ...}}')


def _get_said(row: dict[str, Any], what: str) -> RecordedReply:
    hangs_up = row.get("hangs_up", False)
    if not isinstance(hangs_up, bool):
        raise _fail('"hangs_up"', f"hangs_up is {hangs_up!r:.60}, not true or false")
    return RecordedReply(_get(row.get("octets"), what), hangs_up)


def _from_data(data: object) -> Recording:
    data = _checked(data)
    answers: dict[str, dict[bytes, RecordedReply]] = {}
    for row in data["answers"]:
        for phase, line in _asked(row):
            answers.setdefault(phase, {})[line] = _get_said(row, "octets")
    return Recording(
        **{key: data[key] for key in (*_ABOUT, "protocol")},
        note=str(data.get("note", "")),
        greeting=_get_said(data["greeting"], "greeting"),
        answers=answers,
        limits=tuple(_limit(row) for row in data["limits"]),
    )


def _checked(data: object) -> dict[str, Any]:
    """Return the data back where it has every key, of the right type."""
    if not isinstance(data, dict) or FORMAT not in data:
        raise _fail("", f'this is no smtplab recording: it does not begin with "{FORMAT}"')
    if data[FORMAT] != VERSION:
        raise _fail(f'"{FORMAT}"', f"version {data[FORMAT]!r:.60} of the format; this smtplab reads version {VERSION}")
    for key in (*_ABOUT, "protocol"):
        if not isinstance(data.get(key), str):
            raise _fail(f'"{key}"', f"{key} is {data.get(key)!r:.60}, not text")
    if not isinstance(data.get("greeting"), dict):
        raise _fail('"greeting"', "greeting is missing")
    for key in ("answers", "limits"):
        if not isinstance(data.get(key), list) or not all(isinstance(row, dict) for row in data[key]):
            raise _fail(f'"{key}"', f"{key} is not a list of objects")
    if not data["answers"]:
        raise _fail('"answers"', "there is no answer in it")
    return data


def _asked(row: dict[str, Any]) -> Iterator[tuple[str, bytes]]:
    """Return the phases and command lines that got one answer."""
    if not isinstance(row.get("to"), dict):
        raise _fail('"to"', "an answer does not say to what")
    for phase, lines in row["to"].items():
        if phase not in PHASES:
            raise _fail(f'"{phase}"', f"unknown phase {phase!r:.60}; there are: {', '.join(PHASES)}")
        if not isinstance(lines, list):
            raise _fail(f'"{phase}"', f"{phase} is not a list of command lines")
        for line in lines:
            octets = _get(line, phase)
            yield phase, octets if b"\n" in octets else octets + b"\r\n"


def _limit(row: dict[str, Any]) -> Limit:
    counts, most = row.get("counts"), row.get("most")
    if counts not in COUNTS:
        raise _fail('"counts"', f"a limit counts {counts!r:.60}; there are: {', '.join(COUNTS)}")
    if not isinstance(most, int) or isinstance(most, bool) or most < 0:
        raise _fail('"most"', f"a limit's most is {most!r:.60}, not a number")
    return Limit(counts, most, _get(row.get("octets"), "octets"))
