"""The pages without script: complete as text, in every language, linked to each other, nothing loaded from afar."""

from __future__ import annotations

import os
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from smtplab.recordings.survey import survey
from smtplab.rfc.codes import codes, explain
from smtplab.rfc.compare import compare, written
from smtplab.site.evidence import evidence
from smtplab.site.landing import home
from smtplab.site.reference import add_reference, pairs
from smtplab.text.language import LANGUAGES
from tests.helpers.citations import false_sections
from tests.helpers.paths import TOP

SOURCE = TOP / "deploy/lite/page"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with these pages in it."""
    folder = tmp_path_factory.mktemp("site")
    add_reference(folder, SOURCE)
    return folder


class _Read(HTMLParser):
    """A page's links, what it loads, its tags, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.alternates: dict[str, str] = {}
        self.tags: set[str] = set()
        self.open: list[str] = []
        self.lang = ""
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.lang = values["lang"] if tag == "html" else self.lang
        self.tags.add(tag)
        assert "style" not in values
        if tag not in ("meta", "link"):
            self.open.append(tag)  # each is closed in its order, or the page would be read otherwise
        if tag == "a":
            self.links.append(values["href"])
        elif "hreflang" in values:
            self.alternates[values["hreflang"]] = values["href"]
        elif "src" in values or "href" in values:
            self.loads.append(values.get("src") or values["href"])

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, _Read]:
    """Return each page, read."""
    return {path: _Read(path.read_text("utf-8")) for path in sorted(site.rglob("*.html"))}


def _target(page: Path, href: str) -> Path:
    """Return the file to which a relative link of a page leads."""
    path = urlsplit(href).path
    return Path(os.path.normpath(page.parent / path)) if path else page


def words(text: str) -> str:
    """Return text with every space the same."""
    return re.sub(r"\s+", " ", text)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_code_and_every_pair_has_its_page(site: Path, lang: str) -> None:
    """Each listed code, and each pair that is worth it, stands in each language's folder, and nothing else."""
    top = site / home(lang)
    assert {path.stem for path in (top / "codes").iterdir()} == {"index", *map(str, codes())}
    assert {path.stem for path in (top / "compare").iterdir()} == {f"{a}-{b}" for a, b in pairs()}
    assert {(211, 214), (214, 250), (211, 502), *written()} <= set(pairs())
    assert all(a < b for a, b in pairs())


def test_they_are_small(site: Path) -> None:
    """All of them together take less than 4 MB."""
    assert sum(path.stat().st_size for path in site.rglob("*.html")) < 4e6


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_page_is_complete_without_script(site: Path, pages: dict[Path, _Read], lang: str) -> None:
    """Each page holds what explain and compare say, as text, with the rules' and the recordings' part of it."""
    for code in codes():
        text = words(pages[site / home(lang) / f"codes/{code}.html"].text)
        for _, row in explain(code, lang).rows():
            assert words(row) in text, code
        for server in evidence()[code].servers[:1] if code in evidence() else ():
            assert server in text or len(evidence()[code].servers) > 10
    for a, b in pairs():
        text = words(pages[site / home(lang) / f"compare/{a}-{b}.html"].text)
        comparison = compare(a, b, lang)
        for part in (*comparison.same, *(each.text for each in (*comparison.differences, *comparison.corrections))):
            assert words(part) in text, (a, b)


def test_the_links_between_them(site: Path, pages: dict[Path, _Read]) -> None:
    """Each link within the site is relative and leads to a page that is there; hreflang leads to and fro."""
    outside = {site / home(lang) / "index.html" for lang in LANGUAGES} | {site / "lab/index.html"}
    beside = (site / "page", site / "static/favicons")
    for path, read in pages.items():
        assert read.open == []
        assert set(read.alternates) == set(LANGUAGES)
        for href in (*read.links, *read.loads):
            if href.startswith("https://www.rfc-editor.org/rfc/rfc"):
                assert not false_sections(href), href
                continue
            parts = urlsplit(href)
            assert (parts.scheme, parts.netloc) == ("", ""), href
            target = _target(path, href)
            assert target in pages or target in outside or target.parent in beside, (path, href)
        for lang, href in read.alternates.items():
            other = _target(path, href)
            assert pages[other].lang == lang
            assert path in {_target(other, back) for back in pages[other].alternates.values()}


def test_the_page_to_try_it_on(site: Path, pages: dict[Path, _Read]) -> None:
    """Each page leads to its own place on the front page of its language."""
    for path, read in pages.items():
        kind, name = path.parent.name.removesuffix("s"), path.stem
        place = "" if name == "index" else f"#{kind}={name}"
        href = site / home(read.lang) / "index.html"
        assert (href, place) in {
            (_target(path, link), "#" * ("#" in link) + urlsplit(link).fragment) for link in read.links
        }


def test_they_load_nothing_from_afar(pages: dict[Path, _Read]) -> None:
    """No script, no picture, no frame; the style and the icon are the site's, and a policy forbids all else."""
    for path, read in pages.items():
        assert read.tags.isdisjoint({"script", "img", "iframe", "form"})
        assert all(load.startswith("../") for load in read.loads)
        assert "default-src 'none'; style-src 'self'; img-src 'self'" in path.read_text("utf-8")


def test_what_servers_do_is_what_was_recorded() -> None:
    """The evidence has HELP's 214 from as many servers as the survey counts, and the example is one of them."""
    assert len(evidence()[211].commands["HELP"]) == survey().counts["211"]
    for code, known in evidence().items():
        name, command, reply = known.example
        assert name in known.commands[command]
        assert reply.code == code
