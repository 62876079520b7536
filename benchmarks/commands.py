"""Every command, there and back, on both carriers, and a whole session of smtplib's, against a stock Controller.

The same smtplib asks both servers over tcp, so only the servers differ; both keep no mail. In memory the lab's own
client asks. Each of some fresh processes measures all in turn (see round_trip.py); medians are over the processes.
"""

from __future__ import annotations

import json
import os
import smtplib
import statistics
import subprocess
import sys
import timeit
from typing import TYPE_CHECKING

from benchmarks.row import Row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PROCESSES, ROUNDS, NUMBER, SESSIONS = 7, 7, 60, 15
COMMANDS = {
    "HELO": ("HELO me",), "EHLO": ("EHLO me",), "HELP": ("HELP",), "NOOP": ("NOOP",), "RSET": ("RSET",),
    "VRFY": ("VRFY postmaster",), "EXPN": ("EXPN staff",), "MAIL and RSET": ("MAIL FROM:<a@b.example>", "RSET"),
    "RCPT": ("RCPT TO:<c@d.example>",), "DATA refused": ("DATA now",),
}  # fmt: skip
"""What is timed → the commands of one round. All stand in a session that has said EHLO."""
MESSAGE = "Subject: benchmark\r\n\r\nOne line.\r\n"


def session(host: str, port: int) -> None:
    """Deliver one message: connect, EHLO, MAIL, RCPT, DATA, QUIT."""
    client = smtplib.SMTP(host, port)
    client.sendmail("a@b.example", ["c@d.example"], MESSAGE)
    client.quit()


def one_process() -> dict[str, float]:
    """Measure in this process: microseconds a round trip, and a session."""
    import smtplab
    from benchmarks.peer import Handler, stock

    if hasattr(os, "sched_setaffinity"):
        # one core for both: where the system puts the threads would change a round trip by a factor of two
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    taken: dict[str, list[float]] = {}

    def time(name: str, way: Callable[[], object], number: int) -> None:
        taken.setdefault(name, []).append(timeit.timeit(way, number=number) / number * 1e6)

    with (
        stock() as address,
        smtplab.start(carrier="tcp", handler=Handler()) as tcp,
        smtplab.start(carrier="memory") as memory,
    ):
        peer, ours = smtplib.SMTP(*address), smtplib.SMTP(*tcp.address)
        for client in (peer, ours):
            client.ehlo("me")
        memory.send("EHLO me")
        for _ in range(ROUNDS):
            for name, lines in COMMANDS.items():
                time(f"{name} peer", lambda lines=lines: [peer.docmd(line) for line in lines], NUMBER)
                time(f"{name} tcp", lambda lines=lines: [ours.docmd(line) for line in lines], NUMBER)
                time(f"{name} memory", lambda lines=lines: [memory.send(line) for line in lines], NUMBER)
            for name, place in (("session peer", address), ("session tcp", tcp.address)):
                time(name, lambda place=place: session(*place), SESSIONS)
        peer.close()
        ours.close()
    return {name: statistics.median(times) for name, times in taken.items()}


def measure() -> Iterator[Row]:
    """Measure in many processes."""
    runs = [
        json.loads(subprocess.run([sys.executable, "-m", __name__], capture_output=True, check=True).stdout)
        for _ in range(PROCESSES)
    ]
    medians = {name: statistics.median(run[name] for run in runs) for name in runs[0]}
    for name in COMMANDS:
        for carrier in ("tcp", "memory"):
            yield Row(f"{name}, {carrier}", medians[f"{name} {carrier}"], medians[f"{name} peer"], "us", 1.1)
    yield Row("a session of smtplib's, tcp", medians["session tcp"], medians["session peer"], "us", 1.0)


if __name__ == "__main__":
    print(json.dumps(one_process()))
