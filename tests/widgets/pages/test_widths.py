"""Every widget on a small screen, in each language: nothing is cut, and what wraps is not taken for something else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

import smtplab
from smtplab.course.exercises import exercise, exercises
from smtplab.text.language import LANGUAGES
from smtplab.widgets.exercise.presenter import ExercisePresenter
from tests.helpers.blank_page import Mounted
from tests.widgets.pages.test_all_widgets import MAKERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WIDTHS = (480, 600, 1366)
"""What a cell has on a page of 600 px, and the two screens that everything is made for."""

BEYOND = """(el) => {
  const edge = el.getBoundingClientRect().right;
  const scrolls = (node) => node !== el &&
    (/auto|scroll/.test(getComputedStyle(node).overflowX) || scrolls(node.parentElement));
  return [...el.querySelectorAll("*")]
    .filter((node) => node.getBoundingClientRect().right > edge + 1 && !scrolls(node))
    .map((node) => node.outerHTML.slice(0, 100));
}"""


@pytest.fixture
def sized(page: Page) -> Iterator[Page]:
    """Return the page; afterwards it is as wide as it was."""
    before = page.viewport_size
    yield page
    if before:
        page.set_viewport_size(before)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", MAKERS)
def test_nothing_is_cut(sized: Page, lab: smtplab.Lab, name: str, lang: str) -> None:
    """No widget is wider than the page, and nothing in it is beyond its edge without a way there."""
    smtplab.set_language(lang)
    it = Mounted(sized, MAKERS[name](lab))
    for width in WIDTHS:
        sized.set_viewport_size({"width": width, "height": 768})
        assert it.el.evaluate(BEYOND) == [], width
        assert sized.evaluate("() => document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_exercise_is_cut(sized: Page, lab: smtplab.Lab, lang: str) -> None:
    """Nor is any exercise, before it is answered."""
    cards = {name: Mounted(sized, ExercisePresenter(name, lab, lang)) for name in exercises()}
    for width in WIDTHS:
        sized.set_viewport_size({"width": width, "height": 768})
        assert {name: beyond for name, it in cards.items() if (beyond := it.el.evaluate(BEYOND))} == {}, width


def test_lines_that_wrap_hang(sized: Page, lab: smtplab.Lab) -> None:
    """In a row each line of a reply stands by itself, and one that wraps goes on further in: it looks like no other."""
    sized.set_viewport_size({"width": 320, "height": 768})
    starts = """lines => lines.flatMap((line) => {
      const range = document.createRange();
      range.selectNodeContents(line);
      const boxes = [...range.getClientRects()];
      const edge = line.getBoundingClientRect().left;
      return boxes.filter((box) => box.top > boxes[0].top + 5).map((box) => box.left - edge);
    })"""
    wrapped: list[float] = []
    for name in exercises():
        if exercise(name).kind not in ("parts", "sort"):
            continue
        presenter = ExercisePresenter(name, lab)
        it = Mounted(sized, presenter)
        labels = it.el.locator("li > label")
        assert labels.evaluate_all("labels => labels.map((label) => label.textContent)") == presenter.state["items"]
        wrapped += it.el.locator(".smtplab-ex-line").evaluate_all(starts)
    assert len(wrapped) > 20
    assert min(wrapped) > 15


def test_no_room_for_marks_before_there_are_any(sized: Page, lab: smtplab.Lab) -> None:
    """What is chosen from stands at the edge of the rows; once one is marked, all make room for their marks alike."""
    it = Mounted(sized, ExercisePresenter("02.digits", lab))
    sized.set_viewport_size({"width": 1366, "height": 768})
    gaps = """(el) => [...el.querySelectorAll("li")].map((row) =>
      row.getBoundingClientRect().right - row.querySelector("select").getBoundingClientRect().right)"""
    assert all(gap < 2 for gap in it.el.evaluate(gaps))
    it.el.locator("[type=submit]").click()
    expect(it.el.locator("li.is-empty").first).to_be_visible()
    it.el.locator("select").first.select_option(index=1)
    marked = it.el.evaluate(gaps)
    assert marked[0] > 80
    assert len({round(gap) for gap in marked}) == 1
