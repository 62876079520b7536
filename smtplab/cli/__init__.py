"""The command `smtplab`: opens the lessons, and does in a terminal what needs no notebook.

Every error is one line on stderr and exit status 2. What a command needs is imported when it runs. The commands stand
in the modules of this room, by what they are about; a new one is added to `COMMANDS`.
"""

from __future__ import annotations

import locale
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from smtplab import __version__
from smtplab.cli.codes import compare, explain
from smtplab.cli.lessons import DIRECTORY, open_lessons, progress, reset
from smtplab.cli.options import lang_option
from smtplab.cli.servers import personalities, probe, record, send, serve
from smtplab.cli.site import site
from smtplab.errors import SmtplabError
from smtplab.text.language import set_language

if TYPE_CHECKING:
    from collections.abc import Sequence

COMMANDS = (open_lessons, reset, progress, send, explain, compare, serve, personalities, probe, record, site)
EXIT_ERROR, EXIT_INTERRUPTED = 2, 130


def _language_of_locale() -> str | None:
    """Return "es" where the reader's locale is Spanish; None leaves the choice to SMTPLAB_LANG and the default."""
    if os.environ.get("SMTPLAB_LANG"):
        return None
    wanted = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    if not wanted and sys.platform in ("win32", "darwin"):
        wanted = locale.getlocale()[0] or ""
    return "es" if wanted.lower().startswith(("es", "spanish")) else None


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="smtplab", message="%(prog)s %(version)s")
@click.option(
    "--dir", "directory", type=click.Path(path_type=Path), help=f"Where the lessons go. [default: {DIRECTORY}]"
)
@click.option("--no-browser", is_flag=True, help="Start JupyterLab without opening a browser.")
@lang_option
@click.pass_context
def cli(context: click.Context, directory: Path | None, *, no_browser: bool) -> None:
    """Learn SMTP's 211 and 214 replies by talking to a real server.

    Alone it copies the lessons and opens JupyterLab on the first one.
    """
    if context.invoked_subcommand is None:
        context.invoke(open_lessons, directory=directory, no_browser=no_browser, jupyter=())
    elif directory is not None or no_browser:
        raise click.UsageError("--dir and --no-browser go before no command but open")


for _command in COMMANDS:
    cli.add_command(_command)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command; ends with the exit status."""
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command and give the exit status: 0, 2 for an error, 130 for an interrupt."""
    try:
        lang = _language_of_locale()
        if lang is not None:
            set_language(lang)
        status = cli.main(args=arguments, prog_name="smtplab", standalone_mode=False)
    except (click.Abort, KeyboardInterrupt):
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # the reader of our output has had enough; Python would complain once more at its end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (click.ClickException, SmtplabError, ValueError, OSError) as error:
        click.echo(f"smtplab: {' '.join(_message(error).split())}", err=True)
        return EXIT_ERROR
    return status if isinstance(status, int) else 0


def _message(error: Exception) -> str:
    if isinstance(error, click.ClickException):
        return error.format_message()
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return str(error)
