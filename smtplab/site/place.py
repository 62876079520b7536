"""Putting a finished site in its place: whole or not at all, and never over something that is not a site.

A site has a list of its own files with their digests, `smtplab-site.json`. A folder with such a list and exactly those
files is a site and may be replaced; anything else in the way is refused.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

from smtplab.errors import SiteError
from smtplab.site.exchange import exchange
from smtplab.text.sentences import Sentences
from smtplab.text.texts import reason

_say = Sentences("site/errors")

LIST = "smtplab-site.json"
OLD = "old"
"""What the old site is called, beside its place, until the new one is there."""


def write_list(site: Path) -> None:
    """Write the list of a finished site's files."""
    listed = {path: _digest(site / path) for path in _files(site) if path != LIST}
    (site / LIST).write_text(json.dumps({"version": 1, "files": listed}, indent=0, sort_keys=True) + "\n", "utf-8")


def check_place(target: Path) -> None:
    """Check that a site may be put there. Raises SiteError, naming what is in the way.

    A site that was taken away to make room, by a build that was killed before it put the new one there, is put back.
    """
    _put_back(target)
    if not target.exists() and not target.is_symlink():
        return
    if not target.is_dir():
        raise SiteError(_say("no_folder", target=target))
    there = _there(target)
    if not there:
        return
    listed = _listed(target)
    if listed is None:
        raise SiteError(_say("something_else", target=target))
    foreign = sorted(set(there) - set(listed) - {LIST})
    changed = sorted(path for path in set(there) & set(listed) if _digest(target / path) != listed[path])
    if foreign or changed:
        raise SiteError(_say("would_be_lost", target=target, shown=_shown([*foreign, *changed])))


def is_site(folder: Path) -> bool:
    """Return whether there is a whole site in the folder."""
    listed = _listed(folder)
    return listed is not None and all((folder / path).is_file() for path in listed)


def same(site: Path, target: Path) -> bool:
    """Return whether the target is already that site, to the last octet."""
    return is_site(target) and (site / LIST).read_bytes() == (target / LIST).read_bytes()


def put(site: Path, target: Path) -> None:
    """Copy a finished site to its place; what was there before is replaced whole, or stays whole.

    Raises SiteError where the place cannot be written, and where something of somebody else's has come into it.
    """
    target = target.resolve()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=_beside(target), dir=target.parent))
        try:
            shutil.copytree(site, beside / "new")
            check_place(target)
            old = _place(beside / "new", target)
        except BaseException:
            shutil.rmtree(beside / "new", ignore_errors=True)
            beside.rmdir()
            raise
        if old:
            _remove(old)
            if old.exists():  # through a path or a directory that was held open since before the last look
                raise SiteError(_say("came_late", target=target, shown=_shown(_there(old)), kept=old))
        beside.rmdir()
    except (OSError, shutil.Error) as error:
        raise SiteError(_say("cannot_put", target=target, why=reason(error))) from error


def _place(new: Path, target: Path) -> Path | None:
    """Give a new site its name; return where the old one is now, None where none was there."""
    if not target.exists():
        new.rename(target)
        return None
    shutil.copymode(target, new)
    if exchange(new, target):
        return new
    old = target.rename(new.parent / OLD)
    try:
        new.rename(target)
    except OSError:
        old.rename(target)
        raise
    return old


def _remove(site: Path) -> None:
    """Remove the files of a site's list, and then the folders that are empty; what else is there stays."""
    for path in _listed(site) or ():
        (site / path).unlink(missing_ok=True)
    (site / LIST).unlink(missing_ok=True)
    for folder in sorted((path for path in site.rglob("*") if path.is_dir()), reverse=True):
        with suppress(OSError):
            folder.rmdir()
    with suppress(OSError):
        site.rmdir()


def _put_back(target: Path) -> None:
    if target.exists() or target.is_symlink() or not target.parent.is_dir():
        return
    for beside in sorted(target.parent.glob(f"{_beside(target)}*")):
        if is_site(beside / OLD):
            (beside / OLD).rename(target)
            return


def _beside(target: Path) -> str:
    return f".{target.name}-"


def _listed(folder: Path) -> dict[str, str] | None:
    try:
        data = json.loads((folder / LIST).read_text("utf-8"))
        return dict(data["files"]) if data["version"] == 1 else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _there(folder: Path) -> list[str]:
    """Return the files below a folder and the folders that are empty, which a site does not have."""
    empty = (path for path in folder.rglob("*") if path.is_dir() and not path.is_symlink() and not any(path.iterdir()))
    return sorted((*_files(folder), *(f"{path.relative_to(folder).as_posix()}/" for path in empty)))


def _shown(paths: list[str]) -> str:
    return ", ".join(paths[:5]) + (" …" if len(paths) > 5 else "")


def _files(folder: Path) -> list[str]:
    paths = (path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir())
    return sorted(path.relative_to(folder).as_posix() for path in paths)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
