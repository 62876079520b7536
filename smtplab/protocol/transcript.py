r"""What was said, in order: exchanges of a command and its reply. Values only; nothing here does I/O.

>>> from smtplab.protocol.reply import Reply
>>> dialogue = Transcript([Exchange(None, Reply(b"220 lab ready\r\n")), Exchange(b"HELP\r\n", Reply(b"214 Ask\r\n"))])
>>> print(dialogue)
S: 220 lab ready
C: HELP
S: 214 Ask
>>> dialogue[-1].reply.code, dialogue.replies("HELP")
(214, (<Reply 214 'Ask'>,))
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, overload

from smtplab.protocol.octets import quoted, show_octets, show_text

if TYPE_CHECKING:
    from smtplab.protocol.reply import Reply

SOURCES = ("live", "scripted", "recorded", "alike", "inferred", "unrecorded", "stand-in")
"""How a server came by an answer: by running, from a script, from a recording, from the recording of a like command,
inferred from the nearest of its kind that was recorded, by saying what it says to an unknown command, or in the lab's
own words, where the server lists a verb that was never recorded."""

_NOT_THE_SERVERS_OWN = ("alike", "inferred", "unrecorded", "stand-in")


@dataclass(frozen=True, repr=False)
class Exchange:
    """One command and its reply, in octets.

    sent: what the client sent, None where the server spoke first (the greeting, or a reply nobody asked for).
    reply: what came back, None where nothing (complete) did.
    session: which connection of the lab it was, from 1.
    source: one of `SOURCES`.
    closed: the server closed the connection after it.
    partial: the octets of a reply that broke off.
    error: the exception in the server's code that is behind the reply, and where it was raised.
    at: when it was noted, in milliseconds since the client first connected; None where nobody measured.
    """

    sent: bytes | None
    reply: Reply | None
    session: int = 1
    source: str = "live"
    closed: bool = False
    partial: bytes = b""
    error: str = ""
    at: float | None = field(default=None, compare=False)

    @classmethod
    def noted(  # noqa: PLR0917  the client's, at every command
        cls, sent: bytes | None, reply: Reply, session: int, source: str, closed: bool, error: str, at: float
    ) -> Exchange:
        """Make the exchange of a whole reply, quicker than by the fields one after another."""
        exchange = object.__new__(cls)
        exchange.__dict__.update(
            sent=sent, reply=reply, session=session, source=source, closed=closed, partial=b"", error=error, at=at
        )
        return exchange

    @property
    def command(self) -> str | None:
        """What was sent, as text without its line end; None for a greeting."""
        return None if self.sent is None else self.sent.rstrip(b"\r\n").decode("utf-8", "surrogateescape")

    def rows(self) -> Iterator[tuple[str, str]]:
        """Return who said what as pairs: "C", "S", or a dash for a remark in the language that is set."""
        if self.sent is not None:
            lines = self.sent.split(b"\n")
            for line in lines[:-1] if lines[-1] == b"" else lines:
                yield "C", show_octets(line.removesuffix(b"\r"))
        if self.reply is not None:
            for text in str(self.reply).split("\n"):
                yield "S", text
        if self.partial:
            yield "S", show_octets(self.partial)
        for remark in self.remarks():
            yield "-", remark

    def remarks(self, lang: str | None = None) -> Iterator[str]:
        """Return what else there is to say about it: unfinished, no reply, not recorded, closed."""
        remarks = {
            "partial": bool(self.partial),
            "no_reply": self.reply is None and self.sent is not None and not self.partial,
            self.source: self.source in _NOT_THE_SERVERS_OWN,
            "raised": bool(self.error),
            "closed": self.closed,
        }
        if any(remarks.values()):
            from smtplab.text.texts import Texts  # few exchanges have a remark

            say = Texts("protocol/texts", lang)
            yield from (say(f"remark_{key}", error=show_text(self.error)) for key, holds in remarks.items() if holds)

    def __repr__(self) -> str:
        command = "greeting" if self.sent is None else quoted(self.sent.rstrip(b"\r\n"))
        return f"<Exchange {command} {'no reply' if self.reply is None else self.reply.code}>"

    def __str__(self) -> str:
        return "\n".join(f"{who}{':' if who in 'CS' else ''} {text}" for who, text in self.rows())

    def _repr_html_(self) -> str:
        from smtplab.text.html import dialogue  # only a notebook asks for it

        return dialogue(self.rows())


class Transcript(Sequence[Exchange]):
    """A dialogue as it was said: an immutable sequence of exchanges."""

    __slots__ = ("_exchanges", "_length")

    def __init__(self, exchanges: Iterable[Exchange] = ()) -> None:
        self._exchanges: Sequence[Exchange] = tuple(exchanges)
        self._length = len(self._exchanges)

    @classmethod
    def up_to_now(cls, exchanges: list[Exchange]) -> Transcript:
        """Return what a list holds now, without a copy: the list may be appended to, and nothing else."""
        transcript = cls()
        transcript._exchanges = exchanges
        transcript._length = len(exchanges)
        return transcript

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """The exchanges as a tuple."""
        return tuple(self._exchanges[: self._length])

    @overload
    def __getitem__(self, index: int) -> Exchange: ...
    @overload
    def __getitem__(self, index: slice) -> Transcript: ...
    def __getitem__(self, index: int | slice) -> Exchange | Transcript:
        """Return one exchange, or a part as a Transcript."""
        places = range(self._length)[index]
        if isinstance(places, range):
            return Transcript(self._exchanges[place] for place in places)
        return self._exchanges[places]

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[Exchange]:
        return islice(self._exchanges, self._length)

    def __eq__(self, other: object) -> bool:
        return self.exchanges == other.exchanges if isinstance(other, Transcript) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.exchanges)

    def __reduce__(self) -> tuple[type[Transcript], tuple[tuple[Exchange, ...]]]:
        return Transcript, (self.exchanges,)

    def session(self, number: int) -> Transcript:
        """Return what was said on one connection, counted from 1."""
        return Transcript(exchange for exchange in self if exchange.session == number)

    def replies(self, command: str) -> tuple[Reply, ...]:
        """Return the replies to `command` (its case does not matter), in order."""
        wanted = command.upper()
        return tuple(
            exchange.reply
            for exchange in self
            if exchange.reply is not None and (exchange.command or "").upper() == wanted
        )

    def __repr__(self) -> str:
        return f"<Transcript of {len(self)} exchanges>"

    def __str__(self) -> str:
        return "\n".join(map(str, self))

    def _repr_html_(self) -> str:
        from smtplab.text.html import dialogue  # only a notebook asks for it

        return dialogue(row for exchange in self for row in exchange.rows())
