"""The command `smtplab`: opens the lessons, and does in a terminal what needs no notebook.

Every error is one line on stderr and exit status 2. What a command needs is imported when it runs. The commands stand
in the modules of this room, by what they are about; a new one is added to `COMMANDS`, and its help to help.toml.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from smtplab import __version__
from smtplab.cli.classes import classroom, hand_in, hand_out
from smtplab.cli.click_words import click_speaks
from smtplab.cli.codes import compare, explain
from smtplab.cli.commands import group, option
from smtplab.cli.lessons import open_lessons, progress, reset
from smtplab.cli.locales import language_of_locale
from smtplab.cli.nbval import nbval_config
from smtplab.cli.options import lang_option, language_of
from smtplab.cli.servers import personalities, probe, record, send, serve
from smtplab.cli.site import site
from smtplab.cli.terminal import escaping, flushed, say
from smtplab.errors import SmtplabError
from smtplab.text.language import set_language
from smtplab.text.texts import Texts, reason

if TYPE_CHECKING:
    from collections.abc import Sequence

COMMANDS = (
    open_lessons, hand_out, reset, progress, hand_in, classroom, send, explain, compare, serve, personalities, probe,
    record, nbval_config, site,
)  # fmt: skip
EXIT_ERROR, EXIT_INTERRUPTED = 2, 130


def _show_version(context: click.Context, _option: click.Parameter, wanted: bool) -> None:
    if wanted and not context.resilient_parsing:
        say(f"smtplab {__version__}")
        context.exit()


@group(invoke_without_command=True)
@option("--version", is_flag=True, expose_value=False, is_eager=True, callback=_show_version, help="option_version")
@option("--dir", "directory", type=click.Path(path_type=Path), help="option_open_dir")
@option("--no-browser", is_flag=True, help="option_no_browser")
@lang_option
@click.pass_context
def cli(context: click.Context, directory: Path | None, *, no_browser: bool) -> None:
    """Copy the lessons and open JupyterLab, where no other command is named."""
    if context.invoked_subcommand is None:
        context.invoke(open_lessons, directory=directory, no_browser=no_browser, jupyter=())
    elif directory is not None or no_browser:
        raise click.UsageError(Texts("cli/texts")("not_before_a_command"))


for _command in COMMANDS:
    cli.add_command(_command)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command, and end Python with its exit status."""
    status = run(arguments)
    sys.exit(status if flushed() else EXIT_ERROR)


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return the exit status: 0, 2 for an error, 130 for an interrupt, or the command's own."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    with escaping(), click_speaks():
        try:
            lang = language_of(words) or (None if os.environ.get("SMTPLAB_LANG") else language_of_locale())
            if lang is not None:
                set_language(lang)
            status = cli.main(args=words, prog_name="smtplab", standalone_mode=False)
        except (click.Abort, KeyboardInterrupt):
            return EXIT_INTERRUPTED
        except (click.ClickException, SmtplabError, ValueError, OSError) as error:
            with suppress(OSError):  # there is nowhere to say it
                say(f"smtplab: {' '.join(_message(error).split())}", err=True)
            return EXIT_ERROR
        return status if isinstance(status, int) else 0


def _message(error: Exception) -> str:
    if isinstance(error, click.ClickException):
        return error.format_message()
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {reason(error)}" if error.filename else reason(error)
    return str(error)
