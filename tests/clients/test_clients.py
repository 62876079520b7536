"""The page about mail clients: what is said of a mail, and that the page is what the clients do now."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from smtplab.recordings.recording import names
from tests.clients.matrix import FAULTS, Case, at_fault, at_server, told
from tests.clients.page import PAGE
from tests.clients.senders import ALL, HUNG, NONE, RECIPIENTS, SENDERS, SOME, Sender

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

BOTH, ONE = RECIPIENTS, RECIPIENTS[:1]
SOME_SERVERS = ("exim-4.96", "qpsmtpd-0.94")
HERE = [sender for sender in SENDERS if sender.name != "nodemailer"]  # npm is for the whole page


def cells(heading: str) -> dict[str, dict[str, str]]:
    """Return a table of the page: a row's title to each client's name and version, and its cell."""
    text = PAGE.read_text("utf-8").partition(f"## {heading}\n")[2].partition("\n## ")[0]
    head, _, *lines = [line.strip("| ").split(" | ") for line in re.findall(r"^\|.*\|$", text, re.MULTILINE)]
    return {line[0].strip("`"): dict(zip(head[1:], line[1:], strict=True)) for line in lines}


@pytest.mark.parametrize(
    ("said", "taken", "words"),
    [
        (ALL, [BOTH], "sent"),
        (ALL, [BOTH, BOTH], "sent 2 times"),
        (ALL, [], "lost"),
        (ALL, [ONE], "says nothing"),
        (SOME, [ONE], "sent to one, and says so"),
        (NONE, [BOTH], "says that it was not"),
        (NONE, [], "refused, and says so"),
        (HUNG, [], "no end"),
    ],
)
def test_what_is_said_of_a_mail(said: str, taken: list[tuple[str, ...]], words: str) -> None:
    """Mail that is lost, doubled or hidden is told from mail that is sent, and from what is refused."""
    assert words in told(said, taken)


def test_the_page_is_whole() -> None:
    """Ten faults, every client with its version, and every recorded server stand on the page."""
    faults, servers = cells("Ten faults"), cells("Every recorded server")
    assert list(faults) == [case.title for case in FAULTS]
    assert len(FAULTS) == 10
    for row in (*faults.values(), *servers.values()):
        assert [name.partition(" ")[0] for name in row] == [sender.name for sender in SENDERS]
        assert all(name.partition(" ")[2] for name in row)
    alike = re.findall(r"`([\w.-]+)`", PAGE.read_text("utf-8").partition('All five say "sent" to:')[2])
    assert sorted([*servers, *alike]) == sorted(names())


@pytest.mark.slow
@pytest.mark.parametrize("sender", HERE, ids=[sender.name for sender in HERE])
def test_the_page_is_true(sender: Sender, tmp_path: Path, needs: Callable[[object, str], None]) -> None:
    """At each fault that takes no time, and with two servers, a client of the page's version does as the page says."""
    version = sender.version(tmp_path)
    needs(version, sender.name)
    column = f"{sender.name} {version}"
    faults, servers = cells("Ten faults"), cells("Every recorded server")
    if column not in faults[FAULTS[0].title]:
        pytest.skip(f"the page is of another version than {column}")

    def slow(case: Case) -> bool:
        return bool(getattr(case.fault, "seconds", 0))

    assert {case.title: at_fault(sender, case, tmp_path) for case in FAULTS if not slow(case)} == {
        case.title: faults[case.title][column] for case in FAULTS if not slow(case)
    }
    assert {name: at_server(sender, name, tmp_path) for name in SOME_SERVERS} == {
        name: servers[name][column] for name in SOME_SERVERS
    }
