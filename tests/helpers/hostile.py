"""Servers that answer a probe as a test tells them to, well or ill."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import smtplab

GOOD = {
    b"EHLO": b"250-mx.example\r\n250 HELP\r\n", b"HELP": b"214 Help\r\n", b"NOOP": b"250 OK\r\n",
    b"RSET": b"250 OK\r\n", b"QUIT": b"221 Bye\r\n",
}  # fmt: skip


def lines_of(sock: socket.socket) -> Iterator[bytes]:
    """Return each line that a client sends."""
    buffer = b""
    while True:
        while b"\n" not in buffer:
            data = sock.recv(4096)
            if not data:
                return
            buffer += data
        line, _, buffer = buffer.partition(b"\n")
        yield line + b"\n"


@contextmanager
def accepting(take: Callable[[socket.socket], None]) -> Iterator[tuple[str, int]]:
    """Listen on a free port, and hand over each connection, one after the other."""
    listener = socket.create_server(("127.0.0.1", 0))

    def run() -> None:
        while True:
            try:
                sock = listener.accept()[0]
            except OSError:
                return
            take(sock)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield listener.getsockname()
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def served(talk: Callable[[socket.socket], None], sock: socket.socket) -> None:
    """Talk on a connection until its end, whoever brings that about."""
    with sock, suppress(OSError):
        talk(sock)


@contextmanager
def server(talk: Callable[[socket.socket], None]) -> Iterator[tuple[str, int]]:
    """Run a server that takes any number of connections, one after the other."""
    with accepting(partial(served, talk)) as address:
        yield address


def talking(answers: Mapping[bytes, bytes], greeting: bytes = b"220 mx.example ESMTP\r\n") -> Callable[..., None]:
    """Return a server that answers by whole line or verb; what it does not know is 500, and nothing is a hang-up."""

    def talk(sock: socket.socket) -> None:
        sock.sendall(greeting)
        for line in lines_of(sock):
            known = {**GOOD, **answers}
            answer = known.get(line.strip(), known.get(line[:4].upper(), b"500 what?\r\n"))
            sock.sendall(answer)
            if not answer or line[:4] == b"QUIT":
                return

    return talk


def rows_of(result: smtplab.Probe) -> list[tuple[str, str]]:
    """Return command and first line of the reply, of every row."""
    return [(command, reply) for command, reply, _ in result.rows()]
