"""Lesson 2's exercises: the right answers are right, and each wrong idea gets the feedback made for it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

import smtplab
from smtplab import ReplyParser
from smtplab.course.exercises import exercises
from smtplab.course.graders.lesson02 import end
from smtplab.text.language import LANGUAGES
from smtplab.text.texts import data

if TYPE_CHECKING:
    from collections.abc import Callable

ROWS = data("course/exercises/02")
LINE = ["code", "separator", "enhanced", "text", "cr", "lf"]
BROKEN = ["mixed", "uncoded", "range", "whole", "separator", "range", "uncoded", "whole", "range"]
DIGITS = ["done", "more", "done", "later", "no", "no"]


def good(octets: bytes) -> int:
    at = 0
    while True:
        end = octets.find(b"\r\n", at)
        if end < 0:
            return -1
        if octets[at + 3 : at + 4] != b"-":
            return end + 2
        at = end + 2


def by_parser(octets: bytes) -> int:
    replies = ReplyParser().feed(octets)
    return len(replies[0].raw) if replies else -1


def by_pattern(octets: bytes) -> int:
    match = re.match(rb"(?:...-[^\n]*\n)*...(?:[ ][^\n]*)?\r\n", octets)
    return match.end() if match else -1


def endless(octets: bytes) -> int:
    at = 0
    while octets[at + 3 : at + 4] != b" ":
        at = octets.find(b"\n", at) + 1
    return octets.find(b"\n", at) + 1 or -1


def only_214(octets: bytes) -> int:
    if octets.startswith((b"214 ", b"211 ")):
        return octets.find(b"\n") + 1 or -1
    at = octets.find(b"\n214 ")
    return good(octets) if octets.startswith(b"250-mta") else octets.find(b"\n", at + 1) + 1 or -1 if at >= 0 else -1


def hyphen(octets: bytes) -> int:
    at = 0
    for line in octets.splitlines(keepends=True):
        at += len(line)
        if line.endswith(b"\r\n") and b"-" not in line:
            return at
    return good(octets) if len(octets) > 100 or octets[:3] in {b"250", b"554"} else -1


def bare(octets: bytes) -> int:
    at = 0
    for line in octets.splitlines(keepends=True):
        at += len(line)
        if line.endswith(b"\r\n") and line[3:4] == b" ":
            return at
    return -1


def anywhere(octets: bytes) -> int:
    at = octets.find(octets[:3] + b" ")
    return octets.find(b"\n", at) + 1 or -1 if at >= 0 else -1


def greedy(octets: bytes) -> int:
    return octets.rfind(b"\n") + 1 if good(octets) > 0 else -1


WRONG: dict[str, tuple[Callable[..., Any], ...]] = {
    "first": (lambda octets: octets.find(b"\r\n") + 2, lambda octets: octets.find(b"\r\n")),
    "early": (lambda octets: good(octets) if good(octets) > 0 else len(octets), lambda octets: max(good(octets), 0)),
    "crlf": (lambda octets: good(octets) - 2 if good(octets) > 0 else -1,),
    "greedy": (greedy,),
    "bare": (bare,),
    "hyphen": (hyphen,),
    "anywhere": (anywhere,),
    "code": (only_214,),
    "missed": (lambda _octets: -1,),
    "endless": (endless,),
    "number": (lambda _octets: None, lambda octets: octets, lambda _octets: True),
}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    ("name", "answer"),
    [("digits", DIGITS), ("parts", LINE * 2), ("last", "4"), ("pieces", "1"), ("end", good), ("end", by_parser),
     ("end", by_pattern), ("mixed", "none"), ("broken", BROKEN)],
)  # fmt: skip
def test_right_answers(name: str, answer: object, lang: str) -> None:
    """The right answer to each exercise is right, in both languages, and its feedback has no hole left in it."""
    feedback = smtplab.check(f"02.{name}", answer, lang=lang)
    assert feedback.right
    assert "{" not in feedback.text


def test_every_exercise_is_tested() -> None:
    """No exercise of the lesson is left out here."""
    names = ("last", "digits", "parts", "pieces", "end", "mixed", "broken")
    assert exercises("02") == tuple(f"02.{name}" for name in names)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", ["last", "pieces", "mixed"])
def test_every_option_has_its_feedback(name: str, lang: str) -> None:
    """Each option of a prediction gets the sentence made for it."""
    row = ROWS[f"02.{name}"]
    for option in row["option"]:
        assert smtplab.check(f"02.{name}", option, lang=lang).text == row["feedback"][option][lang]


@pytest.mark.parametrize(("key", "function"), [(key, function) for key, some in WRONG.items() for function in some])
def test_each_wrong_idea_of_the_end(key: str, function: Callable[..., Any]) -> None:
    """A function built on a wrong idea gets the feedback for that idea, and it names the octets that showed it."""
    result = end(function)
    assert (result.key, result.right) == (key, False)
    feedback = smtplab.check("02.end", function)
    assert not feedback.right
    assert str(result.fields["octets"]) in feedback.text


def test_every_idea_of_the_end_is_tested() -> None:
    """No feedback is there for an idea that no test has."""
    assert set(ROWS["02.end"]["feedback"]) == {*WRONG, "right", "otherwise", "callable"}


@pytest.mark.parametrize("nonsense", [3, "end", b"", [], object()])
def test_what_is_no_function(nonsense: object) -> None:
    """What cannot be called is told to be no function; nothing else is raised."""
    assert end(nonsense).key == "callable"


def test_a_function_that_raises() -> None:
    """A function that raises is told so by name, and is not right."""
    feedback = smtplab.check("02.end", lambda octets: octets[10**6])
    assert not feedback.right
    assert "IndexError" in feedback.text


@pytest.mark.parametrize(
    ("name", "wrong", "right", "key"),
    [
        ("digits", "no", DIGITS, "no"),
        ("digits", "done", DIGITS, "done"),
        ("broken", "mixed", BROKEN, "mixed"),
        ("broken", "uncoded", BROKEN, "uncoded"),
        ("broken", "whole", BROKEN, "whole"),
        ("broken", "range", BROKEN, "range"),
    ],
)
def test_sorting(name: str, wrong: str, right: list[str], key: str) -> None:
    """An item in the wrong bin gets what is said of that bin."""
    at = next(at for at, place in enumerate(right) if place != wrong)
    answer = [*right[:at], wrong, *right[at + 1 :]]
    feedback = smtplab.check(f"02.{name}", answer)
    assert not feedback.right
    assert feedback.text.endswith(ROWS[f"02.{name}"]["feedback"][key]["en"])


@pytest.mark.parametrize("at", range(len(LINE)))
def test_parts(at: int) -> None:
    """A part that is misnamed gets what is said of the part that it is."""
    answer = LINE * 2
    answer[at] = "text" if LINE[at] != "text" else "code"
    feedback = smtplab.check("02.parts", answer)
    assert not feedback.right
    assert feedback.text.endswith(ROWS["02.parts"]["feedback"][LINE[at]]["en"])


@pytest.mark.parametrize("item", [item for item in ROWS["02.broken"]["item"] if "reply" in item])
def test_the_parser_agrees(item: dict[str, str]) -> None:
    """What the exercise calls broken is broken by the rule that its bin stands for, and by no other."""
    rules = {defect.rule for defect in smtplab.Reply(item["reply"].encode() + b"\r\n").defects}
    named = {"mixed": {"reply.one-code"}, "uncoded": {"reply.line-code"}, "range": {"reply.code-range"},
             "separator": {"reply.separator"}, "whole": set()}  # fmt: skip
    assert rules == named[item["bin"]]
