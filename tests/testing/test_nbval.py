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


LOOK = 'from IPython.display import HTML\nHTML(\'<p class="new" style="color: red">214</p>\')'
OLD_LOOK, OTHER_TEXT = '<p style="font-size: 9px">214</p>', '<p style="font-size: 9px">211</p>'


def notebook(cells: tuple[tuple[str, str, str], ...], kernel: str = "") -> str:
    """Return a notebook with outputs, as it lies on the disk. kernel: the name of its kernel."""
    made = []
    for number, (code, shown, kind) in enumerate(cells, 1):
        if kind == "stream":
            outputs = [new_output("stream", text=shown)]
        else:
            data = {"text/plain": "<IPython.core.display.HTML object>", "text/html": shown} if kind == "html" else {}
            data = data or {"text/plain": shown}
            outputs = [new_output("execute_result", data, execution_count=number)] if kind else []
        made.append(new_code_cell(code, execution_count=number, outputs=outputs))
    metadata = {"kernelspec": {"name": kernel, "display_name": kernel, "language": "python"}} if kernel else {}
    return nbformat.writes(new_notebook(cells=made, metadata=metadata))


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


@pytest.mark.slow
def test_another_look(pytester: pytest.Pytester, run: Callable[..., pytest.RunResult]) -> None:
    """HTML in other clothes passes with the rules; HTML that says something else fails."""
    (pytester.path / "look.ipynb").write_text(notebook(((LOOK, OLD_LOOK, "html"), (LOOK, OTHER_TEXT, "html"))), "utf-8")
    run("--nbval-sanitize-with", "rules.cfg").assert_outcomes(passed=1, failed=1)


@pytest.mark.slow
def test_a_kernel_of_another_name_and_a_checkout_beside_it(
    pytester: pytest.Pytester, run: Callable[..., pytest.RunResult]
) -> None:
    """A notebook that names a kernel nobody has runs in this Python, and imports no checkout that lies beside it."""
    (pytester.path / "mine.ipynb").write_text(notebook(CELLS, kernel="somebody-elses"), "utf-8")
    checkout = pytester.path / "smtplab"
    (checkout / "smtplab").mkdir(parents=True)
    (checkout / "smtplab/__init__.py").write_text("raise ImportError('the checkout was imported')\n", "utf-8")
    run("--nbval-sanitize-with", "rules.cfg").assert_outcomes(passed=4)
