"""Experiments: a few lines to a server, and what to look for in its answers. The data is experiments.toml.

>>> from smtplab.lab.lab import start
>>> with start(carrier="memory") as lab:
...     done = experiment("make-421", lab, lang="en")
>>> done.title, done.transcript[-1].reply.code
('Make the server say 421', 421)
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from smtplab.errors import ConnectionLost
from smtplab.protocol.transcript import Transcript
from smtplab.rfc.codes import cite
from smtplab.text.html import dialogue, paragraphs
from smtplab.text.language import resolve
from smtplab.text.texts import Texts, data, unknown

if TYPE_CHECKING:
    from smtplab.lab.lab import Lab


@dataclass(frozen=True, repr=False)
class Experiment:
    """An experiment in one language, and what was said when it was made.

    name: its name. title: a question or a wish. text: what is done. look: what to look for.
    source: where that is written, or which recording shows it. lesson: the number of the lesson that goes on from here.
    steps: what is done, in order. transcript: what was said, nothing where it was not made.
    """

    name: str
    title: str
    text: str
    look: str
    source: tuple[str, ...]
    lesson: str
    steps: tuple[dict[str, Any], ...]
    lang: str
    transcript: Transcript = field(default_factory=Transcript)

    @property
    def look_for(self) -> str:
        """What to look for, with its source."""
        return Texts("course/experiment", self.lang)("look", look=self.look, source=cite(self.source, self.lang))

    def __repr__(self) -> str:
        return f"<Experiment {self.name}: {len(self.transcript)} exchanges>"

    def __str__(self) -> str:
        return "\n".join([self.title, self.text, "", *map(str, self.transcript), "", self.look_for])

    def _repr_html_(self) -> str:
        said = dialogue(row for exchange in self.transcript for row in exchange.rows())
        return paragraphs(self.title, self.text) + said + paragraphs(self.look_for)


def experiments() -> tuple[str, ...]:
    """Return the names of the experiments."""
    return tuple(data("course/experiments"))


def describe(name: str, lang: str | None = None) -> Experiment:
    """Return an experiment that was not made yet. Raises UnknownName, listing those there are."""
    lang = resolve(lang)
    if name not in experiments():
        raise unknown("experiment", name, experiments(), lang)
    row = data("course/experiments")[name]
    words = {key: row[key][lang] for key in ("title", "text", "look")}
    return Experiment(
        name, **words, source=tuple(row["source"]), lesson=row["lesson"], steps=tuple(row["steps"]), lang=lang
    )


def experiment(name: str, lab: Lab, *, lang: str | None = None) -> Experiment:
    """Make an experiment, and return it with what was said; it begins with a connection of its own.

    lab: its server answers as the experiment's from then on, until `lab.personality` is set again.
    lang: "en" or "es", else the language that is set.
    Raises UnknownName, listing the experiments there are, or for another language; what `Lab.send` raises, but for
    ConnectionLost: a server that hangs up may be what there is to see.
    """
    it = describe(name, lang)
    start = len(lab.transcript)
    with suppress(ConnectionLost):
        for step in it.steps:
            _do(step, lab)
    return Experiment(**{**vars(it), "transcript": lab.transcript[start:]})


def _do(step: dict[str, Any], lab: Lab) -> None:
    if "server" in step:
        lab.personality = step["server"]
        return
    for _ in range(step.get("times", 1)):
        if "octets" in step:
            lab.send_raw(step["octets"].encode())
        elif lab.reading_message and step["send"] != ".":
            lab.send_raw(step["send"].encode() + b"\r\n")
        else:
            lab.send(step["send"])
