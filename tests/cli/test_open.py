"""`smtplab open` and what it starts: JupyterLab, whatever lies in the learner's directory."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from jupyterlab.handlers.announcements import NeverCheckForUpdate
from jupyterlab.labapp import LabApp

from smtplab.cli import lessons

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.slow
def test_the_learners_files_are_not_run(tmp_path: Path) -> None:
    """Files that are named like modules of Python's, in the directory where smtplab is started, are left alone."""
    for name in ("email", "random", "types", "tempfile", "tornado", "jupyterlab", "smtplab"):
        (tmp_path / f"{name}.py").write_text("open('ran', 'a').close()\nraise SystemExit('it ran')\n")
    command = [sys.executable, "-P", "-m", "smtplab", "open", "here", "--no-browser", "--", "--version"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "ran").exists()
    assert (tmp_path / "here").is_dir()


def test_nobody_is_asked_for_news() -> None:
    """JupyterLab is told to ask nobody for updates or news, in words that it understands."""
    app = LabApp()
    app.parse_command_line(list(lessons.QUIET))
    assert app.check_for_updates_class is NeverCheckForUpdate
    assert app.news_url is None
