"""The commands for a class: `smtplab lessons` hands out, `hand-in` puts a learner's work together."""

from __future__ import annotations

import os
from pathlib import Path

import click

from smtplab.cli.commands import LESSONS, Command, argument, command, group, option
from smtplab.cli.options import lang_option
from smtplab.cli.terminal import say
from smtplab.text.language import language
from smtplab.text.texts import Texts, reason

HAND_IN = "smtplab-hand-in.zip"


@command("lessons")
@argument("directory", type=click.Path(path_type=Path))
@option("--only", default="", metavar="LESSONS", help="option_only")
@option("--core", is_flag=True, help="option_core")
@option("--solutions", is_flag=True, help="option_solutions")
@lang_option
def hand_out(directory: Path, only: str, *, core: bool, solutions: bool) -> None:
    """Copy the lessons to DIRECTORY, as learners get them, and open nothing."""
    from smtplab.course.lessons import chosen_lessons, copy_lessons

    texts = Texts("cli/texts")
    chosen = chosen_lessons(_names(only), core=core)
    if solutions:
        from smtplab.course.classroom.key import write_key

        for lesson in chosen:
            say(texts("saved", file=write_key(directory, lesson, language())))
        return
    report = copy_lessons(directory, chosen=chosen)
    for name in report.copied:
        say(texts("copied", name=name, directory=directory))
    for name in report.renewed:
        say(texts("renewed", name=name))
    for name, kept in report.kept:
        say(texts("kept", name=name, kept=kept))
    for name in report.unchanged:
        say(texts("same", name=name))
    for name, new in report.beside:
        say(texts("beside", name=name, new=new))


@command("hand-in")
@option("--name", default="", help="option_hand_in_name")
@option("--dir", "directory", type=click.Path(path_type=Path), help="option_progress_dir")
@option("--out", type=click.Path(path_type=Path), default=HAND_IN, metavar="FILE", help="option_hand_in_out")
@option("--answers-only", is_flag=True, help="option_answers_only")
@lang_option
def hand_in(name: str, directory: Path | None, out: Path, *, answers_only: bool) -> None:
    """Put what a learner hands in into one zip; say what is in it, then write it."""
    from smtplab.course.classroom.handing_in import hand_in

    texts = Texts("cli/texts")
    if directory is not None and not directory.is_dir():
        raise click.UsageError(texts("no_directory", directory=directory))
    if directory is None and not os.environ.get("SMTPLAB_PROGRESS") and Path(LESSONS).is_dir():
        directory = Path(LESSONS)
    if os.path.lexists(out):
        raise click.UsageError(texts("exists", out=out))
    packed = hand_in(directory, name=name, notebooks=not answers_only)
    say(str(packed))
    try:
        written = packed.save(out)
    except OSError as error:
        raise click.UsageError(texts("not_writable", out=out, why=reason(error))) from None
    say(texts("hand_in_written", out=written))


@group("class")
@lang_option
def classroom() -> None:
    """See how a class gets on."""


@classroom.command("report", cls=Command)  # type: ignore[untyped-decorator]  # click.Group is not typed here
@argument("places", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@option("--html", type=click.Path(path_type=Path), metavar="FILE", help="option_html")
@option("--csv", type=click.Path(path_type=Path), metavar="FILE", help="option_csv")
@option("--json", type=click.Path(path_type=Path), metavar="FILE", help="option_json_file")
@option("--anonymous", is_flag=True, help="option_anonymous")
@option("--at-least", type=click.IntRange(1), default=3, show_default=True, help="option_at_least")
@lang_option
def report(
    places: tuple[Path, ...], html: Path | None, csv: Path | None, json: Path | None, at_least: int, *, anonymous: bool
) -> None:
    """Report what a class has answered, from the folders and zips that were handed in."""
    from smtplab.course.classroom import page, tables
    from smtplab.course.classroom.summing_up import sum_up

    found = sum_up(places, anonymous=anonymous, at_least=at_least)
    wanted = ((html, page.page), (csv, tables.sheet), (json, tables.for_programs))
    if not any(file for file, _ in wanted):
        say(tables.text(found))
    for file, form in wanted:
        if file is not None:
            say(Texts("cli/texts")("saved", file=tables.save(file, form(found))))


@classroom.command("nbgrader", cls=Command)  # type: ignore[untyped-decorator]  # click.Group is not typed here
@argument("directory", type=click.Path(path_type=Path))
@option("--lessons", "only", default="", metavar="LESSONS", help="option_only")
@option("--predictions", type=click.Choice(("made", "first")), default="made", show_default=True,
        help="option_predictions")  # fmt: skip
@lang_option
def nbgrader(directory: Path, only: str, predictions: str) -> None:
    """Make an nbgrader course of the lessons in DIRECTORY."""
    from smtplab.course.classroom.nbgrading import write_course
    from smtplab.course.lessons import chosen_lessons

    chosen = chosen_lessons(_names(only))
    for path in write_course(directory, chosen, language(), predictions=predictions):
        say(Texts("cli/texts")("saved", file=path))


@classroom.command("check", cls=Command)  # type: ignore[untyped-decorator]  # click.Group is not typed here
@argument("directory", type=click.Path(path_type=Path))
@lang_option
def check(directory: Path) -> int:
    """Try an nbgrader course elsewhere; the exit status is 1 where a trial is not as it must be."""
    from smtplab.course.classroom.checking import FORGED, KEY, UNTOUCHED, check_course

    texts = Texts("cli/texts")
    trials = check_course(directory, say=lambda name: say(texts("trying", name=name)))
    for trial in trials:
        key, untouched, forged = (f"{trial.points[who]:g}" for who in (KEY, UNTOUCHED, FORGED))
        say(texts("tried", name=trial.assignment, key=key, full=f"{trial.full:g}", untouched=untouched, forged=forged))
        for told in trial.told:
            say(texts("told", name=trial.assignment, told=told))
    return 0 if all(trial.good for trial in trials) else 1


def _names(only: str) -> list[str]:
    """Return the names of lessons in a list such as "1, 3" or "1 3"."""
    return only.replace(",", " ").split()
