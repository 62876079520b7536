"""Checks of HELP."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from smtplab.rfc.checks.outcome import LATITUDE
from smtplab.rfc.registry import success_codes

if TYPE_CHECKING:
    from smtplab.rfc.checks.outcome import Outcome
    from smtplab.rfc.session import Context

_REFUSALS = (421, 500, 501, 502, 503, 504, 530)
_MISSING = (500, 501, 502, 504)
"""What says that HELP itself is not there; other refusals say not now, not you, or not in this order."""

_REFERENCE = re.compile(r"(?i)https?://\S+|rfc\s*\d+(\W*(section\s*)?\d+(\.\d+)+)?")
_ENHANCED = re.compile(r"(?m)^\d\.\d+\.\d+(?: |$)")


def success(context: Context) -> Outcome:
    return context.code in success_codes("HELP") if context.verb == "HELP" and context.positive else None


def supported(context: Context) -> Outcome:
    if context.verb != "HELP" or context.argument or context.lmtp or context.excused:
        return None
    if context.positive:
        return True
    return False if context.code in _MISSING else None


def refusal_code(context: Context) -> Outcome:
    refused = context.verb == "HELP" and context.code >= 400
    return context.excused or context.code in _REFUSALS if refused else None


def argument(context: Context) -> Outcome:
    if context.verb != "HELP" or not context.argument or context.excused:
        return None
    # 504 says that HELP takes a topic, and has none of this name (RFC 5321 §4.2.1)
    return True if context.code in (*success_codes("HELP"), 504) else LATITUDE


def any_time(context: Context) -> Outcome:
    return None if context.verb != "HELP" or context.excused else context.code != 503


def announced(context: Context) -> Outcome:
    works = context.verb == "HELP" and context.positive
    return "HELP" in context.keywords if works and context.keywords is not None else None


def listed_works(context: Context) -> Outcome:
    bare = context.verb == "HELP" and not context.argument and not context.excused
    return context.code not in (500, 502) if bare and "HELP" in (context.keywords or ()) else None


def no_effect(context: Context) -> Outcome:
    goes_on = context.verb == "RCPT" or (context.verb == "DATA" and context.recipients > 0)
    return context.code != 503 if goes_on and context.helped and not context.excused else None


def discloses(context: Context) -> Outcome:
    if context.verb != "HELP" or not context.positive:
        return None
    text = _REFERENCE.sub("", _ENHANCED.sub("", context.reply.text))
    return LATITUDE if re.search(r"\b\d+\.\d+", text) else True
