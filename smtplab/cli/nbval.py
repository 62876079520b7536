"""The command about other people's notebooks: `smtplab nbval-config`."""

from __future__ import annotations

from smtplab.cli.commands import command
from smtplab.cli.options import lang_option
from smtplab.cli.terminal import say


@command()
@lang_option
def nbval_config() -> None:
    """Print the rules for nbval."""
    from smtplab.testing.nbval import rules

    say(rules().removesuffix("\n"))
