"""A lab's life: started, stopped, set to another server; what it takes and refuses."""

from __future__ import annotations

import socket
import threading
import time
from typing import TYPE_CHECKING, TypeAlias

import pytest
from aiosmtpd.smtp import SMTP

import smtplab
from smtplab.lab.lab import command_line

if TYPE_CHECKING:
    from collections.abc import Callable

Start: TypeAlias = "Callable[..., smtplab.Lab]"


def test_starting_and_stopping_twice(start: Start) -> None:
    """Start and stop may each be called twice; a stopped lab says so, and can be started again."""
    lab = start()
    assert lab.start() is lab
    assert lab.send("HELP").code == 214
    lab.stop()
    lab.stop()
    assert not lab.running
    with pytest.raises(smtplab.LabStopped, match=r"lab\.start\(\)"):
        lab.send("HELP")
    assert lab.start().send("HELP").code == 214
    assert [exchange.command for exchange in lab.transcript] == [None, "HELP", None, "HELP"]


def test_a_stopped_lab_in_later_threads(start: Start) -> None:
    """A thread that takes the system's number of the ended server thread is told that the lab is stopped."""
    lab, answers = start(), []

    def send() -> None:
        try:
            lab.send("HELP")
        except smtplab.LabError as error:
            answers.append(type(error))

    lab.stop()
    for _ in range(20):
        later = threading.Thread(target=send)
        later.start()
        later.join()
    assert answers == [smtplab.LabStopped] * 20


def test_context_manager(carrier: str) -> None:
    """Leaving the with block stops the lab."""
    with smtplab.start(carrier=carrier) as lab:
        assert lab.running
    assert not lab.running


def test_repr(start: Start, carrier: str) -> None:
    """The repr names the personality and the carrier, and nothing that changes from run to run."""
    lab = start()
    assert repr(lab) == f"<Lab rfc5321 over {carrier}>"
    lab.stop()
    assert repr(lab) == f"<Lab rfc5321 over {carrier}, stopped>"


def test_address() -> None:
    """On tcp the address is 127.0.0.1 and a port another client can dial; in memory there is none, and it says why."""
    with smtplab.start(carrier="tcp") as lab:
        host, port = lab.address
        assert host == "127.0.0.1"
        with socket.create_connection((host, port), 5) as sock:
            assert sock.recv(100).startswith(b"220 ")
    with smtplab.start(carrier="memory") as lab, pytest.raises(smtplab.NoAddress, match="memory"):
        _ = lab.address
    with pytest.raises(smtplab.LabStopped):
        _ = lab.address


def test_carrier_by_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """SMTPLAB_CARRIER decides for "auto" and not for a carrier that is asked for."""
    monkeypatch.setenv("SMTPLAB_CARRIER", "memory")
    with smtplab.start() as lab, smtplab.start(carrier="tcp") as other:
        assert (lab.carrier, other.carrier) == ("memory", "tcp")
    monkeypatch.setenv("SMTPLAB_CARRIER", "pigeon")
    with pytest.raises(smtplab.UnknownName, match=r"pigeon.*auto, tcp, memory"):
        smtplab.start()


def test_on_a_hub(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """On a JupyterHub a lab runs in memory and says so once; tcp is there for those who ask for it by name."""
    for name in ("JUPYTERHUB_USER", "JUPYTERHUB_SERVICE_PREFIX"):
        monkeypatch.setenv(name, "ana")
        with smtplab.start() as lab, smtplab.start() as other, smtplab.start(carrier="tcp") as asked:
            assert (lab.carrier, other.carrier, asked.carrier) == ("memory", "memory", "tcp")
        monkeypatch.delenv(name)
    assert capsys.readouterr().out.count("JupyterHub") == 1
    monkeypatch.setenv("JUPYTERHUB_USER", "ana")
    monkeypatch.setenv("SMTPLAB_CARRIER", "tcp")
    with smtplab.start() as lab:
        assert lab.carrier == "tcp"


def test_in_a_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a browser a lab runs in memory by itself, and tcp and an address are refused in one sentence that helps."""
    monkeypatch.setattr("sys.platform", "emscripten")
    for chosen in ("", "auto"):
        monkeypatch.setenv("SMTPLAB_CARRIER", chosen)
        with smtplab.start() as lab:
            assert lab.carrier == "memory"
            with pytest.raises(smtplab.NoAddress, match=r"it runs in memory.*Use lab.send here"):
                _ = lab.address
    with pytest.raises(smtplab.LabError, match=r"no sockets.*smtplab\.start\(\) runs it in memory"):
        smtplab.start(carrier="tcp")


@pytest.mark.parametrize("what", ["how", "carrier"])
def test_unknown_names(what: str) -> None:
    """An unknown personality or carrier is named, with those there are."""
    with pytest.raises(smtplab.UnknownName, match=r"'nosuch'; there are: .*(rfc5321|memory)"):
        smtplab.start(**{what: "nosuch"})


@pytest.mark.parametrize("timeout", [0, -1, float("nan"), float("inf"), "1", None])
def test_timeouts_that_are_none(timeout: object) -> None:
    """A timeout that is no number of seconds above 0 is refused by name."""
    with pytest.raises(ValueError, match="timeout is a number of seconds"):
        smtplab.start(timeout=timeout)


@pytest.mark.parametrize(
    ("command", "name", "place"),
    [("HELP\r", "CR", 4), ("HE\nLP", "LF", 2), ("\0", "NUL", 0), (b"NOOP\r\nQUIT", "CR", 4), ("ñ\n", "LF", 1)],
)
def test_one_line_only(lab: smtplab.Lab, command: str | bytes, name: str, place: int) -> None:
    """CR, LF or NUL in a command is refused by name and place, and nothing is sent."""
    with pytest.raises(smtplab.NotACommandLine, match=f"{name} at position {place}"):
        lab.send(command)
    assert len(lab.transcript) == 0


def test_commands_are_text_or_octets() -> None:
    """Other types are refused; text goes out as UTF-8."""
    with pytest.raises(TypeError, match="not int"):
        command_line(214)
    assert command_line("ñ") == b"\xc3\xb1\r\n"


def test_a_personality_is_set_by_name(start: Start) -> None:
    """Setting the personality hangs up; from the next command on the server is another."""
    lab = start()
    assert lab.send("HELP").code == 214
    lab.personality = "aiosmtpd-1.4.6"
    assert lab.send("HELP").code == 250
    assert [exchange.session for exchange in lab.transcript] == [1, 1, 2, 2]
    with pytest.raises(smtplab.UnknownName, match="nosuch"):
        lab.personality = "nosuch"
    assert lab.personality.name == "aiosmtpd-1.4.6"


@pytest.mark.parametrize("octets", [b"214-a\r\n" * 3, b"2", b"214-" + b"x" * 3_000_000 + b"\r\n"], ids=len)
def test_a_reply_that_never_ends(start: Start, octets: bytes) -> None:
    """A reply without an end is a ReplyTimeout that carries what came; the lab works after it."""
    lab = start(smtplab.Personality.scripted({"HELP": octets}))
    with pytest.raises(smtplab.ReplyTimeout) as timeout:
        lab.send("HELP", timeout=1)
    assert octets.startswith(timeout.value.partial)
    assert timeout.value.partial
    assert timeout.value.transcript[-1].partial == timeout.value.partial
    assert lab.send("NOOP").code == 250


def test_endless_replies_do_not_hold_the_lab(start: Start) -> None:
    """A server that talks without end is cut off at the limit, with memory bounded on both sides."""

    class Chatter(smtplab.LabSMTP):
        async def smtp_NOOP(self, _arg: str | None) -> None:
            while True:
                await self.push("250-and another thing" * 20)

    lab = start(server=Chatter)
    with pytest.raises(smtplab.ReplyTimeout, match="no end"):
        lab.send("NOOP", timeout=20)
    assert lab.send("HELP").code == 214


def test_not_smtp_at_all(start: Start) -> None:
    """Octets that are no reply raise NotAReply, are noted, and the next command has a new connection."""
    lab = start(smtplab.Personality.scripted({"HELP": b"SSH-2.0-x\r\n"}))
    with pytest.raises(smtplab.NotAReply, match="SSH"):
        lab.send("HELP")
    assert lab.transcript[-1].partial == b"SSH-2.0-x\r\n"
    assert lab.send("NOOP").code == 250


def test_text_is_not_a_command(lab: smtplab.Lab) -> None:
    """While the server reads a message, `send` says so instead of waiting for a reply that never comes."""
    for command in ("HELO me", "MAIL FROM:<a@b.example>", "RCPT TO:<c@d.example>", "DATA"):
        lab.send(command)
    assert lab.reading_message
    with pytest.raises(smtplab.LabError, match="reading a message"):
        lab.send("HELP")
    assert lab.send_raw(b"no end yet\r\n") == ()
    assert lab.send(".").code == 250
    assert not lab.reading_message


def test_raw_octets_without_a_line_end(lab: smtplab.Lab) -> None:
    """Half a command has no reply; the other half completes it."""
    assert lab.send_raw(b"HE") == ()
    assert [reply.code for reply in lab.send_raw(b"LP\r\nNO")] == [214]
    assert [reply.code for reply in lab.send_raw(b"OP\r\n")] == [250]


def test_the_session_that_timed_out(start: Start) -> None:
    """A connection that the server closed in the meantime is noted, and a new one opened without an error."""

    class Impatient(smtplab.LabSMTP):
        def __init__(self, *args: object, **options: object) -> None:
            super().__init__(*args, timeout=0.05, **options)

    lab = start(server=Impatient)
    lab.send("NOOP")
    if lab.carrier == "memory":
        lab._carrier.loop.advance(1)
    else:
        while lab._state.sessions:
            threading.Event().wait(0.01)
    assert lab.send("NOOP").code == 250
    assert lab.transcript[1].closed
    assert lab.transcript[-1].session == 2


def test_after_quit_the_next_command_meets_a_new_session(start: Start) -> None:
    """Whatever server class it is, its hanging up after QUIT is noted, and the next command is never lost to it."""
    lab = start(server=SMTP)
    for number in range(1, 30):
        assert lab.send("QUIT").code == 221
        assert lab.transcript[-1].closed
        assert lab.send("NOOP").code == 250
        assert lab.transcript[-1].session == number + 1


def test_a_server_of_ones_own(start: Start) -> None:
    """Aiosmtpd's own SMTP class may stand in the lab's; what is no server class, and a port in memory, are refused."""
    assert start(server=SMTP).send("HELP").code == 250
    with pytest.raises(TypeError, match=r"server is a class.*not 5"):
        start(server=5)
    with pytest.raises(ValueError, match="port 2525 was asked for"):
        smtplab.start(carrier="memory", port=2525)


def test_a_near_miss_is_pointed_at() -> None:
    """A name that is nearly one gets a hint."""
    with pytest.raises(smtplab.UnknownName, match=r"did you mean exim-4\.96\?"):
        smtplab.start("exim-4.9")


def test_a_busy_port_is_said_at_once() -> None:
    """Asking for a port that is taken raises OSError at once."""
    with smtplab.start(carrier="tcp") as lab, pytest.raises(OSError, match="in use"):
        smtplab.start(carrier="tcp", port=lab.address[1])


def test_stopping_does_not_wait_for_a_reply() -> None:
    """A lab that is stopped while another thread waits for a reply stops at once, and that thread is told."""
    asked = threading.Event()
    errors: list[Exception] = []

    def silent(_line: str) -> bytes:
        asked.set()
        return b""

    def ask() -> None:
        try:
            lab.send("NOOP")
        except smtplab.SmtplabError as error:
            errors.append(error)

    lab = smtplab.start(smtplab.Personality.scripted({"NOOP": silent}), carrier="tcp", timeout=60)
    waiting = threading.Thread(target=ask)
    waiting.start()
    assert asked.wait(20)
    began = time.monotonic()
    lab.stop()
    waiting.join()
    assert time.monotonic() - began < 20
    assert [type(error) for error in errors] == [smtplab.ConnectionLost]
    assert not lab.running
    assert lab.start().send("HELP").code == 214
    lab.stop()
