"""The anatomy in a blank page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

import smtplab
from smtplab.widgets.anatomy.presenter import AnatomyPresenter
from tests.helpers.blank_page import Mounted

if TYPE_CHECKING:
    from playwright.sync_api import Page


pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_anatomy_by_keyboard(page: Page) -> None:
    """The arrow keys, Home and End move from part to part, each explained; one part is in the order of Tab."""
    it = Mounted(page, AnatomyPresenter(smtplab.Reply(b"214-2.0.0 a\r\n214 b\r\n")))
    current, explained = it.el.locator("button.is-current"), it.el.locator(".explained")
    buttons = it.el.get_by_role("button")
    buttons.first.focus()
    seen = []
    for key in ("ArrowRight", "ArrowDown", "ArrowLeft", "End", "ArrowRight", "Home", "ArrowUp", "x"):
        it.press(key)
        seen.append(buttons.evaluate_all("all => all.indexOf(document.activeElement)"))
        expect(it.el.locator("button[tabindex='0']")).to_have_count(1)
        expect(current).to_be_focused()
    assert seen == [1, 2, 1, 10, 10, 0, 0, 0]
    expect(explained).to_contain_text("214: Help message")
    expect(it.el.locator(".defects")).to_have_text(it.presenter.say("anatomy_no_defects"))


def test_anatomy_of_another_reply(page: Page) -> None:
    """Another reply takes the place of the first; what is broken is marked, named and listed."""
    presenter = AnatomyPresenter(smtplab.Reply(b"214 a\r\n"))
    it = Mounted(page, presenter)
    presenter.take_apart(smtplab.Reply(b"214-a\tb\r\n middle\n211 c\r\n"))
    expect(it.el.locator(".row")).to_have_count(3)
    expect(it.el.locator(".octet.named .shown").first).to_have_text("TAB")
    expect(it.el.locator(".defects li").first).to_contain_text("Line")
    broken = it.el.locator("button.is-broken").first
    broken.focus()
    expect(it.el.locator(".explained .bad").first).to_contain_text("⚠")


def test_anatomy_of_a_missing_end(page: Page) -> None:
    """A line end that is missing is marked at the last part that is there."""
    it = Mounted(page, AnatomyPresenter(smtplab.Reply(b"214 a")))
    expect(it.el.locator("button.is-broken")).to_have_count(1)
    expect(it.el.locator("button").last).to_have_class(re.compile("is-broken"))
