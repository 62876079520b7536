"""A site is put in place whole or not at all, and never over something else."""

from __future__ import annotations

from pathlib import Path

import pytest

from smtplab.errors import SiteError
from smtplab.site.place import LIST, check_place, is_site, put, same, write_list


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Make a small site."""
    return make(tmp_path / "made", "one")


def make(folder: Path, text: str) -> Path:
    """Make a site of two files."""
    (folder / "page").mkdir(parents=True)
    (folder / "index.html").write_text(text)
    (folder / "page/a.mjs").write_text("a")
    write_list(folder)
    return folder


def contents(folder: Path) -> dict[str, str]:
    """Read a folder."""
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("there", ["nothing", "an empty folder", "an older site"])
def test_where_a_site_may_be_put(tmp_path: Path, site: Path, there: str) -> None:
    """A site goes where nothing is, into an empty folder, or in place of an older site, and nothing else is left."""
    target = tmp_path / "deep/public"
    if there == "an empty folder":
        target.mkdir(parents=True)
    elif there == "an older site":
        make(target, "older")
        (target / "page/old.mjs").write_text("gone in the new one")
        write_list(target)
    check_place(target)
    put(site, target)
    assert contents(target) == contents(site)
    assert is_site(target)
    assert same(site, target)
    assert sorted(path.name for path in target.parent.iterdir()) == ["public"]


def _foreign(target: Path) -> None:
    target.mkdir()
    (target / "thesis.txt").write_text("mine")


def _list_of_something_else(target: Path) -> None:
    target.mkdir()
    (target / LIST).write_text('{"version": 99}')


def _added(target: Path) -> None:
    make(target, "one")
    (target / "CNAME").write_text("mine")


def _changed(target: Path) -> None:
    make(target, "one")
    (target / "index.html").write_text("mine")


def _file(target: Path) -> None:
    target.write_text("mine")


@pytest.mark.parametrize(
    ("prepare", "why"),
    [
        (_foreign, "holds something else than a site"),
        (_list_of_something_else, "holds something else than a site"),
        (_added, "would be lost: CNAME"),
        (_changed, r"would be lost: index\.html"),
        (_file, "is not a folder"),
    ],
)
def test_what_is_in_the_way_is_refused(tmp_path: Path, prepare, why: str) -> None:
    """Something else in the folder, or beside or in place of a site's own files, is named and left as it is."""
    target = tmp_path / "public"
    prepare(target)
    before = target.read_text() if target.is_file() else contents(target)
    with pytest.raises(SiteError, match=why):
        check_place(target)
    assert before == (target.read_text() if target.is_file() else contents(target))


def test_a_link_that_leads_nowhere(tmp_path: Path) -> None:
    """A dangling link is no place for a site."""
    (tmp_path / "public").symlink_to(tmp_path / "nowhere")
    with pytest.raises(SiteError, match="is not a folder"):
        check_place(tmp_path / "public")


@pytest.mark.parametrize("fails_at", ["copy", "rename"])
def test_what_fails_leaves_the_old_site_whole(
    tmp_path: Path, site: Path, monkeypatch: pytest.MonkeyPatch, fails_at: str
) -> None:
    """When the disk fails in mid-copy or in the last rename, the old site is there as it was, and nothing half."""
    target = make(tmp_path / "public", "older")
    old = contents(target)

    def refuse(*_args: object, **_options: object) -> None:
        raise OSError(28, "No space left on device")

    def rename(self: Path, to: Path) -> Path:
        if self.name == "new":
            refuse()
        return original(self, to)

    original = Path.rename
    if fails_at == "copy":
        monkeypatch.setattr("shutil.copytree", refuse)
    else:
        monkeypatch.setattr(Path, "rename", rename)
    with pytest.raises(SiteError, match=r"cannot put the site into .*public: No space left"):
        put(site, target)
    assert contents(target) == old
    assert is_site(target)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["made", "public"]


def test_a_half_site_is_no_site(site: Path) -> None:
    """A folder that lacks one of the site's files is not taken for a site."""
    assert is_site(site)
    (site / "page/a.mjs").unlink()
    assert not is_site(site)
