r"""How a server answers. A personality is pure: command lines in, octets out; it opens no socket and keeps no clock.

The server (smtp.py) shows each command line to the personality's `Dialogue` first. A dialogue that has no
answer leaves the line to the server itself, which is how the default personality works throughout.

>>> shy = Personality.scripted({"HELP": "502 not here", "NOOP": ["250 once", "250 twice"]})
>>> talk = shy.dialogue()
>>> talk.answer(b"HELP\r\n").octets, talk.answer(b"noop\r\n").octets, talk.answer(b"NOOP x\r\n").octets
(b'502 not here\r\n', b'250 once\r\n', b'250 twice\r\n')
>>> talk.answer(b"EHLO me\r\n") is None
True
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol, TypeAlias

from smtplab.protocol.octets import show_text
from smtplab.protocol.reply import Reply, find_end
from smtplab.protocol.sources import Source
from smtplab.text.sentences import Sentences

_say = Sentences("server/errors")


@dataclass(frozen=True)
class Answer:
    """What a server says to one line, octet for octet; nothing at all is an answer too.

    close: hang up after it.
    source: how the server came by it (`smtplab.protocol.transcript.SOURCES`).
    """

    octets: bytes
    close: bool = False
    source: str = "scripted"

    def __post_init__(self) -> None:
        """Refuse what is no octets, where it is made: on the wire it would be too late."""
        if not isinstance(self.octets, bytes):
            if not isinstance(self.octets, bytearray | memoryview):
                raise TypeError(_say("answer_octets", octets=f"{self.octets!r:.60}"))
            object.__setattr__(self, "octets", bytes(self.octets))

    @cached_property
    def code(self) -> str:
        """The code of its last line, as the figures count it; "" for silence."""
        return self.octets.removesuffix(b"\r\n").rpartition(b"\n")[2][:3].decode("ascii", "replace")

    @cached_property
    def origin(self) -> Source:
        """What the session notes of it for the client."""
        return Source(self.source, self.close)


SILENCE = Answer(b"")
"""Say nothing and stay: the client waits."""
HANG_UP = Answer(b"", close=True)
"""Say nothing and close the connection."""

AnswerLike: TypeAlias = "str | bytes | Reply | Answer"
Script: TypeAlias = "AnswerLike | Sequence[AnswerLike] | Callable[[str], AnswerLike]"


class Dialogue(Protocol):
    """One session's side of a personality: it sees each line in turn and may remember."""

    def greeting(self) -> Answer | None:
        """Return what the server says first, or None for the server's own greeting."""

    def answer(self, line: bytes) -> Answer | None:
        """Return the answer to `line` (its line end included), or None to leave it to the server."""


class Personality:
    """How a server answers, under a name.

    name: as `lab.personality` takes it.
    stock: True for aiosmtpd as it is published, without the lab's HELP and XSTATUS.
    bare_lf: whether a bare LF ends a command line, which RFC 5321 §2.3.8 rules out and real servers allow.
    """

    bare_lf = False

    def __init__(self, name: str, *, stock: bool = False) -> None:
        self.name = name
        self.stock = stock
        self.bare_lf = self.bare_lf or stock

    def dialogue(self) -> Dialogue | None:
        """Begin a session; None where the server answers everything itself."""
        return None

    def __repr__(self) -> str:
        return f"<Personality {show_text(str(self.name))}>"

    @staticmethod
    def scripted(
        answers: Mapping[str, Script], *, greeting: AnswerLike | None = None, name: str = "scripted"
    ) -> Personality:
        """Make a personality that says exactly what `answers` says, and is the lab's default one elsewhere.

        answers: a command line ("HELP MAIL") or a verb ("HELP": with any argument) → what to answer. Case does
          not matter; the whole line is looked for before the verb. An answer is text (lines get CRLF; after a
          421 the server hangs up, as RFC 5321 §3.8 has it), octets (sent as they are), a Reply, an `Answer`
          (`SILENCE`, `HANG_UP`), a list of these (one each time, the last again and again), or a function of
          the command line that returns one.
        Raises TypeError or ValueError, naming the command, for what is none of these.
        """
        return _Scripted(name, answers, greeting)


def _answer(answer: object, what: str | None) -> Answer:
    match answer:
        case Answer():
            return answer
        case bytes():
            return Answer(answer)
        case Reply():
            return Answer(answer.raw, close=answer.code == _CLOSING)
        case str():
            return Answer(_octets_of(answer, what), close=answer.startswith(str(_CLOSING)))
    raise TypeError(_say("answer_type", what=_named(what), answer=repr(answer)))


def answer_of(answer: AnswerLike) -> Answer:
    """Return the `Answer` that a script's answer stands for, as `Personality.scripted` takes it.

    Raises TypeError or ValueError for what is none.
    """
    return _answer(answer, repr(answer))


def _named(what: str | None) -> str:
    """Return what is answered, in a sentence: a command, or None for the connection."""
    return _say("greeting") if what is None else what


def _octets_of(text: str, what: str | None) -> bytes:
    """Return the octets of a reply given as text: one reply, which a line end in a name or an address cannot double."""
    text = text.replace("\r\n", "\n").removesuffix("\n")
    odd = next((char for char in text if not char.isprintable() and char not in "\t\n" and not _is_escape(char)), None)
    if odd is not None:
        raise ValueError(_say("answer_character", what=_named(what), char=repr(odd)))
    octets = text.replace("\n", "\r\n").encode("utf-8", "surrogateescape") + b"\r\n"
    if octets[:3].isdigit() and -1 < find_end(octets) < len(octets):
        raise ValueError(_say("more_than_one", what=_named(what), text=f"{text!r:.80}"))
    return octets


def _is_escape(char: str) -> bool:
    """Return whether a character stands for an octet that is not UTF-8 (PEP 383)."""
    return "\udc80" <= char <= "\udcff"


_CLOSING = 421


@dataclass
class _ScriptedDialogue:
    lines: Mapping[str, tuple[Answer, ...] | Callable[[str], AnswerLike]]
    hello: Answer | None
    turns: dict[str, int] = field(default_factory=dict)
    in_data: bool = False
    line_ended: bool = True
    """Whether the last line of message text ended with CR LF."""

    def greeting(self) -> Answer | None:
        return self.hello

    def answer(self, line: bytes) -> Answer | None:
        text = line.decode("utf-8", "surrogateescape").rstrip("\r\n")
        if self.in_data:
            ends = line == b".\r\n" and self.line_ended  # RFC 5321 §4.1.1.4: CR LF . CR LF and nothing else
            self.line_ended = line.endswith(b"\r\n")
            if not ends:
                return SILENCE
            self.in_data = False
            return self._say(".", text) or _answer("250 OK", ".")
        words = text.upper().split(maxsplit=1)
        verb = words[0] if words else ""
        answer = self._say(" ".join(words), text) or self._say(verb, text)
        self.in_data = answer is not None and verb == "DATA" and answer.octets.startswith(b"354")
        return answer

    def _say(self, key: str, text: str) -> Answer | None:
        script = self.lines.get(key)
        if script is None:
            return None
        if callable(script):
            return _answer(script(text), key)
        turn = self.turns.get(key, 0)
        self.turns[key] = turn + 1
        return script[min(turn, len(script) - 1)]


class _Scripted(Personality):
    def __init__(self, name: str, answers: Mapping[str, Script], greeting: AnswerLike | None) -> None:
        super().__init__(name)
        self._hello = None if greeting is None else _answer(greeting, None)
        self._lines: dict[str, tuple[Answer, ...] | Callable[[str], AnswerLike]] = {}
        if not isinstance(answers, Mapping):
            raise TypeError(_say("answers_type", kind=type(answers).__name__))
        for command, script in answers.items():
            if not isinstance(command, str):
                raise TypeError(_say("command_type", kind=type(command).__name__))
            key = " ".join(command.upper().split(maxsplit=1))
            if callable(script):
                self._lines[key] = script
            else:
                alone = isinstance(script, str | bytes | Reply | Answer)
                several: Iterable[object] = (script,) if alone or not isinstance(script, Sequence) else script
                self._lines[key] = tuple(_answer(answer, repr(command)) for answer in several)
                if not self._lines[key]:
                    raise ValueError(_say("no_answers", command=repr(command)))

    def dialogue(self) -> Dialogue:
        return _ScriptedDialogue(self._lines, self._hello)


RFC5321 = Personality("rfc5321")
STOCK = Personality("aiosmtpd-1.4.6", stock=True)
BUILT_IN = {built_in.name: built_in for built_in in (RFC5321, STOCK)}
"""The personalities that are code; the others are recordings (recordings/)."""
