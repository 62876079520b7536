"""Asking a server of your own, politely, and judging what it says.

It asks EHLO, HELP, HELP MAIL, HELP with a nonsense topic, NOOP, RSET and QUIT, once each, on one connection, and names
no mailbox. Ask only a server that you may ask. A lab's server is asked over the lab's carrier, in a browser too.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from smtplab.errors import DialogueError, NotAReply, ProbeError
from smtplab.lab.lab import Lab, seconds
from smtplab.protocol.command import command_line
from smtplab.protocol.octets import show_octets
from smtplab.recordings.likeness import Likeness, most_like
from smtplab.rfc.judge import OUTCOMES, VIOLATES, Verdicts, judge_all
from smtplab.text.html import table
from smtplab.text.texts import Texts

if TYPE_CHECKING:
    from collections.abc import Callable

    from smtplab.protocol.client import Client
    from smtplab.protocol.connection import Connection
    from smtplab.protocol.transcript import Exchange, Transcript

COMMANDS = ("HELP", "HELP MAIL", "HELP NOSUCH", "NOOP", "RSET", "QUIT")
PORT, TLS_PORT = 25, 465
_CLOSING = 421


@dataclass(frozen=True, repr=False)
class Probe:
    """What a server said, and what the rules say of it.

    host, port: whom was asked; a lab by its name, with no port. tls: the version of TLS that was spoken, or None.
    transcript: the dialogue. likeness: which recorded server it is most like, or None.
    ended: why the dialogue broke off early, or "".
    """

    host: str
    port: int | None
    tls: str | None
    transcript: Transcript
    likeness: Likeness | None
    lang: str
    ended: str = ""

    @property
    def verdicts(self) -> tuple[Verdicts, ...]:
        """The verdicts on each exchange, in the transcript's order."""
        return judge_all(self.transcript, lang=self.lang)

    @property
    def worst(self) -> str:
        """The worst verdict of all."""
        return max((each.worst for each in self.verdicts), key=OUTCOMES.index)

    @property
    def violates(self) -> bool:
        """Whether a MUST is violated."""
        return self.worst == VIOLATES

    def rows(self) -> list[tuple[str, str, str]]:
        """Return a row an exchange: the command, the first line of the reply, the notable verdicts."""
        say = Texts("lab/probe", self.lang)
        rows = []
        for exchange, verdicts in zip(self.transcript, self.verdicts, strict=True):
            said = say("nothing") if exchange.reply is None else str(exchange.reply).split("\n")[0]
            more = "" if exchange.reply is None or not exchange.reply.is_multiline else " …"
            notable = [f"{each.words}: {each.rule.id} ({each.rule.source})" for each in verdicts.notable]
            command = say("greeting") if exchange.sent is None else show_octets(exchange.sent.rstrip(b"\r\n"))
            rows.append((command, said + more, "; ".join(notable) or Texts("rfc/judge", self.lang)("conforms")))
        return rows

    def alike(self) -> str:
        """Say which recorded server it is most like, and why."""
        say = Texts("lab/probe", self.lang)
        if self.likeness is None:
            return say("like_none")
        return say(
            "like", names=", ".join(self.likeness.names), same=len(self.likeness.evidence), asked=self.likeness.asked,
            commands=", ".join(self.likeness.evidence),
        )  # fmt: skip

    def as_data(self) -> dict[str, Any]:
        """Return it for programs, as plain data for JSON; octets that are not UTF-8 stand as escapes."""
        like = self.likeness
        return {
            "host": self.host, "port": self.port, "tls": self.tls, "ended": self.ended, "worst": self.worst,
            "exchanges": [_exchange_data(*each) for each in zip(self.transcript, self.verdicts, strict=True)],
            "like": None if like is None else {"names": like.names, "evidence": like.evidence},
        }  # fmt: skip

    def __repr__(self) -> str:
        return f"<Probe {f'of {self.host}' if self.port is None else f'{self.host}:{self.port}'} {self.worst}>"

    def __str__(self) -> str:
        width = max(len(command) for command, _, _ in self.rows())
        lines = [f"{command:<{width}}  {said}\n{'':<{width}}  {found}" for command, said, found in self.rows()]
        return "\n".join([*lines, self.alike(), *([self.ended] if self.ended else [])])

    def _repr_html_(self) -> str:
        say = Texts("lab/probe", self.lang)
        head = [say(key) for key in ("head_command", "head_reply", "head_verdicts")]
        return table(head, self.rows(), caption=self.alike())


def _exchange_data(exchange: Exchange, verdicts: Verdicts) -> dict[str, Any]:
    reply = exchange.reply
    return {
        "sent": None if exchange.sent is None else show_octets(exchange.sent),
        "code": None if reply is None else reply.code,
        "received": None if reply is None else reply.raw.decode("utf-8", "backslashreplace"),
        "verdicts": [{"rule": each.rule.id, "source": each.rule.source, "outcome": each.outcome} for each in verdicts],
    }


class _Peer(Protocol):
    """Whom a probe asks. where: its name in a sentence. tls: the version of TLS that is spoken, or None."""

    client: Client
    host: str
    where: str

    @property
    def port(self) -> int | None: ...

    @property
    def tls(self) -> str | None: ...

    def hello(self, ehlo: Callable[[], None], within: float, progress: Callable[[str], None]) -> None: ...

    def why(self, error: Exception, within: float) -> str: ...


class _LabServer:
    """A lab's server, over the lab's own carrier."""

    port = tls = None

    def __init__(self, name: str, client: Client) -> None:
        self.host = self.where = f"lab {name}"
        self.client = client

    def hello(self, ehlo: Callable[[], None], _within: float, _progress: Callable[[str], None]) -> None:
        ehlo()

    def why(self, error: Exception, _within: float) -> str:
        return f"{self.where}: {error}"


def need_sockets(lang: str | None = None) -> None:
    """Raise ProbeError, which says what there is instead, where no socket can be opened: in a browser."""
    if sys.platform == "emscripten":
        raise ProbeError(Texts("lab/probe", lang)("no_sockets"))


def probe(
    host: str | Lab,
    port: int | None = None,
    *,
    starttls: bool = False,
    tls: bool = False,
    insecure: bool = False,
    timeout: float = 10.0,
    lang: str | None = None,
    progress: Callable[[str], None] = lambda _what: None,
) -> Probe:
    """Ask a server of your own what it says to HELP, and judge it.

    host: a running lab, whose server is then asked on a connection of its own, whatever the lab's carrier; or where a
      server is. port: 25, or 465 with tls, where none is given.
    starttls: switch to TLS after EHLO (RFC 3207). tls: speak TLS from the first octet.
    insecure: do not verify the server's certificate.
    timeout: seconds for each step. lang: "en" or "es". progress: is told each command before it is sent.
    Raises ProbeError, in one line, when the server could not be asked, and in a browser for any but a lab's; ValueError
    for a timeout that is none, or what a lab cannot be given; LabStopped; LabError from inside the lab's own server.
    """
    say = Texts("lab/probe", lang)
    within = seconds(timeout)
    if isinstance(host, Lab):
        given = {"port": port is not None, "starttls": starttls, "tls": tls, "insecure": insecure}
        if any(given.values()):
            names = ", ".join(name for name, is_given in given.items() if is_given)
            raise ValueError(f"{names}: a lab is asked over its own carrier, which takes no port and speaks no TLS")
        with host.other_client() as client:
            return _ask(_LabServer(host.name, client), within, say, progress)
    if not isinstance(host, str):
        raise TypeError(f"a probe asks a Lab, or a host by its name, not {type(host).__name__}")
    need_sockets(lang)
    from smtplab.lab.remote import Remote  # a browser has no sockets to import

    port = port or (TLS_PORT if tls else PORT)
    peer = Remote(host, port, say, tls=tls, starttls=starttls, insecure=insecure)
    try:
        return _ask(peer, within, say, progress)
    finally:
        peer.client.hang_up()


def _ask(peer: _Peer, within: float, say: Texts, progress: Callable[[str], None]) -> Probe:
    """Hold the dialogue, on one connection."""
    client = peer.client
    _connect_once(peer, say, progress)

    def ehlo() -> None:
        progress("EHLO")
        client.send(command_line("EHLO client.example"), within)

    ended, spoken = "", None
    try:
        peer.hello(ehlo, within, progress)
        spoken = peer.tls
        for command in COMMANDS:
            progress(command)
            if client.send(command_line(command), within).code == _CLOSING:
                ended = say("hung_up", command=command)
                break
    except (DialogueError, NotAReply, ProbeError, OSError) as error:
        ended = str(error) if isinstance(error, ProbeError) else peer.why(error, within)
        if not client.transcript.replies("HELP"):
            raise ProbeError(ended) from error
    said = client.transcript
    return Probe(peer.host, peer.port, spoken, said, most_like(said), say.lang, ended)


def _connect_once(peer: _Peer, say: Texts, progress: Callable[[str], None]) -> None:
    """Have a second connection refused: one is all that a probe takes."""
    connect, opened = peer.client.connect, False

    def once(within: float) -> Connection:
        nonlocal opened
        if opened:
            raise ProbeError(say("lost", where=peer.where))
        opened = True
        progress(say("connecting", where=peer.where))
        return connect(within)

    peer.client.connect = once
