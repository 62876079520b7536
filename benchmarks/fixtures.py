"""A server for a test, as its author would choose one: smtpdfix, aiosmtpd's Controller, and the lab of `smtp_lab`.

Each is started, has one mail sent to it by smtplib, which is read back, and is stopped; the three take turns.
"""

from __future__ import annotations

import gc
import smtplib
import statistics
import threading
from contextlib import contextmanager
from time import perf_counter
from typing import TYPE_CHECKING, Any

import psutil
from smtpdfix import SMTPDFix

from benchmarks.peer import stock
from benchmarks.row import Row
from smtplab.testing import start

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    Server = Callable[[], AbstractContextManager[tuple[tuple[str, int], Callable[[], int]]]]

ROUNDS, TESTS, FIRST = 40, 1000, 100


class Keeping:
    """A handler that keeps mail, for the Controller."""

    def __init__(self) -> None:
        self.messages: list[bytes] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        self.messages.append(envelope.content)
        return "250 OK"


@contextmanager
def lab() -> Iterator[tuple[tuple[str, int], Callable[[], int]]]:
    """Run what smtp_lab is; return its address, and how many messages it has."""
    with start() as running:
        yield running.address, lambda: len(running.messages)


@contextmanager
def controller() -> Iterator[tuple[tuple[str, int], Callable[[], int]]]:
    """Run aiosmtpd's Controller."""
    handler = Keeping()
    with stock(handler) as address:
        yield address, lambda: len(handler.messages)


@contextmanager
def smtpdfix() -> Iterator[tuple[tuple[str, int], Callable[[], int]]]:
    """Run what smtpdfix's fixture is, without the certificate that it makes once."""
    with SMTPDFix() as running:
        yield (running.hostname, running.port), lambda: len(running.messages)


SERVERS: dict[str, Server] = {"lab": lab, "controller": controller, "smtpdfix": smtpdfix}


def life(server: Server) -> float:
    """Return the milliseconds that a server takes to be ready and gone."""
    begun = perf_counter()
    with server():
        pass
    return (perf_counter() - begun) * 1e3


def one_test(server: Server) -> float:
    """Return the milliseconds of a test that sends one mail and reads it back."""
    begun = perf_counter()
    with server() as (address, count):
        with smtplib.SMTP(*address, timeout=10) as client:
            client.sendmail("a@b.example", ["c@d.example"], "Subject: x")
        assert count() == 1
    return (perf_counter() - begun) * 1e3


def medians(what: Callable[[Server], float]) -> dict[str, float]:
    """Return the median of each, over rounds in which they take turns."""
    taken: dict[str, list[float]] = {name: [] for name in SERVERS}
    for _ in range(ROUNDS):
        for name, server in SERVERS.items():
            taken[name].append(what(server))
    return {name: statistics.median(times) for name, times in taken.items()}


def measure() -> Iterator[Row]:
    """Compare the three; then look at what a thousand tests leave behind."""
    lives, tests = medians(life), medians(one_test)
    yield Row("fixture ready and torn down, smtpdfix", lives["lab"], lives["smtpdfix"], "ms", 0.5)
    yield Row("  aiosmtpd's Controller", lives["lab"], lives["controller"], "ms", 1.0)
    yield Row("one mail sent and read back, smtpdfix", tests["lab"], tests["smtpdfix"], "ms", 1.0)
    yield Row("  aiosmtpd's Controller", tests["lab"], tests["controller"], "ms", 1.0)
    process = psutil.Process()
    held: list[tuple[int, int, float]] = []
    for number in range(1, TESTS + 1):
        one_test(lab)
        if number in (FIRST, TESTS):
            gc.collect()
            held.append((threading.active_count(), process.num_fds(), process.memory_info().rss / 2**20))
    first, last = held
    yield Row(f"threads after {TESTS} tests, and after {FIRST}", last[0], first[0], "", 1.0)
    yield Row("  descriptors", last[1], first[1], "", 1.0)
    yield Row("  resident memory", last[2], first[2], "MiB", 1.05)
