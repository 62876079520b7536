r"""Replies in a mail log: what servers said, found in the lines of those who noted it. No I/O, no language.

A log has many numbers; a reply stands only where a log puts what a server said. Known are the ways of Postfix (`said:`,
`refused to talk to me:`, in parentheses after `status=`, after a client that it rejects), Exim (after the host, or in
`C="…"`) and Sendmail (`stat=Deferred:`, `reject=`, `<<<` in a bounce), a delivery report's Diagnostic-Code, and a
dialogue or a reply as it came, at the beginning of a line. Any text may be searched: what is no reply is passed over.

>>> line = "status=bounced (host mx.example[192.0.2.25] said: 550 5.1.1 User unknown (in reply to RCPT TO command))"
>>> [(said.reply.code, said.reply.text, line[said.start :][:9]) for said in replies_in(line)]
[(550, '5.1.1 User unknown', '550 5.1.1')]
"""

from __future__ import annotations

import re
from typing import NamedTuple

from smtplab.protocol.reply import Reply

_CODE = r"[2-5][0-5][0-9](?=[- ])"
_HOST = r"\[(?:[0-9a-fA-F]*[.:][0-9a-fA-F.:]+|IPv6:[0-9a-fA-F.:]+)\](?::[0-9]{1,5})?"
"""An address in brackets; a process number in brackets is none."""
_PLACES = (
    r"(?P<line>^[ \t]{0,80}(?:(?:S:|<<<|<[-~*]{1,2}|<)[ \t]{0,80})?)",
    r"\bsaid:\s{0,80}",
    r"\brefused to talk to me:\s{0,80}",
    rf"{_HOST}:\s{{0,80}}",
    r"\bSMTP error from remote mail server after [^\n]{1,300}?:\s{0,80}",
    r"(?P<parenthesis>\bstatus=[a-z]{1,20} \()",
    r'(?P<quote>\bC=")',
    r"\bstat=[A-Za-z ]{1,40}: ",
    r"\b(?:reject|reply)=",
    r"\bDiagnostic-Code: (?:smtp|SMTP);\s{0,80}",
)
_FOUND = re.compile(rf"(?:{'|'.join(_PLACES)})(?P<code>{_CODE})", re.MULTILINE)
_AFTER = re.compile(r" \(in reply to |; from=<")
"""What Postfix adds to what was said."""


class LoggedReply(NamedTuple):
    """A reply in a text: `text[start:end]` is where it stands; `reply` has its lines, ended by CR LF."""

    start: int
    end: int
    reply: Reply


def replies_in(text: str) -> tuple[LoggedReply, ...]:
    r"""Return the replies that stand in a text, in its order; the time that takes grows with the text's length only.

    text: a line of a log, many of them, a dialogue, or a reply as it came.

    >>> [said.reply.lines for said in replies_in('C="250-queued\\n250 as 1rA2b"')]
    [('queued', 'as 1rA2b')]
    >>> replies_in("postfix/smtp[211]: delay=250, relay=mx.example[192.0.2.214]:25: Connection timed out")
    ()
    """
    logged: list[LoggedReply] = []
    place = 0
    while found := _FOUND.search(text, place):
        start = found.start("code")
        end = _end(text, start, found)
        logged.append(LoggedReply(start, end, _reply(text[start:end])))
        place = max(end, start + 3)
    return tuple(logged)


def _end(text: str, start: int, found: re.Match[str]) -> int:
    """Return where a reply ends: its line's end, or where the log's own words go on."""
    if found["line"] is not None:
        return _end_of_lines(text, start, found["line"])
    stop = text.find("\n", start)
    end = len(text) if stop < 0 else stop
    if found["quote"] is not None:
        quote = text.find('"', start, end)
        return end if quote < 0 else quote
    if after := _AFTER.search(text, start, end):
        return after.start()
    return _unmatched(text, start, end)


def _unmatched(text: str, start: int, end: int) -> int:
    """Return the place of the first parenthesis that closes and was not opened in the reply, else its end."""
    depth = 0
    for parenthesis in re.compile(r"[()]").finditer(text, start, end):
        depth += 1 if parenthesis[0] == "(" else -1
        if depth < 0:
            return parenthesis.start()
    return end


def _end_of_lines(text: str, start: int, lead: str) -> int:
    """Return where a reply at the beginning of a line ends: the lines that follow belong to it while it goes on."""
    line = re.compile(rf"{re.escape(lead)}{text[start : start + 3]}(?=[- ]|\s|$)([-]?)[^\n]*", re.MULTILINE)
    end, goes_on = start, text[start + 3 : start + 4] == "-"
    stop = text.find("\n", start)
    end = len(text) if stop < 0 else stop
    while goes_on and end < len(text) and (more := line.match(text, end + 1)):
        end, goes_on = more.end(), more[1] == "-"
    return end


def _reply(text: str) -> Reply:
    """Return the reply that a log noted; it has the line ends that logs leave out, as joined lines have a space."""
    next_line = re.compile(rf"(?:\s{{1,80}}(?:(?:S:|<<<|<[-~*]{{1,2}}|<)\s{{0,80}})?|\\n)(?={text[:3]}(?:[- ]|\s|$))")
    lines, start = [], 0
    while text[start + 3 : start + 4] == "-" and (cut := next_line.search(text, start)):
        lines.append(text[start : cut.start()])
        start = cut.end()
    lines.append(text[start:].removesuffix("\r"))
    raw = "".join(f"{line}\r\n" for line in lines)
    try:
        return Reply(raw.encode("utf-8", "surrogateescape"))
    except UnicodeEncodeError:  # half a character, as pages may hand on
        return Reply(raw.encode("utf-8", "replace"))
