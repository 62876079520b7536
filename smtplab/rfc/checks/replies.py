"""Checks of a reply as a whole: its grammar, its code, and that there is just one."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from smtplab.rfc.codes import codes, explain
from smtplab.rfc.registry import defined_codes, success_codes
from smtplab.rfc.session import CHUNK, TEXT

if TYPE_CHECKING:
    from collections.abc import Callable

    from smtplab.rfc.checks.outcome import Outcome
    from smtplab.rfc.session import Context

_SHUTTING_DOWN, _CHALLENGE = 421, 334
_OF_MANY = {521, 530, 556}
"""What is said for the sake of the session or of the domain, whatever the command."""

_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def grammar(rule_id: str) -> Callable[[Context], Outcome]:
    """Return the check of a rule of the grammar: the reply has no defect of its name."""
    return lambda context: all(defect.rule != rule_id for defect in context.reply.defects)


def textstring(context: Context) -> Outcome:
    kept = grammar("reply.textstring")(context)
    return kept or (context.takes_utf8 and _is_utf8(context.reply.raw))


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return _CONTROL.search(raw) is None


def line_length(context: Context) -> Outcome:
    # a challenge may be far longer, and stands on one line (RFC 4954 §4)
    return None if context.code == _CHALLENGE else grammar("reply.line-length")(context)


def first_digit(context: Context) -> Outcome:
    return context.reply.raw[:1] in (b"2", b"3", b"4", b"5")


def bare_code(context: Context) -> Outcome:
    # a challenge may be empty (RFC 4954 §4)
    return None if context.code == _CHALLENGE else bool(context.reply.text.strip())


def space(context: Context) -> Outcome:
    last = context.reply.raw.rpartition(b"\n")[0].rpartition(b"\n")[2].rstrip(b"\r")
    return last[3:4] == b" " if len(last) <= 4 else None  # a code, and perhaps a space


def listed(context: Context) -> Outcome:
    return context.code in defined_codes()


def its_command(context: Context) -> Outcome:
    # only where the command's row and the code's commands were both read
    if not success_codes(context.verb) or context.code not in _of_certain_commands() or context.excused:
        return None
    return context.verb in explain(context.code, "en").commands


@cache
def _of_certain_commands() -> frozenset[int]:
    """Return the refusals that an extension defines for its own commands, and for no other."""
    return frozenset(code for code in codes("extension") if code >= 400) - _OF_MANY


def one_per_command(context: Context) -> Outcome:
    exchange, after = context.exchange, context.after
    if not context.owed:
        return None
    if exchange.reply is None:
        # silence is a breach where the command was whole and nothing but the server ended the waiting
        return None if exchange.closed or context.over else False
    if after is None or after.sent is not None or after.session != exchange.session:
        return True
    if context.several:
        return None  # whose reply that is, the octets do not show
    if context.lmtp and (context.place in (TEXT, CHUNK) or context.verb == "BDAT"):
        return True  # LMTP answers for each recipient
    # a server may say at any time that it shuts down (RFC 5321 §3.8)
    return after.reply is not None and after.reply.code == _SHUTTING_DOWN
