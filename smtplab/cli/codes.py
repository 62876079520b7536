"""The commands about reply codes: `smtplab explain` and `compare`."""

from __future__ import annotations

import click

from smtplab.cli.options import lang_option


@click.command()
@click.argument("code")
@lang_option
def explain(code: str) -> None:
    """Explain a reply CODE: what it means, when you see it, what to do, and the source."""
    from smtplab.rfc.codes import explain

    click.echo(str(explain(code)))


@click.command()
@click.argument("first")
@click.argument("second")
@lang_option
def compare(first: str, second: str) -> None:
    """Compare two reply codes."""
    from smtplab.rfc.compare import compare

    click.echo(str(compare(first, second)))
