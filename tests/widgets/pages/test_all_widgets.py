"""What each widget owes to its page, in a blank one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

import smtplab
from smtplab.course.grading import KINDS
from smtplab.widgets import notebook
from smtplab.widgets.anatomy.presenter import AnatomyPresenter
from smtplab.widgets.console.presenter import ConsolePresenter
from smtplab.widgets.exercise.presenter import ExercisePresenter
from smtplab.widgets.gallery.presenter import GalleryPresenter
from smtplab.widgets.game.presenter import GamePresenter
from smtplab.widgets.lookup.presenter import LookupPresenter
from smtplab.widgets.sequence.presenter import SequencePresenter
from smtplab.widgets.side_by_side.presenter import SideBySidePresenter
from smtplab.widgets.status.presenter import StatusPresenter
from smtplab.widgets.watch_class.presenter import WatchClassPresenter
from tests.helpers.blank_page import Mounted
from tests.helpers.kinds import of_kind
from tests.helpers.paths import TOP

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

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
    makers = [*MAKERS.values(), *(lambda lab, name=name: ExercisePresenter(name, lab) for name in map(of_kind, KINDS))]
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
