"""Options that several commands of `smtplab` have."""

from __future__ import annotations

import errno
from itertools import pairwise
from typing import TYPE_CHECKING

import click

from smtplab.cli.commands import option
from smtplab.text.language import LANGUAGES, set_language
from smtplab.text.texts import Texts

if TYPE_CHECKING:
    from collections.abc import Sequence


def _set(_context: click.Context, _option: click.Parameter, lang: str | None) -> None:
    if lang is not None:
        set_language(lang)


lang_option = option(
    "--lang", type=click.Choice(LANGUAGES), callback=_set, expose_value=False, is_eager=True, help="option_lang"
)
personality_option = option("--personality", default="rfc5321", show_default=True, help="option_personality")


def language_of(arguments: Sequence[str]) -> str | None:
    """Return the language that --lang names on a command line, wherever it stands; None where it names none.

    What is wrong before --lang on the line, or before it is its turn, is told in it too.
    """
    words = list(arguments)
    if "--" in words:
        words = words[: words.index("--")]
    values = [value for word, value in pairwise(words) if word == "--lang"]
    values += [word.removeprefix("--lang=") for word in words if word.startswith("--lang=")]
    return next((value for value in values if value in LANGUAGES), None)


def port_refused(error: OSError, port: int) -> Exception:
    """Return what to raise for a port that could not be opened: a sentence that helps where the reason is known."""
    known = {errno.EADDRINUSE: "port_in_use", errno.EACCES: "port_not_allowed"}
    if error.errno not in known:
        return error
    return click.ClickException(Texts("cli/texts")(known[error.errno], port=port))
