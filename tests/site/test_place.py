"""A site is put in place whole or not at all, and never over something else."""

from __future__ import annotations

import shutil
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from smtplab.errors import SiteError
from smtplab.site import place
from smtplab.site.exchange import exchange
from smtplab.site.place import LIST, check_place, is_site, put, same, write_list

if TYPE_CHECKING:
    from collections.abc import Callable


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


def beside(target: Path) -> list[str]:
    """Return the names in the folder that a site is put into."""
    return sorted(path.name for path in target.parent.iterdir())


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
    assert beside(target) == ["public"]


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


def _empty_folder(target: Path) -> None:
    make(target, "one")
    (target / "page/mine").mkdir()


def _file(target: Path) -> None:
    target.write_text("mine")


@pytest.mark.parametrize(
    ("prepare", "why"),
    [
        (_foreign, "holds something else than a site"),
        (_list_of_something_else, "holds something else than a site"),
        (_added, "would be lost: CNAME"),
        (_changed, r"would be lost: index\.html"),
        (_empty_folder, "would be lost: page/mine/"),
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


@pytest.fixture(params=["in one step", "in two renames"])
def steps(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Let the system exchange names, and not."""
    if request.param == "in two renames":
        monkeypatch.setattr(place, "exchange", lambda _one, _other: False)
    return request.param


class Killed(BaseException):
    """Python ends here."""


@pytest.mark.parametrize("fails_at", ["copy", "rename"])
@pytest.mark.usefixtures("steps")
def test_what_fails_leaves_the_old_site_whole(
    tmp_path: Path, site: Path, monkeypatch: pytest.MonkeyPatch, fails_at: str
) -> None:
    """When the disk fails in mid-copy or in the last rename, the old site is there as it was, and nothing half."""
    target = make(tmp_path / "public", "older")
    old = contents(target)

    def refuse(*_args: object, **_options: object) -> bool:
        raise OSError(28, "No space left on device")

    def rename(self: Path, to: Path) -> Path:
        return original(self, to) if self.name != "new" else refuse()  # type: ignore[return-value]

    original = Path.rename
    if fails_at == "copy":
        monkeypatch.setattr("shutil.copytree", refuse)
    elif place.exchange is exchange:
        monkeypatch.setattr(place, "exchange", refuse)
    else:
        monkeypatch.setattr(Path, "rename", rename)
    with pytest.raises(SiteError, match=r"cannot put the site into .*public: No space left"):
        put(site, target)
    assert contents(target) == old
    assert is_site(target)
    assert beside(target) == ["made", "public"]


@pytest.mark.parametrize("when", ["while it builds", "while it is copied"])
@pytest.mark.usefixtures("steps")
def test_what_comes_in_meanwhile_is_seen(
    tmp_path: Path, site: Path, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    """A file that is put into the folder after the first look is named, and nothing is replaced."""
    target = make(tmp_path / "public", "older")
    check_place(target)

    def copytree(*args: object) -> object:
        (target / "thesis.txt").write_text("mine")
        return copy(*args)

    copy = shutil.copytree
    if when == "while it builds":
        (target / "thesis.txt").write_text("mine")
    else:
        monkeypatch.setattr("shutil.copytree", copytree)
    with pytest.raises(SiteError, match=r"would be lost: thesis\.txt"):
        put(site, target)
    assert (target / "thesis.txt").read_text() == "mine"
    assert (target / "index.html").read_text() == "older"
    assert beside(target) == ["made", "public"]


@pytest.mark.parametrize("what", ["thesis.txt", "page/thesis.txt", "folder"])
@pytest.mark.usefixtures("steps")
def test_what_comes_in_at_the_last_moment_is_kept(
    tmp_path: Path, site: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    """What somebody writes into the old site as it is replaced is not deleted; it is said where it is."""
    target = make(tmp_path / "public", "older")
    removed = place._remove

    def late(old: Path) -> None:
        if what == "folder":
            (old / what).mkdir()
            (old / what / "thesis.txt").write_text("mine")
        else:
            (old / what).write_text("mine")
        removed(old)

    monkeypatch.setattr(place, "_remove", late)
    with pytest.raises(SiteError, match=r"thesis\.txt; it is kept in (.*)$") as caught:
        put(site, target)
    assert contents(target) == contents(site)
    kept = Path(str(caught.value).rpartition("kept in ")[2])
    assert [path.read_text() for path in kept.rglob("*") if path.is_file()] == ["mine"]


@pytest.mark.parametrize("at", range(1, 9))
@pytest.mark.usefixtures("steps")
def test_killed_at_any_step(tmp_path: Path, site: Path, monkeypatch: pytest.MonkeyPatch, at: int) -> None:
    """Wherever the build is killed, a whole site is there: at once, or once the next one looks where it may be put."""
    target = make(tmp_path / "public", "older")
    done = 0

    def step(function: Callable[..., object]) -> Callable[..., object]:
        def counted(*args: object, **options: object) -> object:
            nonlocal done
            done += 1
            if done >= at:  # nothing is done any more, whatever would be cleared away
                raise Killed
            return function(*args, **options)

        return counted

    with monkeypatch.context() as killing, suppress(Killed):
        killing.setattr(place, "exchange", step(place.exchange))
        for name in ("rename", "rmdir", "unlink"):
            killing.setattr(Path, name, step(getattr(Path, name)))
        killing.setattr("shutil.rmtree", step(shutil.rmtree))
        put(site, target)
    if place.exchange is exchange:
        assert is_site(target)
    check_place(target)
    assert is_site(target)
    assert contents(target)["index.html"] in ("older", "one")


@pytest.mark.skipif(sys.platform != "linux", reason="each system has a way of its own, or none")
def test_names_are_exchanged(tmp_path: Path) -> None:
    """Two folders change names in one step; what is not there is an error that names it."""
    (tmp_path / "one/inner").mkdir(parents=True)
    (tmp_path / "other").mkdir()
    if not exchange(tmp_path / "one", tmp_path / "other"):
        pytest.skip("this disk cannot")
    assert (tmp_path / "other/inner").is_dir()
    with pytest.raises(FileNotFoundError, match="nothing"):
        exchange(tmp_path / "one", tmp_path / "nothing")


def test_a_half_site_is_no_site(site: Path) -> None:
    """A folder that lacks one of the site's files is not taken for a site."""
    assert is_site(site)
    (site / "page/a.mjs").unlink()
    assert not is_site(site)
