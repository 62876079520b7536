"""The command `smtplab`: opens the lessons, and does in a terminal what needs no notebook.

Every error is one line on stderr and exit status 2. What a command needs is imported when it runs.
"""

from __future__ import annotations

import locale
import os
import signal
import subprocess
import sys
import threading
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from smtplab import __version__
from smtplab.cli_asking import probe, record
from smtplab.cli_options import lang_option, personality_option, port_refused
from smtplab.cli_site import site
from smtplab.errors import DialogueError, SmtplabError
from smtplab.language import set_language
from smtplab.texts import Texts

if TYPE_CHECKING:
    from collections.abc import Sequence

DIRECTORY = "smtplab-lessons"
EXIT_ERROR, EXIT_INTERRUPTED = 2, 130


def _language_of_locale() -> str | None:
    """Give "es" where the reader's locale is Spanish; None leaves the choice to SMTPLAB_LANG and the default."""
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


@cli.command("open")
@click.argument("directory", required=False, type=click.Path(path_type=Path))
@click.argument("jupyter", nargs=-1, type=click.UNPROCESSED)
@click.option("--no-browser", is_flag=True, help="Start JupyterLab without opening a browser.")
@lang_option
def open_lessons(directory: Path | None, jupyter: tuple[str, ...], *, no_browser: bool) -> None:
    """Copy the lessons to DIRECTORY and open JupyterLab there; what follows -- goes to JupyterLab."""
    from smtplab.lessons import LessonError, copy_lessons, lessons  # noqa: PLC0415

    texts = Texts("cli")
    directory = (directory or Path(DIRECTORY)).absolute()
    report = copy_lessons(directory)
    for name in report.copied:
        click.echo(texts("copied", name=name, directory=directory))
    for name in report.renewed:
        click.echo(texts("renewed", name=name))
    for name, new in report.beside:
        click.echo(texts("beside", name=name, new=new))
    if find_spec("jupyterlab") is None:
        raise LessonError(texts("no_jupyterlab"))
    command = [
        sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={directory}", "--ServerApp.ip=127.0.0.1",
        f"--LabApp.default_url=/lab/tree/{lessons()[0].name}",
    ]  # fmt: skip
    if no_browser:
        command.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        click.echo(texts("as_root"))
        command.append("--allow-root")
    _become([*command, *jupyter])


def _become(command: Sequence[str]) -> NoReturn:
    """Hand the terminal over to another program: its Ctrl-C and its exit status are its own."""
    sys.stdout.flush()
    if os.name == "posix":
        os.execv(command[0], list(command))  # noqa: S606  the program is this very Python
    sys.exit(subprocess.call(command))  # noqa: S603


@cli.command()
@click.argument("lesson")
@click.option(
    "--dir", "directory", type=click.Path(path_type=Path), default=DIRECTORY, show_default=True, help="Where."
)
@lang_option
def reset(lesson: str, directory: Path) -> None:
    """Bring LESSON (a name or a number) anew; yours is kept under another name."""
    from smtplab.lessons import reset_lesson  # noqa: PLC0415

    texts = Texts("cli")
    name, kept = reset_lesson(directory, lesson)
    if kept is not None:
        click.echo(texts("kept", name=name, kept=kept))
    click.echo(texts("copied", name=name, directory=directory))


@cli.command()
@click.argument("commands", nargs=-1, required=True)
@personality_option
@click.option("--carrier", default="memory", show_default=True, help="tcp or memory.")
@click.option("--timeout", type=float, default=10.0, show_default=True, help="Seconds to wait for a reply.")
@lang_option
def send(commands: tuple[str, ...], personality: str, carrier: str, timeout: float) -> None:
    """Send COMMANDS to a lab, each one an argument, and print the dialogue."""
    from smtplab.lab import start  # noqa: PLC0415

    with start(personality, carrier=carrier, timeout=timeout) as lab:
        try:
            for command in commands:
                lab.send(command)
        except DialogueError as error:
            raise type(error)(str(error), error.transcript, error.partial) from None
        finally:
            if len(lab.transcript):
                click.echo(str(lab.transcript))


@cli.command()
@click.argument("code")
@lang_option
def explain(code: str) -> None:
    """Explain a reply CODE: what it means, when you see it, what to do, and the source."""
    from smtplab.codes import explain  # noqa: PLC0415

    click.echo(str(explain(code)))


@cli.command()
@click.argument("first")
@click.argument("second")
@lang_option
def compare(first: str, second: str) -> None:
    """Compare two reply codes."""
    from smtplab.codes import compare  # noqa: PLC0415

    click.echo(str(compare(first, second)))


@cli.command()
@click.option("--port", type=click.IntRange(0, 65535), default=2525, show_default=True, help="0: any that is free.")
@personality_option
@lang_option
def serve(port: int, personality: str) -> None:
    """Run a lab on 127.0.0.1 for telnet, curl or swaks, until Ctrl-C."""
    from smtplab.lab import start  # noqa: PLC0415

    texts = Texts("cli")
    stop = threading.Event()
    for name in ("SIGINT", "SIGTERM"):
        signal.signal(getattr(signal, name), lambda *_: stop.set())
    try:
        lab = start(personality, carrier="tcp", port=port)
    except OSError as error:
        raise port_refused(error, port) from None
    with lab:
        host, port = lab.address
        click.echo(texts("serving", host=host, port=port))
        sys.stdout.flush()
        while not stop.wait(1.0):
            pass
    click.echo(texts("stopped"))


@cli.command()
@lang_option
def personalities() -> None:
    """List the servers that a lab can answer as."""
    from smtplab.roster import personalities  # noqa: PLC0415

    click.echo(str(personalities()))


@cli.command()
@click.option(
    "--dir",
    "directory",
    type=click.Path(path_type=Path),
    help=f"Where the lessons are. [default: {DIRECTORY} where there is one, else here]",
)
@click.option("--save", type=click.Path(path_type=Path), metavar="FILE", help="Write a page to hand in or print.")
@click.option("--name", default="", help="The name at the top of that page.")
@lang_option
def progress(directory: Path | None, save: Path | None, name: str) -> None:
    """Show how far you have come in the lessons."""
    from smtplab.course import progress  # noqa: PLC0415

    if name and save is None:
        raise click.UsageError("--name goes with --save")
    if directory is not None and not directory.is_dir():
        raise click.UsageError(f"there is no directory {directory}")
    if directory is None and not os.environ.get("SMTPLAB_PROGRESS") and Path(DIRECTORY).is_dir():
        directory = Path(DIRECTORY)
    made = progress(directory)
    if save is None:
        click.echo(str(made))
    else:
        click.echo(Texts("cli")("saved", file=made.save(save, name=name)))


for _command in (probe, record, site):
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
