"""The probe against servers that send what nobody asked for, before, behind and instead of their replies."""

from __future__ import annotations

import re
import socket
import ssl
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import aiosmtpd
import pytest

import smtplab
from smtplab import cli
from smtplab.lab.watch import MOST_UNASKED, WatchedConnection
from smtplab.protocol.sources import UNKNOWN, Source
from smtplab.rfc.judge import VIOLATES
from smtplab.server.personality import Personality

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

CERTS = Path(aiosmtpd.__file__).parent / "tests/certs"

GOOD = {
    b"EHLO": b"250-mx.example\r\n250 HELP\r\n", b"HELP": b"214 Help\r\n", b"NOOP": b"250 OK\r\n",
    b"RSET": b"250 OK\r\n", b"QUIT": b"221 Bye\r\n",
}  # fmt: skip


def lines_of(sock: socket.socket) -> Iterator[bytes]:
    """Return each line that a client sends."""
    buffer = b""
    while True:
        while b"\n" not in buffer:
            data = sock.recv(4096)
            if not data:
                return
            buffer += data
        line, _, buffer = buffer.partition(b"\n")
        yield line + b"\n"


@contextmanager
def server(talk: Callable[[socket.socket], None]) -> Iterator[tuple[str, int]]:
    """Run a server that takes any number of connections, one after the other."""
    listener = socket.create_server(("127.0.0.1", 0))

    def run() -> None:
        while True:
            try:
                sock = listener.accept()[0]
            except OSError:
                return
            with sock:
                try:
                    talk(sock)
                except OSError:
                    continue

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield listener.getsockname()
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def talking(answers: Mapping[bytes, bytes], greeting: bytes = b"220 mx.example ESMTP\r\n") -> Callable[..., None]:
    """Return a server that answers by whole line or verb; what it does not know is 500, and nothing is a hang-up."""

    def talk(sock: socket.socket) -> None:
        sock.sendall(greeting)
        for line in lines_of(sock):
            known = {**GOOD, **answers}
            answer = known.get(line.strip(), known.get(line[:4].upper(), b"500 what?\r\n"))
            sock.sendall(answer)
            if not answer or line[:4] == b"QUIT":
                return

    return talk


def rows_of(result: smtplab.Probe) -> list[tuple[str, str]]:
    """Return command and first line of the reply, of every row."""
    return [(command, reply) for command, reply, _ in result.rows()]


COMMANDS = ["EHLO client.example", "HELP", "HELP MAIL", "HELP NOSUCH", "NOOP", "RSET", "QUIT"]


@pytest.mark.parametrize(
    ("answers", "greeting", "remark"),
    [
        ({b"HELP": b"214 Help\r\n\r\n"}, None, r"After its reply to HELP .* 2 octets: \\r\\n"),
        ({b"HELP": b"214 Help\r\nhello?\r\n"}, None, r"After its reply to HELP .* hello\?"),
        ({b"NOOP": b"250 OK\r\n\0\0\0\0"}, None, r"After its reply to NOOP .* 4 octets: \\x00"),
        ({b"NOOP": b"oh\r\n250 OK\r\n"}, None, r"Before its reply to NOOP .* oh"),
        ({b"QUIT": b"221 Bye\r\nreally\r\n"}, None, r"After its reply to QUIT .* really"),
        ({}, b"hello\r\n220 mx ESMTP\r\n", r"Before its greeting .* hello"),
        ({}, b"\r\n220 mx ESMTP\r\n", r"Before its greeting .* 2 octets"),
        ({}, b"220 mx ESMTP\r\n\r\n", r"After its greeting .* 2 octets"),
        ({b"RSET": b"250 OK\r\n250-half"}, None, r"After its reply to RSET .* 8 octets: 250-half"),
        ({}, b"220 mx FTP server ready\r\n", r"perhaps this is an FTP server"),
    ],
)
def test_octets_that_are_no_reply(answers: dict[bytes, bytes], greeting: bytes | None, remark: str) -> None:
    """Each command keeps its own reply, and the remark says what else came, and when."""
    with server(talking(answers, *([greeting] if greeting else []))) as address:
        result = smtplab.probe(*address, timeout=2)
    codes = [(exchange.command, exchange.reply.code) for exchange in result.transcript if exchange.sent is not None]
    assert [command for command, _ in codes] == COMMANDS
    assert [code for _, code in codes] == [250, 214, 214, 214, 250, 250, 221]
    assert "does not speak" not in str(result)
    assert "this is not SMTP" not in str(result)
    assert any(re.search(remark, text) for text in (*result.remarks, result.ended)), (result.remarks, result.ended)
    assert all(text in str(result) for text in result.remarks)
    assert ("(unasked)" in str(result)) == ("FTP" not in remark)


@pytest.mark.parametrize(
    ("answers", "greeting", "after"),
    [
        ({b"HELP": b"214 Help\r\n250 forged\r\n"}, None, "HELP"),
        ({b"QUIT": b"221 Bye\r\n250 forged\r\n"}, None, "QUIT"),
        ({}, b"220 hi\r\n250 forged\r\n", "(greeting)"),
        ({}, b"220 hi\r\n220 forged\r\n", "(greeting)"),
    ],
)
def test_replies_nobody_asked_for(answers: dict[bytes, bytes], greeting: bytes | None, after: str) -> None:
    """A second reply is labelled unasked, stands behind the first, convicts the server, and shifts nothing."""
    with server(talking(answers, *([greeting] if greeting else []))) as address:
        result = smtplab.probe(*address, timeout=2)
    rows = rows_of(result)
    assert [command for command, _ in rows if command not in ("(greeting)", "(unasked)")] == COMMANDS
    places = [place for place, (command, _) in enumerate(rows) if command == "(unasked)"]
    assert places
    assert all("forged" in rows[place][1] and rows[place - 1][0].startswith(after) for place in places)
    assert [command for command, _ in rows].count("(greeting)") == 1
    assert dict(rows)["NOOP"] == "250 OK"
    assert result.verdicts is result.verdicts
    if not greeting:
        assert result.worst == VIOLATES
    assert [exchange["kind"] for exchange in result.as_data()["exchanges"]].count("unasked") == len(places)


def test_unasked_in_spanish(capsys: pytest.CaptureFixture[str]) -> None:
    """The label and the remark are said in the reader's language."""
    with server(talking({b"HELP": b"214 Help\r\n250 forged\r\n\r\n"})) as (host, port):
        cli.run(["probe", f"{host}:{port}", "--timeout", "2", "--lang", "es"])
    out = capsys.readouterr().out
    assert "(no pedida)" in out
    assert "Después de su respuesta a HELP el servidor envió algo que no es una respuesta" in out


def test_a_burst_of_replies() -> None:
    """Four thousand replies to HELP cost no time to speak of; the first are shown, and how many more came is said."""
    with server(talking({b"HELP": b"214 Help\r\n" * 4000})) as address:
        began = time.monotonic()
        result = smtplab.probe(*address, timeout=5)
        text = str(result)
        assert time.monotonic() - began < 10
    assert [command for command, _ in rows_of(result)].count("(unasked)") == 3 * MOST_UNASKED
    assert "After its reply to HELP NOSUCH the server sent 3999 replies" in text
    assert [exchange.command for exchange in result.transcript if exchange.sent is not None] == COMMANDS


@pytest.mark.parametrize("endless", [b"214 more\r\n" * 500, b"junk\r\n" * 500, b"\0" * 4096, b"214-more\r\n" * 500])
def test_floods_end(endless: bytes) -> None:
    """A server that does not stop after its reply to HELP is left within the step's time, and it is said."""

    def talk(sock: socket.socket) -> None:
        sock.sendall(b"220 mx\r\n")
        for line in lines_of(sock):
            sock.sendall(b"250 mx\r\n" if line.startswith(b"EHLO") else b"214 Help\r\n")
            while line.startswith(b"HELP"):
                sock.sendall(endless)

    with server(talk) as address:
        began = time.monotonic()
        result = smtplab.probe(*address, timeout=1)
        str(result)
        assert time.monotonic() - began < 6
    assert result.ended
    assert result.transcript.replies("HELP")[0].text == "Help"
    assert len(result.transcript) < 100


def test_dribbling_behind_a_reply_ends() -> None:
    """A server that adds an octet now and then, without end, is left within the step's time."""

    def talk(sock: socket.socket) -> None:
        sock.sendall(b"220 mx\r\n")
        pause = threading.Event()
        for line in lines_of(sock):
            sock.sendall(b"250 mx\r\n" if line.startswith(b"EHLO") else b"214 Help\r\n")
            while line.startswith(b"HELP"):
                sock.sendall(b"x")
                pause.wait(0.02)

    with server(talk) as address:
        began = time.monotonic()
        result = smtplab.probe(*address, timeout=1)
        assert time.monotonic() - began < 4
    assert "without end" in result.ended


@pytest.mark.parametrize(
    ("greeting", "named"),
    [
        (b"SSH-2.0-x\r\n", "(SSH)"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "(HTTP)"),
        (b"* OK IMAP4rev1 ready\r\n", "(IMAP)"),
        (b"+OK POP3 ready\r\n", "(POP3)"),
        (b"\r\n", "not SMTP"),
        (b"\0\0\0\0", "not SMTP"),
        (b"220-half", "no complete reply"),
        (b"", "no greeting"),
    ],
)
def test_other_protocols(greeting: bytes, named: str) -> None:
    """What is no SMTP server is named by how it begins, in one line."""

    def talk(sock: socket.socket) -> None:
        sock.sendall(greeting)
        list(lines_of(sock))

    with server(talk) as address, pytest.raises(smtplab.ProbeError) as refused:
        smtplab.probe(*address, timeout=1)
    assert named in str(refused.value)
    assert "\n" not in str(refused.value)


def test_half_a_reply_then_the_end() -> None:
    """Half a reply and a closed connection are told as that, with the half shown."""

    def talk(sock: socket.socket) -> None:
        sock.sendall(b"220 mx\r\n")
        for line in lines_of(sock):
            if line.startswith(b"NOOP"):
                sock.sendall(b"250-half")
                return
            sock.sendall(b"250 OK\r\n" if line.startswith(b"EHLO") else b"214 Help\r\n")

    with server(talk) as address:
        result = smtplab.probe(*address, timeout=2)
    assert "closed the connection before it had replied" in result.ended
    assert dict(rows_of(result))["NOOP"] == "250-half"


def test_a_lab_is_watched_too(carrier: str) -> None:
    """Over a lab's own carrier, too, a second reply is unasked and octets that are no reply are told."""
    script = Personality.scripted({"HELP": b"214 a\r\n250 forged\r\noops\r\n"})
    with smtplab.start(script, carrier=carrier) as lab:
        result = smtplab.probe(lab)
    assert [command for command, _ in rows_of(result)].count("(unasked)") >= 3
    assert any("oops" in remark for remark in result.remarks)
    assert [exchange.command for exchange in result.transcript if exchange.sent is not None] == COMMANDS
    assert len(result.transcript.replies("HELP")) == 1


# --- STARTTLS


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


# --- what cannot be asked


@pytest.mark.parametrize("port", [70000, 0, -1, 65536, 2.5, True, "25"])
def test_ports_that_are_none(port: object) -> None:
    """What is no port is named before anything is asked."""
    with pytest.raises(ValueError, match=r"a port is a whole number from 1 to 65535, not "):
        smtplab.probe("127.0.0.1", port)


@pytest.mark.parametrize("timeout", ["1e10", "inf", "nan", "0", "-1", "1e-400"])
@pytest.mark.parametrize("command", ["probe", "record"])
def test_timeouts_that_are_none(
    command: str, timeout: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A timeout that no clock can keep is one clear line and status 2."""
    monkeypatch.chdir(tmp_path)
    name = ["--name", "mine"] if command == "record" else []
    assert cli.run([command, "127.0.0.1:9", f"--timeout={timeout}", *name]) == 2
    err = capsys.readouterr().err
    assert "timeout is " in err
    assert err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("address", ["127.0.0.1:70000", "127.0.0.1:0", "127.0.0.1:" + "9" * 5000, "127.0.0.1:-1"])
def test_addresses_with_impossible_ports(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What is no port is refused by the command, with the valid range."""
    assert cli.run(["probe", address]) == 2
    assert "not HOST" in capsys.readouterr().err
    assert cli.run(["probe", "--lang", "es", address]) == 2
    assert "no es EQUIPO" in capsys.readouterr().err


@pytest.mark.parametrize("host", ["a" * 300, "nosuch..example", "no\0such"])
def test_names_that_are_none(host: str) -> None:
    """A name that no host can have is told of in one line."""
    with pytest.raises(smtplab.ProbeError, match="no such host"):
        smtplab.probe(host, 25, timeout=2)


def test_the_timeout_of_a_connection_is_one() -> None:
    """However many addresses a name has, all of them together have the step's time."""
    with server(talking({})) as (_, port):
        began = time.monotonic()
        assert smtplab.probe("localhost", port, timeout=2).transcript
        assert time.monotonic() - began < 4


def test_offsets_count_what_was_set_aside() -> None:
    """Where a reply ends is told to the inner connection in the server's own octets."""

    class Inner:
        def __init__(self) -> None:
            self.told: tuple[int, ...] = ()
            self.data = [b"220 hi\r\n", b"junk\r\n250 forged\r\n"]

        def clock(self) -> float:
            return 0.0

        def receive(self, _deadline: float) -> bytes:
            if not self.data:
                raise TimeoutError
            return self.data.pop(0)

        def send(self, _data: bytes, _timeout: float) -> None:
            self.data.append(b"250 mx\r\n")

        def source(self, end: int) -> tuple[Source, int]:
            self.told = (end,)
            return UNKNOWN

    inner = Inner()
    watch = WatchedConnection(inner)  # type: ignore[arg-type]
    assert watch.receive(1.0) == b"220 hi\r\n"
    watch.send(b"EHLO me\r\n", 1.0)
    assert watch.receive(1.0) == b"250 mx\r\n"
    watch.source(16)
    assert inner.told == (16 + len(b"junk\r\n250 forged\r\n"),)
