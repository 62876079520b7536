"""The exercise card and the console in a blank page: rows and their marks, help, earlier answers, and Python gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

import smtplab
from smtplab.widgets.console.presenter import ConsolePresenter
from smtplab.widgets.exercise.presenter import ExercisePresenter
from tests.helpers.blank_page import Mounted

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def violations(page: Page) -> list[str]:
    """Return what axe finds wrong in the page's widgets."""
    result = Axe().run(page, context=".smtplab").response["violations"]
    return [f"{rule['id']}: {node['html'][:200]}" for rule in result for node in rule["nodes"]]


def test_rows_are_marked_and_keep_what_is_filled_in(page: Page) -> None:
    """Empty rows are named and focused, wrong ones explained beside them; a row that is changed loses its mark."""
    it = Mounted(page, ExercisePresenter("05.decide", None))
    fields, check = it.el.get_by_role("textbox"), it.el.get_by_role("button", name="Check")
    for at, code in enumerate(("250", "504", "502", "500", "211", "250")):
        fields.nth(at).fill(code)
    check.click()
    assert it.answer() == []
    expect(it.el.get_by_role("status")).to_have_text("The answer is not complete yet: one row is empty.")
    expect(it.el.locator("li.is-empty")).to_contain_text("○ empty")
    expect(fields.nth(6)).to_be_focused()
    it.type("421", "Enter")
    wrong = it.el.locator("li.is-wrong")
    expect(wrong).to_contain_text("✗ not yet")
    expect(wrong).to_contain_text("Clients would live with 250")
    expect(fields.first).to_have_attribute("aria-invalid", "true")
    expect(it.el.locator("li.is-good")).to_have_count(6)
    expect(it.el.get_by_role("status")).to_contain_text("1 of 7 answers is not right yet.")
    assert fields.evaluate_all("all => all.map((one) => one.value)") == [
        "250",
        "504",
        "502",
        "500",
        "211",
        "250",
        "421",
    ]
    assert violations(page) == []
    fields.first.fill("214")
    expect(wrong).to_have_count(0)
    check.click()
    it.answer()
    expect(it.el.locator("li.is-good")).to_have_count(7)
    expect(it.el.get_by_role("status")).to_contain_text("Right.")


def test_help_by_keyboard(page: Page) -> None:
    """The button goes from hint to hint to the solution and keeps the focus; then the focus is where that stands."""
    it = Mounted(page, ExercisePresenter("01.rcpt", None))
    button = it.el.locator(".smtplab-ex-hint")
    expect(it.el.locator(".smtplab-ex-offer")).to_be_hidden()
    for answer in ("HELP", "NOOP"):
        it.el.get_by_role("textbox").fill(answer)
        it.press("Enter")
    expect(it.el.locator(".smtplab-ex-offer")).to_be_visible()
    for number, name in enumerate(("Hint", "Second hint", "Show the solution"), 1):
        expect(button).to_have_text(name)
        button.focus()
        it.press("Enter")
        expect(it.el.locator(".smtplab-ex-help > div")).to_have_count(number)
    expect(button).to_be_hidden()
    expect(it.el.locator(".smtplab-ex-help")).to_be_focused()
    expect(it.el.locator(".smtplab-ex-help")).to_contain_text("A solution: HELP RCPT")
    expect(it.el.get_by_role("textbox")).to_have_value("NOOP")
    assert [each["type"] for each in it.sent] == ["answer", "answer", "hint", "hint", "solution"]
    assert violations(page) == []


def test_answered_before_and_another(page: Page) -> None:
    """A new card of an answered question says so with its date; another case is drawn with its number, and focused."""
    Mounted(page, ExercisePresenter("01.help", None)).presenter.received({"type": "answer", "answer": "211"})
    it = Mounted(page, ExercisePresenter("01.help", None))
    expect(it.el.locator(".smtplab-ex-past")).to_contain_text("You predicted this on")
    expect(it.el.get_by_role("status").locator("strong")).to_have_text("Your prediction: 211. It was 214. ")
    expect(it.el.locator("[type=submit]")).to_be_hidden()
    expect(it.el.locator(".smtplab-ex-pick")).to_have_text("Pick another answer to read about it.")
    expect(it.el.locator(".smtplab-ex-hint")).to_be_hidden()
    it.el.get_by_role("radio", name="214").check()
    expect(it.el.locator(".smtplab-ex-pick")).to_be_hidden()
    it.el.get_by_role("button", name="Explain this one").focus()
    it.press("Enter")
    expect(it.el.get_by_role("radio", name="214")).to_be_focused()  # the button has nothing more to do, and goes
    expect(it.el.locator("[type=submit]")).to_be_hidden()
    expect(it.el.locator(".smtplab-ex-past")).to_be_empty()
    expect(it.el.get_by_role("status").locator("strong")).to_have_text("Your prediction: 211. It was 214. ")
    it.el.get_by_role("button", name="Another like it").click()
    it.answer()
    expect(it.el.locator(".smtplab-ex-kind")).to_have_text("Prediction · variant 1")
    expect(it.el.locator("form")).to_have_count(1)
    expect(it.el.get_by_role("radio").first).to_be_focused()
    expect(it.el.get_by_role("status")).to_be_empty()
    assert it.destroy() == 0


def test_an_old_verdict_is_marked_as_old(page: Page) -> None:
    """A verdict is dimmed under another answer than its own, and in a new card; what was right offers no help more."""
    it = Mounted(page, ExercisePresenter("01.rcpt", None))
    status, entry, stale = it.el.get_by_role("status"), it.el.get_by_role("textbox"), it.el.locator(".smtplab-ex-stale")
    it.el.get_by_role("button", name="Hint").click()
    it.answer()
    entry.fill("HELP RCPT")
    it.press("Enter")
    expect(status).to_have_class("smtplab-ex-feedback is-right")
    expect(stale).to_be_hidden()
    expect(it.el.locator(".smtplab-ex-hint")).to_be_hidden()
    entry.fill("HELP DATA")
    expect(status).to_have_class("smtplab-ex-feedback is-right is-stale")
    expect(stale).to_have_text("On your last answer:")
    assert violations(page) == []
    entry.fill("HELP RCPT ")
    expect(stale).to_be_hidden()
    again = Mounted(page, ExercisePresenter("01.rcpt", None))
    expect(again.el.locator(".smtplab-ex-past")).to_contain_text("✓ Answered right at the first try on")
    expect(again.el.locator(".smtplab-ex-feedback")).to_have_class("smtplab-ex-feedback is-right is-stale")
    expect(again.el.get_by_role("button", name="Check again")).to_be_visible()
    expect(again.el.locator(".smtplab-ex-hint")).to_be_hidden()


def test_python_gone_and_never_there(page: Page) -> None:
    """A card whose Python went away keeps its text and sends nothing; one that never had any says so."""
    it = Mounted(page, ExercisePresenter("01.rcpt", None))
    it.el.get_by_role("textbox").fill("HELP")
    it.lose_python()
    for _ in range(2):
        expect(it.el.get_by_role("alert")).to_contain_text("run the lesson's first cell, then this one")
        it.el.get_by_role("button", name="Check").click()
        assert it.answer() == []
    expect(it.el.get_by_role("textbox")).to_have_value("HELP")
    still = Mounted(page, ExercisePresenter("01.rcpt", None, "es"), alive=False)
    expect(still.el.get_by_role("alert")).to_contain_text("No hay ningún Python detrás de esta página")
    assert violations(page) == []
    with smtplab.start(carrier="memory") as lab:
        console = Mounted(page, ConsolePresenter(lab), alive=False)
        assert console.sent == []
        expect(console.el.locator(".bar")).to_be_hidden()
        expect(console.el.get_by_role("status")).to_contain_text("No Python is running behind this page")


def test_python_that_is_slow(page: Page) -> None:
    """An answer that is not judged at once is being checked, then told to wait; when it comes it is shown."""
    page.clock.install()
    it = Mounted(page, ExercisePresenter("01.rcpt", None))
    it.el.get_by_role("textbox").fill("HELP RCPT")
    it.el.get_by_role("textbox").press("Enter")
    page.clock.run_for(500)
    expect(it.el.get_by_role("status")).to_have_text("Checking…")
    page.clock.run_for(3000)
    expect(it.el.get_by_role("alert")).to_contain_text("Python is still busy")
    it.answer()
    expect(it.el.get_by_role("status")).to_contain_text("Right.")
    expect(it.el.get_by_role("alert")).to_be_empty()


def test_a_draft_waits_for_its_cell_to_run_again(page: Page) -> None:
    """What was typed into a card whose element is gone is in the next card of the same question."""
    it = Mounted(page, ExercisePresenter("01.rcpt", None))
    it.el.get_by_role("textbox").fill("HELP ME")
    beside = Mounted(page, ExercisePresenter("01.rcpt", None))
    expect(beside.el.get_by_role("textbox")).to_have_value("")
    page.evaluate("() => mounted[0].el.remove()")
    again = Mounted(page, ExercisePresenter("01.rcpt", None))
    expect(page.locator(".smtplab").nth(again.number - 1).get_by_role("textbox")).to_have_value("HELP ME")


def test_the_console_s_bar(page: Page) -> None:
    """The bar names the server that the lab plays instead of its own, and tells a stopped lab; a button mends each."""
    lab = smtplab.start(carrier="memory")
    it = Mounted(page, ConsolePresenter(lab))
    bar = it.el.locator(".bar")
    expect(bar).to_be_hidden()
    it.el.get_by_label("Server").select_option("exim-4.96")
    it.answer()
    expect(bar).to_contain_text("This lab now plays exim-4.96, here and wherever else it is asked.")
    again = ConsolePresenter(lab)
    assert again.state["home"] == "rfc5321"  # a console that is made later knows it too
    bar.get_by_role("button", name="Reset to rfc5321").click()
    it.answer()
    expect(bar).to_be_hidden()
    assert lab.personality.name == "rfc5321"
    it.el.get_by_role("combobox", name="Command").focus()
    it.type("NOOP", "Enter")
    lab.stop()
    it.presenter.cell_ran()
    expect(bar).to_contain_text("The lab has stopped.")
    assert violations(page) == []
    bar.get_by_role("button", name="Start one for this console").click()
    it.answer()
    expect(bar).to_be_hidden()
    expect(it.el.get_by_role("combobox", name="Command")).to_be_focused()
    it.type("HELP", "Enter")
    expect(it.el.locator(".sent")).to_have_text(["NOOP", "HELP"])
    assert not lab.running
    it.presenter.release()
