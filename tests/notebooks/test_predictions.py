"""What a learner gets: no output, no count, and no prediction whose answer stands before its question."""

from __future__ import annotations

import json
import re
from copy import deepcopy
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from typing import TYPE_CHECKING, Any

import pytest

from smtplab.course.exercises import exercise, exercises
from smtplab.course.hints import solution
from smtplab.course.lessons import learners_copy, lessons
from smtplab.text.language import LANGUAGES
from smtplab.text.texts import data
from tests.helpers.paths import TOP
from tests.helpers.prose import read

if TYPE_CHECKING:
    from types import ModuleType

PREDICTIONS = [each for each in exercises() if exercise(each, "en").prediction]
CORE = [each for each in exercises() if exercise(each, "en").core]
GIVEAWAYS = {
    "01.help": r"\b214\b",
    "01.status": r"\b500\b|no status command|ninguna orden de estado",
    "02.last": r"octet (?:right )?after the code|octeto que sigue al código|fourth octet|cuarto octeto",
    "02.pieces": r"after the second, one is|tras el segundo hay una",
    "02.mixed": r"must bear the same code|deben llevar el mismo código",
    "03.inside": r"at any (?:time|moment)|en cualquier momento|no effect|no afecta|transaction goes|transacción sigue",
    "03.ignored": r"does not look at the argument|no mira el argumento",
    "03.locked": r"\b530\b",
    "03.longest": r"\b50[56]\b",
    "04.first": r"not gone out yet|aún no había salido|220 1",
    "04.dumbster": r"dumbster's the second|el de dumbster, la segunda|\b211\b.{0,20}dumbster|dumbster.{0,20}\b211\b",
    "04.middle": r"\b354\b",
    "04.who": r"one success|único éxito",
    "05.program": r"the same in|es igual en|one step|mismo paso|first digit|primera cifra|2: \"→\"",
    "05.claims": r"only the third digit|solo cambia la tercera|2yz",
    "06.topic": r"need not|no está obligado",
    "06.eleventh": r"\b554\b|too many|de más|ten commands|diez órdenes|after ten|tras diez",
    "06.nothing": r"\b500\b",
    "07.help": r"thrown the code away|ha tirado el código",
    "07.again": r"would wait|esperaría|TimeoutError",
    "08.stock": r"departs|se aparta|help\.success",
    "08.lines": r"no command asked for|ninguna orden pidió|space in the last|espacio en la última",
    "08.session": r"one session's count|la cuenta de una sesión|one object|un objeto",
}
"""Prediction → what gives its answer away, in each language, in small letters or capitals."""

ELSEWHERE = GIVEAWAYS | {
    "02.mixed": r"smtplib.{0,20}(?:takes|toma)|takes the (?:first|last) code|toma el (?:primer|último) código",
    "03.locked": r"first AUTH|antes AUTH|\b530\b",
    "04.dumbster": r"\b211\b.{0,40}dumbster|dumbster.{0,40}\b211\b",
    "05.program": r"the same in|in the same way|say the same|alike|\bone step\b|sees success|nothing differs|"
                  r"de la misma manera|dicen lo mismo|trata igual|es igual en|mismo paso|ve un éxito",
    "05.claims": r"third digit only|only the third|solo (?:cambia |en )?la tercera|2yz",
    "06.topic": r"latitude|libertad permitida",
    "06.nothing": r"twisted",
    "08.stock": r"(?:departs|se aparta)[^\n]*aiosmtpd|aiosmtpd[^.\n]*(?:departs|se aparta)",
}  # fmt: skip
"""The same for the lessons before the prediction's own, which may teach the rule that it follows from."""


@cache
def building() -> ModuleType:
    """Return notebooks/build.py as a module."""
    spec = spec_from_file_location("build", TOP / "notebooks/build.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def made(lesson: str, lang: str) -> list[Any]:
    """Return the cells that a lesson's source gives, as they are built."""
    (source,) = (TOP / "notebooks/source").glob(f"{lesson}-*.md")
    return list(building().compose(source, lang).cells)


@cache
def cells(lesson: str, lang: str) -> list[Any]:
    """Return the cells that a lesson's source gives, their texts as they are read with everything unfolded."""
    found = deepcopy(made(lesson, lang))
    for cell in found:
        if cell.cell_type == "markdown":
            cell.source = read(cell.source)
    return found


def place(name: str, lang: str) -> int:
    """Return at which cell an exercise is."""
    return next(at for at, cell in enumerate(cells(name[:2], lang)) if f'exercise("{name}"' in cell.source)


def seen(cell: Any) -> str:
    """Return what is seen of a cell's source before it is unfolded: of a folded one, its first line."""
    folded = cell.metadata.get("jupyter", {}).get("source_hidden")
    return str(cell.source.partition("\n")[0] if folded else cell.source)


def gives_away(name: str, texts: list[str], patterns: dict[str, str] = GIVEAWAYS) -> list[str]:
    """Return what in texts gives a prediction's answer away."""
    return [match[0] for text in texts for match in re.finditer(patterns[name], text, re.IGNORECASE)]


def test_every_prediction_is_known() -> None:
    """Each prediction has what gives its answer away."""
    assert list(GIVEAWAYS) == PREDICTIONS


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", PREDICTIONS)
def test_no_answer_before_its_question(name: str, lang: str) -> None:
    """No text and no open code of a lesson has a prediction's answer before the prediction."""
    before = [seen(cell) for cell in cells(name[:2], lang)[: place(name, lang)]]
    assert before
    assert gives_away(name, before) == []


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", PREDICTIONS)
def test_no_answer_in_an_earlier_lesson(name: str, lang: str) -> None:
    """No text and no open code of the lessons before has the answer either, though it may have what it follows from."""
    earlier = sorted({each[:2] for each in exercises() if each[:2] < name[:2]})
    before = [seen(cell) for lesson in earlier for cell in cells(lesson, lang)]
    assert bool(before) is (name[:2] > "01")
    assert gives_away(name, before, ELSEWHERE) == []


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", PREDICTIONS)
def test_no_answer_under_its_question(name: str, lang: str) -> None:
    """Between a prediction and its answer in the lesson's text stands a cell to run, and that cell does not tell it."""
    after = cells(name[:2], lang)[place(name, lang) + 1 :]
    to_run = next(at for at, cell in enumerate(after) if cell.cell_type == "code")
    assert gives_away(name, [seen(cell) for cell in after[: to_run + 1]]) == []


def beside(name: str, lang: str) -> list[str]:
    """Return what stands on the screen after an exercise, up to the next heading: no more than is not folded away."""
    found = []
    for cell in made(name[:2], lang)[place(name, lang) + 1 :]:
        if cell.cell_type == "code":
            found.append(seen(cell))
            continue
        text, heading, _ = cell.source.partition("\n## ") if not cell.source.startswith("## ") else ("", "## ", "")
        found.append(read(re.sub(r"<details[^>]*>[\s\S]*?</details>", "", text)))
        if heading:
            break
    return found


def answers(name: str, lang: str) -> str:
    """Return a pattern of an exercise's answer as it is given: a code, or the lines that are written."""
    model = solution(name, lang)
    asked = exercise(name, lang)
    written = model.answer.splitlines() if asked.kind in ("code", "command", "text") else [asked.options[model.answer]]
    return "|".join(rf"(?<!\w){re.escape(each)}(?!\w)" for each in written)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", [*CORE, "02.pieces"])
def test_no_answer_beside_its_question(name: str, lang: str) -> None:
    """What is not folded away after an exercise, up to the next heading, has neither its answer nor what tells it."""
    shown = beside(name, lang)
    assert shown
    patterns = {name: answers(name, lang)}
    if name == "02.pieces":  # its answer is a figure that any text may have
        patterns = {}
    if name in GIVEAWAYS:
        patterns[name] = "|".join(filter(None, (patterns.get(name), GIVEAWAYS[name])))
    assert gives_away(name, shown, patterns) == []


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", PREDICTIONS)
def test_what_gives_an_answer_away_is_found(name: str, lang: str) -> None:
    """The patterns are those of real answers: each is in the lesson after its prediction, or in its feedback."""
    row = data(f"course/exercises/{name[:2]}")[name]
    after = [cell.source for cell in cells(name[:2], lang)[place(name, lang) + 1 :]]
    told = [*row.get("options", ()), *(each[lang] for each in row.get("option", {}).values())]
    told += [each[lang] for each in row["feedback"].values()]
    assert gives_away(name, after + told)
    assert gives_away(name, after + told, ELSEWHERE)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_exercise_says_that_it_is_run_first(lang: str) -> None:
    """Where an exercise has not been run, its place says in the lesson's language what to do."""
    places = [
        cell.source.splitlines() for lesson in {each[:2] for each in exercises()} for cell in cells(lesson, lang)
        if "smtplab.exercise(" in cell.source
    ]  # fmt: skip
    assert len(places) == len(exercises())
    for first, second in places:
        name = second.split('"')[1]
        assert first == f"# {exercise(name, lang).invitation}"
    assert {"en": "# Run this cell to answer", "es": "# Ejecuta esta celda para responder"}[lang] in {
        first for first, _ in places
    }


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_learners_copy_is_the_lesson_without_outputs(lang: str) -> None:
    """A learner's copy holds no output and no count; all else is the shipped lesson's."""
    held = 0
    for lesson in lessons(lang):
        shipped, copy = json.loads(lesson.read_bytes()), json.loads(learners_copy(lesson))
        for cell in copy["cells"]:
            if cell["cell_type"] == "code":
                assert (cell["outputs"], cell["execution_count"]) == ([], None)
        for cell in shipped["cells"]:
            if cell["cell_type"] == "code":
                held += len(cell["outputs"])
                cell |= {"outputs": [], "execution_count": None}
        assert copy == shipped
    assert held > 100


def test_what_is_folded_stays_folded(tmp_path: Any) -> None:
    """A code cell's `source_hidden` goes from the source into the lesson, and other metadata of Jupyter's with it."""
    source = tmp_path / "00-folded.md"
    source.write_text(
        "---\njupytext:\n  text_representation:\n    format_name: myst\n---\n\n"
        '```{code-cell}\n:jupyter: {"source_hidden": true}\n\nprint(1)\n```\n\n```{code-cell}\nprint(2)\n```\n',
        "utf-8",
    )
    folded, plain = building().compose(source, "en").cells
    assert folded.metadata == {"jupyter": {"source_hidden": True}}
    assert (folded.source, plain.metadata) == ("print(1)", {})
