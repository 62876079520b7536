"""The progress file on the disk: whoever is killed, sleeps or finds the disk full, nothing that was written is lost."""

from __future__ import annotations

import errno
import os
import random
import signal
import stat
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from smtplab.course import keeping, logbook
from smtplab.course.alone import alone
from smtplab.course.attempts import Attempt, History, now
from smtplab.course.logbook import Logbook
from smtplab.course.record import Note, Record, read_record, write_record

if TYPE_CHECKING:
    from collections.abc import Iterator

posix = pytest.mark.skipif(os.name != "posix", reason="signals and modes are POSIX's")
FIRST = Attempt("2026-01-02T03:04:05Z", "250", "250", right=False)

WRITER = """
import os, signal, sys
from pathlib import Path
from smtplab.course import keeping
from smtplab.course.attempts import Attempt, now
from smtplab.course.logbook import Logbook
{before}
book = Logbook(Path(sys.argv[1]))
for number in range(int(sys.argv[2])):
    book.note(f"{{sys.argv[3]}}.{{number}}", Attempt(now(), "x", "right", right=True))
    print(number, flush=True)
"""
SLEEPS = """
there = keeping.{name}
def sleep_first(*values):
    keeping.{name} = there
    os.kill(os.getpid(), signal.SIGSTOP)
    return there(*values)
keeping.{name} = sleep_first
"""
"""What makes a writer stop at a place in the middle of writing, as a laptop's lid or a debugger does."""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return where the file is kept."""
    return tmp_path / logbook.FILE


@contextmanager
def writer(file: Path, count: int, name: str, before: str = "") -> Iterator[subprocess.Popen[str]]:
    """Start another process that notes answers, each told on its output once it is noted."""
    command = [sys.executable, "-c", WRITER.format(before=before), str(file), str(count), name]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def note(file: Path, exercise: str = "mine", attempt: Attempt | None = None) -> None:
    """Note an answer as a kernel of its own would."""
    Logbook(file).note(exercise, attempt or Attempt(now(), "x", "right", right=True))


def only(file: Path) -> bool:
    """Return whether nothing but the file lies in its directory."""
    return [each.name for each in file.parent.iterdir()] == [file.name]


@posix
@pytest.mark.slow
def test_killed_at_any_moment(file: Path) -> None:
    """Of a writer that is killed at any moment every answer noted is there, and the next leaves nothing stray."""
    draw = random.Random(14)
    noted: set[str] = set()
    for round_ in range(12):
        with writer(file, 100_000, f"{round_}") as process:
            assert process.stdout is not None
            lines = [process.stdout.readline() for _ in range(draw.randrange(1, 20))]
            for _ in range(draw.randrange(20_000)):  # some moment within the next writing
                pass
            process.kill()
            lines += process.stdout.read().splitlines()
            noted |= {f"{round_}.{line.strip()}" for line in lines if line.strip()}
        started = time.monotonic()
        note(file, f"mine.{round_}")
        assert time.monotonic() - started < 0.2
        noted.add(f"mine.{round_}")
        assert only(file)
        assert noted <= Logbook(file).histories().keys()


@posix
@pytest.mark.slow
@pytest.mark.parametrize("name", ["find", "write_record", "_write", "_put"])
def test_a_writer_that_sleeps(file: Path, name: str) -> None:
    """A writer stopped anywhere in its writing, and woken after others have written, writes over nothing of theirs."""
    note(file, "before")
    with writer(file, 1, "sleeper", SLEEPS.format(name=name)) as process:
        assert os.WIFSTOPPED(os.waitpid(process.pid, os.WUNTRACED)[1])
        for number in range(3):
            note(file, f"mine.{number}")
        assert Logbook(file).histories().keys() == {"before", "mine.0", "mine.1", "mine.2"}
        process.send_signal(signal.SIGCONT)
        process.communicate(timeout=60)
    assert only(file)
    everything = {"before", "sleeper.0", *(f"mine.{number}" for number in range(3))}
    histories = Logbook(file).histories()
    assert histories.keys() == everything
    assert {history.tries for history in histories.values()} == {1}


@posix
@pytest.mark.slow
@pytest.mark.parametrize("name", ["_write", "_put"])
def test_a_sleeper_that_is_killed(file: Path, name: str) -> None:
    """What others put beside while it slept is taken in by the next who looks or writes, once."""
    note(file, "before")
    with writer(file, 1, "sleeper", SLEEPS.format(name=name)) as process:
        assert os.WIFSTOPPED(os.waitpid(process.pid, os.WUNTRACED)[1])
        note(file, "mine")
        note(file, "mine")
    assert not only(file)
    assert {key: each.tries for key, each in Logbook(file).histories().items()} == {"before": 1, "mine": 2}
    assert {key: each.tries for key, each in read_record(file.read_bytes())[0].histories.items()} == {
        "before": 1, "mine": 2,
    }  # fmt: skip
    assert only(file)


@posix
@pytest.mark.slow
def test_a_sleeper_beside(file: Path) -> None:
    """A writer that sleeps while it puts its answer beside, is not taken for dead, and its answer comes in later."""
    lock = keeping._beside(file, ".lock")
    with writer(file, 1, "sleeper", SLEEPS.format(name="write_notes")) as process:
        with alone(lock, 0) as mine:
            assert mine
            assert os.WIFSTOPPED(os.waitpid(process.pid, os.WUNTRACED)[1])
        note(file)
        assert len(list(file.parent.glob(".*.part"))) == 1
        process.send_signal(signal.SIGCONT)
        process.communicate(timeout=60)
    assert Logbook(file).histories().keys() == {"mine", "sleeper.0"}
    assert only(file)


def test_beside_by_another_name_where_it_was_taken_away(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An unfinished file beside that somebody took for a dead one's is written again."""
    put, names = keeping._put, []

    def taken_away(path: Path, *how: object) -> None:
        put(path, *how)
        names.append(path)
        if len(names) < 3:
            path.unlink()

    monkeypatch.setattr(keeping, "_put", taken_away)
    keeping._put_beside(file, [Note("x", FIRST)])
    monkeypatch.undo()
    assert len(set(names)) == 3
    assert Logbook(file).history("x") == History((FIRST,), 1)


def test_what_was_taken_in_and_not_removed(file: Path) -> None:
    """Notes of a file beside that could not be removed, or whose remover was killed, count once."""
    keeping._put_beside(file, [Note("x", FIRST)])
    (beside,) = file.parent.glob(".*.note")
    content = beside.read_bytes()
    note(file)
    beside.write_bytes(content)
    assert Logbook(file).history("x").tries == 1
    note(file)
    assert Logbook(file).history("x").tries == 1
    assert only(file)


def test_a_damaged_file_beside(file: Path) -> None:
    """A file beside that cannot be understood is set aside, not thrown away."""
    keeping._put_beside(file, [Note("x", FIRST)])
    (beside,) = file.parent.glob(".*.note")
    beside.write_bytes(b"{")
    book = Logbook(file)
    assert book.histories() == {}
    assert "smtplab-progress.damaged.json" in book.set_aside("en")
    assert [each.read_bytes() for each in file.parent.iterdir()] == [b"{"]


def test_a_lock_left_behind(file: Path) -> None:
    """A lock, an unfinished file and one beside, left by kernels that died, cost no time and are cleared away."""
    for end in (".lock", ".new", "-abc.part"):
        keeping._beside(file, end).write_bytes(b"{")
    started = time.monotonic()
    note(file)
    assert time.monotonic() - started < logbook._PATIENCE / 2
    assert only(file)


def test_a_lock_that_is_held(file: Path) -> None:
    """An answer waits no longer than its patience, and is known at once, to this kernel and to others."""
    book = Logbook(file)
    with alone(keeping._beside(file, ".lock"), 0):
        started = time.monotonic()
        book.note("mine", FIRST)
        assert logbook._PATIENCE <= time.monotonic() - started < logbook._PATIENCE + 0.5
        assert (book.trouble("en"), not file.exists()) == ("", True)
        assert book.history("mine") == Logbook(file).history("mine") == History((FIRST,), 1)
    book.note("mine", FIRST)
    assert read_record(file.read_bytes())[0].histories["mine"].tries == 2
    assert only(file)


@pytest.mark.parametrize("refused", [errno.ENOSPC, errno.EACCES, errno.EROFS, errno.EIO])
@pytest.mark.parametrize("held", [False, True])
def test_a_disk_that_is_full(file: Path, monkeypatch: pytest.MonkeyPatch, refused: int, held: bool) -> None:
    """Where nothing can be written the file stays whole, the answer is kept in memory, and comes in later, once."""
    note(file, "before")
    before = file.read_bytes()
    book = Logbook(file)

    def refuse(path: Path, *_how: object) -> None:
        path.write_bytes(b"{")  # some of it could be written
        raise OSError(refused, os.strerror(refused))

    with monkeypatch.context() as full, alone(keeping._beside(file, ".lock"), 0) if held else alone(file / "x", 0):
        full.setattr(keeping, "_put", refuse)
        book.note("mine", FIRST)
        assert os.strerror(refused) in book.trouble("en")
        assert book.histories().keys() == {"before", "mine"}
        assert file.read_bytes() == before
    assert only(file)
    book.note("more", FIRST)
    assert {key: each.tries for key, each in Logbook(file).histories().items()} == {"before": 1, "mine": 1, "more": 1}
    assert book.trouble("en") == ""


def test_where_rename_is_refused(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that must be written in place and is cut short there, at any octet, is whole again with the next look."""
    note(file, "before")
    replace, put = Path.replace, keeping._put

    def refuse(_self: Path, _target: Path) -> None:
        raise OSError(errno.ENOTSUP, "Operation not supported")

    for cut in (0, 1, 40, 150):
        with monkeypatch.context() as cuts:
            cuts.setattr(Path, "replace", refuse)
            note(file, f"plain.{cut}")
            assert only(file)

            def cut_short(path: Path, octets: bytes, *how: int) -> None:
                put(path, octets[:cut] if path == file else octets, *how)  # noqa: B023
                if path == file:
                    raise OSError(errno.ENOSPC, "No space left on device")

            cuts.setattr(keeping, "_put", cut_short)
            book = Logbook(file)
            book.note(f"cut.{cut}", FIRST)
            assert file.stat().st_size == cut
            assert Logbook(file).histories().keys() >= {"before", f"plain.{cut}", f"cut.{cut}"}
        note(file, f"after.{cut}")
        assert only(file)
        assert set(Logbook(file).histories()) >= {"before", f"plain.{cut}", f"cut.{cut}", f"after.{cut}"}
    assert Path.replace is replace


@posix
def test_the_mode(file: Path) -> None:
    """A new file is its owner's alone; the mode that somebody gave it stays, also where it is written in place."""
    note(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    for mode in (0o640, 0o644, 0o600, 0o666):
        file.chmod(mode)
        note(file)
        assert stat.S_IMODE(file.stat().st_mode) == mode
    file.write_bytes(b"{")
    note(file)
    assert [oct(stat.S_IMODE(each.stat().st_mode)) for each in file.parent.glob("*damaged*")] == ["0o600"]
    keeping._put_beside(file, [Note("x", FIRST)])
    assert [oct(stat.S_IMODE(each.stat().st_mode)) for each in file.parent.glob(".*.note")] == ["0o600"]


@posix
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="an administrator may write anywhere")
def test_a_directory_that_may_not_be_written(file: Path) -> None:
    """In a read-only directory the file stays as it is, and the answer counts in memory."""
    note(file, "before")
    file.parent.chmod(0o500)
    try:
        book = Logbook(file)
        book.note("mine", FIRST)
        assert book.histories().keys() == {"before", "mine"}
        assert book.trouble("en")
        assert only(file)
    finally:
        file.parent.chmod(0o700)


def test_a_full_file_costs_milliseconds(file: Path) -> None:
    """An answer is noted in a file of 64 KB within the time of a few frames of a screen."""
    notes = [
        Note(
            f"{number % 50:02}.x", Attempt(f"2026-02-01T00:{number // 60:02}:{number % 60:02}Z", "a", "b", right=False)
        )
        for number in range(660)
    ]
    file.write_bytes(write_record(Record().with_notes(notes)))
    assert file.stat().st_size > 50_000
    book = Logbook(file)
    times = []
    for _ in range(9):
        started = time.perf_counter()
        book.note("00.x", FIRST)
        times.append(time.perf_counter() - started)
    assert sorted(times)[4] < 0.1
