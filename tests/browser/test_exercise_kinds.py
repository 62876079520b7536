"""Exercises of every kind in JupyterLab: answered by keyboard alone, judged, and nothing for axe to find."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from smtplab.course import exercises
from smtplab.course.grading import KINDS

IDS: dict[str, str] = {}
"""Kind → the first exercise of that kind."""
for _name in exercises.exercises():
    IDS.setdefault(exercises.exercise(_name).kind, _name)


@pytest.fixture
def notebook(jupyterlab, open_notebook):
    """Return a notebook with an exercise of every kind, in Spanish, run."""
    cells = [f"smtplab.exercise({name!r}, lab)" for name in IDS.values()]
    jupyterlab.put("kinds.ipynb", "import smtplab; smtplab.set_language('es'); lab = smtplab.start()", *cells)
    opened = open_notebook("kinds.ipynb")
    opened.run_all(len(cells) + 1)
    return opened


def form(notebook, kind: str):
    """Return the form of one exercise."""
    card = notebook.page.locator(".smtplab-ex").filter(has_text=exercises.exercise(IDS[kind], "es").question).first
    card.scroll_into_view_if_needed()
    return card


def test_every_kind_has_its_exercise() -> None:
    """The exercises tried here are of the kinds that they stand for, and no kind is left out."""
    assert {exercises.exercise(name).kind: name for name in IDS.values()} == IDS
    assert set(IDS) == set(KINDS)


def test_answers_by_keyboard(notebook, picture) -> None:
    """Lists to choose from, a line and a field are filled and sent without a mouse; a half answer is told so."""
    keyboard = notebook.page.keyboard
    for kind in ("parts", "sort"):
        card = form(notebook, kind)
        lists = card.get_by_role("combobox")
        card.get_by_role("button", name="Comprobar").focus()
        keyboard.press("Enter")
        expect(card.get_by_role("status")).to_contain_text(f"quedan {lists.count()} filas vacías.")
        expect(lists.first).to_be_focused()
        for _ in range(lists.count()):
            keyboard.press("ArrowDown")
            keyboard.press("Tab")
        expect(lists.first).to_have_value(next(iter(exercises.exercise(IDS[kind], "es").options)))
        keyboard.press("Enter")
        expect(card.get_by_role("status")).to_contain_text("Todavía no.")
        picture(card, f"exercise-{kind}")
    for kind, wrong, right in (("command", "HELP", "HELP RCPT"), ("text", "STATUS", "XQLENGTH")):
        card = form(notebook, kind)
        field = card.get_by_role("textbox")
        for answer, verdict in ((wrong, "Todavía no."), (right, "Correcto.")):
            field.focus()
            keyboard.press("ControlOrMeta+a")
            keyboard.type(answer)
            if exercises.exercise(IDS[kind]).rows > 1:
                keyboard.press("Tab")  # to the button: Enter ends a line there
            keyboard.press("Enter")
            expect(card.get_by_role("status")).to_contain_text(verdict)
        picture(card, f"exercise-{kind}")
    fields = form(notebook, "series").get_by_role("textbox")
    fields.first.focus()
    for _ in range(fields.count()):
        keyboard.type("250")
        keyboard.press("Tab")
    keyboard.press("Enter")
    expect(form(notebook, "series").locator("li.is-wrong")).to_have_count(fields.count() - 1)
    expect(form(notebook, "function")).to_contain_text('smtplab.check("02.end", end_of_reply)')


@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_axe_finds_nothing(notebook, theme: str) -> None:
    """Axe finds no violation inside any kind of exercise, in either theme."""
    notebook.theme(theme)
    for kind in IDS:
        form(notebook, kind)
        violations = Axe().run(notebook.page, context=".smtplab-ex").response["violations"]
        assert [f"{rule['id']}: {node['html'][:200]}" for rule in violations for node in rule["nodes"]] == [], kind
