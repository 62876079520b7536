"""The console in a blank page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

import smtplab
from smtplab.widgets.console.presenter import SUGGESTIONS, ConsolePresenter
from tests.helpers.blank_page import Mounted

if TYPE_CHECKING:
    from playwright.sync_api import Page


pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_an_open_list_takes_the_first_escape(page: Page, lab: smtplab.Lab) -> None:
    """In the console, Esc first closes the suggestions, and the text to copy by hand; then it leaves."""
    it = Mounted(page, ConsolePresenter(lab))
    field = it.el.get_by_role("combobox", name="Command")
    field.focus()
    it.type("H")
    expect(it.el.get_by_role("listbox")).to_be_visible()
    it.press("Escape")
    expect(it.el.get_by_role("listbox")).to_be_hidden()
    expect(field).to_be_focused()
    assert it.pressed() == []
    it.press("Escape")
    assert it.pressed() == ["Escape"]
    expect(field).not_to_be_focused()


@pytest.fixture
def console(page: Page, lab: smtplab.Lab) -> Mounted:
    """Return a console, its input focused."""
    it = Mounted(page, ConsolePresenter(lab))
    it.el.get_by_role("combobox", name="Command").focus()
    return it


def field(it: Mounted) -> str:
    """Return what stands in the console's input."""
    return it.el.locator("form input").input_value()


def test_console_says_hello_and_shows_what_was_said(page: Page, lab: smtplab.Lab) -> None:
    """A new view asks for all that was said: each reply in its parts, explained; the greeting apart."""
    lab.send("HELP MAIL")
    it = Mounted(page, ConsolePresenter(lab))
    assert it.sent == [{"type": "hello"}]
    log = it.el.get_by_role("log")
    expect(log.locator(".new-session")).to_have_text(["new session"])
    expect(log.locator(".sent")).to_have_text(["HELP MAIL"])
    tags = log.locator(".exchange").last.locator(".tag")
    expect(tags).to_have_text(["214 Help message", "2yz Positive Completion", "x1z Information"])
    expect(log.locator(".exchange").last.locator(".wire .part-code").first).to_have_text("214")
    assert "CR" not in log.inner_text()


def test_console_sends_what_is_typed(console: Mounted) -> None:
    """Enter sends the line as it is typed and empties it; nothing typed is told so and sends nothing."""
    console.press("Enter")
    expect(console.el.get_by_role("status")).to_have_text("Type a command first.")
    assert console.sent == [{"type": "hello"}]
    console.type(" help  rcpt ", "Enter")
    assert console.sent[1:] == [{"type": "command", "line": " help  rcpt "}]
    expect(console.el.get_by_role("status")).to_have_text("")
    assert field(console) == ""
    expect(console.el.locator(".sent")).to_have_count(1)


def test_console_history(console: Mounted) -> None:
    """The arrow keys go through what was sent, and back to what was being written."""
    for line in ("NOOP", "XSTATUS", "XSTATUS"):
        console.type(line, "Enter")
    console.type("RS")
    lines = []
    for key in ("ArrowUp", "ArrowUp", "ArrowUp", "ArrowDown", "ArrowDown", "ArrowDown"):
        console.press(key)
        lines.append(field(console))
    assert lines == ["XSTATUS", "NOOP", "NOOP", "XSTATUS", "RS", "RS"]


def test_console_suggestions(console: Mounted) -> None:
    """The down arrow opens all suggestions, typing narrows them, Enter takes one, Escape and leaving close them."""
    options = console.el.locator("[role=listbox]:not([hidden]) [role=option]")
    entry = console.el.get_by_role("combobox", name="Command")
    console.press("ArrowDown")
    expect(options).to_have_text(SUGGESTIONS)
    expect(entry).to_have_attribute("aria-expanded", "true")
    active = entry.get_attribute("aria-activedescendant")
    expect(console.page.locator(f"[id='{active}']")).to_have_text("HELP")
    console.press("Escape")
    expect(options).to_have_count(0)
    console.type("rc", "ArrowDown", "ArrowDown", "Enter")
    assert field(console) == "RCPT TO:<you@lab.example>"
    assert console.sent == [{"type": "hello"}]
    entry.fill("h")
    expect(options).to_have_text(["HELP", "HELP MAIL", "HELP NOSUCH", "HELO client.example"])
    options.nth(1).click()
    assert field(console) == "HELP MAIL"
    entry.fill("h")
    console.el.get_by_role("button", name="Clear view").focus()
    expect(options).to_have_count(0)


def test_console_keeps_what_was_refused(console: Mounted, lab: smtplab.Lab) -> None:
    """What could not be sent is said in the log and stands in the input again."""
    lab.stop()
    console.type("HELP", "Enter")
    expect(console.el.locator(".refused")).to_contain_text("⚠ The lab is stopped")
    assert field(console) == "HELP"


def test_console_message_text(console: Mounted) -> None:
    """After DATA the line is message text: its label says so, an empty line is sent, and nothing is suggested."""
    for line in ("HELO me", "MAIL FROM:<a@b.example>", "RCPT TO:<c@d.example>", "DATA"):
        console.type(line, "Enter")
    expect(console.el.get_by_label("Message text")).to_be_focused()
    console.type("H", "ArrowDown")
    expect(console.el.locator("[role=option]")).to_have_count(0)
    console.type("", "Enter", "Enter")
    assert console.sent[-1] == {"type": "command", "line": ""}
    console.type(".", "Enter")
    expect(console.el.get_by_label("Command", exact=True)).to_be_focused()


def test_console_changes_the_server(console: Mounted, lab: smtplab.Lab) -> None:
    """A server chosen is asked for and announced; one that a cell sets is chosen in the list."""
    server = console.el.get_by_label("Server")
    server.select_option("exim-4.96")
    assert console.answer() == [{"type": "personality", "name": "exim-4.96"}]
    expect(console.el.get_by_role("status")).to_contain_text("exim-4.96")
    assert lab.personality.name == "exim-4.96"
    lab.personality = smtplab.Personality.scripted({"NOOP": "250 $& {name}"}, name="mine")
    server.focus()
    console.el.get_by_role("combobox", name="Command").focus()
    console.type("NOOP", "Enter")
    expect(server).to_have_value("mine")
    expect(server.locator("option").first).to_have_text("mine")


def test_console_copies_by_hand(console: Mounted) -> None:
    """Where the clipboard is closed the dialogue stands in a field, Escape leaves it; a cleared view copies whole."""
    console.page.evaluate("() => { navigator.clipboard && (navigator.clipboard.writeText = () => Promise.reject()); }")
    console.type("NOOP", "Enter")
    console.el.get_by_role("button", name="Clear view").click()
    expect(console.el.get_by_role("log")).to_have_text("The view is empty; the lab still has its transcript.")
    copy = console.el.get_by_role("button", name="Copy as text")
    copy.click()
    area = console.el.get_by_role("textbox", name="Copy as text")
    assert "C: NOOP\nS: 250 OK" in area.input_value()
    console.press("Escape")
    expect(area).to_have_count(0)
    expect(copy).to_be_focused()


def test_console_asks_for_what_it_missed(console: Mounted) -> None:
    """A view that has missed exchanges asks for all of them, and shows each once."""
    console.presenter.tell = lambda _message: None
    console.type("NOOP missed", "Enter")
    console.presenter.tell = lambda message: console._call("receive", message)
    console.type("NOOP seen", "Enter")
    assert console.answer() == [{"type": "hello"}]
    expect(console.el.locator(".sent")).to_have_text(["NOOP missed", "NOOP seen"])
