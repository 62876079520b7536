"""The checks behind the lessons: an answer goes in, feedback made for that answer comes out. The server is the truth.

>>> import smtplab
>>> with smtplab.start(carrier="memory") as lab:
...     check("01.help", "214", lab)
...     bool(check("01.rcpt", "HELP", lab))
Right. 214 is the help message: text for a person to read (RFC 5321 §4.2.3).
False
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from smtplab.course.grading import Question, grade, kind_of
from smtplab.protocol.octets import show_text
from smtplab.text.html import as_text, escape
from smtplab.text.language import resolve, speaking
from smtplab.text.texts import Texts, data, listing, unknown

if TYPE_CHECKING:
    from smtplab.course.graders import Result
    from smtplab.lab.lab import Lab
    from smtplab.protocol.reply import Reply


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

    def __repr__(self) -> str:
        return f"<Exercise {self.id}>"


@dataclass(frozen=True, repr=False)
class Feedback:
    """What an answer gets: whether it is right, a few sentences for it, and the reply that decided.

    It is true where the answer is right, so that `assert smtplab.check(...)` says what it seems to say.
    remark: what there is to say of the file that keeps the progress; mostly nothing.
    verdict: in a word or two, whether it is right; of a prediction that was not, what was predicted and what came.
    """

    right: bool
    text: str
    reply: Reply | None = None
    remark: str = ""
    verdict: str = ""

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
        reply = f"<pre>{escape(str(self.reply))}</pre>" if self.reply is not None else ""
        return as_text(f"<p><strong>{escape(self.verdict)}</strong> {escape(self.words)}</p>{reply}")


def _lessons() -> tuple[str, ...]:
    """Return the numbers of the lessons that have exercises, in order."""
    return listing("course/exercises", ".toml")


def _table() -> dict[str, dict[str, Any]]:
    """Read the exercises of all lessons, in order."""
    return {key: row for lesson in _lessons() for key, row in data(f"course/exercises/{lesson}").items()}


def exercises(lesson: str = "") -> tuple[str, ...]:
    """Return the ids of all exercises, in the order of the lessons; of one lesson only, given its number ("01")."""
    return tuple(key for key in _table() if not lesson or key.partition(".")[0] == lesson)


def _row(exercise_id: str, lang: str) -> dict[str, Any]:
    lesson = exercise_id.partition(".")[0]
    if lesson in _lessons() and exercise_id in (rows := data(f"course/exercises/{lesson}")):
        row: dict[str, Any] = rows[exercise_id]  # one lesson's file is enough, and reading is slow in a browser
        return row
    raise unknown("exercise", exercise_id, exercises(), lang)


def exercise(exercise_id: str, lang: str | None = None) -> Exercise:
    """Return an exercise by its id. Raises UnknownName, listing those there are."""
    lang = resolve(lang)
    row = _row(exercise_id, lang)
    kind = kind_of(row)
    options, items = kind.options(row, lang), kind.items(row)
    say = Texts("course/grading", lang)
    return Exercise(
        exercise_id, row["kind"], row.get("prediction", False), row["question"][lang], options, items,
        row.get("rows", 1), row.get("call", ""), lang, kind.plain(options, items),
        say("run_to_read" if "call" in row else "run_to_answer"),
    )  # fmt: skip


def check(exercise_id: str, answer: Any, lab: Lab | None = None, lang: str | None = None) -> Feedback:  # noqa: ARG001
    """Check an answer and return the feedback made for it. A right one, and any prediction, counts for `progress()`.

    answer: a code, an option, a command line, a list of names (one for each part or item), text, or a function, as
      the exercise's kind has it.
    lab: the learner's lab. It is left alone: an exercise that asks a server asks one of its own.
    Raises UnknownName for an unknown exercise or an answer that is no option, NotAnAnswer for an answer of another
    form, NotACommandLine for text that is not one line.
    """
    lang = resolve(lang)
    row = _row(exercise_id, lang)
    with speaking(lang):
        result = grade(Question(exercise_id, row, lang), answer)
    words = row["feedback"].get(result.key, row["feedback"].get("otherwise"))[lang]
    text = words.format(**result.fields) if result.fields else words
    remark = ""
    if counts(right=result.right, prediction=row.get("prediction", False)):
        from smtplab.course.logbook import logbook  # a question is shown without it

        book = logbook()
        book.note(exercise_id, right=result.right)
        remark = book.remark(lang)
    text = " ".join(filter(None, (result.before, text)))
    return Feedback(result.right, text, result.reply, remark, _verdict(row, answer, result, lang))


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


def counts(*, right: bool, prediction: bool) -> bool:
    """Return whether an answer counts as done: a right one does, and so does any prediction."""
    return right or prediction
