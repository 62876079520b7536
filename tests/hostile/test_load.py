"""A lab under load by other programs: the learner is served, memory is bounded, nothing is left and nothing printed."""

from __future__ import annotations

import gc
import os
import statistics
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import psutil
import pytest

import smtplab

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.helpers.amount import Amount, Figures

pytestmark = pytest.mark.skipif(os.name != "posix", reason="descriptors are counted as POSIX has them")
ME = psutil.Process(os.getpid())
PATIENCE = 60.0
"""Seconds that the learner's client waits: no command may take so long, however loaded the machine is."""

TIMES = 10
"""By how much load may slow the learner's commands down, by the median. On a loaded machine it is no true measure."""


MANY = {"slow": (500, 500, 100), "deaf": (20, 200, 150)}
"""Kind of load → how many clients in a short run, how many in a long one, and how many MiB they may cost."""


@contextmanager
def load(lab: smtplab.Lab, kind: str, count: int) -> Iterator[subprocess.Popen[str]]:
    """Load a lab from another process, for the length of a `with`."""
    command = [sys.executable, "-m", "tests.helpers.loading", str(lab.address[1]), kind, str(count)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, env=environment) as process:
        try:
            assert process.stdout is not None
            ready = process.stdout.readline()
            assert ready == "ready\n", process.communicate()[1]
            yield process
            _, told = process.communicate(timeout=3600)
            assert told == ""
            assert process.returncode == 0
        finally:
            process.kill()


def median(lab: smtplab.Lab, figures: Figures, count: int) -> float:
    """Return the median of the seconds that the learner's commands take; each gets its own reply."""
    times = []
    for number in range(count):
        line, code = (("HELP", 214), ("NOOP", 250), ("XSTATUS", 211), ("FOO", 500))[number % 4]
        began = time.perf_counter()
        assert lab.send(line).code == code
        times.append(time.perf_counter() - began)
        figures.took(times[-1])
    return statistics.median(times)


@pytest.fixture
def lab(figures: Figures, capfd: pytest.CaptureFixture[str]) -> Iterator[smtplab.Lab]:
    """Return a lab over tcp; after the test its descriptors and its sessions are gone, and nothing was printed."""
    gc.collect()
    before = ME.num_fds()
    with smtplab.start(carrier="tcp", timeout=PATIENCE) as lab:
        yield lab
        until = time.monotonic() + PATIENCE
        while len(lab._state.sessions) > 1 and time.monotonic() < until:
            lab.send("NOOP")
        assert len(lab._state.sessions) <= 1
        lab.send("QUIT")
    gc.collect()
    assert ME.num_fds() <= before + 1
    out, err = capfd.readouterr()
    assert (out, err) == ("", "")


def check_times(figures: Figures, quiet: float, loaded: float) -> None:
    """Note how much slower it was; what is asserted holds on a loaded machine too."""
    figures.more |= {"quiet ms": round(1000 * quiet, 2), "loaded ms": round(1000 * loaded, 2)}
    figures.more["times"] = round(loaded / quiet, 1)
    assert loaded < max(TIMES * quiet, 1.0)


def check_memory(figures: Figures, before: int, most: float) -> None:
    """Check how much the process has grown, in MiB."""
    figures.mib = max(figures.mib, (ME.memory_info().rss - before) / 2**20)
    assert figures.mib < most


@pytest.mark.parametrize("kind", MANY)
def test_many_at_once(lab: smtplab.Lab, amount: Amount, figures: Figures, kind: str) -> None:
    """Clients that are slow, and those that never read, keep the learner from nothing, and cost little memory."""
    few, many, most = MANY[kind]
    quiet = median(lab, figures, 200)
    before = ME.memory_info().rss
    with load(lab, kind, amount.of(few, many)) as process:
        assert len(lab._state.sessions) >= min(amount.of(few, many), 500)
        loaded = median(lab, figures, amount.of(200, 5000))
        check_memory(figures, before, most)
        figures.more["connections"] = len(lab._state.sessions) - 1
        assert process.poll() is None
    check_times(figures, quiet, loaded)


def meanwhile(lab: smtplab.Lab, figures: Figures, kind: str, count: int) -> None:
    """Send the learner's commands for as long as a load lasts; check their times, and memory all along."""
    quiet = median(lab, figures, 200)
    before, times = ME.memory_info().rss, []
    with load(lab, kind, count) as process:
        while process.poll() is None:
            times.append(median(lab, figures, 20))
            check_memory(figures, before, 40)
    check_times(figures, quiet, statistics.median(times))
    figures.more["count"] = count


def test_a_flood_without_a_line_end(lab: smtplab.Lab, amount: Amount, figures: Figures) -> None:
    """Octets without a line's end (MiB), as a command and as text, are not kept, and refused with 500 when it comes."""
    meanwhile(lab, figures, "flood", amount.of(24, 1024))


def test_connections_in_sequence(lab: smtplab.Lab, amount: Amount, figures: Figures) -> None:
    """Connection after connection, each ended in its own way, leaves nothing behind."""
    count = amount.of(250, 10_000)
    meanwhile(lab, figures, "sequence", count)
    assert lab._state.others.sessions_ever == count
