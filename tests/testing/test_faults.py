"""Each fault as a client sees it: smtplib for the most part, a bare socket where the octets themselves matter."""

from __future__ import annotations

import smtplib
import socket
import time
from typing import TYPE_CHECKING

import pytest

from smtplab import Answer
from smtplab.testing import faults
from smtplab.testing.faults import COMMON, Closing, Cut, Delay, DropAfter, Moment, OneOctetASegment
from tests.helpers.mailing import mail

if TYPE_CHECKING:
    from collections.abc import Callable

    from smtplab import Lab
    from smtplab.testing.certificates import Certificate

    Says = Callable[..., Lab]

SERVERS = ("rfc5321", "exim-4.96", {})
"""The lab's own, which aiosmtpd answers; a recorded one; a scripted one."""

SEEN: dict[str, tuple[type[Exception] | None, str | None]] = {
    "late": (None, None),
    "one-octet-a-segment": (None, None),
    "greeting-421": (smtplib.SMTPConnectError, "421"),
    "ehlo-cut": (smtplib.SMTPServerDisconnected, None),
    "dropped-after-2": (smtplib.SMTPServerDisconnected, None),
    "starttls-454": (None, None),
    "mail-421": (smtplib.SMTPSenderRefused, "421"),
    "rcpt-451-once": (smtplib.SMTPRecipientsRefused, "451"),
    "data-cut": (smtplib.SMTPServerDisconnected, None),
    "end-of-text-421": (smtplib.SMTPDataError, "421"),
}
"""What smtplib makes of each common fault."""


@pytest.mark.parametrize("how", SERVERS, ids=["own", "recorded", "scripted"])
@pytest.mark.parametrize("name", COMMON)
def test_a_common_fault(smtp_says: Says, name: str, how: object) -> None:
    """Each common fault happens whoever answers, and where it strikes no mail is taken."""
    error, code = SEEN[name]
    lab = smtp_says(how, Delay(0.01) if name == "late" else COMMON[name])
    if error is None:
        assert mail(lab.address) == {}
    else:
        with pytest.raises(error, match=code):
            mail(lab.address)
    assert len(lab.messages) == (error is None and how != "exim-4.96")


def test_late(smtp_says: Says) -> None:
    """A late reply comes no sooner than it should, and the others at once: a client with less patience gives up."""
    lab = smtp_says({}, Delay(0.3, at="NOOP"))
    with smtplib.SMTP(*lab.address, timeout=10) as client:
        begun = time.monotonic()
        assert client.noop()[0] == 250
        assert time.monotonic() - begun >= 0.3
    with smtplib.SMTP(*lab.address, timeout=10) as client:
        client.sock.settimeout(0.02)
        with pytest.raises(smtplib.SMTPServerDisconnected):
            client.noop()


def received(address: tuple[str, int], command: bytes) -> list[bytes]:
    """Return what comes of a command, a piece for each time that octets came, to the end of the connection."""
    pieces = []
    with socket.create_connection(address, timeout=10) as client, client.makefile("rb") as file:
        file.readline()
        client.sendall(command)
        while piece := client.recv(4096):
            pieces.append(piece)
    return pieces


def test_one_octet_a_segment(smtp_says: Says) -> None:
    """A reply comes in pieces, whole at last, and what the server says next comes after it."""
    lab = smtp_says({"HELP": "214 " + "x" * 60}, OneOctetASegment(at="HELP"))
    pieces = received(lab.address, b"HELP\r\nQUIT\r\n")
    assert len(pieces) > 20
    assert b"".join(pieces) == b"214 " + b"x" * 60 + b"\r\n221 Bye\r\n"


@pytest.mark.parametrize(("octets", "left"), [(None, b"214 Ask"), (0, b""), (4, b"214 "), (99, b"214 Ask again\r\n")])
def test_cut(smtp_says: Says, octets: int | None, left: bytes) -> None:
    """Of a reply that is cut the first octets come, half of them unless it is said how many, and then the end."""
    lab = smtp_says({"HELP": "214 Ask again"}, Cut(octets, at="HELP"))
    assert b"".join(received(lab.address, b"HELP\r\n")) == left


def test_drop_after(smtp_says: Says) -> None:
    """A session has as many replies as it should, and so has the next."""
    lab = smtp_says({}, DropAfter(2))
    for _ in range(2):
        with smtplib.SMTP(*lab.address, timeout=10) as client:
            assert [client.noop()[0], client.noop()[0]] == [250, 250]
            with pytest.raises(smtplib.SMTPServerDisconnected):
                client.noop()


@pytest.mark.parametrize("how", SERVERS, ids=["own", "recorded", "scripted"])
def test_starttls_refused(smtp_says: Says, smtp_certificate: Certificate, how: object) -> None:
    """STARTTLS is listed once, whoever answers, and refused; the session goes on in the clear."""
    for tls in (None, "starttls"):
        lab = smtp_says(how, COMMON["starttls-454"], tls=tls)
        with smtplib.SMTP(*lab.address, timeout=10) as client:
            assert client.ehlo()[1].upper().split().count(b"STARTTLS") == 1
            with pytest.raises(smtplib.SMTPResponseException, match="454"):
                client.starttls(context=smtp_certificate.client_context())
            assert client.noop()[0] == 250


def test_starttls_is_listed_after_one_line(smtp_says: Says) -> None:
    """A reply to EHLO of one line gets its second: it is a multiline reply then, as RFC 5321 §4.2.1 has it."""
    lab = smtp_says({"EHLO": "250 me"}, COMMON["starttls-454"])
    assert lab.send("EHLO x").raw == b"250-me\r\n250 STARTTLS\r\n"


def test_later_means_later(smtp_says: Says) -> None:
    """A transient refusal is said as often as it should, over all sessions, and then the mail is taken."""
    for at, error in (("RCPT", smtplib.SMTPRecipientsRefused), (".", smtplib.SMTPDataError)):
        lab = smtp_says({}, faults.TryLater(at, 2))
        for _ in range(2):
            with pytest.raises(error, match="451"):
                mail(lab.address)
        assert mail(lab.address) == {}
        assert len(lab.messages) == 1


@pytest.mark.parametrize("at", ["greeting", "EHLO", "rcpt", "DATA", "."])
@pytest.mark.parametrize("how", SERVERS, ids=["own", "recorded", "scripted"])
def test_421_at_any_moment(smtp_says: Says, how: object, at: str) -> None:
    """The server says 421 at the moment that is named, and hangs up."""
    lab = smtp_says(how, Closing(at))
    said = received_mail(lab.address)
    count = {"greeting": 0, "EHLO": 1, "rcpt": 3, "DATA": 4, ".": 5}[at]
    before = [b"220", b"250", b"250", b"250", b"354"][:count]
    assert [reply[:3] for reply in said] == [*before, b"421"]
    assert lab.messages == ()


def received_mail(address: tuple[str, int]) -> list[bytes]:
    """Return the last line of each reply to the commands that send a mail, until one is 421, and the end."""
    commands = [
        b"EHLO me\r\n",
        b"MAIL FROM:<a@b.example>\r\n",
        b"RCPT TO:<c@d.example>\r\n",
        b"DATA\r\n",
        b"x\r\n.\r\n",
    ]
    said = []
    with socket.create_connection(address, timeout=10) as client, client.makefile("rb") as file:
        for command in [b"", *commands]:
            client.sendall(command)
            while (line := file.readline())[3:4] == b"-":
                pass
            said.append(line)
            if line.startswith(b"421"):
                assert file.read() == b""
                break
    return said


def test_they_compose(smtp_says: Says) -> None:
    """Faults hold together, given one by one or added up: a late 421 comes in pieces, and breaks off."""
    both = Closing("HELP", answer="421 closing now") + OneOctetASegment()
    lab = smtp_says({}, both, Cut(7, at="HELP"), Delay(0.05, at="HELP"))
    begun = time.monotonic()
    pieces = received(lab.address, b"HELP\r\n")
    assert time.monotonic() - begun >= 0.05
    assert b"".join(pieces) == b"421 clo"


def test_over_tls(smtp_says: Says, smtp_certificate: Certificate) -> None:
    """Faults happen behind TLS as well."""
    for tls in ("starttls", "implicit"):
        lab = smtp_says({}, OneOctetASegment(at="EHLO"), Cut(at="RCPT", times=1), tls=tls)
        context = smtp_certificate.client_context()
        with pytest.raises(smtplib.SMTPServerDisconnected):
            mail(lab.address, tls=tls, context=context)
        assert mail(lab.address, tls=tls, context=context) == {}
        assert len(lab.messages) == 1


def test_a_lab_stops_while_a_reply_is_on_its_way(smtp_says: Says) -> None:
    """Neither a late reply nor a client that has gone keeps a lab from stopping."""
    lab = smtp_says({}, Delay(60, at="NOOP"))
    with socket.create_connection(lab.address, timeout=10) as client:
        client.recv(100)
        client.sendall(b"NOOP\r\nNOOP\r\n")
        lab.stop()
        assert client.recv(100) == b""


def test_a_wrong_answer_is_refused_at_once() -> None:
    """What is no answer is refused where the fault is made; octets and answers are as for scripts."""
    with pytest.raises(TypeError):
        Closing("EHLO", answer=5)
    fault = Closing("EHLO", answer=Answer(b"421 x\n"))
    assert fault.instead(Moment("EHLO", 1, 1)).octets == b"421 x\n"
