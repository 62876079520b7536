"""Record a server: ask it what the recordings ask, in every phase of a session, and keep what it says octet for octet.

Ask only a server that you may ask. It gets some two hundred commands on some ninety connections. No mail is sent
unless `transaction` names a recipient, and then one message.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from smtplab.errors import CannotRecord, NotAReply
from smtplab.protocol.client import REPLY_LIMIT
from smtplab.protocol.reply import ReplyParser
from smtplab.recordings.convert import convert
from smtplab.recordings.recording import Recording

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from smtplab.protocol.connection import Connection

_COMMANDS = [
    b"HELP", b"HELP MAIL", b"HELP HELP", b"HELP NOSUCH", b"help", b"HELP ", b"STAT", b"STATUS", b"XSTATUS", b"NOOP",
    b"NOOP hello", b"VRFY postmaster", b"VRFY <postmaster@localhost>", b"EXPN staff", b"RSET", b"VERB", b"ETRN",
    b"ETRN lab.example", b"TURN", b"FOO", b"", b"HELP " + b"A" * 600, b"HELP \0X", b"HELP \xc3\xb1", b"HELP \xf1",
]  # fmt: skip
_ALONE = [
    b"HELP MAIL FROM", b"HELP VRFY", b"HELP STAT", b"HELP DATA", b"HELP\tMAIL", b" HELP", b"HELP *", b"HELP ?", b"?",
    b"QUIT",
]  # fmt: skip
_IN_ORDER = [*(line + b"\r\n" for line in _COMMANDS), b"HELP\n"]
_FRESH = [*_IN_ORDER, *(line + b"\r\n" for line in _ALONE)]
_MESSAGE = b"Subject: lab\r\n\r\nHELP\r\nSTAT\r\n"
_SENDER = b"MAIL FROM:<alice@lab.example>\r\n"
_MANY = 200
_IN_TEXT = 1.0
"""Seconds to wait for what should not come: a reply to message text."""


class _Recorder:
    """Asks, and writes down rows as captures have them."""

    def __init__(
        self, connect: Callable[[float], Connection], hello: bytes, timeout: float, progress: Callable[[str], None]
    ) -> None:
        self._connect = connect
        self._hello = hello
        self._timeout = timeout
        self._progress = progress
        self._read = 0
        self.rows: list[dict[str, Any]] = []

    def session(self, name: str, lines: list[bytes], *, greet: bool, keep_hello: bool = True) -> int:
        """Send lines on one connection until the server hangs up; give how many it took."""
        self._progress(name)
        connection = self._connect(self._timeout)
        self._read = 0  # octets of this connection
        try:
            opening: list[bytes | None] = [None, *([self._hello] if greet else [])]
            for number, line in enumerate([*opening, *lines]):
                received, dropped, source = self._exchange(connection, line)
                if line == self._hello and received[:1] != b"2" and not keep_hello:
                    return 0  # a server that refuses EHLO has no "after EHLO"
                if keep_hello or number >= len(opening):
                    seq = number if keep_hello else number - len(opening)
                    row = {"session": name, "seq": seq, "sent": line, "received": received, "dropped": dropped}
                    row["greeted"] = greet and not keep_hello
                    self.rows.append({**row, "source": source})
                if line == b"HELP\n" and not received and not dropped:
                    self.rows.append({**row, "seq": seq + 1, "sent": b"\r\n", "source": "live"})
                    received, dropped, _ = self._exchange(connection, b"\r\n")
                    self.rows[-1] |= {"received": received, "dropped": dropped}
                if dropped:
                    return number + 1 - len(opening)
            return len(lines)
        finally:
            connection.close()

    def transaction(self, recipient: bytes) -> None:
        """Deliver a message, with HELP in between, as far as the server lets it come."""
        rcpt, help_ = b"RCPT TO:<" + recipient + b">\r\n", b"HELP\r\n"
        self.session("transaction", [help_, _SENDER, help_, rcpt, help_, b"DATA\r\n"], greet=True)
        goes = self.rows[-1]["received"][:3] == b"354"
        rest = [b"DATA\r\n", _MESSAGE, b".\r\n", help_] if goes else []
        self.session("transaction", [_SENDER, rcpt, *rest, b"QUIT\r\n"], greet=True)

    def _exchange(self, connection: Connection, line: bytes | None) -> tuple[bytes, bool, str]:
        """Send a line (None: only listen); give all that came, whether the server hung up, and the source."""
        deadline = connection.clock() + (min(self._timeout, _IN_TEXT) if line == _MESSAGE else self._timeout)
        parser, received = ReplyParser(), b""
        try:
            if line is not None:
                connection.send(line, self._timeout)
            while True:
                data = connection.receive(deadline)
                received += data
                if not data:
                    return received, True, "live"
                if parser.feed(data) and not len(parser):
                    break
                if len(received) > REPLY_LIMIT:
                    raise CannotRecord(f"a reply to {line!r:.60} has no end: over {REPLY_LIMIT} octets came")
        except TimeoutError:
            return received, False, "live"
        except OSError:
            return received, True, "live"
        except NotAReply as error:
            raise CannotRecord(f"this is no SMTP server: {error}") from error
        self._read += len(received)
        (source, closes, _), _ = connection.source(self._read)
        return received, closes or self._closed_after(connection, received), source

    def _closed_after(self, connection: Connection, received: bytes) -> bool:
        """Return whether the server hangs up after this reply: over a network that may take a moment."""
        if received[:1] == b"2" and received[:3] != b"221":
            return connection.waiting() is None
        try:
            return connection.receive(connection.clock() + min(0.1, self._timeout)) == b""
        except OSError:
            return False


def record(
    connect: Callable[[float], Connection],
    name: str,
    *,
    software: str = "unknown",
    version: str = "unknown",
    obtained: str = "asked over the network",
    protocol: str = "SMTP",
    transaction: str | None = None,
    extra: Sequence[bytes] = (),
    limits: bool = False,
    timeout: float = 5.0,
    progress: Callable[[str], None] = lambda _what: None,
) -> Recording:
    """Ask a server everything and give the recording.

    connect: opens a connection within so many seconds.
    name: of the recording; software, version, obtained: what is known about the server.
    transaction: a recipient of the server's own to deliver one message to, with HELP in between; None for no mail.
    extra: more command lines, each sent alone after EHLO.
    limits: find out after how many HELPs and NOOPs the server hangs up, up to 200.
    timeout: seconds to wait for each reply; a command that gets none costs all of them.
    progress: is told what is done next.
    Raises CannotRecord where no SMTP is spoken, OSError where the server cannot be reached.
    """
    hello = b"LHLO lab.example\r\n" if protocol == "LMTP" else b"EHLO lab.example\r\n"
    verb = hello[:4].decode()
    asked = _Recorder(connect, hello, timeout, progress)
    for greet, when in ((True, "after"), (False, "before")):
        lines = [b"HELO lab.example\r\n", *_IN_ORDER] if greet else list(_IN_ORDER)
        part = 0
        while lines:
            part += 1
            lines = lines[max(1, asked.session(f"in order, {when} {verb}/{part}", lines, greet=greet)) :]
    if transaction is not None:
        asked.transaction(transaction.encode())
    for greet in (True, False):
        for line in dict.fromkeys([*_FRESH, *(extra if greet else ())]):
            asked.session(f"alone:{line!r}", [line, b"NOOP\r\n"], greet=greet, keep_hello=False)
    capture: dict[str, Any] = {
        "name": name, "software": software, "version": version, "started": obtained,
        "date": datetime.now(UTC).date().isoformat(),
    }  # fmt: skip
    if limits:
        for key, line in (("many_help", b"HELP\r\n"), ("many_noop", b"NOOP\r\n")):
            sent = asked.session(key, [line] * _MANY, greet=True, keep_hello=False)
            last = asked.rows[-1]
            capture[key] = {"command": line, "sent": sent, "dropped": last["dropped"], "last": last["received"]}
            asked.rows = [row for row in asked.rows if row["session"] != key]
    # a lab that answers from a recording says where it had nothing recorded: that is no answer of the server's
    capture["exchanges"] = [row for row in asked.rows if row["source"] in ("live", "scripted", "recorded")]
    made = convert(capture)
    return Recording(**{**made.__dict__, "name": name, "obtained": obtained, "protocol": protocol})
