"""What is cited as recorded was recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smtplab.recordings.recording import names
from tests.helpers.codes import catalogue

if TYPE_CHECKING:
    from collections.abc import Iterator


def cited(value: object) -> Iterator[str]:
    """Return every "recorded: ..." in a tree of data."""
    if isinstance(value, str) and value.startswith("recorded: "):
        yield value.removeprefix("recorded: ")
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from cited(part)


def test_cited_recordings_exist() -> None:
    """Each server that the catalogue cites as recorded has its recording here."""
    citations = set(cited(catalogue()))
    assert citations
    assert {
        name for name in citations if not any(kept.startswith((f"{name}-", f"{name}.")) for kept in names())
    } == set()
