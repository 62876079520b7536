"""Side by side in a blank page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

import smtplab
from smtplab.widgets.side_by_side.presenter import SideBySidePresenter
from tests.helpers.blank_page import Mounted

if TYPE_CHECKING:
    from playwright.sync_api import Page


pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_side_by_side_compares(page: Page, lab: smtplab.Lab) -> None:
    """Two commands are asked for and shown with what is the same and what differs; a refusal leaves the pair."""
    it = Mounted(page, SideBySidePresenter(lab, "HELP", "XSTATUS"))
    expect(it.el.locator(".code")).to_have_text(["214", "211"])
    expect(it.el.locator(".code .differs")).to_have_text(["4", "1"])
    expect(it.el.locator("table").first.locator(".verdict")).to_have_text(["= same", "= same", "≠ differs"])
    it.el.get_by_label("First command").fill("NOOP")
    it.el.get_by_label("Second command").fill("STAT")
    it.press("Enter")
    assert it.sent == [{"type": "compare", "first": "NOOP", "second": "STAT"}]
    expect(it.el.locator(".code")).to_have_text(["250", "500"])
    lab.stop()
    it.press("Enter")
    expect(it.el.get_by_role("status")).to_contain_text("The lab is stopped")
    expect(it.el.locator(".code")).to_have_text(["250", "500"])


def test_side_by_side_sets_lines_opposite(page: Page, lab: smtplab.Lab) -> None:
    """Each line stands whole opposite the other reply's, wrapped and not cut; one that has none, alone."""
    page.set_viewport_size({"width": 600, "height": 900})
    it = Mounted(page, SideBySidePresenter(lab, "HELP", "NOOP"))
    rows = it.el.locator(".lines tbody tr")
    lines = lab.transcript.replies("HELP")[0].lines
    expect(rows).to_have_count(len(lines))
    assert rows.nth(1).locator("td").first.inner_text().strip() == f"214-{lines[1]}"
    assert rows.nth(1).locator("td").nth(1).inner_text().strip() == ""
    cut = it.el.evaluate(
        "el => [...el.querySelectorAll('.wire')].filter((one) => one.scrollWidth > one.clientWidth).length"
    )
    assert cut == 0
    one, other = (rows.first.locator("td").nth(at).bounding_box() for at in (0, 1))
    assert one is not None
    assert other is not None
    assert one["y"] == other["y"]
    assert abs(one["width"] - other["width"]) < 1
    page.set_viewport_size({"width": 1280, "height": 720})


def test_side_by_side_shows_three_points(page: Page, lab: smtplab.Lab) -> None:
    """Three differences are in sight, the others folded away; none of them says that nothing differs."""
    it = Mounted(page, SideBySidePresenter(lab, "HELP", "XSTATUS"))
    expect(it.el.locator("ul > li:visible")).to_have_count(3)
    expect(it.el.locator("ul > li:visible").first).not_to_contain_text("nothing differs")
    it.el.locator("summary").first.click()
    differences = len(it.presenter.state["pair"]["differences"])
    assert differences > 3
    expect(it.el.locator("ul > li:visible")).to_have_count(differences + len(it.presenter.state["pair"]["same"]))


@pytest.mark.parametrize("lang", ["en", "es"])
def test_side_by_side_of_the_same(page: Page, lab: smtplab.Lab, lang: str) -> None:
    """Where nothing differs, no heading says that something does, in the widget and in what stands without it."""
    it = Mounted(page, SideBySidePresenter(lab, "HELP", "HELP", lang))
    expect(it.el.locator(".heading:visible").last).to_have_text(it.presenter.say("side_what_same"))
    assert it.presenter.say("side_what_differs") not in it.el.inner_text() + it.presenter.plain()


def test_side_by_side_of_codes(page: Page) -> None:
    """Two codes have no lines, and their fields are for codes."""
    it = Mounted(page, SideBySidePresenter(None, 211, 214))
    expect(it.el.get_by_label("First code")).to_have_value("211")
    expect(it.el.locator(".lines")).to_have_count(0)
    expect(it.el.locator("details ol li").first).to_be_attached()


def test_lines_that_all_differ_are_said_to_once(page: Page, lab: smtplab.Lab) -> None:
    """Where every line differs, or none does, that is said once; single lines are marked where only some differ."""
    it = Mounted(page, SideBySidePresenter(lab, "HELP", "EHLO client.example"))
    expect(it.el.locator(".heading .verdict")).to_have_text("≠ every line differs")
    expect(it.el.locator(".lines .verdict")).to_have_count(0)
    assert it.presenter.plain().count("≠ every line differs") == 1
    same = Mounted(page, SideBySidePresenter(lab, "HELP", "HELP"))
    expect(same.el.locator(".heading .verdict")).to_have_text("= every line is the same")
    lab.personality = smtplab.Personality.scripted({"HELP": "214-one\n214 two", "NOOP": "214-one\n214 three"})
    mixed = Mounted(page, SideBySidePresenter(lab, "HELP", "NOOP"))
    expect(mixed.el.locator(".lines .verdict")).to_have_text(["= same", "≠ differs"])
    expect(mixed.el.locator(".heading .verdict")).to_have_count(0)
