"""The documentation, built once for all tests, and its pages as they are read."""

from __future__ import annotations

import importlib.util
import os
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

from smtplab.site.docs import build_docs

if TYPE_CHECKING:
    from pathlib import Path


@dataclass
class Page(HTMLParser):
    """A page: its links, what it loads, its ids, and its text."""

    html: str
    links: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what a tag says."""
        values = {name: value or "" for name, value in attrs}
        self.ids |= {values[name] for name in ("id", "name") if name in values}
        if tag == "a" and "href" in values:
            self.links.append(values["href"])
        elif tag == "link" and not {"next", "prev", "index", "search", "alternate"} & set(
            values.get("rel", "").split()
        ):
            self.loads.append(values["href"])
        elif "src" in values:
            self.loads.append(values["src"])


@dataclass(frozen=True)
class Site:
    """The built documentation. seconds: of a processor, that it took."""

    folder: Path
    seconds: float

    def pages(self) -> dict[str, Page]:
        """Return each page by its path."""
        found = sorted(self.folder.rglob("*.html"))
        return {path.relative_to(self.folder).as_posix(): Page(path.read_text("utf-8")) for path in found}


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Build the documentation, every warning an error."""
    if importlib.util.find_spec("furo") is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("Sphinx and its theme are not installed")
    folder, before = tmp_path_factory.mktemp("docs") / "built", os.times()
    build_docs(folder)
    after = os.times()
    seconds = after.children_user + after.children_system - before.children_user - before.children_system
    return Site(folder, seconds)


@pytest.fixture(scope="session")
def pages(site: Site) -> dict[str, Page]:
    """Return the built pages."""
    return site.pages()
