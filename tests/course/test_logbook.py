"""What is kept of a learner's answers: whatever becomes of the file, nothing is lost and no feedback fails."""

from __future__ import annotations

import json
import multiprocessing
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

import smtplab
from smtplab.course import logbook
from smtplab.course.attempts import Attempt, day, moment, now
from smtplab.text.language import LANGUAGES
from tests.helpers.progress_file import ENTRY, answer, attempts, kept


def test_what_is_noted(here: Path) -> None:
    """Every answer is noted, wrong ones too: when, what, the idea behind it, right or not, how fast."""
    answer("01.rcpt", "HELP")
    smtplab.check("01.rcpt", "HELP RCPT", seconds=7.5)
    answer("01.help", "250")
    entries = kept(here / logbook.FILE)
    first, second = entries["01.rcpt"]["attempts"]
    assert all(moment(each.pop("at")) for each in (first, second))
    assert first == {"answer": "HELP", "key": "214", "right": False}
    assert second == {"answer": "HELP RCPT", "key": "right", "right": True, "seconds": 7.5}
    assert (entries["01.rcpt"]["tries"], "right_at" in entries["01.rcpt"]) == (2, True)
    assert "right_at" not in entries["01.help"]
    assert [path.name for path in here.iterdir()] == [logbook.FILE]


def test_what_is_no_attempt(here: Path) -> None:
    """What is refused, as no option or of another form, is no attempt."""
    for wrong in ("999", ["214"]):
        with pytest.raises(smtplab.SmtplabError):
            answer("01.help", wrong)
    with pytest.raises(smtplab.UnknownName):
        answer("01.nosuch")
    assert list(here.iterdir()) == []


def test_a_function_leaves_no_source(here: Path) -> None:
    """Of a function only the key of its feedback is noted."""

    def secret(_reply: object) -> str:
        return "a word of mine"

    smtplab.check("02.end", secret)
    (attempt,) = logbook.logbook().history("02.end").attempts
    assert (attempt.answer, attempt.right) == (None, False)
    assert "mine" not in (here / logbook.FILE).read_text()


def test_the_widget_counts_too(here: Path) -> None:
    """An answer given in the page is noted like one given to `check`."""
    with smtplab.start(carrier="memory") as lab:
        smtplab.exercise("01.help", lab)._handle_custom_msg({"type": "answer", "answer": "214"}, [])
    assert attempts(here / logbook.FILE, "01.help") == ["214"]


def test_the_first_answer_stands(here: Path) -> None:
    """A prediction that was wrong stays wrong, whatever is clicked later."""
    answer("01.help", "250")
    answer("01.help", "214")
    history = logbook.logbook().history("01.help")
    assert (history.first.answer, history.last.answer, history.right_first) == ("250", "214", False)
    assert smtplab.progress().lessons[0].tasks[0].right is False


def test_help_is_noted(here: Path) -> None:
    """The most hints seen, and when the solution first was; seen again, the file is not written again."""
    book = logbook.logbook()
    answer("01.rcpt", "HELP")
    book.note_help("01.rcpt", hints=2)
    book.note_help("01.rcpt", solution=True)
    before = (here / logbook.FILE).stat().st_mtime_ns, book.history("01.rcpt")
    book.note_help("01.rcpt", hints=1)
    book.note_help("01.rcpt", solution=True)
    assert ((here / logbook.FILE).stat().st_mtime_ns, book.history("01.rcpt")) == before
    assert (before[1].hints, before[1].unaided, before[1].tries) == (2, 1, 1)
    assert moment(before[1].solution)
    assert smtplab.progress().done == 0


def test_version_1_is_kept(here: Path) -> None:
    """A file of version 1 is read, and with the next answer is version 2: its days, what was right, and all besides."""
    file = here / logbook.FILE
    theirs = {
        "99.other": {**ENTRY, "seconds": 7},
        "01.help": {**ENTRY, "note": "x"},
        "01.status": {**ENTRY, "right": False},
    }
    file.write_text(json.dumps({"version": 1, "answers": theirs}, indent=1))
    assert smtplab.progress().done == 2
    answer("01.help")
    assert list(here.iterdir()) == [file]
    data = json.loads(file.read_text())
    assert data["version"] == 2
    assert (data["answers"]["99.other"]["seconds"], data["answers"]["01.help"]["note"]) == (7, "x")
    book = logbook.logbook()
    assert {key: (day(book.history(key).first.at).isoformat(), book.history(key).first.right) for key in theirs} == {
        key: (entry["answered"], entry["right"]) for key, entry in theirs.items()
    }
    assert attempts(file, "01.help") == [None, "214"]
    first = smtplab.progress().lessons[0].tasks[0]
    assert (first.answered, first.right) == (ENTRY["answered"], True)


DAMAGED = [
    "", "{", "[]", "null", '{"version": 1}', '{"version": 1, "answers": []}', "\xff\xfe", "[" * 100_000,
    '{"version": 3, "answers": {"01.help": {"answered": "2026-01-02", "right": true}}}',
    '{"version": 1, "answers": {"01.help": {"answered": "2026-02-30", "right": true}}}',
]  # fmt: skip


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("damaged", DAMAGED, ids=range(len(DAMAGED)))
def test_a_file_that_cannot_be_understood(here: Path, damaged: str, lang: str) -> None:
    """A damaged or newer file is set aside whole under a free name, said once, and the answer counts."""
    file = here / logbook.FILE
    file.write_text(damaged, "latin-1")
    taken = here / "smtplab-progress.damaged.json"
    taken.write_text("older")
    smtplab.set_language(lang)
    feedback = answer("01.rcpt", "HELP RCPT")
    aside = here / "smtplab-progress.damaged-2.json"
    assert aside.name in feedback.remark
    assert aside.name in str(feedback)
    assert repr(feedback).startswith({"en": "Right. HELP ", "es": "Correcto. HELP "}[lang])
    assert aside.read_text("latin-1") == damaged
    assert taken.read_text() == "older"
    assert set(kept(file)) == {"01.rcpt"}
    assert answer("01.status", "500").remark == ""
    assert smtplab.progress().remarks == ()


def test_a_damaged_file_found_by_looking(here: Path) -> None:
    """Progress says it where it comes first; entries that can be understood go on to count."""
    file = here / logbook.FILE
    text = json.dumps({"version": 1, "answers": {"01.help": ENTRY, "01.status": {"right": "yes"}}})
    file.write_text(text)
    progress = smtplab.progress()
    assert progress.done == 1
    assert "smtplab-progress.damaged.json" in progress.remarks[0]
    assert (here / "smtplab-progress.damaged.json").read_text() == text
    assert set(kept(file)) == {"01.help"}
    assert smtplab.progress().remarks == ()


def _work(directory: str, number: int, together: Any) -> None:
    together.wait(60)
    book = logbook.Logbook(Path(directory) / logbook.FILE)
    for at in range(15):
        book.note(f"{number:02}.task{at}", Attempt(now(), "x", "right", right=True))


def test_two_writers(here: Path) -> None:
    """Kernels that write at the same time lose nothing of each other."""
    spawn = multiprocessing.get_context("spawn")
    together = spawn.Barrier(3)
    workers = [spawn.Process(target=_work, args=(str(here), number, together)) for number in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
        assert worker.exitcode == 0
    assert len(kept(here / logbook.FILE)) == 45
    assert [path.name for path in here.iterdir()] == [logbook.FILE]


def test_threads(here: Path) -> None:
    """A widget's thread and a cell may answer at the same time."""
    together = threading.Barrier(4)
    threads = [threading.Thread(target=_work, args=(str(here), number, together)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(kept(here / logbook.FILE)) == 60


def test_nothing_is_said_on_stderr(here: Path) -> None:
    """Damage is said in the feedback, not on stderr."""
    (here / logbook.FILE).write_text("{")
    code = "import smtplab; print(smtplab.check('01.help', '214', smtplab.start(carrier='memory')))"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    ran = subprocess.run(
        [sys.executable, "-c", code],
        cwd=here, env=environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert ran.stderr == ""
    assert "smtplab-progress.damaged.json" in ran.stdout
