"""The report of a class, against reading its files and judging each answer once; and a school of a thousand."""

from __future__ import annotations

import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.row import Row
from smtplab.course.attempts import Attempt, History
from smtplab.course.exercises import exercise, exercises, judged
from smtplab.course.hints import solution
from smtplab.course.logbook import FILE
from smtplab.course.record import Record, write_record
from smtplab.errors import SmtplabError

if TYPE_CHECKING:
    from collections.abc import Iterator

ROUNDS = 5
_PEER = """
import json, sys
from pathlib import Path
from smtplab.course.exercises import row_of
from smtplab.course.grading import Question, grade
seen = set()
for path in sorted(Path(sys.argv[1]).rglob("smtplab-progress.json")):
    for name, history in json.loads(path.read_bytes())["answers"].items():
        for attempt in history["attempts"]:
            answer = attempt["answer"]
            if answer is not None and (told := json.dumps([name, answer])) not in seen:
                seen.add(told)
                grade(Question(name, row_of(name, "en"), "en"), answer)
"""


def measure() -> Iterator[Row]:
    """Report 30 learners, cold, in turn with the peer; then a thousand once. Seconds, and the most memory held."""
    with tempfile.TemporaryDirectory() as top:
        small, large = Path(top, "30"), Path(top, "1000")
        simulate(small, 30)
        report = ("-m", "smtplab", "class", "report", str(small), "--html")
        taken: dict[str, list[float]] = {"lab": [], "peer": []}
        for number in range(ROUNDS):
            taken["lab"].append(_run(*report, str(Path(top, f"{number}.html")))[0])
            taken["peer"].append(_run("-c", _PEER, str(small))[0])
        lab, peer = (statistics.median(times) for times in taken.values())
        yield Row("report of 30 learners, and judging alone", lab, peer, "s", 3)
        yield Row("report of 30 learners, cold", lab, 1, "s", 2)
        simulate(large, 1000)
        seconds, megabytes = _run(
            "-m", "smtplab", "class", "report", str(large), "--html", str(Path(top, "large.html"))
        )
        yield Row("report of 1,000 learners", seconds, 1, "s", 60)
        yield Row("its memory", megabytes, 1, "MB", 300)


def simulate(folder: Path, count: int) -> None:
    """Write the answers of a class, as learners may give them: mostly right, some after wrong ones, some left out."""
    chance = random.Random(1)
    answers = {name: _answers(name, chance) for name in exercises()}
    for learner in range(count):
        histories = {}
        for name, (right, *wrong) in answers.items():
            if chance.random() < 0.1:
                continue
            history = History()
            for minute in range(chance.choice([1, 1, 2, 3])):
                answer, key, good = chance.choice(wrong or [right]) if chance.random() < 0.4 else right
                at = f"2026-11-20T10:{minute:02}:{chance.randrange(60):02}Z"
                history = history.with_attempt(Attempt(at, answer, key, good, 0, round(chance.random() * 60, 1)))
                if good:
                    break
            histories[name] = history
        place = folder / f"learner-{learner:04}"
        place.mkdir(parents=True)
        (place / FILE).write_bytes(write_record(Record(histories)))


def _answers(name: str, chance: random.Random) -> list[tuple[Any, str, bool]]:
    """Return answers to an exercise, a right one first, each with the key of its feedback and whether it is right."""
    asked, model = exercise(name, "en"), solution(name, "en")
    if asked.kind == "function":
        return [(None, "right", True), (None, "otherwise", False)]
    if isinstance(model.answer, tuple):
        others = [[*model.answer] for _ in range(4)]
        for other in others:
            other[chance.randrange(len(other))] = chance.choice(list(asked.options))
        tried = [model.answer, *map(tuple, others)]
    else:
        tried = [model.answer, *(list(asked.options) or ["HELP", "RCPT", "nothing"])]
    found = []
    for answer in tried:
        with suppress(SmtplabError):
            feedback, key = judged(name, answer, "en")
            found.append((answer, key, feedback.right))
    return [each for each in found if each[2]][:1] + [each for each in found if not each[2]]


def _run(*arguments: str) -> tuple[float, float]:
    """Run Python and return the seconds it took and the megabytes it held at most."""
    began = time.perf_counter()
    with subprocess.Popen([sys.executable, *arguments], stdout=subprocess.DEVNULL) as child:
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise RuntimeError(json.dumps(arguments))
    return time.perf_counter() - began, used.ru_maxrss / 1024
