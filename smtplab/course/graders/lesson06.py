"""The grader of lesson 6, in the wild: a reply that is judged better alone than in its session."""

from __future__ import annotations

from smtplab.course.graders import Result
from smtplab.recordings.survey import survey
from smtplab.rfc.judge import CONFORMS, VIOLATES, judge


def session(answer: str) -> Result:
    """Judge a server whose reply to HELP is to conform alone and to violate a MUST in its session."""
    name = answer.strip().strip("\"'").lower()
    if not name:
        return Result("otherwise")
    server = next((candidate for candidate in survey().servers if candidate.name == name), None)
    exchange = None if server is None else server.exchange("HELP")
    if server is None or exchange is None or exchange.reply is None:
        return Result("unknown")
    alone, whole = judge(exchange), judge(exchange, server.dialogues["HELP"])
    fields: dict[str, object] = {"name": name, "code": exchange.reply.code}
    if alone.worst != CONFORMS:
        return Result("alone", {**fields, "rule": alone[0].rule.id}, exchange.reply)
    if whole.worst != VIOLATES:
        return Result("both", fields, exchange.reply)
    return Result("right", {**fields, "rule": whole[0].rule.id}, exchange.reply)
