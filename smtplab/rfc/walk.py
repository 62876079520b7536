"""The walk along a session: each of its exchanges with the state that it was said in.

One walk tells the state at each exchange, so a whole transcript costs one walk.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from smtplab.rfc.session import (
    CHUNK,
    COMMAND,
    GREETING,
    HELLO,
    RESPONSE,
    REVERSED,
    TEXT,
    UNASKED,
    Context,
    argument_of,
    has_utf8,
    listed_keywords,
    verb_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from smtplab.protocol.transcript import Exchange

_HARMLESS = ("HELP", "NOOP", "RCPT", "VRFY", "EXPN")
_OPENING = ("MAIL", "SEND", "SOML", "SAML")


def alone(exchange: Exchange) -> Context:
    """Return an exchange of whose session nothing is known."""
    sent = exchange.sent
    if sent is None:
        return Context(exchange, place=UNASKED, owed=False)
    is_text = _ends_text(sent) and sent.count(b"\n") > 1
    return Context(exchange, place=TEXT if is_text else COMMAND, owed=_is_line(sent))


def contexts(session: Iterable[Exchange]) -> Iterator[Context]:
    """Return each exchange of one session in its state. session: its exchanges, from the first that is known."""
    walk = list(_walk(list(session)))
    lmtp = any(map(_speaks_lmtp, walk))
    return (replace(context, lmtp=lmtp) for context in walk)


def _walk(exchanges: list[Exchange]) -> Iterator[Context]:
    state = _State(exchanges[0]) if exchanges else None
    for number, exchange in enumerate(exchanges):
        assert state is not None
        after = exchanges[number + 1] if number + 1 < len(exchanges) else None
        context = replace(state.context(exchange, first=number == 0), after=after)
        yield context
        state.take(context)


def _speaks_lmtp(context: Context) -> bool:
    if context.exchange.reply is None:
        return False
    if context.place in (GREETING, UNASKED):
        return context.code == 220 and re.search(r"\bLMTP\b", context.reply.text) is not None
    return context.verb == "LHLO" and context.positive


@dataclass
class _State:
    """The state of a session between two exchanges."""

    first: Exchange
    facts: Context = field(init=False)
    reading: bool = False  # message text, after 354
    chunk: int = 0  # octets of a BDAT chunk that are still to come
    challenged: bool = False
    turned: bool = False
    unfinished: bytes = b""  # a command line whose end has not come yet (RFC 5321 §2.3.8)

    def __post_init__(self) -> None:
        whole = self.first.sent is None
        self.facts = Context(self.first, whole=whole, mail=False if whole else None)

    def context(self, exchange: Exchange, *, first: bool) -> Context:
        place = self._place(exchange, first=first)
        if place == COMMAND and self.unfinished:
            exchange = replace(exchange, sent=self.unfinished + (exchange.sent or b""))
        return replace(self.facts, exchange=exchange, place=place, owed=self._owed(exchange, place))

    def _place(self, exchange: Exchange, *, first: bool) -> str:
        if exchange.sent is None:
            return GREETING if first else UNASKED
        if self.turned:
            return REVERSED
        if self.reading:
            return TEXT
        if self.chunk:
            return CHUNK
        return RESPONSE if self.challenged else COMMAND

    def _owed(self, exchange: Exchange, place: str) -> bool:
        sent = exchange.sent or b""
        if place == TEXT:
            return _ends_text(sent)
        if place == CHUNK:
            return self.chunk <= len(sent)
        if place == COMMAND and verb_of(exchange) == "BDAT":
            return _chunk_left(exchange) == 0
        return place in (COMMAND, RESPONSE) and _is_line(sent)

    def take(self, context: Context) -> None:
        """Let an exchange change the state."""
        exchange, place = context.exchange, context.place
        code = 0 if exchange.reply is None else exchange.reply.code
        if code == 421 or (code == 221 and context.verb == "QUIT"):
            self.facts = replace(self.facts, over=True)
        if place == GREETING:
            self.facts = replace(self.facts, greeting=code or None)
        elif place == UNASKED:
            self.reading = self.reading or code == 354  # to a DATA that was sent together with other commands
        elif place == CHUNK:
            self.chunk = max(0, self.chunk - len(exchange.sent or b""))
        elif place == TEXT and (code or _ends_text(exchange.sent or b"")):
            self.reading = False
            self._clear(mail=False if code // 100 == 2 else None)
        elif place in (COMMAND, RESPONSE):
            self.challenged = code == 334
            if code == 235:
                self.facts = replace(self.facts, authenticated=True)
            if place == COMMAND:
                self.unfinished = b"" if exchange.reply or _is_line(exchange.sent or b"") else exchange.sent or b""
                self._take_command(exchange, code)
                if context.several:
                    self._clear(mail=None)

    def _take_command(self, exchange: Exchange, code: int) -> None:
        verb, reply = verb_of(exchange), exchange.reply
        if verb in HELLO and code == 250 and reply is not None:
            self._clear(mail=False)
            self.facts = replace(self.facts, keywords=frozenset(listed_keywords(reply)))
        elif (verb == "HELO" and code == 250) or (verb == "RSET" and code // 100 == 2):
            self._clear(mail=False)
        elif verb == "STARTTLS" and code == 220:
            self._clear(mail=False)
            self.facts = replace(self.facts, keywords=None, encrypted=True)
        elif verb in _OPENING:
            utf8 = has_utf8(argument_of(exchange))
            self.facts = replace(
                self.facts, mail=True, in_transaction=code == 250, utf8=utf8, recipients=0, helped=False
            )
        elif verb == "DATA" and code == 354:
            self.reading = True
        elif verb == "BDAT":
            self.chunk = 0 if code in (500, 502) else _chunk_left(exchange)
            self._clear(mail=None)
        elif verb in ("TURN", "ATRN") and code == 250:
            self.turned = True
        elif verb in _HARMLESS:
            accepted = verb == "RCPT" and code in (250, 251)
            self.facts = replace(
                self.facts,
                recipients=self.facts.recipients + accepted,
                helped=self.facts.helped or (verb == "HELP" and self.facts.in_transaction),
            )
        else:  # who knows what else a command does
            self._clear(mail=self.facts.mail if verb in ("DATA", "AUTH", "QUIT") else None)

    def _clear(self, *, mail: bool | None) -> None:
        self.facts = replace(self.facts, mail=mail, in_transaction=False, recipients=0, helped=False)


def _is_line(sent: bytes) -> bool:
    return sent.endswith(b"\r\n") and bool(sent.strip())


def _ends_text(sent: bytes) -> bool:
    """Return whether message text ends here: a line with only a dot, between two CR LF (RFC 5321 §4.1.1.4)."""
    return sent == b".\r\n" or sent.endswith(b"\r\n.\r\n")


def _chunk_left(exchange: Exchange) -> int:
    """Return how many octets of a BDAT command's chunk were not sent together with it (RFC 3030)."""
    line, _, rest = (exchange.sent or b"").partition(b"\n")
    size = re.match(rb"(?i)BDAT +(\d{1,12})\b", line)
    return max(0, int(size[1]) - len(rest)) if size else 0
