"""HELP, there and back, over tcp and in memory, against smtplib.docmd on a stock Controller.

Where the system puts the two threads changes a round trip over loopback by a factor of two, and a process keeps its
luck. So each of many fresh processes measures all three in turn, and the medians are taken over the processes.
"""

from __future__ import annotations

import json
import smtplib
import statistics
import subprocess
import sys
import timeit
from typing import TYPE_CHECKING

from benchmarks.row import Row

if TYPE_CHECKING:
    from collections.abc import Iterator

PROCESSES, ROUNDS, NUMBER = 15, 7, 200


def one_process() -> dict[str, float]:
    """Measure in this process: microseconds a round trip."""
    import smtplab
    from benchmarks.peer import stock

    with stock() as address, smtplab.start(carrier="tcp") as tcp, smtplab.start(carrier="memory") as memory:
        client = smtplib.SMTP(*address)
        ways = {
            "peer": lambda: client.docmd("HELP"),
            "tcp": lambda: tcp.send("HELP"),
            "memory": lambda: memory.send("HELP"),
        }
        taken: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(ROUNDS):
            for name, way in ways.items():
                taken[name].append(timeit.timeit(way, number=NUMBER) / NUMBER * 1e6)
        client.close()
    return {name: statistics.median(times) for name, times in taken.items()}


def measure() -> Iterator[Row]:
    """Measure in many processes."""
    runs = [
        json.loads(subprocess.run([sys.executable, "-m", __name__], capture_output=True, check=True).stdout)
        for _ in range(PROCESSES)
    ]
    medians = {name: statistics.median(run[name] for run in runs) for name in runs[0]}
    yield Row("HELP round trip, tcp", medians["tcp"], medians["peer"], "us", 1.1)
    yield Row("HELP round trip, memory", medians["memory"], medians["peer"], "us", 0.25)


if __name__ == "__main__":
    print(json.dumps(one_process()))
