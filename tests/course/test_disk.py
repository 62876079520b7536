"""Files are written whole, on any disk."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from smtplab.course import disk


def test_a_drive_that_cannot_rename_over_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where renaming over a file is not supported, as in a browser, the file is written in place."""

    def refuse(_self: Path, _target: Path) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(Path, "replace", refuse)
    for text in (b"longer than the next", b"short"):
        disk.write_whole(tmp_path / "a", text)
        assert (tmp_path / "a").read_bytes() == text
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_the_usual_mode(tmp_path: Path) -> None:
    """A file gets the mode that the learner's other files get."""
    (tmp_path / "other").touch()
    disk.write_whole(tmp_path / "a", b"")
    assert (tmp_path / "a").stat().st_mode == (tmp_path / "other").stat().st_mode
