"""What the theme and Sphinx leave to us, so that a page can be read by whatever reads pages.

What scrolls sideways can be reached by keyboard; the two asides have names of their own; a signature over several lines
is no list of definitions without terms; the page with the results of a search has a heading.
"""

from __future__ import annotations

import re
from html import escape
from pathlib import Path
from typing import Any

from house.words import words

_SIGNATURE = re.compile(r"<dl>\n((?:<dd>.*</dd>\n)+)</dl>")


def mend_body(_app: Any, _page: str, _template: str, context: dict[str, Any], _doctree: Any) -> None:
    """Mend what Sphinx has made of a page's text (Sphinx's hook)."""
    if "body" not in context:
        return
    body = re.sub(r"<pre(?![^>]*tabindex)", '<pre tabindex="0"', context["body"])
    body = body.replace('<div class="table-wrapper', '<div tabindex="0" class="table-wrapper')
    body = body.replace('<div class="smtplab-plain">', '<div class="smtplab-plain" tabindex="0">')
    context["body"] = _SIGNATURE.sub(_parameters, body)


def _parameters(match: re.Match[str]) -> str:
    lines = match[1].replace("<dd>", '<span class="smtplab-parameter">').replace("</dd>", "</span>")
    return f'<span class="smtplab-parameters">\n{lines}</span>'


def mend_pages(app: Any, error: Exception | None) -> None:
    """Mend what the theme puts around the texts, in the finished pages (Sphinx's hook)."""
    if error is not None or app.builder.name != "html":
        return
    say = words(app.config.language)
    names = {"sidebar": escape(say("sidebar")), "toc": escape(say("on_this_page"))}
    heading = f"<h1>{escape(say('search'))}</h1>\n"
    for page in Path(app.outdir).rglob("*.html"):
        html = page.read_text("utf-8")
        for kind, name in names.items():
            html = html.replace(f'<aside class="{kind}-drawer', f'<aside aria-label="{name}" class="{kind}-drawer')
        if page.name == "search.html":
            html = html.replace("<noscript>", f"{heading}<noscript>", 1)
        page.write_text(html, "utf-8")
