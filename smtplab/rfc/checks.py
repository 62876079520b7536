"""The check behind each rule: an exchange and what came before it go in; kept, broken, latitude or nothing comes out.

A check says nothing (None) where its rule does not apply, or where what was said does not show it. `False` is a
breach, whose weight is the rule's level; `LATITUDE` is what the rule leaves to the server.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from smtplab.rfc.codes import codes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from smtplab.protocol.reply import Reply
    from smtplab.protocol.transcript import Exchange

LATITUDE = "latitude"
Outcome: TypeAlias = "bool | str | None"

MINIMUM = ("EHLO", "HELO", "MAIL", "RCPT", "DATA", "RSET", "NOOP", "QUIT", "VRFY")
"""The commands of RFC 5321 §4.5.1."""

REGISTERED = (
    *MINIMUM,
    "HELP",
    "EXPN",
    "LHLO",
    "STARTTLS",
    "AUTH",
    "ETRN",
    "ATRN",
    "BDAT",
    "SEND",
    "SOML",
    "SAML",
    "TURN",
)
"""Verbs that an RFC defines: RFC 5321, RFC 1869 §5, and extensions."""


@dataclass
class Context:
    """An exchange and what is known of its session.

    before: the exchanges of the session before it; after: the one after it, if there is one.
    whole: whether `before` reaches back to the greeting.
    """

    exchange: Exchange
    before: list[Exchange] = field(default_factory=list)
    after: Exchange | None = None
    whole: bool = False

    @property
    def reply(self) -> Reply:
        """The reply; checks but one are asked only where there is one."""
        assert self.exchange.reply is not None
        return self.exchange.reply

    @property
    def verb(self) -> str:
        """The command's verb, "" for a greeting and for what is no command."""
        words = (self.exchange.command or "").split(maxsplit=1)
        return words[0].upper() if words else ""

    @property
    def argument(self) -> str:
        """What follows the verb."""
        return (self.exchange.command or "").partition(" ")[2].strip()

    @property
    def code(self) -> int:
        """The reply's code."""
        return self.reply.code

    @property
    def keywords(self) -> set[str] | None:
        """The keywords of the session's last accepted EHLO, None where there was none."""
        for said in reversed(self.before):
            if (said.command or "")[:4].upper() in ("EHLO", "LHLO") and said.reply and said.reply.code == 250:
                return {line.split()[0].upper() for line in said.reply.lines[1:] if line.split()}
        return None


def _help(context: Context) -> bool:
    return context.verb == "HELP"


def _is_message(context: Context) -> bool:
    """Return whether what was sent is message text: the server said 354 to DATA just before."""
    last = context.before[-1] if context.before else None
    return last is not None and last.reply is not None and last.reply.raw.startswith(b"354")


# --- replies as a whole


def first_digit(context: Context) -> Outcome:
    return context.reply.raw[:1] in (b"2", b"3", b"4", b"5")


def bare_code(context: Context) -> Outcome:
    return bool(context.reply.text.strip())


def space(context: Context) -> Outcome:
    last = context.reply.raw.rpartition(b"\n")[0].rpartition(b"\n")[2].rstrip(b"\r")
    return last[3:4] == b" " if len(last) <= 4 else None  # a code, and perhaps a space


def listed(context: Context) -> Outcome:
    known = {*codes("standard"), *codes("extension"), *codes("industry")}
    return context.code in known


def one_per_command(context: Context) -> Outcome:
    if context.exchange.sent is None or not context.verb:
        return None
    if context.exchange.reply is None:
        # silence is a breach where the command was whole and nothing but the server ended the waiting
        return None if context.exchange.closed or not context.exchange.sent.endswith(b"\r\n") else False
    after = context.after
    return not (after is not None and after.sent is None and after.session == context.exchange.session)


# --- HELP


def help_success(context: Context) -> Outcome:
    return context.code in (211, 214) if _help(context) and context.code // 100 == 2 else None


def help_refusal(context: Context) -> Outcome:
    if not _help(context) or context.argument:
        return None
    return LATITUDE if context.code >= 400 else True


def help_refusal_code(context: Context) -> Outcome:
    return context.code in (421, 500, 501, 502, 503, 504, 530) if _help(context) and context.code >= 400 else None


def help_argument(context: Context) -> Outcome:
    if not _help(context) or not context.argument:
        return None
    return True if context.code in (211, 214) else LATITUDE


def help_any_time(context: Context) -> Outcome:
    return context.code != 503 if _help(context) else None


def help_announced(context: Context) -> Outcome:
    keywords = context.keywords
    works = _help(context) and context.code // 100 == 2
    return "HELP" in keywords if works and keywords is not None else None


def help_listed_works(context: Context) -> Outcome:
    bare = _help(context) and not context.argument
    return context.code not in (500, 502) if bare and "HELP" in (context.keywords or ()) else None


def help_no_effect(context: Context) -> Outcome:
    if context.verb != "RCPT" or not context.before or (context.before[-1].command or "")[:4].upper() != "HELP":
        return None
    for said in reversed(context.before[:-1]):
        verb = (said.command or "")[:4].upper()
        if verb == "MAIL" and said.reply is not None:
            return context.code != 503 if said.reply.code == 250 else None
        if verb not in ("HELP", "NOOP", "RCPT", "VRFY", "EXPN"):
            return None
    return None


def help_discloses(context: Context) -> Outcome:
    if not _help(context) or context.code // 100 != 2:
        return None
    text = re.sub(r"(?m)^\d\.\d+\.\d+ ", "", context.reply.text)
    return (
        LATITUDE
        if re.search(r"\b\d+\.\d+", re.sub(r"(?i)https?://\S+|rfc\s*\d+(\W*(section\s*)?\d+(\.\d+)+)?", "", text))
        else True
    )


# --- status, and verbs that are not in the list


def status_not_standard(context: Context) -> Outcome:
    if context.exchange.sent is None or context.verb not in REGISTERED or _help(context):
        return None
    return context.code not in (211, 214)


def _unknown_verb(context: Context) -> bool:
    return context.verb.isalpha() and context.verb not in REGISTERED


def private_name(context: Context) -> Outcome:
    if not _unknown_verb(context) or context.code // 100 != 2:
        return None
    return context.verb.startswith("X")


def private_unknown(context: Context) -> Outcome:
    refused = _unknown_verb(context) and context.verb.startswith("X") and context.code // 100 == 5
    return context.code == 500 if refused else None


def unknown_500(context: Context) -> Outcome:
    refused = _unknown_verb(context) and not context.verb.startswith("X") and context.code in (500, 502)
    return context.code == 500 if refused else None


# --- the other commands


def minimum_supported(context: Context) -> Outcome:
    if context.verb not in MINIMUM or context.exchange.sent is None:
        return None
    if context.code == 502:
        return (
            LATITUDE if context.verb == "VRFY" else False
        )  # RFC 5321 §4.3.2 lists 502 for VRFY, which sites may switch off
    # with an argument 500 may speak of the argument
    return context.code != 500 or bool(context.argument)


def quit_221(context: Context) -> Outcome:
    return context.code == 221 if context.verb == "QUIT" and not context.argument else None


def noop_250(context: Context) -> Outcome:
    return context.code == 250 if context.verb == "NOOP" and context.code // 100 == 2 else None


def noop_argument(context: Context) -> Outcome:
    return context.code not in (500, 501, 504) if context.verb == "NOOP" and context.argument else None


def greeting_code(context: Context) -> Outcome:
    first = context.exchange.sent is None and context.whole and not context.before
    return context.code in (220, 421, 554) if first else None


def command_length(context: Context) -> Outcome:
    sent = context.exchange.sent or b""
    too_long = context.code == 500 and "too long" in context.reply.text.lower()
    return not too_long if 0 < len(sent) <= 512 and sent.count(b"\n") == 1 else None


def connection_stays(context: Context) -> Outcome:
    if context.exchange.sent is None:
        return None
    return context.code in (221, 421) if context.exchange.closed else True


# --- enhanced status codes


def enhanced_class(context: Context) -> Outcome:
    enhanced = context.reply.enhanced
    return enhanced[0] == str(context.code)[0] if enhanced else None


def enhanced_every_line(context: Context) -> Outcome:
    enhanced = context.reply.enhanced
    if not enhanced or not context.reply.is_multiline:
        return None
    return all(line.split(" ", 1)[0] == enhanced for line in context.reply.lines)


def enhanced_announced(context: Context) -> Outcome:
    if context.exchange.sent is None or context.verb in ("EHLO", "HELO", "LHLO") or context.code // 100 == 3:
        return None
    return context.reply.enhanced is not None if "ENHANCEDSTATUSCODES" in (context.keywords or ()) else None


_ALL: Iterable[Callable[[Context], Outcome]] = (
    bare_code, space, listed, one_per_command, first_digit,
    help_success, help_refusal, help_refusal_code, help_argument, help_any_time, help_announced, help_listed_works,
    help_no_effect, help_discloses, status_not_standard, private_name, private_unknown, unknown_500,
    minimum_supported, quit_221, noop_250, noop_argument, greeting_code, command_length, connection_stays,
    enhanced_class, enhanced_every_line, enhanced_announced,
)  # fmt: skip

CHECKS = {check.__name__: check for check in _ALL}
"""Every check by its name."""


def check_of(rule_id: str) -> Callable[[Context], Outcome]:
    """Return the check of a rule: for the grammar of a reply its defects, else the function named for the rule."""
    name = rule_id.replace("-", "_").replace(".", "_").removeprefix("reply_")
    found = CHECKS.get(name)
    if found is not None:
        return found
    return lambda context: all(defect.rule != rule_id for defect in context.reply.defects)
