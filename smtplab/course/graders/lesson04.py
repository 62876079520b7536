"""The graders of lesson 4, status and 211: a name for a private command, and a function that asks for status."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from smtplab.course.graders import RIGHT, Result
from smtplab.course.graders.sandbox import patiently
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
    known = set(_SEEN)
    for name in names():
        for _, line, reply in recording(name).lines():
            words = line.decode("ascii", "replace").upper().split()
            listed = reply.octets.decode("utf-8", "replace").replace("-", " ").split()
            if words and words[0].startswith("X") and reply.octets.startswith(b"2"):
                known.add(words[0])
            if words and words[0] in {"HELP", "EHLO"} and reply.octets.startswith(b"2"):
                known.update(word for word in listed if word.startswith("X") and word.isalpha() and word.isupper())
    return frozenset(known)


def verb(answer: str) -> Result:  # noqa: PLR0911  one way out for each idea behind a name
    """Judge the name of a private command (RFC 5321 §2.2.2, §4.1.1, §4.1.5)."""
    word = answer.strip()
    name = word.upper()
    fields: dict[str, object] = {"verb": name}
    if not word:
        return Result("otherwise")
    if word.isdigit():
        return Result("code")
    if len(word.split()) > 1:
        return Result("words")
    if not (word.isascii() and word.isalpha()):
        return Result("letters")
    if set(name) == {"X"}:
        return Result("bare", fields)
    if len(command_line(word)) > COMMAND_LINE_LIMIT:
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
    for reply, key in (*_REPORTS, *_REFUSALS):
        with start(Personality.scripted({"XSTATUS": reply}), carrier="memory") as lab:
            wrong = (_report if reply.startswith("2") else _refusal)(answer, lab, key)
        if wrong is not None:
            return wrong
    return RIGHT


def _report(answer: Any, lab: Lab, key: str) -> Result | None:
    value = patiently(answer, lab)
    replies = lab.transcript.replies("XSTATUS")
    if not replies:
        sent = [exchange.command for exchange in lab.transcript if exchange.command is not None]
        return Result("verb", {"sent": sent[-1] if sent else "-"})
    reply = replies[-1]
    if value is None:
        return Result("nothing" if key == "lines" else key, {"code": reply.code}, reply)
    same = isinstance(value, list | tuple) and tuple(value) == reply.lines
    return None if same else Result("lines", {"code": reply.code}, reply)


def _refusal(answer: Any, lab: Lab, key: str) -> Result | None:
    value = patiently(answer, lab)
    replies = lab.transcript.replies("XSTATUS")
    code, reply = (replies[-1].code, replies[-1]) if replies else ("-", None)
    return None if value is None else Result(key, {"code": code}, reply)
