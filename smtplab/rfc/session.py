"""What is known of a session when one of its exchanges is judged (`walk` finds it out)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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

HELLO = ("EHLO", "LHLO")
"""The verbs whose reply lists keywords (RFC 5321 §4.1.1.1, RFC 2033 §4.1)."""

_SHUTTING_DOWN, _NO_SERVICE, _NO_MAIL, _FIRST = 421, 554, 521, 530
_NEVER_530_FOR_TLS = (*HELLO, "NOOP", "STARTTLS", "QUIT")  # RFC 3207 §4
_NEVER_530_FOR_AUTH = (*HELLO, "AUTH", "HELO", "NOOP", "RSET", "QUIT")  # RFC 4954 §6
_OF_ON_DEMAND_RELAY = ("EHLO", "AUTH", "ATRN", "QUIT")  # RFC 2645 §5
_NO_TEXT = re.compile(rb"[^\t -~]")


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
    utf8: the last MAIL had the parameter SMTPUTF8 (RFC 6531), None where unknown.
    over: the server has said that it closes, with 221 to QUIT or with 421 (RFC 5321 §3.8, §4.1.1.10).
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
    utf8: bool | None = None
    over: bool = False
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
        return verb_of(self.exchange) if self.place == COMMAND else ""

    @property
    def argument(self) -> str:
        """What follows the verb, without the white space around it (RFC 5321 §4.1.1)."""
        return argument_of(self.exchange)

    @property
    def fits(self) -> bool:
        """Whether the command line is within the limit that every server must take (RFC 5321 §4.5.3.1.4)."""
        return len(self.exchange.sent or b"") <= COMMAND_LINE_LIMIT

    @property
    def several(self) -> bool:
        """Whether several command lines were sent at once, so that more than one reply is due (RFC 2920)."""
        sent = self.exchange.sent or b""
        return self.place == COMMAND and self.verb != "BDAT" and sent.rstrip(b"\r\n").count(b"\n") > 0

    @property
    def positive(self) -> bool:
        """Whether the command succeeded, or may go on (RFC 5321 §4.2.1)."""
        return self.code // 100 in (2, 3)

    @property
    def rejected(self) -> bool:
        """Whether the greeting refused the session: 554 (RFC 5321 §3.1) or 521 (RFC 7504).

        Where the greeting is not known, a 521 says that it was one.
        """
        if self.greeting is None and not self.whole and self.keywords is None:
            return self.exchange.reply is not None and self.code == _NO_MAIL
        return self.greeting in (_NO_SERVICE, _NO_MAIL)

    @property
    def takes_utf8(self) -> bool:
        """Whether the client may have allowed UTF-8 in this reply.

        With SMTPUTF8 at the end of a VRFY or EXPN, or at a MAIL for the address in 251 and 551 to its RCPT (RFC 6531
        §3.7.4).
        """
        if self.keywords is not None and "SMTPUTF8" not in self.keywords:
            return False
        if self.verb in ("VRFY", "EXPN"):
            return has_utf8(self.argument)
        return self.verb == "RCPT" and self.code in (251, 551) and self.utf8 is not False

    @property
    def excused(self) -> bool:
        """Whether the state of the session, or the line's octets, account for a refusal, and not the command.

        500 to a line that is too long (RFC 5321 §4.5.3.1.9); 500 or 501 to one with octets that no command has (§2.4,
        §4.1.2);
        421 at any time (RFC 5321 §3.8); a refusal of anything but QUIT after a greeting that refused the session; 554
        where TLS was not good enough (RFC 3207 §4.1); 502 from an on-demand relay to what it does not need (RFC 2645
        §5.4); 530 where AUTH or TLS is wanted first, but not to the commands
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
        if self.code == 502 and "ATRN" in (self.keywords or ()):
            return self.verb not in _OF_ON_DEMAND_RELAY
        return (self.rejected and not self.positive) or (self.encrypted and self.code == _NO_SERVICE)

    def _is_text(self) -> bool:
        """Return whether the line has only octets that a command may have: printable ASCII and white space."""
        return _NO_TEXT.search((self.exchange.sent or b"").partition(b"\r\n")[0]) is None

    def _tls_first(self) -> bool:
        offered = self.keywords is None or "STARTTLS" in self.keywords
        return offered and not self.encrypted and self.verb not in _NEVER_530_FOR_TLS

    def _auth_first(self) -> bool:
        return not self.authenticated and self.verb not in _NEVER_530_FOR_AUTH


def listed_keywords(reply: Reply) -> tuple[str, ...]:
    """Return the keywords in a reply to EHLO, in upper case and in order (RFC 5321 §4.1.1.1)."""
    return tuple(line.split()[0].upper() for line in reply.lines[1:] if line.strip())


def verb_of(exchange: Exchange) -> str:
    """Return what stands before the first space of the first line, in upper case; nothing may stand before a verb."""
    return _first_line(exchange).partition(" ")[0].upper()


def argument_of(exchange: Exchange) -> str:
    """Return what follows the verb on the first line, without the white space around it (RFC 5321 §4.1.1)."""
    return _first_line(exchange).partition(" ")[2].strip()


def _first_line(exchange: Exchange) -> str:
    return (exchange.command or "").partition("\r\n")[0].rstrip()


def has_utf8(argument: str) -> bool:
    """Return whether SMTPUTF8 is among the parameters after an argument (RFC 6531 §3.4, §3.7.4.2)."""
    return "SMTPUTF8" in argument.upper().split()[1:]
