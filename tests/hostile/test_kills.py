"""Processes that keep answers, killed and suspended at any moment, on full disks, through links: no answer is lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from smtplab.course import logbook
from smtplab.course.attempts import Attempt
from smtplab.course.logbook import Logbook
from smtplab.course.record import read_record

if TYPE_CHECKING:
    import random
    from pathlib import Path

    from tests.helpers.amount import Amount, Figures

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals, limits and modes are POSIX's")

WRITER = """
import sys
from pathlib import Path
from smtplab.course.attempts import Attempt, now
from smtplab.course.logbook import Logbook
book = Logbook(Path(sys.argv[1]))
for number in range(100_000):
    name = f"{sys.argv[2]}.{number % 50}"
    book.note(name, Attempt(now(), "x", "right", right=True))
    if book.trouble("en"):
        sys.exit(book.trouble("en"))
    print(name, flush=True)
"""
LIMITED = """
import resource, sys
from pathlib import Path
from smtplab.course.attempts import Attempt, now
from smtplab.course.logbook import Logbook
file = Path(sys.argv[1])
book = Logbook(file)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
book.note("full", Attempt(now(), "x" * 500, "right", right=True))
print("told" if book.trouble("en") else "kept", *sorted(book.histories()))
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
book.note("room", Attempt(now(), "x", "right", right=True))
print(*sorted(Logbook(file).histories()))
"""
FIRST = Attempt("2026-01-02T03:04:05Z", "250", "250", right=False)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return where the file is kept."""
    return tmp_path / logbook.FILE


def start(file: Path, name: str) -> subprocess.Popen[str]:
    """Start another process that notes answers, each told on its output once it is noted."""
    command = [sys.executable, "-c", WRITER, str(file), name]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)


def count(noted: dict[str, int], lines: list[str]) -> None:
    """Count the answers that a writer says it has noted."""
    for line in lines:
        if line.endswith("\n"):
            noted[line.strip()] = noted.get(line.strip(), 0) + 1


def disturb(process: subprocess.Popen[str], draw: random.Random) -> None:
    """Suspend a process at some moment, and let it go on at another."""
    process.send_signal(signal.SIGSTOP)
    for _ in range(draw.randrange(50_000)):
        pass
    process.send_signal(signal.SIGCONT)


def test_writers_killed_and_suspended(amount: Amount, figures: Figures, file: Path) -> None:
    """Three processes note answers in one file, are suspended and killed: each answer is there, the file whole."""
    draw, noted = amount.draw("kills"), dict[str, int]()
    for round_ in range(amount.of(2, 700)):
        writers = [start(file, f"{round_ % 20}-{number}") for number in range(3)]
        try:
            for writer in writers:
                assert writer.stdout is not None
                count(noted, [writer.stdout.readline()])  # each has begun
            for _ in range(draw.randrange(3, 30)):
                count(noted, [draw.choice(writers).stdout.readline()])  # type: ignore[union-attr]
                began = time.perf_counter()
                disturb(draw.choice(writers), draw)
                record, whole = read_record(file.read_bytes())
                assert whole
                assert record.histories
                figures.took(time.perf_counter() - began)
        finally:
            for writer in writers:
                writer.kill()
                count(noted, writer.communicate()[0].splitlines(keepends=True))
        Logbook(file).note("mine", FIRST)
        noted["mine"] = noted.get("mine", 0) + 1
    histories = Logbook(file).histories()
    kept = {name: histories[name].tries for name in noted}
    # an answer is noted before that is told: at the moment of a kill one more may be there, never one less
    assert all(kept[name] >= tries for name, tries in noted.items())
    assert sum(kept.values()) <= sum(noted.values()) + 3 * amount.of(2, 700)
    assert [each.name for each in file.parent.iterdir()] == [file.name]
    figures.more["answers noted"] = sum(noted.values())


@pytest.mark.parametrize("room", [0, 1, 200, 700])
def test_a_disk_that_gets_full(file: Path, room: int) -> None:
    """Where a file cannot grow, the answer is kept in memory and that is told; nothing is lost; later it comes in."""
    for number in range(4):
        Logbook(file).note(f"before.{number}", FIRST)
    before = file.read_bytes()
    size = len(before) if room == 700 else room
    command = [sys.executable, "-c", LIMITED, str(file), str(size)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    ran = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120, check=False)
    names = " ".join(f"before.{number}" for number in range(4))
    assert ran.stdout == f"told {names} full\n{names} full room\n", ran.stderr
    assert ran.stderr == ""
    assert Logbook(file).histories().keys() == {*names.split(), "full", "room"}
    assert [each.name for each in file.parent.iterdir()] == [file.name]


LINKS = {
    "to a file": lambda file, other: (other.write_text("other"), file.symlink_to(other)),
    "to nowhere": lambda file, other: file.symlink_to(other),
    "to itself": lambda file, _other: file.symlink_to(file),
    "to a folder": lambda file, other: (other.mkdir(), file.symlink_to(other)),
    "to /dev/full": lambda file, _other: file.symlink_to("/dev/full"),
    "to /dev/zero": lambda file, _other: file.symlink_to("/dev/zero"),
    "two names": lambda file, other: (other.write_text("{}"), os.link(other, file)),
    "a pipe": lambda file, _other: os.mkfifo(file),
    "a folder": lambda file, _other: file.mkdir(),
}  # fmt: skip


@pytest.mark.parametrize("kind", LINKS)
def test_links_and_what_is_no_file(file: Path, kind: str) -> None:
    """Nothing is written through a link or into what is no file; the answer is in the file, or in memory and told."""
    other = file.parent / "elsewhere"
    LINKS[kind](file, other)
    before = other.read_bytes() if other.is_file() else None
    book = Logbook(file)
    book.note("mine", FIRST)
    assert book.history("mine").attempts == (FIRST,)
    assert other.exists() == (kind in ("to a file", "to a folder", "two names"))
    assert (other.read_bytes() if other.is_file() else None) == before
    if not book.trouble("en"):
        assert file.is_file()
        assert not file.is_symlink()
        assert Logbook(file).history("mine").attempts == (FIRST,)
    if other.is_dir():
        assert list(other.iterdir()) == []


def test_a_disk_that_is_read_only(file: Path) -> None:
    """Where the whole disk is read-only, an answer is kept in memory, and that is told."""
    place = next((path for path in ("/sys", "/proc") if os.path.isdir(path)), None)  # noqa: PTH112
    if place is None:
        pytest.skip("no file system here on which nobody can write")
    book = Logbook(file.__class__(place) / logbook.FILE)
    book.note("mine", FIRST)
    assert book.history("mine").attempts == (FIRST,)
    assert place in book.trouble("en")
