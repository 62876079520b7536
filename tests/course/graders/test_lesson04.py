"""Lesson 4's exercises: the right answers are right, and each wrong idea gets the feedback made for it."""

from __future__ import annotations

from collections import Counter

import pytest

import smtplab
from smtplab.course.exercises import exercise, exercises
from smtplab.course.graders.lesson04 import status, verb
from smtplab.course.hints import solution
from smtplab.recordings.survey import survey
from smtplab.text.language import LANGUAGES
from smtplab.text.texts import data

ROWS = data("course/exercises/04")


def good(lab):
    reply = lab.send("XSTATUS")
    return reply.lines if reply.code // 100 == 2 else None


def feedback_for(exercise_id, answer, lang="en"):
    with smtplab.start(carrier="memory") as lab:
        return smtplab.check(exercise_id, answer, lab, lang)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    ("name", "answer"),
    [("first", "b"), ("middle", "354"), ("who", "one"), ("dumbster", "211"), ("verb", "XQLENGTH"), ("status", good)],
)
def test_right_answers(name: str, answer: object, lang: str) -> None:
    """The right answer to each exercise is right, in both languages, and its feedback has no hole left in it."""
    feedback = feedback_for(f"04.{name}", answer, lang)
    assert feedback.right
    assert "{" not in feedback.text


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", ["first", "middle", "who", "dumbster"])
def test_every_option_has_its_feedback(name: str, lang: str) -> None:
    """Each option of a prediction gets the sentence made for it; one option is right."""
    row, outcomes = ROWS[f"04.{name}"], []
    for option in exercise(f"04.{name}", lang).options:
        feedback = feedback_for(f"04.{name}", option, lang)
        assert feedback.text == row["feedback"][option][lang]
        outcomes.append(feedback.right)
    assert sum(outcomes) == 1


def test_every_exercise_is_tested() -> None:
    """No exercise of the lesson is left out here."""
    assert exercises("04") == tuple(f"04.{name}" for name in ("first", "dumbster", "middle", "who", "verb", "status"))


def test_the_first_report_is_as_predicted() -> None:
    """What the right option of the first prediction says stands in a real first report."""
    with smtplab.start(carrier="memory") as lab:
        lines = lab.send("XSTATUS").lines
    option = ROWS["04.first"]["option"]["b"]["en"]
    assert all(line in lines for line in option.split(", and "))


def test_one_server_reports_status() -> None:
    """Of the recorded servers exactly one answers STAT, STATUS or XSTATUS with success, as the prediction has it."""
    servers = {
        server.name
        for server in survey().servers
        for command in ("STAT", "STATUS", "XSTATUS")
        if (met := server.exchange(command)) and met.reply and met.reply.code // 100 == 2
    }
    assert servers == {"haraka-status-3.3.4"}


@pytest.mark.parametrize("seed", [1, 2])
def test_other_reports_are_as_predicted(seed: int) -> None:
    """What the right options of the first prediction's variants say stands in real reports."""
    sent = {1: ("EHLO client.example", "XSTATUS"), 2: ("XSTATUS", "XSTATUS")}[seed]
    with smtplab.start(carrier="memory") as lab:
        lines = [lab.send(line).lines for line in sent][-1]
    assert all(line in lines for line in solution("04.first", "en", seed).words.split(", and "))


def test_what_the_servers_said() -> None:
    """Most recorded servers answer STATUS with 500 and none with 214; exactly one answers HELP with 211."""
    met = {
        command: {
            server.name: found.reply.code
            for server in survey().servers
            if (found := server.exchange(command)) and found.reply
        }
        for command in ("STATUS", "HELP")
    }
    status_codes = Counter(met["STATUS"].values())
    assert status_codes.most_common(1)[0][0] == 500 > status_codes.total() / 2 > status_codes[502] > 1
    assert status_codes[214] == 0
    assert met["STATUS"]["lamson-1.3.4"] == 502
    assert [name for name, code in met["STATUS"].items() if code == 211] == ["haraka-status-3.3.4"]
    assert [name for name, code in met["HELP"].items() if code == 211] == ["dumbster-1.6"]
    assert solution("04.who", "en", 1).answer == "unknown"
    assert solution("04.who", "en", 2).answer == "one"


@pytest.mark.parametrize(
    ("key", "answers"),
    [
        ("right", ["XQUEUELENGTH", "xqlength", " XMAILQ ", "Xbacklog", "XQ"]),
        ("status", ["STAT", "status", "STATUSES"]),
        ("unregistered", ["QUEUE", "LENGTH", "MAILQ"]),
        ("standard", ["HELP", "noop", "ETRN", "STARTTLS"]),
        ("taken", ["XSTATUS", "xqueue", "XCLIENT", "XFORWARD"]),
        ("code", ["211", "214"]),
        ("words", ["XQUEUE LENGTH", "XSTATUS now", "two words\nand more"]),
        ("bare", ["X", "x", " X ", "XX", "xXx"]),
        ("letters", ["X-QUEUE", "XQUEUE2", "XCOLAÑ", "X_Q", "x!", "X-", "-X", "Ñ", "\uff38\uff31", "X\u200b", "X."]),
        ("long", ["X" + "Q" * 510]),
        ("otherwise", ["", "  "]),
    ],
)
def test_names_of_a_command(key: str, answers: list[str]) -> None:
    """Each idea behind a name gets its feedback, in both languages and filled in."""
    for answer in answers:
        assert verb(answer).key == key, answer
        for lang in LANGUAGES:
            assert "{" not in feedback_for("04.verb", answer, lang).text


def politely(lab):
    lab.send("EHLO client.example")
    reply = lab.send("xstatus")
    lines = reply.lines if str(reply.code).startswith("2") else None
    lab.send("QUIT")
    return lines


def as_a_list(lab):
    reply = lab.send(b"XSTATUS")
    return list(reply.lines) if 200 <= reply.code < 300 else None


@pytest.mark.parametrize("function", [good, politely, as_a_list])
def test_functions_that_go_right(function: object) -> None:
    """However it is written, and whatever else it says to the server, a function that decides by the code is right."""
    assert status(function).right


def says_nothing(lab):
    lab.send("XSTATUS")


def exactly_211(lab):
    reply = lab.send("XSTATUS")
    return reply.lines if reply.code == 211 else None


def known_codes(lab):
    reply = lab.send("XSTATUS")
    return reply.lines if reply.code in (211, 214, 250) else None


def always(lab):
    return lab.send("XSTATUS").lines


def only_first_line(lab):
    reply = lab.send("XSTATUS")
    return reply.lines[0] if reply.code // 100 == 2 else None


def joined(lab):
    reply = lab.send("XSTATUS")
    return reply.text if reply.code // 100 == 2 else None


def without_empty(lab):
    reply = lab.send("XSTATUS")
    return [line for line in reply.lines if line] if reply.code // 100 == 2 else None


def by_failure_words(lab):
    reply = lab.send("XSTATUS")
    words = reply.text.lower()
    return None if any(word in words for word in ("not", "unrecog", "syntax", "bad", "unknown", "no")) else reply.lines


def by_success_words(lab):
    reply = lab.send("XSTATUS")
    shown = reply.code // 100 == 2 or "sessions" in reply.text
    return reply.lines if shown else None


def not_five(lab):
    reply = lab.send("XSTATUS")
    return None if reply.code // 100 == 5 else reply.lines


def stat(lab):
    return lab.send("STAT").lines


def help_instead(lab):
    return lab.send("HELP").lines


@pytest.mark.parametrize(
    ("key", "function"),
    [
        ("nothing", says_nothing),
        ("exact", exactly_211),
        ("exact", known_codes),
        ("refused", always),
        ("lines", only_first_line),
        ("lines", joined),
        ("lines", without_empty),
        ("text", by_failure_words),
        ("text", by_success_words),
        ("text", not_five),
        ("verb", stat),
        ("verb", help_instead),
        ("verb", lambda _lab: ()),
        ("callable", "XSTATUS"),
        ("callable", 211),
    ],
)
def test_functions_that_go_wrong(key: str, function: object) -> None:
    """Each wrong idea of how to ask for status gets its feedback, in both languages and filled in."""
    assert status(function).key == key
    for lang in LANGUAGES:
        feedback = feedback_for("04.status", function, lang)
        assert not feedback.right
        assert "{" not in feedback.text


@pytest.mark.parametrize("answer", [None, lambda: None, lambda lab: lab.nosuch, lambda lab: 1 // 0])
def test_what_is_no_answer(answer: object) -> None:
    """A function that cannot be called like that, raises, or is not there, is told so and is not right."""
    assert not feedback_for("04.status", answer).right
