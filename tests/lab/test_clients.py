"""Clients that nobody here wrote, against a lab's address."""

from __future__ import annotations

import shutil
import smtplib
import socket
import subprocess
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

import smtplab

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture
def lab() -> Iterator[smtplab.Lab]:
    """Return a lab on tcp."""
    with smtplab.start(carrier="tcp") as lab:
        yield lab


def test_smtplib(lab: smtplab.Lab) -> None:
    """Python's smtplib sees 214 and 211, hides the code in its help(), and delivers mail that stays here."""
    with smtplib.SMTP(*lab.address, timeout=10) as client:
        assert client.docmd("HELP")[0] == 214
        assert client.help().startswith(b"Commands of this server:")
        assert client.docmd("XSTATUS")[0] == 211
        assert client.ehlo()[0] == 250
        assert client.has_extn("help")
        assert client.sendmail("a@b.example", ["c@d.example"], "Subject: hi\r\n\r\n.dot\r\n") == {}
    assert [message.content for message in lab.messages] == [b"Subject: hi\r\n\r\n.dot\r\n"]


def test_curl_sends_help_by_itself(lab: smtplab.Lab, needs: Callable[[object, str], None]) -> None:
    """`curl smtp://host:port` with no recipient sends EHLO, HELP and QUIT, and prints the help text."""
    curl = shutil.which("curl")
    needs(curl, "curl")
    host, port = lab.address
    ran = subprocess.run(
        [curl, "-sSv", "-m", "20", f"smtp://{host}:{port}"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert lab._state.commands == {"EHLO": 1, "HELP": 1, "QUIT": 1}
    assert "214 HELP topic tells more of one of them" in ran.stdout


def test_swaks(lab: smtplab.Lab, needs: Callable[[object, str], None]) -> None:
    """The tool swaks delivers a test message to the lab, which holds it."""
    swaks = shutil.which("swaks")
    needs(swaks, "swaks")
    host, port = lab.address
    ran = subprocess.run(
        [swaks, "--server", host, "--port", str(port), "--to", "c@d.example", "--from", "a@b.example"],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert [message.rcpt_tos for message in lab.messages] == [("c@d.example",)]


def test_a_client_that_comes_as_the_lab_stops() -> None:
    """A connection that is being accepted when the lab stops ends with it, and does not hang open."""
    for _ in range(50):
        lab = smtplab.start(carrier="tcp")
        with socket.create_connection(lab.address, timeout=5) as client:
            lab.stop()
            with suppress(ConnectionError):
                while client.recv(100):
                    pass
