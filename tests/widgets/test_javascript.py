"""The widgets' JavaScript and stylesheets: typed, without lint, and nothing in them that nobody uses."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import pytest

from smtplab.widgets import files, notebook
from tests.helpers import javascript
from tests.helpers.paths import PACKAGE, TOP

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

WIDGETS = PACKAGE / "widgets"
PAGE, START, SCORM = (TOP / "deploy/lite" / name for name in ("page", "start", "scorm"))


@pytest.fixture
def _tools(needs: Callable[[object, str], None]) -> None:
    """Skip where npm or what it installs is missing; under CI that fails."""
    needs(shutil.which("npm"), "npm")
    try:
        javascript.tools()
    except OSError as error:
        needs(None, str(error))


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Return a copy of the widgets, to break."""
    return shutil.copytree(WIDGETS, tmp_path / "widgets", ignore=shutil.ignore_patterns("*.py", "__pycache__"))


def broken(copy: Path, file: str, old: str, new: str) -> None:
    """Replace what stands once in a file."""
    text = (copy / file).read_text("utf-8")
    assert text.count(old) == 1, (file, old)
    (copy / file).write_text(text.replace(old, new), "utf-8")


@pytest.mark.usefixtures("_tools")
def test_types(tmp_path: Path) -> None:
    """TypeScript, at its strictest, finds nothing wrong in any widget."""
    assert javascript.type_errors(WIDGETS, tmp_path) == []


@pytest.mark.usefixtures("_tools")
def test_lint() -> None:
    """Biome finds nothing wrong in any widget, nor in the landing page's own files."""
    assert (
        javascript.lint_errors(
            WIDGETS, *PAGE.glob("*.mjs"), *PAGE.glob("*.css"), *START.glob("*.mjs"), *SCORM.glob("*.*s")
        )
        == []
    )


@pytest.mark.slow
@pytest.mark.usefixtures("_tools")
@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("anatomy/widget.js", 'model.get("lang")', 'model.get("language")'),  # no such name in the state
        ("gallery/widget.js", "message.about", "message.origin"),  # nor in the message
        ("exercise/widget.js", "if (reply) status", "if (reply) feedback.status"),
        ("common.js", "return attributes(node, { role", "return attributes(node, { role: 1, hidden"),
        ("console/widget.js", "lineNodes(reply.lines)", "lineNodes(exchange.reply.lines)"),
    ],
)
def test_a_type_error_is_found(copy: Path, tmp_path: Path, file: str, old: str, new: str) -> None:
    """A name that a state, a message or a module does not have is an error, and its file is named."""
    broken(copy, file, old, new)
    errors = javascript.type_errors(copy, tmp_path)
    assert errors
    assert all(file in error for error in errors)


@pytest.mark.usefixtures("_tools")
@pytest.mark.parametrize(
    ("file", "old", "new", "rule"),
    [
        ("anatomy/widget.js", "let current = 0;", "let current = 0; const other = 0;", "noUnusedVariables"),
        ("common.js", "const node = Object", "var node = Object", "noVar"),
        ("gallery/widget.css", "min-height: 6rem;", "min-height: 6rem; min-height: 7rem;", "noDuplicateProperties"),
    ],
)
def test_a_lint_error_is_found(copy: Path, file: str, old: str, new: str, rule: str) -> None:
    """What biome's rules forbid is an error, and the rule and the file are named."""
    broken(copy, file, old, new)
    errors = javascript.lint_errors(copy)
    assert errors
    assert all(rule in error and file in error for error in errors)


@pytest.mark.parametrize("name", notebook.WIDGETS)
def test_every_class_in_a_stylesheet_is_set(name: str) -> None:
    """Each class that a widget's stylesheet speaks of is one that its module sets: no rule is dead."""
    assert unset_classes((WIDGETS / name / "widget.css").read_text("utf-8"), files.module(name)) == set()


def test_every_class_in_the_shared_stylesheet_is_set() -> None:
    """Each class in common.css is one that some widget sets."""
    assert (
        unset_classes((WIDGETS / "common.css").read_text("utf-8"), "".join(map(files.module, notebook.WIDGETS)))
        == set()
    )


def unset_classes(style: str, module: str) -> set[str]:
    """Return the classes in a stylesheet's selectors that no text in a module has, whole or as a prefix before `${`."""
    selectors = re.sub(r"/\*.*?\*/|\{[^}]*\}", " ", style, flags=re.DOTALL)
    code = re.sub(r"/\*\*.*?\*/|^ *//[^\n]*", " ", module, flags=re.DOTALL | re.MULTILINE)
    texts = " ".join(re.findall(r'"[^"\n]*"|`[^`]*`', code))
    words = set(re.findall(r"[a-z][\w-]*", texts)) | {f"smtplab-{n}" for n in re.findall(r'begin\(el, "(\w+)"', code)}
    prefixes = tuple(prefix for prefix in re.findall(r"([a-z]+-)\$\{", texts) if prefix != "smtplab-")
    return {
        name
        for name in re.findall(r"\.([a-z][\w-]*)", selectors)
        if name not in words and not name.startswith(prefixes)
    }


def test_every_shared_function_is_used() -> None:
    """Each function in common.js is used by a widget, or by another that is."""
    shared = re.sub(r"/\*\*.*?\*/", "", (WIDGETS / "common.js").read_text("utf-8"), flags=re.DOTALL)
    modules = "".join((WIDGETS / name / "widget.js").read_text("utf-8") for name in notebook.WIDGETS)
    names = re.findall(r"^function (\w+)\(", shared, re.MULTILINE)
    calls = {name: len(re.findall(rf"\b{name}\b", shared + modules)) for name in names}
    assert [name for name in names if calls[name] < 3] == []  # its definition, and two that call it


def test_a_module_imports_nothing() -> None:
    """A joined module exports its widget once, imports nothing and names no address: a page needs no other file."""
    for name in notebook.WIDGETS:
        module = files.module(name)
        assert len(re.findall(r"^export ", module, re.MULTILINE)) == 1
        for harmless in ('import("@anywidget/types")', '"http://www.w3.org/2000/svg"'):  # a type, and SVG's own name
            module = module.replace(harmless, "")
        assert not re.search(r"^import\b|\bimport\(\s*[^\"]|://", module)
