"""The graders of lesson 4, status and 211: a name for a private command, and a function that asks for status."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from smtplab.course.graders import RIGHT, Result
from smtplab.lab.lab import start
from smtplab.protocol.command import command_line
from smtplab.recordings.recording import names, recording
from smtplab.rfc.registry import verbs
from smtplab.server.personality import Personality
from smtplab.server.smtp import COMMAND_LINE_LIMIT

if TYPE_CHECKING:
    from smtplab.lab.lab import Lab

_SEEN = frozenset({"XSTATUS", "XQUEUE"})
"""Private names that the lesson itself uses."""


@cache
def _taken() -> frozenset[str]:
    """Return the names beginning with X that a recorded server knows: in its list of commands, or by a success."""
    found = set(_SEEN)
    for name in names():
        for answers in recording(name).answers.values():
            for line, said in answers.items():
                asked = line.decode("ascii", "replace").upper().split()
                listed = said.octets.decode("utf-8", "replace").replace("-", " ").split()
                if asked and asked[0].startswith("X") and said.octets.startswith(b"2"):
                    found.add(asked[0])
                if asked and asked[0] in {"HELP", "EHLO"} and said.octets.startswith(b"2"):
                    found.update(word for word in listed if word.startswith("X") and word.isalpha() and word.isupper())
    return frozenset(found)


def verb(answer: str) -> Result:  # noqa: PLR0911  one way out for each idea behind a name
    """Judge the name of a private command (RFC 5321 §2.2.2, §4.1.1, §4.1.5)."""
    given = answer.strip()
    name = given.upper()
    fields: dict[str, object] = {"verb": name}
    if not given:
        return Result("otherwise")
    if given.isdigit():
        return Result("code")
    if len(given.split()) > 1:
        return Result("words")
    if not (given.isascii() and given.isalpha()):
        return Result("letters")
    if len(command_line(given)) > COMMAND_LINE_LIMIT:
        return Result("long")
    if name in verbs():
        return Result("standard", fields)
    if not name.startswith("X"):
        return Result("status" if name.startswith("STAT") else "unregistered", fields)
    return Result("taken" if name in _taken() else "right", fields)


# what the server says to XSTATUS → the feedback for a function that gets it wrong
_REPORTS = (
    ("250-queue: 3\n250-oldest: 40 s\n250 end", "exact"),
    ("211 []", "exact"),
    ("259 queue: 0", "exact"),
    ("211-500 messages delivered\n211-error: none, failed: 0\n211 command not recognized: 0", "text"),
    ("211-first\n211-\n211 last", "lines"),
)
_REFUSALS = (
    ("500 211 is not for you: system status, uptime, queue and sessions are secret", "text"),
    ("451-sessions: 1 open\n451 end of status", "text"),
    ("421 lab.example closing", "refused"),
    ("504 No", "refused"),
)
_REFUSING = ("exim-4.96", "go-smtp-0.12.1", "lamson-1.3.4", "haraka-status-3.3.4", "mailutils-lmtpd-3.15")


def status(answer: Any) -> Result:
    """Try a function on servers that give a report and on servers that refuse."""
    if not callable(answer):
        return Result("callable")
    with start(carrier="memory") as lab:
        wrong = _report(answer, lab, "lines")
    if wrong is not None:
        return wrong
    for name in _REFUSING:
        with start(name, carrier="memory") as lab:
            wrong = _refusal(answer, lab, "refused")
        if wrong is not None:
            return wrong
    for said, key in (*_REPORTS, *_REFUSALS):
        with start(Personality.scripted({"XSTATUS": said}), carrier="memory") as lab:
            wrong = (_report if said.startswith("2") else _refusal)(answer, lab, key)
        if wrong is not None:
            return wrong
    return RIGHT


def _report(answer: Any, lab: Lab, key: str) -> Result | None:
    given = answer(lab)
    replies = lab.transcript.replies("XSTATUS")
    if not replies:
        sent = [said.command for said in lab.transcript if said.command is not None]
        return Result("verb", {"sent": sent[-1] if sent else "-"})
    reply = replies[-1]
    if given is None:
        return Result("nothing" if key == "lines" else key, {"code": reply.code}, reply)
    same = isinstance(given, list | tuple) and tuple(given) == reply.lines
    return None if same else Result("lines", {"code": reply.code}, reply)


def _refusal(answer: Any, lab: Lab, key: str) -> Result | None:
    given = answer(lab)
    replies = lab.transcript.replies("XSTATUS")
    code, reply = (replies[-1].code, replies[-1]) if replies else ("-", None)
    return None if given is None else Result(key, {"code": code}, reply)
