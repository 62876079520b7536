"""The files in course/exercises: each row has what its kind needs, in both languages, and gives nothing away."""

from __future__ import annotations

import re
import string
from typing import TYPE_CHECKING, Any

import pytest

import smtplab
from smtplab.course import exercises
from smtplab.course.answering import Question
from smtplab.course.graders import Result, grader
from smtplab.course.grading import KINDS, grade, items
from smtplab.errors import NotAnAnswer
from smtplab.rfc.codes import explain
from smtplab.text.language import LANGUAGES
from smtplab.text.texts import data
from tests.helpers.paths import TOP

if TYPE_CHECKING:
    from collections.abc import Iterator


LESSONS = sorted(path.stem for path in (TOP / "smtplab/course/exercises").glob("*.toml"))
ROWS = {key: row for lesson in LESSONS for key, row in data(f"course/exercises/{lesson}").items()}

SERVER = {"personality", "script", "before"}


def of_kind(*kinds: str) -> Any:
    """Run a test for each exercise of these kinds; there may be none yet."""
    return pytest.mark.parametrize("name", [key for key, row in ROWS.items() if row["kind"] in kinds])


def sentences(row: dict[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[str, dict[str, str]]]:
    """Return every sentence of a row: where it stands, and its languages."""
    for key, value in row.items():
        if isinstance(value, dict) and key not in ("wanted", "script"):
            if value.keys() & set(LANGUAGES):
                yield ".".join((*path, key)), value
            else:
                yield from sentences(value, (*path, key))


def solution(name: str) -> str | None:
    """Return the right answer that the lesson's solution cell writes out, if it is plain text."""
    lesson = name.partition(".")[0]
    text = "".join(path.read_text("utf-8") for path in (TOP / "notebooks/source").glob(f"{lesson}-*.md"))
    match = re.search(rf'check\("{re.escape(name)}", "([^"]*)"', text)
    return match[1] if match else None


def wrong_feedback(row: dict[str, Any], *right: str) -> Iterator[tuple[str, str, str]]:
    """Return the words for wrong answers: key, language, words."""
    for key, words in row["feedback"].items():
        if key not in right:
            yield from ((key, lang, words[lang]) for lang in LANGUAGES)


@pytest.mark.parametrize("lesson", LESSONS)
def test_each_lesson(lesson: str) -> None:
    """A lesson has at least three exercises, and its number begins the name of each."""
    names = list(data(f"course/exercises/{lesson}"))
    assert len(names) >= 3
    for name in names:
        assert re.fullmatch(rf"{lesson}\.[a-z][a-z0-9_]*", name), name


@pytest.mark.parametrize("name", ROWS)
def test_keys(name: str) -> None:
    """A row has the keys that its kind needs, and none that mean nothing there."""
    row = ROWS[name]
    assert row["kind"] in KINDS
    kind = KINDS[row["kind"]]
    assert {"title", "question", "feedback", *kind.needs} <= set(row)
    assert set(row) <= {"title", "kind", "core", "prediction", "question", "feedback", *kind.needs, *kind.may}
    assert isinstance(row.get("prediction", False), bool)


@of_kind("text", "function")
def test_what_is_filled_in_is_readable(name: str) -> None:
    """Where fields are filled in, no sentence has a brace that is no field's."""
    for _, words in sentences(ROWS[name]):
        for text in words.values():
            list(string.Formatter().parse(text))


@pytest.mark.parametrize("name", ROWS)
def test_every_answer_has_its_feedback(name: str) -> None:
    """Whatever can come up has words for it, and no words are there for what cannot."""
    row = ROWS[name]
    kind, keys = KINDS[row["kind"]], set(row["feedback"])
    if not kind.by_option:
        assert "right" in keys
    if kind.outcomes is None:
        assert "otherwise" in keys
        return
    outcomes = kind.outcomes(row)
    assert "otherwise" in keys or outcomes <= keys
    assert keys <= outcomes | {"otherwise"} | (set() if kind.by_option else {"right"})


def _octets(text: str) -> bytes:
    return text.encode() if text.endswith("\n") else text.encode() + b"\r\n"


@of_kind("code")
def test_code(name: str) -> None:
    """The options are reply codes, one of which a server of the exercise's own sends."""
    row = ROWS[name]
    assert len(set(row["options"])) == len(row["options"]) >= 2
    assert all(isinstance(option, str) and str(explain(option)) for option in row["options"])
    if row.keys() & SERVER:
        assert sum(smtplab.check(name, option).right for option in row["options"]) == 1
    elif solution(name):
        assert solution(name) in row["options"]


@of_kind("choice")
def test_choice(name: str) -> None:
    """The right option is one of at least two, no two read the same, and each has its say."""
    row = ROWS[name]
    assert row["right"] in row["option"]
    for lang in LANGUAGES:
        assert len({words[lang] for words in row["option"].values()}) == len(row["option"]) >= 2
        rights = [option for option in row["option"] if smtplab.check(name, option, lang=lang).right]
        assert rights == [row["right"]]


@of_kind("parts", "sort")
def test_parts_and_sort(name: str) -> None:
    """There is something to name or sort, the right answer is right, and every wrong one gets words."""
    row, shown_exercise = ROWS[name], exercises.exercise(name)
    assert len(items(row)) >= 2
    assert all(items(row))
    if row["kind"] == "sort":
        assert row.get("criterion", "verdict") == "verdict"
        for item in row["item"]:
            assert ("bin" in item) != ("criterion" in row), item
            assert item.get("bin", next(iter(row["bin"]))) in row["bin"]
            assert item.keys() & {"reply", "personality"}
            assert "command" in item or not ("criterion" in row or "personality" in item)
        assert set(row["bin"]) <= {"conforms", "permitted", "departs", "violates"} or "criterion" not in row
    right = [
        next(option for option in shown_exercise.options if _fits(name, at, option))
        for at in range(len(shown_exercise.items))
    ]
    for lang in LANGUAGES:
        assert smtplab.check(name, right, lang=lang).right
        for option in shown_exercise.options:
            answer = [option] * len(right)
            assert smtplab.check(name, answer, lang=lang).right == (answer == right)
    if row["kind"] == "sort":
        assert len(set(right)) >= 2


def _fits(name: str, at: int, option: str) -> bool:
    """Return whether an option is right for one item, by itself."""
    row = ROWS[name]
    if row["kind"] == "sort":
        return grade(Question(name, {**row, "item": [row["item"][at]]}, "en"), [option]).right
    return smtplab.Reply(_octets(row["reply"])).parts[at].kind == option


@of_kind("text", "function")
def test_graders(name: str) -> None:
    """There is a grader; nonsense is found wrong or refused as another form, and raises nothing else."""
    assert callable(grader(name))
    for nonsense in (None, 3, "", "\x00", "nonsense", b"x", [], {}, object(), print, lambda *_a, **_k: None, int):
        if ROWS[name]["kind"] == "text" and not isinstance(nonsense, str):
            continue
        try:
            result = grader(name)(nonsense)
        except NotAnAnswer:
            continue
        except Exception:  # `check` says so of a learner's code that raises
            if not callable(nonsense):
                raise
            continue
        assert isinstance(result, Result)
        assert not result.right, nonsense
        words = ROWS[name]["feedback"].get(result.key, ROWS[name]["feedback"]["otherwise"])
        for lang in LANGUAGES:
            assert words[lang].format(**result.fields)


@of_kind("code", "command")
def test_codes_and_commands_are_not_given_away(name: str) -> None:
    """Words for a wrong code do not name the right one, and words for a wrong command do not spell the right one."""
    row, right = ROWS[name], solution(name)
    if row["kind"] == "code" and row.keys() & SERVER:
        right = next(option for option in row["options"] if smtplab.check(name, option).right)
    assert right or row.get("personality") or name.startswith("00."), "the lesson has no solution in plain text"
    for key, lang, words in wrong_feedback(row, right or "", "right"):
        assert not re.search(rf"\b{re.escape(right or '')}\b", words, re.IGNORECASE), (key, lang, words)


@of_kind("choice")
def test_choices_are_not_given_away(name: str) -> None:
    """Words for a wrong option do not repeat the right one, where that is more than a word or two."""
    row = ROWS[name]
    for key, lang, words in wrong_feedback(row, row["right"]):
        right = row["option"][row["right"]][lang].rstrip(".").casefold()
        assert len(right.split()) < 3 or right not in words.casefold(), (key, lang, words)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_titles(lang: str) -> None:
    """Each exercise has a title of its own: a few words, no sentence, and no id."""
    titles = [row["title"][lang] for row in ROWS.values()]
    assert len(set(titles)) == len(titles)
    for title in titles:
        assert 5 <= len(title) <= 48, title
        assert re.fullmatch(r"[^.?!:;]+", title), title
        assert title == title.strip()
