"""Other programs that load a lab, in a process of their own: python -m tests.helpers.loading PORT KIND COUNT.

It says "ready" once the load is on, goes on until its input ends, and then says how much there was.
"""

from __future__ import annotations

import selectors
import socket
import sys
import threading
import time
from contextlib import suppress

HOST = "127.0.0.1"
_STEP = 0.01


def _opened(port: int) -> socket.socket:
    sock = socket.create_connection((HOST, port), timeout=60)
    sock.settimeout(60)
    return sock


def slow(port: int, count: int, end: threading.Event) -> int:
    """Hold connections, and send an octet of a command on one after the other, each once in a while."""
    socks = [_opened(port) for _ in range(count)]
    line, sent = b"HELP MAIL\r\n", 0
    for sock in socks:
        assert sock.recv(100).startswith(b"220"), "a session was refused"
    _ready()
    while not end.wait(_STEP):
        sock = socks[sent % count]
        sock.sendall(line[sent // count % len(line) :][:1])
        sent += 1
    _say_bye(socks)
    return sent


def deaf(port: int, count: int, end: threading.Event) -> int:
    """Ask and ask, and never read a reply, until nothing more is taken."""
    socks = [_opened(port) for _ in range(count)]
    asked, full = b"HELP\r\n" * 2000, 0
    for sock in socks:
        sock.setblocking(False)
    until = time.monotonic() + 10
    with selectors.DefaultSelector() as ready:
        for sock in socks:
            ready.register(sock, selectors.EVENT_WRITE)
        while time.monotonic() < until:
            takes = ready.select(0.5)
            if not takes:
                break
            for key, _ in takes:
                with suppress(BlockingIOError):
                    full += key.fileobj.send(asked)
    _ready()
    end.wait()
    _say_bye(socks)
    return full


def flood(port: int, count: int, end: threading.Event) -> int:
    """Send so many MiB without a line's end, half as a command and half as message text."""
    del end
    piece = b"x" * 65536
    with _opened(port) as sock, _opened(port) as other:
        _ready()
        other.sendall(b"EHLO me\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\n")
        for _ in range(count * 8):
            sock.sendall(piece)
            other.sendall(piece)
        sock.sendall(b"\r\nNOOP\r\nQUIT\r\n")
        other.sendall(b"\r\n.\r\nQUIT\r\n")
        said, other_said = _all(sock), _all(other)
    assert b"500 " in said, said[-200:]
    assert b"\r\n250 OK\r\n221" in said, said[-200:]
    assert b"\r\n500 " in other_said, other_said[-200:]
    return count


def sequence(port: int, count: int, end: threading.Event) -> int:
    """Open connection after connection, and end each in its own way."""
    _ready()
    for number in range(count):
        with _opened(port) as sock:
            if number % 4:
                sock.recv(100)
            if number % 4 > 1:
                sock.sendall(b"HELP\r\nNOOP\r\n")
            if number % 4 == 3:
                sock.sendall(b"QUIT\r\n")
                _all(sock)
        if end.is_set():
            return number
    return count


def _all(sock: socket.socket) -> bytes:
    said = b""
    while data := sock.recv(65536):
        said += data
    return said


def _say_bye(socks: list[socket.socket]) -> None:
    for sock in socks:
        sock.close()


def _ready() -> None:
    print("ready", flush=True)


def main(port: str, kind: str, count: str) -> None:
    """Load until the input ends."""
    end = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), end.set()), daemon=True).start()
    kinds = {"slow": slow, "deaf": deaf, "flood": flood, "sequence": sequence}
    print(kinds[kind](int(port), int(count), end), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
