"""Two hundred sessions at once, twenty HELPs each: commands a second, against stock aiosmtpd under the same load."""

from __future__ import annotations

import asyncio
import statistics
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import smtplab
from benchmarks.peer import stock
from benchmarks.row import Row

if TYPE_CHECKING:
    from collections.abc import Iterator

SESSIONS, HELPS, ROUNDS = 200, 20, 9


async def one_session(host: str, port: int) -> None:
    """Greet, ask HELP again and again, and fail on anything but a whole reply."""
    reader, writer = await asyncio.open_connection(host, port)
    assert (await reader.readline()).startswith(b"220 ")
    for _ in range(HELPS):
        writer.write(b"HELP\r\n")
        while (line := await reader.readline())[3:4] == b"-":
            pass
        assert line[:4] in (b"214 ", b"250 "), line
    writer.close()
    await writer.wait_closed()


async def all_sessions(host: str, port: int) -> float:
    """Return the seconds that all sessions take together."""
    began = time.perf_counter()
    await asyncio.gather(*(one_session(host, port) for _ in range(SESSIONS)))
    return time.perf_counter() - began


def commands_a_second(address: tuple[str, int]) -> float:
    """Make the load from a process of its own."""
    ran = subprocess.run(
        [sys.executable, "-m", __name__, address[0], str(address[1])], capture_output=True, text=True, check=True
    )
    return SESSIONS * HELPS / float(ran.stdout)


def measure() -> Iterator[Row]:
    """Load both servers in turn."""
    with stock() as address, smtplab.start(carrier="tcp") as lab:
        pairs = [(commands_a_second(lab.address), commands_a_second(address)) for _ in range(ROUNDS)]
    ours, theirs = (statistics.median(rates) for rates in zip(*pairs, strict=True))
    yield Row(f"{SESSIONS} sessions, {HELPS} HELPs each", ours, theirs, "/s", 0.9, at_least=True)


if __name__ == "__main__":
    print(asyncio.run(all_sessions(sys.argv[1], int(sys.argv[2]))))
