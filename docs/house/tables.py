"""The reference's pages that are tables of the package: rules, reply codes, and the recorded servers."""

from __future__ import annotations

from house.words import code, plain, slug, table, words
from smtplab.protocol.octets import show_octets
from smtplab.recordings.personalities import about
from smtplab.recordings.recording import names, recording
from smtplab.rfc.codes import codes, explain
from smtplab.rfc.rules import rules

_LINES = 12
"""How many lines of a reply are shown."""
_TO_EDITION = "../.."
"""From a page of the reference to the browser edition's top."""


def pages(lang: str) -> dict[str, str]:
    """Return each page's name and its Markdown."""
    return {
        "reference/rules.md": _rules(lang),
        "reference/codes.md": _codes(lang),
        "reference/servers.md": _servers(lang),
    }


def _rules(lang: str) -> str:
    say = words(lang)
    parts = [f"# {say('rules')}\n", plain(say("rules_lead")) + "\n"]
    for rule in rules(lang):
        rows = [(say("level"), rule.level), (say("source"), plain(rule.source))]
        parts += [f"({_anchor('rule', rule.id)})=", f"## `{rule.id}`\n", plain(rule.text) + "\n", table(rows)]
    return "\n".join(parts)


def _codes(lang: str) -> str:
    say = words(lang)
    parts = [f"# {say('codes')}\n", plain(say("codes_lead")) + "\n"]
    top = _TO_EDITION if lang == "en" else f"{_TO_EDITION}/../{lang}"
    for number in codes():
        it = explain(number, lang)
        page = f'<a href="{top}/codes/{number}.html">{say("code_page", code=number)}</a>'
        rows = [(label, plain(text)) for label, text in it.rows()]
        parts += [f"({_anchor('code', number)})=", f"## {number} {plain(it.text)}\n", table(rows), f"{page}\n"]
    return "\n".join(parts)


def _servers(lang: str) -> str:
    say = words(lang)
    page = "[](../explanation/recordings.md)"
    parts = [f"# {say('servers')}\n", plain(say("servers_lead", page="@")).replace("@", page) + "\n"]
    for name in names():
        it, server = about(name), recording(name)
        rows = [
            ("software", it.software), ("version", it.version), ("protocol", server.protocol), ("date", it.date),
            ("obtained", it.obtained),
        ]  # fmt: skip
        shown = table((say(key), plain(text)) for key, text in rows if text)
        parts += [f"({_anchor('server', name)})=", f"## {name}\n", shown, f"{say('answer')}:\n", _help(name, lang)]
    return "\n".join(parts)


def _help(name: str, lang: str) -> str:
    reply = recording(name).reply_to(b"HELP\r\n")
    if reply is None or not reply.octets:
        return words(lang)("no_help") + "\n"
    lines = [show_octets(line) for line in reply.octets.removesuffix(b"\r\n").split(b"\r\n")]
    rest = len(lines) - _LINES
    more = [f"… {words(lang)('more', number=rest)}"] if rest > 0 else []
    return code("\n".join([*lines[:_LINES], *more]))


def _anchor(kind: str, name: object) -> str:
    return f"{kind}-{slug(str(name))}"
