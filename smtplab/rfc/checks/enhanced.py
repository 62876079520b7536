"""Checks of enhanced status codes, on every line of a reply."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from smtplab.rfc.session import GREETING, UNASKED

if TYPE_CHECKING:
    from smtplab.rfc.checks.outcome import Outcome
    from smtplab.rfc.session import Context

_CODE = re.compile(r"[245]\.(?:0|[1-9]\d{0,2})\.(?:0|[1-9]\d{0,2})(?= |\Z)")
_HELLO = ("EHLO", "HELO", "LHLO")


def _codes(context: Context) -> list[str | None]:
    """Return the enhanced code of each line, None for a line without one."""
    matches = (_CODE.match(line) for line in context.reply.lines)
    return [match[0] if match else None for match in matches]


def _bears_codes(context: Context) -> bool:
    """Return whether such codes belong in the reply: not in the greeting, nor in an answer to EHLO or HELO."""
    return context.place != GREETING and context.verb not in _HELLO and context.code // 100 in (2, 4, 5)


def _announced(context: Context) -> bool:
    return "ENHANCEDSTATUSCODES" in (context.keywords or ())


def _meant(context: Context, codes: list[str | None]) -> bool:
    """Return whether what looks like such codes is meant so; in the text of HELP it may be a version or a section."""
    if codes[0] is not None or _announced(context):
        return any(codes)
    return context.keywords is None and any(code[0] == str(context.code)[0] for code in codes if code)


def same_class(context: Context) -> Outcome:
    codes = _codes(context)
    if context.code // 100 == 3 and any(codes):
        return False  # no class belongs to 3yz: such a reply has no enhanced code (RFC 2034 §4)
    if not _bears_codes(context) or not _meant(context, codes):
        return None
    return all(code[0] == str(context.code)[0] for code in codes if code)


def every_line(context: Context) -> Outcome:
    codes = _codes(context)
    if len(codes) == 1 or not _bears_codes(context) or not _meant(context, codes):
        return None
    return len(set(codes)) == 1


def announced(context: Context) -> Outcome:
    if not _bears_codes(context) or context.place == UNASKED or not _announced(context):
        return None
    return all(_codes(context))
