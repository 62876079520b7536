"""Checks of the session: how it opens, how it closes, and who must come first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smtplab.rfc.checks.outcome import LATITUDE
from smtplab.rfc.session import COMMAND, GREETING

if TYPE_CHECKING:
    from smtplab.rfc.checks.outcome import Outcome
    from smtplab.rfc.session import Context

_GREETINGS = (220, 421, 521, 554)
_NO_SERVICE, _NO_MAIL, _SHUTTING_DOWN = 554, 521, 421


def greeting_code(context: Context) -> Outcome:
    return context.code in _GREETINGS if context.place == GREETING else None


def rejected_commands(context: Context) -> Outcome:
    if context.greeting not in (_NO_SERVICE, _NO_MAIL) or context.place != COMMAND or context.verb in ("", "QUIT"):
        return None
    if context.greeting == _NO_MAIL:
        return not context.positive
    return context.code in (503, 421)


def stays(context: Context) -> Outcome:
    exchange = context.exchange
    if context.over:
        return None
    if not exchange.closed:
        return True if exchange.sent is not None and exchange.reply is not None else None
    if exchange.sent is None:
        # after 554 the server waits for QUIT (RFC 5321 §3.1); 421 and 521 may end it all, after 220 it may be a timeout
        rejected = context.place == GREETING and exchange.reply is not None and context.code == _NO_SERVICE
        return False if rejected else None
    code = context.code if exchange.reply is not None else None
    if code == _SHUTTING_DOWN or (context.verb == "QUIT" and code == 221):
        return True
    if context.verb == "STARTTLS" and code == 220:
        return None  # the TLS handshake may have failed (RFC 3207 §4)
    no_mail = context.greeting == _NO_MAIL or (context.greeting is None and code == _NO_MAIL)
    return LATITUDE if no_mail else False
