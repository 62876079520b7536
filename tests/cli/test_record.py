"""`smtplab record`: what cannot be written or recorded is refused, in one line, and leaves no file."""

from __future__ import annotations

import socket
import struct
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

import smtplab
from smtplab import cli
from smtplab.recordings import recorder
from smtplab.recordings.recorder import CannotRecord, checked_name, extend, record, topics
from smtplab.recordings.recording import Recording, recording
from smtplab.server.personality import Personality
from tests.helpers import hostile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@contextmanager
def server(talk: Callable[[socket.socket, int], None]) -> Iterator[tuple[str, int, list[int]]]:
    """Run a server; yield host, port and a list that grows with each connection."""
    connections: list[int] = []

    def each(sock: socket.socket) -> None:
        connections.append(len(connections))
        talk(sock, connections[-1])

    with hostile.server(each) as (host, port):
        yield host, port, connections


def says(*answers: bytes | None) -> Callable[[socket.socket, int], None]:
    """Return a server that says these in turn, the last again and again; b"" is silence, None the end."""

    def talk(sock: socket.socket, _number: int) -> None:
        for number in range(10_000):
            answer = answers[min(number, len(answers) - 1)]
            if answer is None:
                return
            sock.sendall(answer)
            if not sock.recv(4096):
                return

    return talk


def after_hello(answer: bytes | None) -> Callable[[socket.socket, int], None]:
    """Return a server that greets, accepts EHLO, and says this to everything else; None is the end."""

    def talk(sock: socket.socket, _number: int) -> None:
        sock.sendall(b"220 mx\r\n")
        while line := sock.recv(4096):
            if line.startswith(b"EHLO"):
                sock.sendall(b"250 mx\r\n")
            elif answer is None:
                return
            elif answer:
                sock.sendall(answer)
                if answer.startswith(b"421"):
                    return

    return talk


def resets(sock: socket.socket, _number: int) -> None:
    """Greet, and reset the connection at the first command."""
    sock.sendall(b"220 mx\r\n")
    sock.recv(4096)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def tires(sock: socket.socket, number: int) -> None:
    """Serve the first three connections, and greet the others with 421."""
    says(b"220 mx\r\n" if number < 3 else b"421 too many connections\r\n", b"250 OK\r\n")(sock, number)


def floods(when: bytes | None) -> Callable[[socket.socket, int], None]:
    """Return a server whose reply to this, or whose greeting, never ends."""

    def talk(sock: socket.socket, _number: int) -> None:
        if when:
            sock.sendall(b"220 mx\r\n")
            while line := sock.recv(4096):
                if line.startswith(when):
                    break
                sock.sendall(b"250 OK\r\n")
            else:
                return
        while True:
            sock.sendall(b"214-more\r\n" * 1000)

    return talk


SERVERS = {
    "closes at once": (says(None), "closed the connection before its greeting"),
    "closes after its greeting": (says(b"220 mx\r\n", None), "closed the connection at EHLO"),
    "closes after EHLO": (after_hello(None), "answered no command"),
    "resets": (resets, "closed the connection at EHLO"),
    "421 as greeting": (says(b"421 busy\r\n", None), "greets with 421 busy"),
    "421 to EHLO": (says(b"220 mx\r\n", b"421 busy\r\n", None), "says to EHLO: 421 busy"),
    "421 to all else": (after_hello(b"421 busy\r\n"), "answered no command"),
    "mute": (says(b""), "no greeting came within 0.2 s"),
    "mute after its greeting": (says(b"220 mx\r\n", b""), "no reply to EHLO came within 0.2 s"),
    "mute after EHLO": (after_hello(b""), "3 in a row got no reply, or half of one"),
    "half a greeting": (says(b"220-mx\r\n220"), "the greeting broke off after 11 octets"),
    "half a reply to EHLO": (says(b"220 mx\r\n", b"250-mx\r\n250-HE"), "reply to EHLO broke off after 14 octets"),
    "half of every reply": (after_hello(b"214-more\r\n"), "3 in a row got no reply, or half of one"),
    "its greeting has no end": (floods(None), "the greeting has no end"),
    "its reply to EHLO has no end": (floods(b"EHLO"), "reply to EHLO lab.example has no end"),
    "a reply has no end": (floods(b"NOOP"), "reply to NOOP has no end"),
    "another protocol": (says(b"SSH-2.0-x\r\n"), "no SMTP server"),
    "tires": (tires, "greets with 421 too many connections; sessions recorded until then: 3"),
}


@pytest.mark.parametrize("kind", SERVERS)
def test_nothing_is_no_success(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that opens no session, or answers nothing, ends with one clear line, status 2 and no file."""
    monkeypatch.setattr(recorder, "_IN_ORDER", [b"HELP\r\n", b"NOOP\r\n", b"FOO\r\n"])
    talk, named = SERVERS[kind]
    out = tmp_path / "mine.json"
    with server(talk) as (host, port, _):
        arguments = ["record", f"{host}:{port}", "--name", "mine", "--out", str(out), "--timeout", "0.2"]
        assert cli.run(arguments) == 2
        err = capsys.readouterr().err
        assert named in err
        assert err.count("\n") == 1
        assert list(tmp_path.iterdir()) == []
        assert cli.run([*arguments, "--lang", "es"]) == 2
    assert capsys.readouterr().err != err


@pytest.mark.parametrize(
    "name",
    [
        "../x", "a/b", "/x", "..", ".", "", "a\\b", "con", "NUL.1", "com1", "a\0b", "a\nb", "ñandú", "x" * 81, "-x",
        "a b", "x.", "a..b",
    ],
)  # fmt: skip
def test_names_that_are_none(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that no file can have everywhere is refused before the first connection, and nothing is written."""
    folder = tmp_path / "in"
    folder.mkdir()
    monkeypatch.chdir(folder)
    with server(says(b"220 mx\r\n", b"250 OK\r\n")) as (host, port, connections):
        assert cli.run(["record", f"{host}:{port}", f"--name={name}"]) == 2
        assert connections == []
    assert "name" in capsys.readouterr().err
    assert [path.name for path in tmp_path.rglob("*")] == ["in"]
    with pytest.raises(CannotRecord):
        checked_name(name)


def test_names_there_are() -> None:
    """Every name of a recording that comes with smtplab is one that can be recorded under."""
    from smtplab.recordings.recording import names

    assert [checked_name(name) for name in names()] == list(names())


def test_places_that_cannot_be_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A place that is taken, missing, no folder, or a link to nowhere is refused before the first connection."""
    (tmp_path / "there.json").write_text("mine")
    (tmp_path / "dangling.json").symlink_to(tmp_path / "nowhere/else.json")
    (tmp_path / "link.json").symlink_to(tmp_path / "target.json")
    places = ("there.json", "dangling.json", "link.json", "no/such/folder.json", "there.json/x.json", ".", "x" * 300)
    with server(says(b"220 mx\r\n", b"250 OK\r\n")) as (host, port, connections):
        for place in places:
            assert cli.run(["record", f"{host}:{port}", "--name", "mine", "--out", str(tmp_path / place)]) == 2, place
            err = capsys.readouterr().err
            assert err.count("\n") == 1, place
            assert "--out" in err, place
        assert connections == []
    assert (tmp_path / "there.json").read_text() == "mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["dangling.json", "link.json", "there.json"]


def test_a_reply_that_the_timeout_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a reply is not kept as a whole one: the line is left out, and the note says so."""
    monkeypatch.setattr(recorder, "_IN_ORDER", [b"HELP\r\n", b"STAT\r\n", b"FOO\r\n"])
    monkeypatch.setattr(recorder, "_FRESH", [b"HELP\r\n", b"STAT\r\n", b"FOO\r\n"])
    script = {"STAT": b"250-half\r\n250", "HELP": "214 help", "FOO": "500 what?"}
    with smtplab.start(Personality.scripted(script), carrier="memory") as lab:
        recorded = record(lab._carrier.connect, "mine", timeout=0.2)
    assert recorded.reply_to(b"STAT\r\n") is None
    assert recorded.reply_to(b"HELP\r\n").octets == b"214 help\r\n"
    assert "STAT" in recorded.note
    path = tmp_path / "mine.json"
    path.write_text(recorded.to_text())
    assert Recording.read(path) == recorded


def test_help_is_asked_with_what_is_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    """HELP is asked with each command in the server's list and EHLO, and with those that every server has."""
    monkeypatch.setattr(recorder, "_IN_ORDER", [b"HELP\r\n"])
    monkeypatch.setattr(recorder, "_FRESH", [b"HELP\r\n"])
    script = {
        "EHLO": "250-mx\n250-CHUNKING\n250 XONE",
        "HELP": lambda line: "214 MAIL XTWO XTHREE" if line.strip().upper() == "HELP" else f"214 of {line[5:]}",
    }
    with smtplab.start(Personality.scripted(script), carrier="memory") as lab:
        recorded = record(lab._carrier.connect, "mine", timeout=0.2)
    for topic in ("BDAT", "XONE", "MAIL", "XTWO", "XTHREE", "VRFY", "RCPT"):
        for phase in ("greeted", "connected"):
            assert recorded.reply_to(f"HELP {topic}\r\n".encode(), phase).octets == f"214 of {topic}\r\n".encode()
    assert len(topics(f"X{number}" for number in range(1000))) < 75


def test_an_addition_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a recording lacks is added with a date of its own; what it has stays, and another server is refused."""
    bare = Recording.from_text(recording("dumbster-1.6").to_text())
    with smtplab.start("dumbster-1.6", carrier="memory") as lab:
        more = extend(bare, lab._carrier.connect, obtained="again", timeout=0.2)
        assert extend(more, lab._carrier.connect, obtained="once more", timeout=0.2) is more
    assert (more.answers, more.date, more.obtained) == (bare.answers, bare.date, bare.obtained)
    (addition,) = more.additions
    assert addition.obtained == "again"
    assert more.reply_to(b"HELP RCPT\r\n").octets == b"211 No help available\r\n"
    assert Recording.from_text(more.to_text()) == more
    with smtplab.start("exim-4.96", carrier="memory") as lab, pytest.raises(CannotRecord, match="not the server of"):
        extend(bare, lab._carrier.connect, obtained="again", timeout=0.2)
