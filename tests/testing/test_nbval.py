"""Other people's notebooks under nbval, with the rules that `smtplab nbval-config` prints."""

from __future__ import annotations

import importlib.util
import os
from typing import TYPE_CHECKING

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from smtplab.testing.nbval import rules
from tests.helpers.paths import TOP

if TYPE_CHECKING:
    from collections.abc import Callable

CELLS = (
    ("import smtplab\nlab = smtplab.start()\nlab", "<Lab rfc5321 over memory>", "execute_result"),
    ("print(lab.send('XSTATUS').lines[1])", "uptime: 1234 s\n", "stream"),
    ("lab.send('HELP').code", "214", "execute_result"),
    ("lab.stop()", "", ""),
)
"""Code, and what it showed in another edition of the notebook, on another day."""


def notebook(cells: tuple[tuple[str, str, str], ...]) -> str:
    """Return a notebook with outputs, as it lies on the disk."""
    made = []
    for number, (code, shown, kind) in enumerate(cells, 1):
        if kind == "stream":
            outputs = [new_output("stream", text=shown)]
        else:
            outputs = [new_output(kind, {"text/plain": shown}, execution_count=number)] if kind else []
        made.append(new_code_cell(code, execution_count=number, outputs=outputs))
    return nbformat.writes(new_notebook(cells=made))


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Callable[..., pytest.RunResult]:
    """Run nbval in a folder of its own, with the rules beside the notebook."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(TOP), os.environ.get("PYTHONPATH", "")]))
    (pytester.path / "rules.cfg").write_text(rules(), "utf-8")

    def call(*arguments: str) -> pytest.RunResult:
        plugins = ("-p", "nbval.plugin", "-p", "smtplab.testing.plugin", "-p", "no:cacheprovider")
        return pytester.runpytest_subprocess(*plugins, "--nbval", "--nbval-current-env", *arguments, timeout=120)

    return call


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["en", "es"])
def test_what_may_change_is_taken_out(
    pytester: pytest.Pytester, run: Callable[..., pytest.RunResult], monkeypatch: pytest.MonkeyPatch, lang: str
) -> None:
    """With the rules a notebook of another edition and day passes, in any language; another change fails."""
    monkeypatch.setenv("SMTPLAB_LANG", lang)
    (pytester.path / "mine.ipynb").write_text(notebook(CELLS), "utf-8")
    (pytester.path / "other.ipynb").write_text(notebook((("214", "211", "execute_result"),)), "utf-8")
    run("--nbval-sanitize-with", "rules.cfg").assert_outcomes(passed=4, failed=1)


@pytest.mark.slow
def test_without_the_rules(pytester: pytest.Pytester, run: Callable[..., pytest.RunResult]) -> None:
    """Without them the two cells fail that show what changes, and no other."""
    (pytester.path / "mine.ipynb").write_text(notebook(CELLS), "utf-8")
    run().assert_outcomes(passed=2, failed=2)


@pytest.mark.slow
def test_over_xdist(
    pytester: pytest.Pytester, run: Callable[..., pytest.RunResult], needs: Callable[[object, str], None]
) -> None:
    """Notebooks run in two processes at once, a notebook in each."""
    needs(importlib.util.find_spec("xdist"), "pytest-xdist")
    for name in ("one", "two"):
        (pytester.path / f"{name}.ipynb").write_text(notebook(CELLS), "utf-8")
    ran = run("-p", "xdist", "-n", "2", "--dist", "loadfile", "--nbval-sanitize-with", "rules.cfg")
    ran.assert_outcomes(passed=8)
