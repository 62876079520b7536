"""Each client against every recorded server and ten faults: python -m tests.clients writes it down."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from smtplab.recordings.recording import names
from smtplab.testing import faults, start
from tests.clients.senders import ALL, HUNG, NONE, RECIPIENTS, SENDERS, SOME, Sender

if TYPE_CHECKING:
    from concurrent.futures import Future
    from pathlib import Path


@dataclass(frozen=True)
class Case:
    """A server for the clients. title: what it does. fault: what goes wrong. tls: as `smtplab.testing.start` has it."""

    title: str
    fault: faults.Fault
    tls: str | None = None


FAULTS = (
    Case("the greeting comes after 2 s", faults.Delay(at="greeting", seconds=2)),
    Case("each octet in a segment of its own", faults.OneOctetASegment()),
    Case("421 for a greeting, and hangs up", faults.Closing(at="greeting")),
    Case("500 to EHLO", faults.Says(at="EHLO", answer="500 Syntax error, command unrecognized")),
    Case("lists STARTTLS, then 454", faults.StarttlsRefused(), tls="starttls"),
    Case("451 to the first MAIL, then 250", faults.TryLater(at="MAIL")),
    Case("250 to one recipient, 451 to the other", faults.TryLater(at="RCPT")),
    Case("421 to RCPT, and hangs up", faults.Closing(at="RCPT")),
    Case("hangs up at the third command", faults.DropAfter(commands=2)),
    Case("takes the mail, and its 250 breaks off", faults.Cut(at=".", octets=2)),
)


def told(said: str, taken: list[tuple[str, ...]]) -> str:
    """Return what became of a mail, of what the client says of it and for whom the server took it, each time it did."""
    if said == HUNG:
        return "no end within 30 s"
    if len(taken) > 1:
        return f"sent {len(taken)} times"
    if not taken:
        return "refused, and says so" if said == NONE else "**lost: says that it was sent**"
    if said == NONE:
        return "sent, and says that it was not"
    if len(taken[0]) == len(RECIPIENTS):
        return "sent"
    return "sent to one, and says so" if said == SOME else "**sent to one, says nothing**"


def at_fault(sender: Sender, case: Case, folder: Path) -> str:
    """Return what becomes of a mail that a client sends to a server with a fault."""
    with start("rfc5321", case.fault, tls=case.tls) as lab:
        said = sender.send(lab.address, folder)
        return told(said.taken, [tuple(message.rcpt_tos) for message in lab.messages])


def at_server(sender: Sender, name: str, folder: Path) -> str:
    """Return what a client says of a mail that it sends to a recorded server, which keeps none."""
    with start(name) as lab:
        said = sender.send(lab.address, folder)
    if said.taken == HUNG:
        return "no end within 30 s"
    return "sent" if said.taken in (ALL, SOME) else f"gives up{f' at {said.code}' if said.code else ''}"


def rows(folder: Path) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Return both tables: a fault, and a recorded server, to what became of each client's mail."""
    with ThreadPoolExecutor(4) as pool:
        broken = {case.title: [pool.submit(at_fault, sender, case, folder) for sender in SENDERS] for case in FAULTS}
        recorded = {name: [pool.submit(at_server, sender, name, folder) for sender in SENDERS] for name in names()}
        return _results(broken), _results(recorded)


def _results(table: dict[str, list[Future[str]]]) -> dict[str, list[str]]:
    return {key: [each.result() for each in row] for key, row in table.items()}
