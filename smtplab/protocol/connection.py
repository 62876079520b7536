"""What a client needs of a connection, wherever it leads: to a lab's server or to any other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from smtplab.protocol.sources import Source


class Connection(Protocol):
    """The client's end of one session."""

    def clock(self) -> float:
        """Return the time in seconds by which this connection's deadlines go."""

    def send(self, data: bytes, timeout: float) -> None:
        """Send octets, within `timeout` seconds. Raises OSError where the connection is gone."""

    def receive(self, deadline: float) -> bytes:
        """Wait for octets until `clock()` is `deadline`; b"" when the server has closed. Raises TimeoutError."""

    def waiting(self) -> bytes | None:
        """Return the octets that are there without waiting, b"" when there are none, None when closed."""

    def source(self, end: int) -> tuple[Source, int]:
        """Return how the server came by the reply that ends at offset `end` of all that it has sent.

        And how many lines it had read when it wrote it, -1 where that is not known.
        """

    def lines_read(self) -> int:
        """Return how many lines the server had read when it hung up, -1 where it has not or that is not known."""

    def close(self) -> None:
        """Hang up. Idempotent."""
