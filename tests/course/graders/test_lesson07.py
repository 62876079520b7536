"""Lesson 7's exercises: the right answers are right, and each wrong idea gets the feedback made for it."""

from __future__ import annotations

import re
import threading
from typing import TYPE_CHECKING, Any

import pytest

import smtplab
from smtplab.course.exercises import exercises
from smtplab.course.graders import lesson07
from smtplab.text.language import LANGUAGES
from smtplab.text.texts import data
from tests.helpers.paths import TOP
from tests.helpers.readers import READERS, good, one_recv_one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROWS = data("course/exercises/07")
SOURCE = TOP / "notebooks/source/07-in-your-own-code.md"


# --- deciding


def right(code: int, lines: list[bytes]) -> str:
    return {421: "closing", 530: "secure"}.get(code) or {2: "show", 4: "later", 5: "without"}[code // 100]


def but(codes: Any, word: Any) -> Callable[..., Any]:
    """Make a decision that is right but for some codes."""
    return lambda code, lines: word if code in codes else right(code, lines)


def knows_its_list(code: int, lines: list[bytes]) -> str:
    return {211: "show", 214: "show", 421: "closing", 530: "secure", 500: "without", 501: "without", 502: "without",
            504: "without"}[code]  # fmt: skip


def looks_for_not(code: int, lines: list[bytes]) -> str:
    return "without" if any(b"not" in line.lower() for line in lines) else right(code, lines)


def reads_the_first_word(code: int, lines: list[bytes]) -> str:
    return right(code, lines) if lines[0].split()[0] else "without"


def hits_out(code: int, lines: list[bytes]) -> Any:
    class Odd:
        def __eq__(self, other: object) -> bool:
            return True

        __hash__ = None

    return Odd()


def for_ever(*_any: Any) -> None:
    while True:
        pass


OUTCOMES: dict[Callable[..., Any], str] = {
    lambda code, lines: None: "word",
    lambda code, lines: right(code, lines).upper(): "word",
    hits_out: "word",
    for_ever: "endless",
    looks_for_not: "text",
    reads_the_first_word: "text",
    lambda code, lines: lines[0].decode(): "word",
    but((214,), "without"): "help",
    but((211,), "without"): "differs",
    but((502,), "closing"): "refused",
    but(range(500, 505), "later"): "refused",
    but((530,), "without"): "secure",
    but((421,), "later"): "closing",
    knows_its_list: "unknown_2",
    but([code for code in range(200, 300) if code not in (211, 214)], "without"): "unknown_2",
    but((299,), "without"): "unknown_2",
    but([code for code in range(400, 500) if code != 421], "without"): "transient",
    but((450,), "closing"): "transient",
    but((553,), "later"): "unknown_5",
    but((599,), "show"): "unknown_5",
    lambda code: right(code, []): "help",
}


def test_the_right_decision() -> None:
    """Two codes and the first digit are enough."""
    assert lesson07.outcome(right).right


@pytest.mark.parametrize(("decide", "key"), OUTCOMES.items())
def test_wrong_decisions(decide: Callable[..., Any], key: str) -> None:
    """Each wrong idea of what a code asks for gets its own feedback."""
    assert lesson07.outcome(decide).key == key


# --- checking clients

CASES = [
    ("214 HELP QUIT", "show"),
    ("214-Commands:\n214 HELP QUIT", "show"),
    ("211 No help available", "show"),
    ("250 Not implemented", "show"),
    ("299 HELP QUIT", "show"),
    ("502 HELP command not implemented", "without"),
    ("553 Blocked", "without"),
    ("530 5.7.0 Authentication required", "secure"),
    ("451 4.3.0 Busy", "later"),
    ("421 4.3.2 Closing", "closing"),
]


@pytest.fixture
def lab() -> Iterator[smtplab.Lab]:
    """Return a lab that runs in memory."""
    with smtplab.start(carrier="memory") as running:
        yield running


def checking(lab: smtplab.Lab, cases: list[tuple[str, str]]) -> Callable[[Any], None]:
    """Make a check out of cases: what the server says, and the word that is wanted."""

    def check(client: Any) -> None:
        for answer, wanted in cases:
            lab.personality = smtplab.Personality.scripted({"HELP": answer})
            assert client(lab) == wanted, answer

    return check


def without(*gone: str) -> list[tuple[str, str]]:
    """Return the cases but those whose answer begins so."""
    return [case for case in CASES if not case[0].startswith(gone)]


def test_a_sound_check(lab: smtplab.Lab) -> None:
    """A check with a case for each fault catches every faulty client and lets the sound ones pass."""
    assert lesson07.check_client(checking(lab, CASES)).right


def test_labs_of_its_own_or_none() -> None:
    """A check may start a lab for each case, or hand the client something that is no lab but sends like one."""

    def own(client: Any) -> None:
        for answer, wanted in CASES:
            with smtplab.start(smtplab.Personality.scripted({"HELP": answer}), carrier="memory") as lab:
                assert client(lab) == wanted

    class Stub:
        def __init__(self, answer: str) -> None:
            self.answer = answer

        def send(self, command: str) -> smtplab.Reply:
            assert command == "HELP"
            return smtplab.Reply(self.answer.replace("\n", "\r\n").encode() + b"\r\n")

    def stubbed(client: Any) -> None:
        for answer, wanted in CASES:
            if client(Stub(answer)) != wanted:
                raise AssertionError

    threads = threading.active_count()
    assert lesson07.check_client(own).right
    assert lesson07.check_client(stubbed).right
    assert threading.active_count() == threads


@pytest.mark.parametrize(
    ("cases", "key"),
    [
        ([], "everything"),
        ([("214 HELP QUIT", "show")], "everything"),
        ([("502 No", "without")], "nothing"),
        (without("211"), "differs"),
        (without("250", "299"), "unknown_2"),
        (without("502"), "refused"),
        (without("421"), "closing"),
        (without("530"), "secure"),
        (without("451"), "transient"),
        (without("214-"), "lines"),
        ([*without("211", "250"), ("211 Help", "show"), ("250 Help", "show")], "text_no"),
        ([*without("502"), ("502 No", "without")], "text_help"),
        ([("214 Ask", "show"), ("250 Ask", "without")], "rejects"),
        ([*CASES, ("599 Never", "later")], "rejects"),
    ],
)
def test_unsound_checks(lab: smtplab.Lab, cases: list[tuple[str, str]], key: str) -> None:
    """A check that lacks a case is told which faulty client it let pass; one with a wrong case, that it rejects."""
    assert lesson07.check_client(checking(lab, cases)).key == key


def test_checks_that_do_not_speak(lab: smtplab.Lab) -> None:
    """A check that returns False instead of raising, and one without end, are told so."""

    def gives(client: Any) -> bool:
        try:
            checking(lab, CASES)(client)
        except Exception:
            return False
        return True

    assert lesson07.check_client(gives).key == "returns"
    assert lesson07.check_client(for_ever).key == "endless"


def test_a_stopped_lab() -> None:
    """A check whose lab was stopped rejects sound clients, and the feedback says what was raised."""
    lab = smtplab.start(carrier="memory")
    lab.stop()
    result = lesson07.check_client(checking(lab, CASES))
    assert result.key == "rejects"
    assert "LabStopped" in str(result.fields["given"])


# --- the log


def logged() -> list[str]:
    """Read the codes out of the lesson's log, another way than the grader's list."""
    text = SOURCE.read_text("utf-8").partition('log = """')[2].partition('"""')[0]
    entries = " ".join(text.replace("\\\n", "").split()).split("Nov 24")[1:]
    matches = [re.search(r"(?:said: |to me: |status=sent \()([0-9]{3})[ -]", entry) for entry in entries]
    assert len(entries) == 6
    return [match[1] for match in matches if match]


def test_the_log_says_what_the_grader_takes_for_right() -> None:
    """The codes in the lesson's log are those that the grader wants."""
    assert logged() == lesson07.LOGGED


@pytest.mark.parametrize(
    ("answer", "key"),
    [
        ("250\n550\n450\n554\n421", "right"),
        (" 250, 550; 450 554\r\n421 ", "right"),
        ("", "empty"),
        (" \n", "empty"),
        ("2.0.0\n5.1.1\n4.7.1\n5.7.1\n4.3.2", "enhanced"),
        ("250\n550\n450\n441\n554\n421", "enhanced"),
        ("250\n214\n550\n450\n554\n421", "elsewhere"),
        ("250\n550\n300\n450\n554\n421", "elsewhere"),
        ("250 Ok\n550\n450\n554\n421", "form"),
        ("250\n550\n450\n\u0665\u0665\u0664\n421", "form"),
        ("421\n554\n450\n550\n250", "order"),
        ("250\n550\n450\n554\n554\n421", "twice"),
        ("250\n550\n450\n554\n250\n421", "in_text"),
        ("250\n550\n450\n451\n554\n421", "invented"),
        ("250\n550\n450\n421\n554\n421", "invented"),
        ("550\n450\n554\n421", "sent"),
        ("250\n550\n450\n554", "refused"),
        ("250\n550\n554\n421", "missing"),
    ],
)
def test_log(answer: str, key: str) -> None:
    """The codes are read with any white space between them, and each way to misread the log gets its own feedback."""
    assert lesson07.log(answer).key == key


# --- all of them


def test_choices() -> None:
    """What is chosen is judged, and each wrong choice has its say."""
    for name, right_one in (("07.help", "text"), ("07.again", "waits")):
        for option in ROWS[name]["option"]:
            feedback = smtplab.check(name, option, lang="en")
            assert feedback.right == (option == right_one)
            assert feedback.text == ROWS[name]["feedback"][option]["en"]


@pytest.mark.parametrize("name", ["07.read_reply", "07.outcome", "07.check_client"])
def test_what_is_no_function(name: str) -> None:
    """What is no function is told so, and a function that stops Python stops nothing."""

    def leaves(*_any: Any) -> None:
        raise SystemExit

    for nothing in (3, "read_reply", [good]):
        assert smtplab.check(name, nothing, lang="en").text == ROWS[name]["feedback"]["callable"]["en"]
    assert not smtplab.check(name, leaves).right


def test_every_feedback_is_reached() -> None:
    """No feedback is written that no answer gets; those below are got by the tests above."""
    reached = {
        "07.read_reply": {*READERS.values(), "uncoded", "callable"},
        "07.outcome": {*OUTCOMES.values(), "callable"},
        "07.check_client": {key for key, _ in lesson07.FAULTY} | {"callable", "endless", "rejects", "returns"},
        "07.log": {"empty", "enhanced", "elsewhere", "form", "order", "twice", "in_text", "invented", "sent", "refused",
                   "missing"},
    }  # fmt: skip
    for name, keys in reached.items():
        assert set(ROWS[name]["feedback"]) - {"right", "otherwise"} == keys


@pytest.mark.parametrize("lang", LANGUAGES)
def test_feedback_is_filled(lang: str) -> None:
    """What a grader found stands in the words, in both languages."""
    assert "214 AUTH" in smtplab.check("07.read_reply", one_recv_one_line, lang=lang).text
    assert "'without'" in smtplab.check("07.outcome", but((530,), "without"), lang=lang).text
    assert "5.1.1" in smtplab.check("07.log", "5.1.1", lang=lang).text


def test_names() -> None:
    """Lesson 7 has these six exercises."""
    assert exercises("07") == ("07.log", "07.help", "07.again", "07.read_reply", "07.outcome", "07.check_client")
