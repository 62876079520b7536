"""Exercises as a learner meets them: what they ask, the feedback made for an answer, and the widget around them."""

from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING, Any

import pytest

import smtplab
from smtplab.course import exercises, grading
from smtplab.course.graders import RIGHT, Mark, Result
from smtplab.text.html import escape
from smtplab.text.language import DEFAULT, LANGUAGES
from smtplab.text.texts import data
from tests.helpers.paths import PACKAGE

if TYPE_CHECKING:
    from collections.abc import Iterator


def both(text: str) -> dict[str, str]:
    """Return a sentence in each language."""
    return {lang: f"{text}{ending(lang)}" for lang in LANGUAGES}


def ending(lang: str) -> str:
    """Return what tells a language's sentence from the default one's."""
    return "" if lang == DEFAULT else f" ({lang})"


def feedback(*keys: str) -> dict[str, dict[str, str]]:
    """Return feedback for keys, each naming its key."""
    return {key: both(f"for {key}") for key in keys}


ROWS: dict[str, dict[str, Any]] = {
    "00.code": {
        "kind": "code", "prediction": True, "command": "HELP", "script": {"HELP": "214 x"}, "options": ["211", "214"],
        "feedback": feedback("211", "214"),
    },
    "00.choice": {
        "kind": "choice", "right": "a", "option": {"a": both("first"), "b": both("second"), "c": both("third")},
        "feedback": feedback("a", "b", "otherwise"),
    },
    "00.command": {
        "kind": "command", "wanted": {"code": 214}, "before": ["NOOP"],
        "feedback": feedback("right", "211", "otherwise"),
    },
    "00.parts": {"kind": "parts", "reply": "214 x", "feedback": feedback("right", "separator", "otherwise")},
    "00.sort": {
        "kind": "sort", "bin": {"yes": both("yes"), "no": both("no")},
        "item": [{"reply": "214 x", "bin": "yes"}, {"reply": "500 x", "bin": "no"}],
        "feedback": feedback("right", "yes", "no"),
    },
    "00.text": {
        "kind": "text", "rows": 3,
        "feedback": {**feedback("right", "otherwise"), "short": both("of {letters} letters")},
    },
    "00.series": {
        "kind": "series", "ask": [both("first"), both("second")], "feedback": feedback("right", "low", "form"),
    },
    "00.function": {
        "kind": "function", "call": 'smtplab.check("00.function", made)', "feedback": feedback("right", "otherwise"),
    },
}  # fmt: skip
ANSWERS: dict[str, tuple[Any, dict[str, Any]]] = {
    "00.code": ("214", {"211": "211"}),
    "00.choice": ("a", {"b": "b", "otherwise": "c"}),
    "00.command": ("HELP", {"211": "XSTATUS", "otherwise": "NOOP"}),
    "00.parts": (["code", "separator", "text", "cr", "lf"], {"separator": ["code"] * 5, "otherwise": ["text"] * 5}),
    "00.sort": (["yes", "no"], {"yes": ["yes", "yes"], "no": ["no", "yes"]}),
    "00.text": ("long {x}", {"otherwise": "x"}),
    "00.series": (["3", "4"], {"low": ["3", "1"], "form": ["3"]}),
    "00.function": (lambda: RIGHT, {"otherwise": lambda: 1 / 0}),
}
RIGHT_KEY = {"00.code": "214", "00.choice": "a"}


def put_rows(monkeypatch: pytest.MonkeyPatch, rows: dict[str, Any]) -> None:
    """Put rows in the place of a lesson's file; the other lessons stay."""
    for reader in ("told", "read"):
        whole = getattr(exercises, reader)
        monkeypatch.setattr(
            exercises,
            reader,
            lambda name, *lang, whole=whole: rows if name == "course/exercises/00" else whole(name, *lang),
        )
    monkeypatch.setattr(exercises, "outlines", inspect.unwrap(exercises.outlines))


@pytest.fixture(autouse=True)
def _table(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the rows of this file in the place of the lessons', and graders of our own."""
    rows = {key: {"title": both(key), "question": both(f"{key}?"), **row} for key, row in ROWS.items()}
    lessons = exercises._lessons()
    monkeypatch.setattr(exercises, "_lessons", lambda: ("00", *lessons))
    put_rows(monkeypatch, rows)

    def grader(text: str) -> Result:
        return RIGHT if text.startswith("long") else Result("short" if text == "no" else "?", {"letters": len(text)})

    def series(text: str) -> Result:
        rows = tuple(Mark("right" if int(line) > 2 else "low") for line in text.splitlines())
        if len(rows) != 2:
            return Result("form")
        return Result("right" if all(row.right for row in rows) else "low", rows=rows)

    graders = {"00.text": grader, "00.series": series, "00.function": lambda function: function()}
    monkeypatch.setattr(grading, "grader", graders.__getitem__)


@pytest.fixture
def lab() -> Iterator[smtplab.Lab]:
    """Return a lab in memory."""
    with smtplab.start(carrier="memory") as lab:
        yield lab


def tell(widget: Any, answer: object) -> dict[str, Any]:
    """Answer as the page does; return what it then shows."""
    widget._handle_custom_msg({"type": "answer", "answer": answer}, [])
    return widget.feedback


BEGINNINGS = {"en": ("Right.", "Not yet."), "es": ("Correcto.", "Todavía no.")}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", ROWS)
def test_feedback_for_each_answer(lab: smtplab.Lab, name: str, lang: str) -> None:
    """The right answer and each wrong one get the words made for them, in either language."""
    right, wrong = ANSWERS[name]
    found = smtplab.check(name, right, lab, lang)
    assert (found.right, found.words) == (True, f"for {RIGHT_KEY.get(name, 'right')}{ending(lang)}")
    assert repr(found) == str(found) == f"{BEGINNINGS[lang][0]} {found.text}"
    assert bool(found) is True
    for key, answer in wrong.items():
        found = smtplab.check(name, answer, lab, lang)
        assert (found.right, found.text.endswith(f"for {key}{ending(lang)}")) == (False, True)
        assert bool(found) is False
        assert repr(found) == str(found) == f"{found.verdict} {found.text}"
        assert found.verdict == BEGINNINGS[lang][1] or ROWS[name].get("prediction")
    assert len(lab.transcript) == 0


def test_fields_are_filled_in() -> None:
    """What a grader found is filled into the words; braces in an answer are no fields."""
    assert smtplab.check("00.text", "no").text == "of 2 letters"
    assert smtplab.check("00.text", "{x}").text == "for otherwise"


def test_the_language_that_is_set() -> None:
    """Without one asked for, it is the one that is set."""
    smtplab.set_language("es")
    assert smtplab.check("00.choice", "a").text == "for a (es)"
    assert exercises.exercise("00.choice").question == "00.choice? (es)"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_is_asked(lang: str) -> None:
    """Each kind has what its form needs: options with their words, items, rows, the call."""
    shown = {name: exercises.exercise(name, lang) for name in ROWS}
    assert shown["00.code"].prediction
    assert shown["00.code"].options == {"211": "211", "214": "214"}
    assert shown["00.choice"].options["b"] == f"second{ending(lang)}"
    assert list(shown["00.parts"].options) == list(grading.PARTS)
    assert shown["00.parts"].items == ("214", "SP", "x", "CR", "LF")
    assert shown["00.sort"].options == {"yes": f"yes{ending(lang)}", "no": f"no{ending(lang)}"}
    assert shown["00.sort"].items == ("214 x", "500 x")
    assert shown["00.text"].rows == 3
    assert shown["00.series"].items == (f"first{ending(lang)}", f"second{ending(lang)}")
    assert shown["00.function"].call == 'smtplab.check("00.function", made)'
    assert {name: each.name for name, each in shown.items() if each.name} == {"00.function": "made"}
    assert repr(shown["00.text"]) == "<Exercise 00.text>"


def test_the_exercises_of_a_lesson() -> None:
    """All of them in order, or one lesson's."""
    assert exercises.exercises("00") == tuple(ROWS)
    assert exercises.exercises("01") == ("01.help", "01.status", "01.rcpt")
    assert set(exercises.exercises()) >= {*ROWS, "01.help"}


def test_unknown_names() -> None:
    """An unknown exercise or language is refused by name."""
    with pytest.raises(smtplab.UnknownName, match=r"'00\.nosuch'; there are: .*01\.help"):
        smtplab.check("00.nosuch", "x")
    with pytest.raises(smtplab.UnknownName, match="'fr'; there are: en, es"):
        smtplab.check("00.choice", "a", lang="fr")


def test_what_is_noted(lab: smtplab.Lab) -> None:
    """Every answer is noted, right or not, with the key of its feedback; one that is refused is no answer."""
    from smtplab.course.logbook import logbook

    with pytest.raises(smtplab.UnknownName):
        smtplab.check("00.code", "500")
    assert logbook().histories() == {}
    smtplab.check("00.choice", "b")
    smtplab.check("00.code", "211")
    smtplab.check("00.choice", "a", seed=3)
    histories = logbook().histories()
    assert {key: history.tries for key, history in histories.items()} == {"00.choice": 2, "00.code": 1}
    attempts = histories["00.choice"].attempts
    assert [(each.answer, each.key, each.right, each.seed) for each in attempts] == [
        ("b", "b", False, 0), ("a", "a", True, 3),
    ]  # fmt: skip


# --- the kinds


def in_readme() -> dict[str, str]:
    """Return the kinds in the README's table: each with the keys of its row."""
    readme = (PACKAGE / "course/exercises/README.md").read_text("utf-8")
    return dict(re.findall(r"^\| `(\w+)` \|.*\| ([^|]*) \|$", readme, re.MULTILINE))


def in_module() -> dict[str, str]:
    """Return the kinds for which the widget's module has a field: each with its line."""
    module = (PACKAGE / "widgets/exercise/widget.js").read_text("utf-8")
    table = re.search(r"const FIELDS = \{(.*?)\};", module, re.DOTALL)
    assert table
    return dict(re.findall(r"^  (\w+): (.+),$", table[1], re.MULTILINE))


@pytest.mark.parametrize("kind", grading.KINDS)
def test_a_kind_is_complete(kind: str) -> None:
    """A kind of the table stands in the README with its keys, has a field in the page, and is tried in this file."""
    assert kind in in_readme(), f"no row for {kind!r} in smtplab/course/exercises/README.md"
    for key in grading.KINDS[kind].needs | (grading.KINDS[kind].may - grading._SERVER):
        assert re.search(rf"\b{key}\b", in_readme()[kind]), f"the README does not tell what {key!r} of {kind!r} is"
    assert kind in in_module(), f"no field for {kind!r} in FIELDS of smtplab/widgets/exercise/widget.js"
    for label in re.findall(r'"(exercise_\w+)"', in_module()[kind]):
        assert label in data("widgets/exercise/texts"), f"no text {label!r} in widgets/exercise/texts.toml"
    rows = {name.partition(".")[2] for name in ROWS}
    assert kind in rows, f"no row for {kind!r} in ROWS of tests/course/test_exercises.py"
    right, wrong = ANSWERS[f"00.{kind}"]
    assert right
    assert wrong


def test_no_kind_is_left_over() -> None:
    """README, page and this file know no other kinds, and some exercise of the course is of each."""
    rows = {name.partition(".")[2] for name in ROWS}
    used = {exercises.exercise(name).kind for name in exercises.exercises() if name not in ROWS}
    assert [f"no exercise of the course is of the kind {kind!r}" for kind in set(grading.KINDS) - used] == []
    assert set(in_readme()) == set(in_module()) == rows == used == set(grading.KINDS)
    assert set(grading.KINDS) >= {"code", "choice", "command", "parts", "sort", "text", "function"}


def test_a_new_kind(monkeypatch: pytest.MonkeyPatch, lab: smtplab.Lab) -> None:
    """A row in the table is a kind: it is asked, graded, shown and answered in the page like the others."""

    def even(question: grading.Question, answer: Any) -> Result:
        return RIGHT if int(answer) % 2 == question.row["rest"] else Result("odd", {"number": answer})

    kind = grading.Kind(
        even, frozenset({"rest"}), outcomes=lambda _row: {"odd"}, items=lambda row, _lang: (str(row["rest"]),)
    )
    monkeypatch.setitem(grading.KINDS, "even", kind)
    row = {"kind": "even", "rest": 0, "feedback": {**feedback("right"), "odd": both("{number} is odd")}}
    monkeypatch.setitem(ROWS, "00.even", row)
    rows = {key: {"title": both(key), "question": both(f"{key}?"), **row} for key, row in ROWS.items()}
    put_rows(monkeypatch, rows)
    assert smtplab.check("00.even", 4, lab).right
    assert smtplab.check("00.even", 5, lab, "es").text == "5 is odd (es)"
    widget = smtplab.exercise("00.even", lab)
    assert (widget.kind, widget.items, tell(widget, "4")["right"]) == ("even", ["0"], True)


# --- the widget


@pytest.mark.parametrize("name", [name for name in ROWS if name != "00.function"])
def test_answers_from_the_page(lab: smtplab.Lab, name: str) -> None:
    """What the page sends is judged like an answer in a cell, and is shown again when the page is loaded anew."""
    right, wrong = ANSWERS[name]
    widget = smtplab.exercise(name, lab)
    for answer in wrong.values():
        assert tell(widget, answer)["right"] is False
    shown = tell(widget, right)
    stands = not ROWS[name].get("prediction")  # a prediction that did not come true is not mended by another click
    assert (shown["right"], shown["text"]) == (stands, smtplab.check(name, right, lab).text)
    assert widget.given == right
    assert widget.get_state()["given"] == right


@pytest.mark.parametrize("name", ROWS)
@pytest.mark.parametrize("answer", [None, 3, {}, "nosuch", "HE\nLP", "\ud800", [], ["x"], [None] * 5])
def test_nonsense_from_the_page(lab: smtplab.Lab, name: str, answer: object) -> None:
    """Whatever the page sends, nothing raises; what is no answer is no verdict."""
    widget = smtplab.exercise(name, lab)
    shown = tell(widget, answer)
    assert shown == {} or shown["right"] in (None, False)
    widget._handle_custom_msg({"type": "nonsense"}, [])
    widget._handle_custom_msg({}, [])


@pytest.mark.parametrize(("lang", "words"), [("en", "LF at position 2"), ("es", "LF en la posición 2")])
def test_a_refused_answer(lab: smtplab.Lab, lang: str, words: str) -> None:
    """What cannot be sent is said in the learner's language, as no verdict, and stays in the field."""
    widget = smtplab.exercise("00.command", lab, lang=lang)
    shown = tell(widget, "HE\nLP")
    assert shown["right"] is None
    assert words in shown["text"]
    assert widget.given == "HE\nLP"


def test_the_same_answer_again(lab: smtplab.Lab) -> None:
    """Each answer reaches the page, the same one again too."""
    widget = smtplab.exercise("00.choice", lab)
    seen: list[object] = []
    widget.observe(seen.append, "feedback")
    for _ in range(2):
        tell(widget, "b")
    assert len(seen) == 2


def test_answers_from_python(lab: smtplab.Lab) -> None:
    """A cell may answer for the page, in any form that `check` takes; a function is not put into the page."""
    parts = smtplab.exercise("00.parts", lab)
    assert parts.answer(("code", "separator", "text", "cr", "lf")).right
    assert parts.given == ["code", "separator", "text", "cr", "lf"]
    assert smtplab.exercise("00.command", lab).answer(b"HELP").right
    function = smtplab.exercise("00.function", lab)
    assert function.answer(lambda: RIGHT).right
    assert (function.given, function.feedback["right"]) == ("", True)


@pytest.mark.parametrize("name", ROWS)
def test_where_no_widget_runs(lab: smtplab.Lab, name: str) -> None:
    """Question, items and options can be read without a widget."""
    widget = smtplab.exercise(name, lab)
    shown_exercise = exercises.exercise(name)
    html = widget.plain()
    assert shown_exercise.question in html
    assert all(item in html for item in shown_exercise.items)
    assert escape(shown_exercise.call) in html
    if shown_exercise.kind in ("code", "choice", "sort"):
        assert all(words in html for words in shown_exercise.options.values())
