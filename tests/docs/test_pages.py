"""The documentation in a browser: opened as files, narrow and wide, light and dark, with script and without."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from tests.docs.conftest import Site

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]  # the first one builds it all

KINDS = (
    "index", "tutorial/06-in-the-wild", "how-to/teach", "how-to/nbval", "explanation/inside", "reference/api/index",
    "reference/api/smtplab.Lab", "reference/commands/smtplab-record", "reference/rules", "reference/codes",
    "reference/servers", "search", "genindex",
)  # fmt: skip
"""A page of each kind."""
SHORT = (
    "index", "tutorial/01-first-contact", "how-to/nbval", "reference/api/smtplab.start",
    "reference/api/smtplab.Exchange",
    "reference/commands/smtplab-record", "reference/servers", "search",
    "es/index", "es/how-to/probe",
)  # fmt: skip
"""Of each kind one that axe is done with soon."""


def address(site: Site, name: str) -> str:
    """Return the address of a page as a file."""
    return (site.folder / f"{name}.html").as_uri()


@pytest.fixture(params=[("light", 390), ("dark", 390), ("dark", 1500)], ids=lambda param: f"{param[0]}-{param[1]}")
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """Open a page, as wide as a telephone in each scheme, and wide."""
    scheme, width = request.param
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    yield context.new_page()
    context.close()


def test_in_each_scheme_and_width(site: Site, page: Page) -> None:
    """Light and dark, narrow and wide, no page is wider than its window, and no other host is asked for anything."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for name in KINDS:
        page.goto(address(site, name))
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert len(asked) > len(KINDS)


def test_axe_finds_nothing(site: Site, page: Page) -> None:
    """Light and dark, narrow and wide, axe finds nothing on a page of each kind."""
    for name in SHORT:
        page.goto(address(site, name))
        found = Axe().run(page).response["violations"]
        assert [(each["id"], each["nodes"][0]["html"]) for each in found] == [], name


def test_without_script(site: Site, browser: Browser) -> None:
    """Without script a lesson's outputs and its widgets' plain forms are there to see."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address(site, "tutorial/02-anatomy-of-a-reply"))
    for place in (".smtplab-plain", ".smtplab-static", ".cell_output pre"):
        shown = page.locator(place).first
        shown.scroll_into_view_if_needed()
        assert shown.is_visible()
        assert shown.inner_text().strip()
    context.close()


def test_the_search_works_from_files(site: Site, browser: Browser) -> None:
    """Opened as files the site finds a name, and a word of a how-to page."""
    page = browser.new_page()
    for word, found in (("assert_conforms", "smtplab.testing.assert_conforms"), ("nbval", "Run nbval over")):
        page.goto(address(site, "index"))
        page.locator("input[name=q]").fill(word)
        page.keyboard.press("Enter")
        page.locator("#search-results a", has_text=found).first.wait_for()
    page.close()
