"""The widgets as a learner uses them: in JupyterLab, by keyboard, in light and dark."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

if TYPE_CHECKING:
    from conftest import Notebook

NASTY = "<img src=x onerror='window.hacked=1'><script>window.hacked=1</script>"
KINDS = ["console", "side", "anatomy", "ex"]

CELLS = {
    "console": "import smtplab; lab = smtplab.start(); smtplab.console(lab)",
    "side": "smtplab.side_by_side(lab, 'HELP', 'XSTATUS')",
    "anatomy": "smtplab.anatomy(b'214-2.0.0 Try \\xc3\\xb1\\r\\n middle\\n211 2.0.0 end\\r\\n')",
    "ex": "smtplab.exercise('01.help', lab)",
}


def violations(notebook: Notebook, kind: str) -> list[str]:
    """Return what axe finds wrong inside a widget."""
    result = Axe().run(notebook.page, context=f".smtplab-{kind}")
    return [f"{rule['id']}: {node['html'][:200]}" for rule in result.response["violations"] for node in rule["nodes"]]


def send(notebook: Notebook, command: str) -> None:
    """Type a command into the console, by keyboard alone, and press Enter."""
    notebook.page.keyboard.type(command)
    notebook.page.keyboard.press("Enter")


@pytest.fixture
def all_widgets(jupyterlab, open_notebook, request) -> Notebook:
    """Open a notebook with every widget in it; its kernel is of the name that a test gives, else one for all."""
    name = f"{getattr(request, 'param', 'widgets')}.ipynb"
    jupyterlab.put(name, *CELLS.values())
    notebook = open_notebook(name)
    notebook.run_all(len(CELLS))
    return notebook


def test_console_by_keyboard(all_widgets, picture) -> None:
    """HELP typed and entered gets 214, XSTATUS 211; the arrow key brings the last command back."""
    console = all_widgets.widget("console")
    entry = console.get_by_label("Command", exact=True)
    entry.focus()
    send(all_widgets, "HELP")
    log = console.get_by_role("log")
    expect(log.locator(".part-code").filter(has_text="214").first).to_be_visible()
    send(all_widgets, "XSTATUS")
    expect(log).to_contain_text("smtplab system status")
    expect(log.locator(".sent")).to_have_text(["HELP", "XSTATUS", "HELP", "XSTATUS"])  # two by the cells, two from here
    expect(log.locator(".reading").last).to_contain_text("211")
    expect(entry).to_be_focused()
    all_widgets.page.keyboard.press("ArrowUp")
    expect(entry).to_have_value("XSTATUS")
    all_widgets.page.keyboard.press("ArrowUp")
    expect(entry).to_have_value("HELP")
    all_widgets.page.keyboard.press("ArrowDown")
    all_widgets.page.keyboard.press("ArrowDown")
    expect(entry).to_have_value("")
    picture(console, "console-light")
    all_widgets.theme("Dark")
    picture(console, "console-dark")
    all_widgets.theme("Light")


def test_console_says_what_it_refuses(all_widgets) -> None:
    """A lost connection and an empty line are said in the console; message text goes through to its dot."""
    console = all_widgets.widget("console")
    entry = console.get_by_label("Command", exact=True)
    entry.focus()
    all_widgets.page.keyboard.press("Enter")
    expect(console.get_by_role("status")).to_have_text("Type a command first.")
    for command in ("HELO me", "MAIL FROM:<a@b.example>", "RCPT TO:<c@d.example>", "DATA"):
        send(all_widgets, command)
    expect(console.get_by_label("Message text")).to_be_focused()
    for line in ("Subject: hi", "", ".dotted", "."):
        send(all_widgets, line)
    expect(console.get_by_role("log")).to_contain_text("message 1 is held here")
    send(all_widgets, "QUIT")
    expect(console.get_by_role("log")).to_contain_text("the server closed the connection")


def test_console_changes_the_server(all_widgets) -> None:
    """Another server chosen in the console answers from the next command on."""
    console = all_widgets.widget("console")
    console.get_by_label("Server").select_option("aiosmtpd-1.4.6")
    console.get_by_label("Command", exact=True).focus()
    send(all_widgets, "HELP")
    expect(console.get_by_role("log")).to_contain_text("Supported commands:")


def test_console_copies_as_text(all_widgets) -> None:
    """The whole dialogue can be had as text, without a permission for the clipboard too."""
    console = all_widgets.widget("console")
    console.get_by_label("Command", exact=True).focus()
    send(all_widgets, "NOOP")
    expect(console.get_by_role("log")).to_contain_text("250")
    all_widgets.page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(); }")
    console.get_by_role("button", name="Copy as text").click()
    area = console.get_by_role("textbox", name="Copy as text")
    assert "C: NOOP\nS: 250 OK" in area.input_value()
    all_widgets.page.keyboard.press("Escape")
    expect(area).to_have_count(0)
    console.get_by_role("button", name="Clear view").click()
    expect(console.get_by_role("log")).to_have_text("The view is empty; the lab still has its transcript.")
    console.get_by_role("button", name="Copy as text").click()
    assert "C: NOOP\nS: 250 OK" in area.input_value()


def test_console_suggests_by_keyboard(all_widgets, picture) -> None:
    """The down arrow on an empty line opens the suggestions, typing narrows them, Enter takes one and sends nothing."""
    console = all_widgets.widget("console")
    keys = all_widgets.page.keyboard
    entry = console.get_by_role("combobox", name="Command")
    sent = console.get_by_role("log").locator(".sent")
    expect(sent).to_have_text(["HELP", "XSTATUS"])  # by the cells
    entry.focus()
    keys.press("ArrowDown")
    options = console.locator("[role=listbox]:not([hidden]) [role=option]")
    expect(options).to_have_count(15)
    expect(console.locator("[role=option][aria-selected=true]")).to_have_text("HELP")
    assert violations(all_widgets, "console") == []
    picture(console, "console-suggestions")
    keys.press("Escape")
    expect(options).to_have_count(0)
    keys.type("xs")
    expect(options).to_have_text(["XSTATUS"])
    keys.press("ArrowDown")
    keys.press("Enter")
    expect(entry).to_have_value("XSTATUS")
    expect(sent).to_have_count(2)
    keys.press("Enter")
    expect(sent).to_have_text(["HELP", "XSTATUS", "XSTATUS"])
    keys.type("HELP")
    expect(options).to_have_text(["HELP MAIL", "HELP NOSUCH"])
    keys.press("Enter")
    expect(options).to_have_count(0)
    expect(sent).to_have_text(["HELP", "XSTATUS", "XSTATUS", "HELP"])


def test_two_views_of_one_console(jupyterlab, open_notebook) -> None:
    """Each view of a console works, shows what the other sent, and keeps its own view cleared."""
    jupyterlab.put("views.ipynb", CELLS["console"].replace("smtplab.console(lab)", "c = smtplab.console(lab); c"), "c")
    notebook = open_notebook("views.ipynb")
    notebook.run_all(2)
    notebook.widget("console")
    views = notebook.page.locator(".smtplab-console")
    expect(views).to_have_count(2)
    one, other = views.nth(0), views.nth(1)
    one.get_by_role("combobox", name="Command").focus()
    send(notebook, "NOOP first")
    expect(other.get_by_role("log")).to_contain_text("NOOP first")
    one.get_by_role("button", name="Clear view").click()
    other.get_by_role("combobox", name="Command").focus()
    send(notebook, "NOOP second")
    for log in (one.get_by_role("log"), other.get_by_role("log")):
        expect(log.get_by_text("NOOP second", exact=True)).to_have_count(1)
    expect(one.get_by_role("log")).not_to_contain_text("NOOP first")


def test_console_keeps_what_could_not_be_sent(jupyterlab, open_notebook) -> None:
    """A command that is refused is said in the log, in the console's language, and stays in the input."""
    jupyterlab.put("stopped.ipynb", CELLS["console"].replace("(lab)", "(lab, lang='es')"), "lab.stop()")
    notebook = open_notebook("stopped.ipynb")
    notebook.run_all(2)
    console = notebook.widget("console")
    entry = console.get_by_role("combobox", name="Orden")
    entry.focus()
    send(notebook, "HELP")
    expect(console.get_by_role("log")).to_contain_text("⚠ El laboratorio está detenido")
    expect(entry).to_have_value("HELP")


def test_narrow(all_widgets, picture) -> None:
    """In a narrow column nothing is cut off at the side."""
    console = all_widgets.widget("console")
    console.get_by_role("combobox", name="Command").focus()
    send(all_widgets, "HELP")
    expect(console.get_by_role("log")).to_contain_text("214")
    all_widgets.page.add_style_tag(content=".smtplab { width: 600px; }")
    for kind in KINDS:
        widget = all_widgets.widget(kind)
        assert widget.evaluate("it => it.scrollWidth <= it.clientWidth"), kind
        picture(widget, f"{kind}-narrow")


def test_side_by_side(all_widgets, picture) -> None:
    """The two codes stand side by side, digit by digit; another pair can be asked for."""
    side = all_widgets.widget("side")
    expect(side.locator(".code").nth(0)).to_have_text("214")
    expect(side.locator(".code").nth(1)).to_have_text("211")
    expect(side.locator("table").first.locator(".verdict")).to_have_text(["= same", "= same", "≠ differs"])
    picture(side, "side-by-side-light")
    all_widgets.theme("Dark")
    picture(side, "side-by-side-dark")
    all_widgets.theme("Light")
    side.get_by_label("Second command").fill("STAT")
    all_widgets.page.keyboard.press("Enter")
    expect(side.locator(".code").nth(1)).to_have_text("500")


def test_anatomy_by_keyboard(all_widgets, picture) -> None:
    """Arrow keys move from part to part of a reply, each explained; what is broken is said in words."""
    anatomy = all_widgets.widget("anatomy")
    first = anatomy.get_by_role("button").first
    first.focus()
    explained = anatomy.locator(".explained")
    expect(explained).to_contain_text("214: Help message")
    all_widgets.page.keyboard.press("ArrowRight")
    expect(explained).to_contain_text("more lines follow")
    all_widgets.page.keyboard.press("End")
    expect(explained).to_contain_text("LF")
    expect(anatomy.locator(".defects li")).to_have_count(4)
    picture(anatomy, "anatomy-light")
    all_widgets.theme("Dark")
    picture(anatomy, "anatomy-dark")
    all_widgets.theme("Light")


def test_exercise(all_widgets, picture) -> None:
    """A wrong prediction gets the feedback made for it, a right one is right."""
    exercise = all_widgets.widget("ex")
    exercise.get_by_role("button", name="Predict").click()
    expect(exercise.get_by_role("status")).to_have_text("The answer is not complete yet.")
    exercise.get_by_role("radio", name="250").check()
    exercise.get_by_role("button", name="Predict").press("Enter")
    expect(exercise.get_by_role("status")).to_contain_text("Your prediction: 250. It was 214.")
    exercise.get_by_role("radio", name="214").check()
    exercise.get_by_role("button", name="Explain this one").click()
    expect(exercise.get_by_role("status")).to_contain_text("The help message")
    picture(exercise, "exercise-light")


@pytest.mark.parametrize(("all_widgets", "theme"), [("Light", "Light"), ("Dark", "Dark")], indirect=["all_widgets"])
def test_axe_finds_nothing(all_widgets, theme: str) -> None:
    """Axe finds no violation inside any widget, in either theme: labels, roles, contrast."""
    console = all_widgets.widget("console")
    console.get_by_label("Command", exact=True).focus()
    send(all_widgets, "HELP")
    expect(console.get_by_role("log")).to_contain_text("214")
    all_widgets.widget("ex").get_by_role("radio", name="500").check()
    all_widgets.widget("ex").get_by_role("button", name="Predict").click()
    expect(all_widgets.widget("ex").get_by_role("status")).to_contain_text("Your prediction: 500.")
    all_widgets.theme(theme)
    for details in all_widgets.widget("side").locator("details").all():
        details.locator("summary").click()
    assert {kind: violations(all_widgets, kind) for kind in KINDS} == {kind: [] for kind in KINDS}


def test_wire_text_is_never_html(jupyterlab, open_notebook) -> None:
    """Markup in a reply is shown as text and runs nothing, in every widget."""
    jupyterlab.put(
        "nasty.ipynb",
        f"import smtplab; nasty = {NASTY!r}\n"
        "lab = smtplab.start(smtplab.Personality.scripted({'HELP': '214 ' + nasty, 'NOOP': '250 ' + nasty}))\n"
        "smtplab.console(lab)",
        "smtplab.side_by_side(lab, 'HELP', 'NOOP ' + nasty)",
        "smtplab.anatomy(lab.send('HELP'))",
        "lab.send('HELP')",
    )
    notebook = open_notebook("nasty.ipynb")
    notebook.run_all(4)
    console = notebook.widget("console")
    console.get_by_label("Command", exact=True).focus()
    send(notebook, "NOOP " + NASTY)
    for kind in ("console", "side"):
        expect(notebook.widget(kind).get_by_text(NASTY).first).to_be_visible()
    expect(notebook.widget("anatomy").get_by_role("button", name=NASTY)).to_be_visible()
    assert notebook.page.evaluate("window.hacked") is None
    assert notebook.page.locator(".jp-OutputArea img[src='x']").count() == 0


def test_spanish(jupyterlab, open_notebook) -> None:
    """In Spanish every label is Spanish, and commands and replies stay as they are."""
    jupyterlab.put(
        "es.ipynb", "import smtplab; smtplab.set_language('es'); " + CELLS["console"], *list(CELLS.values())[1:]
    )
    notebook = open_notebook("es.ipynb")
    notebook.run_all(len(CELLS))
    console = notebook.widget("console")
    console.get_by_label("Orden", exact=True).focus()
    send(notebook, "HELP")
    expect(console.get_by_role("log")).to_contain_text("Mensaje de ayuda")
    expect(notebook.widget("side").get_by_role("button", name="Comparar")).to_be_visible()
    expect(notebook.widget("anatomy").locator(".explained")).to_contain_text("El código de respuesta")
    expect(notebook.widget("ex").get_by_role("button", name="Predecir")).to_be_visible()


@pytest.mark.parametrize("kind", KINDS)
def test_the_notebooks_keys_pass(jupyterlab, open_notebook, kind: str) -> None:
    """From a widget Ctrl+S saves, Esc leaves for the cell in command mode, Shift+Enter runs the cell and goes on."""
    jupyterlab.put("keys.ipynb", CELLS["console"], CELLS[kind], "1 + 1")
    notebook = open_notebook("keys.ipynb")
    notebook.run_all(3)
    page = notebook.page
    control = notebook.widget(kind).locator("button.part" if kind == "anatomy" else "input").first
    counts = """() => jupyterapp.shell.currentWidget.content.widgets.map((cell) => cell.model.executionCount)"""
    active = "() => jupyterapp.shell.currentWidget.content.activeCellIndex"
    at = 0 if kind == "console" else 1
    control.focus()
    page.keyboard.press("Escape")
    page.wait_for_function("() => document.activeElement.matches('.jp-Notebook.jp-mod-commandMode .jp-Cell')")
    assert page.evaluate(active) == at
    control.focus()
    before = page.evaluate(counts)
    page.keyboard.press("b" if kind == "anatomy" else "Shift+B")
    assert len(page.evaluate(counts)) == 3, "typing inserted a cell"
    with page.expect_response(lambda response: response.request.method == "PUT" and "keys.ipynb" in response.url):
        page.keyboard.press("ControlOrMeta+s")
    page.keyboard.press("Shift+Enter")
    page.wait_for_function(f"(before) => ({counts})()[{at}] > before", arg=max(before))
    page.wait_for_function(f"() => ({active})() === {at + 1}")
