"""The few pieces of HTML that values show where no widget runs. Everything is escaped, nothing is coloured."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_MONO = "font-family:monospace;white-space:pre-wrap;text-align:left"


def escape(text: str) -> str:
    """Return text as it stands in HTML, quotes included."""
    from html import escape  # its table of names takes time to load in a browser, where few pages need it

    return escape(text)


def dialogue(rows: Iterable[tuple[str, str]]) -> str:
    """Return who-said-what rows as a table; `who` is "C", "S" or a dash for a remark."""
    body = "".join(
        f'<tr><th scope="row" style="{_MONO};vertical-align:top">{escape(who)}</th>'
        f'<td style="{_MONO}">{escape(text)}</td></tr>'
        for who, text in rows
    )
    return f"<table><tbody>{body}</tbody></table>"


def table(head: Sequence[str], rows: Iterable[Sequence[str]], caption: str = "") -> str:
    """Return a table of plain text; the first cell of each row is its header."""
    title = f"<caption>{escape(caption)}</caption>" if caption else ""
    heads = "".join(
        f'<th scope="col" style="text-align:left">{escape(cell)}</th>' if cell else "<td></td>" for cell in head
    )
    lines = []
    for first, *rest in rows:
        cells = "".join(f'<td style="text-align:left">{escape(cell)}</td>' for cell in rest)
        lines.append(f'<tr><th scope="row" style="text-align:left">{escape(first)}</th>{cells}</tr>')
    return f"<table>{title}<thead><tr>{heads}</tr></thead><tbody>{''.join(lines)}</tbody></table>"


def paragraphs(*texts: str) -> str:
    """Return plain paragraphs."""
    return "".join(f"<p>{escape(text)}</p>" for text in texts)
