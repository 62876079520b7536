"""Asking a server of your own, politely, and judging what it says.

It asks EHLO, HELP, HELP MAIL, HELP with a nonsense topic, NOOP, RSET and QUIT, once each, on one connection, and names
no mailbox. Ask only a server that you may ask.
"""

from __future__ import annotations

import socket
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from smtplab.carriers.remote import RemoteConnection
from smtplab.client import Client
from smtplab.errors import DialogueError, NotAReply, SmtplabError
from smtplab.html import table
from smtplab.lab import command_line, seconds
from smtplab.likeness import Likeness, most_like
from smtplab.reply import show_octets
from smtplab.texts import Texts
from smtplab.verdicts import OUTCOMES, VIOLATES, Verdicts, judge

if TYPE_CHECKING:
    from collections.abc import Callable

    from smtplab.transcript import Exchange, Transcript

COMMANDS = ("HELP", "HELP MAIL", "HELP NOSUCH", "NOOP", "RSET", "QUIT")
PORT, TLS_PORT = 25, 465
_READY, _CLOSING = 220, 421
_TLS_RECORDS = (b"\x15", b"\x16")


class ProbeError(SmtplabError):
    """The server could not be asked; the message says why, in one line."""


@dataclass(frozen=True, repr=False)
class Probe:
    """What a server said, and what the rules say of it.

    host, port: whom was asked. tls: the version of TLS that was spoken, or None.
    transcript: the dialogue. likeness: which recorded server it is most like, or None.
    ended: why the dialogue broke off early, or "".
    """

    host: str
    port: int
    tls: str | None
    transcript: Transcript
    likeness: Likeness | None
    lang: str
    ended: str = ""

    @property
    def verdicts(self) -> tuple[Verdicts, ...]:
        """The verdicts on each exchange, in the transcript's order."""
        return tuple(judge(exchange, self.transcript, lang=self.lang) for exchange in self.transcript)

    @property
    def worst(self) -> str:
        """The worst verdict of all."""
        return max((each.worst for each in self.verdicts), key=OUTCOMES.index)

    @property
    def violates(self) -> bool:
        """Whether a MUST is violated."""
        return self.worst == VIOLATES

    def rows(self) -> list[tuple[str, str, str]]:
        """Give a row an exchange: the command, the first line of the reply, the notable verdicts."""
        say = Texts("probe", self.lang)
        rows = []
        for exchange, verdicts in zip(self.transcript, self.verdicts, strict=True):
            said = say("nothing") if exchange.reply is None else str(exchange.reply).split("\n")[0]
            more = "" if exchange.reply is None or not exchange.reply.is_multiline else " …"
            notable = [f"{each.words}: {each.rule.id} ({each.rule.source})" for each in verdicts.notable]
            command = say("greeting") if exchange.sent is None else show_octets(exchange.sent.rstrip(b"\r\n"))
            rows.append((command, said + more, "; ".join(notable) or Texts("verdicts", self.lang)("conforms")))
        return rows

    def alike(self) -> str:
        """Say which recorded server it is most like, and why."""
        say = Texts("probe", self.lang)
        if self.likeness is None:
            return say("like_none")
        return say(
            "like", names=", ".join(self.likeness.names), same=len(self.likeness.evidence), asked=self.likeness.asked,
            commands=", ".join(self.likeness.evidence),
        )  # fmt: skip

    def as_data(self) -> dict[str, Any]:
        """Give it for programs, as plain data for JSON; octets that are not UTF-8 stand as escapes."""
        like = self.likeness
        return {
            "host": self.host, "port": self.port, "tls": self.tls, "ended": self.ended, "worst": self.worst,
            "exchanges": [_exchange_data(*each) for each in zip(self.transcript, self.verdicts, strict=True)],
            "like": None if like is None else {"names": like.names, "evidence": like.evidence},
        }  # fmt: skip

    def __repr__(self) -> str:
        return f"<Probe {self.host}:{self.port} {self.worst}>"

    def __str__(self) -> str:
        width = max(len(command) for command, _, _ in self.rows())
        lines = [f"{command:<{width}}  {said}\n{'':<{width}}  {found}" for command, said, found in self.rows()]
        return "\n".join([*lines, self.alike(), *([self.ended] if self.ended else [])])

    def _repr_html_(self) -> str:
        say = Texts("probe", self.lang)
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


def probe(
    host: str,
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

    host, port: where it is; port 25, or 465 with tls, where none is given.
    starttls: switch to TLS after EHLO (RFC 3207). tls: speak TLS from the first octet.
    insecure: do not verify the server's certificate.
    timeout: seconds for each step. lang: "en" or "es". progress: is told each command before it is sent.
    Raises ProbeError, in one line, when the server could not be asked; ValueError for a timeout that is none.
    """
    say = Texts("probe", lang)
    within = seconds(timeout)
    asked = _Asked(host, port or (TLS_PORT if tls else PORT), within, insecure=insecure, say=say)
    ended = ""
    try:
        asked.hello(tls=tls, starttls=starttls, progress=progress)
        for command in COMMANDS:
            progress(command)
            if asked.client.send(command_line(command), within).code == _CLOSING:
                ended = say("hung_up", command=command)
                break
    except (DialogueError, NotAReply, ProbeError) as error:
        why = str(error) if isinstance(error, ProbeError) else asked.why(error)
        if not asked.client.transcript.replies("HELP"):
            raise ProbeError(why) from error
        ended = why
    finally:
        spoken = asked.tls
        asked.client.hang_up()
    said = asked.client.transcript
    return Probe(host, asked.port, spoken, said, most_like(said), say.lang, ended)


class _Asked:
    """One probe under way."""

    def __init__(self, host: str, port: int, timeout: float, *, insecure: bool, say: Texts) -> None:
        self.host, self.port, self.timeout, self.say = host, port, timeout, say
        self.client = Client()
        self._context = ssl.create_default_context()
        if insecure:
            self._context.check_hostname = False
            self._context.verify_mode = ssl.CERT_NONE

    @property
    def tls(self) -> str | None:
        connection = self.client.connection
        return connection.tls if isinstance(connection, RemoteConnection) else None

    def hello(self, *, tls: bool, starttls: bool, progress: Callable[[str], None]) -> None:
        """Connect, and say EHLO; with STARTTLS once more after it (RFC 3207 §4.2)."""
        opened: list[RemoteConnection] = []

        def connect(within: float) -> RemoteConnection:
            if opened:
                raise ProbeError(self.say("lost", host=self.host))  # one connection is all a probe takes
            progress(self.say("connecting", host=self.host, port=self.port))
            opened.append(RemoteConnection(self.host, self.port, within, self._context if tls else None))
            return opened[0]

        self.client.connect = connect
        try:
            self._ehlo(progress)
            if starttls:
                progress("STARTTLS")
                reply = self.client.send(b"STARTTLS\r\n", self.timeout)
                if reply.code != _READY:
                    raise ProbeError(self.say("no_starttls", reply=str(reply)))
                opened[0].start_tls(self._context, self.timeout)
                self._ehlo(progress)
        except ssl.SSLError as error:
            raise ProbeError(self.say("tls_failed", host=self.host, port=self.port, why=_reason(error))) from error
        except (DialogueError, NotAReply):
            raise
        except OSError as error:
            why = error.strerror or str(error) or "timed out"
            key = "unknown_host" if isinstance(error, socket.gaierror) else "unreachable"
            raise ProbeError(self.say(key, host=self.host, port=self.port, why=why)) from error

    def _ehlo(self, progress: Callable[[str], None]) -> None:
        progress("EHLO")
        self.client.send(command_line("EHLO client.example"), self.timeout)

    def why(self, error: Exception) -> str:
        """Say in one line why the dialogue broke off."""
        said = self.client.transcript
        partial = said[-1].partial if len(said) else b""
        if partial[:1] in _TLS_RECORDS or (not partial and isinstance(error, TimeoutError) and len(said) == 1):
            return self.say("perhaps_tls", host=self.host, port=self.port, seconds=f"{self.timeout:g}")
        if isinstance(error, NotAReply):
            return self.say("not_smtp", host=self.host, port=self.port, said=show_octets(partial[:40]))
        return f"{self.host}:{self.port}: {error}"


def _reason(error: ssl.SSLError) -> str:
    return getattr(error, "verify_message", "") or error.reason or str(error)
