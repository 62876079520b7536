"""The pages that need no script: one for each reply code, one for each pair that is worth comparing, and their list."""

from __future__ import annotations

import json
import re
import tomllib
from functools import cache
from html import escape
from itertools import combinations
from typing import TYPE_CHECKING

from smtplab.course.lessons import lessons
from smtplab.protocol.octets import show_octets
from smtplab.recordings.recording import names
from smtplab.recordings.survey import COMMANDS, survey
from smtplab.rfc.codes import cite, codes, explain
from smtplab.rfc.compare import compare, written
from smtplab.rfc.rules import rules
from smtplab.site.evidence import GREETING, evidence
from smtplab.text.language import DEFAULT, LANGUAGES, NAMES
from smtplab.widgets.kinds import kinds_view

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from smtplab.rfc.compare import Comparison

_SHOWN = 10
"""How many commands a page lists, and how many servers it names for each."""
_LINES = 12
"""How many lines of a reply are shown."""


def add_reference(site: Path, source: Path) -> None:
    """Write the pages into a built site. source: deploy/lite/page, with their words in reference.toml."""
    words = tomllib.loads((source / "reference.toml").read_text("utf-8"))
    for lang in LANGUAGES:
        pages = Pages(lang, {key: row[lang] for key, row in words.items()})
        for path, html in pages.all().items():
            target = site / pages.home / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(html, "utf-8")


@cache
def pairs() -> tuple[tuple[int, int], ...]:
    """Return the pairs of codes that have a page, the smaller code first.

    They are the pairs of all codes that HELP may get by an RFC or got from a recorded server, and those with a
    difference written for them, because an RFC contrasts the two or they are taken for each other.
    """
    recorded = {int(code) for row in survey().rows() for code in row[1 : 1 + len(_HELP)] if code != "-"}
    listed = {code for code in codes() if {"HELP", "any"} & set(explain(code).commands)}
    return tuple(sorted({*combinations(sorted(recorded | listed), 2), *written()}))


_HELP = [command for command in COMMANDS if command.startswith("HELP")]


class Pages:
    """The pages of one language. home: their folder in the site, from its top."""

    def __init__(self, lang: str, words: dict[str, str]) -> None:
        self._lang = lang
        self._words = words
        self.home = "" if lang == DEFAULT else f"{lang}/"
        self._top = "../" if lang == DEFAULT else "../../"

    def all(self) -> dict[str, str]:
        """Return the path of each page, from its language's home, and its HTML."""
        return {
            "codes/index.html": self._index(),
            **{f"codes/{code}.html": self._code(code) for code in codes()},
            **{f"compare/{a}-{b}.html": self._pair(compare(a, b, self._lang)) for a, b in pairs()},
        }

    def _say(self, key: str, **fields: object) -> str:
        return escape(self._words[key].format(**fields))

    # --- the three kinds of page

    def _index(self) -> str:
        rows = [(_link(f"{code}.html", str(code)), escape(explain(code, self._lang).text)) for code in codes()]
        links = [_link(f"../compare/{a}-{b}.html", self._words["versus"].format(a=a, b=b)) for a, b in pairs()]
        body = [
            _table(("code", "means"), rows, self._words),
            f"<h2>{self._say('comparisons')}</h2>",
            f'<p class="many">{" ".join(links)}</p>',
        ]
        return self._page("codes/index.html", self._words["index_title"], self._words["index_lead"], "", body)

    def _code(self, number: int) -> str:
        code = explain(number, self._lang)
        title = self._words["code_title"].format(code=number, text=code.text)
        rows = [(escape(name), _cited(text)) for name, text in code.rows() if text != code.meaning]
        related = [
            _link(f"../compare/{a}-{b}.html", self._words["versus"].format(a=a, b=b))
            for a, b in pairs()
            if number in (a, b)
        ]
        body = [
            _table((), rows, self._words),
            *self._servers(number),
            *self._rules(number),
            *([f"<h2>{self._say('comparisons')}</h2>", f'<p class="many">{" ".join(related)}</p>'] if related else []),
        ]
        return self._page(f"codes/{number}.html", title, code.meaning, f"code={number}", body, number)

    def _pair(self, it: Comparison) -> str:
        a, b, lang = it.a.code, it.b.code, self._lang
        title = self._words["pair_title"].format(a=a, b=b)
        lead = f"{a}: {it.a.text}. {b}: {it.b.text}."
        digits = [
            (
                f"{self._say('digit')} {digit.position}",
                f"{digit.a}: {escape(digit.reading_a)}",
                f"{digit.b}: {escape(digit.reading_b)}",
            )
            for digit in it.digits
        ]
        rows = [(escape(row.label), _cited(row.a), _cited(row.b)) for row in it.rows]
        links = tuple(_link(f"../codes/{code}.html", str(code)) for code in (a, b))
        differences = [f"{escape(each.text)} {_cited(f'[{cite(each.source, lang)}]')}" for each in it.differences]
        claims = [
            f"<q>{escape(each.claim)}</q> <strong>{escape(each.shown)}.</strong> {escape(each.text)} "
            f"{_cited(f'[{cite(each.source, lang)}]') if each.source else ''}"
            for each in it.corrections
        ]
        body = [
            *self._list("differs", differences),
            *self._list("same", [escape(text) for text in it.same]),
            f"<h2>{self._say('side')}</h2>",
            _wide(["<td></td>", *(f'<th scope="col">{link}</th>' for link in links)], [*digits, *rows]),
            *self._list("claims", claims),
            *self._both(a, b),
            *self._rules(a, b),
        ]
        return self._page(f"compare/{a}-{b}.html", title, lead, f"compare={a}-{b}", body, a, b)

    # --- their sections

    def _list(self, key: str, items: Sequence[str]) -> list[str]:
        if not items:
            return []
        return [f"<h2>{self._say(key)}</h2>", "<ul>", *(f"<li>{item}</li>" for item in items), "</ul>"]

    def _servers(self, code: int) -> list[str]:
        """Return what the recorded servers do with a code."""
        head = [f"<h2>{self._say('servers')}</h2>"]
        known = evidence().get(code)
        if known is None:
            return [*head, f"<p>{self._say('nobody', all=len(names()), code=code)}</p>"]
        name, command, reply = known.example
        shown = [show_octets(line) for line in reply.raw.removesuffix(b"\n").removesuffix(b"\r").split(b"\r\n")]
        more = [self._words["more_lines"].format(number=len(shown) - _LINES)] if len(shown) > _LINES else []
        parts = [
            (escape(p["name"]), f"<code>{escape(p['text'])}</code>", _cited(p["explained"]))
            for p in kinds_view(reply, self._lang)
        ]
        rows = [
            (self._command(line), str(len(who)), self._named(who))
            for line, who in list(known.commands.items())[:_SHOWN]
        ]
        rest = len(known.commands) - _SHOWN
        return [
            *head,
            f"<p>{self._say('some', number=len(known.servers), all=len(names()), code=code)}</p>",
            _table(("command", "number", "who"), rows, self._words),
            *([f"<p>{self._say('more_commands', number=rest)}</p>"] if rest > 0 else []),
            f"<h3>{self._say('example', server=name)} {self._command(command)}</h3>",
            f"<pre>{escape(chr(10).join([*shown[:_LINES], *more]))}</pre>",
            _table(("part", "octets", "what"), parts, self._words),
        ]

    def _both(self, a: int, b: int) -> list[str]:
        """Return which commands got the one code and which the other, from how many servers."""
        known = [evidence()[code].commands if code in evidence() else {} for code in (a, b)]
        both = sorted({*known[0], *known[1]}, key=lambda line: -sum(len(each.get(line, ())) for each in known))[:_SHOWN]
        head = [f"<h2>{self._say('servers')}</h2>"]
        if not both:
            return [*head, f"<p>{self._say('neither', all=len(names()), a=a, b=b)}</p>"]
        rows = [
            (self._command(line), *(self._named(each.get(line, ()), counted=True) for each in known)) for line in both
        ]
        heads = [f'<th scope="col">{self._say("command")}</th>', *(f'<th scope="col">{code}</th>' for code in (a, b))]
        return [*head, f"<p>{self._say('both', all=len(names()))}</p>", _wide(heads, rows)]

    def _rules(self, *numbers: int) -> list[str]:
        """Return the rules of which a code is the subject, those by which smtplab judges what a server says."""
        about = re.compile(rf"\b(?:{'|'.join(map(str, numbers))})\b")
        kept = [rule for rule in rules(self._lang) if about.search(rule.text)]
        return self._list("rules", [f"{escape(rule.text)} {_cited(f'({rule.level}, {rule.source})')}" for rule in kept])

    def _command(self, line: str) -> str:
        return self._say("greeting") if line == GREETING else f"<code>{escape(line)}</code>"

    def _named(self, who: Sequence[str], *, counted: bool = False) -> str:
        if not who:
            return "0"
        shown = ", ".join(map(escape, who[:_SHOWN]))
        rest = f" {self._say('and_more', number=len(who) - _SHOWN)}" if len(who) > _SHOWN else ""
        return f"{len(who)}: {shown}{rest}" if counted else f"{shown}{rest}"

    # --- the page around them

    def _page(self, path: str, title: str, lead: str, address: str, body: Iterable[str], *numbers: int) -> str:
        top, home = self._top, f"{self._top}{self.home}index.html"
        others = [(code, f"{top}{'' if code == DEFAULT else f'{code}/'}{path}") for code in LANGUAGES]
        lesson, name = _lesson(self._lang, numbers)
        alternates = "".join(f'<link rel="alternate" hreflang="{code}" href="{href}">\n' for code, href in others)
        languages = " ".join(
            f'<a href="{href}" lang="{code}" hreflang="{code}">{NAMES[code]}</a>'
            for code, href in others
            if code != self._lang
        )
        try_it = f"{home}#{address}" if address else home
        return f"""<!doctype html>
<html lang="{self._lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'self'; img-src 'self'">
<title>{escape(title)}</title>
<meta name="description" content="{escape(lead)}">
<link rel="icon" href="{top}static/favicons/favicon.ico">
{alternates}<link rel="stylesheet" href="{top}page/page.css">
<link rel="stylesheet" href="{top}page/reference.css">
</head>
<body>
<header>
  <a class="skip" href="#main">{self._say("skip")}</a>
  <a class="brand" href="{home}">smtplab</a>
  <nav aria-label="{self._say("nav")}">
    <a href="{top}{self.home}codes/index.html">{self._say("all_codes")}</a> {languages}
  </nav>
</header>
<main id="main">
<h1>{escape(title)}</h1>
<p class="lead">{escape(lead)}</p>
<p class="start"><a class="primary" href="{try_it}">{self._say("try_it")}</a>
<a href="{top}lab/index.html?path={self._lang}/{lesson}">{self._say("lesson", name=name)}</a></p>
{chr(10).join(body)}
</main>
<footer><p>{self._say("footer", all=len(names()))}</p></footer>
</body>
</html>
"""


def _link(href: str, text: str) -> str:
    return f'<a href="{href}">{escape(text)}</a>'


def _cited(text: str) -> str:
    """Return text escaped, each section of an RFC in it a link to that section."""
    rfc = ""

    def linked(match: re.Match[str]) -> str:
        nonlocal rfc
        rfc = match["rfc"] or rfc
        if not rfc:
            return match[0]
        place = f"#section-{match['section']}" if match["section"] else ""
        return f'<a href="https://www.rfc-editor.org/rfc/rfc{rfc}{place}" rel="external noreferrer">{match[0]}</a>'

    return re.sub(r"RFC (?P<rfc>\d+)(?: §(?P<section>\d+(?:\.\d+)*))?|§(?P<more>\d+(?:\.\d+)*)", linked, escape(text))


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]], words: dict[str, str]) -> str:
    return _wide([f'<th scope="col">{escape(words[f"head_{head}"])}</th>' for head in heads], rows)


def _wide(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table of HTML cells, which scrolls where it is too wide; the first cell of a row is its header."""
    head = f"<thead><tr>{''.join(heads)}</tr></thead>" if heads else ""
    lines = "".join(
        f'<tr><th scope="row">{first}</th>{"".join(f"<td>{cell}</td>" for cell in rest)}</tr>\n'
        for first, *rest in rows
    )
    return f'<div class="scroll" tabindex="0"><table>{head}<tbody>\n{lines}</tbody></table></div>'


def _lesson(lang: str, numbers: Sequence[int]) -> tuple[str, str]:
    """Return the file and the title of the lesson that names these codes most often; the first one where none does."""
    counted = [(sum(text.count(str(number)) for number in numbers), file, title) for file, title, text in _texts(lang)]
    _, file, title = max(counted, key=lambda row: row[0])
    return file, title


@cache
def _texts(lang: str) -> tuple[tuple[str, str, str], ...]:
    """Return file, title and words of each lesson."""
    found = []
    for lesson in lessons(lang):
        cells = ["".join(cell["source"]) for cell in json.loads(lesson.read_text("utf-8"))["cells"]]
        title = re.search(r"^# (.+)$", cells[0], re.MULTILINE)
        found.append((lesson.name, title[1] if title else lesson.name, "\n".join(cells)))
    return tuple(found)
