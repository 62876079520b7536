"""Which recorded server a server is most like, and on what evidence: the replies that are the same, octet for octet.

The server's own name, which differs from host to host, is taken out of both before they are compared.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from smtplab.recordings.recording import names, recording

if TYPE_CHECKING:
    from collections.abc import Iterable

    from smtplab.protocol.transcript import Exchange
    from smtplab.recordings.recording import Recording

_WEIGHT = {b"HELP\r\n": 4, b"HELP NOSUCH\r\n": 3, b"HELP MAIL\r\n": 2, b"QUIT\r\n": 1, b"NOOP\r\n": 1, b"RSET\r\n": 1}
_LEAST = 4


@dataclass(frozen=True)
class Likeness:
    """The recordings that a server is most like.

    evidence: the commands whose replies were the same. compared: how many replies were held against the recordings.
    """

    names: tuple[str, ...]
    evidence: tuple[str, ...]
    compared: int


def _named(octets: bytes) -> bytes:
    """Return the host's name out of a greeting: its first word (RFC 5321 §4.3.1)."""
    words = octets[4:].split()
    return words[0] if words else b""


def _same(octets: bytes, host: bytes, recorded: bytes, recorded_host: bytes) -> bool:
    if not host or not recorded_host:
        return octets == recorded
    return octets.replace(host, b"*") == recorded.replace(recorded_host, b"*")


def _evidence(server: Recording, host: bytes, replies: dict[bytes, bytes]) -> list[bytes]:
    recorded_host = _named(server.greeting.octets)
    return [
        line
        for line, octets in replies.items()
        if (recorded := server.reply_to(line, "greeted")) and _same(octets, host, recorded.octets, recorded_host)
    ]


def most_like(dialogue: Iterable[Exchange]) -> Likeness | None:
    """Return the recordings that answered most alike, None where none did in what tells servers apart.

    dialogue: with EHLO before the commands.
    """
    exchanges = list(dialogue)
    greeting = next((exchange.reply.raw for exchange in exchanges if exchange.sent is None and exchange.reply), b"")
    replies = {
        exchange.sent: exchange.reply.raw for exchange in exchanges if exchange.reply and exchange.sent in _WEIGHT
    }
    evidence = {name: _evidence(recording(name), _named(greeting), replies) for name in names()}
    weight = {name: sum(_WEIGHT[line] for line in lines) for name, lines in evidence.items()}
    best = max(weight.values(), default=0)
    if best < _LEAST:
        return None
    alike = tuple(name for name in evidence if weight[name] == best)
    return Likeness(alike, tuple(line.strip().decode() for line in evidence[alike[0]]), len(replies))
