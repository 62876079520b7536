"""Lesson 3's exercises: the right answers are right, and each wrong idea gets the feedback made for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import smtplab
from smtplab.course.exercises import exercise, exercises
from smtplab.course.graders import sandbox
from smtplab.course.graders.lesson03 import offers
from smtplab.text.language import LANGUAGES
from smtplab.text.texts import data

if TYPE_CHECKING:
    from collections.abc import Callable

    from smtplab import Lab

ROWS = data("course/exercises/03")
WHY = ["help", "other", "unknown", "unimplemented", "help", "topic", "first", "unknown"]


def good(lab: Lab, keyword: str) -> bool:
    reply = lab.send("EHLO me.example")
    listed = {line.upper().partition(" ")[0] for line in reply.lines[1:]}
    return reply.code // 100 == 2 and keyword.upper() in listed


def by_help(lab: Lab, keyword: str) -> bool:
    return keyword in lab.send("HELP").text


def by_either(lab: Lab, keyword: str) -> bool:
    return keyword in lab.send("EHLO me.example").text or keyword in lab.send("HELP").text


def by_substring(lab: Lab, keyword: str) -> bool:
    reply = lab.send("EHLO me.example")
    return reply.code == 250 and keyword.upper() in reply.text.upper()


def by_words(lab: Lab, keyword: str) -> bool:
    reply = lab.send("EHLO me.example")
    return reply.code == 250 and keyword.upper() in reply.text.upper().split()


def by_beginnings(lab: Lab, keyword: str) -> bool:
    lines = lab.send("EHLO me.example").lines[1:]
    return any(line.upper().startswith(keyword.upper()) for line in lines)


def whole_lines(lab: Lab, keyword: str) -> bool:
    return keyword in lab.send("EHLO me.example").lines[1:]


def by_case(lab: Lab, keyword: str) -> bool:
    reply = lab.send("EHLO me.example")
    return reply.code == 250 and keyword in [line.split(" ")[0] for line in reply.lines[1:]]


def whatever_the_code(lab: Lab, keyword: str) -> bool:
    return keyword.upper() in [line.upper().split(" ")[0] for line in lab.send("EHLO me.example").lines[1:]]


def unfinished(lab: Lab, _keyword: str) -> bool:
    lab.send("EHLO me.example")
    return False


def endless(lab: Lab, keyword: str) -> bool:
    while keyword not in lab.send("NOOP").text:
        pass
    return True


WRONG: dict[str, tuple[Callable[..., Any], ...]] = {
    "help": (by_help, by_either),
    "substring": (by_substring, by_words, by_beginnings),
    "parameter": (whole_lines,),
    "case": (by_case,),
    "refused": (whatever_the_code,),
    "missed": (unfinished,),
    "unasked": (lambda _lab, _keyword: True, lambda _lab, _keyword: False),
    "truth": (lambda _lab, _keyword: None, lambda lab, _keyword: lab.send("EHLO me.example"), lambda *_given: 1),
    "endless": (endless,),
}


def feedback_for(exercise_id: str, answer: object, lang: str = "en") -> smtplab.exercises.Feedback:
    with smtplab.start(carrier="memory") as lab:
        return smtplab.check(exercise_id, answer, lab, lang)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    ("name", "answer"),
    [("inside", "250"), ("ignored", "214"), ("locked", "530"), ("why", WHY), ("offers", good), ("longest", "505")],
)
def test_right_answers(name: str, answer: object, lang: str) -> None:
    """The right answer to each exercise is right, in both languages, and its feedback has no hole left in it."""
    feedback = feedback_for(f"03.{name}", answer, lang)
    assert feedback.right
    assert "{" not in feedback.text


def test_every_exercise_is_tested() -> None:
    """No exercise of the lesson is left out here."""
    assert exercises("03") == tuple(
        f"03.{name}" for name in ("inside", "ignored", "locked", "why", "offers", "longest")
    )


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", ["inside", "ignored", "locked", "longest"])
def test_every_option_has_its_feedback(name: str, lang: str) -> None:
    """Each option of a prediction gets the sentence made for it; one option is right."""
    outcomes = []
    for option in exercise(f"03.{name}", lang).options:
        feedback = feedback_for(f"03.{name}", option, lang)
        assert feedback.text == ROWS[f"03.{name}"]["feedback"][option][lang]
        outcomes.append(feedback.right)
    assert sum(outcomes) == 1


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(("key", "function"), [(key, function) for key, some in WRONG.items() for function in some])
def test_each_wrong_idea_of_what_is_offered(
    key: str, function: Callable[..., Any], lang: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A function built on a wrong idea gets the feedback for that idea, with nothing left to fill in."""
    if key == "endless":  # each line of it asks the lab, and ten thousand questions take seconds
        monkeypatch.setattr(sandbox, "LINES", 500)
    assert offers(function).key == key
    feedback = smtplab.check("03.offers", function, lang=lang)
    assert not feedback.right
    assert "{" not in feedback.text


def test_every_idea_of_what_is_offered_is_tested() -> None:
    """No feedback is there for an idea that no test has."""
    assert set(ROWS["03.offers"]["feedback"]) == {*WRONG, "right", "otherwise", "callable"}


@pytest.mark.parametrize("nonsense", [3, "offers", b"", [], object(), True])
def test_what_is_no_function(nonsense: object) -> None:
    """What cannot be called is told to be no function; nothing else is raised."""
    assert offers(nonsense).key == "callable"


def test_a_function_that_raises() -> None:
    """A function that raises is told so by name, and is not right."""
    feedback = smtplab.check("03.offers", lambda lab, _keyword: lab.nonsense)
    assert not feedback.right
    assert "AttributeError" in feedback.text


@pytest.mark.parametrize("wrong", list(ROWS["03.why"]["bin"]))
def test_sorting(wrong: str) -> None:
    """A reply in the wrong bin gets what is said of that bin."""
    at = next(at for at, place in enumerate(WHY) if place != wrong)
    feedback = smtplab.check("03.why", [*WHY[:at], wrong, *WHY[at + 1 :]])
    assert not feedback.right
    assert feedback.text.endswith(ROWS["03.why"]["feedback"][wrong]["en"])


@pytest.mark.parametrize(("size", "code"), [(505, 504), (506, 500)])
def test_the_longest_argument(size: int, code: int) -> None:
    """The answer to the puzzle is what this lab's server does."""
    with smtplab.start(carrier="memory") as lab:
        assert lab.send("HELP " + "A" * size).code == code
