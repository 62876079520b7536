"""What the course's tests share: a directory to answer in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty directory, as a notebook does, with nothing set."""
    monkeypatch.delenv("SMTPLAB_PROGRESS")
    monkeypatch.chdir(tmp_path)
    return tmp_path
