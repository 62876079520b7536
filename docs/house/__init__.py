"""What the site is made of besides its pages: the lessons, the papers, and a reference from the package's own tables.

Before Sphinx reads, all of it is written beside the pages; `smtplab.site.docs` runs Sphinx in a copy of docs/.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from house import api, commands, docstrings, html, lessons, papers, tables
from smtplab.text.language import DEFAULT


def setup(app: Any) -> dict[str, bool]:
    """Write the pages that are made, and have autodoc and the theme do as the house does (Sphinx's hook)."""
    app.connect("config-inited", write)
    app.connect("autodoc-process-docstring", docstrings.lay_out)
    app.connect("missing-reference", api.resolve)
    app.connect("html-page-context", html.mend_body)
    app.connect("build-finished", html.mend_pages)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def write(app: Any, config: Any) -> None:
    """Write the pages that are made into Sphinx's source folder."""
    folder = Path(app.srcdir)
    if config.language != DEFAULT:
        config.translation_progress_classes = "untranslated"  # a test looks for them
    for part in (lessons, papers, api, commands, tables):
        for name, text in part.pages(config.language).items():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, "utf-8")
    (folder / "teachers.md").unlink(missing_ok=True)  # it is the page how-to/teach
