"""What a class has answered, summed up: by exercise, by idea and by learner. Values; nothing is shown here."""

from __future__ import annotations

import math
import random
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from smtplab.course.classroom.files import Fault
from smtplab.course.classroom.judging import Judge
from smtplab.course.classroom.reading import Learner, read_class

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from smtplab.course.attempts import Attempt, History
    from smtplab.course.exercises import Exercise

TOPICS = 3
"""How many ideas are put forward to talk about."""

UNKEPT = frozenset({"function"})
"""The kinds of exercise whose answers no file keeps: what it says of them can only be told as its claim."""

_SHOWN = 100
_ANSWERS = 200


class Outcome(NamedTuple):
    """What became of one exercise with one learner.

    tries: how many answers could be judged, or are claimed. first: whether the first was right, before the solution
    was seen. right: whether one was; of a prediction, whether the first was. claimed: whether that rests on the file's
    word alone. seconds: until the first answer; None where nobody measured. ideas: the keys of the wrong ideas.
    """

    tries: int
    first: bool
    right: bool
    claimed: bool
    seconds: float | None
    ideas: tuple[str, ...]


class Idea(NamedTuple):
    """A wrong idea: the key and the sentence of its feedback, how many learners had it, and an answer, or "".

    answer: the most frequent one that shows it, where it is one line and enough learners gave it.
    """

    key: str
    sentence: str
    learners: int
    answer: str


@dataclass(frozen=True)
class Asked:
    """One exercise, and what the class made of it. Counts are of learners; tries and seconds are medians."""

    id: str
    kind: str
    title: str
    question: str
    prediction: bool
    answered: int
    first: int
    right: int
    claimed: int
    tries: float
    seconds: float | None
    ideas: tuple[Idea, ...]


@dataclass(frozen=True)
class Row:
    """One learner, as the table shows one: a name, what became of each exercise, and how many answers were gainsaid."""

    name: str
    outcomes: Mapping[str, Outcome]
    gainsaid: int

    def done(self, asked: Iterable[Asked]) -> int:
        """Return how many of the exercises are done: answered rightly or, of predictions, at all."""
        rows = ((each.prediction, self.outcomes.get(each.id)) for each in asked)
        return sum(outcome is not None and (prediction or outcome.right) for prediction, outcome in rows)

    @property
    def first(self) -> int:
        """How many exercises were right at the first answer."""
        return sum(outcome.first for outcome in self.outcomes.values())


@dataclass(frozen=True)
class ClassReport:
    """A class: its exercises, its learners, and what is wrong with what was handed in.

    at_least: how many learners must have an idea before it is told. lang: the language that it is told in.
    """

    asked: tuple[Asked, ...]
    learners: tuple[Row, ...]
    faults: tuple[Fault, ...]
    lang: str
    at_least: int

    @cached_property
    def topics(self) -> tuple[tuple[Asked, Idea], ...]:
        """The ideas to talk about: of three exercises, those that the largest parts of the class had."""
        tops = [(each, each.ideas[0]) for each in self.asked if each.ideas]
        return tuple(sorted(tops, key=lambda top: -top[1].learners / top[0].answered)[:TOPICS])


@dataclass
class _Tally:
    """What is counted of one exercise on the way."""

    wrong: Counter[str] = field(default_factory=Counter)
    sentences: dict[str, str] = field(default_factory=dict)
    answers: dict[str, Counter[str]] = field(default_factory=dict)


def sum_up(
    places: Iterable[Path],
    *,
    lang: str | None = None,
    anonymous: bool = False,
    at_least: int = 3,
    judge: Judge | None = None,
) -> ClassReport:
    """Return what a class has answered, from its folders and zips; every answer is judged again.

    anonymous: learners get numbers for names, in no order. at_least: how many learners must have an idea, or an
    answer, before it is told. judge: one that has judged before, in its language; else a new one in `lang`.
    Raises OSError for a place that is not there, UnknownName for a language.
    """
    faults: list[Fault] = []
    judge = judge or Judge(lang)
    tallies = {name: _Tally() for name in judge.asked}
    people: list[tuple[str, str]] = []
    outcomes: list[tuple[dict[str, Outcome], int]] = []
    for learner in read_class(places, faults):
        people.append((learner.name, learner.place))
        outcomes.append(_outcomes(learner, judge, tallies, faults))
    names = _names(people)
    order = list(range(len(people)))
    if anonymous:
        random.SystemRandom().shuffle(order)
        names = {at: f"#{number}" for number, at in enumerate(order, 1)}
    learners = tuple(Row(names[at], *outcomes[at]) for at in order)
    if anonymous:
        places_of = {place: names[at] for at, (_, place) in enumerate(people)}
        faults = [_nameless(fault, places_of) for fault in faults]
    found = [row.outcomes for row in learners]
    asked = (_asked(each, tallies[each.id], found, at_least) for each in judge.asked.values())
    return ClassReport(tuple(each for each in asked if each.answered), learners, tuple(faults), judge.lang, at_least)


def _outcomes(
    learner: Learner, judge: Judge, tallies: Mapping[str, _Tally], faults: list[Fault]
) -> tuple[dict[str, Outcome], int]:
    """Return what became of a learner's exercises, and how many answers the grading contradicts; count the ideas."""
    found, gainsaid, unknown = {}, 0, []
    for name in dict.fromkeys(name for record in learner.records for name in record):
        if name not in judge.asked:
            unknown.append(name)
            continue
        histories = [record[name] for record in learner.records if name in record]
        outcome, against = _outcome(name, histories, judge, tallies[name])
        gainsaid += len(against)
        if against:
            faults.append(Fault("gainsaid", learner.place, (("exercise", name), ("answers", "; ".join(against[:3])))))
        if outcome is not None:
            found[name] = outcome
    if unknown:
        faults.append(Fault("unknown_exercise", learner.place, (("exercises", ", ".join(unknown[:5])),)))
    return found, gainsaid


def _outcome(
    name: str, histories: list[History], judge: Judge, tally: _Tally
) -> tuple[Outcome | None, list[str]]:  # fmt: skip
    asked = judge.asked[name]
    prediction = asked.prediction
    shown_first = any(history.solution and not history.unaided for history in histories)
    attempts = sorted(dict.fromkeys(each for one in histories for each in one.attempts), key=lambda each: each.at)
    against: list[str] = []
    rights: list[tuple[bool, bool]] = []
    ideas: dict[str, str] = {}
    answers: dict[str, str] = {}
    for attempt in attempts:
        judgement = judge.of(name, attempt)
        if judgement is None or judgement.right not in (None, attempt.right):
            against.append(_cut(attempt))
        if judgement is None:
            continue
        claimed = judgement.right is None
        rights.append((attempt.right if claimed else bool(judgement.right), claimed))
        if not rights[-1][0]:
            ideas[judgement.key] = judgement.sentence
            if isinstance(attempt.answer, str):
                answers.setdefault(judgement.key, attempt.answer)
    if not rights:
        return None, against
    for key, sentence in ideas.items():
        tally.wrong[key] += 1
        tally.sentences.setdefault(key, sentence)
        counted = tally.answers.setdefault(key, Counter())
        if key in answers and len(answers[key]) <= _SHOWN and (len(counted) < _ANSWERS or answers[key] in counted):
            counted[answers[key]] += 1
    good = [claimed for right, claimed in (rights[:1] if prediction else rights) if right]
    seconds = attempts[0].seconds
    measured = seconds is not None and math.isfinite(seconds) and seconds >= 0
    trusted = not rights[0][1] or asked.kind in UNKEPT
    first = rights[0][0] and trusted and not shown_first
    outcome = Outcome(
        len(rights), first, bool(good), bool(good) and all(good), seconds if measured else None, tuple(ideas)
    )
    return outcome, against


def _cut(attempt: Attempt) -> str:
    answer = attempt.answer if isinstance(attempt.answer, str) else ", ".join(attempt.answer or ())
    return answer if len(answer) <= _SHOWN else f"{answer[:_SHOWN]}…"


def _asked(asked: Exercise, tally: _Tally, outcomes: list[Mapping[str, Outcome]], at_least: int) -> Asked:
    found = [each[asked.id] for each in outcomes if asked.id in each]
    seconds = [each.seconds for each in found if each.seconds is not None]
    ideas = tuple(
        Idea(key, tally.sentences[key], count, _shared(tally.answers[key], at_least))
        for key, count in sorted(tally.wrong.items(), key=lambda item: (-item[1], item[0]))
        if count >= at_least
    )
    return Asked(
        asked.id, asked.kind, asked.title, asked.question, asked.prediction, len(found),
        sum(each.first for each in found), sum(each.right for each in found),
        sum(each.claimed for each in found),
        float(median(each.tries for each in found)) if found else 0.0,
        float(median(seconds)) if seconds else None, ideas,
    )  # fmt: skip


def _shared(answers: Counter[str], at_least: int) -> str:
    """Return the most frequent answer, where enough learners gave it and it is one line."""
    for answer, count in answers.most_common(1):
        if count >= at_least and answer.isprintable():
            return answer
    return ""


def _names(people: list[tuple[str, str]]) -> dict[int, str]:
    """Return how each learner is called: by the name handed in, else by the place; by both where two are alike."""
    shown = [name or place for name, place in people]
    count = Counter(shown)
    return {
        at: f"{shown[at]} ({place})" if count[shown[at]] > 1 and name else shown[at]
        for at, (name, place) in enumerate(people)
    }


def _nameless(fault: Fault, names: Mapping[str, str]) -> Fault:
    """Return a fault that names no place: the learner's number, or dots."""
    first = next((number for place, number in names.items() if (fault.place + "/").startswith(place + "/")), "…")
    return fault._replace(
        place=first, fields=tuple((key, text if key == "exercise" else "…") for key, text in fault.fields)
    )
