"""What is kept of a learner's answers: whatever becomes of the file, nothing is lost and no feedback fails."""

from __future__ import annotations

import json
import multiprocessing
import os
import re
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import smtplab
from smtplab.course import disk, logbook
from smtplab.course.attempts import Attempt, day, moment, now
from smtplab.text.language import LANGUAGES

if TYPE_CHECKING:
    from smtplab.course.exercises import Feedback

ENTRY = {"answered": "2026-01-02", "right": True}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty directory, as a notebook does, with nothing set."""
    monkeypatch.delenv("SMTPLAB_PROGRESS")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def kept(file: Path) -> dict[str, dict[str, object]]:
    """Read the answers in a file."""
    return json.loads(file.read_text())["answers"]


def attempts(file: Path, exercise: str) -> list[object]:
    """Return the answers to an exercise in a file, oldest first."""
    return [each["answer"] for each in kept(file)[exercise]["attempts"]]


def answer(exercise: str = "01.help", text: str = "214") -> Feedback:
    """Answer an exercise on a lab of its own."""
    with smtplab.start(carrier="memory") as lab:
        return smtplab.check(exercise, text, lab)


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


@pytest.mark.parametrize("lang", LANGUAGES)
def test_where_nothing_can_be_written(here: Path, monkeypatch: pytest.MonkeyPatch, lang: str) -> None:
    """Feedback comes all the same and says why once, the answer counts in memory, and is written once it can be."""
    (here / "file").write_text("no directory")
    monkeypatch.setenv("SMTPLAB_PROGRESS", str(here / "file/progress.json"))
    smtplab.set_language(lang)
    remark = answer().remark
    assert answer().remark == ""
    progress = smtplab.progress()
    assert (progress.done, progress.remarks) == (1, (remark,))
    assert str(here / "file/progress.json") in progress.remarks[0]
    assert progress.remarks[0] in progress._repr_html_()
    (here / "file").unlink()
    (here / "file").mkdir()
    assert answer("01.status", "500").remark == ""
    assert {key: entry["tries"] for key, entry in kept(here / "file/progress.json").items()} == {
        "01.help": 2, "01.status": 1,
    }  # fmt: skip
    assert smtplab.progress().remarks == ()


def test_a_file_that_may_not_be_read_stays(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be read is not written over."""
    file = here / logbook.FILE
    file.write_text("theirs")

    def refuse(_path: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert answer().right
    assert "Permission denied" in smtplab.progress().remarks[0]
    assert file.read_text() == "theirs"


def test_trouble_that_is_over(here: Path) -> None:
    """What could not be read for a while is not spoken of once it can be."""
    (here / logbook.FILE).mkdir()
    assert smtplab.progress().remarks
    (here / logbook.FILE).rmdir()
    assert smtplab.progress().remarks == ()


def test_a_directory_of_that_name(here: Path) -> None:
    """A directory, or whatever is no file, is left alone."""
    (here / logbook.FILE).mkdir()
    assert answer().right
    assert "it is no file" in smtplab.progress().remarks[0]
    assert (here / logbook.FILE).is_dir()


@pytest.mark.skipif(os.name != "posix", reason="links need rights elsewhere")
@pytest.mark.parametrize("leads", [True, False])
def test_a_link_instead_of_a_file(here: Path, leads: bool) -> None:
    """Nothing is written through a link: what it leads to is read, and the link is replaced."""
    target = here / "elsewhere.json"
    text = json.dumps({"version": 1, "answers": {"01.status": ENTRY}})
    if leads:
        target.write_text(text)
    (here / logbook.FILE).symlink_to(target)
    answer()
    assert not (here / logbook.FILE).is_symlink()
    assert set(kept(here / logbook.FILE)) == ({"01.help", "01.status"} if leads else {"01.help"})
    assert (target.read_text() if leads else target.exists()) == (text if leads else False)


@pytest.mark.parametrize("off", ["off", "OFF"])
def test_off(here: Path, monkeypatch: pytest.MonkeyPatch, off: str) -> None:
    """SMTPLAB_PROGRESS=off writes nothing and says nothing, and is known until Python stops."""
    monkeypatch.setenv("SMTPLAB_PROGRESS", off)
    answer()
    assert (smtplab.progress().done, smtplab.progress().remarks) == (1, ())
    assert list(here.iterdir()) == []


def test_a_file_of_ones_own(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SMTPLAB_PROGRESS names another file."""
    monkeypatch.setenv("SMTPLAB_PROGRESS", str(here / "mine.json"))
    answer()
    assert set(kept(here / "mine.json")) == {"01.help"}


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the current directory cannot be removed")
def test_without_a_current_directory(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the current directory is gone, feedback comes and progress is kept in memory."""
    (here / "gone").mkdir()
    os.chdir(here / "gone")
    (here / "gone").rmdir()
    feedback = answer()
    assert feedback.right
    assert "the current directory is gone" in feedback.remark
    assert smtplab.progress().done == 1
    monkeypatch.setenv("SMTPLAB_PROGRESS", "mine.json")
    assert "the current directory is gone" in answer().remark
    assert smtplab.progress().done == 1


NO_PLACE = {
    "~/progress.json": "~[ )]", "~nosuchuser-x/progress.json": "~[ )]", "~": "~[ )]", "folder": "file|archivo",
    ".": "file|archivo",
    "/": "name|llamarse", "a\0b": "name|llamarse", "~\0/x": "~[ )]", "\ud800": "name|llamarse",
    "n" * 5000: "too long|demasiado largo",
    "..": "file|archivo",
}  # fmt: skip
"""What SMTPLAB_PROGRESS may name although no file can be kept there, and words of the reason."""


@pytest.fixture
def homeless(monkeypatch: pytest.MonkeyPatch) -> None:
    """Work where nobody knows a home directory, as in a bare container."""

    def unknown(_name: object) -> object:
        raise KeyError

    for name in ("HOME", "USERPROFILE", "HOMEPATH"):
        monkeypatch.delenv(name, raising=False)
    pwd = pytest.importorskip("pwd")
    monkeypatch.setattr(pwd, "getpwuid", unknown)
    monkeypatch.setattr(pwd, "getpwnam", unknown)


@pytest.mark.skipif(os.name != "posix", reason="home directories are found otherwise elsewhere")
@pytest.mark.usefixtures("homeless")
@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", NO_PLACE, ids=lambda name: repr(name)[:12])
def test_a_name_that_no_file_can_have(here: Path, monkeypatch: pytest.MonkeyPatch, name: str, lang: str) -> None:
    """Feedback comes in cell and widget alike, says once why nothing is kept, and the answer counts in memory."""
    (here / "folder").mkdir()
    environment = {**os.environ, "SMTPLAB_PROGRESS": name}  # the system's own refuses NUL
    monkeypatch.setattr(os, "environ", environment)
    smtplab.set_language(lang)
    feedback = answer()
    assert feedback.right
    assert re.search(NO_PLACE[name], feedback.remark)
    assert ("cannot be kept" if lang == "en" else "no se puede guardar") in feedback.remark
    assert feedback.remark in str(feedback)
    feedback.remark.encode()
    assert len(feedback.remark) < 1000
    with smtplab.start(carrier="memory") as lab:
        widget = smtplab.exercise("01.status", lab)
        widget._handle_custom_msg({"type": "answer", "answer": "500"}, [])
    assert widget.feedback["right"] is not None
    assert feedback.remark not in widget.feedback["text"]
    progress = smtplab.progress()
    assert (progress.done, progress.remarks) == (2, (feedback.remark,))
    assert [path.name for path in here.rglob("*")] == ["folder"]


def test_the_widget_says_it_too(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the page's answer is the first, the reason stands under the question."""
    monkeypatch.setenv("SMTPLAB_PROGRESS", str(here))
    with smtplab.start(carrier="memory") as lab:
        widget = smtplab.exercise("01.status", lab)
        widget._handle_custom_msg({"type": "answer", "answer": "500"}, [])
    assert "it is no file" in widget.feedback["text"]


def test_the_home_directory(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tilde is the home directory."""
    monkeypatch.setenv("HOME", str(here))
    monkeypatch.setenv("USERPROFILE", str(here))
    monkeypatch.setenv("SMTPLAB_PROGRESS", "~/mine.json")
    assert answer().remark == ""
    assert set(kept(here / "mine.json")) == {"01.help"}


def test_an_empty_name_is_none(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty SMTPLAB_PROGRESS names no file: the current directory's is used."""
    monkeypatch.setenv("SMTPLAB_PROGRESS", "")
    assert answer().remark == ""
    assert set(kept(here / logbook.FILE)) == {"01.help"}


@pytest.mark.parametrize("directory", ["a\0b", "n" * 5000, "\ud800"])
def test_progress_of_a_directory_that_cannot_be(here: Path, directory: str) -> None:
    """Progress of a directory that no name can have is empty, and says why."""
    progress = smtplab.progress(directory)
    assert (progress.done, len(progress.remarks)) == (0, 1)


def test_a_drive_that_cannot_rename_over_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where renaming over a file is not supported, as in a browser, the file is written in place."""

    def refuse(_self: Path, _target: Path) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(Path, "replace", refuse)
    for text in (b"longer than the next", b"short"):
        disk.write_whole(tmp_path / "a", text)
        assert (tmp_path / "a").read_bytes() == text
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_the_usual_mode(tmp_path: Path) -> None:
    """A file gets the mode that the learner's other files get."""
    (tmp_path / "other").touch()
    disk.write_whole(tmp_path / "a", b"")
    assert (tmp_path / "a").stat().st_mode == (tmp_path / "other").stat().st_mode


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
