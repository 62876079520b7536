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
