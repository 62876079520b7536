"""A site, built once for all tests from this checkout, in a workshop that stays between runs of the tests."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def workshop() -> Path:
    """Give the folder of the parts: what was made from the same input before is there."""
    return Path(os.environ.get("SMTPLAB_CACHE") or Path(__file__).resolve().parents[2] / ".venv/smtplab-cache")


@pytest.fixture
def lines() -> tuple[list[str], Callable[[str], None]]:
    """Give a list, and what puts lines into it."""
    said: list[str] = []
    return said, said.append
