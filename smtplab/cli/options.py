"""Options that several commands of `smtplab` have."""

from __future__ import annotations

import errno

import click

from smtplab.text.language import DEFAULT, LANGUAGES, set_language
from smtplab.text.texts import Texts


def _set(_context: click.Context, _option: click.Parameter, lang: str | None) -> None:
    if lang is not None:
        set_language(lang)


lang_option = click.option(
    "--lang", type=click.Choice(LANGUAGES), callback=_set, expose_value=False, is_eager=True,
    help=f"Language: {' or '.join(LANGUAGES)}. [default: the locale's, else {DEFAULT}]",
)  # fmt: skip
personality_option = click.option("--personality", default="rfc5321", show_default=True, help="How the server answers.")


def port_refused(error: OSError, port: int) -> Exception:
    """Return what to raise for a port that could not be opened: a sentence that helps where the reason is known."""
    known = {errno.EADDRINUSE: "port_in_use", errno.EACCES: "port_not_allowed"}
    if error.errno not in known:
        return error
    return click.ClickException(Texts("cli/texts")(known[error.errno], port=port))
