"""The bounds of what a client can make the server keep, each refused with its own code.

A message's octets, and how many messages there may be, are bounds of the server's state (state.py).
"""

from __future__ import annotations

from smtplab.protocol.reply import Reply

COMMAND_LINE_LIMIT = 512
"""The longest command line in octets that a server must take, CRLF included (RFC 5321 §4.5.3.1.4)."""

RECIPIENTS = 1000
"""The most recipients of one message; a server must take 100 (RFC 5321 §4.5.3.1.8)."""
TOO_MANY_RECIPIENTS = Reply.of(452, f"Too many recipients: at most {RECIPIENTS} for one message")
"""452, as RFC 5321 §4.5.3.1.10 has it; the client sends to the rest in another transaction."""

SESSIONS = 512
"""The most sessions of other programs at one time; each takes a descriptor of the kernel's."""
TOO_MANY_SESSIONS = Reply.of(421, f"Too many sessions: at most {SESSIONS} at one time, try again later")
"""421 and hang up: the service is not available now (RFC 5321 §3.8, §4.2.3)."""


class LineLimits(dict[str, int]):
    """The longest line of each command in octets. What is not in it has the common limit, and is not kept."""

    def __missing__(self, verb: str) -> int:
        return COMMAND_LINE_LIMIT
