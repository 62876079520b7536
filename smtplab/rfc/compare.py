"""Two reply codes side by side: digit by digit, what is the same, what differs, and what pages get wrong.

>>> [digit.same for digit in compare(211, 214).digits]
[True, True, False]
>>> compare(421, 451, "en").different[0]
'Second digit: 421 is x2z Connections; 451 is x5z Mail system.'
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, NamedTuple

from smtplab.rfc.codes import ReplyCode, catalogue, cite, explain, label
from smtplab.text.columns import WIDTH, columns, heading
from smtplab.text.language import spoken


class Row(NamedTuple):
    """One aspect of both codes: its key ("kind", "meaning", …), the key in words, and the two texts."""

    key: str
    label: str
    a: str
    b: str


class Digit(NamedTuple):
    """One digit of both codes, and how it reads in each (RFC 5321 §4.2.1); position goes from 1 to 3."""

    position: int
    a: str
    b: str
    same: bool
    reading_a: str
    reading_b: str


class Difference(NamedTuple):
    """A difference between the codes, in a sentence or two, and where it is written."""

    text: str
    source: tuple[str, ...]


class Correction(NamedTuple):
    """What a common page says about the pair, and what is true.

    verdict: "right", "wrong", "half", "unsupported", "too strong", "risky", "conditional", "misleading" or
        "missing"; shown: the same in the language of the comparison.
    """

    claim: str
    verdict: str
    shown: str
    text: str
    source: tuple[str, ...]


class Link(NamedTuple):
    """Where to read on."""

    text: str
    url: str


@dataclass(frozen=True, repr=False)
class Comparison:
    """Two reply codes side by side, in one language; `compare` makes it.

    a, b: the codes, as `ReplyCode`. rows: aspect by aspect. digits: digit by digit.
    same, different: what the codes share and where they part, found by comparing them.
    differences: the key differences with their sources: those written for the pair, where an RFC contrasts its codes,
        then those found by comparing.
    corrections: claims of a common page, checked (for 211 and 214; else empty).
    learn_more: where to read on. sources: every source cited here, once.
    """

    a: ReplyCode
    b: ReplyCode
    lang: str
    rows: tuple[Row, ...]
    digits: tuple[Digit, ...]
    same: tuple[str, ...]
    different: tuple[str, ...]
    differences: tuple[Difference, ...]
    corrections: tuple[Correction, ...]
    learn_more: tuple[Link, ...]
    sources: tuple[str, ...]

    def __repr__(self) -> str:
        return f"Comparison({self.a.code}, {self.b.code})"

    def _head(self) -> tuple[str, str, str]:
        return label("code", self.lang), f"{self.a.code} {self.a.text}", f"{self.b.code} {self.b.text}"

    def _digit_table(self) -> list[tuple[str, str, str, str, str]]:
        yes, no, finest = (label(key, self.lang) for key in ("yes", "no", "finest"))
        rows = []
        for digit in self.digits:
            reading = finest if digit.position == 3 else _both(digit)  # the third digit
            rows.append((str(digit.position), digit.a, digit.b, yes if digit.same else no, reading))
        return rows

    def _digit_head(self) -> tuple[str, str, str, str, str]:
        words = [label(key, self.lang) for key in ("digit", "same_or_not", "reading")]
        return words[0], str(self.a.code), str(self.b.code), words[1], words[2]

    def _lists(self) -> list[tuple[str, list[str]]]:
        """Return the sections below the tables: a title, and a sentence each."""
        cited = [_cited(d, self.lang) for d in self.differences]
        links = [f"{link.text}: {link.url}" for link in self.learn_more]
        sections = [("same", list(self.same)), ("differences", cited), ("learn_more", links)]
        return [(label(key, self.lang), items) for key, items in sections if items]

    def __str__(self) -> str:
        side = (WIDTH - 15 - 4) // 2
        out = [heading(f"{self.a.code} / {self.b.code}"), ""]
        for name, *cells in (self._head(), *(row[1:] for row in self.rows)):
            out += [*columns([(name, 15), (cells[0], side), (cells[1], side)]), ""]
        out += [heading(label("digits", self.lang))]
        for row in (self._digit_head(), *self._digit_table()):
            out += columns(zip(row, (6, 5, 5, 8, WIDTH - 32), strict=True))
        for title, items in self._lists():
            out += ["", heading(title)]
            for number, item in enumerate(items, 1):
                out += columns([(f"{number:2}.", 3), (item, WIDTH - 5)])
        if self.corrections:
            out += ["", heading(label("corrections", self.lang))]
            for correction in self.corrections:
                out += ["", *columns([(correction.shown, 15), (correction.claim, WIDTH - 17)])]
                out += columns([("", 15), (f"> {_cited(correction, self.lang)}", WIDTH - 17)])
        return "\n".join(out)

    def _repr_html_(self) -> str:
        from html import escape  # only a notebook asks for it

        from smtplab.text.html import as_text, table

        def title(text: str) -> str:
            return f"<h4>{escape(text)}</h4>"

        out = [table(self._head(), (row[1:] for row in self.rows))]
        out += [title(label("digits", self.lang)), table(self._digit_head(), self._digit_table())]
        for name, items in self._lists():
            out += [title(name), "<ol>", *(f"<li>{_linked(escape(item))}</li>" for item in items), "</ol>"]
        if self.corrections:
            words = [label(key, self.lang) for key in ("claim", "verdict", "fact", "source")]
            rows = [(c.claim, c.shown, c.text, cite(c.source, self.lang)) for c in self.corrections]
            out += [title(label("corrections", self.lang)), table(words, rows)]
        return as_text("".join(out))


def compare(a: int | str, b: int | str, lang: str | None = None) -> Comparison:
    """Compare two reply codes: any two that `explain` explains, in either order, or one with itself.

    The digits are read by RFC 5321 §4.2.1. Pairs that an RFC itself contrasts, such as 500 and 502 (RFC 5321 §4.2.4),
    have that difference in words besides. `lang` is "en" or "es"; without it, the one that is set.

    Raises NotACode and UnknownName as `explain` does.

    >>> compare(214, "211")
    Comparison(214, 211)
    >>> compare(214, 211).differences[0].source
    ('RFC 5321 §4.3.2',)
    >>> compare(502, 500, "en").differences[0].source
    ('RFC 5321 §4.2.4',)
    >>> compare(250, 250).different
    ()
    """
    left, right = explain(a, lang), explain(b, lang)
    lang = left.lang
    page = _written(left.code, right.code, lang)
    same, contrasts = _contrast(left, right)
    written = [(Difference(d[lang], tuple(d["source"])), d.get("alike", False)) for d in page.get("difference", ())]
    alike = [sentence for sentence, is_alike in written if is_alike]
    differences = (*(sentence for sentence, is_alike in written if not is_alike), *contrasts)
    corrections = tuple(
        Correction(
            claim=c["claim"][lang],
            verdict=c["verdict"],
            shown=catalogue(lang)["verdict"][c["verdict"]][lang],
            text=c[lang],
            source=tuple(c["source"]),
        )
        for c in page.get("correction", ())
    )
    cited = [left.source, right.source, *(d.source for d in (*alike, *differences)), *(c.source for c in corrections)]
    return Comparison(
        a=left,
        b=right,
        lang=lang,
        rows=_rows(left, right),
        digits=_digits(left, right),
        same=(*(_cited(sentence, lang) for sentence in alike), *same),
        different=tuple(d.text for d in contrasts),
        differences=differences,
        corrections=corrections,
        learn_more=_learn_more(left, right, page),
        sources=tuple(dict.fromkeys(source for group in cited for source in group)),
    )


def written() -> tuple[tuple[int, int], ...]:
    """Return the pairs of codes that have a difference written for them, the smaller code first.

    >>> (211, 214) in written()
    True
    """
    return tuple((int(name[:3]), int(name[4:])) for name in catalogue(spoken())["compare"])


def _written(a: int, b: int, lang: str) -> dict[str, Any]:
    """Return what codes.toml has on a pair of codes, in either order, in one language."""
    page: dict[str, Any] = catalogue(lang)["compare"].get(f"{min(a, b)}-{max(a, b)}", {})
    return page


def _rows(a: ReplyCode, b: ReplyCode) -> tuple[Row, ...]:
    rows = [
        ("both", f"{_name(a.severity)}, {_name(a.category)}", f"{_name(b.severity)}, {_name(b.category)}"),
        ("kind", catalogue(a.lang)["kind"][a.kind][a.lang], catalogue(b.lang)["kind"][b.kind][b.lang]),
        ("commands", a.answers, b.answers),
        ("meaning", a.meaning, b.meaning),
        ("when", a.when, b.when),
        ("fix", a.fix, b.fix),
        ("use", a.use, b.use),
        ("source", cite(a.source, a.lang), cite(b.source, b.lang)),
    ]
    return tuple(Row("category" if key == "both" else key, label(key, a.lang), *cells) for key, *cells in rows)


def _digits(a: ReplyCode, b: ReplyCode) -> tuple[Digit, ...]:
    readings = [(a.severity, b.severity), (a.category, b.category), (a.text, b.text)]
    pairs = zip(str(a.code), str(b.code), readings, strict=True)
    return tuple(Digit(i, x, y, x == y, *reading) for i, (x, y, reading) in enumerate(pairs, 1))


def _contrast(a: ReplyCode, b: ReplyCode) -> tuple[tuple[str, ...], tuple[Difference, ...]]:
    """Return what two codes share, and where they part; one code with itself only shares."""
    lang, theory = a.lang, ("RFC 5321 §4.2.1",)
    kinds = catalogue(lang)["kind"]

    def sentence(key: str, **values: object) -> str:
        text: str = catalogue(lang)["pair"][key][lang].format(a=a.code, b=b.code, **values)
        return text

    if a.code == b.code:
        return (sentence("one_code"),), ()
    same: list[str] = []
    differences: list[Difference] = []
    first, second, _ = _digits(a, b)
    if first.same:
        same += [sentence("same_severity", reading=a.severity), sentence("same_action")]
    else:
        differences.append(
            Difference(sentence("severity", a_value=_name(a.severity), b_value=_name(b.severity)), theory)
        )
    if second.same:
        same.append(sentence("same_category", reading=a.category))
    else:
        differences.append(
            Difference(sentence("category", a_value=_name(a.category), b_value=_name(b.category)), theory)
        )
    if first.same and second.same:
        differences.append(Difference(sentence("third"), theory))
    aspects = [
        ("kind", kinds[a.kind][lang], kinds[b.kind][lang], {"kind": kinds[a.kind][lang]}),
        ("commands", a.answers, b.answers, {"commands": a.answers}),
        ("text", a.text, b.text, {"text": a.text}),
    ]
    cited = tuple(dict.fromkeys((*a.source, *b.source)))
    for key, left, right, value in aspects:
        if left != right:
            differences.append(Difference(sentence(key, a_value=left, b_value=right), cited))
        elif a.commands or key != "commands":
            same.append(sentence(f"same_{key}", **value))
    return tuple(same), tuple(differences)


def _learn_more(a: ReplyCode, b: ReplyCode, page: dict[str, Any]) -> tuple[Link, ...]:
    links = [Link(entry[a.lang], entry["url"]) for entry in page.get("learn_more", ())]
    known = {link.url for link in links}
    for source in dict.fromkeys((*a.source, *b.source)):
        number, _, section = source.removeprefix("RFC ").partition(" §")
        url = f"https://www.rfc-editor.org/rfc/rfc{number}" + (f"#section-{section}" if section else "")
        if url not in known:
            links.append(Link(source, url))
    return tuple(links)


def _name(reading: str) -> str:
    return reading.partition(":")[0]


def _both(digit: Digit) -> str:
    if digit.reading_a == digit.reading_b:
        return digit.reading_a
    return f"{_name(digit.reading_a)} / {_name(digit.reading_b)}"


def _cited(item: Difference | Correction, lang: str) -> str:
    return f"{item.text} [{cite(item.source, lang)}]" if item.source else item.text


def _linked(escaped: str) -> str:
    """Return escaped text with its addresses as links."""
    return re.sub(r"https://\S+", lambda match: f'<a href="{match[0]}">{match[0]}</a>', escaped)
