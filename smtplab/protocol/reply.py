r"""One SMTP reply: its octets, and what each of them is. No I/O, no language.

The grammar is in RFC 5321 §4.2::

    Reply-line = *( Reply-code "-" [ textstring ] CRLF ) Reply-code [ SP textstring ] CRLF
    Reply-code = %x32-35 %x30-35 %x30-39
    textstring = 1*(%d09 / %d32-126)

Parsing is strict about the grammar and never refuses for it: what is malformed is still a `Reply`, with its
`defects` named by rule (rules.toml). Only octets that are no reply at all raise `NotAReply`. What RFC 5321
tells clients to forgive (a code with no text, §4.2 and §4.2.1) is not a defect. `Reply.raw` is what came, always.

>>> reply = Reply(b"214-2.0.0 Commands:\r\n214 2.0.0 HELP QUIT\r\n")
>>> reply.code, reply.enhanced, reply.lines
(214, '2.0.0', ('2.0.0 Commands:', '2.0.0 HELP QUIT'))
>>> reply.is_multiline, reply.defects
(True, ())
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from smtplab.errors import NotAReply
from smtplab.protocol.octets import quoted, show_octets
from smtplab.text.sentences import Sentences

if TYPE_CHECKING:
    from collections.abc import Iterable

_say = Sentences("protocol/errors")

REPLY_LINE_LIMIT = 512
"""The longest reply line in octets, code and CRLF included (RFC 5321 §4.5.3.1.5)."""

CLOSING_CODES = (b"221", b"421")
"""After these a server closes the connection (RFC 5321 §3.8, §4.1.1.10)."""

# code, separator, an enhanced status code where one stands (RFC 2034 §4: class, subject, detail), text, line end
_LINE = re.compile(
    rb"(?P<code>[0-9]{3})(?P<separator>[ -])?"
    rb"(?P<enhanced>[245]\.(?:0|[1-9][0-9]{0,2})\.(?:0|[1-9][0-9]{0,2})(?=[ \r\n]|\Z))?"
    rb"(?P<text>[^\n]*?)(?P<end>\r?\n|\Z)",
)
_UNCODED = re.compile(rb"(?P<text>[^\n]*?)(?P<end>\r?\n|\Z)")
_NOT_TEXTSTRING = re.compile(rb"[^\t\x20-\x7e]+")
_ABNF_CODE = re.compile(rb"[2-5][0-5][0-9]\Z")


class Part(NamedTuple):
    """A run of octets of a reply: `reply.raw[start:end]` is of this kind.

    kind: "code", "separator", "enhanced", "text", "cr", "lf".
    line: the line's index, from 0.
    """

    kind: str
    line: int
    start: int
    end: int


class Defect(NamedTuple):
    """A breach of the reply grammar: the rule's id in rules.toml and the octets concerned."""

    rule: str
    line: int
    start: int
    end: int


class _Line(NamedTuple):
    start: int
    code: bytes
    separator: bytes
    enhanced: bytes
    text: bytes
    end: bytes

    @property
    def stop(self) -> int:
        return self.start + sum(map(len, self[1:]))


def _decode(octets: bytes) -> str:
    r"""Return octets as text that can be printed: what is no UTF-8 stands as \xNN, for `raw` holds the octet."""
    return octets.decode("utf-8", "backslashreplace")


def _checked_line(line: str, enhanced: str | None) -> str:
    """Return the text of a line to be made. Raises TypeError, ValueError."""
    if not isinstance(line, str):
        raise TypeError(_say("line_type", kind=type(line).__name__))
    text = f"{enhanced} {line}" if enhanced else line
    if "\r" in text or "\n" in text:
        raise ValueError(_say("line_end", text=repr(text)))
    try:
        text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError as error:
        raise ValueError(_say("line_character", char=repr(text[error.start]), text=repr(text))) from None
    return text


@lru_cache
def _last_line(code: bytes) -> re.Pattern[bytes]:
    """Return the pattern of a line that ends a multiline reply whose first line begins with `code`.

    A last line is a code followed by SP or nothing (RFC 5321 §4.2.1). Another code ends the reply too: mixing codes is
    a defect, not a reason to wait for ever. So does the same code with a strange separator. A line that begins
    otherwise is a line without a code, as FTP has them.
    """
    return re.compile(rb"^(?:[0-9]{3}(?:[ \r][^\n]*)?|" + code + rb"[^-0-9 \r\n][^\n]*)\n", re.MULTILINE)


def find_end(data: bytes | bytearray, start: int = 0, resume: int | None = None) -> int:
    """Return the offset just after the reply that begins at `start`, or -1 where its last line is not yet there.

    resume: the beginning of a line before which no reply ends.
    """
    if data[start + 3 : start + 4] != b"-":
        return data.find(b"\n", start) + 1 or -1
    last_line = _last_line(bytes(data[start : start + 3])).search(data, start if resume is None else resume)
    return last_line.end() if last_line else -1


@dataclass(frozen=True, repr=False)
class Reply:
    """A reply, which is its octets; everything else is read off them.

    raw: exactly what came, line ends included.
    Raises NotAReply when the octets do not begin with three digits or hold more than one reply.
    Source: RFC 5321 §4.2, §4.2.1; enhanced status codes RFC 2034 §4.
    """

    raw: bytes

    def __post_init__(self) -> None:
        """Refuse what is not exactly one reply."""
        if not isinstance(self.raw, bytes):
            raise TypeError(_say("reply_type", kind=type(self.raw).__name__))
        if len(self.raw) < 3 or not self.raw[:3].isdigit():
            raise NotAReply(_say("no_digits", begins=repr(self.raw[:12])))
        end = find_end(self.raw)
        if -1 < end < len(self.raw):
            raise NotAReply(_say("two_replies", end=end, more=len(self.raw) - end))

    @classmethod
    def cut_out(cls, raw: bytes) -> Reply:
        """Make the reply that a parser has just cut out of a stream, without checking it again."""
        reply = object.__new__(cls)
        object.__setattr__(reply, "raw", raw)
        return reply

    @classmethod
    def of(cls, code: int, *lines: str, enhanced: str | None = None) -> Reply:
        r"""Make a well-formed reply: each line of text with the code, CRLF and, where given, the enhanced code.

        Raises ValueError for a code outside the grammar, or a line that holds CR, LF or a character that UTF-8 has not;
        TypeError for a line that is no text.

        >>> Reply.of(214, "Commands:", "HELP QUIT").raw
        b'214-Commands:\r\n214 HELP QUIT\r\n'
        """
        if not isinstance(code, int) or not _ABNF_CODE.match(b"%d" % code):
            raise ValueError(_say("impossible_code", code=code if isinstance(code, int) else repr(code)))
        texts = [_checked_line(line, enhanced) for line in lines or ("",)]
        marks = ["-"] * (len(texts) - 1) + [" "]
        out = "".join(f"{code}{mark}{text}\r\n" for mark, text in zip(marks, texts, strict=True))
        return cls(out.encode("utf-8", "surrogateescape"))

    # --- what a learner reads

    @cached_property
    def code(self) -> int:
        """The code of the first line. Where the lines disagree, `defects` says so."""
        return int(self.raw[:3])

    @cached_property
    def lines(self) -> tuple[str, ...]:
        r"""The text of each line, without code, separator and line end; an enhanced code is part of it.

        An octet that is no UTF-8 stands in it as \xNN, so that any text can be printed; `raw` has the octet itself.
        """
        return tuple(_decode(line.enhanced + line.text) for line in self._lines)

    @cached_property
    def codes(self) -> tuple[int | None, ...]:
        """The code of each line, None for a line that has none."""
        return tuple(int(line.code) if line.code else None for line in self._lines)

    @property
    def text(self) -> str:
        """The lines as one string, joined by newlines."""
        return "\n".join(self.lines)

    @property
    def enhanced(self) -> str | None:
        """The enhanced status code of the first line, such as "2.0.0", or None (RFC 2034 §4)."""
        return self._lines[0].enhanced.decode() or None

    @property
    def is_multiline(self) -> bool:
        """Whether the reply has more than one line."""
        return len(self._lines) > 1

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """Which part of the octets is what, in order and without a gap: joined, the parts are `raw`."""
        parts: list[Part] = []
        for number, line in enumerate(self._lines):
            at = line.start
            pieces = zip(("code", "separator", "enhanced", "text"), line[1:5], strict=True)
            ends = (("cr", line.end[:-1]), ("lf", line.end[-1:]))
            for kind, octets in (*pieces, *ends):
                if octets:
                    parts.append(Part(kind, number, at, at + len(octets)))
                    at += len(octets)
        return tuple(parts)

    @cached_property
    def defects(self) -> tuple[Defect, ...]:
        """Where the octets break the grammar, in order of place; empty for a well-formed reply."""
        return tuple(sorted(self._find_defects(), key=lambda defect: (defect.start, defect.rule)))

    # --- how it is found out

    @cached_property
    def _lines(self) -> tuple[_Line, ...]:
        lines: list[_Line] = []
        at, first = 0, self.raw[:3]
        while at < len(self.raw):
            match = _LINE.match(self.raw, at)
            if match is not None and at and match["separator"] is None and match[0][3:4] not in (b"\r", b"\n", b""):
                # in mid-reply three digits and no separator are text, unless they end the reply
                match = match if _last_line(first).match(match[0] + b"\n") else None
            if match is None:
                plain = _UNCODED.match(self.raw, at)
                assert plain is not None
                line = _Line(at, b"", b"", b"", plain["text"], plain["end"])
            else:
                code, separator, enhanced, text, end = (octets or b"" for octets in match.groups())
                if not separator:
                    enhanced, text = b"", enhanced + text
                line = _Line(at, code, separator, enhanced, text, end)
            lines.append(line)
            at = line.stop
        return tuple(lines)

    def _find_defects(self) -> Iterable[Defect]:
        last = len(self._lines) - 1
        for number, line in enumerate(self._lines):
            body = line.start + len(line.code) + len(line.separator) + len(line.enhanced)
            if not line.code:
                yield Defect("reply.line-code", number, line.start, line.stop)
            else:
                if not _ABNF_CODE.match(line.code):
                    yield Defect("reply.code-range", number, line.start, line.start + 3)
                if line.code != self.raw[:3]:
                    yield Defect("reply.one-code", number, line.start, line.start + 3)
                if not line.separator and line.text:
                    yield Defect("reply.separator", number, line.start + 3, line.start + 4)
            for bad in _NOT_TEXTSTRING.finditer(line.text):
                yield Defect("reply.textstring", number, body + bad.start(), body + bad.end())
            if line.end != b"\r\n":
                yield Defect("reply.crlf", number, line.stop - len(line.end), line.stop)
            if line.stop - line.start > REPLY_LINE_LIMIT:
                yield Defect("reply.line-length", number, line.start, line.stop)
            if number == last and find_end(self.raw) < 0 and line.end:
                yield Defect("reply.last-line", number, line.start, line.stop)

    # --- how it is shown

    def __bytes__(self) -> bytes:
        return self.raw

    def __repr__(self) -> str:
        first = quoted(self._lines[0].enhanced + self._lines[0].text)
        more = f" +{len(self._lines) - 1} lines" if self.is_multiline else ""
        return f"<Reply {self.raw[:3].decode()} {first}{more}>"

    def __str__(self) -> str:
        return "\n".join(show_octets(line.removesuffix(b"\r")) for line in self.raw.removesuffix(b"\n").split(b"\n"))

    def _repr_html_(self) -> str:
        from smtplab.text.html import dialogue  # only a notebook asks for it

        return dialogue([("S", str(self))])
