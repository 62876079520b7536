"""A blank page over a small model, for a widget: quick enough for every save, and nothing is fetched."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import smtplab
from tests.helpers.blank_page import BLANK

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page


@pytest.fixture(scope="module")
def one_page(browser: Browser) -> Iterator[Page]:
    """Open one page for all these tests."""
    page = browser.new_page()
    yield page
    page.close()


@pytest.fixture
def page(one_page: Page) -> Iterator[Page]:
    """Return the page, blank again; at the end of a test it has fetched nothing and no script has failed."""
    faults: list[str] = []

    def note_request(request: Any) -> None:
        if not request.url.startswith("blob:"):
            faults.append(request.url)

    def note_error(error: Any) -> None:
        faults.append(str(error))

    one_page.goto("about:blank")
    one_page.set_content(BLANK)
    one_page.on("request", note_request)
    one_page.on("pageerror", note_error)
    yield one_page
    one_page.remove_listener("request", note_request)
    one_page.remove_listener("pageerror", note_error)
    assert faults == []


@pytest.fixture
def lab() -> Iterator[smtplab.Lab]:
    """Return a lab in memory."""
    with smtplab.start(carrier="memory") as lab:
        yield lab
