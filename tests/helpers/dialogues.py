"""Transcripts made by hand: who said what, as short as it can be written."""

from __future__ import annotations

from smtplab.protocol.reply import Reply
from smtplab.protocol.transcript import Exchange, Transcript
from smtplab.rfc.judge import judge

Line = str | bytes | None


def dialogue(*pairs: tuple[Line, Line], closed: bool = False) -> Transcript:
    r"""Return a transcript of one session.

    pairs: what was sent and the reply to it; None where nothing was; text gets CR LF after each line, octets stay.
    closed: the server hung up after the last.
    """
    exchanges = []
    for number, (sent, reply) in enumerate(pairs):
        raw = _octets(reply)
        last = number == len(pairs) - 1
        exchanges.append(Exchange(_octets(sent), None if raw is None else Reply(raw), closed=closed and last))
    return Transcript(exchanges)


def _octets(line: Line) -> bytes | None:
    if line is None or isinstance(line, bytes):
        return line
    return line.replace("\n", "\r\n").encode() + b"\r\n"


def outcomes(transcript: Transcript, which: int = -1) -> dict[str, str]:
    """Return what each rule that applies says of one exchange, by the rule's id."""
    return {verdict.rule.id: verdict.outcome for verdict in judge(transcript[which], transcript)}


def worst(transcript: Transcript, which: int = -1) -> str:
    """Return the worst verdict on one exchange."""
    return judge(transcript[which], transcript).worst
