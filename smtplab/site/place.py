"""Putting a finished site in its place: whole or not at all, and never over something that is not a site.

A site has a list of its own files with their digests, `smtplab-site.json`. A folder with such a list and exactly those
files is a site and may be replaced; anything else in the way is refused.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from pathlib import Path

from smtplab.errors import SiteError
from smtplab.text.sentences import Sentences
from smtplab.text.texts import reason

_say = Sentences("site/errors")

LIST = "smtplab-site.json"


def write_list(site: Path) -> None:
    """Write the list of a finished site's files."""
    listed = {path: _digest(site / path) for path in _files(site) if path != LIST}
    (site / LIST).write_text(json.dumps({"version": 1, "files": listed}, indent=0, sort_keys=True) + "\n", "utf-8")


def check_place(target: Path) -> None:
    """Check that a site may be put there. Raises SiteError, naming what is in the way."""
    if not target.exists() and not target.is_symlink():
        return
    if not target.is_dir():
        raise SiteError(_say("no_folder", target=target))
    there = _files(target)
    if not there and not any(target.iterdir()):
        return
    listed = _listed(target)
    if listed is None:
        raise SiteError(_say("something_else", target=target))
    foreign = sorted(set(there) - set(listed) - {LIST})
    changed = sorted(path for path in set(there) & set(listed) if _digest(target / path) != listed[path])
    if foreign or changed:
        shown = ", ".join((*foreign, *changed)[:5]) + (" …" if len(foreign) + len(changed) > 5 else "")
        raise SiteError(_say("would_be_lost", target=target, shown=shown))


def is_site(folder: Path) -> bool:
    """Return whether there is a whole site in the folder."""
    listed = _listed(folder)
    return listed is not None and all((folder / path).is_file() for path in listed)


def same(site: Path, target: Path) -> bool:
    """Return whether the target is already that site, to the last octet."""
    return is_site(target) and (site / LIST).read_bytes() == (target / LIST).read_bytes()


def put(site: Path, target: Path) -> None:
    """Copy a finished site to its place; what was there before is replaced whole, or stays whole.

    Raises SiteError where the place cannot be written.
    """
    target = target.resolve()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
        try:
            shutil.copytree(site, beside / "new")
            if target.exists():
                target.rename(beside / "old")
            try:
                (beside / "new").rename(target)
            except OSError:
                if (beside / "old").exists():
                    (beside / "old").rename(target)
                raise
        finally:
            shutil.rmtree(beside, ignore_errors=True)
    except (OSError, shutil.Error) as error:
        raise SiteError(_say("cannot_put", target=target, why=reason(error))) from error


def _listed(folder: Path) -> dict[str, str] | None:
    try:
        data = json.loads((folder / LIST).read_text("utf-8"))
        return dict(data["files"]) if data["version"] == 1 else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _files(folder: Path) -> list[str]:
    paths = (path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir())
    return sorted(path.relative_to(folder).as_posix() for path in paths)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
