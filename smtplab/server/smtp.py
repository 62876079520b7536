"""The lab's server: aiosmtpd's SMTP, answering by a personality.

LabSMTP adds to aiosmtpd what RFC 5321 describes and aiosmtpd 1.4.6 does not do: 214 to HELP (§4.1.1.8, §4.3.2), 504
to an unknown topic (§4.2.1), a private-use XSTATUS answered with 211 (§4.1.5, §4.2.3), and 500 to STAT and STATUS,
which SMTP does not have. It takes aiosmtpd's own options and can stand wherever aiosmtpd's SMTP stands.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from aiosmtpd.smtp import syntax

from smtplab.protocol.reply import CLOSING_CODES, Reply
from smtplab.protocol.sources import Source
from smtplab.server import refusals
from smtplab.server.failures import is_interrupt, status_of
from smtplab.server.guard import GuardedSMTP
from smtplab.server.help import TOPICS, Topic, help_reply
from smtplab.server.limits import (
    COMMAND_LINE_LIMIT,
    RECIPIENTS,
    SESSIONS,
    TOO_MANY_RECIPIENTS,
    TOO_MANY_SESSIONS,
    LineLimits,
)
from smtplab.server.output import is_last_line, one_reply, printable
from smtplab.server.personality import Answer, Dialogue
from smtplab.server.state import ServerState
from smtplab.text.sentences import Sentences

if TYPE_CHECKING:
    from smtplab.protocol.sources import Sources


_LIVE, _LAST = Source(), Source(closes=True)
_say = Sentences("server/errors")
_GATHERED = 65536
"""Octets of a reply that are held back until its last line comes; a longer one goes out in pieces."""

_LOOKED_AT = {*refusals.PATHS, "AUTH", "STARTTLS"}
"""Commands that may be refused for more than the octets of their line."""

# aiosmtpd logs every unknown command as a warning; without a handler Python prints those on stderr, in the middle of a
# lesson. Whoever configures logging still sees them.
logging.getLogger("mail.log").addHandler(logging.NullHandler())


class LabSMTP(GuardedSMTP):
    """An aiosmtpd server session that answers by its state's personality.

    handler: an aiosmtpd handler; without one the server's state holds the mail.
    state: what the sessions of one server share; without one, a new one.
    patient: keep to what RFC 5321 says and to a learner's needs: CR LF alone ends a command line (§2.3.8), of exactly
      512 octets at most, and any number of unknown commands may come. False is aiosmtpd's way: a bare LF ends a line
      too, it is measured without CRLF, and at the fifth unknown command the server hangs up.
    options: aiosmtpd's own.
    """

    def __init__(
        self, handler: Any = None, *, state: ServerState | None = None, patient: bool = False, **options: Any
    ) -> None:
        self.state = state or ServerState()
        # the stock exhibit keeps aiosmtpd's impatience too
        self._patient = patient and not self.state.personality.stock
        self.bare_lf = not self._patient or self.state.personality.bare_lf
        self._dialogue: Dialogue | None = None
        self._sources: Sources | None = None
        self._greeted = False
        self._says_hello = False
        """Whether aiosmtpd answers EHLO, which it does line by line."""
        self._help_moment: object = None
        self._help_answer: Answer
        super().__init__(self.state if handler is None else handler, guarded=self._patient, **options)
        # aiosmtpd keeps these limits on the class, where each EHLO of any session raises them a little more
        self.command_size_limits = LineLimits()
        # HELP needs nothing of aiosmtpd's session where nothing stands before it and no child answers it
        self._help_is_free = type(self).smtp_HELP is LabSMTP.smtp_HELP and not (
            self._auth_required or self.require_starttls or self._enforce_call_limit
        )
        if self.state.personality.stock:
            for name in ("XSTATUS", "STAT", "STATUS"):
                self._smtp_methods.pop(name, None)
        if not self._patient:
            self._smtp_methods["EXPN"] = super().smtp_EXPN

    @property
    def hostname(self) -> str:
        """The host's name, as it stands in the greeting and in the replies to EHLO and HELO."""
        return self._hostname

    @hostname.setter
    def hostname(self, name: object) -> None:
        self._hostname = printable(str(name))

    @property
    def lists_expn(self) -> bool:
        """Whether EXPN stands in the reply to EHLO."""
        return self._patient

    @property
    def is_labs_own(self) -> bool:
        """Whether the lab's own client is at the other end; else another program on this machine is."""
        return self._sources is not None

    # --- a session begins and ends

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Count the session in and choose how it answers (asyncio.Protocol)."""
        if self not in self.state.sessions:
            self._sources = self.sources_of(transport.get_extra_info("peername"))
            if self._sources is None and len(self.state.sessions) >= SESSIONS:
                _turn_away(transport)
                return
            self.state.sessions.add(self)
            self.state.sessions_ever += 1
            self.state.others.sessions_ever += not self.is_labs_own
            try:
                self._dialogue = self.state.personality.dialogue()
            except BaseException as error:
                if is_interrupt(error):
                    raise
                self._broken = error  # the session's task says so
            self.state.changed()
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        """Count the session out (asyncio.Protocol)."""
        self.state.sessions.discard(self)
        self.state.changed()
        if self._sources is not None:
            self._sources.ended = self.lines_read
        if self._handler_coroutine is None:  # an interrupt came while the session began
            self.transport = None  # which ends a task that nothing holds
            return
        super().connection_lost(error)

    # --- commands in

    def answer_to(self, line: bytes) -> Answer | None:
        """Return the answer to a command line where the personality or the lab has one, else leave it to aiosmtpd."""
        self._replied = False
        verb_octets, _, rest = line.rstrip(b"\r\n").partition(b" ")  # as aiosmtpd cuts it
        verb = verb_octets.decode("ascii", "replace").upper()
        known = verb in self._smtp_methods
        self._culprit = ""
        self._says_hello = verb == "EHLO" and self._patient and self._is_aiosmtpds(verb)
        self.state.commands[verb if known else "unknown"] += 1
        self.state.others.commands += not self.is_labs_own
        if self._dialogue is not None:
            self._culprit = "the script"
            answer = self._dialogue.answer(line)
            self._culprit = ""
            if answer is not None:
                return answer
        if not self._patient:
            return None
        moment = (line, self.session.extended_smtp, self._tls_protocol)
        if moment == self._help_moment:
            return self._help_answer
        if not (refusals.is_plain(line) and known and len(line) <= COMMAND_LINE_LIMIT and verb not in _LOOKED_AT):
            refusal = self._refusal(line, verb, rest, known=known)
            if refusal is not None:
                return _live(refusal)
        if verb == "HELP" and self._help_is_free:
            self._help_moment, self._help_answer = moment, _live(self._help(rest.decode("ascii").strip()))
            return self._help_answer
        return None

    def _refusal(self, line: bytes, verb: str, rest: bytes, *, known: bool) -> Reply | None:
        """Return the refusal of a line that is too long, holds what it may not, or names an unknown verb."""
        limit = self.command_size_limits[verb] if self.session.extended_smtp else COMMAND_LINE_LIMIT
        if refusal := refusals.of_line(line, limit):
            return refusal
        if line.removesuffix(b"\r\n") and not known:
            return refusals.unknown(verb)
        if not self.enable_SMTPUTF8 and not line.isascii():
            return refusals.NOT_ASCII
        if (verb == "STARTTLS" and not self.tls_context) or (verb == "AUTH" and not self._auth_is_offered()):
            return refusals.not_here(verb)
        if verb == "RCPT" and self.envelope is not None and len(self.envelope.rcpt_tos) >= RECIPIENTS:
            return TOO_MANY_RECIPIENTS
        return refusals.of_path(verb, rest) if verb in refusals.PATHS and self._is_aiosmtpds(verb) else None

    def _is_aiosmtpds(self, verb: str) -> bool:
        """Return whether aiosmtpd's own method answers a verb, not a child's."""
        return str(self._smtp_methods[verb].__module__).startswith("aiosmtpd")

    def _auth_is_offered(self) -> bool:
        """Return whether AUTH can be used now, or once TLS is spoken (RFC 4954 §4)."""
        return bool(self.tls_context or self._tls_protocol or not self._auth_require_tls)

    def _getaddr(self, arg: str) -> tuple[str | None, str | None]:
        """Return address and parameters, (None, None) for what is malformed: aiosmtpd's parser raises for some."""
        try:
            address, rest = super()._getaddr(arg)
        except Exception:  # noqa: BLE001  IndexError, AttributeError, and who knows
            return None, None
        return address, rest

    # --- replies out

    async def push(self, status: Any) -> None:
        """Send a reply, or a line of one (aiosmtpd's method). Each reply goes out in one piece."""
        if not self._greeted:
            self._greeted = True
            greeting = self._dialogue.greeting() if self._dialogue is not None else None
            if isinstance(greeting, Answer):
                self.write_answer(greeting)
                return
            if greeting is not None:
                raise TypeError(_say("no_greeting", value=f"{greeting!r:.60}"))
        if self._replied and self._error:
            await asyncio.sleep(0)  # a session that fails again and again gives way to its end
            return  # the command has its reply: what its code raised afterwards is told with the next one
        if not isinstance(status, str | bytes):
            self._error = f"TypeError: {status!r:.60} is no reply ({self._culprit or 'push'})"
            status = status_of(TypeError("what it returned is no reply"), "push")
        octets = one_reply(status, utf8=self.enable_SMTPUTF8, one_line=self._says_hello)
        if self.unfinished:
            octets = self.unfinished + octets
        whole = is_last_line(octets)
        if not whole and len(octets) < _GATHERED:
            self.unfinished = octets
            return
        self.unfinished = b""
        code = octets[:3]
        self._write(
            octets, code.decode("ascii", "replace"), _LAST if whole and code in CLOSING_CODES else _LIVE, whole=whole
        )
        await self._writer.drain()

    def write_unfinished(self) -> None:
        """Write what a reply has so far, though its last line never came."""
        octets, self.unfinished = self.unfinished, b""
        self._write(octets, "", _LIVE, whole=False)

    def write_last_words(self, octets: bytes) -> None:
        """Put one reply out and hang up after it."""
        self.unfinished = b""
        self._write(octets, octets[:3].decode("ascii"), _LAST)
        if self.transport is not None:
            self.transport.close()

    def write_answer(self, answer: Answer) -> None:
        """Write an answer, and hang up where it says so."""
        if answer.octets:
            self._write(answer.octets, answer.code, answer.origin)
        else:
            self.state.changed()
        if answer.close and self.transport is not None:
            self.transport.close()

    def _write(self, octets: bytes, code: str, origin: Source, *, whole: bool = True) -> None:
        self._replied = code[:1] != "3"  # after 354 and 334 the client goes on, and gets another reply
        if whole and code.isdigit():
            self.state.replies[code] += 1
        if self._sources is not None:
            self._sources.note(
                len(octets), origin._replace(error=self._error) if self._error else origin, self.lines_read
            )
            self._error = ""
        self.state.changed()  # before the client can know of it
        self._writer.write(octets)

    # --- HELP and the status commands

    @syntax("HELP [command]")  # type: ignore[untyped-decorator]
    async def smtp_HELP(self, arg: str | None) -> None:  # noqa: N802
        """Answer HELP: 214 with every command, 214 with one command's syntax, 504 to an unknown topic.

        Source: RFC 5321 §4.1.1.8 (HELP), §4.3.2 (211 or 214; 502, 504), §4.2.1 (504: parameter not implemented).
        """
        if self.state.personality.stock:
            await super().smtp_HELP(arg)
        elif not await self.check_auth_needed("HELP"):
            await self.push(self._help(arg or "").raw)

    def _help(self, topic: str) -> Reply:
        topics = {
            name: TOPICS.get(name) or Topic(str(getattr(method, "__smtp_syntax__", name)), "", "")
            for name, method in sorted(self._smtp_methods.items())
            if self._syntax_available(method) and (name != "AUTH" or self._tls_protocol or not self._auth_require_tls)
        }
        return help_reply(topics, topic, self._extension)

    def _extension(self, verb: str) -> str:
        """Return what a verb's syntax may have besides, once the client has said EHLO."""
        extended = getattr(self._smtp_methods[verb], "__smtp_syntax_extended__", None)
        return str(extended or "") if self.session.extended_smtp else ""

    @syntax("XSTATUS")  # type: ignore[untyped-decorator]
    async def smtp_XSTATUS(self, arg: str | None) -> None:  # noqa: N802
        """Answer the private-use XSTATUS with 211 and the live figures (RFC 5321 §4.1.5, §4.2.3)."""
        if arg:
            await self.push("501 Syntax: XSTATUS")
        else:
            await self.push(Reply.of(211, *self.state.report()).raw)

    @syntax("EXPN string")  # type: ignore[untyped-decorator]
    async def smtp_EXPN(self, arg: str | None) -> None:  # noqa: N802
        """Answer EXPN with 252, as a site does that shows no lists (RFC 5321 §3.5.3, §7.3)."""
        if not await self.check_auth_needed("EXPN"):
            await self.push("252 Cannot EXPN here, but the list may exist" if arg else "501 Syntax: EXPN string")

    async def smtp_STAT(self, _arg: str | None) -> None:  # noqa: N802
        """Answer STAT, which SMTP does not have, with 500 (RFC 5321 §4.2.4) and a hint."""
        await self.push("500 SMTP has no STAT command; try HELP, or this lab's own XSTATUS")

    async def smtp_STATUS(self, _arg: str | None) -> None:  # noqa: N802
        """Answer STATUS as STAT."""
        await self.push("500 SMTP has no STATUS command; try HELP, or this lab's own XSTATUS")


def _turn_away(transport: Any) -> None:
    """Answer a connection that is one too many, and hang up."""
    transport.write(TOO_MANY_SESSIONS.raw)
    transport.close()


def _live(reply: Reply) -> Answer:
    return Answer(reply.raw, source="live")
