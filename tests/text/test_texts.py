"""The sentences for people: every one is used, and filled in. That every language has it is in test_parity.py."""

from __future__ import annotations

import ast
import functools
import re
from typing import TYPE_CHECKING

import pytest

from smtplab.server.personality import BUILT_IN
from smtplab.text.texts import Texts, data
from tests.helpers.paths import PACKAGE, TOP

if TYPE_CHECKING:
    from collections.abc import Iterator

NOT_SENTENCES = (
    "cli/click", "text/reasons", "course/exercises/", "course/experiments", "course/hints/", "course/lessons",
    "course/variants/",
    "rfc/codes", "rfc/commands", "rfc/extensions", "rfc/rules", "recordings/ftp", "recordings/origins",
)  # fmt: skip
FILES = sorted(
    name for path in PACKAGE.rglob("*.toml")
    if not (name := path.relative_to(PACKAGE).with_suffix("").as_posix()).startswith(NOT_SENTENCES)
)  # fmt: skip


ABOUT = ("software", "version", "obtained")
NAMED_BY_DATA = {
    "course/lessons": lambda: {path.stem[:2] for path in (TOP / "notebooks/source").glob("*.md")},
    "recordings/personalities": lambda: {f"{key}_{name}" for key in ABOUT for name in BUILT_IN},
}
"""File → the keys that come from elsewhere: the lessons, and the personalities that are code."""


def strings(code: ast.AST) -> Iterator[tuple[str, ...]]:
    """Return each string of Python code, docstrings apart, in pieces: between them stands what is filled in."""
    for node in ast.walk(code):
        for below in ast.iter_child_nodes(node):
            if isinstance(node, ast.Expr | ast.JoinedStr):
                continue
            if isinstance(below, ast.Constant) and isinstance(below.value, str):
                yield (below.value,)
            elif isinstance(below, ast.JoinedStr):
                whole = "".join(part.value if isinstance(part, ast.Constant) else "\0" for part in below.values)
                yield tuple(whole.split("\0"))


@functools.cache
def said() -> re.Pattern[str]:
    """Return a pattern of every key that the package may ask for, and of no part of one."""
    pieces = {piece for path in PACKAGE.rglob("*.py") for piece in strings(ast.parse(path.read_text("utf-8")))}
    for path in PACKAGE.rglob("*.js"):
        script = path.read_text("utf-8")
        pieces |= {(word,) for word in re.findall(r"\w+", re.sub(r"`[^`]*`", "", script))}
        pieces |= {(begin, "") for begin in re.findall(r"`(\w+_)\$\{", script)}
        pieces |= {(word,) for text in re.findall(r"\$\{([^}]*)\}", script) for word in re.findall(r"\w+", text)}
    keys = {piece for piece in pieces if len(piece) == 1 or len(max(piece, key=len)) >= len("part_")}
    return re.compile("|".join(sorted("[^ ]+".join(map(re.escape, key)) for key in keys)))


def unused(name: str) -> list[str]:
    """Return the keys of a file of texts that nothing asks for."""
    known = NAMED_BY_DATA.get(name, tuple)()
    return [key for key in data(name) if key not in known and not said().fullmatch(key)]


@pytest.mark.parametrize("name", FILES)
def test_every_text_is_used(name: str) -> None:
    """No text lies about that nothing says: its key, or the pieces of its key, stand in the package."""
    assert unused(name) == []


@pytest.mark.parametrize("key", ["port_in", "ort_in_use", "port_in_use_", "gallery_word", "no_such_text"])
def test_a_text_that_is_not_used_is_found(key: str) -> None:
    """A part of a key that is used is not a use, nor is more than the key."""
    assert said().fullmatch("port_in_use")
    assert not said().fullmatch(key)


def test_fields_are_filled() -> None:
    """A text with fields has them filled in."""
    assert Texts("cli/texts", "en")("port_in_use", port=25).startswith("port 25 on 127.0.0.1")
