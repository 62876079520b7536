"""Checks of the commands that every server has, each by its row in RFC 5321 §4.3.2 and its own section."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from smtplab.rfc.checks.outcome import LATITUDE
from smtplab.rfc.registry import required_verbs, success_codes
from smtplab.rfc.session import CHUNK, COMMAND, TEXT

if TYPE_CHECKING:
    from smtplab.rfc.checks.outcome import Outcome
    from smtplab.rfc.session import Context

_NOT_OF_LMTP = ("EHLO", "HELO", "VRFY")
_OWN_RULE = ("HELP", "NOOP", "QUIT", "RSET")
_ANY_TIME = ("NOOP", "RSET", "VRFY", "EXPN")
_INFORMATION = (211, 214)
_FIRST = 530
_NEVER_FIRST = ("EHLO", "LHLO", "HELO", "AUTH", "NOOP", "RSET", "QUIT")
"""What RFC 3207 §4 or RFC 4954 §6 excepts; a context knows which of the two may speak."""
_BARE_PATH = re.compile(r"(?i)(?:FROM|TO):[^<]|(?:FROM|TO)\s+:")


def minimum_supported(context: Context) -> Outcome:
    if context.verb not in required_verbs() or context.excused:
        return None
    if context.lmtp and context.verb in _NOT_OF_LMTP:
        return None
    return context.code not in (500, 502)


def success_row(context: Context) -> Outcome:
    if context.place in (TEXT, CHUNK) and context.owed:
        return context.code == 250 if context.positive else None
    row = success_codes(context.verb)
    if not row or context.verb in _OWN_RULE or not context.positive or context.code in _INFORMATION:
        return None
    return context.code in row


def any_time(context: Context) -> Outcome:
    return None if context.verb not in _ANY_TIME or context.excused else context.code != 503


def ehlo_again(context: Context) -> Outcome:
    # by itself the 503 may be what follows a greeting of 554 (RFC 5321 §3.1)
    known = context.greeting is not None or context.keywords is not None
    if context.verb != "EHLO" or not known or context.lmtp or context.excused:
        return None
    return context.code != 503


def first(context: Context) -> Outcome:
    if not context.verb or context.code != _FIRST:
        return None
    return context.excused or context.verb not in _NEVER_FIRST


def no_argument(context: Context) -> Outcome:
    if context.verb not in ("DATA", "RSET", "QUIT") or not context.argument or context.excused:
        return None
    return True if context.code == 501 else False if context.positive else None


def quit_221(context: Context) -> Outcome:
    return context.code == 221 if context.verb == "QUIT" and not context.argument and not context.excused else None


def quit_closes(context: Context) -> Outcome:
    if context.verb != "QUIT" or context.code != 221:
        return None
    return context.after is None or context.after.reply is None


def rset_250(context: Context) -> Outcome:
    return context.code == 250 if context.verb == "RSET" and not context.argument and not context.excused else None


def noop_250(context: Context) -> Outcome:
    if context.verb != "NOOP" or context.excused or context.code in (500, 502):
        return None  # that it is missing is another rule's
    if context.argument and context.code in (501, 504):  # the string is not ignored
        return None
    return context.code == 250


def noop_argument(context: Context) -> Outcome:
    ignored = context.verb == "NOOP" and context.argument and not context.excused
    return context.code not in (500, 501, 504) if ignored else None


def expn_supported(context: Context) -> Outcome:
    if context.verb != "EXPN" or context.lmtp or context.excused:
        return None
    return context.code not in (500, 502)


def rcpt_order(context: Context) -> Outcome:
    if context.verb != "RCPT" or context.mail is not False or context.excused or context.code in (500, 501):
        return None
    return context.code == 503


def path_syntax(context: Context) -> Outcome:
    if context.verb not in ("MAIL", "RCPT") or not context.positive:
        return None
    return LATITUDE if _BARE_PATH.match(context.argument) else True


def command_length(context: Context) -> Outcome:
    sent = context.exchange.sent or b""
    too_long = context.code == 500 and "too long" in context.reply.text.lower()
    return not too_long if context.place == COMMAND and context.fits and sent.count(b"\n") == 1 else None


def command_crlf(context: Context) -> Outcome:
    sent = context.exchange.sent or b""
    bare = sent.endswith(b"\n") and not sent.endswith(b"\r\n")
    if context.place != COMMAND or not sent.endswith(b"\n"):
        return None
    return not (bare and context.positive)


def data_end(context: Context) -> Outcome:
    if context.place != TEXT:
        return None
    return True if context.owed else False if context.positive else None
