"""The page that shows what was found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.clients.matrix import rows
from tests.clients.senders import SENDERS
from tests.helpers.paths import TOP

if TYPE_CHECKING:
    from pathlib import Path

PAGE = TOP / "docs/reference/clients.md"

_BEGINNING = """# What mail clients make of servers

Five clients, none of them ours, each with its defaults and a time limit of 10 seconds. Each sends one mail to two
recipients, to a server of `smtplab.testing` on 127.0.0.1. What the client says in the end is held against what the
server took. A client that says less than it could is lawful too: this is what each does, and no reproach.

`python -m tests.clients` makes this page, in a minute; it needs npm, curl and msmtp. Write `smtp_says` and a fault
into a test of your own ([how](../how-to/test.md)) to see what your client does; how
`smtplab.testing` stands beside other test servers: [Test servers side by side](features.md).

"""
_FAULTS = """## Ten faults

"Sent" is said only where the server took the mail once, for both recipients.

"""
_RECORDED = """
## Every recorded server

A recorded server says what it said when it was recorded, and keeps no mail, so this is what the client says: "sent", or
that it gives up, with the reply code that it names. A lab that plays a server has no TLS, and says
454 to STARTTLS. What has no end waits for a reply to QUIT, which that server did not give when it was recorded. {same}

"""


def table(first: str, versions: dict[str, str], cells: dict[str, list[str]]) -> str:
    """Return a table in Markdown: a row a server, a column a client."""
    head = [first, *(f"{sender.name} {versions[sender.name]}" for sender in SENDERS)]
    lines = [head, ["---"] * len(head), *([title, *row] for title, row in cells.items())]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def page(versions: dict[str, str], folder: Path) -> str:
    """Run everything, and return the page."""
    broken, recorded = rows(folder)
    alike = [name for name, row in recorded.items() if set(row) == {"sent"}]
    others = {f"`{name}`": row for name, row in recorded.items() if name not in alike}
    same = f'With {len(alike)} of the {len(recorded)} all five clients say "sent"; these are the others.'
    names = ", ".join(f"`{name}`" for name in alike)
    return (
        f"{_BEGINNING}{_FAULTS}{table('the server', versions, broken)}{_RECORDED.format(same=same)}"
        f'{table("server", versions, others)}\nAll five say "sent" to: {names}.\n'
    )
