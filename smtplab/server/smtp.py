"""The lab's server: aiosmtpd's SMTP, answering by a personality.

LabSMTP adds to aiosmtpd what RFC 5321 describes and aiosmtpd 1.4.6 does not do: 214 to HELP (§4.1.1.8, §4.3.2), 504
to an unknown topic (§4.2.1), a private-use XSTATUS answered with 211 (§4.1.5, §4.2.3), and 500 to STAT and STATUS,
which SMTP does not have. It takes aiosmtpd's own options and can stand wherever aiosmtpd's SMTP stands.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict, deque
from typing import TYPE_CHECKING, Any

from aiosmtpd.smtp import SMTP, syntax

from smtplab.protocol.reply import Reply
from smtplab.server.help import ALIASES, TOPICS, Topic
from smtplab.server.personality import Answer, Dialogue
from smtplab.server.state import ServerState

if TYPE_CHECKING:
    from collections.abc import Callable

COMMAND_LINE_LIMIT = 512
"""The longest command line in octets that a server must take, CRLF included (RFC 5321 §4.5.3.1.4)."""

_ANSWERED_AT_ONCE = 65536  # octets; a longer line, or a client that does not read, takes the way through the task

_KEPT = 65536

_CLOSING = ("221", "421")  # after these aiosmtpd hangs up, as RFC 5321 §3.8 has it

# aiosmtpd logs every unknown command as a warning; without a handler Python prints those on stderr, in the middle of a
# lesson. Whoever configures logging still sees them.
logging.getLogger("mail.log").addHandler(logging.NullHandler())


class LabSMTP(SMTP):  # type: ignore[misc]  # aiosmtpd is not fully typed
    """An aiosmtpd server session that answers by its state's personality.

    handler: an aiosmtpd handler; without one the server's state holds the mail.
    state: what the sessions of one server share; a new one where none is given.
    patient: keep to a learner's needs: any number of unknown commands, and a command line limit of exactly 512
      octets. False is aiosmtpd's way: it hangs up at the fifth unknown command and measures without CRLF.
    options: aiosmtpd's own.
    """

    def __init__(
        self, handler: Any = None, *, state: ServerState | None = None, patient: bool = False, **options: Any
    ) -> None:
        self.state = state or ServerState()
        # the stock exhibit keeps aiosmtpd's impatience too
        self._patient = patient and not self.state.personality.stock
        self._dialogue: Dialogue | None = None
        self._greeted = False
        self._active = 0.0
        self._idle = False
        """Whether the session waits for a command line."""
        self._at_line_start = True
        self._asked: Answer | Exception | None = None
        self._is_asked = False
        self._help_asked: object = None
        self._help_given: Answer
        self.replied: deque[tuple[str, bool]] = deque(maxlen=256)
        """For the lab's client: of each reply not yet read, its source, and whether the server hangs up after it."""
        super().__init__(self.state if handler is None else handler, **options)
        # aiosmtpd keeps these limits on the class, where each EHLO of any session raises them a little more
        self.command_size_limits: defaultdict[str, int] = defaultdict(lambda: SMTP.command_size_limit)
        # HELP needs nothing of aiosmtpd's session where nothing stands before it and no child answers it
        self._help_is_free = type(self).smtp_HELP is LabSMTP.smtp_HELP and not (
            self._auth_required or self.require_starttls or self._enforce_call_limit
        )
        if self.state.personality.stock:
            for name in ("XSTATUS", "STAT", "STATUS"):
                self._smtp_methods.pop(name, None)

    # --- a session begins and ends

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Count the session in and choose how it answers (asyncio.Protocol)."""
        if self not in self.state.sessions:
            self.state.sessions.add(self)
            self.state.sessions_ever += 1
            self._dialogue = self.state.personality.dialogue()
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        """Count the session out (asyncio.Protocol)."""
        self.state.sessions.discard(self)
        super().connection_lost(error)

    def _cb_client_connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        super()._cb_client_connected(reader, writer)
        # aiosmtpd asks for a command line with readuntil(), for message text with readuntil(b"\r\n"), for an AUTH
        # answer with readline(): the first of them is where a command can be answered before aiosmtpd sees it
        self._read: Callable[..., Any] = reader.readuntil
        reader.readuntil = self._next_line  # type: ignore[assignment, method-assign]

    # --- every command line comes by here

    def data_received(self, data: bytes) -> None:
        """Take octets (asyncio.Protocol). One whole command line that needs no waiting is answered here and now."""
        if self._idle and self._at_line_start and data.find(b"\n") == len(data) - 1 < _ANSWERED_AT_ONCE:
            self._asked = self._ask(data)
            if isinstance(self._asked, Answer) and self._writer.transport.get_write_buffer_size() < _ANSWERED_AT_ONCE:
                self._reset_timeout()
                self._put_out(self._asked)
                self._asked = None
                return
            self._is_asked = True
        self._idle = False  # the task has something to do now, and says when it waits again
        self._at_line_start = data.endswith(b"\n")
        super().data_received(data)

    async def _next_line(self, separator: bytes | None = None) -> bytes:
        if separator is not None:
            text: bytes = await self._read(separator)
            return text
        while True:
            self._idle = True
            try:
                line = await self._whole_line()
            finally:
                self._idle = False
            answer = self._asked if self._is_asked else self._ask(line)
            self._asked, self._is_asked = None, False
            if isinstance(answer, Exception):
                raise answer
            if answer is None:
                return line
            self._reset_timeout()
            self._put_out(answer)
            await self._writer.drain()

    async def _whole_line(self) -> bytes:
        """Read a command line that may be longer than the reader's limit; past `_KEPT` octets its middle is dropped."""
        line = b""
        while True:
            try:
                last: bytes = await self._read()
            except asyncio.LimitOverrunError as error:
                piece = await self._reader.read(error.consumed)
                line = line + piece if len(line) < _KEPT else line
            else:
                return line + last

    def _ask(self, line: bytes) -> Answer | Exception | None:
        try:
            return self._answer(line)
        except Exception as error:  # noqa: BLE001  a learner's script may fail; aiosmtpd turns it into a 500
            return error

    def _answer(self, line: bytes) -> Answer | None:
        """Return the answer to a command line where the personality or the lab has one, else leave it to aiosmtpd."""
        words = line.rstrip(b"\r\n")
        verb_octets, _, rest = words.partition(b" ")  # as aiosmtpd cuts it
        verb = verb_octets.decode("ascii", "replace").upper()
        known = verb in self._smtp_methods
        self.state.commands[verb if known else "unknown"] += 1
        if self._dialogue is not None:
            answer = self._dialogue.answer(line)
            if answer is not None:
                return answer
        if not self._patient:
            return None
        limit = self.command_size_limits[verb] if self.session.extended_smtp else COMMAND_LINE_LIMIT
        if len(line) > limit:
            return _live(Reply.of(500, f"Command line too long: at most {limit} octets, CR LF included"))
        if words and not known:
            return _live(Reply.of(500, f'Command "{_shown(verb)}" not recognized; HELP lists the commands'))
        if verb == "HELP" and self._help_is_free and rest.isascii():
            return self._help(rest.decode("ascii").strip())
        return None

    def _put_out(self, answer: Answer) -> None:
        if answer.octets:
            self._count(answer.code, answer.source, closes=answer.close)
            self._writer.write(answer.octets)
        if answer.close and self.transport is not None:
            self.transport.close()

    async def push(self, status: str | bytes) -> None:
        """Send a reply, or a line of one, counting it (aiosmtpd's method)."""
        if not self._greeted:
            self._greeted = True
            greeting = self._dialogue.greeting() if self._dialogue is not None else None
            if greeting is not None:
                self._put_out(greeting)
                return
        # aiosmtpd pushes a reply line by line: it is one reply when its last line comes
        last = (status if isinstance(status, bytes) else status.encode("utf-8", "replace")).rpartition(b"\n")[2]
        if last[3:4] != b"-":
            code = last[:3].decode("ascii", "replace")
            self._count(code, "live", closes=code in _CLOSING)
        await super().push(status)

    def _count(self, code: str, source: str, *, closes: bool) -> None:
        self.state.replies[code] += 1
        self.replied.append((source, closes))

    def _reset_timeout(self, duration: float | None = None) -> None:
        """Put the session's timeout off. One timer is kept and set anew when it fires, not at every command."""
        self._active = self.loop.time()
        if duration is not None or self._timeout_handle is None:
            super()._reset_timeout(duration)

    def _timeout_cb(self) -> None:
        left = self._timeout_duration - (self.loop.time() - self._active)
        if left > 0:
            self._timeout_handle = self.loop.call_later(left, self._timeout_cb)
        else:
            super()._timeout_cb()

    # --- HELP and the status commands

    @syntax("HELP [command]")  # type: ignore[untyped-decorator]
    async def smtp_HELP(self, arg: str | None) -> None:  # noqa: N802
        """Answer HELP: 214 with every command, 214 with one command's syntax, 504 to an unknown topic.

        Source: RFC 5321 §4.1.1.8 (HELP), §4.3.2 (211 or 214; 502, 504), §4.2.1 (504: parameter not implemented).
        """
        if self.state.personality.stock:
            await super().smtp_HELP(arg)
        elif not await self.check_auth_needed("HELP"):
            await self.push(self._help(arg or "").octets.removesuffix(b"\r\n"))

    def _help(self, topic: str) -> Answer:
        asked = (topic, self.session.extended_smtp, self._tls_protocol)
        if asked != self._help_asked:
            self._help_asked, self._help_given = asked, _live(self._make_help(topic))
        return self._help_given

    def _make_help(self, topic: str) -> Reply:
        topics = {
            name: TOPICS.get(name) or Topic(method.__smtp_syntax__, "", "")
            for name, method in sorted(self._smtp_methods.items())
            if self._syntax_available(method) and (name != "AUTH" or self._tls_protocol or not self._auth_require_tls)
        }
        if not topic:
            width = max(len(topic.syntax) for topic in topics.values())
            listed = (f"{topic.syntax:<{width}}  {topic.use}".rstrip() for topic in topics.values())
            return Reply.of(214, "Commands of this server:", *listed, "HELP topic tells more of one of them")
        wanted = " ".join(topic.upper().split())
        wanted = ALIASES.get(wanted, wanted)
        if wanted not in topics:
            return Reply.of(504, f'HELP topic "{_shown(topic)}" unknown; HELP alone lists the topics')
        found = topics[wanted]
        extended = self._smtp_methods[wanted].__smtp_syntax_extended__ if self.session.extended_smtp else None
        more = (found.use, f"See {found.source}") if found.source else ()
        return Reply.of(214, f"Syntax: {found.syntax}{extended or ''}", *more)

    @syntax("XSTATUS")  # type: ignore[untyped-decorator]
    async def smtp_XSTATUS(self, arg: str | None) -> None:  # noqa: N802
        """Answer the private-use XSTATUS with 211 and the live figures (RFC 5321 §4.1.5, §4.2.3)."""
        if arg:
            await self.push("501 Syntax: XSTATUS")
        else:
            await self.push(Reply.of(211, *self.state.report()).raw.removesuffix(b"\r\n"))

    async def smtp_STAT(self, _arg: str | None) -> None:  # noqa: N802
        """Answer STAT, which SMTP does not have, with 500 (RFC 5321 §4.2.4) and a hint."""
        await self.push("500 SMTP has no STAT command; try HELP, or this lab's own XSTATUS")

    async def smtp_STATUS(self, _arg: str | None) -> None:  # noqa: N802
        """Answer STATUS as STAT."""
        await self.push("500 SMTP has no STATUS command; try HELP, or this lab's own XSTATUS")


def _live(reply: Reply) -> Answer:
    return Answer(reply.raw, source="live")


def _shown(text: str) -> str:
    """Return what the client sent so that it can stand in a reply: printable ASCII, at most 40 characters."""
    safe = "".join(character if " " <= character <= "~" else "?" for character in text)
    return safe if len(safe) <= 40 else safe[:37] + "..."
