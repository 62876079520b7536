"""Real servers, probed, and what they say held against what was recorded of them."""

from __future__ import annotations

import shutil
import subprocess

import pytest

import smtplab
from smtplab.recordings.recording import names, recording
from smtplab.rfc.judge import CONFORMS, DEPARTS, VIOLATES, judge

COMMANDS = ("HELP", "HELP MAIL", "HELP NOSUCH", "NOOP", "RSET", "QUIT")

# server → the beginning of its recording's name, what its HELP is judged, and the code that it gets
SERVERS = {
    "exim": ("exim-4.", CONFORMS, 214),
    "postfix": ("postfix-3.7.", DEPARTS, 500),
    "nodemailer": ("smtp-server-", VIOLATES, 214),
    "haraka": ("haraka-3.", VIOLATES, 250),
}


def recorded(prefix: str) -> str:
    """Return the recording whose name begins so."""
    (name,) = [name for name in names() if name.startswith(prefix)]
    return name


def hold(port: int, prefix: str, worst: str, code: int) -> None:
    """Probe a server and hold its answers against the recording."""
    found = smtplab.probe("127.0.0.1", port, timeout=20)
    said = found.transcript
    (help_reply,) = said.replies("HELP")
    assert help_reply.code == code
    helped = next(exchange for exchange in said if exchange.command == "HELP")
    assert judge(helped, said).worst == worst
    name, kept = recorded(prefix), recording(recorded(prefix)).answers["greeted"]
    different = {
        command: (reply.raw, kept[command.encode() + b"\r\n"].octets)
        for command in COMMANDS
        for reply in said.replies(command)
        if command.encode() + b"\r\n" in kept and reply.raw != kept[command.encode() + b"\r\n"].octets
    }
    assert different == {}, name
    assert name in found.likeness.names


@pytest.mark.parametrize("server", SERVERS)
def test_against_its_recording(server: str, request: pytest.FixtureRequest) -> None:
    """The real server, started here, answers every command of a probe as its recording does, octet for octet."""
    hold(request.getfixturevalue(server), *SERVERS[server])


def test_python_servers(python_server: tuple[str, int]) -> None:
    """Stock aiosmtpd and smtpdfix answer as they were recorded; their 250 to HELP departs from a SHOULD."""
    name, port = python_server
    hold(port, f"{name}-", DEPARTS, 250)


def test_the_stock_exhibit_is_the_stock_server(start) -> None:
    """The live exhibit aiosmtpd-1.4.6 says to HELP what the recording of the stock server says."""
    kept = recording("aiosmtpd-1.4.6-recorded").answers["connected"]
    lab = start("aiosmtpd-1.4.6")
    for line in (b"HELP", b"HELP MAIL", b"HELP NOSUCH", b"STAT", b"NOOP"):
        assert lab.send(line).raw == kept[line + b"\r\n"].octets


def test_exim_hangs_up_after_ten(exim: int) -> None:
    """The real Exim and its recording hang up at the same HELP."""
    codes = []
    for port in (exim, None):
        if port is None:
            with smtplab.start(recorded("exim-4."), carrier="memory") as lab:
                lab.send("EHLO me")
                codes.append([lab.send("HELP").code for _ in range(11)])
        else:
            import smtplib

            client = smtplib.SMTP("127.0.0.1", port, timeout=20)
            client.ehlo("me")
            codes.append([client.docmd("HELP")[0] for _ in range(11)])
            client.close()
    assert codes[0] == codes[1] == [214] * 10 + [554]


def test_curl_takes_what_they_say(postfix: int, exim: int) -> None:
    """Curl's own HELP succeeds on Exim's 214 and fails on Postfix 3.7's 500, with exit 8, as was recorded."""
    curl = shutil.which("curl")
    if curl is None:
        pytest.skip("curl is not installed")
    status = [
        subprocess.run(
            [curl, "-sS", "-m", "20", f"smtp://127.0.0.1:{port}"], capture_output=True, check=False
        ).returncode
        for port in (exim, postfix)
    ]
    assert status == [0, 8]
