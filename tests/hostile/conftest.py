"""What the campaign's tests share: how much is tried, and the figures, which a long run prints at its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.helpers.amount import Amount, Figures

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HERE = __name__.rpartition(".")[0].replace(".", "/")
HOURS = 6 * 3600


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give the tests of a long run the time that they need."""
    for item in items:
        if item.nodeid.startswith(HERE) and Amount().long:
            item.add_marker(pytest.mark.timeout(HOURS))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the figures of a long run."""
    reports = [each for kind in ("", "error") for each in terminalreporter.stats.get(kind, [])]  # of their ends
    figures = [(each.nodeid, value) for each in reports for name, value in each.user_properties if name == "figures"]
    if figures and Amount().long:
        terminalreporter.section(f"the campaign, seed {Amount().seed}")
        for nodeid, value in figures:
            terminalreporter.line(f"{nodeid.removeprefix(HERE + '/')}: {value}")


@pytest.fixture(scope="session")
def amount() -> Amount:
    """Return how much is tried."""
    return Amount()


@pytest.fixture
def figures(record_property: object) -> Iterator[Figures]:
    """Return what a test notes its figures in."""
    noted = Figures()
    yield noted
    record_property("figures", str(noted))  # type: ignore[operator]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty directory, as a notebook does, with nothing set."""
    monkeypatch.delenv("SMTPLAB_PROGRESS")
    monkeypatch.chdir(tmp_path)
    return tmp_path
