"""click's own words in the reader's language: "Usage:", "Missing argument", "No such option" and the like.

click looks each string up with gettext when it says it, so that is where they are translated: for as long as a command
runs, the functions by which its modules know gettext look into click.toml instead. A catalogue for gettext itself would
have to be a compiled file on a disk, found by environment variables: it could not follow --lang, nor come out of a
wheel that is read as a zip file. Overriding click's classes would mean to write each of its messages anew, for click
fills them in where it raises them. What a version of click says and click.toml does not have stays English; a test
names it.
"""

from __future__ import annotations

import gettext
import sys
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

import click

from smtplab.text.language import DEFAULT, spoken
from smtplab.text.texts import data

if TYPE_CHECKING:
    from collections.abc import Iterator


@cache
def _words() -> dict[str, dict[str, str]]:
    """Return what there is for each of click's strings, by its English."""
    return {row["en"]: row for row in data("cli/click").values()}


def translated(message: str) -> str:
    """Return one of click's strings in the language that is set."""
    lang, text = spoken(), message.rstrip(" ")  # "Usage:" has a space behind it in some versions
    if lang == DEFAULT or text not in _words():
        return message
    return _words()[text][lang] + message[len(text) :]


def _of_number(one: str, many: str, number: int) -> str:
    return translated(one if number == 1 else many)


_IN_PLACE_OF = {"_": (gettext.gettext, translated), "ngettext": (gettext.ngettext, _of_number)}
"""The names by which click's modules know gettext: what stands there, and what stands there meanwhile."""


@contextmanager
def click_speaks() -> Iterator[None]:
    """Have click speak the language that is set, for the length of a `with`."""
    package = click.__name__
    modules = [module for name, module in list(sys.modules.items()) if name.partition(".")[0] == package]
    places = [
        (module, name) for module in modules for name, (usual, _) in _IN_PLACE_OF.items()
        if vars(module).get(name) is usual
    ]  # fmt: skip
    for module, name in places:
        setattr(module, name, _IN_PLACE_OF[name][1])
    try:
        yield
    finally:
        for module, name in places:
            setattr(module, name, _IN_PLACE_OF[name][0])
