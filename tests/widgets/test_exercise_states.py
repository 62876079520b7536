"""What the exercise card knows and tells, without a page: predictions that stand, earlier answers, functions, help."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest

import smtplab
from smtplab.course import exercises as checks
from smtplab.course.exercises import exercise, exercises
from smtplab.course.hints import solution
from smtplab.course.logbook import logbook
from smtplab.course.progress import progress
from smtplab.course.review import Choice
from smtplab.widgets import namespace
from smtplab.widgets.exercise.presenter import ExercisePresenter
from smtplab.widgets.exercise.review import ReviewPresenter

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def answered(presenter: ExercisePresenter, answer: Any, **more: Any) -> dict[str, Any]:
    """Answer as the page does, and return what it is told."""
    presenter.take({"type": "answer", "answer": answer, **more})
    told: dict[str, Any] = presenter.state["feedback"]
    return told


def test_the_first_prediction_stands() -> None:
    """A prediction that was wrong stays wrong, whatever is clicked afterwards, and each click is explained."""
    card = ExercisePresenter("01.help", None)
    assert answered(card, "211")["verdict"] == "Your prediction: 211. It was 214."
    assert card.state["tags"] == {"211": "your prediction", "214": "✓ it was this"}
    for other, words in (("214", "The help message"), ("250", "")):
        told = answered(card, other)
        assert (told["right"], told["verdict"]) == (False, "Your prediction: 211. It was 214.")
        assert (told["of"], words in told["text"]) == (f"{other}:", True)
    assert [each.answer for each in logbook().history("01.help").attempts] == ["211", "214", "250"]
    assert answered(card, "211")["of"] == ""


def test_a_prediction_that_came_true_stays_so() -> None:
    """A right prediction is not spoiled by looking at the other answers; in Spanish it is told in Spanish."""
    card = ExercisePresenter("01.help", None, "es")
    assert answered(card, "214")["verdict"] == "Correcto."
    told = answered(card, "250")
    assert (told["right"], told["verdict"]) == (True, "Tu predicción: 214. Se ha cumplido.")
    assert card.state["tags"] == {"214": "✓ tu predicción"}


@pytest.mark.parametrize(("lang", "tag"), [("en", "✓ it was this"), ("es", "✓ así es")])
def test_a_wrong_prediction_in_words_is_told_what_is_so(lang: str, tag: str) -> None:
    """Where no server decides, a wrong prediction is told which option is right, and why."""
    card = ExercisePresenter("02.last", None, lang)
    options, right = card._exercise.options, checks.judged("02.last", "4", lang)[0].words
    told = answered(card, "1")
    assert told["so"] == {"of": f"✓ {options['4'].rstrip('.')}:", "text": right}
    assert card.state["tags"]["4"] == tag
    assert answered(card, "4")["so"] == {}
    assert answered(ExercisePresenter("05.twenty", None), ["refused"] * 20)["so"] == {}  # no prediction: one tries on


def test_what_was_told_before_is_told_again() -> None:
    """A new card of an answered question has its last feedback, marked as of then; a prediction is filled in too."""
    answered(ExercisePresenter("01.help", None), "211")
    answered(ExercisePresenter("01.help", None), "250")
    card = ExercisePresenter("01.help", None)
    told = card.state["feedback"]
    assert (told["verdict"], told["answer"], told["of"]) == ("Your prediction: 211. It was 214.", "211", "")
    assert told["at"].endswith("Z")
    assert card.state["given"] == "211"
    for answer, right in (("HELP", False), ("HELP RCPT", True), ("NOOP", False)):
        answered(ExercisePresenter("01.rcpt", None), answer)
        card = ExercisePresenter("01.rcpt", None)
        assert (card.state["feedback"]["right"], card.state["feedback"]["answer"]) == (right, answer)
        assert (card.state["solved"], card.state["given"]) == (answer != "HELP", "")
    assert len(logbook().history("01.rcpt").attempts) == 3


def test_a_review_asks_anew() -> None:
    """A review does not show what an exercise's last answer got."""
    answered(ExercisePresenter("01.rcpt", None), "HELP RCPT")
    assert ReviewPresenter([Choice("01.rcpt", 0)]).state["feedback"] == {}


def test_what_was_answered_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another card, on another day and in another process, says what was answered, when, and whether it was right."""
    monkeypatch.setenv("SMTPLAB_PROGRESS", str(tmp_path / "kept.json"))
    assert ExercisePresenter("01.rcpt", None).state["past"] == {}
    answered(ExercisePresenter("01.rcpt", None), "HELP")
    past = ExercisePresenter("01.rcpt", None).state["past"]
    assert (past["answer"], past["right_at"], past["first"]) == ("HELP", "", False)
    answered(ExercisePresenter("01.rcpt", None), "HELP RCPT")
    answered(ExercisePresenter("01.help", None), "211")
    answered(ExercisePresenter("01.help", None), "214")
    type(logbook()).__init__(logbook(), tmp_path / "kept.json")  # as another kernel begins
    card = ExercisePresenter("01.rcpt", None)
    assert (card.state["past"]["answer"], card.state["past"]["first"], card.state["wrong"]) == ("HELP RCPT", False, 1)
    assert card.state["past"]["right_at"].endswith("Z")
    assert card.state["feedback"]["at"] == card.state["past"]["right_at"]
    predicted = ExercisePresenter("01.help", None)
    assert predicted.state["past"]["answer"] == "211"
    assert predicted.state["tags"]["211"] == "your prediction"
    assert answered(predicted, "214")["verdict"] == "Your prediction: 211. It was 214."


@pytest.mark.parametrize(
    ("seconds", "noted"), [(2.5, 2.5), (7, 7.0), (None, None), (-1, None), ("9", None), (True, None), (1e300, None)]
)
def test_seconds_are_noted(seconds: object, noted: float | None) -> None:
    """What the page has measured is noted with the answer; nonsense is not."""
    answered(ExercisePresenter("01.rcpt", None), "HELP", seconds=seconds)
    last = logbook().history("01.rcpt").last
    assert last is not None
    assert last.seconds == noted


@pytest.fixture
def main(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, object], None]:
    """Return what defines a name in the main module for the length of a test."""

    def define(name: str, value: object) -> None:
        monkeypatch.setattr(sys.modules["__main__"], name, value, raising=False)

    return define


def test_a_function_is_taken_as_it_is_now(main: Callable[[str, object], None]) -> None:
    """Check takes the function of the exercise's name as it is now; one that is not there yet is asked for by name."""
    card = ExercisePresenter("02.end", None)
    told = answered(card, "anything")
    assert (told["right"], told["text"]) == (
        None, "There is nothing named end_of_reply yet: run the cell that defines it, then check again.",
    )  # fmt: skip
    assert logbook().history("02.end").tries == 0
    main("end_of_reply", len)
    assert answered(card, "")["right"] is False
    main("end_of_reply", smtplab.protocol.reply.find_end)
    assert answered(card, "")["right"] is True
    assert card.state["given"] == ""


def test_the_same_function_again_is_no_new_try(main: Callable[[str, object], None]) -> None:
    """A function whose cell was not run again is told so and counts once; one that was, counts anew."""
    card = ExercisePresenter("02.end", None)
    helper = [0]

    def end_of_reply(octets: bytes) -> int:
        return helper[0] or len(octets)

    main("end_of_reply", end_of_reply)
    first = answered(card, "")
    again = answered(card, "")
    assert again["text"].startswith(first["text"])
    assert "This is the end_of_reply that was judged before" in again["text"]
    assert (again["right"], logbook().history("02.end").tries) == (False, 1)
    helper[0] = 5
    assert "judged before" not in answered(card, "")["text"]  # what it stands on is another now
    main("end_of_reply", len)
    assert "judged before" not in answered(card, "")["text"]
    assert logbook().history("02.end").tries == 3


def test_a_check_may_be_interrupted(main: Callable[[str, object], None]) -> None:
    """A check that is interrupted judges nothing, and says so."""

    def stopped(_octets: bytes) -> int:
        raise KeyboardInterrupt

    main("end_of_reply", stopped)
    told = answered(ExercisePresenter("02.end", None), "")
    assert (told["right"], told["text"]) == (None, "The check was interrupted, and judged nothing.")


@pytest.mark.parametrize("name", [each for each in exercises() if exercise(each, "en").kind == "function"])
def test_every_function_has_its_name(name: str) -> None:
    """Each exercise that asks for a function or a class says under which name it is taken."""
    asked = exercise(name, "en")
    assert asked.name.isidentifier()
    assert f", {asked.name}" in asked.call


def test_names_of_a_notebook(monkeypatch: pytest.MonkeyPatch) -> None:
    """In IPython a name is looked for among the notebook's, and nowhere else."""
    from IPython.core import getipython

    shell = type("Shell", (), {"user_ns": {"mine": 3}})()
    monkeypatch.setattr(getipython, "get_ipython", lambda: shell)
    assert namespace.named("mine") == 3
    with pytest.raises(namespace.NoSuchName, match="other"):
        namespace.named("other")


def test_help_is_noted() -> None:
    """Hints come one after another, then the solution with its reason; each is noted, and no answer is counted."""
    card = ExercisePresenter("01.rcpt", None)
    for count in (1, 2, 2):
        card.take({"type": "hint"})
        assert (len(card.state["hints"]), logbook().history("01.rcpt").hints) == (count, count)
    card.take({"type": "solution"})
    model = solution("01.rcpt", "en")
    assert card.state["solution"] == {"words": model.words, "code": "", "reason": model.reason}
    known = logbook().history("01.rcpt")
    assert (bool(known.solution), known.tries) == (True, 0)
    assert progress() is not None


def test_another_case() -> None:
    """Another case of a question is asked anew, with its number; its answers are its own."""
    card = ExercisePresenter("01.help", None)
    answered(card, "211")
    card.take({"type": "another"})
    assert (card.state["seed"], card.state["card"], card.state["feedback"], card.state["past"]) == (1, 1, {}, {})
    assert card.state["question"] == exercise("01.help", "en", 1).question
    answered(card, next(iter(exercise("01.help", "en", 1).options)))
    assert [each.seed for each in logbook().history("01.help").attempts] == [0, 1]
    written = ExercisePresenter("01.rcpt", None)
    written.take({"type": "another"})
    assert (written.state["another"], written.state["seed"], written.state["card"]) == (False, 0, 0)


def test_rows_are_marked() -> None:
    """Each row gets its mark, each wrong idea its words once, and a row with the same idea says where they stand."""
    card = ExercisePresenter("05.decide", None)
    told = answered(card, ["250", "501", "502", "502", "214", "250", "421"])
    assert [row["right"] for row in told["rows"]] == [False, False, True, False, False, True, True]
    twenty = ExercisePresenter("05.twenty", None)
    rows = answered(twenty, ["refused"] * 20)["rows"]
    wrong = [row["text"] for row in rows if not row["right"]]
    assert wrong[0].startswith("The text may well say no.")
    assert set(wrong[1:]) == {"As at number 1."}
