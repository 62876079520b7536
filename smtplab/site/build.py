"""Building the site: the parts are made in the cache, put together there, and the whole is put in its place."""

from __future__ import annotations

import json
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from smtplab.course.lessons import lessons
from smtplab.errors import SiteError
from smtplab.site.landing import add_bar, add_docs, add_landing
from smtplab.site.offline import add_offline
from smtplab.site.parts import BuildCache, default_cache, digest_of, sources
from smtplab.site.place import LIST, check_place, put, same, write_list
from smtplab.site.start import add_start
from smtplab.site.tools import run
from smtplab.text.language import LANGUAGES
from smtplab.text.sentences import Sentences

if TYPE_CHECKING:
    from collections.abc import Callable

_say, _told = Sentences("site/errors"), Sentences("site/texts")

_LEFT_OUT = shutil.ignore_patterns("rspack.config*.js", "doc", "*.map")
_APPS = ("lab", "notebooks")


def build_site(
    target: Path, *, docs: bool = False, cache: Path | None = None, say: Callable[[str], None] = lambda _line: None
) -> bool:
    """Build the browser edition into a folder; return whether anything has changed there.

    target: a new or empty folder, or one with a site in it, which is replaced whole.
    docs: put the documentation beside it, as its folder `docs`; that is built from a checkout.
    cache: where the parts are kept between builds, else SMTPLAB_CACHE or the user's cache.
    say: is told what is done, a line a step.
    Raises SiteError: something else is in the folder, or a program, a package or the disk is missing.
    """
    check_place(target)
    page_files, start_files = sources() / "page", sources() / "start"
    build_cache = BuildCache((cache or default_cache()) / "site", say)
    lite = build_cache.lite()
    packages = build_cache.packages(lite)
    date = build_date()
    pages = build_cache.docs() if docs else None

    def maker(folder: Path) -> None:
        site = folder / "site"
        shutil.copytree(lite, site, ignore=_LEFT_OUT)
        for listing in (site / "api").rglob("all.json"):
            listing.write_text(
                json.dumps(_dated(json.loads(listing.read_text("utf-8")), date), indent=1) + "\n", "utf-8"
            )
        add_landing(site, page_files, build_cache.plan["page"]["specs"])
        add_bar(site, _APPS)
        add_start(site, start_files, packages, _APPS)
        if pages is not None:
            add_docs(site, pages)
        add_offline(site, start_files)
        write_list(site)

    page = {path.as_posix(): path.read_bytes() for part in (page_files, start_files) for path in sorted(part.iterdir())}
    builder = [path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.py"))]
    parts = [lite.parent, packages, *([pages.parent] if pages else [])]
    stamps = [(part / ".made-from").read_text() for part in parts]
    digest = digest_of(*stamps, date, page, build_cache.plan["page"], builder)
    site = build_cache.make("whole", _told("landing"), digest, maker) / "site"
    if same(site, target):
        say(_told("unchanged", target=target))
        return False
    put(site, target)
    size = sum(path.stat().st_size for path in target.rglob("*") if path.is_file())
    count = len(json.loads((site / LIST).read_text("utf-8"))["files"])
    say(_told("finished", target=target, count=count, size=f"{size / 1e6:.1f}"))
    return True


def build_date() -> str:
    """Return the date that the lessons bear in JupyterLite's lists: not that of the build, which makes each another.

    It is SOURCE_DATE_EPOCH where that is set, else the date of the checkout's last commit, else the newest lesson's.
    Raises SiteError where SOURCE_DATE_EPOCH is no number of seconds.
    """
    given = os.environ.get("SOURCE_DATE_EPOCH")
    try:
        seconds = int(given) if given else _committed()
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError, OSError) as error:
        raise SiteError(_say("no_date", given=given)) from error


def _committed() -> int:
    top = sources().parent.parent  # of a checkout; of an installed package, no repository's
    if (top / ".git").exists():
        try:
            return int(run(["git", "log", "-1", "--format=%ct"], top))
        except (SiteError, ValueError):
            pass  # no git, or no commit yet
    found = (Path(str(lesson)) for lang in LANGUAGES for lesson in lessons(lang))
    return max(int(path.stat().st_mtime) for path in found)


def _dated(value: Any, date: str) -> Any:
    if isinstance(value, dict):
        dates = {"created", "last_modified"}
        return {key: date if key in dates and part else _dated(part, date) for key, part in value.items()}
    return [_dated(part, date) for part in value] if isinstance(value, list) else value
