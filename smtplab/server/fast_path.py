"""Every command line comes by here before aiosmtpd sees it, and most are answered here and now.

aiosmtpd reads lines in a task: octets arrive, a future is resolved, the loop comes round, the task wakes, replies, and
waits again. A reply that needs none of aiosmtpd's session (HELP, an unknown verb, what a script or a recording says) is
written in `data_received` instead, as soon as its line is there, which takes a third of the time. A line takes the way
through the task where it cannot be answered at once: it is one of several, or cut, or long; the client does not read;
the task has not come back for the next line yet; or aiosmtpd is to answer it. Both ways ask `answer_to` once a line.

`fast_path = False` on a class or an object switches it off; the replies are the same, octet for octet.

It reaches into aiosmtpd and asyncio by the names in `PRIVATE_NAMES`, which a test looks for.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from aiosmtpd.smtp import SMTP

from smtplab.server.failures import OF_ASYNCIO, CodeStopped, is_interrupt
from smtplab.server.personality import Answer

if TYPE_CHECKING:
    from collections.abc import Callable

PRIVATE_NAMES = {
    "_cb_client_connected": ("1.4.4", "is called when a session begins: its reader is changed there"),
    "_reader": ("1.2.2", "the session's StreamReader, on which aiosmtpd waits for lines"),
    "_writer": ("1.2.2", "the session's StreamWriter, on which replies go out"),
    "_reset_timeout": ("1.2.2", "postpones the session timeout, which an answer does as a command does"),
    "_timeout_cb": ("1.2.2", "fires when a session has been idle for too long"),
    "_timeout_duration": ("1.2.2", "the seconds after which it is"),
    "_timeout_handle": ("1.2.2", "the timer that is set"),
    "_smtp_methods": ("1.2.2", "verb to method: which verbs the server knows"),
    "_tls_protocol": ("1.2.2", "whether TLS is spoken: some commands need it"),
    "_auth_required": ("1.2.2", "HELP is not free where AUTH comes first"),
    "_auth_require_tls": ("1.2.2", "AUTH is not offered in the clear"),
    "_enforce_call_limit": ("1.3.2", "HELP is not free where calls are counted"),
    "_syntax_available": ("1.2.2", "whether a command is offered in this session"),
    "_handle_hooks": ("1.2.2", "verb to the handler's hook: an error in a hook is the user's"),
    "_ehlo_hook_ver": ("1.3.0", "whether EHLO's hook returns all lines of the reply, or its last one"),
    "_handle_client": ("1.2.2", "the session's task: what it raises ends the session"),
    "_handler_coroutine": ("1.2.2", "that task itself: whether it is being cancelled"),
    "_getaddr": ("1.2.2", "reads an address, and stumbles over some"),
}
"""Private names of aiosmtpd that this room uses: the version that they were first seen in, and what for."""

_AT_ONCE = 65536  # octets; a longer line, or a client that does not read, takes the way through the task
_KEPT = 65536


class FastPath(SMTP):  # type: ignore[misc]  # aiosmtpd is not fully typed
    """An aiosmtpd session that offers each command line to `answer_to` before aiosmtpd gets it."""

    fast_path = True
    bare_lf = True
    """Whether a bare LF ends a line, as it does for aiosmtpd; RFC 5321 §2.3.8 has CR LF only."""

    def __init__(self, handler: Any, **options: Any) -> None:
        self._waits = False
        """Whether aiosmtpd's task waits for a command line."""
        self._at_line_start = True
        self._active = 0.0
        self.lines_read = 0
        """How many lines the session has taken up, of commands, of text and of anything else."""
        self._in_long_line = False
        """Whether a line of message text has gone over the limit, and its end is still to come."""
        self._ready: Answer | Exception | None = None
        self._is_ready = False
        """Whether the line that goes to the task was offered to `answer_to` already, with `_ready` as its answer."""
        super().__init__(handler, **options)

    def answer_to(self, line: bytes) -> Answer | None:
        """Return the answer to a command line, its line end included; None leaves it to aiosmtpd."""
        raise NotImplementedError

    def write_answer(self, answer: Answer) -> None:
        """Write an answer, and hang up where it says so."""
        raise NotImplementedError

    def data_received(self, data: bytes) -> None:
        """Take octets (asyncio.Protocol). One whole command line that needs no waiting is answered here and now."""
        if (
            self._waits
            and self._at_line_start
            and self.fast_path
            and data.find(b"\n") == len(data) - 1 < _AT_ONCE
            and (self.bare_lf or data[-2:] == b"\r\n")
        ):
            self._ready = self._try(data)
            if isinstance(self._ready, Answer) and self._writer.transport.get_write_buffer_size() < _AT_ONCE:
                self._reset_timeout()
                self.write_answer(self._ready)
                self._ready = None
                return
            self._is_ready = True
        self._waits = False  # the task has something to do now, and says when it waits again
        self._at_line_start = data.endswith(b"\n" if self.bare_lf else b"\r\n")
        super().data_received(data)

    def _cb_client_connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        super()._cb_client_connected(reader, writer)
        # aiosmtpd asks for a command line with readuntil(), for message text with readuntil(b"\r\n"), for an AUTH
        # answer with readline(): the first of them is where a command can be answered before aiosmtpd sees it
        self._read: Callable[..., Any] = reader.readuntil
        reader.readuntil = self._next_line  # type: ignore[assignment, method-assign]
        self._read_plain: Callable[..., Any] = reader.readline
        reader.readline = self._plain_line  # type: ignore[method-assign]

    async def _plain_line(self) -> bytes:
        self.lines_read += 1
        line: bytes = await self._read_plain()
        return line

    async def _next_line(self, separator: bytes | None = None) -> bytes:
        if separator is not None:
            return await self._text_line(separator)
        while True:
            if self.unfinished:
                self.write_unfinished()
            self._waits = True
            try:
                line: bytes = await self._read()
                if not self.bare_lf and line[-2:] != b"\r\n":
                    line = await self._whole_line(line)
            except asyncio.LimitOverrunError as error:
                line = await self._whole_line(await self._reader.read(error.consumed))
            finally:
                self._waits = False
            answer = self._ready if self._is_ready else self._try(line)
            self._ready, self._is_ready = None, False
            if answer is None:
                return line
            if isinstance(answer, Exception):
                raise answer
            self._reset_timeout()
            self.write_answer(answer)
            await self._writer.drain()

    async def _text_line(self, separator: bytes) -> bytes:
        """Return a line of message text. Of one over the limit aiosmtpd, which would keep it, gets the two ends.

        It learns of the limit from the LimitOverrunError, and refuses the message when that has ended.
        """
        while True:
            try:
                text: bytes = await self._read(separator)
            except asyncio.LimitOverrunError as error:
                if not self._in_long_line:
                    self._in_long_line = True
                    raise
                await self._reader.read(error.consumed)
            else:
                self.lines_read += 1
                self._in_long_line = False
                return text

    unfinished = b""
    """What a reply has so far that aiosmtpd pushes line by line."""

    def write_unfinished(self) -> None:
        """Write what a reply has so far, though its last line never came."""
        raise NotImplementedError

    def _reset_timeout(self, duration: float | None = None) -> None:
        """Postpone the session timeout. One timer is kept and set again when it fires: a tenth of a HELP is saved."""
        self._active = self.loop.time()
        if duration is not None or self._timeout_handle is None:
            super()._reset_timeout(duration)

    def _timeout_cb(self) -> None:
        left = self._timeout_duration - (self.loop.time() - self._active)
        if left > 0:
            self._timeout_handle = self.loop.call_later(left, self._timeout_cb)
        else:
            super()._timeout_cb()

    async def _whole_line(self, line: bytes) -> bytes:
        """Read on to the end of a line that goes over the reader's limit, or past a bare LF.

        Past `_KEPT` octets its middle is dropped.
        """
        before = line[-1:]
        while True:
            try:
                piece: bytes = await self._read()
            except asyncio.LimitOverrunError as error:
                piece, ends = await self._reader.read(error.consumed), False
            else:
                ends = self.bare_lf or (before + piece)[-2:] == b"\r\n"
            if ends:
                # the CR may have been dropped with the middle
                return line + piece if line[-1:] == before or piece != b"\n" else line + before + piece
            line = line + piece if len(line) < _KEPT else line
            before = piece[-1:]

    def _try(self, line: bytes) -> Answer | Exception | None:
        self.lines_read += 1
        try:
            answer = self.answer_to(line)
        except BaseException as error:  # a learner's script may raise anything; the session answers for it
            if is_interrupt(error):
                raise
            plain = not isinstance(error, (*OF_ASYNCIO, StopIteration))
            return error if isinstance(error, Exception) and plain else CodeStopped.by(error)
        if answer is not None and not isinstance(answer, Answer):
            return TypeError(f"the answer to a command is {answer!r:.60}, which is no Answer")
        return answer
