"""A server for a test, as its author would choose one: the lab of `smtp_lab`, and its peers from PyPI and npm.

Each is started, has one mail sent to it by smtplib, which is read back, and is stopped; they take turns. npm's runs
in one Node.js that is there from the beginning, as for a test written in JavaScript. Needs the extra `bench` and npm.
"""

from __future__ import annotations

import gc
import shutil
import smtplib
import statistics
import subprocess
import threading
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TYPE_CHECKING, Any

import psutil
from pytest_localserver.smtp import Server as LocalServer
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


@contextmanager
def localserver() -> Iterator[tuple[tuple[str, int], Callable[[], int]]]:
    """Run what pytest-localserver's fixture is."""
    running = LocalServer(host="127.0.0.1")
    running.start()
    try:
        yield running.addr, lambda: len(running.outbox)
    finally:
        running.stop()


TESTER = """
const tester = require("smtp-tester");
const lines = require("node:readline").createInterface({ input: process.stdin });
let server, mails;
const count = () => (mails ? console.log(mails) : setImmediate(count));
lines.on("line", (line) => {
  if (line === "start") {
    mails = 0;
    server = tester.init({ port: 0, host: "127.0.0.1" });
    server.bind(() => { mails += 1; });
    const { server: socket } = server.smtpServer;
    socket.once("listening", () => console.log(socket.address().port));
  } else if (line === "count") count();
  else server.stop(() => console.log("stopped"));
});
"""


@contextmanager
def npm_tester() -> Iterator[Server]:
    """Run Node.js with smtp-tester; yield what starts and stops a server in it."""
    with ExitStack() as stack:
        folder = stack.enter_context(TemporaryDirectory())
        npm, node = shutil.which("npm") or "npm", shutil.which("node") or "node"
        subprocess.run([npm, "install", "--silent", "--no-audit", "smtp-tester@2"], cwd=folder, check=True)
        Path(folder, "tester.js").write_text(TESTER, "utf-8")
        running = stack.enter_context(
            subprocess.Popen(
                [node, "tester.js"], cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
            )
        )
        stack.callback(running.terminate)

        def say(line: str) -> str:
            assert running.stdin
            assert running.stdout
            print(line, file=running.stdin, flush=True)
            return running.stdout.readline().strip()

        @contextmanager
        def server() -> Iterator[tuple[tuple[str, int], Callable[[], int]]]:
            port = int(say("start"))
            try:
                yield ("127.0.0.1", port), lambda: int(say("count"))
            finally:
                say("stop")

        yield server


SERVERS: dict[str, Server] = {
    "lab": lab,
    "smtpdfix": smtpdfix,
    "Controller": controller,
    "pytest-localserver": localserver,
}


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


def medians(what: Callable[[Server], float], servers: dict[str, Server]) -> dict[str, float]:
    """Return the median of each, over rounds in which they take turns."""
    taken: dict[str, list[float]] = {name: [] for name in servers}
    for _ in range(ROUNDS):
        for name, server in servers.items():
            taken[name].append(what(server))
    return {name: statistics.median(times) for name, times in taken.items()}


def measure() -> Iterator[Row]:
    """Compare them; then look at what a thousand tests leave behind."""
    with npm_tester() as tester:
        servers = {**SERVERS, "smtp-tester": tester}
        lives, tests = medians(life, servers), medians(one_test, servers)
    for name in list(servers)[1:]:
        goal = 0.5 if name == "smtpdfix" else 1.0
        yield Row(f"fixture ready and gone, {name}", lives["lab"], lives[name], "ms", goal)
        yield Row("  one mail sent and read back", tests["lab"], tests[name], "ms", 1.0)
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
