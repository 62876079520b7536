"""What is asked again, and when: by what was wrong and how long ago, over simulated weeks."""

from __future__ import annotations

import itertools
import re
from datetime import UTC, date, datetime, timedelta

import pytest

import smtplab
from smtplab.course import logbook
from smtplab.course.attempts import Attempt, History
from smtplab.course.exercises import exercise, exercises, variants
from smtplab.course.review import BOXES, QUIZ, REVIEW, Choice, next_day, place, quiz, review
from smtplab.text.html import paragraphs
from smtplab.text.language import LANGUAGES

START = date(2026, 3, 2)
WRITTEN = {each for each in exercises() if exercise(each).kind in ("function", "text")}
ASKED = [each for each in exercises() if each not in WRITTEN]


def moment(days: int, second: int = 0) -> str:
    """Return noon so many days after the start: the same day everywhere."""
    return f"{(START + timedelta(days)).isoformat()}T12:00:{second:02}Z"


def history(*answers: tuple[int, bool], solution: int | None = None) -> History:
    """Return a history of answers: on which day after the start, right or not; and of a look at the solution."""
    found = History()
    for second, (days, right) in enumerate(answers):
        if solution is not None and not found.solution and days >= solution:
            found = found.with_help(0, moment(solution))
        found = found.with_attempt(Attempt(moment(days, second), "x", "y", right=right))
    return found if solution is None or found.solution else found.with_help(0, moment(solution, 59))


def on(days: int) -> date:
    """Return the day so many days after the start."""
    return START + timedelta(days)


BOXED = {
    "never answered": (history(), None),
    "right first time": (history((0, True)), (2, on(2))),
    "wrong": (history((0, False)), (1, on(1))),
    "wrong, then right the same day": (history((0, False), (0, True)), (1, on(1))),
    "right, then wrong the same day": (history((0, True), (0, False)), (2, on(2))),
    "right again before its day": (history((0, True), (1, True)), (2, on(2))),
    "right again on its day": (history((0, True), (2, True)), (3, on(6))),
    "right again long after its day": (history((0, True), (20, True)), (3, on(24))),
    "wrong before its day": (history((0, True), (1, False)), (1, on(2))),
    "through all boxes": (history((0, True), (2, True), (6, True), (14, True)), (5, on(30))),
    "no box beyond the last": (history((0, True), (2, True), (6, True), (14, True), (30, True)), (5, on(46))),
    "wrong in the last box": (history((0, True), (2, True), (6, True), (14, True), (30, False)), (1, on(31))),
    "the solution alone": (history(solution=0), (1, on(1))),
    "right after the solution": (history((0, True), solution=0), (1, on(1))),
    "the solution after it was right": (history((0, True), solution=1), (2, on(2))),
}


@pytest.mark.parametrize("case", BOXED)
def test_boxes(case: str) -> None:
    """A right answer on its day moves to the next box, a wrong one back to the first; a day's first answer counts."""
    found, expected = BOXED[case]
    assert place(found) == expected


def test_a_clock_at_the_end_of_time() -> None:
    """A day that no clock should show is borne."""
    late = History().with_attempt(Attempt("9999-12-31T12:00:00Z", "x", "y", right=True))
    assert place(late) == (2, date(9999, 12, 31))


def test_the_lowest_box_comes_first_then_what_has_waited_longest() -> None:
    """What was wrong is asked before what was right, then what has waited longest; what is not due is not asked."""
    wrong, waited, right, rests = ASKED[0], ASKED[1], ASKED[2], ASKED[3]
    histories = {
        right: history((3, True)), wrong: history((4, False)), waited: history((0, True)), rests: history((4, True)),
    }  # fmt: skip
    assert {choice.exercise for choice in review(histories, on(5))} == {right, wrong, waited}
    assert [choice.exercise for choice in review(histories, on(5), 1)] == [wrong]
    assert {choice.exercise for choice in review(histories, on(5), 2)} == {wrong, waited}
    assert review(histories, on(0)) == ()
    assert next_day(histories) == on(2)
    assert next_day({}) is None


def test_what_needs_its_lesson_is_left_out() -> None:
    """Functions and texts are not asked, nor what this version does not know; and they make no day due."""
    histories = dict.fromkeys((*WRITTEN, "99.other"), history((0, False)))
    assert review(histories, on(40)) == ()
    assert next_day(histories) is None


def test_lessons_are_mixed() -> None:
    """Of all that is due, a few are asked, none after another of its lesson where that can be."""
    histories = dict.fromkeys(ASKED, history((0, False)))
    for days in range(1, 60):
        drawn = review(histories, on(days))
        assert len(drawn) == len({choice.exercise for choice in drawn}) == REVIEW
        lessons = [choice.exercise[:2] for choice in drawn]
        most = max(map(lessons.count, lessons))
        if most <= (REVIEW + 1) // 2:
            assert all(one != other for one, other in itertools.pairwise(lessons)), lessons
    same = [each for each in ASKED if each.startswith("06")]
    assert len(review(dict.fromkeys(same, history((0, False))), on(9), 4)) == 4


def test_the_same_on_every_machine() -> None:
    """The day and the exercise alone make seed and order, so that a class sees the same; other days differ."""
    histories = dict.fromkeys(ASKED[:5], history((0, False)))
    drawn = review(histories, date(2026, 3, 9))
    assert drawn == review(dict(reversed(histories.items())), date(2026, 3, 9))
    assert {choice.exercise: choice.seed for choice in drawn}["01.help"] == 1 + 3221604386 % 99
    assert drawn != review(histories, date(2026, 3, 10))
    assert all(1 <= choice.seed <= 99 if variants(choice.exercise) else choice.seed == 0 for choice in drawn)


def test_months_of_reviews() -> None:
    """Who is always right is asked ever more seldom; who errs is asked that again the next day; nothing is lost."""
    histories: dict[str, History] = dict.fromkeys(ASKED, history((0, True)))
    asked: dict[str, list[int]] = {each: [] for each in ASKED}
    wrong = ASKED[4]
    for days in range(1, 120):
        for _ in range(3):  # three rounds a day are enough to keep up
            for choice in review(histories, on(days)):
                right = not (choice.exercise == wrong and len(asked[wrong]) == 2)
                histories[choice.exercise] = histories[choice.exercise].with_attempt(
                    Attempt(moment(days), "x", "y", right=right, seed=choice.seed)
                )
                asked[choice.exercise].append(days)
    gaps = {each: [two - one for one, two in itertools.pairwise((0, *days))] for each, days in asked.items()}
    for each, waited in gaps.items():
        if each != wrong:
            assert all(gap >= box for gap, box in zip(waited, (*BOXES[1:], *BOXES[-1:] * 9), strict=False)), (
                each,
                waited,
            )
            assert 6 <= len(waited) <= 10
    assert gaps[wrong][3] == BOXES[0]
    assert len(gaps[wrong]) > max(len(waited) for each, waited in gaps.items() if each != wrong)


def test_a_quiz_asks_of_all_lessons() -> None:
    """A quiz has questions of every lesson, none twice, none that needs its lesson, and others on another day."""
    drawn = [quiz(on(days)) for days in range(10)]
    lessons = {each[:2] for each in ASKED}
    for choices in drawn:
        assert len({choice.exercise for choice in choices}) == len(choices) == QUIZ
        assert {choice.exercise[:2] for choice in choices} == lessons
        assert not {choice.exercise for choice in choices} & WRITTEN
    assert len(set(drawn)) == 10
    assert {choice.exercise for choices in drawn for choice in choices} > {choice.exercise for choice in drawn[0]}
    assert len(quiz(on(0), 1000)) == len(ASKED)


@pytest.mark.parametrize("each", ASKED)
def test_no_question_points_at_its_lesson(each: str) -> None:
    """What a review asks can be answered where it stands: no case of it speaks of what is printed above."""
    for seed in range(1, max(variants(each), 1) + 1):
        for lang, above in {"en": r"\babove\b|\bprinted\b", "es": r"\barriba\b|\bimpres[ao]s?\b"}.items():
            assert not re.search(above, exercise(each, lang, seed).question), (seed, lang)


# --- as it is shown


@pytest.fixture
def answered(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work where three exercises were answered, one wrongly, and a function."""
    monkeypatch.delenv("SMTPLAB_PROGRESS")
    monkeypatch.chdir(tmp_path)
    for each, right in {"01.help": False, "02.last": True, "01.rcpt": True, "02.end": False}.items():
        logbook.logbook().note(each, Attempt(moment(0), "x", "y", right=right))


@pytest.mark.parametrize(
    ("lang", "empty", "rests"),
    [
        ("en", "There is nothing to review yet", "Nothing is due today. The next question comes on 2026-03-03."),
        ("es", "Todavía no hay nada que repasar", "Hoy no toca nada. La próxima pregunta llega el 2026-03-03."),
    ],
)
@pytest.mark.usefixtures("answered")
def test_nothing_is_due(lang: str, empty: str, rests: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing is due a friendly sentence says so, when something is, and what asks all the same."""
    said = smtplab.review(lang=lang, today=START)
    assert str(said).startswith(f"{rests} ")
    assert said._repr_html_() == paragraphs(str(said))
    monkeypatch.setenv("SMTPLAB_PROGRESS", "off")
    assert empty in str(smtplab.review(lang=lang))
    assert all("smtplab.quiz()" in each for each in (str(said), str(smtplab.review(lang=lang))))


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.usefixtures("answered")
def test_one_after_another(lang: str) -> None:
    """A review asks one question after another in one card, counts first answers, and says at last when it goes on."""
    today = on(2)
    widget = smtplab.review(lang=lang, today=today)
    presenter = widget.presenter
    drawn = review(logbook.logbook().histories(), today)
    assert {choice.exercise for choice in drawn} == {"01.help", "02.last", "01.rcpt"}
    seen = []
    for number, choice in enumerate(drawn, 1):
        asked = exercise(choice.exercise, lang, choice.seed)
        assert (widget.exercise, widget.seed, widget.question) == (asked.id, choice.seed, asked.question)
        assert widget.round["head"].startswith(f"{number} {'of' if lang == 'en' else 'de'} 3 · ")
        assert (widget.another, widget.feedback, widget.card) == (False, {}, number - 1)
        if choice.exercise == "01.rcpt":
            for line in ("HELP", "HELP RCPT"):  # the second counts no more
                widget._handle_custom_msg({"type": "answer", "answer": line}, [])
        elif choice.exercise == "01.help":
            right = presenter.answer("214").right
        seen.append(widget.round["next"])
        widget._handle_custom_msg({"type": "another"}, [])
        widget._handle_custom_msg({"type": "next"}, [])
    assert seen == {"en": ["Next question"] * 2 + ["Finish"], "es": ["Siguiente pregunta"] * 2 + ["Terminar"]}[lang]
    over = {
        "en": f"Right at once: {right:d} of 2 answered.",
        "es": f"Correctas a la primera: {right:d} de 2 respondidas.",
    }
    assert over[lang] in widget.round["over"]
    assert widget.round["next"] == ""
    before = widget.get_state()
    widget._handle_custom_msg({"type": "next"}, [])
    assert widget.get_state() == before
    kept = logbook.logbook().histories()
    assert kept["01.help"].last.seed == dict(drawn)["01.help"]
    assert (kept["01.rcpt"].tries, kept["02.last"].tries) == (3, 1)


@pytest.mark.usefixtures("answered")
def test_what_it_says_at_last() -> None:
    """After the last question a review says when the next is due, or that more is; a quiz does not."""
    last = smtplab.review(today=on(2), lang="en").presenter
    for _ in range(3):
        last.go_on()
    assert last.state["round"]["over"].endswith("More is due today: run this cell again if you like.")
    for choice in review(logbook.logbook().histories(), on(2)):
        logbook.logbook().note(choice.exercise, Attempt(moment(2), "x", "y", right=True))
    last.go_on()
    assert last.state["round"]["over"].endswith("The next question is due on 2026-03-06.")
    quizzed = smtplab.quiz(today=on(2), lang="en").presenter
    for _ in range(QUIZ):
        quizzed.go_on()
    assert quizzed.state["round"]["over"] == "That was the last one. Right at once: 0 of 0 answered."


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_plain_equivalent(lang: str) -> None:
    """Printed, a quiz is the list of its questions; where no widget runs, each stands with its options and its call."""
    widget = smtplab.quiz(lang=lang, today=START)
    lines = str(widget).splitlines()
    html = widget.presenter.plain()
    for number, choice in enumerate(quiz(START), 1):
        asked = exercise(choice.exercise, lang, choice.seed)
        assert lines[number - 1].startswith(f"{number}. ")
        assert lines[number - 1].endswith(f"{asked.title}: {asked.question}")
        assert f"smtplab.check(&quot;{choice.exercise}&quot;, …, seed={choice.seed})" in html
    assert len(lines) == QUIZ


def test_a_day_is_a_date() -> None:
    """A moment stands for its day; what is no date is refused by name."""
    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    assert str(smtplab.quiz(today=noon)) == str(smtplab.quiz(today=START))
    for make in (smtplab.review, smtplab.quiz):
        with pytest.raises(TypeError, match=r"a day is a datetime\.date, not '2026-03-02'"):
            make(today="2026-03-02")
        with pytest.raises(smtplab.UnknownName):
            make(lang="fr")
    assert Choice("x", 1) == ("x", 1)
