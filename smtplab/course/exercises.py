"""The checks behind the lessons: an answer goes in, feedback made for that answer comes out. The server is the truth.

>>> import smtplab
>>> with smtplab.start(carrier="memory") as lab:
...     check("01.help", "214", lab)
...     bool(check("01.rcpt", "HELP", lab))
Right. The help message: text for a person to read (RFC 5321 §4.2.3).
False
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from smtplab.course.answering import Question
from smtplab.course.grading import grade, kind_of
from smtplab.course.variants import varied, whole_number
from smtplab.protocol.octets import show_octets, show_text
from smtplab.text.html import as_text, escape
from smtplab.text.language import resolve, speaking
from smtplab.text.texts import Texts, listing, read, told, unknown

if TYPE_CHECKING:
    from smtplab.course.graders import Result
    from smtplab.lab.lab import Lab
    from smtplab.protocol.reply import Reply


_CHECKED = re.compile(r", *([^\W\d]\w*) *[,)]")
"""The second argument of `smtplab.check`, where it is a name."""


@dataclass(frozen=True)
class Exercise:
    """One exercise, in one language.

    kind: one of `grading.KINDS` (exercises/README.md).
    prediction: answered before the reply is seen, so a wrong answer costs nothing.
    options: what there is to choose from, each with its words; empty where the answer is written.
    items: what to name or sort, each with one of the options; empty elsewhere.
    rows: how many lines the field for a written answer has.
    call: the code that checks it, where the answer is written in a cell; empty where the page takes it.
    plain: what stands below the question where no widget runs, a paragraph each.
    invitation: what a notebook says in its place before it is run.
    core: whether it is of the core of the course; the others go deeper.
    seed: which case of the question it is; 0 is the lesson's own (variants.py).
    title: its name, in a few words.
    """

    id: str
    kind: str
    prediction: bool
    question: str
    options: dict[str, str]
    items: tuple[str, ...]
    rows: int
    call: str
    lang: str
    plain: tuple[str, ...] = ()
    invitation: str = ""
    core: bool = False
    seed: int = 0
    title: str = ""

    @property
    def name(self) -> str:
        """The name of the function or class that is asked for, as `call` has it; "" where none is."""
        found = _CHECKED.search(self.call)
        return found[1] if found else ""

    def __repr__(self) -> str:
        return f"<Exercise {self.id}>"


class RowFeedback(NamedTuple):
    """What one row of an answer in rows gets: whether it is right, and where it is not, the words made for it."""

    right: bool
    text: str = ""


@dataclass(frozen=True, repr=False)
class Feedback:
    """What an answer gets: whether it is right, a few sentences for it, and the reply that decided.

    It is true where the answer is right, so that `assert smtplab.check(...)` says what it seems to say.
    remark: what there is to say of the file that keeps the progress; mostly nothing.
    verdict: in a word or two, whether it is right; of a prediction that was not, what was predicted and what came.
    rows: what each row gets, where the answer is made up of rows.
    lang: the language that it is said in.
    """

    right: bool
    text: str
    reply: Reply | None = None
    remark: str = ""
    verdict: str = ""
    rows: tuple[RowFeedback, ...] = ()
    lang: str = ""

    @property
    def words(self) -> str:
        """All that is said, but for the verdict."""
        return f"{self.text} {self.remark}".rstrip()

    def __bool__(self) -> bool:
        return self.right

    def __repr__(self) -> str:
        return show_text(str(self))

    def __str__(self) -> str:
        return f"{self.verdict} {self.words}".strip()

    def _repr_html_(self) -> str:
        look = "is-right" if self.right else "is-not-yet"
        reply = f"<pre class='smtplab-ex-reply'>{escape(str(self.reply))}</pre>" if self.reply is not None else ""
        wrong = ((number, row.text) for number, row in enumerate(self.rows, 1) if not row.right)
        rows = "".join(f"<li value='{number}'>{escape(text)}</li>" for number, text in wrong)
        verdict = f"<strong>{escape(self.verdict)}</strong>"
        return as_text(
            f"<div class='smtplab smtplab-ex is-told'><div class='smtplab-ex-feedback {look}'>"
            f"<p>{verdict} {escape(self.words)}</p>{f'<ol>{rows}</ol>' if rows else ''}{reply}</div></div>"
        )


def _lessons() -> tuple[str, ...]:
    """Return the numbers of the lessons that have exercises, in order."""
    return listing("course/exercises", ".toml")


class Outline(NamedTuple):
    """What a list of exercises says of one: its id, titles by language, whether it predicts, and is of the core."""

    id: str
    titles: dict[str, str]
    prediction: bool
    core: bool


@cache
def outlines(lesson: str) -> tuple[Outline, ...]:
    """Return the outlines of a lesson's exercises, given its number ("01"); none for a lesson that has none.

    The rest of its file is let go of: progress asks for all lessons, and a learner is in one.
    """
    rows = read(f"course/exercises/{lesson}").items() if lesson in _lessons() else ()
    return tuple(Outline(key, row["title"], row.get("prediction", False), row.get("core", False)) for key, row in rows)


def exercises(lesson: str = "") -> tuple[str, ...]:
    """Return the ids of all exercises, in the order of the lessons; of one lesson only, given its number ("01")."""
    return tuple(each.id for number in ((lesson,) if lesson else _lessons()) for each in outlines(number))


def row_of(exercise_id: str, lang: str, seed: int = 0) -> dict[str, Any]:
    """Return an exercise's row as a seed has it. Raises UnknownName, in `lang`, and TypeError for what is no seed."""
    lesson = exercise_id.partition(".")[0]
    if lesson in _lessons() and exercise_id in (rows := told(f"course/exercises/{lesson}", lang)):
        row: dict[str, Any] = rows[exercise_id]  # one lesson's file is enough, and reading is slow in a browser
        return varied(row, _variants(exercise_id, lang), seed) if whole_number(seed, lang) else row
    raise unknown("exercise", exercise_id, exercises(), lang)


def _variants(exercise_id: str, lang: str) -> list[dict[str, Any]]:
    lesson = exercise_id.partition(".")[0]
    if lesson not in listing("course/variants", ".toml"):
        return []
    rows: list[dict[str, Any]] = told(f"course/variants/{lesson}", lang).get(exercise_id, [])
    return rows


def variants(exercise_id: str) -> int:
    """Return in how many other cases an exercise can be asked: seeds 1 to this number differ from one another.

    More seeds draw other items where there is a pool to draw from, and else begin again with the first variant.
    """
    return _cases(exercise_id.partition(".")[0]).get(exercise_id, 0)


@cache
def _cases(lesson: str) -> dict[str, int]:
    """Return how many variants each of a lesson's exercises has that has any."""
    rows = read(f"course/variants/{lesson}").items() if lesson in listing("course/variants", ".toml") else ()
    return {key: len(cases) for key, cases in rows}


def exercise(exercise_id: str, lang: str | None = None, seed: int = 0) -> Exercise:
    """Return an exercise by its id. Raises UnknownName, listing those there are.

    seed: in which case it is asked; 0 is the lesson's own question. Raises TypeError for what is no whole number.
    """
    lang = resolve(lang)
    row = row_of(exercise_id, lang, seed)
    kind = kind_of(row)
    options, items = kind.options(row, lang), kind.items(row, lang)
    say = Texts("course/grading", lang)
    return Exercise(
        exercise_id, row["kind"], row.get("prediction", False), row["question"][lang], options, items,
        row.get("rows", 1), row.get("call", ""), lang, kind.plain(options, items),
        say("run_to_read" if "call" in row else "run_to_answer"), row.get("core", False), seed, row["title"][lang],
    )  # fmt: skip


def check(
    exercise_id: str,
    answer: Any,
    lab: Lab | None = None,  # noqa: ARG001
    lang: str | None = None,
    *,
    seed: int = 0,
    seconds: float | None = None,
) -> Feedback:
    """Check an answer and return the feedback made for it. Every answer is noted; `progress()` says what became of it.

    answer: a code, an option, a command line, a list of names (one for each part or item), text, or a function, as
      the exercise's kind has it.
    lab: the learner's lab. It is left alone: an exercise that asks a server asks one of its own.
    seed: in which case the question was asked, as `exercise` has it; 0 is the lesson's own.
    seconds: since the question was shown, where somebody measured.
    Raises UnknownName for an unknown exercise or an answer that is no option, NotAnAnswer for an answer of another
    form, NotACommandLine for text that is not one line.
    """
    feedback, key = judged(exercise_id, answer, lang, seed)
    from smtplab.course.attempts import Attempt, now
    from smtplab.course.logbook import logbook  # a question is shown without it

    book = logbook()
    book.note(exercise_id, Attempt(now(), _written(answer), key, feedback.right, seed, seconds))
    return replace(feedback, remark=book.remark(feedback.lang))


def judged(exercise_id: str, answer: Any, lang: str | None = None, seed: int = 0) -> tuple[Feedback, str]:
    """Return what an answer gets and the key of its feedback, and note nothing. Raises what `check` raises."""
    lang = resolve(lang)
    row = row_of(exercise_id, lang, seed)
    with speaking(lang):
        result = grade(Question(exercise_id, row, lang), answer)
    text = " ".join(filter(None, (result.before, _words(row, result.key, result.fields, lang))))
    rows = _row_feedback(row, result, lang)
    verdict = _verdict(row, answer, result, lang)
    return Feedback(result.right, text, result.reply, "", verdict, rows, lang), result.key


def _words(row: dict[str, Any], key: str, fields: dict[str, object], lang: str) -> str:
    words: str = row["feedback"].get(key, row["feedback"].get("otherwise"))[lang]
    return words.format(**fields) if fields else words


def _row_feedback(row: dict[str, Any], result: Result, lang: str) -> tuple[RowFeedback, ...]:
    """Return what each row gets; of words that were said at a row above, where."""
    say = Texts("course/grading", lang)
    rows: list[RowFeedback] = []
    said: dict[str, int] = {}
    for number, mark in enumerate(result.rows, 1):
        words = "" if mark.right else _words(row, mark.key, mark.fields, lang)
        above = said.setdefault(words, number)
        rows.append(RowFeedback(mark.right, say("as_above", number=above) if words and above < number else words))
    return tuple(rows)


def _verdict(row: dict[str, Any], answer: Any, result: Result, lang: str) -> str:
    """Return whether it is right, in a word or two; a prediction is not right or wrong yet: it came true or did not."""
    say = Texts("course/grading", lang)
    if result.right:
        return say("right")
    if not row.get("prediction", False):
        return say("not_yet")
    options = kind_of(row).options(row, lang)
    predicted = options.get(str(answer).strip(), str(answer)).rstrip(".")
    if result.reply is None:
        return say("predicted", answer=predicted)
    return say("predicted_code", answer=predicted, code=f"{result.reply.code:03}")


def _written(answer: Any) -> str | tuple[str, ...] | None:
    """Return an answer as the progress file keeps it; of a function, nothing."""
    if isinstance(answer, list | tuple):
        return tuple(map(str, answer))
    if isinstance(answer, bytes):
        return show_octets(answer)
    return str(answer).strip() if isinstance(answer, str | int) else None
