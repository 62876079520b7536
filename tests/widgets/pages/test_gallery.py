"""The gallery in a blank page."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from smtplab.recordings.survey import COMMANDS
from smtplab.widgets.gallery.presenter import GalleryPresenter
from tests.helpers.blank_page import Mounted

if TYPE_CHECKING:
    from playwright.sync_api import Page


pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_gallery_opens_a_cell(page: Page) -> None:
    """A cell opened by keyboard shows its octets and verdicts; details of another cell are not shown."""
    it = Mounted(page, GalleryPresenter())
    cell = it.el.get_by_role("button", name="exim-4.96, HELP: 214 Help message")
    expect(cell).to_have_attribute("title", "Help message")
    cell.focus()
    it.press("Enter")
    assert it.sent == [{"type": "open", "server": "exim-4.96", "command": "HELP"}]
    details = it.el.locator(".details")
    expect(details.locator(".wire div").first).to_have_text("214-Commands supported: CR LF")
    expect(details.locator("summary")).to_contain_text("conforms to")
    expect(it.el.locator("button.is-open")).to_be_focused()
    it.presenter.received({"type": "open", "server": "dumbster-1.6", "command": "HELP"})
    expect(details.locator(".asked")).to_have_text("exim-4.96: HELP")


def test_gallery_filter(page: Page) -> None:
    """The filter keeps the servers that answered HELP so, and lists no code that none gave."""
    it = Mounted(page, GalleryPresenter())
    rows = it.el.locator("tbody tr")
    count = rows.count()
    it.el.get_by_label("HELP answered").select_option("211")
    expect(it.el.locator("tbody th")).to_have_text(["dumbster-1.6"])
    it.el.get_by_label("HELP answered").select_option("")
    expect(rows).to_have_count(count)


def test_gallery_predicts(page: Page) -> None:
    """With "Predict first" no code is shown, not even to a screen reader, before one was chosen; the score counts."""
    it = Mounted(page, GalleryPresenter())
    it.el.get_by_label("Predict first").check()
    expect(it.el.get_by_role("button", name="214")).to_have_count(0)
    expect(it.el.locator("td button").first).to_have_attribute("title", "")
    for server, guess, score in (
        ("dumbster-1.6", "214", "HELP: 0 of 1 right"),
        ("exim-4.96", "214", "HELP: 1 of 2 right"),
    ):
        it.el.get_by_role("button", name=f"{server}, HELP: not revealed yet").click()
        assert it.answer() == []
        reveal = it.el.get_by_role("button", name="Reveal", exact=True)
        reveal.click()
        assert it.answer() == []
        it.el.get_by_role("radio", name=guess).check()
        reveal.click()
        assert it.answer() == [{"type": "open", "server": server, "command": "HELP"}]
        expect(it.el.get_by_role("status")).to_have_text(score)
        expect(it.el.locator("button.is-open")).to_be_focused()
    expect(it.el.get_by_role("button", name="dumbster-1.6, HELP: 211")).to_be_visible()


def test_gallery_is_one_stop(page: Page) -> None:
    """Tab comes to one cell of the gallery; arrow keys, Home, End, PageUp and PageDown go on from there."""
    it = Mounted(page, GalleryPresenter())
    stops = it.el.locator(".grid [tabindex='0'], .grid button:not([tabindex='-1'])")
    expect(stops).to_have_count(1)
    names = [each["name"] for each in it.presenter.state["servers"]]
    focused = it.el.locator("button:focus")
    it.el.get_by_label("Predict first").focus()
    it.press("Tab")
    for keys, row, command in (
        ((), 0, "HELP"), (("ArrowLeft", "ArrowUp"), 0, "HELP"), (("ArrowRight",), 0, "HELP MAIL"),
        (("ArrowDown", "ArrowDown"), 2, "HELP MAIL"), (("End",), 2, "VRFY postmaster"), (("Home",), 2, "HELP"),
        (("PageDown",), 12, "HELP"), (("PageUp",), 2, "HELP"), (("Control+End",), len(names) - 1, "VRFY postmaster"),
        (("Control+Home",), 0, "HELP"),
    ):  # fmt: skip
        it.press(*keys)
        expect(focused).to_have_attribute("data-cell", f"{names[row]}\n{command}")
    expect(stops).to_have_count(1)
    it.press("ArrowDown", "Enter")
    expect(focused).to_have_attribute("data-cell", f"{names[1]}\nHELP")
    it.press("Tab", "Shift+Tab")
    expect(focused).to_have_attribute("data-cell", f"{names[1]}\nHELP")
    it.el.get_by_label("HELP answered").select_option("211")
    expect(stops).to_have_count(1)


def test_gallery_keeps_its_heads_in_sight(page: Page) -> None:
    """Scrolled to its last cell, the gallery still shows that row's server and that column's command."""
    page.set_viewport_size({"width": 600, "height": 768})
    it = Mounted(page, GalleryPresenter())
    it.el.locator(".grid button").first.focus()
    it.press("Control+End")
    for head in (it.el.locator("tbody tr").last.locator("th"), it.el.locator("thead th").last):
        inside = """(node) => {
          const [one, grid] = [node, node.closest(".grid")].map((each) => each.getBoundingClientRect());
          return one.left >= grid.left - 1 && one.top >= grid.top - 1
            && one.right <= grid.right + 1 && one.bottom <= grid.bottom + 1;
        }"""
        assert head.evaluate(inside)
    page.set_viewport_size({"width": 1280, "height": 720})


@pytest.mark.parametrize("command", COMMANDS)
def test_gallery_offers_what_the_column_has(page: Page, command: str) -> None:
    """What may be guessed are the column's most frequent codes and the right one: each cell can be guessed."""
    presenter = GalleryPresenter(predict=True)
    it = Mounted(page, presenter)
    column = {each["name"]: each["codes"][COMMANDS.index(command)] for each in presenter.state["servers"]}
    frequent = [code for code, _ in Counter(code for code in column.values() if code != "-").most_common()]
    for code in frequent:
        server = next(name for name, given in column.items() if given == code)
        it.el.get_by_role("button", name=f"{server}, {command}: not revealed yet").click()
        offered = it.el.get_by_role("radio").evaluate_all("radios => radios.map(({ value }) => value)")
        assert code in offered
        assert frequent[0] in offered
        assert set(offered) <= set(frequent)
        assert offered == sorted(offered)
        assert len(offered) == min(6, len(frequent))


def test_gallery_tells_why(page: Page) -> None:
    """After a guess the cell says what was guessed, what came and why; each column keeps its own score."""
    it = Mounted(page, GalleryPresenter(predict=True))
    expect(it.el.get_by_label("Predict first")).to_be_checked()
    words = []
    for server, command, guess in (
        ("exim-4.96", "HELP", "250"), ("exim-4.96", "HELP NOSUCH", "214"), ("twisted-26.10.0", "NOOP", "250"),
        ("dumbster-1.6", "HELP", "211"),
    ):  # fmt: skip
        it.el.get_by_role("button", name=f"{server}, {command}: not revealed yet").click()
        it.el.get_by_role("radio", name=guess).check()
        it.el.get_by_role("button", name="Reveal", exact=True).click()
        it.answer()
        words.append(it.el.locator(".details .guess").inner_text())
    assert words[0].startswith("You said 250, it said 214, because: The command succeeded and the text is help")
    assert words[1].startswith("You said 214, and it said 214, because: ")
    assert words[2].startswith("You said 250, it said 500, because: The server does not know this command")
    assert "violates a MUST: " in words[2]
    expect(it.el.get_by_role("status")).to_have_text(
        "HELP: 1 of 2 right · HELP NOSUCH: 1 of 1 right · NOOP: 0 of 1 right"
    )
    it.el.get_by_role("button", name="exim-4.96, HELP: 214").click()  # opened again, it is no guess
    it.answer()
    expect(it.el.locator(".details .guess")).to_have_count(0)
