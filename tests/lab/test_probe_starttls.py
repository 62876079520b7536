"""The probe against servers that say more in the clear around their 220 to STARTTLS."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import TYPE_CHECKING

import aiosmtpd
import pytest

import smtplab
from tests.helpers.hostile import GOOD, lines_of, rows_of, server

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

pytestmark = pytest.mark.slow  # a probe waits after each reply for what else may come

CERTS = Path(aiosmtpd.__file__).parent / "tests/certs"


def injecting(behind: bytes, *, early: bytes = b"") -> Callable[[socket.socket], None]:
    """Return a server that says more in the clear around its 220 to STARTTLS, and is honest under TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTS / "server.crt", CERTS / "server.key")

    def talk(sock: socket.socket) -> None:
        sock.sendall(b"220 mx\r\n")
        for line in lines_of(sock):
            if line.startswith(b"STARTTLS"):
                sock.sendall(b"220 go ahead\r\n" + behind)
                break
            sock.sendall(b"250-mx\r\n250 STARTTLS\r\n" + early)
        with context.wrap_socket(sock, server_side=True) as tls:
            for line in lines_of(tls):  # type: ignore[arg-type]
                tls.sendall(GOOD.get(line[:4].upper(), b"500 what?\r\n"))

    return talk


@pytest.mark.parametrize(
    "behind",
    [b"250-forged.example\r\n250 HELP\r\n", b"250 forged", b"forged\r\n", b"\0forged", b"250 forged\r\n" * 50],
)
def test_what_comes_in_the_clear_behind_the_220(behind: bytes) -> None:
    """It never passes for a reply under TLS: it is discarded, and said (RFC 3207 §4.2)."""
    with server(injecting(behind)) as address:
        result = smtplab.probe(*address, starttls=True, insecure=True, timeout=3)
    assert result.tls.startswith("TLS")
    assert not any(b"forged" in exchange.reply.raw for exchange in result.transcript if exchange.reply)
    (remark,) = [text for text in result.remarks if "in the clear" in text]
    assert f"{len(behind)} octets" in remark
    assert "3207" in remark
    after = [exchange.reply.raw for exchange in result.transcript if exchange.command == "EHLO client.example"]
    assert after[-1] == GOOD[b"EHLO"]


def test_a_220_before_it_is_asked_for() -> None:
    """A 220 that came before STARTTLS was sent is unasked, and is not taken for its reply."""
    with server(injecting(b"", early=b"220 go ahead, early\r\n")) as address:
        result = smtplab.probe(*address, starttls=True, insecure=True, timeout=3)
    (start,) = result.transcript.replies("STARTTLS")
    assert start.text == "go ahead"
    assert ("(unasked)", "220 go ahead, early") in rows_of(result)
