"""How each kind of exercise is judged: an answer in, the key of its feedback out. The kinds: exercises/README.md.

>>> pieces(Reply.of(214, "Help"))
('214', 'SP', 'Help', 'CR', 'LF')
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from smtplab.course.graders import RIGHT, Result, grader
from smtplab.errors import NotAnAnswer, UnknownName
from smtplab.protocol.octets import name_or_text, show_octets
from smtplab.protocol.reply import Reply
from smtplab.server.personality import Personality
from smtplab.text.texts import Texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from smtplab.lab.lab import Lab

PARTS = ("code", "separator", "enhanced", "text", "cr", "lf")

Row = dict[str, Any]


class Question(NamedTuple):
    """One exercise as it is asked: its id and row, the learner's lab, and the language of what is said."""

    id: str
    row: Row
    lab: Lab | None
    lang: str


def grade(asked: Question, answer: Any) -> Result:
    """Judge an answer; "right" is the key of what is right, other keys are found in the row's feedback.

    Raises UnknownName for what is no option, NotAnAnswer for an answer of another form, and what `Lab.send` raises.
    """
    return _KINDS[asked.row["kind"]](asked, answer)


def pieces(reply: Reply) -> tuple[str, ...]:
    """Return the parts of a reply as they are shown, in order."""
    octets = (reply.raw[part.start : part.end] for part in reply.parts)
    return tuple(map(name_or_text, octets))


def items(row: Row) -> tuple[str, ...]:
    """Return what there is to name or to sort: the parts of a reply, or replies, each after the command that got it."""
    if row["kind"] == "parts":
        return pieces(_reply(row))
    return tuple(
        (f"{item['command']} → " if "command" in item else "") + _lines(_reply(item)) for item in row.get("item", ())
    )


def _lines(reply: Reply) -> str:
    """Return a reply to be sorted as text; a line end other than CR LF is shown, for it may be what one sorts by."""
    *ended, rest = reply.raw.split(b"\n")
    lines = [line.removesuffix(b"\r") if line.endswith(b"\r") else line + b"\n" for line in ended]
    return "\n".join(map(show_octets, [*lines, rest] if rest else lines))


# --- kinds


def _code(asked: Question, answer: Any) -> Result:
    given = _option(answer, asked.row["options"])
    with _server(asked) as server:
        reply = server.send(asked.row["command"])
    return Result(given, reply=reply, right=str(reply.code) == given)


def _choice(asked: Question, answer: Any) -> Result:
    chosen = _option(answer, asked.row["option"])
    return Result(chosen, right=chosen == asked.row["right"])


def _command(asked: Question, answer: Any) -> Result:
    if not isinstance(answer, str | bytes):
        raise _another_form(asked, "a command line", answer)
    with _server(asked) as server:
        reply = server.send(answer.strip())
    wanted = asked.row["wanted"]
    right = reply.code == wanted["code"] and reply.text.startswith(wanted.get("begins", ""))
    return Result("right" if right else str(reply.code), reply=reply)


def _parts(asked: Question, answer: Any) -> Result:
    true = [part.kind for part in _reply(asked.row).parts]
    given = _answers(asked, answer, len(true), PARTS)
    wrong = _wrong(true, given)
    return Result(true[wrong[0]], before=_where(asked, "parts_wrong", wrong)) if wrong else RIGHT


def _sort(asked: Question, answer: Any) -> Result:
    by_verdict = asked.row.get("criterion") == "verdict"
    rows = asked.row["item"]
    right = [(_bin(item) if by_verdict else item["bin"], *item.get("also", ())) for item in rows]
    given = _answers(asked, answer, len(rows), asked.row["bin"])
    wrong = [at for at, bins in enumerate(right) if given[at] not in bins]
    return Result(given[wrong[0]], before=_where(asked, "sorted_wrong", wrong)) if wrong else RIGHT


def _bin(item: Row) -> str:
    """Return the bin of the verdict on an item: the outcome's first word, as conforms, permitted, departs, violates."""
    from smtplab.protocol.transcript import Exchange  # few exercises ask for verdicts
    from smtplab.rfc.judge import judge

    return judge(Exchange(item["command"].encode() + b"\r\n", _reply(item))).worst.partition(" ")[0]


def _text(asked: Question, answer: Any) -> Result:
    if not isinstance(answer, str):
        raise _another_form(asked, "text", answer)
    return grader(asked.id)(answer)


def _function(asked: Question, answer: Any) -> Result:
    say = Texts("course/grading", asked.lang)
    if answer is None:
        return Result("otherwise", before=say("unwritten"))
    try:
        return grader(asked.id)(answer)
    except NotAnAnswer:
        raise
    except (Exception, SystemExit) as error:  # noqa: BLE001  a learner's code may raise anything, and is told so
        return Result("otherwise", before=say("raised", error=_named(error)))


_KINDS: dict[str, Callable[[Question, Any], Result]] = {
    "code": _code, "choice": _choice, "command": _command, "parts": _parts, "sort": _sort, "text": _text,
    "function": _function,
}  # fmt: skip
KINDS = tuple(_KINDS)


# --- what they share


@contextmanager
def _server(asked: Question) -> Iterator[Lab]:
    """Return the server to ask: the exercise's own where it describes one, else the learner's."""
    row = asked.row
    if not row.keys() & {"personality", "script", "before"}:
        if asked.lab is None:
            raise NotAnAnswer(f"{asked.id} asks your lab's server: give the lab, check({asked.id!r}, answer, lab)")
        yield asked.lab
        return
    from smtplab.lab.lab import start  # most exercises need no server of their own

    how = Personality.scripted(row["script"]) if "script" in row else row.get("personality", "rfc5321")
    with start(how, carrier="memory") as own:
        for line in row.get("before", ()):
            own.send(line)
        yield own


def _reply(item: Row) -> Reply:
    """Return the reply of a row or an item: written out, or recorded."""
    if "reply" in item:
        text: str = item["reply"]
        return Reply(text.encode() if text.endswith("\n") else text.encode() + b"\r\n")
    from smtplab.recordings.recording import recording  # few exercises show what was recorded

    made = recording(item["personality"])
    line = item["command"].encode() + b"\r\n"
    for phase in ("greeted", "connected"):
        if line in made.answers.get(phase, {}):
            return Reply(made.answers[phase][line].octets)
    raise UnknownName("recorded command", item["command"], ())


def _option(answer: Any, options: Mapping[str, Any] | Sequence[str]) -> str:
    if not isinstance(answer, str | int):
        raise NotAnAnswer(f"the answer is one of {', '.join(options)}, not {type(answer).__name__}")
    given = str(answer).strip()
    if given not in options:
        raise UnknownName("answer", given, tuple(options))
    return given


def _answers(asked: Question, answer: Any, count: int, options: Mapping[str, Any] | Sequence[str]) -> list[str]:
    if not isinstance(answer, list | tuple):
        raise _another_form(asked, f"a list of {count} names, one for each", answer)
    if len(answer) != count:
        raise NotAnAnswer(f"the answer to {asked.id} is a list of {count} names, one for each, not {len(answer)}")
    return [_option(each, options) for each in answer]


def _another_form(asked: Question, wanted: str, answer: Any) -> NotAnAnswer:
    return NotAnAnswer(f"the answer to {asked.id} is {wanted}, not {type(answer).__name__}")


def _named(error: BaseException) -> str:
    """Return an error's type and message, shortened; a learner's own error may not even have one."""
    try:
        message = str(error)
    except Exception:  # noqa: BLE001
        message = ""
    name = type(error).__name__
    return f"{name}: {message[:300]}" if message else name


def _wrong(true: list[str], given: list[str]) -> list[int]:
    """Return the places at which they differ."""
    return [at for at, (one, other) in enumerate(zip(true, given, strict=True)) if one != other]


def _where(asked: Question, key: str, wrong: list[int]) -> str:
    """Say how many are wrong, and which is the first: its number and its first line."""
    shown = items(asked.row)
    first = shown[wrong[0]].partition("\n")[0]
    return Texts("course/grading", asked.lang)(key, wrong=len(wrong), all=len(shown), number=wrong[0] + 1, item=first)
