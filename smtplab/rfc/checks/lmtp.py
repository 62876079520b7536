"""Checks of LMTP, where it differs from SMTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from smtplab.rfc.checks.outcome import Outcome
    from smtplab.rfc.session import Context


def hello(context: Context) -> Outcome:
    return not context.positive if context.lmtp and context.verb in ("HELO", "EHLO") else None


def data(context: Context) -> Outcome:
    known = context.in_transaction or context.mail is False  # else nobody knows which recipients there are
    if not context.lmtp or context.verb != "DATA" or not known or context.recipients or context.excused:
        return None
    return True if context.code == 503 else False if context.positive else None
