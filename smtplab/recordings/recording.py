r"""A recording: what one real server answered to which command, in which phase of a session.

Its file says what the server was, its greeting, and each distinct answer once, with the commands that got it by phase
(form.py). Nothing is normalized: the octets are the server's. What the same server was asked on a later day stands
under "additions", each with its own date.

>>> exim = recording("exim-4.96")
>>> exim.reply_to(b"HELP MAIL\r\n").octets == exim.reply_to(b"HELP\r\n", "connected").octets
True
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from functools import cache, cached_property
from typing import TYPE_CHECKING

from smtplab.protocol.octets import show_text
from smtplab.recordings import form
from smtplab.recordings.answers import PHASES, Addition, Answers, Limit, RecordedReply
from smtplab.text.texts import listing, octets, unknown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

FOLDER = "recordings/servers"


@dataclass(frozen=True, repr=False)
class Recording:
    """What one server answered.

    name, software, version, date (ISO), obtained (how it was started and asked).
    protocol: "SMTP" or "LMTP".
    greeting: what it said first.
    answers: what was asked on that date; `reply_to` and `lines` know the additions too.
    limits: where it hung up.
    additions: what was asked later.
    """

    name: str
    software: str
    version: str
    date: str
    obtained: str
    greeting: RecordedReply
    answers: Answers
    limits: tuple[Limit, ...] = ()
    protocol: str = "SMTP"
    additions: tuple[Addition, ...] = ()
    note: str = field(default="", compare=False)

    def __repr__(self) -> str:
        return f"<Recording {show_text(self.name)}>"

    @cached_property
    def _by_phase(self) -> Answers:
        by_phase: Answers = {phase: {} for phase in PHASES}
        for answers in (self.answers, *(addition.answers for addition in self.additions)):
            for phase, replies in answers.items():
                for line, reply in replies.items():
                    by_phase[phase].setdefault(line, reply)  # what was recorded first stands
        return by_phase

    def in_phase(self, phase: str) -> Mapping[bytes, RecordedReply]:
        """Return the reply to each command line (with its line end) that was recorded in one of `PHASES`."""
        return self._by_phase[phase]

    def reply_to(self, line: bytes, *phases: str) -> RecordedReply | None:
        """Return the recorded reply to a command line, None where there is none.

        line: with its line end, as it was sent.
        phases: where to look, in this order; after EHLO, then before it, where none is named.
        """
        return next(
            (
                self._by_phase[phase][line]
                for phase in phases or ("greeted", "connected")
                if line in self._by_phase[phase]
            ),
            None,
        )

    def lines(self) -> Iterator[tuple[str, bytes, RecordedReply]]:
        """Return phase, command line and reply of everything that was recorded."""
        for phase, replies in self._by_phase.items():
            yield from ((phase, line, reply) for line, reply in replies.items())

    @classmethod
    def read(cls, path: Path) -> Recording:
        """Read a recording file. Raises RecordingError naming file, line and reason; OSError."""
        return cls.from_text(form.text_in(path), str(path))

    @classmethod
    def from_text(cls, text: str, where: str = "recording") -> Recording:
        """Make a recording of a file's text; `where` names it in errors."""
        return cls(**form.fields_in(text, where))

    def to_text(self) -> str:
        """Return the file's text."""
        return form.text_of({each.name: getattr(self, each.name) for each in fields(self)})


# --- the recordings that come with smtplab


def names() -> tuple[str, ...]:
    """Return the names of the recordings that come with smtplab, in order. No file is opened."""
    return listing(FOLDER, ".json")


@cache
def recording(name: str) -> Recording:
    """Return the recording of that name, read once. Raises UnknownName, listing those there are."""
    return read(name)


def read(name: str) -> Recording:
    """Return the recording of that name, which nothing keeps: for whoever goes through all of them."""
    if name not in names():
        raise unknown("recording", name, names())
    return Recording.from_text(octets(f"{FOLDER}/{name}.json").decode("utf-8"), f"{name}.json")
