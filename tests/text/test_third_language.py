"""A third language: added to the list and to the texts in a copy of the checkout, it is everywhere."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

import pytest

from smtplab.text.language import LANGUAGES, NAMES
from tests.helpers.paths import TOP

if TYPE_CHECKING:
    from pathlib import Path

NEW, OWN_NAME = "qx", "Qxan"
LAST = LANGUAGES[-1]
TEXT = re.compile(
    rf'^(?P<key>(?:\S+\.)?){LAST} = (?P<text>"""[\s\S]*?"""|"(?:[^"\\]|\\.)*")$|'
    rf'(?P<before>[{{,] *){LAST} = (?P<inline>"(?:[^"\\]|\\.)*")',
    re.MULTILINE,
)


def again(match: re.Match[str]) -> str:
    """Return a text with the same text for the new language behind it."""
    if match["inline"]:
        return f"{match[0]}, {NEW} = {match['inline']}"
    return f"{match[0]}\n{match['key']}{NEW} = {match['text']}"


def languages(value: Any) -> int:
    """Return how many texts in plain data have the new language."""
    if isinstance(value, list):
        return sum(map(languages, value))
    return sum(map(languages, value.values())) + (NEW in value) if isinstance(value, dict) else 0


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the checkout with one more language: a row in the list, its texts, its lessons."""
    top = tmp_path_factory.mktemp("copy")
    for folder in ("smtplab", "notebooks", "deploy"):
        shutil.copytree(TOP / folder, top / folder, ignore=shutil.ignore_patterns("__pycache__"))
    module = top / "smtplab/text/language.py"
    row = f'"{LAST}": "{NAMES[LAST]}"'
    assert row in module.read_text("utf-8")
    module.write_text(module.read_text("utf-8").replace(row, f'{row}, "{NEW}": "{OWN_NAME}"'), "utf-8")
    count = 0
    for path in (*(top / "smtplab").rglob("*.toml"), *(top / "deploy").rglob("*.toml")):
        path.write_text(TEXT.sub(again, path.read_text("utf-8")), "utf-8")
        count += languages(tomllib.loads(path.read_text("utf-8")))
    assert count > 900
    for path in (top / "notebooks/source").glob("*.md"):
        cell = re.compile(
            rf'^\+\+\+ {{"lang": "{LAST}"[^}}]*}}\n.*?(?=^\+\+\+|^```{{code-cell}}|\Z)', re.MULTILINE | re.DOTALL
        )
        path.write_text(
            cell.sub(lambda match: match[0] + match[0].replace(f'"{LAST}"', f'"{NEW}"', 1), path.read_text("utf-8")),
            "utf-8",
        )
    shutil.copytree(top / "notebooks" / LAST, top / "notebooks" / NEW)
    return top


def run(copy: Path, code: str) -> Any:
    """Return what an expression comes to in the copy."""
    ask = "import json, smtplab\ndef ask():\n" + "".join(f"    {line}\n" for line in code.splitlines())
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", f"{ask}print(json.dumps(ask()))"],
        cwd=copy, env={**os.environ, "PYTHONPATH": str(copy), "SMTPLAB_LANG": ""}, capture_output=True, text=True,
        timeout=150, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def test_everything_speaks_it(copy: Path) -> None:
    """Explanations, tables, verdicts, exercises, progress and each widget are there in the new language."""
    code = f"""
def all_of(lang):
    from smtplab.course.exercises import exercise, exercises
    from smtplab.rfc.rules import rules
    smtplab.set_language(lang)
    with smtplab.start(carrier="memory") as lab:
        reply = lab.send("HELP")
        widgets = [smtplab.console(lab), smtplab.gallery(), smtplab.anatomy(reply), smtplab.side_by_side(lab, 211, 214)]
        states = [{{**widget.presenter.state, "lang": ""}} for widget in widgets]
        shown = [widget.plain() for widget in widgets] + [smtplab.exercise(each, lab).plain() for each in exercises()]
    tables = [smtplab.explain(214), smtplab.compare(211, 214), smtplab.survey(), smtplab.progress(), *rules(lang)]
    return repr([states, shown, list(map(str, tables)), [exercise(each).question for each in exercises()]])
new, last, first = map(all_of, ({NEW!r}, {LAST!r}, {LANGUAGES[0]!r}))
return new == last, last == first, len(new)"""
    same, different, size = run(copy, code)
    assert same
    assert not different
    assert size > 100_000


def test_it_is_listed(copy: Path) -> None:
    """It can be chosen: by name, at the command, and where an unknown one is refused."""
    code = f"""
import click
from smtplab.cli.options import lang_option
from smtplab.course.lessons import lessons
refusal = ""
try:
    smtplab.set_language("nosuch")
except smtplab.UnknownName as error:
    refusal = str(error)
option = lang_option(lambda: None).__click_params__[0]
return refusal, list(option.type.choices), option.help, len(lessons({NEW!r}))"""
    refusal, choices, help_text, count = run(copy, code)
    assert refusal.partition("there are: ")[2].split(", ") == [*LANGUAGES, NEW]
    assert choices == [*LANGUAGES, NEW]
    assert NEW in help_text
    assert count == len(list((copy / "notebooks/source").glob("*.md")))


def test_the_landing_page(copy: Path) -> None:
    """Each language's landing page links to every other one's by its own name, and the bar knows all."""
    code = f"""
import tomllib
from pathlib import Path
from string import Template
from smtplab.site import landing
folder = Path("deploy/lite/page")
texts = tomllib.loads((folder / "page.toml").read_text("utf-8"))
template = Template((folder / "index.html").read_text("utf-8"))
pages = {{lang: template.substitute(landing.fields(texts, lang)) for lang in {[*LANGUAGES, NEW]!r}}}
return pages, landing._BAR, [landing.home(lang) for lang in pages]"""
    pages, bar, homes = run(copy, code)
    assert homes == ["", *(f"{lang}/" for lang in (*LANGUAGES[1:], NEW))]
    names = {**NAMES, NEW: OWN_NAME}
    for lang, page in pages.items():
        links = re.findall(r'<a href="(\S+)" lang="(\w+)" hreflang="(\w+)">(\w+)</a>', page)
        assert [(one, other, name) for _, one, other, name in links] == [
            (code, code, name) for code, name in names.items() if code != lang
        ]
        assert len(re.findall(r'<link rel="alternate" hreflang="\w+"', page)) == len(links)
        for href, to, *_ in links:
            base = "http://site.example/" + ("" if lang == LANGUAGES[0] else f"{lang}/")
            assert urljoin(base, href) == "http://site.example/" + ("" if to == LANGUAGES[0] else f"{to}/")
        assert f'<html lang="{lang}">' in page
        assert "$" not in page
    assert f'data-languages="{" ".join((*LANGUAGES, NEW))}"' in bar


@pytest.mark.slow
def test_the_lessons_are_built(copy: Path) -> None:
    """The builder takes a text cell of each language for each place, and refuses a source that lacks one."""
    code = f"""
import sys
sys.path.insert(0, "notebooks")
import build
source = sorted(build.SOURCE.glob("*.md"))[0]
def texts(lang):
    return [cell.source for cell in build.compose(source, lang).cells if cell.cell_type == "markdown"]
shorter = source.with_name("00-short.md")
head, _, tail = source.read_text("utf-8").rpartition('+++ {{"lang": "{NEW}"}}')
shorter.write_text(head, "utf-8")
try:
    build.compose(shorter, "en")
except build.SourceError as error:
    refusal = str(error)
shorter.unlink()
return texts({NEW!r}) == texts({LAST!r}), len(texts({NEW!r})), refusal"""
    same, count, refusal = run(copy, code)
    assert same
    assert count > 5
    assert "00-short.md" in refusal


def test_the_lessons_ride_in_the_wheel() -> None:
    """The wheel carries the lessons of each language that is listed."""
    project = tomllib.loads((TOP / "pyproject.toml").read_text("utf-8"))
    carried = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    for lang in LANGUAGES:
        assert carried.get(f"notebooks/{lang}") == f"smtplab/notebooks/{lang}", f"pyproject.toml: notebooks/{lang}"
