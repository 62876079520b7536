"""A session that outlives the code that runs in it: whatever that raises, and wherever, the client gets one reply.

A command whose code raises gets 451, and the session goes on. Where it cannot go on (the code that pushes replies, or
takes octets in, raises) the server says 421 and hangs up (RFC 5321 §3.8). The transcript tells what was raised.
"""

from __future__ import annotations

import asyncio
import functools
import logging
from typing import TYPE_CHECKING, Any

from aiosmtpd.smtp import MISSING

from smtplab.protocol.sources import Source
from smtplab.server.failures import OF_ASYNCIO, CodeStopped, describe, is_interrupt, last_words, status_of
from smtplab.server.fast_path import FastPath
from smtplab.server.output import is_whole, one_reply
from smtplab.text.sentences import Sentences

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from smtplab.protocol.sources import Sources

__all__ = ["GuardedSMTP", "Refusal", "is_interrupt"]

_OURS = ("smtplab", "aiosmtpd", "asyncio")
_PUSHED = ("HELO", "EHLO", "NOOP", "QUIT", "MAIL", "RCPT", "RSET", "VRFY", "DATA", "AUTH")
"""The hooks whose result is a reply; AUTH's may be None too: the hook has replied itself."""

_log = logging.getLogger("mail.log")
_say = Sentences("server/errors")


class GuardedSMTP(FastPath):
    """An aiosmtpd session in which a user's code runs.

    guarded: take whatever is raised for the code's slip; False is aiosmtpd's way.
    """

    def __init__(self, handler: Any, *, guarded: bool, **options: Any) -> None:
        self._guarded = guarded
        self._culprit = ""
        """The method, hook or script of a user's that ran last in this command."""
        self._error = ""
        self._replied = False
        """Whether the command that is being answered has a reply."""
        self._failed_at = -1
        """How many lines had been read when code last raised."""
        self._broken: BaseException | None = None
        """What was raised before the session could begin."""
        super().__init__(handler, **options)
        # where nothing but ours can run, nothing is guarded: it would cost each session time
        if guarded and not (_is_ours(type(self)) and not _can_run(handler) and not options.keys() & _CALLABLES):
            self._guard_all()

    def write_last_words(self, octets: bytes) -> None:
        """Put one reply out and hang up after it."""
        raise NotImplementedError

    def _guard_all(self) -> None:
        for verb, method in self._smtp_methods.items():
            self._smtp_methods[verb] = self._method(method, "" if _is_ours(method) else f"smtp_{verb}")
        for verb, hook in self._handle_hooks.items():
            if verb == "STARTTLS":
                self._handle_hooks[verb] = self._starttls_hook(hook)
            elif not _is_ours(hook):
                self._handle_hooks[verb] = self._hook(hook, verb)
        self.handle_exception = self._rescued(self.handle_exception)  # type: ignore[method-assign]
        for name in ("connection_made", "data_received", "eof_received", "connection_lost"):
            if not _is_ours(getattr(type(self), name)):
                setattr(self, name, self._callback(getattr(self, name), name))

    def _ends(self, error: BaseException) -> bool:
        """Return whether what was raised ends the session's task, and is no slip of its code."""
        if isinstance(error, GeneratorExit):  # the coroutine is being closed, unless it runs
            return asyncio.current_task(self.loop) is not self._handler_coroutine
        if isinstance(error, asyncio.CancelledError | ConnectionResetError):
            task = self._handler_coroutine
            return self.transport is None or self.transport.is_closing() or bool(task and task.cancelling())
        return is_interrupt(error)

    # --- a command

    def _method(self, call: Callable[..., Any], name: str) -> Callable[..., Any]:
        counts = not name and _is_ours(type(self).push)

        @functools.wraps(call)
        async def run(*arguments: Any) -> None:
            if name:
                self._culprit = name
            try:
                await call(*arguments)
            except BaseException as error:  # noqa: BLE001  it is raised again, as what it is or as another
                self._raise(error)
            if counts and not self._replied and self.transport is not None and not self.transport.is_closing():
                self._culprit = self._culprit or "the code that aiosmtpd called"
                raise TypeError(_say("led_to_nothing", name=self._culprit))

        return run

    def _hook(self, call: Callable[..., Any], verb: str) -> Callable[..., Any]:
        name = f"handle_{verb}"

        @functools.wraps(call)
        async def run(*arguments: Any) -> Any:
            self._culprit = name
            try:
                result = await call(*arguments)
            except BaseException as error:  # noqa: BLE001  it is raised again, as what it is or as another
                self._raise(error)
            if verb == "EHLO" and self._ehlo_hook_ver == "new":
                if isinstance(result, str | bytes):
                    raise TypeError(_say("no_list", name=name, value=f"{result!r:.60}"))
            elif verb in _PUSHED and result is not MISSING and not (verb == "AUTH" and result is None):
                return _reply_of(result, name)
            return result

        return run

    def _raise(self, error: BaseException) -> None:
        """Raise an error again: as one of code that stopped where aiosmtpd or asyncio would take it for more."""
        if self._ends(error) or (isinstance(error, Exception) and not isinstance(error, OF_ASYNCIO)):
            raise error
        raise CodeStopped.by(error) from error

    def _starttls_hook(self, call: Callable[..., Any]) -> Callable[..., Any]:
        """Guard the one hook that is no coroutine: TLS is refused where it raises."""

        @functools.wraps(call)
        def run(*arguments: Any) -> Any:
            try:
                return call(*arguments)
            except BaseException as error:
                if is_interrupt(error):
                    raise
                self._error = describe(error, "handle_STARTTLS")
                return False

        return run

    # --- what was raised

    def _rescued(self, call: Callable[..., Any]) -> Callable[..., Any]:
        """Guard `handle_exception`, aiosmtpd's last resort, which may be a user's and may raise as well."""

        async def run(error: Exception) -> Any:
            self._error = describe(error, self._culprit)
            try:
                status = _reply_of(await call(error), "handle_exception")
            except BaseException as second:
                if self._ends(second):
                    raise
                self.unfinished = b""
                self._error = f"{describe(error, self._culprit)}; {describe(second, 'handle_exception')}"
                return status_of(second, "handle_exception")
            return status

        return run

    async def handle_exception(self, error: Exception) -> str:
        """Return the one reply to a command whose code raised, and note for the learner where (aiosmtpd's method)."""
        culprit = self._culprit
        self.unfinished = b""
        self._error = describe(error, culprit)
        if not self._guarded or hasattr(self.event_handler, "handle_exception"):
            status: str = await super().handle_exception(error)
            return status
        if self._failed_at == self.lines_read:  # it cannot even read: aiosmtpd would try again without end
            self._give_up(error)
            self.transport = None  # which ends its loop
        self._failed_at = self.lines_read
        _log.info("%s", self._error, exc_info=error)
        return status_of(error, culprit)

    async def _handle_client(self) -> None:
        try:
            self._check_begun()
            await super()._handle_client()
        except BaseException as error:
            if not self._guarded or self._ends(error):
                raise
            self._give_up(error)

    def _check_begun(self) -> None:
        if self._broken is not None:
            raise self._broken

    def _callback(self, call: Callable[..., Any], name: str) -> Callable[..., Any]:
        """Guard a method that the loop calls, where it is a user's."""

        @functools.wraps(call)
        def run(*arguments: Any) -> Any:
            try:
                return call(*arguments)
            except BaseException as error:
                if is_interrupt(error):
                    raise
                self._culprit = name
                if name == "connection_made" and self.transport is None:
                    Refusal(error, self.sources_of, name).take(arguments[0])
                else:
                    self._give_up(error)
                return None

        return run

    def _give_up(self, error: BaseException) -> None:
        self._error = describe(error, self._culprit)
        _log.info("%s", self._error, exc_info=error)
        if self.transport is not None and not self.transport.is_closing():
            self.write_last_words(one_reply(last_words(error)))

    sources_of: Callable[[Any], Sources | None] = staticmethod(lambda _peer: None)
    """From a peer's address to the place in which the session notes where its octets come from."""


_CALLABLES = {"authenticator", "auth_callback"}


class Refusal(asyncio.Protocol):
    """The server's end of a session that cannot begin, because its code raised: 421, and it hangs up."""

    transport = None

    def __init__(self, error: BaseException, sources_of: Callable[[Any], Sources | None], culprit: str) -> None:
        self._octets = one_reply(last_words(error))
        self._source = Source(closes=True, error=describe(error, culprit))
        self._sources_of = sources_of

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Say why there is no session, and hang up (asyncio.Protocol)."""
        sources = self._sources_of(transport.get_extra_info("peername"))
        if sources is not None:
            sources.note(len(self._octets), self._source, 0)
        transport.write(self._octets)  # type: ignore[attr-defined]
        transport.close()

    def take(self, transport: asyncio.BaseTransport) -> None:
        """Take a transport over from a protocol that did not begin."""
        transport.set_protocol(self)
        self.connection_made(transport)


def _reply_of(status: Any, name: str) -> Any:
    """Return what code returned as a reply. Raises TypeError, naming the code, where it is none."""
    if not is_whole(status):
        raise TypeError(_say("no_reply", name=name, value=f"{status!r:.60}"))
    return status


def _can_run(handler: Any) -> bool:
    """Return whether a handler is a user's and has anything that could be called."""
    cls = type(handler)
    return not _is_ours(cls) and (bool(getattr(handler, "__dict__", True)) or _has_names(cls))  # type: ignore[arg-type]  # classes are hashable


@functools.cache
def _has_names(cls: Hashable) -> bool:
    return any(not name.startswith("__") for name in dir(cls))


def _is_ours(thing: Any) -> bool:
    """Return whether a class, method or hook is of this package or of what it stands on."""
    return str(getattr(thing, "__module__", "")).partition(".")[0] in _OURS
