"""The drills of lesson 7, replies in one's own code: a reader, a decision, a check of clients, and a log to be read."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from smtplab.drills import RIGHT, Finding
from smtplab.drills.patience import Endless, patiently
from smtplab.errors import ConnectionLost
from smtplab.recordings import recording

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from smtplab.lab import Lab
    from smtplab.reply import Reply

_SHOWN = 60
_ALL = 4096


def _short(value: object) -> str:
    """Give a value as code, shortened; a learner's object may not even have a repr."""
    try:
        text = repr(value)
    except Exception:  # noqa: BLE001
        text = object.__repr__(value)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


class _Raised(NamedTuple):
    """What a learner's function raised, in place of what it gives."""

    error: BaseException

    def __repr__(self) -> str:
        return f"{type(self.error).__name__}({self.error})"


# --- read_reply


class _Waits(BaseException):
    """More was asked for than the server will ever say. Not an Exception: a learner's `except` lets it through."""


class _Wire:
    """What `recv` is of a connection: octets in pieces of `size` at most; then it is closed, or would wait for ever."""

    def __init__(self, octets: bytes, size: int, *, closes: bool) -> None:
        self._left = bytearray(octets)
        self._size = size
        self._closes = closes

    def __call__(self, size: int) -> bytes:
        if size < 0:
            raise ValueError("negative buffersize in recv")
        if not self._left and not self._closes:
            raise _Waits
        piece = bytes(self._left[: min(size, self._size)])
        del self._left[: len(piece)]
        return piece


class _Case(NamedTuple):
    """The idea that a case is there for, the octets, what is wanted of them, and the pieces in which they come.

    want: code and lines, or the errors of which one is to be raised.
    """

    key: str
    octets: bytes
    want: tuple[int, list[bytes]] | None
    sizes: tuple[int, ...] = (_ALL,)
    errors: tuple[type[Exception], ...] = ()


_CLOSED = (ConnectionError, EOFError, ConnectionLost)
_BASIC = ("whole", "lines", "pieces")
_PIECES = (1, 3, 20)

_LONG = b"h" * 594  # with code, space and CR LF a line of 600 octets


def _recorded(name: str) -> bytes:
    return recording(name).answers["connected"][b"HELP\r\n"].octets


def _lines(octets: bytes) -> tuple[int, list[bytes]]:
    """Give what is wanted of a whole and well-formed reply."""
    return int(octets[:3]), [line[4:] for line in octets.split(b"\r\n")[:-1]]


def _cases() -> Iterator[_Case]:
    """Give the cases, the plainest first."""
    for octets in (b"250 OK\r\n", _recorded("go-smtp-0.12.1"), _recorded("aiosmtpd-1.4.6-recorded")):
        yield _Case("whole", octets, _lines(octets))
    for name in ("exim-4.96", "opensmtpd-6.8.0p2"):
        octets = _recorded(name)
        yield _Case("lines", octets, _lines(octets))
        yield _Case("pieces", octets, _lines(octets), (*_PIECES, octets.find(b"\n") + 1, octets.find(b"\n")))
    for key, octets in (
        ("hyphen", b"214 Ask the post-master - or not\r\n"),
        ("hyphen", b"214-Help\r\n214 -\r\n"),
        ("digits", b"214-211 is for a status\r\n214-214 is for help\r\n214 250 is for neither\r\n"),
        ("digits", b"250-214 and 250 are codes\r\n250 250-214 too\r\n"),
        ("bare", b"214\r\n"),
        ("bare", b"502 \r\n"),
        ("bare", b"214-Help\r\n214-\r\n214\r\n"),
        ("long", b"214 " + _LONG + b"\r\n"),
        ("long", b"214-" + _LONG + b"\r\n214 End\r\n"),
        ("text", _recorded("sendmail-8.17.1.9")),
        ("text", b"214-  HELO  EHLO  \r\n214\r\n"),
        ("text", _recorded("chasquid-1.11")),
    ):
        # a reader that begins anew with every piece is slow, but not endless: it gets long replies in few
        yield _Case(key, octets, _lines(octets), (_ALL, *_PIECES) if len(octets) < 100 else (_ALL, 512, 100))  # noqa: PLR2004
    yield _Case("second", b"214 Ask\r\n421 Closing\r\n", (214, [b"Ask"]))
    yield _Case("second", b"214-Ask\r\n214 me\r\n421-Clo", (214, [b"Ask", b"me"]))
    for octets in (b"214-Help\r\n211 Status\r\n", b"250-Help\r\n214-Help\r\n250 End\r\n"):
        yield _Case("mixed", octets, None, (_ALL, 1), (ValueError,))
    yield _Case("uncoded", _recorded("net-smtp-server-1.1"), None, (_ALL, 1), (ValueError,))
    for octets in (b"", b"21", b"214 Hel", b"214 Help\r", b"214-Help\r\n", b"214-Help\r\n214"):
        yield _Case("closed", octets, None, (_ALL, 1), _CLOSED)


def read_reply(answer: Any) -> Finding:
    """Try a function on replies that come in pieces, on odd ones and broken ones, and on a connection that closes."""
    if not callable(answer):
        return Finding("callable")
    for case in _cases():
        for size in case.sizes:
            fields: dict[str, object] = {"octets": _short(case.octets), "size": min(size, len(case.octets))}
            try:
                given: Any = patiently(answer, _Wire(case.octets, size, closes=case.key == "closed"))
            except Endless:
                return Finding("endless", fields)
            except _Waits:  # said as the lesson's `wire` says it
                return Finding("waits" if case.key in _BASIC else case.key, {**fields, "given": "TimeoutError()"})
            except Exception as error:  # noqa: BLE001  a learner's code may raise anything
                given = _Raised(error)
            fields["given"] = _short(given)
            key = _missed(case, given)
            if key:
                return Finding(key, fields)
    return RIGHT


def _missed(case: _Case, given: Any) -> str:
    """Name the idea behind what was given, "" where it is what is wanted."""
    if case.want is None:
        if isinstance(given, _Raised) and isinstance(given.error, case.errors):
            return ""
        last = case.octets.rstrip().rpartition(b"\n")[2][:3]
        of_last = case.key == "mixed" and last != case.octets[:3] and _code(given) == int(last)
        return "last_code" if of_last else case.key
    code, lines = case.want
    if isinstance(given, _Raised):
        return "raises" if case.key == "whole" else case.key
    if not _is_of_form(given):
        return "form"
    got = list(given[1])
    if given[0] == code and got == lines:
        return ""
    # whoever reads several lines in one piece does not take the first line for all
    return case.key if case.key == "pieces" else _of_lines(got, lines) or case.key


def _code(given: Any) -> object:
    return given[0] if isinstance(given, tuple | list) and given else None


def _is_of_form(given: Any) -> bool:
    """Tell whether it is a number and a list of bytes."""
    return (
        isinstance(given, tuple | list)
        and not isinstance(given, _Raised)
        and len(given) == 2  # noqa: PLR2004
        and isinstance(given[0], int)
        and isinstance(given[1], tuple | list)
        and all(isinstance(line, bytes | bytearray) for line in given[1])
    )


def _of_lines(got: list[bytes], lines: list[bytes]) -> str:
    """Name what the lines alone tell: the first one only, or code and line end left in."""
    if len(lines) > 1 and got == lines[:1]:
        return "first_line"
    if len(got) == len(lines) and all(line and line in each for each, line in zip(got, lines, strict=True)):
        return "kept"
    return ""


# --- help_outcome

OUTCOMES = ("show", "without", "secure", "later", "closing")

_TEXTS = (
    [b"Help"], [b"Not implemented"], [b"No help available"], [b"Error: command not recognized"], [b""],
    [b"214 Help message"], [b"Commands:", b"HELP", b"QUIT"], [b"502 5.5.1 Try later"], [b"Closing", b"STARTTLS first"],
)  # fmt: skip


def _outcomes() -> Iterator[tuple[str, int, str]]:
    """Give the idea that a code is there for, the code, and its outcome."""
    yield from (("help", 214, "show"), ("differs", 211, "show"))
    yield from (("refused", code, "without") for code in (502, 500, 504, 501))
    yield from (("secure", 530, "secure"), ("closing", 421, "closing"))
    yield from (("unknown_2", code, "show") for code in (250, *range(200, 300)))
    yield from (("transient", code, "later") for code in (451, *range(400, 500)) if code != 421)  # noqa: PLR2004
    yield from (("unknown_5", code, "without") for code in (553, *range(500, 600)) if code != 530)  # noqa: PLR2004


def outcome(answer: Any) -> Finding:
    """Try a function on every code that begins with 2, 4 or 5, and on texts that mislead."""
    if not callable(answer):
        return Finding("callable")
    for code in (214, 250, 502, 421):
        given = [_outcome(answer, code, lines) for lines in _TEXTS]
        for each in given:
            if isinstance(each, Endless):
                return Finding("endless", {"code": code})
            if not isinstance(each, _Raised) and each not in OUTCOMES:
                return Finding("word", {"code": code, "given": _short(each)})
        odd = next((at for at, each in enumerate(given) if _short(each) != _short(given[0])), 0)
        if odd:
            return Finding("text", {
                "code": code, "one": _TEXTS[0], "given_one": _short(given[0]), "other": _TEXTS[odd],
                "given_other": _short(given[odd]),
            })  # fmt: skip
    for key, code, want in _outcomes():
        got = _outcome(answer, code, _TEXTS[0])
        if isinstance(got, _Raised) or got != want:
            is_word = isinstance(got, _Raised) or got in OUTCOMES
            return Finding(key if is_word else "word", {"code": code, "given": _short(got)})
    return RIGHT


def _outcome(answer: Callable[..., Any], code: int, lines: list[bytes]) -> Any:
    """Give what the function gives as a plain value, what it raised, or that it did not end."""
    try:
        given = patiently(answer, code, list(lines))
    except Endless as error:
        return error
    except Exception as error:  # noqa: BLE001  a learner's code may raise anything
        return _Raised(error)
    return given if isinstance(given, str) else [given]  # an object's own == is not asked


# --- check_client


def _right(reply: Reply) -> str:
    if reply.code in (421, 530):
        return "closing" if reply.code == 421 else "secure"  # noqa: PLR2004
    return {"2": "show", "4": "later"}.get(str(reply.code)[0], "without")


def _by_table(reply: Reply) -> str:
    table = {211: "show", 214: "show", 421: "closing", 500: "without", 502: "without", 530: "secure"}
    return table.get(reply.code) or ("without", "without", "show", "without", "later", "without")[reply.code // 100]


def _instead(applies: Callable[[Reply], bool], outcome: str) -> Callable[[Reply], str]:
    """Make a decision that is right but where something applies."""
    return lambda reply: outcome if applies(reply) else _right(reply)


def _refusal_is_a_fault(reply: Reply) -> str:
    if reply.code in range(500, 530):
        raise RuntimeError(f"the server answered {reply.code}")
    return _right(reply)


def _has(pattern: str, reply: Reply) -> bool:
    return bool(re.search(pattern, reply.text, re.IGNORECASE))


GOOD = (_right, _by_table)
FAULTY: tuple[tuple[str, Callable[[Reply], str]], ...] = (
    ("everything", lambda _reply: "show"),
    ("nothing", lambda _reply: "without"),
    ("differs", _instead(lambda reply: reply.code == 211, "without")),  # noqa: PLR2004
    ("differs", _instead(lambda reply: reply.code == 214, "without")),  # noqa: PLR2004
    ("unknown_2", _instead(lambda reply: reply.code // 100 == 2 and reply.code not in (211, 214), "without")),  # noqa: PLR2004
    ("refused", _refusal_is_a_fault),
    ("closing", _instead(lambda reply: reply.code == 421, "later")),  # noqa: PLR2004
    ("secure", _instead(lambda reply: reply.code == 530, "without")),  # noqa: PLR2004
    ("transient", _instead(lambda reply: reply.code // 100 == 4 and reply.code != 421, "without")),  # noqa: PLR2004
    ("lines", _instead(lambda reply: reply.is_multiline, "without")),
    ("text_no", _instead(lambda reply: reply.code // 100 == 2 and _has(r"\bno\b|\bnot\b", reply), "without")),  # noqa: PLR2004
    ("text_help", _instead(lambda reply: reply.code // 100 == 5 and _has("help|command", reply), "show")),  # noqa: PLR2004
)
"""Clients by how they decide: those that a check must let pass, and those that it must not, each with its fault."""


def _client(decide: Callable[[Reply], str]) -> Callable[[Lab], str]:
    def client(lab: Lab) -> str:
        return decide(lab.send("HELP"))

    return client


def check_client(answer: Any) -> Finding:
    """Try a check on clients that are right, and on clients with one fault each."""
    if not callable(answer):
        return Finding("callable")
    for good in GOOD:
        given = _checked(answer, good)
        if isinstance(given, Endless):
            return Finding("endless")
        if isinstance(given, _Raised):
            return Finding("rejects", {"given": _short(given)})
    for fault, faulty in FAULTY:
        given = _checked(answer, faulty)
        if isinstance(given, Endless):
            return Finding("endless")
        if not isinstance(given, _Raised):
            return Finding("returns" if given is False else fault)
    return RIGHT


def _checked(answer: Callable[..., Any], decide: Callable[[Reply], str]) -> Any:
    """Give what the check gives for a client, what it raised, or that it did not end."""
    try:
        return patiently(answer, _client(decide))
    except Endless as error:
        return error
    except Exception as error:  # noqa: BLE001  a check speaks by raising
        return _Raised(error)


# --- the log

LOGGED = ["250", "550", "450", "554", "421"]
"""What the servers say in the lesson's log; a test reads it again."""

_ENHANCED = ("200", "511", "471", "441", "571", "432")
_ELSEWHERE = ("211", "214", "300", "25", "100", "113", "192", "198", "203")


def log(answer: str) -> Finding:
    """Compare the codes written down with those in the log."""
    words = re.findall(r"[^\s,;]+", answer)
    if not words:
        return Finding("empty")
    for word in words:
        if re.fullmatch(r"\d\.\d+\.\d+", word) or word in _ENHANCED:
            return Finding("enhanced", {"given": _short(word)})
        if word in _ELSEWHERE:
            return Finding("elsewhere", {"given": _short(word)})
        if not re.fullmatch("[0-9]{3}", word):
            return Finding("form", {"given": _short(word)})
    return RIGHT if words == LOGGED else Finding(_unlike(words))


def _unlike(words: list[str]) -> str:
    """Name the idea behind codes that are not those of the log."""
    more, less = Counter(words) - Counter(LOGGED), Counter(LOGGED) - Counter(words)
    if not more and not less:
        return "order"
    if "554" in more:
        return "twice"
    if "250" in more:
        return "in_text"
    if more:
        return "invented"
    return "sent" if "250" in less else "refused" if "421" in less else "missing"
