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
from smtplab.text.language import DEFAULT, LANGUAGES, NAMES

_IN_ENGLISH = (
    "explanation/",
    "reference/api/",
    "reference/changes",
    "reference/clients",
    "reference/features",
    "reference/hub",
)
"""Pages that no catalogue translates: in every language they are in English, and say so."""
_TREE = '<div class="sidebar-tree">'
_SIGNATURE = re.compile(r"<dl>\n((?:<dd>.*</dd>\n)+)</dl>")


def mend_body(app: Any, page: str, _template: str, context: dict[str, Any], _doctree: Any) -> None:
    """Mend what Sphinx has made of a page's text (Sphinx's hook)."""
    if "body" not in context:
        return
    body = re.sub(r"<pre(?![^>]*tabindex)", '<pre tabindex="0"', context["body"])
    body = body.replace('<div class="table-wrapper', '<div tabindex="0" class="table-wrapper')
    body = body.replace('<div class="smtplab-plain">', '<div class="smtplab-plain" tabindex="0">')
    body = _SIGNATURE.sub(_parameters, body)
    in_english = app.config.language != DEFAULT and page.startswith(_IN_ENGLISH) and not page.endswith("/index")
    context["body"] = f'<div lang="{DEFAULT}">{body}</div>' if in_english else body


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
    folder = Path(app.outdir)
    for page in folder.rglob("*.html"):
        html = _with_languages(page.read_text("utf-8"), page.relative_to(folder), app.config.language)
        for kind, name in names.items():
            html = html.replace(f'<aside class="{kind}-drawer', f'<aside aria-label="{name}" class="{kind}-drawer')
        if page.name == "search.html":
            html = html.replace("<noscript>", f"{heading}<noscript>", 1)
        page.write_text(html, "utf-8")


def _with_languages(html: str, page: Path, lang: str) -> str:
    """Return a page with links to the same page in the other languages, in its head and at the side."""
    up = "../" * (len(page.parts) - (1 if lang == DEFAULT else 0))
    others = {other: f"{up}{'' if other == DEFAULT else f'{other}/'}{page.as_posix()}" for other in LANGUAGES}
    others.pop(lang)
    heads = "".join(f'<link rel="alternate" hreflang="{each}" href="{href}">\n' for each, href in others.items())
    links = " ".join(
        f'<a href="{href}" lang="{each}" hreflang="{each}">{NAMES[each]}</a>' for each, href in others.items()
    )
    html = html.replace("</head>", f"{heads}</head>", 1)
    return html.replace(_TREE, f'<p class="smtplab-languages">{links}</p>{_TREE}', 1)
