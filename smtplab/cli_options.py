"""Options that several commands of `smtplab` have."""

from __future__ import annotations

import click

from smtplab.language import LANGUAGES, set_language


def _set(_context: click.Context, _option: click.Parameter, lang: str | None) -> None:
    if lang is not None:
        set_language(lang)


lang_option = click.option(
    "--lang", type=click.Choice(LANGUAGES), callback=_set, expose_value=False, is_eager=True,
    help="Language: en or es. [default: the locale's, else en]",
)  # fmt: skip
personality_option = click.option("--personality", default="rfc5321", show_default=True, help="How the server answers.")
