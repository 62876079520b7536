"""A cold process: import, start, one HELP; and the import alone."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from benchmarks.compiled import compiled
from benchmarks.row import Row

if TYPE_CHECKING:
    from collections.abc import Iterator

RUNS = 25
CODE = {
    "lab": "import smtplab; lab = smtplab.start(); lab.send('HELP'); lab.stop()",
    "peer": (
        "import aiosmtpd.controller, smtplib, socket; s = socket.create_server(('127.0.0.1', 0)); "
        "p = s.getsockname()[1]; s.close(); h = type('H', (), {})(); "
        "c = aiosmtpd.controller.Controller(h, hostname='127.0.0.1', port=p); c.start(); "
        "k = smtplib.SMTP('127.0.0.1', p); k.docmd('HELP'); k.close(); c.stop()"
    ),
    "import smtplab": "import smtplab",
    "import aiosmtpd.smtp": "import aiosmtpd.smtp",
}


def measure() -> Iterator[Row]:
    """Time whole processes, in turn; the first of each compiles and does not count."""
    taken: dict[str, list[float]] = {name: [] for name in CODE}
    with compiled() as env:
        for _ in range(1 + RUNS):
            for name, code in CODE.items():
                began = time.perf_counter()
                subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, env=env)
                taken[name].append((time.perf_counter() - began) * 1e3)
    medians = {name: statistics.median(times[1:]) for name, times in taken.items()}
    yield Row("cold process: import, start, HELP", medians["lab"], medians["peer"], "ms", 1.15)
    yield Row("import alone", medians["import smtplab"], medians["import aiosmtpd.smtp"], "ms", 1.0)
