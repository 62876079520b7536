"""The client over a connection that does as a script says: nothing that came is lost, nothing is taken for another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from smtplab.errors import ConnectionLost
from smtplab.protocol.client import Client
from smtplab.protocol.sources import UNKNOWN, Source

if TYPE_CHECKING:
    from collections.abc import Iterator

GREETING = b"220 lab.example\r\n"


class Scripted:
    """A connection that plays a script, piece by piece; "wait" is no octets within the deadline."""

    def __init__(self, *pieces: bytes | str | BaseException, waiting: bytes | None = b"") -> None:
        self._pieces: Iterator[bytes | str | BaseException] = iter((GREETING, *pieces))
        self._waiting = waiting
        self.sent: list[bytes] = []
        self.refuses: BaseException | None = None
        self.closed = False
        self.read = -1

    def clock(self) -> float:
        return 0.0

    def send(self, data: bytes, timeout: float) -> None:
        if self.refuses:
            raise self.refuses
        self.sent.append(data)

    def receive(self, deadline: float) -> bytes:
        piece = next(self._pieces, "wait")
        if isinstance(piece, BaseException):
            raise piece
        if isinstance(piece, str):
            raise TimeoutError
        return piece

    def waiting(self) -> bytes | None:
        if not self.sent:
            return b""
        there, self._waiting = self._waiting, b""
        return there

    def source(self, end: int) -> tuple[Source, int]:
        return UNKNOWN

    def lines_read(self) -> int:
        return self.read

    def close(self) -> None:
        self.closed = True


def client_of(*connections: Scripted) -> Client:
    """Return a client that opens these connections, one after another."""
    left = iter(connections)
    client = Client()
    client.connect = lambda _timeout: next(left)
    return client


def codes(client: Client) -> list[tuple[bytes | None, int | None]]:
    """Return what was sent and the code that came, of each exchange."""
    return [(exchange.sent, exchange.reply.code if exchange.reply else None) for exchange in client.transcript]


def test_what_came_unasked_is_noted_before_the_next_command() -> None:
    """A reply that waits when a command is sent answers no command, and the command gets its own."""
    connection = Scripted(b"250 one\r\n", b"251 two\r\n", waiting=b"450 unasked\r\n")
    client = client_of(connection)
    assert client.send(b"NOOP\r\n", 1).code == 250
    assert client.send(b"NOOP\r\n", 1).code == 251
    assert codes(client) == [(None, 220), (b"NOOP\r\n", 250), (None, 450), (b"NOOP\r\n", 251)]


def test_last_words_with_more_behind_them() -> None:
    """A server that says 421 and then something else has not hung up: the connection is kept."""
    connection = Scripted(b"421 soon\r\n250 not yet\r\n", b"250 still here\r\n")
    client = client_of(connection)
    assert client.send(b"NOOP\r\n", 1).code == 421
    assert not client.transcript[1].closed
    assert client.connection is connection
    assert codes(client) == [(None, 220), (b"NOOP\r\n", 421), (None, 250)]
    assert client.send(b"NOOP\r\n", 1).text == "still here"


@pytest.mark.parametrize("code", [b"221", b"421", b"521", b"554"])
def test_last_words_and_no_end(code: bytes) -> None:
    """A server that says 421, say, and stays has not hung up; one that goes has."""
    stays, goes = Scripted(code + b" soon\r\n", "wait"), Scripted(code + b" now\r\n", b"")
    for connection, closed in ((stays, False), (goes, True)):
        client = client_of(connection)
        client.send(b"NOOP\r\n", 1)
        assert client.transcript[-1].closed is closed
        assert connection.closed is closed
        assert (client.connection is None) is closed


@pytest.mark.parametrize("where", ["sending", "waiting"])
def test_an_interrupt_gives_the_connection_up(where: str) -> None:
    """After an interrupt the command is noted without a reply, and the next goes over a new connection."""
    first, second = Scripted(KeyboardInterrupt()), Scripted(b"250 other\r\n")
    client = client_of(first, second)
    if where == "sending":
        first.refuses = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        client.send(b"HELP\r\n", 1)
    assert first.closed
    assert codes(client) == [(None, 220), (b"HELP\r\n", None)]
    assert client.send(b"NOOP\r\n", 1).text == "other"
    assert second.sent == [b"NOOP\r\n"]


def test_a_connection_that_was_closed_meanwhile() -> None:
    """A server that hung up between two commands is noted as having closed, and a new connection is opened."""
    first, second = Scripted(b"250 one\r\n", waiting=None), Scripted(b"250 two\r\n")
    client = client_of(first, second)
    client.send(b"NOOP\r\n", 1)
    assert client.send(b"NOOP\r\n", 1).text == "two"
    assert [exchange.closed for exchange in client.transcript] == [False, True, False, False]


def test_an_error_names_what_was_waited_for() -> None:
    """A connection that goes before the reply raises ConnectionLost, with the command and what had come of a reply."""
    client = client_of(Scripted(b"214-half", b""))
    with pytest.raises(ConnectionLost, match=r"waiting for the reply to b'HELP\\r\\n'") as caught:
        client.send(b"HELP\r\n", 1)
    assert caught.value.partial == b"214-half"


@pytest.mark.parametrize("half", [b"250-half\r\n", b"25", b"250", b"250 ha"])
@pytest.mark.parametrize("waits", [True, False])
def test_half_a_reply_begins_no_other(half: bytes, waits: bool) -> None:
    """What is left of a reply nobody asked for, before or behind another, is noted and joined to no answer."""
    first = (b"250 one\r\n",) if waits else (b"250 one\r\n" + half,)
    connection = Scripted(*first, "wait", b"214 help\r\n", waiting=half if waits else b"")
    client = client_of(connection)
    client.send(b"NOOP\r\n", 1)
    assert client.send(b"HELP\r\n", 1).raw == b"214 help\r\n"
    assert client.transcript[2].partial == half
    assert codes(client) == [(None, 220), (b"NOOP\r\n", 250), (None, None), (b"HELP\r\n", 214)]


def test_an_interrupt_anywhere_before_the_call_has_ended() -> None:
    """Where not even the clearing up was reached, the next command goes over a new connection all the same."""
    first, second = Scripted(), Scripted(b"250 other\r\n")
    client = client_of(first, second)
    client._begin()
    client._connection = client.connect(1)  # as an interrupt leaves it: the greeting was not read
    assert client.send(b"NOOP\r\n", 1).text == "other"
    assert first.closed


@pytest.mark.parametrize(("read", "again"), [(0, True), (1, False), (-1, False)])
def test_a_command_that_was_not_read_is_sent_again(read: int, again: bool) -> None:
    """A server that hangs up without having read the command gets it in a new session; any other has lost it."""
    first, second = Scripted(b""), Scripted(b"250 other\r\n")
    first.read = read
    client = client_of(first, second)
    if again:
        assert client.send(b"NOOP\r\n", 1).text == "other"
        assert client.transcript[0].closed
    else:
        with pytest.raises(ConnectionLost):
            client.send(b"NOOP\r\n", 1)
