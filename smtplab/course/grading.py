"""The kinds of exercise and how each is graded: an answer in, the key of its feedback out.

A new kind is a row in `KINDS`, a field in widgets/exercise/widget.js and a row in exercises/README.md.

>>> pieces(Reply.of(214, "Help"))
('214', 'SP', 'Help', 'CR', 'LF')
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from smtplab.course.answering import (
    RIGHT_ROW,
    Question,
    Row,
    another_form,
    answers_in,
    by_rows,
    named,
    option_in,
    server,
    shown_reply,
    where_wrong,
)
from smtplab.course.graders import Mark, Result, grader
from smtplab.errors import NotAnAnswer
from smtplab.protocol.octets import name_or_text, show_octets
from smtplab.protocol.reply import Reply  # noqa: TC001  the example uses it
from smtplab.text.language import DEFAULT
from smtplab.text.sentences import Sentences
from smtplab.text.texts import Texts

if TYPE_CHECKING:
    from collections.abc import Callable

_say = Sentences("course/errors")

PARTS = ("code", "separator", "enhanced", "text", "cr", "lf")


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
    code = option_in(question, answer, question.row["options"])
    reply = _answered(question)
    return Result(code, reply=reply, right=str(reply.code) == code)


def _answered(question: Question) -> Reply:
    with server(question) as own:
        return own.send(question.row["command"])


# --- choice


def _choice(question: Question, answer: Any) -> Result:
    choice = option_in(question, answer, question.row["option"])
    return Result(choice, right=choice == question.row["right"])


# --- command


def _command(question: Question, answer: Any) -> Result:
    if not isinstance(answer, str | bytes):
        raise another_form(question, _say("form_command", question.lang), answer)
    with server(question) as own:
        reply = own.send(answer.strip())
    wanted = question.row["wanted"]
    right = reply.code == wanted["code"] and reply.text.startswith(wanted.get("begins", ""))
    return Result("right" if right else str(reply.code), reply=reply)


_ANY_CODE = frozenset(f"{first}{second}{third}" for first in "2345" for second in "012345" for third in range(10))
"""Every reply code that can be (RFC 5321 §4.2)."""


# --- parts


def _parts(question: Question, answer: Any) -> Result:
    truth = _kinds(question)
    names = answers_in(question, answer, len(truth), PARTS)
    pairs = zip(names, truth, strict=True)
    return by_rows(
        question,
        "parts",
        [RIGHT_ROW if name == true else Mark(true) for name, true in pairs],
        items(question.row, question.lang),
    )


def _kinds(question: Question) -> tuple[str, ...]:
    return tuple(part.kind for part in shown_reply(question.row).parts)


def _part_names(_row: Row, lang: str) -> dict[str, str]:
    say = Texts("protocol/texts", lang)
    return {part: say(f"part_{part}") for part in PARTS}


# --- sort


def _sort(question: Question, answer: Any) -> Result:
    truth, rows = _bins(question), question.row["item"]
    bins = answers_in(question, answer, len(rows), question.row["bin"])
    good = [bins[at] in (truth[at], *item.get("also", ())) for at, item in enumerate(rows)]
    return by_rows(
        question,
        "sorted",
        [RIGHT_ROW if right else Mark(bins[at]) for at, right in enumerate(good)],
        items(question.row, question.lang),
    )


def _bins(question: Question) -> tuple[str, ...]:
    by_verdict = question.row.get("criterion") == "verdict"
    return tuple(_verdict(item) if by_verdict else item["bin"] for item in question.row["item"])


def _verdict(item: Row) -> str:
    """Return the bin of the verdict on an item: the outcome's first word, as conforms, permitted, departs, violates."""
    from smtplab.protocol.transcript import Exchange  # few exercises ask for verdicts
    from smtplab.rfc.judge import judge

    return judge(Exchange(item["command"].encode() + b"\r\n", shown_reply(item))).worst.partition(" ")[0]


def _sortable(row: Row, _lang: str) -> tuple[str, ...]:
    """Return what there is to sort: a reply; where a command got it, the two as a dialogue, line by line."""
    return tuple(_asked(item["command"], shown) if "command" in item else shown
                 for item in row["item"] for shown in (_lines(shown_reply(item)),))  # fmt: skip


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
        raise another_form(question, _say("form_series", question.lang, count=len(question.row["ask"])), answer)
    result = grader(question.id)(answer)
    if result.right or not any(not mark.right for mark in result.rows):
        return result
    return replace(result, before=where_wrong(question, "series", result.rows, items(question.row, question.lang)))


# --- text and function: a grader of the lesson's


def _text(question: Question, answer: Any) -> Result:
    if not isinstance(answer, str):
        raise another_form(question, _say("form_text", question.lang), answer)
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
        return bounds.bounded(grader(question.id), answer)
    except NotAnAnswer:
        raise
    except Endless as error:
        return Result("otherwise", before=say("endless", why=error))
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001  a learner's code may raise anything, and is told so
        return Result("otherwise", before=say("raised", error=named(error)))


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
        _parts, frozenset({"reply"}), options=_part_names, items=lambda row, _lang: pieces(shown_reply(row)),
        outcomes=lambda row: {part.kind for part in shown_reply(row).parts},
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
