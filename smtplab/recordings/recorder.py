"""Record a server: ask it what the recordings ask, in every phase of a session, and keep what it says octet for octet.

Ask only a server that you may ask. It gets some two hundred commands on some ninety connections, and HELP once more
with each command that it lists or must have. No mail is sent unless `transaction` names a recipient, and then one
message.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from smtplab.errors import CannotRecord, NotAReply
from smtplab.protocol.conversation import REPLY_LIMIT
from smtplab.protocol.octets import show_octets
from smtplab.protocol.parser import ReplyParser
from smtplab.protocol.timeouts import seconds
from smtplab.recordings.answers import Addition, RecordedReply
from smtplab.recordings.convert import convert
from smtplab.recordings.listed import keyword_verbs, listed, listed_words
from smtplab.rfc.registry import required_verbs
from smtplab.text.language import telling
from smtplab.text.texts import Texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from smtplab.protocol.connection import Connection
    from smtplab.recordings.answers import Answers
    from smtplab.recordings.recording import Recording

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
_HELO = b"HELO lab.example\r\n"
_MANY = 200
_IN_TEXT = 1.0
"""Seconds to wait for what should not come: a reply to message text."""

_OWN = ("live", "scripted", "recorded")
"""The sources of what a server says itself; a lab that answers from a recording has others."""

_MOST_TOPICS = 60
"""Topics of HELP that are asked, of those that a server lists."""

_MUTE = 3
"""Commands without a reply after EHLO by which a server is taken to be mute."""

_NO_GREETING = ("greeting_closed", "greeting_silent", "greeting_refused")
_NO_HELLO = ("hello_closed", "hello_silent", "hello_refused")
"""The texts for a session that does not begin: the server closes, says nothing, or refuses."""

_LONGEST_NAME = 80
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)
"""File names that Windows keeps for devices, with any suffix."""


def checked_name(name: str, lang: str | None = None) -> str:
    """Return a recording's name, checked: a file can have it on any system. Raises CannotRecord, naming it."""
    say = Texts("recordings/recorder", lang)
    if len(name) > _LONGEST_NAME or not re.fullmatch(r"[A-Za-z0-9]+(?:[._+-]+[A-Za-z0-9]+)*", name) or ".." in name:
        raise CannotRecord(say("name", name=ascii(name), most=_LONGEST_NAME))
    if _RESERVED.match(name):
        raise CannotRecord(say("reserved", name=name))
    return name


class _Recorder:
    """Asks, and writes down rows as captures have them."""

    def __init__(
        self, connect: Callable[[float], Connection], hello: bytes, timeout: float, progress: Callable[[str], None],
        say: Texts,
    ) -> None:  # fmt: skip
        self._connect = connect
        self._hello = hello
        self._timeout = timeout
        self._progress = progress
        self._read = 0
        self._say = say
        self._sessions = 0
        self.rows: list[dict[str, Any]] = []
        self.cut: list[bytes] = []
        """Lines whose replies the timeout cut."""

    def session(self, name: str, lines: list[bytes], *, greet: bool, keep_hello: bool = True) -> int:
        """Send lines on one connection until the server hangs up; return how many it took."""
        self._progress(self._say("session", number=self._sessions + 1, line=f"{lines[0]!r:.40}"))
        connection = self._connect(self._timeout)
        self._read = 0  # octets of this connection
        try:
            opening: list[bytes | None] = [None, *([self._hello] if greet else [])]
            silent = 0
            for number, line in enumerate([*opening, *lines]):
                received, dropped, source = self._exchange(connection, line)
                if source in _OWN:
                    self._check_opening(line, received, dropped=dropped)
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
                if number >= len(opening):
                    silent = silent + 1 if not received else -len(lines)
                if silent >= _MUTE and self._sessions == 0:
                    raise CannotRecord(self._say("mute", lines=silent, **self._fields))
            return len(lines)
        finally:
            self._sessions += 1
            connection.close()

    @property
    def _fields(self) -> dict[str, object]:
        hello = self._hello[:4].decode()
        return {"sessions": self._sessions, "hello": hello, "seconds": f"{self._timeout:g}"}

    def _check_opening(self, line: bytes | None, received: bytes, *, dropped: bool) -> None:
        """Raise CannotRecord where a session does not begin: no whole greeting, or none to EHLO, or "not now"."""
        if line is not None and line != self._hello:
            return
        say = self._say
        closed, silent, refused = _NO_GREETING if line is None else _NO_HELLO
        if not received:
            raise CannotRecord(say(closed if dropped else silent, **self._fields))
        if received[:1] == b"4" or (line is None and dropped):
            first = show_octets(received[:60].split(b"\r\n")[0])
            raise CannotRecord(say(refused, reply=first, **self._fields))

    def check_answers(self) -> None:
        """Raise CannotRecord where no command at all got an answer that is the server's own."""
        opening = {self._hello, None}
        if not any(
            row["received"] and row["received"][:3] != b"421" for row in self.rows if row["sent"] not in opening
        ):
            raise CannotRecord(self._say("nothing"))

    def listed(self) -> set[str]:
        """Return the commands that the server lists in what it said to HELP and EHLO so far."""
        words: set[str] = set()
        for row in self.rows:
            if row["sent"] == self._hello:
                words |= keyword_verbs(row["received"])
            elif row["sent"] == b"HELP\r\n" and row["received"][:1] == b"2":
                words |= listed_words(row["received"])
        return words

    def transaction(self, recipient: bytes) -> None:
        """Deliver a message, with HELP in between, as far as the server lets it come."""
        rcpt, help_ = b"RCPT TO:<" + recipient + b">\r\n", b"HELP\r\n"
        self.session("transaction", [help_, _SENDER, help_, rcpt, help_, b"DATA\r\n"], greet=True)
        goes = self.rows[-1]["received"][:3] == b"354"
        rest = [b"DATA\r\n", _MESSAGE, b".\r\n", help_] if goes else []
        self.session("transaction", [_SENDER, rcpt, *rest, b"QUIT\r\n"], greet=True)

    def _exchange(self, connection: Connection, line: bytes | None) -> tuple[bytes, bool, str]:
        """Send a line (None: only listen); return all that came, whether the server hung up, and the source."""
        deadline = connection.clock() + (min(self._timeout, _IN_TEXT) if line == _MESSAGE else self._timeout)
        parser, received, whole = ReplyParser(), b"", False
        try:
            if line is not None:
                connection.send(line, self._timeout)
            while True:
                data = connection.receive(deadline)
                received += data
                if not data:
                    return received, True, "live"
                whole = bool(parser.feed(data)) or whole
                if whole and not len(parser):
                    break
                if len(received) > REPLY_LIMIT:
                    raise CannotRecord(self._say("endless", line=f"{line!r:.60}", most=REPLY_LIMIT))
        except TimeoutError:
            self._read += len(received)
            return (received, False, "live") if whole else self._silence(line, received)
        except OSError:
            return received, True, "live"
        except NotAReply as error:
            raise CannotRecord(self._say("not_smtp", why=error)) from error
        self._read += len(received)
        (source, closes, _), _ = connection.source(self._read)
        return received, closes or self._closed_after(connection, received), source

    def _silence(self, line: bytes | None, received: bytes) -> tuple[bytes, bool, str]:
        """Return what a command got by the end of its time: silence, or half a reply, which is no answer."""
        if not received:
            return b"", False, "live"
        if line is None:
            raise CannotRecord(self._say("greeting_cut", octets=len(received), sessions=self._sessions))
        self.cut.append(line)
        return received, True, "cut"  # what comes now would pass for the next command's

    def _closed_after(self, connection: Connection, received: bytes) -> bool:
        """Return whether the server hangs up after this reply: over a network that may take a moment."""
        if received[:1] == b"2" and received[:3] != b"221":
            return connection.waiting() is None
        try:
            return connection.receive(connection.clock() + min(0.1, self._timeout)) == b""
        except OSError:
            return False


@telling
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
    lang: str | None = None,
    progress: Callable[[str], None] = lambda _what: None,
) -> Recording:
    """Ask a server everything and return the recording.

    connect: opens a connection within so many seconds.
    name: of the recording; software, version, obtained: what is known about the server.
    transaction: a recipient of the server's own to deliver one message to, with HELP in between; None for no mail.
    extra: more command lines, each sent alone after EHLO.
    limits: find out after how many HELPs and NOOPs the server hangs up, up to 200.
    timeout: seconds to wait for each reply; a command that gets none costs all of them.
    lang: "en" or "es", for what goes wrong. progress: is told what is done next.
    Raises CannotRecord where no SMTP is spoken, a session does not begin or no command is answered, and, before the
    first connection, for a name that no file can have; ValueError for what is no timeout; OSError where the server
    cannot be reached.
    """
    say = Texts("recordings/recorder", lang)
    checked_name(name, lang)
    hello = b"LHLO lab.example\r\n" if protocol == "LMTP" else b"EHLO lab.example\r\n"
    recorder = _Recorder(connect, hello, seconds(timeout), progress, say)
    _in_order(recorder, hello[:4].decode())
    recorder.check_answers()
    if transaction is not None:
        recorder.transaction(transaction.encode())
    _alone(recorder, [*_FRESH, *topics(recorder.listed())], extra)
    capture: dict[str, Any] = {
        "name": name, "software": software, "version": version, "started": obtained,
        "date": datetime.now(UTC).date().isoformat(),
    }  # fmt: skip
    if limits:
        for key, line in (("many_help", b"HELP\r\n"), ("many_noop", b"NOOP\r\n")):
            sent = recorder.session(key, [line] * _MANY, greet=True, keep_hello=False)
            last = recorder.rows[-1]
            capture[key] = {"command": line, "sent": sent, "dropped": last["dropped"], "last": last["received"]}
            recorder.rows = [row for row in recorder.rows if row["session"] != key]
    if recorder.cut:
        cut = ", ".join(show_octets(line.rstrip()) for line in dict.fromkeys(recorder.cut))
        capture["note"] = say("cut", lines=cut)
    # a lab that answers from a recording says where it had nothing recorded: that is no answer of the server's
    capture["exchanges"] = [row for row in recorder.rows if row["source"] in _OWN]
    return replace(convert(capture), name=name, obtained=obtained, protocol=protocol)


def topics(words: Iterable[str]) -> list[bytes]:
    """Return HELP with each of these words, the first sixty, and with each command that every server has."""
    return [
        b"HELP " + word.encode() + b"\r\n"
        for word in dict.fromkeys([*sorted(words)[:_MOST_TOPICS], *sorted(required_verbs())])
    ]


@telling
def extend(
    recording: Recording,
    connect: Callable[[float], Connection],
    *,
    obtained: str,
    timeout: float = 5.0,
    lang: str | None = None,
    progress: Callable[[str], None] = lambda _what: None,
) -> Recording:
    """Ask a recorded server what its recording lacks, and return the recording with the answers as an addition.

    It is asked HELP with each command that it lists or must have. Nothing recorded changes.
    recording: of this very server. obtained: how it was started now. Others: as for `record`.
    Raises CannotRecord where the server says something else to HELP than was recorded, and as `record` does.
    """
    say = Texts("recordings/recorder", lang)
    hello = b"LHLO lab.example\r\n" if recording.protocol == "LMTP" else b"EHLO lab.example\r\n"
    recorder = _Recorder(connect, hello, seconds(timeout), progress, say)
    lacks = [b"HELP\r\n", *topics(listed(recording)[0])]
    for greet, phase in ((True, "greeted"), (False, "connected")):
        for line in lacks:
            if line == b"HELP\r\n" or recording.reply_to(line, phase) is None:
                recorder.session(f"alone:{line!r}", [line], greet=greet, keep_hello=False)
    answers: Answers = {}
    for row in recorder.rows:
        phase, line = "greeted" if row["greeted"] else "connected", row["sent"]
        reply, recorded = RecordedReply(row["received"], row["dropped"]), recording.reply_to(line, phase)
        if recorded is None:
            answers.setdefault(phase, {})[line] = reply
        elif recorded != reply:
            raise CannotRecord(say("another", name=recording.name, phase=phase, reply=show_octets(reply.octets[:60])))
    if not answers:
        return recording
    addition = Addition(datetime.now(UTC).date().isoformat(), obtained, answers)
    return replace(recording, additions=(*recording.additions, addition))


def _in_order(recorder: _Recorder, verb: str) -> None:
    """Ask everything in long sessions, after EHLO and before it; a server that hangs up is asked on."""
    for greet, when in ((True, "after"), (False, "before")):
        lines = [_HELO, *_IN_ORDER] if greet else list(_IN_ORDER)
        part = 0
        while lines:
            part += 1
            lines = lines[max(1, recorder.session(f"in order, {when} {verb}/{part}", lines, greet=greet)) :]


def _alone(recorder: _Recorder, lines: list[bytes], extra: Iterable[bytes]) -> None:
    """Ask each line alone on a connection, after EHLO and before it, HELO before EHLO only and the extra after it."""
    for greet in (True, False):
        for line in dict.fromkeys([*lines, *(extra if greet else (_HELO,))]):
            recorder.session(f"alone:{line!r}", [line, b"NOOP\r\n"], greet=greet, keep_hello=False)
