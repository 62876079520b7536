"""The lessons as they are built, with their outputs: each with a link to the same lesson in the browser edition."""

from __future__ import annotations

import ast
import json
from html import escape
from typing import Any

from house.words import words
from smtplab.site.docs import checkout
from smtplab.widgets.notebook import WIDGETS

_CHART = "application/vnd.vegalite.v5+json"


def pages(lang: str) -> dict[str, str]:
    """Return each lesson's name and its notebook."""
    made = {}
    for lesson in sorted((checkout() / "notebooks" / lang).glob("*.ipynb")):
        notebook = page(json.loads(lesson.read_text("utf-8")), lesson.name, lang)
        made[f"tutorial/{lesson.name}"] = json.dumps(notebook, indent=1)
    return made


def page(notebook: dict[str, Any], name: str, lang: str) -> dict[str, Any]:
    """Return a lesson's notebook as a page: a link below its title, and a sentence below each widget."""
    say = words(lang)
    up = "../.." if lang == "en" else "../../.."
    address = f"{up}/lab/index.html?path={lang}/{name}"
    notebook["metadata"]["language_info"] = {"name": "python", "pygments_lexer": "python"}
    title, _, rest = "".join(notebook["cells"][0]["source"]).partition("\n")
    link = f'<a class="smtplab-live" href="{address}">{escape(say("in_browser"))}</a>'
    notebook["cells"][0]["source"] = f"{title}\n\n{link}\n{rest}"
    there = f'<a href="{address}">{escape(say("this_lesson"))}</a>'
    note = f'<p class="smtplab-static">{say("static", lesson=there)}</p>'
    for cell in notebook["cells"]:
        if cell["metadata"].get("jupyter", {}).get("source_hidden"):
            cell["metadata"].setdefault("tags", []).append("hide-input")
        for output in cell.get("outputs", []):
            output.get("data", {}).pop(_CHART, None)  # without script it is the text beside it
        shown = [output for output in cell.get("outputs", []) if "text/html" in output.get("data", {})]
        for output in shown:
            html = "".join(output["data"]["text/html"])
            output["data"]["text/html"] = f'<div class="smtplab-plain">{html}</div>' + (
                note if makes_widget(cell) else ""
            )
    return notebook


def makes_widget(cell: dict[str, Any]) -> bool:
    """Return whether what a cell shows is a widget: its last line calls smtplab for one."""
    body = ast.parse("".join(cell["source"])).body
    last = body[-1].value if body and isinstance(body[-1], ast.Expr) else None
    made = last.func if isinstance(last, ast.Call) else None
    return isinstance(made, ast.Attribute) and ast.unparse(made.value) == "smtplab" and made.attr in WIDGETS
