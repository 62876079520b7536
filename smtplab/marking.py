"""How each kind of exercise is judged: an answer in, the key of its feedback out. The kinds: data/exercises/README.md.

>>> pieces(Reply.of(214, "Help"))
('214', 'SP', 'Help', 'CR', 'LF')
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from smtplab.drills import RIGHT, Finding, drill
from smtplab.errors import NotAnAnswer, UnknownName
from smtplab.personality import Personality
from smtplab.recordings import recording
from smtplab.reply import Reply, show_octets
from smtplab.texts import Texts
from smtplab.transcript import Exchange
from smtplab.verdicts import CONFORMS, DEPARTS, PERMITTED, VIOLATES, judge

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from smtplab.lab import Lab

PARTS = ("code", "separator", "enhanced", "text", "cr", "lf")
_BINS = {CONFORMS: "conforms", PERMITTED: "permitted", DEPARTS: "departs", VIOLATES: "violates"}
_SHOWN = {b"\r": "CR", b"\n": "LF", b" ": "SP"}

Row = dict[str, Any]


def mark(exercise_id: str, row: Row, answer: Any, lab: Lab | None, lang: str) -> Finding:
    """Judge an answer; "right" is the key of what is right, other keys are found in the row's feedback.

    Raises UnknownName for what is no option, NotAnAnswer for an answer of another form, and what `Lab.send` raises.
    """
    if row["kind"] == "choice":
        chosen = _option(answer, row["option"])
        return Finding(chosen, right=chosen == row["right"])
    if row["kind"] in {"code", "command"}:
        return {"code": _code, "command": _command}[row["kind"]](exercise_id, row, answer, lab)
    if row["kind"] in {"parts", "sort"}:
        return {"parts": _parts, "sort": _sort}[row["kind"]](row, answer, lang)
    return {"text": _text, "function": _function}[row["kind"]](exercise_id, answer, lang)


def pieces(reply: Reply) -> tuple[str, ...]:
    """Give the parts of a reply as they are shown, in order."""
    octets = (reply.raw[part.start : part.end] for part in reply.parts)
    return tuple(_SHOWN.get(part) or show_octets(part) for part in octets)


def items(row: Row) -> tuple[str, ...]:
    """Give what there is to name or to sort: the parts of a reply, or replies, each after the command that got it."""
    if row["kind"] == "parts":
        return pieces(_reply(row))
    return tuple(
        (f"{item['command']} → " if "command" in item else "") + str(_reply(item)) for item in row.get("item", ())
    )


# --- kinds


def _code(exercise_id: str, row: Row, answer: Any, lab: Lab | None) -> Finding:
    given = _option(answer, row["options"])
    with _server(exercise_id, row, lab) as server:
        reply = server.send(row["command"])
    return Finding(given, reply=reply, right=str(reply.code) == given)


def _command(exercise_id: str, row: Row, answer: Any, lab: Lab | None) -> Finding:
    if not isinstance(answer, str | bytes):
        raise NotAnAnswer(f"the answer to {exercise_id} is a command line, not {type(answer).__name__}")
    with _server(exercise_id, row, lab) as server:
        reply = server.send(answer.strip())
    wanted = row["wanted"]
    right = reply.code == wanted["code"] and reply.text.startswith(wanted.get("begins", ""))
    return Finding("right" if right else str(reply.code), reply=reply)


def _parts(row: Row, answer: Any, lang: str) -> Finding:
    reply = _reply(row)
    true = [part.kind for part in reply.parts]
    given = _answers(answer, len(true), PARTS)
    wrong = [at for at, kind in enumerate(true) if kind != given[at]]
    if not wrong:
        return RIGHT
    return Finding(true[wrong[0]], before=Texts("marking", lang)("parts_wrong", **_where(row, wrong, len(true))))


def _sort(row: Row, answer: Any, lang: str) -> Finding:
    if row.get("criterion") == "verdict":
        true = [_BINS[judge(Exchange(item["command"].encode() + b"\r\n", _reply(item))).worst] for item in row["item"]]
    else:
        true = [item["bin"] for item in row["item"]]
    given = _answers(answer, len(true), row["bin"])
    wrong = [at for at, place in enumerate(true) if place != given[at]]
    if not wrong:
        return RIGHT
    return Finding(given[wrong[0]], before=Texts("marking", lang)("sorted_wrong", **_where(row, wrong, len(true))))


def _text(exercise_id: str, answer: Any, _lang: str) -> Finding:
    if not isinstance(answer, str):
        raise NotAnAnswer(f"the answer to {exercise_id} is text, not {type(answer).__name__}")
    return drill(exercise_id)(answer)


def _function(exercise_id: str, answer: Any, lang: str) -> Finding:
    say = Texts("marking", lang)
    if answer is None:
        return Finding("otherwise", before=say("unwritten"))
    try:
        return drill(exercise_id)(answer)
    except Exception as error:  # noqa: BLE001  a learner's code may raise anything, and is told so
        return Finding("otherwise", before=say("raised", error=f"{type(error).__name__}: {error}"))


# --- what they share


@contextmanager
def _server(exercise_id: str, row: Row, lab: Lab | None) -> Iterator[Lab]:
    """Give the server to ask: the exercise's own where it describes one, else the learner's."""
    if not row.keys() & {"personality", "script", "before"}:
        if lab is None:
            raise NotAnAnswer(
                f"{exercise_id} asks your lab's server: give the lab, check({exercise_id!r}, answer, lab)"
            )
        yield lab
        return
    from smtplab.lab import start  # noqa: PLC0415  most exercises need no server of their own

    how = Personality.scripted(row["script"]) if "script" in row else row.get("personality", "rfc5321")
    with start(how, carrier="memory") as own:
        for line in row.get("before", ()):
            own.send(line)
        yield own


def _reply(item: Row) -> Reply:
    """Give the reply of a row or an item: written out, or recorded."""
    if "reply" in item:
        text: str = item["reply"]
        return Reply(text.encode() if text.endswith("\n") else text.encode() + b"\r\n")
    made = recording(item["personality"])
    line = item["command"].encode() + b"\r\n"
    for phase in ("greeted", "connected"):
        if line in made.answers.get(phase, {}):
            return Reply(made.answers[phase][line].octets)
    raise UnknownName("recorded command", item["command"], ())


def _option(answer: Any, options: Mapping[str, Any] | Sequence[str]) -> str:
    given = str(answer).strip()
    if given not in options:
        raise UnknownName("answer", given, tuple(options))
    return given


def _answers(answer: Any, count: int, options: Mapping[str, Any] | Sequence[str]) -> list[str]:
    if not isinstance(answer, list | tuple) or len(answer) != count:
        given = f"{len(answer)}" if isinstance(answer, list | tuple) else type(answer).__name__
        raise NotAnAnswer(f"the answer is a list of {count} names, one for each, not {given}")
    return [_option(each, options) for each in answer]


def _where(row: Row, wrong: list[int], count: int) -> dict[str, object]:
    """Give what a sentence says about the first wrong item: how many there are, its number and its first line."""
    item = items(row)[wrong[0]].partition("\n")[0]
    return {"wrong": len(wrong), "all": count, "number": wrong[0] + 1, "item": item}
