"""Every lesson in a real JupyterLab, from top to bottom, in both languages."""

from __future__ import annotations

import shutil

import pytest

from smtplab.text.language import LANGUAGES
from tests.helpers.answering import CELLS, answer_wrongly_and_rightly, run_all
from tests.helpers.paths import TOP

LESSONS = sorted(path.name for path in (TOP / "notebooks/en").glob("*.ipynb"))


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_from_top_to_bottom(jupyterlab, open_notebook, picture, lesson: str, lang: str) -> None:
    """The lesson runs without an error, and an exercise is answered in the page, wrongly and rightly."""
    name = f"{lang}-{lesson}"
    shutil.copy(TOP / "notebooks" / lang / lesson, jupyterlab.root / name)
    notebook = open_notebook(name)
    run_all(notebook.page, 60_000)
    outputs = notebook.page.evaluate(f"{CELLS}.map((cell) => cell.model.toJSON().outputs)")
    assert "stopped" in str(outputs[-1])
    assert [
        output
        for cell in outputs
        for output in cell
        if output["output_type"] == "error" or output.get("name") == "stderr"
    ] == []
    answer_wrongly_and_rightly(notebook.page, lesson, lang)
    picture(notebook.page.locator(".jp-Notebook"), f"lesson-{name.removesuffix('.ipynb')}")
