"""What is known of a session when one of its exchanges is judged: each exchange with the state that it was said in.

One walk along a session tells the state at each of its exchanges, so a whole transcript costs one walk.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from smtplab.protocol.reply import Reply
    from smtplab.protocol.transcript import Exchange

GREETING, UNASKED, COMMAND = "greeting", "unasked", "command"
TEXT, CHUNK, RESPONSE, REVERSED = "text", "chunk", "response", "reversed"
PLACES = (GREETING, UNASKED, COMMAND, TEXT, CHUNK, RESPONSE, REVERSED)
"""What an exchange is: the greeting; a reply that nobody asked for; a command; message text after 354, which is no
command (RFC 5321 §4.1.1.4); octets of a BDAT chunk, which is none either (RFC 3030); a line of an AUTH exchange
(RFC 4954 §4); or anything after TURN or ATRN, where client and server have changed places."""

COMMAND_LINE_LIMIT = 512
"""Octets, CR LF included (RFC 5321 §4.5.3.1.4)."""

_SHUTTING_DOWN, _NO_SERVICE, _NO_MAIL, _FIRST = 421, 554, 521, 530
_HELLO = ("EHLO", "LHLO")
_NEVER_530_FOR_TLS = (*_HELLO, "NOOP", "STARTTLS", "QUIT")  # RFC 3207 §4
_NEVER_530_FOR_AUTH = (*_HELLO, "AUTH", "HELO", "NOOP", "RSET", "QUIT")  # RFC 4954 §6
_HARMLESS = ("HELP", "NOOP", "RCPT", "VRFY", "EXPN")
_NO_TEXT = re.compile(rb"[^\t -~]")
_OPENING = ("MAIL", "SEND", "SOML", "SAML")


@dataclass(frozen=True)
class Context:
    """An exchange and what is known of its session before it; by itself an exchange is a command in an unknown state.

    place: one of `PLACES`. after: the next exchange of the session, if there is one.
    owed: whether what was sent is whole, so that a reply is due.
    whole: whether the session is known from its greeting on. greeting: the code of the greeting, None where unknown.
    keywords: those of the last accepted EHLO, in upper case, None where there was none.
    lmtp: the server speaks LMTP (RFC 2033), where SMTP's minimum is not the law.
    encrypted, authenticated: STARTTLS, AUTH succeeded.
    mail: whether a MAIL was sent since the state was last cleared, None where unknown.
    in_transaction: a MAIL was accepted, and nothing came since but commands that leave a transaction alone.
    recipients: how many RCPT it has accepted. helped: whether a HELP came since that MAIL.
    """

    exchange: Exchange
    place: str = COMMAND
    after: Exchange | None = None
    owed: bool = True
    whole: bool = False
    greeting: int | None = None
    keywords: frozenset[str] | None = None
    lmtp: bool = False
    encrypted: bool = False
    authenticated: bool = False
    mail: bool | None = None
    in_transaction: bool = False
    recipients: int = 0
    helped: bool = False

    @property
    def reply(self) -> Reply:
        """The reply; checks but those of silence are asked only where there is one."""
        assert self.exchange.reply is not None
        return self.exchange.reply

    @property
    def code(self) -> int:
        """The reply's code."""
        return self.reply.code

    @property
    def verb(self) -> str:
        """The command's verb in upper case, "" for what is no command."""
        return _verb(self.exchange) if self.place == COMMAND else ""

    @property
    def argument(self) -> str:
        """What follows the verb, without the white space around it (RFC 5321 §4.1.1)."""
        return (self.exchange.command or "").strip().partition(" ")[2].strip()

    @property
    def fits(self) -> bool:
        """Whether the command line is within the limit that every server must take (RFC 5321 §4.5.3.1.4)."""
        return len(self.exchange.sent or b"") <= COMMAND_LINE_LIMIT

    @property
    def positive(self) -> bool:
        """Whether the command succeeded, or may go on (RFC 5321 §4.2.1)."""
        return self.code // 100 in (2, 3)

    @property
    def rejected(self) -> bool:
        """Whether the greeting refused the session: 554 (RFC 5321 §3.1) or 521 (RFC 7504)."""
        return self.greeting in (_NO_SERVICE, _NO_MAIL)

    @property
    def excused(self) -> bool:
        """Whether the state of the session, or the line's octets, account for a refusal, and not the command.

        500 to a line that is too long (RFC 5321 §4.5.3.1.9); 500 or 501 to one with octets that no command has (§2.4,
        §4.1.2);
        421 at any time (RFC 5321 §3.8); a refusal of anything but QUIT after a greeting that refused the session; 554
        where TLS was not good enough (RFC 3207 §4.1); 530 where AUTH or TLS is wanted first, but not to the commands
        that those RFCs except.
        """
        if self.code == _SHUTTING_DOWN or (self.code in (500, 501) and not self._is_text()):
            return True
        if self.code == 500 and not self.fits:
            return True
        if self.code == _FIRST:
            return self._tls_first() or self._auth_first()
        if self.verb == "QUIT":
            return False
        return (self.rejected and not self.positive) or (self.encrypted and self.code == _NO_SERVICE)

    def _is_text(self) -> bool:
        """Return whether the line has only octets that a command may have: printable ASCII and white space."""
        return _NO_TEXT.search((self.exchange.sent or b"").rstrip(b"\r\n")) is None

    def _tls_first(self) -> bool:
        offered = self.keywords is None or "STARTTLS" in self.keywords
        return offered and not self.encrypted and self.verb not in _NEVER_530_FOR_TLS

    def _auth_first(self) -> bool:
        return not self.authenticated and self.verb not in _NEVER_530_FOR_AUTH


def alone(exchange: Exchange) -> Context:
    """Return an exchange of whose session nothing is known."""
    sent = exchange.sent
    if sent is None:
        return Context(exchange, place=UNASKED, owed=False)
    is_text = _ends_text(sent) and sent.count(b"\n") > 1
    return Context(exchange, place=TEXT if is_text else COMMAND, owed=_is_line(sent))


def contexts(session: Iterable[Exchange]) -> Iterator[Context]:
    """Return each exchange of one session in its state. session: its exchanges, from the first that is known."""
    exchanges = list(session)
    state = _State(exchanges[0]) if exchanges else None
    lmtp = any(map(_speaks_lmtp, exchanges))
    for number, exchange in enumerate(exchanges):
        assert state is not None
        after = exchanges[number + 1] if number + 1 < len(exchanges) else None
        context = replace(state.context(exchange, first=number == 0), after=after, lmtp=lmtp)
        yield context
        state.take(context.exchange, context.place)


def listed_keywords(reply: Reply) -> tuple[str, ...]:
    """Return the keywords in a reply to EHLO, in upper case and in order (RFC 5321 §4.1.1.1)."""
    return tuple(line.split()[0].upper() for line in reply.lines[1:] if line.strip())


def _verb(exchange: Exchange) -> str:
    words = (exchange.command or "").split(maxsplit=1)
    return words[0].upper() if words else ""


def _speaks_lmtp(exchange: Exchange) -> bool:
    if exchange.reply is None:
        return False
    if exchange.sent is None:
        return exchange.reply.code == 220 and re.search(r"\bLMTP\b", exchange.reply.text) is not None
    return _verb(exchange) == "LHLO" and exchange.reply.code // 100 == 2


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
        if place == COMMAND and _verb(exchange) == "BDAT":
            return _chunk_left(exchange) == 0
        return place in (COMMAND, RESPONSE) and _is_line(sent)

    def take(self, exchange: Exchange, place: str) -> None:
        """Let an exchange change the state."""
        code = 0 if exchange.reply is None else exchange.reply.code
        if place == GREETING:
            self.facts = replace(self.facts, greeting=code or None)
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

    def _take_command(self, exchange: Exchange, code: int) -> None:
        verb, reply = _verb(exchange), exchange.reply
        if verb in _HELLO and code == 250 and reply is not None:
            self._clear(mail=False)
            self.facts = replace(self.facts, keywords=frozenset(listed_keywords(reply)))
        elif (verb == "HELO" and code == 250) or (verb == "RSET" and code // 100 == 2):
            self._clear(mail=False)
        elif verb == "STARTTLS" and code == 220:
            self._clear(mail=False)
            self.facts = replace(self.facts, keywords=None, encrypted=True)
        elif verb in _OPENING:
            self.facts = replace(self.facts, mail=True, in_transaction=code == 250, recipients=0, helped=False)
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
