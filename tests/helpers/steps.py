"""What is left to do of what was added: a sentence for each step of a recipe (CONTRIBUTING.md) that was left out.

As a program (python -m tests.helpers.steps) it prints them, of the checks that are named or of all.
"""

from __future__ import annotations

import importlib
import inspect
import re
import sys
import tomllib
from typing import TYPE_CHECKING, Any

import click

from smtplab.cli import COMMANDS
from smtplab.cli.commands import Option
from smtplab.course.exercises import exercise, exercises
from smtplab.course.graders import grader
from smtplab.course.grading import KINDS as GRADINGS
from smtplab.course.hints import COUNT
from smtplab.errors import RecordingError
from smtplab.recordings.recording import names, recording
from smtplab.rfc.codes import KINDS, codes, explain
from smtplab.server.help import TOPICS
from smtplab.server.smtp import LabSMTP
from smtplab.text.language import LANGUAGES
from smtplab.text.texts import data
from tests.helpers.citations import false_sections
from tests.helpers.paths import PACKAGE, TOP

if TYPE_CHECKING:
    from collections.abc import Iterator

HELP = "smtplab/server/help.py"
WRITTEN = ("series", "text", "function")
"""The kinds of exercise that are judged by a function of their own."""
MODEL = {"function": "code"}
"""Kind of exercise → the key of its model answer, where that is not `answer`."""
CHOSEN = ("code", "choice", "sort")
"""The kinds of exercise that can be asked again in another case."""


def sentences() -> Iterator[str]:
    """Return what is said in one language and not in another: in the package and on the page of the browser edition."""
    for path in sorted([*PACKAGE.rglob("*.toml"), *(TOP / "deploy").rglob("*.toml")]):
        for place, row in _texts(tomllib.loads(path.read_text("utf-8"))):
            for lang in LANGUAGES:
                if lang not in row:
                    yield f"{path.relative_to(TOP).as_posix()}: {place} has no {lang}"


def _texts(value: Any, place: str = "") -> Iterator[tuple[str, dict[str, str]]]:
    if isinstance(value, list):
        value = {str(at): row for at, row in enumerate(value)}
    if not isinstance(value, dict):
        return
    if value.keys() & set(LANGUAGES) and all(isinstance(text, str) for text in value.values()):
        yield place, value
    for key, row in value.items():
        yield from _texts(row, f"{place}.{key}".lstrip("."))


def reply_codes() -> Iterator[str]:
    """Return what is left to do of the reply codes: each is in the list of its kind, in the test of the catalogue."""
    listed = importlib.import_module("tests.rfc.test_codes")
    lists = dict(zip(KINDS, (listed.RFC_5321, listed.EXTENSIONS, listed.INDUSTRY, listed.FOLKLORE), strict=True))
    for code in codes():
        kind = explain(code, LANGUAGES[0]).kind
        if code not in lists[kind]:
            yield f"{code} is in smtplab/rfc/codes.toml, and in tests/rfc/test_codes.py it is not in the list of {kind}"


def recordings() -> Iterator[str]:
    """Return what is wrong with the recorded servers' files."""
    for name in names():
        try:
            kept = recording(name)
        except RecordingError as error:
            yield str(error)
        else:
            if kept.name != name:
                yield f"smtplab/recordings/servers/{name}.json is named {kept.name!r} inside"


def commands() -> Iterator[str]:
    """Return what is left to do of the commands: each is in COMMANDS and README.md's table, and has its help."""
    readme = (TOP / "README.md").read_text("utf-8")
    known = {command.name for command in (*COMMANDS, *_subcommands())}
    for path in sorted((PACKAGE / "cli").glob("*.py")):
        module = importlib.import_module(f"smtplab.cli.{path.stem}") if path.stem != "__init__" else None
        for member in vars(module).values() if module else ():
            if isinstance(member, click.Command) and member.name not in known:
                yield f"smtplab/cli/{path.name}: {member.name} is a command and not in COMMANDS (cli/__init__.py)"
    for command in (*COMMANDS, *_subcommands()):
        if command in COMMANDS and not re.search(rf"`smtplab {command.name}\b", readme) and command.name != "open":
            yield f"README.md does not name the command `smtplab {command.name}`"
        keys = (f"command_{command.name}", *(each.key for each in command.params if isinstance(each, Option)))
        for key in keys:
            if key not in data("cli/help"):
                yield f"smtplab/cli/help.toml has no {key}, the help of `smtplab {command.name}`"


def _subcommands() -> list[click.Command]:
    """Return the commands of groups."""
    groups = (command for command in COMMANDS if isinstance(command, click.Group))
    return [each for group in groups for each in group.commands.values()]


def lesson_exercises() -> Iterator[str]:
    """Return what is left to do of the exercises: each is put by its lesson, solved there, and has its grader."""
    for name in exercises():
        number, _, own = name.partition(".")
        text = "".join(path.read_text("utf-8") for path in (TOP / "notebooks/source").glob(f"{number}-*.md"))
        for lang in LANGUAGES:
            exercise(name, lang)
        if f'smtplab.exercise("{name}"' not in text:
            yield f"exercise {name} is put by no cell of notebooks/source/{number}-*.md"
        if not re.search(rf':tags: \[.*solution.*\](?:(?!```)[\s\S])*"{re.escape(name)}"', text):
            yield f"exercise {name} has no cell tagged solution in notebooks/source/{number}-*.md"
        if exercise(name, LANGUAGES[0]).kind in WRITTEN:
            try:
                grader(name)
            except (AttributeError, ImportError):
                yield f"exercise {name} has no grader: a function {own} in smtplab/course/graders/lesson{number}.py"


def support() -> Iterator[str]:
    """Return what is left to do of the help with exercises: each has two hints, an answer, and its variants."""
    for name in exercises():
        number, kind = name.partition(".")[0], exercise(name, LANGUAGES[0]).kind
        beside = _lesson_data("hints", number).get(name, {})
        for at in range(1, COUNT + 1):
            if str(at) not in beside.get("hint", {}):
                yield f"exercise {name} has no hint.{at} in smtplab/course/hints/{number}.toml"
        key = MODEL.get(kind, "answer")
        if GRADINGS[kind].truth is None and not beside.get(key):
            yield f"exercise {name} has no model answer, {key}, in smtplab/course/hints/{number}.toml"
        variants = _lesson_data("variants", number).get(name, [])
        if kind in CHOSEN and len(variants) < 2 and not any("pool" in variant for variant in variants):
            yield f"exercise {name} has {len(variants)} variants in smtplab/course/variants/{number}.toml, and not two"


def _lesson_data(folder: str, number: str) -> dict[str, Any]:
    return data(f"course/{folder}/{number}") if (PACKAGE / f"course/{folder}/{number}.toml").exists() else {}


def lessons() -> Iterator[str]:
    """Return what is left to do of the lessons: each has its exercises, and is built in every language."""
    for source in sorted((TOP / "notebooks/source").glob("*.md")):
        number = source.stem[:2]
        if not exercises(number):
            yield f"notebooks/source/{source.name} has no exercises: smtplab/course/exercises/{number}.toml"
        if number not in data("course/lessons"):
            yield f"notebooks/source/{source.name} has no title in smtplab/course/lessons.toml"
        for lang in LANGUAGES:
            if not (TOP / f"notebooks/{lang}/{source.stem}.ipynb").exists():
                yield f"notebooks/{lang}/{source.stem}.ipynb is not built: run python notebooks/build.py"


def help_topics() -> Iterator[str]:
    """Return what is left to do of the topics of HELP: a syntax that begins with the verb, a use, a true source."""
    methods = inspect.getmembers(LabSMTP, lambda method: hasattr(method, "__smtp_syntax__"))
    verbs = {name.removeprefix("smtp_") for name, _ in methods}
    for verb in sorted(verbs - set(TOPICS)):
        yield f"{HELP}: LabSMTP knows {verb}, and HELP does not"
    for verb in sorted(set(TOPICS) - verbs):
        yield f"{HELP}: {verb} is no command of LabSMTP"
    for verb, topic in TOPICS.items():
        place = f"{HELP}: {verb}"
        if topic.syntax.partition(" ")[0] != verb:
            yield f"{place} has the syntax of {topic.syntax.partition(' ')[0]}"
        if not topic.use:
            yield f"{place} does not say what it is for"
        if "RFC" not in topic.source or false_sections(topic.source):
            yield f"{place} has no true source: {topic.source!r}"
        if not f"{topic.syntax}{topic.use}{topic.source}".isascii():
            yield f"{place} is not ASCII"


def rooms() -> tuple[str, ...]:
    """Return the rooms from the ground up, as tests/test_house.py has them."""
    return tuple(reversed(importlib.import_module("tests.test_house").ROOMS))


def house() -> Iterator[str]:
    """Return what CONTRIBUTING.md's map leaves out: a row for each room, bottom up."""
    mapped = re.findall(r"^\| `smtplab/(\w+)(?:/|\.py)` ", (TOP / "CONTRIBUTING.md").read_text("utf-8"), re.MULTILINE)
    for room in rooms():
        if room not in mapped:
            yield f"CONTRIBUTING.md's map has no row for smtplab/{room}"
    if set(mapped) == set(rooms()) and tuple(mapped) != rooms():
        yield f"CONTRIBUTING.md's map is not in the order of the floors: {', '.join(rooms())}"


STEPS = (sentences, reply_codes, recordings, commands, lesson_exercises, support, lessons, help_topics, house)


if __name__ == "__main__":
    wanted = [check for check in STEPS if check.__name__ in sys.argv] or STEPS
    print(*(step for check in wanted for step in check()), sep="\n")
