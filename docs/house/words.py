"""What is said on the pages that are made, from words.toml, and how text is put into Markdown."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from smtplab.course.links import linked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


@cache
def _rows() -> dict[str, dict[str, str]]:
    return tomllib.loads(Path(__file__).parent.with_name("words.toml").read_text("utf-8"))


def words(lang: str) -> Callable[..., str]:
    """Return what says a sentence in a language: its key in words.toml, and what stands at its braces."""
    return lambda key, **fields: _rows()[key][lang].format(**fields)


def plain(text: str) -> str:
    """Return text as it stands in Markdown, with a link at each RFC that it names; backticks stay code."""
    escaped = re.sub(r"(`[^`]*`)|([\\*_{}\[\]<>|#$])", lambda part: part[1] or f"\\{part[2]}", " ".join(text.split()))
    return linked(escaped, {})


def table(rows: Iterable[tuple[str, str]]) -> str:
    """Return rows of a label and a Markdown text, as a list of definitions: it has room on any screen."""
    return "\n".join(f"{label}\n: {text}\n" for label, text in rows)


def code(text: str, language: str = "text") -> str:
    """Return text as a block of code, whatever backticks stand in it."""
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall(r"`+", text)), default=0))
    return f"{fence}{language}\n{text}\n{fence}\n"


def slug(name: str) -> str:
    """Return a name as it stands in an address."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
