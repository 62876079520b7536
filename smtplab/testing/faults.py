r"""What clients meet and seldom test for, as values: give several to one lab and all of them hold.

A fault looks at a moment of a session and says what it changes there; it keeps nothing, so one value may serve many
labs. `Delay(0.1) + Cut(at="RCPT")` is a fault too.

>>> once = TryLater("RCPT", times=1)
>>> once.instead(Moment("RCPT", 3, 1)).octets
b'451 Requested action aborted: local error in processing\r\n'
>>> once.instead(Moment("RCPT", 3, 2)) is None
True
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from smtplab.server.personality import HANG_UP, Answer, AnswerLike, answer_of

if TYPE_CHECKING:
    from collections.abc import Iterable

GREETING, END_OF_TEXT = "greeting", "."
"""The moments that are no command: the server speaks first; the line with one dot, which ends message text."""


@dataclass(frozen=True)
class Moment:
    """Where a session stands when the server is about to reply.

    name: the command's verb in capitals, or "greeting", or "." where message text has ended.
    number: which command of the session it is, from 1; the greeting is 0, and the end of the text counts with its DATA.
    time: how often this moment has come at this lab, in all its sessions, from 1.
    """

    name: str
    number: int
    time: int


@dataclass(frozen=True)
class Delivery:
    """How a reply's octets go out.

    wait: seconds before the first. octets: how many go out before the server hangs up; None for all, -1 for half of
    them. pause: seconds between one octet and the next, each in a segment of its own; None for all in one.
    """

    wait: float = 0.0
    octets: int | None = None
    pause: float | None = None


PLAIN = Delivery()


@dataclass(frozen=True, kw_only=True)
class Fault:
    """Something that goes wrong.

    at: the moment, a verb such as "RCPT", "greeting" or "." (the message text has ended); None is every one.
    times: how often, counted over all sessions of a lab and for each moment by itself; None is always.
    """

    at: str | None = None
    times: int | None = None

    def meets(self, moment: Moment) -> bool:
        """Return whether it strikes now."""
        return (self.at is None or self.at.casefold() == moment.name.casefold()) and (
            self.times is None or moment.time <= self.times
        )

    def instead(self, _moment: Moment) -> Answer | None:
        """Return what the server says instead of its own reply; None leaves that as it is."""
        return None

    def reworded(self, _moment: Moment, octets: bytes) -> bytes:
        """Return a reply as it goes out."""
        return octets

    def delivered(self, _moment: Moment, delivery: Delivery) -> Delivery:
        """Return how a reply goes out, given how it would."""
        return delivery

    def __add__(self, other: Fault) -> Together:
        return Together((self, other))


@dataclass(frozen=True)
class Together(Fault):
    """Several faults in one; where two of them have something else to say, the first is heard."""

    parts: tuple[Fault, ...] = ()

    def instead(self, moment: Moment) -> Answer | None:
        """Return what the first of them says that says anything."""
        return next((answer for part in self.parts if (answer := part.instead(moment)) is not None), None)

    def reworded(self, moment: Moment, octets: bytes) -> bytes:
        """Return a reply that each has had in turn."""
        for part in self.parts:
            octets = part.reworded(moment, octets)
        return octets

    def delivered(self, moment: Moment, delivery: Delivery) -> Delivery:
        """Return how a reply goes out when each has had its say."""
        for part in self.parts:
            delivery = part.delivered(moment, delivery)
        return delivery


@dataclass(frozen=True)
class Delay(Fault):
    """The reply comes late, by so many seconds."""

    seconds: float = 0.2

    def delivered(self, moment: Moment, delivery: Delivery) -> Delivery:
        """Add the wait."""
        return replace(delivery, wait=delivery.wait + self.seconds) if self.meets(moment) else delivery


@dataclass(frozen=True)
class Cut(Fault):
    """The reply breaks off and the connection ends: after so many octets, or (None) in the middle."""

    octets: int | None = None

    def delivered(self, moment: Moment, delivery: Delivery) -> Delivery:
        """Set the place of the cut."""
        return replace(delivery, octets=-1 if self.octets is None else self.octets) if self.meets(moment) else delivery


@dataclass(frozen=True)
class OneOctetASegment(Fault):
    """Each octet of the reply comes in a segment of its own, `pause` seconds after the one before."""

    pause: float = 0.001

    def delivered(self, moment: Moment, delivery: Delivery) -> Delivery:
        """Set the pause."""
        return replace(delivery, pause=self.pause) if self.meets(moment) else delivery


@dataclass(frozen=True)
class DropAfter(Fault):
    """The server answers so many commands of a session, and hangs up at the next without a word."""

    commands: int = 2

    def instead(self, moment: Moment) -> Answer | None:
        """Hang up, when it is time."""
        return HANG_UP if moment.number > self.commands and self.meets(moment) else None


@dataclass(frozen=True)
class Says(Fault):
    """Something else is said. answer: as `Personality.scripted` takes one."""

    answer: AnswerLike = field(default="", kw_only=True)

    def __post_init__(self) -> None:
        """Refuse what is no answer here: in the server it would be too late."""
        answer_of(self.answer)

    def instead(self, moment: Moment) -> Answer | None:
        """Say it."""
        return answer_of(self.answer) if self.meets(moment) else None


@dataclass(frozen=True)
class Closing(Says):
    """The server says 421 and hangs up, as it may at any moment (RFC 5321 §3.8, §4.2.3)."""

    at: str | None = field(default=None)
    answer: AnswerLike = field(
        default="421 lab.example Service not available, closing transmission channel", kw_only=True
    )


@dataclass(frozen=True)
class TryLater(Says):
    """A transient refusal, 4yz, and after `times` of them the server's own reply (RFC 5321 §4.2.1)."""

    at: str | None = field(default="RCPT")
    times: int | None = field(default=1)
    answer: AnswerLike = field(default="451 Requested action aborted: local error in processing", kw_only=True)


@dataclass(frozen=True)
class StarttlsRefused(Says):
    """The server lists STARTTLS and refuses it, as RFC 3207 §4 has it."""

    at: str | None = field(default="STARTTLS", init=False)
    answer: AnswerLike = field(default="454 TLS not available due to temporary reason", kw_only=True)

    def reworded(self, moment: Moment, octets: bytes) -> bytes:
        """List STARTTLS in the reply to EHLO, where it is not listed yet."""
        first, end, rest = octets.partition(b"\r\n")
        if moment.name != "EHLO" or first[:3] != b"250" or b"STARTTLS" in octets.upper().replace(b"-", b" ").split():
            return octets
        return b"250-" + first[4:] + end + (b"250-STARTTLS\r\n" + rest if rest else b"250 STARTTLS\r\n")


def together(faults: Iterable[Fault]) -> Fault:
    """Return several faults as one."""
    return Together(tuple(faults))


COMMON: dict[str, Fault] = {
    "late": Delay(0.2),
    "one-octet-a-segment": OneOctetASegment(),
    "greeting-421": Closing("greeting"),
    "ehlo-cut": Cut(at="EHLO"),
    "dropped-after-2": DropAfter(2),
    "starttls-454": StarttlsRefused(),
    "mail-421": Closing("MAIL"),
    "rcpt-451-once": TryLater("RCPT"),
    "data-cut": Cut(at="DATA"),
    "end-of-text-421": Closing("."),
}
"""Faults that any client may meet, each under a name that a test's id can have."""
