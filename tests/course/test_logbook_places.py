"""Where progress cannot be kept: whatever stands in the way, feedback comes, says so, and nothing is lost."""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path

import pytest

import smtplab
from smtplab.course import logbook
from smtplab.text.language import LANGUAGES
from tests.helpers.progress_file import ENTRY, answer, kept


@pytest.mark.parametrize("lang", LANGUAGES)
def test_where_nothing_can_be_written(here: Path, monkeypatch: pytest.MonkeyPatch, lang: str) -> None:
    """Feedback comes all the same and says why once, the answer counts in memory, and is written once it can be."""
    (here / "file").write_text("no directory")
    monkeypatch.setenv("SMTPLAB_PROGRESS", str(here / "file/progress.json"))
    smtplab.set_language(lang)
    remark = answer().remark
    assert answer().remark == ""
    progress = smtplab.progress()
    assert (progress.done, progress.remarks) == (1, (remark,))
    assert str(here / "file/progress.json") in progress.remarks[0]
    assert progress.remarks[0] in progress._repr_html_()
    (here / "file").unlink()
    (here / "file").mkdir()
    assert answer("01.status", "500").remark == ""
    assert {key: entry["tries"] for key, entry in kept(here / "file/progress.json").items()} == {
        "01.help": 2, "01.status": 1,
    }  # fmt: skip
    assert smtplab.progress().remarks == ()


def test_a_file_that_may_not_be_read_stays(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be read is not written over."""
    file = here / logbook.FILE
    file.write_text("theirs")

    def refuse(_path: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert answer().right
    assert "Permission denied" in smtplab.progress().remarks[0]
    assert file.read_text() == "theirs"


def test_trouble_that_is_over(here: Path) -> None:
    """What could not be read for a while is not spoken of once it can be."""
    (here / logbook.FILE).mkdir()
    assert smtplab.progress().remarks
    (here / logbook.FILE).rmdir()
    assert smtplab.progress().remarks == ()


def test_a_directory_of_that_name(here: Path) -> None:
    """A directory, or whatever is no file, is left alone."""
    (here / logbook.FILE).mkdir()
    assert answer().right
    assert "it is no file" in smtplab.progress().remarks[0]
    assert (here / logbook.FILE).is_dir()


@pytest.mark.skipif(os.name != "posix", reason="links need rights elsewhere")
@pytest.mark.parametrize("leads", [True, False])
def test_a_link_instead_of_a_file(here: Path, leads: bool) -> None:
    """Nothing is written through a link: what it leads to is read, and the link is replaced."""
    target = here / "elsewhere.json"
    text = json.dumps({"version": 1, "answers": {"01.status": ENTRY}})
    if leads:
        target.write_text(text)
    (here / logbook.FILE).symlink_to(target)
    answer()
    assert not (here / logbook.FILE).is_symlink()
    assert set(kept(here / logbook.FILE)) == ({"01.help", "01.status"} if leads else {"01.help"})
    assert (target.read_text() if leads else target.exists()) == (text if leads else False)


@pytest.mark.parametrize("off", ["off", "OFF"])
def test_off(here: Path, monkeypatch: pytest.MonkeyPatch, off: str) -> None:
    """SMTPLAB_PROGRESS=off writes nothing and says nothing, and is known until Python stops."""
    monkeypatch.setenv("SMTPLAB_PROGRESS", off)
    answer()
    assert (smtplab.progress().done, smtplab.progress().remarks) == (1, ())
    assert list(here.iterdir()) == []


def test_a_file_of_ones_own(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SMTPLAB_PROGRESS names another file."""
    monkeypatch.setenv("SMTPLAB_PROGRESS", str(here / "mine.json"))
    answer()
    assert set(kept(here / "mine.json")) == {"01.help"}


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the current directory cannot be removed")
def test_without_a_current_directory(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the current directory is gone, feedback comes and progress is kept in memory."""
    (here / "gone").mkdir()
    os.chdir(here / "gone")
    (here / "gone").rmdir()
    feedback = answer()
    assert feedback.right
    assert "the current directory is gone" in feedback.remark
    assert smtplab.progress().done == 1
    monkeypatch.setenv("SMTPLAB_PROGRESS", "mine.json")
    assert "the current directory is gone" in answer().remark
    assert smtplab.progress().done == 1


NO_PLACE = {
    "~/progress.json": "~[ )]", "~nosuchuser-x/progress.json": "~[ )]", "~": "~[ )]", "folder": "file|archivo",
    ".": "file|archivo",
    "/": "name|llamarse", "a\0b": "name|llamarse", "~\0/x": "~[ )]", "\ud800": "name|llamarse",
    "n" * 5000: "too long|demasiado largo",
    "..": "file|archivo",
}  # fmt: skip
"""What SMTPLAB_PROGRESS may name although no file can be kept there, and words of the reason."""


@pytest.fixture
def homeless(monkeypatch: pytest.MonkeyPatch) -> None:
    """Work where nobody knows a home directory, as in a bare container."""

    def unknown(_name: object) -> object:
        raise KeyError

    for name in ("HOME", "USERPROFILE", "HOMEPATH"):
        monkeypatch.delenv(name, raising=False)
    pwd = pytest.importorskip("pwd")
    monkeypatch.setattr(pwd, "getpwuid", unknown)
    monkeypatch.setattr(pwd, "getpwnam", unknown)


@pytest.mark.skipif(os.name != "posix", reason="home directories are found otherwise elsewhere")
@pytest.mark.usefixtures("homeless")
@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", NO_PLACE, ids=lambda name: repr(name)[:12])
def test_a_name_that_no_file_can_have(here: Path, monkeypatch: pytest.MonkeyPatch, name: str, lang: str) -> None:
    """Feedback comes in cell and widget alike, says once why nothing is kept, and the answer counts in memory."""
    (here / "folder").mkdir()
    environment = {**os.environ, "SMTPLAB_PROGRESS": name}  # the system's own refuses NUL
    monkeypatch.setattr(os, "environ", environment)
    smtplab.set_language(lang)
    feedback = answer()
    assert feedback.right
    assert re.search(NO_PLACE[name], feedback.remark)
    assert ("cannot be kept" if lang == "en" else "no se puede guardar") in feedback.remark
    assert feedback.remark in str(feedback)
    feedback.remark.encode()
    assert len(feedback.remark) < 1000
    with smtplab.start(carrier="memory") as lab:
        widget = smtplab.exercise("01.status", lab)
        widget._handle_custom_msg({"type": "answer", "answer": "500"}, [])
    assert widget.feedback["right"] is not None
    assert feedback.remark not in widget.feedback["text"]
    progress = smtplab.progress()
    assert (progress.done, progress.remarks) == (2, (feedback.remark,))
    assert [path.name for path in here.rglob("*")] == ["folder"]


def test_the_widget_says_it_too(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the page's answer is the first, the reason stands under the question."""
    monkeypatch.setenv("SMTPLAB_PROGRESS", str(here))
    with smtplab.start(carrier="memory") as lab:
        widget = smtplab.exercise("01.status", lab)
        widget._handle_custom_msg({"type": "answer", "answer": "500"}, [])
    assert "it is no file" in widget.feedback["text"]


def test_the_home_directory(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tilde is the home directory."""
    monkeypatch.setenv("HOME", str(here))
    monkeypatch.setenv("USERPROFILE", str(here))
    monkeypatch.setenv("SMTPLAB_PROGRESS", "~/mine.json")
    assert answer().remark == ""
    assert set(kept(here / "mine.json")) == {"01.help"}


def test_an_empty_name_is_none(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty SMTPLAB_PROGRESS names no file: the current directory's is used."""
    monkeypatch.setenv("SMTPLAB_PROGRESS", "")
    assert answer().remark == ""
    assert set(kept(here / logbook.FILE)) == {"01.help"}


@pytest.mark.parametrize("directory", ["a\0b", "n" * 5000, "\ud800"])
def test_progress_of_a_directory_that_cannot_be(here: Path, directory: str) -> None:
    """Progress of a directory that no name can have is empty, and says why."""
    progress = smtplab.progress(directory)
    assert (progress.done, len(progress.remarks)) == (0, 1)
