"""Switching the personality and answering from a recording, against the lab's own HELP."""

from __future__ import annotations

import statistics
import timeit
from typing import TYPE_CHECKING

import smtplab
from benchmarks.row import Row

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMES = ("exim-4.96", "sendmail-8.17.1.9", "postfix-3.10.13", "opensmtpd-6.8.0p2")
ROUNDS, NUMBER = 15, 100


def measure() -> Iterator[Row]:
    """Ask HELP again and again, as the lab's own server and as recorded ones, in turn, on both carriers."""
    for carrier in ("tcp", "memory"):
        taken: dict[str, list[float]] = {}
        switched: dict[str, list[float]] = {"rfc5321": [], "recorded": []}
        with smtplab.start(carrier=carrier) as lab:
            for _ in range(ROUNDS):
                for name in ("rfc5321", *NAMES):
                    lab.personality = name
                    lab.send("NOOP")  # the recording is read, the connection is there
                    count = 9 if name == "exim-4.96" else NUMBER  # Exim hangs up after ten
                    seconds = timeit.timeit(lambda: lab.send("HELP"), number=count) / count
                    taken.setdefault("rfc5321" if name == "rfc5321" else "recorded", []).append(seconds * 1e6)
                for name in ("rfc5321", NAMES[1]):

                    def switch(name: str = name) -> None:
                        lab.personality = name
                        lab.send("HELP")

                    switched["rfc5321" if name == "rfc5321" else "recorded"].append(
                        timeit.timeit(switch, number=20) * 5e4
                    )
        medians = {name: statistics.median(times) for name, times in taken.items()}
        yield Row(f"HELP from a recording, {carrier}", medians["recorded"], medians["rfc5321"], "us", 1.3)
        medians = {name: statistics.median(times) for name, times in switched.items()}
        yield Row(f"switch, then HELP, {carrier}", medians["recorded"], medians["rfc5321"], "us", 1.3)
