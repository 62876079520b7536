"""The graders of lesson 7: a decision, a check of clients, a log to be read; the reader's is in lesson07_reader.py."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from smtplab.course.graders import RIGHT, Result
from smtplab.course.graders.lesson07_reader import read_reply
from smtplab.course.graders.sandbox import Endless, Raised, patiently, short

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from smtplab.lab.lab import Lab
    from smtplab.protocol.reply import Reply

__all__ = ["FAULTY", "GOOD", "LOGGED", "OUTCOMES", "check_client", "log", "outcome", "read_reply"]


# --- help_outcome

OUTCOMES = ("show", "without", "secure", "later", "closing")

_TEXTS = (
    [b"Help"], [b"Not implemented"], [b"No help available"], [b"Error: command not recognized"], [b""],
    [b"214 Help message"], [b"Commands:", b"HELP", b"QUIT"], [b"502 5.5.1 Try later"], [b"Closing", b"STARTTLS first"],
)  # fmt: skip


def _outcomes() -> Iterator[tuple[str, int, str]]:
    """Return the idea that a code tests, the code, and its outcome."""
    yield from (("help", 214, "show"), ("differs", 211, "show"))
    yield from (("refused", code, "without") for code in (502, 500, 504, 501))
    yield from (("secure", 530, "secure"), ("closing", 421, "closing"))
    yield from (("unknown_2", code, "show") for code in (250, *range(200, 300)))
    yield from (("transient", code, "later") for code in (451, *range(400, 500)) if code != 421)
    yield from (("unknown_5", code, "without") for code in (553, *range(500, 600)) if code != 530)


def outcome(answer: Any) -> Result:
    """Try a function on every code that begins with 2, 4 or 5, and on texts that mislead."""
    if not callable(answer):
        return Result("callable")
    for code in (214, 250, 502, 421):
        outcomes = [_outcome(answer, code, lines) for lines in _TEXTS]
        for outcome in outcomes:
            if isinstance(outcome, Endless):
                return Result("endless", {"code": code})
            if not isinstance(outcome, Raised) and outcome not in OUTCOMES:
                return Result("word", {"code": code, "given": short(outcome)})
        odd = next((at for at, outcome in enumerate(outcomes) if short(outcome) != short(outcomes[0])), 0)
        if odd:
            return Result("text", {
                "code": code, "one": _TEXTS[0], "given_one": short(outcomes[0]), "other": _TEXTS[odd],
                "given_other": short(outcomes[odd]),
            })  # fmt: skip
    for key, code, expected in _outcomes():
        word = _outcome(answer, code, _TEXTS[0])
        if isinstance(word, Raised) or word != expected:
            is_word = isinstance(word, Raised) or word in OUTCOMES
            return Result(key if is_word else "word", {"code": code, "given": short(word)})
    return RIGHT


def _outcome(answer: Callable[..., Any], code: int, lines: list[bytes]) -> Any:
    """Return the function's result as a plain value, what it raised, or that it did not end."""
    try:
        value = patiently(answer, code, list(lines))
    except Endless as error:
        return error
    except Exception as error:  # noqa: BLE001  a learner's code may raise anything
        return Raised(error)
    return value if isinstance(value, str) else [value]  # an object's own == is not called


# --- check_client


def _right(reply: Reply) -> str:
    if reply.code in (421, 530):
        return "closing" if reply.code == 421 else "secure"
    return {"2": "show", "4": "later"}.get(str(reply.code)[0], "without")


def _by_table(reply: Reply) -> str:
    table = {211: "show", 214: "show", 421: "closing", 500: "without", 502: "without", 530: "secure"}
    return table.get(reply.code) or ("without", "without", "show", "without", "later", "without")[reply.code // 100]


def _instead(applies: Callable[[Reply], bool], outcome: str) -> Callable[[Reply], str]:
    """Return a decision that is right except where a condition holds."""
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
    ("differs", _instead(lambda reply: reply.code == 211, "without")),
    ("differs", _instead(lambda reply: reply.code == 214, "without")),
    ("unknown_2", _instead(lambda reply: reply.code // 100 == 2 and reply.code not in (211, 214), "without")),
    ("refused", _refusal_is_a_fault),
    ("closing", _instead(lambda reply: reply.code == 421, "later")),
    ("secure", _instead(lambda reply: reply.code == 530, "without")),
    ("transient", _instead(lambda reply: reply.code // 100 == 4 and reply.code != 421, "without")),
    ("lines", _instead(lambda reply: reply.is_multiline, "without")),
    ("text_no", _instead(lambda reply: reply.code // 100 == 2 and _has(r"\bno\b|\bnot\b", reply), "without")),
    ("text_help", _instead(lambda reply: reply.code // 100 == 5 and _has("help|command", reply), "show")),
)
"""Clients by how they decide: those that a check must let pass, and those that it must not, each with its fault."""


def _client(decide: Callable[[Reply], str]) -> Callable[[Lab], str]:
    def client(lab: Lab) -> str:
        return decide(lab.send("HELP"))

    return client


def check_client(answer: Any) -> Result:
    """Try a check on clients that are right, and on clients with one fault each."""
    if not callable(answer):
        return Result("callable")
    for good in GOOD:
        result = _checked(answer, good)
        if isinstance(result, Endless):
            return Result("endless")
        if isinstance(result, Raised):
            return Result("rejects", {"given": short(result)})
    for fault, faulty in FAULTY:
        result = _checked(answer, faulty)
        if isinstance(result, Endless):
            return Result("endless")
        if not isinstance(result, Raised):
            return Result("returns" if result is False else fault)
    return RIGHT


def _checked(answer: Callable[..., Any], decide: Callable[[Reply], str]) -> Any:
    """Return the check's result for a client, what it raised, or that it did not end."""
    try:
        return patiently(answer, _client(decide))
    except Endless as error:
        return error
    except Exception as error:  # noqa: BLE001  a check speaks by raising
        return Raised(error)


# --- the log

LOGGED = ["250", "550", "450", "554", "421"]
"""What the servers say in the lesson's log; a test reads it again."""

_ENHANCED = ("200", "511", "471", "441", "571", "432")
_ELSEWHERE = ("211", "214", "300", "25", "100", "113", "192", "198", "203")


def log(answer: str) -> Result:
    """Compare the codes written down with those in the log."""
    words = re.findall(r"[^\s,;]+", answer)
    if not words:
        return Result("empty")
    for word in words:
        if re.fullmatch(r"\d\.\d+\.\d+", word) or word in _ENHANCED:
            return Result("enhanced", {"given": short(word)})
        if word in _ELSEWHERE:
            return Result("elsewhere", {"given": short(word)})
        if not re.fullmatch("[0-9]{3}", word):
            return Result("form", {"given": short(word)})
    return RIGHT if words == LOGGED else Result(_unlike(words))


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
