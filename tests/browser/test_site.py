"""The browser edition in three browsers: the landing page, every lesson, and the learner's work."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from smtplab.site.landing import home
from smtplab.text.language import LANGUAGES
from tests.helpers import drivers
from tests.helpers.answering import CELLS, SHOW, START, answer_wrongly_and_rightly, run_all
from tests.helpers.paths import TOP
from tests.helpers.visiting import PATIENCE, outputs, run, shown

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.helpers.visiting import Visit


LESSONS = sorted(path.name for path in (TOP / "notebooks/en").glob("*.ipynb"))
pytestmark = pytest.mark.timeout(400)


# --- the landing page


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_landing_page(visit: Visit, picture: Callable[..., None], lang: str) -> None:
    """HELP typed gets 214, XSTATUS 211, each taken apart, and both stand side by side; axe finds nothing."""
    page = visit.page(home(lang))
    console = page.locator("#console")
    command = console.get_by_role("combobox", name={"en": "Command", "es": "Orden"}[lang])
    expect(command).to_be_focused()
    for line, code in (("HELP", "214"), ("XSTATUS", "211")):
        page.keyboard.type(line)
        page.keyboard.press("Enter")
        expect(console.locator(".exchange").last.locator(".reading strong")).to_have_text(code)
        expect(page.locator("#anatomy .part").first).to_contain_text(code[0])
        expect(page.locator("#anatomy .part-code").nth(2)).to_have_text(code[2])
    page.get_by_role("button", name="STATUS", exact=True).click()
    expect(console.locator(".exchange").last.locator(".reading strong")).to_have_text("500")
    page.locator("#side_by_side").scroll_into_view_if_needed()
    expect(page.locator("#side_by_side .card .code")).to_have_text(["214", "211"])
    first, second = page.locator("#side_by_side input").all()
    first.fill("NOOP")
    second.fill("QUIT")
    second.press("Enter")
    expect(page.locator("#side_by_side .card .code")).to_have_text(["250", "221"])
    violations = Axe().run(page).response["violations"]
    assert [(violation["id"], [node["html"] for node in violation["nodes"]]) for violation in violations] == []
    picture(page.locator("body"), f"landing-{lang}")


def test_from_the_landing_page_to_lesson_1(visit: Visit) -> None:
    """One click opens lesson 1 in the page's language; a bar shows in words how far it is until Python is there."""
    page = visit.page("es/")
    page.get_by_role("link", name="Abrir la lección 1").click()
    expect(page.locator("#smtplab-bar progress")).to_be_visible()
    expect(page.locator("#smtplab-bar")).to_contain_text(
        re.compile("Cargando JupyterLab|Abriendo la lección|Arrancando Python")
    )
    page.locator("#smtplab-bar summary").wait_for()
    expect(page.locator(".jp-Notebook")).to_contain_text("Primer contacto")


def test_where_python_cannot_start(visit: Visit) -> None:
    """Where a file of Python's is missing the page says so and which, and does not wait for ever."""
    visit.context.route("**/pyodide.asm.wasm", lambda route: route.fulfill(status=404))
    page = visit.page("")
    expect(page.get_by_role("alert")).to_contain_text(
        re.compile("could not be started.*404.*asm.wasm"), timeout=PATIENCE
    )
    visit.errors.clear()  # the missing file is one


# --- the lessons


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_shows_what_it_shows_on_a_computer(visit: Visit, lesson: str, lang: str) -> None:
    """Each cell shows in the browser what is committed, but for what nbval's rules take out; exercises are answered."""
    built = nbformat.read(TOP / "notebooks" / lang / lesson, as_version=4)
    wanted = [shown(cell.outputs) for cell in built.cells if cell.cell_type == "code"]
    page = visit.lesson(f"{lang}/{lesson}")
    assert [shown(cell) for cell in outputs(page)] == wanted
    answer_wrongly_and_rightly(page, lesson, lang)


def test_the_widgets_in_a_lesson(visit: Visit, picture: Callable[..., None]) -> None:
    """In the browser's kernel the console and side by side answer, and the gallery opens a cell."""
    page = visit.lesson("en/01-first-contact.ipynb")
    run_all(page, PATIENCE)
    page.evaluate(START)
    console = page.locator(".smtplab-console").first
    console.scroll_into_view_if_needed()
    console.get_by_role("combobox", name="Command").focus()
    for line, code in (("HELP", "214"), ("XSTATUS", "211")):
        page.keyboard.type(line)
        page.keyboard.press("Enter")
        expect(console.locator(".exchange").last.locator(".reading strong")).to_have_text(code)
    picture(console, "browser-edition-console")
    run(page, "smtplab.side_by_side(lab, 'HELP', 'XSTATUS')")
    side = page.locator(".smtplab-side").first
    side.get_by_role("textbox").first.fill("NOOP")
    side.get_by_role("button", name="Compare").click()
    expect(side.locator(".card .code").first).to_have_text("250")
    page = visit.lesson("es/06-in-the-wild.ipynb")
    run_all(page, PATIENCE)
    page.evaluate(SHOW, "smtplab.gallery(")
    gallery = page.locator(".smtplab-gallery").first
    gallery.get_by_role("checkbox").uncheck()  # this lesson's asks for a prediction first
    gallery.get_by_role("button", name=re.compile("^exim-4.96, HELP: 214")).click()
    expect(gallery.locator(".details")).to_contain_text("Commands supported:")


def test_the_lesson_asked_for_is_the_one_shown(visit: Visit) -> None:
    """Whatever lesson was open at the last visit, an address shows the lesson that it names."""
    page = visit.lesson("en/01-first-contact.ipynb")
    saved = "jupyterapp.serviceManager.workspaces.fetch('default').then((found) => JSON.stringify(found.data))"
    page.wait_for_function(f"{saved}.then((data) => data.includes('notebook:en/01-first-contact.ipynb'))")
    for name in ("es/06-in-the-wild.ipynb", "en/01-first-contact.ipynb", "es/02-anatomy-of-a-reply.ipynb"):
        page = visit.lesson(name)
        assert page.evaluate("jupyterapp.shell.currentWidget.context.path") == name


def test_what_a_browser_cannot_do(visit: Visit) -> None:
    """What needs a socket says in one sentence that a browser has none and what to use instead; that works."""
    page = visit.lesson("en/01-first-contact.ipynb")
    for source, pattern in (
        ("import smtplab; smtplab.start().address", r"NoAddress\S*: this lab has no address.*Use lab.send here"),
        ("smtplab.start(carrier='tcp')", r"LabError\S*: a browser tab has no sockets.*in memory"),
        ("smtplab.probe('127.0.0.1', 25)", r"ProbeError\S*: .*smtplab\.probe\(lab\)"),
        ("smtplab.probe(smtplab.start())", "<Probe of lab rfc5321 .*>"),
        ("with smtplab.start() as lab: print(lab.send('HELP').code, lab.carrier)", "214 memory"),
    ):
        (output,) = {text for kind, text in run(page, source) if "html" not in kind}
        assert re.search(pattern, output), output


# --- the learner's work


def test_work_survives_a_reload_and_can_be_begun_afresh(visit: Visit) -> None:
    """An edit and the progress are there after a reload; begun afresh, the lesson is as it came, the edit kept."""
    page = visit.lesson("en/01-first-contact.ipynb")
    edit = "jupyterapp.shell.currentWidget.content.model.cells.get(0).sharedModel"
    come = page.evaluate(f"{edit}.getSource()")
    assert ("stdout", "True\n") in run(
        page, "import smtplab\nwith smtplab.start() as lab:\n    print(smtplab.check('01.help', '214', lab).right)"
    )
    page.evaluate(f"{edit}.setSource('# my notes')")
    page.evaluate("jupyterapp.commands.execute('docmanager:save')")
    page.reload()
    page.locator("#smtplab-bar summary").wait_for()
    assert page.evaluate(f"{edit}.getSource()") == "# my notes"
    assert run(page, "import smtplab\nprint(repr(smtplab.progress()))")[0][1].startswith("<Progress 1 of ")
    page.locator("#smtplab-bar summary").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").last.click()
    assert "# my notes" in download.value.path().read_text("utf-8")
    page.get_by_role("button", name="Begin afresh").click()
    expect(page.locator("#smtplab-bar .said")).to_have_text("Your version is kept as 01-first-contact.mine.ipynb.")
    page.wait_for_function(f"jupyterapp.shell.currentWidget?.content?.model && {edit}.getSource() !== '# my notes'")
    assert page.evaluate(f"{edit}.getSource()") == come
    kept = "jupyterapp.serviceManager.contents.get('en/01-first-contact.mine.ipynb', {content: true})"
    assert page.evaluate(f"{kept}.then((file) => file.content.cells[0].source)") == "# my notes"


# --- the other browsers


@pytest.mark.parametrize("name", ["firefox", "webkit"])
def test_other_browsers(name: str, site: str, tmp_path: Path, needs: Callable[[object, str], None]) -> None:
    """Firefox and WebKit show 214 and 211 on the landing page, and run lesson 1 to its end as it is committed."""
    needs(drivers.have(name), name)
    with getattr(drivers, name)(tmp_path / name) as driver:
        driver.open(site)
        driver.until("document.documentElement.dataset.ready")
        for number, (command, code) in enumerate((("HELP", "214"), ("XSTATUS", "211")), 2):
            driver.evaluate(f"document.querySelector('[data-command={command}]').click()")
            assert driver.until(
                f"document.querySelectorAll('#console .exchange')[{number - 1}]?.querySelector('strong')?.textContent"
            ) == code  # fmt: skip
        driver.evaluate("document.querySelector('#side_by_side').scrollIntoView()")
        assert driver.until("document.querySelector('#side_by_side .code')?.textContent") == "214"
        driver.open(f"{site}lab/index.html?path=en/01-first-contact.ipynb")
        driver.until("document.querySelector('#smtplab-bar summary')")
        # without a window that has the focus, JupyterLab's notebook is told that it has it
        driver.evaluate(
            "[...jupyterapp.shell.widgets('main')].find((widget) => widget.sessionContext)"
            ".node.dispatchEvent(new FocusEvent('focus'));"
        )
        driver.evaluate("await jupyterapp.commands.execute('notebook:clear-all-cell-outputs');")
        driver.evaluate("void jupyterapp.commands.execute('notebook:run-all-cells');")
        driver.until(f"{CELLS}.every((cell) => cell.model.executionCount > 0)")
        cells = [
            shown(outputs) for outputs in driver.evaluate(f"return {CELLS}.map((cell) => cell.model.toJSON().outputs)")
        ]
    built = nbformat.read(TOP / "notebooks/en/01-first-contact.ipynb", as_version=4)
    assert cells == [shown(cell.outputs) for cell in built.cells if cell.cell_type == "code"]
