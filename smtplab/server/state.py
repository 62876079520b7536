"""What the sessions of one server share: its personality, the figures behind 211, and the mail that it holds."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from smtplab.server.personality import RFC5321, Personality

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from aiosmtpd.smtp import SMTP


@dataclass(frozen=True)
class Message:
    """A message that the server holds: envelope addresses, and the content's octets as they came.

    by_lab: whether the lab's own client sent it; another program did otherwise, of whichever account.
    """

    mail_from: str
    rcpt_tos: tuple[str, ...]
    content: bytes = field(repr=False)
    by_lab: bool = True

    @property
    def octets(self) -> int:
        """How many octets the server keeps for it: the content and the addresses."""
        return len(self.content) + len(self.mail_from) + sum(map(len, self.rcpt_tos))


@dataclass
class Others:
    """What other programs than the lab's own client have had of a server: sessions, and commands."""

    sessions_ever: int = 0
    commands: int = 0


@dataclass
class ServerState:
    """What the sessions of one server share: the personality, the figures behind 211, the mail that is held.

    max_messages, max_octets: more mail than that, addresses and content, is refused with 452 (RFC 5321 §4.2.3). It
      never goes anywhere. The lab's own client and all other programs have a share of that size each: other accounts
      on the machine can fill theirs, and no more.
    others: what other programs have of the figures.
    changed: is called, in the server's thread, before each reply goes out and when a session has begun or ended.
    """

    personality: Personality = RFC5321
    max_messages: int = 100
    max_octets: int = 10 * 2**20
    started: float = field(default_factory=time.monotonic)
    sessions: set[SMTP] = field(default_factory=set)
    sessions_ever: int = 0
    commands: Counter[str] = field(default_factory=Counter)
    replies: Counter[str] = field(default_factory=Counter)
    messages: list[Message] = field(default_factory=list)
    others: Others = field(default_factory=Others)
    changed: Callable[[], None] = lambda: None

    def report(self) -> Iterable[str]:
        """Return the live figures, a line each, as XSTATUS shows them. Uptime is in seconds."""
        yield "smtplab system status"
        yield f"uptime: {time.monotonic() - self.started:.0f} s"
        yield f"sessions: {len(self.sessions)} open, {self.sessions_ever} in all"
        yield f"commands: {_counts(self.commands)}"
        yield f"replies: {_counts(self.replies)}"
        yield f"messages held: {len(self.messages)}"
        if self.others.sessions_ever:
            open_ = sum(not is_labs_own(session) for session in tuple(self.sessions))
            held = sum(not message.by_lab for message in self.messages)
            yield (
                f"of these by other programs: sessions open {open_}, sessions in all {self.others.sessions_ever},"
                f" commands {self.others.commands}, messages held {held}"
            )
        yield "end of status"

    async def handle_EHLO(  # noqa: N802  aiosmtpd's name
        self, server: SMTP, session: Any, _envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        """List EXPN, which every server that has it is to list (RFC 5321 §3.5.2; aiosmtpd's handler hook)."""
        session.host_name = hostname
        return [*responses[:-1], "250-EXPN", responses[-1]] if getattr(server, "lists_expn", False) else responses

    async def handle_DATA(self, server: SMTP, _session: Any, envelope: Any) -> str:  # noqa: N802  aiosmtpd's name
        """Hold the message, or refuse it where its sender's share has no room (aiosmtpd's handler hook)."""
        by_lab = is_labs_own(server)
        message = Message(envelope.mail_from, tuple(envelope.rcpt_tos), bytes(envelope.content), by_lab)
        share = [each for each in self.messages if each.by_lab == by_lab]
        size = sum(each.octets for each in (*share, message))
        if len(share) >= self.max_messages or size > self.max_octets:
            return "452 Requested action not taken: the lab holds no more mail"
        self.messages.append(message)
        return f"250 OK: message {len(self.messages)} is held here and goes nowhere"


def is_labs_own(session: SMTP) -> bool:
    """Return whether a session is the lab's own client's. Of a server that does not know, each is taken for it."""
    return bool(getattr(session, "is_labs_own", True))


def _counts(counter: Counter[str]) -> str:
    shown = [f"{name} {number}" for name, number in sorted(dict(counter).items())]  # copied: another thread counts on
    return ", ".join(shown[:20]) + (", ..." if len(shown) > 20 else "") or "none"
