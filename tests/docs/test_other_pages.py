"""Pages that others make of notebooks with widgets, offline: a line of configuration, and no widget's cell is empty."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from html import unescape
from typing import TYPE_CHECKING

import nbformat
import pytest
from nbclient import NotebookClient

from tests.helpers.paths import TOP

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.timeout(400)

HOW_TO = (TOP / "docs/how-to/nbval.md").read_text("utf-8")
VIEW = "application/vnd.jupyter.widget-view+json"
CELLS = (
    'import smtplab\n\nlab = smtplab.start(carrier="memory")\nlab.send("HELP").code',
    "smtplab.console(lab)",
    'smtplab.anatomy(lab.send("NOOP"))',
    'smtplab.exercise("01.help", lab)',
    "smtplab.side_by_side(lab, 211, 214)",
)
SHOWN = ("214-Commands of this server:", "carriage return", "Which reply code will it give?", "Help message")
"""What each widget's plain form says, in the order of the cells."""


def line(start: str) -> str:
    """Return a line of configuration as the how-to has it."""
    return re.search(rf"^{re.escape(start)}.*$", HOW_TO, re.MULTILINE)[0]


@pytest.fixture(scope="module")
def notebook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a notebook as JupyterLab saves it: its widgets' views and their state are in it."""
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code) for code in CELLS])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(TOP))
        patch.setenv("SMTPLAB_LANG", "en")
        NotebookClient(made, kernel_name="python3", store_widget_state=True).execute()
    assert sum(VIEW in output.get("data", {}) for cell in made.cells for output in cell.outputs) == len(SHOWN)
    path = tmp_path_factory.mktemp("notebook") / "mine.ipynb"
    nbformat.write(made, path)
    return path


def build(command: list[str], folder: Path) -> None:
    """Run a program that reaches no other host: whatever asks a proxy finds nobody there."""
    nobody = dict.fromkeys(("http_proxy", "https_proxy"), "http://127.0.0.1:9")
    ran = subprocess.run(command, cwd=folder, env={**os.environ, **nobody}, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr


def myst_nb(notebook: Path, folder: Path, settings: str) -> str:
    """Return the page that MyST-NB makes of a notebook."""
    (folder / "conf.py").write_text(f'extensions = ["myst_nb"]\nnb_execution_mode = "off"\n{settings}\n', "utf-8")
    (folder / "index.ipynb").write_bytes(notebook.read_bytes())
    build([sys.executable, "-m", "sphinx", "-q", "-b", "html", ".", "made"], folder)
    return (folder / "made/index.html").read_text("utf-8")


def nbconvert(notebook: Path, folder: Path, settings: str) -> str:
    """Return the page that nbconvert makes of a notebook."""
    (folder / "config.py").write_text(f"{settings}\n", "utf-8")
    command = [sys.executable, "-m", "nbconvert", "--config", "config.py", "--to", "html", "--output-dir", str(folder)]
    build([*command, str(notebook)], folder)
    return (folder / "mine.html").read_text("utf-8")


def shown(html: str) -> str:
    """Return the text of a page that is there without script."""
    return unescape(re.sub(r"<(?:script|style)[\s\S]*?</(?:script|style)>|<[^>]*>", "", html))


MAKERS = {
    myst_nb: "nb_mime_priority_overrides",
    nbconvert: "c.NbConvertBase.display_data_priority",
}


@pytest.mark.parametrize("maker", MAKERS, ids=lambda maker: maker.__name__)
def test_no_cell_is_empty(maker, notebook: Path, tmp_path: Path) -> None:
    """With the how-to's line each widget stands on the page in its plain form, and no live one is tried."""
    html = maker(notebook, tmp_path, line(MAKERS[maker]))
    places = [shown(html).find(said) for said in SHOWN]
    assert -1 not in places
    assert places == sorted(places)
    assert f'<script type="{VIEW}">' not in html


@pytest.mark.parametrize("maker", MAKERS, ids=lambda maker: maker.__name__)
def test_without_the_line(maker, notebook: Path, tmp_path: Path) -> None:
    """Without it the page tries a live widget: so long as that is so, the how-to is needed."""
    html = maker(notebook, tmp_path, "")
    assert f'type="{VIEW}"' in html
    assert [said for said in SHOWN if said in shown(html)] == []
