"""Replies and exchanges as plain data for the page: text that is already safe to show, and what each piece is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from smtplab.errors import (
    ConnectionLost,
    LabStopped,
    NotACode,
    NotACommandLine,
    NotAReply,
    ReplyTimeout,
    UnknownName,
)
from smtplab.protocol.octets import FORBIDDEN, show_octets
from smtplab.rfc.codes import explain
from smtplab.rfc.rules import rule
from smtplab.text.texts import Texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from smtplab.protocol.reply import Reply
    from smtplab.protocol.transcript import Exchange

_REFUSALS = (
    (NotACommandLine, "error_line"),
    (ConnectionLost, "error_lost"),
    (ReplyTimeout, "error_late"),
    (NotAReply, "error_reply"),
    (LabStopped, "error_stopped"),
    (UnknownName, "error_name"),
    (UnicodeError, "error_character"),
)
"""What went wrong → the text that says it; an error that is not here is quoted."""

_HALF = re.compile("[\ud800-\udfff]")


def reply_view(reply: Reply, lang: str) -> dict[str, Any]:
    """Return a reply's lines, each as its parts, with what the code means and the defects."""
    lines: list[list[dict[str, str]]] = [[] for _ in reply.lines]
    for part in reply.parts:
        octets = reply.raw[part.start : part.end]
        lines[part.line].append(
            {"kind": part.kind, "text": part.kind.upper() if part.kind in ("cr", "lf") else show_octets(octets)}
        )
    return {"code": f"{reply.code:03}", "lines": lines, **code_view(reply.code, lang), "defects": defects(reply, lang)}


def code_view(code: int, lang: str) -> dict[str, str]:
    """Return what a code means; for a value that cannot be a code, why not."""
    try:
        known = explain(code, lang)
    except NotACode:
        return {"name": Texts("widgets/texts", lang)("error_code"), "meaning": "", "severity": "", "category": ""}
    return {
        "name": known.text,
        "meaning": known.meaning,
        "severity": known.severity.partition(":")[0],
        "category": known.category.partition(":")[0],
    }


def defects(reply: Reply, lang: str) -> list[dict[str, Any]]:
    """Return a reply's defects: which line, and the rule that it breaks."""
    views = []
    for defect in reply.defects:
        broken = rule(defect.rule, lang)
        place = {"line": defect.line, "start": defect.start, "end": defect.end}
        views.append({**place, "rule": defect.rule, "text": broken.text, "source": f"{broken.level}, {broken.source}"})
    return views


def exchange_view(exchange: Exchange, lang: str) -> dict[str, Any]:
    """Return what was sent and what came back."""
    sent = None if exchange.sent is None else show_octets(exchange.sent.removesuffix(b"\r\n").removesuffix(b"\n"))
    return {
        "sent": sent,
        "session": exchange.session,
        "reply": None if exchange.reply is None else reply_view(exchange.reply, lang),
        "partial": show_octets(exchange.partial),
        "remarks": list(exchange.remarks(lang)),
        "text": "\n".join(f"{who}{':' if who in 'CS' else ''} {text}" for who, text in rows(exchange, lang)),
    }


def rows(exchange: Exchange, lang: str) -> Iterator[tuple[str, str]]:
    """Return who said what, as `Exchange.rows` does, with the remarks in `lang`."""
    yield from (row for row in exchange.rows() if row[0] != "-")
    for remark in exchange.remarks(lang):
        yield "-", remark


def refusal(error: Exception, lang: str, *entries: str) -> str:
    """Return what went wrong, in the learner's language.

    entries: what the learner typed; the place of what cannot be sent is found in it.
    """
    say = Texts("widgets/texts", lang)
    if isinstance(error, NotACode):
        return f"{', '.join(filter(_no_code, entries))}: {say('error_code')}"
    key = next((key for kind, key in _REFUSALS if isinstance(error, kind)), "error_other")
    places = ((at, FORBIDDEN[char]) for line in entries for at, char in enumerate(line) if char in FORBIDDEN)
    at, name = next(places, (0, ""))
    if key == "error_line" and not name:
        key = "error_character"  # a command line can be wrong in this too
    return say(key, detail=error, at=at, name=name, given=", ".join(entries))


def _no_code(text: str) -> bool:
    try:
        explain(text)
    except NotACode:
        return True
    return False


def sendable(value: Any) -> Any:
    """Return plain data as a page can be sent it: half a character, which UTF-8 has not, stands as U+FFFD."""
    if isinstance(value, str):
        return value if value.isascii() else _HALF.sub("\N{REPLACEMENT CHARACTER}", value)
    if isinstance(value, dict):
        return {sendable(key): sendable(each) for key, each in value.items()}
    return [sendable(each) for each in value] if isinstance(value, list | tuple) else value
