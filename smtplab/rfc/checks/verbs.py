"""Checks of names: verbs that are registered, private or unknown, and what EHLO lists."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from smtplab.rfc.registry import keyword_of, keywords, verbs
from smtplab.rfc.session import listed_keywords

if TYPE_CHECKING:
    from smtplab.rfc.checks.outcome import Outcome
    from smtplab.rfc.session import Context

_NOT_THERE = (500, 502)
_OF_AUTH = (235, 334)
_NAME = re.compile(r"[A-Z][A-Z0-9_-]*")
_INFORMATION = (211, 214)


def _unknown(context: Context) -> bool:
    return _NAME.fullmatch(context.verb) is not None and context.verb not in verbs()


# --- verbs


def status_not_standard(context: Context) -> Outcome:
    standard = context.verb in verbs() and context.verb != "HELP"
    return context.code not in _INFORMATION if standard else None


def private_name(context: Context) -> Outcome:
    if not context.whole and context.code in _OF_AUTH:
        return None  # by itself a line of an AUTH exchange may look like a verb
    return context.verb.startswith("X") if _unknown(context) and context.positive else None


def private_unknown(context: Context) -> Outcome:
    refused = _unknown(context) and context.verb.startswith("X") and context.code in _NOT_THERE
    return context.code == 500 if refused else None


def unknown_500(context: Context) -> Outcome:
    refused = _unknown(context) and not context.verb.startswith("X") and context.code in _NOT_THERE
    return context.code == 500 if refused else None


# --- EHLO and what it lists


def ehlo_keywords(context: Context) -> Outcome:
    if context.verb not in ("EHLO", "LHLO") or context.code != 250:
        return None
    return all(keyword.startswith("X") or keyword in keywords() for keyword in listed_keywords(context.reply))


def helo_plain(context: Context) -> Outcome:
    if context.verb != "HELO" or context.code != 250:
        return None
    return not any(map(_lists_extension, context.reply.lines[1:]))


def _lists_extension(line: str) -> bool:
    """Return whether a line is one of EHLO's, and no sentence that begins with a word such as "Help" or "Size"."""
    words = line.split()
    return bool(words) and words[0].upper() in keywords() and (words[0].isupper() or len(words) == 1)


def command_announced(context: Context) -> Outcome:
    keyword = keyword_of(context.verb)
    if keyword is None or context.verb == "HELP" or context.keywords is None or not context.positive:
        return None
    return keyword in context.keywords


def command_listed_works(context: Context) -> Outcome:
    if not context.verb or context.verb == "HELP" or context.keywords is None:
        return None
    if (keyword_of(context.verb) or context.verb) not in context.keywords:
        return None
    return context.excused or context.code not in _NOT_THERE


def starttls_once(context: Context) -> Outcome:
    if context.verb != "EHLO" or context.code != 250 or not context.encrypted:
        return None
    return "STARTTLS" not in listed_keywords(context.reply)
