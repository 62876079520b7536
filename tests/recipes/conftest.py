"""A copy of this repository, to which something is added as CONTRIBUTING.md says."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.helpers.citations import files
from tests.helpers.paths import TOP

if TYPE_CHECKING:
    from pathlib import Path


class Copy:
    """A copy of the repository, whose programs import the copy's package."""

    def __init__(self, top: Path) -> None:
        self.top = top
        for path in files():
            target = top / path.relative_to(TOP)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)
        headings = "tests/data/rfc-sections.toml"
        shutil.copyfile(TOP / headings, top / headings)

    def read(self, name: str) -> str:
        """Return a file's text."""
        return (self.top / name).read_text("utf-8")

    def write(self, name: str, text: str) -> None:
        """Write a file."""
        (self.top / name).write_text(text, "utf-8")

    def append(self, name: str, text: str) -> None:
        """Write at a file's end."""
        self.write(name, self.read(name) + text)

    def replace(self, name: str, pattern: str, text: str) -> None:
        """Put a text in place of the one place that fits a pattern."""
        changed, places = re.subn(pattern, lambda _match: text, self.read(name), flags=re.MULTILINE | re.DOTALL)
        assert places == 1, (name, pattern, places)
        self.write(name, changed)

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run Python in the copy."""
        environment = {**os.environ, "PYTHONPATH": str(self.top), "PYTHONDONTWRITEBYTECODE": "1"}
        return subprocess.run(
            [sys.executable, *command], cwd=self.top, env=environment, capture_output=True, text=True, check=False
        )

    def python(self, code: str) -> str:
        """Run a program in the copy, and return what it prints."""
        ran = self.run("-c", code)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout.strip()

    def tests(self, *names: str) -> str:
        """Run tests of the copy; return nothing where they pass, else what they say."""
        ran = self.run("-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", "not slow", *names)
        return "" if ran.returncode == 0 else f"{ran.stdout}{ran.stderr}\nexit status {ran.returncode}"

    def left_out(self, checks: str = "") -> str:
        """Return what the copy says of steps that were left out, as its test does. checks: one of them, else all."""
        ran = self.run("-m", "tests.helpers.steps", *([checks] if checks else []))
        assert ran.returncode == 0, ran.stderr
        return ran.stdout.strip()


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    """Copy the repository."""
    return Copy(tmp_path / "copy")
