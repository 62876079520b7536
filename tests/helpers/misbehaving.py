"""Servers that misbehave in one way, at one moment of a session, and behave in between."""

from __future__ import annotations

import socket
import struct
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from tests.helpers.hostile import GOOD, accepting, lines_of, served

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

GREETING = b"220 mx.example ESMTP\r\n"
MOMENTS = (b"", b"EHLO", b"HELP", b"NOOP", b"RSET", b"QUIT")
"""Before which command's reply it happens, and after which; b"" is the greeting."""

_UNTIL = 200_000
"""How many times a server that floods goes on: no test waits for its end."""


def _floods(piece: bytes) -> Callable[[socket.socket, bytes], bool]:
    def flood(sock: socket.socket, _own: bytes) -> bool:
        for _ in range(_UNTIL):
            sock.sendall(piece)
        return False

    return flood


def _dribbles(piece: bytes) -> Callable[[socket.socket, bytes], bool]:
    def dribble(sock: socket.socket, own: bytes) -> bool:
        pause = threading.Event()
        for at in range(_UNTIL):
            sock.sendall(piece or own[at % len(own) : at % len(own) + 1])
            pause.wait(0.03)
        return False

    return dribble


def _says(octets: bytes, *, goes_on: bool = True) -> Callable[[socket.socket, bytes], bool]:
    def say(sock: socket.socket, own: bytes) -> bool:
        sock.sendall(octets.replace(b"OWN", own))
        return goes_on

    return say


def _resets(sock: socket.socket, own: bytes) -> bool:
    sock.sendall(own[:5])
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return False


def _half_closes(sock: socket.socket, own: bytes) -> bool:
    sock.sendall(own)
    sock.shutdown(socket.SHUT_WR)
    return True


BEHAVIOURS: dict[str, Callable[[socket.socket, bytes], bool]] = {
    "mute": _says(b""),
    "closes": _says(b"", goes_on=False),
    "answers and closes": _says(b"OWN", goes_on=False),
    "resets": _resets,
    "half closes": _half_closes,
    "half a reply": _says(b"250-half\r\n25"),
    "half a reply and closes": _says(b"250-half\r\n25", goes_on=False),
    "dribbles": _dribbles(b""),
    "dribbles junk": _dribbles(b"x"),
    "floods with replies": _floods(b"250 more\r\n" * 500),
    "floods with one reply": _floods(b"250-more\r\n" * 500),
    "floods with no line": _floods(b"250-" + b"x" * 5000),
    "floods with junk": _floods(b"junk\r\n" * 500),
    "floods with NULs": _floods(b"\0" * 5000),
    "two replies": _says(b"OWN250 forged\r\n"),
    "another first": _says(b"250 forged\r\nOWN"),
    "a thousand replies": _says(b"250 OK\r\n" * 1000),
    "421 and stays": _says(b"421 not now\r\n"),
    "another protocol": _says(b"HTTP/1.1 400 Bad Request\r\n\r\n"),
    "garbage as of TLS": _says(b"\x16\x03\x03\x02\0\x02\0" + bytes(range(256)) * 2),
    "8-bit": _says(b"250-\xf1\xff\x80\r\n250 \xc3\r\n"),
    "NULs": _says(b"250 \0\0\0\r\n\0\0\0"),
    "a very long line": _says(b"250 " + b"x" * 200_000 + b"\r\n"),
    "bare LF": _says(b"250-a\n250 b\n"),
    "bare CR": _says(b"250 OK\r"),
    "no code": _says(b"OK\r\nOK\r\nOK\r\n"),
    "mixed codes": _says(b"250-a\r\n354 b\r\n"),
    "empty lines": _says(b"\r\n\r\n\r\nOWN"),
}  # fmt: skip
"""What a server does at its moment in the place of its own reply; what returns False hangs up."""


def misbehaving(name: str, moment: bytes, *, starttls: bool = False) -> Callable[[socket.socket], None]:
    """Return a server that does what is called `name` at a moment, and else answers as it should.

    starttls: take up STARTTLS, and do it in the place of TLS.
    """
    behave = BEHAVIOURS[name]
    good = {**GOOD, b"STAR": b"220 go ahead\r\n" if starttls else b"502 no\r\n"}

    def talk(sock: socket.socket) -> None:
        if not moment:
            if not behave(sock, GREETING):
                return
        else:
            sock.sendall(GREETING)
        for line in lines_of(sock):
            own = good.get(line[:4].upper(), b"500 what?\r\n")
            if starttls and line[:4].upper() == b"STAR":
                sock.sendall(own)
                behave(sock, b"\x15\x03\x03")
                return
            if moment and not starttls and line[:4].upper() == moment:
                if not behave(sock, own):
                    return
            else:
                sock.sendall(own)
            if line[:4].upper() == b"QUIT":
                return

    return talk


@contextmanager
def serving(talk: Callable[[socket.socket], None]) -> Iterator[tuple[str, int]]:
    """Run a server, each connection in a thread of its own: one that floods on does not keep the next waiting."""
    sockets: list[socket.socket] = []
    threads: list[threading.Thread] = []

    def take(sock: socket.socket) -> None:
        sockets.append(sock)
        threads.append(threading.Thread(target=served, args=[talk, sock]))
        threads[-1].start()

    try:
        with accepting(take) as address:
            yield address
    finally:
        for sock in sockets:  # those that flood on or read on
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        for each in threads:
            each.join()
