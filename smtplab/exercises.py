"""The checks behind the lessons. An answer goes in, feedback made for that answer comes out; the server is the truth.

>>> import smtplab
>>> with smtplab.start(carrier="memory") as lab:
...     print(check("01.help", "214", lab))
...     check("01.rcpt", "HELP", lab).right
214 is the help message: text for a person to read (RFC 5321 §4.2.3).
False
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from smtplab.errors import UnknownName
from smtplab.language import resolve
from smtplab.texts import data

if TYPE_CHECKING:
    from smtplab.lab import Lab
    from smtplab.reply import Reply


@dataclass(frozen=True)
class Exercise:
    """One exercise, in one language.

    kind: "code" (choose the code a command will get) or "command" (write a command whose reply is as wanted).
    prediction: answered before the reply is seen, so a wrong answer costs nothing.
    options: what there is to choose from; empty where one writes.
    """

    id: str
    kind: str
    prediction: bool
    question: str
    options: tuple[str, ...]
    lang: str

    def __repr__(self) -> str:
        return f"<Exercise {self.id}>"


@dataclass(frozen=True, repr=False)
class Feedback:
    """What an answer gets: whether it is right, a few sentences for it, and the reply that decided."""

    right: bool
    text: str
    reply: Reply | None = None

    def __repr__(self) -> str:
        return f"<Feedback {'right' if self.right else 'not yet'}: {self.text}>"

    def __str__(self) -> str:
        return self.text


def exercises() -> tuple[str, ...]:
    """Give the ids of all exercises, in the order of the lessons."""
    return tuple(data("exercises"))


def _row(exercise_id: str) -> dict[str, Any]:
    if exercise_id not in data("exercises"):
        raise UnknownName("exercise", exercise_id, exercises())
    row: dict[str, Any] = data("exercises")[exercise_id]
    return row


def exercise(exercise_id: str, lang: str | None = None) -> Exercise:
    """Give an exercise by its id. Raises UnknownName, listing those there are."""
    row, lang = _row(exercise_id), resolve(lang)
    options = tuple(row.get("options", ()))
    return Exercise(exercise_id, row["kind"], row.get("prediction", False), row["question"][lang], options, lang)


def check(exercise_id: str, answer: str | int, lab: Lab, lang: str | None = None) -> Feedback:
    """Check an answer by asking the lab's server, and give the feedback made for it.

    answer: a code, or a command line.
    Raises UnknownName for an unknown exercise or an answer that is no option, NotACommandLine for what is no line.
    """
    row, lang = _row(exercise_id), resolve(lang)
    given = str(answer).strip()
    if row["kind"] == "code":
        if given not in row["options"]:
            raise UnknownName("answer", given, row["options"])
        reply = lab.send(row["command"])
        return Feedback(str(reply.code) == given, row["feedback"][given][lang], reply)
    reply = lab.send(given)
    wanted = row["wanted"]
    if reply.code == wanted["code"] and reply.text.startswith(wanted["begins"]):
        return Feedback(True, row["feedback"]["right"][lang], reply)
    feedback = row["feedback"].get(str(reply.code), row["feedback"]["otherwise"])
    return Feedback(False, feedback[lang], reply)
