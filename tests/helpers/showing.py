"""What of a text is obeyed instead of shown: elements and attributes in HTML, control characters on a terminal."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from typing import Any

HARMLESS = "\n\t\u200c\u200d\xa0"
"""A line's end, a tab, what joins letters in names, and a space that is not broken: they do nothing else."""


class Elements(HTMLParser):
    """The elements, attributes and other markup in HTML.

    found: each tag, each attribute with its tag (of some with their values too), "!" for what is no element.
    marks: how many pieces of markup there are. text: what stands between them.
    """

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.marks = 0
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.marks += 1
        self.found.add(tag)
        for name, value in attrs:
            whole = name in ("style", "class", "type", "http-equiv", "content", "rel")
            scheme = (value or "").partition(":")[0] if name in ("href", "src") and ":" in (value or "") else ""
            self.found.add(f"{tag} {name}={value if whole and tag != 'meta' else scheme}")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        self.marks += 1

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        self._other()

    def handle_decl(self, decl: str) -> None:
        self._other()

    def unknown_decl(self, data: str) -> None:
        self._other()

    def handle_pi(self, data: str) -> None:
        self._other()

    def _other(self) -> None:
        self.marks += 1
        self.found.add("!")


def obeyed_in_html(html: str, allowed: set[str]) -> str:
    """Return what in HTML is markup and none of what is allowed, or acts on a terminal; "" where nothing is."""
    elements = Elements(html)
    if more := sorted(elements.found - allowed):
        return f"markup: {more}"
    if html.count("<") != elements.marks:  # each is the beginning of markup that was seen
        return f"{html.count('<')} < and {elements.marks} pieces of markup"
    return obeyed_in_text(html)


def obeyed_in_text(text: str) -> str:
    """Return the first character that is not shown but obeyed, by its escape; "" where there is none."""
    odd = next((char for char in text if not char.isprintable() and char not in HARMLESS), "")
    return odd.encode("unicode_escape").decode()


def obeyed_in_state(state: Any) -> str:
    """Return what of a widget's state cannot go to a page as JSON; "" where all can. A page shows it as text."""
    try:
        json.dumps(state, ensure_ascii=False).encode()
    except (ValueError, TypeError) as error:
        return repr(error)[:200]
    return ""
