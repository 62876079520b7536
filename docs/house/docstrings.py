"""How our docstrings are laid out as reStructuredText.

In our docstrings a line "name: what" tells of a parameter or a field, and a sentence "Raises …" of errors; both run on
in one paragraph with others. Here each gets a place of its own. What stands in backticks is a link where it is a public
name, and so is the name of one of our errors.
"""

from __future__ import annotations

import inspect
import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import smtplab
from house.names import NAMES, value_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def lay_out(_app: Any, _what: str, name: str, value: Any, _options: Any, lines: list[str]) -> None:
    """Give each parameter a line of its own (Sphinx's hook)."""
    lines[:] = laid_out(lines, _fields(value), name)


def _fields(value: Any) -> tuple[str, ...]:
    """Return what a docstring may tell of: parameters, and the fields and attributes of a class."""
    found: list[str] = []
    with suppress(TypeError, ValueError):  # of a class that is built in, or of a constant
        found += inspect.signature(value).parameters
    if inspect.isclass(value):
        for each in value.__mro__:
            found += [*vars(each).get("__annotations__", ()), *vars(each)]
    return tuple(dict.fromkeys(found))


def laid_out(lines: Iterable[str], names: tuple[str, ...], inside: str = "") -> list[str]:
    """Return a docstring's lines. names: what it may tell of. inside: the full name of what it belongs to."""
    made: list[str] = []
    for block in "\n".join(lines).strip("\n").split("\n\n"):
        if block.lstrip().startswith((">>>", "...", "Traceback", "- ")):
            made += [*block.split("\n"), ""]
            continue
        items = list(_items(block, names))
        for at, (own, text) in enumerate(items):
            label = ", ".join(f"**{each}**" for each in own)
            made.append(f"* {label}: {_marked(text, inside)}" if own else _marked(text, inside))
            if not (own and at + 1 < len(items) and items[at + 1][0]):
                made.append("")
    return made


def _items(block: str, names: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Return a paragraph's pieces: the names that one is of, none for a sentence, and its text."""
    name = f"(?:{'|'.join(map(re.escape, names)) or '(?!)'})"
    starts = re.compile(
        rf"(?:^|(?<=[.;:?)] )|(?<=\n))({name}(?:, {name})*): |(?<=\. )(?=Raises )|(?<=\n)(?=Raises |Returns? )"
    )
    text = re.sub(r"\n[ ]+", " ", block)
    marks = list(starts.finditer(text))
    ends = [*(mark.start() for mark in marks), len(text)]
    if before := text[: ends[0]].strip():
        yield (), " ".join(before.split())
    for at, mark in enumerate(marks):
        own = tuple(mark[1].split(", ")) if mark[1] else ()
        # what goes on at the margin, behind a full stop, is no field's
        for part, piece in enumerate(re.split(r"(?<=[.:])\n", text[mark.end() : ends[at + 1]].strip())):
            yield () if part else own, " ".join(piece.split())


def _marked(text: str, inside: str) -> str:
    """Return text as reStructuredText: code as code, a public name as a link, the rest as it is."""
    pieces = re.split(r"(`[^`]+`)", text)
    return "".join(_code(piece[1:-1], inside) if at % 2 else _escaped(piece) for at, piece in enumerate(pieces))


def _escaped(text: str) -> str:
    escaped = re.sub(r"([\\*|])|(?<=\w)(_)(?!\w)", lambda part: f"\\{part[0]}", text)
    return re.sub(r"\b[A-Z]\w+\b", lambda word: _error(word[0]), escaped)


def _error(word: str) -> str:
    value = getattr(smtplab, word) if word in smtplab.__all__ else None
    known = inspect.isclass(value) and issubclass(value, Exception)
    return f":py:exc:`~smtplab.{word}`" if known else word


def _code(text: str, inside: str) -> str:
    called = re.match(r"[\w.]+", text)
    name = called[0] if called else ""
    for full in (f"smtplab.{name}", name, f"{inside}.{name}", f"{inside.rpartition('.')[0]}.{name}"):
        if full in NAMES or (full.rpartition(".")[0] in NAMES and _is_shown(full)):
            return f":py:obj:`{text} <{full}>`"
    return f"``{text}``"


def _is_shown(full: str) -> bool:
    """Return whether a name is a method or a property of a public class, and stands on its page."""
    owner, _, own = full.rpartition(".")
    value = value_of(owner)
    if not inspect.isclass(value) or own.startswith("_"):
        return False
    member = vars(value).get(own)
    return (callable(member) or hasattr(member, "__get__")) and bool(inspect.getdoc(member))
