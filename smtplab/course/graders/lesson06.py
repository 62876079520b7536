"""The grader of lesson 6, in the wild: a reply that is judged better alone than in its session."""

from __future__ import annotations

from smtplab.course.graders import Result
from smtplab.recordings.survey import survey
from smtplab.rfc.judge import CONFORMS, VIOLATES, judge


def session(answer: str) -> Result:
    """Judge a server whose reply to HELP is to conform alone and to violate a MUST in its session."""
    given = answer.strip().strip("\"'").lower()
    if not given:
        return Result("otherwise")
    server = next((each for each in survey().servers if each.name == given), None)
    said = None if server is None else server.exchange("HELP")
    if server is None or said is None or said.reply is None:
        return Result("unknown")
    alone, whole = judge(said), judge(said, server.dialogues["HELP"])
    fields: dict[str, object] = {"name": given, "code": said.reply.code}
    if alone.worst != CONFORMS:
        return Result("alone", {**fields, "rule": alone[0].rule.id}, said.reply)
    if whole.worst != VIOLATES:
        return Result("both", fields, said.reply)
    return Result("right", {**fields, "rule": whole[0].rule.id}, said.reply)
