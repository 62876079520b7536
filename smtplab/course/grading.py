"""The kinds of exercise and how each is graded: an answer in, the key of its feedback out.

A new kind is a row in `KINDS`, a field in widgets/exercise/widget.js and a row in exercises/README.md.

>>> pieces(Reply.of(214, "Help"))
('214', 'SP', 'Help', 'CR', 'LF')
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from smtplab.course.graders import Mark, Result, grader
from smtplab.errors import NotAnAnswer
from smtplab.protocol.octets import name_or_text, show_octets, show_text
from smtplab.protocol.reply import Reply
from smtplab.server.personality import Personality
from smtplab.text.language import DEFAULT
from smtplab.text.sentences import Sentences
from smtplab.text.texts import Texts, unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from smtplab.lab.lab import Lab

_say = Sentences("course/errors")

RIGHT_ROW = Mark("right")

PARTS = ("code", "separator", "enhanced", "text", "cr", "lf")

Row = dict[str, Any]


class Question(NamedTuple):
    """One exercise as it is asked: its id and row, and the language of the feedback."""

    id: str
    row: Row
    lang: str


@dataclass(frozen=True)
class Kind:
    """A kind of exercise: a row of `KINDS`, and one of exercises/README.md. Its form is a field in the widget's module.

    grade: takes the question and an answer, and returns the result. Raises UnknownName for what is no option,
      NotAnAnswer for an answer of another form.
    needs, may: the keys that a row must have, and those that it may have, beside those of every row.
    outcomes: the keys of feedback that can come up besides "right" and "otherwise"; None where only a grader knows.
    options: what there is to choose from, each with its words, in a language.
    items: what to name, to sort or to answer, row by row, in a language.
    plain: what is shown below the question where no widget runs, one paragraph each; takes options and items.
    by_option: feedback is keyed by the option chosen, the right one too: no feedback is called "right".
    truth: takes the question and returns a right answer; None where a model answer is written beside the exercise.
    """

    grade: Callable[[Question, Any], Result]
    needs: frozenset[str] = frozenset()
    may: frozenset[str] = frozenset()
    outcomes: Callable[[Row], set[str]] | None = None
    options: Callable[[Row, str], dict[str, str]] = lambda _row, _lang: {}
    items: Callable[[Row, str], tuple[str, ...]] = lambda _row, _lang: ()
    plain: Callable[[dict[str, str], tuple[str, ...]], tuple[str, ...]] = lambda _options, _items: ()
    by_option: bool = False
    truth: Callable[[Question], str | tuple[str, ...]] | None = None


def grade(question: Question, answer: Any) -> Result:
    """Grade an answer; "right" is the key of a right answer, other keys are those of the row's feedback.

    Raises UnknownName for what is no option, NotAnAnswer for an answer of another form, and what `Lab.send` raises.
    """
    return kind_of(question.row).grade(question, answer)


def kind_of(row: Row) -> Kind:
    """Return the kind of a row."""
    return KINDS[row["kind"]]


def items(row: Row, lang: str = DEFAULT) -> tuple[str, ...]:
    """Return what there is to name, sort or answer: a reply's parts, replies after their commands, or questions."""
    return kind_of(row).items(row, lang)


def pieces(reply: Reply) -> tuple[str, ...]:
    """Return the parts of a reply as they are shown, in order."""
    octets = (reply.raw[part.start : part.end] for part in reply.parts)
    return tuple(map(name_or_text, octets))


# --- code


def _code(question: Question, answer: Any) -> Result:
    code = _option(question, answer, question.row["options"])
    reply = _answered(question)
    return Result(code, reply=reply, right=str(reply.code) == code)


def _answered(question: Question) -> Reply:
    with _server(question) as server:
        return server.send(question.row["command"])


# --- choice


def _choice(question: Question, answer: Any) -> Result:
    choice = _option(question, answer, question.row["option"])
    return Result(choice, right=choice == question.row["right"])


# --- command


def _command(question: Question, answer: Any) -> Result:
    if not isinstance(answer, str | bytes):
        raise _another_form(question, _say("form_command", question.lang), answer)
    with _server(question) as server:
        reply = server.send(answer.strip())
    wanted = question.row["wanted"]
    right = reply.code == wanted["code"] and reply.text.startswith(wanted.get("begins", ""))
    return Result("right" if right else str(reply.code), reply=reply)


_ANY_CODE = frozenset(f"{first}{second}{third}" for first in "2345" for second in "012345" for third in range(10))
"""Every reply code that can be (RFC 5321 §4.2)."""


# --- parts


def _parts(question: Question, answer: Any) -> Result:
    truth = _kinds(question)
    names = _answers(question, answer, len(truth), PARTS)
    pairs = zip(names, truth, strict=True)
    return _by_rows(question, "parts", [RIGHT_ROW if name == true else Mark(true) for name, true in pairs])


def _kinds(question: Question) -> tuple[str, ...]:
    return tuple(part.kind for part in _reply(question.row).parts)


def _part_names(_row: Row, lang: str) -> dict[str, str]:
    say = Texts("protocol/texts", lang)
    return {part: say(f"part_{part}") for part in PARTS}


# --- sort


def _sort(question: Question, answer: Any) -> Result:
    truth, rows = _bins(question), question.row["item"]
    bins = _answers(question, answer, len(rows), question.row["bin"])
    good = [bins[at] in (truth[at], *item.get("also", ())) for at, item in enumerate(rows)]
    return _by_rows(question, "sorted", [RIGHT_ROW if right else Mark(bins[at]) for at, right in enumerate(good)])


def _bins(question: Question) -> tuple[str, ...]:
    by_verdict = question.row.get("criterion") == "verdict"
    return tuple(_verdict(item) if by_verdict else item["bin"] for item in question.row["item"])


def _verdict(item: Row) -> str:
    """Return the bin of the verdict on an item: the outcome's first word, as conforms, permitted, departs, violates."""
    from smtplab.protocol.transcript import Exchange  # few exercises ask for verdicts
    from smtplab.rfc.judge import judge

    return judge(Exchange(item["command"].encode() + b"\r\n", _reply(item))).worst.partition(" ")[0]


def _sortable(row: Row, _lang: str) -> tuple[str, ...]:
    """Return what there is to sort: a reply; where a command got it, the two as a dialogue, line by line."""
    return tuple(_asked(item["command"], shown) if "command" in item else shown
                 for item in row["item"] for shown in (_lines(_reply(item)),))  # fmt: skip


def _asked(command: str, reply: str) -> str:
    return "\n".join([f"C: {command}", *(f"S: {line}" for line in reply.splitlines())])


def _lines(reply: Reply) -> str:
    """Return a reply to be sorted as text; a line end other than CR LF is shown, for it may be what one sorts by."""
    *ended, rest = reply.raw.split(b"\n")
    lines = [line.removesuffix(b"\r") if line.endswith(b"\r") else line + b"\n" for line in ended]
    return "\n".join(map(show_octets, [*lines, rest] if rest else lines))


# --- series: a grader of the lesson's, which marks the rows


def _series(question: Question, answer: Any) -> Result:
    if isinstance(answer, list | tuple):
        answer = "\n".join(str(each).strip() for each in answer)
    if not isinstance(answer, str):
        raise _another_form(question, _say("form_series", question.lang, count=len(question.row["ask"])), answer)
    result = grader(question.id)(answer)
    if result.right or not any(not mark.right for mark in result.rows):
        return result
    return replace(result, before=_where(question, "series", result.rows))


# --- text and function: a grader of the lesson's


def _text(question: Question, answer: Any) -> Result:
    if not isinstance(answer, str):
        raise _another_form(question, _say("form_text", question.lang), answer)
    return grader(question.id)(answer)


def _function(question: Question, answer: Any) -> Result:
    from smtplab.course.graders import bounds  # few exercises run a learner's code
    from smtplab.course.graders.sandbox import Endless

    say = Texts("course/grading", question.lang)
    if answer is None:
        return Result("otherwise", before=say("unwritten"))
    name = bounds.unstoppable(answer)
    if name:  # said now: once it runs, nothing may be said any more
        print(say("unstoppable", name=name, seconds=f"{bounds.SECONDS:g}"), flush=True)  # noqa: T201
    try:
        with bounds.bounded():
            return grader(question.id)(answer)
    except NotAnAnswer:
        raise
    except Endless as error:
        return Result("otherwise", before=say("endless", why=error))
    except (Exception, SystemExit) as error:  # noqa: BLE001  a learner's code may raise anything, and is told so
        return Result("otherwise", before=say("raised", error=_named(error)))


# --- the table


def _words(key: str) -> Callable[[Row, str], dict[str, str]]:
    """Return a function that reads the options of a row from one of its tables: each key's words in a language."""
    return lambda row, lang: {option: words[lang] for option, words in row[key].items()}


def _listed(options: dict[str, str], _items: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"○ {words}" for words in options.values())


_SERVER = frozenset({"personality", "script", "before"})
"""The keys that say which server an exercise asks, where it is not the default one, and what is sent first."""

KINDS: dict[str, Kind] = {
    "code": Kind(
        _code, frozenset({"command", "options"}), _SERVER, by_option=True, plain=_listed,
        outcomes=lambda row: set(row["options"]), options=lambda row, _lang: {code: code for code in row["options"]},
        truth=lambda question: str(_answered(question).code),
    ),
    "choice": Kind(
        _choice, frozenset({"right", "option"}), by_option=True, plain=_listed,
        outcomes=lambda row: set(row["option"]), options=_words("option"),
        truth=lambda question: str(question.row["right"]),
    ),
    "command": Kind(_command, frozenset({"wanted"}), _SERVER, outcomes=lambda _row: set(_ANY_CODE)),
    "parts": Kind(
        _parts, frozenset({"reply"}), options=_part_names, items=lambda row, _lang: pieces(_reply(row)),
        outcomes=lambda row: {part.kind for part in _reply(row).parts},
        plain=lambda _options, items: (" · ".join(items),), truth=_kinds,
    ),
    "sort": Kind(
        _sort, frozenset({"bin", "item"}), frozenset({"criterion"}), options=_words("bin"), items=_sortable,
        outcomes=lambda row: set(row["bin"]), truth=_bins,
        plain=lambda options, items: (*items, " · ".join(options.values())),
    ),
    "series": Kind(
        _series, frozenset({"ask"}), items=lambda row, lang: tuple(ask[lang] for ask in row["ask"]),
        plain=lambda _options, items: tuple(f"{number}. {item}" for number, item in enumerate(items, 1)),
    ),
    "text": Kind(_text, may=frozenset({"rows"})),
    "function": Kind(_function, frozenset({"call"})),
}  # fmt: skip
"""Every kind of exercise, by the word in its row."""


# --- what they share


@contextmanager
def _server(question: Question) -> Iterator[Lab]:
    """Return the server to ask, always the exercise's own: what the learner's lab plays decides no verdict.

    And what is asked here is in no log and no figure of the learner's.
    """
    from smtplab.lab.lab import start  # most exercises ask no server

    row = question.row
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
    return _recorded(item["personality"], item["command"])


@cache
def _recorded(name: str, command: str) -> Reply:
    """Return the reply of a recorded server to a command; the rest of its recording is let go of."""
    from smtplab.recordings.recording import read  # few exercises show what was recorded

    reply = read(name).reply_to(command.encode() + b"\r\n")
    if reply is None:
        raise unknown("recorded command", command, ())
    return Reply(reply.octets)


def _option(question: Question, answer: Any, options: Mapping[str, Any] | Sequence[str]) -> str:
    if not isinstance(answer, str | int):
        raise NotAnAnswer(_say("not_an_option", question.lang, options=", ".join(options), kind=type(answer).__name__))
    option = str(answer).strip()
    if option not in options:
        raise unknown("answer", option, tuple(options), question.lang)
    return option


def _answers(question: Question, answer: Any, count: int, options: Mapping[str, Any] | Sequence[str]) -> list[str]:
    if not isinstance(answer, list | tuple):
        raise _another_form(question, _say("form_list", question.lang, count=count), answer)
    if len(answer) != count:
        raise NotAnAnswer(_say("wrong_count", question.lang, exercise=question.id, count=count, size=len(answer)))
    return [_option(question, each, options) for each in answer]


def _another_form(question: Question, form: str, answer: Any) -> NotAnAnswer:
    return NotAnAnswer(_say("another_form", question.lang, exercise=question.id, form=form, kind=type(answer).__name__))


def _named(error: BaseException) -> str:
    """Return an error's type and message, shortened; a learner's own error may not even have one."""
    try:
        message = str(error)
    except Exception:  # noqa: BLE001
        message = ""
    name = type(error).__name__
    message = "\n".join(map(show_text, message[:300].split("\n")))  # it may hold what no terminal prints
    return f"{name}: {message}" if message else name


def _by_rows(question: Question, kind: str, marks: list[Mark]) -> Result:
    """Return the result of an answer in rows: right where every row is, else its first wrong row's."""
    rows = tuple(marks)
    first = next((mark for mark in marks if not mark.right), None)
    if first is None:
        return Result("right", rows=rows)
    return Result(first.key, first.fields, before=_where(question, kind, rows), rows=rows)


def _where(question: Question, kind: str, marks: Sequence[Mark]) -> str:
    """Return a sentence: how many rows are wrong, and which is the first, by its number and its first line."""
    wrong = [at for at, mark in enumerate(marks) if not mark.right]
    first = items(question.row, question.lang)[wrong[0]].partition("\n")[0]
    return Texts("course/grading", question.lang)(
        f"{kind}_wrong_one" if len(wrong) == 1 else f"{kind}_wrong",
        wrong=len(wrong), all=len(marks), number=wrong[0] + 1, item=first,
    )  # fmt: skip
