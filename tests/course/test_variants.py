"""The variants of an exercise: whole questions with one right answer, the same for the same seed, and true."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from typing import Any

import pytest

import smtplab
from smtplab.course.exercises import exercise, exercises, row_of, variants
from smtplab.course.grading import KINDS
from smtplab.course.hints import solution
from smtplab.course.logbook import logbook
from smtplab.course.variants import drawn, varied
from smtplab.recordings.recording import names, recording
from smtplab.text.language import LANGUAGES
from smtplab.text.texts import data, listing

VARIANTS: dict[str, list[dict[str, Any]]] = {
    key: rows
    for lesson in listing("course/variants", ".toml")
    for key, rows in data(f"course/variants/{lesson}").items()
}
DRAWS = 40
SEEDS = [
    (name, seed)
    for name, rows in VARIANTS.items()
    for seed in range(1, 1 + (DRAWS if any("pool" in row for row in rows) else len(rows)))
]
each_seed = pytest.mark.parametrize(("name", "seed"), SEEDS)


def test_variants_belong_to_exercises() -> None:
    """Each is of an exercise of a kind that has variants, and changes neither its kind nor when it is answered."""
    assert set(VARIANTS) <= set(exercises())
    for name, rows in VARIANTS.items():
        kind = row_of(name, "en")["kind"]
        assert kind in ("code", "choice", "sort"), name
        known = {"question", "feedback", "hint", "reason", "pool", "draw", *KINDS[kind].needs, *KINDS[kind].may}
        for row in rows:
            assert set(row) <= known, name
            assert ("pool" in row) == ("draw" in row), name


@each_seed
def test_a_variant_is_whole(name: str, seed: int) -> None:
    """It has what its kind needs, options that differ, and words in every language for all that can come up."""
    row = row_of(name, "en", seed)
    kind = KINDS[row["kind"]]
    assert {"question", "feedback", *kind.needs} <= set(row)
    assert kind.outcomes
    assert kind.outcomes(row) <= set(row["feedback"]) or "otherwise" in row["feedback"]
    for lang in LANGUAGES:
        options = exercise(name, lang, seed).options
        assert len(set(options.values())) == len(options) >= 2
        assert all(words[lang].strip() for words in row_of(name, lang, seed)["feedback"].values())


@each_seed
def test_one_answer_is_right(name: str, seed: int) -> None:
    """Of the options one is right, by the server's own word where a server is asked; every other is wrong."""
    for lang in LANGUAGES:
        asked = exercise(name, lang, seed)
        if asked.kind == "sort":
            right = list(solution(name, lang, seed).answer)
            assert smtplab.check(name, right, lang=lang, seed=seed).right
            assert len(set(right)) >= 2
            for option in asked.options:
                assert not smtplab.check(name, [option] * len(right), lang=lang, seed=seed).right
        else:
            found = [option for option in asked.options if smtplab.check(name, option, lang=lang, seed=seed).right]
            assert found == [solution(name, lang, seed).answer]


@each_seed
def test_feedback_is_for_its_own_options(name: str, seed: int) -> None:
    """An option that says something else than the lesson's has feedback of its own."""
    own, asked = ([row_of(name, lang, each) for lang in LANGUAGES] for each in (0, seed))
    for key in asked[0].get("option", {}):
        if [row["option"].get(key) for row in own] != [row["option"][key] for row in asked]:
            assert [row["feedback"].get(key) for row in own] != [row["feedback"][key] for row in asked], key


@each_seed
def test_nothing_is_given_away(name: str, seed: int) -> None:
    """Words for a wrong code or option do not name the right one."""
    row, right = row_of(name, "en", seed), solution(name, "en", seed).answer
    if row["kind"] == "sort":
        return
    words = {lang: row_of(name, lang, seed)["feedback"] for lang in LANGUAGES}
    for key in row["feedback"]:
        for lang in LANGUAGES if key != right else ():
            secret = solution(name, lang, seed).words.rstrip(".").casefold()
            if row["kind"] == "code" or len(secret.split()) >= 3:
                told = words[lang][key][lang]
                assert not re.search(rf"\b{re.escape(secret)}\b", told.casefold()), (key, told)


@each_seed
def test_what_is_recorded_is_recorded(name: str, seed: int) -> None:
    """A recorded server is asked what it was asked when it was recorded; nothing is made up for it."""
    row = row_of(name, "en", seed)
    asked = [*row.get("item", ()), *([row] if row["kind"] == "code" else [])]
    for each in asked:
        if each.get("personality") in names():
            for line in (*each.get("before", ()), each["command"]):
                assert recording(each["personality"]).reply_to(line.encode() + b"\r\n") is not None, line
            assert "script" not in each


@pytest.mark.parametrize("name", VARIANTS)
def test_no_two_cases_are_the_same(name: str) -> None:
    """The lesson's own question and each variant ask of different cases."""
    rows = [row_of(name, "en", seed) for seed in range(variants(name) + 1)]
    keys = ("question", "command", "before", "script", "personality", "item", "right")
    assert max(Counter(repr([row.get(key) for key in keys]) for row in rows).values()) == 1


def test_the_same_seed_is_the_same_question() -> None:
    """In any process, whatever its hashes, a seed gives the same questions."""
    code = (
        "from smtplab.course.exercises import exercise, exercises\n"
        "for name in exercises():\n    for seed in range(9): print(exercise(name, 'en', seed).__dict__)\n"
    )
    told = [
        subprocess.run(
            [sys.executable, "-c", code], env={**os.environ, "PYTHONHASHSEED": hashes}, capture_output=True, text=True,
            check=True, timeout=60,
        ).stdout
        for hashes in ("1", "2")
    ]  # fmt: skip
    assert told[0] == told[1] != ""


# --- the mechanism

ROW: dict[str, Any] = {
    "kind": "code", "command": "HELP", "script": {"HELP": "214 x"}, "options": ["211", "214"],
    "question": {"en": "Own"}, "feedback": {"211": {"en": "own 211"}, "214": {"en": "own 214"}},
}  # fmt: skip


def test_seeds_are_counted_round() -> None:
    """0 is the lesson's own, then the variants in order, and then from the first again."""
    rows = [{"question": {"en": "A"}}, {"question": {"en": "B"}}]
    assert [varied(ROW, rows, seed)["question"]["en"] for seed in range(6)] == ["Own", "A", "B", "A", "B", "A"]
    assert varied(ROW, [], 3) is ROW
    assert ROW["question"] == {"en": "Own"}


def test_a_variant_is_laid_over() -> None:
    """What it says replaces the row's; feedback answer by answer, and none is left for what cannot come up."""
    new = varied(ROW, [{"personality": "exim-4.96", "options": ["214", "500"], "feedback": {"500": {"en": "new"}}}], 1)
    assert "script" not in new
    assert new["command"] == "HELP"
    assert new["feedback"] == {"214": {"en": "own 214"}, "500": {"en": "new"}}


def test_items_are_drawn_by_the_seed() -> None:
    """The same seed draws the same items, other seeds others; each bin gets one before any gets two."""
    pool = [{"reply": str(at), "bin": "abc"[min(at, 2)]} for at in range(10)]
    for seed in range(1, 50):
        items = drawn(pool, 4, seed)
        assert items == drawn(list(pool), 4, seed)
        assert len({item["reply"] for item in items}) == 4
        assert {item["bin"] for item in items} == {"a", "b", "c"}
    assert len({repr(drawn(pool, 4, seed)) for seed in range(1, 50)}) > 20
    assert [item["reply"] for item in drawn(pool, 4, 7)] == DRAWN_7
    assert len(drawn([{"reply": str(at)} for at in range(5)], 3, 1)) == 3


DRAWN_7 = ["8", "6", "1", "0"]
"""Written down once: a seed that a class has used is the same question in the next year's version."""


@pytest.mark.parametrize("seed", ["1", 1.0, None, True])
def test_what_is_no_seed(seed: Any) -> None:
    """A seed is a whole number, and the error says so in the learner's language."""
    smtplab.set_language("es")
    with pytest.raises(TypeError, match="un número entero"):
        exercise("01.help", seed=seed)
    with pytest.raises(TypeError, match="a whole number"):
        smtplab.check("01.help", "214", lang="en", seed=seed)


def test_a_widget_asks_its_variant() -> None:
    """The card of a seed asks that case, and judges by it."""
    name = next(name for name in VARIANTS if exercise(name).kind == "code")
    widget = smtplab.exercise(name, seed=1)
    assert widget.question == exercise(name, seed=1).question
    assert widget.answer(solution(name, "en", 1).answer).right
    assert exercise(name, seed=1).seed == 1
    noted = logbook().history(name).last
    assert noted is not None
    assert (noted.seed, noted.right) == (1, True)


def test_without_variants_every_seed_asks_the_same() -> None:
    """A written answer has no variants; any seed asks the lesson's own question."""
    assert exercise("01.rcpt", seed=5).question == exercise("01.rcpt").question
    assert smtplab.check("01.rcpt", "HELP RCPT", seed=5).right
