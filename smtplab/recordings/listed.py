r"""Which commands a server lists, in its replies to HELP and EHLO, as its own words have them.

>>> sorted(listed_words(b"214-2.0.0 Topics:\r\n214-2.0.0 \tHELO\tEHLO\tDSN\r\n214 2.0.0 End of HELP info\r\n"))
['DSN', 'EHLO', 'HELO', 'HELP']
>>> sorted(keyword_verbs(b"250-mx.example\r\n250-SIZE 1000\r\n250-CHUNKING\r\n250-XCLIENT NAME\r\n250 HELP\r\n"))
['BDAT', 'HELP', 'XCLIENT']
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from smtplab.rfc.registry import verbs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from smtplab.recordings.recording import Recording

_BY_KEYWORD = {"CHUNKING": "BDAT"}
"""The EHLO keyword whose command has another name (RFC 3030 §2)."""

_NO_COMMAND = frozenset(
    [
        "8BITMIME", "BINARYMIME", "CHECKPOINT", "CONNEG", "CONPERM", "DELIVERBY", "DSN", "ENHANCEDSTATUSCODES",
        "FUTURERELEASE", "IGNOREQUOTA", "LIMITS", "MTRK", "PIPECONNECT", "PIPELINING", "PRDR", "REQUIRETLS", "RRVS",
        "SIZE", "SMTPUTF8", "SUBMITTER", "UTF8SMTP",
    ]
)  # fmt: skip
"""EHLO keywords that add parameters, replies or rules, but no command; PRDR and PIPECONNECT are Exim's, IGNOREQUOTA
is Cyrus's."""

_WORD = r"[A-Z][A-Z0-9]{2,}"
_RUN = re.compile(rf"{_WORD}(?:[,\s]+{_WORD}){{2,}}")
_LIST_LINE = re.compile(rf"({_WORD})(?=$|\t|  |\s*[<\[]| - )")


def _texts(octets: bytes) -> Iterator[str]:
    """Return the text of each line of a reply, without its codes (RFC 5321 §4.2, RFC 2034 §4)."""
    for line in octets.decode("utf-8", "replace").splitlines():
        yield re.sub(r"^\d{3}[ -]?(?:\d\.\d{1,3}\.\d{1,3} )?\s*", "", line)


def listed_words(octets: bytes) -> frozenset[str]:
    """Return the words that a reply to HELP lists.

    They are three or more in capitals in a row, one that begins a line of a table, or a registered command anywhere.
    """
    words: set[str] = set()
    for text in _texts(octets):
        words.update(word for run in _RUN.findall(text) for word in re.findall(_WORD, run))
        words.update(_LIST_LINE.findall(text)[:1] if _LIST_LINE.match(text) else ())
        words.update(word for word in re.findall(rf"\b{_WORD}\b", text) if word in verbs())
    return frozenset(words)


def keyword_verbs(octets: bytes) -> frozenset[str]:
    """Return the commands that a reply to EHLO or LHLO lists by their keywords (RFC 5321 §4.1.1.1)."""
    keywords = [re.split(r"[\s=]", text)[0].upper() for text in list(_texts(octets))[1:]]
    verbs = {_BY_KEYWORD.get(keyword, keyword) for keyword in keywords}
    return frozenset(verb for verb in verbs - _NO_COMMAND if re.fullmatch(_WORD, verb))


def listed(recording: Recording) -> tuple[frozenset[str], frozenset[str]]:
    """Return the topics of HELP that a recorded server lists, and the verbs, in what it says to HELP and EHLO."""
    topics: set[str] = set()
    verbs: set[str] = set()
    for _, line, reply in recording.lines():
        if not reply.octets.startswith(b"2"):
            continue
        if line.upper() == b"HELP\r\n":
            topics |= listed_words(reply.octets)
        elif line[:5].upper() in (b"EHLO ", b"LHLO "):
            verbs |= keyword_verbs(reply.octets)
    return frozenset(topics or verbs), frozenset((topics - _NO_COMMAND) | verbs)
