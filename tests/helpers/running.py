"""Programs that serve on 127.0.0.1, for as long as a test needs them."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@contextmanager
def running(command: list[object], port: int, log: Path, **options: Any) -> Iterator[int]:
    """Run a server until it answers on the port; it and all its children end with the block."""
    with log.open("w+b") as output:
        words = list(map(str, command))
        server = subprocess.Popen(words, stdout=output, stderr=output, start_new_session=True, **options)
        try:
            until, pause = time.monotonic() + 60, threading.Event()
            while True:
                try:
                    socket.create_connection(("127.0.0.1", port), 1).close()
                    break
                except OSError:
                    assert server.poll() is None, log.read_text()
                    assert time.monotonic() < until, log.read_text()
                    pause.wait(0.1)
            yield port
        finally:
            os.killpg(server.pid, signal.SIGTERM)
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(server.pid, signal.SIGKILL)
                server.wait()
