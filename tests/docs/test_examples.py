"""Every example on the documentation's own pages is run as it stands there."""

from __future__ import annotations

import doctest
import os
import re
import shlex
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from smtplab.cli import run
from smtplab.testing.nbval import rules
from tests.helpers.paths import TOP

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DOCS = TOP / "docs"
PAGES = sorted(path for path in DOCS.rglob("*.md") if path.name != "teachers.md")
BLOCK = re.compile(r"^( *)```(\w+)\n([\s\S]*?)^\1```$", re.MULTILINE)
ELSEWHERE = {
    'python3 -m venv .venv && .venv/bin/pip install ".[lab]" && .venv/bin/smtplab': "test_environment.py has it",
    "python notebooks/build.py": "tests/recipes/ and tests/notebooks/ run it",
    "SMTPLAB_PROGRESS=off pytest --nbval --nbval-sanitize-with smtplab-nbval.cfg notebooks/en notebooks/es": (
        "tests/notebooks/ does the same, notebook by notebook"
    ),
    "pytest test_mail.py --smtplab-personality exim-4.96 --smtplab-personality postfix-3.10.13": "run below",
}
"""Lines that other tests run, and which."""
TESTED_BELOW = ("def test_", "nb_mime_priority_overrides", "NbConvertBase")
"""What blocks of Python hold that other tests of this folder run."""


def blocks(page: Path) -> list[tuple[str, str]]:
    """Return language and text of each example on a page, in order."""
    found = BLOCK.findall(page.read_text("utf-8"))
    return [(kind, re.sub(f"^{indent}", "", text, flags=re.MULTILINE)) for indent, kind, text in found]


def test_each_kind_of_example_is_known() -> None:
    """There are examples, and none of a kind that nobody runs."""
    kinds = [kind for page in PAGES for kind, _ in blocks(page)]
    assert len(kinds) > 15
    assert set(kinds) <= {"sh", "pycon", "python", "console", "text", "ini"}


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[Callable[[list[str]], None]]:
    """Run `smtplab serve` until the end of the test."""
    running: list[subprocess.Popen[str]] = []

    def begin(arguments: list[str]) -> None:
        command = [sys.executable, "-m", "smtplab", *arguments]
        environment = {**os.environ, "PYTHONPATH": str(TOP)}
        running.append(subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment, cwd=tmp_path))
        assert "answers on 127.0.0.1" in running[-1].stdout.readline()

    yield begin
    for process in running:
        process.terminate()
        process.communicate(timeout=10)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder of its own, in English."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SMTPLAB_LANG", "en")
    return tmp_path


@pytest.fixture
def port() -> str:
    """Return a free port."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return str(taken.getsockname()[1])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(DOCS).as_posix())
def test_the_examples_run(page: Path, folder: Path, capsys, serving, port: str) -> None:
    """What stands on a page runs from top to bottom, and shows what is said there."""
    assert folder == Path.cwd()
    names: dict[str, object] = {}
    for kind, text in blocks(page):
        if kind == "sh":
            for line in text.splitlines():
                in_a_terminal(line.replace("2525", port), serving)
        elif kind == "console":
            command, _, shown = text.removeprefix("$ ").partition("\n")
            capsys.readouterr()
            in_a_terminal(command, serving)
            assert capsys.readouterr().out.startswith(shown.removesuffix("…\n"))
        elif kind == "pycon":
            in_python(text, names, page)
        elif kind == "python" and not any(held in text for held in TESTED_BELOW):
            exec(text, names)


def in_a_terminal(line: str, serving: Callable[[list[str]], None]) -> None:
    """Run a line. A probe says by its exit status what it found, so 1 is no failure there."""
    if line in ELSEWHERE:
        return
    words = shlex.split(line, comments=True)
    if words[:2] == ["python", "-m"]:
        environment = {**os.environ, "PYTHONPATH": str(TOP)}
        subprocess.run([sys.executable, *words[1:]], cwd=TOP, env=environment, check=True, capture_output=True)
    elif words[:2] == ["smtplab", "serve"]:
        serving(words[1:])
    else:
        assert words[0] == "smtplab", line
        command = words[1 : words.index(">")] if ">" in words else words[1:]
        assert run(command) in ((0, 1) if words[1] == "probe" else (0,))


def in_python(text: str, names: dict[str, object], page: Path) -> None:
    """Run an example with `>>>`, in which what stood before on the page is known."""
    example = doctest.DocTestParser().get_doctest(text, names, page.name, str(page), 0)
    said: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.IGNORE_EXCEPTION_DETAIL)
    runner.run(example, out=said.append, clear_globs=False)
    assert runner.failures == 0, "".join(said)
    names.update(example.globs)


@pytest.mark.parametrize("dropped", [True, False])
def test_looks_can_be_dropped(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, dropped: bool) -> None:
    """With the rule of the how-to a notebook passes under nbval whose looks have changed, and only with it."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTHONPATH", str(TOP))
    kind, rule = next(block for block in blocks(DOCS / "how-to/nbval.md") if block[0] == "ini")
    assert kind == "ini"
    (pytester.path / "rules.cfg").write_text(rules() + "\n" + (rule if dropped else ""), "utf-8")
    data = {
        "text/plain": "ReplyCode(214, 'Help message')",
        "text/html": "<table class='other'><tr><td>214</td></tr></table>",
    }
    output = new_output("execute_result", data, execution_count=1)
    cell = new_code_cell("import smtplab\nsmtplab.explain(214)", execution_count=1, outputs=[output])
    (pytester.path / "mine.ipynb").write_text(nbformat.writes(new_notebook(cells=[cell])), "utf-8")
    plugins = ("-p", "nbval.plugin", "-p", "no:cacheprovider")
    options = ("--nbval", "--nbval-current-env", "--nbval-sanitize-with", "rules.cfg")
    ran = pytester.runpytest_subprocess(*plugins, *options, timeout=120)
    ran.assert_outcomes(passed=int(dropped), failed=int(not dropped))


def test_the_tests_of_mail(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """The example for pytest runs as it stands there, and against the two recorded servers that are named."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTHONPATH", str(TOP))
    page = (DOCS / "how-to/test.md").read_text("utf-8")
    example = re.search(r"```python\n(.*?)```", page, re.DOTALL)[1]
    (line,) = re.findall(r"^pytest (test_mail\.py .*)$", page, re.MULTILINE)
    (pytester.path / "test_mail.py").write_text(example, "utf-8")
    plugins = ("-p", "smtplab.testing.plugin", "-p", "no:cacheprovider")
    pytester.runpytest_subprocess(*plugins, *line.split(), timeout=120).assert_outcomes(passed=6)
