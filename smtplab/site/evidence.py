"""What the recorded servers show of a reply code: which commands got it, from whom, and an example."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from smtplab.protocol.octets import show_octets
from smtplab.protocol.reply import Reply
from smtplab.recordings.recording import names, recording

GREETING = ""
"""Stands for no command: what a server says first."""


@dataclass(frozen=True)
class Evidence:
    """What was recorded of one code.

    servers: whoever gave it to anything. commands: each command line that got it → whoever gave it, commonest first.
    example: who gave it to which command, and the reply: the shortest of the commonest command's.
    """

    servers: tuple[str, ...]
    commands: dict[str, tuple[str, ...]]
    example: tuple[str, str, Reply]


@cache
def evidence() -> dict[int, Evidence]:
    """Return what was recorded of each code that some server gave."""
    found: dict[int, dict[str, dict[str, bytes]]] = {}  # code → command line → server → octets
    for name in names():
        server = recording(name)
        said = [("", b"", server.greeting), *server.lines()]
        for _, line, reply in said:
            if reply.octets[:3].isdigit():
                command = show_octets(line.removesuffix(b"\n").removesuffix(b"\r"))
                found.setdefault(int(reply.octets[:3]), {}).setdefault(command, {}).setdefault(name, reply.octets)
    return {code: _evidence(commands) for code, commands in sorted(found.items())}


def _evidence(commands: dict[str, dict[str, bytes]]) -> Evidence:
    ordered = sorted(commands, key=lambda command: (-len(commands[command]), len(command), command))
    replies = commands[ordered[0]]
    shortest = min(replies, key=lambda name: (len(replies[name]), name))
    return Evidence(
        tuple(sorted({name for servers in commands.values() for name in servers})),
        {command: tuple(sorted(commands[command])) for command in ordered},
        (shortest, ordered[0], Reply(replies[shortest])),
    )
