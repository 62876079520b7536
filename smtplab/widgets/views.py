"""Replies and exchanges as plain data for the page: text that is already safe to show, and what each piece is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from smtplab.codes import explain
from smtplab.errors import NotACode
from smtplab.reply import Reply, show_octets
from smtplab.rules import rule

if TYPE_CHECKING:
    from smtplab.transcript import Exchange

_SHOWN = {b"\r": "CR", b"\n": "LF"}


def reply_view(reply: Reply, lang: str) -> dict[str, Any]:
    """Give a reply's lines, each as its parts, with what the code means and the defects."""
    lines: list[list[dict[str, str]]] = [[] for _ in reply.lines]
    for part in reply.parts:
        octets = reply.raw[part.start : part.end]
        lines[part.line].append({"kind": part.kind, "text": _SHOWN.get(octets) or show_octets(octets)})
    return {"code": f"{reply.code:03}", "lines": lines, **code_view(reply.code, lang), "defects": defects(reply, lang)}


def code_view(code: int, lang: str) -> dict[str, str]:
    """Give what a code means; for what can be no code, why not."""
    try:
        found = explain(code, lang)
    except NotACode as error:
        return {"name": str(error), "meaning": "", "severity": "", "category": ""}
    return {
        "name": found.text,
        "meaning": found.meaning,
        "severity": found.severity.partition(":")[0],
        "category": found.category.partition(":")[0],
    }


def defects(reply: Reply, lang: str) -> list[dict[str, Any]]:
    """Give a reply's defects: which line, and the rule that it breaks."""
    found = []
    for defect in reply.defects:
        broken = rule(defect.rule, lang)
        place = {"line": defect.line, "start": defect.start, "end": defect.end}
        found.append({**place, "rule": defect.rule, "text": broken.text, "source": f"{broken.level}, {broken.source}"})
    return found


def exchange_view(exchange: Exchange, lang: str) -> dict[str, Any]:
    """Give what was sent and what came back."""
    sent = None if exchange.sent is None else show_octets(exchange.sent.removesuffix(b"\r\n").removesuffix(b"\n"))
    return {
        "sent": sent,
        "session": exchange.session,
        "reply": None if exchange.reply is None else reply_view(exchange.reply, lang),
        "partial": show_octets(exchange.partial),
        "remarks": list(exchange.remarks(lang)),
        "text": str(exchange),
    }
