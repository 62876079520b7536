"""Progress as it is read: in a terminal, in a notebook, and as a page that stands alone."""

from __future__ import annotations

import textwrap
from datetime import date
from typing import TYPE_CHECKING

from smtplab.course.exercises import exercise
from smtplab.protocol.octets import show_text
from smtplab.text.html import escape, paragraphs, table
from smtplab.text.texts import Texts, octets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from smtplab.course.attempts import Attempt
    from smtplab.course.tasks import Lesson, Standing, Task

_WIDE = 100
_SHOWN = 120
_NO_BREAK = "\N{NO-BREAK SPACE}"


def text(progress: Standing) -> str:
    """Return it as lines for a terminal: each lesson with what is done, and below it what is still to do."""
    say = _words(progress)
    wide = max((len(lesson.name) for lesson in progress.lessons), default=0)
    lines = []
    for lesson in progress.lessons:
        counts = [f"{head}: {count}" if head else count for head, count in _counts(progress, lesson) if count]
        lines.append(f"{lesson.name:{wide}}  {', '.join(counts)}")
        if left := lesson.titles(done=False):
            lines.append(
                textwrap.fill(f"{say('head_open')}: {left}", _WIDE, initial_indent="   ", subsequent_indent="   ")
            )
    return "\n".join((*lines, *_sentences(progress), _keeps(progress)))


def overview(progress: Standing) -> str:
    """Return it as HTML for a notebook."""
    return _overview(progress) + paragraphs(" ".join(_sentences(progress)), _keeps(progress))


def page(progress: Standing, name: str) -> str:
    """Return it as a page of HTML that stands alone, with each exercise, its first answer, and a learner's name."""
    say = _words(progress)
    name = "".join(char for char in name if char.isprintable()).strip()
    today = date.today().isoformat()  # noqa: DTZ011  the learner's own day
    whose = say("somebody", name=name, date=today) if name else say("nobody", date=today)
    title, style = say("title"), octets("course/progress.css").decode()
    core = ("head_part",) if _has_core(progress) else ()
    keys = ("head_exercise", *core, "head_question", "head_result", "head_first", "head_tries", "head_hints", "head_on")
    head = [say(key) for key in keys]
    parts = [
        f"<h1>{escape(title)}</h1>", paragraphs(whose, *_sentences(progress), say("holds")), _overview(progress),
        *(
            f"<h2>{escape(lesson.name)}</h2>{table(head, (_row(progress, task) for task in lesson.tasks))}"
            for lesson in progress.lessons
        ),
    ]  # fmt: skip
    return (
        f'<!DOCTYPE html>\n<html lang="{progress.lang}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>{escape(f'{title}: {name}' if name else title)}</title>\n<style>{style}</style>\n</head>\n"
        f"<body>\n{''.join(parts)}\n</body>\n</html>\n"
    )


def _words(progress: Standing) -> Texts:
    return Texts("course/progress", progress.lang)


def _has_core(progress: Standing) -> bool:
    return any(task.core for task in progress.tasks)


def _counts(progress: Standing, lesson: Lesson) -> list[tuple[str, str]]:
    """Return how much of a lesson is done, each count after its name; core and deeper apart where there is a core."""
    if not _has_core(progress):
        return [("", _count(progress, lesson.tasks))]
    say = _words(progress)
    apart = [(core, [task for task in lesson.tasks if task.core is core]) for core in (True, False)]
    return [(say("part_core" if core else "part_deeper"), _count(progress, tasks)) for core, tasks in apart]


def _count(progress: Standing, tasks: Iterable[Task]) -> str:
    all_tasks = list(tasks)
    if not all_tasks:
        return ""
    return _words(progress)("count", done=sum(task.done for task in all_tasks), all=len(all_tasks))


def _overview(progress: Standing) -> str:
    say = _words(progress)
    counts = (
        [name or say("head_done") for name, _ in _counts(progress, progress.lessons[0])] if progress.lessons else []
    )
    head = (say("head_lesson"), *counts, say("head_finished"), say("head_open"))
    rows = [
        (
            lesson.name, *(count.replace(" ", _NO_BREAK) for _, count in _counts(progress, lesson)),
            lesson.titles(done=True), lesson.titles(done=False),
        )
        for lesson in progress.lessons
    ]  # fmt: skip
    columns = [(title, *cells) for title, *cells in zip(head, *rows, strict=True) if any(cells)]  # room for words
    return table(*_turned(columns)) if columns else table(head, [])


def _turned(columns: list[tuple[str, ...]]) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Return the head and the rows of a table that is given as its columns."""
    head, *rows = zip(*columns, strict=True)
    return head, rows


def _sentences(progress: Standing) -> tuple[str, ...]:
    say, states = _words(progress), progress.states
    sentences = [say("done", done=progress.done, all=progress.all)]
    if _has_core(progress):
        core, deeper = (
            _count(progress, (task for task in progress.tasks if task.core is core)) for core in (True, False)
        )
        sentences.append(say("parts", core=core, deeper=deeper))
    if any(states[state] for state in ("first", "later", "right", "shown")):
        sentences.append(say("rights", first=states["first"], later=states["later"]))
    if states["shown"]:
        sentences.append(say("sum_shown", count=states["shown"]))
    if states["right"]:
        sentences.append(say("sum_right", count=states["right"]))
    if made := states["came"] + states["missed"]:
        sentences.append(say("predictions", made=made, right=states["came"]))
    return (*sentences, *progress.remarks)


def _keeps(progress: Standing) -> str:
    return _words(progress)("keeps")


def _row(progress: Standing, task: Task) -> tuple[str, ...]:
    say, history = _words(progress), task.history
    core = (say("part_core" if task.core else "part_deeper"),) if _has_core(progress) else ()
    result = say(f"result_{task.state}")
    if task.state == "shown" and task.done:
        result = say("result_shown_right")
    first = first_answer(task.id, progress.lang, history.first)
    return (
        task.title, *core, exercise(task.id, progress.lang).question, result, first,
        *(str(count) if count else "" for count in (history.tries, history.hints)), task.answered,
    )  # fmt: skip


def first_answer(exercise_id: str, lang: str, attempt: Attempt | None) -> str:
    """Return an answer as words: what was chosen, or written, cut where it is long; "" where none is known."""
    if attempt is None or attempt.answer is None:
        return ""
    options = exercise(exercise_id, lang).options
    named: Callable[[str], str] = lambda part: options.get(part, part)  # noqa: E731
    parts = attempt.answer if isinstance(attempt.answer, tuple) else (attempt.answer,)
    return show_text(textwrap.shorten("; ".join(map(named, parts)), _SHOWN, placeholder=" …"))
