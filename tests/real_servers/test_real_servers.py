"""Real servers, probed, and what they say held against what was recorded of them."""

from __future__ import annotations

import os
import shutil
import smtplib
import subprocess
from dataclasses import replace

import pytest

import smtplab
from smtplab.lab.remote import RemoteConnection
from smtplab.recordings.recorder import extend
from smtplab.recordings.recording import names, recording
from smtplab.rfc.judge import CONFORMS, DEPARTS, VIOLATES, judge
from tests.helpers.paths import PACKAGE

COMMANDS = ("HELP", "HELP MAIL", "HELP NOSUCH", "NOOP", "RSET", "QUIT")

# server → the beginning of its recording's name, what its HELP is judged, and the code that it gets
SERVERS = {
    "exim": ("exim-4.", CONFORMS, 214),
    "postfix": ("postfix-3.7.", DEPARTS, 500),
    "nodemailer": ("smtp-server-", VIOLATES, 214),
    "haraka": ("haraka-3.", VIOLATES, 250),
}


# how the addition's server was run, where that is not how the recording's was
HOW = {
    "exim": "from Debian's package exim4-daemon-light 4.96-15+deb12u10 with no router",
    "sendmail": "from the same package with the configuration of tests/real_servers and the help file as shipped",
    "postfix": "from the same package with the configuration of tests/real_servers",
}


def recorded(prefix: str) -> str:
    """Return the recording whose name begins so."""
    (name,) = [name for name in names() if name.startswith(prefix)]
    return name


def hold(port: int, prefix: str, worst: str, code: int) -> None:
    """Probe a server and hold its answers against the recording."""
    result = smtplab.probe("127.0.0.1", port, timeout=20)
    transcript = result.transcript
    (help_reply,) = transcript.replies("HELP")
    assert help_reply.code == code
    helped = next(exchange for exchange in transcript if exchange.command == "HELP")
    assert judge(helped, transcript).worst == worst
    name, kept = recorded(prefix), recording(recorded(prefix)).in_phase("greeted")
    different = {
        command: (reply.raw, kept[command.encode() + b"\r\n"].octets)
        for command in COMMANDS
        for reply in transcript.replies(command)
        if command.encode() + b"\r\n" in kept and reply.raw != kept[command.encode() + b"\r\n"].octets
    }
    assert different == {}, name
    assert name in result.likeness.names


def hold_additions(port: int, name: str) -> None:
    """Ask a server again what was added to its recording, and hold each answer; write it where that is asked for."""
    kept = recording(name)
    how = HOW.get(name.partition("-")[0], "as before")
    again = extend(
        replace(kept, additions=()),
        lambda within: RemoteConnection("127.0.0.1", port, within),
        obtained=f"run on loopback, {how}, and asked HELP with more topics",
        timeout=20,
    )
    if os.environ.get("SMTPLAB_EXTEND_RECORDINGS"):
        (PACKAGE / f"recordings/servers/{name}.json").write_text(again.to_text(), "utf-8")
        return
    assert again.additions
    assert [addition.answers for addition in again.additions] == [addition.answers for addition in kept.additions]


@pytest.mark.parametrize("server", [*SERVERS, "sendmail"])
def test_additions(server: str, request: pytest.FixtureRequest) -> None:
    """HELP with each command that the real server lists or must have gets what the recording holds."""
    hold_additions(request.getfixturevalue(server), recorded(SERVERS.get(server, ("sendmail-8.",))[0]))


def test_additions_of_python_servers(python_server: tuple[str, int]) -> None:
    """The same of stock aiosmtpd and smtpdfix."""
    name, port = python_server
    hold_additions(port, recorded(f"{name}-" if name == "smtpdfix" else "aiosmtpd-"))


def test_additions_of_python_packages(python_package: tuple[str, int]) -> None:
    """The same of aiosmtpd's other children, and of the standard library's server and its child."""
    name, port = python_package
    hold_additions(port, name)


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
    kept = recording("aiosmtpd-1.4.6-recorded").in_phase("connected")
    lab = start("aiosmtpd-1.4.6")
    for line in (b"HELP", b"HELP MAIL", b"HELP NOSUCH", b"STAT", b"NOOP"):
        assert lab.send(line).raw == kept[line + b"\r\n"].octets


def test_exim_hangs_up_after_ten(exim: int) -> None:
    """The real Exim and its recording hang up at the same HELP."""
    with smtplab.start(recorded("exim-4."), carrier="memory") as lab:
        lab.send("EHLO me")
        kept = [(reply.code, reply.text) for reply in (lab.send("HELP") for _ in range(11))]
    client = smtplib.SMTP("127.0.0.1", exim, timeout=20)
    client.ehlo("me")
    told = [client.docmd("HELP") for _ in range(11)]
    client.close()
    assert (told[-1][0], told[-1][1].decode()) == kept[-1]
    assert [code for code, _ in told] == [code for code, _ in kept] == [214] * 10 + [554]


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
