"""The check behind each rule: an exchange in its session in; kept, broken, latitude or nothing out.

A rule of rules.toml and its check are joined here, by the rule's id, and nowhere else. A new rule is a row there, a
function in the module of its subject, and a line here; the tests then want a case that breaks it and one that keeps it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from smtplab.rfc.checks import (
    auth,
    commands,
    connection,
    enhanced,
    help,  # noqa: A004  the room's own module
    lmtp,
    replies,
    verbs,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from smtplab.rfc.checks.outcome import Outcome
    from smtplab.rfc.session import Context

__all__ = ["CHECKS", "WITHOUT_REPLY"]

CHECKS: dict[str, Callable[[Context], Outcome]] = {
    "reply.code-range": replies.grammar("reply.code-range"),
    "reply.one-code": replies.grammar("reply.one-code"),
    "reply.line-code": replies.grammar("reply.line-code"),
    "reply.separator": replies.grammar("reply.separator"),
    "reply.textstring": replies.textstring,
    "reply.crlf": replies.grammar("reply.crlf"),
    "reply.line-length": replies.line_length,
    "reply.last-line": replies.grammar("reply.last-line"),
    "reply.first-digit": replies.first_digit,
    "reply.bare-code": replies.bare_code,
    "reply.space": replies.space,
    "reply.listed": replies.listed,
    "reply.its-command": replies.its_command,
    "reply.one-per-command": replies.one_per_command,
    "help.success": help.success,
    "help.supported": help.supported,
    "help.refusal-code": help.refusal_code,
    "help.argument": help.argument,
    "help.any-time": help.any_time,
    "help.announced": help.announced,
    "help.listed-works": help.listed_works,
    "help.no-effect": help.no_effect,
    "help.discloses": help.discloses,
    "status.not-standard": verbs.status_not_standard,
    "private.name": verbs.private_name,
    "private.unknown": verbs.private_unknown,
    "unknown.500": verbs.unknown_500,
    "ehlo.keywords": verbs.ehlo_keywords,
    "helo.plain": verbs.helo_plain,
    "command.announced": verbs.command_announced,
    "command.listed-works": verbs.command_listed_works,
    "starttls.once": verbs.starttls_once,
    "minimum.supported": commands.minimum_supported,
    "expn.supported": commands.expn_supported,
    "success.row": commands.success_row,
    "order.any-time": commands.any_time,
    "ehlo.again": commands.ehlo_again,
    "order.first": commands.first,
    "argument.none": commands.no_argument,
    "quit.221": commands.quit_221,
    "quit.closes": commands.quit_closes,
    "rset.250": commands.rset_250,
    "noop.250": commands.noop_250,
    "noop.argument": commands.noop_argument,
    "rcpt.order": commands.rcpt_order,
    "path.syntax": commands.path_syntax,
    "greeting.code": connection.greeting_code,
    "rejected.commands": connection.rejected_commands,
    "command.length": commands.command_length,
    "command.crlf": commands.command_crlf,
    "data.end": commands.data_end,
    "connection.stays": connection.stays,
    "auth.order": auth.order,
    "auth.encryption": auth.encryption,
    "auth.challenge": auth.challenge,
    "auth.cancel": auth.cancel,
    "lmtp.hello": lmtp.hello,
    "lmtp.data": lmtp.data,
    "enhanced.class": enhanced.same_class,
    "enhanced.every-line": enhanced.every_line,
    "enhanced.announced": enhanced.announced,
}
"""The check of each rule, by the rule's id (rules.toml)."""

WITHOUT_REPLY = frozenset({"reply.one-per-command", "connection.stays"})
"""The rules that have something to say where no reply came; the others are asked only about a reply."""
