"""The report of a class for a terminal, for a spreadsheet, and for programs."""

from __future__ import annotations

import csv
import io
import json
import textwrap
from dataclasses import asdict
from typing import TYPE_CHECKING

from smtplab.course.classroom import shown
from smtplab.course.classroom.to_show import to_show
from smtplab.course.disk import write_new
from smtplab.text.texts import Texts

if TYPE_CHECKING:
    from pathlib import Path

    from smtplab.course.classroom.summing_up import ClassReport

_WIDE = 100
_FAULTS = 20
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def text(report: ClassReport) -> str:
    """Return the report as lines for a terminal."""
    say = Texts("course/classroom/texts", report.lang)
    if not report.learners:
        return "\n".join((say("no_learners"), *shown.faults(report, _FAULTS)))
    lines = [say("learners", count=len(report.learners))]
    lines += ["", f"{say('by_exercise')}:"]
    heads = [say(f"head_{key}") for key in ("answered", "first", "right", "tries", "seconds")]
    wide = max(len(f"{each.id} {each.title}") for each in report.asked) if report.asked else 0
    lines.append(f"{'':{wide}}  {'  '.join(heads)}")
    for each in report.asked:
        figures = (
            str(each.answered), shown.first(each), shown.right(each), shown.number(each.tries),
            shown.number(each.seconds),
        )  # fmt: skip
        cells = "  ".join(f"{figure:>{len(head)}}" for figure, head in zip(figures, heads, strict=True))
        lines.append(f"{f'{each.id} {each.title}':{wide}}  {cells}")
    lines += ["", f"{say('topics')}:"]
    for number, (asked, idea) in enumerate(report.topics, 1):
        count = say("topic_count", learners=idea.learners, answered=asked.answered)
        given = shown.answer(asked, idea, report.lang)
        said = [asked.question, *([say("topic_answer", answer=given)] if given else []),
                say("topic_said", sentence=idea.sentence), say("topic_show")]  # fmt: skip
        lines.append(f"{number}. {asked.title} ({count})")
        lines += [textwrap.fill(each, _WIDE, initial_indent="   ", subsequent_indent="   ") for each in said]
        lines.append(textwrap.indent(to_show(asked.id, report.lang, idea.answer), "       "))
    if not report.topics:
        lines.append(f"   {say('no_topics', count=report.at_least)}")
    lines += ["", f"{say('by_learner')}:"]
    for row in report.learners:
        counts = (("answered", len(row.outcomes)), ("done", row.done(report.asked)), ("first", row.first))
        lines.append(f"   {shown.plain(row.name)}: " + ", ".join(f"{say(f'head_{key}')} {n}" for key, n in counts))
    if sentences := shown.faults(report, _FAULTS):
        lines += ["", f"{say('faults')}:", *(f"   {sentence}" for sentence in sentences)]
    return "\n".join(lines)


def sheet(report: ClassReport) -> bytes:
    """Return a line for each learner and a column for each exercise, as CSV that spreadsheets open in UTF-8.

    A cell: 1 right at once, or a prediction that came; 0.5 right later, or another prediction; 0 answered and not
    right; empty where there is no answer.
    """
    say, file = Texts("course/classroom/texts", report.lang), io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow([say("head_learner"), say("head_answered"), say("head_done"), say("head_gainsaid"),
                     *(each.id for each in report.asked)])  # fmt: skip
    for row in report.learners:
        points = []
        for each in report.asked:
            outcome = row.outcomes.get(each.id)
            half = outcome is not None and (outcome.right or each.prediction)
            points.append("" if outcome is None else "1" if outcome.first else "0.5" if half else "0")
        writer.writerow([_no_formula(shown.plain(row.name)), len(row.outcomes), row.done(report.asked), row.gainsaid,
                         *points])  # fmt: skip
    return file.getvalue().encode("utf-8-sig", "backslashreplace")


def for_programs(report: ClassReport) -> bytes:
    """Return the report as JSON: exercises, topics, learners and what is wrong."""
    data = {
        "version": 1, "lang": report.lang, "at_least": report.at_least,
        "exercises": [{**asdict(each), "ideas": [idea._asdict() for idea in each.ideas]} for each in report.asked],
        "topics": [
            {"exercise": asked.id, "idea": idea.key, "show": to_show(asked.id, report.lang, idea.answer)}
            for asked, idea in report.topics
        ],
        "learners": [
            {"name": shown.plain(row.name), "gainsaid": row.gainsaid,
             "exercises": {name: outcome._asdict() for name, outcome in row.outcomes.items()}}
            for row in report.learners
        ],
        "faults": shown.faults(report),
    }  # fmt: skip
    return (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "backslashreplace")


def save(file: Path, octets: bytes) -> Path:
    """Write a report and return its path. A file that is there stays: another name is chosen then. Raises OSError."""
    return write_new(file, octets)


def _no_formula(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text
