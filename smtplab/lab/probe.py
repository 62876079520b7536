"""Asking a server of your own, politely, and judging what it says.

It asks EHLO, HELP, HELP MAIL, HELP with a nonsense topic, NOOP, RSET and QUIT, once each, on one connection, and names
no mailbox. Ask only a server that you may ask. A lab's server is asked over the lab's carrier, in a browser too.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from smtplab.errors import ProbeError
from smtplab.lab.dialogue import Dialogue, LabServer, Peer
from smtplab.lab.lab import Lab
from smtplab.protocol.octets import show_octets, show_text
from smtplab.protocol.reply import REPLY_LINE_LIMIT
from smtplab.protocol.timeouts import seconds
from smtplab.recordings.likeness import Likeness, most_like
from smtplab.rfc.judge import OUTCOMES, VIOLATES, Verdicts, judge_all
from smtplab.text.html import paragraphs, table
from smtplab.text.language import telling
from smtplab.text.texts import Texts

if TYPE_CHECKING:
    from collections.abc import Callable

    from smtplab.protocol.transcript import Exchange, Transcript


PORT, TLS_PORT = 25, 465
_LAST_PORT = 65535


@dataclass(frozen=True, repr=False)
class Probe:
    """What a server said, and what the rules say about it.

    host, port: who was asked; a lab by its name, with no port. tls: the version of TLS that was spoken, or None.
    transcript: the dialogue. likeness: which recorded server it is most like, or None.
    ended: why the dialogue broke off early, or "".
    remarks: what else came that no command asked for.
    """

    host: str
    port: int | None
    tls: str | None
    transcript: Transcript
    likeness: Likeness | None
    lang: str
    ended: str = ""
    remarks: tuple[str, ...] = ()

    @cached_property
    def verdicts(self) -> tuple[Verdicts, ...]:
        """The verdicts on each exchange, in the transcript's order."""
        return judge_all(self.transcript, lang=self.lang)

    @property
    def worst(self) -> str:
        """The worst verdict of all."""
        return max((verdict.worst for verdict in self.verdicts), key=OUTCOMES.index)

    @property
    def violates(self) -> bool:
        """Whether a MUST is violated."""
        return self.worst == VIOLATES

    def rows(self) -> list[tuple[str, str, str]]:
        """Return a row an exchange: the command, the first line of the reply (cut if long), the notable verdicts."""
        rows = []
        for exchange, verdicts in zip(self.transcript, self.verdicts, strict=True):
            notable = [f"{verdict.words}: {verdict.rule.id} ({verdict.rule.source})" for verdict in verdicts.notable]
            verdict = "; ".join(notable) or Texts("rfc/judge", self.lang)("conforms")
            rows.append((self._command(exchange), self._first_line(exchange), verdict))
        return rows

    def _kind(self, exchange: Exchange) -> str:
        if exchange.sent is not None:
            return "command"
        first = next(
            (exchange for exchange in self.transcript if exchange.sent is not None or exchange.reply is not None), None
        )
        return "greeting" if exchange is first else "unasked"

    def _command(self, exchange: Exchange) -> str:
        if exchange.sent is not None:
            return show_octets(exchange.sent.rstrip(b"\r\n"))
        return Texts("lab/probe", self.lang)(self._kind(exchange))

    def _first_line(self, exchange: Exchange) -> str:
        if exchange.reply is None:
            return show_octets(exchange.partial[:60]) or Texts("lab/probe", self.lang)("nothing")
        first = str(exchange.reply).split("\n")[0]
        more = exchange.reply.is_multiline or len(first) > REPLY_LINE_LIMIT
        return first[:REPLY_LINE_LIMIT] + (" …" if more else "")

    def alike(self) -> str:
        """Return a sentence: which recorded server it is most like, and why."""
        say = Texts("lab/probe", self.lang)
        if self.likeness is None:
            return say("like_none")
        names, evidence = self.likeness.names, self.likeness.evidence
        return say(
            "like", names=", ".join(names), same=len(evidence), asked=self.likeness.compared,
            commands=", ".join(evidence),
        )  # fmt: skip

    def as_data(self) -> dict[str, Any]:
        """Return the probe as plain data for JSON; octets that are not UTF-8 are written as escapes."""
        like = self.likeness
        return {
            "host": self.host, "port": self.port, "tls": self.tls, "ended": self.ended, "worst": self.worst,
            "remarks": self.remarks,
            "exchanges": [
                {"kind": self._kind(exchange), **_exchange_data(exchange, verdicts)}
                for exchange, verdicts in zip(self.transcript, self.verdicts, strict=True)
            ],
            "like": None if like is None else {"names": like.names, "evidence": like.evidence},
        }  # fmt: skip

    def __repr__(self) -> str:
        host = show_text(self.host)
        return f"<Probe {f'of {host}' if self.port is None else f'{host}:{self.port}'} {self.worst}>"

    def __str__(self) -> str:
        rows = self.rows()
        width = max(len(command) for command, _, _ in rows)
        lines = [f"{command:<{width}}  {reply}\n{'':<{width}}  {verdict}" for command, reply, verdict in rows]
        return "\n".join([*lines, self.alike(), *self._notes()])

    def _notes(self) -> tuple[str, ...]:
        return (*self.remarks, *([self.ended] if self.ended else []))

    def _repr_html_(self) -> str:
        say = Texts("lab/probe", self.lang)
        head = [say(key) for key in ("head_command", "head_reply", "head_verdicts")]
        return table(head, self.rows(), caption=self.alike()) + paragraphs(*self._notes())


def _exchange_data(exchange: Exchange, verdicts: Verdicts) -> dict[str, Any]:
    reply = exchange.reply
    return {
        "sent": None if exchange.sent is None else show_octets(exchange.sent),
        "code": None if reply is None else reply.code,
        "received": None if reply is None else reply.raw.decode("utf-8", "backslashreplace"),
        "verdicts": [
            {"rule": verdict.rule.id, "source": verdict.rule.source, "outcome": verdict.outcome} for verdict in verdicts
        ],
    }


def need_sockets(lang: str | None = None) -> None:
    """Raise ProbeError, which says what there is instead, where no socket can be opened: in a browser."""
    if sys.platform == "emscripten":
        raise ProbeError(Texts("lab/probe", lang)("no_sockets"))


@telling
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
    for what is no timeout, or what a lab cannot take; LabStopped; LabError from inside the lab's own server.
    """
    say = Texts("lab/probe", lang)
    within = seconds(timeout)
    if isinstance(host, Lab):
        options = {"port": port is not None, "starttls": starttls, "tls": tls, "insecure": insecure}
        if any(options.values()):
            names = ", ".join(name for name, is_there in options.items() if is_there)
            raise ValueError(say("options_of_a_lab", names=names))
        with host.other_client() as client:
            return _result(LabServer(host.name, client), within, say, progress)
    if not isinstance(host, str):
        raise TypeError(say("host_type", kind=type(host).__name__))
    if port is not None and (not isinstance(port, int) or isinstance(port, bool) or not 0 < port <= _LAST_PORT):
        raise ValueError(say("port", port=repr(port)))
    need_sockets(lang)
    from smtplab.lab.remote import Remote  # a browser has no sockets to import

    port = port or (TLS_PORT if tls else PORT)
    peer = Remote(host, port, say, tls=tls, starttls=starttls, insecure=insecure)
    try:
        return _result(peer, within, say, progress)
    finally:
        peer.client.hang_up()


def _result(peer: Peer, within: float, say: Texts, progress: Callable[[str], None]) -> Probe:
    """Hold the dialogue, and compare it with the recordings."""
    transcript, tls, ended, remarks = Dialogue(peer, within, say, progress).hold()
    return Probe(peer.host, peer.port, tls, transcript, most_like(transcript), say.lang, ended, remarks)
