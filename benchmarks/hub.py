"""A class on a JupyterHub: twenty learners, four at a time, do lesson 1; the same hub with a notebook that only prints.

Each learner logs in, starts a server and opens a notebook; peer and lesson take turns, a learner each. It needs what
tests/hub needs: the test extra, and npm for the hub's proxy (SMTPLAB_TEST_PROXY names a folder where it may stay).
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import psutil

from benchmarks.row import Row
from tests.helpers.hub import Hub, Learner, code_cells, hub, install_proxy

if TYPE_CHECKING:
    from collections.abc import Iterator

LEARNERS = int(os.environ.get("SMTPLAB_HUB_LEARNERS", "20"))
AT_ONCE = 4
LESSON = "01-first-contact.ipynb"
PRINTS = "prints.ipynb"
MIB = 2**20


@dataclass(frozen=True)
class Stay:
    """What one learner's stay took: seconds to the first HELP, PSS and USS in MiB, seconds of CPU, ports of the lab."""

    first: float
    pss: float
    uss: float
    cpu: float
    ports: int


def listening(processes: list[psutil.Process]) -> set[int]:
    """Return the ports on which processes listen."""
    connections = [each for process in processes for each in process.net_connections("inet")]
    return {each.laddr.port for each in connections if each.status == psutil.CONN_LISTEN}


def stay(running: Hub, name: str, path: str) -> Stay:
    """Log in, start, run the notebook, measure, stop."""
    learner = Learner(running, name)
    began = perf_counter()
    learner.start()
    cells = code_cells(learner.read(LESSON)["content"])[:-1]  # the last one stops the lab
    asks = next(place for place, cell in enumerate(cells) if 'send("HELP")' in cell)
    if path == PRINTS:  # as many cells, and each prints a line
        learner.write(path, {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
        cells = ["print('250 OK')"] * len(cells)
    with learner.kernel(path) as kernel:
        kernel.run("1")
        before = listening(running.processes(name))
        for cell in cells[: asks + 1]:
            kernel.run(cell)
        first = perf_counter() - began
        for cell in cells[asks + 1 :]:
            kernel.run(cell)
        processes = running.processes(name)
        ports = len(listening(processes) - before)
        memory = [process.memory_full_info() for process in processes]
        times = [process.cpu_times() for process in processes]
    learner.stop()
    return Stay(
        first,
        sum(each.pss for each in memory) / MIB,
        sum(each.uss for each in memory) / MIB,
        sum(each.user + each.system for each in times),
        ports,
    )


def measure() -> Iterator[Row]:
    """Let each learner do the lesson, and her twin the peer's notebook; the first four compile and do not count."""
    stays: dict[str, list[Stay]] = {LESSON: [], PRINTS: []}
    errors: list[BaseException] = []
    kept = os.environ.get("SMTPLAB_TEST_PROXY")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        programs = install_proxy(Path(kept) if kept else Path(folder, "proxy"))
        with hub(Path(folder), programs, AT_ONCE=str(AT_ONCE)) as running, ThreadPoolExecutor(AT_ONCE) as pool:
            for turn in range(LEARNERS // AT_ONCE + 1):
                for path, done in stays.items():
                    names = [f"{path[0]}{turn}-{place}" for place in range(AT_ONCE)]
                    made = [pool.submit(stay, running, f"pupil-{name}", path) for name in names]
                    for each in made:
                        if error := each.exception():
                            errors.append(error)
                        elif turn:
                            done.append(each.result())
            own = psutil.Process(running.pid)
            base = sum(each.memory_full_info().pss for each in [own, *own.children(recursive=True)]) / MIB
    for error in errors:
        print(f"  {type(error).__name__}: {error}", file=sys.stderr)
    lesson, prints = stays[LESSON], stays[PRINTS]

    def medians(field: str) -> tuple[float, float]:
        return tuple(statistics.median(getattr(each, field) for each in them) for them in (lesson, prints))

    yield Row(f"{LEARNERS} learners, {AT_ONCE} at a time: errors, + 1", len(errors) + 1.0, 1.0, "", 1.0)
    yield Row("  spawn to the first HELP, and a print", *medians("first"), "s", 1.15)
    yield Row("  memory, server and kernel: PSS", *medians("pss"), "MiB", 1.05)
    yield Row("  ports that a lab opens, + 1", max(each.ports for each in lesson) + 1.0, 1.0, "", 1.0)
    print(
        f"  for sizes: unshared {medians('uss')[0]:.0f} MiB and {medians('cpu')[0]:.1f} s of CPU a learner; "
        f"hub, proxy and culler {base:.0f} MiB",
        file=sys.stderr,
    )
