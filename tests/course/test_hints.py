"""Hints and solutions: they are there for every exercise, lead on without telling, and what they tell is right."""

from __future__ import annotations

import re
from typing import Any

import pytest

import smtplab
from smtplab.course.exercises import exercise, exercises, row_of, variants
from smtplab.course.hints import hints, solution
from smtplab.course.logbook import logbook
from smtplab.text.language import LANGUAGES
from smtplab.text.texts import data, listing

HINTED = {
    key: row for lesson in listing("course/hints", ".toml") for key, row in data(f"course/hints/{lesson}").items()
}
SEEDS = [(name, seed) for name in HINTED for seed in range(variants(name) + 1)]


def judged(name: str, lang: str, seed: int) -> Any:
    """Return the verdict on a model answer; a function is made from its source, as in a learner's notebook."""
    model = solution(name, lang, seed)
    if not model.code:
        return smtplab.check(name, model.answer, lang=lang, seed=seed)
    assert model.answer == ""
    smtplab.set_language(lang)
    names: dict[str, Any] = {"smtplab": smtplab}
    exec(model.code, names)
    return eval(exercise(name, lang).call, names)


def without_sources(text: str) -> str:
    """Return a text without its citations, whose numbers are no answers."""
    return re.sub(r"RFC \d+|§[\d.]+", "", text)


def given_away(name: str, lang: str, seed: int) -> list[str]:
    """Return the hints that hold the answer: its code, its words where they are more than two, a line of its source."""
    model = solution(name, lang, seed)
    secrets = [re.escape(model.words.rstrip(".").casefold())] if isinstance(model.answer, str) else []
    if model.code:
        lines = map(str.strip, model.code.splitlines())
        secrets = [re.escape(line.casefold()) for line in lines if len(line) > 12]
    if exercise(name, lang).kind == "choice" and not model.words.isdigit() and len(model.words.split()) < 3:
        return []  # a word such as "one" is in many sentences
    texts = hints(name, lang, seed)
    return [
        text for text in texts for secret in secrets if re.search(rf"\b{secret}\b", without_sources(text).casefold())
    ]


def test_every_exercise_has_its_own() -> None:
    """No hints are there for what is no exercise; that none is missing is said by the steps of the recipe."""
    assert set(HINTED) <= set(exercises())
    for name, beside in HINTED.items():
        assert set(beside) <= {"hint", "answer", "code", "reason"}, name
        assert set(beside["hint"]) == {"1", "2"}, name


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", HINTED)
def test_two_hints(name: str, lang: str) -> None:
    """Both hints say something, each something else, in sentences."""
    first, second = hints(name, lang)
    assert first != second
    assert all(len(text.split()) >= 5 and text.rstrip("»)")[-1] in ".?!" for text in (first, second))


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(("name", "seed"), SEEDS)
def test_a_solution_is_right(name: str, seed: int, lang: str) -> None:
    """What is given as a solution is judged right, in every case that is asked, and has its reason."""
    model = solution(name, lang, seed)
    found = judged(name, lang, seed)
    assert found.right, found
    assert model.reason.startswith(found.text)
    assert "{" not in model.reason or "{" in found.text
    assert model.words or model.code


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(("name", "seed"), SEEDS)
def test_hints_do_not_tell(name: str, seed: int, lang: str) -> None:
    """No hint holds the answer, in any case that is asked."""
    assert given_away(name, lang, seed) == []


def test_a_hint_that_tells_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hint with the right code, the right words or the answer itself would be found."""
    telling = {
        "01.help": "It is 214.",
        "01.rcpt": "Send HELP RCPT.",
        "02.mixed": "No RFC says so: such a reply is broken.",
    }
    for name, text in telling.items():
        monkeypatch.setattr("tests.course.test_hints.hints", lambda *_args, text=text: (text, text))
        assert given_away(name, "en", 0)


def test_a_written_answer_is_a_kind_that_needs_one() -> None:
    """A model answer stands only where the grading cannot work it out, so no two can differ."""
    for name, beside in HINTED.items():
        written = row_of(name, "en")["kind"] in ("command", "series", "text", "function")
        assert ("answer" in beside or "code" in beside) is written, name


def test_a_hint_as_it_is_shown() -> None:
    """A hint says which it is, and its text is escaped on a page."""
    shown = smtplab.hint("01.rcpt", 2, "es")
    assert str(shown) == repr(shown) == f"Pista 2 de 2: {hints('01.rcpt', 'es')[1]}"
    assert "<p><strong>Pista 2 de 2:</strong> " in shown._repr_html_()
    assert str(smtplab.hint("01.rcpt")).startswith("Hint 1 of 2: ")


def test_a_solution_as_it_is_shown() -> None:
    """A solution shows the answer as text, item by item, and its reason."""
    shown = smtplab.solution("02.digits")
    assert shown.answer[:2] == ("done", "more")
    assert "1. 214 Sorry, we cannot help you — done\n2. 354 Done — go on" in str(shown) == repr(shown)
    assert shown.reason in shown._repr_html_()
    assert smtplab.solution("01.help", lang="es").answer == "214"
    assert smtplab.solution("02.last", lang="es").words.startswith("La línea 4")
    assert "&lt;ana@client" not in shown._repr_html_()
    assert "<pre>HELP RCPT</pre>" in smtplab.solution("01.rcpt")._repr_html_()


def test_what_was_seen_is_noted() -> None:
    """Hints and solution, once seen, stand in the progress; the hints that a card reads to show later do not."""
    hints("01.help", "en")
    solution("01.help", "en")
    assert (logbook().history("01.help").hints, logbook().history("01.help").solution) == (0, "")
    smtplab.hint("01.help", 2)
    smtplab.hint("01.help", 1)
    assert (logbook().history("01.help").hints, logbook().history("01.help").solution) == (2, "")
    smtplab.solution("01.help")
    assert logbook().history("01.help").solution
    with pytest.raises(smtplab.UnknownName):
        smtplab.hint("01.rcpt", 3)
    assert logbook().history("01.rcpt").hints == 0


@pytest.mark.parametrize("number", [0, 3, -1, "x", None])
def test_a_hint_that_is_not_there(number: Any) -> None:
    """Another hint than the two, or one for no exercise, is refused by name."""
    with pytest.raises(smtplab.UnknownName, match="there are: 1, 2"):
        smtplab.hint("01.help", number)
    with pytest.raises(smtplab.UnknownName, match="pista desconocida: 3; hay: 1, 2"):
        smtplab.hint("01.help", 3, "es")
    for ask in (smtplab.hint, smtplab.solution):
        with pytest.raises(smtplab.UnknownName, match=r"there are: 01\.help"):
            ask("01.nosuch")
