"""What was recorded, as values: a reply to each command line by phase, and the limits at which a server hung up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

PHASES = ("connected", "greeted", "mail", "rcpt", "data")
"""Where a session is: before EHLO, after it, after MAIL, after RCPT, inside DATA."""

COUNTS = ("unknown", "errors", "errors in a row", "refusals", "nonmail", "NOOP", "HELP")
"""What a limit may count: replies like the one to an unknown command; replies that are 5yz, or these without another
between them; replies that are 4yz or 5yz; commands that move no mail along (anything but a first EHLO, MAIL, RCPT,
DATA, QUIT and what is unknown); or one verb."""


@dataclass(frozen=True, slots=True)
class RecordedReply:
    """One reply: its octets (none: silence), and whether the server then hung up."""

    octets: bytes
    hangs_up: bool = False


@dataclass(frozen=True)
class Limit:
    """After `most` of what is counted, the next one gets `octets` and the server hangs up."""

    counts: str
    most: int
    octets: bytes


Answers: TypeAlias = "dict[str, dict[bytes, RecordedReply]]"
"""Phase → command line, as sent → reply."""


@dataclass(frozen=True)
class Addition:
    """What the same server was asked later: when (ISO date), how it was started and asked, and its answers."""

    date: str
    obtained: str
    answers: Answers
