"""The server behind the fixtures: the lab's own, to which faults happen, with TLS and AUTH where a test wants them."""

from __future__ import annotations

from asyncio import sslproto
from collections import Counter
from typing import TYPE_CHECKING, Any, ClassVar, cast

from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword

from smtplab.server.smtp import LabSMTP
from smtplab.testing.faults import END_OF_TEXT, GREETING, PLAIN, Fault, Moment
from smtplab.testing.wire import Wire

if TYPE_CHECKING:
    import asyncio
    import ssl
    from collections.abc import Mapping

    from smtplab.server.personality import Answer


class FaultySMTP(LabSMTP):
    """A session to which the faults of its lab happen; each lab has a child of this class with values of its own.

    fault: what goes wrong. times: how often each moment has come, in all sessions of the lab.
    tls: None, "starttls", or "implicit" for TLS from the first octet. context: the server's, for either.
    logins: user → password; None where AUTH is not offered.
    follows: whether what a script accepts is taken as accepted, and mail may follow; a recording keeps no mail.
    """

    fault: ClassVar[Fault] = Fault()
    times: ClassVar[Counter[str]] = Counter()
    tls: ClassVar[str | None] = None
    context: ClassVar[ssl.SSLContext | None] = None
    logins: ClassVar[Mapping[str, str] | None] = None
    follows: ClassVar[bool] = False

    def __init__(self, handler: Any = None, **options: Any) -> None:
        if self.tls == "starttls":
            options["tls_context"] = self.context
        if self.logins is not None:
            options |= {"authenticator": self._authenticate_by_logins, "auth_require_tls": self.tls == "starttls"}
        super().__init__(handler, **options)
        # aiosmtpd's own option for this warns where AUTH needs no TLS, which a test may well want
        self._auth_required = self.logins is not None
        self._shaken_hands = self.tls != "implicit"
        self._commands = 0
        self._in_text = False
        self._hangs_up = False
        self._moment = Moment(GREETING, 0, 1)
        if "DATA" in self._handle_hooks:
            self._handle_hooks["DATA"] = self._at_end_of_text(self._handle_hooks["DATA"])

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin a session, behind TLS where that comes first (asyncio.Protocol)."""
        session: Any = transport
        if self._shaken_hands:
            super().connection_made(Wire(session, self.loop))  # type: ignore[arg-type]
            return
        self._shaken_hands = True
        nobody: Any = None  # waits for it
        tls: Any = sslproto.SSLProtocol(self.loop, self, cast("ssl.SSLContext", self.context), nobody, server_side=True)
        session.set_protocol(tls)
        self.transport = session  # so that the lab can end it before hands are shaken
        tls.connection_made(session)  # which makes the session's connection in its time

    # --- what is said

    async def push(self, status: Any) -> None:
        """Send a reply, or what a fault has in place of the greeting (aiosmtpd's method)."""
        if not self._greeted:
            answer = self._reach(GREETING)
            if answer is not None:
                self._greeted = True
                self.write_answer(answer)
                return
        await super().push(status)

    def answer_to(self, line: bytes) -> Answer | None:
        """Return a fault's answer to a command line, else the personality's or the lab's."""
        if self._in_text:
            answer = super().answer_to(line)
            if answer is not None and not answer.octets and not answer.close:
                return answer  # the text goes on
            self._in_text = False
            return self._reach(END_OF_TEXT) or answer
        verb = line.split(None, 1)[0].decode("ascii", "replace").upper() if line.strip() else ""
        self._commands += 1
        answer = self._reach(verb)
        if answer is None:
            answer = super().answer_to(line)
            self._in_text = answer is not None and verb == "DATA" and answer.octets[:3] == b"354"
            if self.follows and answer is not None and answer.octets[:1] == b"2" and answer.source == "scripted":
                self._follow(verb, line.decode("utf-8", "surrogateescape"))
        return answer

    def _follow(self, verb: str, line: str) -> None:
        """Go on as if the server itself had accepted a command: the next one finds the session where it should be."""
        if verb in ("EHLO", "HELO"):
            self.session.host_name = line.rsplit(maxsplit=1)[-1]
            self.session.extended_smtp = verb == "EHLO"
        elif verb == "RSET":
            self.envelope = Envelope()
        elif verb in ("MAIL", "RCPT") and ":" in line:
            address, _ = self._getaddr(line.partition(":")[2].strip())
            if address is not None and verb == "MAIL":
                self.envelope = Envelope()
                self.envelope.mail_from = address
            elif address is not None:
                self.envelope.rcpt_tos.append(address)

    def _reach(self, name: str) -> Answer | None:
        """Come to a moment, and return what a fault says at it."""
        self.times[name] += 1
        self._moment = Moment(name, self._commands, self.times[name])
        return self.fault.instead(self._moment)

    def _at_end_of_text(self, hook: Any) -> Any:
        """Return aiosmtpd's hook for message text, behind the faults: where one strikes, the mail is not taken."""

        async def take(*arguments: Any) -> Any:
            answer = self._reach(END_OF_TEXT)
            if answer is None:
                return await hook(*arguments)
            if not answer.octets and self.transport is not None:
                self.transport.close()
            self._hangs_up = answer.close
            return answer.octets.removesuffix(b"\r\n").decode("utf-8", "surrogateescape")

        return take

    # --- how it goes out

    def _write(self, octets: bytes, code: str, origin: Any, *, whole: bool = True) -> None:
        octets = self.fault.reworded(self._moment, octets)
        if isinstance(self.transport, Wire):
            self.transport.delivery = self.fault.delivered(self._moment, PLAIN)
        super()._write(octets, code, origin, whole=whole)
        if self._hangs_up and self.transport is not None:
            self.transport.close()

    # --- who may

    def _authenticate_by_logins(
        self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, given: Any
    ) -> AuthResult:
        known = {user.encode(): password.encode() for user, password in (self.logins or {}).items()}
        right = isinstance(given, LoginPassword) and known.get(given.login) == given.password
        return AuthResult(success=right, handled=False)


def server_class(**values: Any) -> type[FaultySMTP]:
    """Return the class of one lab's sessions. values: those of `FaultySMTP` that it has."""
    return type("FaultySMTP", (FaultySMTP,), {"times": Counter(), **values})
