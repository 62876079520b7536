"""In JupyterLab, dollars in a reply stay dollars: its MathJax makes no formula of text from the wire."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from conftest import Notebook

pytestmark = pytest.mark.slow

WIRE = r"price $5 and $6, $x^2$ $\phantom{hidden}$ $\text{214 OK}$"
CELLS = [
    f"import smtplab; wire = {WIRE!r}",
    "lab = smtplab.start(smtplab.Personality.scripted({'HELP': '214 ' + wire})); lab.send('HELP')",
    "lab.transcript",
    "smtplab.console(lab)",
    "smtplab.sequence(lab)",
    "smtplab.side_by_side(lab, 'HELP', 'NOOP')",
    "smtplab.anatomy(lab.send('HELP'))",
    "from IPython.display import HTML, display; display(HTML(smtplab.sequence(lab).plain()))",
    "print(lab.send('HELP')); lab.send('HELP').text",
    "display(HTML('<p id=\"control\">$y^2$</p>'))",  # what MathJax does where nothing keeps it away
]


def test_dollars_stay_dollars(jupyterlab, open_notebook, picture) -> None:
    """What a reply says is shown to the letter by every value and widget, where a formula of our own is typeset."""
    jupyterlab.put("dollars.ipynb", *CELLS)
    notebook: Notebook = open_notebook("dollars.ipynb")
    notebook.run_all(len(CELLS))
    page = notebook.page
    page.locator("#control mjx-container").wait_for(state="attached")
    outputs = page.locator(".jp-OutputArea-output")
    for kind in ("console", "sequence", "side", "anatomy"):
        notebook.widget(kind)
    expect(page.locator("mjx-container")).to_have_count(1)
    # the anatomy has its octets apart, the control none; the console and the sequence are told theirs a moment later
    expect(outputs.filter(has_text=WIRE)).to_have_count(len(CELLS) - 3)
    expect(outputs.filter(has_text=repr(WIRE))).to_have_count(
        1
    )  # a str is shown by its repr, with each backslash twice
    picture(page.locator(".jp-Notebook"), "dollars")
