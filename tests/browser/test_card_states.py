"""The exercise card through a lesson's life in JupyterLab: run, answered, run again, reloaded, its kernel gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Locator

    from conftest import Notebook

CELLS = [
    "import smtplab; lab = smtplab.start()\nsmtplab.console(lab)",
    "smtplab.exercise('01.help', lab)",
    "smtplab.exercise('01.rcpt', lab)",
    "smtplab.exercise('02.end', lab)",
    "def end_of_reply(octets):\n    return octets.find(b'\\r\\n') + 2",
    "smtplab.exercise('05.decide', lab)",
    "lab.stop()",
]
RIGHT = r"""
def end_of_reply(octets):
    at = 0
    while True:
        end = octets.find(b'\r\n', at)
        if end < 0:
            return -1
        if octets[at + 3 : at + 4] != b'-':
            return end + 2
        at = end + 2
"""
KERNEL = "jupyterapp.shell.currentWidget.sessionContext.session.kernel"
RUN = """async (at) => {
  const { content, sessionContext } = jupyterapp.shell.currentWidget;
  content.activeCellIndex = at;
  content.deselectAll();
  await jupyterapp.commands.execute("notebook:run-cell");
}"""


def opened(jupyterlab, open_notebook, name: str) -> Notebook:
    """Return a notebook with a card of several kinds, all run, as a lesson is: the lab is stopped at its end."""
    jupyterlab.put(name, *CELLS)
    notebook = open_notebook(name)
    notebook.run_all(len(CELLS))
    expect(notebook.page.locator(".smtplab-ex")).to_have_count(4)
    return notebook


def card(notebook: Notebook, number: int) -> Locator:
    """Return a card by its place in the notebook, seen."""
    found = notebook.page.locator(".smtplab-ex").nth(number)
    found.scroll_into_view_if_needed()
    return found


def execute(notebook: Notebook, code: str) -> None:
    """Run code in the notebook's kernel."""
    notebook.page.evaluate(f"(code) => {KERNEL}.requestExecute({{ code }}).done", code)


def violations(notebook: Notebook) -> list[str]:
    """Return what axe finds wrong in the cards and the console."""
    found = []
    for kind in ("ex", "console"):
        result = Axe().run(notebook.page, context=f".smtplab-{kind}")
        found += [
            f"{rule['id']}: {node['html'][:200]}" for rule in result.response["violations"] for node in rule["nodes"]
        ]
    return found


def test_a_lesson_s_cards(jupyterlab, open_notebook, picture) -> None:
    """With its lab stopped each card goes on: it keeps the first prediction, helps, checks a function, marks rows."""
    notebook = opened(jupyterlab, open_notebook, "cards.ipynb")
    page, keyboard = notebook.page, notebook.page.keyboard

    console = notebook.widget("console")
    bar = console.locator(".bar")
    expect(bar).to_contain_text("The lab has stopped.")
    picture(console, "console-stopped")
    bar.get_by_role("button").press("Enter")
    expect(bar).to_be_hidden()
    expect(console.get_by_role("combobox", name="Command")).to_be_focused()
    keyboard.type("HELP")
    keyboard.press("Enter")
    expect(console.get_by_role("log").locator(".sent")).to_have_text(["HELP"])
    console.get_by_label("Server").select_option("exim-4.96")
    expect(bar).to_contain_text("This lab now plays exim-4.96")
    picture(console, "console-plays")
    bar.get_by_role("button", name="Reset to rfc5321").click()
    expect(bar).to_be_hidden()

    predicted = card(notebook, 0)
    predicted.get_by_role("radio", name="211").check()
    predicted.get_by_role("button", name="Predict").click()
    status = predicted.get_by_role("status")
    expect(status).to_contain_text("Your prediction: 211. It was 214. RFC 5321 would allow it")
    predicted.get_by_role("radio", name="214").check()
    predicted.get_by_role("button", name="Explain this one").click()
    expect(status).to_contain_text("214: The help message")
    expect(status.locator("strong")).to_have_text("Your prediction: 211. It was 214. ")
    expect(status).not_to_have_class("is-right")
    picture(predicted, "exercise-predicted")
    page.evaluate(RUN, 1)
    predicted = card(notebook, 0)
    expect(predicted.locator(".smtplab-ex-past")).to_contain_text("You predicted this on")
    expect(predicted.get_by_role("status")).to_contain_text("Your prediction: 211. It was 214. RFC 5321 would allow it")
    expect(predicted.get_by_role("radio", name="211")).to_be_checked()
    expect(predicted.locator("[type=submit]")).to_be_hidden()
    picture(predicted, "exercise-predicted-before")
    expect(predicted.locator("label").filter(has_text="211")).to_contain_text("your prediction")

    helped = card(notebook, 1)
    entry = helped.get_by_role("textbox")
    for answer in ("HELP", "NOOP"):
        entry.fill(answer)
        entry.press("Enter")
        expect(helped.locator(".smtplab-ex-reply")).to_contain_text("214" if answer == "HELP" else "250")
    expect(helped.locator(".smtplab-ex-offer")).to_be_visible()
    for name in ("Hint", "Second hint", "Show the solution"):
        helped.get_by_role("button", name=name, exact=True).press("Enter")
    expect(helped.locator(".smtplab-ex-help")).to_contain_text("A solution: HELP RCPT")
    expect(helped.locator(".smtplab-ex-hint")).to_be_hidden()
    expect(entry).to_have_value("NOOP")
    picture(helped, "exercise-solution")
    entry.fill("HELP RCPT")
    entry.press("Enter")
    expect(helped.get_by_role("status")).to_contain_text("Right.")
    page.evaluate(RUN, 2)
    expect(card(notebook, 1).get_by_role("status")).to_have_class("smtplab-ex-feedback is-right is-stale")
    expect(card(notebook, 1).get_by_role("button", name="Check again")).to_be_visible()
    picture(card(notebook, 1), "exercise-run-again")
    expect(card(notebook, 1).locator(".smtplab-ex-past")).to_contain_text("✓ Answered right on")

    function = card(notebook, 2)
    check, told = function.get_by_role("button", name="Check"), function.get_by_role("status")
    execute(notebook, "del end_of_reply")
    check.click()
    expect(told).to_contain_text("There is nothing named end_of_reply yet")
    page.evaluate(RUN, 4)
    check.click()
    expect(told).to_contain_text("Not yet.")
    execute(notebook, RIGHT)
    check.press("Enter")
    expect(told).to_contain_text("Right.")
    picture(function, "exercise-function")

    form = card(notebook, 3)
    fields = form.get_by_role("textbox")
    fields.nth(0).fill("250")
    form.get_by_role("button", name="Check").click()
    expect(form.get_by_role("status")).to_have_text("The answer is not complete yet: 6 rows are empty.")
    expect(fields.nth(1)).to_be_focused()
    expect(form.locator("li.is-empty")).to_have_count(6)
    for at, code in enumerate(("501", "502", "500", "211", "250", "421"), 1):
        fields.nth(at).fill(code)
    fields.nth(6).press("Enter")
    expect(form.locator("li.is-wrong .smtplab-ex-words")).to_have_count(2)
    expect(form.locator("li.is-good")).to_have_count(5)
    expect(form.get_by_role("status")).to_contain_text("2 of 7 answers are not right yet.")
    expect(fields.nth(0)).to_have_value("250")
    for theme in ("Dark", "Light"):
        notebook.theme(theme)
        picture(form, f"exercise-series-{theme.lower()}")
        assert violations(notebook) == []
    page.add_style_tag(content=".smtplab { width: 600px; }")
    for number in range(4):
        assert card(notebook, number).evaluate("it => it.scrollWidth <= it.clientWidth")

    with page.expect_response(lambda response: response.request.method == "PUT" and "cards.ipynb" in response.url):
        notebook.command("docmanager:save")
    page.reload()
    expect(page.locator(".smtplab-ex")).to_have_count(4)
    expect(card(notebook, 3).locator("li.is-wrong .smtplab-ex-words")).to_have_count(2)
    expect(card(notebook, 3).get_by_role("textbox").nth(1)).to_have_value("501")
    expect(card(notebook, 0).get_by_role("status")).to_contain_text("Your prediction: 211. It was 214.")
    card(notebook, 0).get_by_role("radio", name="500").check()
    card(notebook, 0).get_by_role("button", name="Explain this one").click()
    expect(card(notebook, 0).get_by_role("status")).to_contain_text("500:")


def test_python_goes_away(jupyterlab, open_notebook, picture) -> None:
    """A kernel that is restarted, or dies, is told of in the card; what was typed stays, and comes back on a run."""
    notebook = opened(jupyterlab, open_notebook, "gone.ipynb")
    page = notebook.page
    typed = card(notebook, 1)
    typed.get_by_role("textbox").fill("HELP ME")
    page.evaluate(f"() => {KERNEL}.restart()")
    words = "Python has started anew: run the lesson's first cell, then this one."
    expect(typed.get_by_role("alert")).to_contain_text(words)
    expect(typed.get_by_role("textbox")).to_have_value("HELP ME")
    typed.get_by_role("button", name="Check").click()
    expect(typed.get_by_role("alert")).to_contain_text(words)
    expect(notebook.widget("console").get_by_role("status")).to_contain_text(words)
    expect(notebook.widget("console").locator(".bar")).to_be_hidden()
    picture(typed, "exercise-gone")
    page.evaluate(RUN, 2)
    expect(page.locator(".jp-OutputArea-output").filter(has_text="NameError")).to_have_count(1)
    expect(page.locator(".smtplab-ex")).to_have_count(3)  # the card is gone
    draft = "() => { smtplabDrafts.clear(); return sessionStorage.getItem('smtplab-draft:gone.ipynb:01.rcpt/0'); }"
    assert page.evaluate(draft) == '"HELP ME"'  # and the page's own memory, which does not wait for ever
    for at in (0, 2):
        page.evaluate(RUN, at)
    again = card(notebook, 1)
    expect(again.get_by_role("alert")).to_be_empty()
    expect(again.get_by_role("textbox")).to_have_value("HELP ME")
    again.get_by_role("button", name="Check").click()
    expect(again.get_by_role("status")).to_contain_text("Not yet.")
    assert page.evaluate(draft) is None

    page.evaluate(f"() => {{ {KERNEL}.requestExecute({{ code: 'import os; os.kill(os.getpid(), 9)' }}); }}")
    page.locator(".jp-Dialog .jp-mod-accept").click()  # JupyterLab says that the kernel died
    expect(again.get_by_role("alert")).to_contain_text(words)
    expect(again.get_by_role("textbox")).to_have_value("HELP ME")
