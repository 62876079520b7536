"""What a recorded server may be taken to say to a line that was never recorded: what the nearest of its kind got.

The nearest is a line with the same verb, of the same form: with an argument or without, of the listed topics or of the
others, in plain characters or in odd ones, at the same moment of the session. A server that repeats the argument in
its reply is taken to repeat the new one. Only a verb that the server neither answers nor lists is unknown to it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from smtplab.protocol.reply import Reply
from smtplab.recordings.answers import PHASES, RecordedReply
from smtplab.recordings.listed import listed
from smtplab.rfc.registry import required_verbs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from smtplab.recordings.recording import Recording

UNKNOWN = b"FOO\r\n"
"""The command that stands for every unknown one in the recordings."""

HELLOS = (b"EHLO", b"HELO", b"LHLO")

_NAMED_BY_CLIENT = (*HELLOS, b"MAIL", b"RCPT")
"""What follows these is a name or mailbox that the client chooses, and changes little in the reply."""

_IN_SEQUENCE = (b"RCPT", b"DATA", b"BDAT")
"""Verbs that belong after others (RFC 5321 §4.1.4, RFC 3030 §2)."""

_NOT_NOW = {b"STARTTLS": 454, b"AUTH": 454, b"QUIT": 221, **dict.fromkeys(_IN_SEQUENCE, 503)}
"""What a server says to a verb that it has and cannot serve here (RFC 3207 §4, RFC 4954 §6; RFC 5321 §4.1.4), and to
QUIT (§4.1.1.10); to others 451 (§4.2.2)."""

_LONG = 512
"""Octets of a command line that every server must take (RFC 5321 §4.5.3.1.4)."""

_REPEATED = 100
"""Octets of an argument that a reply is expected to repeat."""


class _Row(NamedTuple):
    """One recorded line and its reply."""

    phase: str
    line: bytes
    reply: RecordedReply


class _Form(NamedTuple):
    """The form of a command line, the heaviest difference first."""

    indented: bool
    ending: bytes
    argument: str
    separator: bytes
    listed: bool
    words: int
    capitals: bool


def split(line: bytes) -> tuple[bytes, bytes, bytes]:
    """Return the verb in capitals, the white space after it, and the argument without its line end."""
    verb, separator, argument = re.match(rb"\s*([^ \t\r\n]*)([ \t]*)(.*?)\r?\n?\Z", line, re.DOTALL).groups()  # type: ignore[union-attr]
    return verb.upper(), separator[:1], argument


class Inference:
    """What a recording lets one infer."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._topics, self._verbs = listed(recording)
        self._rows: dict[bytes, list[_Row]] = {}
        for phase, line, reply in recording.lines():
            if b"\n" not in line[:-2]:
                self._rows.setdefault(split(line)[0], []).append(_Row(phase, line, reply))

    def lists(self, verb: bytes) -> bool:
        """Return whether the server lists a verb in what it says to HELP or EHLO."""
        return verb.decode("ascii", "replace") in self._verbs

    def reply_to(self, line: bytes, phases: tuple[str, ...]) -> tuple[RecordedReply, str]:
        """Return the reply to a line that was not recorded in this phase, and its source (`transcript.SOURCES`).

        phases: where the session is, and the earlier phases that it may be taken for.
        """
        if b"\n" in line.removesuffix(b"\r\n"):
            return self._bare_lf(line, phases)
        verb, _, argument = split(line)
        rows = self._rows.get(verb, []) if verb else []
        here = sorted((row for row in rows if row.phase in phases), key=lambda row: phases.index(row.phase))
        reply = self._alike(line, verb, here, [row for row in rows if row not in here])
        if reply is not None:
            return reply, "alike"
        if rows and (here or verb not in _IN_SEQUENCE):
            first = self._first_helo(rows, phases) if verb == b"HELO" and argument else None
            return first or self._nearest(line, rows, phases), "inferred"
        if rows or self.lists(verb) or self._must_know(verb):
            return _stand_in(verb), "stand-in"
        return self._unknown(line, verb, phases)

    # --- the same command, in other letters or at another moment

    def _alike(self, line: bytes, verb: bytes, here: list[_Row], elsewhere: list[_Row]) -> RecordedReply | None:
        for row in here:
            if self._same_letters(row.line, line, here) or (verb in _NAMED_BY_CLIENT and row.line[4:5] == line[4:5]):
                return row.reply
        if verb in _IN_SEQUENCE or self._differs_by_phase(line, here, elsewhere):
            return None
        for row in elsewhere:
            if row.line == line or (verb in HELLOS and row.line[4:5] == line[4:5] and row.reply.octets[:1] == b"2"):
                return row.reply
        return None

    def _same_letters(self, known: bytes, line: bytes, rows: list[_Row]) -> bool:
        """Return whether two lines differ in capitals only, to a server that was not seen to tell these apart."""
        if known.upper() != line.upper():
            return False
        replies = {row.line: row.reply for row in rows}
        return not any(
            other != one and other.upper() == one.upper() and replies[other] != replies[one]
            for one in replies for other in replies
        )  # fmt: skip

    def _differs_by_phase(self, line: bytes, here: list[_Row], elsewhere: list[_Row]) -> bool:
        """Return whether a line of this form got another reply here than elsewhere."""
        form = self._form(line)
        others = {row.line: row.reply for row in elsewhere}
        return any(self._form(row.line) == form and others.get(row.line, row.reply) != row.reply for row in here)

    def _first_helo(self, rows: list[_Row], phases: tuple[str, ...]) -> RecordedReply | None:
        """Return what HELO gets as the first command where it was only refused later: EHLO's first line (§4.1.1.1)."""
        if phases[0] != "connected" or any(row.phase == "connected" or row.reply.octets[:1] == b"2" for row in rows):
            return None
        hello = next((row.reply.octets for row in self._rows.get(b"EHLO", ()) if row.phase == "connected"), b"")
        return RecordedReply(b"250 " + hello[4:].partition(b"\n")[0] + b"\n") if hello.startswith(b"250") else None

    # --- another line of the same verb

    def _form(self, line: bytes) -> _Form:
        verb, separator, argument = split(line)
        words = argument.split()
        topic = argument.decode("latin-1").strip().upper()
        return _Form(
            line[:1].isspace(), line[len(line.rstrip(b"\r\n")) :], _kind(line, argument), separator if words else b"",
            verb == b"HELP" and topic in self._topics, min(len(words), 2), line.lstrip()[: len(verb)] == verb,
        )  # fmt: skip

    def _nearest(self, line: bytes, rows: list[_Row], phases: tuple[str, ...]) -> RecordedReply:
        form = self._form(line)

        def distance(row: _Row) -> tuple[object, ...]:
            moment = phases.index(row.phase) if row.phase in phases else len(phases) + PHASES.index(row.phase)
            return (*(a != b for a, b in zip(form, self._form(row.line), strict=True)), moment)

        nearest = min(rows, key=distance)
        kind = self._form(nearest.line)
        examples = [
            (split(row.line)[2], row.reply)
            for row in rows
            if self._form(row.line)._replace(words=0) == kind._replace(words=0)
        ]
        return _repeating(examples, split(line)[2], nearest.reply) or nearest.reply

    # --- no verb of the server's

    def _must_know(self, verb: bytes) -> bool:
        """Return whether a command that nobody asked is one that every server has (RFC 5321 §4.5.1, RFC 2033 §4.1)."""
        foreign = (b"EHLO", b"HELO") if self._recording.protocol == "LMTP" else (b"LHLO",)
        return verb.decode("ascii", "replace") in required_verbs() and verb not in foreign

    def _unknown(self, line: bytes, verb: bytes, phases: tuple[str, ...]) -> tuple[RecordedReply, str]:
        order = dict.fromkeys((*phases, "greeted", "connected"))
        odd = b"\r\n" if not line.strip() else None if line.lstrip()[:1].isalpha() else b"?\r\n"
        if odd is not None and (reply := self._recording.reply_to(odd, *order)) is not None:
            return reply, "alike" if line == odd else "inferred"
        examples = [
            (row.line[:-2], row.reply)
            for rows in self._rows.values()
            for row in rows
            if row.line[:-2].isalpha() and row.line.isupper()
        ]
        foo = self._recording.reply_to(UNKNOWN, *order)
        if foo is None:  # the verbs that it repeats are those that it does not know
            foo = next((reply for _, reply in examples if _repeating(examples, b"FOO", reply)), examples[0][1])
        return _repeating(examples, verb, foo) or foo, "unrecorded"

    # --- bare line feeds

    def _bare_lf(self, line: bytes, phases: tuple[str, ...]) -> tuple[RecordedReply, str]:
        """Return what a line gets that ends in a bare LF, or has one in it because the server waited for CRLF."""
        if b"\n" in line[:-2]:
            glued = (reply for _, known, reply in self._recording.lines() if b"\n" in known[:-2])
            reply = next(glued, None)
            return (reply, "inferred") if reply is not None else self._unknown(UNKNOWN, b"", phases)
        example = self._recording.reply_to(b"HELP\n", *phases) or self._recording.reply_to(b"HELP\n")
        if example is not None and not example.octets and not example.hangs_up:
            return example, "inferred"
        whole = line[:-1] + b"\r\n"
        reply = self._recording.reply_to(whole, *phases)
        if reply is not None:
            return reply, "inferred"
        reply, source = self.reply_to(whole, phases)
        return reply, "inferred" if source == "alike" else source


def _kind(line: bytes, argument: bytes) -> str:
    """Return what an argument is made of."""
    if not argument.strip():
        return "blank" if line.rstrip(b"\r\n")[-1:].isspace() else "none"
    if len(line) > _LONG:
        return "long"
    if b"\0" in argument:
        return "NUL"
    try:
        argument.decode("utf-8")
    except UnicodeDecodeError:
        return "not UTF-8"
    if not argument.isascii():
        return "UTF-8"
    return "words" if argument[:1].isalnum() or argument[:1] == b"<" else "sign"


# --- replies that repeat what was sent

_LETTERS: tuple[Callable[[bytes], bytes], ...] = (bytes, bytes.lower, bytes.upper)


def _repeating(
    examples: Iterable[tuple[bytes, RecordedReply]], words: bytes, reply: RecordedReply
) -> RecordedReply | None:
    """Return the reply with other words in it, where it repeats what was sent, as two examples show; else None."""
    if not words or len(words) > _REPEATED or not words.isascii() or not words.decode().isprintable():
        return None
    for letters, before, after in _frames(list(examples)):
        if reply.octets.startswith(before) and reply.octets.endswith(after):
            return RecordedReply(before + letters(words) + after, reply.hangs_up)
    return None


def _frames(examples: list[tuple[bytes, RecordedReply]]) -> Iterator[tuple[Callable[[bytes], bytes], bytes, bytes]]:
    """Return what stands before and after the words in replies that differ in nothing else."""
    for letters in _LETTERS:
        seen: dict[tuple[bytes, bytes], set[bytes]] = {}
        for words, reply in examples:
            before, repeated, after = reply.octets.rpartition(letters(words)) if words else (b"", b"", b"")
            if repeated:
                seen.setdefault((before, after), set()).add(words)
        yield from ((letters, *frame) for frame, words_seen in seen.items() if len(words_seen) > 1)


def _stand_in(verb: bytes) -> RecordedReply:
    """Return a reply of the lab's own, which says that it is one."""
    text = f"smtplab: what this server says to {verb.decode()} here was not recorded"
    return RecordedReply(Reply.of(_NOT_NOW.get(verb, 451), text).raw, hangs_up=verb == b"QUIT")
