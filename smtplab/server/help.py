"""What the lab's HELP says: each command's syntax, its use in a few words, and where RFC 5321 defines it.

The texts go over the wire, so they are ASCII and English, as servers' help texts are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from smtplab.protocol.reply import Reply
from smtplab.server.output import printable, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class Topic(NamedTuple):
    """One command's help. syntax: after RFC 5321 §4.1.1; use: in a few words; source: the section."""

    syntax: str
    use: str
    source: str


TOPICS = {
    "AUTH": Topic("AUTH mechanism [initial-response]", "prove who you are", "RFC 4954 section 4"),
    "DATA": Topic("DATA", "send the message; end it with a line holding one dot", "RFC 5321 section 4.1.1.4"),
    "EHLO": Topic("EHLO domain", "say hello and hear what the server offers", "RFC 5321 section 4.1.1.1"),
    "EXPN": Topic("EXPN string", "ask who is on a mailing list", "RFC 5321 section 4.1.1.7"),
    "HELO": Topic("HELO domain", "say hello the old way", "RFC 5321 section 4.1.1.1"),
    "HELP": Topic("HELP [topic]", "this help; it changes nothing", "RFC 5321 section 4.1.1.8"),
    "MAIL": Topic("MAIL FROM:<reverse-path>", "begin a mail transaction", "RFC 5321 section 4.1.1.2"),
    "NOOP": Topic("NOOP [string]", "do nothing, and say so", "RFC 5321 section 4.1.1.9"),
    "QUIT": Topic("QUIT", "end the session", "RFC 5321 section 4.1.1.10"),
    "RCPT": Topic("RCPT TO:<forward-path>", "name one recipient", "RFC 5321 section 4.1.1.3"),
    "RSET": Topic("RSET", "forget the mail transaction", "RFC 5321 section 4.1.1.5"),
    "STARTTLS": Topic("STARTTLS", "switch to TLS", "RFC 3207 section 4"),
    "VRFY": Topic("VRFY string", "ask whether a mailbox exists", "RFC 5321 section 4.1.1.6"),
    "XSTATUS": Topic("XSTATUS", "the live state of this lab", "private use, RFC 5321 section 4.1.5"),
}

ALIASES = {"MAIL FROM": "MAIL", "RCPT TO": "RCPT"}


def help_reply(topics: Mapping[str, Topic], topic: str, extension: Callable[[str], str]) -> Reply:
    """Return the reply to HELP: 214 with every command, 214 with one command's syntax, 504 to an unknown topic.

    topics: those of the commands that can be given now. extension: returns what a verb's syntax may have besides.
    Source: RFC 5321 §4.1.1.8, §4.3.2 (214), §4.2.1 (504).
    """
    if not topic:
        width = max(len(each.syntax) for each in topics.values())
        listed = (f"{each.syntax:<{width}}  {each.use}".rstrip() for each in topics.values())
        return Reply.of(
            214, "Commands of this server:", *map(printable, listed), "HELP topic tells more of one of them"
        )
    wanted = " ".join(topic.upper().split())
    wanted = ALIASES.get(wanted, wanted)
    if wanted not in topics:
        return Reply.of(504, f"HELP topic {quoted(topic)} unknown; HELP alone lists the topics")
    found = topics[wanted]
    more = (found.use, f"See {found.source}") if found.source else ()
    return Reply.of(214, printable(f"Syntax: {found.syntax}{extension(wanted)}"), *more)
