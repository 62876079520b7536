"""All personalities: those that are code, and those recorded from real servers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from smtplab.recordings.recording import Recording, names, recording
from smtplab.recordings.replay import RecordedPersonality
from smtplab.server.personality import BUILT_IN, Personality
from smtplab.text.html import table
from smtplab.text.language import DEFAULT, resolve
from smtplab.text.texts import Texts, data, unknown


@dataclass(frozen=True)
class About:
    """Where a personality comes from: its name, software and version, when (ISO date) and how it was obtained.

    What was added to a recording later stands in `obtained` with its own date.
    """

    name: str
    software: str
    version: str
    date: str
    obtained: str


class Personalities(tuple[str, ...]):
    """The names that `lab.personality` takes; `about` tells where each comes from. Prints as a table."""

    __slots__ = ()

    def about(self) -> tuple[About, ...]:
        """Return where each personality comes from."""
        return tuple(map(about, self))

    def __str__(self) -> str:
        width = max(map(len, self))
        rows = self.about()
        return "\n".join(f"{row.name:<{width}}  {row.software}, {row.version}, {row.date}".rstrip(", ") for row in rows)

    def _repr_html_(self) -> str:
        texts = Texts("recordings/personalities")
        head = [texts(key) for key in ("name", "software", "version", "date", "obtained")]
        return table(head, [(row.name, row.software, row.version, row.date, row.obtained) for row in self.about()])


@cache
def personalities() -> Personalities:
    """Return the names of all personalities: those that are code first, then the recordings."""
    return Personalities((*BUILT_IN, *names()))


def about(name: str) -> About:
    """Return where the personality of that name comes from. Raises UnknownName."""
    if name in BUILT_IN:
        texts = Texts("recordings/personalities")
        software, version, obtained = (texts(f"{what}_{name}") for what in ("software", "version", "obtained"))
        return About(name, software, version, "", obtained)
    server = recording(name)
    obtained = "; ".join([server.obtained, *(f"{each.date}: {each.obtained}" for each in server.additions)])
    return About(name, origin(server.software), origin(server.version), server.date, origin(obtained))


def origin(text: str, lang: str | None = None) -> str:
    """Return what a recording says of where it comes from, its words in a language and its code as it stands.

    lang: else the language that is set. Raises UnknownName for another.
    """
    lang = resolve(lang)
    if lang == DEFAULT:
        return text
    words = _words(lang)
    return _phrases().sub(lambda phrase: words[phrase[0]], text)


@cache
def _words(lang: str) -> dict[str, str]:
    return {row["en"]: row[lang] for row in data("recordings/origins").values()}


@cache
def _phrases() -> re.Pattern[str]:
    """Return the pattern of every phrase, the longer ones first."""
    phrases = sorted(_words(DEFAULT), key=len, reverse=True)
    return re.compile("|".join(rf"(?<!\w){re.escape(phrase)}(?!\w)" for phrase in phrases))


def personality(choice: str | Path | Personality) -> Personality:
    """Return the personality of that name, a personality as it is, or that of a recording file of one's own.

    choice: a name, a path that ends in .json, or a Personality.

    Raises UnknownName, listing those that exist; RecordingError for a file that is no recording; OSError.
    """
    if isinstance(choice, Personality):
        return choice
    if str(choice).endswith(".json"):
        own = Recording.read(Path(choice))
        return RecordedPersonality(own.name, own)
    if isinstance(choice, str) and choice in BUILT_IN:
        return BUILT_IN[choice]
    if choice not in names():
        raise unknown("personality", choice, personalities())
    return RecordedPersonality(choice)
