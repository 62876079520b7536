"""The sequence's times in a blank page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from smtplab.protocol.reply import Reply
from smtplab.protocol.transcript import Exchange, Transcript
from smtplab.widgets.sequence.presenter import SequencePresenter
from tests.helpers.blank_page import Mounted

if TYPE_CHECKING:
    from playwright.sync_api import Page

    import smtplab


pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.mark.parametrize(
    ("lang", "shown"),
    [
        ("en", ["3.4 ms", "999 ms", "1 s", "12 s", "59 s", "1 min 0 s", "3 min 37 s"]),
        ("es", ["3,4 ms", "999 ms", "1 s", "12 s", "59 s", "1 min 0 s", "3 min 37 s"]),
    ],
)
def test_times_are_in_a_unit_that_is_read_at_a_glance(page: Page, lang: str, shown: list[str]) -> None:
    """From one second on a time is in seconds, from one minute on in minutes too; a number is written as one does."""
    times = (3.42, 999.4, 999.6, 12_345.6, 59_400.0, 59_600.0, 216_865.0)
    said = Transcript([Exchange(b"NOOP\r\n", Reply(b"250 OK\r\n"), 1, "memory", at=at) for at in times])
    it = Mounted(page, SequencePresenter(said, lang))
    it.answer()
    expect(it.el.locator(".is-server .time")).to_have_text(shown)


def test_it_is_read_from_its_beginning(page: Page, lab: smtplab.Lab) -> None:
    """A long dialogue is shown from its greeting on; what is said then is followed, until the reader scrolls away."""
    for _ in range(30):
        lab.send("NOOP")
    it = Mounted(page, SequencePresenter(lab))
    scroll = it.el.locator(".scroll")
    expect(it.el.get_by_text("NOOP", exact=True)).to_have_count(30)
    assert scroll.evaluate("at => at.scrollHeight > at.clientHeight && at.scrollTop === 0")
    lab.send("HELP MAIL")
    it.answer()
    expect(it.el.get_by_text("HELP MAIL", exact=True)).to_be_in_viewport()
    for _ in range(300):  # more than are shown: what is there is replaced whole
        lab.send("NOOP")
    lab.send("HELP NOOP")
    it.answer()
    expect(it.el.get_by_text("HELP NOOP", exact=True)).to_be_in_viewport()
    scroll.evaluate("at => new Promise((done) => { at.onscroll = done; at.scrollTop = 0; })")
    lab.send("HELP RCPT")
    it.answer()
    expect(it.el.get_by_text("HELP RCPT", exact=True)).to_have_count(1)
    assert scroll.evaluate("at => at.scrollTop") == 0
