"""The commands about the lessons: `smtplab open`, `reset` and `progress`."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from smtplab.cli.commands import LESSONS, argument, command, option
from smtplab.cli.options import lang_option
from smtplab.cli.terminal import flushed, say
from smtplab.errors import LessonError
from smtplab.text.language import language
from smtplab.text.texts import Texts

if TYPE_CHECKING:
    from collections.abc import Sequence


@command("open")
@argument("directory", required=False, type=click.Path(path_type=Path))
@argument("jupyter", nargs=-1, type=click.UNPROCESSED)
@option("--no-browser", is_flag=True, help="option_no_browser")
@lang_option
def open_lessons(directory: Path | None, jupyter: tuple[str, ...], *, no_browser: bool) -> None:
    """Copy the lessons to DIRECTORY and open JupyterLab there; what follows -- goes to JupyterLab."""
    from smtplab.course.lessons import copy_lessons, lessons, name_of, tag_of

    texts = Texts("cli/texts")
    directory = (directory or Path(LESSONS)).absolute()
    report = copy_lessons(directory)
    for name in report.copied:
        say(texts("copied", name=name, directory=directory))
    for name in report.renewed:
        say(texts("renewed", name=name))
    for name, kept in report.kept:
        say(texts("kept", name=name, kept=kept))
    for name, new in report.beside:
        say(texts("beside", name=name, new=new))
    first = name_of(lessons()[0], tag_of(directory))
    if find_spec("jupyterlab") is None:
        raise LessonError(texts("no_jupyterlab"))
    # -P: a file of the learner's, such as email.py, must not stand in for a module that JupyterLab imports
    command = [
        sys.executable, "-P", "-m", "jupyterlab", *QUIET, f"--ServerApp.root_dir={directory}",
        "--ServerApp.ip=127.0.0.1", f"--LabApp.default_url=/lab/tree/{first}",
    ]  # fmt: skip
    if no_browser:
        command.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        say(texts("as_root"))
        command.append("--allow-root")
    _become([*command, *jupyter])


QUIET = (
    "--LabApp.check_for_updates_class=jupyterlab.handlers.announcements.NeverCheckForUpdate",
    "--LabApp.news_url=None",
)
"""JupyterLab asks its makers for updates and news unless it is told not to."""


def _become(command: Sequence[str]) -> NoReturn:
    """Hand the terminal over to another program: its Ctrl-C and its exit status are its own."""
    flushed()
    if os.name == "posix":
        os.execv(command[0], list(command))  # noqa: S606  the program is this very Python
    sys.exit(subprocess.call(command))  # noqa: S603


@command()
@argument("lesson")
@option(
    "--dir", "directory", type=click.Path(path_type=Path), default=LESSONS, show_default=True, help="option_reset_dir"
)
@lang_option
def reset(lesson: str, directory: Path) -> None:
    """Bring LESSON (a name or a number) anew; yours is kept under another name."""
    from smtplab.course.lessons import reset_lesson

    texts = Texts("cli/texts")
    name, kept = reset_lesson(directory, lesson)
    if kept is not None:
        say(texts("kept", name=name, kept=kept))
    say(texts("copied", name=name, directory=directory))


@command()
@option(
    "--dir",
    "directory",
    type=click.Path(path_type=Path),
    help="option_progress_dir",
)
@option("--save", type=click.Path(path_type=Path), metavar="FILE", help="option_save")
@option("--name", default="", help="option_student")
@lang_option
def progress(directory: Path | None, save: Path | None, name: str) -> None:
    """Show how far you have come in the lessons."""
    from smtplab.course.logbook import logbook
    from smtplab.course.progress import progress

    texts = Texts("cli/texts")
    if name and save is None:
        raise click.UsageError(texts("name_without_save"))
    if directory is not None and not directory.is_dir():
        raise click.UsageError(texts("no_directory", directory=directory))
    if directory is None and not os.environ.get("SMTPLAB_PROGRESS") and Path(LESSONS).is_dir():
        directory = Path(LESSONS)
    page = progress(directory)
    nothing_yet = logbook(directory).nothing_yet(language())
    if nothing_yet:
        say(nothing_yet)
    if save is None:
        say(str(page))
    else:
        say(texts("saved", file=page.save(save, name=name)))
