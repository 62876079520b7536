"""The graders of lesson 5, side by side: a counter-example, seven decisions of a server, one of a client."""

from __future__ import annotations

import re
from typing import Any

from smtplab.course.graders import RIGHT, Mark, Result
from smtplab.course.graders.sandbox import patiently, short
from smtplab.protocol.command import command_line
from smtplab.protocol.reply import Reply
from smtplab.recordings.recording import recording
from smtplab.recordings.survey import survey
from smtplab.rfc.judge import CONFORMS, PERMITTED, judge
from smtplab.text.texts import unknown


def refute(answer: str) -> Result:
    """Judge a server named as a counter-example to "after HELP you see 214"."""
    name = answer.strip().lower()
    if not name:
        return Result("otherwise")
    server = next((candidate for candidate in survey().servers if candidate.name == name), None)
    exchange = None if server is None else server.exchange("HELP")
    if exchange is None or exchange.reply is None:
        return Result("unknown")
    verdicts = judge(exchange)
    fields: dict[str, object] = {"name": name, "code": exchange.reply.code, "rule": verdicts[0].rule.id}
    if exchange.reply.code == 214:  # the code that the claim is about
        return Result("supports", fields, exchange.reply)
    if verdicts.worst in (CONFORMS, PERMITTED):
        return Result("right", fields, exchange.reply)
    # lacking HELP departs from a SHOULD (RFC 5321 §4.1.1.8); that it may be refused can be defended (§4.3.2, §4.5.1)
    only_missing = all(verdict.rule.id == "help.supported" for verdict in verdicts.notable)
    return Result("refused" if only_missing else "breaks", fields, exchange.reply, right=only_missing)


# --- seven decisions of a server: which codes are right, which wrong ones have a feedback of their own, and the rest's

_SITUATIONS: tuple[tuple[tuple[str, ...], dict[str, str], str], ...] = (
    (("211", "214"), {"250": "help_250"}, "help_other"),
    (("504",), {"211": "topic_given", "214": "topic_given", "250": "topic_given"}, "otherwise"),
    (("502",), {"211": "knows", "214": "knows", "500": "knows", "501": "knows", "504": "knows"}, "otherwise"),
    (("500",), {"211": "status_given", "214": "status_given", "250": "status_given", "502": "status_502"}, "otherwise"),
    (("211",), {"214": "queue_214", "250": "queue_250"}, "queue_refused"),
    (("250",), {"211": "ehlo_21x", "214": "ehlo_21x", "220": "ehlo_21x"}, "otherwise"),
    (("421",), {}, "closing"),
)
_COARSE = ("500", "501", "502")


def decide(answer: str) -> Result:
    """Judge seven codes, one a line, each by itself (RFC 5321 §4.2.1, §4.2.4, §4.3.2)."""
    codes = [re.sub(r"\A\(?[1-7][).:]\s*", "", line.strip()) for line in answer.strip().splitlines() if line.strip()]
    if len(codes) != len(_SITUATIONS):
        return Result("form", {"count": len(codes)})
    rows = tuple(_decision(code, *situation) for code, situation in zip(codes, _SITUATIONS, strict=True))
    first = next((row for row in rows if not row.right), Mark("right"))
    return Result(first.key, first.fields, rows=rows)


def _decision(code: str, right: tuple[str, ...], known: dict[str, str], rest: str) -> Mark:
    if not re.fullmatch(r"[0-9]{3}", code):
        return Mark("digits", {"code": short(code)})
    if code in right:
        return Mark("right")
    return Mark("topic_coarse" if right == ("504",) and code in _COARSE else known.get(code, rest), {"code": code})


# --- one decision of a client


def _recorded(name: str, command: str) -> Reply:
    reply = recording(name).reply_to(command_line(command))
    if reply is None:
        raise unknown("recorded command", command, ())
    return Reply(reply.octets)


def _cases() -> tuple[tuple[Reply, bool, str], ...]:
    return (
        (_recorded("exim-4.96", "HELP"), True, "pair"),
        (_recorded("dumbster-1.6", "HELP"), True, "pair"),
        (_recorded("haraka-status-3.3.4", "STATUS QUEUE INSPECT"), True, "pair"),
        (_recorded("chasquid-1.11", "NOOP"), True, "exact"),
        (_recorded("mailutils-lmtpd-3.15", "HELP"), True, "exact"),
        (Reply(b"259 Nobody has listed this one\r\n"), True, "exact"),
        (Reply(b"214\r\n"), True, "bare"),
        (Reply(b"214-500 and 502 are errors\r\n214-not recognized: none\r\n214 421 means closing\r\n"), True, "text"),
        (_recorded("mailfront-2.12", "HELP"), True, "text"),
        (Reply(b"354 Start mail input; end with <CRLF>.<CRLF>\r\n"), False, "waiting"),
        (Reply(b"334 \r\n"), False, "waiting"),
        (_recorded("aiosmtpd-1.4.6-recorded", "HELP NOSUCH"), False, "text"),
        (Reply(b"500-211 System status\r\n500 214 Help message: 250 OK\r\n"), False, "text"),
        *(
            (_recorded(name, "HELP"), False, "refused")
            for name in ("postfix-3.7.11", "go-smtp-0.12.1", "rblsmtpd-0.88")
        ),
        (Reply(b"421 lab.example closing\r\n"), False, "refused"),
        (Reply(b"451 4.3.0 Later\r\n"), False, "refused"),
        (Reply(b"504 5.3.0 No such topic\r\n"), False, "refused"),
        (Reply(b"559 Nobody has listed this one either\r\n"), False, "refused"),
    )


def client(answer: Any) -> Result:
    """Try a function on replies that mean go on, wait, or no, some with a text that says the opposite."""
    if not callable(answer):
        return Result("callable")
    cases = _cases()
    answers = [patiently(answer, reply) for reply, _, _ in cases]
    if all(answer is None for answer in answers):
        return Result("nothing")
    wrong = [at for at, (_, expected, _) in enumerate(cases) if bool(answers[at]) != expected]
    if not wrong:
        return RIGHT
    if not any(answers[:3]):  # neither 211 nor 214: the fault is no idea about the pair
        return Result("otherwise")
    at, key = wrong[0], cases[wrong[0]][2]
    refusals = [at for at, (reply, _, _) in enumerate(cases) if reply.code // 100 == 5]
    if all(answers[at] for at in refusals):  # says yes to every refusal: it follows no text, it lets everything pass
        at, key = refusals[0], "refused"
    return Result(key, {"code": cases[at][0].code}, cases[at][0])
