"""Labs for tests: scripts that mail can follow, TLS and AUTH, and what cannot be had."""

from __future__ import annotations

import smtplib
import socket
import ssl
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from smtplab.errors import LabError, UnknownName
from smtplab.testing import faults
from tests.helpers.mailing import mail

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from smtplab import Lab
    from smtplab.testing.certificates import Certificate

    Says = Callable[..., Lab]

LOGIN = ("ana", "secret")


def test_mail_is_read_back(smtp_lab: Lab) -> None:
    """What a client sends can be read from the lab."""
    mail(smtp_lab.address)
    assert smtp_lab.messages[0].rcpt_tos == ("c@d.example",)
    assert b"Subject: x" in smtp_lab.messages[0].content


def test_a_script_is_said_and_mail_follows(smtp_says: Says) -> None:
    """A scripted RCPT that takes one recipient and not the other leads on to the text, and to the mail."""
    lab = smtp_says({"EHLO": "250 me", "MAIL": "250 ok", "RCPT": ["250 ok", "451 later"]})
    refused = mail(lab.address, to=("c@d.example", "e@f.example"))
    assert refused == {"e@f.example": (451, b"later")}
    assert [message.rcpt_tos for message in lab.messages] == [("c@d.example",)]
    assert lab.messages[0].mail_from == "a@b.example"


def test_what_a_script_refuses_is_refused(smtp_says: Says) -> None:
    """A scripted refusal leaves the session where it was: no recipient, no text."""
    lab = smtp_says({"RCPT": "550 no", "RSET": "250 begun anew"})
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        mail(lab.address)
    with smtplib.SMTP(*lab.address) as client:
        client.ehlo()
        client.mail("a@b.example")
        assert client.rset() == (250, b"begun anew")
        assert client.docmd("DATA")[0] == 503
    assert lab.messages == ()


def test_a_421_of_a_script_closes(smtp_says: Says) -> None:
    """The server hangs up after a scripted 421."""
    with smtplib.SMTP(*smtp_says({"HELP": "421 closing"}).address) as client:
        assert client.docmd("HELP") == (421, b"closing")
        with pytest.raises(smtplib.SMTPServerDisconnected):
            client.noop()


def test_a_greeting_of_a_script(smtp_says: Says) -> None:
    """A script may have a greeting; a personality has its own."""
    with smtplib.SMTP() as client:
        assert client.connect(*smtp_says({}, greeting="220 hello").address) == (220, b"hello")
    with pytest.raises(TypeError, match="greeting goes with a script"):
        smtp_says("exim-4.96", greeting="220 hello")


def test_recorded_servers_hold_no_mail(smtp_says: Says) -> None:
    """A recorded server says 250 to mail and keeps none, whatever else is asked of the lab."""
    lab = smtp_says("exim-4.96", faults.OneOctetASegment(at="EHLO"))
    assert mail(lab.address) == {}
    assert lab.messages == ()


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_tls_and_auth(smtp_says: Says, smtp_certificate: Certificate, tls: str) -> None:
    """Over TLS a client that trusts the test's authority logs in and sends; a wrong or missing password is refused."""
    lab = smtp_says(tls=tls, auth=dict([LOGIN]))
    context = smtp_certificate.client_context()
    assert mail(lab.address, tls=tls, context=context, login=LOGIN) == {}
    with pytest.raises(smtplib.SMTPAuthenticationError, match="535"):
        mail(lab.address, tls=tls, context=context, login=("ana", "wrong"))
    with pytest.raises(smtplib.SMTPSenderRefused, match="530"):
        mail(lab.address, tls=tls, context=context)
    assert len(lab.messages) == 1


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_nobody_trusts_the_certificate(smtp_says: Says, tls: str) -> None:
    """A client that trusts the machine's authorities only does not go on."""
    with pytest.raises(ssl.SSLCertVerificationError):
        mail(smtp_says(tls=tls).address, tls=tls, context=ssl.create_default_context())


def test_auth_waits_for_tls(smtp_says: Says, smtp_certificate: Certificate) -> None:
    """Where STARTTLS is offered AUTH is listed behind it only; without TLS it is listed at once."""
    with smtplib.SMTP(*smtp_says(tls="starttls", auth=dict([LOGIN])).address) as client:
        client.ehlo()
        assert not client.has_extn("auth")
        client.starttls(context=smtp_certificate.client_context())
        client.ehlo()
        assert client.has_extn("auth")
    assert mail(smtp_says(auth=dict([LOGIN])).address, login=LOGIN) == {}


def test_the_authority_for_programs(smtp_certificate: Certificate, tmp_path: Path) -> None:
    """The authority's certificate can be kept in a file, which any TLS client reads."""
    context = ssl.create_default_context(cafile=smtp_certificate.save(tmp_path))
    assert context.get_ca_certs()


def test_a_lab_that_stops_while_hands_are_shaken(smtp_says: Says, smtp_certificate: Certificate) -> None:
    """A client that has begun TLS and does not go on does not keep a lab from stopping, and sees the end."""
    lab = smtp_says(tls="implicit")
    inward, outward = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = smtp_certificate.client_context().wrap_bio(inward, outward, server_hostname="localhost")
    with pytest.raises(ssl.SSLWantReadError):
        tls.do_handshake()
    with socket.create_connection(lab.address, timeout=5) as client:
        client.sendall(outward.read())
        assert client.recv(1)
        lab.stop()
        with suppress(ConnectionError):
            while client.recv(4096):
                pass


def test_without_trustme(smtp_says: Says, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where trustme is missing the error says what to install."""
    from smtplab.testing import certificates

    monkeypatch.setitem(sys.modules, "trustme", None)
    monkeypatch.setattr(certificates, "certificate", certificates.certificate.__wrapped__)
    with pytest.raises(LabError, match=r"smtplab\[testing\]"):
        smtp_says(tls="starttls")


@pytest.mark.parametrize(
    ("arguments", "options", "error", "sentence"),
    [
        ((), {"tls": "ssl"}, ValueError, "'starttls' or 'implicit', not 'ssl'"),
        (({}, "delay"), {}, TypeError, "one of smtplab.testing.faults"),
        (("nosuch",), {}, UnknownName, "unknown personality"),
        (({"HELP": 5},), {}, TypeError, "HELP"),
    ],
)
def test_what_cannot_be_had(
    smtp_says: Says, arguments: tuple[object, ...], options: dict[str, str], error: type[Exception], sentence: str
) -> None:
    """What is no TLS, no fault, no server and no script is refused, and named."""
    with pytest.raises(error, match=sentence):
        smtp_says(*arguments, **options)
