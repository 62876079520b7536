"""A widget's module and stylesheet: what all share and its own, the same in a notebook and on the landing page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

import smtplab
from smtplab.site.landing import write_widgets
from smtplab.widgets import files, notebook
from tests.helpers.paths import PACKAGE, TOP

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("name", notebook.WIDGETS)
@pytest.mark.parametrize(("suffix", "joined"), [("js", files.module), ("css", files.stylesheet)])
def test_what_is_shared_stands_in_front(name: str, suffix: str, joined: object) -> None:
    """The file that all share comes first, then what the widget's folder has, `widget` last, and nothing else."""
    folder = PACKAGE / "widgets" / name
    own = sorted(folder.glob(f"*.{suffix}"), key=lambda path: (path.stem == "widget", path.name))
    texts = [path.read_text("utf-8") for path in (PACKAGE / f"widgets/common.{suffix}", *own)]
    assert own[-1].stem == "widget"
    assert joined(name) == "\n".join(texts)  # type: ignore[operator]


def test_the_landing_page_has_the_notebook_s_modules(tmp_path: Path) -> None:
    """The landing page mounts the same octets as a notebook, and its page asks for no other widget."""
    write_widgets(tmp_path / "widgets")
    widgets = {"console": lambda: smtplab.console(lab), "anatomy": lambda: smtplab.anatomy(b"214 x\r\n"),
               "side_by_side": lambda: smtplab.side_by_side(None, 211, 214), "game": smtplab.game,
               "lookup": smtplab.lookup}  # fmt: skip
    with smtplab.start(carrier="memory") as lab:
        for name, make in widgets.items():
            widget = make()
            assert (tmp_path / f"widgets/{name}.js").read_bytes() == widget._esm.encode()
            assert widget._css.endswith((tmp_path / f"widgets/{name}.css").read_text("utf-8"))
    page = (TOP / "deploy/lite/page/index.html").read_text("utf-8")
    styles = set(re.findall(r"page/widgets/(\w+)\.css", page))
    assert styles == {file.stem for file in (tmp_path / "widgets").iterdir()} == {*widgets, "common"}
