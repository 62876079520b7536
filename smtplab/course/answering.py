"""What the kinds of exercise share: the server that is asked, the answer's form, and the sentence on its rows."""

from __future__ import annotations

from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from smtplab.course.graders import Mark, Result
from smtplab.errors import NotAnAnswer
from smtplab.protocol.octets import show_text
from smtplab.protocol.reply import Reply
from smtplab.server.personality import Personality
from smtplab.text.sentences import Sentences
from smtplab.text.texts import Texts, unknown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from smtplab.lab.lab import Lab

_say = Sentences("course/errors")

Row = dict[str, Any]

RIGHT_ROW = Mark("right")


class Question(NamedTuple):
    """One exercise as it is asked: its id and row, and the language of the feedback."""

    id: str
    row: Row
    lang: str


@contextmanager
def server(question: Question) -> Iterator[Lab]:
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


def shown_reply(item: Row) -> Reply:
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


def option_in(question: Question, answer: Any, options: Mapping[str, Any] | Sequence[str]) -> str:
    """Return the option that was chosen. Raises UnknownName, listing those there are; NotAnAnswer."""
    if not isinstance(answer, str | int):
        raise NotAnAnswer(_say("not_an_option", question.lang, options=", ".join(options), kind=type(answer).__name__))
    option = str(answer).strip()
    if option not in options:
        raise unknown("answer", option, tuple(options), question.lang)
    return option


def answers_in(question: Question, answer: Any, count: int, options: Mapping[str, Any] | Sequence[str]) -> list[str]:
    """Return the option that was chosen for each of `count` rows. Raises what `option_in` raises."""
    if not isinstance(answer, list | tuple):
        raise another_form(question, _say("form_list", question.lang, count=count), answer)
    if len(answer) != count:
        raise NotAnAnswer(_say("wrong_count", question.lang, exercise=question.id, count=count, size=len(answer)))
    return [option_in(question, each, options) for each in answer]


def another_form(question: Question, form: str, answer: Any) -> NotAnAnswer:
    """Return the error for an answer of another form than this exercise takes."""
    return NotAnAnswer(_say("another_form", question.lang, exercise=question.id, form=form, kind=type(answer).__name__))


def named(error: BaseException) -> str:
    """Return an error's type and message, shortened; a learner's own error may not even have one."""
    try:
        message = str(error)
    except KeyboardInterrupt:
        raise
    except BaseException:  # noqa: BLE001
        message = ""
    name = type(error).__name__
    message = "\n".join(map(show_text, message[:300].split("\n")))  # it may hold what no terminal prints
    return f"{name}: {message}" if message else name


def by_rows(question: Question, kind: str, marks: list[Mark], shown: Sequence[str]) -> Result:
    """Return the result of an answer in rows: right where every row is, else its first wrong row's.

    kind: "parts" or "sorted", which begins the key of the sentence. shown: what each row is about.
    """
    rows = tuple(marks)
    first = next((mark for mark in marks if not mark.right), None)
    if first is None:
        return Result("right", rows=rows)
    return Result(first.key, first.fields, before=where_wrong(question, kind, rows, shown), rows=rows)


def in_a_line(item: str) -> str:
    r"""Return what a row is about in one line: of an exchange the command and how its reply begins.

    >>> in_a_line("C: HELP\nS: 214-Commands:\nS: 214 HELP")
    'HELP → 214-Commands: …'
    >>> in_a_line("250-Ready\n214 Ask"), in_a_line("299 All is well")
    ('250-Ready …', '299 All is well')
    """
    first, *rest = item.split("\n")
    if first.startswith("C: ") and rest:
        first, *rest = f"{first[3:]} → {rest[0].removeprefix('S: ')}", *rest[1:]
    return f"{first} …" if rest else first


def where_wrong(question: Question, kind: str, marks: Sequence[Mark], shown: Sequence[str]) -> str:
    """Return a sentence: how many rows are wrong, and which is the first, by its number and in a line."""
    wrong = [at for at, mark in enumerate(marks) if not mark.right]
    first = in_a_line(shown[wrong[0]])
    return Texts("course/grading", question.lang)(
        f"{kind}_wrong_one" if len(wrong) == 1 else f"{kind}_wrong",
        wrong=len(wrong), all=len(marks), number=wrong[0] + 1, item=first,
    )  # fmt: skip
