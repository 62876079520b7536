"""Lesson 6's exercises: the right answers are right, and each wrong idea gets the feedback made for it."""

from __future__ import annotations

import pytest

import smtplab
from smtplab.course.answering import in_a_line
from smtplab.course.exercises import exercise, exercises
from smtplab.course.graders.lesson06 import session
from smtplab.recordings.survey import survey
from smtplab.rfc.judge import CONFORMS, VIOLATES, judge
from smtplab.text.language import LANGUAGES
from smtplab.text.texts import data

ROWS = data("course/exercises/06")
EIGHT = ["permitted", "conforms", "permitted", "departs", "conforms", "violates", "departs", "violates"]


def feedback_for(exercise_id, answer, lang="en"):
    return smtplab.check(exercise_id, answer, lang=lang)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("topic", "left"), ("eleventh", "554"), ("nothing", "500"), ("session", "postfix-3.10.13"), ("why", "row"),
        ("judge", EIGHT), ("sample", "exists"),
    ],
)  # fmt: skip
def test_right_answers(name: str, answer: object, lang: str) -> None:
    """The right answer to each exercise is right, in both languages, and its feedback has no hole left in it."""
    feedback = feedback_for(f"06.{name}", answer, lang)
    assert feedback.right
    assert "{" not in feedback.text


def test_every_exercise_is_tested() -> None:
    """No exercise of the lesson is left out here."""
    names = ("topic", "eleventh", "nothing", "session", "why", "judge", "sample")
    assert exercises("06") == tuple(f"06.{name}" for name in names)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", ["topic", "eleventh", "nothing", "why", "sample"])
def test_every_option_has_its_feedback(name: str, lang: str) -> None:
    """Each option gets the sentence made for it; one option is right."""
    row, outcomes = ROWS[f"06.{name}"], []
    for option in exercise(f"06.{name}", lang).options:
        feedback = feedback_for(f"06.{name}", option, lang)
        assert feedback.text == row["feedback"][option][lang]
        outcomes.append(feedback.right)
    assert sum(outcomes) == 1


def test_the_eleventh_is_the_first_to_be_refused() -> None:
    """Exim's ten HELPs before the question were all answered, as the question says."""
    before = ROWS["06.eleventh"]["before"]
    with smtplab.start("exim-4.96", carrier="memory") as lab:
        assert [lab.send(line).code for line in before] == [214] * 10


def test_two_for_each_verdict() -> None:
    """The eight are two for each verdict, from eight servers, and none of them was asked about before."""
    items = ROWS["06.judge"]["item"]
    assert sorted(EIGHT) == sorted([*ROWS["06.judge"]["bin"]] * 2)
    assert len({item["personality"] for item in items}) == 8
    pairs = {(row["personality"], row["command"]) for row in ROWS.values() if "personality" in row}
    assert not pairs & {(item["personality"], item["command"]) for item in items}


def test_the_gallery_agrees_with_the_judge() -> None:
    """Each of the eight gets the same verdict with its session, so that the gallery says what the exercise says."""
    servers = {server.name: server for server in survey().servers}
    for item in ROWS["06.judge"]["item"]:
        server = servers[item["personality"]]
        dialogue = server.dialogues[item["command"]]
        assert judge(dialogue[-1]).worst == judge(dialogue[-1], dialogue).worst, item


def test_what_can_be_defended_in_two_ways() -> None:
    """Both readings of HELP's and VRFY's 502 are right, the others wrong, and the feedback says why, by number."""
    items = ROWS["06.judge"]["item"]
    both = {number: item["also"] for number, item in enumerate(items, 1) if "also" in item}
    assert both == {4: ["permitted"], 6: ["departs"]}
    assert [items[number - 1]["command"] for number in both] == ["HELP", "VRFY postmaster"]
    for number, bins in both.items():
        for bin_ in ("conforms", "permitted", "departs", "violates"):
            answer = [*EIGHT[: number - 1], bin_, *EIGHT[number:]]
            for lang in LANGUAGES:
                feedback = feedback_for("06.judge", answer, lang)
                assert feedback.right == (bin_ in (*bins, EIGHT[number - 1]))
                assert feedback.right == (f"({number})" in feedback.text)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("bin_", ["conforms", "permitted", "departs", "violates"])
def test_a_wrong_verdict_gets_its_feedback(bin_: str, lang: str) -> None:
    """What gets a wrong verdict is answered by the sentence of that verdict, after its number and what it is about."""
    at = next(at for at, true in enumerate(EIGHT) if true != bin_)
    feedback = feedback_for("06.judge", [*EIGHT[:at], bin_, *EIGHT[at + 1 :]], lang)
    assert not feedback.right
    assert feedback.text.endswith(ROWS["06.judge"]["feedback"][bin_][lang])
    assert in_a_line(exercise("06.judge").items[at]) in feedback.text


@pytest.mark.parametrize(
    ("key", "answers"),
    [
        ("right", ["postfix-3.10.13", ' "Dumbster-1.6" ', "mailfront-2.12", "smtp-server-3.21.6"]),
        ("alone", ["haraka-3.3.4", "go-smtp-0.12.1", "qpsmtpd-0.94", "net-smtp-server-1.1", "chasquid-1.11"]),
        ("both", ["exim-4.96", "opensmtpd-6.8.0p2"]),
        ("unknown", ["nosuch", "214", "postfix", "dumbster-1.6 exim-4.96", "\0"]),
        ("otherwise", ["", " \n", '""']),
    ],
)
def test_named_servers(key: str, answers: list[str]) -> None:
    """A server that fits, one that is no good alone, one that is good in both, and one not there get their feedback."""
    for answer in answers:
        assert session(answer).key == key, answer
        for lang in LANGUAGES:
            feedback = feedback_for("06.session", answer, lang)
            assert "{" not in feedback.text
            assert feedback.right == (key == "right")


def test_every_server_is_judged() -> None:
    """Each recorded server gets a result, and the right ones are those whose verdict turns from best to worst."""
    for server in survey().servers:
        feedback_for = server.dialogues["HELP"]
        turns = judge(feedback_for[-1]).worst == CONFORMS and judge(feedback_for[-1], feedback_for).worst == VIOLATES
        assert session(server.name).right == turns
        assert session(server.name).key in ("right", "alone", "both")
        if turns:
            assert session(server.name).fields["rule"] == "help.announced"  # of which the feedback speaks


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_feedback_names_a_server_that_fits(lang: str) -> None:
    """The question and the feedback for wrong servers give no right one away."""
    row = ROWS["06.session"]
    sentences = row["question"][lang] + "".join(words[lang] for words in row["feedback"].values())
    assert not [server.name for server in survey().servers if session(server.name).right and server.name in sentences]


def test_all_but_one_take_an_argument() -> None:
    """Of the servers that answer HELP with 214, OpenSMTPD alone refuses an argument, as is said of the others."""
    codes = {row[0]: row[1:3] for row in survey().rows()}
    assert [name for name, (bare, topic) in codes.items() if bare == "214" != topic] == ["opensmtpd-6.8.0p2"]


def test_stat_gets_no_success() -> None:
    """None of the recorded servers answers STAT with success, as the feedback on what a survey proves says."""
    feedback_for = [server.exchange("STAT") for server in survey().servers]
    assert all(feedback.reply.code >= 400 for feedback in feedback_for if feedback and feedback.reply)
