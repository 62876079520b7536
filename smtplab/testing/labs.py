"""Labs for tests: on tcp, saying what a test wants, with faults, TLS and AUTH."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from smtplab.lab.lab import Lab
from smtplab.server.personality import Personality
from smtplab.server.smtp import LabSMTP
from smtplab.testing.faults import Fault, together
from smtplab.text.sentences import Sentences

if TYPE_CHECKING:
    from smtplab.server.personality import AnswerLike, Script
    from smtplab.testing.certificates import Certificate

_say = Sentences("testing/errors")

TLS = (None, "starttls", "implicit")


def start(
    how: str | Personality | Mapping[str, Script] = "rfc5321",
    *faults: Fault,
    greeting: AnswerLike | None = None,
    tls: str | None = None,
    auth: Mapping[str, str] | None = None,
    certificate: Certificate | None = None,
    timeout: float = 10.0,
) -> Lab:
    """Start a lab for a test: a real server on a free port of 127.0.0.1, `lab.address`; stop it with `lab.stop()`.

    how: as `smtplab.start` takes it, or a script: a command → what to say, as `Personality.scripted` takes it.
      Where a script accepts MAIL and RCPT, mail may follow.
    faults: what goes wrong (`smtplab.testing.faults`); all of them hold.
    greeting: for a script, what is said first.
    tls: None; "starttls", which offers STARTTLS; or "implicit", TLS from the first octet. Both need trustme, which
      `smtplab[testing]` installs.
    auth: user → password: mail is taken after AUTH only, and where `tls` is "starttls" AUTH comes after that.
    certificate: for TLS; without one, `smtplab.testing.certificate()`.
    timeout: seconds that the lab's own `send` waits.
    Raises ValueError for another `tls`, LabError where trustme is not installed, UnknownName, and what
    `Personality.scripted` raises.
    """
    if tls not in TLS:
        raise ValueError(_say("tls", tls=repr(tls)))
    for fault in faults:
        if not isinstance(fault, Fault):
            raise TypeError(_say("fault_type", fault=f"{fault!r:.60}"))
    scripted = isinstance(how, Mapping)
    if isinstance(how, Mapping):
        how = Personality.scripted(how, greeting=greeting)
    elif greeting is not None:
        raise TypeError(_say("greeting"))
    server: type[LabSMTP] = LabSMTP
    if faults or tls or scripted or auth is not None:
        from smtplab.testing.server import server_class  # a plain lab starts without it

        context = (certificate or _certificate()).server_context() if tls else None
        server = server_class(fault=together(faults), tls=tls, context=context, logins=auth, follows=scripted)
    return Lab(how, carrier="tcp", timeout=timeout, server=server)


def _certificate() -> Certificate:
    from smtplab.testing.certificates import certificate

    return certificate()
