"""The commands about reply codes: `smtplab explain` and `compare`."""

from __future__ import annotations

from smtplab.cli.commands import argument, command
from smtplab.cli.options import lang_option
from smtplab.cli.terminal import say


@command()
@argument("code")
@lang_option
def explain(code: str) -> None:
    """Explain a reply CODE: what it means, when you see it, what to do, and the source."""
    from smtplab.rfc.codes import explain

    say(str(explain(code)))


@command()
@argument("first")
@argument("second")
@lang_option
def compare(first: str, second: str) -> None:
    """Compare two reply codes."""
    from smtplab.rfc.compare import compare

    say(str(compare(first, second)))
