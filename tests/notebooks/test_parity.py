"""English and Spanish are one course: the same cells, exercises and texts, and no sentence left in the other language.

What came over a wire stays as it came, and is set aside before a sentence is looked for (helpers/foreign.py).
"""

from __future__ import annotations

import ast
import re
from functools import cache
from html import unescape
from typing import TYPE_CHECKING, Any

import nbformat
import pytest

import smtplab
from smtplab.course.exercises import exercises
from smtplab.recordings.recording import names, recording
from smtplab.rfc.judge import OUTCOMES
from smtplab.server.help import TOPICS
from smtplab.text.language import DEFAULT, LANGUAGES
from smtplab.text.texts import data
from smtplab.widgets.anatomy.presenter import AnatomyPresenter
from smtplab.widgets.console.presenter import ConsolePresenter
from smtplab.widgets.exercise.presenter import ExercisePresenter
from smtplab.widgets.gallery.presenter import GalleryPresenter
from smtplab.widgets.side_by_side.presenter import SideBySidePresenter
from tests.helpers.foreign import foreign
from tests.helpers.paths import PACKAGE, TOP

if TYPE_CHECKING:
    from collections.abc import Iterator


LESSONS = sorted(path.stem for path in (TOP / "notebooks/source").glob("*.md"))
FILES = sorted(path.relative_to(PACKAGE).with_suffix("").as_posix() for path in PACKAGE.rglob("*.toml"))


@cache
def wire() -> tuple[str, ...]:
    """Return every line that a server says: the recorded ones, FTP's for contrast, and the lab's own; longest first."""
    recorded = [recording(name) for name in names()]
    replies = [reply.octets for one in recorded for _, _, reply in one.lines()]
    replies += [answer.octets for one in recorded for answer in (one.greeting, *one.limits)]
    with smtplab.start(carrier="memory") as lab:
        for command in ("HELP", "XSTATUS", *(f"HELP {topic}" for topic in TOPICS), "NOOP", "EHLO a", "STAT", "STATUS",
                        "MAIL FROM:<a@lab.example>", "RCPT TO:<b@lab.example>", "DATA", "."):  # fmt: skip
            lab.send(command)
        replies += [exchange.reply.raw for exchange in lab.transcript]
    replies += [row["received"].encode() for row in data("recordings/ftp")["exchange"]]
    for name in exercises():  # replies made up for an exercise
        row = data(f"course/exercises/{name[:2]}")[name]
        replies += [part["reply"].encode() for part in (row, *row.get("item", ())) if "reply" in part]
    lines = {line[4:].strip() for reply in replies for line in reply.decode("utf-8", "replace").splitlines()}
    lines |= {about for one in recorded for about in (one.software, one.version)}
    return tuple(sorted((line for line in lines if " " in line), key=len, reverse=True))


def without(text: str, lines: tuple[str, ...]) -> str:
    """Take lines out of a text."""
    for line in lines:
        text = text.replace(line, " ")
    return text


@cache
def cells(lesson: str, lang: str) -> list[Any]:
    """Return the cells of a built lesson."""
    return list(nbformat.read(TOP / "notebooks" / lang / f"{lesson}.ipynb", as_version=4).cells)


def strings(code: str) -> tuple[str, ...]:
    """Return the lines of the strings that a cell's code holds: what it lets a server say."""
    held = [node.value for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Constant)]
    lines = {line.strip() for octets in held if isinstance(octets, str | bytes) for line in _text(octets).splitlines()}
    return tuple(sorted((text for line in lines for text in (line, line[4:]) if len(text) > 5), key=len, reverse=True))


def _text(held: str | bytes) -> str:
    return held if isinstance(held, str) else held.decode("utf-8", "replace")


def shown(cell: Any) -> Iterator[str]:
    """Return what a cell shows, as text; the repr of a value, `<Reply 214 …>`, is Python's and in no language."""
    for output in cell.get("outputs", []):
        bundle = output.get("data", {"text/plain": output.get("text", "")})
        for kind, text in bundle.items():
            if kind == "text/html":
                yield unescape(
                    re.sub(r"<[^>]+>", "\n", re.sub(r"<(style|script)\b.*?</\1>", "", text, flags=re.DOTALL))
                )
            elif kind == "text/plain":
                yield re.sub(r"<[A-Z]\w+ .*>", "", text)
            else:
                yield "\n".join(plain(text))


def plain(value: Any) -> Iterator[str]:
    """Return every string in plain data."""
    if isinstance(value, str):
        yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ():
        yield from plain(part)


def pairs(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, dict[str, Any]]]:
    """Return each text of a data file: where it stands, and its languages."""
    if isinstance(value, list):
        value = {str(at): row for at, row in enumerate(value)}
    for key, row in value.items() if isinstance(value, dict) else ():
        if isinstance(row, dict) and row.keys() & set(LANGUAGES):
            yield ".".join((*path, key)), {lang: row[lang] for lang in LANGUAGES if lang in row}
        yield from pairs(row, (*path, key))


@pytest.mark.parametrize("lesson", LESSONS)
def test_one_lesson(lesson: str) -> None:
    """English and Spanish have the same cells and the same code, but for the language they set and exercises' lines."""
    first, *others = ((lang, cells(lesson, lang)) for lang in LANGUAGES)
    for lang, translated in others:
        assert [cell.cell_type for cell in first[1]] == [cell.cell_type for cell in translated]
        for one, other in zip(first[1], translated, strict=True):
            if one.cell_type == "code":
                code, translation = (re.sub(r"^# .*\n(?=smtplab\.exercise)", "", each.source) for each in (one, other))
                assert code.replace(f'set_language("{first[0]}")', f'set_language("{lang}")') == translation
            else:
                assert one.source != other.source
                assert re.findall(r"`[^`]+`|§[\d.]+", one.source) == re.findall(r"`[^`]+`|§[\d.]+", other.source)


@pytest.mark.parametrize("lesson", LESSONS)
def test_the_same_exercises(lesson: str) -> None:
    """Both languages put every exercise of the lesson, each once, in the same order, and it is the data's order."""
    for lang in LANGUAGES:
        source = "\n".join(cell.source for cell in cells(lesson, lang) if cell.cell_type == "code")
        assert re.findall(r'smtplab\.exercise\("([\w.]+)"', source) == list(exercises(lesson[:2]))


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("lesson", LESSONS)
def test_no_foreign_text(lesson: str, lang: str) -> None:
    """No text cell has a sentence of the other language, and the detector finds one that is put there."""
    planted = {"en": "El servidor cierra la conexión.", "es": "The server closes the connection, and that is all."}
    for cell in cells(lesson, lang):
        if cell.cell_type == "markdown":
            assert foreign(cell.source, lang) == []
            assert foreign(f"{cell.source}\n\n{planted[lang]}", lang)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("lesson", LESSONS)
def test_no_foreign_output(lesson: str, lang: str) -> None:
    """No output has a sentence of ours in the other language; what servers say stays as it is."""
    code = tuple(line for cell in cells(lesson, lang) if cell.cell_type == "code" for line in strings(cell.source))
    for cell in cells(lesson, lang):
        for text in shown(cell):
            assert foreign(without(without(text, wire()), code), lang) == [], cell.id


PRINTED = r"print\((?:smtplab\.check\(.*|smtplab\.judge\(.*\.notable|verdict(?:\(.*\))?)\)$"


@pytest.mark.parametrize("lang", [lang for lang in LANGUAGES if lang != DEFAULT])
@pytest.mark.parametrize("lesson", LESSONS)
def test_no_foreign_verdict(lesson: str, lang: str) -> None:
    """What is printed names no verdict in the language of the data, which is too short to be found by its words."""
    outputs = [output for cell in cells(lesson, lang) if cell.cell_type == "code" for output in cell.outputs]
    printed = [line for output in outputs if output.output_type == "stream" for line in output.text.splitlines()]
    assert [line for line in printed for verdict in OUTCOMES if re.search(rf"\b{verdict}\b", line)] == []


@pytest.mark.parametrize("lesson", LESSONS)
def test_what_is_judged_is_shown(lesson: str) -> None:
    """No sentence of a check or a verdict is printed: JupyterLab breaks what is printed in mid-word, at any width."""
    code = "\n".join(cell.source for cell in cells(lesson, DEFAULT) if cell.cell_type == "code")
    assert re.findall(PRINTED, code, re.MULTILINE) == []


@pytest.mark.parametrize("name", FILES)
def test_texts(name: str) -> None:
    """Each text of the package is there in both languages, as one text: same fields, code spans and sections."""
    for place, words in pairs(data(name)):
        assert set(words) == set(LANGUAGES), place
        assert all(text.strip() == text != "" for text in words.values()), place
        if len(re.findall(r"[^\W\d_]{2,}", re.sub(r"`[^`]+`|\{\w*\}", "", words[LANGUAGES[0]]))) > 1:
            assert len(set(words.values())) == len(words), place
        for pattern in (r"\{(\w*)\}", r"§\d+(?:\.\d+)*", r"RFC \d+", r"`[^`]+`"):
            first, *others = (sorted(re.findall(pattern, words[lang])) for lang in LANGUAGES)
            assert all(other == first for other in others), place
        for lang, text in words.items():
            assert foreign(text, lang) == [], place


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_foreign_state(lang: str) -> None:
    """What a widget hands to its page has no sentence of the other language, the replies in it apart."""
    with smtplab.start(carrier="memory") as lab:
        reply = lab.send("HELP")
        presenters = [
            *(ExercisePresenter(exercise_id, lab, lang) for exercise_id in exercises()), ConsolePresenter(lab, lang),
            GalleryPresenter(lang), AnatomyPresenter(reply, lang), SideBySidePresenter(lab, "HELP", "XSTATUS", lang),
            SideBySidePresenter(None, 211, 214, lang),
        ]  # fmt: skip
        for presenter in presenters:
            state = {key: value for key, value in presenter.state.items() if key != "items"}  # those are replies
            assert state["texts"]
            for text in plain(state):
                assert foreign(without(text, wire()), lang) == [], presenter
