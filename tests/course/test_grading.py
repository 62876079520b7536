"""How answers are judged, kind by kind: right is right, wrong gets its key, another form is refused by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import smtplab
from smtplab.course import grading
from smtplab.course.answering import Question
from smtplab.course.graders import RIGHT, Result
from smtplab.course.grading import grade
from smtplab.errors import NotACommandLine, NotAnAnswer, UnknownName
from smtplab.text.language import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterator

CODE = {"kind": "code", "command": "HELP", "options": ["211", "214", "500"]}
CHOICE = {
    "kind": "choice",
    "right": "a",
    "option": {"a": dict.fromkeys(LANGUAGES, "x"), "b": dict.fromkeys(LANGUAGES, "y")},
}
COMMAND = {"kind": "command", "wanted": {"code": 214, "begins": "Syntax: RCPT"}}
PARTS = {"kind": "parts", "reply": "214-2.0.0 Try\r\n214 end\r\n"}
NAMES = ["code", "separator", "enhanced", "text", "cr", "lf", "code", "separator", "text", "cr", "lf"]
SORT = {
    "kind": "sort",
    "bin": {"yes": dict.fromkeys(LANGUAGES, "y"), "no": dict.fromkeys(LANGUAGES, "n")},
    "item": [
        {"reply": "250 OK", "bin": "no"},
        {"personality": "exim-4.96", "command": "HELP", "bin": "yes"},
        {"reply": "214-a\r\n214 b", "bin": "yes"},
    ],
}
VERDICTS = {
    "kind": "sort",
    "criterion": "verdict",
    "bin": {name: dict.fromkeys(LANGUAGES, name) for name in ("conforms", "permitted", "departs", "violates")},
    "item": [
        {"reply": "214 help", "command": "HELP"},
        {"reply": "502 no help here", "command": "HELP MAIL"},
        {"reply": "250 Supported commands: HELP", "command": "HELP"},
        {"reply": "214-a\r\n250 b", "command": "HELP"},
    ],
}
TEXT: dict[str, Any] = {"kind": "text"}
FUNCTION: dict[str, Any] = {"kind": "function"}


@pytest.fixture
def lab() -> Iterator[smtplab.Lab]:
    """Return a lab in memory."""
    with smtplab.start(carrier="memory") as lab:
        yield lab


def judged(row: dict[str, Any], answer: object, lab: smtplab.Lab | None = None, lang: str = "en") -> Result:
    """Judge an answer to a row."""
    return grade(Question("00.made", row, lang), answer)


def graded_by(monkeypatch: pytest.MonkeyPatch, function: Any) -> None:
    """Put a grader in the place of every one."""
    monkeypatch.setattr(grading, "grader", lambda _exercise_id: function)


@pytest.mark.parametrize("answer", ["214", " 214 ", 214])
def test_code(lab: smtplab.Lab, answer: object) -> None:
    """The server's reply decides; a number will do as well as text."""
    result = judged(CODE, answer, lab)
    assert (result.right, result.key, result.reply.code) == (True, "214", 214)
    assert not judged(CODE, "500", lab).right


def test_choice() -> None:
    """The option named right is right."""
    assert judged(CHOICE, "a") == Result("a", right=True)
    assert judged(CHOICE, "b") == Result("b")


@pytest.mark.parametrize("answer", ["help rcpt", b"HELP RCPT", "  HELP RCPT\n"])
def test_command_right(lab: smtplab.Lab, answer: str | bytes) -> None:
    """Any command whose reply is as wanted is right, spaces around it aside."""
    assert judged(COMMAND, answer, lab).right


@pytest.mark.parametrize(("answer", "key"), [("HELP", "214"), ("XSTATUS", "211"), ("", "500"), ("DATA", "503")])
def test_command_wrong(lab: smtplab.Lab, answer: str, key: str) -> None:
    """Any other reply's code is the key of its feedback, the right code with another text too."""
    result = judged(COMMAND, answer, lab)
    assert (result.right, result.key, str(result.reply.code)) == (False, key, key)


def test_command_that_is_no_line(lab: smtplab.Lab) -> None:
    """What is no single line is refused, and a lab that has stopped changes nothing."""
    with pytest.raises(NotACommandLine, match="LF at position 2"):
        judged(COMMAND, "HE\nLP", lab)
    lab.stop()
    assert judged(COMMAND, "HELP RCPT", lab).right


@pytest.mark.parametrize("form", [list, tuple])
def test_parts(form: type) -> None:
    """All parts named is right; else the key is the first part that was missed."""
    assert judged(PARTS, form(NAMES)).right
    wrong = [*NAMES[:1], "text", *NAMES[2:8], "code", *NAMES[9:]]
    result = judged(PARTS, form(wrong))
    assert (result.right, result.key) == (False, "separator")
    assert result.before == '2 of 11 parts are not right yet. Look again at part 2, "-".'
    assert [mark.key for mark in result.rows if not mark.right] == ["separator", "text"]
    one = judged(PARTS, form([*NAMES[:1], "text", *NAMES[2:]]))
    assert one.before == '1 of 11 parts is not right yet. Look again at part 2, "-".'


def test_what_the_parts_show() -> None:
    """What cannot be seen has a name, and joined they are the reply."""
    assert grading.items(PARTS) == ("214", "-", "2.0.0", " Try", "CR", "LF", "214", "SP", "end", "CR", "LF")


def test_sort() -> None:
    """Every item in its bin is right; else the key is the bin that the first wrong one was put into."""
    assert judged(SORT, ["no", "yes", "yes"]).right
    result = judged(SORT, ["no", "no", "yes"])
    assert (result.right, result.key) == (False, "no")
    assert [mark.right for mark in result.rows] == [True, False, True]
    assert (
        result.before == '1 of 3 is not where it belongs. Look again at number 2, "HELP → 214-Commands supported: …".'
    )
    assert judged(SORT, ["no"] * 3).before.startswith("2 of 3 are not where they belong.")


def test_sort_by_verdict() -> None:
    """With the verdict as criterion `judge` says where each belongs."""
    right = ["conforms", "permitted", "departs", "violates"]
    assert judged(VERDICTS, right).right
    for at in range(4):
        wrong = right.copy()
        wrong[at] = "conforms" if at else "violates"
        assert (judged(VERDICTS, wrong).key, judged(VERDICTS, wrong).right) == (wrong[at], False)


def test_another_bin_that_can_be_defended() -> None:
    """An item may name further bins that are right for it, by its verdict or by its own bin."""
    row = {**VERDICTS, "item": [*VERDICTS["item"][:3], {**VERDICTS["item"][3], "also": ["departs"]}]}
    for last, right in (("violates", True), ("departs", True), ("permitted", False)):
        assert judged(row, ["conforms", "permitted", "departs", last]).right == right
    row = {"kind": "sort", "bin": SORT["bin"], "item": [{**item, "also": ["yes"]} for item in SORT["item"]]}
    assert judged(row, ["yes"] * len(row["item"])).right


def test_where_it_is_wrong_in_spanish() -> None:
    """What stands before the feedback is in the language asked for."""
    assert judged(SORT, ["yes"] * 3, lang="es").before == (
        "1 de 3 no está en su sitio. Mira otra vez el número 1, «250 OK»."
    )
    assert judged(PARTS, ["text"] * 11, lang="es").before.startswith("9 de 11 partes aún no están bien.")


def test_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is written goes to the grader as it is."""
    graded_by(monkeypatch, lambda text: RIGHT if text == " a\nb " else Result("spaces"))
    assert judged(TEXT, " a\nb ").right
    assert judged(TEXT, "a").key == "spaces"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_function(monkeypatch: pytest.MonkeyPatch, lang: str) -> None:
    """A function goes to the grader; what its code raises is said, whatever it is."""

    class Nameless(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    graded_by(monkeypatch, lambda function: function())
    assert judged(FUNCTION, lambda: RIGHT, lang=lang).right
    for error, named in (
        (ZeroDivisionError("{x}"), "ZeroDivisionError: {x}."), (SystemExit(3), "SystemExit: 3."),
        (Nameless(), "Nameless."), (KeyError(), "KeyError."),
    ):  # fmt: skip

        def fail(error: BaseException = error) -> None:
            raise error

        result = judged(FUNCTION, fail, lang=lang)
        assert (result.key, result.right) == ("otherwise", False)
        assert result.before.endswith(named)
    assert judged(FUNCTION, None, lang=lang).before.endswith("None.")


def test_an_interrupt_goes_through(monkeypatch: pytest.MonkeyPatch) -> None:
    """A learner can interrupt an endless loop."""

    def loop(_function: object) -> Result:
        raise KeyboardInterrupt

    graded_by(monkeypatch, loop)
    with pytest.raises(KeyboardInterrupt):
        judged(FUNCTION, print)


def test_a_grader_may_refuse_the_form(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a grader says of another form reaches the learner as it is."""

    def refuse(answer: object) -> Result:
        raise NotAnAnswer(f"a function, not {type(answer).__name__}")

    graded_by(monkeypatch, refuse)
    with pytest.raises(NotAnAnswer, match="a function, not int"):
        judged(FUNCTION, 3)


@pytest.mark.parametrize(
    ("row", "answer", "named"),
    [
        (CODE, ["214"], "one of 211, 214, 500, not list"),
        (CODE, None, "not NoneType"),
        (CODE, b"214", "not bytes"),
        (CHOICE, 2.5, "one of a, b, not float"),
        (COMMAND, 214, "a command line, not int"),
        (COMMAND, None, "a command line, not NoneType"),
        (PARTS, "code", "a list of 11 names, one for each, not str"),
        (PARTS, ["code"], "a list of 11 names, one for each, not 1"),
        (PARTS, [["code"]] * 11, "not list"),
        (SORT, {"yes": 1}, "a list of 3 names, one for each, not dict"),
        (SORT, [], "not 0"),
        (TEXT, 3, "text, not int"),
        (TEXT, None, "text, not NoneType"),
    ],
)
def test_answers_of_another_form(lab: smtplab.Lab, row: dict[str, Any], answer: object, named: str) -> None:
    """An answer of another form is refused: what is wanted, and what came."""
    with pytest.raises(NotAnAnswer, match=named):
        judged(row, answer, lab)


@pytest.mark.parametrize(
    ("row", "answer", "named"),
    [
        (CODE, "251", "'251'; there are: 211, 214, 500"),
        (CODE, "", "''; there are"),
        (CHOICE, "c", "'c'; there are: a, b"),
        (PARTS, ["colour"] * 11, "'colour'; there are: code"),
        (SORT, ["yes", "yes", "maybe"], "'maybe'; there are: yes, no"),
    ],
)
def test_unknown_options(lab: smtplab.Lab, row: dict[str, Any], answer: object, named: str) -> None:
    """What is no option is refused, and the options are listed."""
    with pytest.raises(UnknownName, match=named):
        judged(row, answer, lab)
    assert len(lab.transcript) == 0


@pytest.mark.parametrize(
    ("more", "right"),
    [
        ({"personality": "haraka-3.3.4", "options": ["214", "250"]}, "250"),
        ({"script": {"HELP": "502 no"}, "options": ["214", "502"]}, "502"),
        ({"script": {"HELP": ["211 once", "214 twice"]}, "before": ["HELP"]}, "214"),
        ({"before": ["EHLO me.example"], "command": "VRFY x", "options": ["252", "503"]}, "252"),
    ],
)
def test_a_server_of_its_own(lab: smtplab.Lab, more: dict[str, Any], right: str) -> None:
    """An exercise that describes a server asks that one, with a lab or without, and leaves the learner's alone."""
    lab.send("NOOP")
    row = {**CODE, **more}
    for learners_lab in (lab, None):
        result = judged(row, right, learners_lab)
        assert result.right, result
        assert not judged(row, next(option for option in row["options"] if option != right), learners_lab).right
    assert [exchange.sent for exchange in lab.transcript] == [None, b"NOOP\r\n"]
    assert lab.personality.name == "rfc5321"


def test_no_lab_is_needed() -> None:
    """An exercise that names no server asks the default one, whatever the learner has."""
    for row, answer in ((CODE, "214"), (COMMAND, "HELP RCPT")):
        assert judged(row, answer).right


def test_a_recorded_command_that_is_not_there() -> None:
    """An item that names a command which was not recorded is refused by name: a fault of the data."""
    with pytest.raises(UnknownName, match="NOSUCH THING"):
        grading.items({"kind": "sort", "item": [{"personality": "exim-4.96", "command": "NOSUCH THING"}]})
