"""The few pieces of HTML that values show where no widget runs. Everything is escaped, nothing is coloured.

Text from the wire may hold dollars. JupyterLab's MathJax would make a formula of what stands between two of them, which
can hide and forge: each piece carries the class that keeps it away, and that of the MathJax 2 of older pages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

AS_TEXT = "mathjax_ignore tex2jax_ignore"
"""The classes of what is no mathematics, nor holds any."""

_MONO = "font-family:monospace;white-space:pre-wrap;text-align:left"
_HANGING = "padding-left:4ch;text-indent:-4ch"
"""A line of a reply that wraps goes on under its text: it is not taken for two."""

_WORDS_WHOLE = "table-layout:auto;word-break:normal;overflow-wrap:break-word"
"""JupyterLab's columns are all of one width, whatever stands in them, and it breaks words that do not fit."""


def escape(text: str) -> str:
    """Return text as it stands in HTML, quotes included."""
    from html import escape  # its table of names takes time to load in a browser, where few pages need it

    return escape(text)


def as_text(html: str) -> str:
    """Return HTML in which no dollar begins a formula; the pieces below are that already."""
    return f'<div class="{AS_TEXT}">{html}</div>'


def dialogue(rows: Iterable[tuple[str, str]]) -> str:
    """Return who-said-what rows as a table; `who` is "C", "S" or a dash for a remark."""
    body = "".join(
        f'<tr><th scope="row" style="{_MONO};vertical-align:top">{escape(who)}</th>'
        f'<td style="{_MONO}">{_hanging(text)}</td></tr>'
        for who, text in rows
    )
    return f'<table class="{AS_TEXT}"><tbody>{body}</tbody></table>'


def _hanging(text: str) -> str:
    return "".join(f'<div style="{_HANGING}">{escape(line) or "<br>"}</div>' for line in text.split("\n"))


def table(head: Sequence[str], rows: Iterable[Sequence[str]], caption: str = "") -> str:
    """Return a table of plain text; the first cell of each row is its header."""
    title = f'<caption style="text-align:left">{escape(caption)}</caption>' if caption else ""
    heads = "".join(
        f'<th scope="col" style="text-align:left">{escape(cell)}</th>' if cell else "<td></td>" for cell in head
    )
    lines = []
    for first, *rest in rows:
        cells = "".join(f'<td style="text-align:left">{escape(cell)}</td>' for cell in rest)
        lines.append(f'<tr><th scope="row" style="text-align:left">{escape(first)}</th>{cells}</tr>')
    body = f"<thead><tr>{heads}</tr></thead><tbody>{''.join(lines)}</tbody>"
    return f'<table class="{AS_TEXT}" style="{_WORDS_WHOLE}">{title}{body}</table>'


def paragraphs(*texts: str) -> str:
    """Return plain paragraphs."""
    return "".join(f'<p class="{AS_TEXT}">{escape(text)}</p>' for text in texts)
