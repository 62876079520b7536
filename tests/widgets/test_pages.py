"""Each widget in one blank page, over a small model: quick enough for every save, and nothing is fetched."""

from __future__ import annotations

import re
import time
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

import smtplab
from smtplab.course import exercises
from smtplab.course.attempts import Attempt, History
from smtplab.course.grading import KINDS
from smtplab.course.logbook import FILE
from smtplab.course.record import Record, write_record
from smtplab.protocol.reply import Reply
from smtplab.protocol.transcript import Exchange, Transcript
from smtplab.recordings.survey import COMMANDS
from smtplab.widgets import notebook
from smtplab.widgets.anatomy.presenter import AnatomyPresenter
from smtplab.widgets.console.presenter import SUGGESTIONS, ConsolePresenter
from smtplab.widgets.exercise.presenter import ExercisePresenter
from smtplab.widgets.gallery.presenter import GalleryPresenter
from smtplab.widgets.game.presenter import GamePresenter
from smtplab.widgets.lookup.presenter import LookupPresenter
from smtplab.widgets.sequence.presenter import SequencePresenter
from smtplab.widgets.side_by_side.presenter import SideBySidePresenter
from smtplab.widgets.status.presenter import StatusPresenter
from smtplab.widgets.watch_class.presenter import WatchClassPresenter
from tests.helpers.blank_page import BLANK, Mounted
from tests.helpers.paths import TOP

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from smtplab.widgets.presenter import Presenter

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NASTY = "<img src=x onerror='window.hacked=1'>"
MAKERS: dict[str, Callable[[smtplab.Lab], Presenter]] = {
    "anatomy": lambda lab: AnatomyPresenter(lab.send("HELP")),
    "console": ConsolePresenter,
    "exercise": lambda lab: ExercisePresenter("01.rcpt", lab),
    "gallery": lambda lab: GalleryPresenter(),
    "game": lambda lab: GamePresenter(12),
    "lookup": lambda lab: LookupPresenter("said: 550 5.1.1 " + NASTY),
    "sequence": SequencePresenter,
    "side_by_side": lambda lab: SideBySidePresenter(lab, "HELP", "NOOP " + NASTY),
    "status": StatusPresenter,
    "watch_class": lambda lab: WatchClassPresenter(TOP / "notebooks"),
}
CONTROLS = {"anatomy": "button.part", "sequence": ".scroll", "status": ".scroll"}
"""What has the focus in a widget that has no input."""
EXERCISES = {exercises.exercise(name).kind: name for name in reversed(exercises.exercises())}


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


# --- all of them


def test_every_widget_is_tried_here() -> None:
    """No widget is left out of these tests."""
    assert set(MAKERS) == set(notebook.WIDGETS)


@pytest.mark.parametrize("name", MAKERS)
def test_it_renders_and_cleans_up(page: Page, lab: smtplab.Lab, name: str) -> None:
    """A widget stands in its own class and language, keeps its keys from the notebook, and leaves nothing behind."""
    it = Mounted(page, MAKERS[name](lab))
    assert it.el.get_attribute("lang") == "en"
    assert it.el.get_attribute("data-lm-suppress-shortcuts") == "true"
    assert it.el.inner_text().strip()
    control = it.el.locator(CONTROLS.get(name, "input, textarea")).first
    control.focus()
    it.press("b", "Shift+B", "ArrowDown", "Tab")
    assert it.pressed() == []
    assert it.destroy() == 0
    control.focus()
    it.page.keyboard.press("b")
    assert it.pressed() == ["b"]


@pytest.mark.parametrize("name", MAKERS)
@pytest.mark.parametrize("key", ["Shift+Enter", "Control+Enter", "Meta+Enter", "Alt+Enter"])
def test_keys_that_run_a_cell_pass(page: Page, lab: smtplab.Lab, name: str, key: str) -> None:
    """A key that runs the cell reaches the notebook, with its focus on the cell: it takes none from a text field."""
    it = Mounted(page, MAKERS[name](lab))
    page.evaluate("() => document.addEventListener('keydown', (event) => event.preventDefault())")  # as a notebook does
    it.el.locator(CONTROLS.get(name, "input, select, textarea")).first.focus()
    it.press(key)
    assert it.pressed()[-1] == "Enter"
    assert page.evaluate("() => document.activeElement.className") == "jp-Cell"
    assert [each for each in it.sent if each["type"] != "hello"] == []
    it.el.locator(CONTROLS.get(name, "input, select, textarea")).first.focus()
    it.press("b")
    assert it.pressed() == []


@pytest.mark.parametrize("name", MAKERS)
def test_keys_with_modifiers_pass(page: Page, lab: smtplab.Lab, name: str) -> None:
    """Keys with Ctrl, Cmd or Alt reach the notebook and leave the focus; what edits text stays with a text field."""
    it = Mounted(page, MAKERS[name](lab))
    control = it.el.locator(CONTROLS.get(name, "input, textarea")).first
    control.focus()
    it.press("Control+s", "Meta+s", "Control+f", "Alt+b")
    assert [key for key in it.pressed() if len(key) == 1] == ["s", "s", "f", "b"]
    expect(control).to_be_focused()
    it.press("Control+c", "Control+z", "Meta+a", "Control+ArrowLeft")
    text = control.evaluate("(node) => (node.type ?? '').startsWith('text')")  # a textarea's type is its name
    assert [key for key in it.pressed() if key not in ("Control", "Meta")] == (
        [] if text else ["c", "z", "a", "ArrowLeft"]
    )


@pytest.mark.parametrize("name", MAKERS)
def test_escape_leaves(page: Page, lab: smtplab.Lab, name: str) -> None:
    """Esc gives the focus back to the cell, and the notebook hears it."""
    it = Mounted(page, MAKERS[name](lab))
    it.el.locator(CONTROLS.get(name, "input, select, textarea")).last.focus()
    it.press("Escape")
    assert page.evaluate("() => document.activeElement.className") == "jp-Cell"
    assert it.pressed() == ["Escape"]


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


@pytest.mark.parametrize("name", MAKERS)
def test_ids_are_unique(page: Page, lab: smtplab.Lab, name: str) -> None:
    """Two widgets of a kind, each with its module loaded anew, share no id, and each label has its control."""
    for _ in range(2):
        Mounted(page, MAKERS[name](lab))
    ids = page.locator("[id]").evaluate_all("nodes => nodes.map((node) => node.id)")
    assert len(set(ids)) == len(ids)
    assert page.locator("label").evaluate_all("labels => labels.every((label) => label.control)")


def test_two_of_each_on_one_page(page: Page, lab: smtplab.Lab) -> None:
    """Two of each widget and of each kind of exercise, every module its own: names and references stay within one."""
    makers = [*MAKERS.values(), *(lambda lab, name=name: ExercisePresenter(name, lab) for name in EXERCISES.values())]
    for make in [*makers, *makers]:
        it = Mounted(page, make(lab))
        if isinstance(it.presenter, GalleryPresenter):  # its question is asked when a cell is opened
            it.el.get_by_label("Predict first").check()
            it.el.get_by_role("button", name="not revealed yet").first.click()
    faults = """() => {
      const roots = [...document.querySelectorAll(".smtplab")], faults = [], owners = new Map();
      for (const root of roots) {
        for (const { id } of root.querySelectorAll("[id]")) {
          if (document.getElementById(id)?.closest(".smtplab") !== root) faults.push(`id ${id}`);
        }
        for (const label of root.querySelectorAll("label")) {
          if (label.control?.closest(".smtplab") !== root) faults.push(`label ${label.textContent}`);
        }
        for (const name of ["aria-controls", "aria-labelledby", "aria-describedby", "aria-activedescendant", "list"]) {
          for (const node of root.querySelectorAll(`[${name}]`)) {
            for (const id of node.getAttribute(name).split(" ")) {
              if (!root.querySelector(`#${CSS.escape(id)}`)) faults.push(`${name} ${id}`);
            }
          }
        }
        for (const { name } of root.querySelectorAll("input[type=radio]")) {
          if ((owners.get(name) ?? root) !== root) faults.push(`radio ${name}`);
          owners.set(name, root);
        }
      }
      return [roots.length, owners.size, [...new Set(faults)]];
    }"""
    count, groups, found = page.evaluate(faults)
    assert (count, found) == (2 * len(makers), [])
    assert groups == 2 * (2 + 1 + 1)  # two kinds of exercise are chosen from, the gallery's question, the game's


@pytest.mark.parametrize("name", MAKERS)
def test_wire_text_is_never_html(page: Page, name: str) -> None:
    """Markup in a reply is shown as text and runs nothing."""
    server = smtplab.Personality.scripted({"HELP": f"214 {NASTY}", "NOOP": f"250 {NASTY}"})
    with smtplab.start(server, carrier="memory") as lab:
        lab.send("HELP")
        it = Mounted(page, MAKERS[name](lab))
    if name in ("anatomy", "console", "sequence", "side_by_side"):
        assert it.el.evaluate("(el, text) => el.textContent.includes(text)", NASTY if name != "anatomy" else "<")
    assert it.el.locator("img").count() == 0
    assert page.evaluate("window.hacked") is None


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", MAKERS)
def test_axe_finds_nothing(page: Page, lab: smtplab.Lab, name: str, scheme: Any) -> None:
    """Each widget is readable and labelled on a plain page, in the reader's scheme."""
    page.emulate_media(color_scheme=scheme)
    lab.send("HELP MAIL")
    it = Mounted(page, MAKERS[name](lab))
    if name in ("anatomy", "console", "sequence", "side_by_side"):
        expect(it.el).to_contain_text("214")
    violations = Axe().run(page, context=".smtplab").response["violations"]
    assert [f"{each['id']}: {node['html'][:200]}" for each in violations for node in each["nodes"]] == []


# --- the console


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


# --- the others


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


def test_side_by_side_compares(page: Page, lab: smtplab.Lab) -> None:
    """Two commands are asked for and shown with what is the same and what differs; a refusal leaves the pair."""
    it = Mounted(page, SideBySidePresenter(lab, "HELP", "XSTATUS"))
    expect(it.el.locator(".code")).to_have_text(["214", "211"])
    expect(it.el.locator(".code .differs")).to_have_text(["4", "1"])
    expect(it.el.locator("details .verdict")).to_have_text(["= same", "= same", "≠ differs"])
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


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_refusal_is_not_coloured_as_success(page: Page, scheme: Any) -> None:
    """In every widget that shows replies a 2yz, a 4yz and a 5yz code have three colours, the same ones everywhere."""
    page.emulate_media(color_scheme=scheme)
    server = smtplab.Personality.scripted({"HELP": "214 x", "NOOP": "450 x", "STAT": "500 x"})
    colours: dict[str, set[str]] = {"2": set(), "4": set(), "5": set()}
    with smtplab.start(server, carrier="memory") as lab:
        for command in ("HELP", "NOOP", "STAT"):
            reply = lab.send(command)
            for presenter in (
                AnatomyPresenter(reply), ConsolePresenter(lab), SequencePresenter(lab),
                SideBySidePresenter(lab, command, command),
            ):  # fmt: skip
                it = Mounted(page, presenter)
                code = it.el.locator(".part-code").last
                colours[str(reply.code)[0]].add(code.evaluate("node => getComputedStyle(node).color"))
    assert [len(each) for each in colours.values()] == [1, 1, 1]
    assert len(set.union(*colours.values())) == 3


def test_side_by_side_of_codes(page: Page) -> None:
    """Two codes have no lines, and their fields are for codes."""
    it = Mounted(page, SideBySidePresenter(None, 211, 214))
    expect(it.el.get_by_label("First code")).to_have_value("211")
    expect(it.el.locator(".lines")).to_have_count(0)
    expect(it.el.locator("details ol li").first).to_be_attached()


def test_every_kind_of_exercise_is_tried_here() -> None:
    """There is an exercise of each kind."""
    assert set(EXERCISES) == set(KINDS)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_exercise_keeps_a_draft(page: Page, lab: smtplab.Lab, kind: str) -> None:
    """What is filled in but not sent is saved, and put back in a new view; half an answer is told so and not sent."""
    presenter = ExercisePresenter(EXERCISES[kind], lab)
    it = Mounted(page, presenter)
    expect(it.el.locator(".smtplab-ex-question")).to_have_text(presenter.state["question"])
    controls = it.el.locator("fieldset :is(input, select, textarea)")
    check = it.el.locator("[type=submit]")
    if kind == "function":
        expect(controls).to_have_count(0)
        expect(it.el.locator("code")).to_have_text([presenter.state["name"], presenter.state["call"]])
        return
    check.click()
    expect(it.el.get_by_role("status")).to_contain_text("The answer is not complete yet")
    expect(controls.first).to_be_focused()
    assert it.answer() == []
    first = controls.first
    if kind in ("code", "choice"):
        first.check()
        draft: Any = first.input_value()
    elif kind in ("parts", "sort"):
        first.select_option(index=1)
        draft = [first.input_value(), *[""] * (controls.count() - 1)]
    elif kind == "series":
        first.fill("214")
        first.blur()
        draft = ["214", *[""] * (controls.count() - 1)]
    else:
        first.fill("HELP x")
        first.blur()
        draft = "HELP x"
    assert it.saved()[-1]["given"] == draft
    presenter.state["given"] = draft
    again = Mounted(page, presenter)
    values = again.el.locator("fieldset :is(input:checked, input[type=text], select, textarea)")
    assert values.evaluate_all("all => all.map((one) => one.value)") == (draft if isinstance(draft, list) else [draft])


def test_exercise_is_answered(page: Page, lab: smtplab.Lab) -> None:
    """An answer is sent and its feedback shown, with the reply; a refusal is neither right nor wrong."""
    it = Mounted(page, ExercisePresenter("01.rcpt", lab))
    status, entry = it.el.get_by_role("status"), it.el.get_by_role("textbox")
    entry.fill(" RCPT TO:<a@b.example> ")
    it.press("Enter")
    assert [(sent["type"], sent["answer"]) for sent in it.sent] == [("answer", "RCPT TO:<a@b.example>")]
    assert 0 <= it.sent[0]["seconds"] < 60
    expect(status).to_contain_text("Not yet.")
    expect(status).to_have_class("smtplab-ex-feedback is-not-yet")
    entry.fill("HELP RCPT")
    it.press("Enter")
    expect(status).to_contain_text("Right.")
    expect(status).to_have_class("smtplab-ex-feedback is-right")
    expect(it.el.get_by_role("region")).to_contain_text("214")
    it.presenter.received({"type": "answer", "answer": "HE\nLP"})
    expect(status).to_contain_text("LF")
    expect(status.locator("strong")).to_have_count(0)
    expect(status).not_to_have_class(re.compile("is-"))


def test_exercise_shows_an_answer_from_python(page: Page, lab: smtplab.Lab) -> None:
    """An answer from a cell fills the field and shows its feedback; a new view shows the last one."""
    presenter = ExercisePresenter("01.rcpt", lab)
    it = Mounted(page, presenter)
    presenter.answer("help rcpt")
    for view in (it, Mounted(page, presenter)):
        expect(view.el.get_by_role("textbox")).to_have_value("help rcpt")
        expect(view.el.get_by_role("status")).to_contain_text("Right.")


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


@pytest.mark.parametrize("width", [600, 1366])
@pytest.mark.parametrize("name", MAKERS)
def test_nothing_is_cut(page: Page, lab: smtplab.Lab, name: str, width: int) -> None:
    """On a small screen no widget is wider than the page, and nothing in it is beyond its edge without a way there."""
    page.set_viewport_size({"width": width, "height": 768})
    it = Mounted(page, MAKERS[name](lab))
    beyond = """(el) => {
      const edge = el.getBoundingClientRect().right;
      const scrolls = (node) => node !== el &&
        (/auto|scroll/.test(getComputedStyle(node).overflowX) || scrolls(node.parentElement));
      return [...el.querySelectorAll("*")]
        .filter((node) => node.getBoundingClientRect().right > edge + 1 && !scrolls(node))
        .map((node) => node.outerHTML.slice(0, 100));
    }"""
    assert it.el.evaluate(beyond) == []
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width
    page.set_viewport_size({"width": 1280, "height": 720})


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


# --- a class, live


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
    page.wait_for_timeout(1500)  # nothing is to happen
    assert it.answer() == []


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
