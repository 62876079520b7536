"""Plain-text pages: titles, labelled paragraphs, and rows of wrapped cells."""

from __future__ import annotations

import textwrap
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

WIDTH = 88
"""The columns of a printed page."""

_GUTTER = 17
_WRAP = partial(textwrap.wrap, break_on_hyphens=False, break_long_words=False)  # an address stays whole


def heading(title: str) -> str:
    """Return a title for a plain-text page, underlined."""
    lines = _WRAP(title, WIDTH)
    return "\n".join([*lines, "-" * max(map(len, lines), default=0)])


def field(name: str, text: str) -> str:
    """Return a labelled paragraph for a plain-text page, wrapped, its lines aligned after the label."""
    return "\n".join(columns([(name, _GUTTER - 2), (text, WIDTH - _GUTTER)]))


def columns(cells: Iterable[tuple[str, int]]) -> list[str]:
    """Return the lines of one row of a plain-text table; each cell is its text and its width.

    >>> columns([("when", 6), ("one two three", 8)])
    ['when    one two', '        three']
    """
    wrapped = [(_WRAP(text, width), width) for text, width in cells]
    height = max(len(lines) for lines, _ in wrapped)
    rows = ([(lines[i] if i < len(lines) else "").ljust(width) for lines, width in wrapped] for i in range(height))
    return ["  ".join(row).rstrip() for row in rows]
