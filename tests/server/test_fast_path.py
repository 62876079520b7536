"""The path that answers before aiosmtpd's task: it says what the task says, and leans on known names."""

from __future__ import annotations

import inspect
import re
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import aiosmtpd.smtp
import pytest

import smtplab
from smtplab.server import fast_path, guard, smtp
from smtplab.server.fast_path import PRIVATE_NAMES

if TYPE_CHECKING:
    from types import ModuleType

CORPUS: tuple[bytes, ...] = (
    b"EHLO me\r\n", b"HELP\r\nHELP MAIL\r\nHELP NOSUCH\r\nhelp data\r\n", b"XSTATUS NOW\r\n", b"STAT\r\nSTATUS\r\n",
    b"NOOP\r\nNOOP with a string\r\nRSET\r\nVRFY a\r\nEXPN b\r\n", b"FOO\r\n\r\n FOO\r\nHELP\tMAIL\r\n",
    b"AUTH PLAIN\r\nSTARTTLS\r\nETRN x\r\nBDAT 3\r\nTURN\r\n", b"HELP \xc3\xb1\r\nHELP \xff\x00\r\n\x80\x81\r\n",
    b"NOOP\nRSET\r\nNOOP\rRSET\r\n\n\r\n", b"HELP " + b"A" * 600 + b"\r\nNOOP " + b"B" * 3000 + b"\r\nHELP\r\n",
    b"MAIL FROM:<a@b.example>\r\nHELP\r\nRCPT TO:<c@d.example>\r\nFOO\r\nDATA\r\nHELP\r\n.HELP\r\n..\r\n.\r\nHELP\r\n",
    b"MAIL FROM:a@b\r\nMAIL FROM:<\r\nRCPT\r\nDATA\r\nRSET x\r\nQUIT x\r\nHELO\r\nHELO me\r\nHELP\r\n",
    b"HELP\r\n" * 40, b"NOOP\r\nHELP\r\nFOO\r\n" * 20, b"QUIT\r\n",
)  # fmt: skip
"""Every command, odd octets, pipelining, message text; sent in this order in one session."""


class ByTheTask(smtplab.LabSMTP):
    """The same server with the fast path switched off."""

    fast_path = False


def said(carrier: str, server: type[smtplab.LabSMTP], pieces: list[bytes], how: object = "rfc5321") -> bytes:
    """Return all that a server says to octets that come in these pieces."""
    with smtplab.start(how, carrier=carrier, server=server) as lab:
        connection = lab._carrier.connect(5)
        try:
            octets = b""
            for piece in pieces:
                connection.send(piece, 5)
                octets += connection.waiting() or b""
            while data := connection.receive(connection.clock() + 5):
                octets += data
        finally:
            connection.close()
    return octets


@pytest.mark.parametrize("how", ["rfc5321", smtplab.Personality.scripted({"NOOP": ["250 a", "451 b"], "FOO": "211 c"})])
def test_both_ways_say_the_same(carrier: str, how: object) -> None:
    """The corpus, a line at a time and in one piece, gets the same octets by either way, on both carriers."""
    lines = [line for data in CORPUS for line in re.findall(rb"[^\n]*\n", data)]
    answers = {
        said(carrier, server, pieces, how)
        for server in (smtplab.LabSMTP, ByTheTask)
        for pieces in (lines, list(CORPUS), [b"".join(CORPUS)])
    }
    assert len(answers) == 1
    assert answers.pop().count(b"\r\n") > 500


def test_every_cut(carrier: str) -> None:
    """Two commands cut at every place get the same octets by either way."""
    data = b"HELP MAIL\r\nFOO\r\nQUIT\r\n"
    cuts = range(1, len(data)) if carrier == "memory" else range(1, len(data), 3)
    answers = {
        said(carrier, server, [data[:cut], data[cut:]]) for cut in cuts for server in (smtplab.LabSMTP, ByTheTask)
    }
    assert len(answers) == 1


def test_octet_by_octet() -> None:
    """The corpus octet by octet gets the same octets by either way."""
    data = b"".join(CORPUS)
    octets = [data[at:end] for at, end in pairwise(range(len(data) + 1))]
    assert said("memory", smtplab.LabSMTP, octets) == said("memory", ByTheTask, octets)


@pytest.mark.parametrize("name", PRIVATE_NAMES)
def test_the_private_names_are_there(name: str) -> None:
    """Each private name of aiosmtpd's that the server leans on is in this aiosmtpd."""
    source = inspect.getsource(aiosmtpd.smtp)
    version, purpose = PRIVATE_NAMES[name]
    assert re.search(rf"\b{name}\b", source), f"aiosmtpd {aiosmtpd.__version__} has no {name} any more: {purpose}"
    assert re.fullmatch(r"1\.\d+(\.\d+)?", version)


def test_no_other_private_name_is_used() -> None:
    """The list is whole: every private name that the room and aiosmtpd share stands in it, and no other."""
    shared = private_names(fast_path) | private_names(guard) | private_names(smtp)
    assert shared & private_names(aiosmtpd.smtp) == set(PRIVATE_NAMES)


def private_names(module: ModuleType) -> set[str]:
    """Return the private attributes and methods that a module's classes name."""
    return set(re.findall(r"(?:self\.|def )(_[a-z]\w*)", inspect.getsource(module)))


def test_one_write_a_reply() -> None:
    """Each reply goes out in one piece, and what the tcp carrier accepts does not wait to fill a segment."""
    writes: list[bytes] = []

    class Noting(smtplab.LabSMTP):
        def _cb_client_connected(self, reader: object, writer: object) -> None:
            super()._cb_client_connected(reader, writer)
            plain = writer.write
            writer.write = lambda octets: (writes.append(octets), plain(octets))

    with smtplab.start(carrier="memory", server=Noting) as lab:
        replies = [lab.send(line) for line in ("EHLO me", "HELP", "XSTATUS", "NOOP", "HELP MAIL", "FOO")]
    assert writes[1:] == [reply.raw for reply in replies]


def test_the_accepted_socket_has_no_delay() -> None:
    """The server's end of a tcp session has Nagle's algorithm off: it would wait for the client's late ACK."""
    import socket

    options: list[int] = []

    class Looking(smtplab.LabSMTP):
        def connection_made(self, transport: object) -> None:
            options.append(transport.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            super().connection_made(transport)

    with smtplab.start(carrier="tcp", server=Looking) as lab:
        lab.send("NOOP")
    assert options
    assert all(options)


def test_the_head_comment_tells_of_the_switch() -> None:
    """The module says how it is switched off, and the switch is there."""
    assert "fast_path = False" in Path(fast_path.__file__).read_text("utf-8")
    assert smtplab.LabSMTP.fast_path is True
