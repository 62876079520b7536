"""The peer: a stock aiosmtpd Controller on a free port."""

from __future__ import annotations

import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING

from aiosmtpd.controller import Controller

if TYPE_CHECKING:
    from collections.abc import Iterator


class Handler:
    """A handler with no hooks."""


@contextmanager
def stock(handler: object | None = None) -> Iterator[tuple[str, int]]:
    """Run stock aiosmtpd with a handler, and return its address."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(handler or Handler(), hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield "127.0.0.1", port
    finally:
        controller.stop()
