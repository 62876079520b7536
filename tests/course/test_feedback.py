"""What an answer gets: one verdict, the same as a value, as text, as HTML and in the card."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import smtplab
from smtplab.course.exercises import Feedback, exercise, exercises, row_of, variants
from smtplab.text.html import escape
from smtplab.text.language import LANGUAGES
from smtplab.text.texts import Texts

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def lab() -> Iterator[smtplab.Lab]:
    """Return a lab in memory."""
    with smtplab.start(carrier="memory") as lab:
        yield lab


@pytest.mark.parametrize(
    ("name", "answer", "lang", "verdict"),
    [
        ("01.help", "214", "en", "Right."),
        ("01.help", "211", "en", "Your prediction: 211. It was 214."),
        ("01.help", "211", "es", "Tu predicción: 211. Fue 214."),
        ("02.pieces", "3", "en", "Your prediction: 3. That was not it."),
        ("08.stock", "conforms", "es", "Tu predicción: Es conforme: 250 vale para todo lo que sale bien. No es así."),
        ("01.rcpt", "HELP", "en", "Not yet."),
        ("01.rcpt", "HELP", "es", "Todavía no."),
        ("01.rcpt", "HELP RCPT", "es", "Correcto."),
        ("02.end", lambda octets: None, "en", "Not yet."),
    ],
)
def test_it_begins_with_its_verdict(lab: smtplab.Lab, name: str, answer: object, lang: str, verdict: str) -> None:
    """Feedback begins with whether it is right; a prediction that did not come true is no "Not yet"."""
    feedback = smtplab.check(name, answer, lab, lang)
    assert feedback.verdict == verdict
    assert str(feedback).startswith(f"{verdict} {feedback.text[:20]}")
    assert repr(feedback) == str(feedback)
    assert f"<p><strong>{verdict}</strong> " in feedback._repr_html_()


def test_the_card_says_the_same(lab: smtplab.Lab) -> None:
    """The card shows the verdict, the words and the reply that the value has."""
    for answer in ("HELP", "HELP RCPT"):
        feedback = smtplab.check("01.rcpt", answer, lab)
        card = smtplab.exercise("01.rcpt", lab)
        card.answer(answer)
        shown = {key: card.feedback[key] for key in ("right", "verdict", "text", "reply")}
        assert shown == {
            "right": feedback.right, "verdict": feedback.verdict, "text": feedback.words, "reply": str(feedback.reply),
        }  # fmt: skip
        assert feedback.reply is not None
        assert escape(str(feedback.reply)) in feedback._repr_html_()


def test_it_is_true_where_it_is_right(lab: smtplab.Lab) -> None:
    """`assert smtplab.check(...)` passes for a right answer only."""
    assert smtplab.check("01.rcpt", "HELP RCPT", lab)
    assert not smtplab.check("01.rcpt", "HELP", lab)


def test_markup_in_a_reply_stays_text() -> None:
    """What a server says is escaped in the feedback's HTML."""
    reply = smtplab.Reply(b"214 <script>alert(1)</script>\r\n")
    html = Feedback(right=True, text="<script>", reply=reply)._repr_html_()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


@pytest.mark.parametrize("name", [each for each in exercises() if exercise(each, "en").kind in ("code", "choice")])
def test_every_wrong_choice(name: str, lab: smtplab.Lab) -> None:
    """Of each question with options one is right, and the others are "Not yet" or a prediction that was not."""
    question = exercise(name, "en")
    results = [smtplab.check(name, option, lab, "en") for option in question.options]
    assert sum(map(bool, results)) == 1
    beginning = "Your prediction: " if question.prediction else "Not yet."
    assert all(each.verdict.startswith(beginning) for each in results if not each)


ASKING = [each for each in exercises() if exercise(each, "en").kind in ("code", "command")]


@pytest.mark.parametrize("name", ASKING)
def test_an_exercise_asks_a_server_of_its_own(lab: smtplab.Lab, name: str) -> None:
    """An answer sends nothing to the learner's lab: its transcript and the figures behind 211 stay as they were."""
    lab.send("NOOP")
    before = lab.send("XSTATUS").lines
    card = smtplab.exercise(name, lab)
    card.answer(next(iter(exercise(name, "en").options), "HELP RCPT"))
    assert len(lab.transcript) == 3  # the greeting and what the learner sent
    after = lab.send("XSTATUS").lines
    moved = [new for old, new in zip(before, after, strict=True) if old != new and "uptime" not in new]
    assert moved == ["commands: NOOP 1, XSTATUS 2", "replies: 211 1, 220 1, 250 1"]


@pytest.mark.parametrize("name", ["01.help", "01.status", "01.rcpt"])
def test_no_lab_makes_a_wrong_answer_right(name: str) -> None:
    """What the learner's lab plays, whether it runs, and whether there is one, changes no verdict."""
    right = {"01.help": "214", "01.status": "500", "01.rcpt": "HELP RCPT"}[name]
    wrong = {"01.rcpt": "HELP"}.get(name, "211")
    scripted = smtplab.Personality.scripted({"HELP": "211 fine", "STATUS": "211 fine", "HELP RCPT": "500 no"})
    with smtplab.start(scripted, carrier="memory") as lab:
        playing = [smtplab.check(name, answer, lab).right for answer in (right, wrong)]
    stopped = [smtplab.check(name, answer, lab).right for answer in (right, wrong)]
    without = [smtplab.check(name, answer).right for answer in (right, wrong)]
    assert playing == stopped == without == [True, False]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", exercises())
def test_feedback_does_not_repeat_its_verdict(name: str, lang: str) -> None:
    """Nothing that is said to an answer begins with the word of the verdict before it, as in "Right. Right for"."""
    verdict = Texts("course/grading", lang)("right").rstrip(".")
    for seed in range(variants(name) + 1):
        for said in row_of(name, lang, seed)["feedback"].values():
            assert not said[lang].startswith(verdict), said[lang]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", exercises())
def test_feedback_does_not_repeat_its_code(name: str, lang: str) -> None:
    """What is said to a code does not begin with it: it stands behind the code already, as in "500: 500 says"."""
    for seed in range(variants(name) + 1):
        for key, said in row_of(name, lang, seed)["feedback"].items():
            assert not said[lang].startswith(f"{key} "), said[lang]
            assert not said[lang].startswith(f"{key},"), said[lang]
