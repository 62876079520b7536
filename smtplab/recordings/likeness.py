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
    """The recordings that a server is most like. evidence: the commands whose replies were the same."""

    names: tuple[str, ...]
    evidence: tuple[str, ...]
    asked: int


def _named(octets: bytes) -> bytes:
    """Return the host's name out of a greeting: its first word (RFC 5321 §4.3.1)."""
    words = octets[4:].split()
    return words[0] if words else b""


def _same(said: bytes, host: bytes, kept: bytes, kept_host: bytes) -> bool:
    return said.replace(host, b"*") == kept.replace(kept_host, b"*") if host and kept_host else said == kept


def _evidence(made: Recording, host: bytes, answers: dict[bytes, bytes]) -> list[bytes]:
    kept_host = _named(made.greeting.octets)
    kept = made.answers.get("greeted", {})
    return [line for line, said in answers.items() if line in kept and _same(said, host, kept[line].octets, kept_host)]


def most_like(said: Iterable[Exchange]) -> Likeness | None:
    """Return the recordings that answered most alike, None where none did in what tells servers apart.

    said: a dialogue with EHLO before the commands.
    """
    dialogue = list(said)
    host = next((each.reply.raw for each in dialogue if each.sent is None and each.reply), b"")
    answers = {each.sent: each.reply.raw for each in dialogue if each.reply and each.sent in _WEIGHT}
    found = {name: _evidence(recording(name), _named(host), answers) for name in names()}
    weight = {name: sum(_WEIGHT[line] for line in lines) for name, lines in found.items()}
    best = max(weight.values(), default=0)
    if best < _LEAST:
        return None
    alike = tuple(name for name in found if weight[name] == best)
    return Likeness(alike, tuple(line.strip().decode() for line in found[alike[0]]), len(answers))
