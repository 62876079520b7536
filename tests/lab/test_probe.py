"""The probe: asks politely, judges, and ends within its timeout whatever is at the other end."""

from __future__ import annotations

import json
import socket
import ssl
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import aiosmtpd
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

import smtplab
from smtplab import cli
from smtplab.rfc.judge import DEPARTS, VIOLATES
from smtplab.server.personality import HANG_UP, SILENCE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.slow  # a probe waits for the server to be quiet

CERTS = Path(aiosmtpd.__file__).parent / "tests/certs"


@contextmanager
def serving(how: object = "rfc5321") -> Iterator[tuple[str, int]]:
    """Run a lab to probe."""
    with smtplab.start(how, carrier="tcp") as lab:
        yield lab.address


@contextmanager
def something(behave: Callable[[socket.socket], None]) -> Iterator[tuple[str, int]]:
    """Run a server that does anything at all to the one connection it gets."""
    listener = socket.create_server(("127.0.0.1", 0))

    def run() -> None:
        with listener.accept()[0] as sock:
            try:
                behave(sock)
            except OSError:
                return

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield listener.getsockname()
    finally:
        thread.join()
        listener.close()


def until_closed(sock: socket.socket) -> None:
    """Say nothing until the other end is gone."""
    while sock.recv(4096):
        pass


def test_a_good_server() -> None:
    """The lab itself violates nothing; the probe names no mailbox and asks each command once."""
    with serving() as address:
        result = smtplab.probe(*address)
    assert not result.violates
    sent = [exchange.command for exchange in result.transcript]
    assert sent == [None, "EHLO client.example", "HELP", "HELP MAIL", "HELP NOSUCH", "NOOP", "RSET", "QUIT"]
    assert result.tls is None
    assert "214-Commands of this server: …" in str(result)
    assert "<table " in result._repr_html_()


@pytest.mark.parametrize(
    ("name", "worst"), [("postfix-3.10.13", VIOLATES), ("smtpdfix-0.5.3", DEPARTS), ("sendmail-8.17.1.9", None)]
)
def test_recorded_servers_are_recognized(name: str, worst: str | None) -> None:
    """A server that answers as a recorded one is said to be like it, with the replies that show it."""
    with serving(name) as address:
        result = smtplab.probe(*address)
    assert name in result.likeness.names
    assert "HELP" in result.likeness.evidence
    assert worst is None or result.worst == worst


def test_status_and_json(capsys: pytest.CaptureFixture[str]) -> None:
    """Exit status 0 when no MUST is violated, 1 when one is; --json prints everything for programs."""
    with serving() as (host, port):
        assert cli.run(["probe", f"{host}:{port}", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert [exchange["code"] for exchange in data["exchanges"]] == [220, 250, 214, 214, 504, 250, 250, 221]
    with serving(smtplab.Personality.scripted({"HELP": "214-a\n211 b"})) as (host, port):
        assert cli.run(["probe", f"{host}:{port}", "--lang", "es"]) == 1
    assert "incumple un MUST: reply.one-code" in capsys.readouterr().out


def test_a_server_that_hangs_up_midway() -> None:
    """What was said until a server hung up is judged, and it is said that it did."""
    with serving(smtplab.Personality.scripted({"HELP MAIL": "421 enough"})) as address:
        result = smtplab.probe(*address)
    assert result.transcript[-1].reply.code == 421
    assert result.ended


BEHAVIOURS = {
    "silent": (until_closed, "no greeting within"),
    "ssh": (lambda sock: (sock.sendall(b"SSH-2.0-x\r\n"), until_closed(sock)), "not SMTP"),
    "http": (lambda sock: (sock.sendall(b"HTTP/1.1 400 Bad\r\n\r\n"), until_closed(sock)), "not SMTP"),
    "tls": (lambda sock: (sock.sendall(b"\x15\x03\x01\x00\x02\x02\x28"), until_closed(sock)), "needs --tls"),
    "closes": (lambda _sock: None, "closed the connection"),
    "half a greeting": (lambda sock: (sock.sendall(b"220-hi\r\n220"), until_closed(sock)), "no complete reply"),
    "no reply to EHLO": (
        lambda sock: (sock.sendall(b"220 hi\r\n"), until_closed(sock)),
        "no complete reply|no greeting",
    ),
}


def endless(sock: socket.socket) -> None:
    """Talk without end."""
    while True:
        sock.sendall(b"220-and more\r\n" * 1000)


def dribbling(sock: socket.socket) -> None:
    """Send an octet now and then, so that no single read is ever late."""
    pause = threading.Event()
    while True:
        sock.sendall(b"2")
        pause.wait(0.1)


@pytest.mark.slow
@pytest.mark.parametrize("kind", [*BEHAVIOURS, "endless", "dribbling"])
def test_whatever_is_there(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A server that is silent, speaks something else, or talks without end costs one line and its timeout, status 2."""
    behave, reason = BEHAVIOURS.get(kind) or {"endless": (endless, "no end"), "dribbling": (dribbling, "")}[kind]
    with something(behave) as (host, port):
        began = time.monotonic()
        assert cli.run(["probe", f"{host}:{port}", "--timeout", "1"]) == 2
        assert time.monotonic() - began < 8
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert any(part in err for part in reason.split("|"))


@pytest.mark.parametrize(
    ("address", "named"),
    [
        ("nosuch.invalid", "no such host"),
        ("127.0.0.1:x", "not HOST"),
        ("127.0.0.1:99999", "not HOST"),
        ("", "not HOST"),
    ],
)
def test_addresses_that_are_none(capsys: pytest.CaptureFixture[str], address: str, named: str) -> None:
    """A host that does not exist and what is no address get one clear line."""
    assert cli.run(["probe", address, "--timeout", "5"]) == 2
    assert named in capsys.readouterr().err


def test_a_port_where_nothing_listens() -> None:
    """A refused connection is said."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(smtplab.ProbeError, match=rf"127\.0\.0\.1:{port}: cannot be reached"):
        smtplab.probe("127.0.0.1", port)


# --- a lab


def test_a_lab_is_asked_over_its_own_carrier(carrier: str) -> None:
    """A lab is asked the same as its address is, with the lab's own dialogue untouched and nothing random shown."""
    with smtplab.start(carrier=carrier) as lab:
        lab.send("EHLO me.example")
        lab.send("MAIL FROM:<a@lab.example>")
        before = lab.transcript
        steps: list[str] = []
        result = smtplab.probe(lab, progress=steps.append)
        assert lab.transcript == before
        assert lab.send("RCPT TO:<b@lab.example>").code == 250
        assert repr(result) == "<Probe of lab rfc5321 conforms>"
        if carrier == "tcp":
            there = smtplab.probe(*lab.address)
            assert (str(there.transcript[:-1]), str(there)) == (str(result.transcript[:-1]), str(result))
    assert steps[:3] == ["EHLO", "connecting to lab rfc5321", "HELP"]
    assert (result.tls, result.ended, result.port, result.as_data()["host"]) == (None, "", None, "lab rfc5321")


def test_a_lab_of_a_server_of_ones_own(carrier: str) -> None:
    """A lab that runs another server class is named by it; stock aiosmtpd departs from a SHOULD and is recognized."""
    with smtplab.start(server=SMTP, carrier=carrier) as lab:
        result = smtplab.probe(lab)
    assert repr(result) == "<Probe of lab SMTP departs from a SHOULD>"
    assert "aiosmtpd-1.4.6-recorded" in result.likeness.names


@pytest.mark.parametrize("options", [{"tls": True}, {"starttls": True}, {"insecure": True}, {"port": 25}])
def test_what_a_lab_cannot_be_given(options: dict[str, object]) -> None:
    """A port or TLS for a lab is an error that names it and says why."""
    with (
        smtplab.start(carrier="memory") as lab,
        pytest.raises(ValueError, match=rf"{next(iter(options))}: a lab is .*TLS"),
    ):
        smtplab.probe(lab, **options)


def test_a_lab_that_cannot_be_asked(carrier: str) -> None:
    """A stopped lab says so; one whose server never answers HELP, or hangs up midway, is told of in one line."""
    with smtplab.start(carrier=carrier) as lab:
        pass
    with pytest.raises(smtplab.LabStopped):
        smtplab.probe(lab)
    with smtplab.start(smtplab.Personality.scripted({"HELP": SILENCE}), carrier=carrier) as lab:
        with pytest.raises(smtplab.ProbeError, match=r"^lab scripted: no complete reply"):
            smtplab.probe(lab, timeout=0.2)
        assert lab.send("NOOP").code == 250
    with smtplab.start(smtplab.Personality.scripted({"HELP MAIL": HANG_UP}), carrier=carrier) as lab:
        assert smtplab.probe(lab).ended.startswith("lab scripted: the server closed")
    with pytest.raises(TypeError, match="not int"):
        smtplab.probe(25)


def test_a_lab_does_not_wait_for_itself(carrier: str) -> None:
    """Called from inside the lab's own server, a probe is a LabError, not a wait without end."""
    raised: list[BaseException] = []

    def asks(_line: str) -> str:
        try:
            smtplab.probe(lab)
        except smtplab.LabError as error:
            raised.append(error)
        return "250 asked"

    with smtplab.start(smtplab.Personality.scripted({"NOOP": asks}), carrier=carrier) as lab:
        assert lab.send("NOOP").code == 250
    assert "inside its own server" in str(raised[0])


def test_in_a_browser(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Where there are no sockets a lab can be probed, and what needs one says what to use instead, in one line."""
    smtplab.start(carrier="memory").stop()
    monkeypatch.setattr("sys.platform", "emscripten")
    monkeypatch.delattr(ssl, "create_default_context")
    monkeypatch.delattr(socket, "create_connection")
    monkeypatch.setitem(sys.modules, "smtplab.lab.remote", None)
    monkeypatch.setitem(sys.modules, "smtplab.reaching", None)
    with smtplab.start() as lab:
        assert not smtplab.probe(lab).violates
    with pytest.raises(smtplab.ProbeError, match=r"no sockets.*smtplab\.probe\(lab\)"):
        smtplab.probe("mail.example", 25)
    with pytest.raises(smtplab.ProbeError, match=r"no tiene sockets.*smtplab\.probe\(lab\)"):
        smtplab.probe("mail.example", lang="es")
    out = tmp_path / "mine.json"
    assert cli.run(["record", "mail.example", "--name", "mine", "--out", str(out)]) == 2
    assert "no sockets" in capsys.readouterr().err
    assert not out.exists()


def test_importing_needs_no_sockets() -> None:
    """Importing the probe loads neither what opens sockets nor what speaks TLS with them."""
    unwanted = ["smtplab.lab.remote", "smtplab.lab.tcp"]
    code = f"import sys, smtplab; smtplab.probe; sys.exit(any(name in sys.modules for name in {unwanted}))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# --- TLS


class Handler:
    """A handler with no hooks."""


@contextmanager
def tls_server(*, starttls: bool) -> Iterator[tuple[str, int]]:
    """Run aiosmtpd with TLS, by a certificate that nobody vouches for."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTS / "server.crt", CERTS / "server.key")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    options = {"tls_context": context} if starttls else {"ssl_context": context}
    controller = Controller(Handler(), hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield "127.0.0.1", port
    finally:
        controller.stop()


@pytest.mark.parametrize("how", ["starttls", "tls"])
def test_tls(how: str) -> None:
    """With STARTTLS or TLS the dialogue is encrypted, and the certificate is verified unless it is told not to."""
    with tls_server(starttls=how == "starttls") as address:
        with pytest.raises(smtplab.ProbeError, match=r"TLS failed .*--insecure"):
            smtplab.probe(*address, **{how: True})
        result = smtplab.probe(*address, insecure=True, **{how: True})
    assert result.tls.startswith("TLSv1.")
    assert result.transcript.replies("HELP")[0].code == 250


def test_tls_where_none_is() -> None:
    """Asking for TLS from a server that speaks plain, or does not offer STARTTLS, is one clear line."""
    with serving() as address:
        with pytest.raises(smtplab.ProbeError, match="TLS failed"):
            smtplab.probe(*address, tls=True, timeout=2)
        with pytest.raises(smtplab.ProbeError, match="does not start TLS: 502"):
            smtplab.probe(*address, starttls=True)


def test_record_writes_a_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`record` writes a recording that can be read back, and never over a file that is there."""
    from smtplab.recordings import recorder
    from smtplab.recordings.recording import Recording

    # a few questions do: each refusal and each silence is waited for
    monkeypatch.setattr(recorder, "_IN_ORDER", [b"HELP\r\n", b"NOOP\r\n", b"FOO\r\n"])
    monkeypatch.setattr(recorder, "_FRESH", [b"HELP\r\n", b"FOO\r\n", b"QUIT\r\n"])
    out = tmp_path / "mine.json"
    with serving() as (host, port):
        arguments = ["record", f"{host}:{port}", "--name", "mine", "--out", str(out), "--timeout", "1"]
        assert cli.run(arguments) == 0
        assert cli.run(arguments) == 2
    assert "exists" in capsys.readouterr().err
    written = Recording.read(out)
    with smtplab.start(str(out), carrier="memory") as lab:
        assert lab.personality.name == "mine"
        assert lab.send("HELP").raw == written.answers["connected"][b"HELP\r\n"].octets
    with pytest.raises(OSError, match="nosuch"):
        smtplab.start(str(tmp_path / "nosuch.json"))
    assert written.answers["connected"][b"HELP\r\n"].octets.startswith(b"214-Commands of this server:")
    assert written.answers["greeted"][b"QUIT\r\n"].hangs_up
