"""Reply codes explained: what one means, when you see it, what to do, and where that is written.

The knowledge is codes.toml, in English and Spanish; it is read at the first question, once. The grammar
of a code is in RFC 5321 §4.2; how its digits read, in §4.2.1.

>>> explain(214)
ReplyCode(214, 'Help message')
>>> explain("214", lang="es").fix.split(".")[0]
'Nada que arreglar'
"""

from __future__ import annotations

import reprlib
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from smtplab.errors import NotACode
from smtplab.text.columns import field, heading
from smtplab.text.language import resolve, spoken
from smtplab.text.sentences import Sentences
from smtplab.text.texts import told, unknown

if TYPE_CHECKING:
    from collections.abc import Iterable

_say = Sentences("rfc/errors")

KINDS = ("standard", "extension", "industry", "folklore")
"""The kinds of the codes listed; a code that is not listed is "unlisted"."""


@dataclass(frozen=True, repr=False)
class ReplyCode:
    """One reply code, explained in one language; `explain` makes it.

    code: the three digits as a number.
    kind: one of `KINDS`, or "unlisted".
    text: its short text.
    meaning, when, fix, use: what it means, when you see it, what to do about it as someone who uses a mail
        client, and when a server should send it.
    commands: what it may answer: command names, "greeting", or "any"; empty where no RFC names any.
    source: where that is said, as "RFC 5321 §4.2.3".
    lang: "en" or "es".
    second_hand: an RFC among the sources was not read itself; it stands there without a section.
    origin: where a folklore code comes from.
    """

    code: int
    kind: str
    text: str
    meaning: str
    when: str
    fix: str
    use: str
    commands: tuple[str, ...]
    source: tuple[str, ...]
    lang: str
    second_hand: bool = False
    origin: tuple[str, ...] = ()

    @property
    def severity(self) -> str:
        """The reading of the first digit (RFC 5321 §4.2.1), as "2yz Positive Completion: …"."""
        return _severity(self.code, self.lang)

    @property
    def category(self) -> str:
        """The reading of the second digit (RFC 5321 §4.2.1), as "x1z Information: …"."""
        return _category(self.code, self.lang)

    @property
    def answers(self) -> str:
        """The commands in words, as "RCPT, VRFY" or "any command"."""
        names = [label(name, self.lang) if name.islower() else name for name in self.commands]
        return ", ".join(names) or label("none", self.lang)

    def rows(self) -> tuple[tuple[str, str], ...]:
        """Return the page as rows of a label and a text, in the language of this value."""
        lang = self.lang
        source = cite(self.source, lang) + (f" ({label('second_hand', lang)})" if self.second_hand else "")
        rows = [
            ("kind", _sentence("kind", self.kind, lang)),
            ("severity", self.severity),
            ("category", self.category),
            ("commands", self.answers),
            ("meaning", self.meaning),
            ("when", self.when),
            ("fix", self.fix),
            ("use", self.use),
            ("source", source),
        ]
        if self.origin:
            rows.append(("origin", cite(self.origin, lang)))
        return tuple((label(key, lang), text) for key, text in rows)

    def __repr__(self) -> str:
        return f"ReplyCode({self.code}, {self.text!r})"

    def __str__(self) -> str:
        return "\n".join([heading(f"{self.code} {self.text}"), *(field(*row) for row in self.rows())])

    def _repr_html_(self) -> str:
        from smtplab.text.html import table  # only a notebook asks for it

        return table((str(self.code), self.text), self.rows())


def explain(code: int | str, lang: str | None = None) -> ReplyCode:
    """Explain a reply code, given as a number or as its three digits.

    A code that is listed is explained from the list; the folklore codes, which SMTP does not have, are explained as
    such. Any other is read by its first digit, as RFC 5321 §4.2 has a client do: kind "unlisted". A second digit
    that the grammar does not allow (6 to 9) changes nothing in this, and is named. `lang` is "en" or "es"; without
    it, the one that is set.

    Raises NotACode for what has no reading: not three digits, or a first digit other than 2 to 5 in a code that is
    not listed (RFC 5321 §4.2); UnknownName for another language.

    >>> explain(421).commands
    ('any',)
    >>> explain(259)
    ReplyCode(259, '(not listed)')
    >>> explain(200).kind
    'folklore'
    >>> explain(571, "en").category
    'x7z without a reading: the grammar goes from 0 to 5.'
    >>> explain(600)
    Traceback (most recent call last):
    ...
    smtplab.errors.NotACode: 600 is not a reply code: its first digit is not 2, 3, 4 or 5 (RFC 5321 §4.2)
    """
    lang = resolve(lang)
    number = _number(code, lang)
    entry = catalogue(lang).get(str(number))
    if entry is None:
        return _unlisted(number, lang)
    return ReplyCode(
        code=number,
        kind=entry["kind"],
        **{key: entry[key][lang] for key in ("text", "meaning", "when", "fix", "use")},
        commands=tuple(entry["commands"]),
        source=tuple(entry["source"]),
        lang=lang,
        second_hand=entry.get("second_hand", False),
        origin=tuple(entry.get("origin", ())),
    )


def codes(kind: str | None = None) -> tuple[int, ...]:
    """Return the codes that are listed, in order: all of them, or those of one kind.

    Kinds: "standard" (RFC 5321 §4.2.3), "extension" (another RFC), "industry" (in the table of RFC 5248 §2.4
    only), "folklore" (not SMTP). Raises UnknownName for any other.

    >>> codes("standard")[:3]
    (211, 214, 220)
    >>> 200 in codes("folklore")
    True
    """
    if kind is not None and kind not in KINDS:
        raise unknown("kind of code", kind, KINDS)
    return tuple(number for number, of_kind in _listed() if kind in (None, of_kind))


@cache
def _listed() -> tuple[tuple[int, str], ...]:
    """Return each listed code and its kind, in order."""
    rows = catalogue(spoken()).items()  # in whichever language: it is read already
    return tuple(sorted((int(name), entry["kind"]) for name, entry in rows if name.isdigit()))


def catalogue(lang: str) -> dict[str, Any]:
    """Return codes.toml with its texts in one language, read once. It is shared: do not change it."""
    return told("rfc/codes", lang)


def label(key: str, lang: str) -> str:
    """Return a word of the printed tables.

    >>> label("when", "es")
    'Cuándo lo verás'
    """
    return _sentence("label", key, lang)


def cite(sources: Iterable[str], lang: str) -> str:
    """Return sources as one short text, what belongs together named once.

    >>> cite(["RFC 5321 §4.2", "RFC 5321 §4.3.2", "recorded: exim"], "es")
    'RFC 5321 §4.2, §4.3.2; grabado: exim'
    """
    named = {"recorded": label("recorded", lang), "source code": label("source_code", lang)}
    groups: dict[str, list[str]] = {}
    for source in sources:
        head, mark, tail = source.partition(" §" if source.startswith("RFC ") else ": ")
        shown = f"{named[head]}:" if head in named else head
        groups.setdefault(shown, []).append(mark.strip(": ") + tail)
    return "; ".join(f"{head} {', '.join(filter(None, tails))}".rstrip() for head, tails in groups.items())


def _sentence(table: str, key: str, lang: str) -> str:
    text: str = catalogue(lang)[table][key][lang]
    return text


def _number(code: object, lang: str) -> int:
    """Return a code as a number; raise NotACode, which says why, where it has no reading (RFC 5321 §4.2)."""
    if isinstance(code, bool) or not isinstance(code, int | str):
        raise NotACode(_say("code_type", lang, code=reprlib.repr(code), kind=type(code).__name__))
    if isinstance(code, int):
        shown = repr(int(code)) if abs(code) < 10**9 else _say("that_number", lang)
        digits = str(int(code)) if abs(code) < 10**9 else ""
    else:
        shown, digits = reprlib.repr(code), code
    if not (len(digits) == 3 and digits.isascii() and digits.isdigit()):  # three digits
        hint = f", {_say('enhanced', lang)}" if digits.count(".") == 2 else ""
        raise NotACode(_say("three_digits", lang, code=shown) + hint)
    if digits[0] not in "2345" and digits not in catalogue(lang):
        raise NotACode(_say("first_digit", lang, code=shown))
    return int(digits)


def _unlisted(code: int, lang: str) -> ReplyCode:
    """Explain a code that is not listed: by its digits (RFC 5321 §4.2, §4.3.2)."""
    words = catalogue(lang)["unlisted"]
    first, second, _ = tuple(str(code))
    severity = catalogue(lang)["severity"][first]
    meaning = words["meaning" if second in catalogue(lang)["category"] else "outside"][lang]
    meaning = meaning.format(code=code, digit=second, reading=severity["reading"][lang])
    return ReplyCode(
        code=code,
        kind="unlisted",
        text=words["text"][lang],
        meaning=meaning,
        when=words["when"][lang],
        fix=severity["action"][lang],
        use=words["use"][lang],
        commands=(),
        source=tuple(words["source"]),
        lang=lang,
    )


def _severity(code: int, lang: str) -> str:
    first = str(code)[0]
    entry = catalogue(lang)["severity"].get(first)
    if entry is None:
        text: str = catalogue(lang)["unlisted"]["severity"][lang].format(digit=first)
        return text
    return f"{entry['name'][lang]}: {entry['reading'][lang]}"


def _category(code: int, lang: str) -> str:
    first, second, _ = tuple(str(code))
    words = catalogue(lang)["unlisted"]
    if first not in catalogue(lang)["severity"]:
        return str(words["no_category"][lang].format(digit=second))
    entry = catalogue(lang)["category"].get(second)
    if entry is None:
        return str(words["category"][lang].format(digit=second))
    return f"{entry['name'][lang]}: {entry['reading'][lang]}"
