"""The rules: cited as they stand, and each check proved by a server that breaks it and one that does not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

import smtplab
import smtplab.server.personality
from smtplab.rfc.checks import CHECKS, WITHOUT_REPLY
from smtplab.rfc.judge import CONFORMS, DEPARTS, OUTCOMES, PERMITTED, VIOLATES, judge
from smtplab.rfc.rules import LEVELS, rule, rules
from smtplab.text.texts import data
from tests.helpers.citations import has_section
from tests.helpers.dialogues import dialogue, outcomes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from smtplab.protocol.transcript import Transcript

OF_LEVEL = {"MUST": VIOLATES, "SHOULD": DEPARTS, "MAY": PERMITTED}
EHLO = "250-lab\n250 HELP"
ENHANCED = "250-lab\n250-ENHANCEDSTATUSCODES\n250 HELP"
MAIL = ["EHLO me", "MAIL FROM:<a@b.example>", "HELP", "RCPT TO:<c@d.example>"]

# rule → (what a server says that breaks it, what is sent, which of these is judged), (the same, kept)
Case = tuple[dict[str, Any], list[str], int]
CASES: dict[str, tuple[Case, Case]] = {
    "reply.code-range": (({"HELP": "260 x"}, ["HELP"], -1), ({"HELP": "259 x"}, ["HELP"], -1)),
    "reply.one-code": (({"HELP": "214-a\n211 b"}, ["HELP"], -1), ({"HELP": "214-a\n214 b"}, ["HELP"], -1)),
    "reply.line-code": (({"HELP": "214-a\n b\n214 c"}, ["HELP"], -1), ({"HELP": "214-a\n214 c"}, ["HELP"], -1)),
    "reply.separator": (({"HELP": "214:a"}, ["HELP"], -1), ({"HELP": "214 :a"}, ["HELP"], -1)),
    "reply.textstring": (({"HELP": "214 mañana"}, ["HELP"], -1), ({"HELP": "214 morgen"}, ["HELP"], -1)),
    "reply.crlf": (({"HELP": b"214 a\n"}, ["HELP"], -1), ({"HELP": b"214 a\r\n"}, ["HELP"], -1)),
    "reply.line-length": (({"HELP": "214 " + "x" * 507}, ["HELP"], -1), ({"HELP": "214 " + "x" * 506}, ["HELP"], -1)),
    "reply.first-digit": (({"HELP": "614 x"}, ["HELP"], -1), ({"HELP": "214 x"}, ["HELP"], -1)),
    "reply.bare-code": (({"HELP": b"214 \r\n"}, ["HELP"], -1), ({"HELP": "214 x"}, ["HELP"], -1)),
    "reply.space": (({"HELP": b"214\r\n"}, ["HELP"], -1), ({"HELP": b"214 \r\n"}, ["HELP"], -1)),
    "reply.listed": (({"HELP": "200 x"}, ["HELP"], -1), ({"HELP": "211 x"}, ["HELP"], -1)),
    "reply.its-command": (({"MAIL": "535 x"}, ["MAIL FROM:<a@b>"], -1), ({"AUTH": "535 x"}, ["AUTH PLAIN"], -1)),
    "reply.one-per-command": (({"TURN": b"502 a\r\n250 b\r\n"}, ["TURN"], -2), ({"TURN": "502 a"}, ["TURN"], -1)),
    "help.success": (({"HELP": "250 x"}, ["HELP"], -1), ({"HELP": "211 x"}, ["HELP"], -1)),
    "help.supported": (({"HELP": "502 x"}, ["HELP"], -1), ({"HELP": "214 x"}, ["HELP"], -1)),
    "help.refusal-code": (({"HELP": "550 x"}, ["HELP"], -1), ({"HELP": "530 x"}, ["HELP"], -1)),
    "help.argument": (({"HELP": "501 x"}, ["HELP X"], -1), ({"HELP": "214 x"}, ["HELP X"], -1)),
    "help.any-time": (({"HELP": "503 x"}, ["HELP"], -1), ({"HELP": "214 x"}, ["HELP"], -1)),
    "help.announced": (
        ({"EHLO": "250 lab", "HELP": "214 x"}, ["EHLO me", "HELP"], -1),
        ({"EHLO": EHLO, "HELP": "214 x"}, ["EHLO me", "HELP"], -1),
    ),
    "help.listed-works": (
        ({"EHLO": EHLO, "HELP": "502 x"}, ["EHLO me", "HELP"], -1),
        ({"EHLO": EHLO, "HELP": "214 x"}, ["EHLO me", "HELP"], -1),
    ),
    "help.no-effect": (({"RCPT": "503 x"}, MAIL, -1), ({"RCPT": "250 x"}, MAIL, -1)),
    "help.discloses": (
        ({"HELP": "214 Exim 4.96"}, ["HELP"], -1),
        ({"HELP": "214 2.0.0 see RFC 5321 section 4.1.1.8"}, ["HELP"], -1),
    ),
    "status.not-standard": (({"NOOP": "211 x"}, ["NOOP"], -1), ({"NOOP": "250 x"}, ["NOOP"], -1)),
    "private.name": (({"STATUS": "211 x"}, ["STATUS"], -1), ({"XSTATUS": "211 x"}, ["XSTATUS"], -1)),
    "private.unknown": (({"XFOO": "502 x"}, ["XFOO"], -1), ({"XFOO": "500 x"}, ["XFOO"], -1)),
    "unknown.500": (({"FOO": "502 x"}, ["FOO"], -1), ({"FOO": "500 x"}, ["FOO"], -1)),
    "ehlo.keywords": (
        ({"EHLO": "250-lab\n250 STATUS"}, ["EHLO me"], -1),
        ({"EHLO": "250-lab\n250-XSTATUS\n250 burl imap"}, ["EHLO me"], -1),
    ),
    "helo.plain": (({"HELO": EHLO}, ["HELO me"], -1), ({"HELO": "250-lab\n250 nice to see you"}, ["HELO me"], -1)),
    "command.announced": (
        ({"EHLO": EHLO, "EXPN": "250 <a@b.example>"}, ["EHLO me", "EXPN staff"], -1),
        ({"EHLO": "250-lab\n250 EXPN", "EXPN": "250 <a@b.example>"}, ["EHLO me", "EXPN staff"], -1),
    ),
    "command.listed-works": (
        ({"EHLO": "250-lab\n250 CHUNKING", "BDAT": "502 x"}, ["EHLO me", "BDAT 0 LAST"], -1),
        ({"EHLO": "250-lab\n250 CHUNKING", "BDAT": "503 x"}, ["EHLO me", "BDAT 0 LAST"], -1),
    ),
    "success.row": (({"EHLO": "220 x"}, ["EHLO me"], -1), ({"EHLO": "250 x"}, ["EHLO me"], -1)),
    "order.any-time": (({"VRFY": "503 x"}, ["VRFY ana"], -1), ({"VRFY": "252 x"}, ["VRFY ana"], -1)),
    "ehlo.again": (
        ({"EHLO": ["250 lab", "503 x"]}, ["EHLO me", "EHLO me"], -1),
        ({"EHLO": ["250 lab", "550 x"]}, ["EHLO me", "EHLO me"], -1),
    ),
    "order.first": (
        ({"EHLO": "250 lab", "AUTH": "530 x"}, ["EHLO me", "AUTH PLAIN"], -1),
        ({"EHLO": "250-lab\n250 STARTTLS", "AUTH": "530 x"}, ["EHLO me", "AUTH PLAIN"], -1),
    ),
    "argument.none": (({"RSET": "250 x"}, ["RSET now"], -1), ({"RSET": "501 x"}, ["RSET now"], -1)),
    "rset.250": (({"RSET": "450 x"}, ["RSET"], -1), ({"RSET": "250 x"}, ["RSET"], -1)),
    "expn.supported": (({"EXPN": "502 x"}, ["EXPN staff"], -1), ({"EXPN": "252 x"}, ["EXPN staff"], -1)),
    "rcpt.order": (
        ({"RCPT": "250 x"}, ["EHLO me", "RCPT TO:<a@b.example>"], -1),
        ({"RCPT": "503 x"}, ["EHLO me", "RCPT TO:<a@b.example>"], -1),
    ),
    "path.syntax": (
        ({"MAIL": "250 x"}, ["EHLO me", "MAIL FROM:a@b.example"], -1),
        ({"MAIL": "250 x"}, ["EHLO me", "MAIL FROM:<a@b.example>"], -1),
    ),
    "rejected.commands": (
        ({None: "554 no", "NOOP": "502 x"}, ["NOOP"], -1),
        ({None: "554 no", "NOOP": "503 x"}, ["NOOP"], -1),
    ),
    "auth.order": (
        ({"AUTH": "235 x"}, ["EHLO me", "AUTH PLAIN AGEAYg==", "AUTH PLAIN AGEAYg=="], -1),
        ({"AUTH": ["235 x", "503 x"]}, ["EHLO me", "AUTH PLAIN AGEAYg==", "AUTH PLAIN AGEAYg=="], -1),
    ),
    "auth.encryption": (
        ({"AUTH": "538 x"}, ["EHLO me", "AUTH PLAIN"], -1),
        ({"AUTH": "504 x"}, ["EHLO me", "AUTH PLAIN"], -1),
    ),
    "auth.challenge": (
        ({"AUTH": "334 go ahead"}, ["EHLO me", "AUTH PLAIN"], -1),
        ({"AUTH": "334 VXNlcm5hbWU6"}, ["EHLO me", "AUTH LOGIN"], -1),
    ),
    "minimum.supported": (({"NOOP": "502 x"}, ["NOOP"], -1), ({"NOOP": "250 x"}, ["NOOP"], -1)),
    "quit.221": (({"QUIT": "250 x"}, ["QUIT"], -1), ({"QUIT": "221 x"}, ["QUIT"], -1)),
    "noop.250": (({"NOOP": "200 x"}, ["NOOP"], -1), ({"NOOP": "250 x"}, ["NOOP"], -1)),
    "noop.argument": (({"NOOP": "501 x"}, ["NOOP hi"], -1), ({"NOOP": "250 x"}, ["NOOP hi"], -1)),
    "greeting.code": (({None: "250 hello"}, ["NOOP"], 0), ({None: "220 hello"}, ["NOOP"], 0)),
    "command.length": (
        ({"HELP": "500 line too long"}, ["HELP " + "x" * 505], -1),
        ({"HELP": "504 no such topic"}, ["HELP " + "x" * 505], -1),
    ),
    "connection.stays": (
        ({"FOO": smtplab.Answer(b"500 go away\r\n", close=True)}, ["FOO"], -1),
        ({"FOO": "500 what"}, ["FOO"], -1),
    ),
    "enhanced.class": (({"HELP": "214 5.0.0 x"}, ["HELP"], -1), ({"HELP": "214 2.0.0 x"}, ["HELP"], -1)),
    "enhanced.every-line": (
        ({"HELP": "214-2.0.0 a\n214 b"}, ["HELP"], -1),
        ({"HELP": "214-2.0.0 a\n214 2.0.0 b"}, ["HELP"], -1),
    ),
    "enhanced.announced": (
        ({"EHLO": ENHANCED, "HELP": "214 x"}, ["EHLO me", "HELP"], -1),
        ({"EHLO": ENHANCED, "HELP": "214 2.0.0 x"}, ["EHLO me", "HELP"], -1),
    ),
}

# rule → (a dialogue whose last exchange breaks it, the same, kept), where no script will do
GREETED = ((None, "220 lab"), ("EHLO me", "250 lab"))
IN_DATA = (
    *GREETED, ("MAIL FROM:<a@b.example>", "250 x"), ("RCPT TO:<c@d.example>", "250 x"), ("DATA", "354 x"),
)  # fmt: skip
TLS = (*GREETED, ("STARTTLS", "220 x"))
CHALLENGED = (*GREETED, ("AUTH PLAIN", "334 "))
LMTP = ((None, "220 lab"), ("LHLO me", "250 lab"))
MADE: dict[str, tuple[Transcript, Transcript]] = {
    "reply.last-line": (dialogue(("HELP", "214-a")), dialogue(("HELP", "214-a\n214 b"))),
    "starttls.once": (
        dialogue(*TLS, ("EHLO me", "250-lab\n250 STARTTLS")),
        dialogue(*TLS, ("EHLO me", "250-lab\n250 AUTH PLAIN")),
    ),
    "auth.cancel": (dialogue(*CHALLENGED, ("*", "535 x")), dialogue(*CHALLENGED, ("*", "501 x"))),
    "lmtp.hello": (dialogue(*LMTP, ("EHLO me", "250 x")), dialogue(*LMTP, ("EHLO me", "500 x"))),
    "lmtp.data": (
        dialogue(*LMTP, ("MAIL FROM:<a@b>", "250 x"), ("RCPT TO:<a@b>", "550 x"), ("DATA", "354 x")),
        dialogue(*LMTP, ("MAIL FROM:<a@b>", "250 x"), ("RCPT TO:<a@b>", "550 x"), ("DATA", "503 x")),
    ),
    "command.crlf": (dialogue(*GREETED, (b"NOOP\n", "250 x")), dialogue(*GREETED, (b"NOOP\r\n", "250 x"))),
    "data.end": (
        dialogue(*IN_DATA, (b"Subject: x\n\nx\n.\n", "250 x")),
        dialogue(*IN_DATA, (b"Subject: x\r\n\r\nx\n.\ny\r\n.\r\n", "250 x")),
    ),
}


def outcome_of(rule_id: str, case: Case) -> str | None:
    """Run a case and return what its rule says."""
    answers, commands, which = case
    scripted = smtplab.Personality.scripted(
        {command: answer for command, answer in answers.items() if command}, greeting=answers.get(None)
    )
    with smtplab.start(scripted, carrier="memory") as lab:
        for command in commands:
            lab.send(command)
        transcript = lab.transcript
    return next(
        (verdict.outcome for verdict in judge(transcript[which], transcript) if verdict.rule.id == rule_id), None
    )


@pytest.mark.parametrize("rule_id", CASES)
def test_a_server_that_breaks_the_rule(rule_id: str) -> None:
    """A scripted server that breaks the rule gets the verdict of the rule's level, one that keeps it conforms."""
    broken, kept = CASES[rule_id]
    assert outcome_of(rule_id, broken) == OF_LEVEL[rule(rule_id).level]
    assert outcome_of(rule_id, kept) == CONFORMS


@pytest.mark.parametrize("rule_id", MADE)
def test_a_dialogue_that_breaks_the_rule(rule_id: str) -> None:
    """An exchange that breaks the rule gets the verdict of the rule's level, one that keeps it conforms."""
    broken, kept = MADE[rule_id]
    assert outcomes(broken)[rule_id] == OF_LEVEL[rule(rule_id).level]
    assert outcomes(kept)[rule_id] == CONFORMS


def test_quit_and_then_more() -> None:
    """A server that answers after its 221 violates a MUST; one that is silent then does not."""
    for reply, wanted in (("250 x", VIOLATES), (None, CONFORMS)):
        assert outcomes(dialogue(*GREETED, ("QUIT", "221 x"), ("NOOP", reply)), -2)["quit.closes"] == wanted


def test_a_reply_without_an_end() -> None:
    """An unfinished reply, kept as a value, breaks the rule of the last line; a finished one does not."""
    for raw, wanted in ((b"214-a\r\n", VIOLATES), (b"214-a\r\n214 b\r\n", CONFORMS)):
        verdicts = judge(smtplab.Exchange(b"HELP\r\n", smtplab.Reply(raw)))
        assert {verdict.rule.id: verdict.outcome for verdict in verdicts}["reply.last-line"] == wanted


def test_silence_breaks_a_rule() -> None:
    """A command without any reply violates the rule of one reply to each command."""
    with smtplab.start(smtplab.Personality.scripted({"HELP": b""}), carrier="memory") as lab:
        with pytest.raises(smtplab.ReplyTimeout):
            lab.send("HELP")
        assert [verdict.rule.id for verdict in judge(lab.transcript[-1], lab.transcript)] == ["reply.one-per-command"]


def test_every_rule_is_proved() -> None:
    """Each rule of the register has its case here."""
    ids = {rule.id for rule in rules()}
    proved = {*CASES, *MADE, "quit.closes"}
    assert [f"rule {rule_id!r} has no case in CASES of tests/rfc/test_rules.py" for rule_id in ids - proved] == []
    assert ids == proved
    assert len(ids) >= 25


def unjoined(register: Iterable[str], checks: Iterable[str]) -> list[str]:
    """Return a sentence for each rule without a check, and for each check without a rule."""
    no_check = [f"rule {rule_id!r} of rules.toml has no check in CHECKS (checks/__init__.py)" for rule_id in register]
    no_rule = [f"check {rule_id!r} in CHECKS (checks/__init__.py) has no rule in rules.toml" for rule_id in checks]
    return [
        *(text for text, rule_id in zip(no_check, register, strict=True) if rule_id not in checks),
        *(text for text, rule_id in zip(no_rule, checks, strict=True) if rule_id not in register),
    ]


def test_each_rule_has_its_check() -> None:
    """Each rule has a check and each check a rule, in the same order, joined by the rule's id in one table."""
    assert unjoined(data("rfc/rules"), CHECKS) == []
    assert list(data("rfc/rules")) == list(CHECKS)
    assert CHECKS.keys() >= WITHOUT_REPLY


def test_what_is_missing_is_said() -> None:
    """A rule without a check, and a check without a rule, are named in a sentence that says where they belong."""
    assert unjoined(["help.dummy"], []) == [
        "rule 'help.dummy' of rules.toml has no check in CHECKS (checks/__init__.py)"
    ]
    assert unjoined([], ["help.dummy"]) == [
        "check 'help.dummy' in CHECKS (checks/__init__.py) has no rule in rules.toml"
    ]


def test_rules_are_complete() -> None:
    """Each rule has a level, a source and both languages, and keeps to them."""
    for rule_id, row in data("rfc/rules").items():
        assert row["level"] in LEVELS
        assert re.fullmatch(r"RFC \d+ §[\d.]+", row["source"])
        assert row["text"]["en"] != row["text"]["es"]
        assert rule(rule_id, "es").text == row["text"]["es"]
        assert "{" not in row["text"]["en"] + row["text"]["es"]
    with pytest.raises(smtplab.UnknownName, match=r"'nosuch'; there are: reply\.code-range"):
        rule("nosuch")


@pytest.mark.parametrize("source", sorted({rule.source for rule in rules("en")}))
def test_cited_sections_exist(source: str) -> None:
    """Each cited section is one of the RFC's."""
    number, section = re.fullmatch(r"RFC (\d+) §([\d.]+)", source).groups()
    assert has_section(int(number), section)


def test_the_examples_of_the_lessons() -> None:
    """HELP's 502 and 250 depart from a SHOULD, 214 mixed with 211 violates a MUST, HELP with a topic may be refused."""
    wanted = {b"502 no\r\n": DEPARTS, b"250 ok\r\n": DEPARTS, b"214-a\r\n211 b\r\n": VIOLATES, b"214 a\r\n": CONFORMS}
    for raw, worst in wanted.items():
        assert judge(smtplab.Exchange(b"HELP\r\n", smtplab.Reply(raw))).worst == worst
    assert judge(smtplab.Exchange(b"HELP MAIL\r\n", smtplab.Reply(b"502 no\r\n"))).worst == PERMITTED


def test_verdicts_as_text() -> None:
    """Verdicts come worst first, print in the learner's language, and escape nothing into HTML."""
    verdicts = judge(smtplab.Exchange(b"HELP\r\n", smtplab.Reply(b"250 <b>\n")), lang="es")
    assert [OUTCOMES.index(verdict.outcome) for verdict in verdicts] == sorted(
        (OUTCOMES.index(verdict.outcome) for verdict in verdicts), reverse=True
    )
    assert str(verdicts).startswith("incumple un MUST: Una línea termina en CR LF")
    assert "<b>" not in verdicts._repr_html_()
    assert repr(verdicts).startswith("<Verdicts violates a MUST, ")
