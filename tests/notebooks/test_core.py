"""The core of the course: marked in the lessons and in the exercises, readable alone, and as long as it says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from smtplab.course.exercises import exercises
from smtplab.course.pace import of_code, of_text, whole
from smtplab.text.language import LANGUAGES
from smtplab.text.tables import data
from tests.helpers.paths import TOP
from tests.notebooks.test_predictions import building

if TYPE_CHECKING:
    from pathlib import Path

SOURCES = sorted((TOP / "notebooks/source").glob("*.md"))
CORE = ["01", "02", "03", "04", "05", "07"]
"""The lessons through which the core goes."""

SOURCES_FOLDED = r"<details[^>]*>\n<summary>(?:Sources|Fuentes)</summary>[^<]*</details>"

MARK = {"core": r"\*(?:Core|Lo esencial) · ", "deeper": r"\*(?:Deeper|Más a fondo) · "}


def texts(source: Path, lang: str) -> list[str]:
    """Return a lesson's text cells."""
    return [cell.source for cell in building().compose(source, lang).cells if cell.cell_type == "markdown"]


def marks(source: Path, lang: str) -> list[tuple[str, str, int]]:
    """Return each section's heading, its part and its minutes, as the lesson says them."""
    found = []
    for text in texts(source, lang):
        for heading, mark in re.findall(r"^## (.+)\n\n(\*.+\*)$", text, re.MULTILINE):
            (part,) = (each for each in MARK if re.match(MARK[each], mark))
            number = re.search(r"\d+", mark)
            found.append((heading, part, int(number[0]) if number else 1))
    return found


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.stem[:2])
def test_each_section_is_marked(source: Path, lang: str) -> None:
    """Each section of a lesson says whether it is core or deeper; the core comes first."""
    headings = [heading for text in texts(source, lang) for heading in re.findall(r"^## (.+)$", text, re.MULTILINE)]
    marked = marks(source, lang)
    assert [heading for heading, _, _ in marked] == headings
    parts = [part for _, part, _ in marked]
    assert parts == sorted(parts)
    assert ("core" in parts) is (source.stem[:2] in CORE)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.stem[:2])
def test_the_minutes_of_a_lesson(source: Path, lang: str) -> None:
    """What a lesson's head says of its minutes is the sum of its sections', and those follow from what is in them."""
    core, deeper = (sum(taken for _, part, taken in marks(source, lang) if part == each) for each in MARK)
    head = texts(source, lang)[0]
    stated = [int(number) for number in re.findall(r"(\d+) minut[eo]s", head.partition("\n\n")[2].partition("\n\n")[0])]
    assert stated == ([core + deeper, core, deeper] if core and deeper else [core + deeper])
    cells = building().compose(source, lang).cells
    whole_lesson = sum(
        of_text(re.sub(SOURCES_FOLDED, "", cell.source)) if cell.cell_type == "markdown"
        else of_code(cell.source) for cell in cells
    )  # fmt: skip
    # a section's minutes are rounded, and its marks are not counted
    assert abs(core + deeper - whole_lesson) < 0.6 * len(marks(source, lang)) + 1


def test_the_core_takes_about_45_minutes() -> None:
    """The core is 40 to 50 minutes long, and lesson 1 and the README say how long, and how long the course is."""
    course = building().course()
    assert 40 <= course["core"] <= 50
    said = {
        lang: [int(number) for number in re.findall(r"(\d+) minut[eo]s", texts(SOURCES[0], lang)[0])][-2:]
        for lang in LANGUAGES
    }
    assert said == {lang: [course["core"], course["course"]] for lang in LANGUAGES}
    readme = (TOP / "README.md").read_text("utf-8")
    assert [int(number) for number in re.findall(r"(\d+) minutes", readme)][:1] == [course["core"]]
    assert f"{whole(course['course'] / 60)} hours" in readme


def test_exercises_of_the_core() -> None:
    """An exercise is of the core where its section is."""
    of_the_core = []
    for source in SOURCES:
        part = ""
        for cell in building().compose(source, "en").cells:
            if cell.cell_type == "markdown":
                found = [each for each in MARK if re.search(rf"^{MARK[each]}", cell.source, re.MULTILINE)]
                part = found[0] if found else part
            elif part == "core":
                of_the_core += re.findall(r'smtplab\.exercise\("([^"]+)"', cell.source)
    assert of_the_core == [each for each in exercises() if data(f"course/exercises/{each[:2]}")[each].get("core")]
    assert "07.log" in of_the_core


@pytest.mark.parametrize("lang", LANGUAGES)
def test_where_the_core_goes_on(lang: str) -> None:
    """Before the first deeper section a lesson links to where the core goes on; the last says that it ends."""
    for at, number in enumerate(CORE):
        source = next(each for each in SOURCES if each.stem.startswith(number))
        text = "\n\n".join(texts(source, lang))
        later = CORE[at + 1 :]
        turn = re.search(r"\*\*(?:The core|Lo esencial) [^*]*\*\*[^\n]*\n\n## [^\n]*\n\n\*(?:Deeper|Más a fondo)", text)
        if all(part == "core" for _, part, _ in marks(source, lang)):
            assert turn is None
            assert (
                f"({next(each.stem for each in SOURCES if each.stem.startswith(later[0]))}.ipynb)"
                in text.rpartition("## ")[2]
            )
        else:
            assert turn is not None
            links = re.findall(r"\((\d\d)-[^)]*\.ipynb\)", turn[0])
            assert links == later[:1]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.stem[:2])
def test_links_and_sources(source: Path, lang: str) -> None:
    """Each section of an RFC is a link, each lesson that is linked to is there, and the sources are folded away."""
    whole_text = "\n\n".join(texts(source, lang))
    bare = re.sub(r"\[[^]]*\]\([^)]*\)|`[^`]*`|^#.*$", "", whole_text, flags=re.MULTILINE)
    assert re.findall(r"RFC \d+|§[\d.]*\d", bare) == []
    names = {each.stem for each in SOURCES}
    assert set(re.findall(r"\]\(([^)]*)\.ipynb\)", whole_text)) <= names - {source.stem}
    assert len(re.findall(SOURCES_FOLDED, whole_text)) == 1
    assert whole_text.count("<details ") == whole_text.count("</details>")
    assert not re.search(r"\*\*(?:Sources|Fuentes):\*\*", whole_text)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('+++ {"lang": "en"}\n\n## A\n\n+++ {"lang": "es"}\n\n## B\n', "one heading"),
        ('+++ {"lang": "en", "part": "more"}\n\n## A\n\n+++ {"lang": "es", "part": "more"}\n\n## B\n', "one heading"),
        ('+++ {"lang": "en", "part": "core"}\n\na\n\n+++ {"lang": "es", "part": "core"}\n\nb\n', "one heading"),
        (
            '+++ {"lang": "en", "part": "core"}\n\n## A\n\n## B\n\n+++ {"lang": "es", "part": "core"}\n\n## A\n',
            "one heading",
        ),
    ],
)
def test_a_section_that_does_not_say_its_part(tmp_path: Path, text: str, why: str) -> None:
    """A heading without its part, with an unknown one, a part without a heading, or two headings are refused."""
    source = tmp_path / "00-bad.md"
    source.write_text("---\njupytext:\n  text_representation:\n    format_name: myst\n---\n\n" + text, "utf-8")
    build: Any = building()
    with pytest.raises(build.SourceError, match=rf"00-bad\.md.*{why}"):
        build.compose(source, "en")
