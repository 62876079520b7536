"""A class that is watched, in a blank page."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from smtplab.course.attempts import Attempt, History
from smtplab.course.logbook import FILE
from smtplab.course.record import Record, write_record
from smtplab.widgets.watch_class.presenter import WatchClassPresenter
from tests.helpers.blank_page import BLANK, Mounted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page


pytestmark = [pytest.mark.browser, pytest.mark.slow]

NASTY = "<img src=x onerror='window.hacked=1'>"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Return a blank page of its own, whose clock can be put forward."""
    page = browser.new_page()
    page.clock.install()
    page.set_content(BLANK)
    yield page
    page.close()


def test_a_class_is_followed(page: Page, tmp_path: Path) -> None:
    """Within two seconds of an answer the report has it; names are text, and nothing is asked for once it is closed."""
    (tmp_path / NASTY.replace("/", "")).mkdir()
    it = Mounted(page, WatchClassPresenter(tmp_path, "en"))
    expect(it.el).to_contain_text("Learners: 1.")
    began = time.monotonic()
    claim = History().with_attempt(Attempt("2026-11-20T10:00:00Z", "RCPT", "503", right=False))
    (tmp_path / "ana").mkdir()
    (tmp_path / "ana" / FILE).write_bytes(write_record(Record({"01.rcpt": claim})))
    page.wait_for_function("mounted[0].model.sent.length")
    it.answer()
    expect(it.el).to_contain_text("01.rcpt")
    assert time.monotonic() - began < 2
    expect(it.el).to_contain_text("<img src=x onerror='window.hacked=1'>")
    assert page.evaluate("window.hacked") is None
    it.answer()
    it.destroy()
    page.clock.fast_forward(60_000)
    assert it.answer() == []
