"""The dialogue that a probe holds with a server, on one connection: a few commands, once each, and all replies."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple, Protocol

from smtplab.errors import DialogueError, NotAReply, ProbeError
from smtplab.lab.watch import MOST_UNASKED, WatchedConnection
from smtplab.protocol.command import command_line
from smtplab.protocol.octets import show_octets
from smtplab.protocol.transcript import Exchange, Transcript

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from smtplab.protocol.client import Client
    from smtplab.protocol.reply import Reply
    from smtplab.text.texts import Texts

COMMANDS = ("HELP", "HELP MAIL", "HELP NOSUCH", "NOOP", "RSET", "QUIT")

_CLOSING = 421

_STRAY = {
    (True, True): "stray_after", (True, False): "stray_before",
    (False, True): "stray_after_greeting", (False, False): "stray_before_greeting",
}  # fmt: skip
"""The text for what is no reply: whether a command was sent before it, and whether it came after the reply."""


class Held(NamedTuple):
    """What came of a dialogue. tls, ended, remarks: as in `Probe`."""

    transcript: Transcript
    tls: str | None
    ended: str
    remarks: tuple[str, ...]


class Peer(Protocol):
    """Whom a probe asks. where: its name in a sentence. tls: the version of TLS that is spoken, or None."""

    client: Client
    host: str
    where: str

    @property
    def port(self) -> int | None:
        """Its port, None for a lab."""

    @property
    def tls(self) -> str | None:
        """The version of TLS that is spoken, or None."""

    @property
    def remarks(self) -> list[str]:
        """What there is to say about the switch to TLS."""

    def hello(self, step: Callable[[str], Reply], within: float) -> None:
        """Send EHLO, and switch to TLS where that is wanted; `step` sends a command."""

    def why(self, error: Exception, within: float) -> str:
        """Return in one line why the dialogue broke off."""


class LabServer:
    """A lab's server, over the lab's own carrier."""

    port = tls = None

    def __init__(self, name: str, client: Client) -> None:
        self.host = self.where = f"lab {name}"
        self.client = client
        self.remarks: list[str] = []

    def hello(self, step: Callable[[str], Reply], _within: float) -> None:
        """Send EHLO."""
        step("EHLO")

    def why(self, error: Exception, _within: float) -> str:
        """Return in one line why the dialogue broke off."""
        return f"{self.where}: {error}"


class Dialogue:
    """A probe's dialogue, on one connection."""

    def __init__(self, peer: Peer, within: float, say: Texts, progress: Callable[[str], None]) -> None:
        self._peer = peer
        self._within = within
        self._say = say
        self._progress = progress
        self._connect = peer.client.connect
        peer.client.connect = self._connect_once
        self._watch: WatchedConnection | None = None
        self._commands = [""]
        """What was sent, by its number; the first is the greeting, for which nothing is."""

    def hold(self) -> Held:
        """Ask everything, and return what came. Raises ProbeError."""
        peer, say = self._peer, self._say
        ended, tls = "", None
        try:
            peer.hello(self._step, self._within)
            tls = peer.tls
            for command in COMMANDS:
                if self._step(command).code == _CLOSING:
                    ended = say("hung_up", command=command)
                    break
        except _Flood:
            ended = say("flood", command=self._commands[-1])
        except (DialogueError, NotAReply, ProbeError, OSError) as error:
            ended = str(error) if isinstance(error, ProbeError) else peer.why(error, self._within)
            if not peer.client.transcript.replies("HELP"):
                raise ProbeError(" ".join([ended, *self._remarks()])) from error
        transcript = self._transcript()
        remarks = (*peer.remarks, *self._remarks(), *self._suspicion(transcript))
        return Held(transcript, tls, ended, remarks)

    def _connect_once(self, within: float) -> WatchedConnection:
        """Open the connection, the only one that a probe takes."""
        say, where = self._say, self._peer.where
        if self._watch is not None:
            last = self._commands[self._watch.sent]
            raise ProbeError(say("lost" if last else "lost_greeting", where=where, command=last))
        self._progress(say("connecting", where=where))
        self._watch = WatchedConnection(self._connect(within))
        return self._watch

    def _step(self, command: str) -> Reply:
        """Send a command and wait until the server is quiet, both within one timeout. Raises _Flood."""
        self._progress(command)
        self._commands.append(command)
        began = None if self._watch is None else self._watch.clock()
        line = command_line("EHLO client.example" if command == "EHLO" else command)
        reply = self._peer.client.send(line, self._within)
        assert self._watch is not None
        if not self._watch.settle((self._watch.clock() if began is None else began) + self._within):
            raise _Flood
        return reply

    def _remarks(self) -> Iterator[str]:
        """Return sentences about what came that is no reply, and about commands after which more came than is shown."""
        say = self._say
        for stray in self._watch.strays if self._watch else ():
            if stray.reply is None:
                command = self._commands[stray.number]
                yield say(
                    _STRAY[bool(command), stray.late],
                    command=command,
                    octets=show_octets(stray.octets),
                    count=stray.count,
                )
        for number, count in sorted(self._watch.unasked.items()) if self._watch else ():
            if count > MOST_UNASKED:
                key = "more_unasked" if number else "more_unasked_greeting"
                yield say(key, command=self._commands[number], count=count, shown=MOST_UNASKED)

    def _suspicion(self, transcript: Transcript) -> Iterator[str]:
        greeting = next((exchange.reply for exchange in transcript if exchange.reply is not None), None)
        if greeting is not None and re.search(r"\bFTP\b|ftpd", greeting.text, re.IGNORECASE):
            yield self._say("perhaps_ftp")

    def _transcript(self) -> Transcript:
        """Return the dialogue, with what no command asked for in its place."""
        strays = self._watch.strays if self._watch else []
        exchanges: list[Exchange] = []
        for number, exchange in enumerate(self._peer.client.transcript):
            before, after = (
                [
                    Exchange(None, stray.reply, exchange.session, partial=b"" if stray.reply else stray.octets)
                    for stray in strays
                    if stray.number == number and stray.late == late
                ]
                for late in (False, True)
            )
            exchanges += [*before, exchange, *after]
        return Transcript(exchanges)


class _Flood(Exception):
    """The server does not stop sending."""
