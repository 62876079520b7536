"""A site, built once for all tests from this checkout, in a cache that stays between runs of the tests."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.helpers.paths import TOP

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def cache() -> Path:
    """Return the folder of the parts: what was made from the same input before is there."""
    return Path(os.environ.get("SMTPLAB_CACHE") or TOP / ".venv/smtplab-cache")


@pytest.fixture
def lines() -> tuple[list[str], Callable[[str], None]]:
    """Return a list, and what puts lines into it."""
    output: list[str] = []
    return output, output.append
