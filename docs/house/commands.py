"""A page for each command, from click: what it does, its usage, and each option as something to link to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from house.words import code, plain, words
from smtplab.cli import cli
from smtplab.text.language import set_language

if TYPE_CHECKING:
    from collections.abc import Iterator


def pages(lang: str) -> dict[str, str]:
    """Return each page's name and its Markdown."""
    set_language(lang)
    say, top = words(lang), click.Context(cli, info_name="smtplab")
    made = {f"reference/commands/{'-'.join(path)}.md": _page(path, context, lang) for path, context in _all(top)}
    listed = "\n".join(name.removeprefix("reference/commands/").removesuffix(".md") for name in made)
    lead = f"# {say('commands')}\n\n{plain(say('commands_lead'))}\n"
    return {"reference/commands/index.md": f"{lead}\n```{{toctree}}\n:maxdepth: 1\n\n{listed}\n```\n", **made}


def _all(context: click.Context) -> Iterator[tuple[tuple[str, ...], click.Context]]:
    yield tuple(context.command_path.split()), context
    if isinstance(context.command, click.Group):
        for name, command in context.command.commands.items():
            yield from _all(click.Context(command, info_name=name, parent=context))


def _page(path: tuple[str, ...], context: click.Context, lang: str) -> str:
    say, command = words(lang), context.command
    usage = command.collect_usage_pieces(context)
    texts = "\n\n".join(plain(paragraph) for paragraph in (command.help or "").split("\n\n"))
    name = " ".join(path)
    parts = [f"({'-'.join(path)})=", f"# {name}\n", texts + "\n", f"## {say('usage')}\n"]
    parts += [code(" ".join([name, *usage])), f"## {say('options')}\n", f"```{{program}} {name}\n```\n"]
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        if parameter.param_type_name == "option" and record:
            parts.append(f"````{{option}} {record[0]}\n\n{plain(record[1])}\n````\n")
    return "\n".join(parts)
