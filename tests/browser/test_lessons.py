"""Every lesson in a real JupyterLab, from top to bottom, in both languages."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import expect

TOP = Path(__file__).resolve().parents[2]
LESSONS = sorted(path.name for path in (TOP / "notebooks/en").glob("*.ipynb"))


@pytest.mark.parametrize("lang", ["en", "es"])
@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_from_top_to_bottom(jupyterlab, open_notebook, picture, lesson: str, lang: str) -> None:
    """The lesson runs without an error, and its first exercise is answered in the page, wrongly and rightly."""
    name = f"{lang}-{lesson}"
    shutil.copy(TOP / "notebooks" / lang / lesson, jupyterlab.root / name)
    notebook = open_notebook(name)
    cells = notebook.page.evaluate(
        "jupyterapp.shell.currentWidget.content.widgets.filter(cell => cell.model.type === 'code').length"
    )
    notebook.page.evaluate("jupyterapp.commands.execute('notebook:clear-all-cell-outputs')")
    notebook.command("notebook:run-all-cells")
    notebook.page.wait_for_function(
        """cells => jupyterapp.shell.currentWidget.content.widgets
             .filter(cell => cell.model.type === 'code' && cell.model.executionCount > 0).length >= cells""",
        arg=cells,
    )
    stopped = "jupyterapp.shell.currentWidget.content.widgets.at(-1).model.toJSON().outputs"
    assert "stopped" in str(notebook.page.evaluate(stopped))
    errors = notebook.page.evaluate(
        """jupyterapp.shell.currentWidget.content.widgets.flatMap(cell => cell.model.toJSON().outputs ?? [])
             .filter(output => output.output_type === 'error' || output.name === 'stderr')"""
    )
    assert errors == []
    # the last cell stopped the lab; the learner starts it again to answer
    notebook.page.evaluate(
        "jupyterapp.shell.currentWidget.sessionContext.session.kernel.requestExecute({code: 'lab.start()'}).done"
    )
    exercise = notebook.widget("ex")
    expect(exercise.get_by_role("radio")).to_have_count(4)
    for answer, verdict in (
        ("250", {"en": "Not yet.", "es": "Todavía no."}),
        ("214", {"en": "Right.", "es": "Correcto."}),
    ):
        exercise.get_by_role("radio", name=answer).check()
        exercise.get_by_role("button").click()
        expect(exercise.get_by_role("status")).to_contain_text(verdict[lang])
    picture(notebook.page.locator(".jp-Notebook"), f"lesson-{name.removesuffix('.ipynb')}")
