"""Checks of AUTH and of the exchange that it begins."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from smtplab.rfc.session import RESPONSE

if TYPE_CHECKING:
    from smtplab.rfc.checks.outcome import Outcome
    from smtplab.rfc.session import Context

_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
_CHALLENGE, _SHUTTING_DOWN = 334, 421
_MISSING = (500, 502)


def order(context: Context) -> Outcome:
    if context.verb != "AUTH" or not (context.authenticated or context.in_transaction):
        return None
    if context.code == 503:
        return True
    if context.excused or context.code == 501 or (not context.authenticated and context.code in _MISSING):
        return None
    return False


def encryption(context: Context) -> Outcome:
    return context.code != 538 if context.verb == "AUTH" else None


def challenge(context: Context) -> Outcome:
    if context.code != _CHALLENGE or not (context.verb == "AUTH" or context.place == RESPONSE):
        return None
    lines = context.reply.lines
    return len(lines) == 1 and _BASE64.fullmatch(lines[0]) is not None


def cancel(context: Context) -> Outcome:
    if context.place != RESPONSE or not context.owed or context.code == _SHUTTING_DOWN:
        return None
    response = (context.exchange.sent or b"").rstrip(b"\r\n").decode("ascii", "replace")
    if response != "*" and (_BASE64.fullmatch(response) or context.code == 500):
        return None  # 500 is for a line longer than the server's buffer (RFC 4954 §4)
    return context.code == 501
