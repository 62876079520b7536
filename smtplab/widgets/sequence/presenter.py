"""Behind the sequence: who said what and when, of a lab as it goes on, of a transcript, or of a recorded server."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from smtplab.errors import LabStopped, NotAReply
from smtplab.protocol.octets import show_text
from smtplab.protocol.reply import Reply
from smtplab.protocol.transcript import Exchange, Transcript
from smtplab.recordings.answers import PHASES
from smtplab.recordings.personalities import personality
from smtplab.recordings.recording import names
from smtplab.text.html import dialogue, paragraphs
from smtplab.text.sentences import Sentences
from smtplab.text.texts import unknown
from smtplab.widgets.live import LivePresenter
from smtplab.widgets.views import exchange_view, rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from smtplab.lab.lab import Lab
    from smtplab.recordings.recording import Recording

MOST = 200
"""Exchanges that are shown, the newest ones."""

MOST_LINES = 100
"""Lines of one reply or message text that are shown."""

MOST_CHARACTERS = 2000
"""Characters of one line that are shown."""

_say = Sentences("widgets/errors")


class SequencePresenter(LivePresenter):
    """Who said what and when. The page sends "hello" and gets all of it; what is new follows by itself.

    source: a Lab, which is followed; a Transcript; or the name of a recorded server, or the file of a recording.
    """

    def __init__(self, source: Lab | Transcript | str, lang: str | None = None) -> None:
        recording = None
        if isinstance(source, str):
            recording = _recording(source)
            source = _transcript_of(recording)
        lab = None if isinstance(source, Transcript) else source
        if lab is not None and not hasattr(lab, "watch"):
            raise TypeError(_say("sequence_source", lang, source=repr(source)))
        super().__init__(lang, lab)
        self._follows = lab is not None
        self._transcript = source if isinstance(source, Transcript) else Transcript()
        self._phases = recording is not None
        self.state["about"] = "" if recording is None else self.say("seq_recorded", name=show_text(recording.name))
        self.state["live"] = self._follows
        self._told: tuple[int, Exchange | None] = (0, None)
        self._look()

    def received(self, content: dict[str, Any]) -> None:
        """Answer the page: with all that is shown."""
        if content.get("type") == "hello":
            self._look()
            self._tell_from(0)

    def look(self) -> None:
        """Tell the page what was said since the last time; the last exchange again, where more is known of it."""
        self._look()
        told, last = self._told
        again = told and (told > len(self._transcript) or self._transcript[told - 1] is not last)
        if again or len(self._transcript) != told:
            self._tell_from(max(0, min(told, len(self._transcript)) - bool(again)))

    def plain(self) -> str:
        """Return who said what, without the times: a saved notebook is the same each time it is made."""
        self._look()
        if not len(self._transcript):
            return paragraphs(self.say("seq_empty"))
        older = self._older()
        notes = [text for text in (self.state["about"], older) if text]
        return paragraphs(*notes) + dialogue(self._rows())

    def __repr__(self) -> str:
        self._look()
        return f"<sequence of {len(self._transcript)} exchanges>"

    # ---

    def _look(self) -> None:
        """Note what was said so far; of a lab that is gone, the last that was seen stays."""
        if self._follows:
            with suppress(LabStopped):
                self._transcript = self.lab.transcript

    def _tell_from(self, start: int) -> None:
        transcript = self._transcript
        start = max(start, len(transcript) - MOST)
        self._told = len(transcript), transcript[-1] if len(transcript) else None
        self.tell({
            "type": "steps",
            "start": start,
            "steps": [self._step(transcript, place) for place in range(start, len(transcript))],
            "older": self._older(),
        })  # fmt: skip

    def _older(self) -> str:
        """Return the sentence about what is not shown, "" where all is."""
        number = len(self._transcript) - MOST
        return self.say("seq_older", number=number) if number > 0 else ""

    def _step(self, transcript: Transcript, place: int) -> dict[str, Any]:
        """Return one exchange as the page draws it."""
        exchange = transcript[place]
        before = transcript[place - 1] if place else None
        view = exchange_view(exchange, self.lang)
        sent = [_cut(text) for who, text in rows(exchange, self.lang) if who == "C"]
        lines: list[list[dict[str, str]]] = [] if view["reply"] is None else view["reply"]["lines"]
        return {
            "begins": self._heading(exchange, before),
            "sent": sent[:MOST_LINES],
            "sent_lines": len(sent),
            "is_message": bool(sent) and _reads_message(exchange, before),
            "lines": [[{**piece, "text": _cut(piece["text"])} for piece in line] for line in lines[:MOST_LINES]],
            "reply_lines": len(lines),
            "partial": _cut(view["partial"]),
            "unasked": self._unasked(exchange, before),
            "notes": [*([self.say("seq_tls")] if _begins_tls(exchange) else ()), *view["remarks"]],
            "at": None if exchange.at is None else round(exchange.at, 1),
        }

    def _heading(self, exchange: Exchange, before: Exchange | None) -> str:
        """Return what a new session or phase is headed by, "" within one."""
        if before is not None and before.session == exchange.session:
            return ""
        if self._phases:
            return self.say(f"seq_phase_{PHASES[exchange.session - 1]}")
        return self.say("seq_session", number=exchange.session)

    def _unasked(self, exchange: Exchange, before: Exchange | None) -> str:
        if exchange.sent is not None:
            return ""
        first = before is None or before.session != exchange.session
        return self.say("seq_greeting" if first else "seq_unasked")

    def _rows(self) -> Iterator[tuple[str, str]]:
        before = None
        for exchange in self._transcript[-MOST:]:
            if heading := self._heading(exchange, before):
                yield "-", heading
            found = list(rows(exchange, self.lang))
            yield from (row for row in found if row[0] != "-")
            if _begins_tls(exchange):
                yield "-", self.say("seq_tls")
            yield from (row for row in found if row[0] == "-")
            before = exchange


def _reads_message(exchange: Exchange, before: Exchange | None) -> bool:
    """Return whether what was sent is message text: the reply before it was a 354 (RFC 5321 §4.1.1.4)."""
    same = before is not None and before.session == exchange.session
    return same and before.reply is not None and before.reply.code == 354  # type: ignore[union-attr]


def _begins_tls(exchange: Exchange) -> bool:
    """Return whether TLS begins after this exchange: a 220 to STARTTLS (RFC 3207 §4)."""
    command = (exchange.command or "").strip().upper()
    return command == "STARTTLS" and exchange.reply is not None and exchange.reply.code == 220


def _cut(text: str) -> str:
    return text if len(text) <= MOST_CHARACTERS else f"{text[:MOST_CHARACTERS]}…"


def _recording(name: str) -> Recording:
    recorded: Recording | None = getattr(personality(name), "recording", None)
    if recorded is None:  # one that is code
        raise unknown("recording", name, names())
    return recorded


def _transcript_of(recording: Recording) -> Transcript:
    """Return what a server was asked, phase after phase; a phase stands for a session."""
    greeting = recording.greeting
    exchanges = [_exchange(None, greeting.octets, 1, closed=greeting.hangs_up)]
    for number, phase in enumerate(PHASES, 1):
        exchanges += [
            _exchange(line, reply.octets, number, closed=reply.hangs_up)
            for line, reply in recording.in_phase(phase).items()
        ]
    return Transcript(exchanges)


def _exchange(sent: bytes | None, octets: bytes, session: int, *, closed: bool) -> Exchange:
    reply = None
    with suppress(NotAReply):
        reply = Reply(octets)
    partial = octets if reply is None else b""
    return Exchange(sent, reply, session, "recorded", closed=closed, partial=partial)
