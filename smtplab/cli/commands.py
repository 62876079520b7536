"""Commands, options and arguments whose help is told in the reader's language: it stands in help.toml.

A command's help is the text `command_NAME` there; an option's is the text whose key it is given as `help`. Both are
looked up when help is shown, for --lang may stand anywhere on the line.
"""

from __future__ import annotations

import re
from functools import partial
from typing import Any

import click

from smtplab.cli.terminal import say
from smtplab.text.language import DEFAULT, LANGUAGES, spoken
from smtplab.text.sentences import Sentences
from smtplab.text.texts import data

LESSONS, SITE = "smtplab-lessons", "smtplab-site"
"""Where the lessons and the site go unless another directory is named."""

_FILE = "cli/help"
_told = Sentences(_FILE)


def _help(key: str) -> str:
    return _told(key, None, lessons=LESSONS, site=SITE, languages=", ".join(LANGUAGES), default=DEFAULT)


def _in_words(metavar: str) -> str:
    """Return what stands for a value, as "[DIRECTORY]" or "INTEGER RANGE", in the language that is set."""
    words = data(_FILE)

    def word(match: re.Match[str]) -> str:
        row: dict[str, str] = words.get(f"metavar_{match[0].lower().replace(' ', '_')}", {})
        return row.get(spoken(), match[0])

    return re.sub(r"[A-Z]{3,}(?: [A-Z]+)*", word, metavar)


class Option(click.Option):
    """An option. help: the key of its text in help.toml, which `key` keeps."""

    key: str | None = None

    @property
    def help(self) -> str | None:
        """What it is for."""
        return None if self.key is None else _help(self.key)

    @help.setter  # noqa: A003  click's name
    def help(self, key: str | None) -> None:
        self.key = key

    def make_metavar(self, *context: Any, **named: Any) -> str:
        """Return what stands for its value; click hands the context over from 8.2 on."""
        return _in_words(super().make_metavar(*context, **named))


class Argument(click.Argument):
    """An argument, its name in the reader's language."""

    def make_metavar(self, *context: Any, **named: Any) -> str:
        """Return what stands for it."""
        return _in_words(super().make_metavar(*context, **named))


class _Told:
    """What commands and groups have in common."""

    name: str | None

    def __init__(self, name: str | None, **attributes: Any) -> None:
        attributes["params"] = [*(attributes.get("params") or ()), _help_option()]
        super().__init__(name, add_help_option=False, **attributes)  # type: ignore[call-arg]

    @property
    def help(self) -> str:
        """What it does."""
        return _help(f"command_{self.name}")

    @help.setter  # noqa: A003  click's name
    def help(self, docstring: str | None) -> None:
        """Take no notice of the docstring, which is for who reads the code."""

    def collect_usage_pieces(self, context: click.Context) -> list[str]:
        """Return what follows the command's name in its line of usage."""
        return [_in_words(piece) for piece in super().collect_usage_pieces(context)]  # type: ignore[misc]


class Command(_Told, click.Command):  # type: ignore[misc]
    """A command."""


class Group(_Told, click.Group):  # type: ignore[misc]
    """A command with others below it."""


class _Number:
    """A type whose name stands in messages. click says "is not a valid integer range" of a port."""

    key: str

    @property
    def name(self) -> str:
        """What it is, in the language that is set."""
        return _told(self.key)

    @name.setter
    def name(self, name: str) -> None:
        """Keep the name."""


class Port(_Number, click.IntRange):
    """A port to listen on; 0 is any that is free."""

    key = "type_port"

    def __init__(self) -> None:
        super().__init__(0, 65535)


class Seconds(_Number, click.types.FloatParamType):
    """A time."""

    key = "type_seconds"


def _show_help(context: click.Context, _option: click.Parameter, wanted: bool) -> None:
    if wanted and not context.resilient_parsing:
        say(context.get_help())
        context.exit()


def _help_option() -> Option:
    return Option(
        ["-h", "--help"], is_flag=True, expose_value=False, is_eager=True, callback=_show_help, help="option_help"
    )


command = partial(click.command, cls=Command)
group = partial(click.group, cls=Group)
option = partial(click.option, cls=Option)
argument = partial(click.argument, cls=Argument)
