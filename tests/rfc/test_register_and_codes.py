"""The rules and the codes say the same, and no exercise marks wrong what the rules allow."""

from __future__ import annotations

import pytest

from smtplab.course.answering import Question
from smtplab.course.exercises import exercise, exercises
from smtplab.course.grading import grade
from smtplab.rfc.codes import codes, explain
from smtplab.rfc.judge import CONFORMS, DEPARTS, PERMITTED, VIOLATES, judge
from smtplab.rfc.registry import required_verbs
from smtplab.text.texts import data
from tests.helpers.dialogues import dialogue

ARGUMENTS = {
    "EHLO": " me", "HELO": " me", "MAIL": " FROM:<a@b.example>", "RCPT": " TO:<a@b.example>", "VRFY": " ana",
    "EXPN": " staff", "AUTH": " PLAIN", "ETRN": " lab.example", "ATRN": " lab.example",
}  # fmt: skip
BY_THE_MOMENT = {
    (354, "DATA"), (250, "DATA"),  # before the message, after it
    *((503, verb) for verb in ("EXPN", "VRFY", "NOOP", "RSET", "HELP")),  # after a greeting of 554 only (RFC 5321 §3.1)
    *((code, verb) for code in (501, 530) for verb in ("HELO", "RSET")),  # with an argument; where TLS comes first
}  # fmt: skip
"""Pairs that are right or wrong by the state of the session: other tests have them."""

LISTED = [
    (code, verb)
    for code in (*codes("standard"), *codes("extension"))
    for verb in explain(code).commands
    if verb.isupper() and (code, verb) not in BY_THE_MOMENT
]
BY_VERDICT = [
    exercise_id
    for lesson in range(1, 9)
    for exercise_id in exercises(f"0{lesson}")
    if data(f"course/exercises/0{lesson}")[exercise_id].get("criterion") == "verdict"
]

NEVER = {
    (502, "VRFY"): VIOLATES,  # in its row, and not full compliance all the same (RFC 5321 §3.5.3)
    (502, "EHLO"): VIOLATES,  # "permitted only with an old-style server" (RFC 5321 §4.3.2)
    (502, "HELO"): VIOLATES,
    (502, "EXPN"): DEPARTS,  # in its row, and yet it should be there (RFC 5321 §3.5.2)
    (502, "HELP"): DEPARTS,  # likewise (RFC 5321 §4.1.1.8)
    (504, "HELP"): DEPARTS,  # without an argument there is no parameter to lack
    (538, "AUTH"): DEPARTS,  # for history only (RFC 4954 §6)
}
"""What a code's row lists and a rule still holds against the server; each for a reason."""


def verdict(verb: str, code: int) -> str:
    """Return the worst verdict on a code as the reply to a command that has what it needs."""
    text = "" if code == 334 else "x"  # 334 has base64 for text, or nothing (RFC 4954 §4)
    return judge(dialogue((verb + ARGUMENTS.get(verb, ""), f"{code} {text}"))[0]).worst


@pytest.mark.parametrize(("code", "verb"), LISTED)
def test_no_rule_convicts_what_the_catalogue_lists(code: int, verb: str) -> None:
    """A code that the catalogue gives to a command conforms, but for the pairs that are named here."""
    worst = verdict(verb, code)
    assert worst == NEVER[code, verb] if (code, verb) in NEVER else worst in (CONFORMS, PERMITTED)


def test_no_rule_acquits_what_the_catalogue_forbids() -> None:
    """What the codes' texts warn of has a rule that says so."""
    for verb in required_verbs():  # [502]: not for the minimum set
        assert verdict(verb, 502) == VIOLATES
        assert verdict(verb, 500) == VIOLATES
    assert verdict("HELP", 250) == DEPARTS  # [250]: not for HELP
    for code in (*codes("industry"), *codes("folklore")):  # no RFC defines them
        assert verdict("HELP MAIL", code) in (DEPARTS, VIOLATES)
    listed = dialogue((None, "220 x"), ("EHLO me", "250-x\n250 ETRN"), ("ETRN x", "502 x"))
    assert judge(listed[-1], listed).worst == VIOLATES  # [502]: never for one that EHLO lists


@pytest.mark.parametrize("exercise_id", BY_VERDICT)
def test_no_exercise_marks_wrong_what_the_register_allows(exercise_id: str) -> None:
    """Where verdicts are sorted, the judge's own verdict on each item is right."""
    row = data(f"course/exercises/{exercise_id[:2]}")[exercise_id]
    pairs = [shown.removeprefix("C: ").replace("\nS: ", "\n").split("\n", 1) for shown in exercise(exercise_id).items]
    bins = [judge(dialogue((command, reply))[0]).worst.partition(" ")[0] for command, reply in pairs]
    assert grade(Question(exercise_id, row, "en"), bins).right


def test_verdicts_are_sorted_somewhere() -> None:
    """There are exercises that ask for verdicts."""
    assert BY_VERDICT == ["06.judge", "08.conform"]
