"""Lesson 5's exercises: the right answers are right, and each wrong idea gets the feedback made for it."""

from __future__ import annotations

import pytest

import smtplab
from smtplab.course.answering import in_a_line
from smtplab.course.exercises import exercise, exercises, row_of
from smtplab.course.graders.lesson05 import client, decide, refute
from smtplab.recordings.survey import survey
from smtplab.text.language import LANGUAGES
from smtplab.text.texts import data

ROWS = data("course/exercises/05")
TWENTY = [item["bin"] for item in ROWS["05.twenty"]["item"]]
SEVEN = ["214", "504", "502", "500", "211", "250", "421"]


def good(reply):
    return reply.code // 100 == 2


def feedback_for(exercise_id, answer, lang="en"):
    return smtplab.check(exercise_id, answer, lang=lang)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("program", "same"), ("claims", "both"), ("refute", "dumbster-1.6"), ("twenty", TWENTY),
        ("decide", "\n".join(SEVEN)), ("client", good),
    ],
)  # fmt: skip
def test_right_answers(name: str, answer: object, lang: str) -> None:
    """The right answer to each exercise is right, in both languages, and its feedback has no hole left in it."""
    feedback = feedback_for(f"05.{name}", answer, lang)
    assert feedback.right
    assert "{" not in feedback.text


def test_every_exercise_is_tested() -> None:
    """No exercise of the lesson is left out here."""
    names = ("program", "claims", "refute", "twenty", "decide", "client")
    assert exercises("05") == tuple(f"05.{name}" for name in names)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", ["program", "claims"])
def test_every_option_has_its_feedback(name: str, lang: str) -> None:
    """Each option of a prediction gets the sentence made for it; one option is right."""
    row, outcomes = ROWS[f"05.{name}"], []
    for option in exercise(f"05.{name}", lang).options:
        feedback = feedback_for(f"05.{name}", option, lang)
        assert feedback.text == row["feedback"][option][lang]
        outcomes.append(feedback.right)
    assert sum(outcomes) == 1


def test_twenty_recorded_exchanges() -> None:
    """There are exactly twenty, all different and all recorded; every bin is used, and many servers are there."""
    row = ROWS["05.twenty"]
    assert len(row["item"]) == len({(item["personality"], item["command"]) for item in row["item"]}) == 20
    assert len(exercise("05.twenty").items) == 20
    assert set(TWENTY) == set(row["bin"])
    assert len({item["personality"] for item in row["item"]}) > 12


@pytest.mark.parametrize("seed", range(12))  # between them they draw nearly all there is to draw from
def test_twenty_are_sorted_by_command_and_code(seed: int) -> None:
    """The bin of each exchange follows from its command and its code: nobody need read its text."""
    rows = row_of("05.twenty", "en", seed)["item"]
    assert len(rows) == 20
    for item, shown in zip(rows, exercise("05.twenty", seed=seed).items, strict=True):
        verb, code = item["command"].split()[0], shown.partition("\nS: ")[2][:3]
        if code[0] in "45":
            wanted = "refused"
        elif verb == "HELP":
            wanted = "help" if code in ("211", "214") else "unlisted"
        else:
            wanted = "status" if code == "211" else "done"
        assert item["bin"] == wanted, shown


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("bin_", ["help", "status", "unlisted", "done", "refused"])
def test_a_wrong_bin_gets_its_feedback(bin_: str, lang: str) -> None:
    """What is put into a wrong place gets the sentence of that place, after its number and what it is about."""
    at = next(at for at, true in enumerate(TWENTY) if true != bin_)
    feedback = feedback_for("05.twenty", [*TWENTY[:at], bin_, *TWENTY[at + 1 :]], lang)
    assert not feedback.right
    assert feedback.text.endswith(ROWS["05.twenty"]["feedback"][bin_][lang])
    assert in_a_line(exercise("05.twenty").items[at]) in feedback.text


@pytest.mark.parametrize(
    ("key", "answers"),
    [
        ("right", ["dumbster-1.6", " Dumbster-1.6 "]),
        ("refused", ["go-smtp-0.12.1", "postfix-3.7.11"]),
        ("supports", ["exim-4.96", "net-smtp-server-1.1", "chasquid-1.11"]),
        ("breaks", ["haraka-3.3.4", "mailutils-lmtpd-3.15", "rblsmtpd-0.88"]),
        ("unknown", ["nosuch", "211", "dumbster-1.6 exim-4.96", "\0"]),
        ("otherwise", ["", " \n"]),
    ],
)
def test_counter_examples(key: str, answers: list[str]) -> None:
    """A server that answers 211, refuses, answers 214, breaks a rule, or is not there gets its feedback."""
    for answer in answers:
        assert refute(answer).key == key, answer
        for lang in LANGUAGES:
            assert "{" not in feedback_for("05.refute", answer, lang).text
            assert feedback_for("05.refute", answer, lang).right == (key in ("right", "refused"))


def test_every_server_is_judged() -> None:
    """Each recorded server either supports the claim, refutes it, or breaks a rule; none is unknown."""
    assert {refute(server.name).key for server in survey().servers} == {"right", "refused", "supports", "breaks"}


@pytest.mark.parametrize(
    ("number", "code", "key"),
    [
        (1, "250", "help_250"), (1, "200", "help_other"), (1, "502", "help_other"),
        (2, "214", "topic_given"), (2, "250", "topic_given"), (2, "500", "topic_coarse"), (2, "501", "topic_coarse"),
        (2, "502", "topic_coarse"), (2, "550", "otherwise"),
        (3, "500", "knows"), (3, "504", "knows"), (3, "214", "knows"), (3, "421", "otherwise"),
        (4, "211", "status_given"), (4, "214", "status_given"), (4, "502", "status_502"), (4, "503", "otherwise"),
        (5, "214", "queue_214"), (5, "250", "queue_250"), (5, "500", "queue_refused"),
        (6, "211", "ehlo_21x"), (6, "214", "ehlo_21x"), (6, "502", "otherwise"),
        (7, "214", "closing"), (7, "221", "closing"), (7, "450", "closing"), (7, "502", "closing"),
    ],
)  # fmt: skip
def test_a_wrong_decision(number: int, code: str, key: str) -> None:
    """The first wrong code of the seven gets the feedback made for that code in that situation, with its number."""
    answer = "\n".join([*SEVEN[: number - 1], code, *SEVEN[number:]])
    assert decide(answer).key == key
    for lang in LANGUAGES:
        feedback = feedback_for("05.decide", answer, lang)
        assert not feedback.right
        assert f" {number}. " in feedback.text
        assert "{" not in feedback.text
        assert [at for at, row in enumerate(feedback.rows, 1) if not row.right] == [number]
        assert feedback.text.endswith(feedback.rows[number - 1].text)


@pytest.mark.parametrize(
    "answer",
    ["211\n" + "\n".join(SEVEN[1:]), "\r\n\n".join(SEVEN), "(1) 214\n2. 504\n3) 502\n4: 500\n(5)211\n250\n421\n"],
)
def test_other_right_decisions(answer: str) -> None:
    """211 is as right as 214 for help; empty lines and the numbers of the situations do no harm."""
    assert decide(answer).right


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "214",
        "\n".join([*SEVEN, "250"]),
        "214 504 502 500 211 250 421",
    ],
)
def test_what_is_not_seven_codes(answer: str) -> None:
    """Anything but seven lines with a code each is told what is wanted, in both languages."""
    assert decide(answer).key == "form"
    assert all("{" not in feedback_for("05.decide", answer, lang).text for lang in LANGUAGES)


@pytest.mark.parametrize("answer", ["HELP", "٢١٤", "21", "2140"])
def test_a_decision_that_is_no_code(answer: str) -> None:
    """A row without a code says so at the row, and the other rows are judged all the same."""
    feedback = feedback_for("05.decide", [answer, *SEVEN[1:6], "250"], "en")
    assert [row.right for row in feedback.rows] == [False, True, True, True, True, True, False]
    assert f"'{answer}' is not a reply code" in feedback.rows[0].text
    assert feedback.text.startswith("2 of 7 answers are not right yet. Look again at number 1. ")


@pytest.mark.parametrize(("lang", "words"), [("en", "1 of 7 answers is not"), ("es", "1 de 7 respuestas aún no está")])
def test_one_wrong_decision_is_singular(lang: str, words: str) -> None:
    """One wrong row is told of in the singular, and a list is taken as lines are."""
    assert feedback_for("05.decide", [*SEVEN[:6], "250"], lang).text.startswith(words)
    assert feedback_for("05.decide", tuple(SEVEN), lang).right


@pytest.mark.parametrize(
    ("key", "function"),
    [
        ("pair", lambda reply: reply.code == 214),
        ("pair", lambda reply: reply.code == 211),
        ("pair", lambda reply: reply.code in (214, 250)),
        ("exact", lambda reply: reply.code in (211, 214)),
        ("exact", lambda reply: reply.code in (211, 214, 250)),
        ("exact", lambda reply: 200 < reply.code < 259),
        ("exact", lambda reply: str(reply.code).startswith("21")),
        ("bare", lambda reply: reply.code // 100 == 2 and reply.text),
        ("text", lambda reply: "not" not in reply.text and "error" not in reply.text and "500" not in reply.text),
        ("text", lambda reply: reply.code // 100 == 2 or "Supported" in reply.text),
        ("waiting", lambda reply: reply.code < 400),
        ("refused", lambda _reply: True),
        ("refused", lambda reply: reply.code // 100 in (2, 5)),
        ("refused", lambda reply: reply.code // 100 in (2, 4)),
        ("nothing", lambda _reply: None),
        ("otherwise", lambda _reply: False),
        ("otherwise", lambda reply: reply.code == 250),
        ("callable", True),
        ("callable", "2"),
    ],
)
def test_clients_that_go_wrong(key: str, function: object) -> None:
    """Each wrong idea of when to go on gets its feedback, in both languages and filled in."""
    assert client(function).key == key
    for lang in LANGUAGES:
        feedback = feedback_for("05.client", function, lang)
        assert not feedback.right
        assert "{" not in feedback.text


@pytest.mark.parametrize("answer", [None, lambda: True, lambda reply: reply.nosuch])
def test_what_is_no_answer(answer: object) -> None:
    """A function that cannot be called like that, raises, or is not there, is told so and is not right."""
    assert not feedback_for("05.client", answer).right
