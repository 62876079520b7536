"""Five hundred labs, one after another: threads, descriptors and memory must not grow."""

from __future__ import annotations

import gc
import threading
from typing import TYPE_CHECKING

import psutil

import smtplab
from benchmarks.row import Row

if TYPE_CHECKING:
    from collections.abc import Iterator

LABS, FIRST = 500, 50


def measure() -> Iterator[Row]:
    """Compare what is held after the last lab with what was held after the fiftieth."""
    process = psutil.Process()
    held: list[tuple[int, int, float]] = []
    for number in range(1, LABS + 1):
        with smtplab.start(carrier="tcp") as lab:
            lab.send("HELP")
        if number in (FIRST, LABS):
            gc.collect()
            held.append((threading.active_count(), process.num_fds(), process.memory_info().rss / 2**20))
    first, last = held
    yield Row(f"threads after {LABS} labs, and after {FIRST}", last[0], first[0], "", 1.0)
    yield Row("  descriptors", last[1], first[1], "", 1.0)
    yield Row("  resident memory", last[2], first[2], "MiB", 1.05)
