"""The drill of lesson 6, in the wild: a reply that is judged better alone than in its session."""

from __future__ import annotations

from smtplab.drills import Finding
from smtplab.surveying import survey
from smtplab.verdicts import CONFORMS, VIOLATES, judge


def session(answer: str) -> Finding:
    """Judge a server whose reply to HELP is to conform alone and to violate a MUST in its session."""
    given = answer.strip().strip("\"'").lower()
    if not given:
        return Finding("otherwise")
    server = next((each for each in survey().servers if each.name == given), None)
    said = None if server is None else server.exchange("HELP")
    if server is None or said is None or said.reply is None:
        return Finding("unknown")
    alone, whole = judge(said), judge(said, server.dialogues["HELP"])
    fields: dict[str, object] = {"name": given, "code": said.reply.code}
    if alone.worst != CONFORMS:
        return Finding("alone", {**fields, "rule": alone[0].rule.id}, said.reply)
    if whole.worst != VIOLATES:
        return Finding("both", fields, said.reply)
    return Finding("right", {**fields, "rule": whole[0].rule.id}, said.reply)
