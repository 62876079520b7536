"""The lessons: built from their sources, and still showing what they show. For both languages: test_parity.py."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.util import module_from_spec, spec_from_file_location
from typing import TYPE_CHECKING

import nbformat
import pytest

from smtplab.text.language import LANGUAGES
from tests.helpers.paths import TOP

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType


SOURCES = sorted((TOP / "notebooks/source").glob("*.md"))
LESSONS = [source.stem for source in SOURCES]


@pytest.fixture(scope="module")
def build() -> ModuleType:
    """Return notebooks/build.py as a module."""
    spec = spec_from_file_location("build", TOP / "notebooks/build.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def built(lang: str, lesson: str) -> nbformat.NotebookNode:
    """Read a built lesson."""
    return nbformat.read(TOP / "notebooks" / lang / f"{lesson}.ipynb", as_version=4)


def test_there_are_lessons() -> None:
    """At least one lesson exists; the tests below would pass on none."""
    assert LESSONS


def test_nothing_has_drifted(build: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    """Every built lesson is what its source builds to."""
    assert build.main(["--check"]) == 0, capsys.readouterr().out


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("lesson", LESSONS)
def test_a_built_lesson_is_clean(lesson: str, lang: str) -> None:
    """A built lesson holds no solution, error, stderr or random id, and every output reads without widgets."""
    for cell in built(lang, lesson).cells:
        assert "solution" not in cell.metadata.get("tags", [])
        for output in cell.get("outputs", []):
            assert output.output_type != "error"
            assert output.get("name") != "stderr"
            assert not any("widget" in kind for kind in output.get("data", {}))
            if "data" in output:
                assert not re.search(r"\b[0-9a-f]{32}\b", str(output.data))
                chart = any("vegalite" in kind for kind in output.data)  # its plain text is the same bars
                assert "text/html" in output.data or chart or len(output.data["text/plain"]) < 80


@pytest.mark.slow
@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("lesson", LESSONS)
def test_solutions_solve(build: ModuleType, lesson: str, lang: str) -> None:
    """With the solutions left in, the lesson runs to its end and every exercise is answered correctly."""
    notebook = build.execute(build.compose(TOP / "notebooks/source" / f"{lesson}.md", lang, solutions=True))
    solutions = [cell for cell in notebook.cells if "solution" in cell.metadata.get("tags", [])]
    assert solutions
    for cell in solutions:
        assert cell.outputs[-1].data["text/plain"].startswith({"en": "Right. ", "es": "Correcto. "}[lang])


@pytest.mark.slow
def test_nbval_strict() -> None:
    """Run again, every lesson shows what it showed when it was built (nbval, strict)."""
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", "--nbval", "--nbval-sanitize-with",
         "smtplab/testing/nbval-sanitize.cfg", *(f"notebooks/{lang}" for lang in LANGUAGES)],
        cwd=TOP, capture_output=True, text=True, timeout=170, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout[-4000:]
    assert re.search(r"\d+ passed", ran.stdout)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('+++ {"lang": "en"}\n\nhello\n', "no translation"),
        ('+++ {"lang": "es"}\n\nhola\n\n+++ {"lang": "en"}\n\nhello\n', "not 'en', 'es'"),
        ("hello\n\n+++\n\nhola\n", "not 'en', 'es'"),
    ],
)
def test_a_source_that_cannot_be_built(build: ModuleType, tmp_path: Path, text: str, why: str) -> None:
    """A source whose languages do not alternate is refused, with the file's name and the reason."""
    source = tmp_path / "00-bad.md"
    source.write_text("---\njupytext:\n  text_representation:\n    format_name: myst\n---\n\n" + text, "utf-8")
    with pytest.raises(build.SourceError, match=rf"00-bad\.md.*{why}"):
        build.compose(source, "en")
