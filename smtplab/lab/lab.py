"""A lab: one server, one client and what they said. What a learner holds.

>>> with start(carrier="memory") as lab:
...     reply = lab.send("HELP")
...     reply.code, lab.send("XSTATUS").code, lab.send("STAT").code
(214, 211, 500)
"""

from __future__ import annotations

import threading
import weakref
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn, Self

from aiosmtpd.smtp import SMTP

from smtplab.errors import LabError, LabStopped, NoAddress
from smtplab.lab.bell import Bell
from smtplab.lab.carriers import Carrier, open_carrier
from smtplab.protocol.client import Client
from smtplab.protocol.command import command_line
from smtplab.protocol.octets import show_text
from smtplab.protocol.timeouts import seconds
from smtplab.server.guard import Refusal, is_interrupt
from smtplab.server.personality import BUILT_IN, Personality
from smtplab.server.smtp import LabSMTP
from smtplab.server.state import Message, ServerState
from smtplab.text.sentences import Sentences

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from types import TracebackType

    from smtplab.protocol.reply import Reply
    from smtplab.protocol.transcript import Transcript

_say = Sentences("lab/errors")

HOSTNAME = "lab.example"


class Lab:
    """A server in this process and a client that talks to it. Make one with `smtplab.start`.

    It may be used from several threads (a widget's callback runs in another one than the cells): calls take turns.
    """

    def __init__(
        self,
        how: str | Personality = "rfc5321",
        *,
        carrier: str = "auto",
        timeout: float = 10.0,
        port: int = 0,
        handler: Any = None,
        server: Any = LabSMTP,
    ) -> None:
        if not (isinstance(server, type) and issubclass(server, SMTP)):
            raise TypeError(_say("server_type", server=repr(server)))
        self.timeout = seconds(timeout)
        self._choice = (carrier, port)
        self._server = server
        self._handler = handler
        self._bell = Bell()
        self._state = ServerState(_personality(how), changed=self._bell.ring)
        self._lock = threading.RLock()
        self._client = Client()
        self._stop: weakref.finalize[Any, Any] | None = None
        self.start()

    # --- life

    def start(self) -> Lab:
        """Start the server, if it is not running, and return the lab itself. What was said before is kept."""
        with self._lock:
            if not self.running:
                self._carrier = open_carrier(
                    self._choice[0], _factory(self._server, self._handler, self._state), self._choice[1]
                )
                self._client.connect = self._carrier.connect
                # a lab that nobody holds stops by itself, and every lab stops when Python does
                self._stop = weakref.finalize(self, _close, self._client, self._carrier)
        return self

    def stop(self) -> None:
        """Stop the server and close every connection to it. Idempotent.

        A `send` that waits for its reply in another thread raises ConnectionLost or LabStopped.
        """
        turn = self._turn()
        if self._carrier.name == "tcp":  # in memory nobody waits
            if self._lock.acquire(blocking=False):
                self._lock.release()
            elif self._stop is not None:
                self._client.connect = _stopped
                self._carrier.close()
        with turn:
            if self._stop is not None:
                self._stop()

    @property
    def running(self) -> bool:
        """Whether the server runs."""
        return self._stop is not None and self._stop.alive

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def __repr__(self) -> str:
        return f"<Lab {show_text(str(self.name))} over {self._carrier.name}{'' if self.running else ', stopped'}>"

    # --- what it is

    @property
    def name(self) -> str:
        """How the server answers: the personality's name, or its class's where that takes no personality."""
        return self.personality.name if issubclass(self._server, LabSMTP) else self._server.__name__

    @property
    def carrier(self) -> str:
        """The carrier's name, "tcp" or "memory"."""
        return self._carrier.name

    @property
    def address(self) -> tuple[str, int]:
        """Host and port, for curl, swaks, telnet or smtplib. Raises NoAddress on the memory carrier."""
        if not self.running:
            raise LabStopped(_say("no_address_stopped"))
        if self._carrier.address is None:
            raise NoAddress(_say("no_address"))
        return self._carrier.address

    @property
    def personality(self) -> Personality:
        """How the server answers. Setting it, by name too, hangs up: the next `send` meets the new server."""
        return self._state.personality

    @personality.setter
    def personality(self, how: str | Personality) -> None:
        chosen = _personality(how)
        with self._turn():
            self._client.hang_up()
            self._state.personality = chosen
        self._bell.ring()

    @property
    def transcript(self) -> Transcript:
        """Everything said so far."""
        return self._client.transcript

    @property
    def reading_message(self) -> bool:
        """Whether the server is reading message text: it said 354 to DATA, and no line with one dot came yet."""
        return self._client.reading_message

    @property
    def messages(self) -> tuple[Message, ...]:
        """The mail that the server has accepted and holds; `by_lab` tells the lab's own from that of other programs."""
        return tuple(self._state.messages)

    @property
    def figures(self) -> tuple[str, ...]:
        """The figures behind 211 as they are now, a line each, as this lab's own XSTATUS shows them."""
        return tuple(self._state.report())

    @property
    def keeps_figures(self) -> bool:
        """Whether the server counts: LabSMTP does, and its children."""
        return issubclass(self._server, LabSMTP)

    def watch(self, method: Callable[[], None]) -> None:
        """Call a bound method after whatever is said here or counted by the server, as long as its object lives.

        It is called in the thread in which that happens, the server's too, and must neither wait nor send.
        """
        self._bell.add(method)

    def unwatch(self, method: Callable[[], None]) -> None:
        """Call a method no more that `watch` was given."""
        self._bell.remove(method)

    # --- talking

    def send(self, command: str | bytes, *, timeout: float | None = None) -> Reply:
        r"""Send one command line and return the reply.

        command: with no line end; CR, LF or NUL in it raises NotACommandLine.
        timeout: seconds to wait for the whole reply, else the lab's.
        Raises ConnectionLost or ReplyTimeout, which carry the transcript and leave the lab usable; LabStopped.
        """
        line = command_line(command)
        try:
            with self._turn():
                return self._client.send(line, self._seconds(timeout))
        finally:
            self._bell.ring()

    def send_raw(self, data: bytes, *, timeout: float | None = None) -> tuple[Reply, ...]:
        r"""Send octets exactly as they are and return the replies: one to each line that is a command.

        Lines of message text (after a 354 to DATA) have one reply together, to the dot that ends them. A line
        without its end, CR LF (RFC 5321 §2.3.8), has no reply yet.
        Raises what `send` raises.

        >>> with start(carrier="memory") as lab:
        ...     [reply.code for reply in lab.send_raw(b"HELP\r\nNOOP\r\n")]
        [214, 250]
        """
        if not isinstance(data, bytes):
            raise TypeError(_say("send_raw_type", kind=type(data).__name__))
        try:
            with self._turn():
                strict = issubclass(self._server, LabSMTP) and not self.personality.bare_lf
                return self._client.send_raw(data, self._seconds(timeout), bare_lf=not strict)
        finally:
            self._bell.ring()

    @contextmanager
    def other_client(self) -> Iterator[Client]:
        """Return one more client of the same server, for the length of a `with`; it is the lab's turn meanwhile.

        The lab's own client and transcript stay as they are. Raises LabStopped, LabError from inside the server.
        """
        with self._turn():
            if not self.running:
                _stopped(self.timeout)
            client = Client()
            client.connect = self._carrier.connect
            try:
                yield client
            finally:
                client.hang_up()

    def _turn(self) -> AbstractContextManager[bool]:
        """Return the lock by which callers take turns. Raises LabError for a handler of the lab's own server."""
        if self._carrier.inside():
            raise LabError(_say("inside"))
        return self._lock

    def _seconds(self, timeout: float | None) -> float:
        return self.timeout if timeout is None else seconds(timeout)


def _personality(how: str | Personality) -> Personality:
    if isinstance(how, str) and how in BUILT_IN:
        return BUILT_IN[how]
    from smtplab.recordings.personalities import personality  # recordings are read when somebody asks for one

    return personality(how)


def _factory(server: Any, handler: Any, state: ServerState) -> Callable[[Any, Any], Any]:
    def make(loop: Any, sources_of: Any) -> Any:
        if issubclass(server, LabSMTP):
            session = server(handler, state=state, patient=True, hostname=HOSTNAME, ident="smtplab", loop=loop)
            session.sources_of = sources_of
            return session
        return server(state if handler is None else handler, hostname=HOSTNAME, loop=loop)

    def make_server(loop: Any, sources_of: Any) -> Any:
        try:
            return make(loop, sources_of)
        except BaseException as error:  # a class or a handler of the learner's that does not fit
            if is_interrupt(error):
                raise
            return Refusal(error, sources_of, server.__name__)

    return make_server


def _stopped(_timeout: float) -> NoReturn:
    raise LabStopped(_say("stopped"))


def _close(client: Client, carrier: Carrier) -> None:
    client.hang_up()
    client.connect = _stopped
    carrier.close()


def start(
    how: str | Personality = "rfc5321",
    *,
    carrier: str = "auto",
    timeout: float = 10.0,
    port: int = 0,
    handler: Any = None,
    server: Any = LabSMTP,
) -> Lab:
    """Start a lab: a real SMTP server in this process, and a client that talks to it.

    how: how the server answers, a Personality, the name of one (`smtplab.personalities()`), or the file of a recording
      of your own ("mine.json", made by `smtplab record`).
    carrier: "tcp", "memory", or "auto": what SMTPLAB_CARRIER says, else tcp, or memory in a browser and on a
      JupyterHub.
    timeout: seconds to wait for a reply.
    port: for tcp, the port on 127.0.0.1; 0 has the system pick one.
    handler: an aiosmtpd handler of your own; without one, mail is held in `lab.messages` and goes nowhere.
    server: a server class of your own, LabSMTP's or aiosmtpd's SMTP's child.
    Raises UnknownName for an unknown personality or carrier, OSError where the port is taken, ValueError for a timeout
    or port that is none, TypeError for a server that is no such class.
    """
    return Lab(how, carrier=carrier, timeout=timeout, port=port, handler=handler, server=server)
