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

from smtplab.errors import CannotRecord
from smtplab.protocol.octets import show_octets, show_text
from smtplab.protocol.timeouts import seconds
from smtplab.recordings.answers import Addition, RecordedReply
from smtplab.recordings.asking import MESSAGE, OWN, Asker
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
_HELO = b"HELO lab.example\r\n"
_SENDER = b"MAIL FROM:<alice@lab.example>\r\n"
_MANY = 200
_MOST_TOPICS = 60
"""Topics of HELP that are asked, of those that a server lists."""

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
    asker = Asker(connect, hello, seconds(timeout), progress, say)
    _in_order(asker, hello[:4].decode())
    asker.check_answers()
    if transaction is not None:
        _transaction(asker, transaction.encode())
    _alone(asker, [*_FRESH, *topics(_listed(asker))], extra)
    capture: dict[str, Any] = {
        "name": name, "software": show_text(software), "version": show_text(version), "started": show_text(obtained),
        "date": datetime.now(UTC).date().isoformat(),
    }  # fmt: skip
    if limits:
        for key, line in (("many_help", b"HELP\r\n"), ("many_noop", b"NOOP\r\n")):
            sent = asker.session(key, [line] * _MANY, greet=True, keep_hello=False)
            last = asker.rows[-1]
            capture[key] = {"command": line, "sent": sent, "dropped": last["dropped"], "last": last["received"]}
            asker.rows = [row for row in asker.rows if row["session"] != key]
    if asker.cut:
        cut = ", ".join(show_text(show_octets(line.rstrip())) for line in dict.fromkeys(asker.cut))  # no tab either
        capture["note"] = say("cut", lines=cut)
    # a lab that answers from a recording says where it had nothing recorded: that is no answer of the server's
    capture["exchanges"] = [row for row in asker.rows if row["source"] in OWN]
    return replace(convert(capture), name=name, obtained=show_text(obtained), protocol=protocol)


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
    asker = Asker(connect, hello, seconds(timeout), progress, say)
    lacks = [b"HELP\r\n", *topics(listed(recording)[0])]
    for greet, phase in ((True, "greeted"), (False, "connected")):
        for line in lacks:
            if line == b"HELP\r\n" or recording.reply_to(line, phase) is None:
                asker.session(f"alone:{line!r}", [line], greet=greet, keep_hello=False)
    answers: Answers = {}
    for row in asker.rows:
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


def _in_order(asker: Asker, verb: str) -> None:
    """Ask everything in long sessions, after EHLO and before it; a server that hangs up is asked on."""
    for greet, when in ((True, "after"), (False, "before")):
        lines = [_HELO, *_IN_ORDER] if greet else list(_IN_ORDER)
        part = 0
        while lines:
            part += 1
            lines = lines[max(1, asker.session(f"in order, {when} {verb}/{part}", lines, greet=greet)) :]


def _listed(asker: Asker) -> set[str]:
    """Return the commands that the server lists in what it said to HELP and EHLO so far."""
    words: set[str] = set()
    for row in asker.rows:
        if row["sent"] == asker.hello:
            words |= keyword_verbs(row["received"])
        elif row["sent"] == b"HELP\r\n" and row["received"][:1] == b"2":
            words |= listed_words(row["received"])
    return words


def _transaction(asker: Asker, recipient: bytes) -> None:
    """Deliver a message, with HELP in between, as far as the server lets it come."""
    rcpt, help_ = b"RCPT TO:<" + recipient + b">\r\n", b"HELP\r\n"
    asker.session("transaction", [help_, _SENDER, help_, rcpt, help_, b"DATA\r\n"], greet=True)
    goes = asker.rows[-1]["received"][:3] == b"354"
    rest = [b"DATA\r\n", MESSAGE, b".\r\n", help_] if goes else []
    asker.session("transaction", [_SENDER, rcpt, *rest, b"QUIT\r\n"], greet=True)


def _alone(asker: Asker, lines: list[bytes], extra: Iterable[bytes]) -> None:
    """Ask each line alone on a connection, after EHLO and before it, HELO before EHLO only and the extra after it."""
    for greet in (True, False):
        for line in dict.fromkeys([*lines, *(extra if greet else (_HELO,))]):
            asker.session(f"alone:{line!r}", [line, b"NOOP\r\n"], greet=greet, keep_hello=False)
